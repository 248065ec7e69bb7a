/* tests/decode/test_winevent.c - Windows events to activities: fields, rows, texts, and all event vectors. */
#include "base/dn.h"
#include "decode/winevent.h"
#include "decode/winstatus.h"
#include "decode/wintext.h"
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TOPIC(name)                                                                                                    \
    static void topic_##name(void **state)                                                                             \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        vector_file("fixtures/decode/win/" #name ".txt");                                                              \
    }
#define TOPICS(X)                                                                                                      \
    X(logon) X(kerberos) X(ntlm) X(users) X(group) X(object) X(share) X(service) X(replication) X(ldap) X(audit) X(enum) X(adfs) X(dns)
TOPICS(TOPIC)

#define assert_text(got, literal) assert_true(str_eq(got, STR(literal)) && str_set(got))

static void fields_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {
#define X(name) #name,
        WINFIELDS(X)
#undef X
    };
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(win_field(str_of(names[i])), i + 1);
    assert_int_equal(win_field(STR("param1")), WF_Param1);
    assert_int_equal(win_field(STR("param18")), WF_Param18);
    assert_int_equal(win_field(STR("param19")), WF_NONE);
    assert_int_equal(win_field(STR("targetusername")), WF_NONE);
    assert_int_equal(win_field(STR("")), WF_NONE);
}

static void rows_by_provider_and_id(void **state)
{
    (void)state;
    const struct str security = STR("Microsoft-Windows-Security-Auditing");
    unsigned n = 0;
    for (const struct winmap *const *m = winmaps; *m; m++)
        for (const struct winrow *row = (*m)->rows; row->map; row++, n++)
            assert_ptr_equal(winevent_row(row->provider ? str_of(row->provider) : security, row->id), row);
    assert_true(n > 100);
    assert_null(winevent_row(security, 5156));
    assert_null(winevent_row(security, 7045));
    assert_null(winevent_row(STR("Service Control Manager"), 4624));
    assert_null(winevent_row(STR_NONE, 4624));
}

static void values(void **state)
{
    (void)state;
    static struct winevent e;
    win_clear(&e);
    assert_false(str_set(win_str(&e, WF_Status)));
    assert_int_equal(win_u64(&e, WF_Status, 7), 7);
    win_set(&e, WF_Status, STR("0xC000006D"));
    win_set(&e, WF_IpPort, STR("-"));
    win_set(&e, WF_KeyLength, STR(" 128 "));
    win_set(&e, WF_ProcessName, STR(""));
    assert_int_equal(win_u64(&e, WF_Status, 7), 0xC000006D);
    assert_int_equal(win_u64(&e, WF_IpPort, 7), 7);
    assert_int_equal(win_u64(&e, WF_KeyLength, 7), 128);
    assert_true(win_has(&e, WF_Status));
    assert_false(win_has(&e, WF_IpPort));
    assert_false(win_has(&e, WF_ProcessName));
    assert_false(win_failed(&e));
    e.keywords = UINT64_C(0x8010000000000000);
    assert_true(win_failed(&e));
    win_clear(&e);
    assert_false(win_has(&e, WF_Status));
}

static void long_values_are_cut_between_characters(void **state)
{
    (void)state;
    static char text[40000];
    static struct winevent e;
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    win_clear(&e);
    win_set(&e, WF_CommandLine, (struct str){text + 1, sizeof text - 1});
    struct str s = win_str(&e, WF_CommandLine);
    assert_true(s.n < 16385 && s.n > 16380);
    assert_int_equal((unsigned char)s.p[s.n], 0xc3);
}

static void accounts(void **state)
{
    (void)state;
    static struct winevent e;
    struct account a;
    win_clear(&e);
    win_set(&e, WF_TargetUserSid, STR("S-1-0-0"));
    win_set(&e, WF_TargetUserName, STR("-"));
    win_set(&e, WF_TargetDomainName, STR("CORP"));
    win_account(&a, &e, WF_TargetUserSid, WF_TargetUserName, WF_TargetDomainName);
    assert_false(account_set(&a));
    assert_false(str_set(a.domain)); /* a domain alone is not an account */
    win_set(&e, WF_TargetUserSid, STR("%{S-1-5-21-1-2-3-500}"));
    win_account(&a, &e, WF_TargetUserSid, WF_TargetUserName, WF_TargetDomainName);
    assert_text(a.sid, "S-1-5-21-1-2-3-500");
    assert_text(a.domain, "CORP");
    win_set(&e, WF_TargetUserSid, STR("%{"));
    win_account(&a, &e, WF_TargetUserSid, WF_TargetUserName, WF_TargetDomainName);
    assert_false(str_set(a.sid));
}

static int keep_id(struct decode *d, const struct activity *a)
{
    memcpy(d->owner, a->id, 16);
    return 0;
}

static void ignore(struct decode *d, struct str what)
{
    (void)d;
    (void)what;
    fail();
}

static void no_fault(struct decode *d, const struct fault *f)
{
    (void)d;
    fail_msg("%s", f->why);
}

/* The identity of a 4634 with these particulars. */
static void id_of(uint8_t id[16], const struct winevent *like, int64_t time, struct str user)
{
    static struct decode d;
    static struct winevent e;
    struct arena a;
    arena_init(&a, 4096, 1 << 20);
    d = (struct decode){.arena = &a, .emit = keep_id, .ignored = ignore, .fault = no_fault, .owner = id};
    win_clear(&e);
    e.provider = STR("Microsoft-Windows-Security-Auditing");
    e.id = 4634;
    e.time = time;
    e.computer = like->computer;
    e.channel = like->channel;
    e.has_record_id = like->has_record_id;
    e.record_id = like->record_id;
    e.record_key = like->record_key;
    win_set(&e, WF_TargetUserName, user);
    assert_int_equal(winevent_decode(&d, &e), 0);
    arena_free(&a);
}

#define SAME(a, b) assert_memory_equal(a, b, 16)
#define OTHER(a, b) assert_memory_not_equal(a, b, 16)

static void identities(void **state)
{
    (void)state;
    uint8_t first[16], x[16];
    struct winevent like = {.computer = STR("DC1.corp.example.test"), .channel = STR("Security"), .has_record_id = true, .record_id = 7};
    const int64_t t = INT64_C(1767603600) * TIME_SECOND;
    id_of(first, &like, t, STR("alice"));
    like.computer = STR("dc1.corp.example.test");
    like.channel = STR("security");
    id_of(x, &like, t + 999, STR("the collector wrote it otherwise"));
    SAME(first, x);
    id_of(x, &like, t + TIME_SECOND, STR("alice")); /* the log was cleared and counts anew */
    OTHER(first, x);
    like.record_id = 8;
    id_of(x, &like, t, STR("alice"));
    OTHER(first, x);
    like.record_id = 7;
    like.computer = STR("dc2.corp.example.test");
    id_of(x, &like, t, STR("alice"));
    OTHER(first, x);
}

static void identities_without_record_ids(void **state)
{
    (void)state;
    uint8_t first[16], x[16];
    struct winevent like = {.computer = STR("dc1"), .channel = STR("Security")};
    const int64_t t = INT64_C(1767603600) * TIME_SECOND;
    id_of(first, &like, t, STR("alice"));
    id_of(x, &like, t, STR("alice"));
    SAME(first, x);
    id_of(x, &like, t + TIME_MS, STR("alice"));
    OTHER(first, x);
    id_of(x, &like, t, STR("bob"));
    OTHER(first, x);
    like.record_key = STR("2d67cfe2-b74b-41c2-b17a-b448e4a08eb1");
    id_of(first, &like, t, STR("alice"));
    id_of(x, &like, t + TIME_MS, STR("bob"));
    SAME(first, x);
}

static void texts(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 4096, 1 << 20);
    assert_text(wintext_words(&a, STR(" a\r\n\t%%1537 b  c\n")), "a b c");
    assert_false(str_set(wintext_words(&a, STR(" %%1 %%2 "))));
    assert_false(str_set(wintext_words(&a, STR_NONE)));
    assert_text(wintext_host(STR("\\\\WS7 ")), "WS7");
    assert_false(str_set(wintext_host(STR("\\\\"))));
    assert_text(dn_value(STR("CN=NTDS Settings,CN=DC1,DC=x"), 1), "DC1");
    assert_text(dn_value(STR("CN=a\\,b,OU=c"), 0), "a\\,b");
    assert_text(dn_value(STR("CN=a\\,b,OU=c"), 1), "c");
    assert_false(str_set(dn_value(STR("CN=a"), 1)));
    assert_false(str_set(dn_value(STR("CN="), 0)));
    assert_false(str_set(dn_value(STR("a\\"), 0)));
    assert_false(str_set(dn_value(STR_NONE, 0)));
    assert_text(dn_domain(&a, STR("CN=x,dc=corp, DC=example")), "corp.example");
    assert_false(str_set(dn_domain(&a, STR("CN=x"))));
    assert_text(wintext_guid(&a, STR("%{ABCDEF00-0000-0000-0000-00000000000F}")), "abcdef00-0000-0000-0000-00000000000f");
    assert_text(wintext_guid(&a, STR("{ABCDEF00}")), "{ABCDEF00}");
    assert_text(wintext_guid(&a, STR("%")), "%");
    assert_false(str_set(wintext_some_guid(&a, STR("{00000000-0000-0000-0000-000000000000}"))));
    arena_free(&a);
}

static void statuses(void **state)
{
    (void)state;
    uint64_t v = 1;
    assert_false(str_set(winstatus_nt(0)));
    assert_false(str_set(winstatus_kerberos(0)));
    assert_text(winstatus_nt(0xC0000064), "unknown user");
    assert_text(winstatus_nt(0xC000FFFF), "other");
    assert_text(winstatus_kerberos(6), "unknown user");
    assert_text(winstatus_kerberos(81), "other");
    assert_true(winstatus_named(STR("NT_STATUS_OK"), &v) && v == 0);
    assert_true(winstatus_named(STR("NT_STATUS_ACCOUNT_LOCKED_OUT"), &v) && v == 0xC0000234);
    assert_false(winstatus_named(STR("NT_STATUS_"), &v));
    assert_false(winstatus_named(STR("WRONG_PASSWORD"), &v));
}

int main(void)
{
#define TEST(name) cmocka_unit_test(topic_##name),
    const struct CMUnitTest tests[] = {TOPICS(TEST) cmocka_unit_test(fields_by_name),
                                       cmocka_unit_test(rows_by_provider_and_id),
                                       cmocka_unit_test(values),
                                       cmocka_unit_test(long_values_are_cut_between_characters),
                                       cmocka_unit_test(accounts),
                                       cmocka_unit_test(identities),
                                       cmocka_unit_test(identities_without_record_ids),
                                       cmocka_unit_test(texts),
                                       cmocka_unit_test(statuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
