/* directory/dir_ldif.c - LDIF content records (RFC 2849) of Active Directory objects.
 *
 * Folded lines, base64 values, comments. Only the attributes that Vigie uses are kept. Change records
 * are not taken: a directory export has none. */
#include "directory/dir_ref.h"

#include "base/rd.h"
#include "directory/wellknown.h"

#include <sodium.h>

struct ldif {
    struct dir_import *im;
    struct dir_entry *entry; /* NULL before the first attribute of interest */
    struct str dn;
    bool user, computer, group, gmsa, spn, deleted;
    bool bad;
    const char *why;
};

/* ---- values ---- */

static struct str binary_sid(struct arena *a, struct str raw)
{
    /* MS-DTYP 2.4.2.2: revision, count, six bytes of authority, sub-authorities */
    struct fault f;
    struct rd r = rd_of(raw.p, raw.n, &f);
    uint8_t revision = rd_u8(&r), count = rd_u8(&r);
    rd_skip(&r, 2);
    uint32_t authority = rd_u32be(&r);
    struct str s = str_fmt(a, "S-%u-%u", revision, authority);
    for (unsigned i = 0; i < count && rd_ok(&r); i++)
        s = str_fmt(a, "%.*s-%u", STR_ARG(s), rd_u32le(&r));
    return rd_ok(&r) && count ? s : STR_NONE;
}

/* 20260105090000.0Z */
static int64_t generalized(struct str s)
{
    char iso[20];
    if (s.n < 14)
        return TIME_NONE;
    const char *p = s.p;
    const char text[20] = {p[0], p[1], p[2], p[3], '-', p[4], p[5], '-', p[6], p[7], 'T', p[8], p[9], ':', p[10], p[11], ':', p[12], p[13], 0};
    memcpy(iso, text, sizeof iso);
    return time_parse((struct str){iso, 19});
}

static struct str dns_of_dn(struct arena *a, struct str dn)
{
    struct str rest = dn, part, dns = STR_NONE;
    while (str_cut(&rest, ',', &part)) {
        part = str_trim(part);
        if (str_startsi(part, STR("DC=")))
            dns = str_set(dns) ? str_fmt(a, "%.*s.%.*s", STR_ARG(dns), STR_ARG(str_from(part, 3))) : str_dup(a, str_from(part, 3));
    }
    return dns;
}

/* ---- one attribute ---- */

static void object_class(struct ldif *l, struct str v)
{
    l->user |= str_eqi(v, STR("user")) || str_eqi(v, STR("inetOrgPerson"));
    l->computer |= str_eqi(v, STR("computer"));
    l->group |= str_eqi(v, STR("group"));
    l->gmsa |= str_eqi(v, STR("msDS-GroupManagedServiceAccount")) || str_eqi(v, STR("msDS-ManagedServiceAccount"));
}

static void number(struct str v, uint32_t *out)
{
    int64_t n;
    if (str_i64(v, &n))
        *out = (uint32_t)n;
}

static bool text_attribute(struct ldif *l, struct str name, struct str v)
{
    struct dir_entry *e = l->entry;
    const struct {
        const char *name;
        struct str *to;
    } rows[] = {{"sAMAccountName", &e->base.ref.name}, {"userPrincipalName", &e->base.ref.upn}, {"mail", &e->base.ref.mail},
                {"displayName", &e->display},          {"department", &e->department},          {"title", &e->title},
                {"manager", &e->manager},              {"c", &e->country},                      {"dNSHostName", &e->dns_name}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_eqi(name, str_of(rows[i].name))) {
            *rows[i].to = str_dup(&l->im->text, v);
            return true;
        }
    return false;
}

static void attribute(struct ldif *l, struct str name, struct str v)
{
    struct dir_entry *e = l->entry;
    struct arena *text = &l->im->text;
    uint64_t big;
    if (text_attribute(l, name, v))
        return;
    if (str_eqi(name, STR("objectClass")))
        object_class(l, v);
    else if (str_eqi(name, STR("objectSid")))
        e->base.ref.sid = str_starts(v, STR("S-1-")) ? str_dup(text, v) : binary_sid(text, v);
    else if (str_eqi(name, STR("memberOf")))
        l->bad |= dir_list_add(text, &e->groups, &e->ngroups, str_dup(text, v)) != 0;
    else if (str_eqi(name, STR("member")))
        l->bad |= dir_list_add(text, &e->members, &e->nmembers, str_dup(text, v)) != 0;
    else if (str_eqi(name, STR("userAccountControl")))
        number(v, &e->uac);
    else if (str_eqi(name, STR("primaryGroupID")))
        number(v, &e->primary_group);
    else if (str_eqi(name, STR("msDS-SupportedEncryptionTypes")))
        number(v, &e->enctypes);
    else if (str_eqi(name, STR("servicePrincipalName")))
        l->spn = true;
    else if (str_eqi(name, STR("whenCreated")))
        e->created = generalized(v);
    else if (str_eqi(name, STR("isDeleted")))
        l->deleted = str_eqi(v, STR("TRUE"));
    else if (str_eqi(name, STR("accountExpires")) && str_u64(v, &big) && big != 0 && big != INT64_MAX)
        e->terminated = time_filetime(big);
}

/* "name: text" or "name:: base64" */
static void line(struct ldif *l, struct str s)
{
    ptrdiff_t colon = str_chr(s, ':');
    if (colon <= 0) {
        l->bad = true;
        l->why = "LDIF line without an attribute name";
        return;
    }
    struct str name = str_sub(s, 0, (size_t)colon), v = str_from(s, (size_t)colon + 1);
    ptrdiff_t option = str_chr(name, ';');
    if (option > 0)
        name = str_sub(name, 0, (size_t)option);
    if (v.n && v.p[0] == ':') {
        struct str b64 = str_trim(str_from(v, 1));
        char *out = arena_alloc(&l->im->text, b64.n + 1);
        size_t n;
        if (!out || sodium_base642bin((unsigned char *)out, b64.n + 1, b64.p, b64.n, " ", &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) {
            l->bad = true;
            l->why = "LDIF value that is not base64";
            return;
        }
        v = (struct str){out, n};
    } else {
        v = str_trim(v);
    }
    if (str_eqi(name, STR("dn"))) {
        l->dn = str_dup(&l->im->text, v);
        l->entry = dir_import_entry(l->im);
        l->bad |= l->entry == NULL;
    } else if (l->entry && v.n) {
        attribute(l, name, v);
    }
}

/* ---- one entry ---- */

enum { UAC_DISABLED = 0x2, UAC_SERVER_TRUST = 0x2000, UAC_WORKSTATION_TRUST = 0x1000 };

static void finish(struct ldif *l)
{
    struct dir_entry *e = l->entry;
    if (!e)
        return;
    e->dn = l->dn;
    e->base.ref.domain = dns_of_dn(&l->im->text, l->dn);
    if (l->group)
        e->base.type = ENTITY_GROUP;
    else if (l->computer && !l->gmsa)
        e->base.type = ENTITY_COMPUTER;
    else if (l->user || l->gmsa)
        e->base.type = ENTITY_USER;
    else
        l->im->n--; /* an organisational unit, a container: nobody */
    if (e->uac & UAC_DISABLED)
        e->base.flags |= ENTITY_DISABLED;
    if ((e->uac & UAC_SERVER_TRUST) || (l->computer && (e->primary_group == 516 || e->primary_group == 521)))
        e->base.flags |= e->primary_group == 521 ? (uint32_t)(ENTITY_DC | ENTITY_RODC) : (uint32_t)ENTITY_DC;
    if (l->gmsa || (l->spn && !l->computer))
        e->base.flags |= ENTITY_SERVICE;
    if (l->deleted)
        e->base.flags |= ENTITY_TERMINATED;
    /* an export that lists accounts lists them all: krbtgt stands for that */
    if (sid_rid(e->base.ref.sid) == 502) {
        dir_import_domain(l->im, e->base.ref.domain);
        dir_import_domain(l->im, sid_domain(e->base.ref.sid));
    }
}

static void next_entry(struct ldif *l, uint64_t *skipped, struct fault *first, uint64_t offset)
{
    if (l->bad) {
        if (l->entry)
            l->im->n--;
        if ((*skipped)++ == 0)
            *first = (struct fault){l->why ? l->why : "LDIF entry too large", offset};
    } else {
        finish(l);
    }
    *l = (struct ldif){.im = l->im};
}

/* End of the physical line at `at` (its newline or n), and where the next one starts. */
static size_t line_end(const char *text, size_t n, size_t at, size_t *next)
{
    const char *eol = memchr(text + at, '\n', n - at);
    size_t end = eol ? (size_t)(eol - text) : n;
    *next = end < n ? end + 1 : n;
    return end > at && text[end - 1] == '\r' ? end - 1 : end;
}

/* The logical line at *at: physical lines joined where the next begins with a blank (RFC 2849, folding). */
static struct str logical(struct ldif *l, const char *text, size_t n, size_t *at)
{
    size_t start = *at, next;
    size_t end = line_end(text, n, start, &next), total = end - start;
    *at = next;
    if (next >= n || text[next] != ' ')
        return (struct str){text + start, total};
    for (size_t p = next; p < n && text[p] == ' '; p = next)
        total += line_end(text, n, p, &next) - p - 1;
    char *joined = arena_alloc(&l->im->text, total);
    size_t used = end - start;
    if (joined)
        memcpy(joined, text + start, used);
    for (; *at < n && text[*at] == ' '; *at = next) {
        end = line_end(text, n, *at, &next);
        if (joined)
            memcpy(joined + used, text + *at + 1, end - *at - 1);
        used += end - *at - 1;
    }
    l->bad |= joined == NULL;
    return (struct str){joined, joined ? used : 0};
}

int dir_import_ldif(struct dir_import *im, const char *text, size_t n, uint64_t *skipped, struct fault *first)
{
    struct ldif l = {.im = im};
    size_t at = 0, start = 0;
    while (at < n) {
        struct str s = logical(&l, text, n, &at);
        if (s.n == 0) {
            next_entry(&l, skipped, first, start);
            start = at;
        } else if (s.p[0] != '#' && !str_startsi(s, STR("version:")) && !l.bad) {
            line(&l, s);
        }
    }
    next_entry(&l, skipped, first, start);
    return 0;
}
