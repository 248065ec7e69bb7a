/* directory/dir_ldap.c - the directory of one Active Directory domain, read over LDAP. */
#include "directory/dir_ldap.h"

#include "base/dn.h"
#include "base/hash.h"
#include "directory/dir_keep.h"
#include "directory/dir_state.h"
#include "directory/dir_value.h"

#include <stdio.h>

#define KEPT \
    "(|(objectClass=user)(objectClass=group)(objectClass=trustedDomain)(objectClass=foreignSecurityPrincipal)(objectClass=contact)" \
    "(objectClass=organizationalUnit)(objectClass=container)(objectClass=builtinDomain)(objectClass=lostAndFound)(objectClass=domainDNS))"

enum { GUIDS_AT_ONCE = 50 };

/* A group whose members came in part: the next one's number. */
struct part {
    struct str guid;
    uint32_t next;
};

struct sync {
    const struct dir_ldap_options *o;
    struct dir_ldap_report *r;
    struct ldapc *c;
    struct dir_keep keep;
    struct arena text; /* lives as long as the call */
    const char *names[DIR_ATTR_NAMES];
    const char *ranged[DIR_ATTR_NAMES]; /* the same, members in parts */
    struct str root, domain, netbios, sid, service, configuration;
    struct dir_state state; /* what the server is at now */
    struct str *changed;    /* GUIDs that DirSync names */
    size_t nchanged;
    struct table seen; /* hash of GUID -> 1: it is there; 2: DirSync says that it is deleted */
    struct part *parts;
    size_t nparts, part_room;
};

static uint64_t key(struct str guid)
{
    return hash_stri(guid, 23);
}

static struct str zero_ended(struct sync *s, struct str t)
{
    return str_fmt(&s->text, "%.*s%c", STR_ARG(t), 0);
}

static int wrong(struct sync *s, int err, const char *what)
{
    (void)snprintf(s->r->why, sizeof s->r->why, "%.200s: %.400s", s->o->server.url, what);
    return err;
}

static int broken(struct sync *s, int err)
{
    (void)snprintf(s->r->why, sizeof s->r->why, "%s", err == ERR_MEMORY ? err_text(err) : ldapc_why(s->c));
    return err;
}

static struct str first(const struct ldapc_entry *e, const char *name)
{
    for (size_t i = 0; i < e->n; i++)
        if (str_eqi(e->attributes[i].name, str_of(name)) && e->attributes[i].n)
            return e->attributes[i].values[0];
    return STR_NONE;
}

/* ---- who answers ---- */

static int on_root(void *owner, const struct ldapc_entry *e)
{
    struct sync *s = owner;
    uint64_t usn = 0;
    s->root = str_dup(&s->text, first(e, "defaultNamingContext"));
    s->service = str_dup(&s->text, first(e, "dsServiceName"));
    s->configuration = str_dup(&s->text, first(e, "configurationNamingContext"));
    (void)str_u64(first(e, "highestCommittedUSN"), &usn);
    s->state.usn = usn;
    (void)snprintf(s->r->server, sizeof s->r->server, "%.*s", STR_ARG(first(e, "dnsHostName")));
    return 0;
}

static int on_domain(void *owner, const struct ldapc_entry *e)
{
    struct sync *s = owner;
    s->sid = dir_value_sid(&s->text, first(e, "objectSid"));
    return 0;
}

static int on_partition(void *owner, const struct ldapc_entry *e)
{
    struct sync *s = owner;
    s->netbios = str_dup(&s->text, first(e, "nETBIOSName"));
    return 0;
}

static int on_service(void *owner, const struct ldapc_entry *e)
{
    struct sync *s = owner;
    s->state.invocation = dir_value_guid(&s->text, first(e, "invocationId"));
    return 0;
}

/* One search for one attribute or a few of one object. */
static int ask(struct sync *s, struct str base, enum ldapc_scope scope, const char *filter, const char *const *attributes, ldapc_each *each)
{
    const struct ldapc_query q = {.base = zero_ended(s, base).p, .scope = scope, .filter = filter, .attributes = attributes};
    int err = q.base ? ldapc_search(s->c, &q, each, s) : ERR_MEMORY;
    return err ? broken(s, err) : 0;
}

static int expected_domain(struct sync *s)
{
    char text[400];
    s->domain = dn_domain(&s->text, s->root);
    s->state.domain = s->domain;
    (void)snprintf(s->r->domain, sizeof s->r->domain, "%.*s", STR_ARG(s->domain));
    if (!str_set(s->domain))
        return wrong(s, ERR_USAGE, "this is no controller of an Active Directory domain (its rootDSE has no defaultNamingContext)");
    if (!s->o->domain || str_eqi(s->domain, str_of(s->o->domain)))
        return 0;
    (void)snprintf(text, sizeof text, "it holds the domain %.*s, not %.100s: name a controller of that domain", STR_ARG(s->domain), s->o->domain);
    return wrong(s, ERR_USAGE, text);
}

static int introduce(struct sync *s)
{
    static const char *const root[] = {"defaultNamingContext", "dsServiceName", "configurationNamingContext",
                                       "highestCommittedUSN",  "dnsHostName",   NULL};
    static const char *const sid[] = {"objectSid", NULL}, *const netbios[] = {"nETBIOSName", NULL}, *const invocation[] = {"invocationId", NULL};
    int err = ask(s, STR(""), LDAPC_BASE, "(objectClass=*)", root, on_root);
    if (!err)
        err = expected_domain(s);
    if (!err)
        err = ask(s, s->root, LDAPC_BASE, "(objectClass=*)", sid, on_domain);
    if (!err)
        err = ask(s, s->service, LDAPC_BASE, "(objectClass=*)", invocation, on_service);
    if (err)
        return err;
    struct str partitions = str_fmt(&s->text, "CN=Partitions,%.*s", STR_ARG(s->configuration));
    struct str filter = str_fmt(&s->text, "(&(objectClass=crossRef)(nCName=%.*s))%c", STR_ARG(s->root), 0);
    return str_set(filter) ? ask(s, partitions, LDAPC_SUBTREE, filter.p, netbios, on_partition) : ERR_MEMORY;
}

/* ---- taking objects ---- */

static int remember_part(struct sync *s, struct str guid, uint32_t next)
{
    if (s->nparts == s->part_room) {
        size_t room = s->part_room ? s->part_room * 2 : 16;
        struct part *grown = arena_alloc(&s->text, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        if (s->nparts)
            memcpy(grown, s->parts, s->nparts * sizeof *grown);
        s->parts = grown;
        s->part_room = room;
    }
    s->parts[s->nparts++] = (struct part){str_dup(&s->text, guid), next};
    return 0;
}

static int take_attributes(struct sync *s, struct dir_entry *e, const struct ldapc_entry *from)
{
    struct arena *text = &s->keep.im->text;
    for (size_t i = 0; i < from->n; i++) {
        const struct ldapc_attribute *a = &from->attributes[i];
        struct str name;
        uint32_t last = DIR_RANGE_END;
        if (dir_value_range(a->name, &name, &last) && last != DIR_RANGE_END && remember_part(s, e->guid, last + 1) != 0)
            return ERR_MEMORY;
        for (size_t k = 0; k < a->n; k++) {
            int err = dir_attr_add(e, text, name, a->values[k]);
            if (err == ERR_MALFORMED)
                s->r->malformed++;
            else if (err)
                return err;
        }
    }
    return 0;
}

/* Back from the dead, it is again in the groups that it was in, though no group has changed. */
static int rejoin(struct sync *s, const struct dir_entry *e)
{
    int err = 0;
    for (size_t i = 0; i < e->ngroups && !err; i++)
        err = dir_keep_join(&s->keep, e->groups[i], str_set(e->base.ref.sid) ? e->base.ref.sid : e->guid);
    return err;
}

static int take(void *owner, const struct ldapc_entry *from)
{
    struct sync *s = owner;
    struct arena *text = &s->keep.im->text;
    struct str guid = dir_value_guid(&s->text, first(from, "objectGUID"));
    uint8_t *seen = str_set(guid) ? table_put(&s->seen, key(guid), NULL) : NULL;
    struct dir_entry *e = str_set(guid) ? dir_keep_put(&s->keep, guid) : NULL;
    if (!e || !seen)
        return str_set(guid) ? ERR_MEMORY : 0;
    bool was_deleted = e->base.flags & ENTITY_TERMINATED;
    *seen = 1;
    s->r->read++;
    guid = e->guid;
    dir_import_clear(e);
    e->guid = guid;
    e->dn = str_dup(text, dir_value_dn(from->dn).dn);
    int err = take_attributes(s, e, from);
    if (err)
        return err;
    dir_attr_finish(s->keep.im, e);
    e->base.ref.domain = s->keep.im->netbios;
    bool is_deleted = e->base.flags & ENTITY_TERMINATED;
    if (was_deleted && !is_deleted)
        err = rejoin(s, e);
    e->groups = NULL; /* groups name their members, and hear of changes; members do not */
    e->ngroups = 0;
    if (is_deleted && e->role != DIR_ENTITY)
        e->role = DIR_NOTHING;
    return err;
}

/* ---- members in ranges ---- */

static int on_range(void *owner, const struct ldapc_entry *from)
{
    struct sync *s = owner;
    struct part *p = &s->parts[0];
    struct dir_entry *e = dir_keep_get(&s->keep, p->guid);
    int err = 0;
    for (size_t i = 0; i < from->n && !err; i++) {
        const struct ldapc_attribute *a = &from->attributes[i];
        struct str name;
        uint32_t last = DIR_RANGE_END;
        if (!dir_value_range(a->name, &name, &last))
            continue;
        for (size_t k = 0; k < a->n && !err; k++)
            err = dir_attr_add(e, &s->keep.im->text, name, a->values[k]);
        p->next = last == DIR_RANGE_END || a->n == 0 ? 0 : last + 1;
    }
    return err;
}

static int read_ranges(struct sync *s)
{
    for (; s->nparts; s->parts++, s->nparts--) {
        struct part *p = &s->parts[0];
        char base[64], range[48];
        const char *const names[] = {range, NULL};
        (void)snprintf(base, sizeof base, "<GUID=%.*s>", STR_ARG(p->guid));
        while (p->next) {
            (void)snprintf(range, sizeof range, "member;range=%u-*", p->next);
            const struct ldapc_query q = {.base = base, .scope = LDAPC_BASE, .filter = "(objectClass=*)", .attributes = names, .identities = true};
            p->next = 0;
            int err = ldapc_search(s->c, &q, on_range, s);
            if (err)
                return broken(s, err);
        }
    }
    s->part_room = 0;
    return 0;
}

static int read_matching(struct sync *s, const char *filter)
{
    const struct ldapc_query q = {.base = zero_ended(s, s->root).p,
                                  .scope = LDAPC_SUBTREE,
                                  .filter = filter,
                                  .attributes = s->ranged,
                                  .page = s->o->page,
                                  .deleted = true,
                                  .identities = true};
    int err = q.base ? ldapc_search(s->c, &q, take, s) : ERR_MEMORY;
    return err ? broken(s, err) : read_ranges(s);
}

/* ---- what changed: DirSync ---- */

static int on_change(void *owner, const struct ldapc_entry *e)
{
    struct sync *s = owner;
    struct str guid = dir_value_guid(&s->text, first(e, "objectGUID"));
    bool fresh;
    uint8_t *seen = str_set(guid) ? table_put(&s->seen, key(guid), &fresh) : NULL;
    if (!seen)
        return str_set(guid) ? ERR_MEMORY : 0;
    if (str_eqi(first(e, "isDeleted"), STR("TRUE")))
        *seen = 2;
    return fresh ? dir_list_add(&s->text, &s->changed, &s->nchanged, guid) : 0;
}

static int on_nothing(void *owner, const struct ldapc_entry *e)
{
    (void)owner, (void)e;
    return 0;
}

/* Lists what changed since `cookie` into s->changed; without one, only learns where the server is. */
static int dirsync(struct sync *s, struct str cookie)
{
    const char *names[DIR_ATTR_NAMES + 1] = {"name"};
    size_t n = 1;
    for (size_t i = 0; s->names[i]; i++) /* what is not replicated or not stored is not for DirSync */
        if (strcmp(s->names[i], "memberOf") != 0 && strcmp(s->names[i], "whenChanged") != 0 && strcmp(s->names[i], "parentGUID") != 0)
            names[n++] = s->names[i];
    const struct ldapc_query q = {.base = zero_ended(s, s->root).p, .scope = LDAPC_SUBTREE, .filter = KEPT, .attributes = names};
    struct str next;
    int err = q.base ? ldapc_dirsync(s->c, &q, cookie, &next, str_set(cookie) ? on_change : on_nothing, s) : ERR_MEMORY;
    if (!err)
        s->state.cookie = str_dup(&s->text, next);
    return err;
}

/* (objectGUID=\04\03...): the bytes as they lie on the wire (RFC 4515 3) */
static void add_guid(struct buf *b, struct str guid)
{
    static const uint8_t order[16] = {6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34};
    buf_str(b, STR("(objectGUID="));
    for (size_t i = 0; i < sizeof order; i++) {
        buf_char(b, '\\');
        buf_str(b, str_sub(guid, order[i], 2));
    }
    buf_char(b, ')');
}

static int read_changed(struct sync *s)
{
    struct buf filter = {0};
    int err = 0;
    for (size_t i = 0; i < s->nchanged && !err; i += GUIDS_AT_ONCE) {
        filter.n = 0;
        buf_str(&filter, STR("(|"));
        for (size_t k = i; k < s->nchanged && k < i + GUIDS_AT_ONCE; k++)
            add_guid(&filter, s->changed[k]);
        buf_add(&filter, ")", 2);
        err = filter.failed ? ERR_MEMORY : read_matching(s, filter.p);
    }
    buf_free(&filter);
    return err;
}

/* ---- what is gone ---- */

static void forget(struct sync *s, struct dir_entry *e, bool deleted)
{
    if (e->role == DIR_NOTHING || (deleted && (e->base.flags & ENTITY_TERMINATED)))
        return;
    s->r->removed++;
    if (deleted && e->role == DIR_ENTITY)
        e->base.flags |= ENTITY_TERMINATED;
    else
        e->role = DIR_NOTHING;
}

/* What DirSync named and then could not be read: deleted where it said so; else this account may not see it any longer. */
static void forget_unread(struct sync *s)
{
    for (size_t i = 0; i < s->nchanged; i++) {
        const uint8_t *seen = table_get(&s->seen, key(s->changed[i]));
        struct dir_entry *e = dir_keep_get(&s->keep, s->changed[i]);
        if (e && seen && *seen != 1)
            forget(s, e, *seen == 2);
    }
}

static int on_guid(void *owner, const struct ldapc_entry *e)
{
    struct sync *s = owner;
    struct str guid = dir_value_guid(&s->text, first(e, "objectGUID"));
    return str_set(guid) && !table_put(&s->seen, key(guid), NULL) ? ERR_MEMORY : 0;
}

static int forget_unlisted(struct sync *s)
{
    static const char *const names[] = {"objectGUID", NULL};
    const struct ldapc_query q = {
        .base = zero_ended(s, s->root).p, .scope = LDAPC_SUBTREE, .filter = KEPT, .attributes = names, .page = s->o->page, .deleted = true};
    int err = q.base ? ldapc_search(s->c, &q, on_guid, s) : ERR_MEMORY;
    if (err)
        return broken(s, err);
    for (size_t i = 0; i < s->keep.im->n; i++) {
        struct dir_entry *e = &s->keep.im->entries[i];
        if (!(e->base.flags & ENTITY_TERMINATED) && !table_get(&s->seen, key(e->guid)))
            forget(s, e, false);
    }
    return 0;
}

static int on_deleted_objects(void *owner, const struct ldapc_entry *e)
{
    *(bool *)owner = str_set(first(e, "objectGUID"));
    return 0;
}

/* May this account read Deleted Objects (MS-ADTS 6.1.1.4)? Anybody is shown its name. Else DirSync need not tell of deletions. */
static bool sees_deleted(struct sync *s)
{
    static const char *const names[] = {"objectGUID", NULL};
    struct str base = str_fmt(&s->text, "<WKGUID=18e2ea80684f11d2b9aa00c04f79f805,%.*s>%c", STR_ARG(s->root), 0);
    const struct ldapc_query q = {.base = base.p, .scope = LDAPC_BASE, .filter = "(objectClass=*)", .attributes = names, .deleted = true};
    bool readable = false;
    return str_set(base) && ldapc_search(s->c, &q, on_deleted_objects, &readable) == 0 && readable;
}

static int on_first(void *owner, const struct ldapc_entry *e)
{
    (void)owner, (void)e;
    return 1;
}

/* What this account may, by trying; of DirSync's answer the first object is enough. */
static int try_rights(struct sync *s)
{
    static const char *const names[] = {"objectGUID", NULL};
    const struct ldapc_query q = {.base = zero_ended(s, s->root).p, .scope = LDAPC_SUBTREE, .filter = KEPT, .attributes = names};
    struct str next;
    int err = q.base ? ldapc_dirsync(s->c, &q, STR_NONE, &next, on_first, s) : ERR_MEMORY;
    if (err < 0 && err != ERR_UNSUPPORTED)
        return broken(s, err);
    s->r->dirsync = err >= 0;
    s->r->deleted = sees_deleted(s);
    return 0;
}

static int try_writes(struct sync *s)
{
    const char *root = zero_ended(s, s->root).p;
    int err = root ? dir_act_check(s->c, root, &s->r->writes) : ERR_MEMORY;
    return err ? broken(s, err) : 0;
}

/* ---- all together ---- */

static void head(struct sync *s)
{
    struct dir_import *im = s->keep.im;
    im->domain = str_dup(&im->text, s->domain);
    im->netbios = str_dup(&im->text, str_set(s->netbios) ? s->netbios : s->domain);
    im->sid = str_dup(&im->text, s->sid);
}

/* A state is good for its own domain, with the directory that was written with it, and by uSNChanged for its own controller. */
static const char *unfit(struct sync *s, struct str text, struct dir_state *old)
{
    if (!dir_state_read(&s->text, text, old))
        return "the state cannot be read";
    if (!str_eqi(old->domain, s->domain))
        return "the state is of another domain";
    if (!str_eq(dir_state_mark(&s->text, text), s->keep.im->state))
        return "the state does not belong to this directory";
    if (!str_set(old->cookie) && (!str_eqi(old->invocation, s->state.invocation) || old->usn > s->state.usn))
        return "another controller answers, or it was restored";
    return NULL;
}

static int changes(struct sync *s, const struct dir_state *old)
{
    head(s);
    if (str_set(old->cookie)) {
        s->r->dirsync = true;
        int err = dirsync(s, old->cookie);
        if (err)
            return broken(s, err);
        err = read_changed(s);
        if (!err)
            forget_unread(s);
        return err || sees_deleted(s) ? err : forget_unlisted(s);
    }
    struct str filter = str_fmt(&s->text, "(&(uSNChanged>=%llu)" KEPT ")%c", (unsigned long long)old->usn + 1, 0);
    int err = str_set(filter) ? read_matching(s, filter.p) : ERR_MEMORY;
    return err ? err : forget_unlisted(s);
}

static int everything(struct sync *s)
{
    struct dir_import *im = s->keep.im;
    dir_keep_close(&s->keep);
    dir_import_reset(im);
    table_free(&s->seen);
    table_init(&s->seen, 1, UINT32_MAX / 4);
    int err = dir_keep_open(&s->keep, im);
    if (!err) {
        head(s);
        s->r->full = true;
        err = dirsync(s, STR_NONE); /* before reading: what changes meanwhile is told the next time */
        s->r->dirsync = !err;
        err = err == ERR_UNSUPPORTED ? 0 : err ? broken(s, err) : 0;
    }
    return err ? err : read_matching(s, KEPT);
}

static int synchronise(struct sync *s, struct str state)
{
    struct dir_state old = {0};
    const char *why = str_set(state) ? unfit(s, state, &old) : NULL;
    if (why || !str_set(state)) {
        (void)snprintf(s->r->why, sizeof s->r->why, "%s", why ? why : "");
        return everything(s);
    }
    int err = changes(s, &old);
    if (err != ERR_UNSUPPORTED || !s->r->dirsync)
        return err;
    return everything(s); /* the cookie is refused, or the right was taken away: r->why has the server's words */
}

static int complete(struct sync *s, struct buf *next)
{
    struct dir_import *im = s->keep.im;
    int err = dir_keep_settle(&s->keep);
    for (size_t i = 0; i < im->ndomains && !err; i++)
        if (str_eqi(im->domains[i], im->domain)) {
            dir_import_domain(im, im->netbios);
            break;
        }
    if (!err)
        dir_state_write(&s->state, next);
    im->state = err ? STR_NONE : dir_state_mark(&im->text, buf_view(next));
    return err || next->failed ? ERR_MEMORY : 0;
}

int dir_ldap_sync(const struct dir_ldap_options *o, struct dir_import *im, struct str state, struct buf *next, struct dir_ldap_report *r)
{
    struct sync s = {.o = o, .r = r};
    *r = (struct dir_ldap_report){0};
    arena_init(&s.text, 1 << 16, SIZE_MAX);
    table_init(&s.seen, 1, UINT32_MAX / 4);
    dir_attr_names(s.names);
    for (size_t i = 0; i < DIR_ATTR_NAMES; i++)
        s.ranged[i] = s.names[i] && strcmp(s.names[i], "member") == 0 ? "member;range=0-1499" : s.names[i];
    int err = dir_keep_open(&s.keep, im);
    if (!err)
        err = ldapc_open(&o->server, &s.c, r->why);
    if (!err)
        err = introduce(&s);
    if (!err)
        err = synchronise(&s, state);
    if (!err)
        err = complete(&s, next);
    if (err == ERR_MEMORY)
        (void)snprintf(r->why, sizeof r->why, "%s", err_text(err));
    ldapc_close(s.c);
    dir_keep_close(&s.keep);
    table_free(&s.seen);
    arena_free(&s.text);
    return err;
}

int dir_ldap_check(const struct dir_ldap_options *o, struct dir_ldap_report *r)
{
    struct sync s = {.o = o, .r = r};
    *r = (struct dir_ldap_report){0};
    arena_init(&s.text, 1 << 16, SIZE_MAX);
    int err = ldapc_open(&o->server, &s.c, r->why);
    if (!err)
        err = introduce(&s);
    if (!err)
        err = try_rights(&s);
    if (!err && o->act)
        err = try_writes(&s);
    if (err == ERR_MEMORY)
        (void)snprintf(r->why, sizeof r->why, "%s", err_text(err));
    ldapc_close(s.c);
    arena_free(&s.text);
    return err;
}
