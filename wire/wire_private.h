/* wire/wire_private.h - what the files of this room share: flows, the two directions of a connection, and their memory.
 *
 * The way of a packet: wire.c -> link.c -> ip.c (frag.c) -> udp.c, or tcp.c -> stream.c -> choose.c and the decoder. */
#ifndef VIGIE_WIRE_PRIVATE_H
#define VIGIE_WIRE_PRIVATE_H

#include "base/rd.h"
#include "base/time.h"
#include "wire/wire.h"

enum {
    MESSAGE_MAX = 1 << 20,       /* bytes of one message that are kept */
    CHOOSE_MAX = 65536,          /* bytes of a direction by which its protocol must be known */
    WAITING_MAX = 128,           /* segments of a direction that wait for an earlier one */
    WAITING_BYTES = 512 << 10,
    WINDOW_MAX = 16 << 20,       /* a segment further ahead than this of what is acknowledged is not of this connection */
    STATE_MAX = 1 << 20,
    REST_AWAKE = 512,            /* decoders' states that are not packed */
    NAMED = 256                  /* kinds of ignored packets that are told apart */
};

/* Where and when something began. */
struct ref {
    int64_t time;
    uint64_t packet, offset;
};

struct datagram {
    struct ip source, destination;
    uint8_t protocol;
    bool v6, fragment, more; /* more fragments follow */
    uint32_t id, at;         /* of the fragment */
    const uint8_t *p;
    size_t n, whole;
    struct ref ref;
};

/* ---- link.c ---- */
enum ignored_kind { IGNORED_LINK = 1, IGNORED_ETHER, IGNORED_PROTOCOL, IGNORED_TCP, IGNORED_UDP, IGNORED_OTHER };

struct layer { /* what a link layer carries */
    uint16_t type; /* Ethernet type; 0: IP of the version that its first byte says */
    struct rd r;
    size_t whole;
};
enum layer_result { LAYER_OK, LAYER_CUT, LAYER_BAD, LAYER_UNKNOWN };
enum layer_result link_strip(const struct packet *p, struct layer *out, struct fault *fault);

/* ---- ip.c ---- */
enum layer_result ip_read(const struct layer *l, struct datagram *out);
/* Passes the extension headers of IPv6 (RFC 8200 4) in front of d->p. */
enum layer_result ip_extensions(struct datagram *d);
void ip_layer(struct wire *w, const struct layer *l, const struct ref *ref);

/* ---- frag.c ---- */
struct frags;
/* Takes a fragment. True when it completes a datagram: *d is then that, its bytes valid until the next call. */
bool frag_take(struct wire *w, struct datagram *d);
void frag_reset(struct wire *w);

/* ---- pool.c: memory within the budget ---- */
enum { POOL_CLASSES = 6, POOL_LEAST = 11 }; /* 2 KiB to 64 KiB are used again */
struct pool_free {
    struct pool_free *next;
};
struct pool {
    struct pool_free *free[POOL_CLASSES];
    unsigned n[POOL_CLASSES];
};
/* At least n bytes, *room says how many. Lets idle flows go where the budget is reached; NULL when that does not help. */
void *pool_get(struct wire *w, size_t n, size_t *room);
void pool_put(struct wire *w, void *p, size_t room);
void pool_empty(struct wire *w);

/* ---- flows ---- */
struct waiting { /* a segment that came before its turn */
    struct waiting *next;
    uint32_t seq, length, n; /* sequence numbers it covers, bytes captured of them */
    size_t room;
    struct ref ref;
    uint8_t p[];
};

struct half { /* one direction of a connection */
    uint32_t first, next;  /* sequence number of its SYN; the one expected */
    uint32_t acked, fin;   /* acknowledged by the other side; where it ends */
    bool started, inferred; /* `next` is known; only from the other side's SYN */
    bool has_acked, has_fin, done;
    bool resync;           /* looking for the beginning of a message */
    bool refused;          /* begins with no protocol that we know */
    uint8_t waited;        /* packets since the other side acknowledged what did not come here */
    uint8_t tries;
    uint16_t nwaiting;
    uint32_t waiting_bytes, searched;
    uint32_t have;         /* bytes at buf: the beginning of a message */
    size_t room;
    uint8_t *buf;
    uint64_t length;       /* of the message at buf, 0: not known yet */
    uint64_t skip;         /* bytes of a message already delivered that are still to come */
    struct ref begin;      /* of the message at buf */
    struct waiting *waiting, *last;
    int64_t stuck;         /* since when the first missing byte is awaited */
};

struct seen { /* the last datagram, to know copies made by a mirror port */
    uint64_t hash;
    int64_t time;
};

struct key {
    struct ip a, b; /* in byte order, with their ports */
    uint16_t a_port, b_port;
    uint32_t tcp;
};

struct entry {
    struct flow flow; /* first: grow() finds the entry by it */
    struct wire *wire;
    struct entry *chain, *newer, *older;
    struct key key;
    uint64_t hash;
    int64_t last;
    size_t state_room;
    uint32_t packed; /* bytes at flow.state when it is packed (rest.c), else 0 */
    uint16_t awake;  /* its place among those that are not, from 1; 0: none */
    uint8_t client;  /* side of the client: 0 is a of the key */
    bool busy;       /* must not be let go now */
    bool closed, ignored, brief;
    bool sure;       /* who is the client */
    bool again;      /* a SYN of another connection was seen on these ports */
    uint8_t again_side;
    uint32_t again_seq;
    struct seen seen[2]; /* UDP: of each side */
    struct half half[2];
};

struct idle { /* least recently used first */
    struct entry *oldest, *newest;
};

struct block; /* of entries */

struct named {
    uint32_t key; /* kind << 16 | number, 0: free */
    uint64_t n;
};

struct beginning { /* which bytes may begin a message, of server and client: most places are passed over by a look at one byte */
    const struct netdecoder *decoder;
    bool may[2][256];
};

struct wire {
    struct wire_options o;
    struct beginning *beginnings; /* one for each decoder */
    struct wire_counts counts;
    int64_t now;
    struct ref at; /* of the packet at hand */
    struct entry **slots;
    uint32_t mask;
    struct entry *spare;
    struct block *blocks;
    struct idle idle[2]; /* connections; UDP and what is closed */
    bool evicting;       /* what one that is let go has to say must not let another go, and so on without end */
    uint64_t seed;
    struct pool pool;
    struct entry *awake[REST_AWAKE]; /* whose states are not packed, the one that woke first at nawake */
    unsigned nawake;
    struct frags *frags;
    struct named named[NAMED * 2];
    unsigned nnamed;
    uint8_t tcp_ports[8192], udp_ports[8192]; /* bit sets: where decoders say that servers listen */
};

static inline bool wire_port(const uint8_t set[8192], uint16_t port)
{
    return set[port >> 3] >> (port & 7) & 1;
}

static inline bool wire_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

void wire_fault(struct wire *w, const struct ref *ref, const char *why);
void wire_malformed(struct wire *w, const char *why);
void wire_ignored(struct wire *w, enum ignored_kind kind, uint32_t number);
static inline void wire_after(const struct wire *w)
{
    if (w->o.after)
        w->o.after(w->o.owner);
}

/* ---- flows.c ---- */
struct entry *flows_find(struct wire *w, const struct key *k);
/* A new one; NULL when memory is short. Side 0 is the client until told otherwise. */
struct entry *flows_add(struct wire *w, const struct key *k);
/* Fills `out` and says on which side of it the source stands. */
unsigned flows_key(const struct datagram *d, uint16_t source_port, uint16_t destination_port, struct key *out);
void flows_client(struct entry *e, unsigned side);
/* A connection that is over makes place for another on the same ports. */
void flows_renew(struct wire *w, struct entry *e, unsigned client);
void flows_touch(struct wire *w, struct entry *e);
/* To the list of those that are forgotten soon. */
void flows_brief(struct wire *w, struct entry *e);
/* Gives the flow its decoder and state; false when memory is short. */
bool flows_decoder(struct wire *w, struct entry *e, const struct netdecoder *d);
void flows_end_decoder(struct wire *w, struct entry *e);
/* Ends what has been silent for too long. */
void flows_expire(struct wire *w);
/* Lets the one go that was idle for longest; false when there is none. */
bool flows_evict(struct wire *w);
void flows_end_all(struct wire *w);
void flows_free(struct wire *w);

/* ---- rest.c: states of conversations that are silent ---- */
/* The state as the decoder left it, for calling the decoder: until another conversation's is asked for. False when memory is short. */
bool rest_wake(struct wire *w, struct entry *e);
/* The same for the last time. */
bool rest_leave(struct wire *w, struct entry *e);

/* ---- udp.c, tcp.c ---- */
void udp_datagram(struct wire *w, const struct datagram *d);
void tcp_segment(struct wire *w, const struct datagram *d);
/* The connection is over. `cut`: by us, not by its ends, so that its last messages may go on. */
void tcp_finish(struct wire *w, struct entry *e, bool cut);
void tcp_clear(struct wire *w, struct half *h);

/* ---- stream.c ---- */
/* The next bytes of a direction. */
void stream_bytes(struct wire *w, struct entry *e, unsigned side, struct str bytes, const struct ref *ref);
/* The next n bytes are not there. */
void stream_hole(struct wire *w, struct entry *e, unsigned side, uint32_t n);
/* Nothing follows. */
void stream_end(struct wire *w, struct entry *e, unsigned side, bool cut);
void stream_clear(struct wire *w, struct half *h);

/* ---- choose.c ---- */
int choose_open(struct wire *w);
const struct beginning *choose_beginning(const struct wire *w, const struct netdecoder *d);
/* Finds the protocol of an undecided connection by the first bytes of a side. CLAIM_YES: e has its decoder. */
enum claim choose_tcp(struct wire *w, struct entry *e, unsigned side, struct str bytes, bool last);

#endif
