/* tests/net/test_syslog.c - syslog messages in both forms, as senders really write them, and their framing on streams. */
#include "net/syslog.h"
#include "tests/support/sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define BOM "\xef\xbb\xbf"

static int64_t now;

static void same(struct str a, const char *b)
{
    if (!(b ? str_eq(a, str_of(b)) && str_set(a) : !str_set(a)))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(a), b ? b : "(absent)");
}

static const struct {
    const char *message;
    int facility, severity;
    const char *time, *host, *app, *procid, *msgid, *data, *text;
} rows[] = {
    {"<34>1 2025-10-11T22:14:15.003Z mail.corp.test su - ID47 - " BOM "it failed", 4, 2, "2025-10-11T22:14:15.003000000Z", "mail.corp.test", "su",
     NULL, "ID47", NULL, "it failed"},
    {"<165>1 2025-08-24T05:14:15.000003-07:00 192.0.2.1 proc 8710 - [a@1 x=\"1\\\"]\" y=\"\"][b] text [c]", 20, 5, "2025-08-24T12:14:15.000003000Z",
     "192.0.2.1", "proc", "8710", NULL, "[a@1 x=\"1\\\"]\" y=\"\"][b]", "text [c]"},
    {"<0>1 - - - - - -", 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, ""},
    {"<36>1 2026-01-05T09:00:06.156238+00:00 CENTER CEF 6076 Id " BOM "0|Microsoft", 4, 4, "2026-01-05T09:00:06.156238000Z", "CENTER", "CEF", "6076",
     "Id", NULL, "0|Microsoft"},
    {"<13>Jan  5 09:00:00 dc1 Microsoft-Windows[4]: {\"a\":1}\n", 1, 5, "2026-01-05T09:00:00.000000000Z", "dc1", "Microsoft-Windows", "4", NULL, NULL,
     "{\"a\":1}"},
    {"<13>Dec 31 23:59:59 dc1 app: last year", 1, 5, "2025-12-31T23:59:59.000000000Z", "dc1", "app", NULL, NULL, NULL, "last year"},
    {"<13>Mar  3 2024 14:20:06 dc1 app: told", 1, 5, "2024-03-03T14:20:06.000000000Z", "dc1", "app", NULL, NULL, NULL, "told"},
    {"<13>Mar  3 2189 14:20:06 dc1 app: late", 1, 5, "2189-03-03T14:20:06.000000000Z", "dc1", "app", NULL, NULL, NULL, "late"},
    {"<13>Mar  3 2190 14:20:06 dc1 app: later", 1, 5, NULL, NULL, NULL, NULL, NULL, NULL, "Mar  3 2190 14:20:06 dc1 app: later"},
    {"<13>*Mar  3 14:20:06.123 2024 UTC: %SYS-5-X: told", 1, 5, "2024-03-03T14:20:06.000000000Z", NULL, "%SYS-5-X", NULL, NULL, NULL, "told"},
    {"<13>Jan  5 09:00:00 +02:00 dc1 app: zone", 1, 5, "2026-01-05T07:00:00.000000000Z", "dc1", "app", NULL, NULL, NULL, "zone"},
    {"<13>2026-01-05T09:00:00.5+01:00 dc1 app: iso", 1, 5, "2026-01-05T08:00:00.500000000Z", "dc1", "app", NULL, NULL, NULL, "iso"},
    {"<36>Jan  5 09:00:06 CENTER CEF:0|Microsoft|x", 4, 4, "2026-01-05T09:00:06.000000000Z", "CENTER", NULL, NULL, NULL, NULL, "CEF:0|Microsoft|x"},
    {"2026-01-05T09:00:04.000Z CEF:0|MCAS|x y", 1, 5, "2026-01-05T09:00:04.000000000Z", NULL, NULL, NULL, NULL, NULL, "CEF:0|MCAS|x y"},
    {"<13>Jan  5 09:00:00 app[7]: no host", 1, 5, "2026-01-05T09:00:00.000000000Z", NULL, "app", "7", NULL, NULL, "no host"},
    {"<13>use the BFG!", 1, 5, NULL, NULL, NULL, NULL, NULL, NULL, "use the BFG!"},
    {"plain text", 1, 5, NULL, NULL, NULL, NULL, NULL, NULL, "plain text"},
    {"<x>y", 1, 5, NULL, NULL, NULL, NULL, NULL, NULL, "<x>y"},
    {"<13>Jan 45 09:00:00 dc1 app: x", 1, 5, NULL, NULL, NULL, NULL, NULL, NULL, "Jan 45 09:00:00 dc1 app: x"},
};

static void reading(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct syslog m;
        struct fault why;
        char text[TIME_TEXT];
        if (syslog_read(str_of(rows[i].message), now, &m, &why))
            fail_msg("row %zu: %s", i, why.why);
        assert_int_equal(m.facility, rows[i].facility);
        assert_int_equal(m.severity, rows[i].severity);
        same(m.time == TIME_NONE ? STR_NONE : time_text(m.time, text), rows[i].time);
        same(m.host, rows[i].host);
        same(m.app, rows[i].app);
        same(m.procid, rows[i].procid);
        same(m.msgid, rows[i].msgid);
        same(m.data, rows[i].data);
        same(m.text, rows[i].text);
    }
}

static void faults(void **state)
{
    static const struct {
        const char *message, *why;
        uint64_t offset;
    } bad[] = {{"", "empty syslog message", 0},
               {"\n", "empty syslog message", 0},
               {"<192>Jan  5 09:00:00 h a: x", "syslog priority above 191", 0},
               {"<13>1 yesterday h a - - - x", "syslog moment not understood", 6},
               {"<13>1 - h a -", "syslog header ends before its message id", 13},
               {"<13>1 - h a - - [x y=\"]", "syslog structured data does not end", 16}};
    struct syslog m;
    struct fault why;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_true(syslog_read(str_of(bad[i].message), now, &m, &why) < 0);
        assert_string_equal(why.why, bad[i].why);
        assert_int_equal(why.offset, bad[i].offset);
    }
}

static void writing(void **state)
{
    struct syslog m = {4, 4, now, STR("dc 1"), STR("vigie"), STR("12"), STR("0123456789012345678901234567890123456789"), STR_NONE, STR("caf\xc3\xa9")};
    struct buf b = {0};
    (void)state;
    syslog_write(&b, &m, SYSLOG_5424);
    same(buf_view(&b), "<36>1 2026-01-06T00:00:00.000000+00:00 dc_1 vigie 12 01234567890123456789012345678901 - " BOM "caf\xc3\xa9");
    b.n = 0;
    syslog_write(&b, &m, SYSLOG_3164);
    same(buf_view(&b), "<36>Jan  6 00:00:00 dc_1 vigie[12]: caf\xc3\xa9");
    b.n = 0;
    syslog_frame(&b, STR("a\nb"), SYSLOG_COUNTED);
    syslog_frame(&b, STR("a\nb"), SYSLOG_LINES);
    same(buf_view(&b), "3 a\nba b\n");
    buf_free(&b);
}

static void framing(void **state)
{
    static const struct {
        const char *bytes;
        size_t begin, n, total;
    } cuts[] = {{"5 <1>ab12 <", 2, 5, 7}, {"<1>ab\n<2>", 0, 5, 6},       {"99 <1>", 3, 99, 102}, {"12", 0, 0, 0}, {"12 ", 0, 0, 0},
                {"<1>ab", 0, 0, 0},       {"2026-01-05T x\n", 0, 13, 14}, {"7 words\n", 0, 7, 8}, {"", 0, 0, 0},   {"\n", 0, 0, 1}};
    struct syslog_cut cut;
    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        assert_true(syslog_unframe(str_of(cuts[i].bytes), &cut));
        assert_int_equal(cut.begin, cuts[i].begin);
        assert_int_equal(cut.n, cuts[i].n);
        assert_int_equal(cut.total, cuts[i].total);
    }
    assert_false(syslog_unframe(STR("3000000000 <1>"), &cut));
}

static bool inside(struct str part, struct str whole)
{
    return !part.n || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void attempt(struct str s)
{
    struct syslog m;
    struct fault why = {0};
    struct syslog_cut cut;
    if (syslog_unframe(s, &cut) && cut.total)
        assert_true(cut.begin + cut.n <= cut.total);
    if (syslog_read(s, now, &m, &why)) {
        assert_non_null(why.why);
        assert_true(why.offset <= s.n);
        return;
    }
    assert_true(m.facility < 24 && m.severity < 8);
    assert_true(inside(m.host, s) && inside(m.app, s) && inside(m.procid, s) && inside(m.msgid, s) && inside(m.data, s) && inside(m.text, s));
}

static void cut_and_flipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        sweep(str_of(rows[i].message), attempt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reading), cmocka_unit_test(faults), cmocka_unit_test(writing), cmocka_unit_test(framing),
                                       cmocka_unit_test(cut_and_flipped)};
    now = time_parse(STR("2026-01-06"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
