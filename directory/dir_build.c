/* directory/dir_build.c - joins spellings into entities: one person across all accounts.
 *
 * Every spelling (learned or imported) is an item with keys: SID, cloud id, addresses, domain + name,
 * host. Items that share a key are one entity. All work is over sorted items, so that the result does
 * not depend on the order of learning. */
#include "directory/dir_items.h"

#include "base/hash.h"
#include "directory/wellknown.h"

#include <stdio.h>
#include <stdlib.h>

enum { PRIOR_COUNT = 100 }; /* sightings that a name known from before is worth */

/* ---- items ---- */

static int compare_refs(const struct dir_ref *x, const struct dir_ref *y, int (*compare)(struct str, struct str))
{
    const struct str *a[] = {&x->ref.sid, &x->ref.domain, &x->ref.name, &x->ref.upn, &x->ref.mail, &x->ref.cloud};
    const struct str *b[] = {&y->ref.sid, &y->ref.domain, &y->ref.name, &y->ref.upn, &y->ref.mail, &y->ref.cloud};
    for (int i = 0; i < 6; i++) {
        int c = compare(*a[i], *b[i]);
        if (c)
            return c;
    }
    return (x->type > y->type) - (x->type < y->type);
}

static int by_spelling(const void *x, const void *y)
{
    const struct item *a = x, *b = y;
    int c = compare_refs(&a->ref, &b->ref, str_cmpi);
    if (c)
        return c;
    /* imported before known from before, that before learned; imports keep their order in the file */
    if (a->entry != b->entry)
        return !a->entry ? 1 : !b->entry ? -1 : a->entry < b->entry ? -1 : 1;
    if (a->prior != b->prior)
        return !a->prior ? 1 : !b->prior ? -1 : a->prior->number < b->prior->number ? -1 : 1;
    return compare_refs(&a->ref, &b->ref, str_cmp);
}

/* Learned spellings that `compare` takes for equal become one item with all their counts, spelled as most often. */
static void fold(struct build *b, int (*compare)(struct str, struct str))
{
    uint32_t n = 0;
    uint64_t most = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        const struct item it = b->items[i];
        struct dir_ref *last = n && !b->items[n - 1].entry && !b->items[n - 1].prior ? &b->items[n - 1].ref : NULL;
        if (!last || it.entry || it.prior || compare_refs(last, &it.ref, compare) != 0) {
            b->items[n++] = it;
            most = it.ref.count;
            continue;
        }
        if (it.ref.count > most) {
            last->ref = it.ref.ref;
            most = it.ref.count;
        }
        last->count += it.ref.count;
        last->flags |= it.ref.flags;
    }
    b->n = n;
}

static bool plain_name(struct str name)
{
    struct ip ip;
    return str_set(name) && !ip_parse(name, &ip, NULL);
}

static int collect(struct build *b, struct dir_learner *const *learners, size_t nl, const struct dir_import *im)
{
    size_t total = im ? im->n : 0, before = 0;
    int err = b->prior ? dir_prior_room(b->prior, &before) : 0;
    if (err)
        return err;
    for (size_t i = 0; i < nl; i++)
        total += learners[i]->n;
    total += before;
    b->items = calloc(total + 1, sizeof *b->items);
    if (!b->items)
        return ERR_MEMORY;
    for (size_t i = 0; i < nl; i++)
        for (size_t k = 0; k < learners[i]->n; k++)
            if (learners[i]->refs[k].type != ENTITY_COMPUTER || !str_set(learners[i]->refs[k].ref.name) ||
                plain_name(learners[i]->refs[k].ref.name))
                b->items[b->n++].ref = learners[i]->refs[k];
    for (size_t k = 0; im && k < im->n; k++) {
        if (im->entries[k].role != DIR_ENTITY)
            continue;
        b->items[b->n].ref = im->entries[k].base;
        b->items[b->n++].entry = &im->entries[k];
    }
    dir_prior_items(b);
    qsort(b->items, b->n, sizeof *b->items, by_spelling);
    fold(b, str_cmp); /* of several learners */
    fold(b, str_cmpi);
    for (uint32_t i = 0; i < b->n; i++)
        b->items[i].parent = i;
    return 0;
}

/* ---- domains: which spellings mean the same ---- */

struct spelling {
    struct str text, sid;
    uint64_t count;
};

static int by_text_sid(const void *x, const void *y)
{
    const struct spelling *a = x, *b = y;
    int c = str_cmpi(a->text, b->text);
    return c ? c : str_cmp(a->sid, b->sid);
}

static uint64_t *alias(struct build *b, struct str spelling)
{
    return table_put(&b->dir->domains, hash_stri(spelling, 7), NULL);
}

/* "CORP" means "corp.example.test" when that is the only domain so called. */
static void netbios(struct build *b, const struct spelling *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t own = *alias(b, s[i].text);
        if (str_chr(s[i].text, '.') >= 0)
            continue;
        size_t found = 0, at = 0;
        uint64_t canonical = 0;
        for (size_t k = 0; k < n; k++) {
            ptrdiff_t dot = str_chr(s[k].text, '.');
            if (dot <= 0 || !str_eqi(str_sub(s[k].text, 0, (size_t)dot), s[i].text))
                continue;
            uint64_t c = *alias(b, s[k].text);
            found += c != canonical;
            canonical = c;
            at = k;
        }
        if (found == 1 && own == hash_stri(s[i].text, 7))
            *alias(b, s[i].text) = canonical;
        else if (found == 1 && canonical == hash_stri(s[at].text, 7)) /* Kerberos events name the realm and no SID */
            *alias(b, s[at].text) = own;
    }
}

static int join_domains(struct build *b)
{
    struct spelling *s = calloc(b->n + 1, sizeof *s);
    size_t n = 0;
    if (!s)
        return ERR_MEMORY;
    for (uint32_t i = 0; i < b->n; i++)
        if (str_set(b->items[i].ref.ref.domain))
            s[n++] = (struct spelling){b->items[i].ref.ref.domain, sid_domain(b->items[i].ref.ref.sid), b->items[i].ref.count};
    qsort(s, n, sizeof *s, by_text_sid);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) { /* one row per (text, SID) */
        if (m && by_text_sid(&s[m - 1], &s[i]) == 0)
            s[m - 1].count += s[i].count;
        else
            s[m++] = s[i];
    }
    size_t rows = 0;
    for (size_t i = 0; i < m;) { /* one row per text, with its most frequent SID */
        struct spelling best = s[i];
        size_t k = i;
        for (; k < m && str_eqi(s[k].text, s[i].text); k++)
            if (str_set(s[k].sid) && (!str_set(best.sid) || s[k].count > best.count))
                best = s[k];
        uint64_t *to = alias(b, best.text);
        if (to)
            *to = str_set(best.sid) ? hash_stri(best.sid, 7) : hash_stri(best.text, 7);
        s[rows++] = best;
        i = k;
    }
    if (rows < 2000)
        netbios(b, s, rows);
    free(s);
    return 0;
}

/* ---- union ---- */

uint32_t dir_item_root(struct build *b, uint32_t i)
{
    while (b->items[i].parent != i) {
        b->items[i].parent = b->items[b->items[i].parent].parent;
        i = b->items[i].parent;
    }
    return i;
}

static void join_by(struct build *b, uint64_t key, uint32_t i)
{
    uint32_t *first = table_put(&b->owner, key, NULL);
    if (!first)
        return;
    if (*first == 0) {
        *first = i + 1;
        return;
    }
    uint32_t x = dir_item_root(b, *first - 1), y = dir_item_root(b, i);
    if (x != y)
        b->items[x > y ? x : y].parent = x > y ? y : x;
}

/* The entity that had the SID before, when one of those from i to k did. */
static const struct entity *had_sid(const struct build *b, uint32_t i, uint32_t k)
{
    for (; i < k; i++)
        if (b->items[i].prior && !b->items[i].echo && str_set(b->items[i].prior->sam))
            return b->items[i].prior;
    return NULL;
}

static bool same_name(const struct entity *before, struct str x, struct str y)
{
    return str_eqi(x, y) || (before && dir_prior_named(before, x) && dir_prior_named(before, y));
}

/* How much speaks for items i to k being called `name`. */
static uint64_t sightings(const struct build *b, uint32_t i, uint32_t k, const struct entity *before, struct str name)
{
    uint64_t count = before && dir_prior_named(before, name) ? PRIOR_COUNT : 0;
    for (uint32_t m = i; m < k && m < i + 64; m++)
        if (str_set(b->items[m].ref.ref.name) && same_name(before, b->items[m].ref.ref.name, name))
            count += b->items[m].entry ? UINT64_C(1) << 40 : b->items[m].ref.count;
    return count;
}

/* One SID, several names: the directory's, else the most frequent one, is true; the others claim it. */
static void find_impostors(struct build *b)
{
    for (uint32_t i = 0, k; i < b->n; i = k) {
        struct str sid = b->items[i].ref.ref.sid;
        for (k = i + 1; k < b->n && str_eqi(b->items[k].ref.ref.sid, sid);)
            k++;
        if (!str_set(sid))
            continue;
        const struct entity *before = b->prior ? had_sid(b, i, k) : NULL;
        struct str truth = before ? before->sam : STR_NONE;
        uint64_t most = before ? sightings(b, i, k, before, truth) : 0;
        for (uint32_t m = i; m < k; m++) {
            struct str name = b->items[m].ref.ref.name;
            uint64_t count = str_set(name) ? sightings(b, i, k, before, name) : 0;
            if (count > most) {
                most = count;
                truth = name;
            }
        }
        for (uint32_t m = i; m < k; m++) {
            struct str name = b->items[m].ref.ref.name;
            b->items[m].impostor = !b->items[m].prior && str_set(name) && !same_name(before, name, truth);
        }
    }
}

bool dir_item_sid(const struct item *it)
{
    return str_set(it->ref.ref.sid) && !it->impostor && !(sid_is_builtin(it->ref.ref.sid) && str_ends(it->ref.ref.name, STR("$")));
}

static bool host_like(const struct item *it)
{
    return it->ref.type == ENTITY_COMPUTER && str_set(it->ref.ref.name);
}

enum { MAX_KEYS = 12 };

/* All names under which the item can be found; those before *strong join items. */
static unsigned keys_of(struct table *domains, const struct item *it, uint64_t key[MAX_KEYS])
{
    const struct account *a = &it->ref.ref;
    unsigned n = 0;
    if (dir_item_sid(it))
        key[n++] = dir_key_hash(KEY_SID, a->sid);
    if (str_set(a->cloud))
        key[n++] = dir_key_hash(KEY_CLOUD, a->cloud);
    if (str_set(a->upn))
        key[n++] = dir_key_hash(KEY_ADDRESS, a->upn);
    if (str_set(a->mail))
        key[n++] = dir_key_hash(KEY_ADDRESS, a->mail);
    if (it->ref.type == ENTITY_GROUP)
        return n;
    if (host_like(it)) {
        key[n++] = dir_key_hash(KEY_HOST, dir_host_part(a->name));
    } else if (str_set(a->name) && str_set(a->domain)) {
        key[n++] = dir_domain_name_hash(dir_domain_hash(domains, a->domain), a->name);
        if (str_chr(a->domain, '.') > 0) { /* name@dns-domain is the implicit UPN (MS-ADTS 5.1.1.1.1) */
            char text[512];
            int len = snprintf(text, sizeof text, "%.*s@%.*s", STR_ARG(a->name), STR_ARG(a->domain));
            if (len > 0 && len < (int)sizeof text)
                key[n++] = dir_key_hash(KEY_ADDRESS, (struct str){text, (size_t)len});
        }
    } else if (str_set(a->name) && !str_set(a->upn) && !str_set(a->mail) && !str_set(a->cloud) && !dir_item_sid(it)) {
        key[n++] = dir_key_hash(KEY_NAME, a->name);
    }
    return n;
}

static uint64_t spelled_alike(const struct dir_ref *r)
{
    uint64_t h = hash_mix(r->type, KEY_SPELLING);
    const struct str part[] = {r->ref.sid, r->ref.domain, r->ref.name};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        h = str_set(part[i]) ? hash_stri(part[i], h) : hash_mix(h, i);
    return h;
}

static void join_items(struct build *b)
{
    uint64_t key[MAX_KEYS];
    for (uint32_t i = 0; i < b->n; i++) {
        unsigned n = keys_of(&b->dir->domains, &b->items[i], key);
        for (unsigned k = 0; k < n; k++)
            join_by(b, key[k], i);
        if (b->items[i].prior)
            join_by(b, hash_mix(b->items[i].prior->number, KEY_NUMBER), i);
        if (b->prior && n == 0 && str_set(b->items[i].ref.ref.name)) /* what has no key of its own is known again by all of its names */
            join_by(b, spelled_alike(&b->items[i].ref), i);
    }
}

bool dir_resolves(const struct dir *d, const struct dir_ref *r)
{
    struct dir *open = (struct dir *)(uintptr_t)d; /* looking up sets no bit that is read (dir.c) */
    struct item it = {.ref = *r};
    uint64_t key[MAX_KEYS];
    unsigned n = keys_of(&open->domains, &it, key);
    if (n == 0)
        return r->type != ENTITY_GROUP || table_get(&open->keys, dir_key_hash(KEY_GROUP_NAME, r->ref.name)) != NULL;
    const uint32_t *first = table_get(&open->keys, key[0]);
    for (unsigned i = 1; first && i < n; i++) {
        const uint32_t *other = table_get(&open->keys, key[i]);
        if (!other || *other != *first)
            return false;
    }
    return first && *first && dir_is(d, *first, r->flags);
}

/* ---- entities ---- */

static void prefer(struct str *have, struct str more)
{
    if (!str_set(*have) && more.n)
        *have = more;
}

static struct str keep(struct dir *d, struct str s)
{
    return str_dup(&d->text, s);
}

static void add_spelling(struct dir *d, struct entity *e, struct str *list, uint32_t cap, struct str s)
{
    for (uint32_t i = 0; i < e->naccounts; i++)
        if (str_eqi(list[i], s))
            return;
    if (str_set(s) && e->naccounts < cap)
        list[e->naccounts++] = keep(d, s);
}

enum { MAX_SPELLINGS = 24 };

static void keep_list(struct dir *d, const struct str **to, uint32_t *nto, const struct str *from, size_t n)
{
    struct str *list = n && !*nto ? arena_alloc(&d->text, n * sizeof *list) : NULL;
    for (size_t i = 0; list && i < n; i++)
        list[i] = keep(d, from[i]);
    if (list) {
        *to = list;
        *nto = (uint32_t)n;
    }
}

static void take_entry(struct dir *d, struct entity *e, const struct dir_entry *im)
{
    prefer(&e->name, keep(d, im->display));
    prefer(&e->dns_name, keep(d, im->dns_name));
    prefer(&e->dn, keep(d, im->dn));
    prefer(&e->department, keep(d, im->department));
    prefer(&e->title, keep(d, im->title));
    prefer(&e->manager, keep(d, im->manager));
    prefer(&e->country, keep(d, im->country));
    e->uac |= im->uac;
    e->enctypes |= im->enctypes;
    prefer(&e->guid, keep(d, im->guid));
    prefer(&e->phone, keep(d, im->phone));
    prefer(&e->os, keep(d, im->os));
    e->created = im->created != TIME_NONE ? im->created : e->created;
    e->terminated = im->terminated != TIME_NONE ? im->terminated : e->terminated;
    e->last_logon = im->last_logon != TIME_NONE ? im->last_logon : e->last_logon;
    e->password_set = im->password_set != TIME_NONE ? im->password_set : e->password_set;
    keep_list(d, &e->spns, &e->nspns, im->spns, im->nspns);
    keep_list(d, &e->delegate_to, &e->ndelegate_to, im->delegate_to, im->ndelegate_to);
    keep_list(d, &e->delegates, &e->ndelegates, im->delegates, im->ndelegates);
}

/* What an entity was. What the directory and tags say of it is for them to say again, but for one that the directory no
 * longer lists. */
static void take_prior(struct dir *d, struct entity *e, const struct entity *was, struct str *spellings)
{
    struct str *const to[] = {&e->name, &e->sid, &e->sam, &e->domain, &e->upn, &e->mail, &e->cloud, &e->dns_name,
                              &e->dn, &e->department, &e->title, &e->manager, &e->country, &e->guid, &e->phone, &e->os};
    const struct str from[] = {was->name, was->sid, was->sam, was->domain, was->upn, was->mail, was->cloud, was->dns_name,
                               was->dn, was->department, was->title, was->manager, was->country, was->guid, was->phone, was->os};
    for (size_t i = 0; i < sizeof to / sizeof *to; i++)
        prefer(to[i], keep(d, from[i]));
    for (uint32_t i = 0; i < was->naccounts; i++)
        add_spelling(d, e, spellings, MAX_SPELLINGS, was->accounts[i]);
    if (e->flags & ENTITY_IN_DIRECTORY)
        return;
    e->type = was->type;
    e->flags |= was->flags & (ENTITY_DISABLED | ENTITY_TERMINATED | ENTITY_SERVICE | ENTITY_RODC);
    e->uac |= was->uac;
    e->enctypes |= was->enctypes;
    e->created = e->created == TIME_NONE ? was->created : e->created;
    e->terminated = e->terminated == TIME_NONE ? was->terminated : e->terminated;
}

static void take_item(struct dir *d, struct entity *e, const struct item *it, struct str *spellings)
{
    const struct account *a = &it->ref.ref;
    if (it->prior) {
        if (!it->echo)
            take_prior(d, e, it->prior, spellings);
        return;
    }
    if (it->entry) {
        take_entry(d, e, it->entry);
        e->type = it->ref.type;
    }
    e->flags |= it->ref.flags;
    if (dir_item_sid(it))
        prefer(&e->sid, keep(d, a->sid));
    if (it->ref.type == ENTITY_COMPUTER && str_chr(a->name, '.') > 0)
        prefer(&e->dns_name, keep(d, a->name));
    else
        prefer(&e->sam, keep(d, a->name));
    prefer(&e->domain, keep(d, a->domain));
    prefer(&e->upn, keep(d, a->upn));
    prefer(&e->mail, keep(d, a->mail));
    prefer(&e->cloud, keep(d, a->cloud));
    char text[512];
    int n = snprintf(text, sizeof text, "%.*s\\%.*s", STR_ARG(a->domain), STR_ARG(a->name));
    if (str_set(a->domain) && str_set(a->name) && n > 0 && n < (int)sizeof text)
        add_spelling(d, e, spellings, MAX_SPELLINGS, (struct str){text, (size_t)n});
    else
        add_spelling(d, e, spellings, MAX_SPELLINGS, a->name);
    const struct str more[] = {a->upn, a->mail, dir_item_sid(it) ? a->sid : STR_NONE, a->cloud};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        add_spelling(d, e, spellings, MAX_SPELLINGS, more[i]);
}

static int by_bytes(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static void finish_entity(struct dir *d, struct entity *e, const struct str *spellings)
{
    struct str *list = arena_alloc(&d->text, (e->naccounts + 1) * sizeof *list);
    if (!list)
        e->naccounts = 0;
    else if (e->naccounts)
        memcpy(list, spellings, e->naccounts * sizeof *list);
    qsort(list, e->naccounts, sizeof *list, by_bytes);
    e->accounts = list;
    const struct str order[] = {e->sam, e->dns_name, e->upn, e->mail, e->cloud, e->sid};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        prefer(&e->name, order[i]);
    if (!str_set(e->name))
        e->name = STR("(unnamed)");
    if (e->type == ENTITY_COMPUTER && !str_ends(e->sam, STR("$")))
        e->sam = str_fmt(&d->text, "%.*s$", STR_ARG(dir_host_part(str_set(e->sam) ? e->sam : e->dns_name)));
    if (e->type == ENTITY_COMPUTER)
        e->name = dir_host_part(e->name);
    if (sid_is_builtin(e->sid))
        e->flags |= ENTITY_BUILTIN;
    if (str_startsi(e->sam, STR("MSOL_")) || str_startsi(e->sam, STR("AAD_")))
        e->flags |= ENTITY_REPLICATOR;
    if (sid_is_sensitive_group(e->sid) || sid_rid(e->sid) == 500 || sid_rid(e->sid) == 502)
        e->flags |= ENTITY_SENSITIVE;
}

/* From what names the entity best; a bare name names it within its domain only, and once. Those known from before have one. */
static void identify(struct dir *d, struct entity *e, struct table *ids)
{
    if (str_set(e->id))
        return;
    const struct str strongest[] = {e->sid, e->cloud, e->upn, e->mail, e->dns_name, e->sam, e->name};
    uint8_t id[16];
    uint64_t half;
    size_t i = 0;
    char again[16], hex[25];
    while (!str_set(strongest[i]))
        i++;
    struct str part[4] = {STR("entity"), str_lower(&d->text, strongest[i]), i < 5 ? STR_NONE : str_lower(&d->text, e->domain)};
    hash_id(id, part, str_set(part[2]) ? 3 : 2);
    memcpy(&half, id, sizeof half);
    uint32_t *same = table_put(ids, half, NULL);
    if (same && (*same)++ > 0) {
        int n = snprintf(again, sizeof again, "%u", (unsigned)*same);
        part[3] = (struct str){again, (size_t)n};
        hash_id(id, part, 4);
    }
    e->id = keep(d, hash_hex(hex, id, 12));
}

static void put_key(struct dir *d, uint64_t key, uint32_t number)
{
    bool fresh;
    uint32_t *v = table_put(&d->keys, key, &fresh);
    if (v && (fresh || *v == number))
        *v = number;
}

/* Weak keys: found only where one entity has them. */
static void put_unique(struct dir *d, uint64_t key, uint32_t number)
{
    bool fresh;
    uint32_t *v = table_put(&d->keys, key, &fresh);
    if (v)
        *v = fresh || *v == number ? number : 0;
}

static void count_suffix(struct dir *d, struct str address, bool imported)
{
    ptrdiff_t at = str_rchr(address, '@');
    if (at <= 0 || str_has(address, STR("#EXT#")))
        return;
    struct own_domain *o = table_put(&d->own, hash_stri(str_from(address, (size_t)at + 1), 5), NULL);
    if (!o)
        return;
    o->accounts++;
    o->imported |= imported;
    if (o->accounts > d->own_most)
        d->own_most = o->accounts;
}

static void index_item(struct build *b, const struct item *it, uint32_t number)
{
    struct dir *d = b->dir;
    uint64_t key[MAX_KEYS];
    unsigned n = keys_of(&d->domains, it, key);
    for (unsigned k = 0; k < n; k++)
        put_key(d, key[k], number);
    const struct account *a = &it->ref.ref;
    if (it->ref.type == ENTITY_GROUP && str_set(a->name))
        put_unique(d, dir_key_hash(KEY_GROUP_NAME, a->name), number);
    if (it->ref.type == ENTITY_GROUP && str_set(a->name) && str_set(a->domain))
        put_unique(d, dir_group_hash(&d->domains, a), number);
    if (it->ref.type == ENTITY_USER && str_set(a->name) && !it->impostor)
        put_unique(d, dir_key_hash(KEY_NAME, a->name), number);
    if (it->entry && str_set(it->entry->dn))
        put_key(d, dir_key_hash(KEY_DN, it->entry->dn), number);
    if (it->entry && str_set(it->entry->dns_name))
        put_key(d, dir_key_hash(KEY_HOST, dir_host_part(it->entry->dns_name)), number);
}

static int give_numbers(struct build *b, uint32_t *number)
{
    if (b->prior)
        return dir_prior_numbers(b, number);
    for (uint32_t i = 0; i < b->n; i++)
        if (dir_item_root(b, i) == i)
            number[i] = ++b->dir->n;
    return 0;
}

/* What the directory says comes first, then what was known. */
static int rank(const struct item *it)
{
    return it->entry ? 0 : it->prior ? 1 : 2;
}

static void take_items(struct build *b, const uint32_t *number, struct str (*spellings)[MAX_SPELLINGS])
{
    struct dir *d = b->dir;
    for (int pass = 0; pass < 3; pass++)
        for (uint32_t i = 0; i < b->n; i++) {
            uint32_t k = number[dir_item_root(b, i)];
            struct entity *e = &d->entities[k];
            if (e->number == 0)
                *e = (struct entity){.number = k, .type = b->items[i].ref.type, .created = TIME_NONE, .terminated = TIME_NONE,
                                     .last_logon = TIME_NONE, .password_set = TIME_NONE};
            if (pass == rank(&b->items[i]))
                take_item(d, e, &b->items[i], spellings[k]);
        }
}

/* Ids given before stay with their numbers, and nobody else gets one of them. */
static void keep_ids(struct build *b, struct table *ids)
{
    struct dir *d = b->dir;
    for (size_t i = 0; b->prior && i < b->prior->n; i++) {
        const struct entity *was = &b->prior->entities[i];
        uint8_t half[8] = {0};
        if (!str_set(was->id))
            continue;
        for (size_t k = 0; k < 16 && k < was->id.n; k++) {
            char c = was->id.p[k];
            half[k / 2] = (uint8_t)(half[k / 2] << 4 | (c <= '9' ? c - '0' : c - 'a' + 10));
        }
        uint64_t key;
        memcpy(&key, half, sizeof key);
        uint32_t *same = table_put(ids, key, NULL);
        if (same)
            (*same)++;
        if (d->entities[was->number].number == was->number)
            d->entities[was->number].id = keep(d, was->id);
    }
}

static void finish_entities(struct build *b, struct str (*spellings)[MAX_SPELLINGS])
{
    struct dir *d = b->dir;
    struct table ids;
    table_init(&ids, sizeof(uint32_t), UINT32_MAX / 4);
    keep_ids(b, &ids);
    for (uint32_t k = 1; k <= d->n; k++) {
        if (d->entities[k].number == 0)
            continue;
        finish_entity(d, &d->entities[k], spellings[k]);
        identify(d, &d->entities[k], &ids);
    }
    table_free(&ids);
}

static int make_entities(struct build *b)
{
    struct dir *d = b->dir;
    uint32_t *number = calloc(b->n + 1, sizeof *number);
    struct str(*spellings)[MAX_SPELLINGS] = NULL;
    int err = number ? give_numbers(b, number) : ERR_MEMORY;
    if (!err) {
        d->entities = calloc((size_t)d->n + 1, sizeof *d->entities);
        spellings = calloc((size_t)d->n + 1, sizeof *spellings);
        err = d->entities && spellings ? 0 : ERR_MEMORY;
    }
    if (!err) {
        take_items(b, number, spellings);
        finish_entities(b, spellings);
    }
    for (uint32_t i = 0; !err && i < b->n; i++)
        index_item(b, &b->items[i], number[dir_item_root(b, i)]);
    for (uint32_t k = 1; !err && k <= d->n; k++) {
        const struct entity *e = &d->entities[k];
        count_suffix(d, str_set(e->upn) ? e->upn : e->mail, e->flags & ENTITY_IN_DIRECTORY);
        if (str_set(e->upn) && !str_eqi(e->upn, e->mail))
            count_suffix(d, e->mail, e->flags & ENTITY_IN_DIRECTORY);
    }
    free(number);
    free(spellings);
    return err;
}

/* ---- all of it ---- */

static void init_tables(struct dir *d)
{
    arena_init(&d->text, 1u << 18, SIZE_MAX);
    struct table *all[] = {&d->keys, &d->domains, &d->complete, &d->at, &d->place_at, &d->controllers, &d->dns_servers, &d->own};
    const size_t size[] = {sizeof(uint32_t), sizeof(uint64_t), 1, sizeof(struct dir_fixed), sizeof(struct dir_span), 1, 1, sizeof(struct own_domain)};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        table_init(all[i], size[i], UINT32_MAX / 4);
}

static int join_all(struct build *b, const struct dir_known *k)
{
    int err = collect(b, k->learners, k->nlearners, k->import);
    if (!err)
        err = join_domains(b);
    if (err)
        return err;
    find_impostors(b);
    join_items(b);
    dir_bare_join(b);
    err = make_entities(b);
    if (!err)
        err = dir_link_groups(b->dir, k->import);
    return err ? err : dir_link_trusts(b->dir, k->import);
}

static int describe(struct dir *d, const struct dir_known *k)
{
    int err = dir_where_build(d, k);
    for (size_t i = 0; i < k->ntags; i++)
        dir_apply_tag(d, &k->tags[i]);
    dir_where_controllers(d);
    dir_spread_sensitivity(d);
    for (size_t i = 0; k->import && i < k->import->ndomains; i++)
        (void)table_put(&d->complete, dir_domain_hash(&d->domains, k->import->domains[i]), NULL);
    return err;
}

int dir_build_from(struct dir **out, const struct dir_known *known)
{
    struct dir *d = calloc(1, sizeof *d);
    struct dir_learner *extra = dir_learner_new();
    struct dir_learner **every = calloc(known->nlearners + 1, sizeof(*every));
    struct build b = {.dir = d, .prior = known->prior};
    int err = d && extra && every ? 0 : ERR_MEMORY;
    if (!err) {
        struct dir_known k = *known;
        init_tables(d);
        table_init(&b.owner, sizeof(uint32_t), UINT32_MAX / 4);
        if (k.nlearners)
            memcpy(every, k.learners, k.nlearners * sizeof(*every));
        every[k.nlearners++] = extra;
        k.learners = every;
        err = dir_name_tagged(extra, k.tags, k.ntags);
        if (!err)
            err = join_all(&b, &k);
        if (!err)
            err = describe(d, &k);
        table_free(&b.owner);
    }
    free(b.items);
    free(every);
    dir_learner_free(extra);
    if (err) {
        dir_free(d);
        return err;
    }
    *out = d;
    return 0;
}

int dir_build(struct dir **out, struct dir_learner *const *learners, size_t nl, const struct dir_import *im, const struct dir_tag *tags,
              size_t ntags)
{
    return dir_build_from(out, &(struct dir_known){.learners = learners, .nlearners = nl, .import = im, .tags = tags, .ntags = ntags});
}

void dir_free(struct dir *d)
{
    if (!d)
        return;
    struct table *all[] = {&d->keys, &d->domains, &d->complete, &d->at, &d->place_at, &d->controllers, &d->dns_servers, &d->own};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        table_free(all[i]);
    free(d->entities);
    free(d->all_groups);
    free(d->nall_groups);
    free(d->places);
    free(d->stays);
    free(d->merged);
    arena_free(&d->text);
    free(d);
}
