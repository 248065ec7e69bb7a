/* net/syslog_out.c - one receiver of syslog messages: connection, deadline, back-off. */
#include "net/syslog_out.h"

#include "net/lookup.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_WAIT_MS = 1000, MOST_WAIT_MS = 60000, GREETING_MS = 250 };

struct syslog_out {
    enum syslog_transport transport;
    enum syslog_framing framing;
    char *host, *port;
    int timeout_ms;
    bool client_cert;
    gnutls_certificate_credentials_t credentials;
    int fd; /* -1 = not connected */
    gnutls_session_t tls;
    int64_t deadline;        /* of the call, milliseconds of the monotonic clock */
    int64_t retry_at;        /* no try before it */
    int64_t wait;            /* the next back-off */
    struct lookup *lookup;   /* a name resolution that outlived its call */
    struct buf frame;
    char *why; /* of the call */
    char last[SYSLOG_OUT_WHY];
};

static int64_t clock_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t left_ms(const struct syslog_out *o)
{
    int64_t left = o->deadline - clock_ms();
    return left > 0 ? left : 0;
}

__attribute__((format(printf, 2, 3))) static int failed(struct syslog_out *o, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(o->why, SYSLOG_OUT_WHY, fmt, args);
    va_end(args);
    return ERR_IO;
}

/* ---- connecting ---- */

/* What the receiver said must be read first: closing over it resets the connection, and what was sent is lost. */
static void hang_up(int fd)
{
    char bytes[512];
    (void)shutdown(fd, SHUT_WR);
    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
    }
    (void)close(fd);
}

static void disconnect(struct syslog_out *o)
{
    if (o->tls) {
        if (o->fd >= 0)
            (void)gnutls_bye(o->tls, GNUTLS_SHUT_WR);
        gnutls_deinit(o->tls);
    }
    if (o->fd >= 0)
        hang_up(o->fd);
    o->tls = NULL;
    o->fd = -1;
}

static int wait_for(struct syslog_out *o, int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};
    int n;
    do
        n = poll(&p, 1, (int)left_ms(o));
    while (n < 0 && errno == EINTR);
    return n > 0 ? ERR_NONE : ERR_IO;
}

static int resolve(struct syslog_out *o, struct addrinfo **out)
{
    int code = lookup_wait(&o->lookup, o->host, o->port, left_ms(o), out);
    if (code == LOOKUP_LATE)
        return failed(o, "%s: no answer from name resolution in time", o->host);
    return code ? failed(o, "%s port %s: %s", o->host, o->port, gai_strerror(code)) : ERR_NONE;
}

static int connect_one(struct syslog_out *o, const struct addrinfo *a)
{
    int error = 0;
    socklen_t n = sizeof error;
    int fd = socket(a->ai_family, (o->transport == SYSLOG_UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return failed(o, "%s port %s: %s", o->host, o->port, strerror(errno));
    if (connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
        error = errno;
        if (error == EINPROGRESS) {
            error = ETIMEDOUT;
            if (!wait_for(o, fd, POLLOUT) && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
                error = errno;
        }
    }
    if (error) {
        (void)close(fd);
        return failed(o, "%s port %s: %s", o->host, o->port, strerror(error));
    }
    o->fd = fd;
    return ERR_NONE;
}

static int tls_failed(struct syslog_out *o, const char *doing, int code)
{
    gnutls_datum_t text = {0};
    if (code == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
        gnutls_certificate_verification_status_print(gnutls_session_get_verify_cert_status(o->tls), GNUTLS_CRT_X509, &text, 0) == 0) {
        (void)failed(o, "%s port %s: %s", o->host, o->port, (const char *)text.data);
        gnutls_free(text.data);
        return ERR_IO;
    }
    if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return failed(o, "%s port %s: it refused: %s", o->host, o->port, gnutls_alert_get_name(gnutls_alert_get(o->tls)));
    return failed(o, "%s port %s: %s: %s", o->host, o->port, doing, gnutls_strerror(code));
}

/* True when a call of GnuTLS should be made again: the socket is ready now. */
static bool again(struct syslog_out *o, int code)
{
    if (code == GNUTLS_E_INTERRUPTED)
        return true;
    return code == GNUTLS_E_AGAIN && wait_for(o, o->fd, gnutls_record_get_direction(o->tls) ? POLLOUT : POLLIN) == ERR_NONE;
}

/* In TLS 1.3 a receiver that refuses our certificate says so only behind the handshake: wait a moment for that. */
static void hear_refusal(struct syslog_out *o)
{
    struct pollfd p = {.fd = o->fd, .events = POLLIN};
    int64_t left = left_ms(o);
    (void)poll(&p, 1, (int)(left < GREETING_MS ? left : GREETING_MS));
}

static int shake_hands(struct syslog_out *o)
{
    struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST}, *found = NULL;
    int code = gnutls_init(&o->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
    if (code == 0)
        code = gnutls_priority_set_direct(o->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", NULL);
    if (code == 0)
        code = gnutls_credentials_set(o->tls, GNUTLS_CRD_CERTIFICATE, o->credentials);
    if (code == 0 && getaddrinfo(o->host, NULL, &numeric, &found) != 0) /* an address is no server name (RFC 6066 3) */
        code = gnutls_server_name_set(o->tls, GNUTLS_NAME_DNS, o->host, strlen(o->host));
    if (found)
        freeaddrinfo(found);
    if (code)
        return tls_failed(o, "TLS", code);
    gnutls_session_set_verify_cert(o->tls, o->host, 0);
    gnutls_transport_set_int(o->tls, o->fd);
    do
        code = gnutls_handshake(o->tls);
    while (code < 0 && !gnutls_error_is_fatal(code) && (code != GNUTLS_E_AGAIN || again(o, code)));
    if (code < 0)
        return code == GNUTLS_E_AGAIN ? failed(o, "%s port %s: no TLS handshake in time", o->host, o->port) : tls_failed(o, "TLS handshake", code);
    if (o->client_cert)
        hear_refusal(o);
    return ERR_NONE;
}

static int reconnect(struct syslog_out *o)
{
    struct addrinfo *all = NULL;
    int err = resolve(o, &all);
    if (err)
        return err;
    err = ERR_IO;
    for (const struct addrinfo *a = all; a && err; a = a->ai_next)
        err = connect_one(o, a);
    freeaddrinfo(all);
    if (err == ERR_NONE && o->transport == SYSLOG_TLS)
        err = shake_hands(o);
    return err;
}

/* ---- sending ---- */

/* Reads and forgets what the receiver says; an error when it has gone. */
static int listen_to_it(struct syslog_out *o)
{
    char bytes[512];
    ssize_t n;
    if (o->transport == SYSLOG_UDP)
        return ERR_NONE;
    do
        n = o->tls ? gnutls_record_recv(o->tls, bytes, sizeof bytes) : recv(o->fd, bytes, sizeof bytes, 0);
    while (n > 0);
    if (o->tls ? n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED : n < 0 && (errno == EAGAIN || errno == EINTR))
        return ERR_NONE;
    if (o->tls && n < 0)
        return tls_failed(o, "TLS", (int)n);
    return failed(o, "%s port %s: %s", o->host, o->port, n == 0 ? "the receiver closed the connection" : strerror(errno));
}

static int put_tls(struct syslog_out *o, struct str bytes)
{
    while (bytes.n) {
        ssize_t n = gnutls_record_send(o->tls, bytes.p, bytes.n);
        if (n >= 0)
            bytes = str_from(bytes, (size_t)n);
        else if (!again(o, (int)n))
            return n == GNUTLS_E_AGAIN ? failed(o, "%s port %s: it takes nothing", o->host, o->port) : tls_failed(o, "TLS", (int)n);
    }
    return ERR_NONE;
}

static int put(struct syslog_out *o, struct str bytes)
{
    if (o->tls)
        return put_tls(o, bytes);
    while (bytes.n) {
        ssize_t n = send(o->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n >= 0) {
            bytes = str_from(bytes, (size_t)n);
        } else if (errno == EAGAIN) {
            if (wait_for(o, o->fd, POLLOUT))
                return failed(o, "%s port %s: it takes nothing", o->host, o->port);
        } else if (errno == EMSGSIZE) {
            (void)failed(o, "%s port %s: a message of %zu bytes fits no datagram", o->host, o->port, bytes.n);
            return ERR_LIMIT;
        } else if (errno != EINTR) {
            return failed(o, "%s port %s: %s", o->host, o->port, strerror(errno));
        }
    }
    return ERR_NONE;
}

/* Over the connection that is there, else, or when that turns out to be lost, over a new one. */
static int deliver(struct syslog_out *o, struct str bytes)
{
    int err = ERR_IO;
    if (o->fd >= 0) {
        err = listen_to_it(o);
        if (!err)
            err = put(o, bytes);
        if (err == ERR_IO)
            disconnect(o);
        if (err != ERR_IO || left_ms(o) == 0)
            return err;
    }
    err = reconnect(o);
    if (!err)
        err = listen_to_it(o);
    return err ? err : put(o, bytes);
}

int syslog_out_send(struct syslog_out *o, struct str message, char why[SYSLOG_OUT_WHY])
{
    int64_t now = clock_ms();
    o->why = why;
    if (now < o->retry_at)
        return failed(o, "not tried again for %lld s: %.200s", (long long)(o->retry_at - now + 999) / 1000, o->last);
    o->deadline = now + o->timeout_ms;
    o->frame.n = 0;
    if (o->transport != SYSLOG_UDP)
        syslog_frame(&o->frame, message, o->framing);
    if (o->frame.failed)
        return failed(o, "out of memory");
    int err = deliver(o, o->transport == SYSLOG_UDP ? message : buf_view(&o->frame));
    if (err == ERR_IO) {
        disconnect(o);
        (void)snprintf(o->last, sizeof o->last, "%s", why);
        o->retry_at = clock_ms() + o->wait;
        o->wait = o->wait * 2 < MOST_WAIT_MS ? o->wait * 2 : MOST_WAIT_MS;
    } else {
        o->wait = FIRST_WAIT_MS;
    }
    return err;
}

/* ---- opening ---- */

static int usage(struct syslog_out *o, const char *file, const char *reason)
{
    (void)failed(o, "%s: %s", file, reason);
    return ERR_USAGE;
}

static int load_certificates(struct syslog_out *o, const struct syslog_target *t)
{
    int code = gnutls_certificate_allocate_credentials(&o->credentials);
    if (code < 0)
        return usage(o, "TLS", gnutls_strerror(code));
    code = t->ca_file ? gnutls_certificate_set_x509_trust_file(o->credentials, t->ca_file, GNUTLS_X509_FMT_PEM)
                      : gnutls_certificate_set_x509_system_trust(o->credentials);
    if (code <= 0)
        return usage(o, t->ca_file ? t->ca_file : "the system's certificates", code < 0 ? gnutls_strerror(code) : "no certificate in it");
    if (!t->cert_file)
        return ERR_NONE;
    code = gnutls_certificate_set_x509_key_file(o->credentials, t->cert_file, t->key_file ? t->key_file : t->cert_file, GNUTLS_X509_FMT_PEM);
    o->client_cert = true;
    return code < 0 ? usage(o, t->cert_file, gnutls_strerror(code)) : ERR_NONE;
}

int syslog_out_open(const struct syslog_target *t, struct syslog_out **out, char why[SYSLOG_OUT_WHY])
{
    struct syslog_out *o = calloc(1, sizeof *o);
    if (!o || !t->host || !*t->host || !t->port || !*t->port || t->timeout_ms <= 0) {
        free(o);
        (void)snprintf(why, SYSLOG_OUT_WHY, "a syslog receiver needs a host, a port and a time-out");
        return ERR_USAGE;
    }
    o->transport = t->transport;
    o->framing = t->framing;
    o->timeout_ms = t->timeout_ms;
    o->fd = -1;
    o->wait = FIRST_WAIT_MS;
    o->why = why;
    o->host = strdup(t->host);
    o->port = strdup(t->port);
    int err = o->host && o->port ? ERR_NONE : ERR_MEMORY;
    if (!err && t->transport == SYSLOG_TLS)
        err = load_certificates(o, t);
    if (err) {
        syslog_out_close(o);
        return err;
    }
    *out = o;
    return ERR_NONE;
}

void syslog_out_close(struct syslog_out *o)
{
    if (!o)
        return;
    lookup_drop(o->lookup);
    disconnect(o);
    if (o->credentials)
        gnutls_certificate_free_credentials(o->credentials);
    buf_free(&o->frame);
    free(o->host);
    free(o->port);
    free(o);
}
