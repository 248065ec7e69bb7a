/* tests/policy/test_policies.c - policies kept, changed with validation, shown; suppression; what filters name, looked up. */
#include "policy/activity_policy.h"
#include "policy/detection_policy.h"
#include "policy/filter_people.h"
#include "store/tab_entities.h"
#include "tests/support/fresh_db.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOW (time_parse(STR("2026-01-10T12:00:00Z")))

static struct fresh_db kept;
static const struct alert_view all = {.cloud = true, .onprem = true};

static const struct stored_policy travel = {
    .id = {"impossible_travel", 17},
    .type = POLICY_ANOMALY,
    .name = {"Impossible travel", 17},
    .severity = SEVERITY_MEDIUM,
    .category = {"threat detection", 16},
    .definition =
        {"{\"about\":\"Too far.\",\"blind\":\"no sign-ins\",\"attack\":[\"T1078\"],\"learningDays\":7,\"off\":false,\"params\":[{\"name\":\"speed\","
         "\"default\":900,\"about\":\"km/"
         "h\"},{\"name\":\"history_days\",\"default\":5,\"about\":\"days\"},{\"name\":\"ratio\",\"default\":0.5,\"about\":\"x\"}]}",
         219},
    .enabled = true,
    .sensitivity = 2,
    .created = TIME_NONE,
    .changed = TIME_NONE,
    .since = TIME_NONE};

static int open_db(void **state)
{
    (void)state;
    return fresh_db_open(&kept);
}

static int drop_db(void **state)
{
    (void)state;
    return fresh_db_close(&kept);
}

static struct stored_policy get(const char *id)
{
    struct stored_policy p;
    assert_int_equal(tab_policies_get(kept.db, &kept.arena, str_of(id), &p), 0);
    return p;
}

static int change(struct stored_policy *p, const char *body, struct policy_change *c)
{
    const struct jnode *doc = jin_embedded(&kept.arena, str_of(body));
    *c = (struct policy_change){.arena = &kept.arena, .doc = doc, .body = doc, .by = STR("ada"), .now = NOW};
    assert_non_null(doc);
    return policy_change(c, p);
}

static void refused(const char *id, const char *body, const char *value)
{
    struct policy_change c;
    struct stored_policy p = get(id), before = p;
    if (change(&p, body, &c) != ERR_MALFORMED)
        fail_msg("taken: %s", body);
    assert_non_null(c.error.why);
    if (!str_eq(c.error.value, str_of(value)))
        fail_msg("%s: %.*s", body, STR_ARG(c.error.value));
    assert_memory_equal(&p, &before, sizeof p);
}

struct pairs {
    struct buf b;
};

static int pair(void *owner, struct str name, double value)
{
    struct pairs *p = owner;
    buf_fmt(&p->b, "%.*s=%g ", STR_ARG(name), value);
    return 0;
}

static void params_are(const struct stored_policy *p, const char *text)
{
    struct pairs got = {{0}};
    assert_int_equal(detection_policy_params(&kept.arena, p, pair, &got), 0);
    if (!str_eq(buf_view(&got.b), str_of(text)))
        fail_msg("%.*s", STR_ARG(buf_view(&got.b)));
    buf_free(&got.b);
}

static void detections(void **state)
{
    struct policy_change c;
    (void)state;
    struct stored_policy named = travel;
    named.definition.n = strlen(travel.definition.p);
    assert_int_equal(tab_policies_define(kept.db, &named), 0);
    struct stored_policy p = get("impossible_travel");
    params_are(&p, "");
    assert_int_equal(
        change(&p, "{\"params\":{\"speed\":1200},\"enabled\":false,\"sensitivity\":3,\"actions\":{\"mail\":true},\"lowest\":\"medium\"}", &c), 0);
    assert_int_equal(tab_policies_change(kept.db, &p), 0);
    p = get("impossible_travel");
    assert_true(!p.enabled && p.actions == POLICY_MAIL && p.lowest == SEVERITY_MEDIUM && str_eq(p.changed_by, STR("ada")));
    params_are(&p, "speed=1200 ratio=0.333333 "); /* set by hand is not scaled */
    /* the next start of the program says what it is again, and what was decided stays */
    named.name = STR("Impossible travel 2");
    assert_int_equal(tab_policies_define(kept.db, &named), 0);
    p = get("impossible_travel");
    assert_true(str_eq(p.name, STR("Impossible travel 2")) && !p.enabled && p.sensitivity == 3);
    assert_int_equal(change(&p, "{\"params\":[{\"name\":\"speed\",\"value\":null}],\"sensitivity\":1}", &c), 0);
    params_are(&p, "speed=1350 ratio=0.75 ");
    refused("impossible_travel", "{\"params\":{\"sped\":1}}", "sped");
    refused("impossible_travel", "{\"params\":{\"speed\":-1}}", "-1");
    refused("impossible_travel", "{\"params\":{\"speed\":900001}}", "900001");
    refused("impossible_travel", "{\"params\":{\"speed\":\"fast\"}}", "fast");
    refused("impossible_travel", "{\"params\":{\"speed\":1e999}}", "1e999");
    refused("impossible_travel", "{\"sensitivity\":4}", "4");
    refused("impossible_travel", "{\"enabled\":\"yes\"}", "yes");
    refused("impossible_travel", "{\"scope\":{\"include\":\"a\"}}", "a");
    refused("impossible_travel", "{\"lowest\":\"worst\"}", "worst");
    assert_int_equal(tab_policies_drop(kept.db, STR("none")), ERR_NOT_FOUND);
    p.id = STR("none");
    assert_int_equal(tab_policies_change(kept.db, &p), ERR_NOT_FOUND);
}

static int count_exclusions(void *owner, struct str policy, struct str name, int64_t until)
{
    (void)policy, (void)name, (void)until;
    ++*(int *)owner;
    return 0;
}

static void exclusions(void **state)
{
    int n = 0;
    (void)state;
    assert_int_equal(tab_policies_exclude(kept.db, STR("impossible_travel"), STR("CORP\\svc"), TIME_NONE, STR("ada")), 0);
    assert_int_equal(tab_policies_exclude(kept.db, STR("impossible_travel"), STR("corp\\SVC"), NOW + 5, STR("ada")), 0); /* the same one */
    assert_int_equal(tab_policies_exclude(kept.db, STR("2006"), STR("DC9"), TIME_NONE, STR("ada")), 0);
    assert_int_equal(tab_policies_exclusions(kept.db, STR_NONE, NOW, count_exclusions, &n), 0);
    assert_int_equal(n, 2);
    n = 0;
    assert_int_equal(tab_policies_exclusions(kept.db, STR("impossible_travel"), NOW + 6, count_exclusions, &n), 0);
    assert_int_equal(n, 0); /* over */
    assert_int_equal(tab_policies_include(kept.db, STR("2006"), STR("dc9")), 0);
    assert_int_equal(tab_policies_include(kept.db, STR("2006"), STR("dc9")), ERR_NOT_FOUND);
}

static void activity_policies(void **state)
{
    struct policy_change c;
    char id[25];
    (void)state;
    activity_policy_id(id);
    struct stored_policy p = policy_new(STR("ada"), NOW - 100);
    p.id = str_of(id);
    assert_int_equal(
        change(&p,
               "{\"name\":\" Mass download \",\"filters\":{\"actionType\":{\"contains\":\"download\"}},\"severity\":\"high\",\"match\":{\"type\":"
               "\"repeated\",\"count\":50,\"minutes\":1,\"sameApp\":true,\"unique\":\"fileSelector\"},\"dailyLimit\":3}",
               &c),
        0);
    assert_int_equal(tab_policies_add(kept.db, &p), 0);
    p = get(id);
    assert_true(str_eq(p.name, STR("Mass download")) && p.severity == SEVERITY_HIGH && p.match == POLICY_REPEATED && p.count == 50 && p.same_app &&
                p.since == NOW && p.daily_limit == 3);
    assert_int_equal(change(&p, "{\"name\":\"Mass\"}", &c), 0);
    assert_true(p.since == NOW);
    p.since = 5;
    assert_int_equal(change(&p, "{\"description\":\"x\"}", &c), 0);
    assert_true(p.since == 5); /* asks for the same activities */
    assert_int_equal(change(&p, "{\"filters\":\"actionType~upload\"}", &c), 0);
    assert_true(p.since == NOW);
    refused(id, "{\"name\":\"\"}", "");
    refused(id, "{\"filters\":{}}", "");
    refused(id, "{\"filters\":{\"actionTyp\":{\"eq\":\"x\"}}}", "actionTyp");
    refused(id, "{\"filters\":[1]}", "[1]");
    refused(id, "{\"match\":{\"type\":\"thrice\"}}", "thrice");
    refused(id, "{\"match\":{\"type\":\"repeated\",\"count\":1}}", "");
    refused(id, "{\"match\":{\"type\":\"repeated\",\"minutes\":1441}}", "");
    refused(id, "{\"match\":{\"type\":\"repeated\",\"unique\":\"nothing\"}}", "nothing");
    refused(id, "{\"severity\":\"default\"}", "default");
    refused(id, "{\"dailyLimit\":1001}", "");

    struct buf out = {0};
    struct jout j = jout_to(&out);
    p = get(id);
    assert_int_equal(policy_json(kept.db, &p, &all, ENGLISH, &j), 0);
    const struct jnode *doc = jin_embedded(&kept.arena, buf_view(&out));
    assert_non_null(doc);
    assert_true(str_eq(jin_str(doc, doc, "match.count"), STR("50")) && str_eq(jin_str(doc, doc, "openAlerts"), STR("0")));
    assert_true(str_eq(jin_path(doc, doc, "filters")->val, STR("{\"actionType\":{\"contains\":\"download\"}}")));
    out.n = 0;
    j = jout_to(&out);
    p = get("impossible_travel");
    assert_int_equal(policy_json(kept.db, &p, &all, ENGLISH, &j), 0);
    doc = jin_embedded(&kept.arena, buf_view(&out));
    assert_non_null(doc);
    assert_true(str_eq(jin_str(doc, doc, "blind"), STR("no sign-ins")) && str_eq(jin_str(doc, doc, "learningDays"), STR("7")));
    assert_true(str_eq(jin_str(doc, jin_first(doc, jin_get(doc, doc, STR("params"))), "value"), STR("1.2e+03")));
    assert_int_equal(jin_get(doc, doc, STR("exclusions"))->type, J_ARR);
    out.n = 0;
    p = get(id);
    p.name = STR("=cmd|\"x\"");
    assert_int_equal(tab_policies_change(kept.db, &p), 0);
    assert_int_equal(policy_csv(kept.db, 1u << POLICY_ACTIVITY, &all, &out), 0);
    assert_true(str_has(buf_view(&out), STR("\r\n\"'=cmd|\"\"x\"\"\",\"activity\",,\"high\",")));
    buf_free(&out);
    assert_int_equal(tab_policies_drop(kept.db, str_of(id)), 0);
    assert_int_equal(tab_policies_get(kept.db, &kept.arena, str_of(id), &p), ERR_NOT_FOUND);
}

static void suppression(void **state)
{
    bool is;
    (void)state;
    struct stored_suppression rule = {
        .policy = STR("2006"), .by = SUPPRESS_SOURCE, .value = STR("WS1"), .until = NOW + 10, .made_by = STR("ada"), .made = NOW};
    const struct stored_suppression same[] = {{.by = SUPPRESS_IP, .value = STR("10.0.0.1")}, {.by = SUPPRESS_SOURCE, .value = STR("ws1")}};
    assert_int_equal(tab_policies_suppress(kept.db, &rule), 0);
    assert_int_equal(tab_policies_suppressed(kept.db, STR("2006"), same, 2, NOW, &is), 0);
    assert_true(is);
    assert_int_equal(tab_policies_suppressed(kept.db, STR("2006"), same, 1, NOW, &is), 0);
    assert_false(is);
    assert_int_equal(tab_policies_suppressed(kept.db, STR("2007"), same, 2, NOW, &is), 0);
    assert_false(is);
    assert_int_equal(tab_policies_suppressed(kept.db, STR("2006"), same, 2, NOW + 10, &is), 0);
    assert_false(is);
    assert_int_equal(tab_policies_unsuppress(kept.db, 1), 0);
    assert_int_equal(tab_policies_unsuppress(kept.db, 1), ERR_NOT_FOUND);
}

/* ---- people ---- */

static void put(uint32_t number, enum entity_type type, const char *id, const char *name, const uint32_t *groups, uint32_t ngroups)
{
    struct str accounts[] = {str_of(name)};
    struct stored_entity e = {.base = {.number = number,
                                       .type = type,
                                       .id = str_of(id),
                                       .name = str_of(name),
                                       .sam = str_of(name),
                                       .accounts = accounts,
                                       .naccounts = 1,
                                       .groups = groups,
                                       .ngroups = ngroups,
                                       .created = TIME_NONE,
                                       .terminated = TIME_NONE},
                              .first_seen = TIME_NONE,
                              .last_seen = TIME_NONE,
                              .apps = STR("[]")};
    if (number == 1) {
        e.base.dn = STR("CN=Alice,OU=Night,OU=Sales,DC=corp");
        e.base.flags = ENTITY_SENSITIVE;
    }
    assert_int_equal(tab_entities_put(kept.db, &e), 0);
}

static struct filter_term looked_up(const char *text)
{
    struct filter_parser p = {.arena = &kept.arena, .noun = FILTER_ACTIVITIES, .now = NOW};
    const struct filter_sources from = {.db = kept.db};
    struct filter f, g;
    assert_int_equal(filter_parse_text(&p, str_of(text), &f), 0);
    assert_int_equal(filter_people(&from, &kept.arena, &f, &g), 0);
    assert_int_equal(g.n, 1);
    return g.terms[0];
}

static void numbers_are(const char *text, const char *numbers)
{
    struct filter_term t = looked_up(text);
    struct buf b = {0};
    for (unsigned i = 0; i < t.n; i++)
        buf_fmt(&b, "%lld ", (long long)t.values[i].from);
    if (t.field != FIELD_ACTIVITY_USER || t.match != MATCH_EQ || !str_eq(buf_view(&b), str_of(numbers)))
        fail_msg("%s: field %d match %d: %.*s", text, (int)t.field, (int)t.match, STR_ARG(buf_view(&b)));
    buf_free(&b);
}

static int one_network(void *owner, int64_t category, struct str tag, int (*each)(void *to, struct str cidr), void *to)
{
    (void)owner, (void)tag;
    return category == 3 ? each(to, STR("192.0.2.0/24")) : 0;
}

static void people(void **state)
{
    static const uint32_t in_admins[] = {3}, in_outer[] = {4};
    (void)state;
    put(1, ENTITY_USER, "aaaaaaaaaaaaaaaaaaaaaaa1", "alice", in_admins, 1);
    put(2, ENTITY_USER, "aaaaaaaaaaaaaaaaaaaaaaa2", "bob", NULL, 0);
    put(3, ENTITY_GROUP, "aaaaaaaaaaaaaaaaaaaaaaa3", "Admins", in_outer, 1);
    put(4, ENTITY_GROUP, "aaaaaaaaaaaaaaaaaaaaaaa4", "Outer", NULL, 0);
    put(5, ENTITY_USER, "aaaaaaaaaaaaaaaaaaaaaaa5", "alice.adm", NULL, 0);
    assert_int_equal(tab_entities_alias(kept.db, 5, 1), 0);
    numbers_are("user:ALICE", "1 5 "); /* under every number that she ever had */
    numbers_are("user:aaaaaaaaaaaaaaaaaaaaaaa2", "2 ");
    numbers_are("user:ali*", "1 5 ");
    numbers_are("user~o", "2 4 ");
    numbers_are("group:admins", "1 5 ");
    numbers_are("group:sensitive", "1 5 ");
    numbers_are("group:nothing", "0 ");
    numbers_are("user.orgUnit:Sales", "1 5 ");
    numbers_are("user.orgUnit:\"OU=Night,OU=Sales,DC=corp\"", "1 5 ");
    numbers_are("not user.orgUnit:Corp", "0 ");
    struct filter_term t = looked_up("user:mallory");
    assert_true(t.n == 1 && t.values->from == 0 && str_eq(t.values->text, STR("mallory")));
    assert_true(looked_up("not group:admins").negate);
    t = looked_up("country:FR");
    assert_int_equal(t.field, FIELD_ACTIVITY_COUNTRY);

    struct filter_parser p = {.arena = &kept.arena, .noun = FILTER_ACTIVITIES, .now = NOW};
    const struct filter_sources from = {.db = kept.db, .networks = one_network};
    struct filter f, g;
    assert_int_equal(filter_parse_text(&p, STR("ip.category:risky ip.category:vpn"), &f), 0);
    assert_int_equal(filter_people(&from, &kept.arena, &f, &g), 0);
    assert_int_equal(g.terms[0].field, FIELD_ACTIVITY_IP);
    assert_true(str_eq(g.terms[0].values->text, STR("192.0.2.0/24")));
    assert_true(g.terms[1].n == 1 && !str_eq(g.terms[1].values->text, STR("192.0.2.0/24"))); /* nothing, not everything */
}

static void alerts_and_policies(void **state)
{
    bool fresh;
    uint8_t activity[16] = {0xab};
    struct stored_alert a = {.id = "0123456789abcdef01234567",
                             .policy = STR("2006"),
                             .name = STR("x"),
                             .severity = SEVERITY_HIGH,
                             .category = STR("c"),
                             .attack = STR("[]"),
                             .start = NOW,
                             .end = NOW,
                             .updated = NOW,
                             .parties = STR("[]"),
                             .resolved = TIME_NONE,
                             .reason = -1};
    struct stored_evidence e = {.time = NOW, .kind = STR("sign-in")};
    (void)state;
    memcpy(e.activity, activity, 16);
    assert_int_equal(tab_alerts_put(kept.db, &a, NULL, 0, &e, 1, &fresh), 0);
    struct filter_term t = looked_up("alertId:0123456789abcdef01234567");
    assert_true(t.field == FIELD_ACTIVITY_ID && t.n == 1 && str_eq(t.values->text, STR("ab000000000000000000000000000000")));
    t = looked_up("policy:2006");
    assert_true(t.field == FIELD_ACTIVITY_ID && t.n == 1 && str_eq(t.values->text, STR("ab000000000000000000000000000000")));
    activity[0] = 0xcd;
    assert_int_equal(tab_policies_matched(kept.db, STR("0123456789abcdef01234568"), activity, NOW), 0);
    assert_int_equal(tab_policies_matched(kept.db, STR("0123456789abcdef01234568"), activity, NOW), 0);
    t = looked_up("policy:0123456789abcdef01234568");
    assert_true(t.n == 1 && str_eq(t.values->text, STR("cd000000000000000000000000000000")));
    t = looked_up("policy:*");
    assert_true(t.match == MATCH_EQ && t.n == 2);
    t = looked_up("policy:none");
    assert_true(t.n == 1 && t.values->text.n == 1); /* no activity has that id */
    uint64_t gone = 0;
    assert_int_equal(tab_policies_expire(kept.db, NOW + 1, &gone), 0);
    assert_int_equal(gone, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(detections),  cmocka_unit_test(exclusions), cmocka_unit_test(activity_policies),
                                       cmocka_unit_test(suppression), cmocka_unit_test(people),     cmocka_unit_test(alerts_and_policies)};
    return cmocka_run_group_tests(tests, open_db, drop_db);
}
