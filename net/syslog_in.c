/* net/syslog_in.c - the receiver of syslog messages: listeners, datagrams, time, counts. */
#include "net/syslog_conn.h"

#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, DATAGRAM = 65536, BATCHES = 16, EVENTS = 256, TICK_MS = 1000, ACCEPTS = 64 };
enum { PEERS = 65536, UDP_BUFFER = 8 << 20 };
enum { DEFAULT_MESSAGE = 64 << 10, DEFAULT_MEMORY = 64 << 20, DEFAULT_CONNECTIONS = 10000, DEFAULT_IDLE_MS = 600000 };

struct syslog_datagrams {
    struct mmsghdr headers[BATCH];
    struct iovec vectors[BATCH];
    struct sockaddr_in6 from[BATCH];
    _Alignas(struct cmsghdr) char control[BATCH][CMSG_SPACE(sizeof(uint32_t))];
    char bytes[BATCH][DATAGRAM];
};

static int64_t clock_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- counts ---- */

static struct syslog_in_peer *peer_of(struct syslog_in *in, const struct ip *ip)
{
    bool is_new;
    struct syslog_in_peer *p = table_put(&in->peers, ip_hash(ip), &is_new);
    if (p && is_new)
        p->ip = *ip;
    return p;
}

void syslog_in_message(struct syslog_in *in, const struct syslog_peer *peer, struct str bytes)
{
    (void)pthread_mutex_lock(&in->lock);
    struct syslog_in_peer *p = peer_of(in, &peer->ip);
    in->counts.messages++;
    in->counts.bytes += bytes.n;
    if (p) {
        p->messages++;
        p->bytes += bytes.n;
    }
    (void)pthread_mutex_unlock(&in->lock);
    in->options.message(in->options.owner, peer, bytes.p, bytes.n);
}

void syslog_in_trouble(struct syslog_in *in, const struct syslog_peer *peer, uint64_t *count, const char *why, uint64_t n)
{
    (void)pthread_mutex_lock(&in->lock);
    struct syslog_in_peer *p = ip_set(&peer->ip) ? peer_of(in, &peer->ip) : NULL;
    ++*count;
    if (p)
        p->troubles++;
    (void)pthread_mutex_unlock(&in->lock);
    in->options.trouble(in->options.owner, peer, why, n);
}

void syslog_in_counts(struct syslog_in *in, struct syslog_in_counts *out)
{
    (void)pthread_mutex_lock(&in->lock);
    *out = in->counts;
    (void)pthread_mutex_unlock(&in->lock);
}

void syslog_in_peers(struct syslog_in *in, void (*each)(void *owner, const struct syslog_in_peer *peer), void *owner)
{
    uint32_t at = 0;
    uint64_t key;
    const struct syslog_in_peer *p;
    (void)pthread_mutex_lock(&in->lock);
    while ((p = table_each(&in->peers, &at, &key)))
        each(owner, p);
    (void)pthread_mutex_unlock(&in->lock);
}

static struct syslog_peer peer_at(const struct sockaddr_in6 *from, enum syslog_transport transport)
{
    struct syslog_peer peer = {.transport = transport};
    if (from->sin6_family == AF_INET6) {
        memcpy(peer.ip.b, &from->sin6_addr, 16);
        peer.port = ntohs(from->sin6_port);
    } else {
        struct sockaddr_in v4;
        memcpy(&v4, from, sizeof v4);
        peer.ip = ip_v4(ntohl(v4.sin_addr.s_addr));
        peer.port = ntohs(v4.sin_port);
    }
    return peer;
}

/* ---- datagrams ---- */

/* SO_RXQ_OVFL: how many datagrams this socket has lost so far. */
static void look_for_lost(struct syslog_in *in, struct msghdr *h)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
        uint32_t lost;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
            continue;
        memcpy(&lost, CMSG_DATA(c), sizeof lost);
        uint32_t more = lost - in->udp_lost;
        in->udp_lost = lost;
        if (more) {
            uint64_t once = 0;
            (void)pthread_mutex_lock(&in->lock);
            in->counts.udp_lost += more;
            (void)pthread_mutex_unlock(&in->lock);
            syslog_in_trouble(in, &(struct syslog_peer){.transport = SYSLOG_UDP}, &once, "datagrams lost", more);
        }
    }
}

static void take_datagram(struct syslog_in *in, const struct mmsghdr *h, const struct sockaddr_in6 *from)
{
    struct syslog_peer peer = peer_at(from, SYSLOG_UDP);
    struct str bytes = {h->msg_hdr.msg_iov->iov_base, h->msg_len};
    if (bytes.n > in->options.most_message)
        syslog_in_trouble(in, &peer, &in->counts.oversize, "a message is too long", bytes.n);
    else if (bytes.n)
        syslog_in_message(in, &peer, bytes);
}

/* One batch; false when nothing is left. */
static bool take_batch(struct syslog_in *in)
{
    struct syslog_datagrams *d = in->datagrams;
    for (size_t i = 0; i < BATCH; i++) {
        d->vectors[i] = (struct iovec){d->bytes[i], DATAGRAM};
        d->headers[i].msg_hdr = (struct msghdr){.msg_name = &d->from[i],
                                                .msg_namelen = sizeof d->from[i],
                                                .msg_iov = &d->vectors[i],
                                                .msg_iovlen = 1,
                                                .msg_control = d->control[i],
                                                .msg_controllen = sizeof d->control[i]};
    }
    int n = recvmmsg(in->sources[SYSLOG_UDP].fd, d->headers, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < n; i++) {
        look_for_lost(in, &d->headers[i].msg_hdr);
        take_datagram(in, &d->headers[i], &d->from[i]);
    }
    return n == BATCH;
}

/* ---- connections ---- */

/* Out of file descriptors: the spare one makes room to turn the caller away, who would wake us for ever otherwise. */
static bool turn_away(struct syslog_in *in, int listener)
{
    (void)close(in->spare);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        (void)close(fd);
    in->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        syslog_in_trouble(in, &(struct syslog_peer){.transport = SYSLOG_TCP}, &in->counts.refused, "a connection refused: no file descriptors", 0);
    return fd >= 0;
}

static void take_connection(struct syslog_in *in, int fd, const struct syslog_peer *peer)
{
    bool full = in->counts.connections >= in->options.most_connections;
    if (!full && peer->transport == SYSLOG_TLS)
        full = in->counts.memory + SYSLOG_CONN_TLS > in->options.most_memory;
    if (!full && syslog_conn_open(in, fd, peer) == ERR_NONE)
        return;
    (void)close(fd);
    syslog_in_trouble(in, peer, &in->counts.refused, "a connection refused: as many as may be are open", 0);
}

static void take_connections(struct syslog_in *in, const struct syslog_source *listener)
{
    enum syslog_transport transport = listener->kind == SYSLOG_SOURCE_TLS ? SYSLOG_TLS : SYSLOG_TCP;
    for (int i = 0; i < ACCEPTS; i++) {
        struct sockaddr_in6 from = {0};
        socklen_t n = sizeof from;
        int fd = accept4(listener->fd, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
            if (!turn_away(in, listener->fd))
                return;
        } else if (fd < 0 && errno == EAGAIN) {
            return;
        } else if (fd >= 0) { /* other errors are of that connection alone */
            struct syslog_peer peer = peer_at(&from, transport);
            take_connection(in, fd, &peer);
        }
    }
}

static void close_idle(struct syslog_in *in)
{
    while (in->oldest && in->now - in->oldest->since > in->options.idle_ms) {
        syslog_in_trouble(in, &in->oldest->peer, &in->counts.idle, "a connection closed: no whole message for too long", in->oldest->nkept);
        in->oldest->nkept = 0;
        syslog_conn_close(in, in->oldest);
    }
}

/* ---- the thread ---- */

static bool serve(struct syslog_in *in, struct syslog_source *source)
{
    if (source->kind == SYSLOG_SOURCE_STOP)
        return false;
    if (source->kind == SYSLOG_SOURCE_CONN)
        syslog_conn_ready(in, (struct syslog_conn *)source);
    else if (source->kind == SYSLOG_SOURCE_UDP)
        for (int i = 0; i < BATCHES && take_batch(in); i++) {
        }
    else
        take_connections(in, source);
    return true;
}

static bool turn(struct syslog_in *in, int wait_ms)
{
    struct epoll_event events[EVENTS];
    bool go_on = true;
    int n = epoll_wait(in->epoll, events, EVENTS, wait_ms);
    in->now = clock_ms();
    for (int i = 0; i < n; i++)
        go_on &= serve(in, events[i].data.ptr);
    close_idle(in);
    return go_on;
}

static void *run(void *owner)
{
    struct syslog_in *in = owner;
    while (turn(in, TICK_MS)) {
    }
    (void)turn(in, 0); /* what has arrived, also on connections that nobody has taken yet */
    (void)turn(in, 0);
    while (in->oldest)
        syslog_conn_close(in, in->oldest);
    return NULL;
}

/* ---- start and stop ---- */

__attribute__((format(printf, 3, 4))) static int refuse(char why[SYSLOG_IN_WHY], int err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(why, SYSLOG_IN_WHY, fmt, args);
    va_end(args);
    return err;
}

static int watch(struct syslog_in *in, struct syslog_source *s)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    return epoll_ctl(in->epoll, EPOLL_CTL_ADD, s->fd, &event) < 0 ? ERR_IO : ERR_NONE;
}

/* "192.0.2.1:514" and "[::]:514" to a socket address; names are not looked up. */
static struct addrinfo *address(const char *text, bool datagrams)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = datagrams ? SOCK_DGRAM : SOCK_STREAM}, *out = NULL;
    char host[64] = "";
    const char *port = strrchr(text, ':');
    size_t n = port ? (size_t)(port - text) : 0;
    bool brackets = n >= 2 && text[0] == '[' && text[n - 1] == ']';
    if (n < 2 || n >= sizeof host)
        return NULL;
    memcpy(host, text + brackets, n - 2u * brackets);
    return getaddrinfo(host, port + 1, &hints, &out) ? NULL : out;
}

static void prepare(int fd, bool datagrams)
{
    int yes = 1, buffer = UDP_BUFFER;
    if (!datagrams) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        return;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &yes, sizeof yes);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) < 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
}

static int listen_on(struct syslog_in *in, enum syslog_transport transport, char why[SYSLOG_IN_WHY])
{
    static const enum syslog_source_kind kinds[] = {SYSLOG_SOURCE_UDP, SYSLOG_SOURCE_TCP, SYSLOG_SOURCE_TLS};
    const char *text = in->options.listen[transport];
    struct syslog_source *s = &in->sources[transport];
    bool datagrams = transport == SYSLOG_UDP;
    struct addrinfo *a = address(text, datagrams);
    if (!a)
        return refuse(why, ERR_USAGE, "%s: not an address and port", text);
    s->kind = kinds[transport];
    s->fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd >= 0)
        prepare(s->fd, datagrams);
    int bad = s->fd < 0 || bind(s->fd, a->ai_addr, a->ai_addrlen) < 0 || (!datagrams && listen(s->fd, SOMAXCONN) < 0) || watch(in, s);
    freeaddrinfo(a);
    return bad ? refuse(why, ERR_IO, "%s: %s", text, strerror(errno)) : ERR_NONE;
}

static int load_certificates(struct syslog_in *in, char why[SYSLOG_IN_WHY])
{
    const struct syslog_in_options *o = &in->options;
    if (!o->cert_file || !o->key_file)
        return refuse(why, ERR_USAGE, "syslog over TLS needs a certificate and a key");
    int code = gnutls_certificate_allocate_credentials(&in->credentials);
    if (code == 0)
        code = gnutls_priority_init(&in->priority, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", NULL);
    if (code == 0)
        code = gnutls_certificate_set_x509_key_file(in->credentials, o->cert_file, o->key_file, GNUTLS_X509_FMT_PEM);
    if (code < 0)
        return refuse(why, ERR_USAGE, "%s: %s", o->cert_file, gnutls_strerror(code));
    if (!o->client_ca_file)
        return ERR_NONE;
    code = gnutls_certificate_set_x509_trust_file(in->credentials, o->client_ca_file, GNUTLS_X509_FMT_PEM);
    if (code <= 0)
        return refuse(why, ERR_USAGE, "%s: %s", o->client_ca_file, code < 0 ? gnutls_strerror(code) : "no certificate in it");
    return ERR_NONE;
}

static int open_all(struct syslog_in *in, char why[SYSLOG_IN_WHY])
{
    in->epoll = epoll_create1(EPOLL_CLOEXEC);
    in->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    in->stop = (struct syslog_source){SYSLOG_SOURCE_STOP, eventfd(0, EFD_CLOEXEC)};
    in->scratch = malloc(in->options.most_message + SYSLOG_CONN_READ + 64);
    in->datagrams = in->options.listen[SYSLOG_UDP] ? malloc(sizeof *in->datagrams) : NULL;
    if (in->epoll < 0 || in->spare < 0 || in->stop.fd < 0 || watch(in, &in->stop))
        return refuse(why, ERR_IO, "syslog receiver: %s", strerror(errno));
    if (!in->scratch || (in->options.listen[SYSLOG_UDP] && !in->datagrams))
        return refuse(why, ERR_MEMORY, "syslog receiver: out of memory");
    int err = in->options.listen[SYSLOG_TLS] ? load_certificates(in, why) : ERR_NONE;
    for (int t = 0; t < SYSLOG_TRANSPORTS && !err; t++)
        if (in->options.listen[t])
            err = listen_on(in, (enum syslog_transport)t, why);
    return err;
}

static void close_all(struct syslog_in *in)
{
    const int fds[] = {in->sources[0].fd, in->sources[1].fd, in->sources[2].fd, in->stop.fd, in->spare, in->epoll};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
    if (in->credentials)
        gnutls_certificate_free_credentials(in->credentials);
    if (in->priority)
        gnutls_priority_deinit(in->priority);
    table_free(&in->peers);
    (void)pthread_mutex_destroy(&in->lock);
    free(in->datagrams);
    free(in->scratch);
    free(in);
}

int syslog_in_start(const struct syslog_in_options *options, struct syslog_in **out, char why[SYSLOG_IN_WHY])
{
    struct syslog_in *in = calloc(1, sizeof *in);
    if (!in)
        return refuse(why, ERR_MEMORY, "out of memory");
    struct syslog_in_options *o = &in->options;
    *o = *options;
    o->most_message = o->most_message ? o->most_message : DEFAULT_MESSAGE;
    o->most_memory = o->most_memory ? o->most_memory : DEFAULT_MEMORY;
    o->most_connections = o->most_connections ? o->most_connections : DEFAULT_CONNECTIONS;
    o->idle_ms = o->idle_ms ? o->idle_ms : DEFAULT_IDLE_MS;
    for (int t = 0; t < SYSLOG_TRANSPORTS; t++)
        in->sources[t].fd = -1;
    (void)pthread_mutex_init(&in->lock, NULL);
    table_init(&in->peers, sizeof(struct syslog_in_peer), PEERS);
    int err = open_all(in, why);
    if (!err && pthread_create(&in->thread, NULL, run, in))
        err = refuse(why, ERR_IO, "syslog receiver: no thread");
    if (err) {
        close_all(in);
        return err;
    }
    *out = in;
    return ERR_NONE;
}

uint16_t syslog_in_port(const struct syslog_in *in, enum syslog_transport transport)
{
    struct sockaddr_in6 a = {0};
    socklen_t n = sizeof a;
    if (in->sources[transport].fd < 0 || getsockname(in->sources[transport].fd, (struct sockaddr *)&a, &n) < 0)
        return 0;
    return ntohs(a.sin6_port); /* in the same place as sin_port */
}

void syslog_in_stop(struct syslog_in *in)
{
    uint64_t one = 1;
    if (write(in->stop.fd, &one, sizeof one) == sizeof one)
        (void)pthread_join(in->thread, NULL);
    close_all(in);
}
