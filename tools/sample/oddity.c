/* tools/sample/oddity.c - mistyped passwords, scanners, clean-ups, travel, renamed people: benign, and written down. */
#include "tools/sample/oddity.h"

#include "tools/sample/acct.h"
#include "tools/sample/life.h"
#include "tools/sample/win.h"

#include <stdio.h>

struct scene { /* who does it, when, from which address inside */
    const struct person *p;
    int64_t t;
    uint32_t ip;
};

static void say(struct world *w, const struct scene *s, const char *oddity, const char *what)
{
    truth_benign(w->truth, s->t, oddity, s->p->who.sam, what);
}

static const struct person *admin(const struct world *w)
{
    return &w->org.people[w->org.server_admin];
}

static struct session at_desk(struct world *w, const struct scene *s)
{
    return life_session(w, s->p, false);
}

static void mistyped(struct world *w, const struct scene *s)
{
    say(w, s, "mistyped password", "four wrong passwords, then the right one");
    for (int i = 0; i < 4; i++)
        win_preauth_failed(w, s->t + i * 8 * TIME_SECOND, org_dc(s->p->site), &s->p->who, s->ip, KDC_PREAUTH_FAILED);
    win_tgt(w, s->t + 50 * TIME_SECOND, org_dc(s->p->site), &s->p->who, s->ip, ETYPE_AES256);
}

static void locked_out(struct world *w, const struct scene *s)
{
    int dc = org_dc(s->p->site);
    say(w, s, "locked account", "back from holidays; locked, then unlocked by the help desk");
    for (int i = 0; i < 6; i++)
        win_preauth_failed(w, s->t + i * 9 * TIME_SECOND, dc, &s->p->who, s->ip, KDC_PREAUTH_FAILED);
    acct_locked(w, s->t + TIME_MINUTE, dc, &s->p->who, w->org.hosts[s->p->host].name);
    win_preauth_failed(w, s->t + 2 * TIME_MINUTE, dc, &s->p->who, s->ip, KDC_REVOKED);
    acct_changed(w, s->t + 12 * TIME_MINUTE, dc, 4767, &admin(w)->adm, &s->p->who);
    win_tgt(w, s->t + 14 * TIME_MINUTE, dc, &s->p->who, s->ip, ETYPE_AES256);
}

static void scanner(struct world *w, const struct scene *s)
{
    const struct service *svc = &w->org.services[SVC_SCAN];
    truth_benign(w->truth, s->t, "vulnerability scan", svc->who.sam, "failed logons on every server from PAR-SCAN1");
    for (int h = DC1; h <= SQL1; h++) {
        struct logon l = {.host = h, .who = &svc->who, .type = 3, .ntlm = true, .ip = w->org.hosts[SCAN1].ip, .client = "PAR-SCAN1"};
        for (int i = 0; i < 3; i++)
            win_logon_failed(w, s->t + h * TIME_MINUTE + i * TIME_SECOND, &l, NT_WRONG_PASSWORD);
        win_ntlm(w, s->t + h * TIME_MINUTE, DC1, svc->who.sam, "PAR-SCAN1", NT_WRONG_PASSWORD);
    }
}

static void copier(struct world *w, const struct scene *s)
{
    const struct service *svc = &w->org.services[SVC_PRINT];
    struct logon l = {.host = FS1, .who = &svc->who, .type = 3, .ntlm = true, .ip = w->org.hosts[PRINT1].ip + 40, .client = "COPIER-2F"};
    truth_benign(w->truth, s->t, "copier scans to folder", svc->who.sam, "NTLM from an address without a computer account");
    for (int i = 0; i < 5; i++) {
        win_ntlm(w, s->t + i * 3 * TIME_MINUTE, DC1, svc->who.sam, "COPIER-2F", 0);
        win_logon(w, s->t + i * 3 * TIME_MINUTE + TIME_MS, &l);
    }
}

static void expired(struct world *w, const struct scene *s)
{
    struct logon l = {.host = s->p->host, .who = &s->p->who, .type = 2};
    say(w, s, "expired account", "a contract renewed late: logons refused for an hour");
    for (int i = 0; i < 4; i++) {
        win_preauth_failed(w, s->t + i * 15 * TIME_MINUTE, org_dc(s->p->site), &s->p->who, s->ip, KDC_REVOKED);
        win_logon_failed(w, s->t + i * 15 * TIME_MINUTE, &l, NT_EXPIRED);
    }
}

static void old_password(struct world *w, const struct scene *s)
{
    say(w, s, "telephone with the old password", "mail client repeats one wrong password every 30 minutes");
    for (int i = 0; i < 8; i++)
        win_ntlm(w, s->t + i * 30 * TIME_MINUTE, org_dc(s->p->site), s->p->who.sam, "MAILGW", NT_WRONG_PASSWORD);
}

static void new_laptop(struct world *w, const struct scene *s)
{
    const struct host *h = &w->org.hosts[s->p->host];
    struct session c = at_desk(w, s);
    say(w, s, "new laptop", "computer account reset, first logon, another browser");
    acct_computer(w, s->t, DC1, &admin(w)->adm, h);
    win_tgt(w, s->t + TIME_MINUTE, org_dc(s->p->site), &h->who, s->ip + 7, ETYPE_AES256);
    win_tgt(w, s->t + 2 * TIME_MINUTE, org_dc(s->p->site), &s->p->who, s->ip + 7, ETYPE_AES256);
    c.agent = (uint8_t)(s->p->desktop + 1);
    cloud_signin(w, s->t + 5 * TIME_MINUTE, &c, 0);
}

static void role_change(struct world *w, const struct scene *s)
{
    enum dept d = (enum dept)((s->p->dept + 1) % DEPTS);
    struct who from = {"", w->org.first_group + (uint32_t)s->p->dept}, to = {"", w->org.first_group + (uint32_t)d};
    snprintf(from.sam, sizeof from.sam, "%s", org_dept(s->p->dept));
    snprintf(to.sam, sizeof to.sam, "%s", org_dept(d));
    say(w, s, "new role", "moved between the groups of two departments in office hours");
    acct_member(w, s->t, DC1, &admin(w)->adm, &(struct member){4729, &s->p->who, &from});
    acct_member(w, s->t + TIME_MINUTE, DC1, &admin(w)->adm, &(struct member){4728, &s->p->who, &to});
    acct_attribute(w, s->t + 2 * TIME_MINUTE, DC1, &admin(w)->adm,
                   &(struct attribute){"CN=colleague,OU=Accounts," ORG_BASE, "user", "department", "2.5.5.12", org_dept(d)});
}

static void renamed(struct world *w, const struct scene *s)
{
    char old[48];
    snprintf(old, sizeof old, "%.20s-maiden", s->p->who.sam);
    say(w, s, "renamed person", "account renamed after a wedding");
    acct_renamed(w, s->t, DC1, &admin(w)->adm, &s->p->who, old);
    acct_values(w, s->t + TIME_MS, DC1, 4738, &admin(w)->adm, &s->p->who);
}

static void planned_service(struct world *w, const struct scene *s)
{
    int host = rng_chance(&w->rng, 70) ? FS1 : DC2;
    truth_benign(w->truth, s->t, "planned installation", admin(w)->adm.sam, "monitoring agent installed as a service");
    win_logon(w, s->t, &(struct logon){.host = host, .who = &admin(w)->adm, .type = 10, .admin = true,
                                       .ip = w->org.hosts[admin(w)->host].ip, .length = 20 * TIME_MINUTE});
    win_service(w, s->t + 4 * TIME_MINUTE, host, &admin(w)->adm, "Aurelia Monitoring Agent",
                "\"C:\\Program Files\\Aurelia\\Monitoring\\agent.exe\" --service");
    win_service_state(w, s->t + 5 * TIME_MINUTE, host, "Aurelia Monitoring Agent", "running");
    win_task(w, s->t + 6 * TIME_MINUTE, host, &admin(w)->adm, "\\Aurelia\\Inventory", "C:\\Program Files\\Aurelia\\inventory.exe");
}

static void inventory(struct world *w, const struct scene *s)
{
    const struct service *svc = &w->org.services[SVC_MONITOR];
    char sid[64];
    struct logon l = {.host = DC1, .who = &svc->who, .type = 3, .ip = w->org.hosts[APP1].ip, .length = TIME_MINUTE};
    truth_benign(w->truth, s->t, "licence inventory", svc->who.sam, "reads members of groups over SAMR, always from PAR-APP1");
    uint64_t id = win_logon(w, s->t, &l);
    win_share_file(w, s->t + TIME_SECOND, &l, id, "IPC$", "samr");
    for (uint32_t i = 0; i < 6; i++)
        win_sam(w, s->t + 2 * TIME_SECOND + i * TIME_MS, DC1, &svc->who, id, "SAM_GROUP",
                org_sid(&w->org, w->org.first_group + i, sid));
}

static void leaver_device(struct world *w, const struct scene *s)
{
    say(w, s, "disabled for a day", "account disabled by mistake, its mail client keeps trying, enabled again");
    acct_changed(w, s->t, DC1, 4725, &admin(w)->adm, &s->p->who);
    for (int i = 1; i < 6; i++)
        win_ntlm(w, s->t + i * 10 * TIME_MINUTE, DC1, s->p->who.sam, "MAILGW", NT_DISABLED);
    acct_changed(w, s->t + TIME_HOUR, DC1, 4722, &admin(w)->adm, &s->p->who);
}

static void temporary_account(struct world *w, const struct scene *s)
{
    struct who guest = {"", 20000u + (uint32_t)w->day * 16u + rng_below(&w->rng, 16)};
    snprintf(guest.sam, sizeof guest.sam, "tmp-training%02u", rng_below(&w->rng, 90));
    truth_benign(w->truth, s->t, "training account", guest.sam, "made in the morning, deleted in the evening");
    acct_values(w, s->t, DC1, 4720, &admin(w)->adm, &guest);
    acct_changed(w, s->t + TIME_MS, DC1, 4722, &admin(w)->adm, &guest);
    acct_changed(w, s->t + 6 * TIME_HOUR, DC1, 4726, &admin(w)->adm, &guest);
}

static void staging(struct world *w, const struct scene *s)
{
    truth_benign(w->truth, s->t, "log cleared", admin(w)->adm.sam, "own test computer set up anew, its log cleared");
    win_log_cleared(w, s->t, admin(w)->host, &admin(w)->adm);
}

/* ---- in the cloud ---- */

static void many_files(struct world *w, const struct scene *s, const char *operation, int count)
{
    struct session c = at_desk(w, s);
    char file[48];
    for (int i = 0; i < count; i++)
        cloud_file(w, s->t + i * 9 * TIME_SECOND, &c, operation, org_dept(s->p->dept), life_document(w, file));
}

static void quarter_end(struct world *w, const struct scene *s)
{
    say(w, s, "closing of the books", "some 70 files of the own department downloaded");
    many_files(w, s, "FileDownloaded", rng_between(&w->rng, 50, 80));
}

static void reorganisation(struct world *w, const struct scene *s)
{
    say(w, s, "reorganised folders", "some 100 files moved");
    many_files(w, s, "FileMoved", rng_between(&w->rng, 80, 120));
}

static void clean_up(struct world *w, const struct scene *s)
{
    struct session c = at_desk(w, s);
    say(w, s, "mailbox clean-up", "some 100 messages deleted");
    for (int i = rng_between(&w->rng, 80, 120); i > 0; i--)
        cloud_mail(w, s->t + i * 5 * TIME_SECOND, &c, i % 3 ? "SoftDelete" : "MoveToDeletedItems", "Newsletter");
}

static void tidy_rule(struct world *w, const struct scene *s)
{
    struct session c = at_desk(w, s);
    say(w, s, "rule for newsletters", "rule that moves newsletters to a folder");
    cloud_rule(w, s->t, &c, "Newsletters",
               "[{\"Name\":\"Name\",\"Value\":\"Newsletters\"},{\"Name\":\"From\",\"Value\":\"news@optics-review.example\"},{\"Name\":"
               "\"MoveToFolder\",\"Value\":\"Newsletters\"},{\"Name\":\"StopProcessingRules\",\"Value\":\"True\"}]");
}

static void holiday_forward(struct world *w, const struct scene *s)
{
    struct session c = at_desk(w, s);
    char parameters[256];
    snprintf(parameters, sizeof parameters,
             "[{\"Name\":\"Name\",\"Value\":\"Holiday\"},{\"Name\":\"ForwardTo\",\"Value\":\"%s\"}]",
             w->org.people[s->p->manager].upn);
    say(w, s, "holiday forwarding", "mail forwarded to the manager, inside the organisation");
    cloud_rule(w, s->t, &c, "Holiday", parameters);
}

static void vpn_exit(struct world *w, const struct scene *s)
{
    struct session here = at_desk(w, s), far = here;
    bool france = s->p->site <= LYON;
    far.ip = org_egress(france ? NEW_YORK : PARIS);
    far.country = france ? "US" : "FR";
    far.city = france ? "New York" : "Paris";
    say(w, s, "VPN exit of the other office", "two sign-ins across the Atlantic within minutes, both company addresses");
    cloud_signin(w, s->t, &here, 0);
    cloud_signin(w, s->t + 9 * TIME_MINUTE, &far, 0);
}

static void trip(struct world *w, const struct scene *s)
{
    /* DE (Telekom), GB (BT), ES (Telefonica): where sales people go all the time */
    static const struct {
        uint32_t ip;
        const char *country, *city;
    } hotel[] = {{0x54870a14u, "DE", "Frankfurt am Main"}, {0x568c0a1eu, "GB", "London"}, {0x53280a28u, "ES", "Madrid"}};
    uint32_t k = rng_below(&w->rng, 3);
    const struct person *p = s->p->travels ? s->p : &w->org.people[w->org.traveller];
    struct session c = cloud_session(w, p, hotel[k].ip + rng_below(&w->rng, 200), true);
    int64_t evening = world_at(w, p->site, 22 * 60 + 30); /* a flight after the day at the office */
    c.country = hotel[k].country;
    c.city = hotel[k].city;
    truth_benign(w->truth, evening, "business trip", p->who.sam, "sign-in from a hotel abroad in the evening");
    cloud_signin(w, evening, &c, 0);
    cloud_mail(w, evening + TIME_MINUTE, &c, "MailItemsAccessed", "");
}

static void strong_authentication(struct world *w, const struct scene *s)
{
    struct session c = at_desk(w, s);
    say(w, s, "second factor not answered", "telephone in the other room: three prompts, then success");
    for (int i = 0; i < 3; i++)
        cloud_signin(w, s->t + i * TIME_MINUTE, &c, 50074);
    cloud_signin(w, s->t + 4 * TIME_MINUTE, &c, 0);
}

static void agency(struct world *w, const struct scene *s)
{
    struct session c = at_desk(w, s);
    char file[48];
    say(w, s, "shared with an agency", "six documents shared with the advertising agency");
    for (int i = 0; i < 6; i++)
        cloud_share(w, s->t + i * TIME_MINUTE, &c, life_document(w, file), "studio@agency.example");
}

static void planned_role(struct world *w, const struct scene *s)
{
    struct scene own = *s;
    own.p = admin(w);
    struct session c = life_session(w, own.p, false);
    truth_benign(w->truth, s->t, "planned role", own.p->who.sam, "Reports Reader given to a colleague after a ticket");
    cloud_change(w, s->t, &c, &(struct change){"Add member to role.", "RoleManagement", "Add member to role", s->p->upn, s->p->cloud,
                                               "User", "Role.DisplayName", "Reports Reader"});
}

static void test_machines(struct world *w, const struct scene *s)
{
    uint32_t ip = org_egress(s->p->site);
    const struct person *p = s->p->aws ? s->p : admin(w);
    truth_benign(w->truth, s->t, "load test", p->who.sam, "four test machines started and terminated");
    for (int i = 0; i < 4; i++) {
        struct call c = {OUT_AWS_PARIS, p->who.sam, ip, "aws-cli/2.15.4 Python/3.11.6 Windows/10 exe/AMD64", "ec2.amazonaws.com",
                         "RunInstances", "{\"instanceType\":\"t3.micro\"}", NULL};
        cloud_call(w, s->t + i * TIME_MINUTE, &c);
        c.name = "TerminateInstances";
        c.request = NULL;
        cloud_call(w, s->t + (40 + i) * TIME_MINUTE, &c);
    }
}

static void (*const scenes[])(struct world *, const struct scene *) = {
    mistyped,   locked_out,    copier,          expired,         old_password,  new_laptop,   role_change,  renamed,
    scanner,    inventory,     planned_service, leaver_device,   quarter_end,   clean_up,     reorganisation, tidy_rule,
    vpn_exit,   trip,          strong_authentication, agency,    planned_role,  test_machines, holiday_forward, temporary_account,
    staging};
enum { SCENES = sizeof scenes / sizeof *scenes };

/* Somebody who is at work; on a Sunday perhaps nobody is, then somebody who is still employed. */
static const struct person *somebody(struct world *w)
{
    const struct person *p = &w->org.people[0];
    for (int i = 0; i < 60; i++) {
        p = &w->org.people[rng_below(&w->rng, (uint32_t)w->org.npeople)];
        bool cast = p->number == w->org.victim || p->number == w->org.insider || p->number == w->org.help_desk;
        if (!cast && (life_works(w, p) || (i > 40 && org_employed(p, w->day))))
            break;
    }
    return p;
}

void oddity_day(struct world *w, int count)
{
    for (int i = 0; i < count; i++) {
        w->rng = rng_for(w->org.seed, 60, (uint64_t)w->day * 100000 + (uint64_t)i);
        struct scene s = {.p = somebody(w)};
        s.t = world_at(w, s.p->site, s.p->start + 30 + (int)rng_below(&w->rng, (uint32_t)s.p->length - 90));
        s.ip = w->org.hosts[s.p->host].ip;
        scenes[(w->day * 7 + i) % SCENES](w, &s);
    }
}
