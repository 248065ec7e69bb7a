/* app/cmd_link.c - switches the link between both shores on and off, and tells how it is. */
#include "api/link_json.h"
#include "api/password.h"
#include "app/command.h"
#include "app/hub.h"
#include "app/options.h"
#include "model/role.h"
#include "store/tab_accounts.h"
#include "store/tab_audit.h"
#include "store/tab_settings.h"
#include "store/tab_tokens.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: vigie link on|off|status [--json] [--data DIR]\n"
    "\n"
    "Connects or disconnects identity protection data (Active Directory: activities, alerts, policies, posture) on the hub's\n"
    "data folder DIR (that of the configuration if none is given). A running hub takes it up at once, another one when it starts.\n"
    "\n"
    "  on      checks the prerequisites, as the portal does: a valid atp licence for the domain that the hub watches\n"
    "  off     what has joined stays; posture and identity policies leave\n"
    "  status  state, what has joined and what waits, prerequisites\n"
    "  --json  the same object as GET /api/vigie/v1/link\n"
    "\n"
    "Only a Global administrator may switch. Who owns the data folder may do everything and counts as one; with an API token in\n"
    "the environment variable VIGIE_TOKEN, the command has that token's rights instead. Every switch, and every refusal, is in\n"
    "the admin audit log. Exit codes: 0 done, 1 refused or failed, with what to do, 2 wrong usage.\n";

struct desk {
    const char *folder;
    struct db *db;
    struct actlog *log;
    struct licence_keys keys;
    struct arena arena;
    struct str by;
    bool may; /* switch */
    bool json;
    int64_t now;
};

static int fail(const char *about, const char *why)
{
    (void)fprintf(stderr, "vigie link: %s: %s\n", about, why);
    return 1;
}

/* ---- who asks ---- */

static int by_token(struct desk *d, struct str token)
{
    struct stored_token t;
    struct stored_admin a;
    uint8_t hash[TOKEN_HASH];
    password_keep(hash, str_trim(token), "token");
    int err = tab_tokens_find(d->db, &d->arena, hash, &t);
    if (!err)
        err = tab_accounts_get(d->db, &d->arena, t.account, &a);
    if (err || a.disabled)
        return fail("VIGIE_TOKEN", err && err != ERR_NOT_FOUND ? err_text(err) : "this token is not known, or was revoked");
    d->by = a.name;
    d->may = role_may(role_of(a.role), RIGHT_LINK) && !t.siem && !str_set(t.scopes);
    return 0;
}

static int who(struct desk *d)
{
    const char *token = getenv("VIGIE_TOKEN");
    d->by = STR("command line");
    d->may = true;
    return token && token[0] ? by_token(d, str_of(token)) : 0;
}

/* ---- telling ---- */

static int print_json(struct desk *d)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    int64_t progress = 0;
    int err = tab_settings_get_i64(d->db, HUB_PROGRESS, 0, &progress);
    const struct link_look k = {.db = d->db, .log = d->log, .keys = &d->keys, .progress = (double)progress / 10000, .role = d->may, .figures = true, .now = d->now};
    if (!err)
        err = link_json(&k, &j);
    if (!err)
        (void)printf("%.*s\n", (int)b.n, b.p);
    buf_free(&b);
    return err;
}

static int print_text(struct desk *d, const struct stored_link *l)
{
    char when[TIME_TEXT];
    struct actlog_figures all;
    uint64_t joined = 0;
    int err = actlog_onprem_upto(d->log, l->joined, &joined);
    if (err)
        return err;
    actlog_figures(d->log, &all);
    uint64_t waiting = all.activities[SHORE_ONPREM] > joined ? all.activities[SHORE_ONPREM] - joined : 0;
    (void)printf("link: %.*s", STR_ARG(link_state_text(l->state)));
    if (l->since != TIME_NONE && str_set(l->by))
        (void)printf(", since %.19sZ, by %.*s", time_text(l->since, when).p, STR_ARG(l->by));
    (void)printf("\non-premises activities: %llu joined, %llu waiting\n", (unsigned long long)joined, (unsigned long long)waiting);
    return 0;
}

static void print_prerequisites(const struct prerequisite *p, bool unmet_only, FILE *to)
{
    for (unsigned i = 0; i < LINK_PREREQUISITES; i++) {
        if (p[i].met && unmet_only)
            continue;
        (void)fprintf(to, "%s: %s: %.*s\n", p[i].id, p[i].met ? "met" : "not met", STR_ARG(p[i].text));
        if (!p[i].met)
            (void)fprintf(to, "  %.*s\n", STR_ARG(p[i].todo));
    }
}

static int look(struct desk *d, struct prerequisite p[LINK_PREREQUISITES])
{
    struct licensing may;
    int err = link_licensing(d->db, &d->keys, d->now, &d->arena, &may);
    if (!err)
        link_prerequisites(&may, d->may, p);
    return err;
}

static int status(struct desk *d)
{
    struct stored_link l;
    struct prerequisite p[LINK_PREREQUISITES];
    int err = look(d, p);
    if (!err)
        err = tab_link_get(d->db, &d->arena, &l);
    if (!err)
        err = d->json ? print_json(d) : print_text(d, &l);
    if (!err && !d->json)
        print_prerequisites(p, false, stdout);
    return err ? fail(d->folder, err_text(err)) : 0;
}

/* ---- switching ---- */

static int audit(struct desk *d, const char *what, struct str object, struct str before, struct str after)
{
    return tab_audit_add(d->db, &(struct audit_row){.time = d->now, .by = d->by, .from = STR("local"), .what = str_of(what), .object = object,
                                                    .before = before, .after = after});
}

static struct str state_of(struct desk *d, const struct stored_link *l)
{
    return str_fmt(&d->arena, "{\"state\":\"%.*s\"}", STR_ARG(link_state_text(l->state)));
}

static int refuse(struct desk *d, bool on, const struct stored_link *l, const struct prerequisite *p)
{
    int err = audit(d, "link refused", on ? STR("connect") : STR("disconnect"), state_of(d, l), STR_NONE);
    (void)fprintf(stderr, "vigie link: %s\n", p[0].met ? "identity protection cannot be connected yet" : "only a Global administrator can switch the link");
    print_prerequisites(p, true, stderr);
    return err ? fail(d->folder, err_text(err)) : 1;
}

static int change(struct desk *d, bool on, const struct stored_link *before)
{
    bool changed = false;
    struct stored_link l;
    int err = link_want(d->db, on, d->by, d->now, &changed);
    if (!err)
        err = tab_link_get(d->db, &d->arena, &l);
    if (!err && changed)
        err = audit(d, on ? "link connected" : "link disconnected", STR("identity protection"), state_of(d, before), state_of(d, &l));
    return err ? fail(d->folder, err_text(err)) : status(d);
}

static int turn(struct desk *d, bool on)
{
    struct stored_link l;
    struct prerequisite p[LINK_PREREQUISITES];
    int err = look(d, p);
    if (!err)
        err = tab_link_get(d->db, &d->arena, &l);
    if (err)
        return fail(d->folder, err_text(err));
    return !d->may || (on && !p[1].met) ? refuse(d, on, &l, p) : change(d, on, &l);
}

static int work(struct desk *d, const char *what)
{
    if (strcmp(what, "status") == 0)
        return status(d);
    return turn(d, strcmp(what, "on") == 0);
}

static int with_desk(struct desk *d, const char *what)
{
    char why[256] = "";
    int err = db_open(d->folder, &d->db);
    if (err)
        return fail(d->folder, err == ERR_IO ? strerror(errno) : err_text(err));
    arena_init(&d->arena, 4096, 16u << 20);
    int code = licence_keys_load(d->folder, &d->keys) != 0           ? fail(d->folder, "the keys in the licence folder cannot be read")
               : actlog_open_read(d->folder, &d->log, why) != 0 ? fail(d->folder, why)
                                                                     : who(d);
    if (!code)
        code = work(d, what);
    actlog_close(d->log);
    arena_free(&d->arena);
    db_close(d->db);
    return code;
}

static int run(int argc, char **argv)
{
    const char *data = NULL, *config = NULL;
    struct desk d = {.now = (int64_t)time(NULL) * TIME_SECOND};
    struct options_rest rest;
    const struct option known[] = {{"--data", &data, NULL}, {"--config", &config, NULL}, {"--json", NULL, &d.json}};
    if (!options_read("link", argc - 1, argv + 1, OPTIONS(known), &rest) || rest.n != 1 ||
        (strcmp(rest.of[0], "on") != 0 && strcmp(rest.of[0], "off") != 0 && strcmp(rest.of[0], "status") != 0)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    d.folder = options_folder("link", data, config);
    return d.folder ? with_desk(&d, rest.of[0]) : 1;
}

const struct command cmd_link = {"link", "connect or disconnect identity protection, or tell how it is", usage, run};
