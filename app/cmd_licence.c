/* app/cmd_licence.c - makes licence keys, issues licences, installs and shows them. */
#include "app/command.h"
#include "app/options.h"
#include "base/jout.h"
#include "link/link.h"
#include "store/tab_audit.h"
#include "store/tab_settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "usage: vigie licence new-key --out KEY\n"
    "       vigie licence issue --key KEY --product atp|hub [--domain-sid SID] [--domain NAME] [--organisation NAME]\n"
    "                           [--expires DATE | --days N] [--out FILE]\n"
    "       vigie licence install FILE|- [--trust] [--data DIR]\n"
    "       vigie licence show [--json] [--data DIR]\n"
    "\n"
    "A licence is a small text signed with Ed25519: which product (atp: the on-premises side; hub: the cloud side), whose,\n"
    "until when, and for atp the SID of the one Active Directory domain it is for. Nothing is asked from elsewhere.\n"
    "\n"
    "  new-key  makes KEY (secret, keep it) and KEY.pub.\n"
    "  issue    writes a licence to FILE, or prints it. DATE (2027-01-31) is the last day on which it counts; without it and\n"
    "           without --days it does not expire.\n"
    "  install  checks a licence and adds it to the hub's data folder, whether the hub runs or not. The public key of its issuer must\n"
    "           be in DIR/licence/. The first issuer that is not the hub itself is believed and its key kept there; every\n"
    "           other one only with --trust.\n"
    "  show     tells the Active Directory domain that the hub watches, what is installed and whether it counts.\n"
    "\n"
    "--data DIR is the hub's data folder; without it, that of the configuration (`vigie config`).\n";

static int fail(const char *about, const char *why)
{
    (void)fprintf(stderr, "vigie licence: %s: %s\n", about, why);
    return 1;
}

static int64_t now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * TIME_SECOND + t.tv_nsec;
}

struct options {
    const char *key, *product, *organisation, *sid, *domain, *days, *expires, *out, *data;
    bool json, trust;
    struct options_rest rest;
};

/* ---- keys and licences ---- */

static int make_key(const struct options *o)
{
    const char *path = o->out ? o->out : o->rest.n == 1 ? o->rest.of[0] : NULL;
    if (!path || o->rest.n > (o->out ? 0 : 1))
        return 2;
    int err = licence_key_make(path);
    if (err)
        return fail(path, err == ERR_USAGE ? "it exists already, or its .pub does" : strerror(errno));
    (void)printf("%s is the secret key, %s.pub the public one\n", path, path);
    return 0;
}

/* False: no such time. */
static bool read_expiry(const struct options *o, int64_t from, int64_t *expires)
{
    uint64_t days;
    int64_t day;
    *expires = TIME_NONE;
    if (o->expires && o->days)
        return false;
    if (o->days) {
        if (!str_u64(str_of(o->days), &days) || days < 1 || days > 36500)
            return false;
        *expires = from + (int64_t)days * TIME_DAY;
    }
    if (o->expires) {
        day = time_parse(str_of(o->expires));
        if (day == TIME_NONE)
            return false;
        *expires = strlen(o->expires) == 10 ? day + TIME_DAY : day;
    }
    return true;
}

static int write_licence(const char *path, struct str text)
{
    FILE *f = path ? fopen(path, "w") : stdout;
    if (!f)
        return fail(path, strerror(errno));
    bool written = fprintf(f, "%.*s\n", STR_ARG(text)) > 0 && fflush(f) == 0;
    if (path && fclose(f) != 0)
        written = false;
    return written ? 0 : fail(path ? path : "standard output", strerror(errno));
}

static int issue(const struct options *o)
{
    unsigned char secret[LICENCE_SECRET];
    bool atp = o->product && strcmp(o->product, "atp") == 0;
    if (!o->key || !o->product || (!atp && strcmp(o->product, "hub") != 0) || o->rest.n)
        return 2;
    if (atp != (o->sid != NULL))
        return fail("issue", atp ? "--product atp needs --domain-sid, the SID of the Active Directory domain (vigie licence show tells it)"
                                 : "--product hub is not bound to a domain");
    struct licence l = {.product = atp ? PRODUCT_ATP : PRODUCT_HUB, .organisation = o->organisation ? str_of(o->organisation) : STR_NONE,
                        .domain_sid = o->sid ? str_of(o->sid) : STR_NONE, .domain = o->domain ? str_of(o->domain) : STR_NONE, .issued = now()};
    if (!read_expiry(o, l.issued, &l.expires))
        return fail("issue", "--expires takes a date such as 2027-01-31, --days a number; one of them");
    if (licence_key_read(o->key, secret) != 0)
        return fail(o->key, "no secret key of `vigie licence new-key` can be read there");
    struct arena a;
    struct buf text = {0};
    arena_init(&a, 1024, 65536);
    int err = licence_issue(secret, &l, &a, &text);
    int code = err ? fail("issue", err_text(err)) : write_licence(o->out, buf_view(&text));
    buf_free(&text);
    arena_free(&a);
    return code;
}

/* ---- installing ---- */

static int read_text(const char *path, char *text, size_t room, size_t *n)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!f)
        return ERR_IO;
    *n = fread(text, 1, room, f);
    if (f != stdin)
        (void)fclose(f);
    return *n == room ? ERR_LIMIT : 0;
}

/* Whether somebody besides the hub itself may sign. */
static bool has_issuer(const char *folder, const struct licence_keys *keys)
{
    char own[4200];
    (void)snprintf(own, sizeof own, "%s/licence/own.pub", folder);
    return atomic_load(&keys->n) > (access(own, F_OK) == 0 ? 1u : 0u);
}

/* The issuer's key counts already, or counts from now on. 0, or what to exit with. */
static int check(const char *folder, struct str text, bool trust, struct arena *a, struct licence *l)
{
    struct licence_keys keys = {.n = 0};
    char name[17];
    const char *why = "the keys in the licence folder cannot be read";
    int err = licence_keys_load(folder, &keys);
    if (!err && licence_read(&keys, text, a, l, &why) == 0)
        return 0;
    if (!err)
        err = licence_read_unknown(text, a, l, &why);
    if (err)
        return fail("install", why ? why : err_text(err));
    licence_key_name(l->key, name);
    if (!trust && has_issuer(folder, &keys)) {
        (void)fprintf(stderr, "vigie licence: it is signed by %s, whose key is not in %s/licence: --trust believes it from now on\n", name, folder);
        return 1;
    }
    err = licence_keys_trust(folder, l->key);
    if (err)
        return fail(folder, "the issuer's key cannot be kept in its licence folder");
    (void)printf("licences of the issuer %s count from now on\n", name);
    return 0;
}

static int add(struct db *db, const char *folder, struct str text, bool trust, struct arena *a)
{
    struct licence l;
    int code = check(folder, text, trust, a, &l);
    if (code)
        return code;
    int err = db_begin(db);
    if (!err)
        err = tab_link_add_licence(db, &(struct stored_licence){l.id, str_trim(text), STR("command line"), now()});
    if (!err)
        err = tab_audit_add(db, &(struct audit_row){.time = now(), .by = STR("command line"), .from = STR("local"), .what = STR("licence installed"),
                                                    .object = l.id,
                                                    .after = str_fmt(a, "{\"product\":\"%.*s\"}", STR_ARG(product_text(l.product)))});
    err = db_end(db, err);
    if (err)
        return fail(folder, err_text(err));
    (void)printf("installed: %.*s licence %.*s%s%.*s\n", STR_ARG(product_text(l.product)), STR_ARG(l.id), str_set(l.organisation) ? " for " : "",
                 STR_ARG(l.organisation));
    return 0;
}

static int with_db(const struct options *o, int (*what)(struct db *db, const char *folder, const struct options *o, struct arena *a))
{
    struct db *db;
    struct arena a;
    const char *folder = options_folder("licence", o->data, NULL);
    if (!folder)
        return 1;
    int err = db_open(folder, &db);
    if (err)
        return fail(folder, err == ERR_IO ? strerror(errno) : err_text(err));
    arena_init(&a, 4096, 16 << 20);
    int code = what(db, folder, o, &a);
    arena_free(&a);
    db_close(db);
    return code;
}

static int install(struct db *db, const char *folder, const struct options *o, struct arena *a)
{
    char text[LICENCE_TEXT_MAX + 1];
    size_t n = 0;
    if (read_text(o->rest.of[0], text, sizeof text, &n))
        return fail(o->rest.of[0], "it cannot be read as a licence");
    return add(db, folder, (struct str){text, n}, o->trust, a);
}

/* ---- showing ---- */

struct shown {
    const struct licence_keys *keys;
    struct arena *arena;
    struct str domain_sid;
    struct jout *json; /* NULL: as text */
};

static void show_json(struct jout *j, const struct stored_licence *stored, const struct licence *l, const char *why)
{
    char text[TIME_TEXT];
    jout_obj(j);
    jout_kstr(j, "id", stored->id);
    if (l) {
        jout_kstr(j, "product", product_text(l->product));
        jout_kstr(j, "organisation", l->organisation);
        jout_kstr(j, "domain", l->domain);
        jout_kstr(j, "domainSid", l->domain_sid);
        jout_kstr(j, "expires", l->expires == TIME_NONE ? STR_NONE : time_text(l->expires, text));
    }
    jout_kbool(j, "valid", !why);
    if (why)
        jout_kz(j, "why", why);
    jout_end_obj(j);
}

static int show_one(void *owner, const struct stored_licence *stored)
{
    struct shown *s = owner;
    struct licence l;
    char until[TIME_TEXT];
    const char *why;
    int err = licence_read(s->keys, str_dup(s->arena, stored->text), s->arena, &l, &why);
    if (err == ERR_MEMORY)
        return err;
    if (!err)
        why = licence_refused(&l, s->domain_sid, now());
    if (s->json) {
        show_json(s->json, stored, err ? NULL : &l, why);
        return 0;
    }
    struct str expires = !err && l.expires != TIME_NONE ? time_text(l.expires, until) : STR("never");
    (void)printf("%.*s  %-4.*s  %-30.*s expires %.10s  %s\n", STR_ARG(stored->id), STR_ARG(err ? STR("?") : product_text(l.product)),
                 STR_ARG(err ? STR("") : l.organisation), expires.p, why ? why : "valid");
    return 0;
}

static int list(struct db *db, struct shown *s, struct str name)
{
    if (s->json) {
        jout_obj(s->json);
        jout_kstr(s->json, "domainSid", s->domain_sid);
        jout_kstr(s->json, "domain", name);
        jout_key(s->json, "data");
        jout_arr(s->json);
    } else if (str_set(s->domain_sid)) {
        (void)printf("domain: %.*s %.*s\n", STR_ARG(s->domain_sid), STR_ARG(name));
    }
    int err = tab_link_licences(db, show_one, s);
    if (s->json) {
        jout_end_arr(s->json);
        jout_end_obj(s->json);
    }
    return err;
}

static int show(struct db *db, const char *folder, const struct options *o, struct arena *a)
{
    struct licence_keys keys = {.n = 0};
    struct buf b = {0};
    struct jout j = jout_to(&b);
    struct shown s = {.keys = &keys, .arena = a, .json = o->json ? &j : NULL};
    struct str name = STR_NONE;
    int err = licence_keys_load(folder, &keys);
    if (!err)
        err = tab_settings_get(db, a, LINK_DOMAIN_SID, &s.domain_sid);
    if (!err)
        err = tab_settings_get(db, a, LINK_DOMAIN_NAME, &name);
    if (!err)
        err = list(db, &s, name);
    if (!err && o->json)
        (void)printf("%.*s\n", (int)b.n, b.p);
    buf_free(&b);
    return err ? fail(folder, err_text(err)) : 0;
}

static int run(int argc, char **argv)
{
    struct options o = {0};
    const struct option known[] = {{"--key", &o.key, NULL},         {"--product", &o.product, NULL}, {"--organisation", &o.organisation, NULL},
                                   {"--domain-sid", &o.sid, NULL},  {"--domain", &o.domain, NULL},   {"--days", &o.days, NULL},
                                   {"--expires", &o.expires, NULL}, {"--out", &o.out, NULL},         {"--data", &o.data, NULL},
                                   {"--json", NULL, &o.json},       {"--trust", NULL, &o.trust}};
    const char *what = argc > 1 ? argv[1] : "";
    int code = 2;
    if (argc > 1 && !options_read("licence", argc - 2, argv + 2, OPTIONS(known), &o.rest))
        what = "";
    if (strcmp(what, "new-key") == 0)
        code = make_key(&o);
    else if (strcmp(what, "issue") == 0)
        code = issue(&o);
    else if (strcmp(what, "install") == 0 && o.rest.n == 1)
        code = with_db(&o, install);
    else if (strcmp(what, "show") == 0 && o.rest.n == 0)
        code = with_db(&o, show);
    if (code == 2)
        (void)fputs(usage, stderr);
    return code;
}

const struct command cmd_licence = {.name = "licence", .summary = "make, issue, install and show licences", .usage = usage, .run = run};
