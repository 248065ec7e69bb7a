/* wire/wire.h - packets in, messages out: link layer, IP, UDP, TCP order, choice of the protocol, framing.
 *
 * One wire reads one capture (or one interface) in order of arrival. It keeps flows in bounded memory: at most `flows` of them and
 * `bytes` of buffered stream and decoder state; what was idle for longest is let go first, its decoder's end() is called, and that is
 * counted. Time is the packets'. The same packets give the same messages, whatever the machine.
 *
 * Sources: RFC 791, RFC 8200 (fragments: 815, 5722), RFC 9293, RFC 768, IEEE 802.1Q/802.1ad, the link types of libpcap
 * (LINKTYPE_ values: 1 Ethernet, 0 BSD loopback, 101 raw IP, 113 Linux cooked, 276 Linux cooked v2, 228/229 raw IPv4/IPv6). */
#ifndef VIGIE_WIRE_WIRE_H
#define VIGIE_WIRE_WIRE_H

#include "base/err.h"
#include "wire/flow.h"

struct packet {
    const uint8_t *p;
    size_t n;        /* captured */
    size_t whole;    /* on the wire */
    int64_t time;
    uint32_t link;   /* LINKTYPE_ value */
    uint64_t number; /* from 1 */
    uint64_t offset; /* of its record within the capture */
};

struct wire_options {
    uint32_t flows; /* 0: 100,000 */
    size_t bytes;   /* 0: 128 MiB */
    const struct netdecoder *const *decoders; /* ended by NULL */
    struct decode *decode; /* handed to decoders */
    /* Something was wrong with a packet: malformed header, bytes lost in a stream, a bound reached. `why` is static text. */
    void (*fault)(void *owner, uint64_t packet, uint64_t offset, const char *why);
    /* Packets or TCP connections that no decoder reads, by kind ("TCP port 443", "ARP", ...), told when the capture is over and now and
     * then before; `what` is valid during the call. */
    void (*ignored)(void *owner, const char *what, uint64_t n);
    /* After every call into a decoder: its texts are no longer needed. May be NULL. */
    void (*after)(void *owner);
    void *owner;
};

struct wire_counts {
    uint64_t packets, ip, tcp, udp, fragments, messages, flows;
    uint64_t retransmitted, reordered, lost_bytes, cut, malformed, evicted, resync;
    uint32_t open; /* flows now */
    size_t memory; /* bytes now */
};

struct wire;

int wire_open(const struct wire_options *o, struct wire **out);
void wire_packet(struct wire *w, const struct packet *p);
/* The clock went on without packets (live): lets idle flows end. */
void wire_tick(struct wire *w, int64_t now);
/* The capture is over: delivers what is left and ends all flows. The wire can then read another capture. */
void wire_end(struct wire *w);
/* Since it was opened. */
const struct wire_counts *wire_counts(const struct wire *w);
/* Ends what was not ended. */
void wire_close(struct wire *w);

/* Who speaks to whom in one packet, without a wire: for showing it. False when it is no IP packet. */
struct wire_ends {
    struct ip source, destination;
    uint16_t source_port, destination_port; /* 0: none */
    uint8_t protocol; /* of IP */
    bool fragment;
};
bool wire_peek(const struct packet *p, struct wire_ends *out);

#endif
