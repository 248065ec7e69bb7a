/* tests/decode/test_activity_json.c - activity NDJSON: what is written is read back, every field and every fact. */
#include "decode/decode.h"
#include "model/act_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

extern const struct decoder dec_activity;

struct reader {
    struct jin *jin;
    struct arena arena;
    struct decode d;
    struct activity got; /* texts live until the next line is read */
    unsigned activities, ignored, faults;
    char last_ignored[64];
    char *text;
};

static int emit(struct decode *d, const struct activity *a)
{
    struct reader *r = d->owner;
    r->got = *a;
    r->activities++;
    return ERR_NONE;
}

static void ignored(struct decode *d, struct str what)
{
    struct reader *r = d->owner;
    struct str s = str_sub(what, 0, sizeof r->last_ignored - 1);
    r->ignored++;
    memcpy(r->last_ignored, s.p, s.n);
    r->last_ignored[s.n] = '\0';
}

static void fault(struct decode *d, const struct fault *f)
{
    struct reader *r = d->owner;
    assert_non_null(f->why);
    r->faults++;
}

static void open_reader(struct reader *r)
{
    *r = (struct reader){.jin = jin_new()};
    arena_init(&r->arena, 65536, 1u << 22);
    r->d = (struct decode){.arena = &r->arena, .emit = emit, .ignored = ignored, .fault = fault, .owner = r};
}

static void close_reader(struct reader *r)
{
    jin_free(r->jin);
    arena_free(&r->arena);
    free(r->text);
}

static void read_line(struct reader *r, struct str line)
{
    const struct jnode *root;
    struct fault why;
    free(r->text);
    r->text = calloc(1, line.n + JIN_PADDING);
    assert_non_null(r->text);
    memcpy(r->text, line.p, line.n);
    r->activities = r->ignored = r->faults = 0;
    assert_int_equal(jin_parse(r->jin, r->text, line.n, &root, &why), ERR_NONE);
    assert_true(dec_activity.claims(root));
    (void)dec_activity.record(&r->d, root, (struct str){r->text, line.n});
}

static void same_str(struct str a, struct str b)
{
    assert_int_equal(str_set(a), str_set(b));
    assert_true(str_eq(a, b));
}

static void same_account(const struct account *a, const struct account *b)
{
    same_str(a->sid, b->sid);
    same_str(a->name, b->name);
    same_str(a->domain, b->domain);
    same_str(a->upn, b->upn);
    same_str(a->mail, b->mail);
    same_str(a->cloud, b->cloud);
}

static void same_places(const struct activity *a, const struct activity *b)
{
    same_str(a->device, b->device);
    assert_int_equal(a->device_certainty, b->device_certainty);
    assert_true(ip_eq(&a->ip, &b->ip));
    assert_int_equal(a->port, b->port);
    same_str(a->destination, b->destination);
    assert_true(ip_eq(&a->destination_ip, &b->destination_ip));
    same_str(a->location.country, b->location.country);
    same_str(a->location.region, b->location.region);
    same_str(a->location.city, b->location.city);
    same_str(a->location.network, b->location.network);
    assert_int_equal(a->location.latitude, b->location.latitude);
    assert_int_equal(a->location.longitude, b->location.longitude);
    assert_int_equal(a->location.asn, b->location.asn);
    assert_int_equal(a->location.tags, b->location.tags);
    same_str(a->agent.text, b->agent.text);
    same_str(a->agent.browser, b->agent.browser);
    same_str(a->agent.os, b->agent.os);
    same_str(a->agent.device, b->agent.device);
    assert_int_equal(a->agent.tags, b->agent.tags);
}

static void same_lists(const struct activity *a, const struct activity *b)
{
    assert_int_equal(a->nobjects, b->nobjects);
    for (unsigned i = 0; i < a->nobjects; i++) {
        assert_int_equal(a->objects[i].type, b->objects[i].type);
        assert_int_equal(a->objects[i].role, b->objects[i].role);
        same_account(&a->objects[i].ref, &b->objects[i].ref);
    }
    assert_int_equal(a->nfacts, b->nfacts);
    for (unsigned i = 0; i < a->nfacts; i++) {
        assert_int_equal(a->facts[i].key, b->facts[i].key);
        assert_int_equal(a->facts[i].type, b->facts[i].type);
        if (a->facts[i].type == FACT_TYPE_STR)
            same_str(a->facts[i].s, b->facts[i].s);
        else
            assert_true(a->facts[i].u == b->facts[i].u);
    }
}

static void same(const struct activity *a, const struct activity *b)
{
    assert_memory_equal(a->id, b->id, 16);
    assert_true(a->time == b->time);
    same_str(a->app, b->app);
    same_str(a->instance, b->instance);
    assert_int_equal(a->kind, b->kind);
    same_str(a->kind_text, b->kind_text);
    assert_int_equal(a->outcome, b->outcome);
    assert_int_equal(a->has_code, b->has_code);
    assert_true(a->code == b->code);
    same_account(&a->actor, &b->actor);
    same_places(a, b);
    assert_int_equal(a->protocol, b->protocol);
    assert_int_equal(a->admin, b->admin);
    assert_int_equal(a->impersonated, b->impersonated);
    same_str(a->session, b->session);
    same_lists(a, b);
}

static void round_trip(struct reader *r, const struct activity *a)
{
    struct buf out = {0};
    activity_json(a, &out, STR("in/one.evtx"));
    assert_false(out.failed);
    assert_int_equal(out.p[out.n - 1], '\n');
    read_line(r, (struct str){out.p, out.n - 1});
    assert_int_equal(r->activities, 1);
    assert_int_equal(r->ignored + r->faults, 0);
    same(a, &r->got);
    buf_free(&out);
}

#define ACCOUNT(x)                                                                                                     \
    {.sid = STR("S-1-5-21-1-2-3-" x), .name = STR("name" x), .domain = STR("CORP"), .upn = STR("u" x "@corp.example"),   \
     .mail = STR("m" x "@corp.example"), .cloud = STR("guid-" x)}

static struct activity everything(struct object *objects, struct fact *facts)
{
    const struct account who[] = {ACCOUNT("1"), ACCOUNT("2")};
    struct activity a = {.id = {1, 2, 0xff, [15] = 7}, .time = INT64_C(1767603600123456789), .app = STR("Office \"365\"\n\\"),
                         .instance = STR("tenant"), .kind = KIND_FILE_SHARE, .outcome = OUTCOME_FAILURE, .has_code = true, .code = UINT64_MAX,
                         .actor = who[0], .objects = objects, .facts = facts, .device = STR("PC1"), .device_certainty = 100, .port = 65535,
                         .destination = STR("dc1.corp.example"), .protocol = PROTO_SAML, .admin = true, .impersonated = true,
                         .session = STR("0x3e7")};
    a.location = (struct location){.country = STR("BE"), .region = STR("Vlaanderen"), .city = STR("Li\xc3\xa8ge"), .network = STR("ISP"),
                                   .asn = 4294967295u, .tags = 0x3f, .latitude = 5064, .longitude = -557};
    a.agent = (struct agent){STR("Mozilla"), STR("Edge"), STR("Windows"), STR("DESKTOP"), 7};
    assert_true(ip_parse(STR("192.0.2.7"), &a.ip, NULL) && ip_parse(STR("2001:db8::7"), &a.destination_ip, NULL));
    for (unsigned i = 0; i < OBJECT_TYPE_COUNT; i++)
        objects[a.nobjects++] = (struct object){.type = (enum object_type)i, .role = (enum object_role)(i % ROLE_COUNT), .ref = who[1]};
    return a;
}

/* All facts, as many as fit at a time. */
static void every_field_and_fact(void **state)
{
    (void)state;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
    struct reader r;
    open_reader(&r);
    struct activity a = everything(objects, facts);
    for (unsigned key = 1; key < FACT_COUNT;) {
        a.nfacts = 0;
        for (; key < FACT_COUNT && a.nfacts < ACTIVITY_FACTS; key++) {
            struct fact *f = &facts[a.nfacts++];
            *f = (struct fact){.key = (uint16_t)key, .type = (uint16_t)fact_type((enum fact_key)key), .u = UINT64_MAX - key};
            if (f->type == FACT_TYPE_STR)
                f->s = fact_name((enum fact_key)key);
            else if (f->type == FACT_TYPE_FLAG)
                f->u = key % 2;
        }
        round_trip(&r, &a);
    }
    close_reader(&r);
}

static void every_kind_and_word(void **state)
{
    (void)state;
    struct reader r;
    open_reader(&r);
    struct activity a = {.id = {9}, .time = 0, .app = STR("x")};
    for (unsigned k = 1; k < KIND_COUNT; k++) {
        a.kind = (enum kind)k;
        round_trip(&r, &a);
    }
    for (unsigned p = 0; p < PROTO_COUNT; p++) {
        a.protocol = (enum protocol)p;
        a.outcome = (enum outcome)(p % 3);
        round_trip(&r, &a);
    }
    a.kind = KIND_UNKNOWN;
    a.kind_text = STR("badge swiped");
    a.has_code = true; /* zero is a code, not its absence */
    round_trip(&r, &a);
    close_reader(&r);
}

static void smallest_line(void **state)
{
    (void)state;
    const struct str line = STR("{\"time\":\"2026-01-05T09:00:00Z\",\"app\":\"E-mail\",\"kind\":\"mail sent\",\"outcome\":\"success\","
                                "\"actor\":{\"name\":\"u1\"},\"objects\":[{\"type\":\"account\",\"name\":\"u2\"}]}");
    struct reader r;
    uint8_t id[16];
    open_reader(&r);
    r.d.origin.record = 1;
    read_line(&r, line);
    assert_int_equal(r.activities, 1);
    assert_int_equal(r.got.kind, KIND_MAIL_SENT);
    assert_true(r.got.time == INT64_C(1767603600) * TIME_SECOND);
    same_str(r.got.actor.name, STR("u1"));
    assert_int_equal(r.got.nobjects, 1);
    assert_int_equal(r.got.objects[0].role, ROLE_TARGET);
    same_str(r.got.objects[0].ref.name, STR("u2"));
    memcpy(id, r.got.id, 16);
    read_line(&r, line);
    assert_memory_equal(id, r.got.id, 16); /* the same line in the same place is the same record */
    r.d.origin.record = 2;
    read_line(&r, line);
    assert_memory_not_equal(id, r.got.id, 16); /* the same line again is another */
    close_reader(&r);
}

static void what_is_not_known(void **state)
{
    (void)state;
    struct reader r;
    open_reader(&r);
    read_line(&r, STR("{\"time\":\"2026-01-05T09:00:00Z\",\"app\":\"x\",\"kind\":\"y\",\"facts\":{\"shoe_size\":44,\"bytes\":\"7\",\"event_id\":\"many\"}}"));
    assert_int_equal(r.activities, 1);
    assert_int_equal(r.ignored, 2); /* no such fact, and a number that is none */
    assert_string_equal(r.last_ignored, "fact event_id");
    assert_int_equal(r.got.nfacts, 1);
    assert_true(act_u64(&r.got, FACT_BYTES, 0) == 7);
    read_line(&r, STR("{\"time\":\"yesterday\",\"app\":\"x\",\"kind\":\"y\"}"));
    assert_int_equal(r.activities, 0);
    assert_int_equal(r.faults, 1);
    read_line(&r, STR("{\"time\":\"2026-01-05T09:00:00Z\",\"app\":\"x\",\"kind\":\"\",\"colour\":1}"));
    assert_string_equal(r.last_ignored, "member colour");
    close_reader(&r);
}

/* Where a line says nothing of an agent but its text, the rest is read from that, whatever else the line says that is not known. */
static void agents_from_their_text(void **state)
{
    static const char *const agents[] = {"\"aws-cli/2.15.4 Python/3.11 Linux/6.1\"", "{\"text\":\"aws-cli/2.15.4 Python/3.11 Linux/6.1\"}",
                                         "{\"text\":\"aws-cli/2.15.4 Python/3.11 Linux/6.1\",\"colour\":\"red\",\"browser\":null,\"tags\":[\"odd\"]}"};
    char line[300];
    struct reader r;
    (void)state;
    open_reader(&r);
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
        (void)snprintf(line, sizeof line, "{\"time\":\"2026-01-05T09:00:00Z\",\"app\":\"x\",\"kind\":\"y\",\"agent\":%s}", agents[i]);
        read_line(&r, str_of(line));
        same_str(r.got.agent.text, STR("aws-cli/2.15.4 Python/3.11 Linux/6.1"));
        same_str(r.got.agent.os, STR("Linux"));
        assert_true(r.got.agent.tags != 0);
    }
    read_line(&r, STR("{\"time\":\"2026-01-05T09:00:00Z\",\"app\":\"x\",\"kind\":\"y\",\"agent\":{\"text\":\"aws-cli/2.15.4\",\"os\":\"BeOS\"}}"));
    same_str(r.got.agent.os, STR("BeOS")); /* as stated */
    assert_false(str_set(r.got.agent.browser));
    read_line(&r, STR("{\"time\":\"2026-01-05T09:00:00Z\",\"app\":\"x\",\"kind\":\"y\",\"agent\":{\"text\":\"-\",\"colour\":\"red\"}}"));
    assert_false(str_set(r.got.agent.text));
    close_reader(&r);
}

/* Every place on the globe comes back the same from its decimal text. */
static void coordinates(void **state)
{
    (void)state;
    struct reader r;
    open_reader(&r);
    struct activity a = {.id = {3}, .time = 0, .app = STR("x"), .kind = KIND_SIGN_IN};
    for (int v = -18000; v <= 18000; v += 7) {
        a.location.latitude = (int16_t)(v / 2);
        a.location.longitude = (int16_t)v;
        round_trip(&r, &a);
    }
    close_reader(&r);
}

/* An absent field leaves no key. */
static void absent_is_absent(void **state)
{
    (void)state;
    struct buf out = {0};
    struct activity a = {.time = 0, .app = STR("x"), .kind = KIND_SIGN_IN};
    activity_json(&a, &out, STR_NONE);
    assert_true(str_eq(buf_view(&out), STR("{\"time\":\"1970-01-01T00:00:00.000000000Z\",\"app\":\"x\",\"kind\":\"sign-in\","
                                           "\"record\":{\"number\":0,\"offset\":0}}\n")));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_field_and_fact), cmocka_unit_test(every_kind_and_word),
                                       cmocka_unit_test(smallest_line), cmocka_unit_test(what_is_not_known),
                                       cmocka_unit_test(agents_from_their_text),
        cmocka_unit_test(coordinates), cmocka_unit_test(absent_is_absent)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
