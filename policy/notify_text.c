/* policy/notify_text.c - alerts as mail, CEF and JSON. */
#include "policy/notify_text.h"

#include "base/jin.h"
#include "base/jout.h"
#include "net/cef.h"

#include <stdio.h>
#include <unistd.h>

/* ---- mail ---- */

static void line(struct buf *out, const char *name, struct str value)
{
    if (value.n)
        buf_fmt(out, "%s: %.*s\n", name, STR_ARG(value));
}

static void moment(struct buf *out, const char *name, int64_t t)
{
    char text[TIME_TEXT];
    if (t != TIME_NONE)
        buf_fmt(out, "%s: %.19sZ\n", name, time_text(t, text).p);
}

void notify_mail_text(const struct notify_subject *s, struct buf *subject, struct buf *text)
{
    const struct stored_alert *a = s->alert;
    if (!a) {
        buf_fmt(subject, "[Vigie] %.*s", STR_ARG(s->line));
        buf_fmt(text, "%.*s\n\n%s/#/alerts\n", STR_ARG(s->line), s->base);
        return;
    }
    buf_fmt(subject, "[Vigie] %.*s: %.*s", STR_ARG(severity_text(a->severity)), STR_ARG(a->name));
    buf_fmt(text, "%.*s\n\n", STR_ARG(str_set(a->description) ? a->description : a->name));
    line(text, "Severity", severity_text(a->severity));
    line(text, "Category", a->category);
    line(text, "From", a->source_party.label);
    line(text, "To", a->destination_party.label);
    moment(text, "Began", a->start);
    moment(text, "Last seen", a->end);
    buf_fmt(text, "Activities: %llu\n\n%s/#/alerts/%s\n", (unsigned long long)a->nactivities, s->base, a->id);
}

/* ---- JSON ---- */

static void party_json(struct jout *j, const char *key, const struct alert_party *p)
{
    if (!str_set(p->label))
        return;
    jout_key(j, key);
    jout_obj(j);
    jout_kstr(j, "type", p->type);
    jout_kstr(j, "id", p->id);
    jout_kstr(j, "label", p->label);
    jout_end_obj(j);
}

static void alert_json(const struct stored_alert *a, const char *base, struct jout *j)
{
    char url[1100];
    (void)snprintf(url, sizeof url, "%s/#/alerts/%s", base, a->id);
    jout_kz(j, "id", a->id);
    if (a->external_id)
        jout_ki64(j, "externalId", a->external_id);
    jout_kstr(j, "policy", a->policy);
    jout_kstr(j, "name", a->name);
    jout_kstr(j, "description", a->description);
    jout_kstr(j, "severity", severity_text(a->severity));
    jout_kstr(j, "category", a->category);
    if (a->attack.n) {
        jout_key(j, "attack");
        jout_raw(j, a->attack);
    }
    jout_kz(j, "shore", a->shore == SHORE_ONPREM ? "onprem" : "cloud");
    jout_ktime(j, "start", a->start);
    jout_ktime(j, "end", a->end);
    jout_ku64(j, "count", a->count);
    party_json(j, "source", &a->source_party);
    party_json(j, "destination", &a->destination_party);
    if (a->parties.n) {
        jout_key(j, "parties");
        jout_raw(j, a->parties);
    }
    jout_kz(j, "url", url);
}

void notify_json_text(const struct notify_subject *s, struct buf *out)
{
    struct jout j = jout_to(out);
    jout_obj(&j);
    jout_kz(&j, "type", s->alert ? "alert.opened" : "notice");
    jout_ktime(&j, "timestamp", s->now);
    jout_key(&j, "data");
    jout_obj(&j);
    if (s->alert)
        alert_json(s->alert, s->base, &j);
    else
        jout_kstr(&j, "text", s->line);
    jout_end_obj(&j);
    jout_end_obj(&j);
}

/* ---- CEF ---- */

/* Class ids of Azure ATP (its SIEM log reference), by external id, without "SecurityAlert". */
static const struct {
    int id;
    const char *name;
} classes[] = {
    {2003, "AccountEnumeration"},
    {2004, "LdapBruteForce"},
    {2006, "DirectoryServicesReplication"},
    {2007, "DnsReconnaissance"},
    {2009, "EncryptionDowngrade"},
    {2010, "EncryptionDowngrade"},
    {2011, "EncryptionDowngrade"},
    {2012, "EnumerateSessions"},
    {2013, "ForgedPac"},
    {2014, "HoneytokenActivity"},
    {2017, "PassTheHash"},
    {2018, "PassTheTicket"},
    {2019, "RemoteExecution"},
    {2020, "RetrieveDataProtectionBackupKey"},
    {2021, "SamrReconnaissance"},
    {2022, "GoldenTicket"},
    {2023, "BruteForce"},
    {2024, "AbnormalSensitiveGroupMembershipChange"},
    {2026, "MaliciousServiceCreation"},
};

void notify_class(const struct stored_alert *a, char out[64])
{
    size_t n = 0;
    bool up = true;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (a->external_id == classes[i].id) {
            (void)snprintf(out, 64, "%sSecurityAlert", classes[i].name);
            return;
        }
    for (size_t i = 0; i < a->name.n && n < 48; i++) {
        char c = a->name.p[i];
        bool letter = str_lower_char(c) >= 'a' && str_lower_char(c) <= 'z';
        if (letter || (c >= '0' && c <= '9'))
            out[n++] = up && letter ? (char)(c & ~0x20) : c;
        up = !letter;
    }
    (void)snprintf(out + n, 64 - n, "SecurityAlert");
}

/* The first account among the parties. */
static struct str first_account(struct arena *a, struct str parties)
{
    const struct jnode *doc = parties.n ? jin_embedded(a, parties) : NULL;
    for (const struct jnode *c = doc ? jin_first(doc, doc) : NULL; c; c = jin_next(doc, doc, c))
        if (str_eq(jin_str(doc, c, "type"), STR("account")))
            return jin_str(doc, c, "label");
    return STR_NONE;
}

struct pairs {
    struct cef_pair p[20];
    size_t n;
};

static void pair(struct pairs *to, const char *key, struct str value)
{
    if (value.n)
        to->p[to->n++] = (struct cef_pair){str_of(key), value};
}

static struct str start_of(int64_t t, char out[TIME_TEXT])
{
    struct str s = time_text(t, out);
    memcpy(out + s.n - 3, "Z", 2); /* seven digits of fraction */
    return (struct str){out, s.n - 2};
}

static void alert_pairs(struct arena *arena, const struct notify_subject *s, bool azure, char start[TIME_TEXT], struct pairs *p)
{
    const struct stored_alert *a = s->alert;
    pair(p, "start", start_of(a->start, start));
    pair(p, "shost", a->source_party.label);
    pair(p, "suser", first_account(arena, a->parties));
    pair(p, "msg", str_set(a->description) ? a->description : a->name);
    if (a->count > 1)
        pair(p, "cnt", str_fmt(arena, "%llu", (unsigned long long)a->count));
    pair(p, "dhost", a->destination_party.label);
    if (a->external_id)
        pair(p, "externalId", str_fmt(arena, "%d", a->external_id));
    pair(p, "cs1Label", STR("url"));
    pair(p, "cs1", str_fmt(arena, azure ? "%s/securityAlert/%s" : "%s/#/alerts/%s", s->base, a->id));
    pair(p, "cs2Label", STR("trigger"));
    pair(p, "cs2", STR("new"));
    if (azure)
        return;
    pair(p, "cat", a->category);
    pair(p, "cs3Label", STR("policy"));
    pair(p, "cs3", a->policy);
}

static int severity_of(const struct stored_alert *a)
{
    switch (a ? a->severity : SEVERITY_INFORMATIONAL) {
    case SEVERITY_HIGH: return 10;
    case SEVERITY_MEDIUM: return 5;
    case SEVERITY_LOW: return 3;
    case SEVERITY_INFORMATIONAL:
    case SEVERITY_DEFAULT: break;
    }
    return 1;
}

void notify_cef_text(const struct notify_subject *s, bool azure, bool rfc3164, struct buf *out)
{
    char class[64] = "Notice", start[TIME_TEXT], host[256] = "vigie", pid[16];
    struct arena arena;
    struct pairs p = {.n = 0};
    arena_init(&arena, 16384, 1u << 22);
    if (s->alert) {
        notify_class(s->alert, class);
        alert_pairs(&arena, s, azure, start, &p);
    } else {
        pair(&p, "msg", s->line);
    }
    (void)gethostname(host, sizeof host - 1);
    (void)snprintf(pid, sizeof pid, "%ld", (long)getpid());
    const struct cef c = {.vendor = azure ? STR("Microsoft") : STR("Vigie"),
                          .product = azure ? STR("Azure ATP") : STR("Vigie"),
                          .version = STR(VIGIE_VERSION),
                          .class_id = str_of(class),
                          .name = s->alert ? s->alert->name : s->line,
                          .severity = severity_of(s->alert),
                          .pairs = p.p,
                          .npairs = p.n};
    const struct cef_sender sender = {.time = s->now,
                                      .host = str_of(host),
                                      .procid = str_of(pid),
                                      .form = azure ? CEF_AZURE_ATP : CEF_LEGAL,
                                      .syslog = rfc3164 ? SYSLOG_3164 : SYSLOG_5424};
    cef_message(out, &c, &sender);
    arena_free(&arena);
}
