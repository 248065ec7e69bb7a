/* api/server.c - opens, starts and stops the HTTPS server. */
#include "api/server.h"

#include "api/server_private.h"
#include "api/tlskey.h"
#include "base/ip.h"
#include "base/time.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 1024, ORDINARY_QUEUE = 512, LONG_THREADS = 2, LONG_QUEUE = 32, PASSWORD_THREADS = 2, PASSWORD_QUEUE = 64,
       REMOTE_THREADS = 2, REMOTE_QUEUE = 32 };

/* ---- connections ---- */

static void address_of(struct MHD_Connection *c, char out[46])
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info ? info->client_addr : NULL;
    struct ip ip = {{0}};
    if (a && a->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)a;
        memcpy(ip.b, &v6->sin6_addr, 16);
    } else if (a && a->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)a;
        ip = ip_v4(ntohl(v4->sin_addr.s_addr));
    }
    (void)ip_text(&ip, out);
}

static void connection_changes(void *server, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what)
{
    struct server *s = server;
    struct peer *p = *context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
        p = calloc(1, sizeof *p);
        *context = p;
        (void)atomic_fetch_add(&s->connections, 1);
        (void)atomic_fetch_add(&s->accepted, 1);
        if (p)
            address_of(c, p->from);
        if (p && info)
            p->patience = patience_add(s->patience, info->connect_fd, s->o.limits.head_ms);
        return;
    }
    (void)atomic_fetch_sub(&s->connections, 1);
    if (p && p->patience)
        patience_drop(s->patience, p->patience);
    free(p);
    *context = NULL;
}

/* Addresses stay as they were sent; api/route.h decodes them piece by piece. */
static size_t no_unescape(void *owner, struct MHD_Connection *c, char *text)
{
    (void)owner;
    (void)c;
    return strlen(text);
}

/* ---- opening ---- */

static void set_limits(struct server_limits *l)
{
#define DEFAULT(field, value) l->field = l->field ? l->field : (value)
    DEFAULT(connections, 1000);
    DEFAULT(per_address, 200);
    DEFAULT(workers, 4);
    DEFAULT(upload, UINT64_C(16) << 30);
    DEFAULT(head_ms, 15000);
    DEFAULT(body_ms, 30000);
    DEFAULT(idle_ms, 75000);
    DEFAULT(session_idle, 3600);
    DEFAULT(session_life, 43200);
#undef DEFAULT
}

static int listen_on(const struct addrinfo *a)
{
    int one = 1, off = 0;
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (a->ai_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int err = errno;
    (void)close(fd);
    errno = err;
    return -1;
}

static int open_socket(struct server *s, char why[256])
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *list = NULL;
    char port[8];
    (void)snprintf(port, sizeof port, "%u", s->o.port);
    const char *address = s->o.address ? s->o.address : "::";
    if (getaddrinfo(address, port, &hints, &list) != 0) {
        (void)snprintf(why, 256, "%.100s is no IP address", address);
        return ERR_USAGE;
    }
    s->listening = listen_on(list);
    freeaddrinfo(list);
    if (s->listening < 0 && !s->o.address && errno == EAFNOSUPPORT) { /* a machine without IPv6 */
        struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(s->o.port)};
        struct addrinfo v4 = {.ai_family = AF_INET, .ai_addr = (void *)&any, .ai_addrlen = sizeof any};
        s->listening = listen_on(&v4);
    }
    if (s->listening < 0) {
        (void)snprintf(why, 256, "cannot listen on %.100s port %u: %.100s", address, s->o.port, strerror(errno));
        return ERR_IO;
    }
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name;
    socklen_t n = sizeof name;
    if (getsockname(s->listening, &name.any, &n) == 0)
        s->port = ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
    return 0;
}

static int open_keys(struct server *s, char why[256])
{
    struct buf cert = {0}, key = {0};
    int err = s->o.certificate ? tlskey_read(s->o.certificate, s->o.key ? s->o.key : "", &cert, &key) : tlskey_own(s->o.folder, &cert, &key);
    s->cert_pem = cert.p;
    s->key_pem = key.p;
    if (err)
        (void)snprintf(why, 256, "the certificate or its key cannot be read or made: %s", err_text(err));
    return err;
}

static int open_folder(struct server *s, char why[256])
{
    char *path = NULL;
    if (asprintf(&path, "%s/received", s->o.folder) < 0)
        return ERR_MEMORY;
    int err = mkdir(path, 0700) != 0 && errno != EEXIST ? ERR_IO : 0;
    if (err)
        (void)snprintf(why, 256, "cannot make %.200s: %s", path, strerror(errno));
    free(path);
    return err;
}

static int open_lanes(struct server *s)
{
    struct pool_work work = {exchange_worker_open, exchange_work, exchange_worker_close, s};
    int err = pool_open(&s->lanes[API_ORDINARY], s->o.limits.workers, ORDINARY_QUEUE, &work);
    if (!err)
        err = pool_open(&s->lanes[API_LONG], LONG_THREADS, LONG_QUEUE, &work);
    if (!err)
        err = pool_open(&s->lanes[API_PASSWORD], PASSWORD_THREADS, PASSWORD_QUEUE, &work);
    return err ? err : pool_open(&s->lanes[API_REMOTE], REMOTE_THREADS, REMOTE_QUEUE, &work);
}

static int open_parts(struct server *s, char why[256])
{
    const char *bad = "";
    struct guard_limits limits = {s->o.limits.session_idle * TIME_SECOND, s->o.limits.session_life * TIME_SECOND, s->o.limits.requests_per_minute};
    int err = route_tree_open(&s->routes, api_routes, &bad);
    if (err) {
        (void)snprintf(why, 256, "two routes are the same, or one is too long: %.100s", bad);
        return err;
    }
    err = open_folder(s, why);
    if (!err)
        err = open_keys(s, why);
    if (!err)
        err = statics_open(&s->statics, s->o.files);
    if (!err)
        err = guard_open(&s->guard, s->o.folder, s->o.db, &limits);
    if (!err)
        s->guard->hub_cert = s->cert_pem;
    if (!err)
        err = patience_open(&s->patience);
    if (!err)
        err = open_lanes(s);
    return err ? err : open_socket(s, why);
}

int server_open(struct server **out, const struct server_options *o, char why[256])
{
    struct server *s = calloc(1, sizeof *s);
    why[0] = '\0';
    if (!s)
        return ERR_MEMORY;
    s->o = *o;
    s->listening = -1;
    set_limits(&s->o.limits);
    int err = open_parts(s, why);
    if (err) {
        if (!why[0])
            (void)snprintf(why, 256, "%s", err_text(err));
        server_close(s);
        return err;
    }
    *out = s;
    return 0;
}

int server_start(struct server *s)
{
    const struct server_limits *l = &s->o.limits;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    s->daemon = MHD_start_daemon(flags, s->port, NULL, NULL, exchange_step, s, MHD_OPTION_LISTEN_SOCKET, s->listening, MHD_OPTION_HTTPS_MEM_CERT,
                                 s->cert_pem, MHD_OPTION_HTTPS_MEM_KEY, s->key_pem, MHD_OPTION_HTTPS_MEM_TRUST, s->guard->sensors.cert_pem.p, MHD_OPTION_HTTPS_PRIORITIES,
                                 "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE", MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, s,
                                 MHD_OPTION_NOTIFY_COMPLETED, exchange_end, s, MHD_OPTION_NOTIFY_CONNECTION, connection_changes, s,
                                 MHD_OPTION_UNESCAPE_CALLBACK, no_unescape, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MOST,
                                 MHD_OPTION_CONNECTION_LIMIT, l->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, l->per_address,
                                 MHD_OPTION_CONNECTION_TIMEOUT, l->idle_ms / 1000 + 1, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!s->daemon)
        return ERR_IO;
    s->listening = -1; /* is the daemon's */
    return 0;
}

uint16_t server_port(const struct server *s)
{
    return s->port;
}

int server_setup_token(struct server *s, char out[65])
{
    return guard_setup_token(s->guard, out);
}

/* ---- stopping ---- */

void server_stop(struct server *s, unsigned ms)
{
    struct timespec tick = {0, 10 * 1000 * 1000};
    if (!s->daemon)
        return;
    atomic_store(&s->stopping, true);
    MHD_socket fd = MHD_quiesce_daemon(s->daemon);
    for (unsigned waited = 0; atomic_load(&s->running) && waited < ms; waited += 10)
        (void)nanosleep(&tick, NULL);
    for (unsigned i = 0; i < LANES; i++)
        pool_drain(s->lanes[i]); /* and resumes every connection, which the daemon needs to stop */
    MHD_stop_daemon(s->daemon);
    s->daemon = NULL;
    if (fd != MHD_INVALID_SOCKET)
        (void)close(fd);
}

void server_close(struct server *s)
{
    if (!s)
        return;
    server_stop(s, 0);
    for (unsigned i = 0; i < LANES; i++)
        pool_close(s->lanes[i]);
    if (s->listening >= 0)
        (void)close(s->listening);
    patience_close(s->patience);
    guard_close(s->guard);
    statics_close(s->statics);
    route_tree_close(s->routes);
    if (s->key_pem)
        sodium_memzero(s->key_pem, strlen(s->key_pem));
    free(s->key_pem);
    free(s->cert_pem);
    free(s);
}

void server_count(struct server *s, struct server_counters *out)
{
    *out = (struct server_counters){
        .requests = atomic_load(&s->requests),
        .connections = atomic_load(&s->connections),
        .accepted = atomic_load(&s->accepted),
        .overloaded = atomic_load(&s->overloaded),
        .sign_ins = atomic_load(&s->guard->sign_ins),
        .failed_sign_ins = atomic_load(&s->guard->failed_sign_ins),
        .refused_sign_ins = atomic_load(&s->guard->refused_sign_ins),
    };
    for (unsigned i = 0; i < 6; i++)
        out->by_class[i] = atomic_load(&s->by_class[i]);
}
