/* directory/dir_act.c - changes of accounts: find, look whether it may and must be, write. */
#include "directory/dir_act.h"

#include "base/arena.h"
#include "base/buf.h"
#include "model/uac.h"

#include <stdio.h>
#include <string.h>

enum { NORMAL_ACCOUNT = 0x30000000 /* sAMAccountType, MS-ADTS 2.2.8 */, RID_KRBTGT = 502, TRIES = 3, SAMPLE = 50, TOKEN_MOST = 1 << 20 };

/* The account as it is. */
struct target {
    struct arena text;
    struct str own; /* SIDs of who signed in, one behind the other, each with its length before it */
    struct str dn, sid, name, value;
    int64_t type;
    uint32_t control;
    bool found, guarded, of_controller;
    const char *attribute;
};

static struct str first(const struct ldapc_entry *e, const char *name)
{
    for (size_t i = 0; i < e->n; i++)
        if (str_eqi(e->attributes[i].name, str_of(name)) && e->attributes[i].n)
            return e->attributes[i].values[0];
    return STR_NONE;
}

static int refuse(struct dir_act_report *r, const char *about, const char *what)
{
    (void)snprintf(r->why, sizeof r->why, "%.200s%s%.400s", about, *about ? ": " : "", what);
    return ERR_USAGE;
}

static int broken(struct dir_act_report *r, struct ldapc *c, int err)
{
    r->unreachable = err == ERR_IO;
    (void)snprintf(r->why, sizeof r->why, "%s", ldapc_why(c));
    return err;
}

/* ---- who signed in ---- */

/* The rootDSE's tokenGroups has the SIDs of this connection's security context, its user's among them (MS-ADTS 3.1.1.3.2.28). */
static int on_token(void *owner, const struct ldapc_entry *e)
{
    struct target *t = owner;
    struct buf all = {0};
    for (size_t i = 0; i < e->n; i++)
        for (size_t k = 0; str_eqi(e->attributes[i].name, STR("tokenGroups")) && k < e->attributes[i].n && all.n < TOKEN_MOST; k++) {
            struct str sid = e->attributes[i].values[k];
            buf_char(&all, (char)(sid.n & 0xff));
            buf_str(&all, str_sub(sid, 0, 255));
        }
    t->own = all.n ? str_dup(&t->text, buf_view(&all)) : STR_NONE;
    bool failed = all.failed || (all.n && !t->own.p);
    buf_free(&all);
    return failed ? ERR_MEMORY : 0;
}

static bool is_own(const struct target *t)
{
    for (size_t at = 0; at < t->own.n;) {
        size_t n = (unsigned char)t->own.p[at++];
        if (str_eq(str_sub(t->own, at, n), t->sid))
            return true;
        at += n;
    }
    return false;
}

/* ---- the account ---- */

static int on_account(void *owner, const struct ldapc_entry *e)
{
    struct target *t = owner;
    int64_t control = 0, admin = 0;
    t->found = true;
    t->dn = str_fmt(&t->text, "%.*s%c", STR_ARG(e->dn), 0);
    t->sid = str_dup(&t->text, first(e, "objectSid"));
    t->name = str_fmt(&t->text, "%.*s%c", STR_ARG(first(e, "sAMAccountName")), 0);
    t->value = str_dup(&t->text, first(e, t->attribute));
    (void)str_i64(first(e, "sAMAccountType"), &t->type);
    (void)str_i64(first(e, "userAccountControl"), &control);
    (void)str_i64(first(e, "adminCount"), &admin);
    t->control = (uint32_t)control;
    t->guarded = admin > 0;
    t->of_controller = str_set(first(e, "msDS-SecondaryKrbTgtNumber"));
    return t->dn.p && t->name.p ? 0 : ERR_MEMORY;
}

static uint32_t rid(struct str sid)
{
    const unsigned char *end = (const unsigned char *)sid.p + sid.n;
    return sid.n < 12 ? 0 : (uint32_t)end[-4] | (uint32_t)end[-3] << 8 | (uint32_t)end[-2] << 16 | (uint32_t)end[-1] << 24;
}

static int find(struct ldapc *c, struct target *t, const char *object, struct dir_act_report *r)
{
    static const char *const token[] = {"tokenGroups", NULL};
    const char *const names[] = {"objectSid", "sAMAccountName", "sAMAccountType", "userAccountControl", "adminCount", "msDS-SecondaryKrbTgtNumber", t->attribute, NULL};
    char base[300];
    (void)snprintf(base, sizeof base, strncmp(object, "S-1-", 4) == 0 ? "<SID=%.250s>" : "<GUID=%.250s>", object);
    const struct ldapc_query who = {.base = "", .scope = LDAPC_BASE, .filter = "(objectClass=*)", .attributes = token};
    const struct ldapc_query q = {.base = base, .scope = LDAPC_BASE, .filter = "(objectClass=*)", .attributes = names};
    int err = ldapc_search(c, &who, on_token, t);
    if (!err)
        err = ldapc_search(c, &q, on_account, t);
    if (err)
        return broken(r, c, err);
    return t->found ? 0 : refuse(r, object, "no such object, or this account may not see it");
}

static int check_target(const struct target *t, const struct dir_act *act, struct dir_act_report *r)
{
    if (t->type != NORMAL_ACCOUNT)
        return refuse(r, t->name.p, "only people's accounts are acted on: no computers, domain controllers or trusts");
    if (rid(t->sid) == RID_KRBTGT || t->of_controller)
        return refuse(r, t->name.p, "krbtgt is never acted on: the domain's tickets depend on it");
    if (!t->own.n)
        return refuse(r, t->name.p, "the server does not say whose sign-in this is (tokenGroups), so that one's own account cannot be told apart");
    if (is_own(t))
        return refuse(r, t->name.p, "that is the account with which Vigie signs in");
    if (t->control & act->useless)
        return refuse(r, t->name.p, act->useless_why);
    return str_set(t->value) ? 0 : refuse(r, t->name.p, "the value to change cannot be read with this account");
}

/* ---- the change ---- */

static bool bits(const struct account_change *x)
{
    return x->set || x->clear;
}

static bool is_so(const struct account_change *x, struct str value)
{
    int64_t now = 0;
    if (!str_i64(value, &now))
        return false;
    if (bits(x))
        return ((uint32_t)now & x->set) == x->set && !((uint32_t)now & x->clear);
    return (now == 0) == (strcmp(x->value, "0") == 0);
}

static int write_it(struct ldapc *c, const struct target *t, const struct account_change *x)
{
    char text[24];
    int64_t now = 0;
    if (!bits(x))
        return ldapc_change(c, &(struct ldapc_change){t->dn.p, x->attribute, STR_NONE, str_of(x->value)});
    (void)str_i64(t->value, &now);
    /* AD has it as a signed number of 32 bits (MS-ADTS 2.2.16). */
    (void)snprintf(text, sizeof text, "%d", (int)(((uint32_t)now | x->set) & ~x->clear));
    return ldapc_change(c, &(struct ldapc_change){t->dn.p, x->attribute, t->value, str_of(text)});
}

/* Somebody else may change other bits between reading and writing: then it is read again. */
static int change(struct ldapc *c, struct target *t, const struct dir_act *act, struct dir_act_report *r)
{
    int err = ERR_NOT_FOUND;
    for (unsigned i = 0; err == ERR_NOT_FOUND && i < TRIES; i++) {
        err = find(c, t, act->object, r);
        if (!err)
            err = check_target(t, act, r);
        if (err)
            return err;
        r->already = is_so(&act->change, t->value);
        r->guarded = t->guarded;
        (void)snprintf(r->value, sizeof r->value, "%.*s", STR_ARG(t->value));
        if (act->look || r->already)
            return 0;
        err = write_it(c, t, &act->change);
    }
    return err ? broken(r, c, err) : 0;
}

int dir_act(const struct ldapc_options *server, const struct dir_act *act, struct dir_act_report *r)
{
    struct ldapc *c = NULL;
    struct target t = {.attribute = act->change.attribute};
    *r = (struct dir_act_report){0};
    arena_init(&t.text, 16384, 8 << 20);
    int err = ldapc_open(server, &c, r->why);
    r->unreachable = err == ERR_IO;
    if (!err)
        err = change(c, &t, act, r);
    if (err == ERR_MEMORY)
        (void)snprintf(r->why, sizeof r->why, "%s", err_text(err));
    ldapc_close(c);
    arena_free(&t.text);
    return err;
}

/* ---- what the account may ---- */

static bool may(const struct ldapc_attribute *a, const char *name)
{
    for (size_t i = 0; i < a->n; i++)
        if (str_eqi(a->values[i], str_of(name)))
            return true;
    return false;
}

static int on_sample(void *owner, const struct ldapc_entry *e)
{
    static const char *const much[] = {"sAMAccountName", "servicePrincipalName", "unicodePwd", "nTSecurityDescriptor"};
    struct dir_act_rights *r = owner;
    bool more = false;
    for (size_t i = 0; i < e->n; i++) {
        if (!str_eqi(e->attributes[i].name, STR("allowedAttributesEffective")))
            continue;
        r->control += may(&e->attributes[i], "userAccountControl");
        r->password += may(&e->attributes[i], "pwdLastSet");
        for (size_t k = 0; k < sizeof much / sizeof *much; k++)
            more |= may(&e->attributes[i], much[k]);
    }
    r->more += more;
    return ++r->looked == SAMPLE;
}

int dir_act_check(struct ldapc *c, const char *root, struct dir_act_rights *out)
{
    static const char *const names[] = {"allowedAttributesEffective", NULL};
    const struct ldapc_query q = {.base = root, .scope = LDAPC_SUBTREE, .filter = "(&(sAMAccountType=805306368)(!(adminCount=1))(!(isCriticalSystemObject=TRUE)))",
                                  .attributes = names, .page = SAMPLE};
    *out = (struct dir_act_rights){0};
    int err = ldapc_search(c, &q, on_sample, out);
    return err > 0 ? 0 : err;
}
