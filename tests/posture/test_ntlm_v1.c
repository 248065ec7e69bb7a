/* tests/posture/test_ntlm_v1.c - NTLMv1 and LM, and what only looks like them. */
#include "tests/posture/office.h"

extern const struct assessment ass_ntlm_v1;

static struct fact v1[] = {FACT_TEXT(FACT_LM_PACKAGE, "NTLM V1")}, v2[] = {FACT_TEXT(FACT_LM_PACKAGE, "NTLM V2")}, lm[] = {FACT_TEXT(FACT_LM_PACKAGE, "LM")},
                   other[] = {FACT_TEXT(FACT_LM_PACKAGE, "NTLM")};

static void old_responses(void **state)
{
    (void)state;
    struct office o = office_open(&ass_ntlm_v1, OFFICE_PLAIN, NULL, 0);
    struct activity a = office_act(KIND_NETWORK_LOGON, "alice", v1, 1), b = office_act(KIND_NETWORK_LOGON, "WS1$", lm, 1);
    a.device = STR("SCANNER");
    b.time--;
    office_see(&o, &b);
    office_see(&o, &a);
    a.time++;
    office_see(&o, &a);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 2);
    office_expect(&o, 0, "alice", "signed in with NTLMv1 from SCANNER to DC1");
    office_expect(&o, 1, "WS1$", "signed in with LM from 10.0.0.21 to DC1");
    office_close(&o);
}

/* As decode/auth.c tells them: with the protocol that carried them; a session without a user has no version. */
static void seen_on_the_network(void **state)
{
    (void)state;
    struct fact old[] = {FACT_TEXT(FACT_AUTH_PACKAGE, "NTLM"), FACT_TEXT(FACT_LM_PACKAGE, "NTLM V1"), FACT_TEXT(FACT_CARRIER, "SMB")};
    struct fact none[] = {FACT_TEXT(FACT_AUTH_PACKAGE, "NTLM"), FACT_TEXT(FACT_CARRIER, "SMB")};
    struct office o = office_open(&ass_ntlm_v1, OFFICE_PLAIN, NULL, 0);
    struct activity a = office_act(KIND_CREDENTIALS_VALIDATION, "alice", old, 3), b = office_act(KIND_CREDENTIALS_VALIDATION, "ANONYMOUS LOGON", none, 2);
    b.actor.sid = STR("S-1-5-7");
    office_see(&o, &a);
    office_see(&o, &b);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    office_expect(&o, 0, "alice", "signed in with NTLMv1 from 10.0.0.21 to DC1");
    office_close(&o);
}

static void what_only_looks_old(void **state)
{
    (void)state;
    struct office o = office_open(&ass_ntlm_v1, OFFICE_PLAIN, NULL, 0);
    struct activity some[] = {office_act(KIND_NETWORK_LOGON, "alice", v2, 1), office_act(KIND_NETWORK_LOGON, "alice", v1, 1),
                              office_act(KIND_NETWORK_LOGON, "alice", v1, 1), office_act(KIND_NETWORK_LOGON, "alice", other, 1),
                              office_act(KIND_NETWORK_LOGON, "ANONYMOUS LOGON", v1, 1)};
    some[1].outcome = OUTCOME_FAILURE;
    some[2].ip = ip_v4(0x7f000001);
    some[4].actor.sid = STR("S-1-5-7");
    some[4].actor.domain = STR("NT AUTHORITY");
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        office_see(&o, &some[i]);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 0);
    assert_true(posture_known(o.posture, &ass_ntlm_v1));
    office_close(&o);
}

static void kerberos_says_nothing_of_it(void **state)
{
    (void)state;
    struct office o = office_open(&ass_ntlm_v1, OFFICE_PLAIN, NULL, 0);
    struct activity a = office_act(KIND_NETWORK_LOGON, "alice", NULL, 0);
    office_see(&o, &a);
    assert_false(posture_known(o.posture, &ass_ntlm_v1));
    office_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_responses),
        cmocka_unit_test(seen_on_the_network),
        cmocka_unit_test(what_only_looks_old),
        cmocka_unit_test(kerberos_says_nothing_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
