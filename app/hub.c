/* app/hub.c - opens and closes the hub: data folder, threads, server. */
#include "app/hub_private.h"

#include "api/link_json.h"
#include "base/jout.h"
#include "store/tab_inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SETUP_LINK "setup-link"

enum { STOP_MS = 5000 }; /* for requests that are under way */

int64_t hub_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * TIME_SECOND + t.tv_nsec;
}

bool hub_wait(struct hub *h, unsigned milliseconds)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* the wall's may be set back for a year */
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_mutex_lock(&h->lock);
    if (!atomic_load(&h->stop))
        (void)pthread_cond_timedwait(&h->wake, &h->lock, &until);
    (void)pthread_mutex_unlock(&h->lock);
    return !atomic_load(&h->stop);
}

void hub_wake(struct hub *h)
{
    (void)pthread_mutex_lock(&h->lock);
    (void)pthread_cond_broadcast(&h->wake);
    (void)pthread_mutex_unlock(&h->lock);
}

bool hub_path(const struct hub *h, const char *name, char *out, size_t room)
{
    int n = snprintf(out, room, "%s/%s", h->folder, name);
    return n > 0 && (size_t)n < room;
}

/* ---- what the API asks ---- */

static void changed(void *owner, enum hub_change what)
{
    struct hub *h = owner;
    char path[4200];
    if (what == HUB_SET_UP && hub_path(h, SETUP_LINK, path, sizeof path))
        (void)unlink(path);
    if (what == HUB_PERSONAL)
        atomic_store(&h->erase, true);
    if (what == HUB_EXPORTS)
        atomic_store(&h->exports, true);
    else
        atomic_fetch_or(&h->changed, 1u << what);
    hub_wake(h);
}

static int received(void *owner, struct str name, struct str by, int fd, const char *path, uint64_t *input)
{
    return hub_received_take(owner, name, by, fd, path, input);
}

static int exported(void *owner, int64_t number, int *fd, uint64_t *bytes)
{
    return hub_exports_file(owner, number, fd, bytes);
}

static int raw(void *owner, const struct actlog_row *row, struct buf *out)
{
    return hub_received_raw(owner, row, out);
}

static void health(void *owner, bool figures, enum language language, struct jout *j)
{
    hub_health(owner, figures, language, j);
}

static void judged(void *owner, enum language language, struct jout *j)
{
    hub_judged(owner, language, j);
}

static int directory_test(void *owner, const struct stored_directory *d, struct str secret, struct jout *j)
{
    return hub_directory_test(owner, d, secret, j);
}

static int directory_forget(void *owner, int64_t number)
{
    return hub_directory_forget(owner, number);
}

static int fetch(void *owner, const struct hub_fetch *f, int *status, struct buf *body, char why[HUB_FETCH_WHY])
{
    (void)owner;
    return hub_fetch(f, status, body, why);
}

static double progress(void *owner)
{
    return hub_fold_progress(owner);
}

static void session(void *owner, bool figures, struct jout *j)
{
    struct hub *h = owner;
    const struct link_look k = {.db = h->db, .log = h->log, .keys = &h->keys, .progress = hub_fold_progress(h), .figures = figures, .now = hub_now()};
    jout_key(j, "link");
    if (link_json(&k, j) != 0)
        jout_null(j);
    jout_key(j, "licences");
    if (link_json_licences(&k, j) != 0)
        jout_null(j);
}

static void metrics(void *owner, struct buf *out)
{
    hub_metrics(owner, out);
}

void hub_view(void *owner, struct actlog_view *activities, struct alert_view *alerts)
{
    struct hub *h = owner;
    struct licensing may = {.atp = false};
    struct stored_link link = {.state = LINK_OFF};
    struct arena a;
    arena_init(&a, 4096, 1 << 20);
    int err = link_licensing(h->db, &h->keys, hub_now(), &a, &may);
    if (!err)
        err = tab_link_get(h->db, &a, &link);
    arena_free(&a);
    bool cloud = false;
    uint64_t joined = 0;
    if (!err)
        link_view(&link, &may, &cloud, &joined);
    *activities = (struct actlog_view){.cloud = cloud, .joined = joined};
    *alerts = (struct alert_view){.cloud = cloud, .onprem = joined > 0};
}

/* ---- opening ---- */

static int fail(char why[512], const char *about, const char *what)
{
    (void)snprintf(why, 512, "%.300s: %.200s", about, what);
    return ERR_IO;
}

static int open_folder(struct hub *h, char why[512])
{
    char path[4200];
    if (mkdir(h->folder, 0700) != 0 && errno != EEXIST)
        return fail(why, h->folder, strerror(errno));
    if (!hub_path(h, "lock", path, sizeof path))
        return fail(why, h->folder, "the path is too long");
    h->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (h->lock_fd < 0)
        return fail(why, path, strerror(errno));
    if (flock(h->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    (void)fail(why, h->folder, "another hub has this data folder open");
    return ERR_USAGE;
}

/* A hub that nobody gave a key is its own issuer: it makes one, and its own hub licence with it. */
static int first_licence(struct hub *h)
{
    char path[4200];
    unsigned char secret[LICENCE_SECRET];
    struct arena a;
    struct buf text = {0};
    struct licence l = {.product = PRODUCT_HUB, .organisation = STR("this hub"), .issued = hub_now(), .expires = TIME_NONE};
    if (!hub_path(h, "licence", path, sizeof path) || (mkdir(path, 0700) != 0 && errno != EEXIST))
        return ERR_IO;
    (void)hub_path(h, "licence/own", path, sizeof path);
    int err = licence_key_make(path);
    if (!err)
        err = licence_key_read(path, secret);
    if (!err)
        err = licence_keys_load(h->folder, &h->keys);
    arena_init(&a, 1024, 65536);
    if (!err)
        err = licence_issue(secret, &l, &a, &text);
    if (!err)
        err = tab_link_add_licence(h->db, &(struct stored_licence){l.id, buf_view(&text), STR("first start"), hub_now()});
    sodium_memzero(secret, sizeof secret);
    buf_free(&text);
    arena_free(&a);
    return err;
}

static int open_stores(struct hub *h, char why[512])
{
    char detail[256] = "";
    int err = db_open(h->folder, &h->db);
    if (err)
        return fail(why, h->folder, err == ERR_MALFORMED ? "vigie.db is damaged, or of a newer Vigie" : err_text(err));
    err = actlog_open(h->folder, &h->log, detail);
    if (err)
        return fail(why, h->folder, detail);
    err = licence_keys_load(h->folder, &h->keys);
    if (!err && atomic_load(&h->keys.n) == 0)
        err = first_licence(h);
    if (err)
        return fail(why, h->folder, "the licence folder cannot be read or made");
    err = who_open(h->db, h->folder, h->config.directory[0] ? h->config.directory : NULL, &h->who, detail);
    if (err)
        return fail(why, h->config.directory[0] ? h->config.directory : h->folder, detail[0] ? detail : err_text(err));
    const char *places = h->config.geo;
    size_t bad;
    if (!places[0])
        (void)geo_open_default(&h->geo); /* without it, places are those that records state */
    else if (geo_open(&h->geo, &places, 1, &bad) != 0)
        return fail(why, places, "the places of addresses cannot be read");
    err = hub_policies_define(h);
    if (!err)
        err = hub_received_open(h);
    if (!err)
        err = hub_exports_open(h);
    if (!err)
        err = hub_fold_open(h);
    return err ? fail(why, h->folder, err_text(err)) : 0;
}

static int open_server(struct hub *h, char why[512])
{
    h->hooks = (struct hub_hooks){.owner = h, .changed = changed, .received = received, .exported = exported, .raw = raw, .health = health, .judged = judged, .metrics = metrics,
                                 .session = session, .progress = progress, .directory_test = directory_test, .directory_forget = directory_forget, .fetch = fetch,
                                  .keys = &h->keys, .secrets = h->secrets};
    const struct server_options o = {.address = h->config.listen,
                                     .port = (uint16_t)strtoul(h->config.port, NULL, 10),
                                     .certificate = h->config.tls_certificate[0] ? h->config.tls_certificate : NULL,
                                     .key = h->config.tls_key[0] ? h->config.tls_key : NULL,
                                     .folder = h->folder,
                                     .db = h->db,
                                     .log = h->log,
                                     .hub = &h->hooks,
                                     .view = hub_view,
                                     .files = portal_files};
    return server_open(&h->server, &o, why);
}

/* DATA/setup-link is there while nobody has an account. */
static int leave_setup_link(struct hub *h, char why[512])
{
    char url[512], token[65], text[600], path[4200];
    hub_address(h, url, token);
    if (!hub_path(h, SETUP_LINK, path, sizeof path))
        return fail(why, h->folder, "the path is too long");
    if (unlink(path) != 0 && errno != ENOENT)
        return fail(why, path, strerror(errno));
    if (!token[0])
        return 0;
    int n = snprintf(text, sizeof text, "%s/#/setup/%s\n", url, token), fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, text, (size_t)n) == n;
    if (fd >= 0)
        (void)close(fd);
    return written ? 0 : fail(why, path, strerror(errno));
}

static int start_threads(struct hub *h)
{
    h->ingest_runs = pthread_create(&h->ingest_thread, NULL, hub_ingest_run, h) == 0;
    h->fold_runs = pthread_create(&h->fold_thread, NULL, hub_fold_run, h) == 0;
    h->keeper_runs = h->server && pthread_create(&h->keeper_thread, NULL, hub_keeper_run, h) == 0;
    h->notify_runs = h->server && pthread_create(&h->notify_thread, NULL, hub_notify_run, h) == 0;
    h->directory_runs = h->server && pthread_create(&h->directory_thread, NULL, hub_directory_run, h) == 0;
    h->govern_runs = h->server && pthread_create(&h->govern_thread, NULL, hub_govern_run, h) == 0;
    h->exports_run = h->server && pthread_create(&h->exports_thread, NULL, hub_exports_thread, h) == 0;
    bool all = h->keeper_runs && h->notify_runs && h->directory_runs && h->govern_runs && h->exports_run;
    return h->ingest_runs && h->fold_runs && (all || !h->server) ? 0 : ERR_MEMORY;
}

static int open_hub(const struct hub_config *config, bool serve, struct hub **out, char why[512])
{
    struct hub *h = calloc(1, sizeof *h);
    if (!h)
        return fail(why, "hub", err_text(ERR_MEMORY));
    h->config = *config;
    h->folder = h->config.data;
    h->lock_fd = -1;
    h->started = hub_now();
    atomic_store(&h->erase, true); /* what a kill interrupted */
    h->jobs = (unsigned)strtoul(h->config.jobs, NULL, 10);
    h->jobs = h->jobs < 1 ? 1 : h->jobs > 64 ? 64 : h->jobs;
    (void)pthread_mutex_init(&h->lock, NULL);
    (void)pthread_mutex_init(&h->health_lock, NULL);
    pthread_condattr_t steady;
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&h->wake, &steady);
    (void)pthread_condattr_destroy(&steady);
    int err = open_folder(h, why);
    if (!err)
        err = open_stores(h, why);
    if (!err)
        err = hub_notify_open(h, why);
    if (!err && serve)
        err = open_server(h, why);
    if (!err && serve)
        err = leave_setup_link(h, why);
    if (!err && serve)
        err = hub_syslog_open(h, why);
    if (!err && (start_threads(h) != 0 || (serve && server_start(h->server) != 0)))
        err = fail(why, "hub", "threads cannot be started");
    if (err) {
        hub_close(h);
        return err;
    }
    *out = h;
    return 0;
}

int hub_open(const struct hub_config *config, struct hub **out, char why[512])
{
    return open_hub(config, true, out, why);
}

int hub_open_unserved(const struct hub_config *config, struct hub **out, char why[512])
{
    return open_hub(config, false, out, why);
}

bool hub_settled(struct hub *h)
{
    uint64_t waiting = 1;
    return tab_inputs_count(h->db, INPUT_WAITING, &waiting) == 0 && waiting == 0 && hub_fold_progress(h) >= 1 && !hub_fold_waits(h);
}

double hub_progress(struct hub *h)
{
    return hub_fold_progress(h);
}

struct db *hub_db(struct hub *h)
{
    return h->db;
}

void hub_address(struct hub *h, char url[512], char token[65])
{
    (void)snprintf(url, 512, "https://%.480s:%u", h->config.host, (unsigned)server_port(h->server));
    token[0] = '\0';
    (void)server_setup_token(h->server, token);
}

void hub_close(struct hub *h)
{
    if (!h)
        return;
    atomic_store(&h->stop, true);
    hub_wake(h);
    if (h->server)
        server_stop(h->server, STOP_MS);
    hub_syslog_close(h);
    if (h->ingest_runs)
        (void)pthread_join(h->ingest_thread, NULL);
    if (h->fold_runs)
        (void)pthread_join(h->fold_thread, NULL);
    if (h->keeper_runs)
        (void)pthread_join(h->keeper_thread, NULL);
    if (h->notify_runs)
        (void)pthread_join(h->notify_thread, NULL);
    if (h->directory_runs)
        (void)pthread_join(h->directory_thread, NULL);
    if (h->exports_run)
        (void)pthread_join(h->exports_thread, NULL);
    if (h->govern_runs)
        (void)pthread_join(h->govern_thread, NULL);
    server_close(h->server);
    hub_fold_close(h);
    hub_notify_close(h);
    who_close(h->who);
    geo_close(h->geo);
    actlog_close(h->log);
    db_close(h->db);
    for (int l = 0; l < LANGUAGES; l++) {
        buf_free(&h->blind[l]);
        buf_free(&h->learning[l]);
    }
    if (h->lock_fd >= 0)
        (void)close(h->lock_fd);
    free(h);
}
