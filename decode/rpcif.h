/* decode/rpcif.h - what a DCE/RPC interface is to the decoder of RPC, whichever transport carried the call.
 *
 * Adding an interface is adding decode/rpc_<name>.c that exports `const struct rpc_interface rpc_<name>`; the registry is made from
 * file names. Sources: C706 (DCE 1.1 RPC), MS-RPCE, and the interface's own specification, cited in its file. */
#ifndef VIGIE_DECODE_RPCIF_H
#define VIGIE_DECODE_RPCIF_H

#include "decode/ndr.h"
#include "decode/netdec.h"

struct rpc_interface;

/* What the handles of a connection stand for, by the word of the calls that opened them: a domain, a group, a service, a secret. The
 * oldest makes room. */
enum { RPCIF_HANDLES = 6, RPCIF_WHAT = 80 };
struct rpc_handles {
    uint32_t next;
    struct {
        uint8_t id[16];
        uint8_t kind; /* the interface's own, 0: free */
        NETDEC_TEXT(RPCIF_WHAT) what;
    } at[RPCIF_HANDLES];
};

/* One call: the request, and what the answer says when it was seen. */
struct rpc_call {
    const struct flow *flow;
    struct netref ref;     /* of the request */
    struct account caller; /* who is known to have authenticated the connection, all absent when nobody */
    struct str pipe;       /* named pipe that carried it, lower case, absent over TCP */
    uint16_t opnum;
    uint8_t auth_level;    /* MS-RPCE 2.2.1.1.8; 0: none. From 6 on the stub is sealed. */
    bool sealed;           /* neither stub can be read */
    const uint8_t *in;     /* stub of the request, NDR; NULL when it was not kept */
    size_t in_n, in_whole; /* bytes at hand, bytes on the wire */
    const uint8_t *out;    /* stub of the answer; NULL when there was none, it is a fault, or came in several fragments */
    size_t out_n, out_whole;
    bool has_status; /* the answer's last four bytes were readable ... */
    uint32_t status; /* ... and are this: where nearly every operation has its NTSTATUS or Win32 error */
    bool answered;   /* a response or fault came */
    bool faulted;
    uint32_t fault;          /* nca_ or Win32 status of the fault */
    bool little, out_little; /* integers of request and answer in little-endian order (NDR data representation) */
    bool wide;               /* NDR64 */
    const struct rpc_interface *interface;
    struct rpc_handles *handles; /* of the connection */
};

enum { RPCIF_KEEP = 2048 }; /* most bytes of a request's stub that are kept until its answer */

enum rpc_ending { RPCIF_NTSTATUS, RPCIF_WIN32, RPCIF_HRESULT }; /* what an answer ends in: MS-ERREF 2.3, 2.2, 2.1 */

struct rpc_interface {
    const char *name; /* "SAMR" */
    const char *about;
    uint8_t uuid[16]; /* as on the wire, little-endian form */
    enum protocol protocol;
    enum rpc_ending ending;
    const char *pipe; /* where it usually listens, lower case ("samr"); NULL. Names the interface of calls whose bind was not seen. */
    /* Keep this call's request until its answer comes? false: `call` is called at once, without an answer. NULL: yes for all. */
    bool (*waits)(uint16_t opnum);
    /* Emits what the call means. Calls that mean nothing to anybody are counted with decode_ignored. */
    void (*call)(struct decode *d, const struct rpc_call *c);
};

extern const struct rpc_interface *const rpc_interfaces[]; /* generated from file names, ended by NULL */

/* ---- what interfaces share ---- */

struct rpc_op {
    uint16_t opnum;
    const char *name;
    void (*read)(struct decode *d, const struct rpc_call *c, const struct rpc_op *op); /* NULL: means nothing to anybody */
};

/* Lets the operation's row read the call, or counts it as ignored by its name ("SAMR SamrCloseHandle"). Rows end with a NULL name. */
void rpcif_dispatch(struct decode *d, const struct rpc_call *c, const struct rpc_op *ops);
void rpcif_ignore(struct decode *d, const struct rpc_call *c, const char *operation);
/* Starts an activity: caller, pipe, interface, operation and how it ended. */
struct activity *rpcif_begin(struct decode *d, const struct rpc_call *c, enum kind kind, const struct rpc_op *op);
/* SUCCESS, FAILURE or, without a readable answer, UNKNOWN. */
enum outcome rpcif_outcome(const struct rpc_call *c);
/* Readers over the stubs; over nothing where they cannot be read. */
void rpcif_in(const struct rpc_call *c, struct ndr *out);
void rpcif_out(const struct rpc_call *c, struct ndr *out);
/* The text when the stub went so far, else absent. */
struct str rpcif_sound(const struct ndr *s, struct str text);
/* The request asked to open `what`; when the answer succeeded, the handle at its beginning is remembered. */
void rpcif_opened(const struct rpc_call *c, uint8_t kind, struct str what);
/* The same with the handle where the reader is. */
void rpcif_opened_at(const struct rpc_call *c, struct ndr *out, uint8_t kind, struct str what);
/* What the handle that the reader is at stands for; absent, and kind 0, when it is not known. Reads it. */
struct str rpcif_handle(const struct rpc_call *c, struct ndr *in, uint8_t *kind);

#endif
