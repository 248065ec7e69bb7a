/* decode/dcerpc.c - pieces of a byte stream to PDUs, PDUs to calls (C706 12.6, MS-RPCE 2.2.2). */
#include "decode/dcerpc_pdu.h"

enum { TRAILER = 8, REQUEST_HEADER = 24, TAIL = 4, OBJECT_UUID = 16 };

/* ---- the common header, C706 12.6.3.1 ---- */

static bool known_type(uint8_t type)
{
    return type == DCERPC_REQUEST || type == DCERPC_RESPONSE || type == DCERPC_FAULT || (type >= DCERPC_BIND && type <= DCERPC_ORPHANED);
}

/* The least length of a PDU of that type: its fixed parts. */
static size_t least(uint8_t type)
{
    switch (type) {
    case DCERPC_REQUEST:
    case DCERPC_RESPONSE: return REQUEST_HEADER;
    case DCERPC_FAULT: return 28;
    case DCERPC_BIND:
    case DCERPC_ALTER: return 28;
    case DCERPC_BIND_ACK:
    case DCERPC_ALTER_ACK: return 26;
    case DCERPC_BIND_NAK: return 18;
    default: return DCERPC_HEADER;
    }
}

/* False when no PDU begins so. n is at least DCERPC_HEADER. */
static bool header(const uint8_t *p, size_t n, struct dcerpc_pdu *u)
{
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    uint8_t version = rd_u8(&r), minor = rd_u8(&r);
    u->type = rd_u8(&r);
    u->flags = rd_u8(&r);
    uint8_t format = rd_u8(&r), real = rd_u8(&r);
    uint16_t reserved = rd_u16le(&r);
    u->little = (format & 0xf0) == 0x10;
    u->whole = u->little ? rd_u16le(&r) : rd_u16be(&r);
    u->auth = u->little ? rd_u16le(&r) : rd_u16be(&r);
    u->call = u->little ? rd_u32le(&r) : rd_u32be(&r);
    if (version != 5 || minor > 1 || !known_type(u->type) || (format & 0xee) || real > 3 || reserved)
        return false;
    return u->whole >= least(u->type) && (!u->auth || u->auth + TRAILER + DCERPC_HEADER <= u->whole);
}

ptrdiff_t dcerpc_length(const uint8_t *p, size_t n)
{
    struct dcerpc_pdu u;
    if (n >= DCERPC_HEADER)
        return header(p, n, &u) ? (ptrdiff_t)u.whole : -1;
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    bool version = !rd_left(&r) || rd_u8(&r) == 5, minor = !rd_left(&r) || rd_u8(&r) <= 1;
    bool type = !rd_left(&r) || known_type(rd_u8(&r));
    return version && minor && type ? 0 : -1;
}

void dcerpc_body(const struct dcerpc_pdu *u, struct ndr *out)
{
    ndr_open(out, u->p, u->n, u->little, false);
    rd_skip(&out->r, DCERPC_HEADER);
}

bool dcerpc_trailer(const struct dcerpc_pdu *u, struct dcerpc_trailer *out, struct ndr *token)
{
    if (!u->auth || u->n < u->whole)
        return false;
    ndr_open(token, u->p, u->n, u->little, false);
    rd_skip(&token->r, u->whole - u->auth - TRAILER);
    out->type = rd_u8(&token->r);
    out->level = rd_u8(&token->r);
    out->pad = rd_u8(&token->r);
    rd_skip(&token->r, TRAILER - 3); /* reserved, auth_context_id */
    return ndr_ok(token);
}

/* ---- calls ---- */

static struct dcerpc_call *find(struct dcerpc *s, uint32_t id)
{
    for (unsigned i = 0; i < DCERPC_CALLS; i++)
        if (s->call[i].set && s->call[i].id == id)
            return &s->call[i];
    return NULL;
}

/* What is known of the answer when the call is told. */
struct answer {
    const struct dcerpc_pdu *u; /* NULL: none came */
    const uint8_t *stub;
    size_t n, whole;
    bool faulted, has_status;
    uint32_t fault, status;
};

static void say(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_call *call, const struct answer *a)
{
    const struct dcerpc_context *context = dcerpc_context_of(s, call->context);
    if (!context && !s->begun) {
        decode_unread(d, UNREAD_RPC_BIND, call->ref.packet);
        return;
    }
    if (!context || !context->interface) {
        decode_ignored(d, context ? str_fmt(d->arena, "RPC interface %.*s", STR_ARG(ndr_guid_text(d->arena, context->uuid)))
                                  : STR("RPC call in a context that was not accepted"));
        return;
    }
    struct rpc_call c = {.flow = f,
                         .ref = call->ref,
                         .pipe = netdec_kept(&s->pipe),
                         .opnum = call->opnum,
                         .auth_level = call->auth_level,
                         .sealed = call->sealed,
                         .in = call->in_n ? call->in : NULL,
                         .in_n = call->in_n,
                         .in_whole = call->in_whole,
                         .little = call->little,
                         .wide = context->wide,
                         .interface = context->interface,
                         .handles = &s->handles};
    if (s->auth.known)
        c.caller = auth_who(&s->auth);
    else if (a->u && a->u->caller)
        c.caller = *a->u->caller;
    if (a->u && a->u->type != DCERPC_REQUEST) {
        c.answered = true;
        c.faulted = a->faulted;
        c.fault = a->fault;
        c.out = a->stub;
        c.out_n = a->n;
        c.out_whole = a->whole;
        c.has_status = a->has_status;
        c.status = a->status;
        c.out_little = a->u->little;
    }
    context->interface->call(d, &c);
}

/* What is over takes no memory where the wire packs the state, and a new password in it is gone. */
static void tell(struct decode *d, const struct flow *f, struct dcerpc *s, struct dcerpc_call *call, const struct answer *a)
{
    say(d, f, s, call, a);
    *call = (struct dcerpc_call){.set = false};
}

/* A free place; the oldest call makes room. */
static struct dcerpc_call *place(struct decode *d, const struct flow *f, struct dcerpc *s)
{
    struct dcerpc_call *oldest = &s->call[0];
    for (unsigned i = 0; i < DCERPC_CALLS; i++) {
        if (!s->call[i].set)
            return &s->call[i];
        if (s->call[i].order - oldest->order > UINT32_MAX / 2)
            oldest = &s->call[i];
    }
    tell(d, f, s, oldest, &(struct answer){.u = NULL});
    return oldest;
}

/* The stub of a request or response: what lies between header and padding before the trailer. Its length on the wire in `whole`. */
static struct str stub(const struct dcerpc *s, const struct dcerpc_pdu *u, struct ndr *r, size_t *whole, uint8_t *level)
{
    struct dcerpc_trailer t = {.level = s->auth_level};
    struct ndr token;
    bool seen = dcerpc_trailer(u, &t, &token);
    size_t at = rd_offset(&r->r), behind = u->auth ? u->auth + TRAILER + (seen ? t.pad : 0u) : 0;
    *level = u->auth || s->auth_level <= DCERPC_CONNECT ? t.level : 0;
    *whole = u->whole >= at + behind ? u->whole - at - behind : 0;
    size_t n = rd_left(&r->r) < *whole ? rd_left(&r->r) : *whole;
    return rd_str(&r->r, n);
}

/* Where neither bind nor trailer was at hand, the stub may be anything. */
static bool sealed(const struct dcerpc_pdu *u, uint8_t level)
{
    return u->auth && (level >= DCERPC_SEALED || !level);
}

static void keep(struct dcerpc_call *call, struct str part, size_t whole, bool sealed)
{
    bool joined = call->in_n == call->in_whole; /* nothing is missing so far */
    call->in_whole += (uint32_t)whole;
    call->sealed = call->sealed || sealed;
    size_t room = RPCIF_KEEP - call->in_n, n = part.n < room ? part.n : room;
    if (!joined || call->sealed || !n)
        return;
    memcpy(call->in + call->in_n, part.p, n);
    call->in_n += (uint32_t)n;
}

/* C706 12.6.4.9 */
static void request(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_pdu *u)
{
    struct ndr r;
    uint8_t level;
    size_t whole;
    dcerpc_body(u, &r);
    (void)ndr_u32(&r); /* alloc_hint */
    uint16_t context = ndr_u16(&r), opnum = ndr_u16(&r);
    if (u->flags & DCERPC_OBJECT)
        rd_skip(&r.r, OBJECT_UUID);
    if (!ndr_ok(&r))
        return; /* cut */
    struct str part = stub(s, u, &r, &whole, &level);
    struct dcerpc_call *call = find(s, u->call);
    if (u->flags & DCERPC_FIRST) {
        if (call)
            tell(d, f, s, call, &(struct answer){.u = NULL});
        call = place(d, f, s);
        *call = (struct dcerpc_call){.set = true, .id = u->call, .order = s->calls++, .opnum = opnum, .context = context, .auth_level = level};
        call->little = u->little;
        netdec_ref(f, u->m, u->call | 0x40000000u, &call->ref);
    }
    if (!call)
        return; /* the middle of a call whose beginning was not seen */
    keep(call, part, whole, sealed(u, level));
    if (!s->bound)
        dcerpc_assume(s, context);
    const struct dcerpc_context *of = dcerpc_context_of(s, context);
    bool waits = !of || !of->interface || !of->interface->waits || of->interface->waits(opnum);
    if ((u->flags & DCERPC_LAST) && !waits)
        tell(d, f, s, call, &(struct answer){.u = u});
}

/* C706 12.6.4.10. The status is the last thing in the stub. */
static void response(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_pdu *u)
{
    struct ndr r;
    uint8_t level;
    size_t whole;
    struct dcerpc_call *call = find(s, u->call);
    dcerpc_verdict(d, f, s, OUTCOME_SUCCESS);
    if (!call)
        return; /* told at once, or its request was not seen */
    dcerpc_body(u, &r);
    rd_skip(&r.r, REQUEST_HEADER - DCERPC_HEADER);
    struct str part = stub(s, u, &r, &whole, &level);
    call->out_whole += (uint32_t)whole;
    call->sealed = call->sealed || sealed(u, level);
    if (!(u->flags & DCERPC_LAST))
        return;
    struct answer a = {.u = u, .whole = call->out_whole};
    if (!call->sealed && (u->flags & DCERPC_FIRST) && part.n) {
        a.stub = (const uint8_t *)part.p;
        a.n = part.n;
    }
    struct str tail = part.n == whole ? part : u->auth ? STR_NONE : (struct str){(const char *)u->tail, u->ntail};
    if (!call->sealed && whole >= TAIL && tail.n >= TAIL) {
        struct ndr t;
        ndr_open(&t, (const uint8_t *)str_from(tail, tail.n - TAIL).p, TAIL, u->little, false);
        a.status = ndr_u32(&t);
        a.has_status = true;
    }
    tell(d, f, s, call, &a);
}

/* C706 12.6.4.7 */
static void fault(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_pdu *u)
{
    enum { ACCESS_DENIED = 5, SEC_PKG_ERROR = 1825 }; /* MS-ERREF 2.2 */
    struct ndr r;
    dcerpc_body(u, &r);
    rd_skip(&r.r, REQUEST_HEADER - DCERPC_HEADER);
    struct answer a = {.u = u, .faulted = true, .fault = ndr_u32(&r)};
    if (!ndr_ok(&r))
        return;
    /* denied may be who has proven who he is: for the level, by the interface, or because he has not proven it */
    dcerpc_verdict(d, f, s, a.fault == SEC_PKG_ERROR ? OUTCOME_FAILURE : a.fault == ACCESS_DENIED ? OUTCOME_UNKNOWN : OUTCOME_SUCCESS);
    struct dcerpc_call *call = find(s, u->call);
    if (call)
        tell(d, f, s, call, &a);
}

static void orphaned(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_pdu *u)
{
    struct dcerpc_call *call = find(s, u->call);
    if (call)
        tell(d, f, s, call, &(struct answer){.u = NULL});
}

static void pdu(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_pdu *u)
{
    switch (u->type) {
    case DCERPC_REQUEST: request(d, f, s, u); return;
    case DCERPC_RESPONSE: response(d, f, s, u); return;
    case DCERPC_FAULT: fault(d, f, s, u); return;
    case DCERPC_ORPHANED: orphaned(d, f, s, u); return;
    case DCERPC_SHUTDOWN:
    case DCERPC_CANCEL: return; /* a cancelled call still is answered */
    default: dcerpc_bind(d, f, s, u);
    }
}

/* ---- pieces to PDUs ---- */

static void begin_again(struct dcerpc_half *h)
{
    h->gone = h->whole = h->have = 0;
    h->ntail = 0;
    h->hole = false;
}

/* After bytes were lost a piece may begin anywhere. */
static void lose(struct dcerpc_half *h)
{
    begin_again(h);
    h->lost = true;
}

static void last_bytes(struct dcerpc_half *h, struct str s)
{
    if (s.n >= TAIL) {
        memcpy(h->tail, str_from(s, s.n - TAIL).p, TAIL);
        h->ntail = TAIL;
        return;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (h->ntail == TAIL)
            memmove(h->tail, h->tail + 1, TAIL - 1);
        else
            h->ntail++;
        h->tail[h->ntail - 1] = (uint8_t)s.p[i];
    }
}

/* Takes from r what belongs to the unfinished PDU, at most `most` bytes. */
static void collect(struct dcerpc_half *h, struct rd *r, size_t most)
{
    struct str part = rd_str(r, most < rd_left(r) ? most : rd_left(r));
    size_t room = DCERPC_HEAD - h->have, n = part.n < room ? part.n : room;
    if (!h->hole && n) {
        memcpy(h->head + h->have, part.p, n);
        h->have += (uint32_t)n;
    }
    last_bytes(h, part);
    h->gone += (uint32_t)part.n;
}

static void finish(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_piece *piece)
{
    struct dcerpc_half *h = &s->half[!piece->m->from_client];
    struct dcerpc_pdu u = {.m = piece->m, .caller = piece->caller, .p = h->head, .n = h->have, .ntail = h->ntail};
    memcpy(u.tail, h->tail, sizeof u.tail);
    (void)header(h->head, h->have, &u);
    begin_again(h);
    pdu(d, f, s, &u);
    memset(h->head, 0, u.n);
}

/* One step: a whole PDU straight from the piece, or a part of one into the half. False when nothing more can be made of the piece. */
static bool step(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_piece *piece, struct rd *r)
{
    struct dcerpc_half *h = &s->half[!piece->m->from_client];
    struct dcerpc_pdu u = {.m = piece->m, .caller = piece->caller, .p = r->p};
    if (!h->gone && rd_left(r) >= DCERPC_HEADER && header(r->p, rd_left(r), &u) && u.whole <= rd_left(r)) {
        h->lost = false;
        u.n = u.whole;
        rd_skip(r, u.n);
        pdu(d, f, s, &u);
        return true;
    }
    if (!h->whole) {
        collect(h, r, DCERPC_HEADER - h->gone);
        if (h->gone < DCERPC_HEADER)
            return false;
        if (!header(h->head, DCERPC_HEADER, &u)) {
            if (!h->lost)
                netdec_fault(d, piece->m, "not a PDU of DCE/RPC", rd_offset(r));
            lose(h);
            return false;
        }
        h->lost = false;
        h->whole = (uint32_t)u.whole;
    }
    collect(h, r, h->whole - h->gone);
    if (h->gone == h->whole)
        finish(d, f, s, piece);
    return true;
}

/* Bytes of the piece were not captured: they end the unfinished PDU, or lie in it, or nobody knows where the next one begins. */
static void missed(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_piece *piece)
{
    struct dcerpc_half *h = &s->half[!piece->m->from_client];
    size_t missing = piece->whole - piece->n;
    if (!h->whole) {
        lose(h);
        return;
    }
    h->hole = true;
    h->ntail = 0;
    if (missing < h->whole - h->gone) {
        h->gone += (uint32_t)missing;
        return;
    }
    bool more = missing > h->whole - h->gone;
    finish(d, f, s, piece);
    h->lost = more;
}

void dcerpc_bytes(struct decode *d, const struct flow *f, struct dcerpc *s, const struct dcerpc_piece *piece)
{
    struct fault why;
    if (piece->n) {
        struct rd r = rd_of(piece->p, piece->n, &why);
        while (rd_left(&r) && step(d, f, s, piece, &r))
            continue;
    }
    if (piece->whole > piece->n)
        missed(d, f, s, piece);
}

void dcerpc_gap(struct dcerpc *s, bool from_client)
{
    lose(&s->half[!from_client]);
}

void dcerpc_end(struct decode *d, const struct flow *f, struct dcerpc *s)
{
    for (unsigned i = 0; i < DCERPC_CALLS; i++)
        if (s->call[i].set)
            tell(d, f, s, &s->call[i], &(struct answer){.u = NULL});
    auth_abandon(d, f, &s->auth, "RPC");
}
