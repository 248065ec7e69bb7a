/* tools/sample/win.c - Windows events: logons, tickets, shares, services, directory changes. */
#include "tools/sample/win.h"

#include "tools/sample/val.h"

#include <stdio.h>

#define FAILED UINT64_C(0x8010000000000000)

const struct who win_system = {"SYSTEM", 18}, win_nobody = {"-", 0};

static bool quiet(const struct world *w, int host)
{
    return w->org.hosts[host].log < 0 || !out_wants_windows(w->out);
}

static uint64_t new_logon(struct world *w)
{
    w->logon += 0x40 + rng_below(&w->rng, 0x4000);
    return w->logon;
}

/* ---- Kerberos and NTLM on the controllers ---- */

void win_tgt(struct world *w, int64_t t, int dc, const struct who *who, uint32_t ip, uint32_t etype)
{
    struct evtx_values v;
    val_start(&v);
    val_target(&v, &w->org, who);
    val_s(&v, "krbtgt");
    val_sid(&v, &w->org, RID_KRBTGT);
    val_x(&v, 0x40810010);
    val_x(&v, 0);
    val_x(&v, etype);
    val_s(&v, "2");
    val_ip(&v, ip, true);
    val_port(&v, w, ip);
    for (int i = 0; i < 3; i++)
        val_s(&v, "");
    val_write(w, t, dc, 4768, 0, &v);
}

void win_tgt_failed(struct world *w, int64_t t, int dc, const char *name, uint32_t ip, uint32_t error)
{
    struct evtx_values v;
    val_start(&v);
    val_s(&v, name);
    val_s(&v, ORG_DOMAIN);
    val_sid(&v, &w->org, 0);
    val_s(&v, "krbtgt/" ORG_DOMAIN);
    val_sid(&v, &w->org, 0);
    val_x(&v, 0x40810010);
    val_x(&v, error);
    val_x(&v, 0xffffffff);
    val_s(&v, "-");
    val_ip(&v, ip, true);
    val_port(&v, w, ip);
    for (int i = 0; i < 3; i++)
        val_s(&v, "");
    val_write(w, t, dc, 4768, FAILED, &v);
}

void win_preauth_failed(struct world *w, int64_t t, int dc, const struct who *who, uint32_t ip, uint32_t error)
{
    struct evtx_values v;
    val_start(&v);
    val_s(&v, who->sam);
    val_sid(&v, &w->org, who->rid);
    val_s(&v, "krbtgt/" ORG_DOMAIN);
    val_x(&v, 0x40810010);
    val_x(&v, error);
    val_s(&v, "2");
    val_ip(&v, ip, true);
    val_port(&v, w, ip);
    for (int i = 0; i < 3; i++)
        val_s(&v, "");
    val_write(w, t, dc, 4771, 0, &v);
}

void win_ticket(struct world *w, int64_t t, int dc, const char *user, const struct who *service, uint32_t ip, uint32_t etype)
{
    struct evtx_values v;
    char name[96];
    val_start(&v);
    snprintf(name, sizeof name, "%s@" ORG_REALM, user);
    val_s(&v, name);
    val_s(&v, ORG_REALM);
    val_s(&v, service->sam);
    val_sid(&v, &w->org, service->rid);
    val_x(&v, 0x40810000);
    val_x(&v, etype);
    val_ip(&v, ip, true);
    val_port(&v, w, ip);
    val_x(&v, 0);
    val_guid(&v, &w->rng);
    val_s(&v, "-");
    val_write(w, t, dc, 4769, 0, &v);
}

void win_renewal(struct world *w, int64_t t, int dc, const struct who *who, uint32_t ip)
{
    struct evtx_values v;
    char name[64];
    val_start(&v);
    snprintf(name, sizeof name, "%s@" ORG_REALM, who->sam);
    val_s(&v, name);
    val_s(&v, ORG_REALM);
    val_s(&v, "krbtgt");
    val_sid(&v, &w->org, RID_KRBTGT);
    val_x(&v, 0x10002);
    val_x(&v, ETYPE_AES256);
    val_ip(&v, ip, true);
    val_port(&v, w, ip);
    val_write(w, t, dc, 4770, 0, &v);
}

void win_ntlm(struct world *w, int64_t t, int dc, const char *user, const char *client, uint32_t status)
{
    struct evtx_values v;
    val_start(&v);
    val_s(&v, "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0");
    val_s(&v, user);
    val_s(&v, client);
    val_x(&v, status);
    val_write(w, t, dc, 4776, status ? FAILED : 0, &v);
}

/* ---- logons ---- */

static bool local(const struct logon *l)
{
    return l->type == 2 || l->type == 5 || l->type == 7 || l->type == 9 || l->type == 11;
}

static void logon_process(struct evtx_values *v, struct world *w, const struct logon *l, uint64_t id)
{
    static const struct {
        uint32_t type;
        const char *process, *package;
    } known[] = {{2, "User32 ", "Negotiate"},  {7, "User32 ", "Negotiate"},  {11, "User32 ", "Negotiate"},
                 {10, "User32 ", "Negotiate"}, {5, "Advapi  ", "Negotiate"}, {4, "Advapi  ", "Negotiate"},
                 {9, "seclogo", "Negotiate"}};
    const char *process = l->ntlm ? "NtLmSsp " : "Kerberos", *package = l->ntlm ? "NTLM" : "Kerberos";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].type == l->type) {
            process = known[i].process;
            package = known[i].package;
        }
    val_sid(v, &w->org, l->who->rid);
    val_s(v, l->who->sam);
    val_s(v, val_domain(l->who->rid));
    val_X(v, id);
    val_u(v, l->type);
    val_s(v, process);
    val_s(v, package);
    val_s(v, local(l) ? w->org.hosts[l->host].name : l->ntlm && l->client ? l->client : "-");
}

static void logon_event(struct world *w, int64_t t, const struct logon *l, uint64_t id, const struct who *outbound)
{
    struct evtx_values v;
    val_start(&v);
    bool own = local(l) || l->type == 10;
    val_subject(&v, &w->org, l->type == 9 ? l->who : own ? &w->org.hosts[l->host].who : &win_nobody,
            l->type == 9 ? id - 1 : own ? 0x3e7 : 0);
    logon_process(&v, w, l, id);
    val_guid(&v, l->ntlm || l->type == 9 ? NULL : &w->rng);
    val_s(&v, "-");
    val_s(&v, l->ntlm ? "NTLM V2" : "-");
    val_u(&v, l->ntlm ? 128 : 0);
    val_X(&v, own ? 0x2d4 + 4 * (id & 0x3f) : 0);
    val_s(&v, own ? l->type == 5 ? "C:\\Windows\\System32\\services.exe" : "C:\\Windows\\System32\\svchost.exe" : "-");
    if (l->type == 2 || l->type == 11 || l->type == 7)
        val_s(&v, "127.0.0.1");
    else if (l->type == 9)
        val_s(&v, "::1");
    else
        val_ip(&v, l->ip, false);
    val_port(&v, w, local(l) ? 0 : l->ip);
    val_s(&v, "%%1833");
    val_s(&v, "-");
    val_s(&v, outbound ? outbound->sam : "-");
    val_s(&v, outbound ? ORG_DOMAIN : "-");
    val_s(&v, "%%1843");
    val_X(&v, 0);
    val_s(&v, l->admin ? "%%1842" : "%%1843");
    val_write(w, t, l->host, 4624, 0, &v);
}

static void special_privileges(struct world *w, int64_t t, const struct logon *l, uint64_t id)
{
    struct evtx_values v;
    val_start(&v);
    val_subject(&v, &w->org, l->who, id);
    val_s(&v, "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\tSeTakeOwnershipPrivilege\n\t\t\t"
          "SeDebugPrivilege\n\t\t\tSeSystemEnvironmentPrivilege\n\t\t\tSeLoadDriverPrivilege\n\t\t\tSeImpersonatePrivilege");
    val_write(w, t, l->host, 4672, 0, &v);
}

static void logoff(struct world *w, int64_t t, const struct logon *l, uint64_t id)
{
    struct evtx_values v;
    val_start(&v);
    val_sid(&v, &w->org, l->who->rid);
    val_s(&v, l->who->sam);
    val_s(&v, val_domain(l->who->rid));
    val_X(&v, id);
    val_u(&v, l->type);
    val_write(w, t, l->host, 4634, 0, &v);
}

uint64_t win_logon(struct world *w, int64_t t, const struct logon *l)
{
    uint64_t id = new_logon(w);
    if (quiet(w, l->host))
        return id;
    if (l->admin)
        special_privileges(w, t, l, id);
    logon_event(w, t, l, id, NULL);
    if (l->length)
        logoff(w, t + l->length, l, id);
    return id;
}

void win_new_credentials(struct world *w, int64_t t, const struct logon *l, const struct who *other)
{
    if (!quiet(w, l->host))
        logon_event(w, t, l, new_logon(w), other);
}

static const char *failure_reason(uint32_t status)
{
    switch (status) {
    case NT_DISABLED:
        return "%%2310";
    case NT_EXPIRED:
        return "%%2305";
    case NT_LOCKED:
        return "%%2307";
    default:
        return "%%2313";
    }
}

void win_logon_failed(struct world *w, int64_t t, const struct logon *l, uint32_t status)
{
    struct evtx_values v;
    val_start(&v);
    if (quiet(w, l->host))
        return;
    bool own = local(l);
    bool plain = status == NT_WRONG_PASSWORD || status == NT_NO_SUCH_USER;
    val_subject(&v, &w->org, own ? &w->org.hosts[l->host].who : &win_nobody, own ? 0x3e7 : 0);
    val_sid(&v, &w->org, 0);
    val_s(&v, l->who->sam);
    val_s(&v, ORG_DOMAIN);
    val_x(&v, plain ? 0xc000006du : status == NT_LOCKED ? status : 0xc000006eu);
    val_s(&v, failure_reason(status));
    val_x(&v, status == NT_LOCKED ? 0 : status);
    val_u(&v, l->type);
    val_s(&v, own ? "User32 " : l->ntlm ? "NtLmSsp " : "Kerberos");
    val_s(&v, own ? "Negotiate" : l->ntlm ? "NTLM" : "Kerberos");
    val_s(&v, own ? w->org.hosts[l->host].name : l->client ? l->client : "-");
    val_s(&v, "-");
    val_s(&v, "-");
    val_u(&v, 0);
    val_X(&v, own ? 0x2d4 : 0);
    val_s(&v, own ? "C:\\Windows\\System32\\svchost.exe" : "-");
    val_ip(&v, own ? 0x7f000001 : l->ip, false);
    val_port(&v, w, own ? 0 : l->ip);
    val_write(w, t, l->host, 4625, 0, &v);
}

void win_explicit(struct world *w, int64_t t, int host, const struct who *who, const struct who *other, int server)
{
    struct evtx_values v;
    char name[96];
    val_start(&v);
    if (quiet(w, host))
        return;
    snprintf(name, sizeof name, "%s." ORG_DNS, w->org.hosts[server].name);
    val_subject(&v, &w->org, who, w->logon);
    val_guid(&v, NULL);
    val_s(&v, other->sam);
    val_s(&v, ORG_DOMAIN);
    val_guid(&v, &w->rng);
    val_s(&v, server == host ? "localhost" : name);
    val_s(&v, server == host ? "localhost" : name);
    val_X(&v, 0x1a4c);
    val_s(&v, "C:\\Windows\\System32\\svchost.exe");
    val_s(&v, "-");
    val_s(&v, "-");
    val_write(w, t, host, 4648, 0, &v);
}

/* ---- shares and objects ---- */

void win_share(struct world *w, int64_t t, const struct logon *l, uint64_t id, const char *share)
{
    struct evtx_values v;
    char name[128], path[128];
    val_start(&v);
    if (quiet(w, l->host))
        return;
    bool pipe = strcmp(share, "IPC$") == 0;
    snprintf(name, sizeof name, "\\\\*\\%s", share);
    snprintf(path, sizeof path, "\\??\\D:\\Shares\\%s", share);
    val_subject(&v, &w->org, l->who, id);
    val_s(&v, "File");
    val_ip(&v, l->ip, false);
    val_port(&v, w, l->ip);
    val_s(&v, name);
    val_s(&v, pipe ? "" : path);
    val_x(&v, 1);
    val_s(&v, "%%4416\n\t\t\t\t");
    val_write(w, t, l->host, 5140, 0, &v);
}

void win_share_file(struct world *w, int64_t t, const struct logon *l, uint64_t id, const char *share, const char *file)
{
    struct evtx_values v;
    char name[128], path[128];
    val_start(&v);
    if (quiet(w, l->host))
        return;
    bool pipe = strcmp(share, "IPC$") == 0;
    snprintf(name, sizeof name, "\\\\*\\%s", share);
    snprintf(path, sizeof path, "\\??\\D:\\Shares\\%s", share);
    val_subject(&v, &w->org, l->who, id);
    val_s(&v, "File");
    val_ip(&v, l->ip, false);
    val_port(&v, w, l->ip);
    val_s(&v, name);
    val_s(&v, pipe ? "" : path);
    val_s(&v, file);
    val_x(&v, pipe ? 0x12019f : 0x120089);
    val_s(&v, pipe ? "%%1538\n\t\t\t\t%%1541\n\t\t\t\t%%4416\n\t\t\t\t%%4417\n\t\t\t\t%%4418\n\t\t\t\t%%4423\n\t\t\t\t%%4424\n\t\t\t\t"
               : "%%1538\n\t\t\t\t%%1541\n\t\t\t\t%%4416\n\t\t\t\t%%4419\n\t\t\t\t%%4423\n\t\t\t\t");
    val_s(&v, "-");
    val_write(w, t, l->host, 5145, 0, &v);
}

void win_sam(struct world *w, int64_t t, int dc, const struct who *who, uint64_t id, const char *type, const char *object)
{
    struct evtx_values v;
    val_start(&v);
    val_subject(&v, &w->org, who, id);
    val_s(&v, "Security Account Manager");
    val_s(&v, type);
    val_s(&v, object);
    val_X(&v, 0x1d2b3c00 + rng_below(&w->rng, 0xffff) * UINT64_C(16));
    val_guid(&v, NULL);
    val_s(&v, "%%5392\n\t\t\t\t%%5393\n\t\t\t\t");
    val_x(&v, 0x30);
    val_s(&v, "-");
    val_s(&v, "---\n\t{bf967a90-0de6-11d0-a285-00aa003049e2}\n");
    val_u(&v, 0);
    val_X(&v, 620);
    val_s(&v, "C:\\Windows\\System32\\lsass.exe");
    val_write(w, t, dc, 4661, 0, &v);
}

static void replication_right(struct world *w, int64_t t, int dc, const struct who *who, uint64_t id, const char *right)
{
    struct evtx_values v;
    char properties[160];
    val_start(&v);
    snprintf(properties, sizeof properties, "%%%%7688\n\t\t{%s}\n\t{19195a5b-6da0-11d0-afd3-00c04fd930c9}\n", right);
    val_subject(&v, &w->org, who, id);
    val_s(&v, "DS");
    val_s(&v, "%{19195a5b-6da0-11d0-afd3-00c04fd930c9}");
    val_s(&v, "%{5c1f2e80-6a07-4b0e-9d5c-2f1ab3c4d5e6}");
    val_s(&v, "Object Access");
    val_X(&v, 0);
    val_s(&v, "%%7688\n\t\t\t\t");
    val_x(&v, 0x100);
    val_s(&v, properties);
    val_s(&v, "-");
    val_s(&v, "");
    val_write(w, t, dc, 4662, 0, &v);
}

void win_replicate(struct world *w, int64_t t, int dc, const struct who *who, uint64_t id)
{
    replication_right(w, t, dc, who, id, "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2");
    replication_right(w, t + 100 * 1000, dc, who, id, "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2");
}

/* ---- programs, services, tasks ---- */

void win_process(struct world *w, int64_t t, int host, const struct who *who, const char *image, const char *command)
{
    struct evtx_values v;
    val_start(&v);
    if (quiet(w, host))
        return;
    val_subject(&v, &w->org, who, w->logon);
    val_X(&v, 0x1000 + 4 * rng_below(&w->rng, 0x800));
    val_s(&v, image);
    val_s(&v, "%%1938");
    val_X(&v, 0x0e40);
    val_s(&v, command);
    val_sid(&v, &w->org, 0);
    val_s(&v, "-");
    val_s(&v, "-");
    val_X(&v, 0);
    val_s(&v, who->rid == 18 ? "C:\\Windows\\System32\\services.exe" : "C:\\Windows\\explorer.exe");
    uint8_t medium[12] = {1, 1, 0, 0, 0, 0, 0, 16, 0, 0x20, 0, 0}; /* S-1-16-8192 */
    if (who->rid == 18)
        medium[9] = 0x40;
    evtx_writer_value(&v, EVTX_SID, medium, sizeof medium);
    val_write(w, t, host, 4688, 0, &v);
}

void win_service(struct world *w, int64_t t, int host, const struct who *who, const char *name, const char *image)
{
    struct evtx_values v;
    val_start(&v);
    if (!quiet(w, host)) {
        val_subject(&v, &w->org, who, w->logon);
        val_s(&v, name);
        val_s(&v, image);
        val_x(&v, 0x10);
        val_u(&v, 3);
        val_s(&v, "LocalSystem");
        val_write(w, t, host, 4697, 0, &v);
    }
    val_start(&v);
    val_s(&v, name);
    val_s(&v, image);
    val_s(&v, "user mode service");
    val_s(&v, "demand start");
    val_s(&v, "LocalSystem");
    val_write(w, t + 2 * TIME_MS, host, 7045, 0, &v);
}

void win_service_state(struct world *w, int64_t t, int host, const char *name, const char *state)
{
    struct evtx_values v;
    uint8_t key[128];
    size_t n = 0;
    val_start(&v);
    val_s(&v, name);
    val_s(&v, state);
    for (const char *c = name; *c && n + 6 < sizeof key; c++) { /* the key that SCM adds: name/state in UTF-16 */
        key[n++] = (uint8_t)*c;
        key[n++] = 0;
    }
    const uint8_t tail[6] = {'/', 0, state[0] == 'r' ? '4' : '1', 0, 0, 0};
    memcpy(key + n, tail, sizeof tail);
    evtx_writer_value(&v, EVTX_BINARY, key, n + sizeof tail);
    val_write(w, t, host, 7036, 0, &v);
}

void win_task(struct world *w, int64_t t, int host, const struct who *who, const char *name, const char *command)
{
    struct evtx_values v;
    char content[1024];
    val_start(&v);
    if (quiet(w, host))
        return;
    snprintf(content, sizeof content,
             "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\" "
             "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n  <Triggers/>\r\n  <Actions "
             "Context=\"Author\">\r\n    <Exec>\r\n      <Command>%s</Command>\r\n    </Exec>\r\n  </Actions>\r\n</Task>",
             command);
    val_subject(&v, &w->org, who, w->logon);
    val_s(&v, name);
    val_s(&v, content);
    val_write(w, t, host, 4698, 0, &v);
}

/* ---- things of little meaning that fill every log ---- */

void win_privilege_use(struct world *w, int64_t t, int host, const struct who *who)
{
    struct evtx_values v;
    val_start(&v);
    if (quiet(w, host))
        return;
    val_subject(&v, &w->org, who, w->logon);
    val_s(&v, "NT Local Security Authority / Authentication Service");
    val_s(&v, "LsaRegisterLogonProcess()");
    val_s(&v, "SeTcbPrivilege");
    val_X(&v, 620);
    val_s(&v, "C:\\Windows\\System32\\lsass.exe");
    val_write(w, t, host, 4673, 0, &v);
}

void win_audit_change(struct world *w, int64_t t, int host)
{
    struct evtx_values v;
    char file[96];
    val_start(&v);
    if (quiet(w, host))
        return;
    snprintf(file, sizeof file, "C:\\Windows\\WinSxS\\Temp\\InFlight\\%08x\\module.dll", rng_below(&w->rng, 0xffffffff));
    val_subject(&v, &w->org, &w->org.hosts[host].who, 0x3e7);
    val_s(&v, "Security");
    val_s(&v, "File");
    val_s(&v, file);
    val_X(&v, 0x5a0);
    val_s(&v, "S:AI");
    val_s(&v, "S:ARAI(AU;SAFA;DCLCRPCRSDWDWO;;;WD)");
    val_X(&v, 0xb14);
    val_s(&v, "C:\\Windows\\servicing\\TrustedInstaller.exe");
    val_write(w, t, host, 4907, 0, &v);
}

void win_log_cleared(struct world *w, int64_t t, int host, const struct who *by)
{
    struct evtx_values v;
    val_start(&v);
    val_subject(&v, &w->org, by, w->logon);
    val_write(w, t, host, 1102, 0, &v);
}
