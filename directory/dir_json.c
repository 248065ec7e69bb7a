/* directory/dir_json.c - the JSON form of a directory, read and written. dir_build.h has its members. */
#include "directory/dir_ref.h"

#include "base/jin.h"
#include "base/jout.h"

#include <stdlib.h>

/* What an object has by its text, its moments, numbers and lists; common to reading and writing. */
#define AT(member) offsetof(struct dir_entry, member)

static const struct {
    const char *key;
    size_t at;
} texts[] = {{"name", AT(base.ref.name)},
             {"sid", AT(base.ref.sid)},
             {"guid", AT(guid)},
             {"parent", AT(parent)},
             {"dn", AT(dn)},
             {"upn", AT(base.ref.upn)},
             {"mail", AT(base.ref.mail)},
             {"cloud", AT(base.ref.cloud)},
             {"displayName", AT(display)},
             {"department", AT(department)},
             {"title", AT(title)},
             {"manager", AT(manager)},
             {"country", AT(country)},
             {"phone", AT(phone)},
             {"dns", AT(dns_name)},
             {"os", AT(os)}},
  moments[] = {{"created", AT(created)}, {"terminated", AT(terminated)}, {"lastLogon", AT(last_logon)}, {"passwordSet", AT(password_set)}},
  numbers[] = {{"uac", AT(uac)},         {"primaryGroup", AT(primary_group)}, {"enctypes", AT(enctypes)}, {"direction", AT(trust_direction)},
               {"type", AT(trust_type)}, {"attributes", AT(trust_attributes)}};

static const struct {
    const char *key;
    size_t at, count;
} lists[] = {{"groups", AT(groups), AT(ngroups)},
             {"members", AT(members), AT(nmembers)},
             {"spns", AT(spns), AT(nspns)},
             {"delegateTo", AT(delegate_to), AT(ndelegate_to)},
             {"delegates", AT(delegates), AT(ndelegates)}};

static const struct {
    const char *key;
    uint32_t bit;
} bits[] = {{"disabled", ENTITY_DISABLED},   {"deleted", ENTITY_TERMINATED},    {"service", ENTITY_SERVICE}, {"adminCount", ENTITY_ADMIN_COUNT},
            {"sensitive", ENTITY_SENSITIVE}, {"honeytoken", ENTITY_HONEYTOKEN}, {"dc", ENTITY_DC},           {"rodc", ENTITY_RODC},
            {"dnsServer", ENTITY_DNS_SERVER}};

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* The lists of objects. A trust keeps its NetBIOS name where others keep what is displayed. */
static const struct listing {
    const char *key;
    enum dir_role role;
    enum entity_type type;
} kinds[] = {{"users", DIR_ENTITY, ENTITY_USER},
             {"groups", DIR_ENTITY, ENTITY_GROUP},
             {"computers", DIR_ENTITY, ENTITY_COMPUTER},
             {"trusts", DIR_TRUST, ENTITY_USER},
             {"places", DIR_PLACE, ENTITY_USER}};

/* ---- reading ---- */

struct reading {
    struct dir_import *im;
    const struct jnode *doc;
};

static struct str member(const struct reading *r, const struct jnode *o, const char *key)
{
    struct str s = jin_str(r->doc, o, key);
    return s.n ? str_dup(&r->im->text, s) : STR_NONE;
}

static bool flag(const struct reading *r, const struct jnode *o, const char *key)
{
    const struct jnode *n = jin_path(r->doc, o, key);
    return n && n->type == J_TRUE;
}

static int names(const struct reading *r, const struct jnode *o, const char *key, struct str **list, size_t *n)
{
    const struct jnode *items = jin_path(r->doc, o, key);
    int err = 0;
    for (const struct jnode *c = items ? jin_first(r->doc, items) : NULL; c && !err; c = jin_next(r->doc, items, c))
        if (str_set(jin_text(c)))
            err = dir_list_add(&r->im->text, list, n, str_dup(&r->im->text, jin_text(c)));
    return err;
}

static int object(const struct reading *r, const struct jnode *o, struct dir_entry *e)
{
    char *at = (char *)e;
    uint64_t v;
    int err = 0;
    for (size_t i = 0; i < COUNT(texts); i++)
        *(struct str *)(void *)(at + texts[i].at) = member(r, o, texts[i].key);
    for (size_t i = 0; i < COUNT(moments); i++)
        *(int64_t *)(void *)(at + moments[i].at) = time_parse(jin_str(r->doc, o, moments[i].key));
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (jin_u64(r->doc, o, numbers[i].key, &v) && v <= UINT32_MAX)
            *(uint32_t *)(void *)(at + numbers[i].at) = (uint32_t)v;
    for (size_t i = 0; i < COUNT(lists) && !err; i++)
        err = names(r, o, lists[i].key, (void *)(at + lists[i].at), (void *)(at + lists[i].count));
    for (size_t i = 0; i < COUNT(bits); i++)
        e->base.flags |= flag(r, o, bits[i].key) ? bits[i].bit : 0u;
    e->base.ref.domain = str_set(r->im->netbios) ? r->im->netbios : r->im->domain;
    (void)ip_parse(jin_str(r->doc, o, "ip"), &e->ip, NULL);
    return err;
}

static int objects(const struct reading *r, const struct listing *k)
{
    const struct jnode *list = jin_path(r->doc, r->doc, k->key);
    for (const struct jnode *o = list ? jin_first(r->doc, list) : NULL; o; o = jin_next(r->doc, list, o)) {
        if (o->type != J_OBJ)
            continue;
        struct dir_entry *e = dir_import_entry(r->im);
        if (!e || object(r, o, e) != 0)
            return ERR_MEMORY;
        struct str *name = &e->base.ref.name;
        e->role = k->role;
        e->base.type = k->type;
        if (k->role == DIR_TRUST)
            e->display = member(r, o, "netbios");
        if (k->type == ENTITY_COMPUTER && str_set(*name) && !str_ends(*name, STR("$")))
            *name = str_fmt(&r->im->text, "%.*s$", STR_ARG(*name));
    }
    return 0;
}

/* What names the domain: once at the top, or on the first of several lines for those that follow. */
static void domain(const struct reading *r)
{
    struct dir_import *im = r->im;
    if (jin_path(r->doc, r->doc, "domain") || jin_path(r->doc, r->doc, "netbios") || jin_path(r->doc, r->doc, "sid")) {
        im->domain = member(r, r->doc, "domain");
        im->netbios = member(r, r->doc, "netbios");
        im->sid = member(r, r->doc, "sid");
        im->state = member(r, r->doc, "state");
    }
    if (flag(r, r->doc, "complete")) {
        dir_import_domain(im, im->domain);
        dir_import_domain(im, im->netbios);
        dir_import_domain(im, im->sid);
    }
}

static int document(struct reading *r, struct fault *fault)
{
    int err = 0;
    if (r->doc->type != J_OBJ) {
        *fault = (struct fault){"a directory in JSON is one object", 0};
        return ERR_MALFORMED;
    }
    domain(r);
    for (size_t i = 0; i < COUNT(kinds) && !err; i++)
        err = objects(r, &kinds[i]);
    return err;
}

/* One object per line when the first line is one; else one object in all. */
int dir_import_json(struct dir_import *im, const char *text, size_t n, struct fault *fault)
{
    struct jin *j = jin_new();
    struct reading r = {.im = im};
    struct str rest = str_trim((struct str){text, n}), line = rest;
    int err = j ? 0 : ERR_MEMORY;
    im->domain = im->netbios = im->sid = im->state = STR_NONE;
    ptrdiff_t eol = str_chr(rest, '\n');
    bool lines = !err && eol > 0 && jin_parse(j, rest.p, (size_t)eol, &r.doc, fault) == 0;
    while (!err && (lines ? str_cut(&rest, '\n', &line) : str_set(rest))) {
        size_t at = (size_t)(line.p - text);
        if (!lines)
            rest = STR_NONE;
        else if (str_trim(line).n == 0)
            continue;
        err = jin_parse(j, line.p, line.n, &r.doc, fault);
        if (!err)
            err = document(&r, fault);
        if (err == ERR_MALFORMED || err == ERR_LIMIT)
            fault->offset += at;
    }
    jin_free(j);
    return err;
}

/* ---- writing ---- */

enum { LIST_PART = 50000 }; /* members on one line: a reader of JSON has its limits, a group has none */

static int by_kind(const void *x, const void *y)
{
    const struct dir_entry *a = *(const struct dir_entry *const *)x, *b = *(const struct dir_entry *const *)y;
    if (a->role != b->role)
        return a->role < b->role ? -1 : 1;
    if (a->base.type != b->base.type)
        return a->base.type < b->base.type ? -1 : 1;
    int c = str_cmp(a->guid, b->guid);
    c = c ? c : str_cmp(a->base.ref.sid, b->base.ref.sid);
    c = c ? c : str_cmpi(a->base.ref.name, b->base.ref.name);
    return c ? c : (a > b) - (a < b);
}

static void put_lists(struct jout *j, const struct dir_entry *e, size_t part)
{
    for (size_t i = 0; i < COUNT(lists); i++) {
        const char *at = (const char *)e;
        const struct str *list = *(struct str *const *)(const void *)(at + lists[i].at);
        size_t n = *(const size_t *)(const void *)(at + lists[i].count), from = part * LIST_PART;
        if (from >= n)
            continue;
        jout_key(j, lists[i].key);
        jout_arr(j);
        for (size_t k = from; k < n && k < from + LIST_PART; k++)
            jout_str(j, list[k]);
        jout_end_arr(j);
    }
}

static void put_object(struct jout *j, const struct dir_entry *e)
{
    const char *at = (const char *)e;
    for (size_t i = 0; i < COUNT(texts); i++)
        if (e->role != DIR_TRUST || texts[i].at != AT(display))
            jout_kstr(j, texts[i].key, *(const struct str *)(const void *)(at + texts[i].at));
    if (e->role == DIR_TRUST)
        jout_kstr(j, "netbios", e->display);
    for (size_t i = 0; i < COUNT(moments); i++)
        jout_ktime(j, moments[i].key, *(const int64_t *)(const void *)(at + moments[i].at));
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (*(const uint32_t *)(const void *)(at + numbers[i].at))
            jout_ku64(j, numbers[i].key, *(const uint32_t *)(const void *)(at + numbers[i].at));
    for (size_t i = 0; i < COUNT(bits); i++)
        if (e->base.flags & bits[i].bit)
            jout_kbool(j, bits[i].key, true);
    if (ip_set(&e->ip)) {
        char text[IP_TEXT];
        jout_kstr(j, "ip", ip_text(&e->ip, text));
    }
}

static const char *kind_key(const struct dir_entry *e)
{
    size_t i = 0;
    while (kinds[i].role != e->role || (e->role == DIR_ENTITY && kinds[i].type != e->base.type))
        i++;
    return kinds[i].key;
}

/* One line; a list that is too long for it goes on in lines that name the object again. */
static void put_entry(struct buf *b, const struct dir_entry *e, size_t part)
{
    struct jout j = jout_to(b);
    jout_obj(&j);
    jout_key(&j, kind_key(e));
    jout_arr(&j);
    jout_obj(&j);
    if (part == 0) {
        put_object(&j, e);
    } else {
        jout_kstr(&j, "name", e->base.ref.name);
        jout_kstr(&j, "sid", e->base.ref.sid);
        jout_kstr(&j, "guid", e->guid);
    }
    put_lists(&j, e, part);
    jout_end_obj(&j);
    jout_end_arr(&j);
    jout_end_obj(&j);
    buf_char(b, '\n');
}

static size_t parts(const struct dir_entry *e)
{
    size_t most = 1;
    for (size_t i = 0; i < COUNT(lists); i++) {
        size_t n = *(const size_t *)(const void *)((const char *)e + lists[i].count);
        most = n > most ? n : most;
    }
    return (most + LIST_PART - 1) / LIST_PART;
}

static void put_domain(struct buf *b, const struct dir_import *im)
{
    struct jout j = jout_to(b);
    bool complete = false;
    for (size_t i = 0; i < im->ndomains; i++)
        complete |= str_eqi(im->domains[i], im->domain) || str_eqi(im->domains[i], im->sid);
    jout_obj(&j);
    jout_kstr(&j, "domain", im->domain);
    jout_kstr(&j, "netbios", im->netbios);
    jout_kstr(&j, "sid", im->sid);
    jout_kstr(&j, "state", im->state);
    if (complete)
        jout_kbool(&j, "complete", true);
    jout_end_obj(&j);
    buf_char(b, '\n');
}

int dir_import_write(const struct dir_import *im, int (*put)(void *owner, struct str line), void *owner)
{
    const struct dir_entry **order = calloc(im->n + 1, sizeof(*order));
    struct buf b = {0};
    size_t n = 0;
    if (!order)
        return ERR_MEMORY;
    for (size_t i = 0; i < im->n; i++)
        if (im->entries[i].role != DIR_NOTHING)
            order[n++] = &im->entries[i];
    qsort(order, n, sizeof(*order), by_kind);
    put_domain(&b, im);
    int err = b.failed ? ERR_MEMORY : put(owner, buf_view(&b));
    for (size_t i = 0; i < n && !err; i++)
        for (size_t part = 0; part < parts(order[i]) && !err; part++) {
            b.n = 0;
            put_entry(&b, order[i], part);
            err = b.failed ? ERR_MEMORY : put(owner, buf_view(&b));
        }
    buf_free(&b);
    free(order);
    return err;
}
