/* wire/ip.c - IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200).
 *
 * Checksums are not looked at: cards compute them after the capture. A length of zero is what segmentation offload leaves; the frame's
 * is taken. A length beyond the frame means that the rest was not captured. */
#include "wire/wire_private.h"

enum {
    V4_HEAD = 20, V6_HEAD = 40, ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86dd,
    NEXT_HOP = 0, NEXT_TCP = 6, NEXT_UDP = 17, NEXT_ROUTING = 43, NEXT_FRAGMENT = 44, NEXT_AUTH = 51, NEXT_OPTIONS = 60, NEXT_MOBILITY = 135,
    NEXT_HIP = 139, NEXT_SHIM6 = 140
};

static enum layer_result bad(size_t n, size_t whole)
{
    return n < whole ? LAYER_CUT : LAYER_BAD;
}

/* The rest of the reader is the payload of a datagram of `total` bytes, `used` of which were headers. */
static void payload(struct datagram *d, struct rd *r, size_t total, size_t used)
{
    d->whole = total - used;
    d->n = rd_left(r) < d->whole ? rd_left(r) : d->whole;
    d->p = r->p;
}

static enum layer_result read_v4(struct rd r, size_t whole, struct datagram *d)
{
    size_t n = rd_left(&r);
    uint8_t first = rd_u8(&r);
    rd_skip(&r, 1);
    size_t total = rd_u16be(&r), head = (first & 15u) * 4u;
    d->id = rd_u16be(&r);
    uint16_t fragment = rd_u16be(&r);
    rd_skip(&r, 1);
    d->protocol = rd_u8(&r);
    rd_skip(&r, 2);
    d->source = ip_v4(rd_u32be(&r));
    d->destination = ip_v4(rd_u32be(&r));
    if (head > V4_HEAD)
        rd_skip(&r, head - V4_HEAD);
    if (!rd_ok(&r))
        return bad(n, whole);
    if (total == 0)
        total = whole;
    if (first >> 4 != 4 || head < V4_HEAD || total < head)
        return LAYER_BAD;
    d->more = fragment & 0x2000;
    d->at = (fragment & 0x1fffu) * 8u;
    d->fragment = d->more || d->at;
    payload(d, &r, total, head);
    return LAYER_OK;
}

static bool extension(uint8_t next)
{
    switch (next) {
    case NEXT_HOP:
    case NEXT_ROUTING:
    case NEXT_FRAGMENT:
    case NEXT_AUTH:
    case NEXT_OPTIONS:
    case NEXT_MOBILITY:
    case NEXT_HIP:
    case NEXT_SHIM6: return true;
    default: return false;
    }
}

enum layer_result ip_extensions(struct datagram *d)
{
    struct fault f;
    struct rd r = rd_of(d->p, d->n, &f);
    while (rd_ok(&r) && extension(d->protocol) && !d->fragment) {
        uint8_t kind = d->protocol, length;
        d->protocol = rd_u8(&r);
        length = rd_u8(&r);
        if (kind == NEXT_FRAGMENT) {
            uint16_t place = rd_u16be(&r);
            d->id = rd_u32be(&r);
            d->more = place & 1;
            d->at = place & 0xfff8u;
            d->fragment = d->more || d->at; /* one that is whole in itself is none: RFC 6946 */
        } else {
            rd_skip(&r, (kind == NEXT_AUTH ? (length + 2u) * 4u : (length + 1u) * 8u) - 2u);
        }
    }
    if (!rd_ok(&r))
        return bad(d->n, d->whole);
    payload(d, &r, d->whole, rd_offset(&r));
    return LAYER_OK;
}

static enum layer_result read_v6(struct rd r, size_t whole, struct datagram *d)
{
    size_t n = rd_left(&r);
    uint8_t first = rd_u8(&r);
    rd_skip(&r, 3);
    size_t length = rd_u16be(&r);
    d->v6 = true;
    d->protocol = rd_u8(&r);
    rd_skip(&r, 1);
    const uint8_t *from = rd_bytes(&r, 16), *to = rd_bytes(&r, 16);
    if (!from || !to)
        return bad(n, whole);
    if (first >> 4 != 6)
        return LAYER_BAD;
    memcpy(d->source.b, from, 16);
    memcpy(d->destination.b, to, 16);
    payload(d, &r, length ? length + V6_HEAD : whole, V6_HEAD);
    return ip_extensions(d);
}

enum layer_result ip_read(const struct layer *l, struct datagram *out)
{
    uint16_t type = l->type;
    *out = (struct datagram){0};
    if (type == 0 && rd_left(&l->r) > 0)
        type = *l->r.p >> 4 == 4 ? ETHER_IPV4 : *l->r.p >> 4 == 6 ? ETHER_IPV6 : 0;
    if (type == ETHER_IPV4)
        return read_v4(l->r, l->whole, out);
    return type == ETHER_IPV6 ? read_v6(l->r, l->whole, out) : LAYER_UNKNOWN;
}

static void transport(struct wire *w, const struct datagram *d)
{
    if (d->protocol == NEXT_TCP)
        tcp_segment(w, d);
    else if (d->protocol == NEXT_UDP)
        udp_datagram(w, d);
    else
        wire_ignored(w, IGNORED_PROTOCOL, d->protocol);
}

static bool told(struct wire *w, enum layer_result got)
{
    if (got == LAYER_CUT)
        w->counts.cut++;
    if (got == LAYER_BAD)
        wire_malformed(w, "malformed IP header");
    return got != LAYER_OK;
}

void ip_layer(struct wire *w, const struct layer *l, const struct ref *ref)
{
    struct datagram d;
    enum layer_result got = ip_read(l, &d);
    if (got == LAYER_UNKNOWN) {
        wire_ignored(w, IGNORED_ETHER, l->type);
        return;
    }
    if (told(w, got))
        return;
    w->counts.ip++;
    d.ref = *ref;
    if (d.fragment) {
        w->counts.fragments++;
        if (!frag_take(w, &d))
            return;
        if (d.v6 && (told(w, ip_extensions(&d)) || d.fragment))
            return;
    }
    transport(w, &d);
}
