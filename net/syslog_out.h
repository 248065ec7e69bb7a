/* net/syslog_out.h - sends syslog messages to one receiver over UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425).
 *
 * There is no queue: a message was handed to the network when send returns 0, else the caller keeps it and tries again.
 * The connection is made by the first message, and made again when it is lost; after a failure, tries are refused at once
 * until a back-off (1 s, doubled up to 60 s) has passed. No call lasts longer than `timeout_ms`, name resolution
 * included. Syslog acknowledges nothing: what the kernel took may be lost with the receiver. One thread at a time. */
#ifndef VIGIE_NET_SYSLOG_OUT_H
#define VIGIE_NET_SYSLOG_OUT_H

#include "net/syslog.h"

enum { SYSLOG_OUT_WHY = 256 };

/* All texts are copied. */
struct syslog_target {
    enum syslog_transport transport;
    enum syslog_framing framing; /* TCP and TLS */
    const char *host;            /* name or address */
    const char *port;            /* "514" */
    int timeout_ms;
    const char *ca_file;              /* TLS: PEM of who may sign the receiver; NULL = what the system trusts */
    const char *cert_file, *key_file; /* TLS: PEM of a client certificate; NULL = none */
};

struct syslog_out;

/* Reads certificates, opens nothing. ERR_USAGE with the reason when the target makes no sense or a file cannot be used. */
int syslog_out_open(const struct syslog_target *target, struct syslog_out **out, char why[SYSLOG_OUT_WHY]);
/* Sends one unframed message. ERR_IO with the reason: it has not been sent. ERR_LIMIT: it fits no datagram, and never will. */
int syslog_out_send(struct syslog_out *o, struct str message, char why[SYSLOG_OUT_WHY]);
void syslog_out_close(struct syslog_out *o);

#endif
