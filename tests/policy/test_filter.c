/* tests/policy/test_filter.c - the filter language: every operator and tolerance, both forms, their round trips, hostile input. */
#include "policy/filter_parse.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW (time_parse(STR("2026-01-10T12:00:00Z")))
#define MS(n) ((int64_t)(n)*TIME_MS)

static struct arena arena;
static struct filter_parser parser;
static struct filter got;

static int parse(enum filter_noun noun, const char *text)
{
    arena_reset(&arena);
    parser = (struct filter_parser){.arena = &arena, .noun = noun, .now = NOW};
    got = (struct filter){0};
    return filter_parse_text(&parser, str_of(text), &got);
}

static const struct filter_term *only(enum filter_noun noun, const char *text)
{
    if (parse(noun, text) != 0)
        fail_msg("%s: %s %.*s", text, parser.error.code, STR_ARG(parser.error.value));
    assert_int_equal(got.n, 1);
    return &got.terms[0];
}

/* Checks one term of activities: what it is and how many values it has. */
static const struct filter_value *is(const char *text, enum filter_field f, enum filter_match m, bool negate, unsigned n)
{
    const struct filter_term *t = only(filter_field_noun(f), text);
    if (t->field != f || t->match != m || t->negate != negate || t->n != n)
        fail_msg("%s: field %d match %d negate %d n %u", text, (int)t->field, (int)t->match, t->negate, t->n);
    return t->values;
}

#define EQ_TEXT(value, literal) assert_true(str_eq((value).text, STR(literal)))

static void operators(void **state)
{
    const struct filter_value *v;
    (void)state;
    v = is("{\"service\":{\"eq\":[11161,20893]}}", FIELD_ACTIVITY_SERVICE, MATCH_EQ, false, 2);
    assert_int_equal(v[0].from, 11161);
    assert_int_equal(v[1].to, 20893);
    v = is("{\"service\":{\"neq\":\"11161\"}}", FIELD_ACTIVITY_SERVICE, MATCH_EQ, true, 1);
    assert_int_equal(v[0].from, 11161);
    v = is("{\"actionType\":{\"contains\":[\"Down\",\"load\"]}}", FIELD_ACTIVITY_KIND, MATCH_CONTAINS, false, 2);
    EQ_TEXT(v[1], "load");
    is("{\"userAgent.userAgent\":{\"ncontains\":\"curl\"}}", FIELD_ACTIVITY_AGENT, MATCH_CONTAINS, true, 1);
    v = is("{\"ip.address\":{\"startswith\":\"10.0.\"}}", FIELD_ACTIVITY_IP, MATCH_STARTS, false, 1);
    EQ_TEXT(v[0], "10.0.");
    is("{\"ip.address\":{\"doesnotstartwith\":[\"10.\",\"192.168.\"]}}", FIELD_ACTIVITY_IP, MATCH_STARTS, true, 2);
    is("{\"office365url\":{\"endswith\":\".docx\"}}", FIELD_ACTIVITY_URL, MATCH_ENDS, false, 1);
    is("{\"user.orgUnit\":{\"descendantof\":[\"OU=A\"]}}", FIELD_ACTIVITY_USER_UNIT, MATCH_EQ, false, 1);
    is("{\"user.orgUnit\":{\"ndescendantof\":[\"OU=A\"]}}", FIELD_ACTIVITY_USER_UNIT, MATCH_EQ, true, 1);
    is("{\"ip.tags\":{\"deq\":[\"VPN\"]}}", FIELD_ACTIVITY_IP_TAG, MATCH_DIFFERS, false, 1);
    is("{\"user.username\":{\"isset\":true}}", FIELD_ACTIVITY_USER, MATCH_SET, false, 0);
    is("{\"user.username\":{\"isset\":\"false\"}}", FIELD_ACTIVITY_USER, MATCH_SET, true, 0);
    is("{\"policy\":{\"isnotset\":[true]}}", FIELD_ACTIVITY_POLICY, MATCH_SET, true, 0);
    v = is("{\"text\":{\"text\":\"alice report\"}}", FIELD_ACTIVITY_TEXT, MATCH_TEXT, false, 1);
    EQ_TEXT(v[0], "alice report");
    is("{\"text\":{\"startswithsingle\":\"ali\"}}", FIELD_ACTIVITY_TEXT, MATCH_TEXT, false, 1);
    is("{\"text\":{\"eq\":[\"ali\"]}}", FIELD_ACTIVITY_TEXT, MATCH_TEXT, false, 1);
    is("{\"filename\":{\"text\":\"plan\"}}", FIELD_FILE_NAME, MATCH_CONTAINS, false, 1);
}

static void moments(void **state)
{
    const struct filter_value *v;
    (void)state;
    v = is("{\"date\":{\"gte\":1595096313000}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == MS(1595096313000) && v->to == INT64_MAX);
    v = is("{\"date\":{\"gt\":1595096313000}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == MS(1595096313001) && v->to == INT64_MAX);
    v = is("{\"date\":{\"lte\":\"1595096313000\"}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == INT64_MIN && v->to == MS(1595096313001) - 1); /* the whole millisecond */
    v = is("{\"date\":{\"lt\":[1595096313000.5]}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == INT64_MIN && v->to == MS(1595096313000) - 1);
    v = is("{\"created\":{\"eq\":1595096313000}}", FIELD_ACTIVITY_CREATED, MATCH_RANGE, false, 1);
    assert_true(v->from == MS(1595096313000) && v->to == MS(1595096313001) - 1);
    v = is("{\"date\":{\"range\":{\"start\":5,\"end\":9}}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == MS(5) && v->to == MS(10) - 1);
    v = is("{\"date\":{\"range\":[{\"start\":5,\"end\":9},{\"start\":\"20\"},{\"end\":1,\"start\":null}]}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false,
           3);
    assert_true(v[1].from == MS(20) && v[1].to == INT64_MAX && v[2].from == INT64_MIN && v[2].to == MS(2) - 1);
    v = is("{\"date\":{\"gte_ndays\":1}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == NOW - TIME_DAY);
    v = is("{\"date\":{\"gte_ndays\":0}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == time_parse(STR("2026-01-10")));
    v = is("{\"date\":{\"lte_ndays\":\"2\"}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->to == NOW - 2 * TIME_DAY + TIME_MS - 1);
    v = is("{\"date\":{\"lte_ndays\":0}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->to == time_parse(STR("2026-01-11")) - 1);
    v = is("{\"date\":{\"gte\":9223372036854775807}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from > 0); /* clamped, not wrapped */
    v = is("{\"date\":{\"lte\":\"2026-01-05\"}}", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->to == time_parse(STR("2026-01-06")) - 1);
    v = is("{\"score\":{\"gt\":5}}", FIELD_ENTITY_SCORE, MATCH_RANGE, false, 1);
    assert_true(v->from == 6 && v->to == INT64_MAX);
    assert_int_equal(parse(FILTER_ACTIVITIES, "{\"date\":{\"range\":{\"start\":1,\"end\":9},\"lte\":7,\"gte_ndays\":3}}"), 0);
    assert_int_equal(got.n, 3);
}

static void tolerances(void **state)
{
    static const char *const everything[] = {"",
                                             "  ",
                                             "{}",
                                             "{\"severity\":{\"eq\":[]}}",
                                             "{\"severity\":{}}",
                                             "{\"severity\":null}",
                                             "{\"severity\":{\"eq\":null}}",
                                             "{\"severity\":{\"eq\":[null]}}",
                                             "{\"date\":{\"range\":[]}}",
                                             "{\"date\":{\"range\":{}}}",
                                             "{\"date\":{\"gte\":null,\"lte\":[]}}",
                                             "{\"severity\":[]}"};
    const struct filter_value *v;
    (void)state;
    for (size_t i = 0; i < sizeof everything / sizeof *everything; i++) {
        assert_int_equal(parse(FILTER_ALERTS, everything[i]), 0);
        assert_int_equal(got.n, 0);
    }
    is("{\"alertOpen\":{\"eq\":true}}", FIELD_ALERT_OPEN, MATCH_EQ, false, 1);
    v = is("{\"alertOpen\":{\"eq\":[\"false\"]}}", FIELD_ALERT_OPEN, MATCH_EQ, false, 1);
    assert_int_equal(v->from, 0);
    v = is("{\"isAdmin\":{\"eq\":\"True\"}}", FIELD_ENTITY_ADMIN, MATCH_EQ, false, 1);
    assert_int_equal(v->from, 1);
    is("{\"ID\":{\"eq\":\"603f704aaf7417985bbf3b22\"}}", FIELD_ALERT_ID, MATCH_EQ, false, 1);
    is("{\"id\":{\"eq\":[\"603f704aaf7417985bbf3b22\"]}}", FIELD_ALERT_ID, MATCH_EQ, false, 1);
    v = is("{\"severity\":{\"eq\":\"high\"}}", FIELD_ALERT_SEVERITY, MATCH_EQ, false, 1);
    assert_int_equal(v->from, 2);
    is("{\"severity\":[0,1]}", FIELD_ALERT_SEVERITY, MATCH_EQ, false, 2);
    v = is("{\"severity\":{\"eq\":0},\"severity\":{\"eq\":2}}", FIELD_ALERT_SEVERITY, MATCH_EQ, false, 1);
    assert_int_equal(v->from, 2); /* the last of duplicates */
    is("{\"instance\":{\"eq\":0}}", FIELD_ALERT_INSTANCE, MATCH_EQ, false, 1);
    is("{\"activity.actionType\":{\"eq\":\"Run command\"}}", FIELD_ACTIVITY_KIND, MATCH_EQ, false, 1);
    is("{\"affiliation\":{\"eq\":true}}", FIELD_ENTITY_EXTERNAL, MATCH_EQ, false, 1);
    is("{\"isExternal\":{\"eq\":null}}", FIELD_ENTITY_EXTERNAL, MATCH_SET, true, 0);
    is("{\"isExternal\":{\"neq\":[null]}}", FIELD_ENTITY_EXTERNAL, MATCH_SET, false, 0);
    v = is("{\"device.type\":{\"eq\":[\"MOBILE\",null]}}", FIELD_ACTIVITY_DEVICE_TYPE, MATCH_EQ, false, 2);
    assert_true(str_set(v[1].text) && v[1].text.n == 0);
    v = is("{\"service\":{\"eq\":\"Active Directory\"}}", FIELD_ACTIVITY_SERVICE, MATCH_EQ, false, 1);
    assert_int_equal(v->from, 20940);
    v = is("{\"source\":{\"eq\":[{\"s\":\"5f\",\"t\":2},1]}}", FIELD_ACTIVITY_SOURCE, MATCH_EQ, false, 2);
    assert_true(v[0].from == 2 && v[1].from == 1);
    assert_int_equal(parse(FILTER_ALERTS, "\"{}\""), 0); /* a text, in the text form: two words to look for */
}

static void people(void **state)
{
    const struct filter_value *v;
    (void)state;
    v = is("{\"entity.entity\":{\"eq\":[{\"id\":\"6204bdaf-1\",\"saas\":11161,\"inst\":0}]}}", FIELD_ALERT_ENTITY, MATCH_EQ, false, 1);
    EQ_TEXT(*v, "6204bdaf-1");
    v = is("{\"entity\":{\"eq\":{\"id\":\"a@b\",\"inst\":0}}}", FIELD_ACTIVITY_ENTITY, MATCH_EQ, false, 1);
    EQ_TEXT(*v, "a@b");
    /* base64 of {"id":"alice","saas":11161,"inst":0} with and without padding */
    v = is("{\"entity\":{\"eq\":\"eyJpZCI6ImFsaWNlIiwic2FhcyI6MTExNjEsImluc3QiOjB9\"}}", FIELD_ACTIVITY_ENTITY, MATCH_EQ, false, 1);
    EQ_TEXT(*v, "alice");
    v = is("{\"entity\":{\"eq\":\"eyJpZCI6ImFsaWNlMiIsInNhYXMiOjExMTYxLCJpbnN0IjowfQ==\"}}", FIELD_ACTIVITY_ENTITY, MATCH_EQ, false, 1);
    EQ_TEXT(*v, "alice2");
    v = is("{\"entity\":{\"eq\":\"{\\\"id\\\": \\\"2600d017\\\", \\\"saas\\\": 11161, \\\"inst\\\": 0}\"}}", FIELD_ACTIVITY_ENTITY, MATCH_EQ, false,
           1);
    EQ_TEXT(*v, "2600d017");
    v = is("{\"entity\":{\"eq\":\"eyJub3QgYmFzZTY0\"}}", FIELD_ACTIVITY_ENTITY, MATCH_EQ, false, 1);
    EQ_TEXT(*v, "eyJub3QgYmFzZTY0");
    v = is("{\"user.tags\":{\"eq\":[{\"role\":1,\"adv\":true},\"Administrators\"]}}", FIELD_ACTIVITY_USER_TAG, MATCH_EQ, false, 1);
    EQ_TEXT(*v, "Administrators");
    is("{\"user.username\":{\"eq\":[\"alice\",{\"role\":4,\"adv\":true}]}}", FIELD_ACTIVITY_USER, MATCH_EQ, false, 1);
    is("{\"user.username\":{\"eq\":[\"alice\",{\"role\":1,\"adv\":true}]}}", FIELD_ACTIVITY_ENTITY, MATCH_EQ, false, 1);
    is("{\"user.tags\":{\"eq\":[{\"id\":\"5f75\",\"name\":\"All\"}]}}", FIELD_ACTIVITY_USER_TAG, MATCH_EQ, false, 1);
}

static void refused(enum filter_noun noun, const char *text, const char *value, const char *code)
{
    if (parse(noun, text) != ERR_MALFORMED)
        fail_msg("taken: %s", text);
    if (!str_eq(parser.error.value, str_of(value)) || !str_eq(str_of(parser.error.code), str_of(code)))
        fail_msg("%s: %s '%.*s'", text, parser.error.code, STR_ARG(parser.error.value));
    assert_non_null(parser.error.why);
}

static void errors(void **state)
{
    (void)state;
    refused(FILTER_ALERTS, "{\"id\":{\"eq\":[\"<alert_id>\"]}}", "<alert_id>", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ALERTS, "{\"severity\":{\"eq\":\"worst\"}}", "worst", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ALERTS, "{\"alertOpen\":{\"eq\":\"maybe\"}}", "maybe", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ALERTS, "{\"date\":{\"gte\":\"yesterday\"}}", "yesterday", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ALERTS, "{\"date\":{\"gte_ndays\":-1}}", "-1", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ALERTS, "{\"severty\":{\"eq\":1}}", "severty", "CONSOLE_FORMS_NOT_VALID_FIELD");
    refused(FILTER_ALERTS, "{\"severity\":{\"equals\":1}}", "equals", "CONSOLE_FORMS_NOT_VALID_OPERATOR");
    refused(FILTER_ALERTS, "{\"severity\":{\"contains\":1}}", "contains", "CONSOLE_FORMS_NOT_VALID_OPERATOR");
    refused(FILTER_ACTIVITIES, "{\"ip.address\":{\"eq\":\"10.0.0.0/33\"}}", "10.0.0.0/33", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ACTIVITIES, "{\"user.username\":{\"gt\":1}}", "gt", "CONSOLE_FORMS_NOT_VALID_OPERATOR");
    refused(FILTER_ACTIVITIES, "{\"service\":{\"eq\":[[1]]}}", "[1]", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ACTIVITIES, "{\"service\":{\"eq\":{\"x\":1}}}", "{\"x\":1}", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ACTIVITIES, "{\"service\":", "{\"service\":", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ACTIVITIES, "contry:FR", "contry", "CONSOLE_FORMS_NOT_VALID_FIELD");
    refused(FILTER_ACTIVITIES, "country>FR", "location.country", "CONSOLE_FORMS_NOT_VALID_OPERATOR");
    refused(FILTER_ACTIVITIES, "country:", "location.country", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ACTIVITIES, "country:FR,B*", "B", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_ACTIVITIES, "user:\"alice", "\"alice", "CONSOLE_FORMS_NOT_VALID_VALUE");
    refused(FILTER_FILES, "word", "word", "CONSOLE_FORMS_NOT_VALID_FIELD");
}

static void limits(void **state)
{
    struct buf b = {0};
    (void)state;
    buf_fmt(&b, "{\"service\":{\"eq\":[1");
    for (int i = 0; i < 10000; i++)
        buf_fmt(&b, ",1");
    buf_fmt(&b, "]}}");
    buf_char(&b, 0);
    refused(FILTER_ACTIVITIES, b.p, "", "CONSOLE_FORMS_TOO_MANY_VALUES");
    b.n = 0;
    buf_fmt(&b, "{\"x\":1");
    for (int i = 0; i < 70; i++)
        buf_fmt(&b, ",\"service\":{\"eq\":1}");
    buf_fmt(&b, "}");
    buf_char(&b, 0);
    refused(FILTER_ACTIVITIES, b.p, "", "CONSOLE_FORMS_TOO_MANY_VALUES");
    b.n = 0;
    buf_fmt(&b, "{\"service\":[{\"eq\":1}");
    for (int i = 0; i < 64; i++)
        buf_fmt(&b, ",{\"eq\":1}");
    buf_fmt(&b, "]}");
    buf_char(&b, 0);
    refused(FILTER_ACTIVITIES, b.p, "service", "CONSOLE_FORMS_TOO_MANY_VALUES");
    b.n = 0;
    for (int i = 0; i < 5000; i++)
        buf_char(&b, 'x');
    buf_char(&b, 0);
    assert_int_equal(parse(FILTER_ACTIVITIES, b.p), ERR_MALFORMED);
    buf_free(&b);
}

static void typed(void **state)
{
    const struct filter_value *v;
    (void)state;
    assert_int_equal(parse(FILTER_ACTIVITIES, "user.username:\"alice\" ip.address:10.0.0.0/8 actionType~download date>2026-01-01 not "
                                              "location.country:FR text words"),
                     0);
    assert_int_equal(got.n, 6);
    assert_int_equal(got.terms[0].field, FIELD_ACTIVITY_USER);
    assert_int_equal(got.terms[1].field, FIELD_ACTIVITY_IP);
    assert_int_equal(got.terms[2].match, MATCH_CONTAINS);
    assert_true(got.terms[3].values->from == time_parse(STR("2026-01-02"))); /* after that day */
    assert_true(got.terms[4].negate && got.terms[4].field == FIELD_ACTIVITY_COUNTRY);
    assert_int_equal(got.terms[5].field, FIELD_ACTIVITY_TEXT);
    EQ_TEXT(got.terms[5].values[0], "text words");
    v = is("country:FR,BE,\"D E\"", FIELD_ACTIVITY_COUNTRY, MATCH_EQ, false, 3);
    EQ_TEXT(v[2], "D E");
    v = is("date>=7d", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == NOW - 7 * TIME_DAY && v->to == INT64_MAX);
    v = is("date:2026-01-01..2026-01-03", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == time_parse(STR("2026-01-01")) && v->to == time_parse(STR("2026-01-04")) - 1);
    v = is("date:..2026-01-03", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->from == INT64_MIN);
    v = is("date:2026-01-01", FIELD_ACTIVITY_DATE, MATCH_RANGE, false, 1);
    assert_true(v->to - v->from == TIME_DAY - 1);
    is("ip:*", FIELD_ACTIVITY_IP, MATCH_SET, false, 0);
    is("not policy:*", FIELD_ACTIVITY_POLICY, MATCH_SET, true, 0);
    v = is("ip:10.1.*", FIELD_ACTIVITY_IP, MATCH_STARTS, false, 1);
    EQ_TEXT(*v, "10.1.");
    v = is("office365url:*\"a b\"", FIELD_ACTIVITY_URL, MATCH_ENDS, false, 1);
    EQ_TEXT(*v, "a b");
    v = is("office365url:*abc*", FIELD_ACTIVITY_URL, MATCH_CONTAINS, false, 1);
    EQ_TEXT(*v, "abc");
    v = is("office365url:\"a*\"", FIELD_ACTIVITY_URL, MATCH_EQ, false, 1);
    EQ_TEXT(*v, "a*");
    v = is("score:5..9,20", FIELD_ENTITY_SCORE, MATCH_RANGE, false, 2);
    assert_true(v[0].from == 5 && v[0].to == 9 && v[1].from == 20 && v[1].to == 20);
    v = is("severity:high,low", FIELD_ALERT_SEVERITY, MATCH_EQ, false, 2);
    assert_true(v[0].from == 2 && v[1].from == 0);
    is("app:\"Office 365\"", FIELD_ACTIVITY_SERVICE, MATCH_EQ, false, 1);
    is("not secret", FIELD_ACTIVITY_TEXT, MATCH_TEXT, true, 1);
    v = is("\"https://x.test/a:b\"", FIELD_ACTIVITY_TEXT, MATCH_TEXT, false, 1);
    EQ_TEXT(*v, "https://x.test/a:b");
    v = is("user:\"a\\\"b\\\\c\"", FIELD_ACTIVITY_USER, MATCH_EQ, false, 1);
    EQ_TEXT(*v, "a\"b\\c");
    is("username:x", FIELD_ACTIVITY_USER, MATCH_EQ, false, 1);                           /* the last part of one name */
    refused(FILTER_ACTIVITIES, "type:DESKTOP", "type", "CONSOLE_FORMS_NOT_VALID_FIELD"); /* of two */
}

/* ---- there and back ---- */

static bool same_value(const struct filter_value *a, const struct filter_value *b)
{
    return str_eq(a->text, b->text) && a->from == b->from && a->to == b->to;
}

static bool same_term(const struct filter_term *a, const struct filter_term *b)
{
    if (a->field != b->field || a->match != b->match || a->negate != b->negate || a->n != b->n)
        return false;
    for (unsigned i = 0; i < a->n; i++)
        if (!same_value(&a->values[i], &b->values[i]))
            return false;
    return true;
}

/* The JSON form brings conditions of one field together. */
static bool same(const struct filter *a, const struct filter *b)
{
    if (a->n != b->n)
        return false;
    for (unsigned i = 0; i < a->n; i++) {
        bool found = false;
        for (unsigned k = 0; k < b->n; k++)
            found |= same_term(&a->terms[i], &b->terms[k]);
        if (!found)
            return false;
    }
    return true;
}

static void back_in(enum filter_noun noun, void (*write)(const struct filter *, struct buf *))
{
    struct filter first = got, second;
    struct filter_parser p = {.arena = &arena, .noun = noun, .now = NOW};
    struct buf once = {0}, twice = {0};
    write(&first, &once);
    if (filter_parse_text(&p, buf_view(&once), &second) != 0)
        fail_msg("not taken back: %.*s: %s", STR_ARG(buf_view(&once)), p.error.why);
    write(&second, &twice);
    if (!same(&first, &second) || !str_eq(buf_view(&once), buf_view(&twice)))
        fail_msg("%.*s\n%.*s", STR_ARG(buf_view(&once)), STR_ARG(buf_view(&twice)));
    buf_free(&once);
    buf_free(&twice);
}

static const struct {
    enum filter_noun noun;
    const char *text;
} samples[] = {
    {FILTER_ACTIVITIES, "{\"service\":{\"eq\":[11161,20893]},\"date\":{\"range\":[{\"start\":1,\"end\":9},{\"start\":70}],\"lte\":1595096313000},"
                        "\"device.type\":{\"neq\":[\"MOBILE\",null]},\"activity.impersonated\":{\"eq\":\"true\"}}"},
    {FILTER_ACTIVITIES,
     "user:\"al \\\"ice\" ip:10.0.0.0/8 ip:10.* not date:2026-01-01 action~\"a,b\" office365url:*\"é\" ip.tags<>a user:* policy:x policy:y"},
    {FILTER_ACTIVITIES, "not app:11161 \"not\" words date>=1969-01-01 created:9223372036854775807 created:7100000000000 device.tags:\"\" not secret"},
    {FILTER_ALERTS,
     "{\"id\":{\"eq\":\"603f704aaf7417985bbf3b22\"},\"severity\":{\"neq\":[0,3]},\"alertOpen\":{\"eq\":true},\"risk\":{\"gt\":3,\"lte\":9}}"},
    {FILTER_ENTITIES, "{\"isExternal\":{\"eq\":[true,null]},\"score\":{\"range\":{\"start\":-5}},\"entity\":{\"neq\":{\"id\":\"x\"}}}"},
    {FILTER_SUBNETS, "category:VPN,risky builtIn:false name~x"},
};

static void round_trips(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        assert_int_equal(parse(samples[i].noun, samples[i].text), 0);
        assert_true(got.n > 1);
        back_in(samples[i].noun, filter_write);
        back_in(samples[i].noun, filter_write_text);
    }
    struct buf b = {0};
    assert_int_equal(parse(FILTER_ALERTS, "{\"severity\":{\"eq\":[1]},\"date\":{\"gte\":5},\"read\":{\"neq\":true}}"), 0);
    filter_write(&got, &b);
    assert_true(str_eq(buf_view(&b), STR("{\"severity\":{\"eq\":[1]},\"date\":{\"range\":[{\"start\":5}]},\"read\":{\"neq\":[true]}}")));
    buf_free(&b);
}

static void try_hostile(enum filter_noun noun, char *text, size_t n)
{
    arena_reset(&arena);
    parser = (struct filter_parser){.arena = &arena, .noun = noun, .now = NOW};
    int err = filter_parse_text(&parser, (struct str){text, n}, &got);
    if (err == 0) {
        back_in(noun, filter_write);
        back_in(noun, filter_write_text);
    } else {
        assert_int_equal(err, ERR_MALFORMED);
        assert_non_null(parser.error.code);
    }
}

static void hostile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        size_t n = strlen(samples[i].text);
        for (size_t cut = 0; cut < n; cut++) {
            char *copy = malloc(cut + 1);
            assert_non_null(copy);
            memcpy(copy, samples[i].text, cut);
            try_hostile(samples[i].noun, copy, cut);
            free(copy);
        }
        for (size_t bit = 0; bit < n * 8; bit++) {
            char *copy = malloc(n);
            assert_non_null(copy);
            memcpy(copy, samples[i].text, n);
            copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
            try_hostile(samples[i].noun, copy, n);
            free(copy);
        }
    }
}

static void described(void **state)
{
    struct buf b = {0};
    (void)state;
    filter_describe(&b);
    for (unsigned f = 0; f < FIELD_COUNT; f++)
        assert_true(str_has(buf_view(&b), filter_field_text((enum filter_field)f)));
    assert_true(str_has(buf_view(&b), STR("2 high")));
    b.n = 0;
    struct jout j = jout_to(&b);
    jout_arr(&j);
    filter_fields_json(FILTER_ALERTS, &j);
    jout_end_arr(&j);
    arena_reset(&arena);
    const struct jnode *doc = jin_embedded(&arena, buf_view(&b));
    assert_non_null(doc);
    assert_true(str_has(doc->val, STR("{\"name\":\"read\",\"type\":\"bool\",\"operators\":[\"eq\",\"neq\",")));
    assert_true(str_has(doc->val, STR("{\"value\":2,\"label\":\"high\"}")));
    buf_free(&b);
}

static int start(void **state)
{
    (void)state;
    arena_init(&arena, 65536, 1u << 24);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(operators), cmocka_unit_test(moments),     cmocka_unit_test(tolerances),
                                       cmocka_unit_test(people),    cmocka_unit_test(errors),      cmocka_unit_test(limits),
                                       cmocka_unit_test(typed),     cmocka_unit_test(round_trips), cmocka_unit_test(hostile),
                                       cmocka_unit_test(described)};
    return cmocka_run_group_tests(tests, start, stop);
}
