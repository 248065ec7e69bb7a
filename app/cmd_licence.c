/* app/cmd_licence.c - makes licence keys, issues licences, installs and shows them. */
#include "app/command.h"
#include "link/link.h"
#include "store/tab_settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: vigie licence key FILE\n"
    "       vigie licence issue --key FILE --product atp|hub --organisation NAME [--domain-sid SID] [--domain NAME] [--days N]\n"
    "       vigie licence install --data DIR FILE|-\n"
    "       vigie licence show --data DIR\n"
    "\n"
    "A licence is a small text signed with Ed25519: which product (atp: the on-premises side; hub: the cloud side), whose,\n"
    "until when, and for atp the SID of the one Active Directory domain it is for. Nothing is asked from elsewhere.\n"
    "\n"
    "  key      makes FILE (secret, keep it) and FILE.pub. Put FILE.pub into DIR/licence/ of each hub that shall accept its licences.\n"
    "  issue    prints a licence; without --days it does not expire.\n"
    "  install  checks a licence and adds it to the hub's data folder.\n"
    "  show     tells the Active Directory domain that the hub watches, what is installed and whether it counts.\n";

static int fail(const char *about, const char *why)
{
    (void)fprintf(stderr, "vigie licence: %s: %s\n", about, why);
    return 1;
}

static int64_t now(void)
{
    return (int64_t)time(NULL) * TIME_SECOND;
}

static int make_key(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int err = licence_key_make(argv[2]);
    if (err)
        return fail(argv[2], err == ERR_USAGE ? "it exists already, or its .pub does" : strerror(errno));
    (void)printf("%s is the secret key, %s.pub the public one\n", argv[2], argv[2]);
    return 0;
}

struct issue {
    const char *key, *product, *organisation, *sid, *domain, *days;
};

static bool read_issue(int argc, char **argv, struct issue *o)
{
    const struct {
        const char *name;
        const char **to;
    } known[] = {{"--key", &o->key}, {"--product", &o->product}, {"--organisation", &o->organisation},
                 {"--domain-sid", &o->sid}, {"--domain", &o->domain}, {"--days", &o->days}};
    for (int i = 2; i < argc; i += 2) {
        size_t k = 0;
        while (k < sizeof known / sizeof *known && strcmp(argv[i], known[k].name) != 0)
            k++;
        if (k == sizeof known / sizeof *known || i + 1 >= argc)
            return false;
        *known[k].to = argv[i + 1];
    }
    bool atp = o->product && strcmp(o->product, "atp") == 0;
    return o->key && o->organisation && o->product && (atp ? o->sid != NULL : strcmp(o->product, "hub") == 0);
}

static int issue(int argc, char **argv)
{
    struct issue o = {0};
    unsigned char secret[LICENCE_SECRET];
    if (!read_issue(argc, argv, &o))
        return 2;
    struct licence l = {.product = strcmp(o.product, "atp") == 0 ? PRODUCT_ATP : PRODUCT_HUB, .organisation = str_of(o.organisation),
                        .domain_sid = o.sid ? str_of(o.sid) : STR_NONE, .domain = o.domain ? str_of(o.domain) : STR_NONE, .issued = now(),
                        .expires = TIME_NONE};
    if (o.days) {
        long days = strtol(o.days, NULL, 10);
        if (days < 1 || days > 36500)
            return 2;
        l.expires = l.issued + days * TIME_DAY;
    }
    if (licence_key_read(o.key, secret) != 0)
        return fail(o.key, "no secret key of `vigie licence key` can be read there");
    struct arena a;
    struct buf text = {0};
    arena_init(&a, 1024, 65536);
    int err = licence_issue(secret, &l, &a, &text);
    if (!err)
        (void)printf("%.*s\n", (int)text.n, text.p);
    buf_free(&text);
    arena_free(&a);
    return err ? fail("issue", err_text(err)) : 0;
}

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

static int add(struct db *db, const char *folder, struct str text, struct arena *a, const char *path)
{
    struct licence_keys keys;
    struct licence l;
    const char *why = "the keys in the licence folder cannot be read";
    int err = licence_keys_load(folder, &keys);
    if (!err)
        err = licence_read(&keys, text, a, &l, &why);
    if (err)
        return fail(path, why ? why : err_text(err));
    err = tab_link_add_licence(db, &(struct stored_licence){l.id, str_trim(text), STR("command line"), now()});
    if (err)
        return fail(folder, err_text(err));
    (void)printf("installed: %.*s licence %.*s for %.*s\n", STR_ARG(product_text(l.product)), STR_ARG(l.id), STR_ARG(l.organisation));
    return 0;
}

static int install(const char *folder, const char *path)
{
    char text[LICENCE_TEXT_MAX + 1];
    size_t n = 0;
    struct db *db;
    struct arena a;
    if (read_text(path, text, sizeof text, &n))
        return fail(path, "it cannot be read as a licence");
    int err = db_open(folder, &db);
    if (err)
        return fail(folder, err_text(err));
    arena_init(&a, 4096, 1 << 20);
    int code = add(db, folder, (struct str){text, n}, &a, path);
    arena_free(&a);
    db_close(db);
    return code;
}

struct shown {
    const struct licence_keys *keys;
    struct arena *arena;
    struct str domain_sid;
};

static int show_one(void *owner, const struct stored_licence *stored)
{
    struct shown *s = owner;
    struct licence l;
    char until[TIME_TEXT];
    const char *why;
    int err = licence_read(s->keys, stored->text, s->arena, &l, &why);
    if (err == ERR_MEMORY)
        return err;
    if (!err)
        why = licence_refused(&l, s->domain_sid, now());
    struct str expires = !err && l.expires != TIME_NONE ? time_text(l.expires, until) : STR("never");
    (void)printf("%.*s  %-4.*s  %-30.*s expires %.10s  %s\n", STR_ARG(stored->id), STR_ARG(err ? STR("?") : product_text(l.product)),
                 STR_ARG(err ? STR("") : l.organisation), expires.p, why ? why : "valid");
    return 0;
}

static int show(const char *folder)
{
    struct db *db;
    struct arena a;
    struct licence_keys keys;
    int err = db_open(folder, &db);
    if (err)
        return fail(folder, err_text(err));
    arena_init(&a, 4096, 16 << 20);
    struct shown s = {.keys = &keys, .arena = &a};
    err = licence_keys_load(folder, &keys);
    struct str name = STR_NONE;
    if (!err)
        err = tab_settings_get(db, &a, LINK_DOMAIN_SID, &s.domain_sid);
    if (!err)
        err = tab_settings_get(db, &a, LINK_DOMAIN_NAME, &name);
    if (!err && str_set(s.domain_sid))
        (void)printf("domain: %.*s %.*s\n", STR_ARG(s.domain_sid), STR_ARG(name));
    if (!err)
        err = tab_link_licences(db, show_one, &s);
    arena_free(&a);
    db_close(db);
    return err ? fail(folder, err_text(err)) : 0;
}

static int run(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int code = 2;
    if (strcmp(what, "key") == 0)
        code = make_key(argc, argv);
    else if (strcmp(what, "issue") == 0)
        code = issue(argc, argv);
    else if (strcmp(what, "install") == 0 && argc == 5 && strcmp(argv[2], "--data") == 0)
        code = install(argv[3], argv[4]);
    else if (strcmp(what, "show") == 0 && argc == 4 && strcmp(argv[2], "--data") == 0)
        code = show(argv[3]);
    if (code == 2)
        (void)fputs(usage, stderr);
    return code;
}

const struct command cmd_licence = {.name = "licence", .summary = "make, issue, install and show licences", .usage = usage, .run = run};
