/* net/syslog_conn.h - one TCP or TLS connection of the syslog receiver. For net/syslog_in.c alone. */
#ifndef VIGIE_NET_SYSLOG_CONN_H
#define VIGIE_NET_SYSLOG_CONN_H

#include "base/table.h"
#include "net/syslog_in.h"

#include <gnutls/gnutls.h>
#include <pthread.h>

/* What GnuTLS may hold for a session, counted against most_memory: 11 KiB when idle, and records of 16 KiB on their way. */
enum { SYSLOG_CONN_TLS = 40 << 10, SYSLOG_CONN_READ = 64 << 10 };

enum syslog_source_kind { SYSLOG_SOURCE_UDP, SYSLOG_SOURCE_TCP, SYSLOG_SOURCE_TLS, SYSLOG_SOURCE_STOP, SYSLOG_SOURCE_CONN };

/* What an event of epoll points to. */
struct syslog_source {
    enum syslog_source_kind kind;
    int fd;
};

struct syslog_conn {
    struct syslog_source source; /* first */
    struct syslog_peer peer;
    struct syslog_conn *older, *newer; /* by the last whole message */
    int64_t since;                     /* of it, or of the beginning: milliseconds of the monotonic clock */
    gnutls_session_t tls;              /* NULL = TCP */
    bool shaken;                       /* the handshake is done */
    bool skip_line;                    /* the rest of a line that is too long is thrown away */
    uint64_t skip;                     /* bytes of a counted message that is too long, still to come */
    char *kept;                        /* the beginning of a message */
    size_t nkept, cap;
};

struct syslog_in {
    struct syslog_in_options options;
    struct syslog_source sources[SYSLOG_TRANSPORTS], stop; /* fd -1 = not there */
    int epoll, spare;                                      /* spare: a descriptor to give up when there are no others */
    pthread_t thread;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
    struct syslog_conn *oldest, *newest;
    char *scratch; /* most_message + SYSLOG_CONN_READ + a frame's number */
    struct syslog_datagrams *datagrams;
    uint32_t udp_lost; /* the kernel's count so far */
    int64_t now;       /* milliseconds, at the last wake-up */
    pthread_mutex_t lock; /* of the two below */
    struct syslog_in_counts counts;
    struct table peers;
};

/* A message that has been received whole, and a trouble: count and tell. `count` is one of in->counts. */
void syslog_in_message(struct syslog_in *in, const struct syslog_peer *peer, struct str bytes);
void syslog_in_trouble(struct syslog_in *in, const struct syslog_peer *peer, uint64_t *count, const char *why, uint64_t n);

/* Takes over fd; ERR_MEMORY or ERR_IO: it is still the caller's. */
int syslog_conn_open(struct syslog_in *in, int fd, const struct syslog_peer *peer);
/* Reads what is there. The connection may be gone afterwards. */
void syslog_conn_ready(struct syslog_in *in, struct syslog_conn *c);
/* Closes; a message that is not whole is told as cut off. */
void syslog_conn_close(struct syslog_in *in, struct syslog_conn *c);

#endif
