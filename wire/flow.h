/* wire/flow.h - what the wire hands to decoders: conversations and the messages in them.
 *
 * A flow is one TCP connection, or the datagrams between two UDP endpoints until they fall silent. A message is one whole unit
 * of its protocol: a datagram, or what the protocol's `frame` cuts from the ordered byte stream. Messages point into the packet or
 * into the flow's buffer and live as long as the call.
 *
 * Adding a protocol is adding decode/net_<name>.c that exports `const struct netdecoder net_<name>`; the registry is made from
 * file names. The wire knows protocols only through this struct. */
#ifndef VIGIE_WIRE_FLOW_H
#define VIGIE_WIRE_FLOW_H

#include "base/ip.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decode; /* decode/decode.h: where activities are built and emitted */
struct netdecoder;

struct flow {
    struct ip client, server; /* the client is who opened it; mid-stream, ports and content tell */
    uint16_t client_port, server_port;
    bool tcp;
    bool midstream; /* its beginning was not seen */
    const struct netdecoder *decoder; /* NULL until one is chosen */
    void *state;    /* decoder->state_size bytes, zeroed at first; lives as long as the flow */
    /* Makes the state at least n bytes long, new bytes zeroed; it may move. NULL, and the state as it was, where a bound is reached. */
    void *(*grow)(struct flow *f, size_t n);
};

struct message {
    const uint8_t *p;
    size_t n;       /* bytes at p */
    size_t whole;   /* its length on the wire: more than n where bytes were not captured (snap length, loss) or lie beyond the
                     * decoder's `head` */
    int64_t time;   /* of the packet in which it begins */
    uint64_t packet, offset; /* that packet: number from 1, and byte offset of its record within the capture */
    bool from_client;
};

enum claim { CLAIM_NO, CLAIM_MORE, CLAIM_YES }; /* MORE: cannot be told from so few bytes */

enum { NETDECODER_PORTS = 8 };

struct netdecoder {
    const char *name;                     /* "krb5" */
    const char *about;                    /* one sentence for docs */
    uint16_t tcp[NETDECODER_PORTS], udp[NETDECODER_PORTS]; /* where its servers listen; hints, ended by 0 */
    size_t state_size;                    /* memory per flow; keep it small: there may be 100,000 */
    size_t head;                          /* most bytes of one message that it wants to see, 0: all up to the wire's own bound of 1 MiB */
    /* TCP: do these first bytes of one direction begin a message of this protocol? Asked on any port, its own ports first. Must be
     * strict: other protocols are asked afterwards. UDP: not asked, the port of the server tells. NULL: UDP only. */
    enum claim (*claims)(const uint8_t *p, size_t n, bool from_client);
    /* TCP: the length on the wire of the message that begins at p, 0 when n bytes are too few to know, negative when no message
     * begins here (the direction then skips to where one does, and that is counted). NULL: UDP only. A sound message has at least
     * one byte. */
    ptrdiff_t (*frame)(const uint8_t *p, size_t n);
    /* One message. What it has to say it emits through d; what waits for an answer it keeps in f->state. */
    void (*message)(struct decode *d, struct flow *f, const struct message *m);
    /* Bytes of one direction were lost, so whole messages may be missing; may be NULL. */
    void (*gap)(struct flow *f, bool from_client);
    /* The conversation is over (closed, silent for long, forgotten, end of the capture): emit what waited in vain; may be NULL. */
    void (*end)(struct decode *d, struct flow *f);
};

extern const struct netdecoder *const netdecoders[]; /* generated from file names, ended by NULL */

#endif
