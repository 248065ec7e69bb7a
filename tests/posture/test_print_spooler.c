/* tests/posture/test_print_spooler.c - spoolss reached on a controller, and everywhere else it may be. */
#include "tests/posture/office.h"

extern const struct assessment ass_print_spooler;

static struct fact spoolss[] = {FACT_TEXT(FACT_PIPE, "spoolss")}, samr[] = {FACT_TEXT(FACT_PIPE, "samr")},
                   document[] = {FACT_TEXT(FACT_RELATIVE_TARGET, "notes on spoolss.txt")}, interface[] = {FACT_TEXT(FACT_RPC_INTERFACE, "spoolss")};

static void reached_on_a_controller(void **state)
{
    (void)state;
    struct office o = office_open(&ass_print_spooler, OFFICE_PLAIN, NULL, 0);
    struct activity a = office_act(KIND_SHARE_FILE_ACCESS, "WS1$", spoolss, 1);
    office_see(&o, &a);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    office_expect(&o, 0, "DC1$", "WS1$ reached its print spooler (spoolss) from 10.0.0.21");
    struct activity b = office_act(KIND_UNKNOWN, "alice", interface, 1); /* as traffic shows it: by address, as an interface */
    b.protocol = PROTO_RPC;
    b.destination = STR_NONE;
    b.destination_ip = ip_v4(0x0a000001);
    b.time++;
    office_see(&o, &b);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    office_expect(&o, 0, "DC1$", "alice reached its print spooler (spoolss) from 10.0.0.21");
    assert_int_equal(o.found[0].count, 2);
    office_close(&o);
}

static void elsewhere_or_refused(void **state)
{
    (void)state;
    struct office o = office_open(&ass_print_spooler, OFFICE_PLAIN, NULL, 0);
    struct activity member = office_act(KIND_SHARE_FILE_ACCESS, "alice", spoolss, 1), other = office_act(KIND_SHARE_FILE_ACCESS, "alice", samr, 1),
                    file = office_act(KIND_SHARE_FILE_ACCESS, "alice", document, 1), refused = office_act(KIND_SHARE_FILE_ACCESS, "alice", spoolss, 1);
    member.destination = STR("WS1");
    refused.outcome = OUTCOME_FAILURE;
    office_see(&o, &member);
    assert_false(posture_known(o.posture, &ass_print_spooler));
    office_see(&o, &other);
    office_see(&o, &file);
    office_see(&o, &refused);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 0);
    assert_true(posture_known(o.posture, &ass_print_spooler));
    office_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reached_on_a_controller),
        cmocka_unit_test(elsewhere_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
