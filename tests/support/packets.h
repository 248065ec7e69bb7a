/* tests/support/packets.h - packets made by hand, and a wire with a small protocol that writes down what it was told.
 *
 * The protocol "test": a message is 'T', the length of its text in two bytes, '=', the text. What its decoder is told becomes lines:
 *     > 12 text            a message of the client that begins in packet 12 ("<": of the server)
 *     > 12 tex... of 8     of its 8 bytes not all were given
 *     gap > / end          and what else the wire says: fault WHY, ignored WHAT N */
#ifndef VIGIE_TESTS_SUPPORT_PACKETS_H
#define VIGIE_TESTS_SUPPORT_PACKETS_H

#include "wire/wire.h"

enum { PACKET_ROOM = 70000, TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

struct bench { /* a wire and what it says */
    struct wire *wire;
    struct wire_options options;
    char log[1 << 16];
    size_t n;
    uint64_t number;
    int64_t time;
    uint32_t link;
    size_t snap; /* 0: packets are captured whole */
    bool quiet;  /* nothing is written down */
};

extern struct netdecoder packets_test; /* may be changed by a test: head, claims ... */
extern const struct netdecoder *const packets_decoders[];

void bench_open(struct bench *b);
void bench_say(struct bench *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Ends the capture, closes the wire; fails the test unless the log is `expected`. */
void bench_close(struct bench *b, const char *expected);
/* Gives the wire one packet, in memory that ends exactly behind it, a millisecond after the one before. */
void bench_packet(struct bench *b, const uint8_t *p, size_t n);

/* Payloads into IP packets; all return their length. Ends: client 10.0.0.5:49200 and server 10.0.0.1:7000, or what `ends` says. */
struct ends {
    uint32_t client, server; /* IPv4 */
    uint16_t client_port, server_port;
    bool v6;
};
struct tcp {
    bool from_server;
    uint32_t seq, ack;
    unsigned flags;
    const void *p;
    size_t n;
};
extern const struct ends packets_ends;
size_t packets_tcp(uint8_t *out, const struct ends *e, const struct tcp *t);
size_t packets_udp(uint8_t *out, const struct ends *e, bool from_server, const void *p, size_t n);
size_t packets_ether(uint8_t *out, const uint8_t *ip, size_t n);
/* A message of the protocol; returns its length. */
size_t packets_message(uint8_t *out, const char *text);
/* Makes a TCP packet with Ethernet and gives it to the wire. */
void bench_tcp(struct bench *b, const struct tcp *t);
/* The three packets that open a connection: the client's data begins at seq + 1, the server's at seq + 1001. */
void bench_handshake(struct bench *b, uint32_t seq);

#endif
