/* app/cmd_admin.c - who may use a hub: accounts, API tokens and roles on its data folder. */
#include "app/admin.h"
#include "app/command.h"
#include "app/options.h"
#include "base/jout.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static const char usage[] = "usage: vigie admin user add NAME --role ROLE --password-file FILE [--data DIR]\n"
                            "       vigie admin user list|reset NAME --password-file FILE|disable NAME [--json] [--data DIR]\n"
                            "       vigie admin token add NAME --role ROLE [--json] [--data DIR]\n"
                            "       vigie admin token list|revoke NAME [--json] [--data DIR]\n"
                            "       vigie admin role [--json]\n"
                            "\n"
                            "Works on the hub's data folder (that of the configuration if none is given), running or not, as the user that owns it.\n"
                            "A password is the first line of FILE, or of the standard input without --password-file; never an argument.\n"
                            "Whatever is changed stands in the admin audit log, by \"command line\".\n"
                            "\n"
                            "  user add      a new account\n"
                            "  user list     names, roles, state, second factor or single sign-on, last sign-in\n"
                            "  user reset    a new password in place of the old one or of single sign-on; removes the second factor, enables\n"
                            "                the account, ends its sessions\n"
                            "  user disable  nobody signs in with it any more; its sessions and API tokens stop working\n"
                            "  token add     prints a new API token, this once. It belongs to an account of that name and role, which is made\n"
                            "                when there is none; nobody can sign in with it\n"
                            "  token list    all that work\n"
                            "  token revoke  those of that name stop working\n"
                            "  role          every role and what it is for\n"
                            "\n"
                            "ROLE is the id or the name of one: global_administrator, \"Security reader\" ... Roles that need a scope (apps, groups)\n"
                            "are given in the portal.\n";

/* ---- roles ---- */

/* "Security reader", "security-reader" and "security_reader" are one. */
static bool same_role(const char *id, const char *text)
{
    for (; *id && *text; id++, text++) {
        char c = str_lower_char(*text);
        if (*id != (c == ' ' || c == '-' ? '_' : c))
            return false;
    }
    return !*id && !*text;
}

static const struct role *find_role(const char *text)
{
    for (const struct role *r = roles; r->id; r++)
        if (same_role(r->id, text) || str_eqi(str_of(r->name), str_of(text)))
            return r;
    return NULL;
}

static int print_roles(bool json)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_arr(&j);
    for (const struct role *r = roles; r->id; r++) {
        jout_obj(&j);
        jout_kz(&j, "id", r->id);
        jout_kz(&j, "name", r->name);
        jout_kz(&j, "about", r->about);
        jout_end_obj(&j);
        if (!json)
            (void)printf("%-30s %s\n  %s\n", r->id, r->name, r->about);
    }
    jout_end_arr(&j);
    if (json)
        (void)printf("%.*s\n", (int)b.n, b.p);
    buf_free(&b);
    return 0;
}

/* ---- commands ---- */

static int on_folder(struct admin *d, const char *noun, const char *what)
{
    struct stat st;
    if (stat(d->folder, &st) != 0 || !S_ISDIR(st.st_mode))
        return admin_fail(noun, d->folder, "is no folder");
    int err = db_open(d->folder, &d->db);
    if (err)
        return admin_fail(noun, d->folder, err == ERR_IO ? strerror(errno) : err_text(err));
    arena_init(&d->arena, 4096, 16u << 20);
    int code = strcmp(noun, "user") == 0 ? admin_user(d, what) : admin_token(d, what);
    arena_free(&d->arena);
    db_close(d->db);
    return code;
}

static int dispatch(struct admin *d, const struct options_rest *rest, const char *role)
{
    const char *noun = rest->n ? rest->of[0] : "";
    if (strcmp(noun, "role") == 0)
        return rest->n == 1 ? print_roles(d->json) : 2;
    if ((strcmp(noun, "user") != 0 && strcmp(noun, "token") != 0) || rest->n < 2 || rest->n > 3)
        return 2;
    d->name = rest->n == 3 ? str_of(rest->of[2]) : STR_NONE;
    d->role = role ? find_role(role) : NULL;
    if (role && (!d->role || d->role->scope == SCOPE_APP || d->role->scope == SCOPE_GROUP))
        return admin_fail(noun, role, d->role ? "this role needs a scope: give it in the portal" : "no such role; `vigie admin role` lists them");
    return on_folder(d, noun, rest->of[1]);
}

static int run(int argc, char **argv)
{
    const char *data = NULL, *config = NULL, *role = NULL;
    struct admin d = {.now = (int64_t)time(NULL) * TIME_SECOND};
    struct options_rest rest;
    const struct option known[] = {{"--data", &data, NULL}, {"--config", &config, NULL}, {"--role", &role, NULL},
                                   {"--password-file", &d.password_file, NULL}, {"--json", NULL, &d.json}};
    int code = 2;
    if (options_read("admin", argc - 1, argv + 1, OPTIONS(known), &rest)) {
        d.folder = options_folder("admin", data, config);
        code = d.folder ? dispatch(&d, &rest, role) : 1;
    }
    if (code == 2)
        (void)fputs(usage, stderr);
    return code;
}

const struct command cmd_admin = {"admin", "accounts, API tokens and roles of a hub", usage, run};
