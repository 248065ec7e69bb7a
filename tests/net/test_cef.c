/* tests/net/test_cef.c - CEF written in both forms, and read in every form that senders and relays leave it. All lines
 * are made here after the documented shapes. */
#include "net/cef.h"
#include "base/arena.h"
#include "base/utf.h"
#include "tests/support/sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define BOM "\xef\xbb\xbf"
#define TEXT(z) {"" z, sizeof(z) - 1} /* as an initializer of static data */
#define PAIR(k, v) {TEXT(k), TEXT(v)}

static struct arena arena;

static void same(struct str a, const char *b)
{
    if (!str_eq(a, str_of(b)))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(a), b);
}

static const struct cef_pair spray_pairs[] = {PAIR("start", "2026-01-05T09:00:00.1234567Z"),
                                              PAIR("app", "Ldap"),
                                              PAIR("suser", "Alice Moore"),
                                              PAIR("shost", "WS1"),
                                              PAIR("msg", "100 guesses on Alice Moore (Buyer) from WS1."),
                                              PAIR("cnt", "100"),
                                              PAIR("externalId", "2004"),
                                              PAIR("cs1Label", "url"),
                                              PAIR("cs1", "https://hub.corp.test/securityAlert/1f"),
                                              PAIR("cs2Label", "trigger"),
                                              PAIR("cs2", "new")};
static const struct cef spray = {.vendor = TEXT("Microsoft"),
                                 .product = TEXT("Azure ATP"),
                                 .version = TEXT("2.22.4228.22540"),
                                 .class_id = TEXT("LdapBruteForceSecurityAlert"),
                                 .name = TEXT("Brute force attack using LDAP simple bind"),
                                 .severity = 5,
                                 .pairs = spray_pairs,
                                 .npairs = sizeof spray_pairs / sizeof *spray_pairs};
#define SPRAY_LINE                                                                                                                         \
    "0|Microsoft|Azure ATP|2.22.4228.22540|LdapBruteForceSecurityAlert|Brute force attack using LDAP simple bind|5|"                       \
    "start=2026-01-05T09:00:00.1234567Z app=Ldap suser=Alice Moore shost=WS1 msg=100 guesses on Alice Moore (Buyer) from WS1. cnt=100 "    \
    "externalId=2004 cs1Label=url cs1=https\\://hub.corp.test/securityAlert/1f cs2Label=trigger cs2=new"

static void legal_escapes(void **state)
{
    const struct cef_pair pairs[] = {PAIR("msg", "a=b \\ c|d\nnext\rlast\x01\tend"), PAIR("suser", ""), PAIR("cs1", "https://x/?a=1")};
    const struct cef c = {STR("V|x"), STR("P\\y"), STR("1"), STR("id"), STR("two\nlines"), 10, pairs, 3};
    struct buf b = {0};
    (void)state;
    cef_line(&b, &c, CEF_LEGAL);
    same(buf_view(&b), "CEF:0|V\\|x|P\\\\y|1|id|two lines|10|msg=a\\=b \\\\ c|d\\nnext\\rlast?\tend suser= cs1=https://x/?a\\=1");
    buf_free(&b);
}

static void original_byte_for_byte(void **state)
{
    struct cef_sender from = {.time = time_parse(STR("2026-01-05T09:00:06.156238Z")),
                              .host = STR("CENTER"),
                              .procid = STR("6076"),
                              .form = CEF_AZURE_ATP,
                              .syslog = SYSLOG_5424};
    struct cef c = spray;
    struct buf b = {0};
    (void)state;
    cef_message(&b, &c, &from);
    same(buf_view(&b), "<36>1 2026-01-05T09:00:06.156238+00:00 CENTER CEF 6076 LdapBruteForceSecurityAlert " BOM SPRAY_LINE);
    b.n = 0;
    c.class_id = STR("MaliciousServiceCreationSecurityAlert");
    c.severity = 10;
    c.npairs = 0;
    cef_message(&b, &c, &from);
    same(buf_view(&b), "<35>1 2026-01-05T09:00:06.156238+00:00 CENTER CEF 6076 MaliciousServiceCreationSecurity " BOM
                       "0|Microsoft|Azure ATP|2.22.4228.22540|MaliciousServiceCreationSecurityAlert|"
                       "Brute force attack using LDAP simple bind|10|");
    b.n = 0;
    from.syslog = SYSLOG_3164;
    cef_message(&b, &spray, &from);
    same(buf_view(&b), "<36>Jan  5 09:00:06 CENTER CEF:" SPRAY_LINE);
    b.n = 0;
    from.form = CEF_LEGAL;
    from.syslog = SYSLOG_5424;
    c.severity = 3;
    cef_message(&b, &c, &from);
    assert_true(str_starts(buf_view(&b), STR("<38>1 2026-01-05T09:00:06.156238+00:00 CENTER CEF 6076 MaliciousServiceCreationSecurity - "
                                             "CEF:0|Microsoft|")));
    buf_free(&b);
}

/* One alert, in whatever way it arrives. */
static const char *const ways[] = {
    "<36>1 2026-01-05T09:00:06.156238+00:00 CENTER CEF 6076 LdapBruteForceSecurityAlert " BOM SPRAY_LINE,
    "<36>1 2026-01-05T09:00:06.156238+00:00 CENTER CEF 6076 LdapBruteForceSecurityAlert - " BOM SPRAY_LINE,
    "<36>1 2026-01-05T09:00:06.156238+00:00 CENTER CEF 6076 LdapBruteForceSecurityAlert " SPRAY_LINE,
    "<36>Jan  5 09:00:06 CENTER CEF:" SPRAY_LINE,
    "<36>Jan  5 09:00:06 CENTER CEF: " SPRAY_LINE "\r\n",
    "<36>CEF:" SPRAY_LINE,
    "01-05-2026\t10:00:21\tAuth.Warning\t192.0.2.220\t1 2026-01-05T09:00:06.156238+00:00 CENTER CEF 6076 LdapBruteForceSecurityAlert "
    "\xc3\xaf\xc2\xbb\xc2\xbf" SPRAY_LINE,
    "01-05-2026 10:00:21 Auth.Warning 192.0.2.220 1 2026-01-05T09:00:06.156238+00:00 CENTER CEF 6076 LdapBruteForceSecurityAlert " SPRAY_LINE,
    "2026-01-05T09:00:06.000Z CEF:" SPRAY_LINE,
    BOM SPRAY_LINE,
    SPRAY_LINE,
};

static void every_way_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct cef c;
        struct fault why;
        arena_reset(&arena);
        if (cef_read(&arena, str_of(ways[i]), &c, &why))
            fail_msg("way %zu: %s", i, why.why);
        same(c.vendor, "Microsoft");
        same(c.class_id, "LdapBruteForceSecurityAlert");
        assert_int_equal(c.severity, 5);
        assert_int_equal(c.npairs, spray.npairs);
        for (size_t k = 0; k < c.npairs; k++)
            assert_true(str_eq(c.pairs[k].key, spray_pairs[k].key) && str_eq(c.pairs[k].value, spray_pairs[k].value));
        same(cef_labelled(&c, "url"), "https://hub.corp.test/securityAlert/1f");
    }
}

static void ata_and_the_cloud_agent(void **state)
{
    struct cef c;
    struct fault why;
    (void)state;
    arena_reset(&arena);
    assert_int_equal(cef_read(&arena, STR("<36>1 2026-01-05T09:00:06+00:00 CENTER ATA 1 X " BOM "CEF:0|Microsoft|ATA|1.9.0.0|XSuspiciousActivity|"
                                          "Something|5|externalId=2004 suser=CORP\\alice cs1=https\\:\\/\\/ata/x msg=line\\ntwo"),
                              &c, &why), 0);
    same(c.product, "ATA");
    same(cef_value(&c, "suser"), "CORP\\alice"); /* no escape: the backslash is meant */
    same(cef_value(&c, "cs1"), "https://ata/x");
    same(cef_value(&c, "msg"), "line\ntwo");
    assert_int_equal(cef_read(&arena, STR("2026-01-05T09:00:04.000Z CEF:0|MCAS|SIEM_Agent|0.111.85|EVENT_CATEGORY_LOGOUT|Log out|0|externalId=77 "
                                          "rt=1767603604000 start= end= msg=Log out suser= cs1Label=portalURL "
                                          "cs1=https://x.test/#/audits?activity.id\\=eq(77,) cs2Label=uniqueServiceAppIds cs2= c6a1Label=\"Device "
                                          "IPv6 Address\" c6a1= cs3Label=q cs3=a=b&c=d"),
                              &c, &why), 0);
    assert_int_equal(c.severity, 0);
    same(cef_value(&c, "start"), "");
    assert_true(str_set(cef_value(&c, "c6a1")));
    assert_false(str_set(cef_value(&c, "c6a2")));
    same(cef_labelled(&c, "portalURL"), "https://x.test/#/audits?activity.id=eq(77,)");
    same(cef_labelled(&c, "Device IPv6 Address"), "");
    same(cef_labelled(&c, "q"), "a=b&c=d");
    assert_int_equal(cef_read(&arena, STR("CEF:0|a\\|b|c|d|e|f|Very-High|k=v"), &c, &why), 0);
    same(c.vendor, "a|b");
    assert_int_equal(c.severity, 10);
    assert_int_equal(cef_read(&arena, STR("CEF:0|a|b|c|d|e|10|"), &c, &why), 0);
    assert_int_equal(c.npairs, 0);
    assert_int_equal(cef_read(&arena, STR("CEF:0|a|b|c|d|e|1|k=x\xff"), &c, &why), 0);
    same(cef_value(&c, "k"), "x\xef\xbf\xbd");
}

static void faults(void **state)
{
    static const struct {
        const char *line, *why;
        int err;
        uint64_t offset;
    } rows[] = {
        {"", "no CEF header", ERR_MALFORMED, 0},
        {"<36>Jan  5 09:00:06 host app: nothing here", "no CEF header", ERR_MALFORMED, 0},
        {"CEF:0|a|b|c|d|e|5", "the CEF header ends before its seventh bar", ERR_TRUNCATED, 17},
        {"CEF:0|a|b|c|d|e|11|k=v", "CEF severity is neither 0 to 10 nor a word for it", ERR_MALFORMED, 16},
        {"CEF:0|a|b|c|d|e|5|words k=v", "the CEF extension does not begin with a key", ERR_MALFORMED, 18},
        {"CEF:0|a|b|c|d|e|5|start", "the CEF extension does not begin with a key", ERR_MALFORMED, 18},
    };
    struct buf many = {0};
    struct fault why;
    struct cef c;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(cef_read(&arena, str_of(rows[i].line), &c, &why), rows[i].err);
        assert_string_equal(why.why, rows[i].why);
        assert_int_equal(why.offset, rows[i].offset);
    }
    buf_str(&many, STR("CEF:0|a|b|c|d|e|5|"));
    for (int i = 0; i < CEF_PAIRS; i++)
        buf_fmt(&many, "k%d=v ", i);
    assert_int_equal(cef_read(&arena, buf_view(&many), &c, &why), 0);
    assert_int_equal(c.npairs, CEF_PAIRS);
    buf_str(&many, STR("one=more"));
    assert_int_equal(cef_read(&arena, buf_view(&many), &c, &why), ERR_LIMIT);
    buf_free(&many);
}

/* Whatever is understood is UTF-8, and written and read again it is the same. */
static void attempt(struct str s)
{
    struct cef c, again;
    struct fault why = {0};
    struct buf first = {0}, second = {0};
    arena_reset(&arena);
    int err = cef_read(&arena, s, &c, &why);
    if (err) {
        assert_non_null(why.why);
        assert_true(why.offset <= s.n);
        return;
    }
    cef_line(&first, &c, CEF_LEGAL);
    assert_true(utf_valid(buf_view(&first)));
    assert_int_equal(cef_read(&arena, buf_view(&first), &again, &why), 0);
    cef_line(&second, &again, CEF_LEGAL);
    assert_true(str_eq(buf_view(&first), buf_view(&second)));
    buf_free(&first);
    buf_free(&second);
}

static void cut_and_flipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        sweep(str_of(ways[i]), attempt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(legal_escapes), cmocka_unit_test(original_byte_for_byte),
                                       cmocka_unit_test(every_way_in),  cmocka_unit_test(ata_and_the_cloud_agent),
                                       cmocka_unit_test(faults),        cmocka_unit_test(cut_and_flipped)};
    arena_init(&arena, 16384, 1 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
