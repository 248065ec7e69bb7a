/* tools/sample/attack.c - from a password spray to the loss of the domain and the cloud, in five days. */
#include "tools/sample/attack.h"

#include "tools/sample/acct.h"
#include "tools/sample/life.h"
#include "tools/sample/win.h"

#include <stdio.h>

/* Viet Nam (VNPT): nobody of the organisation was ever there. */
#define FOREIGN_IP 0x71a10c22u /* 113.161.12.34 */
/* An unknown machine on the VPN's pool. */
#define INTRUDER_IP 0x0a63c84du /* 10.99.200.77 */
#define INTRUDER "DESKTOP-7QK2MVT"

static const struct who new_admin = {"svc-update2", 9731}, domain_admins = {"Domain Admins", RID_DOMAIN_ADMINS};

int attack_first(const struct org *o)
{
    for (int day = o->days - 5; day > 0; day--)
        if (org_weekday(o, day) == 0)
            return day;
    return o->days > 5 ? o->days - 5 : 0;
}

static int64_t paris(struct world *w, int hour, int minute)
{
    return world_at(w, PARIS, hour * 60 + minute);
}

static const struct person *victim(const struct world *w)
{
    return &w->org.people[w->org.victim];
}

static const struct who *admin(const struct world *w)
{
    return &w->org.people[w->org.help_desk].adm;
}

static uint32_t victim_ip(const struct world *w)
{
    return w->org.hosts[victim(w)->host].ip;
}

static void say(struct world *w, int64_t t, const char *step, const char *who, const char *what, const char *expected)
{
    truth_attack(w->truth, t, step, who, what, expected);
}

/* ---- Monday: finding a password ---- */

static void spray_round(struct world *w, int64_t t, int round)
{
    for (int i = 0; i < w->org.npeople && i < 70; i++) {
        const struct person *p = &w->org.people[i];
        int64_t at = t + i * 4 * TIME_SECOND;
        if (round == 2 && p == victim(w))
            continue;
        if (round == 1)
            win_ntlm(w, at, DC1, p->who.sam, INTRUDER, NT_WRONG_PASSWORD);
        else
            win_preauth_failed(w, at, DC1, &p->who, INTRUDER_IP, KDC_PREAUTH_FAILED);
    }
}

static void guess_names(struct world *w, int64_t t)
{
    static const char *const name[] = {"admin",   "backup", "test",   "scanner", "sales",  "info",   "helpdesk", "sqlservice", "web",
                                       "printer", "guest1", "intern", "reception", "oracle", "jenkins", "vpn",     "ldap",       "root"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        win_tgt_failed(w, t + (int64_t)i * 3 * TIME_SECOND, DC1, name[i], INTRUDER_IP, KDC_UNKNOWN);
}

static void monday(struct world *w)
{
    int64_t t = paris(w, 21, 40);
    say(w, t, "account enumeration", INTRUDER, "18 names that do not exist asked of PAR-DC1", "2003");
    guess_names(w, t);
    t = paris(w, 22, 5);
    say(w, t, "password spray, round 1", INTRUDER, "one password on 70 accounts, Kerberos", "2023");
    spray_round(w, t, 0);
    t += 35 * TIME_MINUTE;
    say(w, t, "password spray, round 2", INTRUDER, "one password on 70 accounts, NTLM", "2023");
    spray_round(w, t, 1);
    t += 35 * TIME_MINUTE;
    say(w, t, "password spray, round 3", victim(w)->who.sam, "one password on 70 accounts; one success", "2023");
    spray_round(w, t, 2);
    win_tgt(w, t + 5 * TIME_MINUTE, DC1, &victim(w)->who, INTRUDER_IP, ETYPE_AES256);
}

/* ---- Tuesday: the mailbox and the files ---- */

static struct session foreign(struct world *w, const struct person *p)
{
    struct session s = cloud_session(w, p, FOREIGN_IP, false);
    s.agent = 2;
    s.country = "VN";
    s.city = "Ho Chi Minh City";
    return s;
}

static void tuesday(struct world *w)
{
    const struct person *p = victim(w);
    struct session here = cloud_session(w, p, org_egress(PARIS), false), s = foreign(w, p);
    int64_t t = paris(w, 10, 2);
    char file[48];
    cloud_signin(w, t, &here, 0);
    t += 14 * TIME_MINUTE;
    say(w, t, "foreign sign-in", p->who.sam, "from Viet Nam, 14 minutes after the office in Paris", "impossible_travel");
    say(w, t, "new country", p->who.sam, "nobody was ever in Viet Nam", "infrequent_country");
    cloud_signin(w, t, &s, 0);
    for (int i = 0; i < 120; i++)
        cloud_mail(w, t + 3 * TIME_MINUTE + i * 4 * TIME_SECOND, &s, "MailItemsAccessed", "");
    t += 15 * TIME_MINUTE;
    say(w, t, "hiding rule", p->who.sam, "rule that deletes and marks as read what security writes", "inbox_manipulation");
    cloud_rule(w, t, &s, "..",
               "[{\"Name\":\"Name\",\"Value\":\"..\"},{\"Name\":\"SubjectOrBodyContainsWords\",\"Value\":\"security;password;phish;invoice\"},"
               "{\"Name\":\"DeleteMessage\",\"Value\":\"True\"},{\"Name\":\"MarkAsRead\",\"Value\":\"True\"}]");
    t += TIME_MINUTE;
    say(w, t, "forwarding rule", p->who.sam, "rule that forwards all mail to a private address", "inbox_forwarding");
    cloud_rule(w, t, &s, "a",
               "[{\"Name\":\"Name\",\"Value\":\"a\"},{\"Name\":\"ForwardTo\",\"Value\":\"collector@mailbox.example\"},{\"Name\":"
               "\"StopProcessingRules\",\"Value\":\"True\"}]");
    t += 5 * TIME_MINUTE;
    say(w, t, "mass download", p->who.sam, "260 files in 22 minutes", "unusual_download");
    for (int i = 0; i < 260; i++)
        cloud_file(w, t + i * 5 * TIME_SECOND, &s, "FileDownloaded", org_dept((enum dept)(i % DEPTS)), life_document(w, file));
}

/* ---- Wednesday: inside the network, from the victim's computer ---- */

static void reconnaissance(struct world *w, int64_t t)
{
    const struct person *p = victim(w);
    char sid[64];
    struct logon l = {.host = DC1, .who = &p->who, .type = 3, .ip = victim_ip(w), .length = 10 * TIME_MINUTE};
    uint64_t id = win_logon(w, t, &l);
    say(w, t, "group enumeration", p->who.sam, "SAMR queries of all groups and the privileged ones on PAR-DC1", "2021");
    win_share_file(w, t + TIME_SECOND, &l, id, "IPC$", "samr");
    win_sam(w, t + 2 * TIME_SECOND, DC1, &p->who, id, "SAM_DOMAIN", ORG_BASE);
    static const uint32_t groups[] = {512, 518, 519, 520, 516};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        win_sam(w, t + (3 + (int64_t)i) * TIME_SECOND, DC1, &p->who, id, "SAM_GROUP", org_sid(&w->org, groups[i], sid));
    for (int i = 0; i < 30 && i < w->org.npeople; i++)
        win_sam(w, t + (10 + i) * TIME_SECOND, DC1, &p->who, id, "SAM_USER", org_sid(&w->org, w->org.people[i].who.rid, sid));
    say(w, t + TIME_MINUTE, "session enumeration", p->who.sam, "who is logged on where, asked of both controllers", "2012");
    win_share(w, t + TIME_MINUTE, &l, id, "IPC$");
    win_share_file(w, t + TIME_MINUTE + TIME_SECOND, &l, id, "IPC$", "srvsvc");
    l.host = DC2;
    id = win_logon(w, t + 70 * TIME_SECOND, &l);
    win_share_file(w, t + 72 * TIME_SECOND, &l, id, "IPC$", "srvsvc");
}

static void borrowed_hash(struct world *w, int64_t t)
{
    const struct person *p = victim(w);
    const char *client = w->org.hosts[p->host].name;
    say(w, t, "pass the hash", admin(w)->sam, "NTLM logons to PAR-APP1 and PAR-FS1 from the victim's computer", "2017");
    win_new_credentials(w, t, &(struct logon){.host = p->host, .who = &p->who, .type = 9}, admin(w));
    for (int i = 0; i < 2; i++) {
        struct logon l = {.host = i ? FS1 : APP1, .who = admin(w), .type = 3, .ntlm = true, .admin = true, .ip = victim_ip(w),
                          .client = client, .length = 20 * TIME_MINUTE};
        t += 40 * TIME_SECOND;
        win_ntlm(w, t, DC1, admin(w)->sam, client, 0);
        uint64_t id = win_logon(w, t + 100 * TIME_MS, &l);
        win_share(w, t + 200 * TIME_MS, &l, id, "C$");
    }
    t += 9 * TIME_MINUTE;
    say(w, t, "overpass the hash", admin(w)->sam, "RC4 ticket for an account that always used AES", "2008");
    win_tgt(w, t, DC1, admin(w), victim_ip(w), ETYPE_RC4);
    win_ticket(w, t + TIME_SECOND, DC1, admin(w)->sam, &w->org.hosts[DC1].who, victim_ip(w), ETYPE_AES256);
}

static void remote_service(struct world *w, int64_t t)
{
    struct logon l = {.host = DC1, .who = admin(w), .type = 3, .admin = true, .ip = victim_ip(w), .length = 15 * TIME_MINUTE};
    uint64_t id = win_logon(w, t, &l);
    say(w, t, "remote execution", admin(w)->sam, "service made and started on PAR-DC1 over the network", "2019");
    win_share(w, t + TIME_SECOND, &l, id, "ADMIN$");
    win_share_file(w, t + 2 * TIME_SECOND, &l, id, "ADMIN$", "qzkvbwtr.exe");
    win_share_file(w, t + 3 * TIME_SECOND, &l, id, "IPC$", "svcctl");
    say(w, t + 4 * TIME_SECOND, "odd service", admin(w)->sam, "service with a random name that runs a command", "2026");
    win_service(w, t + 4 * TIME_SECOND, DC1, admin(w), "qzkvbwtr",
                "%COMSPEC% /Q /c echo whoami ^> \\\\127.0.0.1\\ADMIN$\\Temp\\out.txt > C:\\Windows\\Temp\\qzkvbwtr.bat");
    win_service_state(w, t + 5 * TIME_SECOND, DC1, "qzkvbwtr", "running");
    win_process(w, t + 6 * TIME_SECOND, DC1, &win_system, "C:\\Windows\\System32\\cmd.exe", "cmd.exe /Q /c whoami");
}

static void wednesday(struct world *w)
{
    reconnaissance(w, paris(w, 9, 40));
    borrowed_hash(w, paris(w, 11, 5));
    remote_service(w, paris(w, 14, 20));
}

/* ---- Thursday: the domain, then the cloud ---- */

static void domain_lost(struct world *w)
{
    int64_t t = paris(w, 9, 15);
    struct logon l = {.host = DC1, .who = admin(w), .type = 3, .admin = true, .ip = victim_ip(w), .length = 5 * TIME_MINUTE};
    say(w, t, "DCSync", admin(w)->sam, "replication of all secrets to a workstation", "2006");
    win_replicate(w, t + TIME_SECOND, DC1, admin(w), win_logon(w, t, &l));
    t = paris(w, 10, 30);
    say(w, t, "golden ticket", "dbackupadm", "service tickets for a name that does not exist", "2027");
    static const struct who nobody = {"dbackupadm", RID_ADMINISTRATOR};
    static const int targets[] = {DC1, FS1, SQL1};
    for (int i = 0; i < 3; i++) {
        win_ticket(w, t + i * TIME_MINUTE, DC1, nobody.sam, &w->org.hosts[targets[i]].who, victim_ip(w), ETYPE_AES256);
        l = (struct logon){.host = targets[i], .who = &nobody, .type = 3, .admin = true, .ip = victim_ip(w)};
        uint64_t id = win_logon(w, t + i * TIME_MINUTE + TIME_SECOND, &l);
        win_share(w, t + i * TIME_MINUTE + 2 * TIME_SECOND, &l, id, "C$");
    }
    t = paris(w, 10, 50);
    say(w, t, "new domain administrator", admin(w)->sam, "svc-update2 made and added to Domain Admins", "2024");
    acct_values(w, t, DC1, 4720, admin(w), &new_admin);
    acct_changed(w, t + TIME_MS, DC1, 4722, admin(w), &new_admin);
    acct_changed(w, t + 2 * TIME_MS, DC1, 4724, admin(w), &new_admin);
    acct_member(w, t + 20 * TIME_SECOND, DC1, admin(w), &(struct member){4728, &new_admin, &domain_admins});
}

static void cloud_lost(struct world *w)
{
    const struct person *p = &w->org.people[w->org.help_desk];
    struct session s = foreign(w, p);
    int64_t t = paris(w, 22, 10);
    say(w, t, "foreign administrator", p->who.sam, "administrator's sign-in from Viet Nam, then administration", "new_admin_location");
    cloud_signin(w, t, &s, 0);
    t += 4 * TIME_MINUTE;
    say(w, t, "new global administrator", p->who.sam, "svc-cloudsync created and made Global Administrator", "new_admin");
    cloud_change(w, t, &s, &(struct change){"Add user.", "UserManagement", "Add user", "svc-cloudsync@" ORG_MAIL,
                                            "3f0a5d1c-77b1-4c0e-9a64-0c5b1d2e3f40", "User", NULL, NULL});
    cloud_change(w, t + TIME_MINUTE, &s,
                 &(struct change){"Add member to role.", "RoleManagement", "Add member to role", "svc-cloudsync@" ORG_MAIL,
                                  "3f0a5d1c-77b1-4c0e-9a64-0c5b1d2e3f40", "User", "Role.DisplayName", "Global Administrator"});
    t += 5 * TIME_MINUTE;
    say(w, t, "application credential", p->who.sam, "a secret added to the application Intranet Sync", "app_credential_added");
    cloud_change(w, t, &s, &(struct change){"Add service principal credentials.", "ApplicationManagement",
                                            "Add service principal credentials", "Intranet Sync",
                                            "b1c2d3e4-0f1a-4b2c-8d3e-4f5a6b7c8d9e", "ServicePrincipal", "KeyDescription",
                                            "KeyType=Password,DisplayName=sync2"});
    t += 6 * TIME_MINUTE;
    say(w, t, "trail stopped", p->who.sam, "CloudTrail " ORG_TRAIL " stopped", "audit_logging_disabled");
    cloud_console(w, t - TIME_MINUTE, p, FOREIGN_IP, true);
    cloud_call(w, t, &(struct call){OUT_AWS_VIRGINIA, p->who.sam, FOREIGN_IP, org_agent(2, false), "cloudtrail.amazonaws.com",
                                    "StopLogging", "{\"name\":\"" ORG_TRAIL "\"}", NULL});
    t += 5 * TIME_MINUTE;
    say(w, t, "mass administration", p->who.sam, "passwords of 60 colleagues reset in 15 minutes", "unusual_admin");
    for (int i = 0; i < 60 && i < w->org.npeople; i++)
        cloud_change(w, t + i * 15 * TIME_SECOND, &s,
                     &(struct change){"Reset user password.", "UserManagement", "Reset user password", w->org.people[i].upn,
                                      w->org.people[i].cloud, "User", NULL, NULL});
}

/* ---- the colleague who leaves ---- */

static void insider(struct world *w, int evening)
{
    const struct person *p = &w->org.people[w->org.insider];
    struct session s = cloud_session(w, p, p->home_ip, false);
    int64_t t = world_at(w, LYON, 21 * 60 + 15);
    char file[48];
    cloud_signin(w, t, &s, 0);
    t += 3 * TIME_MINUTE;
    if (evening == 0) {
        say(w, t, "insider takes files", p->who.sam, "420 files of other departments in an evening", "unusual_download");
        for (int i = 0; i < 420; i++)
            cloud_file(w, t + i * 6 * TIME_SECOND, &s, "FileDownloaded", org_dept((enum dept)(i % DEPTS)), life_document(w, file));
        return;
    }
    say(w, t, "insider shares files", p->who.sam, "80 files shared with a private address and by public links", "unusual_share");
    for (int i = 0; i < 80; i++)
        cloud_share(w, t + i * 8 * TIME_SECOND, &s, life_document(w, file), i % 4 ? "keepsake@mailbox.example" : NULL);
    t += 20 * TIME_MINUTE;
    say(w, t, "insider deletes files", p->who.sam, "150 files deleted", "unusual_delete");
    for (int i = 0; i < 150; i++)
        cloud_file(w, t + i * 3 * TIME_SECOND, &s, "FileDeleted", org_dept(p->dept), life_document(w, file));
}

void attack_day(struct world *w, int number)
{
    w->rng = rng_for(w->org.seed, 50, (uint64_t)number);
    switch (number) {
    case 0:
        monday(w);
        truth_rank(w->truth, victim(w)->who.sam, "password found, mailbox and files taken, computer used");
        truth_rank(w->truth, admin(w)->sam, "account used for lateral movement and for taking the domain");
        truth_rank(w->truth, w->org.people[w->org.help_desk].who.sam, "the same person's cloud account, used against the tenant");
        truth_rank(w->truth, w->org.people[w->org.insider].who.sam, "takes, shares and deletes files before leaving");
        break;
    case 1:
        tuesday(w);
        break;
    case 2:
        wednesday(w);
        insider(w, 0);
        break;
    case 3:
        domain_lost(w);
        cloud_lost(w);
        insider(w, 1);
        break;
    default:
        break;
    }
}
