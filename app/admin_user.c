/* app/admin_user.c - `vigie admin user`: accounts on the data folder itself, also for whoever locked themselves out of the portal. */
#include "api/password.h"
#include "app/admin.h"
#include "base/file.h"
#include "base/jout.h"
#include "store/tab_sessions.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *about, const char *why)
{
    return admin_fail("user", about, why);
}

static int audit(struct admin *d, const char *what)
{
    return admin_audit(d, what, d->name);
}

/* The first line of the file, or of the standard input, as a hash. 0, or what to exit with. */
static int read_password(const struct admin *d, char hash[PASSWORD_HASH])
{
    char line[PASSWORD_MOST + 4] = "";
    FILE *f = d->password_file ? file_open(d->password_file) : stdin;
    if (!f)
        return fail(d->password_file, strerror(errno));
    if (!d->password_file && isatty(STDIN_FILENO))
        (void)fputs("password (shown): ", stderr);
    const char *got = fgets(line, sizeof line, f);
    if (f != stdin)
        (void)fclose(f);
    if (!got)
        return fail("password", d->password_file ? "the file is empty" : "none on the standard input");
    struct str password = {line, strcspn(line, "\r\n")};
    const char *weak = password_weak(password, d->name);
    int code = weak ? fail("password", weak) : password_hash(password, hash) != 0 ? fail("password", "memory is short") : 0;
    sodium_memzero(line, sizeof line);
    return code;
}

/* ---- commands ---- */

static void print_json(struct jout *j, const struct stored_admin *a)
{
    char time[TIME_TEXT];
    jout_obj(j);
    jout_kstr(j, "name", a->name);
    jout_kstr(j, "role", a->role);
    jout_kbool(j, "enabled", !a->disabled);
    jout_kbool(j, "singleSignOn", a->password.n == 0);
    jout_kbool(j, "totp", str_set(a->totp));
    jout_kstr(j, "signedIn", a->signed_in == TIME_NONE ? STR_NONE : time_text(a->signed_in, time));
    jout_end_obj(j);
}

static int print(void *owner, const struct stored_admin *a)
{
    char time[TIME_TEXT];
    struct jout *j = owner;
    if (j)
        print_json(j, a);
    else
        (void)printf("%-24.*s %-24.*s %-9s %-7s %.*s\n", STR_ARG(a->name), STR_ARG(a->role), a->disabled ? "disabled" : "enabled",
                     a->password.n == 0 ? "sso" : str_set(a->totp) ? "totp" : "-", a->signed_in == TIME_NONE ? 5 : 10, a->signed_in == TIME_NONE ? "never" : time_date(a->signed_in, time).p);
    return 0;
}

static int list(struct admin *d)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    if (d->json)
        jout_arr(&j);
    int err = tab_accounts_each(d->db, &d->arena, print, d->json ? &j : NULL);
    if (d->json && !err) {
        jout_end_arr(&j);
        (void)printf("%.*s\n", (int)b.n, b.p);
    }
    buf_free(&b);
    return err ? fail("list", err_text(err)) : 0;
}

static int add(struct admin *d)
{
    char hash[PASSWORD_HASH];
    int64_t number;
    const char *bad = password_bad_name(d->name);
    if (bad)
        return fail("add", bad);
    if (!d->role)
        return 2;
    int code = read_password(d, hash);
    if (code)
        return code;
    int err = db_begin(d->db);
    if (!err)
        err = tab_accounts_add(d->db, &(struct stored_admin){.name = d->name, .role = str_of(d->role->id), .language = STR("en"), .password = str_of(hash),
                                                             .created = d->now},
                               &number);
    bool twin = err == ERR_USAGE && db_refused_twin(d->db);
    if (!err)
        err = audit(d, "account added");
    err = db_end(d->db, err);
    if (err)
        return fail("add", twin ? "there is an account of that name" : err_text(err));
    admin_set_up(d);
    return 0;
}

static int store_reset(struct admin *d, struct stored_admin *a, struct str hash)
{
    int err = db_begin(d->db);
    if (err)
        return err;
    a->disabled = false;
    err = tab_accounts_update(d->db, a);
    if (!err)
        err = tab_accounts_password(d->db, a->number, hash);
    if (!err)
        err = tab_accounts_totp(d->db, a->number, STR_NONE, STR_NONE);
    if (!err)
        err = tab_sessions_drop_all(d->db, a->number, NULL);
    if (!err)
        err = audit(d, "account reset");
    return db_end(d->db, err);
}

static int store_disabled(struct admin *d, struct stored_admin *a)
{
    int err = db_begin(d->db);
    if (err)
        return err;
    a->disabled = true;
    err = tab_accounts_update(d->db, a);
    if (!err)
        err = tab_sessions_drop_all(d->db, a->number, NULL);
    if (!err)
        err = audit(d, "account disabled");
    return db_end(d->db, err);
}

static int change(struct admin *d, bool reset)
{
    char hash[PASSWORD_HASH];
    struct stored_admin a;
    int err = tab_accounts_by_name(d->db, &d->arena, d->name, &a);
    if (err)
        return fail("account", err == ERR_NOT_FOUND ? "there is none of that name" : err_text(err));
    int code = reset ? read_password(d, hash) : 0;
    if (code)
        return code;
    err = reset ? store_reset(d, &a, str_of(hash)) : store_disabled(d, &a);
    return err ? fail("account", err_text(err)) : 0;
}

int admin_user(struct admin *d, const char *what)
{
    if (strcmp(what, "list") == 0)
        return list(d);
    if (!str_set(d->name))
        return 2;
    if (strcmp(what, "add") == 0)
        return add(d);
    if (strcmp(what, "reset") == 0)
        return change(d, true);
    return strcmp(what, "disable") == 0 ? change(d, false) : 2;
}
