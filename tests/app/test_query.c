/* tests/app/test_query.c - `vigie query` over a data folder while its writer goes on; forms, hostile names, exit codes. */
#include "app/command.h"
#include "base/hash.h"
#include "base/jin.h"
#include "store/actlog.h"
#include "store/tab_entities.h"
#include "store/tab_link.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define T0 (time_parse(STR("2026-01-10T00:00:00Z")))

extern const struct command cmd_query;

static char folder[] = "/tmp/vigie-query-XXXXXX";
static struct db *db;
static struct actlog *log_;
static char got[1 << 20];

static void put(unsigned n, const char *who, uint32_t entity, enum kind kind, const char *country)
{
    bool stored;
    struct activity a = {.time = T0 + (int64_t)n * TIME_MINUTE,
                         .kind = kind,
                         .app = kind_shore(kind) == SHORE_CLOUD ? STR("Office 365") : STR("Active Directory"),
                         .outcome = OUTCOME_SUCCESS,
                         .actor.name = str_of(who),
                         .actor_entity = entity,
                         .location.country = str_of(country)};
    const struct str parts[] = {{(const char *)&n, sizeof n}};
    hash_id(a.id, parts, 1);
    assert_int_equal(actlog_add(log_, &a, T0, &stored), 0);
    assert_true(stored);
}

static int start(void **state)
{
    char why[256];
    struct str spelling[] = {STR("alice"), STR("alice@corp.test")};
    (void)state;
    if (!mkdtemp(folder) || db_open(folder, &db) != 0 || actlog_open(folder, &log_, why) != 0)
        return -1;
    struct stored_entity e = {.base = {.number = 7,
                                       .type = ENTITY_USER,
                                       .id = STR("aaaaaaaaaaaaaaaaaaaaaaa7"),
                                       .name = STR("Alice Liddell"),
                                       .accounts = spelling,
                                       .naccounts = 2,
                                       .created = TIME_NONE,
                                       .terminated = TIME_NONE},
                              .first_seen = TIME_NONE,
                              .last_seen = TIME_NONE,
                              .apps = STR("[]")};
    if (tab_entities_put(db, &e) != 0)
        return -1;
    put(1, "alice", 7, KIND_SIGN_IN, "FR");
    put(2, "ALICE", 7, KIND_FILE_DOWNLOAD, "FR");
    put(3, "=bob\x1b[2J\"", 0, KIND_SIGN_IN, "BE");
    put(4, "alice", 7, KIND_NETWORK_LOGON, NULL);
    return actlog_commit(log_);
}

static int stop(void **state)
{
    char command[96];
    (void)state;
    actlog_close(log_);
    db_close(db);
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* Runs the command with its output in `got`. */
static int query(const char *first, const char *second, const char *third)
{
    const char *all[] = {"query", "--data", folder, first, second, third};
    char *argv[6];
    int argc = third ? 6 : second ? 5 : first ? 4 : 3;
    char path[] = "/tmp/vigie-query-out-XXXXXX";
    int fd = mkstemp(path), saved = dup(1), errors = dup(2), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0 && saved >= 0 && errors >= 0 && null >= 0);
    for (int i = 0; i < argc; i++)
        argv[i] = (char *)(uintptr_t)all[i];
    (void)fflush(stdout);
    assert_true(dup2(fd, 1) == 1 && dup2(null, 2) == 2);
    int code = cmd_query.run(argc, argv);
    (void)fflush(stdout);
    (void)dup2(saved, 1);
    (void)dup2(errors, 2);
    ssize_t n = pread(fd, got, sizeof got - 1, 0);
    got[n > 0 ? n : 0] = 0;
    (void)close(fd);
    (void)close(saved);
    (void)close(errors);
    (void)close(null);
    (void)unlink(path);
    return code;
}

static void counts(const char *filter, const char *n)
{
    char line[32];
    assert_int_equal(query("--count", filter, NULL), 0);
    (void)snprintf(line, sizeof line, "%s\n", n);
    if (strcmp(got, line) != 0)
        fail_msg("%s: %s", filter, got);
}

static void filters(void **state)
{
    (void)state;
    counts("", "3"); /* what has not joined is not seen */
    counts("user:alice", "2");
    counts("user:alice@corp.test actionType~download", "1"); /* the same person by another name */
    counts("not country:FR", "1");
    counts("{\"location.country\":{\"eq\":[\"FR\",\"BE\"]},\"user.username\":{\"neq\":\"alice\"}}", "1");
    counts("date<2026-01-10", "0");
    assert_int_equal(query("--all", "--count", NULL), 0);
    assert_string_equal(got, "4\n");
    const struct stored_link on = {.state = LINK_ON, .since = T0};
    assert_int_equal(tab_link_put(db, &on), 0);
    counts("app:\"Active Directory\"", "1");
    const struct stored_link off = {.state = LINK_OFF, .since = T0};
    assert_int_equal(tab_link_put(db, &off), 0);
}

static void forms(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, 65536, 1u << 22);
    assert_int_equal(query("user:alice", NULL, NULL), 0);
    assert_string_equal(got, "2026-01-10T00:02:00Z  Office 365  file downloaded  ALICE FR\n2026-01-10T00:01:00Z  Office 365  sign-in  alice FR\n");
    assert_int_equal(query("--ascending", "--limit", "1"), 0);
    assert_string_equal(got, "2026-01-10T00:01:00Z  Office 365  sign-in  alice FR\n");
    assert_int_equal(query("country:BE", NULL, NULL), 0);
    assert_null(strchr(got, 0x1b)); /* nothing steers the terminal */
    assert_int_equal(query("--csv", "country:BE", NULL), 0);
    assert_non_null(strstr(got, "\"'=bob\x1b[2J\"\"\","));
    assert_int_equal(query("--json", "country:BE", NULL), 0);
    const struct jnode *doc = jin_embedded(&arena, (struct str){got, strcspn(got, "\n")});
    assert_non_null(doc);
    assert_true(str_eq(jin_str(doc, doc, "actor.name"), STR("=bob\x1b[2J\"")));
    arena_free(&arena);
}

static void while_written(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 40000; i++)
        put(1000 + i, "carol", 0, KIND_FILE_VIEW, "DE");
    assert_int_equal(actlog_commit(log_), 0); /* the tail is full: a segment is made */
    counts("country:DE", "40000");
    put(900, "carol", 0, KIND_FILE_VIEW, "DE"); /* not committed */
    counts("country:DE", "40000");
    assert_int_equal(actlog_commit(log_), 0);
    counts("country:DE", "40001");
    assert_int_equal(actlog_seal(log_), 0);
    counts("country:DE", "40001");
}

static void refused(void **state)
{
    char *nowhere[] = {(char *)(uintptr_t) "query", (char *)(uintptr_t) "--data", (char *)(uintptr_t) "/nonexistent"};
    (void)state;
    assert_int_equal(query("contry:FR", NULL, NULL), 2);
    assert_int_equal(query("{\"date\":", NULL, NULL), 2);
    assert_int_equal(query("--nothing", NULL, NULL), 2);
    assert_int_equal(query("--limit", "0", NULL), 2);
    assert_int_equal(cmd_query.run(2, nowhere), 2); /* --data without its value */
    assert_int_equal(cmd_query.run(3, nowhere), 1);
    assert_int_equal(access("/nonexistent", F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(filters), cmocka_unit_test(forms), cmocka_unit_test(while_written),
                                       cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, start, stop);
}
