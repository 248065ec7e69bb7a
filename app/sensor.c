/* app/sensor.c - the sensor's loop: packets and files to activities, activities to the spool or a file, once a second the rest. */
#include "app/sensor.h"

#include "app/pipe.h"
#include "app/reserve.h"
#include "app/sandbox.h"
#include "app/tap.h"
#include "app/uplink.h"
#include "base/jout.h"
#include "model/act_json.h"
#include "source/live.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 100, SETTLED_SECONDS = 2, DRAIN_MS = 5000, TOLD_SECONDS = 60, PATH_ROOM = 4200 };

struct sensor;

/* An interface, with the locked thread that reads it (app/sandbox.h). */
struct watched {
    struct sensor *sensor;
    const char *name;
    struct live *live;
    struct tap *tap;
    pthread_t thread;
    bool running;
    pthread_mutex_t lock; /* of what the thread says of itself: */
    struct live_counts live_counts;
    struct wire_counts wire;
    struct tap_counts counts;
    uint64_t skipped; /* packets that were let go to leave the machine its reserve */
    bool gone;        /* the interface cannot be read any more */
};

struct sensor {
    const struct sensor_options *o;
    struct watched watched[SENSOR_INTERFACES];
    struct reserve reserve;
    struct uplink_identity who;
    struct spool *spool;
    struct uplink *uplink;
    FILE *out;
    struct buf line;
    atomic_bool stand_back, stop;
    atomic_uint_fast64_t unstored; /* activities that neither spool nor file took */
    uint64_t files, file_activities, file_faults, file_unread[UNREAD_COUNT];
    struct pipe_result *reading; /* whose inputs the callback names */
    int64_t began, told;
};

static volatile sig_atomic_t told_to_stop;

static void on_signal(int which)
{
    (void)which;
    told_to_stop = 1;
}

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * TIME_SECOND + t.tv_nsec;
}

/* ---- where activities go ---- */

static int take_line(void *owner, struct str line)
{
    struct sensor *s = owner;
    int err = s->out ? fwrite(line.p, 1, line.n, s->out) == line.n ? 0 : ERR_IO : spool_add(s->spool, line);
    if (err)
        atomic_fetch_add(&s->unstored, 1);
    return err;
}

static int file_activity(void *owner, const struct activity *a)
{
    struct sensor *s = owner;
    s->line.n = 0;
    activity_json(a, &s->line, str_of(inputs_ranked(s->reading->inputs, a->origin.input)->path));
    s->file_activities++;
    return s->line.failed ? ERR_MEMORY : take_line(s, buf_view(&s->line));
}

static int make_durable(struct sensor *s)
{
    if (s->out)
        return fflush(s->out) == 0 ? 0 : ERR_IO;
    return spool_cut(s->spool, now_ns(), true);
}

/* ---- files ---- */

/* A kill before the file is moved lets it be read again: its activities have the same identities, so the hub takes them once. */
static void read_file(struct sensor *s, char *path, const char *done)
{
    struct pipe_result result;
    const struct pipe_options o = {.paths = &path, .npaths = 1, .jobs = 1, .since = TIME_NONE, .until = TIME_NONE, .each = file_activity, .each_owner = s};
    s->reading = &result;
    int err = pipe_run(&o, &result);
    for (uint32_t i = 0; !err && i < inputs_count(result.inputs); i++) {
        const struct input *x = inputs_get(result.inputs, i);
        s->file_faults += x->nfaults;
        for (enum unread what = 0; what < UNREAD_COUNT; what++)
            s->file_unread[what] += x->unread[what].n;
    }
    if (err)
        (void)fprintf(stderr, "vigie sensor: %s: %s\n", path, result.why ? result.why : err_text(err));
    pipe_free(&result);
    if (!err && make_durable(s) == 0 && rename(path, done) == 0)
        s->files++;
}

static void read_files(struct sensor *s)
{
    char path[PATH_ROOM], done[PATH_ROOM + 16];
    struct stat st;
    time_t now = time(NULL);
    DIR *d = s->o->events ? opendir(s->o->events) : NULL;
    for (const struct dirent *e; d && !told_to_stop && (e = readdir(d)) != NULL;) {
        int n = snprintf(path, sizeof path, "%s/%s", s->o->events, e->d_name);
        if (e->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof path || lstat(path, &st) != 0 || !S_ISREG(st.st_mode) || now - st.st_mtime < SETTLED_SECONDS)
            continue;
        (void)snprintf(done, sizeof done, "%.2000s/done/%.255s.%llx", s->o->events, e->d_name, (unsigned long long)st.st_ino);
        read_file(s, path, done);
    }
    if (d)
        (void)closedir(d);
}

/* ---- packets ---- */

static void on_packet(void *owner, const struct frame *x, const uint8_t *bytes)
{
    struct watched *w = owner;
    if (atomic_load_explicit(&w->sensor->stand_back, memory_order_relaxed))
        w->skipped++;
    else
        tap_packet(w->tap, x, bytes);
}

static void say(struct watched *w, bool gone)
{
    (void)pthread_mutex_lock(&w->lock);
    live_counts(w->live, &w->live_counts);
    w->wire = *tap_wire(w->tap);
    w->counts = *tap_counts(w->tap);
    w->gone = gone;
    (void)pthread_mutex_unlock(&w->lock);
}

static void *watch(void *owner)
{
    struct watched *w = owner;
    int64_t said = 0;
    int n = 0;
    (void)sandbox_decoder();
    while (n >= 0 && !atomic_load(&w->sensor->stop)) {
        n = live_read(w->live, WAIT_MS, on_packet, w);
        int64_t now = now_ns();
        if (now - said < TIME_SECOND && now >= said)
            continue;
        said = now;
        tap_tick(w->tap, now);
        say(w, false);
    }
    if (n >= 0)
        n = live_read(w->live, WAIT_MS, on_packet, w); /* what the kernel still held */
    tap_end(w->tap);
    say(w, n < 0);
    return NULL;
}

static int open_interface(struct sensor *s, unsigned i, const char *filter, char why[SENSOR_WHY])
{
    struct watched *w = &s->watched[i];
    const struct live_options o = {.interface = s->o->interfaces[i], .filter = filter};
    *w = (struct watched){.sensor = s, .name = o.interface};
    (void)pthread_mutex_init(&w->lock, NULL);
    int err = live_open(&o, &w->live, why);
    return err ? err : tap_open(w->name, take_line, s, &w->tap);
}

static int start_threads(struct sensor *s)
{
    for (unsigned i = 0; i < s->o->ninterfaces; i++) {
        s->watched[i].running = pthread_create(&s->watched[i].thread, NULL, watch, &s->watched[i]) == 0;
        if (!s->watched[i].running)
            return ERR_MEMORY;
    }
    return 0;
}

static void stop_threads(struct sensor *s)
{
    atomic_store(&s->stop, true);
    for (unsigned i = 0; i < s->o->ninterfaces; i++) {
        if (s->watched[i].running)
            (void)pthread_join(s->watched[i].thread, NULL);
        s->watched[i].running = false;
    }
}

static int open_interfaces(struct sensor *s, char why[SENSOR_WHY])
{
    uint16_t ports[64];
    char filter[LIVE_FILTER];
    size_t n = 0;
    int err = 0;
    for (const struct netdecoder *const *d = netdecoders; *d; d++)
        for (unsigned i = 0; i < NETDECODER_PORTS && (*d)->udp[i] && n < 64; i++)
            ports[n++] = (*d)->udp[i];
    live_filter(ports, n, filter);
    for (unsigned i = 0; !err && i < s->o->ninterfaces; i++)
        err = open_interface(s, i, filter, why);
    return err;
}

/* False when there were interfaces and all are gone. */
static bool any_left(struct sensor *s)
{
    bool left = s->o->ninterfaces == 0;
    for (unsigned i = 0; i < s->o->ninterfaces; i++) {
        (void)pthread_mutex_lock(&s->watched[i].lock);
        left |= !s->watched[i].gone;
        (void)pthread_mutex_unlock(&s->watched[i].lock);
    }
    return left;
}

/* ---- state ---- */

/* Of the reasons of model/unread.h those that there were. */
static void tell_unread(struct jout *j, const char *key, const uint64_t unread[UNREAD_COUNT])
{
    jout_key(j, key);
    jout_obj(j);
    for (enum unread what = 0; what < UNREAD_COUNT; what++)
        if (unread[what])
            jout_ku64(j, unread_info[what].text, unread[what]);
    jout_end_obj(j);
}

static void tell_interface(struct watched *w, struct jout *j)
{
    (void)pthread_mutex_lock(&w->lock);
    jout_obj(j);
    jout_kz(j, "name", w->name);
    jout_ku64(j, "packets", w->live_counts.packets);
    jout_ku64(j, "dropped", w->live_counts.dropped + w->live_counts.interface_dropped);
    jout_ku64(j, "skippedForReserve", w->skipped);
    jout_ku64(j, "activities", w->counts.activities);
    jout_ku64(j, "faults", w->counts.faults);
    jout_ku64(j, "notRead", w->counts.ignored);
    tell_unread(j, "unread", w->counts.unread);
    jout_ku64(j, "lostBytes", w->wire.lost_bytes);
    jout_ku64(j, "flows", w->wire.open);
    jout_ku64(j, "evicted", w->wire.evicted);
    jout_end_obj(j);
    (void)pthread_mutex_unlock(&w->lock);
}

static void state(void *owner, struct buf *out)
{
    struct sensor *s = owner;
    struct jout j = jout_to(out);
    struct spool_counts c = {0};
    jout_obj(&j);
    jout_kz(&j, "version", VIGIE_VERSION);
    jout_key(&j, "interfaces");
    jout_arr(&j);
    for (unsigned i = 0; i < s->o->ninterfaces; i++)
        tell_interface(&s->watched[i], &j);
    jout_end_arr(&j);
    jout_ku64(&j, "notStored", atomic_load(&s->unstored));
    jout_ku64(&j, "files", s->files);
    jout_ku64(&j, "fileActivities", s->file_activities);
    jout_ku64(&j, "fileFaults", s->file_faults);
    tell_unread(&j, "fileUnread", s->file_unread);
    if (s->spool)
        spool_counts(s->spool, &c);
    jout_ku64(&j, "activities", c.lines);
    jout_ku64(&j, "waitingBatches", c.waiting);
    jout_ku64(&j, "waitingBytes", c.waiting_bytes);
    jout_ku64(&j, "lostBatches", c.lost_batches);
    jout_ku64(&j, "lostBytes", c.lost_bytes);
    jout_end_obj(&j);
}

static void tell(struct sensor *s, const char *when)
{
    struct buf text = {0};
    char why[UPLINK_WHY] = "";
    state(s, &text);
    (void)fprintf(stderr, "vigie sensor: %s: %.*s\n", when, (int)text.n, text.p ? text.p : "");
    if (s->uplink && !uplink_well(s->uplink, why) && why[0])
        (void)fprintf(stderr, "vigie sensor: %s\n", why);
    buf_free(&text);
}

/* ---- opening and closing ---- */

static int refuse(char why[SENSOR_WHY], const char *about, const char *what)
{
    (void)snprintf(why, SENSOR_WHY, "%.300s: %.200s", about, what);
    return ERR_IO;
}

static int become(const char *user, char why[SENSOR_WHY])
{
    const struct passwd *p = user ? getpwnam(user) : NULL;
    if (!user)
        return 0;
    if (!p)
        return refuse(why, user, "no such user");
    if (setgroups(0, NULL) != 0 || setgid(p->pw_gid) != 0 || setuid(p->pw_uid) != 0)
        return refuse(why, user, strerror(errno));
    return 0;
}

static int open_hub(struct sensor *s, char why[SENSOR_WHY])
{
    const struct uplink_options o = {.who = &s->who, .spool = s->spool, .state = state, .owner = s};
    int err = uplink_identity(s->o->bundle, s->o->spool, &s->who, why);
    return err ? err : uplink_start(&o, &s->uplink, why);
}

static int open_out(struct sensor *s, char why[SENSOR_WHY])
{
    const char *path = s->o->out;
    s->out = strcmp(path, "-") == 0 ? stdout : fopen(path, "ae");
    return s->out ? 0 : refuse(why, path, strerror(errno));
}

static int open_sensor(struct sensor *s, char why[SENSOR_WHY])
{
    char done[PATH_ROOM];
    const struct sensor_options *o = s->o;
    int err = open_interfaces(s, why);
    if (!err)
        err = become(o->user, why);
    if (!err && o->events) {
        (void)snprintf(done, sizeof done, "%.4000s/done", o->events);
        if (mkdir(done, 0700) != 0 && errno != EEXIST)
            err = refuse(why, done, strerror(errno));
    }
    if (err || o->out)
        return err ? err : open_out(s, why);
    if (spool_open(o->spool, o->spool_bytes, &s->spool) != 0)
        return refuse(why, o->spool, "the spool folder cannot be used");
    return open_hub(s, why);
}

static void close_sensor(struct sensor *s)
{
    stop_threads(s);
    for (unsigned i = 0; i < s->o->ninterfaces; i++) {
        tap_close(s->watched[i].tap);
        live_close(s->watched[i].live);
    }
    if (s->spool)
        (void)spool_cut(s->spool, now_ns(), true);
    if (s->uplink && !uplink_drain(s->uplink, DRAIN_MS))
        (void)fputs("vigie sensor: what could not be sent waits in the spool for the next start\n", stderr);
    uplink_stop(s->uplink);
    spool_close(s->spool);
    if (s->out)
        (void)fflush(s->out);
    if (s->out && s->out != stdout)
        (void)fclose(s->out);
    buf_free(&s->line);
}

static void every_second(struct sensor *s, int64_t now)
{
    if (s->spool && spool_cut(s->spool, now, false) != 0)
        (void)fprintf(stderr, "vigie sensor: %s: %s\n", s->o->spool, strerror(errno));
    if (s->out)
        (void)fflush(s->out);
    read_files(s);
    if (now - s->told < TOLD_SECONDS * TIME_SECOND)
        return;
    s->told = now;
    tell(s, "now");
}

static void watch_signals(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    (void)sigemptyset(&a.sa_mask);
    (void)sigaction(SIGTERM, &a, NULL);
    (void)sigaction(SIGINT, &a, NULL);
    a.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &a, NULL);
}

int sensor_run(const struct sensor_options *o, char why[SENSOR_WHY])
{
    struct sensor *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    s->o = o;
    s->reserve.percent = o->reserve;
    s->began = s->told = now_ns();
    int err = open_sensor(s, why);
    watch_signals();
    if (!err)
        err = start_threads(s);
    if (!err)
        (void)fprintf(stderr, "vigie sensor: watching\n");
    int64_t second = 0;
    while (!err && !told_to_stop) {
        int64_t now = now_ns();
        if (o->seconds && now - s->began > (int64_t)o->seconds * TIME_SECOND)
            break;
        atomic_store(&s->stand_back, reserve_look(&s->reserve, now));
        (void)usleep(WAIT_MS * 1000);
        if (!any_left(s))
            err = refuse(why, "interfaces", "none can be read any more");
        if (now - second >= TIME_SECOND || now < second) {
            second = now;
            every_second(s, now);
        }
    }
    stop_threads(s);
    if (!err)
        tell(s, "stopped");
    close_sensor(s);
    free(s);
    return err;
}
