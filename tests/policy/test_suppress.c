/* tests/policy/test_suppress.c - rules made from alerts silence later ones like them, and nothing else. */
#include "policy/suppress.h"

#include "policy/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW (time_parse(STR("2026-01-10T12:00:00Z")))

static struct db *db;
static unsigned next = 1;

static int count(void *owner, const struct stored_notice *n)
{
    (void)n;
    ++*(unsigned *)owner;
    return 0;
}

/* Stores an alert as the hub does; tells whether it was suppressed, and that then nobody is told. */
static bool silent(const char *policy, const char *source, const char *ip, uint32_t user, char id[25])
{
    struct arena arena;
    struct stored_alert a = {.policy = str_of(policy),
                             .name = STR("x"),
                             .severity = SEVERITY_HIGH,
                             .category = STR("c"),
                             .attack = STR("[]"),
                             .start = NOW,
                             .end = NOW,
                             .updated = NOW,
                             .count = 1,
                             .nactivities = 1,
                             .source_party = {STR("device"), str_of(source), str_of(source), STR("Source"), 0, 0},
                             .resolved = TIME_NONE,
                             .reason = -1},
                        got;
    char parties[200];
    unsigned before = 0, after = 0;
    bool fresh;
    arena_init(&arena, 4096, 1u << 20);
    (void)snprintf(parties, sizeof parties,
                   "[{\"type\":\"ip\",\"id\":\"%s\",\"label\":\"%s\",\"role\":\"Source\"},{\"type\":\"ip\",\"id\":\"10.9.9.9\",\"label\":\"10.9.9."
                   "9\",\"role\":\"Destination\"}]",
                   ip, ip);
    a.parties = str_of(parties);
    (void)snprintf(a.id, sizeof a.id, "%024x", next++);
    (void)snprintf(id, 25, "%s", a.id);
    assert_int_equal(tab_outbox_each(db, 1000, count, &before), 0);
    assert_int_equal(tab_alerts_put(db, &a, &user, user != 0, NULL, 0, &fresh), 0);
    assert_int_equal(suppress_or_notify(db, &a, &user, user != 0, NOW), 0);
    assert_int_equal(tab_alerts_get(db, &arena, NULL, str_of(a.id), &got), 0);
    assert_int_equal(tab_outbox_each(db, 1000, count, &after), 0);
    assert_int_equal(after - before, got.suppressed ? 0 : 1);
    arena_free(&arena);
    return got.suppressed;
}

static void rules(void **state)
{
    char folder[] = "/tmp/vigie-suppress-XXXXXX", path[96], id[25], other[25];
    struct arena arena;
    struct secret_key *key;
    struct filter_error e;
    enum suppress_by by;
    (void)state;
    arena_init(&arena, 4096, 1u << 20);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(db_open(folder, &db), 0);
    assert_int_equal(secret_open(folder, &key), 0);
    const struct jnode *doc = jin_embedded(&arena, STR("{\"webhook\":{\"enabled\":true,\"url\":\"http://127.0.0.1:1/\"}}"));
    assert_int_equal(notify_settings_change(db, key, doc, doc, &e), 0);

    assert_true(suppress_by_of(STR("source"), &by) && by == SUPPRESS_SOURCE && !suppress_by_of(STR("world"), &by));
    assert_false(silent("2006", "WS1", "10.0.0.1", 7, id));
    struct suppress_request r = {.by = SUPPRESS_SOURCE, .until = NOW + 1, .who = STR("ada"), .now = NOW};
    assert_int_equal(suppress_from(db, str_of(id), &r), 0);
    assert_true(silent("2006", "ws1", "10.0.0.2", 8, other));
    assert_false(silent("2006", "WS2", "10.0.0.1", 7, other));
    assert_false(silent("2007", "WS1", "10.0.0.1", 7, other));
    r.by = SUPPRESS_USER;
    assert_int_equal(suppress_from(db, str_of(id), &r), 0);
    assert_true(silent("2006", "WS2", "10.0.0.2", 7, other));
    r.by = SUPPRESS_IP;
    assert_int_equal(suppress_from(db, str_of(id), &r), 0);
    assert_true(silent("2006", "WS2", "10.0.0.1", 8, other));
    assert_false(silent("2006", "WS2", "10.9.9.9", 8, other)); /* where it went does not count */
    assert_false(silent("2006", "WS3", "10.0.0.3", 0, other));
    r.by = SUPPRESS_USER;
    assert_int_equal(suppress_from(db, str_of(other), &r), ERR_USAGE); /* it has no user */
    assert_int_equal(suppress_from(db, STR("none"), &r), ERR_NOT_FOUND);

    secret_close(key);
    db_close(db);
    arena_free(&arena);
    (void)snprintf(path, sizeof path, "%s/vigie.db", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/secret.key", folder);
    (void)unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
