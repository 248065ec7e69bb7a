/* tests/posture/test_weak_ciphers.c - whose doing a weak ticket is: the client's, the service account's, krbtgt's. */
#include "tests/posture/office.h"

extern const struct assessment ass_weak_ciphers;

#define SERVICES                                                                                                                                   \
    OFFICE_ACCOUNT("svc-old", "1301", "userAccountControl: 512\nservicePrincipalName: MSSQLSvc/old.corp.test\n")                                   \
    OFFICE_ACCOUNT("svc-aes", "1302", "userAccountControl: 512\nservicePrincipalName: HTTP/web.corp.test\nmsDS-SupportedEncryptionTypes: 24\n")     \
    OFFICE_ACCOUNT("krbtgt", "502", "userAccountControl: 514\n")

static struct object service_of(const char *name)
{
    return (struct object){.type = OBJECT_SERVICE, .role = ROLE_RESOURCE, .ref = {.name = str_of(name)}};
}

static void play(struct office *o, enum kind kind, const char *service, struct fact *facts, unsigned n)
{
    struct object to = service_of(service);
    struct activity a = office_act(kind, "alice", facts, n);
    a.protocol = PROTO_KERBEROS;
    a.objects = &to;
    a.nobjects = 1;
    office_see(o, &a);
}

/* The one finding of one activity. */
static void one(enum kind kind, const char *service, struct fact *facts, unsigned n, const char *who, const char *text)
{
    struct office o = office_open(&ass_weak_ciphers, OFFICE_PLAIN SERVICES, NULL, 0);
    play(&o, kind, service, facts, n);
    assert_int_equal(office_findings(&o, OFFICE_NOW), who ? 1 : 0);
    if (who)
        office_expect(&o, 0, who, text);
    assert_true(posture_known(o.posture, &ass_weak_ciphers));
    office_close(&o);
}

static void the_clients_doing(void **state)
{
    (void)state;
    struct fact proof[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 18), FACT_NUMBER(FACT_PREAUTH_ETYPE, 23)}, ticket[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 23)},
                des[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 3)},
                offered[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 23), FACT_TEXT(FACT_CLIENT_ETYPES, "23 24 -133"), FACT_TEXT(FACT_SPN, "svc-old")},
                asked[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 23), FACT_TEXT(FACT_SPN, "svc-aes")};
    one(KIND_CREDENTIALS_VALIDATION, "krbtgt", proof, 2, "alice", "RC4 used to prove who it is, from 10.0.0.21");
    one(KIND_CREDENTIALS_VALIDATION, "krbtgt", ticket, 1, "alice", "RC4 used to sign in, from 10.0.0.21");
    one(KIND_CREDENTIALS_VALIDATION, "krbtgt", des, 1, "alice", "DES used to sign in, from 10.0.0.21");
    one(KIND_RESOURCE_ACCESS, "svc-old", offered, 3, "alice", "RC4 asked for towards svc-old, from 10.0.0.21");
    one(KIND_RESOURCE_ACCESS, "svc-aes", asked, 2, "alice", "RC4 asked for towards svc-aes, from 10.0.0.21");
}

static void the_services_doing(void **state)
{
    (void)state;
    struct fact ticket[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 23)}, choice[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 23), FACT_TEXT(FACT_CLIENT_ETYPES, "18 17 23")},
                session[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 18), FACT_NUMBER(FACT_SESSION_ETYPE, 23)},
                root[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 23), FACT_NUMBER(FACT_PREAUTH_ETYPE, 18)};
    one(KIND_RESOURCE_ACCESS, "svc-old", ticket, 1, "svc-old", "RC4 tickets are issued for it, last to alice");
    one(KIND_RESOURCE_ACCESS, "svc-old", choice, 2, "svc-old", "RC4 tickets are issued for it, last to alice");
    one(KIND_RESOURCE_ACCESS, "svc-old", session, 2, "svc-old", "RC4 session keys are issued for it, last to alice");
    one(KIND_CREDENTIALS_VALIDATION, "krbtgt", root, 2, "krbtgt", "RC4 ticket-granting tickets are issued for it, last to alice");
}

/* Controllers name the service account by SID, whatever it is called by then. */
static void the_service_by_sid(void **state)
{
    (void)state;
    struct fact ticket[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 23)};
    struct object to = {.type = OBJECT_SERVICE, .role = ROLE_RESOURCE, .ref = {.name = STR("svc-renamed"), .sid = STR(OFFICE_SID "1301")}};
    struct office o = office_open(&ass_weak_ciphers, OFFICE_PLAIN SERVICES, NULL, 0);
    struct activity a = office_act(KIND_RESOURCE_ACCESS, "alice", ticket, 1);
    a.protocol = PROTO_KERBEROS;
    a.objects = &to;
    a.nobjects = 1;
    office_see(&o, &a);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    office_expect(&o, 0, "svc-old", "RC4 tickets are issued for it, last to alice");
    office_close(&o);
}

static void strong_ones_and_refusals(void **state)
{
    (void)state;
    struct fact aes[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 18), FACT_NUMBER(FACT_PREAUTH_ETYPE, 17)}, weak[] = {FACT_NUMBER(FACT_TICKET_ETYPE, 23)};
    one(KIND_CREDENTIALS_VALIDATION, "krbtgt", aes, 2, NULL, NULL);
    one(KIND_RESOURCE_ACCESS, "svc-old", aes, 1, NULL, NULL);
    struct office o = office_open(&ass_weak_ciphers, OFFICE_PLAIN SERVICES, NULL, 0);
    struct activity a = office_act(KIND_CREDENTIALS_VALIDATION, "alice", weak, 1);
    a.protocol = PROTO_KERBEROS;
    a.outcome = OUTCOME_FAILURE;
    office_see(&o, &a);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 0);
    assert_false(posture_known(o.posture, &ass_weak_ciphers));
    office_close(&o);
}

static void des_in_the_directory(void **state)
{
    (void)state;
    struct office o = office_open(&ass_weak_ciphers,
                                  OFFICE_PLAIN OFFICE_ACCOUNT("allowed", "1401", "userAccountControl: 512\nmsDS-SupportedEncryptionTypes: 31\n")
                                      OFFICE_ACCOUNT("only", "1402", "userAccountControl: 2097664\n") OFFICE_ACCOUNT("gone", "1403", "userAccountControl: 2097666\n")
                                          OFFICE_ACCOUNT("usual", "1404", "userAccountControl: 512\nmsDS-SupportedEncryptionTypes: 28\n"),
                                  NULL, 0);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 2);
    office_expect(&o, 0, "only", "set to use DES only (userAccountControl)");
    office_expect(&o, 1, "allowed", "DES is allowed for it (msDS-SupportedEncryptionTypes 31)");
    assert_true(posture_known(o.posture, &ass_weak_ciphers));
    office_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clients_doing),
        cmocka_unit_test(the_services_doing),
        cmocka_unit_test(the_service_by_sid),
        cmocka_unit_test(strong_ones_and_refusals),
        cmocka_unit_test(des_in_the_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
