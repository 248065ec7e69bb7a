/* decode/net_dcerpc.c - DCE/RPC over TCP (ncacn_ip_tcp): the endpoint mapper's port and any other (MS-RPCE 2.1.1.1). */
#include "decode/dcerpc_pdu.h"

/* The types that each side sends: C706 12.6.1. */
static bool of_client(uint8_t type)
{
    return type == DCERPC_REQUEST || type == DCERPC_BIND || type == DCERPC_ALTER || type == DCERPC_AUTH3 || type == DCERPC_CANCEL ||
           type == DCERPC_ORPHANED;
}

static enum claim claims(const uint8_t *p, size_t n, bool from_client)
{
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    ptrdiff_t length = dcerpc_length(p, n);
    if (length < 0)
        return CLAIM_NO;
    if (length == 0)
        return CLAIM_MORE;
    rd_skip(&r, 2);
    return of_client(rd_u8(&r)) == from_client ? CLAIM_YES : CLAIM_NO;
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    dcerpc_bytes(d, f, f->state, &(struct dcerpc_piece){.m = m, .p = m->p, .n = m->n, .whole = m->whole});
}

static void gap(struct flow *f, bool from_client)
{
    dcerpc_gap(f->state, from_client);
}

static void end(struct decode *d, struct flow *f)
{
    dcerpc_end(d, f, f->state);
}

const struct netdecoder net_dcerpc = {
    .name = "dcerpc",
    .about = "DCE/RPC over TCP: directory replication, remote administration, DCOM and WMI, by interface and operation.",
    .tcp = {135},
    .state_size = sizeof(struct dcerpc),
    .claims = claims,
    .frame = dcerpc_length,
    .message = message,
    .gap = gap,
    .end = end,
};
