/* decode/dcerpc.h - DCE/RPC PDUs, whatever carried them (C706 chapter 12, MS-RPCE 2.2.2): SMB named pipes or TCP.
 *
 * The carrier hands over the bytes of one direction in order, in pieces of any size; PDUs may be cut across pieces, and a call across
 * PDUs. What a call means its interface says (decode/rpcif.h). `struct dcerpc` lies in the carrier's flow state, zeroed at first. */
#ifndef VIGIE_DECODE_DCERPC_H
#define VIGIE_DECODE_DCERPC_H

#include "decode/auth.h"
#include "decode/rpcif.h"

enum { DCERPC_CONTEXTS = 8, DCERPC_CALLS = 4, DCERPC_PIPE = 48, DCERPC_HEAD = 1024, DCERPC_HEADER = 16 };

struct dcerpc_context {
    uint16_t id;
    bool set;
    bool wide; /* NDR64 was agreed on */
    uint8_t uuid[16];
    const struct rpc_interface *interface; /* NULL: one that we have no file for */
};

struct dcerpc_half {        /* one direction's unfinished PDU */
    uint32_t gone, whole;   /* bytes of the PDU that came or were lost; its length, 0 as long as the header is not complete */
    uint32_t have;          /* bytes of the head at hand */
    bool hole;              /* bytes are missing: the head grows no more */
    bool lost;              /* nobody knows where the next PDU begins */
    uint8_t ntail, tail[4]; /* the latest bytes */
    uint8_t head[DCERPC_HEAD];
};

struct dcerpc_call { /* sent, not yet answered */
    bool set, sealed, little;
    uint32_t id, order; /* order of arrival: the oldest makes room */
    uint16_t opnum, context;
    uint8_t auth_level;
    struct netref ref;
    uint32_t in_n, in_whole, out_whole;
    uint8_t in[RPCIF_KEEP];
};

struct dcerpc {
    bool bound;                      /* a bind or alter_context was seen */
    bool begun;                      /* the first bind was: no other contexts can have been agreed on */
    uint16_t offer[DCERPC_CONTEXTS]; /* which one, from 1, of the latest bind each context is: its answer goes by that; 0: none */
    uint32_t calls;
    uint8_t auth_level, auth_type;
    NETDEC_TEXT(DCERPC_PIPE) pipe; /* set by the carrier for named pipes */
    struct dcerpc_context context[DCERPC_CONTEXTS];
    struct dcerpc_half half[2]; /* [0] of the client */
    struct dcerpc_call call[DCERPC_CALLS];
    struct rpc_handles handles;
    struct auth auth; /* RPC's own authentication (NTLM, Kerberos, SPNEGO in the sec_trailer) */
};

/* Bytes of one direction. `m` is the carrier's message (place, time, direction); `caller` is whom the carrier authenticated (SMB session), NULL
 * when nobody or over TCP. `p`, `n`: the bytes at hand; `whole`: how many there were on the wire. */
struct dcerpc_piece {
    const struct message *m;
    const struct account *caller;
    const uint8_t *p;
    size_t n, whole;
};
void dcerpc_bytes(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_piece *piece);
/* Bytes of one direction were lost: what was unfinished is. */
void dcerpc_gap(struct dcerpc *s, bool from_client);
/* Do these bytes begin a PDU of that direction? Strict (C706 12.6.3.1), for choosing a protocol: 0 when they are too few, negative for no, else the
 * PDU's length. */
ptrdiff_t dcerpc_length(const uint8_t *p, size_t n);
/* The pipe or connection is closed: calls that wait in vain are told. */
void dcerpc_end(struct decode *d, const struct flow *f, struct dcerpc *s);

#endif
