/* store/actlog.c - the log as a whole: opening, what readers see, appending. */
#include "model/app.h"
#include "store/actlog_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PENDING_BYTES = 32 << 20, TAIL_MEMORY = 128 << 20 };

/* ---- what readers see ---- */

struct snapshot *snapshot_use(struct actlog *l)
{
    (void)pthread_mutex_lock(&l->lock);
    struct snapshot *s = l->now;
    atomic_fetch_add(&s->refs, 1);
    (void)pthread_mutex_unlock(&l->lock);
    return s;
}

void snapshot_release(struct snapshot *s)
{
    if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    for (size_t i = 0; i < s->nsegments; i++)
        segment_release(s->segments[i]);
    tail_release(s->tail);
    free(s->segments);
    free(s);
}

static bool is_gone(const struct snapshot_change *x, uint32_t id)
{
    for (size_t i = 0; i < x->ngone; i++)
        if (x->gone[i] == id)
            return true;
    return false;
}

static int by_number(const void *a, const void *b)
{
    const struct segment *x = *(struct segment *const *)a, *y = *(struct segment *const *)b;
    return (x->info.first_number > y->info.first_number) - (x->info.first_number < y->info.first_number);
}

struct snapshot *snapshot_prepare(struct actlog *l, size_t nadd)
{
    (void)pthread_mutex_lock(&l->switching);
    struct snapshot *s = calloc(1, sizeof *s), *now = snapshot_use(l);
    if (s) {
        atomic_init(&s->refs, 1);
        s->segments = malloc((now->nsegments + nadd + 1) * sizeof *s->segments);
    }
    snapshot_release(now);
    if (s && s->segments)
        return s;
    free(s);
    (void)pthread_mutex_unlock(&l->switching);
    return NULL;
}

void snapshot_abandon(struct actlog *l, struct snapshot *s)
{
    if (!s)
        return;
    snapshot_release(s);
    (void)pthread_mutex_unlock(&l->switching);
}

void snapshot_publish(struct actlog *l, struct snapshot *s, const struct snapshot_change *x)
{
    (void)pthread_mutex_lock(&l->lock);
    struct snapshot *old = l->now;
    for (size_t i = 0; i < old->nsegments; i++)
        if (!is_gone(x, old->segments[i]->info.id))
            s->segments[s->nsegments++] = segment_use(old->segments[i]);
    for (size_t i = 0; i < x->nadd; i++)
        s->segments[s->nsegments++] = segment_use(x->add[i]);
    qsort(s->segments, s->nsegments, sizeof(struct segment *), by_number);
    s->tail = tail_use(x->tail ? x->tail : old->tail);
    s->ntail = x->tail ? x->ntail : old->ntail;
    s->last = x->tail ? x->last : old->last;
    l->now = s;
    (void)pthread_mutex_unlock(&l->lock);
    (void)pthread_mutex_unlock(&l->switching);
    snapshot_release(old);
}

uint32_t actlog_next_id(struct actlog *l)
{
    (void)pthread_mutex_lock(&l->lock);
    uint32_t id = l->next_id++;
    (void)pthread_mutex_unlock(&l->lock);
    return id;
}

/* ---- opening ---- */

static bool is_known(const struct seg_info *infos, size_t n, const char *name)
{
    char known[32];
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(known, sizeof known, "%08u.seg", infos[i].id);
        if (strcmp(known, name) == 0)
            return true;
    }
    return false;
}

/* Files that the catalogue does not name are what a kill left of a segment in the making, or of one that was replaced. */
static void drop_unknown(const char *folder, const struct seg_info *infos, size_t n)
{
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t length = strlen(e->d_name);
        if (length > 4 && strcmp(e->d_name + length - 4, ".seg") == 0 && !is_known(infos, n, e->d_name))
            (void)unlinkat(dirfd(d), e->d_name, 0);
    }
    if (d)
        (void)closedir(d);
}

static int open_segments(struct actlog *l, bool reading, char why[256])
{
    struct seg_info *infos = NULL;
    struct snapshot *s = l->now;
    size_t n = 0;
    int err = catalogue_segments(l->catalogue, &infos, &n);
    if (err) {
        (void)snprintf(why, 256, "%.200s/log.db: %s", l->folder, err_text(err));
        return err;
    }
    s->segments = calloc(n + 1, sizeof *s->segments);
    err = s->segments ? 0 : ERR_MEMORY;
    for (size_t i = 0; !err && i < n; i++) {
        err = segment_open(l->folder, &infos[i], &s->segments[i]);
        s->nsegments += !err;
        if (err)
            (void)snprintf(why, 256, "%.180s/%08u.seg: %s", l->folder, infos[i].id, err_text(err));
        l->next_id = infos[i].id >= l->next_id ? infos[i].id + 1 : l->next_id;
    }
    if (!err && !reading)
        drop_unknown(l->folder, infos, n);
    free(infos);
    return err;
}

static int take_tail_row(void *owner, const uint8_t *row, size_t n)
{
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
    struct actlog_row r;
    int err = row_unpack(row, n, &r, objects, facts);
    return err ? err : tail_add(owner, row, n, app_number(r.activity.app));
}

static int open_tail(struct actlog *l, char why[256])
{
    int err = catalogue_tail(l->catalogue, take_tail_row, l->tail);
    if (!err)
        err = catalogue_last(l->catalogue, &l->last);
    if (err)
        (void)snprintf(why, 256, "%.200s/log.db: %s", l->folder, err_text(err));
    l->now->ntail = l->npublished = l->tail->n;
    l->now->last = l->last;
    return err;
}

static int make_folder(struct actlog *l, const char *folder, char why[256])
{
    if (asprintf(&l->folder, "%s/activities", folder) < 0) {
        l->folder = NULL;
        return ERR_MEMORY;
    }
    if (mkdir(l->folder, 0700) == 0 || errno == EEXIST)
        return 0;
    (void)snprintf(why, 256, "%.200s: %s", l->folder, strerror(errno));
    return ERR_IO;
}

/* Two programs on one folder would take each other's new segments for leftovers. The lock ends with the program, however it ends. */
static int lock_folder(struct actlog *l, char why[256])
{
    char path[SEGMENT_PATH];
    int n = snprintf(path, sizeof path, "%s/lock", l->folder);
    if (n < 0 || (size_t)n >= sizeof path)
        return ERR_LIMIT;
    l->locked = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (l->locked >= 0 && flock(l->locked, LOCK_EX | LOCK_NB) == 0)
        return 0;
    bool taken = l->locked >= 0 && errno == EWOULDBLOCK;
    (void)snprintf(why, 256, "%.200s: %s", l->folder, taken ? "another program uses it" : strerror(errno));
    return taken ? ERR_LIMIT : ERR_IO;
}

static int set_up(struct actlog *l)
{
    atomic_init(&l->stop, false);
    (void)pthread_mutex_init(&l->lock, NULL);
    (void)pthread_mutex_init(&l->switching, NULL);
    (void)pthread_mutex_init(&l->upkeep, NULL);
    (void)pthread_mutex_init(&l->work_lock, NULL);
    (void)pthread_cond_init(&l->work, NULL);
    l->next_id = 1;
    l->locked = -1;
    l->packed = malloc(ACTLOG_ROW_MAX);
    l->now = calloc(1, sizeof *l->now);
    if (!l->packed || !l->now)
        return ERR_MEMORY;
    atomic_init(&l->now->refs, 1);
    l->tail = tail_new();
    if (!l->tail)
        return ERR_MEMORY;
    l->now->tail = tail_use(l->tail);
    return reader_open(&l->reader);
}

int actlog_open(const char *folder, struct actlog **out, char why[256])
{
    struct actlog *l = calloc(1, sizeof *l);
    (void)snprintf(why, 256, "%s", err_text(ERR_MEMORY));
    if (!l)
        return ERR_MEMORY;
    mode_t before = umask(077);
    int err = set_up(l);
    if (!err)
        err = make_folder(l, folder, why);
    if (!err)
        err = lock_folder(l, why);
    if (!err)
        err = catalogue_open(l->folder, &l->catalogue, why);
    if (!err)
        err = catalogue_open(l->folder, &l->workers, why);
    if (!err)
        err = open_segments(l, false, why);
    if (!err)
        err = open_tail(l, why);
    (void)umask(before);
    if (!err)
        err = actlog_start_worker(l);
    if (err) {
        actlog_close(l);
        return err;
    }
    why[0] = '\0';
    *out = l;
    return 0;
}

/* One look at it. A segment that the writer replaced meanwhile is gone: ERR_IO, and the next look finds its successor. */
static int look(const char *folder, struct actlog **out, char why[256])
{
    struct actlog *l = calloc(1, sizeof *l);
    (void)snprintf(why, 256, "%s", err_text(ERR_MEMORY));
    if (!l)
        return ERR_MEMORY;
    int err = set_up(l);
    if (!err && asprintf(&l->folder, "%s/activities", folder) < 0) {
        l->folder = NULL;
        err = ERR_MEMORY;
    }
    if (!err)
        err = catalogue_open(l->folder, &l->catalogue, why);
    if (!err)
        err = catalogue_begin_read(l->catalogue);
    if (!err)
        err = open_segments(l, true, why);
    if (!err)
        err = open_tail(l, why);
    if (err) {
        actlog_close(l);
        return err;
    }
    catalogue_end_read(l->catalogue);
    *out = l;
    return 0;
}

int actlog_open_read(const char *folder, struct actlog **out, char why[256])
{
    char path[SEGMENT_PATH];
    int n = snprintf(path, sizeof path, "%s/activities/log.db", folder);
    (void)snprintf(why, 256, "%.200s: no activity log", folder);
    if (n < 0 || (size_t)n >= sizeof path || access(path, R_OK) != 0)
        return ERR_NOT_FOUND;
    int err = ERR_IO;
    for (int tries = 0; err == ERR_IO && tries < 10; tries++)
        err = look(folder, out, why);
    if (!err)
        why[0] = '\0';
    return err;
}

void actlog_close(struct actlog *l)
{
    if (!l)
        return;
    actlog_stop_worker(l);
    catalogue_close(l->workers);
    catalogue_close(l->catalogue);
    snapshot_release(l->now);
    tail_release(l->tail);
    items_free(&l->pending);
    reader_close(&l->reader);
    (void)pthread_cond_destroy(&l->work);
    (void)pthread_mutex_destroy(&l->work_lock);
    (void)pthread_mutex_destroy(&l->upkeep);
    (void)pthread_mutex_destroy(&l->switching);
    (void)pthread_mutex_destroy(&l->lock);
    if (l->locked >= 0)
        (void)close(l->locked);
    free(l->packed);
    free(l->folder);
    free(l);
}

/* ---- appending ---- */

static int is_stored(struct actlog *l, const struct activity *a, bool *stored)
{
    uint32_t row;
    int err = tail_has(l->tail, a->id) ? 0 : ERR_NOT_FOUND;
    struct snapshot *s = snapshot_use(l);
    for (size_t i = s->nsegments; err == ERR_NOT_FOUND && i-- > 0;) {
        const struct seg_info *info = &s->segments[i]->info;
        if (a->time >= info->first_time && a->time <= info->last_time)
            err = find_id(s->segments[i], &l->reader, a->id, &row);
    }
    snapshot_release(s);
    *stored = err == 0;
    return err == ERR_NOT_FOUND ? 0 : err;
}

int actlog_add(struct actlog *l, const struct activity *a, int64_t created, bool *stored)
{
    bool there;
    int err = l->tail->n == ACTLOG_TAIL || l->pending.bytes.n >= PENDING_BYTES ? actlog_commit(l) : 0;
    if (!err)
        err = is_stored(l, a, &there);
    if (err)
        return err;
    const struct actlog_row row = {.activity = *a, .number = l->last + 1, .created = created};
    int n = there ? 0 : row_pack(&row, l->packed);
    if (n < 0)
        return n;
    if (!there) {
        err = tail_add(l->tail, l->packed, (size_t)n, app_number(a->app));
        if (err)
            return err;
        if (!l->pending.n)
            l->first_pending = row.number;
        items_add(&l->pending, l->packed, (size_t)n);
        l->last++;
    }
    *stored = !there;
    return 0;
}

/* Rows that could not be committed are taken out of the tail again. */
static int undo(struct actlog *l, int err)
{
    tail_cut(l->tail, l->npublished);
    l->last = l->first_pending - 1;
    items_clear(&l->pending);
    return err;
}

static int commit_pending(struct actlog *l)
{
    struct snapshot *s = l->pending.bytes.failed || l->pending.ends.failed ? NULL : snapshot_prepare(l, 0);
    if (!s)
        return undo(l, ERR_MEMORY);
    int err = catalogue_append(l->catalogue, &l->pending, l->first_pending, l->last);
    if (err) {
        snapshot_abandon(l, s);
        return undo(l, err);
    }
    snapshot_publish(l, s, &(struct snapshot_change){.tail = l->tail, .ntail = l->tail->n, .last = l->last});
    items_clear(&l->pending);
    l->npublished = l->tail->n;
    return 0;
}

int actlog_commit(struct actlog *l)
{
    int err = l->pending.n ? commit_pending(l) : 0;
    if (err)
        return err;
    return l->tail->n == ACTLOG_TAIL || l->tail->used > TAIL_MEMORY ? actlog_seal(l) : 0;
}

void actlog_take_tail(struct actlog *l, struct tail *fresh)
{
    tail_release(l->tail);
    l->tail = tail_use(fresh);
    l->npublished = fresh->n;
}

/* The tail becomes the segment `info`, for the catalogue and then for readers. */
static int switch_tail(struct actlog *l, const struct seg_info *info)
{
    struct items_writer none = {0};
    struct segment *added = NULL;
    struct snapshot *s = snapshot_prepare(l, 1);
    struct tail *fresh = s ? tail_new() : NULL;
    int err = fresh ? segment_open(l->folder, info, &added) : ERR_MEMORY;
    if (!err)
        err = catalogue_change(l->catalogue, &(struct catalogue_change){.add = info, .nadd = 1, .tail = &none});
    if (!err) {
        snapshot_publish(l, s, &(struct snapshot_change){.add = &added, .nadd = 1, .tail = fresh, .last = l->last});
        actlog_take_tail(l, fresh);
    } else {
        snapshot_abandon(l, s);
    }
    if (added)
        segment_release(added);
    tail_release(fresh);
    return err;
}

int actlog_seal(struct actlog *l)
{
    struct seg_info info;
    int err = l->pending.n ? commit_pending(l) : 0;
    if (err || l->tail->n == 0)
        return err;
    err = tail_build(l->tail, l->folder, actlog_next_id(l), &info);
    if (!err)
        err = switch_tail(l, &info);
    if (!err)
        actlog_wake_worker(l);
    return err;
}
