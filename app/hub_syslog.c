/* app/hub_syslog.c - syslog that the hub receives: alerts of Azure ATP and ATA in CEF go to the queue, JSON records to the log.
 *
 * Records are gathered for a second and then taken in like a file that was dropped. What is neither is counted. */
#include "app/hub_private.h"

#include "net/syslog_in.h"
#include "policy/cef_in.h"
#include "policy/suppress.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GATHER = 8 << 20, ARENA = 1 << 20 };

struct hub_syslog {
    struct hub *h;
    struct syslog_in *in;
    pthread_mutex_t lock; /* of `lines` */
    struct buf lines;
    struct arena arena; /* of one message; the receiver's thread */
    char cert[4300], key[4300];
};

/* ---- gathered records ---- */

static int write_part(struct hub *h, struct str text, char path[4200], int *fd)
{
    char name[64];
    unsigned char random[12];
    char hex[25];
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(hex, sizeof hex, random, sizeof random);
    (void)snprintf(name, sizeof name, "received/%s.part", hex);
    if (!hub_path(h, name, path, 4200))
        return ERR_LIMIT;
    *fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (*fd < 0)
        return ERR_IO;
    if (write(*fd, text.p, text.n) == (ssize_t)text.n)
        return 0;
    (void)close(*fd);
    (void)unlink(path);
    return ERR_IO;
}

/* The lines of the last second become a file that came in; those that cannot be written stay for the next time, up to GATHER bytes. */
void hub_syslog_flush(struct hub *h)
{
    struct hub_syslog *s = h->syslog;
    char path[4200];
    uint64_t input;
    int fd;
    if (!s)
        return;
    (void)pthread_mutex_lock(&s->lock);
    int err = s->lines.n ? write_part(h, buf_view(&s->lines), path, &fd) : ERR_NOT_FOUND;
    if (!err)
        err = hub_received_take(h, STR("syslog"), STR("syslog"), fd, path, &input);
    if (!err)
        s->lines.n = 0;
    else if (err != ERR_NOT_FOUND)
        (void)fprintf(stderr, "vigie: syslog: records cannot be kept: %s; trying again\n", err_text(err));
    (void)pthread_mutex_unlock(&s->lock);
}

static void gather(struct hub_syslog *s, struct str line)
{
    (void)pthread_mutex_lock(&s->lock);
    bool room = s->lines.n + line.n + 1 <= GATHER;
    if (room) {
        buf_str(&s->lines, line);
        buf_char(&s->lines, '\n');
    }
    (void)pthread_mutex_unlock(&s->lock);
    atomic_fetch_add(room ? &s->h->syslog_records : &s->h->syslog_lost, 1);
}

/* ---- alerts ---- */

static int keep_alert(struct hub *h, const struct cef_alert *a)
{
    bool fresh = false;
    int err = db_begin(h->db);
    if (err)
        return err;
    err = cef_in_put(h->db, a, &fresh);
    if (!err && fresh)
        err = suppress_or_notify(h->db, &a->alert, a->users, a->nusers, hub_now());
    err = db_end(h->db, err);
    if (!err) {
        atomic_fetch_or(&h->changed, 1u << HUB_ALERTS);
        hub_wake(h);
    }
    return err;
}

/* ERR_MALFORMED, ERR_TRUNCATED: no CEF. */
static int take_alert(struct hub_syslog *s, struct str text)
{
    struct cef c;
    struct fault fault;
    struct cef_alert a;
    const char *why = NULL;
    int err = cef_read(&s->arena, text, &c, &fault);
    if (err)
        return err;
    err = cef_in_alert(s->h->db, &s->arena, &c, hub_now(), &a, &why);
    if (!err)
        err = keep_alert(s->h, &a);
    atomic_fetch_add(err ? &s->h->syslog_ignored : &s->h->syslog_alerts, 1);
    if (err && err != ERR_UNSUPPORTED)
        (void)fprintf(stderr, "vigie: syslog: an alert cannot be taken: %s\n", why ? why : err_text(err));
    return 0;
}

/* ---- messages ---- */

static void message(void *owner, const struct syslog_peer *peer, const char *bytes, size_t n)
{
    struct hub_syslog *s = owner;
    struct syslog m;
    struct fault fault;
    struct str whole = {bytes, n};
    (void)peer;
    arena_reset(&s->arena);
    bool read = syslog_read(whole, hub_now(), &m, &fault) == 0;
    struct str text = str_trim(read ? m.text : whole);
    if (text.n && text.p[0] == '{')
        gather(s, text);
    else if (take_alert(s, whole) != 0)
        atomic_fetch_add(&s->h->syslog_ignored, 1);
}

static void trouble(void *owner, const struct syslog_peer *peer, const char *why, uint64_t n)
{
    struct hub_syslog *s = owner;
    char ip[IP_TEXT];
    struct str from = ip_text(&peer->ip, ip);
    (void)fprintf(stderr, "vigie: syslog from %.*s: %s (%llu)\n", STR_ARG(from), why, (unsigned long long)n);
    atomic_fetch_add(&s->h->syslog_lost, 1);
}

/* ---- opening ---- */

/* "address:port"; false: not wanted. */
static bool address(const struct hub *h, const char *port, char out[HUB_CONFIG_VALUE + 16])
{
    const char *on = h->config.syslog_listen;
    bool six = strchr(on, ':') != NULL;
    (void)snprintf(out, HUB_CONFIG_VALUE + 16, "%s%s%s:%.10s", six ? "[" : "", on, six ? "]" : "", port);
    return strtoul(port, NULL, 10) != 0;
}

static void certificate(struct hub_syslog *s)
{
    struct hub *h = s->h;
    if (h->config.tls_certificate[0]) {
        (void)snprintf(s->cert, sizeof s->cert, "%s", h->config.tls_certificate);
        (void)snprintf(s->key, sizeof s->key, "%s", h->config.tls_key);
    } else {
        (void)hub_path(h, "tls/certificate.pem", s->cert, sizeof s->cert);
        (void)hub_path(h, "tls/key.pem", s->key, sizeof s->key);
    }
}

int hub_syslog_open(struct hub *h, char why[512])
{
    const char *const ports[SYSLOG_TRANSPORTS] = {[SYSLOG_UDP] = h->config.syslog_udp, [SYSLOG_TCP] = h->config.syslog_tcp, [SYSLOG_TLS] = h->config.syslog_tls};
    char at[SYSLOG_TRANSPORTS][HUB_CONFIG_VALUE + 16], reason[SYSLOG_IN_WHY] = "";
    struct syslog_in_options o = {.message = message, .trouble = trouble};
    bool any = false;
    for (int i = 0; i < SYSLOG_TRANSPORTS; i++) {
        bool wanted = address(h, ports[i], at[i]);
        o.listen[i] = wanted ? at[i] : NULL;
        any |= wanted;
    }
    if (!any)
        return 0;
    struct hub_syslog *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    s->h = h;
    (void)pthread_mutex_init(&s->lock, NULL);
    arena_init(&s->arena, 65536, ARENA);
    certificate(s);
    o.owner = s;
    o.cert_file = o.listen[SYSLOG_TLS] ? s->cert : NULL;
    o.key_file = o.listen[SYSLOG_TLS] ? s->key : NULL;
    h->syslog = s;
    int err = syslog_in_start(&o, &s->in, reason);
    if (err)
        (void)snprintf(why, 512, "syslog: %.255s", reason);
    return err;
}

void hub_syslog_close(struct hub *h)
{
    struct hub_syslog *s = h->syslog;
    if (!s)
        return;
    if (s->in)
        syslog_in_stop(s->in);
    hub_syslog_flush(h);
    buf_free(&s->lines);
    arena_free(&s->arena);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
    h->syslog = NULL;
}
