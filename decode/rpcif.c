/* decode/rpcif.c - what the interfaces of DCE/RPC share: operations by number, outcomes, handles. */
#include "decode/rpcif.h"

enum { MORE_DATA = 234 }; /* Win32: success, the answer goes on (MS-ERREF 2.2) */

void rpcif_ignore(struct decode *d, const struct rpc_call *c, const char *operation)
{
    struct str name = operation ? str_of(operation) : str_fmt(d->arena, "operation %u", c->opnum);
    decode_ignored(d, str_glue(d->arena, str_of(c->interface->name), STR(" "), name));
}

void rpcif_dispatch(struct decode *d, const struct rpc_call *c, const struct rpc_op *ops)
{
    while (ops->name && ops->opnum != c->opnum)
        ops++;
    if (ops->read)
        ops->read(d, c, ops);
    else
        rpcif_ignore(d, c, ops->name);
}

enum outcome rpcif_outcome(const struct rpc_call *c)
{
    if (c->faulted)
        return OUTCOME_FAILURE;
    if (!c->has_status)
        return OUTCOME_UNKNOWN;
    switch (c->interface->ending) {
    case RPCIF_NTSTATUS: return c->status >> 30 == 3 ? OUTCOME_FAILURE : OUTCOME_SUCCESS; /* severity error: MS-ERREF 2.3 */
    case RPCIF_HRESULT: return c->status >> 31 ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    case RPCIF_WIN32: break;
    }
    return c->status && c->status != MORE_DATA ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
}

struct activity *rpcif_begin(struct decode *d, const struct rpc_call *c, enum kind kind, const struct rpc_op *op)
{
    struct activity *a = netdec_begin(d, c->flow, &c->ref, kind, c->interface->protocol);
    a->actor = c->caller;
    a->outcome = rpcif_outcome(c);
    a->has_code = c->faulted || c->has_status;
    a->code = c->faulted ? c->fault : c->status;
    decode_str(d, FACT_PIPE, c->pipe);
    decode_str(d, FACT_RPC_INTERFACE, str_of(c->interface->name));
    decode_u64(d, FACT_RPC_OPNUM, c->opnum);
    decode_str(d, FACT_RPC_OPERATION, str_of(op->name));
    if (c->auth_level)
        decode_u64(d, FACT_RPC_AUTH_LEVEL, c->auth_level);
    return a;
}

void rpcif_in(const struct rpc_call *c, struct ndr *out)
{
    ndr_open(out, c->in, c->in_n, c->little, c->wide);
    out->cut = c->in_n < c->in_whole;
}

void rpcif_out(const struct rpc_call *c, struct ndr *out)
{
    ndr_open(out, c->out, c->out_n, c->out_little, c->wide);
    out->cut = c->out_n < c->out_whole;
}

struct str rpcif_sound(const struct ndr *s, struct str text)
{
    return ndr_ok(s) && text.n ? text : STR_NONE;
}

void rpcif_opened_at(const struct rpc_call *c, struct ndr *out, uint8_t kind, struct str what)
{
    const uint8_t *id = ndr_handle(out);
    if (!id || !str_set(what) || rpcif_outcome(c) != OUTCOME_SUCCESS)
        return;
    struct rpc_handles *h = c->handles;
    unsigned at = h->next++ % RPCIF_HANDLES;
    memcpy(h->at[at].id, id, sizeof h->at[at].id);
    h->at[at].kind = kind;
    netdec_keep(&h->at[at].what, what);
}

void rpcif_opened(const struct rpc_call *c, uint8_t kind, struct str what)
{
    struct ndr out;
    rpcif_out(c, &out);
    rpcif_opened_at(c, &out, kind, what);
}

struct str rpcif_handle(const struct rpc_call *c, struct ndr *in, uint8_t *kind)
{
    const uint8_t *id = ndr_handle(in);
    *kind = 0;
    for (unsigned i = 0; id && i < RPCIF_HANDLES; i++)
        if (c->handles->at[i].kind && memcmp(c->handles->at[i].id, id, 16) == 0) {
            *kind = c->handles->at[i].kind;
            return netdec_kept(&c->handles->at[i].what);
        }
    return STR_NONE;
}
