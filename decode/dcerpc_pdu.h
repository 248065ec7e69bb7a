/* decode/dcerpc_pdu.h - one PDU of DCE/RPC, between dcerpc.c (pieces to PDUs, calls) and dcerpc_bind.c (contexts, authentication). */
#ifndef VIGIE_DECODE_DCERPC_PDU_H
#define VIGIE_DECODE_DCERPC_PDU_H

#include "decode/dcerpc.h"
#include "decode/ndr.h"

enum dcerpc_type { /* C706 12.6.1, MS-RPCE 2.2.2.4 */
                   DCERPC_REQUEST = 0,
                   DCERPC_RESPONSE = 2,
                   DCERPC_FAULT = 3,
                   DCERPC_BIND = 11,
                   DCERPC_BIND_ACK = 12,
                   DCERPC_BIND_NAK = 13,
                   DCERPC_ALTER = 14,
                   DCERPC_ALTER_ACK = 15,
                   DCERPC_AUTH3 = 16,
                   DCERPC_SHUTDOWN = 17,
                   DCERPC_CANCEL = 18,
                   DCERPC_ORPHANED = 19
};

enum { DCERPC_FIRST = 0x01, DCERPC_LAST = 0x02, DCERPC_OBJECT = 0x80 }; /* pfc_flags, C706 12.6.3.1 */

enum { DCERPC_CONNECT = 2, DCERPC_SEALED = 6 }; /* MS-RPCE 2.2.1.1.8 */

struct dcerpc_pdu {
    const struct message *m;
    const struct account *caller;
    const uint8_t *p;
    size_t n;           /* bytes at hand of `whole` */
    size_t whole, auth; /* frag_length, auth_length */
    uint8_t type, flags;
    bool little;
    uint32_t call;
    uint8_t ntail, tail[4]; /* its last bytes, where they came */
};

/* A reader behind the common header. */
void dcerpc_body(const struct dcerpc_pdu *u, struct ndr *out);
/* The bind of either side, its answer and the tokens in it. */
void dcerpc_bind(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_pdu *u);
/* The server answered the first call behind an authentication, or refused the bind: the verdict on it. */
void dcerpc_verdict(struct decode *d, const struct flow *f, struct dcerpc *s, enum outcome outcome);
/* A call came although no bind was seen: what the pipe's name says becomes the context. */
void dcerpc_assume(struct dcerpc *s, uint16_t id);
/* The context of a call; NULL when no bind tells. */
const struct dcerpc_context *dcerpc_context_of(const struct dcerpc *s, uint16_t id);

struct dcerpc_trailer { /* sec_trailer, MS-RPCE 2.2.2.11 */
    uint8_t type, level, pad;
};
/* False when there is none, or it is not at hand. `token`: the reader is put at it. */
bool dcerpc_trailer(const struct dcerpc_pdu *u, struct dcerpc_trailer *out, struct ndr *token);

#endif
