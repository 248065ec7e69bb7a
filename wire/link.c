/* wire/link.c - takes the link layer off a packet.
 *
 * Ethernet (IEEE 802.3) with 802.1Q and 802.1ad tags, Linux cooked capture (LINKTYPE_LINUX_SLL, _SLL2), BSD loopback, raw IP. */
#include "wire/wire_private.h"

enum {
    LINKTYPE_NULL = 0, LINKTYPE_ETHERNET = 1, LINKTYPE_DLT_RAW = 12, LINKTYPE_DLT_RAW_OPENBSD = 14, LINKTYPE_RAW = 101, LINKTYPE_LOOP = 108,
    LINKTYPE_LINUX_SLL = 113, LINKTYPE_IPV4 = 228, LINKTYPE_IPV6 = 229, LINKTYPE_LINUX_SLL2 = 276,
    ETHER_VLAN = 0x8100, ETHER_QINQ = 0x88a8, ETHER_QINQ_OLD = 0x9100, ETHER_LEAST = 0x600, ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86dd,
    TAGS_MAX = 4, SNAP = 0xaaaa03
};

/* Passes the tags of 802.1Q, and LLC/SNAP (RFC 1042) where a length stands instead of a type. */
static uint16_t ether_type(struct rd *r, uint16_t type)
{
    for (int i = 0; i < TAGS_MAX && (type == ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD); i++) {
        rd_skip(r, 2);
        type = rd_u16be(r);
    }
    if (type < ETHER_LEAST && rd_left(r) >= 8) {
        struct rd llc = *r;
        uint32_t head = (uint32_t)rd_u16be(&llc) << 8;
        head |= rd_u8(&llc);
        rd_skip(&llc, 3);
        uint16_t inner = rd_u16be(&llc);
        if (head == SNAP && inner >= ETHER_LEAST) {
            *r = llc;
            return inner;
        }
    }
    return type;
}

/* The address family, in the byte order of the machine that captured: 2 is IPv4; 10, 24, 28, 30 are IPv6 of Linux and the BSDs. */
static uint16_t loopback(struct rd *r)
{
    uint32_t family = rd_u32be(r);
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    if (family == 2)
        return ETHER_IPV4;
    return family == 10 || family == 24 || family == 28 || family == 30 ? ETHER_IPV6 : 1;
}

static bool strip(uint32_t link, struct rd *r, uint16_t *type)
{
    switch (link) {
    case LINKTYPE_ETHERNET:
        rd_skip(r, 12);
        *type = rd_u16be(r);
        *type = ether_type(r, *type);
        return true;
    case LINKTYPE_LINUX_SLL:
        rd_skip(r, 14);
        *type = rd_u16be(r);
        *type = ether_type(r, *type);
        return true;
    case LINKTYPE_LINUX_SLL2:
        *type = rd_u16be(r);
        rd_skip(r, 18);
        *type = ether_type(r, *type);
        return true;
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP: *type = loopback(r); return true;
    case LINKTYPE_DLT_RAW:
    case LINKTYPE_DLT_RAW_OPENBSD:
    case LINKTYPE_RAW: *type = 0; return true;
    case LINKTYPE_IPV4: *type = ETHER_IPV4; return true;
    case LINKTYPE_IPV6: *type = ETHER_IPV6; return true;
    default: return false;
    }
}

enum layer_result link_strip(const struct packet *p, struct layer *out, struct fault *fault)
{
    out->r = rd_of(p->p, p->n, fault);
    if (!strip(p->link, &out->r, &out->type))
        return LAYER_UNKNOWN;
    if (!rd_ok(&out->r))
        return p->n < p->whole ? LAYER_CUT : LAYER_BAD;
    out->whole = (p->whole > p->n ? p->whole : p->n) - rd_offset(&out->r);
    return LAYER_OK;
}
