/* app/hub_syslog.c - a receiver whose JSON messages gather in files of DATA/received/ and whose CEF messages are read at once. */
#include "app/hub_syslog.h"

#include "app/hub_private.h"
#include "net/cef.h"
#include "policy/cef_in.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LARGE = 4 << 20, ADDRESS = 160 };

struct hub_syslog {
    struct hub *hub;
    struct syslog_in *in;
    char listen[SYSLOG_TRANSPORTS][ADDRESS], cert[4200], key[4200];
    pthread_mutex_t lock;
    int fd; /* of the file that gathers lines; -1: none */
    char path[4300];
    uint64_t size, made;
    struct hub_syslog_counts counts;
};

/* ---- lines ---- */

static int begin_file(struct hub_syslog *s)
{
    char name[64];
    (void)snprintf(name, sizeof name, "received/syslog-%llx-%llx.part", (unsigned long long)s->hub->started, (unsigned long long)s->made++);
    if (!hub_path(s->hub, name, s->path, sizeof s->path))
        return ERR_LIMIT;
    s->fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    s->size = 0;
    return s->fd >= 0 ? 0 : ERR_IO;
}

static void hand_over(struct hub_syslog *s)
{
    uint64_t input;
    if (s->fd < 0)
        return;
    if (hub_received_take(s->hub, STR("syslog"), STR("syslog"), s->fd, s->path, &input) != 0)
        s->counts.failed++;
    s->fd = -1;
}

/* One line for each: what a forwarder puts into a message is one record. */
static void keep(struct hub_syslog *s, struct str record)
{
    struct buf line = {0};
    int err = s->fd < 0 ? begin_file(s) : 0;
    for (size_t i = 0; i < record.n; i++)
        buf_char(&line, record.p[i] == '\n' || record.p[i] == '\r' ? ' ' : record.p[i]);
    buf_char(&line, '\n');
    if (err || line.failed || write(s->fd, line.p, line.n) != (ssize_t)line.n)
        s->counts.failed++;
    else
        s->counts.records++;
    s->size += line.n;
    buf_free(&line);
    if (s->size >= LARGE)
        hand_over(s);
}

/* ---- alerts ---- */

static int put_alert(struct hub_syslog *s, struct arena *a, const struct cef *c, bool *fresh)
{
    struct cef_alert alert;
    const char *why;
    int err = db_begin(s->hub->db);
    if (err)
        return err;
    err = cef_in_alert(s->hub->db, a, c, hub_now(), &alert, &why);
    if (!err)
        err = cef_in_put(s->hub->db, &alert, fresh);
    return db_end(s->hub->db, err);
}

static void take_cef(struct hub_syslog *s, struct str text)
{
    struct arena a;
    struct cef c;
    struct fault fault;
    bool fresh = false;
    arena_init(&a, 16384, 1 << 20);
    int err = cef_read(&a, text, &c, &fault);
    if (!err)
        err = put_alert(s, &a, &c, &fresh);
    s->counts.alerts += !err && fresh;
    s->counts.unknown += err == ERR_UNSUPPORTED || err == ERR_MALFORMED;
    s->counts.failed += err && err != ERR_UNSUPPORTED && err != ERR_MALFORMED;
    arena_free(&a);
}

static void on_message(void *owner, const struct syslog_peer *peer, const char *bytes, size_t n)
{
    struct hub_syslog *s = owner;
    struct syslog m;
    struct fault fault;
    (void)peer;
    struct str all = {bytes, n};
    struct str text = syslog_read(all, hub_now(), &m, &fault) == 0 ? m.text : all;
    ptrdiff_t json = str_chr(text, '{');
    bool cef = (str_has(all, STR("CEF:")) || str_has(all, STR("0|Microsoft|"))) && !str_starts(str_trim(text), STR("{")); /* Azure ATP leaves "CEF:" out */
    (void)pthread_mutex_lock(&s->lock);
    s->counts.messages++;
    if (cef)
        take_cef(s, all);
    else if (json >= 0)
        keep(s, str_from(text, (size_t)json));
    else
        s->counts.unknown++;
    (void)pthread_mutex_unlock(&s->lock);
}

/* What a bound cost is in the receiver's own counts, which health shows. */
static void on_trouble(void *owner, const struct syslog_peer *peer, const char *why, uint64_t n)
{
    (void)owner;
    (void)peer;
    (void)why;
    (void)n;
}

/* ---- opening and closing ---- */

static void set_listen(struct hub_syslog *s, struct syslog_in_options *o, enum syslog_transport t, const char *port)
{
    const char *address = s->hub->config.syslog_listen;
    if (strcmp(port, "0") == 0 || !port[0])
        return;
    (void)snprintf(s->listen[t], ADDRESS, strchr(address, ':') ? "[%.100s]:%.10s" : "%.100s:%.10s", address, port);
    o->listen[t] = s->listen[t];
}

static void set_certificate(struct hub_syslog *s, struct syslog_in_options *o)
{
    const struct hub_config *c = &s->hub->config;
    bool own = !c->tls_certificate[0];
    (void)hub_path(s->hub, "tls/certificate.pem", s->cert, sizeof s->cert);
    (void)hub_path(s->hub, "tls/key.pem", s->key, sizeof s->key);
    o->cert_file = own ? s->cert : c->tls_certificate;
    o->key_file = own ? s->key : c->tls_key;
}

int hub_syslog_open(struct hub *h, struct hub_syslog **out, char why[512])
{
    struct hub_syslog *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    s->hub = h;
    s->fd = -1;
    (void)pthread_mutex_init(&s->lock, NULL);
    struct syslog_in_options o = {.owner = s, .message = on_message, .trouble = on_trouble};
    set_listen(s, &o, SYSLOG_UDP, h->config.syslog_udp);
    set_listen(s, &o, SYSLOG_TCP, h->config.syslog_tcp);
    set_listen(s, &o, SYSLOG_TLS, h->config.syslog_tls);
    set_certificate(s, &o);
    *out = NULL;
    bool wanted = o.listen[SYSLOG_UDP] || o.listen[SYSLOG_TCP] || o.listen[SYSLOG_TLS];
    int err = wanted ? syslog_in_start(&o, &s->in, why) : 0;
    if (err || !wanted) {
        hub_syslog_close(s);
        return err;
    }
    *out = s;
    return 0;
}

void hub_syslog_cut(struct hub_syslog *s)
{
    if (!s)
        return;
    (void)pthread_mutex_lock(&s->lock);
    hand_over(s);
    (void)pthread_mutex_unlock(&s->lock);
}

void hub_syslog_counts(struct hub_syslog *s, struct hub_syslog_counts *out)
{
    *out = (struct hub_syslog_counts){.messages = 0};
    if (!s)
        return;
    (void)pthread_mutex_lock(&s->lock);
    *out = s->counts;
    (void)pthread_mutex_unlock(&s->lock);
    syslog_in_counts(s->in, &out->wire);
}

void hub_syslog_close(struct hub_syslog *s)
{
    if (!s)
        return;
    if (s->in)
        syslog_in_stop(s->in);
    hand_over(s);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}
