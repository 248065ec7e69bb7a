/* decode/dcerpc_bind.c - which interfaces a connection of DCE/RPC speaks, and who authenticated it (C706 12.6.4.3 to 12.6.4.5, MS-RPCE 2.2.2). */
#include "decode/dcerpc_pdu.h"

enum { SPNEGO = 9, NTLM = 10, KERBEROS = 16 }; /* MS-RPCE 2.2.1.1.7 */

/* The transfer syntax NDR64: 71710533-beba-4937-8319-b5dbef9ccc36, MS-RPCE 2.2.4.13. */
static const uint8_t ndr64[16] = {0x33, 0x05, 0x71, 0x71, 0xba, 0xbe, 0x37, 0x49, 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36};

/* A UUID in its little-endian form, which tables have. */
static void uuid_of(struct ndr *r, uint8_t out[16])
{
    enum { A, B = 4, C = 6, REST = 8 };
    static const uint8_t turned[REST] = {3, 2, 1, 0, 5, 4, 7, 6};
    const uint8_t *p = rd_bytes(&r->r, 16);
    if (!p)
        return;
    memcpy(out, p, 16);
    for (unsigned i = 0; !r->little && i < REST; i++)
        out[i] = p[turned[i]];
}

static const struct rpc_interface *interface_of(const uint8_t uuid[16])
{
    for (const struct rpc_interface *const *i = rpc_interfaces; *i; i++)
        if (memcmp((*i)->uuid, uuid, 16) == 0)
            return *i;
    return NULL;
}

/* The interface that usually listens on the pipe, when there is only one. */
static const struct rpc_interface *interface_on(struct str pipe)
{
    const struct rpc_interface *found = NULL;
    for (const struct rpc_interface *const *i = rpc_interfaces; *i; i++) {
        if (!(*i)->pipe || !str_eqi(str_of((*i)->pipe), pipe))
            continue;
        if (found)
            return NULL;
        found = *i;
    }
    return found;
}

void dcerpc_assume(struct dcerpc *s, uint16_t id)
{
    const struct rpc_interface *interface = s->bound || !s->pipe.n ? NULL : interface_on(netdec_kept(&s->pipe));
    if (!interface || s->context[0].set)
        return;
    s->context[0] = (struct dcerpc_context){.id = id, .set = true, .interface = interface};
    memcpy(s->context[0].uuid, interface->uuid, 16);
}

const struct dcerpc_context *dcerpc_context_of(const struct dcerpc *s, uint16_t id)
{
    for (unsigned i = 0; i < DCERPC_CONTEXTS; i++)
        if (s->context[i].set && s->context[i].id == id)
            return &s->context[i];
    return NULL;
}

/* The place of that context: its own, a free one, one of an interface without file, or one that this bind does not offer. -1 when all are
 * better filled. */
static int place(const struct dcerpc *s, const struct dcerpc_context *c)
{
    for (int i = 0; i < DCERPC_CONTEXTS; i++)
        if (s->context[i].set && s->context[i].id == c->id)
            return i;
    for (int i = 0; i < DCERPC_CONTEXTS; i++)
        if (!s->context[i].set)
            return i;
    for (int i = 0; i < DCERPC_CONTEXTS && c->interface; i++)
        if (!s->context[i].interface || !s->offer[i])
            return i;
    return -1;
}

static void tokens(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_pdu *u)
{
    struct dcerpc_trailer t;
    struct ndr token;
    if (!dcerpc_trailer(u, &t, &token))
        return;
    s->auth_type = t.type;
    s->auth_level = t.level;
    if (t.type == SPNEGO || t.type == NTLM || t.type == KERBEROS)
        auth_token(d, f, u->m, &s->auth, rd_sub(&token.r, u->auth));
}

/* One context element: C706 12.6.3.1 p_cont_elem_t. */
static struct dcerpc_context element(struct ndr *r)
{
    struct dcerpc_context c = {.id = ndr_u16(r), .set = true};
    uint8_t first[16] = {0};
    size_t syntaxes = rd_u8(&r->r);
    rd_skip(&r->r, 1);
    uuid_of(r, c.uuid);
    rd_skip(&r->r, 4); /* version */
    if (syntaxes)
        uuid_of(r, first);
    rd_skip(&r->r, syntaxes ? 20 * syntaxes - 16 : 0);
    c.interface = interface_of(c.uuid);
    c.wide = memcmp(first, ndr64, sizeof ndr64) == 0; /* until the answer says which */
    return c;
}

/* bind and alter_context: C706 12.6.4.3, 12.6.4.1. There may be many contexts of which one is meant. */
static void offer(struct dcerpc *s, struct ndr *r)
{
    rd_skip(&r->r, 8); /* max_xmit_frag, max_recv_frag, assoc_group_id */
    unsigned count = rd_u8(&r->r);
    rd_skip(&r->r, 3);
    memset(s->offer, 0, sizeof s->offer);
    for (unsigned i = 0; i < count && ndr_ok(r); i++) {
        struct dcerpc_context c = element(r);
        int at = ndr_ok(r) ? place(s, &c) : -1;
        if (at < 0)
            continue;
        s->context[at] = c;
        s->offer[at] = (uint16_t)(i + 1);
    }
    s->bound = s->bound || ndr_ok(r);
}

static struct dcerpc_context *nth(struct dcerpc *s, unsigned ordinal)
{
    for (unsigned i = 0; i < DCERPC_CONTEXTS; i++)
        if (s->offer[i] == ordinal)
            return &s->context[i];
    return NULL;
}

/* bind_ack and alter_context_resp: C706 12.6.4.4, 12.6.4.2. What was not accepted is no context; where the answer is cut, it may be one. */
static void accepted(struct dcerpc *s, struct ndr *r)
{
    rd_skip(&r->r, 8);
    rd_skip(&r->r, ndr_u16(r)); /* sec_addr */
    ndr_align(r, 4);
    unsigned count = rd_u8(&r->r);
    rd_skip(&r->r, 3);
    for (unsigned i = 0; i < count; i++) {
        struct dcerpc_context *c = nth(s, i + 1);
        uint8_t syntax[16] = {0};
        uint16_t result = ndr_u16(r);
        (void)ndr_u16(r); /* reason */
        uuid_of(r, syntax);
        rd_skip(&r->r, 4);
        if (!ndr_ok(r))
            return;
        if (c) {
            c->set = result == 0;
            c->wide = memcmp(syntax, ndr64, sizeof ndr64) == 0;
        }
    }
}

void dcerpc_bind(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_pdu *u)
{
    struct ndr r;
    dcerpc_body(u, &r);
    s->begun = s->begun || u->type == DCERPC_BIND;
    if (u->type == DCERPC_BIND || u->type == DCERPC_ALTER)
        offer(s, &r);
    else if (u->type == DCERPC_BIND_ACK || u->type == DCERPC_ALTER_ACK)
        accepted(s, &r);
    if (!ndr_ok(&r) && u->n >= u->whole)
        netdec_fault(d, u->m, r.fault.why, r.fault.offset);
    tokens(d, f, s, u);
    if (u->type != DCERPC_BIND_NAK)
        return;
    for (unsigned i = 0; i < DCERPC_CONTEXTS; i++)
        if (s->offer[i])
            s->context[i].set = false;
    dcerpc_verdict(d, f, s, OUTCOME_FAILURE);
}

void dcerpc_verdict(struct decode *d, const struct flow *f, struct dcerpc *s, enum outcome outcome)
{
    if (s->auth.open)
        auth_done(d, f, &s->auth, &(struct auth_result){.outcome = outcome, .carrier = "RPC"});
}
