/* tools/sample/acct.c - account, group and directory object changes. */
#include "tools/sample/acct.h"

#include "tools/sample/val.h"

#include <stdio.h>

void acct_changed(struct world *w, int64_t t, int dc, unsigned event, const struct who *by, const struct who *target)
{
    struct evtx_values v;
    val_start(&v);
    val_target(&v, &w->org, target);
    val_subject(&v, &w->org, by, w->logon);
    if (event == 4726)
        val_s(&v, "-");
    val_write(w, t, dc, event, 0, &v);
}

void acct_locked(struct world *w, int64_t t, int dc, const struct who *target, const char *client)
{
    struct evtx_values v;
    val_start(&v);
    val_s(&v, target->sam);
    val_s(&v, client); /* 4740 shows the caller's computer in this field */
    val_sid(&v, &w->org, target->rid);
    val_subject(&v, &w->org, &w->org.hosts[dc].who, 0x3e7);
    val_write(w, t, dc, 4740, 0, &v);
}

/* SamAccountName to LogonHours: `created` shows all, a change only what changed. */
static void account_values(struct evtx_values *v, const struct who *target, bool created)
{
    char upn[96];
    snprintf(upn, sizeof upn, "%s@" ORG_MAIL, target->sam);
    val_s(v, created ? target->sam : "-");
    val_s(v, created ? target->sam : "-");
    val_s(v, created ? upn : "-");
    for (int i = 0; i < 5; i++)
        val_s(v, created ? "%%1793" : "-"); /* <value not set> */
    val_s(v, created ? "%%1794" : "-");     /* never */
    val_s(v, created ? "%%1794" : "-");
    val_s(v, created ? "513" : "-");
    val_s(v, "-");
    val_s(v, created ? "0x0" : "0x10");
    val_s(v, created ? "0x15" : "0x210");
    val_s(v, created ? "\n\t\t%%2080\n\t\t%%2082\n\t\t%%2084" : "\n\t\t%%2089");
    val_s(v, created ? "%%1793" : "-");
    val_s(v, "-");
    val_s(v, created ? "%%1797" : "-"); /* all hours */
}

void acct_values(struct world *w, int64_t t, int dc, unsigned event, const struct who *by, const struct who *target)
{
    struct evtx_values v;
    val_start(&v);
    if (event == 4738)
        val_s(&v, "-");
    val_target(&v, &w->org, target);
    val_subject(&v, &w->org, by, w->logon);
    val_s(&v, "-");
    account_values(&v, target, event == 4720);
    val_write(w, t, dc, event, 0, &v);
}

void acct_computer(struct world *w, int64_t t, int dc, const struct who *by, const struct host *computer)
{
    struct evtx_values v;
    char name[96], spns[320];
    snprintf(name, sizeof name, "%s." ORG_DNS, computer->name);
    snprintf(spns, sizeof spns, "\n\t\tHOST/%s\n\t\tRestrictedKrbHost/%s\n\t\tHOST/%s", name, name, computer->name);
    val_start(&v);
    val_s(&v, "-");
    val_target(&v, &w->org, &computer->who);
    val_subject(&v, &w->org, by, w->logon);
    val_s(&v, "-");
    for (int i = 0; i < 18; i++)
        val_s(&v, "-");
    val_s(&v, name);
    val_s(&v, spns);
    val_write(w, t, dc, 4742, 0, &v);
}

void acct_member(struct world *w, int64_t t, int dc, const struct who *by, const struct member *m)
{
    struct evtx_values v;
    char dn[128];
    snprintf(dn, sizeof dn, "CN=%s,OU=Accounts," ORG_BASE, m->who->sam);
    val_start(&v);
    val_s(&v, dn);
    val_sid(&v, &w->org, m->who->rid);
    val_target(&v, &w->org, m->group);
    val_subject(&v, &w->org, by, w->logon);
    val_s(&v, "-");
    val_write(w, t, dc, m->event, 0, &v);
}

void acct_renamed(struct world *w, int64_t t, int dc, const struct who *by, const struct who *target, const char *old)
{
    struct evtx_values v;
    val_start(&v);
    val_s(&v, old);
    val_s(&v, target->sam);
    val_s(&v, ORG_DOMAIN);
    val_sid(&v, &w->org, target->rid);
    val_subject(&v, &w->org, by, w->logon);
    val_s(&v, "-");
    val_write(w, t, dc, 4781, 0, &v);
}

void acct_attribute(struct world *w, int64_t t, int dc, const struct who *by, const struct attribute *a)
{
    struct evtx_values v;
    val_start(&v);
    val_guid(&v, &w->rng);
    val_s(&v, "-");
    val_subject(&v, &w->org, by, w->logon);
    val_s(&v, ORG_DNS);
    val_s(&v, "%%14676"); /* Active Directory Domain Services */
    val_s(&v, a->dn);
    val_guid(&v, &w->rng);
    val_s(&v, a->class);
    val_s(&v, a->name);
    val_s(&v, a->oid);
    val_s(&v, a->value);
    val_s(&v, "%%14674"); /* value added */
    val_write(w, t, dc, 5136, 0, &v);
}
