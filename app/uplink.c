/* app/uplink.c - the thread that sends. */
#include "app/uplink.h"

#include "base/file.h"
#include "net/http.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TIMEOUT_MS = 30000, LARGEST = 64 << 20, BUNDLE_MOST = 65536, STATE_SECONDS = 15, FIRST_WAIT_MS = 250, MOST_WAIT_MS = 15000 };

struct uplink {
    struct uplink_options o;
    struct http *http;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop, well;
    char why[UPLINK_WHY];
    int wait_ms;
    time_t told; /* when the state was sent last */
    struct buf batch;
    struct http_response answer;
};

/* ---- the bundle ---- */

static bool keep(char out[UPLINK_TEXT], struct str s)
{
    s = str_trim(s);
    if (!s.n || s.n >= UPLINK_TEXT)
        return false;
    memcpy(out, s.p, s.n);
    out[s.n] = '\0';
    return true;
}

/* "vigie sensor bundle 1", "name: ...", "hub: https://...", then the sensor's certificate and key, then the hub's certificate. */
static int read_bundle(struct str text, struct uplink_identity *out)
{
    struct str line, name = STR_NONE, hub = STR_NONE;
    struct str rest = text;
    if (!str_starts(text, STR("vigie sensor bundle 1\n")))
        return ERR_MALFORMED;
    while (str_cut(&rest, '\n', &line) && !str_starts(line, STR("-----"))) {
        if (str_starts(line, STR("name:")))
            name = str_from(line, 5);
        if (str_starts(line, STR("hub:")))
            hub = str_from(line, 4);
    }
    ptrdiff_t own = str_find(text, STR("-----BEGIN")), last = str_find(text, STR("-----END PRIVATE KEY-----\n"));
    if (own < 0 || last < own || !keep(out->name, name) || !keep(out->hub, hub) || strncmp(out->hub, "https://", 8) != 0)
        return ERR_MALFORMED;
    size_t border = (size_t)last + strlen("-----END PRIVATE KEY-----\n");
    if (!str_starts(str_from(text, border), STR("-----BEGIN CERTIFICATE-----")))
        return ERR_MALFORMED;
    int err = file_write_secret(out->identity_file, str_sub(text, (size_t)own, border - (size_t)own));
    return err ? err : file_write_secret(out->hub_file, str_from(text, border));
}

int uplink_identity(const char *bundle, const char *folder, struct uplink_identity *out, char why[UPLINK_WHY])
{
    char kept[SPOOL_PATH];
    struct buf text = {0};
    (void)snprintf(kept, sizeof kept, "%.4000s/bundle", folder);
    (void)snprintf(out->identity_file, SPOOL_PATH, "%.4000s/identity.pem", folder);
    (void)snprintf(out->hub_file, SPOOL_PATH, "%.4000s/hub.pem", folder);
    int err = file_read(bundle ? bundle : kept, BUNDLE_MOST, &text);
    if (err)
        (void)snprintf(why, UPLINK_WHY, "%.180s: %.60s", bundle ? bundle : "no bundle of a hub was given",
                       !bundle ? "use --bundle FILE" : err == ERR_LIMIT ? "is larger than any bundle" : err == ERR_IO ? strerror(errno) : err_text(err));
    if (!err) {
        err = read_bundle(buf_view(&text), out);
        if (err)
            (void)snprintf(why, UPLINK_WHY, "%.180s: %s", bundle ? bundle : kept, err == ERR_MALFORMED ? "is no sensor bundle" : "cannot be kept in the spool folder");
    }
    if (!err && bundle)
        err = file_write_secret(kept, buf_view(&text));
    if (text.p)
        explicit_bzero(text.p, text.n);
    buf_free(&text);
    return err;
}

/* ---- sending ---- */

static int post(struct uplink *u, const char *what, const char *type, struct str body)
{
    char url[UPLINK_TEXT + 64], why[HTTP_WHY] = "";
    const struct http_header header = {STR("Content-Type"), str_of(type)};
    (void)snprintf(url, sizeof url, "%s/api/vigie/v1/sensor/%s", u->o.who->hub, what);
    const struct http_request q = {.method = "POST", .url = url, .headers = &header, .nheaders = 1, .body = body};
    int err = http_do(u->http, &q, &u->answer, why);
    (void)pthread_mutex_lock(&u->lock);
    u->well = !err && u->answer.status / 100 == 2;
    if (err)
        (void)snprintf(u->why, sizeof u->why, "%.200s", why);
    else if (!u->well)
        (void)snprintf(u->why, sizeof u->why, "the hub answered %d: %.*s", u->answer.status, (int)(u->answer.body.n < 160 ? u->answer.body.n : 160),
                       u->answer.body.p ? u->answer.body.p : "");
    (void)pthread_mutex_unlock(&u->lock);
    return err;
}

static void tell_state(struct uplink *u)
{
    struct buf text = {0};
    u->told = time(NULL);
    u->o.state(u->o.owner, &text);
    if (!text.failed)
        (void)post(u, "state", "application/json", buf_view(&text));
    buf_free(&text);
}

/* The hub will never take it: it is no activity log, or larger than it takes. */
static bool hopeless(int status)
{
    return status == 400 || status == 413 || status == 415 || status == 422;
}

/* True when the batch is off our hands. */
static bool send_batch(struct uplink *u, const char *path)
{
    u->batch.n = 0;
    if (file_read(path, LARGEST, &u->batch) != 0 || post(u, "activities", "application/x-ndjson", buf_view(&u->batch)) != 0)
        return false;
    if (u->answer.status / 100 != 2 && !hopeless(u->answer.status))
        return false;
    return spool_done(u->o.spool, path, hopeless(u->answer.status)) == 0;
}

static void rest(struct uplink *u, int ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    (void)pthread_mutex_lock(&u->lock);
    if (!u->stop)
        (void)pthread_cond_timedwait(&u->wake, &u->lock, &until);
    (void)pthread_mutex_unlock(&u->lock);
}

static bool stopped(struct uplink *u)
{
    (void)pthread_mutex_lock(&u->lock);
    bool stop = u->stop;
    (void)pthread_mutex_unlock(&u->lock);
    return stop;
}

static void *run(void *owner)
{
    struct uplink *u = owner;
    char path[SPOOL_PATH];
    u->wait_ms = FIRST_WAIT_MS;
    while (!stopped(u)) {
        bool sent = false;
        if (spool_next(u->o.spool, path)) {
            sent = send_batch(u, path);
        } else {
            if (time(NULL) - u->told >= STATE_SECONDS)
                tell_state(u);
            rest(u, FIRST_WAIT_MS);
            continue;
        }
        u->wait_ms = sent ? FIRST_WAIT_MS : u->wait_ms * 2 < MOST_WAIT_MS ? u->wait_ms * 2 : MOST_WAIT_MS;
        if (!sent)
            rest(u, u->wait_ms);
    }
    return NULL;
}

int uplink_start(const struct uplink_options *o, struct uplink **out, char why[UPLINK_WHY])
{
    struct uplink *u = calloc(1, sizeof *u);
    const struct http_options h = {.ca_file = o->who->hub_file, .identity = o->who->identity_file, .timeout_ms = TIMEOUT_MS, .most = 65536, .tries = 1};
    if (!u)
        return ERR_MEMORY;
    u->o = *o;
    (void)pthread_mutex_init(&u->lock, NULL);
    (void)pthread_cond_init(&u->wake, NULL);
    int err = http_open(&h, &u->http, why);
    if (!err && pthread_create(&u->thread, NULL, run, u) != 0) {
        http_close(u->http);
        err = ERR_MEMORY;
    }
    if (err) {
        free(u);
        return err;
    }
    *out = u;
    return 0;
}

bool uplink_well(struct uplink *u, char why[UPLINK_WHY])
{
    (void)pthread_mutex_lock(&u->lock);
    bool well = u->well;
    memcpy(why, u->why, UPLINK_WHY);
    (void)pthread_mutex_unlock(&u->lock);
    return well;
}

bool uplink_drain(struct uplink *u, int ms)
{
    char path[SPOOL_PATH];
    for (int at = 0; at < ms; at += FIRST_WAIT_MS) {
        if (!spool_next(u->o.spool, path))
            return true;
        rest(u, FIRST_WAIT_MS);
    }
    return !spool_next(u->o.spool, path);
}

void uplink_stop(struct uplink *u)
{
    if (!u)
        return;
    (void)pthread_mutex_lock(&u->lock);
    u->stop = true;
    (void)pthread_cond_broadcast(&u->wake);
    (void)pthread_mutex_unlock(&u->lock);
    (void)pthread_join(u->thread, NULL);
    http_close(u->http);
    http_response_free(&u->answer);
    buf_free(&u->batch);
    (void)pthread_cond_destroy(&u->wake);
    (void)pthread_mutex_destroy(&u->lock);
    free(u);
}
