/* net/syslog_in.h - receives syslog messages over UDP, TCP and TLS, in one thread of its own.
 *
 * Everything is bounded: the length of a message, the number of connections, the bytes held for messages that are not
 * whole yet, and how long a connection may go without completing one. What a bound costs is counted and told through
 * `trouble` with the peer; nothing is dropped silently, datagrams that the kernel had no room for included. */
#ifndef VIGIE_NET_SYSLOG_IN_H
#define VIGIE_NET_SYSLOG_IN_H

#include "base/ip.h"
#include "net/syslog.h"

enum { SYSLOG_IN_WHY = 256 };

struct syslog_peer {
    struct ip ip;
    uint16_t port;
    enum syslog_transport transport;
};

struct syslog_in_options {
    const char *listen[SYSLOG_TRANSPORTS]; /* "192.0.2.1:514", "[::]:6514", port 0 = any free one; NULL = not */
    const char *cert_file, *key_file;      /* TLS: PEM, needed */
    const char *client_ca_file;            /* TLS: PEM; when given, clients need a certificate that it signed */
    size_t most_message;                   /* bytes; 0 = 64 KiB */
    size_t most_memory;                    /* bytes held for messages that are not whole, and for TLS; 0 = 64 MiB */
    unsigned most_connections;             /* 0 = 10,000; file descriptors may run out before, which is survived */
    int idle_ms;                           /* a connection that completes no message for so long is closed; 0 = 10 minutes */
    void *owner;
    /* Called in the receiver's thread for each message, unframed; the bytes are gone when it returns. */
    void (*message)(void *owner, const struct syslog_peer *peer, const char *bytes, size_t n);
    /* Called there when something could not be received: a static sentence, and the bytes known to be lost (0: unknown,
     * or none; datagrams, for "datagrams lost"). */
    void (*trouble)(void *owner, const struct syslog_peer *peer, const char *why, uint64_t n);
};

struct syslog_in_counts {
    uint64_t messages, bytes;
    uint64_t oversize;  /* longer than most_message */
    uint64_t cut_off;   /* connections that ended inside a message */
    uint64_t refused;   /* connections over a bound */
    uint64_t overrun;   /* connections closed because most_memory was reached */
    uint64_t idle;      /* connections closed because they completed nothing */
    uint64_t tls;       /* TLS handshakes or sessions that failed */
    uint64_t malformed; /* connections closed because their framing made no sense */
    uint64_t udp_lost;  /* datagrams that found the kernel's buffer full */
    unsigned connections;
    size_t memory; /* held now */
};

struct syslog_in_peer {
    struct ip ip;
    uint64_t messages, bytes, troubles;
};

struct syslog_in;

/* Opens what is to be listened on and starts the thread. ERR_IO or ERR_USAGE with the reason. */
int syslog_in_start(const struct syslog_in_options *options, struct syslog_in **out, char why[SYSLOG_IN_WHY]);
uint16_t syslog_in_port(const struct syslog_in *in, enum syslog_transport transport); /* 0 = not listening */
/* From any thread, and from the callbacks. */
void syslog_in_counts(struct syslog_in *in, struct syslog_in_counts *out);
/* Tells of each address heard from (65,536 are remembered); `each` must not call syslog_in_*. */
void syslog_in_peers(struct syslog_in *in, void (*each)(void *owner, const struct syslog_in_peer *peer), void *owner);
/* Takes what has arrived, closes, ends the thread and frees. Not from a callback. */
void syslog_in_stop(struct syslog_in *in);

#endif
