/* app/cmd_directory.c - `vigie directory`: keep a copy of an Active Directory domain, and look at it. */
#include "app/command.h"
#include "app/directory_file.h"
#include "app/directory_show.h"
#include "base/jout.h"
#include "directory/dir_act.h"
#include "directory/dir_ldap.h"
#include "policy/govern.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] = "usage: vigie directory sync --server URL --out FILE [options]\n"
                            "       vigie directory check --server URL [options]\n"
                            "       vigie directory act --server URL --object ID --action ACTION [options]\n"
                            "       vigie directory show FILE...\n"
                            "\n"
                            "sync reads users, groups, computers and trusts of one domain from a domain controller over LDAP and writes\n"
                            "them to FILE (JSON), for `vigie scan --directory FILE`. With --state only changes are read the next time.\n"
                            "\n"
                            "  --server URL          ldaps://dc1.corp.example.test, or ldap://... with StartTLS\n"
                            "  --out FILE            the directory; replaced when all is read\n"
                            "  --state FILE          where the last run stopped; made by the first run\n"
                            "  --bind-dn NAME        simple bind as DN, user@domain or DOMAIN\\user; without it Kerberos with the\n"
                            "                        credentials of the environment (kinit, or KRB5_CLIENT_KTNAME=FILE:keytab)\n"
                            "  --password-file FILE  the password of --bind-dn, on its first line\n"
                            "  --ca FILE             authorities that may have signed the server's certificate (PEM); default: the system's\n"
                            "  --plain               allow ldap:// without TLS: everything, and the password, can be read on the way\n"
                            "  --domain NAME         stop unless the server holds this domain\n"
                            "  --page N              objects per page, 1 to 1000 (1000)\n"
                            "  --timeout SECONDS     for each answer, 1 to 3600 (30)\n"
                            "  --json                tell what was done as one JSON object\n"
                            "  --act                 check: look also which accounts may be acted on\n"
                            "  --object ID           act: the account's objectGUID or SID\n"
                            "  --action ACTION       act: suspend or require_sign_in\n"
                            "  --undo                act: take the action back\n"
                            "  --look                act: change nothing, tell how it is\n"
                            "\n"
                            "An account with the right \"Replicating Directory Changes\" on the domain is told of every change and deletion\n"
                            "by any controller. Without it the same controller must be asked each time. docs/directory.md tells more.\n"
                            "\n"
                            "check only connects and signs in, and tells which domain that is and what the account may. The hub does all this by itself:\n"
                            "Settings > Directory services.\n"
                            "\n"
                            "act changes one person's account: suspend disables it, require_sign_in has the password changed at the next sign-in.\n"
                            "What is so already is left alone. It never touches the account that signs in, krbtgt or computers' accounts, and writes\n"
                            "over encrypted connections only. The hub does this from the governance log (docs/governance.md).\n"
                            "\n"
                            "show prints what directory files (JSON or LDIF) hold: counts, controllers, trusts, sensitive groups and who is\n"
                            "in them at any depth.\n"
                            "\n"
                            "Exit codes: 0 done, 1 the server or a file failed, 2 wrong usage, 3 act: the server was not reached, or went away.\n";

struct options {
    struct dir_ldap_options ldap;
    const char *out, *state, *password_file, *object, *action;
    bool json, check, act, undo, look;
};

static int complain(const char *about, const char *what)
{
    (void)fprintf(stderr, "vigie directory: %s%s%s\n", about ? about : "", about ? ": " : "", what);
    return 1;
}

static int wrong(const char *about, const char *what)
{
    (void)complain(about, what);
    (void)fputs("`vigie directory --help` tells more\n", stderr);
    return 2;
}

/* ---- the command line ---- */

static bool number(const char *value, unsigned most, unsigned *to)
{
    uint64_t n;
    if (!str_u64(str_of(value), &n) || n < 1 || n > most)
        return false;
    *to = (unsigned)n;
    return true;
}

static int with_value(struct options *o, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **to;
    } texts[] = {{"--server", &o->ldap.server.url},
                 {"--out", &o->out},
                 {"--state", &o->state},
                 {"--bind-dn", &o->ldap.server.bind_name},
                 {"--password-file", &o->password_file},
                 {"--ca", &o->ldap.server.ca_file},
                 {"--domain", &o->ldap.domain},
                 {"--object", &o->object},
                 {"--action", &o->action}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].to = value;
            return 0;
        }
    if (strcmp(name, "--page") == 0)
        return number(value, 1000, &o->ldap.page) ? 0 : wrong("--page", "takes a number from 1 to 1000");
    if (strcmp(name, "--timeout") == 0)
        return number(value, 3600, &o->ldap.server.timeout) ? 0 : wrong("--timeout", "takes a number from 1 to 3600");
    return wrong(name, "no such option");
}

static bool without_value(struct options *o, const char *name)
{
    const struct {
        const char *name;
        bool *to;
    } flags[] = {{"--plain", &o->ldap.server.plain}, {"--json", &o->json}, {"--act", &o->ldap.act}, {"--undo", &o->undo}, {"--look", &o->look}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(name, flags[i].name) == 0) {
            *flags[i].to = true;
            return true;
        }
    return false;
}

static int check_options(const struct options *o)
{
    bool sync = !o->check && !o->act;
    if (!o->ldap.server.url || (sync && !o->out))
        return wrong(NULL, sync ? "sync needs --server and --out" : "--server is missing");
    if (!sync && (o->out || o->state))
        return wrong(NULL, "--out and --state are sync's");
    if (o->act != (o->object && o->action) || (!o->act && (o->object || o->action || o->undo || o->look)))
        return wrong(NULL, o->act ? "act needs --object and --action" : "--object, --action, --undo and --look are act's");
    if (o->act && (!govern_action(str_of(o->action)) || !govern_action(str_of(o->action))->does.attribute))
        return wrong(o->action, "no such action");
    if (o->object && strspn(o->object, "0123456789abcdefABCDEFS-") != strlen(o->object))
        return wrong(o->object, "neither an objectGUID nor a SID");
    if (!o->ldap.server.bind_name != !o->password_file)
        return wrong(NULL, "--bind-dn and --password-file go together");
    return 0;
}

static int parse(struct options *o, int argc, char **argv)
{
    *o = (struct options){.ldap = {.page = 1000, .server = {.timeout = 30}}, .check = strcmp(argv[1], "check") == 0, .act = strcmp(argv[1], "act") == 0};
    for (int i = 2; i < argc; i++) {
        if (without_value(o, argv[i]))
            continue;
        if (i + 1 == argc)
            return wrong(argv[i], "needs a value, or is no option");
        int code = with_value(o, argv[i], argv[i + 1]);
        if (code)
            return code;
        i++;
    }
    return check_options(o);
}

/* ---- sync ---- */

static int read_password(const char *path, char *room, size_t size, struct str *out)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(room, 1, size, f) : 0;
    if (!f || ferror(f)) {
        (void)complain(path, strerror(errno));
        if (f)
            (void)fclose(f);
        return 1;
    }
    if (fstat(fileno(f), &st) == 0 && (st.st_mode & (S_IRGRP | S_IROTH)))
        (void)complain(path, "other users can read this password; chmod 600 keeps it");
    (void)fclose(f);
    const char *eol = memchr(room, '\n', n);
    n = eol ? (size_t)(eol - room) : n;
    n -= n && room[n - 1] == '\r';
    *out = (struct str){room, n};
    /* RFC 4513 5.1.2: with an empty password a bind succeeds as nobody */
    return n && n < size ? 0 : complain(path, n ? "the password is too long" : "the password is empty");
}

/* What the last run left; without both of its files everything is read again. */
static void read_last(const struct options *o, struct dir_import *im, struct buf *state)
{
    const char *why;
    if (!o->state || directory_file_load(o->state, state) != 0)
        return;
    if (directory_file_read(im, o->out, &why) != 0) {
        (void)complain(o->out, "the last run's directory cannot be used; everything is read again");
        dir_import_reset(im);
    }
}

static const char *way(const struct dir_ldap_report *r)
{
    return r->full ? "everything" : r->dirsync ? "changes by DirSync" : "changes by uSNChanged";
}

static void print_json(struct buf *b)
{
    buf_char(b, '\n');
    (void)fwrite(b->p, 1, b->failed ? 0 : b->n, stdout);
    buf_free(b);
}

static void report_json(const struct dir_ldap_report *r, const struct dir_import *im)
{
    struct directory_count c = directory_count(im);
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    jout_kz(&j, "domain", r->domain);
    jout_kz(&j, "controller", r->server);
    jout_kz(&j, "way", r->full ? "everything" : r->dirsync ? "dirsync" : "usn");
    jout_kbool(&j, "dirsync", r->dirsync);
    jout_ku64(&j, "read", r->read);
    jout_ku64(&j, "removed", r->removed);
    jout_ku64(&j, "malformed", r->malformed);
    const struct {
        const char *key;
        size_t n;
    } counts[] = {{"users", c.users}, {"groups", c.groups}, {"computers", c.computers}, {"controllers", c.controllers}, {"trusts", c.trusts}, {"deleted", c.deleted}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        jout_ku64(&j, counts[i].key, counts[i].n);
    if (r->full && *r->why)
        jout_kz(&j, "again", r->why);
    jout_end_obj(&j);
    print_json(&b);
}

static void report(const struct dir_ldap_report *r, const struct dir_import *im)
{
    struct directory_count c = directory_count(im);
    (void)printf("%s from %s: %s, %llu objects read, %llu removed\n", r->domain, r->server, way(r), (unsigned long long)r->read,
                 (unsigned long long)r->removed);
    (void)printf("%zu users, %zu groups, %zu computers (%zu domain controllers), %zu trusts, %zu deleted\n", c.users, c.groups, c.computers,
                 c.controllers, c.trusts, c.deleted);
    if (r->full && *r->why)
        (void)complain("everything was read again", r->why);
    if (r->full && !r->dirsync)
        (void)complain(NULL, "this account may not use DirSync; later runs need this same controller (docs/directory.md)");
    if (r->malformed)
        (void)fprintf(stderr, "vigie directory: %llu values are not in their attribute's form and were left out\n", (unsigned long long)r->malformed);
}

static int write_results(const struct options *o, const struct dir_import *im, const struct buf *next)
{
    if (directory_file_write(im, o->out) != 0)
        return complain(o->out, strerror(errno));
    if (o->state && directory_file_save(o->state, buf_view(next)) != 0)
        return complain(o->state, strerror(errno));
    return 0;
}

static int sync_domain(struct options *o)
{
    struct dir_import *im = dir_import_new();
    struct buf state = {0}, next = {0};
    struct dir_ldap_report r;
    if (!im)
        return complain(NULL, err_text(ERR_MEMORY));
    read_last(o, im, &state);
    int err = dir_ldap_sync(&o->ldap, im, state.n ? buf_view(&state) : STR_NONE, &next, &r);
    int code = err ? complain(NULL, r.why) : write_results(o, im, &next);
    if (code == 0)
        (o->json ? report_json : report)(&r, im);
    buf_free(&state);
    buf_free(&next);
    dir_import_free(im);
    return code;
}

/* ---- check ---- */

static int check_server(struct options *o)
{
    struct dir_ldap_report r;
    struct buf b = {0};
    struct jout j = jout_to(&b);
    if (dir_ldap_check(&o->ldap, &r) != 0)
        return complain(NULL, r.why);
    if (!o->json) {
        (void)printf("%s from %s: this account may%s use DirSync, and may%s see deleted objects\n", r.domain, r.server, r.dirsync ? "" : " not", r.deleted ? "" : " not");
        if (o->ldap.act)
            (void)printf("of %u accounts looked at it may suspend %u, require a new sign-in of %u%s\n", r.writes.looked, r.writes.control, r.writes.password,
                         r.writes.more ? "; it may do more than it needs" : "");
        return 0;
    }
    jout_obj(&j);
    jout_kz(&j, "domain", r.domain);
    jout_kz(&j, "controller", r.server);
    jout_kbool(&j, "dirsync", r.dirsync);
    jout_kbool(&j, "seesDeleted", r.deleted);
    if (o->ldap.act) {
        jout_key(&j, "writes");
        jout_obj(&j);
        jout_ku64(&j, "looked", r.writes.looked);
        jout_ku64(&j, "suspend", r.writes.control);
        jout_ku64(&j, "requireSignIn", r.writes.password);
        jout_ku64(&j, "more", r.writes.more);
        jout_end_obj(&j);
    }
    jout_end_obj(&j);
    print_json(&b);
    return 0;
}

/* ---- act ---- */

static int act(const struct options *o)
{
    const struct governance_action *g = govern_action(str_of(o->action));
    const struct dir_act what = {.object = o->object,
                                 .change = o->undo ? g->undoes : g->does,
                                 .useless = o->undo ? 0 : g->useless,
                                 .useless_why = g->useless_why,
                                 .look = o->look};
    struct dir_act_report r;
    struct buf b = {0};
    struct jout j = jout_to(&b);
    if (dir_act(&o->ldap.server, &what, &r) != 0) {
        (void)complain(NULL, r.why);
        return r.unreachable ? 3 : 1;
    }
    if (!o->json) {
        (void)printf("%s: %s\n", o->object, r.already ? "it was so already" : o->look ? "it is not so" : "done");
        return 0;
    }
    jout_obj(&j);
    jout_kbool(&j, "already", r.already);
    jout_kbool(&j, "guarded", r.guarded);
    jout_kz(&j, "value", r.value);
    jout_end_obj(&j);
    print_json(&b);
    return 0;
}

static int run_ldap(int argc, char **argv)
{
    struct options o;
    char password[1024];
    int code = parse(&o, argc, argv);
    (void)signal(SIGPIPE, SIG_IGN); /* a server that goes away is an error to tell */
    (void)sodium_mlock(password, sizeof password);
    if (code == 0 && o.password_file)
        code = read_password(o.password_file, password, sizeof password, &o.ldap.server.password);
    if (code == 0)
        code = o.check ? check_server(&o) : o.act ? act(&o) : sync_domain(&o);
    (void)sodium_munlock(password, sizeof password); /* clears it, too */
    return code;
}

/* ---- show ---- */

static int run_show(int argc, char **argv)
{
    struct dir_import *im = dir_import_new();
    const char *why = err_text(ERR_MEMORY);
    struct buf out = {0};
    int err = im ? 0 : ERR_MEMORY, i = 2;
    for (; i < argc && !err; i++)
        err = directory_file_read(im, argv[i], &why);
    if (err)
        (void)complain(argv[i - 1], why);
    else
        err = directory_show(im, &out);
    if (!err)
        (void)fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
    dir_import_free(im);
    return err ? 1 : 0;
}

static int run(int argc, char **argv)
{
    if (argc >= 2 && (strcmp(argv[1], "sync") == 0 || strcmp(argv[1], "check") == 0 || strcmp(argv[1], "act") == 0))
        return run_ldap(argc, argv);
    if (argc >= 3 && strcmp(argv[1], "show") == 0)
        return run_show(argc, argv);
    return wrong(NULL, "say sync, check, act or show FILE");
}

const struct command cmd_directory = {"directory", "copy an Active Directory domain over LDAP, look at it", usage, run};
