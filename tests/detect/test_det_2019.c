/* tests/detect/test_det_2019.c - code started on a controller from elsewhere. */
#include "tests/support/verdict.h"

#define ID "2019"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};

static void a_task(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "Administrator", "10.0.0.21", "DC1", 3, "the attempt succeeded"});
}

static void a_service(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("service"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "Administrator", "10.0.0.21", "DC1", 2, "created the service qwertyui"});
}

static void wmi_without_parent_names(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("wmi"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "Administrator", "10.0.0.21", "DC1", 2, "through WMI"});
}

static void a_remote_shell(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("winrm"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.22", "DC1", 2, "PowerShell remoting"});
}

static void a_refused_pipe_is_a_failed_attempt(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("refused"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.22", "DC1", 1, "the attempt failed"});
}

static void cause_and_effect_in_one_second(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("same_second"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "Administrator", "10.0.0.21", "DC1", 2, "scheduled the task"});
}

static void members_installers_and_controllers(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task),
        cmocka_unit_test(a_service),
        cmocka_unit_test(wmi_without_parent_names),
        cmocka_unit_test(a_remote_shell),
        cmocka_unit_test(a_refused_pipe_is_a_failed_attempt),
        cmocka_unit_test(cause_and_effect_in_one_second),
        cmocka_unit_test(members_installers_and_controllers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
