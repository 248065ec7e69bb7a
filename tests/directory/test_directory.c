/* tests/directory/test_directory.c - one person across all accounts; groups, controllers, addresses, imports. */
#include "directory/dir_build.h"
#include "directory/dir_ref.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SID "S-1-5-21-1-2-3-"

static struct activity logon(const char *name, const char *domain, const char *sid)
{
    struct activity a = {.kind = KIND_NETWORK_LOGON, .outcome = OUTCOME_SUCCESS};
    a.actor = (struct account){.name = str_of(name), .domain = str_of(domain), .sid = str_of(sid)};
    return a;
}

static struct dir *build(struct dir_learner *l, const struct dir_import *im, const struct dir_tag *tags, size_t n)
{
    struct dir *d = NULL;
    assert_int_equal(dir_build(&d, &l, 1, im, tags, n), 0);
    dir_learner_free(l);
    return d;
}

static uint32_t find(const struct dir *d, struct account a)
{
    return dir_account(d, &a);
}

static void one_person(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct activity a = logon("alice", "CORP", SID "1103");
    (void)state;
    dir_learn(l, &a);
    a = logon("ALICE", "corp.example.test", SID "1103");
    dir_learn(l, &a);
    a = logon("bob", "CORP", SID "1104");
    dir_learn(l, &a);
    a = (struct activity){.kind = KIND_SIGN_IN, .outcome = OUTCOME_SUCCESS};
    a.actor = (struct account){.upn = STR("Alice@corp.example.test"), .cloud = STR("0a-1b")};
    dir_learn(l, &a);
    struct dir *d = build(l, NULL, NULL, 0);
    uint32_t alice = dir_sid(d, STR(SID "1103"));
    assert_true(alice != 0);
    assert_int_equal(find(d, (struct account){.cloud = STR("0a-1b")}), alice);
    assert_int_equal(find(d, (struct account){.upn = STR("alice@CORP.example.test")}), alice);
    assert_int_equal(find(d, (struct account){.name = STR("alice"), .domain = STR("CORP")}), alice);
    assert_int_equal(find(d, (struct account){.name = STR("alice"), .domain = STR("CORP.EXAMPLE.TEST")}), alice);
    assert_int_equal(find(d, (struct account){.name = STR("alice")}), alice);
    assert_int_not_equal(find(d, (struct account){.name = STR("bob")}), alice);
    assert_int_equal(find(d, (struct account){.name = STR("carol")}), 0);
    dir_free(d);
}

static void ambiguous_names_are_nobody(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct activity a = logon("admin", "NORTH", "S-1-5-21-1-1-1-1000");
    (void)state;
    dir_learn(l, &a);
    a = logon("admin", "SOUTH", "S-1-5-21-2-2-2-1000");
    dir_learn(l, &a);
    struct dir *d = build(l, NULL, NULL, 0);
    assert_int_equal(find(d, (struct account){.name = STR("admin")}), 0);
    uint32_t north = find(d, (struct account){.name = STR("admin"), .domain = STR("NORTH")});
    uint32_t south = find(d, (struct account){.name = STR("admin"), .domain = STR("SOUTH")});
    assert_true(north && south && north != south);
    dir_free(d);
}

static void a_borrowed_sid_keeps_its_own_name(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct activity a = logon("Administrator", "CORP", SID "500");
    (void)state;
    for (int i = 0; i < 5; i++)
        dir_learn(l, &a);
    a = logon("no-such-user", "CORP", SID "500");
    dir_learn(l, &a);
    struct dir *d = build(l, NULL, NULL, 0);
    uint32_t real = dir_sid(d, STR(SID "500"));
    assert_true(str_eq(dir_entity(d, real)->sam, STR("Administrator")));
    uint32_t forged = find(d, (struct account){.sid = STR(SID "500"), .name = STR("no-such-user"), .domain = STR("CORP")});
    assert_int_not_equal(forged, real);
    dir_free(d);
}

static void failures_make_nobody(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct activity a = logon("guessed", "CORP", NULL);
    (void)state;
    a.outcome = OUTCOME_FAILURE;
    dir_learn(l, &a);
    struct dir *d = build(l, NULL, NULL, 0);
    assert_int_equal(dir_count(d), 0);
    dir_free(d);
}

static void controllers_and_addresses(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct fact event[] = {{.key = FACT_EVENT_ID, .type = FACT_TYPE_U64, .u = 4768}};
    struct activity a = logon("WS1$", "CORP", SID "1200");
    (void)state;
    a.kind = KIND_CREDENTIALS_VALIDATION;
    a.protocol = PROTO_KERBEROS;
    a.destination = STR("DC1.corp.example.test");
    a.facts = event;
    a.nfacts = 1;
    assert_true(ip_parse(STR("10.0.0.7"), &a.ip, NULL));
    dir_learn(l, &a);
    event[0].u = 5140; /* a file server writes this one too */
    a.destination = STR("FS1");
    dir_learn(l, &a);
    struct dir_tag tags[] = {{STR("DC2=10.0.0.2"), ENTITY_DC}, {STR("10.0.0.3"), ENTITY_DC}, {STR("CORP\\trap"), ENTITY_HONEYTOKEN}};
    struct dir *d = build(l, NULL, tags, 3);
    assert_true(dir_is(d, dir_computer(d, STR("dc1")), ENTITY_DC));
    assert_true(dir_is(d, dir_computer(d, STR("DC2")), ENTITY_DC));
    assert_false(dir_is(d, dir_computer(d, STR("FS1")), ENTITY_DC));
    assert_true(dir_is(d, find(d, (struct account){.name = STR("trap")}), ENTITY_HONEYTOKEN));
    dir_resolve(d, &a);
    assert_int_equal(a.device_entity, dir_computer(d, STR("WS1")));
    assert_int_equal(a.device_certainty, 90);
    struct activity b = {.kind = KIND_NETWORK_LOGON};
    assert_true(ip_parse(STR("10.0.0.2"), &b.ip, NULL));
    dir_resolve(d, &b);
    assert_true(dir_dc_source(d, &b));
    b = (struct activity){.kind = KIND_NETWORK_LOGON};
    assert_true(ip_parse(STR("10.0.0.3"), &b.destination_ip, NULL));
    dir_resolve(d, &b);
    assert_true(dir_dc_destination(d, &b));
    dir_free(d);
}

static void an_address_of_two_hosts_is_nobodys(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct activity a = logon("WS1$", "CORP", SID "1200");
    (void)state;
    a.kind = KIND_RESOURCE_ACCESS;
    a.protocol = PROTO_KERBEROS;
    assert_true(ip_parse(STR("10.0.0.7"), &a.ip, NULL));
    dir_learn(l, &a);
    a.actor.name = STR("WS2$");
    a.actor.sid = STR(SID "1201");
    dir_learn(l, &a);
    struct dir *d = build(l, NULL, NULL, 0);
    assert_int_equal(dir_computer_at(d, &a.ip), 0);
    dir_free(d);
}

/* A group that is named without its SID is the one of that name: of its domain, or the only one. */
static void groups_without_their_sid(void **state)
{
    struct dir_learner *l = dir_learner_new();
    static const struct account seen[] = {{.sid = {SID "512", sizeof SID + 2}, .name = {"Domain Admins", 13}, .domain = {"CORP", 4}},
                                          {.sid = {"S-1-5-21-9-9-9-512", 18}, .name = {"Domain Admins", 13}, .domain = {"OTHER", 5}},
                                          {.sid = {"S-1-5-32-551", 12}, .name = {"Backup Operators", 16}, .domain = {"BUILTIN", 7}},
                                          {.name = {"Domain Admins", 13}, .domain = {"corp", 4}},
                                          {.name = {"Domain Admins", 13}},
                                          {.name = {"Backup Operators", 16}, .domain = {"corp.example.test", 17}},
                                          {.name = {"New Group", 9}, .domain = {"CORP", 4}}};
    (void)state;
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        struct object o = {.type = OBJECT_GROUP, .role = ROLE_GROUP, .ref = seen[i]};
        struct activity a = {.kind = KIND_GROUP_CHANGED, .outcome = OUTCOME_SUCCESS, .objects = &o, .nobjects = 1};
        dir_learn(l, &a);
    }
    struct dir *d = build(l, NULL, NULL, 0);
    unsigned groups = 0;
    for (uint32_t k = 1; k <= dir_count(d); k++)
        groups += dir_entity(d, k)->type == ENTITY_GROUP;
    assert_int_equal(groups, 5); /* three with a SID, the one of two domains that names none, the new one */
    struct object o = {.type = OBJECT_GROUP, .role = ROLE_GROUP, .ref = seen[5]};
    struct activity a = {.kind = KIND_GROUP_MEMBER_ADDED, .objects = &o, .nobjects = 1};
    dir_resolve(d, &a);
    assert_int_equal(o.entity, dir_sid(d, STR("S-1-5-32-551")));
    o.ref = seen[3]; /* of two domains that have the name */
    dir_resolve(d, &a);
    assert_int_equal(o.entity, dir_sid(d, STR(SID "512")));
    dir_free(d);
}

/* ---- where computers are ---- */

enum { NINE = 9 }; /* hours */

static struct activity name_seen(const char *name, const char *ip, const char *how, int64_t hour, struct fact *f)
{
    struct activity a = {.kind = KIND_NAME_SEEN, .outcome = OUTCOME_SUCCESS, .device = str_of(name), .time = hour * TIME_HOUR, .facts = f, .nfacts = 1};
    *f = (struct fact){.key = FACT_OPERATION, .type = FACT_TYPE_STR, .s = str_of(how)};
    assert_true(ip_parse(str_of(ip), &a.ip, NULL));
    return a;
}

static struct dir_place where(const struct dir *d, const char *ip, int64_t hour)
{
    struct dir_place out = {0};
    struct ip at;
    assert_true(ip_parse(str_of(ip), &at, NULL));
    if (!dir_where(d, &at, hour * TIME_HOUR, &out))
        out = (struct dir_place){0};
    return out;
}

static void a_lease_changes_hands(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct fact f;
    (void)state;
    struct activity a = name_seen("ws1.corp.example.test", "10.0.0.7", "DHCP lease", NINE, &f);
    dir_learn(l, &a);
    a = name_seen("WS1", "10.0.0.7", "DHCP lease", NINE + 3, &f);
    dir_learn(l, &a);
    a = name_seen("WS2", "10.0.0.7", "DHCP lease", NINE + 30, &f);
    dir_learn(l, &a);
    a = name_seen("WS3", "10.0.0.8", "NetBIOS registration", NINE, &f);
    dir_learn(l, &a);
    struct dir *d = build(l, NULL, NULL, 0);
    uint32_t ws1 = dir_computer(d, STR("WS1")), ws2 = dir_computer(d, STR("WS2"));
    assert_true(ws1 && ws2 && ws1 != ws2);
    assert_int_equal(where(d, "10.0.0.7", NINE + 1).computer, ws1);
    assert_int_equal(where(d, "10.0.0.7", NINE + 1).certainty, 85);
    assert_int_equal(where(d, "10.0.0.7", NINE + 1).source, DIR_SOURCE_LEASE);
    assert_int_equal(where(d, "10.0.0.7", NINE + 10).computer, ws1);
    assert_int_equal(where(d, "10.0.0.7", NINE + 31).computer, ws2);
    assert_int_equal(where(d, "10.0.0.7", NINE + 24 * 4).certainty, 65); /* long ago */
    assert_int_equal(where(d, "10.0.0.7", NINE + 24 * 30).computer, 0);
    assert_int_equal(where(d, "10.0.0.8", NINE).computer, dir_computer(d, STR("WS3")));
    assert_int_equal(where(d, "10.0.0.9", NINE).computer, 0);
    struct ip ip;
    assert_true(ip_parse(STR("10.0.0.7"), &ip, NULL));
    assert_int_equal(dir_computer_at(d, &ip), 0); /* of several */
    assert_true(str_eq(dir_known_by(d, ws1, &ip, (NINE + 1) * TIME_HOUR), STR("a DHCP lease")));
    assert_false(str_set(dir_known_by(d, ws2, &ip, (NINE + 1) * TIME_HOUR)));
    dir_free(d);
}

/* What a client says of itself counts where nothing better is known, and less than what is. */
static void a_claimed_name_counts_little(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct fact carrier[] = {{.key = FACT_CARRIER, .type = FACT_TYPE_STR, .s = STR("SMB")}}, f;
    struct activity a = logon("alice", "CORP", NULL);
    (void)state;
    a.kind = KIND_CREDENTIALS_VALIDATION;
    a.protocol = PROTO_NTLM;
    a.device = STR("WS9");
    a.destination = STR("fs1.corp.example.test");
    a.facts = carrier;
    a.nfacts = 1;
    assert_true(ip_parse(STR("10.0.0.9"), &a.ip, NULL));
    assert_true(ip_parse(STR("10.0.0.20"), &a.destination_ip, NULL));
    dir_learn(l, &a);
    struct activity b = name_seen("WS9", "10.0.0.99", "DHCP request", 0, &f);
    b.outcome = OUTCOME_SUCCESS;
    dir_learn(l, &b);
    struct dir *d = build(l, NULL, NULL, 0);
    assert_int_equal(where(d, "10.0.0.9", 0).computer, dir_computer(d, STR("WS9")));
    assert_int_equal(where(d, "10.0.0.9", 0).certainty, 40);
    assert_int_equal(where(d, "10.0.0.20", 0).computer, dir_computer(d, STR("FS1")));
    assert_int_equal(where(d, "10.0.0.20", 0).source, DIR_SOURCE_SERVER);
    assert_false(dir_dc_destination(d, &a));
    dir_resolve(d, &a);
    assert_int_equal(a.destination_entity, dir_computer(d, STR("FS1")));
    assert_int_equal(a.device_certainty, 60);
    dir_free(d);
}

/* "kadmin/changepw" is the password service of the realm, no computer of that name. */
static void the_password_service_is_no_computer(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct fact f[] = {{.key = FACT_CARRIER, .type = FACT_TYPE_STR, .s = STR("KPASSWD")}, {.key = FACT_SPN, .type = FACT_TYPE_STR, .s = STR("kadmin/changepw")}};
    struct activity a = {.kind = KIND_TICKET_USE, .outcome = OUTCOME_SUCCESS, .protocol = PROTO_KERBEROS, .facts = f, .nfacts = 2};
    (void)state;
    assert_true(ip_parse(STR("10.0.0.1"), &a.destination_ip, NULL));
    dir_learn(l, &a);
    f[0].s = STR("SMB");
    f[1].s = STR("cifs/dc1.corp.example.test");
    dir_learn(l, &a);
    struct dir *d = build(l, NULL, NULL, 0);
    assert_int_equal(dir_computer(d, STR("changepw")), 0);
    assert_true(dir_computer(d, STR("DC1")) != 0);
    assert_int_equal(where(d, "10.0.0.1", 0).computer, dir_computer(d, STR("DC1")));
    dir_free(d);
}

/* Packets that are answered make a controller of the address; a log's own fields and a file server do not. */
static void who_answers_as_a_controller(void **state)
{
    static const struct {
        enum kind kind;
        enum outcome outcome;
        enum protocol protocol;
        const char *carrier, *reason, *upn;
        bool is;
    } row[] = {
        {KIND_CREDENTIALS_VALIDATION, OUTCOME_SUCCESS, PROTO_KERBEROS, NULL, NULL, NULL, true},
        {KIND_CREDENTIALS_VALIDATION, OUTCOME_FAILURE, PROTO_KERBEROS, NULL, NULL, NULL, true},
        {KIND_CREDENTIALS_VALIDATION, OUTCOME_UNKNOWN, PROTO_KERBEROS, NULL, NULL, NULL, false},
        {KIND_PREAUTH_ASKED, OUTCOME_UNKNOWN, PROTO_KERBEROS, NULL, NULL, NULL, true},
        {KIND_RESOURCE_ACCESS, OUTCOME_SUCCESS, PROTO_KERBEROS, "LDAP", NULL, NULL, true},
        {KIND_RESOURCE_ACCESS, OUTCOME_SUCCESS, PROTO_KERBEROS, "SMB", NULL, NULL, false},
        {KIND_CREDENTIALS_VALIDATION, OUTCOME_FAILURE, PROTO_NTLM, "LDAP", NULL, NULL, false},
        {KIND_LDAP_BIND, OUTCOME_FAILURE, PROTO_LDAP, NULL, "wrong password", NULL, true},
        {KIND_LDAP_BIND, OUTCOME_SUCCESS, PROTO_LDAP, NULL, NULL, "alice@corp.example.test", true},
        {KIND_LDAP_BIND, OUTCOME_SUCCESS, PROTO_LDAP, NULL, NULL, NULL, false},
        {KIND_LDAP_SEARCH, OUTCOME_SUCCESS, PROTO_LDAP, NULL, NULL, NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct dir_learner *l = dir_learner_new();
        struct fact f[] = {{.key = FACT_CARRIER, .type = FACT_TYPE_STR}, {.key = FACT_FAILURE_REASON, .type = FACT_TYPE_STR}};
        struct activity a = {.kind = row[i].kind, .outcome = row[i].outcome, .protocol = row[i].protocol, .code = 49, .facts = f};
        if (row[i].carrier)
            f[a.nfacts++].s = str_of(row[i].carrier);
        else if (row[i].reason)
            f[a.nfacts++] = (struct fact){.key = FACT_FAILURE_REASON, .type = FACT_TYPE_STR, .s = str_of(row[i].reason)};
        a.actor.upn = row[i].upn ? str_of(row[i].upn) : STR_NONE;
        assert_true(ip_parse(STR("10.0.0.1"), &a.destination_ip, NULL));
        dir_learn(l, &a);
        struct dir *d = build(l, NULL, NULL, 0);
        if (dir_dc_destination(d, &a) != row[i].is)
            fail_msg("row %zu", i);
        dir_free(d);
    }
}

static void replicate(struct dir_learner *l, const char *account, const char *from, const char *to)
{
    struct activity a = logon(account, "CORP", NULL);
    a.kind = KIND_DIRECTORY_REPLICATION;
    assert_true(ip_parse(str_of(from), &a.ip, NULL));
    assert_true(ip_parse(str_of(to), &a.destination_ip, NULL));
    dir_learn(l, &a);
}

/* Two that replicate from each other are controllers; one who only asks is not, nor is one who asks as a person. */
static void who_replicates_both_ways(void **state)
{
    struct dir_learner *l[2] = {dir_learner_new(), dir_learner_new()};
    struct dir *d;
    (void)state;
    replicate(l[0], "DC1$", "10.0.0.1", "10.0.0.2");
    replicate(l[1], "DC2$", "10.0.0.2", "10.0.0.1");
    replicate(l[0], "WS6$", "10.0.0.6", "10.0.0.1");
    replicate(l[0], "DC1$", "10.0.0.1", "10.0.0.7");
    replicate(l[0], "mallory", "10.0.0.7", "10.0.0.1");
    assert_int_equal(dir_build(&d, l, 2, NULL, NULL, 0), 0);
    static const char *const ip[] = {"10.0.0.1", "10.0.0.2", "10.0.0.6", "10.0.0.7"};
    for (int i = 0; i < 4; i++) {
        struct activity a = {.kind = KIND_LDAP_SEARCH};
        assert_true(ip_parse(str_of(ip[i]), &a.ip, NULL));
        assert_int_equal(dir_dc_source(d, &a), i < 2);
    }
    dir_free(d);
    dir_learner_free(l[0]);
    dir_learner_free(l[1]);
}

/* An intruder gives his computer a controller's name: in a lease, in what he claims, in the server that he runs. */
static void a_name_makes_no_controller(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct fact f, carrier[] = {{.key = FACT_CARRIER, .type = FACT_TYPE_STR, .s = STR("SMB")}};
    struct activity a = name_seen("DC1", "10.0.0.66", "DHCP lease", NINE, &f), b = logon("mallory", "CORP", NULL);
    (void)state;
    dir_learn(l, &a);
    a = name_seen("DC1", "10.0.0.67", "NetBIOS registration", NINE, &f);
    dir_learn(l, &a);
    b.kind = KIND_CREDENTIALS_VALIDATION;
    b.protocol = PROTO_NTLM;
    b.facts = carrier;
    b.nfacts = 1;
    b.device = STR("DC1");
    b.destination = STR("dc1.corp.example.test");
    assert_true(ip_parse(STR("10.0.0.68"), &b.ip, NULL));
    assert_true(ip_parse(STR("10.0.0.69"), &b.destination_ip, NULL));
    dir_learn(l, &b);
    static const struct dir_tag tags[] = {{{"DC1=10.0.0.1", 12}, ENTITY_DC}};
    struct dir *d = build(l, NULL, tags, 1);
    static const char *const from[] = {"10.0.0.1", "10.0.0.66", "10.0.0.67", "10.0.0.68", "10.0.0.69"};
    for (int i = 0; i < 5; i++) {
        struct activity c = {.kind = KIND_DIRECTORY_REPLICATION, .time = NINE * TIME_HOUR};
        assert_true(ip_parse(str_of(from[i]), &c.ip, NULL));
        dir_resolve(d, &c);
        assert_int_equal(dir_dc_source(d, &c), i == 0);
    }
    dir_free(d);
}

static void a_controller_says_its_name(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct fact f;
    struct activity a = name_seen("dc1.corp.example.test", "10.0.0.1", "NETLOGON", NINE, &f);
    (void)state;
    dir_learn(l, &a);
    struct dir *d = build(l, NULL, NULL, 0);
    struct activity b = {.kind = KIND_LDAP_SEARCH, .destination_ip = a.ip};
    dir_resolve(d, &b);
    assert_true(b.destination_entity != 0 && dir_is(d, b.destination_entity, ENTITY_DC));
    assert_true(dir_dc_destination(d, &b));
    dir_free(d);
}

/* In any order, by any number of learners, all is known at all times as before. */
static void where_in_any_order(void **state)
{
    static const char *const how[] = {"DHCP lease", "NetBIOS answer", "NETLOGON", "DHCP request"};
    static const char *const names[] = {"WS1", "WS2", "ws3.corp.example.test"};
    struct dir *d[3]; /* one learner; two that are merged; two */
    (void)state;
    for (int way = 0; way < 3; way++) {
        struct dir_learner *l[3] = {dir_learner_new(), dir_learner_new(), dir_learner_new()};
        for (int k = 0; k < 300; k++) {
            int i = way ? (k * 7 + 3) % 300 : k;
            char ip[16];
            struct fact f;
            (void)snprintf(ip, sizeof ip, "10.0.0.%d", 1 + i % 5);
            struct activity a = name_seen(names[(i / 7) % 3], ip, how[i % 4], i / 2, &f);
            dir_learn(l[way ? i % 2 : 0], &a);
        }
        dir_learner_merge(l[2], l[0]);
        dir_learner_merge(l[2], l[1]);
        assert_int_equal(dir_build(&d[way], &l[way == 1 ? 2 : 0], way == 2 ? 2 : 1, NULL, NULL, 0), 0);
        for (int i = 0; i < 3; i++)
            dir_learner_free(l[i]);
    }
    unsigned known = 0;
    for (int host = 1; host <= 5; host++)
        for (int hour = 0; hour < 200; hour++) {
            char ip[16];
            (void)snprintf(ip, sizeof ip, "10.0.0.%d", host);
            struct dir_place x = where(d[0], ip, hour);
            for (int way = 1; way < 3; way++) {
                struct dir_place y = where(d[way], ip, hour);
                assert_int_equal(x.computer, y.computer);
                assert_int_equal(x.certainty, y.certainty);
                assert_int_equal(x.source, y.source);
            }
            known += x.computer != 0;
        }
    assert_true(known > 100);
    for (int way = 0; way < 3; way++)
        dir_free(d[way]);
}

/* ---- what is kept of sightings answers as all of them would ---- */

struct sight {
    uint32_t computer;
    enum dir_source source;
    int64_t first, last; /* hours of one day */
};

static bool leased(const struct sight *x)
{
    return x->source == DIR_SOURCE_LEASE;
}

static int64_t hours_from(const struct sight *x, int64_t hour)
{
    return hour < x->first ? x->first - hour : hour > x->last ? hour - x->last : 0;
}

static int in_time(const void *x, const void *y)
{
    const struct sight *a = x, *b = y;
    if (a->first != b->first || a->last != b->last)
        return a->first != b->first ? (a->first < b->first ? -1 : 1) : a->last < b->last ? -1 : 1;
    return a->computer != b->computer ? (a->computer < b->computer ? -1 : 1) : (int)a->source - (int)b->source;
}

static struct dir_place expected(const struct sight *s, size_t n, int64_t hour)
{
    static const uint8_t sure[DIR_SOURCE_COUNT] = {[DIR_SOURCE_REQUEST] = 60, [DIR_SOURCE_NETBIOS] = 70, [DIR_SOURCE_LEASE] = 85};
    const struct sight *best = s, *other = NULL;
    for (size_t i = 1; i < n; i++) {
        int64_t nearer = hours_from(best, hour) - hours_from(&s[i], hour);
        if (leased(&s[i]) != leased(best) ? leased(&s[i]) : nearer > 0 || (nearer == 0 && s[i].source > best->source))
            best = &s[i];
    }
    for (size_t i = 0; i < n; i++)
        if (s[i].computer != best->computer && leased(&s[i]) == leased(best) && (!other || hours_from(&s[i], hour) < hours_from(other, hour)))
            other = &s[i];
    int64_t away = hours_from(best, hour);
    uint8_t certainty = (uint8_t)(sure[best->source] - (away > 24 ? 20 : 0));
    if (away > 8 * 24 || (other && away == 0 && hours_from(other, hour) == 0))
        return (struct dir_place){0};
    if (other && hours_from(other, hour) < 1 && certainty > 60)
        certainty = 60;
    return (struct dir_place){best->computer, certainty, best->source};
}

static size_t note_sight(struct sight *s, size_t n, const struct sight *x)
{
    size_t i = 0;
    while (i < n && (s[i].computer != x->computer || s[i].source != x->source || s[i].first / 24 != x->first / 24))
        i++;
    if (i == n) {
        s[n] = *x;
        return n + 1;
    }
    s[i].first = x->first < s[i].first ? x->first : s[i].first;
    s[i].last = x->last > s[i].last ? x->last : s[i].last;
    return n;
}

static void fewer_sightings_answer_alike(void **state)
{
    static const char *const how[] = {"DHCP lease", "NetBIOS answer", "DHCP request"};
    static const enum dir_source source[] = {DIR_SOURCE_LEASE, DIR_SOURCE_NETBIOS, DIR_SOURCE_REQUEST};
    static const char *const names[] = {"WS1", "WS2", "WS3"};
    enum { SIGHTS = 120, ROUNDS = 300 };
    uint32_t x = 7;
    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t hours = 24 * (3 + round % 60);
        struct sight s[SIGHTS + 2];
        struct fact f;
        struct dir_learner *l = dir_learner_new();
        size_t n = 0, many = 5 + round * 7 % (SIGHTS - 4), seen[SIGHTS + 2][3];
        for (size_t i = 0; i < many + 2; i++) { /* two computers lease it for certain, or none does */
            uint32_t r = x = x * 1664525u + 1013904223u;
            size_t who = i < 2 ? i : r >> 30 ? 0 : 1 + (r >> 20) % 2, by = round % 2 ? 1 + (r >> 16) % 2 : i < 2 ? 0 : (r >> 16) % 3, hour = (r >> 8) % hours;
            struct activity a = name_seen(names[who], "10.0.0.7", how[by], (int64_t)hour, &f);
            dir_learn(l, &a);
            memcpy(seen[i], (size_t[]){who, by, hour}, sizeof seen[i]);
        }
        struct dir *d = build(l, NULL, NULL, 0);
        for (size_t i = 0; i < many + 2; i++)
            n = note_sight(s, n, &(struct sight){dir_computer(d, str_of(names[seen[i][0]])), source[seen[i][1]], (int64_t)seen[i][2], (int64_t)seen[i][2]});
        qsort(s, n, sizeof *s, in_time);
        for (int64_t hour = 0; hour < hours + 12 * 24; hour++) {
            struct dir_place is = where(d, "10.0.0.7", hour), shall = expected(s, n, hour);
            assert_int_equal(is.computer, shall.computer);
            assert_int_equal(is.certainty, shall.certainty);
            assert_int_equal(is.source, shall.source);
        }
        dir_free(d);
    }
}

/* Its address is seen on each of many days, its name is the same. */
static void a_name_is_kept_once(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct fact f;
    (void)state;
    for (int day = 0; day < 10000; day++) {
        struct activity a = name_seen(day % 2 ? "WS1" : "ws1.corp.example.test", "10.0.0.7", "DHCP lease", 24 * day, &f);
        dir_learn(l, &a);
    }
    assert_int_equal(l->at.n, 10000);
    assert_true(l->text.used <= l->text.block);
    struct dir *d = build(l, NULL, NULL, 0);
    assert_int_equal(where(d, "10.0.0.7", NINE).computer, dir_computer(d, STR("WS1")));
    dir_free(d);
}

/* WS1 at nine and at three, WS2 at noon: at eleven it was WS1, whoever of two saw which. */
static void two_learners_know_what_one_does(void **state)
{
    (void)state;
    for (int n = 1; n <= 2; n++) {
        struct dir_learner *l[2] = {dir_learner_new(), dir_learner_new()};
        struct fact f;
        struct activity a = name_seen("WS1", "10.0.0.7", "DHCP lease", 9, &f), b = name_seen("WS1", "10.0.0.7", "DHCP lease", 15, &f);
        struct activity c = name_seen("WS2", "10.0.0.7", "DHCP lease", 12, &f);
        dir_learn(l[0], &a);
        dir_learn(l[n - 1], &b);
        dir_learn(l[n - 1], &c);
        struct dir *d = NULL;
        assert_int_equal(dir_build(&d, l, (size_t)n, NULL, NULL, 0), 0);
        assert_int_equal(where(d, "10.0.0.7", 11).computer, dir_computer(d, STR("WS1")));
        dir_free(d);
        dir_learner_free(l[0]);
        dir_learner_free(l[1]);
    }
}

static const char ldif[] =
    "version: 1\n"
    "# an export\n"
    "dn: CN=krbtgt,CN=Users,DC=corp,DC=example,DC=test\nobjectClass: user\nsAMAccountName: krbtgt\n"
    "objectSid:: AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAA9gEAAA==\nuserAccountControl: 514\n\n"
    "dn: CN=Zo\xc3\xab Long,OU=Staff,DC=corp,DC=example,\n DC=test\nobjectClass: user\nsAMAccountName: zoe\nobjectSid: " SID "1105\n"
    "userPrincipalName: zoe@corp.example.test\nmail: zoe.long@example.test\ndisplayName:: Wm/DqyBMb25n\ndepartment: Finance\n"
    "userAccountControl: 512\nmemberOf: CN=Inner,DC=corp,DC=example,DC=test\n\n"
    "dn: CN=Inner,DC=corp,DC=example,DC=test\nobjectClass: group\nsAMAccountName: Inner\nobjectSid: " SID "1200\n"
    "member: CN=Loop,DC=corp,DC=example,DC=test\n\n"
    "dn: CN=Loop,DC=corp,DC=example,DC=test\nobjectClass: group\nsAMAccountName: Loop\nobjectSid: " SID "1201\n"
    "member: CN=Inner,DC=corp,DC=example,DC=test\n\n"
    "dn: CN=Domain Admins,CN=Users,DC=corp,DC=example,DC=test\r\nobjectClass: group\r\nsAMAccountName: Admins du domaine\r\n"
    "objectSid: " SID "512\r\nmember: CN=Inner,DC=corp,DC=example,DC=test\r\n\r\n"
    "dn: CN=DC1,OU=Domain Controllers,DC=corp,DC=example,DC=test\nobjectClass: user\nobjectClass: computer\nsAMAccountName: DC1$\n"
    "dNSHostName: dc1.corp.example.test\nuserAccountControl: 532480\nprimaryGroupID: 516\nobjectSid: " SID "1000\n\n"
    "dn: CN=broken,DC=corp,DC=example,DC=test\nobjectClass: user\nno colon here\n\n"
    "dn: OU=Staff,DC=corp,DC=example,DC=test\nobjectClass: organizationalUnit\n";

static struct dir_import *imported(const char *text, size_t n, uint64_t expect_skipped)
{
    struct dir_import *im = dir_import_new();
    uint64_t skipped = 0;
    struct fault f = {0};
    assert_int_equal(dir_import_ldif(im, text, n, &skipped, &f), 0);
    assert_int_equal(skipped, expect_skipped);
    return im;
}

static void directory_from_ldif(void **state)
{
    struct dir_import *im = imported(ldif, sizeof ldif - 1, 1);
    struct dir *d = build(dir_learner_new(), im, NULL, 0);
    uint32_t zoe = find(d, (struct account){.upn = STR("zoe.long@example.test")});
    (void)state;
    assert_true(zoe != 0);
    assert_int_equal(zoe, dir_sid(d, STR(SID "1105")));
    assert_true(str_eq(dir_entity(d, zoe)->name, STR("Zo\xc3\xab Long")));
    assert_true(str_eq(dir_entity(d, zoe)->department, STR("Finance")));
    assert_true(dir_is(d, zoe, ENTITY_SENSITIVE)); /* Inner is in Domain Admins, whatever its name; Loop does not hang */
    assert_true(dir_member(d, zoe, dir_sid(d, STR(SID "512"))));
    assert_true(dir_is(d, dir_sid(d, STR(SID "502")), ENTITY_DISABLED));
    assert_true(dir_is(d, dir_computer(d, STR("dc1.corp.example.test")), ENTITY_DC));
    assert_true(dir_complete(d, STR("CORP.example.test")));
    assert_false(dir_complete(d, STR("other.test")));
    assert_true(dir_own_domain(d, STR("example.test")));
    assert_false(dir_own_domain(d, STR("gmail.com")));
    dir_free(d);
    dir_import_free(im);
}

static void hostile_ldif(void **state)
{
    char *copy = malloc(sizeof ldif);
    (void)state;
    assert_non_null(copy);
    for (size_t n = 0; n < sizeof ldif; n++) { /* every prefix */
        struct dir_import *im = dir_import_new();
        uint64_t skipped = 0;
        struct fault f = {0};
        memcpy(copy, ldif, n);
        assert_int_equal(dir_import_ldif(im, copy, n, &skipped, &f), 0);
        dir_import_free(im);
    }
    for (size_t bit = 0; bit < (sizeof ldif - 1) * 8; bit++) { /* every single-bit flip */
        struct dir_import *im = dir_import_new();
        uint64_t skipped = 0;
        struct fault f = {0};
        memcpy(copy, ldif, sizeof ldif);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(dir_import_ldif(im, copy, sizeof ldif - 1, &skipped, &f), 0);
        if (bit % 97 == 0)
            dir_free(build(dir_learner_new(), im, NULL, 0));
        dir_import_free(im);
    }
    free(copy);
}

static void directory_from_json(void **state)
{
    char text[2048] = "{\"domain\":\"corp.example.test\",\"netbios\":\"CORP\",\"complete\":true,"
                      "\"users\":[{\"name\":\"alice\",\"sid\":\"" SID "1103\",\"upn\":\"alice@corp.example.test\",\"groups\":[\"Domain Admins\"]},"
                      "{\"name\":\"trap\",\"honeytoken\":true}],"
                      "\"groups\":[{\"name\":\"Domain Admins\",\"sid\":\"" SID "512\"}],"
                      "\"computers\":[{\"name\":\"DC1\",\"ip\":\"10.0.0.1\",\"dc\":true}]}";
    struct dir_import *im = dir_import_new();
    struct fault f;
    struct ip ip;
    (void)state;
    assert_int_equal(dir_import_json(im, text, strlen(text), &f), 0);
    struct dir *d = build(dir_learner_new(), im, NULL, 0);
    assert_true(dir_is(d, find(d, (struct account){.name = STR("alice"), .domain = STR("CORP")}), ENTITY_SENSITIVE));
    assert_true(dir_is(d, find(d, (struct account){.name = STR("trap")}), ENTITY_HONEYTOKEN));
    assert_true(ip_parse(STR("10.0.0.1"), &ip, NULL));
    assert_true(dir_is(d, dir_computer_at(d, &ip), ENTITY_DC));
    assert_true(dir_complete(d, STR("corp")));
    dir_free(d);
    dir_import_free(im);
    im = dir_import_new();
    assert_int_equal(dir_import_json(im, "[1]                                     ", 3, &f), ERR_MALFORMED);
    dir_import_free(im);
}

/* Learning in another order, split over two learners, gives the same entities. */
static void order_does_not_matter(void **state)
{
    static const char *const names[] = {"alice", "bob", "carol", "WS1$", "DC1$"};
    struct dir *d[2];
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct dir_learner *l[2] = {dir_learner_new(), dir_learner_new()};
        for (int k = 0; k < 40; k++) {
            int i = way ? 39 - k : k;
            char sid[64];
            (void)snprintf(sid, sizeof sid, SID "%d", 1100 + i % 5);
            struct activity a = logon(names[i % 5], i % 2 ? "CORP" : "corp.example.test", i % 3 ? sid : NULL);
            a.destination = STR("DC1");
            dir_learn(l[way ? i % 2 : 0], &a);
        }
        assert_int_equal(dir_build(&d[way], l, 2, NULL, NULL, 0), 0);
        dir_learner_free(l[0]);
        dir_learner_free(l[1]);
    }
    assert_int_equal(dir_count(d[0]), dir_count(d[1]));
    for (uint32_t k = 1; k <= dir_count(d[0]); k++) {
        assert_true(str_eq(dir_entity(d[0], k)->id, dir_entity(d[1], k)->id));
        assert_true(str_eq(dir_entity(d[0], k)->name, dir_entity(d[1], k)->name));
        assert_int_equal(dir_entity(d[0], k)->naccounts, dir_entity(d[1], k)->naccounts);
    }
    dir_free(d[0]);
    dir_free(d[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_person),
                                       cmocka_unit_test(ambiguous_names_are_nobody),
                                       cmocka_unit_test(a_borrowed_sid_keeps_its_own_name),
                                       cmocka_unit_test(failures_make_nobody),
                                       cmocka_unit_test(controllers_and_addresses),
                                       cmocka_unit_test(an_address_of_two_hosts_is_nobodys),
                                       cmocka_unit_test(groups_without_their_sid),
                                       cmocka_unit_test(a_lease_changes_hands),
                                       cmocka_unit_test(a_claimed_name_counts_little),
                                       cmocka_unit_test(the_password_service_is_no_computer),
        cmocka_unit_test(who_answers_as_a_controller),
                                       cmocka_unit_test(who_replicates_both_ways),
                                       cmocka_unit_test(a_name_makes_no_controller),
                                       cmocka_unit_test(a_controller_says_its_name),
                                       cmocka_unit_test(where_in_any_order), cmocka_unit_test(fewer_sightings_answer_alike), cmocka_unit_test(a_name_is_kept_once),
        cmocka_unit_test(two_learners_know_what_one_does),
                                       cmocka_unit_test(directory_from_ldif),
                                       cmocka_unit_test(hostile_ldif),
                                       cmocka_unit_test(directory_from_json),
                                       cmocka_unit_test(order_does_not_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
