/* tests/detect/test_det_network_rpc.c - what detections make of DCE/RPC calls on the network, alone and together with events of the same. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define PC "10.0.0.21"

static const struct replay_setup over = {.dcs = {"DC1=10.0.0.10", "DC2=10.0.0.11"}, .learned = true};

struct row {
    const char *id, *fixture;
    struct expect x;
};

static const struct row attacks[] = {
    {"2006",
     "2006_network",
     {.severity = SEVERITY_HIGH,
      .count = 2,
      .source = PC,
      .destination = "DC1",
      .says = {"An unknown account", "asked DC1 to replicate", "DRSGetNCChanges"}}},
    {"2006",
     "2006_network_connector",
     {.severity = SEVERITY_LOW, .count = 2, .users = {"MSOL_1a2b"}, .source = "10.0.0.50", .says = {"is known to replicate"}}},
    {"2006", "2006_both", {.severity = SEVERITY_HIGH, .count = 2, .users = {"alice"}, .source = PC, .says = {"DS-Replication-Get-Changes-All"}}},
    {"2012",
     "2012_network",
     {.count = 2, .activities = 2, .users = {"alice"}, .source = PC, .destination = "DC1", .says = {"enumerated the sessions of", "was refused"}}},
    {"2012", "2012_both", {.count = 2, .users = {"alice"}, .source = PC, .says = {"An unknown account"}}},
    {"2019",
     "2019_network",
     {.severity = SEVERITY_MEDIUM,
      .users = {"alice"},
      .source = PC,
      .destination = "DC1",
      .says = {"created the service updater", "the attempt succeeded"}}},
    {"2019", "2019_network_refused", {.users = {"alice"}, .says = {"created the service updater", "the attempt failed"}}},
    {"2019", "2019_network_sealed", {.users = {"alice"}, .says = {"created a service on", "is encrypted"}}},
    {"2019", "2019_network_task", {.count = 2, .users = {"alice"}, .says = {"scheduled the task At2", "the attempt succeeded"}}},
    {"2019", "2019_network_nobody", {.source = PC, .says = {"An unknown account from", "scheduled the task At2"}}},
    {"2019", "2019_network_wmi", {.source = PC, .says = {"An unknown account", "ran code", "through WMI", "is encrypted"}}},
    {"2019", "2019_network_dcom", {.users = {"alice"}, .says = {"MMC20.Application"}}},
    {"2019", "2019_network_winrm", {.count = 2, .users = {"alice"}, .says = {"through PowerShell remoting", "the attempt succeeded"}}},
    {"2019", "2019_network_started", {.users = {"alice"}, .says = {"started the service PSEXESVC"}}},
    {"2019", "2019_both", {.count = 2, .users = {"alice"}, .source = PC, .says = {"created the service updater"}}},
    {"2020", "2020_network", {.severity = SEVERITY_HIGH, .count = 2, .users = {"alice"}, .source = PC, .says = {"G$BCKUPKEY_P"}}},
    {"2020", "2020_both", {.count = 2, .users = {"alice"}, .source = PC, .says = {"BCKUPKEY_PREFERRED"}}},
    {"2021", "2021_network_list", {.count = 1, .users = {"alice"}, .source = PC, .destination = "DC1", .says = {"list of users"}}},
    {"2021", "2021_network_group", {.users = {"alice"}, .says = {"members of the sensitive group", "Sensitive groups are among them"}}},
    {"2021", "2021_network_user", {.count = 1, .users = {"alice"}, .says = {"groups of", "information on"}}},
    {"2021", "2021_network_nameless", {.users = {"alice"}, .source = PC, .says = {"information on"}}}, /* whose making an account without a name is tells nothing */
    {"2021", "2021_network_anonymous", {.count = 1, .source = PC, .says = {"ANONYMOUS LOGON", "list of users"}}},
    {"2021", "2021_network_sealed", {.source = PC, .says = {"An unknown account", "display information of all accounts"}}},
    {"2021", "2021_both", {.users = {"alice"}, .source = PC, .says = {"list of"}}},
    {"2026", "2026_network", {.users = {"alice"}, .destination = "DC1", .says = {"The service a was installed", "from " PC, "its image path"}}},
    {"2026", "2026_network_sealed", {.activities = 2, .users = {"alice"}, .says = {"A service was installed", "PSEXESVC.exe had been written"}}},
    {"2028", "2029_network", {.severity = SEVERITY_HIGH, .source = PC, .destination = "DC1", .says = {PC, "is taken for one"}}},
    {"2028", "2028_network_added", {.users = {"alice"}, .source = PC, .says = {"as one on"}}},
    {"2029",
     "2029_network",
     {.severity = SEVERITY_HIGH,
      .count = 3,
      .source = PC,
      .destination = "DC1",
      .says = {"replication source added", "taken away again", "turned to it"}}},
    {"2411",
     "2411_attack",
     {.severity = SEVERITY_HIGH, .source = PC, .destination = "DC1", .says = {"credential of zeros", "Then it set a machine's password"}}},
    {"2411", "2411_sealed", {.source = PC, .says = {"97 times", "one right after the other", "Then it set"}}},
    {"2416",
     "2416_attack",
     {.severity = SEVERITY_HIGH, .count = 2, .users = {"alice"}, .source = PC, .says = {"\\\\10.0.0.66\\share\\x", "EfsRpcEncryptFileSrv"}}},
};

static const struct row quiet[] = {
    {"2006", "2006_network_benign", {0}}, {"2012", "2012_network_benign", {0}}, {"2019", "2019_network_benign", {0}},
    {"2020", "2020_network_benign", {0}}, {"2021", "2021_network_benign", {0}}, {"2021", "2021_network_own", {0}}, {"2026", "2026_network_benign", {0}},
    {"2028", "2028_network_benign", {0}}, {"2029", "2029_network_benign", {0}}, {"2411", "2411_benign", {0}},
    {"2416", "2416_benign", {0}},         {"2006", "2029_network_pull", {0}},
};

static const char *path(const char *fixture)
{
    static char text[128];
    (void)snprintf(text, sizeof text, "fixtures/detect/%s.ndjson", fixture);
    return text;
}

static void raised(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        print_message("%s\n", attacks[i].fixture);
        expect_one(attacks[i].id, path(attacks[i].fixture), &over, &attacks[i].x);
    }
}

static void not_raised(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) {
        print_message("%s\n", quiet[i].fixture);
        expect_number(quiet[i].id, path(quiet[i].fixture), &over, 0);
    }
}

/* Without the learning period nothing of SAMR is raised. */
static void still_learning(void **state)
{
    static const struct replay_setup fresh = {.dcs = {"DC1=10.0.0.10"}};
    (void)state;
    expect_number("2021", path("2021_network_list"), &fresh, 0);
}

/* Where the directory has the computer as something else, one pull is enough. */
static void pulled_from_another_computer(void **state)
{
    static const struct replay_setup directory = {.directory = "fixtures/detect/corp_directory.json", .learned = true};
    static const struct expect x = {
        .severity = SEVERITY_HIGH, .count = 1, .source = "FS1", .destination = "DC1", .says = {"FS1 (10.0.0.30)", "was replicated from"}};
    (void)state;
    expect_one("2029", path("2029_network_pull"), &directory, &x);
    expect_number("2029", path("2029_network_pull"), &over, 0);
    expect_number("2029", path("2029_network_benign"), &directory, 0);
}

/* Events 4928 and 4929 name the computer, the network its address: the directory knows that they are one. */
static void shadow_in_events_and_on_the_network(void **state)
{
    static const struct replay_setup directory = {.directory = "fixtures/detect/corp_directory.json", .learned = true};
    static const struct expect x = {.severity = SEVERITY_HIGH, .count = 5, .source = "PC1", .destination = "DC1", .says = {"PC1"}};
    (void)state;
    expect_one("2029", path("2029_both"), &directory, &x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(raised), cmocka_unit_test(not_raised), cmocka_unit_test(still_learning),
                                       cmocka_unit_test(pulled_from_another_computer), cmocka_unit_test(shadow_in_events_and_on_the_network)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
