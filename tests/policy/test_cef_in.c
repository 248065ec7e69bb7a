/* tests/policy/test_cef_in.c - alerts of Azure ATP and ATA in every form that they are sent in, again and again, and damaged. */
#include "policy/cef_in.h"

#include "base/jin.h"
#include "store/tab_entities.h"
#include "store/tab_policies.h"
#include "tests/support/fresh_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW (time_parse(STR("2026-01-10T12:00:00Z")))
#define GUID "7a1b7a1b-0000-4c4c-9d9d-0123456789ab"

static struct fresh_db kept;

static int start(void **state)
{
    struct str spelling[] = {STR("Dana Field")};
    struct stored_entity e = {.base = {.number = 7,
                                       .type = ENTITY_USER,
                                       .id = STR("aaaaaaaaaaaaaaaaaaaaaaa7"),
                                       .name = STR("Dana Field"),
                                       .accounts = spelling,
                                       .naccounts = 1,
                                       .created = TIME_NONE,
                                       .terminated = TIME_NONE},
                              .first_seen = TIME_NONE,
                              .last_seen = TIME_NONE,
                              .apps = STR("[]")};
    (void)state;
    if (fresh_db_open(&kept) != 0 || tab_entities_put(kept.db, &e) != 0)
        return -1;
    return tab_policies_define(kept.db, &(struct stored_policy){.id = STR("2004"),
                                                           .external_id = 2004,
                                                           .name = STR("x"),
                                                           .severity = SEVERITY_MEDIUM,
                                                           .category = STR("compromised credential"),
                                                           .definition = STR("{\"attack\":[\"T1110\"]}"),
                                                           .created = TIME_NONE,
                                                           .changed = TIME_NONE,
                                                           .since = TIME_NONE});
}

static int stop(void **state)
{
    (void)state;
    return fresh_db_close(&kept);
}

static int take(const char *text, size_t n, struct cef_alert *out)
{
    struct cef c;
    struct fault f;
    const char *why = NULL;
    int err = cef_read(&kept.arena, (struct str){text, n}, &c, &f);
    if (err)
        return err;
    err = cef_in_alert(kept.db, &kept.arena, &c, NOW, out, &why);
    assert_true(err != ERR_MALFORMED || why);
    return err;
}

#define EXTENSION(count, trigger) \
    "start=2018-02-21T14:19:27.7540932Z app=Ldap shost=CLIENT1 suser=Dana Field msg=Guessed \\= wrong. cnt=" count \
    " externalId=2004 cs1Label=url cs1=https\\://contoso.example.test/securityAlert/" GUID " cs2Label=trigger cs2=" trigger

static const char *const same[] = {
    "<36>1 2018-02-21T14:20:06.156238+00:00 CENTER CEF 6076 LdapBruteForceSecurityAlert \xEF\xBB\xBF"
    "0|Microsoft|Azure ATP|2.22|LdapBruteForceSecurityAlert|Brute force|5|" EXTENSION("100", "new"),
    "<36>1 2018-02-21T14:20:06.156238+00:00 CENTER CEF 6076 LdapBruteForceSecurityAlert - \xC3\xAF\xC2\xBB\xC2\xBF"
    "0|Microsoft|Azure ATP|2.22|LdapBruteForceSecurityAlert|Brute force|5|" EXTENSION("100", "new"),
    "<36>Feb 21 14:20:06 CENTER CEF:0|Microsoft|Azure ATP|2.22|LdapBruteForceSecurityAlert|Brute force|5|" EXTENSION("100", "new"),
    "02-21-2018\t14:20:06\tAuth.Warning\t192.0.2.1\tFeb 21 14:20:06 CENTER CEF:0|Microsoft|ATA|1.9.0.0|LdapBruteForceSuspiciousActivity|Brute "
    "force|5|" EXTENSION("100", "new"),
};

static void forms(void **state)
{
    char first[25] = "";
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct cef_alert in;
        int err = take(same[i], strlen(same[i]), &in);
        if (err)
            fail_msg("%zu: %s", i, err_text(err));
        const struct stored_alert *a = &in.alert;
        if (i == 0)
            memcpy(first, a->id, sizeof first);
        assert_string_equal(a->id, first);
        assert_int_equal(a->external_id, 2004);
        assert_true(a->source == ALERT_CEF && a->shore == SHORE_ONPREM && a->severity == SEVERITY_MEDIUM && a->count == 100 && a->service == 20940);
        assert_true(a->start == time_parse(STR("2018-02-21T14:19:27.7540932Z")));
        assert_true(str_eq(a->description, STR("Guessed = wrong.")) && str_eq(a->category, STR("compromised credential")));
        assert_true(str_eq(a->attack, STR("[\"T1110\"]")) && str_eq(a->policy, STR("2004")));
        assert_true(str_eq(a->source_party.type, STR("device")) && str_eq(a->source_party.label, STR("CLIENT1")));
        assert_true(in.nusers == 1 && in.users[0] == 7);
        assert_true(str_has(a->parties, STR("\"label\":\"Dana Field\",\"role\":\"Source\",\"entity\":7")));
    }
}

static void told_again(void **state)
{
    static const char update[] = "CEF:0|Microsoft|Azure ATP|2.22|LdapBruteForceSecurityAlert|Brute force|10|" EXTENSION("250", "update");
    static const char late[] = "CEF:0|Microsoft|Azure ATP|2.22|LdapBruteForceSecurityAlert|Brute force|10|" EXTENSION("90", "update");
    struct cef_alert in;
    struct stored_alert a;
    uint64_t n = 0;
    bool fresh;
    (void)state;
    assert_int_equal(take(same[0], strlen(same[0]), &in), 0);
    assert_int_equal(cef_in_put(kept.db, &in, &fresh), 0);
    assert_true(fresh && !in.update);
    assert_int_equal(
        tab_alerts_close(kept.db, str_of(in.alert.id), &(struct alert_close){.resolution = RESOLUTION_BENIGN, .reason = 2, .by = STR("ada"), .now = NOW}),
        0);
    assert_int_equal(take(update, sizeof update - 1, &in), 0);
    assert_true(in.update);
    assert_int_equal(cef_in_put(kept.db, &in, &fresh), 0);
    assert_false(fresh);
    assert_int_equal(take(late, sizeof late - 1, &in), 0);
    assert_int_equal(cef_in_put(kept.db, &in, &fresh), 0);
    assert_int_equal(tab_alerts_get(kept.db, &kept.arena, NULL, str_of(in.alert.id), &a), 0);
    assert_true(a.count == 250 && a.severity == SEVERITY_HIGH && a.resolution == RESOLUTION_BENIGN && a.reason == 2); /* what people said stays */
    assert_int_equal(tab_alerts_count(kept.db, NULL, NULL, &n), 0);
    assert_int_equal(n, 1);
}

static void known_later(void **state)
{
    static const char early[] = "CEF:0|Microsoft|Azure ATP|2.22|XSecurityAlert|Early|5|start=2018-02-21T14:19:27Z shost=CLIENT2 suser=Erin Late duser=nobody "
                                "externalId=2004 cs1Label=url cs1=https://x.example.test/securityAlert/7a1b7a1b-0000-4c4c-9d9d-0123456789ff";
    struct str spelling[] = {STR("Erin Late")};
    struct stored_entity e = {.base = {.number = 8, .type = ENTITY_USER, .id = STR("aaaaaaaaaaaaaaaaaaaaaaa8"), .name = STR("Erin Late"), .accounts = spelling, .naccounts = 1,
                                       .created = TIME_NONE, .terminated = TIME_NONE},
                              .first_seen = TIME_NONE, .last_seen = TIME_NONE, .apps = STR("[]")};
    struct cef_alert in;
    struct stored_alert a;
    uint32_t users[4];
    size_t n = 9;
    bool fresh;
    (void)state;
    assert_int_equal(take(early, sizeof early - 1, &in), 0);
    assert_int_equal(cef_in_put(kept.db, &in, &fresh), 0);
    assert_int_equal(cef_in_resolve(kept.db, 0), 0);
    assert_int_equal(tab_alerts_users(kept.db, str_of(in.alert.id), users, 4, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(tab_alerts_close(kept.db, str_of(in.alert.id), &(struct alert_close){.resolution = RESOLUTION_BENIGN, .reason = 2, .by = STR("ada"), .now = NOW}), 0);
    assert_int_equal(tab_entities_put(kept.db, &e), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cef_in_resolve(kept.db, 0), 0);
        assert_int_equal(tab_alerts_users(kept.db, str_of(in.alert.id), users, 4, &n), 0);
        assert_true(n == 1 && users[0] == 8);
        assert_int_equal(tab_alerts_get(kept.db, &kept.arena, NULL, str_of(in.alert.id), &a), 0);
        assert_true(str_has(a.parties, STR("\"label\":\"Erin Late\",\"role\":\"Source\",\"entity\":8")) && str_has(a.parties, STR("\"label\":\"CLIENT2\"")));
        assert_true(str_has(a.parties, STR("\"label\":\"nobody\"")) && a.resolution == RESOLUTION_BENIGN && a.withdrawn == TIME_NONE);
    }
}

static void others(void **state)
{
    static const struct {
        const char *text;
        int err;
    } rows[] = {
        {"CEF:0|Microsoft|ATA|1.9.0.0|GatewayDisconnectedMonitoringAlert|Gateway|5|externalId=1011", ERR_UNSUPPORTED},
        {"CEF:0|MCAS|SIEM_Agent|0.111.85|EVENT_CATEGORY_LOGOUT|Log out|0|externalId=", ERR_UNSUPPORTED},
        {"CEF:0|Evil|Azure ATP|1|XSecurityAlert|x|5|externalId=2004", ERR_UNSUPPORTED},
        {"CEF:0|Microsoft|Azure ATP|1|XSecurityAlert||5|externalId=2004", ERR_MALFORMED},
    };
    struct cef_alert in;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (take(rows[i].text, strlen(rows[i].text), &in) != rows[i].err)
            fail_msg("%s", rows[i].text);

    /* nobody that is known, no address of the alert, no time: still an alert */
    static const char bare[] =
        "CEF:0|Microsoft|ATP|1.8|BruteForceSuspiciousActivity|Suspicious authentication failures|10|suser=mallory shost=192.0.2.9";
    assert_int_equal(take(bare, sizeof bare - 1, &in), 0);
    assert_true(in.alert.start == NOW && in.alert.external_id == 0 && in.nusers == 0 && in.alert.severity == SEVERITY_HIGH && in.alert.count == 1);
    assert_true(str_eq(in.alert.source_party.type, STR("ip")) && str_has(in.alert.parties, STR("\"type\":\"account\",\"id\":\"mallory\"")));
    char id[25];
    memcpy(id, in.alert.id, sizeof id);
    assert_int_equal(take(bare, sizeof bare - 1, &in), 0);
    assert_string_equal(in.alert.id, id);
    static const char other[] =
        "CEF:0|Microsoft|ATP|1.8|BruteForceSuspiciousActivity|Suspicious authentication failures|10|suser=mallory shost=192.0.2.8";
    assert_int_equal(take(other, sizeof other - 1, &in), 0);
    assert_string_not_equal(in.alert.id, id);
}

static void sound(const struct cef_alert *in)
{
    bool fresh;
    assert_int_equal(strlen(in->alert.id), 24);
    assert_true(in->alert.name.n > 0 && in->alert.start <= in->alert.end && in->alert.count > 0);
    assert_non_null(jin_embedded(&kept.arena, in->alert.parties));
    assert_int_equal(cef_in_put(kept.db, in, &fresh), 0);
}

static void hostile(void **state)
{
    struct cef_alert in;
    size_t n = strlen(same[0]);
    (void)state;
    for (size_t cut = 0; cut < n; cut++) {
        char *copy = malloc(cut + 1);
        assert_non_null(copy);
        memcpy(copy, same[0], cut);
        arena_reset(&kept.arena);
        if (take(copy, cut, &in) == 0)
            sound(&in);
        free(copy);
    }
    for (size_t bit = 0; bit < n * 8; bit += 3) {
        char *copy = malloc(n);
        assert_non_null(copy);
        memcpy(copy, same[0], n);
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        arena_reset(&kept.arena);
        if (take(copy, n, &in) == 0)
            sound(&in);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forms), cmocka_unit_test(told_again), cmocka_unit_test(known_later), cmocka_unit_test(others), cmocka_unit_test(hostile)};
    return cmocka_run_group_tests(tests, start, stop);
}
