/* decode/rpcif.h - what a DCE/RPC interface is to the decoder of RPC, whichever transport carried the call.
 *
 * Adding an interface is adding decode/rpc_<name>.c that exports `const struct rpc_interface rpc_<name>`; the registry is made from
 * file names. Sources: C706 (DCE 1.1 RPC), MS-RPCE, and the interface's own specification, cited in its file. */
#ifndef VIGIE_DECODE_RPCIF_H
#define VIGIE_DECODE_RPCIF_H

#include "decode/netdec.h"

struct rpc_interface;

/* One call: the request, and what the answer says when it was seen. */
struct rpc_call {
    const struct flow *flow;
    struct netref ref;       /* of the request */
    struct account caller;   /* who is known to have authenticated the connection, all absent when nobody */
    struct str pipe;         /* named pipe that carried it, lower case, absent over TCP */
    uint16_t opnum;
    uint8_t auth_level;      /* MS-RPCE 2.2.1.1.8; 0: none. From 6 on the stub is sealed. */
    bool sealed;             /* neither stub can be read */
    const uint8_t *in;       /* stub of the request, NDR; NULL when it was not kept */
    size_t in_n, in_whole;   /* bytes at hand, bytes on the wire */
    const uint8_t *out;      /* stub of the answer; NULL when there was none, it is a fault, or came in several fragments */
    size_t out_n, out_whole;
    bool has_status;         /* the answer's last four bytes were readable ... */
    uint32_t status;         /* ... and are this: where nearly every operation has its NTSTATUS or Win32 error */
    bool answered;           /* a response or fault came */
    bool faulted;
    uint32_t fault;          /* nca_ or Win32 status of the fault */
    bool little, out_little; /* integers of request and answer in little-endian order (NDR data representation) */
    bool wide;               /* NDR64 */
    const struct rpc_interface *interface;
};

enum { RPCIF_KEEP = 2048 }; /* most bytes of a request's stub that are kept until its answer */

struct rpc_interface {
    const char *name;    /* "SAMR" */
    const char *about;
    uint8_t uuid[16];    /* as on the wire, little-endian form */
    enum protocol protocol;
    const char *pipe;    /* where it usually listens, lower case ("samr"); NULL. Names the interface of calls whose bind was not seen. */
    /* Keep this call's request until its answer comes? false: `call` is called at once, without an answer. NULL: yes for all. */
    bool (*waits)(uint16_t opnum);
    /* Emits what the call means. Calls that mean nothing to anybody are counted with decode_ignored. */
    void (*call)(struct decode *d, const struct rpc_call *c);
};

extern const struct rpc_interface *const rpc_interfaces[]; /* generated from file names, ended by NULL */

#endif
