/* tools/sample/ldif.c - people, computers, services and groups with their members as LDIF (RFC 2849). */
#include "tools/sample/ldif.h"

#include "base/buf.h"
#include "base/time.h"
#include "tools/sample/file.h"

#include <stdio.h>

/* MS-ADTS 2.2.16 userAccountControl bits */
enum { UAC_DISABLED = 0x2, UAC_NORMAL = 0x200, UAC_WORKSTATION = 0x1000, UAC_SERVER = 0x2000, UAC_KEEP_PASSWORD = 0x10000,
       UAC_DELEGATION = 0x80000 };

static void base64(struct buf *b, const uint8_t *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0u);
        buf_char(b, digit[v >> 18]);
        buf_char(b, digit[v >> 12 & 63]);
        buf_char(b, i + 1 < n ? digit[v >> 6 & 63] : '=');
        buf_char(b, i + 2 < n ? digit[v & 63] : '=');
    }
}

static void sid(struct buf *b, const struct org *o, uint32_t rid)
{
    uint32_t sub[5] = {21, o->domain[0], o->domain[1], o->domain[2], rid};
    uint8_t bytes[28] = {1, 5, 0, 0, 0, 0, 0, 5}, count = 5;
    if (rid >= 544 && rid < 600) {
        sub[0] = 32;
        sub[1] = rid;
        count = bytes[1] = 2;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < 4; k++)
            bytes[8 + 4 * i + k] = (uint8_t)(sub[i] >> (8 * k));
    buf_str(b, STR("objectSid:: "));
    base64(b, bytes, 8u + 4u * count);
    buf_char(b, '\n');
}

static void entry(struct buf *b, const char *name, const char *unit, const char *classes)
{
    buf_fmt(b, "dn: CN=%s,OU=%s," ORG_BASE "\n", name, unit);
    char text[96], *save = NULL;
    snprintf(text, sizeof text, "%s", classes);
    for (char *c = strtok_r(text, " ", &save); c; c = strtok_r(NULL, " ", &save))
        buf_fmt(b, "objectClass: %s\n", c);
    buf_fmt(b, "cn: %s\n", name);
}

static void account(struct buf *b, const struct org *o, const struct who *who, int uac, int group)
{
    buf_fmt(b, "sAMAccountName: %s\nuserAccountControl: %d\nprimaryGroupID: %d\n", who->sam, uac, group);
    sid(b, o, who->rid);
}

static void person(struct buf *b, const struct org *o, const struct person *p)
{
    bool left = p->leaves < o->days;
    entry(b, p->who.sam, "Accounts", "top person organizationalPerson user");
    account(b, o, &p->who, UAC_NORMAL | (left ? UAC_DISABLED : 0), 513);
    buf_fmt(b, "displayName: %s %s\ngivenName: %s\nsn: %s\nuserPrincipalName: %s\nmail: %s\n", p->given, p->family, p->given,
            p->family, p->upn, p->upn);
    buf_fmt(b, "proxyAddresses: SMTP:%s\nproxyAddresses: smtp:%s.%s@" ORG_MAIL "\n", p->upn, p->given, p->family);
    buf_fmt(b, "department: %s\ntitle: %s %s\nl: %s\nco: %s\n", org_dept(p->dept), org_dept(p->dept),
            org_dept_head(o, p->dept) == p->number ? "director" : p->number % 3 ? "specialist" : "assistant", org_site(p->site),
            p->site <= LYON ? "France" : p->site == NEW_YORK ? "United States" : "Canada");
    if (left) { /* the day of leaving, at 18:00 UTC */
        struct civil c;
        time_civil(o->start + (p->leaves - 1) * TIME_DAY, &c);
        buf_fmt(b, "whenChanged: %04d%02d%02d180000.0Z\n", c.year, c.month, c.day);
    }
    if (p->manager != p->number)
        buf_fmt(b, "manager: CN=%s,OU=Accounts," ORG_BASE "\n", o->people[p->manager].who.sam);
    buf_char(b, '\n');
    if (!p->adm.rid)
        return;
    entry(b, p->adm.sam, "Accounts", "top person organizationalPerson user");
    account(b, o, &p->adm, UAC_NORMAL, 513);
    buf_fmt(b, "displayName: %s %s (administration)\nuserPrincipalName: %s@" ORG_DNS "\ndepartment: IT\n\n", p->given, p->family,
            p->adm.sam);
}

static void computer(struct buf *b, const struct org *o, const struct host *h)
{
    bool dc = h->role == CONTROLLER;
    entry(b, h->name, dc ? "Domain Controllers" : "Computers", "top person organizationalPerson user computer");
    account(b, o, &h->who, dc ? UAC_SERVER | UAC_DELEGATION : UAC_WORKSTATION, dc ? 516 : 515);
    buf_fmt(b, "dNSHostName: %s." ORG_DNS "\noperatingSystem: %s\noperatingSystemVersion: %s\n", h->name,
            h->role == WORKSTATION ? "Windows 10 Enterprise" : "Windows Server 2019 Standard",
            h->role == WORKSTATION ? "10.0 (19045)" : "10.0 (17763)");
    buf_fmt(b, "servicePrincipalName: HOST/%s." ORG_DNS "\nservicePrincipalName: HOST/%s\n", h->name, h->name);
    if (dc)
        buf_fmt(b, "servicePrincipalName: GC/%s." ORG_DNS "/" ORG_DNS "\nservicePrincipalName: ldap/%s." ORG_DNS "\n", h->name,
                h->name);
    buf_char(b, '\n');
}

static void service(struct buf *b, const struct org *o, const struct service *s)
{
    entry(b, s->who.sam, "Services", "top person organizationalPerson user");
    account(b, o, &s->who, UAC_NORMAL | UAC_KEEP_PASSWORD, 513);
    buf_fmt(b, "description: %s\nuserPrincipalName: %s@" ORG_DNS "\n", s->about, s->who.sam);
    if (s->spn)
        buf_fmt(b, "servicePrincipalName: %s\n", s->spn);
    buf_char(b, '\n');
}

static void group(struct buf *b, const struct org *o, const char *name, uint32_t rid, bool universal)
{
    bool builtin = rid >= 544 && rid < 600;
    entry(b, name, builtin ? "Builtin" : "Groups", "top group");
    buf_fmt(b, "sAMAccountName: %s\ngroupType: %d\n", name, builtin ? -2147483643 : universal ? -2147483640 : -2147483646);
    sid(b, o, rid);
}

static void member(struct buf *b, const char *name, const char *unit)
{
    buf_fmt(b, "member: CN=%s,OU=%s," ORG_BASE "\n", name, unit);
}

static void groups(struct buf *b, const struct org *o)
{
    for (int d = 0; d < DEPTS; d++) {
        group(b, o, org_dept((enum dept)d), o->first_group + (uint32_t)d, false);
        for (int i = 0; i < o->npeople; i++)
            if (o->people[i].dept == (enum dept)d)
                member(b, o->people[i].who.sam, "Accounts");
        buf_char(b, '\n');
    }
    group(b, o, "Help Desk", o->help_desk_group, false);
    for (int i = 0; i < o->npeople; i++)
        if (o->people[i].adm.rid)
            member(b, o->people[i].adm.sam, "Accounts");
    buf_char(b, '\n');
    group(b, o, "Server Admins", o->server_admins_group, false);
    member(b, "Help Desk", "Groups");
    buf_char(b, '\n');
    group(b, o, "Domain Admins", RID_DOMAIN_ADMINS, false);
    member(b, "Administrator", "Accounts");
    if (o->people[o->server_admin].adm.rid)
        member(b, o->people[o->server_admin].adm.sam, "Accounts");
    buf_char(b, '\n');
    group(b, o, "Enterprise Admins", 519, true);
    member(b, "Administrator", "Accounts");
    buf_char(b, '\n');
    group(b, o, "Schema Admins", 518, true);
    member(b, "Administrator", "Accounts");
    buf_char(b, '\n');
    group(b, o, "Administrators", 544, false);
    member(b, "Domain Admins", "Groups");
    member(b, "Enterprise Admins", "Groups");
    member(b, "Server Admins", "Groups"); /* the bad habit that the story lives from */
    buf_char(b, '\n');
    group(b, o, "Backup Operators", 551, false);
    member(b, o->services[SVC_BACKUP].who.sam, "Services");
    buf_char(b, '\n');
}

void ldif_write(const struct org *o, const char *path)
{
    struct file *f = file_open(path);
    struct buf b = {0};
    buf_str(&b, STR("version: 1\n\ndn: " ORG_BASE "\nobjectClass: top\nobjectClass: domain\nobjectClass: domainDNS\ndc: corp\n"));
    uint8_t domain[24] = {1, 4, 0, 0, 0, 0, 0, 5, 21};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 4; k++)
            domain[12 + 4 * i + k] = (uint8_t)(o->domain[i] >> (8 * k));
    buf_str(&b, STR("objectSid:: "));
    base64(&b, domain, sizeof domain);
    buf_str(&b, STR("\n\n"));
    static const struct who administrator = {"Administrator", RID_ADMINISTRATOR}, krbtgt = {"krbtgt", RID_KRBTGT};
    entry(&b, "Administrator", "Accounts", "top person organizationalPerson user");
    account(&b, o, &administrator, UAC_NORMAL, 513);
    entry((buf_char(&b, '\n'), &b), "krbtgt", "Accounts", "top person organizationalPerson user");
    account(&b, o, &krbtgt, UAC_NORMAL | UAC_DISABLED, 513);
    buf_str(&b, STR("servicePrincipalName: kadmin/changepw\n\n"));
    for (int i = 0; i < o->npeople; i++)
        person(&b, o, &o->people[i]);
    for (int i = 0; i < o->nhosts; i++)
        computer(&b, o, &o->hosts[i]);
    for (int i = 0; i < SERVICES; i++)
        service(&b, o, &o->services[i]);
    groups(&b, o);
    file_write(f, buf_view(&b));
    file_close(f);
    buf_free(&b);
}
