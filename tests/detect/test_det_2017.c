/* tests/detect/test_det_2017.c - a hash used where its owner never was. */
#include "tests/support/verdict.h"

#define ID "2017"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};
static const struct replay_setup learning = {.dcs = {"DC1", "DC2"}};

static void from_somebody_elses_computer(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.22", "FS1", 1, "bob is who works there"});
}

static void from_an_unknown_computer_without_a_session_key(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("tool"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.66", "FS1", 1, "no session key"});
}

static void a_day_is_watched_first(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("attack"), &learning);
}

static void on_the_source_computer(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("source_host"), &learned,
               &(struct verdict){SEVERITY_HIGH, "bob", NULL, NULL, 2, "with the privilege to debug"});
}

static void home_passwords_strangers_and_machines(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

static void seen_on_the_network(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("wire"), &learned, &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.22", "FS1", 1, "bob is who works there"});
    verdict_one(ID, FIXTURE("wire_tool"), &learned, &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.66", "FS1", 1, "no session key"});
}

/* at home, LDAP without a session key, a controller's own event, a refusal, an answer that was not seen */
static void what_the_network_shows_every_day(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("wire_benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_somebody_elses_computer),
        cmocka_unit_test(from_an_unknown_computer_without_a_session_key),
        cmocka_unit_test(a_day_is_watched_first),
        cmocka_unit_test(on_the_source_computer),
        cmocka_unit_test(seen_on_the_network),
        cmocka_unit_test(what_the_network_shows_every_day),
        cmocka_unit_test(home_passwords_strangers_and_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
