/* tools/sample/life.c - ordinary days: logons, files, mail, sign-ins, services, replication, patches. */
#include "tools/sample/life.h"

#include "tools/sample/acct.h"
#include "tools/sample/win.h"

#include <stdio.h>

bool life_works(const struct world *w, const struct person *p)
{
    const struct org *o = &w->org;
    if (!org_employed(p, w->day))
        return false;
    if (p->number == o->victim || p->number == o->insider || p->number == o->help_desk || p->number == o->server_admin)
        return org_weekday(o, w->day) < 5;
    struct rng leave = rng_for(o->seed, 30, (uint64_t)(w->day / 7) * 100000 + (uint64_t)p->number);
    if (rng_chance(&leave, 7)) /* a week of leave */
        return false;
    struct rng sick = rng_for(o->seed, 31, (uint64_t)w->day * 100000 + (uint64_t)p->number);
    if (rng_chance(&sick, 3))
        return false;
    return org_weekday(o, w->day) < 5 || (p->weekend && rng_chance(&sick, 50));
}

static bool at_home(const struct world *w, const struct person *p)
{
    struct rng r = rng_for(w->org.seed, 32, (uint64_t)w->day * 100000 + (uint64_t)p->number);
    return p->remote && rng_chance(&r, 35);
}

struct session life_session(struct world *w, const struct person *p, bool mobile)
{
    uint32_t ip = mobile && rng_chance(&w->rng, 60) ? p->mobile_ip
                  : at_home(w, p)                   ? p->home_ip
                                                    : org_egress(p->site);
    return cloud_session(w, p, ip, mobile);
}

const char *life_document(struct world *w, char out[48])
{
    static const char *const what[] = {"Budget", "Forecast", "Minutes", "Contract", "Lens-Spec", "Offer", "Plan", "Report",
                                       "Invoice", "Roadmap", "Survey", "Training"};
    static const char *const type[] = {"docx", "xlsx", "pptx", "pdf"};
    snprintf(out, 48, "%s-%u.%s", what[rng_below(&w->rng, 12)], rng_below(&w->rng, 400), type[rng_below(&w->rng, 4)]);
    return out;
}

/* The address that the own computer has today: the office's network, Wi-Fi now and then, or the VPN's pool. */
static uint32_t inside_ip(struct world *w, const struct person *p)
{
    if (at_home(w, p))
        return 0x0a630000u + 20 + (uint32_t)(p->number * 7 + w->day) % 60000; /* 10.99.0.0/16 */
    return w->org.hosts[p->host].ip + (rng_chance(&w->rng, 10) ? 0x4000u : 0);
}

static int file_server(const struct person *p)
{
    return p->site <= LYON ? FS1 : FS2;
}

/* ---- a person on the domain ---- */

static void morning(struct world *w, const struct person *p, int64_t t, uint32_t ip)
{
    int dc = org_dc(p->site);
    const struct host *own = &w->org.hosts[p->host];
    const int first[] = {p->host, dc, file_server(p), DC1};
    win_tgt(w, t, dc, &own->who, ip, ETYPE_AES256);
    if (rng_chance(&w->rng, 6)) { /* a mistyped password */
        win_preauth_failed(w, t + 20 * TIME_SECOND, dc, &p->who, ip, KDC_PREAUTH_FAILED);
        win_logon_failed(w, t + 20 * TIME_SECOND, &(struct logon){.host = p->host, .who = &p->who, .type = 2}, NT_WRONG_PASSWORD);
    }
    t += 45 * TIME_SECOND;
    win_tgt(w, t, dc, &p->who, ip, ETYPE_AES256);
    for (int i = 0; i < (p->site <= LYON ? 3 : 4); i++)
        win_ticket(w, t + (i + 1) * 150 * TIME_MS, dc, p->who.sam, &w->org.hosts[first[i]].who, ip, ETYPE_AES256);
    win_logon(w, t + TIME_SECOND, &(struct logon){.host = p->host, .who = &p->who, .type = rng_chance(&w->rng, 70) ? 2 : 11,
                                                  .length = p->length * TIME_MINUTE});
    struct logon dir = {.host = dc, .who = &p->who, .type = 3, .ip = ip, .length = 12 * TIME_SECOND};
    uint64_t id = win_logon(w, t + 2 * TIME_SECOND, &dir);
    win_share(w, t + 3 * TIME_SECOND, &dir, id, "SYSVOL");
    struct logon machine = {.host = dc, .who = &own->who, .type = 3, .ip = ip, .length = 8 * TIME_SECOND};
    win_logon(w, t - 20 * TIME_SECOND, &machine);
}

static void file_work(struct world *w, const struct person *p, int64_t t, uint32_t ip)
{
    char file[48], path[96];
    int fs = file_server(p);
    struct logon l = {.host = fs, .who = &p->who, .type = 3, .ip = ip, .ntlm = rng_chance(&w->rng, 5),
                      .client = w->org.hosts[p->host].name, .length = rng_between(&w->rng, 60, 900) * TIME_SECOND};
    if (l.ntlm)
        win_ntlm(w, t, org_dc(p->site), p->who.sam, l.client, 0);
    else
        win_ticket(w, t, org_dc(p->site), p->who.sam, &w->org.hosts[fs].who, ip, ETYPE_AES256);
    uint64_t id = win_logon(w, t + 100 * TIME_MS, &l);
    win_share(w, t + 200 * TIME_MS, &l, id, org_dept(p->dept));
    for (int i = rng_between(&w->rng, 1, 3); i > 0; i--) {
        snprintf(path, sizeof path, "2026\\%s", life_document(w, file));
        win_share_file(w, t + TIME_SECOND + i * TIME_MINUTE / 2, &l, id, org_dept(p->dept), path);
    }
}

static void program_work(struct world *w, const struct person *p, int64_t t)
{
    static const char *const image[] = {"C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE",
                                        "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
                                        "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
                                        "C:\\Windows\\System32\\notepad.exe"};
    const char *program = image[rng_below(&w->rng, 4)];
    win_process(w, t, p->host, &p->who, program, program);
}

static int64_t in_shift(struct world *w, const struct person *p)
{
    int minute = rng_between(&w->rng, 5, p->length - 5), noon = 12 * 60 + 15;
    if (p->start + minute > noon && p->start + minute < noon + 50 && rng_chance(&w->rng, 85))
        minute += 50; /* lunch */
    return world_at(w, p->site, p->start + minute);
}

static void domain_day(struct world *w, const struct person *p, int64_t start)
{
    uint32_t ip = inside_ip(w, p);
    morning(w, p, start, ip);
    for (int i = rng_between(&w->rng, 1, 4); i > 0; i--)
        file_work(w, p, in_shift(w, p), ip);
    for (int i = rng_between(&w->rng, 2, 6); i > 0; i--)
        program_work(w, p, in_shift(w, p));
    if (rng_chance(&w->rng, 40))
        win_ticket(w, in_shift(w, p), org_dc(p->site), p->who.sam, &w->org.services[SVC_WEB].who, ip, ETYPE_AES256);
    if (rng_chance(&w->rng, 25))
        win_ticket(w, in_shift(w, p), org_dc(p->site), p->who.sam, &w->org.hosts[PRINT1].who, ip, ETYPE_AES256);
    if (rng_chance(&w->rng, 30)) { /* unlocking after lunch */
        int64_t t = world_at(w, p->site, 13 * 60 + 10);
        win_tgt(w, t, org_dc(p->site), &p->who, ip, ETYPE_AES256);
        win_logon(w, t + TIME_SECOND, &(struct logon){.host = p->host, .who = &p->who, .type = 7});
    }
    if (rng_chance(&w->rng, 35))
        win_renewal(w, start + 8 * TIME_HOUR, org_dc(p->site), &p->who, ip);
}

/* ---- a person in the cloud ---- */

static void mail_work(struct world *w, const struct session *s, int64_t t)
{
    int roll = (int)rng_below(&w->rng, 100);
    cloud_mail(w, t, s, roll < 55 ? "MailItemsAccessed" : roll < 80 ? "Send" : roll < 92 ? "MoveToDeletedItems" : "SoftDelete",
               "Re: schedule");
}

static void document_work(struct world *w, const struct session *s, int64_t t)
{
    static const char *const operation[] = {"FileAccessed", "FileAccessed", "FileAccessed", "FileModified", "FileModified",
                                            "FilePreviewed", "FileUploaded", "FileDownloaded"};
    char file[48];
    enum dept d = rng_chance(&w->rng, 85) ? s->person->dept : (enum dept)rng_below(&w->rng, DEPTS);
    life_document(w, file);
    cloud_file(w, t, s, operation[rng_below(&w->rng, 8)], org_dept(d), file);
    if (rng_chance(&w->rng, 3))
        cloud_share(w, t + TIME_MINUTE, s, file, w->org.people[rng_below(&w->rng, (uint32_t)w->org.npeople)].upn);
}

static void cloud_day(struct world *w, const struct person *p, int64_t start)
{
    struct session desk = life_session(w, p, false), phone = life_session(w, p, true);
    if (rng_chance(&w->rng, 4))
        cloud_signin(w, start + TIME_MINUTE, &desk, 50126);
    cloud_signin(w, start + 2 * TIME_MINUTE, &desk, 0);
    if (rng_chance(&w->rng, 40))
        cloud_signin(w, in_shift(w, p), &desk, 0);
    if (rng_chance(&w->rng, 50)) {
        int64_t t = world_at(w, p->site, p->start - rng_between(&w->rng, 10, 70));
        cloud_signin(w, t, &phone, 0);
        cloud_mail(w, t + TIME_MINUTE, &phone, "MailItemsAccessed", "");
    }
    for (int i = rng_between(&w->rng, 3, 9); i > 0; i--)
        mail_work(w, &desk, in_shift(w, p));
    for (int i = rng_between(&w->rng, 3, 10); i > 0; i--)
        document_work(w, &desk, in_shift(w, p));
    for (int i = rng_between(&w->rng, 0, 3); i > 0; i--)
        cloud_teams(w, in_shift(w, p), &desk, i == 1 ? "TeamsSessionStarted" : "MessageSent", org_dept(p->dept));
}

static void aws_day(struct world *w, const struct person *p, int64_t start)
{
    static const char *const source[] = {"ec2.amazonaws.com", "s3.amazonaws.com", "ec2.amazonaws.com", "iam.amazonaws.com",
                                         "ec2.amazonaws.com", "rds.amazonaws.com"};
    static const char *const name[] = {"DescribeInstances", "ListBuckets", "DescribeSecurityGroups", "ListUsers",
                                       "StartInstances",    "DescribeDBInstances"};
    uint32_t ip = at_home(w, p) ? p->home_ip : org_egress(p->site);
    enum out_kind region = p->site <= LYON ? OUT_AWS_PARIS : OUT_AWS_CANADA;
    if (rng_chance(&w->rng, 40))
        cloud_console(w, start + 20 * TIME_MINUTE, p, ip, true);
    for (int i = rng_between(&w->rng, 4, 25); i > 0; i--) {
        uint32_t k = rng_below(&w->rng, 6);
        if (p->dept != IT && k == 3)
            k = 0;
        cloud_call(w, in_shift(w, p),
                   &(struct call){region, p->who.sam, ip, "aws-cli/2.15.4 Python/3.11.6 Windows/10 exe/AMD64", source[k], name[k],
                                  NULL, NULL});
    }
}

/* ---- people of IT ---- */

static void admin_session(struct world *w, const struct person *p, int64_t t, int server)
{
    uint32_t ip = w->org.hosts[p->host].ip;
    win_tgt(w, t, DC1, &p->adm, ip, ETYPE_AES256);
    win_explicit(w, t, p->host, &p->who, &p->adm, server);
    win_ticket(w, t + TIME_SECOND, DC1, p->adm.sam, &w->org.hosts[server].who, ip, ETYPE_AES256);
    win_logon(w, t + 2 * TIME_SECOND, &(struct logon){.host = server, .who = &p->adm, .type = server == DC1 ? 3 : 10, .admin = true,
                                                      .ip = ip, .length = 40 * TIME_MINUTE});
}

static void admin_day(struct world *w, const struct person *p)
{
    static const int servers[] = {FS1, APP1, SQL1, PRINT1, WSUS1};
    for (int i = rng_between(&w->rng, 0, 2); i > 0; i--)
        admin_session(w, p, in_shift(w, p), servers[rng_below(&w->rng, 5)]);
    if (rng_chance(&w->rng, 60)) { /* a call to the help desk: password reset, unlock */
        const struct person *user = &w->org.people[rng_below(&w->rng, (uint32_t)w->org.npeople)];
        int64_t t = in_shift(w, p);
        admin_session(w, p, t, DC1);
        acct_changed(w, t + TIME_MINUTE, DC1, rng_chance(&w->rng, 70) ? 4724 : 4767, &p->adm, &user->who);
        acct_values(w, t + TIME_MINUTE + TIME_MS, DC1, 4738, &p->adm, &user->who);
    }
}

/* Each part of a day has chance of its own, so that leaving one out changes none of the others. */
static void part(struct world *w, int person, uint64_t number)
{
    w->rng = rng_for(w->org.seed, 42 + number, (uint64_t)w->day * 100000 + (uint64_t)person);
}

void life_people(struct world *w)
{
    for (int i = 0; i < w->org.npeople; i++) {
        const struct person *p = &w->org.people[i];
        w->rng = rng_for(w->org.seed, 40, (uint64_t)w->day * 100000 + (uint64_t)i);
        if (!life_works(w, p))
            continue;
        int64_t start = world_at(w, p->site, p->start + rng_between(&w->rng, -15, 20));
        part(w, i, 0);
        if (out_wants_windows(w->out))
            domain_day(w, p, start);
        if (out_wants_windows(w->out) && p->adm.rid)
            admin_day(w, p);
        part(w, i, 1);
        if (out_wants(w->out, OUT_O365))
            cloud_day(w, p, start + 6 * TIME_MINUTE);
        part(w, i, 2);
        if (out_wants(w->out, OUT_AWS_PARIS) && p->aws)
            aws_day(w, p, start);
    }
}

/* ---- machines ---- */

static void replication(struct world *w, int64_t t)
{
    const struct host *one = &w->org.hosts[DC1], *two = &w->org.hosts[DC2];
    uint64_t id = win_logon(w, t, &(struct logon){.host = DC1, .who = &two->who, .type = 3, .ip = two->ip, .length = TIME_MINUTE});
    win_replicate(w, t + TIME_SECOND, DC1, &two->who, id);
    t += 7 * TIME_MINUTE;
    id = win_logon(w, t, &(struct logon){.host = DC2, .who = &one->who, .type = 3, .ip = one->ip, .length = TIME_MINUTE});
    win_replicate(w, t + TIME_SECOND, DC2, &one->who, id);
}

static void service_logon(struct world *w, int64_t t, int service, int host)
{
    const struct service *s = &w->org.services[service];
    uint32_t ip = w->org.hosts[s->host].ip;
    win_tgt(w, t, DC1, &s->who, ip, ETYPE_AES256);
    win_ticket(w, t + 100 * TIME_MS, DC1, s->who.sam, &w->org.hosts[host].who, ip, ETYPE_AES256);
    win_logon(w, t + 200 * TIME_MS, &(struct logon){.host = host, .who = &s->who, .type = 3, .ip = ip, .length = 2 * TIME_MINUTE});
}

static void entra_connect(struct world *w, int64_t t)
{
    const struct service *s = &w->org.services[SVC_MSOL];
    uint32_t ip = w->org.hosts[AADC1].ip;
    win_tgt(w, t, DC1, &s->who, ip, ETYPE_AES256);
    uint64_t id = win_logon(w, t + TIME_SECOND, &(struct logon){.host = DC1, .who = &s->who, .type = 3, .ip = ip, .length = TIME_MINUTE});
    win_replicate(w, t + 2 * TIME_SECOND, DC1, &s->who, id);
}

static void hourly(struct world *w, int64_t t)
{
    static const int noisy[] = {DC1, DC2, FS1, APP1, SQL1};
    int64_t late = rng_span(&w->rng, 3 * TIME_SECOND); /* schedulers are never quite on time */
    replication(w, t + 3 * TIME_MINUTE + late);
    entra_connect(w, t + 11 * TIME_MINUTE + late);
    service_logon(w, t + 20 * TIME_MINUTE + late, SVC_MONITOR, FS1);
    service_logon(w, t + 21 * TIME_MINUTE + late, SVC_MONITOR, SQL1);
    service_logon(w, t + 22 * TIME_MINUTE + late, SVC_WEB, SQL1);
    for (size_t i = 0; i < sizeof noisy / sizeof *noisy; i++) {
        const struct host *h = &w->org.hosts[noisy[i]];
        win_privilege_use(w, t + rng_span(&w->rng, TIME_HOUR), noisy[i], &h->who);
        win_privilege_use(w, t + rng_span(&w->rng, TIME_HOUR), noisy[i], &win_system);
        win_logon(w, t + rng_span(&w->rng, TIME_HOUR), &(struct logon){.host = noisy[i], .who = &win_system, .type = 5, .admin = true});
        if (h->system >= 0) {
            int64_t at = t + rng_span(&w->rng, 50 * TIME_MINUTE);
            win_service_state(w, at, noisy[i], "Windows Modules Installer", "running");
            win_service_state(w, at + 4 * TIME_MINUTE, noisy[i], "Windows Modules Installer", "stopped");
        }
    }
    /* one account keeps an old password on a forgotten machine, every half an hour */
    const struct person *p = &w->org.people[w->org.npeople * 2 / 3];
    for (int i = 0; i < 2; i++)
        win_preauth_failed(w, t + (7 + 30 * i) * TIME_MINUTE + late, DC1, &p->who, w->org.hosts[PRINT1].ip + 60, KDC_PREAUTH_FAILED);
}

static void nightly(struct world *w)
{
    int64_t night = w->midnight + TIME_HOUR;
    for (int i = 0; i < 5; i++)
        service_logon(w, night + i * 10 * TIME_MINUTE, SVC_BACKUP, i);
    if (org_weekday(&w->org, w->day) == 1) /* Tuesday: patches */
        for (int h = DC1; h <= SQL1; h++)
            for (int i = 0; i < 12; i++)
                win_audit_change(w, night + TIME_HOUR + i * TIME_SECOND, h);
}

static void pipeline(struct world *w) /* deployments, day and night */
{
    for (int i = w->bulk ? 4000 : 40; i > 0; i--) {
        static const char *const name[] = {"GetObject", "PutObject", "GetParameter", "AssumeRole"};
        cloud_call(w, w->midnight + rng_span(&w->rng, TIME_DAY),
                   &(struct call){OUT_AWS_PARIS, "deploy-pipeline", org_egress(PARIS), "Boto3/1.34.11 md/Botocore#1.34.11 ua/2.0 os/linux#6.1.66-93.164.amzn2023.x86_64 md/arch#x86_64 lang/python#3.11.6 "
                                  "md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.34.11",
                                  i % 4 == 3 ? "sts.amazonaws.com" : i % 4 == 2 ? "ssm.amazonaws.com" : "s3.amazonaws.com",
                                  name[i % 4], NULL, NULL});
    }
}

void life_machines(struct world *w)
{
    w->rng = rng_for(w->org.seed, 41, (uint64_t)w->day);
    for (int h = 0; h < 24 && out_wants_windows(w->out); h++)
        hourly(w, w->midnight + h * TIME_HOUR);
    w->rng = rng_for(w->org.seed, 45, (uint64_t)w->day);
    if (out_wants_windows(w->out))
        nightly(w);
    w->rng = rng_for(w->org.seed, 46, (uint64_t)w->day);
    if (out_wants(w->out, OUT_AWS_PARIS))
        pipeline(w);
}
