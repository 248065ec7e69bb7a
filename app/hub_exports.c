/* app/hub_exports.c - exports of the activity log: one thread writes one after the other into DATA/exports/NUMBER.
 *
 * While it is written, a file is called NUMBER.part; it gets its name when it is whole and on disk. What its maker may see is looked up when writing
 * begins, as the list itself does. After a kill an export begins anew; files without a row are swept away. Memory is that of one reader of the log
 * and 64 KB. */
#include "app/hub_private.h"

#include "api/caller.h"
#include "api/exporting.h"
#include "policy/filter_parse.h"
#include "policy/filter_people.h"
#include "store/tab_exports.h"
#include "store/tab_subnets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "exports"
#define LOOK_EVERY (TIME_SECOND / 2)

enum { SWEEP_SECONDS = 600, FLUSH = 65536, ROWS_BETWEEN_LOOKS = 256, LOW_PRIORITY = 10 };

/* One that is being written. */
struct writing {
    struct hub *h;
    struct stored_export e;
    const struct export_form *form;
    struct exporting x;
    uint64_t most_bytes;
    int fd;
    int64_t looked;
    const char *why; /* what it fails with; NULL: "error" */
};

static bool path_of(const struct hub *h, int64_t number, const char *suffix, char *out, size_t room)
{
    int n = snprintf(out, room, "%s/" FOLDER "/%lld%s", h->folder, (long long)number, suffix);
    return n > 0 && (size_t)n < room;
}

/* ---- files that nobody wants any more ---- */

static bool wanted(struct hub *h, const char *name)
{
    struct stored_export e;
    struct arena a;
    char *end;
    long long number = strtoll(name, &end, 10);
    arena_init(&a, 4096, 1 << 20);
    int err = tab_exports_get(h->db, &a, number, &e);
    arena_free(&a);
    if (err && err != ERR_NOT_FOUND)
        return true; /* nothing is known of it */
    return !err && (*end ? e.state == EXPORT_RUNNING : e.state == EXPORT_DONE || e.state == EXPORT_RUNNING);
}

static void sweep(struct hub *h)
{
    char path[4200];
    if (!hub_keeper_held(h))
        (void)tab_exports_expire(h->db, hub_now() - EXPORT_KEPT_DAYS * TIME_DAY);
    DIR *d = hub_path(h, FOLDER, path, sizeof path) ? opendir(path) : NULL;
    for (struct dirent *f; d && (f = readdir(d)) != NULL;)
        if (f->d_name[0] != '.' && !wanted(h, f->d_name))
            (void)unlinkat(dirfd(d), f->d_name, 0);
    if (d)
        (void)closedir(d);
}

int hub_exports_open(struct hub *h)
{
    char path[4200];
    if (!hub_path(h, FOLDER, path, sizeof path) || (mkdir(path, 0700) != 0 && errno != EEXIST))
        return ERR_IO;
    int err = tab_exports_recover(h->db, hub_now());
    if (!err)
        sweep(h);
    atomic_store(&h->exports, true);
    return err;
}

int hub_exports_file(struct hub *h, int64_t number, int *fd, uint64_t *bytes)
{
    char path[4200];
    struct stat st;
    int file = path_of(h, number, "", path, sizeof path) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (file < 0)
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    if (fstat(file, &st) != 0) {
        (void)close(file);
        return ERR_IO;
    }
    *fd = file;
    *bytes = (uint64_t)st.st_size;
    return 0;
}

/* ---- writing ---- */

static int flush(struct writing *w)
{
    size_t done = 0;
    if (w->x.out.failed)
        return ERR_MEMORY;
    while (done < w->x.out.n) {
        ssize_t n = write(w->fd, w->x.out.p + done, w->x.out.n - done);
        if (n < 0 && errno == ENOSPC)
            w->why = "disk";
        if (n < 0 && errno != EINTR)
            return ERR_IO;
        done += n > 0 ? (size_t)n : 0;
    }
    w->x.out.n = 0;
    return 0;
}

/* Tells how far it is; finds out whether it is to end. ERR_NOT_FOUND: it was cancelled, deleted or withdrawn. */
static int look(struct writing *w)
{
    int64_t now = hub_now();
    if (now - w->looked < LOOK_EVERY && now >= w->looked)
        return 0;
    w->looked = now;
    if (atomic_load(&w->h->stop))
        return ERR_LIMIT;
    if (atomic_exchange(&w->h->exports, false))
        sweep(w->h);
    if (hub_disk_full(w->h)) {
        w->why = "disk";
        return ERR_IO;
    }
    return tab_exports_progress(w->h->db, &w->e);
}

enum { ENOUGH = 1 };

static int on_row(void *owner, const struct actlog_row *row)
{
    struct writing *w = owner;
    size_t before = w->x.out.n;
    arena_reset(&w->x.texts);
    w->form->row(&w->x, row);
    size_t n = w->x.out.n - before;
    if (w->e.bytes + n > w->most_bytes) {
        w->x.out.n = before;
        return ENOUGH;
    }
    w->e.rows++;
    w->e.bytes += n;
    int err = w->x.out.n >= FLUSH || w->x.out.failed ? flush(w) : 0;
    return err || w->e.rows % ROWS_BETWEEN_LOOKS ? err : look(w);
}

static int parse(struct hub *h, const struct stored_export *e, struct arena *arena, struct filter *out)
{
    struct filter_parser p = {.arena = arena, .noun = FILTER_ACTIVITIES, .now = e->made};
    const struct filter_sources from = {.db = h->db, .networks = tab_subnets_networks, .owner = h->db};
    const struct jnode *doc = jin_embedded(arena, e->asked), *filters = doc ? jin_get(doc, doc, STR("filters")) : NULL;
    struct filter named;
    int err = !doc                                              ? ERR_MALFORMED
              : filters || !str_set(jin_str(doc, doc, "query")) ? filter_parse(&p, doc, filters, &named)
                                                                : filter_parse_text(&p, jin_str(doc, doc, "query"), &named);
    return err ? err : filter_people(&from, arena, &named, out);
}

/* What the maker may see now, which must be what it was when the export was asked for. */
static int as_maker(struct writing *w, struct arena *arena, struct api_caller *caller)
{
    struct str scope;
    struct api_request q = {.db = w->h->db, .log = w->h->log, .arena = arena, .caller = caller, .hub = &w->h->hooks, .now = hub_now()};
    int err = caller_as(&q, w->e.account, hub_view);
    if (!err)
        err = exporting_scope(w->h->db, arena, w->e.account, &scope);
    if (err)
        return err;
    w->why = !api_may(&q, RIGHT_VIEW_ACTIVITIES) ? "rights" : !str_eq(scope, w->e.scope) ? "scope" : NULL;
    return w->why ? ERR_USAGE : 0;
}

static int write_rows(struct writing *w, struct arena *arena)
{
    struct api_caller caller = {0};
    struct filter f;
    uint64_t most = strtoull(w->h->config.export_rows, NULL, 10);
    bool more = false, beyond = false;
    most = most < 1 ? 1 : most > UINT32_MAX ? UINT32_MAX : most;
    int err = as_maker(w, arena, &caller);
    if (!err)
        err = parse(w->h, &w->e, arena, &f);
    if (!err)
        err = actlog_count(w->h->log, &f, &caller.activities, most, &w->e.total, &beyond);
    if (!err)
        err = tab_exports_progress(w->h->db, &w->e);
    buf_str(&w->x.out, str_of(w->form->head));
    w->e.bytes = w->x.out.n;
    const struct actlog_query ask = {.filter = &f, .view = &caller.activities, .limit = (uint32_t)most};
    if (!err)
        err = actlog_query(w->h->log, &ask, on_row, w, &more);
    w->e.more = more || err == ENOUGH;
    if (w->e.more && w->form->head[0])
        buf_str(&w->x.out, STR("\"There are more: the newest are here. Narrow the filters.\"\r\n"));
    return err < 0 ? err : flush(w);
}

static int settle(struct writing *w, const char *part)
{
    char path[4200];
    if (fsync(w->fd) != 0 || !path_of(w->h, w->e.number, "", path, sizeof path) || rename(part, path) != 0)
        return ERR_IO;
    w->e.state = EXPORT_DONE;
    return 0;
}

static int write_file(struct writing *w, struct arena *arena)
{
    char part[4200];
    if (!path_of(w->h, w->e.number, ".part", part, sizeof part))
        return ERR_IO;
    w->fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (w->fd < 0)
        return ERR_IO;
    int err = write_rows(w, arena);
    if (!err)
        err = settle(w, part);
    (void)close(w->fd);
    if (err)
        (void)unlink(part);
    return err;
}

static void write_one(struct hub *h, struct arena *arena, const struct stored_export *e)
{
    struct writing w = {.h = h, .e = *e, .form = export_form_of(e->format), .most_bytes = strtoull(h->config.export_megabytes, NULL, 10) << 20};
    w.e.rows = w.e.bytes = w.e.total = 0;
    if (tab_exports_start(h->db, e->number, hub_now()) != 0)
        return;
    exporting_open(&w.x, h->db);
    int err = w.form ? write_file(&w, arena) : ERR_USAGE;
    exporting_close(&w.x);
    if (err == ERR_LIMIT && atomic_load(&h->stop)) {
        (void)tab_exports_pause(h->db, e->number);
        return;
    }
    w.e.ended = hub_now();
    if (err) {
        w.e.state = EXPORT_FAILED;
        w.e.why = str_of(w.why ? w.why : err == ERR_NOT_FOUND ? "rights" : "error");
    }
    (void)tab_exports_end(h->db, &w.e); /* of one that was cancelled nothing is told: its file goes with the next sweep */
    atomic_store(&h->exports, true);
}

static bool write_next(struct hub *h)
{
    struct stored_export e;
    struct arena arena;
    arena_init(&arena, 16384, 64 << 20);
    bool any = !atomic_load(&h->stop) && tab_exports_next(h->db, &arena, &e) == 0;
    if (any)
        write_one(h, &arena, &e);
    arena_free(&arena);
    return any;
}

void *hub_exports_thread(void *owner)
{
    struct hub *h = owner;
    int64_t swept = 0;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), LOW_PRIORITY); /* of this thread: people and analysis go first */
    while (hub_wait(h, 1000)) {
        int64_t now = hub_now();
        if (!atomic_exchange(&h->exports, false) && now - swept < SWEEP_SECONDS * TIME_SECOND)
            continue;
        swept = now;
        sweep(h);
        while (write_next(h))
            continue;
    }
    return NULL;
}
