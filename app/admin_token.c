/* app/admin_token.c - `vigie admin token`: API tokens for programs, each with an account of its own that nobody can sign in with. */
#include "api/password.h"
#include "app/admin.h"
#include "base/jout.h"
#include "store/tab_tokens.h"

#include <sodium.h>
#include <string.h>

static int fail(const char *about, const char *why)
{
    return admin_fail("token", about, why);
}

/* ---- add ---- */

/* Its password is random and told to nobody: a sign-in takes as long as with any other account. */
static int make_account(struct admin *d, int64_t *account)
{
    char secret[65], hash[PASSWORD_HASH];
    password_secret(secret);
    int err = password_hash(str_of(secret), hash);
    sodium_memzero(secret, sizeof secret);
    struct stored_admin a = {.name = d->name, .role = str_of(d->role->id), .language = STR("en"), .password = str_of(hash), .created = d->now};
    if (!err)
        err = tab_accounts_add(d->db, &a, account);
    return err ? err : admin_audit(d, "account added", d->name);
}

/* The rights of a token are those of its account. */
static int account_of(struct admin *d, int64_t *account)
{
    struct stored_admin a;
    int err = tab_accounts_by_name(d->db, &d->arena, d->name, &a);
    if (err == ERR_NOT_FOUND)
        return make_account(d, account);
    if (!err && !str_eq(a.role, str_of(d->role->id)))
        return ERR_USAGE;
    if (!err)
        *account = a.number;
    return err;
}

static int store(struct admin *d, const char *secret, const char *client)
{
    uint8_t hash[TOKEN_HASH];
    int64_t number;
    struct stored_token t = {.name = d->name, .client = str_of(client), .created = d->now};
    password_keep(hash, str_of(secret), "token");
    int err = db_begin(d->db);
    if (err)
        return err;
    err = account_of(d, &t.account);
    if (!err)
        err = tab_tokens_add(d->db, &t, hash, &number);
    if (!err)
        err = admin_audit(d, "API token made", d->name);
    return db_end(d->db, err);
}

static int add(struct admin *d)
{
    char secret[65], client[37];
    const char *bad = password_bad_name(d->name);
    if (!d->role)
        return 2;
    if (bad)
        return fail("add", bad);
    password_secret(secret);
    password_guid(client);
    int err = store(d, secret, client);
    if (!err && d->json)
        (void)printf("{\"token\":\"%s\",\"clientId\":\"%s\"}\n", secret, client);
    else if (!err)
        (void)printf("%s\n", secret);
    sodium_memzero(secret, sizeof secret);
    if (err)
        return fail("add", err == ERR_USAGE ? "an account of that name has another role" : err_text(err));
    admin_set_up(d);
    return 0;
}

/* ---- list and revoke ---- */

static int print(void *owner, const struct stored_token *t)
{
    char made[TIME_TEXT], used[TIME_TEXT];
    struct jout *j = owner;
    struct str last = t->used == TIME_NONE ? STR_NONE : time_text(t->used, used);
    if (!j) {
        (void)printf("%-24.*s by %-24.*s made %.10s  used %.10s\n", STR_ARG(t->name), STR_ARG(t->by), time_text(t->created, made).p,
                     str_set(last) ? last.p : "never");
        return 0;
    }
    jout_obj(j);
    jout_ki64(j, "id", t->number);
    jout_kstr(j, "name", t->name);
    jout_kstr(j, "by", t->by);
    jout_kstr(j, "created", time_text(t->created, made));
    jout_kstr(j, "lastUsed", last);
    jout_end_obj(j);
    return 0;
}

static int list(struct admin *d)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    if (d->json)
        jout_arr(&j);
    int err = tab_tokens_each(d->db, &d->arena, 0, print, d->json ? &j : NULL);
    if (d->json && !err) {
        jout_end_arr(&j);
        (void)printf("%.*s\n", (int)b.n, b.p);
    }
    buf_free(&b);
    return err ? fail("list", err_text(err)) : 0;
}

struct revoking {
    struct admin *d;
    unsigned n;
};

static int revoke_one(void *owner, const struct stored_token *t)
{
    struct revoking *r = owner;
    if (!str_eqi(t->name, r->d->name))
        return 0;
    r->n++;
    return tab_tokens_revoke(r->d->db, t->number, r->d->now);
}

static int revoke(struct admin *d)
{
    struct revoking r = {.d = d};
    int err = db_begin(d->db);
    if (!err)
        err = tab_tokens_each(d->db, &d->arena, 0, revoke_one, &r);
    if (!err && r.n)
        err = admin_audit(d, "API token revoked", d->name);
    err = db_end(d->db, err);
    return err ? fail("revoke", err_text(err)) : r.n ? 0 : fail("revoke", "there is none of that name");
}

int admin_token(struct admin *d, const char *what)
{
    if (strcmp(what, "list") == 0)
        return list(d);
    if (!str_set(d->name))
        return 2;
    if (strcmp(what, "add") == 0)
        return add(d);
    return strcmp(what, "revoke") == 0 ? revoke(d) : 2;
}
