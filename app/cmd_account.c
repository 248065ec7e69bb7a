/* app/cmd_account.c - accounts on the data folder itself, for whoever locked themselves out of the portal. */
#include "api/password.h"
#include "app/command.h"
#include "base/time.h"
#include "model/role.h"
#include "store/tab_accounts.h"
#include "store/tab_audit.h"
#include "store/tab_sessions.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char usage[] = "usage: vigie account list --data DIR\n"
                            "       vigie account add --data DIR --name NAME [--role ROLE] < PASSWORD\n"
                            "       vigie account reset --data DIR --name NAME < PASSWORD\n"
                            "       vigie account disable --data DIR --name NAME\n"
                            "\n"
                            "Works on the hub's data folder, running or not, as the user that owns it. Passwords are the first line of the standard\n"
                            "input, never an argument. Whatever is changed stands in the admin audit log, by \"command line\".\n"
                            "\n"
                            "  list     names, roles, state, last sign-in\n"
                            "  add      a new account; ROLE is global_administrator unless given (GET /api/vigie/v1/roles lists them)\n"
                            "  reset    a new password; removes the second factor, enables the account, ends its sessions\n"
                            "  disable  nobody signs in with it any more; its sessions and API tokens stop working\n";

struct options {
    const char *data, *name, *role;
};

struct desk {
    struct db *db;
    struct arena arena;
    struct str name;
    int64_t now;
};

static int fail(const char *about, const char *why)
{
    (void)fprintf(stderr, "vigie account: %s: %s\n", about, why);
    return 1;
}

static bool read_options(int argc, char **argv, struct options *o)
{
    const struct {
        const char *name;
        const char **to;
    } known[] = {{"--data", &o->data}, {"--name", &o->name}, {"--role", &o->role}};
    for (int i = 2; i < argc; i += 2) {
        size_t k = 0;
        while (k < sizeof known / sizeof *known && strcmp(argv[i], known[k].name) != 0)
            k++;
        if (k == sizeof known / sizeof *known || i + 1 >= argc)
            return false;
        *known[k].to = argv[i + 1];
    }
    return o->data != NULL;
}

static int audit(struct desk *d, const char *what)
{
    return tab_audit_add(d->db, &(struct audit_row){.time = d->now, .by = STR("command line"), .from = STR("local"), .what = str_of(what), .object = d->name});
}

/* The first line of the standard input as a hash. 0, or what to exit with. */
static int read_password(struct str name, char hash[PASSWORD_HASH])
{
    char line[PASSWORD_MOST + 4] = "";
    if (isatty(STDIN_FILENO))
        (void)fputs("password (shown): ", stderr);
    if (!fgets(line, sizeof line, stdin))
        return fail("password", "none on the standard input");
    struct str password = {line, strcspn(line, "\r\n")};
    const char *weak = password_weak(password, name);
    int code = weak ? fail("password", weak) : password_hash(password, hash) != 0 ? fail("password", "memory is short") : 0;
    sodium_memzero(line, sizeof line);
    return code;
}

/* ---- commands ---- */

static int print(void *owner, const struct stored_admin *a)
{
    char time[TIME_TEXT];
    (void)owner;
    (void)printf("%-24.*s %-24.*s %-9s %-7s %.*s\n", STR_ARG(a->name), STR_ARG(a->role), a->disabled ? "disabled" : "enabled", str_set(a->totp) ? "totp" : "-",
                 a->signed_in == TIME_NONE ? 5 : 10, a->signed_in == TIME_NONE ? "never" : time_date(a->signed_in, time).p);
    return 0;
}

static int list(struct desk *d)
{
    int err = tab_accounts_each(d->db, &d->arena, print, NULL);
    return err ? fail("list", err_text(err)) : 0;
}

static int add(struct desk *d, struct str role)
{
    char hash[PASSWORD_HASH];
    int64_t number;
    const char *bad = password_bad_name(d->name);
    const struct role *r = role_of(role);
    if (bad || !r || r->scope == SCOPE_APP || r->scope == SCOPE_GROUP)
        return fail("add", bad ? bad : "no such role, or one that needs a scope: give it in the portal");
    int code = read_password(d->name, hash);
    if (code)
        return code;
    int err = db_begin(d->db);
    if (!err)
        err = tab_accounts_add(d->db, &(struct stored_admin){.name = d->name, .role = role, .language = STR("en"), .password = str_of(hash), .created = d->now},
                               &number);
    bool twin = err == ERR_USAGE && db_refused_twin(d->db);
    if (!err)
        err = audit(d, "account added");
    err = db_end(d->db, err);
    return err ? fail("add", twin ? "there is an account of that name" : err_text(err)) : 0;
}

static int store_reset(struct desk *d, struct stored_admin *a, struct str hash)
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

static int store_disabled(struct desk *d, struct stored_admin *a)
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

static int change(struct desk *d, bool reset)
{
    char hash[PASSWORD_HASH];
    struct stored_admin a;
    int err = tab_accounts_by_name(d->db, &d->arena, d->name, &a);
    if (err)
        return fail("account", err == ERR_NOT_FOUND ? "there is none of that name" : err_text(err));
    int code = reset ? read_password(d->name, hash) : 0;
    if (code)
        return code;
    err = reset ? store_reset(d, &a, str_of(hash)) : store_disabled(d, &a);
    return err ? fail("account", err_text(err)) : 0;
}

static int with_desk(struct desk *d, const char *what, const struct options *o)
{
    d->name = str_of(o->name ? o->name : "");
    d->now = (int64_t)time(NULL) * TIME_SECOND;
    if (strcmp(what, "list") == 0)
        return list(d);
    if (!o->name)
        return 2;
    if (strcmp(what, "add") == 0)
        return add(d, str_of(o->role ? o->role : "global_administrator"));
    if (strcmp(what, "reset") == 0)
        return change(d, true);
    return strcmp(what, "disable") == 0 ? change(d, false) : 2;
}

static int run(int argc, char **argv)
{
    struct options o = {0};
    struct desk d = {.db = NULL};
    struct stat st;
    int code = 2;
    if (argc >= 2 && read_options(argc, argv, &o)) {
        if (stat(o.data, &st) != 0 || !S_ISDIR(st.st_mode))
            return fail(o.data, "is no folder");
        int err = db_open(o.data, &d.db);
        if (err)
            return fail(o.data, err == ERR_IO ? strerror(errno) : err_text(err));
        arena_init(&d.arena, 4096, 16u << 20);
        code = with_desk(&d, argv[1], &o);
        arena_free(&d.arena);
        db_close(d.db);
    }
    if (code == 2)
        (void)fputs(usage, stderr);
    return code;
}

const struct command cmd_account = {"account", "accounts on the data folder, for recovery", usage, run};
