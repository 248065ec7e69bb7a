/* app/hub_directory.c - the thread that has directory services read: each at its interval, or when somebody asks for it.
 *
 * The reading is `vigie directory sync`, as a process of its own (app/child.h): a server that hangs holds up nobody, and what goes wrong
 * there cannot hurt the hub. What it leaves in DATA/directory/ becomes the directory's. */
#include "app/hub_private.h"

#include "app/child.h"
#include "app/directory_file.h"
#include "base/jin.h"
#include "store/tab_directories.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SYNC_SECONDS = 1800, TEST_SECONDS = 40, ARGS = 24, WHY_MOST = 1000, PATH_ROOM = 4200 };

#define SAYS "vigie directory: " /* before what the command complains about */

/* ---- the command ---- */

struct call {
    struct arena text;
    const char *argv[ARGS];
    unsigned n;
    struct child child;
    struct buf out, err;
};

static void arg(struct call *c, const char *name, struct str value)
{
    if (c->n + 3 > ARGS)
        return;
    c->argv[c->n++] = name;
    if (str_set(value))
        c->argv[c->n++] = str_fmt(&c->text, "%.*s%c", STR_ARG(value), 0).p;
}

/* Secrets are read from memory, never given as arguments. */
static void open_call(struct call *c, struct hub *h, const struct stored_directory *d, const char *verb)
{
    static const char *const keytab[] = {"KRB5_CLIENT_KTNAME=FILE:" CHILD_FILE_PATH(4), "KRB5CCNAME=MEMORY:vigie", NULL}, *const none[] = {NULL};
    memset(c, 0, sizeof *c);
    arena_init(&c->text, 4096, 1 << 20);
    c->child = (struct child){.argv = c->argv, .env = d->kerberos ? keytab : none, .stop = &h->stop};
    arg(c, "vigie", STR_NONE);
    arg(c, "directory", STR_NONE);
    arg(c, verb, STR_NONE);
    arg(c, "--json", STR_NONE);
    arg(c, "--server", d->url);
    if (str_set(d->domain))
        arg(c, "--domain", d->domain);
    if (d->plain)
        arg(c, "--plain", STR_NONE);
    if (!d->kerberos) {
        arg(c, "--bind-dn", d->bind);
        arg(c, "--password-file", STR(CHILD_FILE_PATH(3)));
    }
    if (str_set(d->ca)) {
        arg(c, "--ca", STR(CHILD_FILE_PATH(5)));
        c->child.files[2] = d->ca;
    }
}

static void close_call(struct call *c)
{
    buf_free(&c->out);
    buf_free(&c->err);
    arena_free(&c->text);
}

/* The last complaint: earlier ones are about what it went on without. */
static struct str complaint(struct str err)
{
    struct str line, last = STR_NONE;
    while (str_cut(&err, '\n', &line))
        if (str_starts(line, STR(SAYS)))
            last = str_from(line, sizeof SAYS - 1);
    return str_sub(str_set(last) ? last : STR("the reading process broke off"), 0, WHY_MOST);
}

/* Runs it: absent when all went well, else why not. */
static struct str call(struct call *c, struct str secret, bool kerberos, unsigned seconds)
{
    int code = 0;
    c->child.files[kerberos ? 1 : 0] = secret;
    c->child.seconds = seconds;
    int err = child_run(&c->child, &c->out, &c->err, &code);
    c->child.files[kerberos ? 1 : 0] = STR_NONE;
    if (err == ERR_LIMIT)
        return str_fmt(&c->text, "it was not done after %u seconds", seconds);
    if (err)
        return str_fmt(&c->text, "the reading process cannot be started: %s", err == ERR_IO ? strerror(errno) : err_text(err));
    return code ? complaint(buf_view(&c->err)) : STR_NONE;
}

int hub_directory_test(struct hub *h, const struct stored_directory *d, struct str secret, struct jout *j)
{
    struct call c;
    open_call(&c, h, d, "check");
    struct str why = call(&c, secret, d->kerberos, TEST_SECONDS), said = str_trim(buf_view(&c.out));
    jout_obj(j);
    jout_kbool(j, "ok", !str_set(why));
    if (str_set(why)) {
        jout_kstr(j, "why", why);
    } else {
        jout_key(j, "found");
        jout_raw(j, jin_embedded(&c.text, said) ? said : STR("null"));
    }
    jout_end_obj(j);
    close_call(&c);
    return 0;
}

/* ---- what it left ---- */

static bool copy_path(struct hub *h, int64_t number, const char *end, char path[PATH_ROOM])
{
    char name[64];
    (void)snprintf(name, sizeof name, WHO_DIRECTORY "%s", (long long)number, end);
    return hub_path(h, name, path, PATH_ROOM);
}

int hub_directory_forget(struct hub *h, int64_t number)
{
    static const char *const ends[] = {".state", ".json", ".json.new", ".state.new"};
    char path[PATH_ROOM];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (copy_path(h, number, ends[i], path))
            (void)unlink(path);
    return who_directory(h->who, number, NULL);
}

/* Nothing was read and nothing removed: the directory is as it was. */
static bool brought_something(struct call *c)
{
    const struct jnode *doc = jin_embedded(&c->text, str_trim(buf_view(&c->out)));
    uint64_t read = 1, removed = 1;
    return !doc || !jin_u64(doc, doc, "read", &read) || !jin_u64(doc, doc, "removed", &removed) || read || removed;
}

static int take_over(struct hub *h, int64_t number)
{
    char path[PATH_ROOM];
    const char *why;
    struct dir_import *im = dir_import_new();
    int err = im ? 0 : ERR_MEMORY;
    if (!err && !copy_path(h, number, ".json", path))
        err = ERR_LIMIT;
    if (!err)
        err = directory_file_read(im, path, &why);
    if (err)
        dir_import_free(im);
    return err ? err : who_directory(h->who, number, im);
}

/* ---- one synchronisation ---- */

static int read_secret(struct hub *h, struct arena *a, const struct stored_directory *d, struct str *secret)
{
    char name[40];
    directory_secret(d->number, name);
    return secret_get(h->secrets, h->db, a, name, secret);
}

static struct str synchronise(struct hub *h, const struct stored_directory *d, struct call *c)
{
    char out[PATH_ROOM], state[PATH_ROOM];
    struct str secret = STR_NONE, why = STR_NONE;
    if (!copy_path(h, d->number, ".json", out) || !copy_path(h, d->number, ".state", state))
        return STR("the path of the data folder is too long");
    arg(c, "--out", str_of(out));
    arg(c, "--state", str_of(state));
    int err = read_secret(h, &c->text, d, &secret);
    if (err || !str_set(secret))
        return STR("the password or keytab cannot be read: enter it again");
    why = call(c, secret, d->kerberos, SYNC_SECONDS);
    sodium_memzero((char *)(uintptr_t)secret.p, secret.n);
    if (!str_set(why) && (d->failures || brought_something(c)))
        err = take_over(h, d->number);
    return err ? str_fmt(&c->text, "what was read cannot be taken over: %s", err_text(err)) : why;
}

static int run_one(struct hub *h, const struct stored_directory *d)
{
    struct call c;
    int err = tab_directories_start(h->db, d->number, hub_now());
    if (err)
        return err;
    open_call(&c, h, d, "sync");
    struct str why = synchronise(h, d, &c), said = str_trim(buf_view(&c.out));
    if (!atomic_load(&h->stop)) /* else it was broken off, and is due at the next start */
        err = tab_directories_end(h->db, d->number, hub_now(), why, jin_embedded(&c.text, said) ? said : STR("{}"));
    if (err == ERR_NOT_FOUND) /* removed meanwhile */
        err = hub_directory_forget(h, d->number);
    if (str_set(why) && !atomic_load(&h->stop))
        (void)fprintf(stderr, "vigie: directory service %.*s: %.*s\n", STR_ARG(d->url), STR_ARG(why));
    close_call(&c);
    return err;
}

/* 1 when there was one to read. */
static int run_due(struct hub *h)
{
    struct stored_directory d;
    struct arena a;
    arena_init(&a, 16384, 1 << 20);
    int err = tab_directories_due(h->db, &a, hub_now(), &d);
    int got = err == ERR_NOT_FOUND ? 0 : err ? err : 1;
    if (got > 0)
        err = run_one(h, &d);
    arena_free(&a);
    return got > 0 && err ? err : got;
}

void *hub_directory_run(void *owner)
{
    struct hub *h = owner;
    char path[PATH_ROOM];
    bool told = false;
    if (!hub_path(h, "directory", path, sizeof path) || (mkdir(path, 0700) != 0 && errno != EEXIST))
        (void)fprintf(stderr, "vigie: directory services: %s\n", strerror(errno));
    while (!atomic_load(&h->stop)) {
        int got = run_due(h);
        if (got < 0 && !told)
            (void)fprintf(stderr, "vigie: directory services: %s; trying again\n", err_text(got));
        told = got < 0;
        if (got <= 0)
            (void)hub_wait(h, 1000);
    }
    return NULL;
}
