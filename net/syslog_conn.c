/* net/syslog_conn.c - a stream of syslog messages: handshake, frames, bounds. */
#include "net/syslog_conn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROUNDS = 16, COUNT_DIGITS = 16 }; /* reads in a row, so that others get their turn; room for a frame's number */
enum { READ_AGAIN = -1, READ_FAILED = -2 };

/* ---- the order of the connections, and their memory ---- */

static void unlink_conn(struct syslog_in *in, struct syslog_conn *c)
{
    *(c->older ? &c->older->newer : &in->oldest) = c->newer;
    *(c->newer ? &c->newer->older : &in->newest) = c->older;
}

static void link_newest(struct syslog_in *in, struct syslog_conn *c)
{
    c->since = in->now;
    c->newer = NULL;
    c->older = in->newest;
    *(in->newest ? &in->newest->newer : &in->oldest) = c;
    in->newest = c;
}

static void hold(struct syslog_in *in, size_t more, size_t less)
{
    (void)pthread_mutex_lock(&in->lock);
    in->counts.memory += more;
    in->counts.memory -= less;
    (void)pthread_mutex_unlock(&in->lock);
}

/* Keeps the beginning of a message until more comes; false when a bound is reached. */
static bool keep(struct syslog_in *in, struct syslog_conn *c, struct str rest)
{
    size_t cap = c->cap ? c->cap : 256;
    if (rest.n == 0) {
        hold(in, 0, c->cap);
        free(c->kept);
        c->kept = NULL;
        c->nkept = c->cap = 0;
        return true;
    }
    while (cap < rest.n)
        cap *= 2;
    if (cap != c->cap) {
        char *p = in->counts.memory - c->cap + cap <= in->options.most_memory ? realloc(c->kept, cap) : NULL;
        if (!p)
            return false;
        hold(in, cap, c->cap);
        c->kept = p;
        c->cap = cap;
    }
    memcpy(c->kept, rest.p, rest.n);
    c->nkept = rest.n;
    return true;
}

static void drop(struct syslog_in *in, struct syslog_conn *c)
{
    unlink_conn(in, c);
    if (c->tls) {
        if (c->shaken)
            (void)gnutls_bye(c->tls, GNUTLS_SHUT_WR);
        gnutls_deinit(c->tls);
    }
    (void)close(c->source.fd); /* leaves epoll by itself */
    hold(in, 0, c->cap + (c->tls ? (size_t)SYSLOG_CONN_TLS : 0));
    free(c->kept);
    free(c);
    (void)pthread_mutex_lock(&in->lock);
    in->counts.connections--;
    (void)pthread_mutex_unlock(&in->lock);
}

/* ---- beginning and end ---- */

static int begin_tls(struct syslog_in *in, struct syslog_conn *c)
{
    if (gnutls_init(&c->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0)
        return ERR_MEMORY;
    if (gnutls_priority_set(c->tls, in->priority) < 0 || gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, in->credentials) < 0) {
        gnutls_deinit(c->tls);
        return ERR_MEMORY;
    }
    gnutls_certificate_server_set_request(c->tls, in->options.client_ca_file ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_IGNORE);
    if (in->options.client_ca_file)
        gnutls_session_set_verify_cert(c->tls, NULL, 0);
    gnutls_transport_set_int(c->tls, c->source.fd);
    return ERR_NONE;
}

int syslog_conn_open(struct syslog_in *in, int fd, const struct syslog_peer *peer)
{
    bool tls = peer->transport == SYSLOG_TLS;
    struct syslog_conn *c = calloc(1, sizeof *c);
    if (!c)
        return ERR_MEMORY;
    c->source = (struct syslog_source){SYSLOG_SOURCE_CONN, fd};
    c->peer = *peer;
    int err = tls ? begin_tls(in, c) : ERR_NONE;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (!err && epoll_ctl(in->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        err = ERR_IO;
    if (err) {
        if (c->tls && err == ERR_IO)
            gnutls_deinit(c->tls);
        free(c);
        return err;
    }
    link_newest(in, c);
    (void)pthread_mutex_lock(&in->lock);
    in->counts.connections++;
    in->counts.memory += tls ? (size_t)SYSLOG_CONN_TLS : 0;
    (void)pthread_mutex_unlock(&in->lock);
    return ERR_NONE;
}

void syslog_conn_close(struct syslog_in *in, struct syslog_conn *c)
{
    struct syslog_peer peer = c->peer;
    bool inside = c->nkept || c->skip || c->skip_line;
    size_t n = c->nkept;
    drop(in, c);
    if (inside)
        syslog_in_trouble(in, &peer, &in->counts.cut_off, "a connection ended inside a message", n);
}

/* The sender has finished. A last line without its end is a message like the others. */
static void ended(struct syslog_in *in, struct syslog_conn *c)
{
    struct str rest = {c->kept, c->nkept};
    struct syslog_cut cut;
    if (rest.n && !c->skip && !c->skip_line && syslog_unframe(rest, &cut) && cut.total == 0) {
        syslog_in_message(in, &c->peer, rest);
        c->nkept = 0;
    }
    syslog_conn_close(in, c);
}

static void failed(struct syslog_in *in, struct syslog_conn *c, uint64_t *count, const char *why)
{
    struct syslog_peer peer = c->peer;
    size_t n = c->nkept;
    drop(in, c);
    syslog_in_trouble(in, &peer, count, why, n);
}

/* ---- reading ---- */

/* True when the handshake is done; the connection may be gone otherwise. */
static bool shake_hands(struct syslog_in *in, struct syslog_conn *c)
{
    int code;
    do
        code = gnutls_handshake(c->tls);
    while (code < 0 && code != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(code));
    if (code < 0 && code != GNUTLS_E_AGAIN) {
        (void)gnutls_alert_send_appropriate(c->tls, code);
        failed(in, c, &in->counts.tls, gnutls_strerror(code));
        return false;
    }
    bool writing = code < 0 && gnutls_record_get_direction(c->tls);
    struct epoll_event event = {.events = EPOLLIN | (writing ? (uint32_t)EPOLLOUT : 0u), .data.ptr = c};
    (void)epoll_ctl(in->epoll, EPOLL_CTL_MOD, c->source.fd, &event);
    c->shaken = code == 0;
    return c->shaken;
}

static ssize_t read_some(struct syslog_conn *c, char *to, size_t n)
{
    ssize_t got = c->tls ? gnutls_record_recv(c->tls, to, n) : recv(c->source.fd, to, n, 0);
    if (got >= 0)
        return got;
    if (c->tls)
        return got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED ? READ_AGAIN : READ_FAILED;
    return errno == EAGAIN || errno == EINTR ? READ_AGAIN : READ_FAILED;
}

/* Bytes of s that belong to a message that is too long. */
static size_t skipped(struct syslog_conn *c, struct str s)
{
    if (c->skip) {
        size_t n = c->skip < s.n ? (size_t)c->skip : s.n;
        c->skip -= n;
        return n;
    }
    ptrdiff_t end = str_chr(s, '\n');
    c->skip_line = end < 0;
    return end < 0 ? s.n : (size_t)end + 1;
}

static void too_long(struct syslog_in *in, struct syslog_conn *c, uint64_t n)
{
    syslog_in_trouble(in, &c->peer, &in->counts.oversize, "a message is too long", n);
}

/* Hands out the whole messages at the beginning of s; the bytes used up, or -1 when the framing makes no sense. */
static ptrdiff_t take_frames(struct syslog_in *in, struct syslog_conn *c, struct str s)
{
    size_t at = 0, most = in->options.most_message;
    bool completed = false;
    while (at < s.n) {
        struct str rest = str_from(s, at);
        struct syslog_cut cut;
        if (c->skip || c->skip_line) {
            at += skipped(c, rest);
        } else if (!syslog_unframe(rest, &cut)) {
            return -1;
        } else if (cut.total == 0) {
            if (rest.n <= most)
                break;
            c->skip_line = true;
            too_long(in, c, rest.n);
        } else if (cut.n > most) {
            c->skip = cut.total;
            too_long(in, c, cut.n);
        } else if (cut.total > rest.n) {
            break;
        } else {
            if (cut.n)
                syslog_in_message(in, &c->peer, str_sub(rest, cut.begin, cut.n));
            at += cut.total;
            completed = true;
        }
    }
    if (completed) {
        unlink_conn(in, c);
        link_newest(in, c);
    }
    return (ptrdiff_t)at;
}

/* One read; false when there is no more, or no connection. */
static bool read_once(struct syslog_in *in, struct syslog_conn *c)
{
    if (c->nkept)
        memcpy(in->scratch, c->kept, c->nkept);
    ssize_t n = read_some(c, in->scratch + c->nkept, in->options.most_message + COUNT_DIGITS + SYSLOG_CONN_READ - c->nkept);
    if (n == READ_AGAIN)
        return false;
    if (n == 0) {
        ended(in, c);
        return false;
    }
    if (n == READ_FAILED && c->tls) {
        failed(in, c, &in->counts.tls, "a TLS session failed");
        return false;
    }
    if (n == READ_FAILED) {
        syslog_conn_close(in, c);
        return false;
    }
    struct str all = {in->scratch, c->nkept + (size_t)n};
    ptrdiff_t used = take_frames(in, c, all);
    if (used < 0) {
        failed(in, c, &in->counts.malformed, "the length of a message makes no sense");
        return false;
    }
    if (keep(in, c, str_from(all, (size_t)used)))
        return true;
    c->nkept = all.n - (size_t)used;
    failed(in, c, &in->counts.overrun, "no memory left for messages that are not whole");
    return false;
}

void syslog_conn_ready(struct syslog_in *in, struct syslog_conn *c)
{
    if (c->tls && !c->shaken && !shake_hands(in, c))
        return;
    for (int i = 0; i < ROUNDS; i++)
        if (!read_once(in, c))
            return;
}
