/* tests/posture/test_unsecure_delegation.c - who may act as anybody, and where that is as it should be. */
#include "tests/posture/office.h"

extern const struct assessment ass_unsecure_delegation;

/* O:BAD:(A;;GA;;;S-1-5-21-1000-2000-3000-1201), MS-DTYP 2.4.6: revision 1, self-relative with a DACL of one ACE. */
#define MAY_WS1                                                                                                                                    \
    "msDS-AllowedToActOnBehalfOfOtherIdentity:: "                                                                                                  \
    "AQAEgBQAAAAAAAAAAAAAACQAAAABAgAAAAAABSAAAAAgAgAAAgAsAAEAAAAAACQAAAAAEAEFAAAAAAAFFQAAAOgDAADQBwAAuAsAALEEAAA=\n"

static size_t look(struct office *o, const char *ldif)
{
    *o = office_open(&ass_unsecure_delegation, ldif, NULL, 0);
    return office_findings(o, OFFICE_NOW);
}

static void unconstrained(void **state)
{
    (void)state;
    struct office o;
    assert_int_equal(look(&o, OFFICE_PLAIN OFFICE_COMPUTER("APP1", "1202", "userAccountControl: 528384\nprimaryGroupID: 515\n")
                                  OFFICE_ACCOUNT("svc-web", "1301", "userAccountControl: 524800\n") OFFICE_ACCOUNT("svc-off", "1302", "userAccountControl: 524802\n")),
                     2); /* DC1 has the same bit, by nature */
    office_expect(&o, 0, "APP1$", "trusted for delegation to any service (unconstrained)");
    office_expect(&o, 1, "svc-web", "trusted for delegation to any service (unconstrained)");
    office_close(&o);
}

static void protocol_transition(void **state)
{
    (void)state;
    struct office o;
    assert_int_equal(
        look(&o, OFFICE_PLAIN OFFICE_ACCOUNT("svc-a", "1301", "userAccountControl: 16777728\nmsDS-AllowedToDelegateTo: HTTP/ws1.corp.test\n"
                                                              "msDS-AllowedToDelegateTo: ldap/dc1.corp.test:389/corp.test\nmsDS-AllowedToDelegateTo: cifs/DC1\n")
                          OFFICE_ACCOUNT("svc-b", "1302", "userAccountControl: 16777728\nmsDS-AllowedToDelegateTo: HTTP/ws1.corp.test\n")
                              OFFICE_ACCOUNT("svc-c", "1303", "userAccountControl: 512\nmsDS-AllowedToDelegateTo: cifs/dc1.corp.test\n")
                                  OFFICE_ACCOUNT("svc-d", "1304", "userAccountControl: 16777728\nmsDS-AllowedToDelegateTo: krbtgt/CORP\n")),
        2); /* b goes nowhere sensitive, c needs the user's own sign-in */
    office_expect(&o, 0, "svc-a", "may act as any user, without that user's sign-in, towards ldap/dc1.corp.test:389/corp.test and 1 more sensitive service");
    office_expect(&o, 1, "svc-d", "may act as any user, without that user's sign-in, towards krbtgt/CORP");
    office_close(&o);
}

static void resource_based(void **state)
{
    (void)state;
    struct office o;
    assert_int_equal(look(&o, OFFICE_PLAIN OFFICE_COMPUTER("APP1", "1202", "userAccountControl: 4096\nprimaryGroupID: 515\n" MAY_WS1)
                                  OFFICE_COMPUTER("DC2", "1001", "userAccountControl: 532480\nprimaryGroupID: 516\n" MAY_WS1)),
                     2);
    office_expect(&o, 0, "DC2$", "WS1 may act as any user towards it (resource-based delegation)"); /* a controller is more exposed */
    office_expect(&o, 1, "APP1$", "WS1 may act as any user towards it (resource-based delegation)");
    assert_true(o.found[0].exposure > o.found[1].exposure);
    office_close(&o);
}

static void nothing_and_nothing_known(void **state)
{
    (void)state;
    struct office o;
    assert_int_equal(look(&o, OFFICE_PLAIN), 0);
    assert_true(posture_known(o.posture, &ass_unsecure_delegation));
    office_close(&o);
    assert_int_equal(look(&o, OFFICE_ACCOUNT("alice", "1101", "")), 0);
    assert_false(posture_known(o.posture, &ass_unsecure_delegation));
    office_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unconstrained),
        cmocka_unit_test(protocol_transition),
        cmocka_unit_test(resource_based),
        cmocka_unit_test(nothing_and_nothing_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
