/* tests/model/test_outside.c - OCSF and ECS: every kind's event has what the public schemas require of it, and hostile text stays JSON. */
#include "base/jin.h"
#include "model/app.h"
#include "model/ecs.h"
#include "model/ocsf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- what the schemas say ---- */

/* OCSF 1.3.0: required attributes, beyond those of every event, and the numbers of the class's activities. */
static const struct {
    unsigned uid, category;
    const char *required[5];
    const char *one_of[3]; /* "at least one" constraint */
    unsigned activities[12];
} classes[] = {
    {2004, 2, {"finding_info.uid", "finding_info.analytic.type_id"}, {NULL}, {1, 2, 3, 99}},
    {3001, 3, {"user"}, {"user.name", "user.uid"}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99}},
    {3002, 3, {"user"}, {"service", "dst_endpoint"}, {1, 2, 3, 4, 5, 99}},
    {3006, 3, {"group"}, {"group.name", "group.uid"}, {1, 2, 3, 4, 5, 6, 99}},
    {6003, 6, {"actor", "api.operation", "src_endpoint"}, {"actor.user", "actor.app_name"}, {1, 2, 3, 4, 99}},
};
static const char *const of_every_event[] = {"activity_id", "category_uid", "class_uid", "severity_id", "time", "type_uid", "metadata.version",
                                             "metadata.product.vendor_name"};

/* ECS 8.11: the event types that a category expects. */
static const struct {
    const char *category, *types[12];
} categories[] = {
    {"api", {"access", "admin", "allowed", "change", "creation", "deletion", "denied", "end", "info", "start", "user"}},
    {"authentication", {"start", "end", "info"}},
    {"configuration", {"access", "change", "creation", "deletion", "info"}},
    {"email", {"info"}},
    {"file", {"access", "change", "creation", "deletion", "info"}},
    {"host", {"access", "change", "end", "info", "start"}},
    {"iam", {"admin", "change", "creation", "deletion", "group", "info", "user"}},
    {"intrusion_detection", {"allowed", "denied", "info"}},
    {"malware", {"info"}},
    {"network", {"access", "allowed", "connection", "denied", "end", "info", "protocol", "start"}},
    {"process", {"access", "change", "end", "info", "start"}},
};

/* ---- reading a line back ---- */

struct line {
    struct jin *jin;
    struct buf buf;
    const struct jnode *doc;
};

static void read_back(struct line *l)
{
    struct fault fault = {0};
    assert_false(l->buf.failed);
    assert_true(l->buf.n > 2 && l->buf.p[l->buf.n - 1] == '\n');
    assert_null(memchr(l->buf.p, '\n', l->buf.n - 1)); /* one line */
    buf_add(&l->buf, (char[JIN_PADDING]){0}, JIN_PADDING);
    assert_int_equal(jin_parse(l->jin, l->buf.p, l->buf.n - JIN_PADDING - 1, &l->doc, &fault), 0);
}

static const struct jnode *at(const struct line *l, const char *path)
{
    return jin_path(l->doc, l->doc, path);
}

static uint64_t number(const struct line *l, const char *path)
{
    uint64_t n = 0;
    assert_true(jin_u64(l->doc, l->doc, path, &n));
    return n;
}

static void assert_text(const struct line *l, const char *path, const char *text)
{
    struct str got = jin_str(l->doc, l->doc, path);
    if (!str_eq(got, str_of(text)))
        fail_msg("%s is %.*s, not %s", path, STR_ARG(got), text);
}

static void check_ocsf(const struct line *l)
{
    uint64_t uid = number(l, "class_uid");
    size_t c = 0;
    for (size_t i = 0; i < sizeof of_every_event / sizeof *of_every_event; i++)
        assert_non_null(at(l, of_every_event[i]));
    while (c < sizeof classes / sizeof *classes && classes[c].uid != uid)
        c++;
    assert_true(c < sizeof classes / sizeof *classes);
    assert_int_equal(number(l, "category_uid"), classes[c].category);
    assert_int_equal(number(l, "type_uid"), uid * 100 + number(l, "activity_id"));
    for (size_t i = 0; classes[c].required[i]; i++)
        if (!at(l, classes[c].required[i]))
            fail_msg("class %u lacks %s: %s", classes[c].uid, classes[c].required[i], l->buf.p);
    bool one = !classes[c].one_of[0], known = false;
    for (size_t i = 0; classes[c].one_of[i]; i++)
        one |= at(l, classes[c].one_of[i]) != NULL;
    for (size_t i = 0; classes[c].activities[i]; i++)
        known |= classes[c].activities[i] == number(l, "activity_id");
    assert_true(one && known);
    if (at(l, "src_endpoint"))
        assert_true(at(l, "src_endpoint.hostname") || at(l, "src_endpoint.ip") || at(l, "src_endpoint.svc_name"));
}

static bool expects(struct str category, struct str type)
{
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
        for (size_t k = 0; str_eq(category, str_of(categories[i].category)) && categories[i].types[k]; k++)
            if (str_eq(type, str_of(categories[i].types[k])))
                return true;
    return false;
}

static void check_ecs(const struct line *l)
{
    static const char *const needed[] = {"@timestamp", "ecs.version", "event.kind", "event.category", "event.type", "event.id", "event.action",
                                         "event.provider", "related"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!at(l, needed[i]))
            fail_msg("%s is missing: %s", needed[i], l->buf.p);
    const struct jnode *category = at(l, "event.category"), *type = at(l, "event.type");
    assert_true(category->type == J_ARR && type->type == J_ARR);
    const struct jnode *t = jin_first(l->doc, type);
    assert_non_null(t);
    for (; t; t = jin_next(l->doc, type, t))
        if (!expects(jin_text(jin_first(l->doc, category)), jin_text(t)))
            fail_msg("%.*s of %.*s is not expected", STR_ARG(jin_text(t)), STR_ARG(jin_text(jin_first(l->doc, category))));
}

static void ocsf(struct line *l, const struct activity *a)
{
    l->buf.n = 0;
    ocsf_activity(a, &l->buf);
    read_back(l);
    check_ocsf(l);
}

static void ecs(struct line *l, const struct activity *a)
{
    l->buf.n = 0;
    ecs_activity(a, &l->buf);
    read_back(l);
    check_ecs(l);
    assert_text(l, "event.kind", "event");
}

static struct line start(void)
{
    struct line l = {.jin = jin_new()};
    assert_non_null(l.jin);
    return l;
}

static void stop(struct line *l)
{
    jin_free(l->jin);
    buf_free(&l->buf);
}

/* ---- activities ---- */

#define TIME INT64_C(1767603600123456789) /* 2026-01-05T09:00:00.123456789Z */

static struct activity login(void)
{
    struct activity a = {.id = {0xab, 0xcd}, .time = TIME, .kind = KIND_NETWORK_LOGON, .outcome = OUTCOME_FAILURE, .has_code = true, .code = 0x18};
    a.app = str_of(APP_AD);
    a.actor = (struct account){.sid = STR("S-1-5-21-1-2-3-1104"), .name = STR("alice"), .domain = STR("CORP"), .mail = STR("alice@corp.test")};
    a.device = STR("WS1");
    a.destination = STR("DC1");
    a.ip = ip_v4(0x0a000005);
    a.port = 50123;
    a.protocol = PROTO_KERBEROS;
    a.location = (struct location){.country = STR("FR"), .city = STR("Lyon"), .latitude = 4576, .longitude = -484, .network = STR("Example"), .asn = 64500};
    return a;
}

static void every_kind_is_valid(void **state)
{
    struct object objects[] = {{.type = OBJECT_ACCOUNT, .role = ROLE_MEMBER, .ref = {.name = STR("bob"), .sid = STR("S-1-5-21-1-2-3-1105")}},
                               {.type = OBJECT_GROUP, .role = ROLE_GROUP, .ref = {.name = STR("Domain Admins")}}};
    struct line l = start();
    unsigned seen[4] = {0};
    (void)state;
    for (unsigned k = 0; k < KIND_COUNT; k++)
        for (unsigned n = 0; n <= 2; n++) {
            struct activity a = login(), nobody = {.time = TIME, .kind = (enum kind)k, .kind_text = STR("odd")};
            a.kind = (enum kind)k;
            a.kind_text = STR("odd");
            a.objects = objects;
            a.nobjects = n;
            ocsf(&l, &a);
            uint64_t uid = number(&l, "class_uid");
            assert_true(n < 2 || uid == outside_kind(&a).ocsf_class); /* with all objects said, none falls back to a call */
            seen[uid == 3001 ? 0 : uid == 3002 ? 1 : uid == 3006 ? 2 : 3]++;
            ecs(&l, &a);
            nobody.app = STR("x");
            ocsf(&l, &nobody); /* nothing known but the kind */
            assert_int_equal(number(&l, "class_uid"), 6003);
            ecs(&l, &nobody);
        }
    assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
    stop(&l);
}

static void a_login(void **state)
{
    struct fact facts[] = {{.key = FACT_EVENT_ID, .type = FACT_TYPE_U64, .u = 4625}, {.key = FACT_LOGON_TYPE, .type = FACT_TYPE_U64, .u = 3}};
    struct activity a = login();
    struct line l = start();
    (void)state;
    a.facts = facts;
    a.nfacts = 2;
    ocsf(&l, &a);
    assert_int_equal(number(&l, "type_uid"), 300201);
    assert_int_equal(number(&l, "time"), UINT64_C(1767603600123));
    assert_int_equal(number(&l, "status_id"), 2);
    assert_text(&l, "status_code", "24");
    assert_int_equal(number(&l, "auth_protocol_id"), 2);
    assert_int_equal(number(&l, "logon_type_id"), 3);
    assert_int_equal(number(&l, "src_endpoint.port"), 50123);
    assert_text(&l, "activity_name", "Logon");
    assert_text(&l, "user.name", "alice");
    assert_text(&l, "user.uid", "S-1-5-21-1-2-3-1104");
    assert_text(&l, "src_endpoint.ip", "10.0.0.5");
    assert_text(&l, "src_endpoint.location.long", "-4.84");
    assert_text(&l, "dst_endpoint.hostname", "DC1");
    assert_text(&l, "metadata.uid", "abcd0000000000000000000000000000");
    assert_text(&l, "metadata.event_code", "4625");
    assert_text(&l, "unmapped.facts.logon_type", "3");
    assert_text(&l, "message", "network logon (failure): alice from WS1 (10.0.0.5) to DC1");
    ecs(&l, &a);
    assert_text(&l, "@timestamp", "2026-01-05T09:00:00.123456789Z");
    assert_text(&l, "event.outcome", "failure");
    assert_text(&l, "event.action", "network logon");
    assert_text(&l, "event.code", "4625");
    assert_text(&l, "user.id", "S-1-5-21-1-2-3-1104");
    assert_text(&l, "source.ip", "10.0.0.5");
    assert_text(&l, "source.geo.country_iso_code", "FR");
    assert_text(&l, "source.geo.location.lat", "45.76");
    assert_text(&l, "source.as.number", "64500");
    assert_text(&l, "host.name", "DC1");
    assert_text(&l, "network.protocol", "Kerberos");
    assert_null(at(&l, "cloud"));
    stop(&l);
}

/* The account that was changed is the user, who changed it is the actor; a member and its group both stand. */
static void changes(void **state)
{
    struct object o[2] = {{.type = OBJECT_ACCOUNT, .role = ROLE_TARGET, .ref = {.name = STR("bob")}}};
    struct activity a = login();
    struct line l = start();
    (void)state;
    a.kind = KIND_PASSWORD_RESET;
    a.objects = o;
    a.nobjects = 1;
    ocsf(&l, &a);
    assert_int_equal(number(&l, "type_uid"), 300104);
    assert_text(&l, "user.name", "bob");
    assert_text(&l, "actor.user.name", "alice");
    ecs(&l, &a);
    assert_text(&l, "user.name", "alice");
    assert_text(&l, "user.target.name", "bob");
    o[0].role = ROLE_MEMBER;
    o[1] = (struct object){.type = OBJECT_GROUP, .role = ROLE_GROUP, .ref = {.name = STR("Backup Operators"), .sid = STR("S-1-5-32-551")}};
    a.kind = KIND_GROUP_MEMBER_ADDED;
    a.nobjects = 2;
    ocsf(&l, &a);
    assert_int_equal(number(&l, "type_uid"), 300603);
    assert_text(&l, "user.name", "bob");
    assert_text(&l, "group.uid", "S-1-5-32-551");
    const struct jnode *objects = at(&l, "unmapped.objects");
    assert_non_null(objects);
    assert_true(str_eq(jin_str(l.doc, jin_first(l.doc, objects), "name"), STR("bob")));
    ecs(&l, &a);
    assert_text(&l, "group.name", "Backup Operators");
    a.kind = KIND_VM_CREATED;
    a.app = str_of(APP_AWS);
    a.instance = STR("123456789012");
    ocsf(&l, &a);
    assert_text(&l, "cloud.provider", "AWS");
    assert_text(&l, "cloud.account.uid", "123456789012");
    assert_non_null(at(&l, "resources"));
    assert_null(at(&l, "unmapped.objects"));
    ecs(&l, &a);
    assert_text(&l, "cloud.provider", "aws");
    stop(&l);
}

static void hostile_text(void **state)
{
    const struct str bad[] = {STR("\"},{\"class_uid\":1"), STR("a\nb\r\x01\x7f"), STR("\xff\xfe\xc3"), STR("\xed\xa0\x80\\u0000\\"), {"\0\0", 2}};
    char cut[301], message[OUTSIDE_MESSAGE];
    struct line l = start();
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct object o = {.type = OBJECT_GROUP, .role = ROLE_GROUP, .ref = {.name = bad[i], .sid = bad[i], .cloud = bad[i]}};
        struct fact f = {.key = FACT_OPERATION, .type = FACT_TYPE_STR, .s = bad[i]};
        struct activity a = {.time = TIME, .kind_text = bad[i], .app = bad[i], .instance = bad[i], .device = bad[i], .destination = bad[i], .session = bad[i],
                             .actor = {bad[i], bad[i], bad[i], bad[i], bad[i], bad[i]}, .objects = &o, .nobjects = 1, .facts = &f, .nfacts = 1};
        a.agent.text = a.location.country = a.location.city = a.location.network = bad[i];
        for (unsigned k = 0; k < KIND_COUNT; k++) {
            a.kind = (enum kind)k;
            ocsf(&l, &a);
            ecs(&l, &a);
        }
    }
    /* a long name of two-byte letters is cut between letters */
    for (size_t i = 0; i < 300; i++)
        cut[i] = i ? "\xa9\xc3"[i & 1] : 'x';
    struct activity a = {.time = TIME, .kind = KIND_SIGN_IN, .actor = {.name = {cut, 300}}};
    struct str m = outside_message(&a, message);
    assert_true(m.n > 90 && m.n < 120 && (unsigned char)m.p[m.n - 1] == 0xa9);
    stop(&l);
}

/* ---- alerts ---- */

static void alerts(void **state)
{
    static const uint8_t ids[2][16] = {{1}, {2}};
    const struct str users[] = {STR("alice"), STR("bob")}, attack[] = {STR("T1003.006"), STR("T1078")};
    struct outside_alert a = {.id = STR("0123456789abcdef01234567"), .policy = STR("2006"), .name = STR("Replication \"quoted\""), .category = STR("domain dominance"),
                              .description = STR("alice asked.\n"), .severity = SEVERITY_HIGH, .status = STR("open"), .start = TIME, .end = TIME + TIME_SECOND,
                              .count = 7, .attack = attack, .nattack = 2, .users = users, .nusers = 2, .source = STR("WS1"), .source_ip = ip_v4(0x0a000005),
                              .destination = STR("DC1"), .evidence = ids, .nevidence = 2};
    struct line l = start();
    (void)state;
    ocsf_alert(&a, &l.buf);
    read_back(&l);
    check_ocsf(&l);
    assert_int_equal(number(&l, "type_uid"), 200401);
    assert_int_equal(number(&l, "severity_id"), 4);
    assert_int_equal(number(&l, "status_id"), 1);
    assert_int_equal(number(&l, "count"), 7);
    assert_text(&l, "finding_info.title", "Replication \"quoted\"");
    assert_text(&l, "finding_info.analytic.uid", "2006");
    const struct jnode *events = at(&l, "finding_info.related_events"), *attacks = at(&l, "finding_info.attacks");
    assert_text(&l, "metadata.uid", "0123456789abcdef01234567");
    assert_true(str_eq(jin_str(l.doc, jin_first(l.doc, events), "uid"), STR("01000000000000000000000000000000")));
    assert_true(str_eq(jin_str(l.doc, jin_first(l.doc, attacks), "technique.uid"), STR("T1003")));
    assert_true(str_eq(jin_str(l.doc, jin_first(l.doc, attacks), "sub_technique.uid"), STR("T1003.006")));
    l.buf.n = 0;
    ecs_alert(&a, &l.buf);
    read_back(&l);
    check_ecs(&l);
    assert_text(&l, "event.kind", "alert");
    assert_int_equal(number(&l, "event.severity"), 4);
    assert_text(&l, "rule.id", "2006");
    assert_text(&l, "user.name", "alice");
    assert_text(&l, "threat.framework", "MITRE ATT&CK");
    assert_text(&l, "source.ip", "10.0.0.5");
    /* closed, of an unknown time, about nobody: still valid */
    struct outside_alert bare = {.id = a.id, .policy = a.policy, .name = a.name, .category = a.category, .closed = true, .start = TIME_NONE, .end = TIME_NONE};
    l.buf.n = 0;
    ocsf_alert(&bare, &l.buf);
    read_back(&l);
    check_ocsf(&l);
    assert_int_equal(number(&l, "type_uid"), 200403);
    l.buf.n = 0;
    ecs_alert(&bare, &l.buf);
    read_back(&l);
    check_ecs(&l);
    stop(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind_is_valid), cmocka_unit_test(a_login), cmocka_unit_test(changes), cmocka_unit_test(hostile_text),
                                       cmocka_unit_test(alerts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
