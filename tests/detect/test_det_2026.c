/* tests/detect/test_det_2026.c - detection 2026 on made-up activities. */
#include "tests/support/expect.h"
#include "detect/svcimage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2026_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void suspicious_image_paths(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 5,
                                    .activities = 5,
                                    .users = {"mallory"},
                                    .destination = "dc1",
                                    .says = {"calcsvc", "without a folder"}};
    expect_one("2026", FIXTURE("attack"), &over, &x);
}

static void verdicts(void **state)
{
    (void)state;
    assert_non_null(svcimage_suspicious(STR("x"), STR("C:\\Windows\\system32\\cmd.exe /c calc")));
    assert_non_null(svcimage_suspicious(STR("PSEXESVC"), STR("%SystemRoot%\\PSEXESVC.exe")));
    assert_non_null(svcimage_suspicious(STR("KgXItsbKgTJzdzwl"), STR("%SYSTEMROOT%\\duKhLYUX.exe")));
    assert_non_null(svcimage_suspicious(STR("x"), STR("\\\\10.0.0.9\\share\\x.exe")));
    assert_non_null(svcimage_suspicious(STR("x"), STR("\"C:\\Users\\Public\\a b.exe\" -k")));
    assert_null(svcimage_suspicious(STR("x"), STR("\\\\?\\C:\\Program Files\\x\\x.exe")));
    assert_null(svcimage_suspicious(STR("x"), STR_NONE));
    assert_null(svcimage_suspicious(STR("x"), STR("")));
    assert_non_null(svcimage_metasploit(STR("KgXItsbKgTJzdzwl"), STR("%SYSTEMROOT%\\duKhLYUX.exe")));
    assert_null(svcimage_metasploit(STR("PSEXESVC"), STR("%SystemRoot%\\PSEXESVC.exe")));
    assert_null(svcimage_metasploit(STR("a"), STR("cmd.exe /c echo b > \\\\.\\pipe\\b")));
}

static void programs(void **state)
{
    (void)state;
    static const char *const row[][2] = {{"C:\\Program Files\\A B\\x.exe -k y.bat", "C:\\Program Files\\A B\\x.exe"},
                                         {"\"C:\\a b.exe\" c", "C:\\a b.exe"},
                                         {"%COMSPEC% /Q /c echo a > C:\\t\\a.bat", "%COMSPEC%"},
                                         {"%SystemRoot%\\System32\\svchost.exe -k netsvcs", "%SystemRoot%\\System32\\svchost.exe"},
                                         {"cmd /c x.exe", "cmd"},
                                         {"C:\\no such", "C:\\no"},
                                         {"\"open", "open"},
                                         {"", ""}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (!str_eq(svcimage_program(str_of(row[i][0])), str_of(row[i][1])))
            fail_msg("%s: %.*s", row[i][0], STR_ARG(svcimage_program(str_of(row[i][0]))));
}

static void random_names(void **state)
{
    (void)state;
    static const char *const random[] = {"KgXItsbKgTJzdzwl", "wkqzrt", "RtKvWqXzPbNm"};
    static const char *const real[] = {"Sysmon64", "TrustedInstaller", "WdNisSvc",     "MpsSvc",  "TrkWks",  "SNMPTRAP",     "gpsvc",   "wuauserv",
                                       "spoolsv",  "MSSQLSERVER",      "NtFrs",        "DFSR",    "W32Time", "LanmanServer", "VMTools", "BITS",
                                       "CcmExec",  "HealthService",    "GoogleUpdate", "Netlogon"};
    for (size_t i = 0; i < sizeof random / sizeof *random; i++)
        if (!svcimage_random(str_of(random[i])))
            fail_msg("%s is taken for a word", random[i]);
    for (size_t i = 0; i < sizeof real / sizeof *real; i++)
        if (svcimage_random(str_of(real[i])))
            fail_msg("%s is taken for random letters", real[i]);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2026", FIXTURE("benign"), &over, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suspicious_image_paths), cmocka_unit_test(verdicts), cmocka_unit_test(programs), cmocka_unit_test(random_names),
        cmocka_unit_test(benign_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
