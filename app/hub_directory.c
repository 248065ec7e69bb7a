/* app/hub_directory.c - the thread that has directory services read: each at its interval, or when somebody asks for it.
 *
 * The reading is `vigie directory sync`, as a process of its own (app/child.h): a server that hangs holds up nobody, and what goes wrong
 * there cannot hurt the hub. What it leaves in DATA/directory/ becomes the directory's. */
#include "app/hub_private.h"

#include "app/directory_call.h"
#include "app/directory_file.h"
#include "base/jin.h"
#include "store/tab_directories.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SYNC_SECONDS = 1800, TEST_SECONDS = 40, PATH_ROOM = 4200 };

int hub_directory_test(struct hub *h, const struct stored_directory *d, struct str secret, struct jout *j)
{
    struct directory_call c;
    directory_call_open(&c, d, "check", &h->stop);
    if (d->act)
        directory_call_arg(&c, "--act", STR_NONE);
    struct str why = directory_call_run(&c, secret, TEST_SECONDS), said = str_trim(buf_view(&c.out));
    jout_obj(j);
    jout_kbool(j, "ok", !str_set(why));
    if (str_set(why)) {
        jout_kstr(j, "why", why);
    } else {
        jout_key(j, "found");
        jout_raw(j, jin_embedded(&c.text, said) ? said : STR("null"));
    }
    jout_end_obj(j);
    directory_call_close(&c);
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
static bool brought_something(struct directory_call *c)
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

static struct str synchronise(struct hub *h, const struct stored_directory *d, struct directory_call *c)
{
    char out[PATH_ROOM], state[PATH_ROOM];
    struct str secret = STR_NONE, why = STR_NONE;
    if (!copy_path(h, d->number, ".json", out) || !copy_path(h, d->number, ".state", state))
        return STR("the path of the data folder is too long");
    directory_call_arg(c, "--out", str_of(out));
    directory_call_arg(c, "--state", str_of(state));
    int err = directory_call_secret(h->secrets, h->db, c, d, &secret);
    if (err || !str_set(secret))
        return STR("the password or keytab cannot be read: enter it again");
    why = directory_call_run(c, secret, SYNC_SECONDS);
    secret_wipe(secret);
    if (!str_set(why) && (d->failures || brought_something(c)))
        err = take_over(h, d->number);
    return err ? str_fmt(&c->text, "what was read cannot be taken over: %s", err_text(err)) : why;
}

static int run_one(struct hub *h, const struct stored_directory *d)
{
    struct directory_call c;
    int err = tab_directories_start(h->db, d->number, hub_now());
    if (err)
        return err;
    directory_call_open(&c, d, "sync", &h->stop);
    struct str why = synchronise(h, d, &c), said = str_trim(buf_view(&c.out));
    if (!atomic_load(&h->stop)) /* else it was broken off, and is due at the next start */
        err = tab_directories_end(h->db, d->number, hub_now(), why, jin_embedded(&c.text, said) ? said : STR("{}"));
    if (err == ERR_NOT_FOUND) /* removed meanwhile */
        err = hub_directory_forget(h, d->number);
    if (str_set(why) && !atomic_load(&h->stop))
        (void)fprintf(stderr, "vigie: directory service %.*s: %.*s\n", STR_ARG(d->url), STR_ARG(why));
    directory_call_close(&c);
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
