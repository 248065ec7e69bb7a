/* tests/posture/test_clear_text.c - simple binds that anybody could read, and binds that nobody could. */
#include "tests/posture/office.h"

extern const struct assessment ass_clear_text;

static struct fact simple[] = {FACT_TEXT(FACT_OPERATION, "simple bind")}, tls[] = {FACT_TEXT(FACT_OPERATION, "simple bind/TLS")},
                   ldaps[] = {FACT_TEXT(FACT_OPERATION, "simple bind/ldaps")}, sasl[] = {FACT_TEXT(FACT_OPERATION, "unsigned SASL bind")};

static void readable_binds(void **state)
{
    (void)state;
    struct office o = office_open(&ass_clear_text, OFFICE_PLAIN, NULL, 0);
    assert_false(posture_known(o.posture, &ass_clear_text));
    for (int i = 0; i < 3; i++) {
        struct activity a = office_act(KIND_LDAP_BIND, "alice", simple, 1);
        a.device = i == 2 ? STR("COPIER") : STR_NONE;
        a.outcome = OUTCOME_UNKNOWN; /* as event 2889 comes */
        a.time += i;
        office_see(&o, &a);
    }
    struct activity b = office_act(KIND_LDAP_BIND, "boss", simple, 1);
    office_see(&o, &b);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 2);
    office_expect(&o, 0, "boss", "LDAP simple bind without encryption from 10.0.0.21 to DC1"); /* sensitive comes first, whatever the counts */
    office_expect(&o, 1, "alice", "LDAP simple bind without encryption from COPIER to DC1");
    assert_int_equal(o.found[1].count, 3);
    office_close(&o);
}

/* As packets show them: a name and an address of each end. */
static void binds_on_the_network(void **state)
{
    (void)state;
    struct fact by_name[] = {FACT_NUMBER(FACT_LDAP_RESULT, 0), FACT_TEXT(FACT_OPERATION, "simple bind")};
    struct fact by_dn[] = {FACT_TEXT(FACT_OPERATION, "simple bind"), FACT_TEXT(FACT_DN, "CN=boss,OU=Staff,DC=corp,DC=test")};
    struct fact none[] = {FACT_TEXT(FACT_OPERATION, "anonymous bind")}, empty[] = {FACT_TEXT(FACT_OPERATION, "unauthenticated bind")};
    struct office o = office_open(&ass_clear_text, OFFICE_PLAIN, NULL, 0);
    struct activity some[] = {office_act(KIND_LDAP_BIND, "alice", by_name, 2), office_act(KIND_LDAP_BIND, "The Boss", by_dn, 2),
                              office_act(KIND_LDAP_BIND, "", none, 1), office_act(KIND_LDAP_BIND, "alice", empty, 1)};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        some[i].protocol = PROTO_LDAP;
        some[i].destination = STR_NONE;
        some[i].destination_ip = ip_v4(0x0a000001);
        office_see(&o, &some[i]);
    }
    assert_int_equal(office_findings(&o, OFFICE_NOW), 2);
    office_expect(&o, 0, "boss", "LDAP simple bind without encryption from 10.0.0.21 to 10.0.0.1");
    office_expect(&o, 1, "alice", "LDAP simple bind without encryption from 10.0.0.21 to 10.0.0.1");
    office_close(&o);
}

static void readable_web_passwords(void **state)
{
    (void)state;
    struct fact basic[] = {FACT_TEXT(FACT_AUTH_PACKAGE, "Basic"), FACT_NUMBER(FACT_CLEAR_TEXT, 1), FACT_TEXT(FACT_CARRIER, "HTTP")};
    struct office o = office_open(&ass_clear_text, OFFICE_PLAIN, NULL, 0);
    struct activity a = office_act(KIND_CREDENTIALS_VALIDATION, "alice", basic, 3), refused = a;
    refused.actor.name = STR("boss");
    refused.outcome = OUTCOME_FAILURE;
    office_see(&o, &a);
    office_see(&o, &refused);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    office_expect(&o, 0, "alice", "HTTP Basic without encryption from 10.0.0.21 to DC1");
    office_close(&o);
}

static void what_nobody_could_read(void **state)
{
    (void)state;
    struct office o = office_open(&ass_clear_text, OFFICE_PLAIN, NULL, 0);
    struct activity some[] = {office_act(KIND_LDAP_BIND, "alice", tls, 1),    office_act(KIND_LDAP_BIND, "alice", ldaps, 1),
                              office_act(KIND_LDAP_BIND, "alice", sasl, 1),   office_act(KIND_LDAP_BIND, "alice", simple, 1),
                              office_act(KIND_LDAP_BIND, "alice", simple, 1), office_act(KIND_LDAP_BIND, "ANONYMOUS LOGON", simple, 1)};
    some[3].outcome = OUTCOME_FAILURE;
    some[4].ip = ip_v4(0x7f000001);
    some[5].actor.sid = STR("S-1-5-7");
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        office_see(&o, &some[i]);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 0);
    assert_true(posture_known(o.posture, &ass_clear_text)); /* judged, and well */
    office_close(&o);
}

static void basic_authentication_is_not_the_network(void **state)
{
    (void)state;
    struct fact cleartext[] = {FACT_NUMBER(FACT_LOGON_TYPE, 8)};
    struct office o = office_open(&ass_clear_text, OFFICE_PLAIN, NULL, 0);
    struct activity a = office_act(KIND_NETWORK_LOGON, "alice", cleartext, 1);
    office_see(&o, &a);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 0);
    assert_false(posture_known(o.posture, &ass_clear_text));
    office_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readable_binds),
        cmocka_unit_test(binds_on_the_network),
        cmocka_unit_test(readable_web_passwords),
        cmocka_unit_test(what_nobody_could_read),
        cmocka_unit_test(basic_authentication_is_not_the_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
