/* decode/net_dhcp.c - DHCP on the wire: which computer has which address (RFC 2131, options of RFC 2132 and 4702).
 *
 * Read for name resolution alone: a client that asks for an address and says its name, and a server that leases it. */
#include "decode/netdec.h"

enum { OP_REPLY = 2, MAGIC = 0x63825363, MESSAGE_REQUEST = 3, MESSAGE_ACK = 5 };
enum { OPTION_PAD = 0, OPTION_HOST_NAME = 12, OPTION_REQUESTED = 50, OPTION_LEASE = 51, OPTION_MESSAGE = 53, OPTION_FQDN = 81, OPTION_END = 255 };
enum { CERTAIN_LEASE = 95, CERTAIN_REQUEST = 60 };

struct lease {
    uint8_t op, type;
    uint32_t client, yours, requested, seconds;
    struct str host;
};

/* RFC 4702 2.1: flags, two dead bytes, then the name as text or, with flag E (4), as labels, of which the first is enough. */
static struct str fqdn(struct rd r)
{
    uint8_t flags = rd_u8(&r);
    rd_skip(&r, 2);
    size_t n = flags & 4 ? rd_u8(&r) : rd_left(&r);
    return rd_str(&r, n);
}

static void option(struct lease *l, uint8_t code, struct rd r)
{
    size_t n = rd_left(&r);
    switch (code) {
    case OPTION_HOST_NAME:
        if (!str_set(l->host))
            l->host = rd_str(&r, n);
        break;
    case OPTION_FQDN:
        if (n > 3)
            l->host = fqdn(r);
        break;
    case OPTION_REQUESTED: l->requested = n == 4 ? rd_u32be(&r) : 0; break;
    case OPTION_LEASE: l->seconds = n == 4 ? rd_u32be(&r) : 0; break;
    case OPTION_MESSAGE: l->type = n == 1 ? rd_u8(&r) : 0; break;
    default: break;
    }
}

/* RFC 2131 2 */
static void read_lease(struct rd *r, struct lease *l)
{
    *l = (struct lease){.op = rd_u8(r)};
    rd_skip(r, 11);
    l->client = rd_u32be(r);
    l->yours = rd_u32be(r);
    rd_skip(r, 4 + 4 + 16 + 64 + 128);
    if (rd_u32be(r) != MAGIC)
        rd_fail(r, "BOOTP without DHCP options");
    while (rd_ok(r) && rd_left(r)) {
        uint8_t code = rd_u8(r);
        if (code == OPTION_PAD)
            continue;
        if (code == OPTION_END)
            break;
        size_t n = rd_u8(r);
        option(l, code, rd_sub(r, n));
    }
}

/* A name that a computer can have: letters, digits, hyphen, dots. */
static bool plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = str_lower_char(s.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'))
            return false;
    }
    return s.n > 0;
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct fault why;
    struct lease l;
    struct rd r = rd_of(m->p, m->n, &why);
    read_lease(&r, &l);
    while (l.host.n && l.host.p[l.host.n - 1] == '\0')
        l.host.n--;
    bool granted = l.op == OP_REPLY && l.type == MESSAGE_ACK;
    bool asked = l.op != OP_REPLY && l.type == MESSAGE_REQUEST;
    uint32_t address = granted ? l.yours : l.requested ? l.requested : l.client;
    if (!rd_ok(&r) && m->n == m->whole)
        netdec_fault(d, m, why.why, why.offset);
    if (!(granted || asked) || !address || !plain(l.host)) {
        if (rd_ok(&r))
            decode_ignored(d, STR("DHCP without both a name and an address"));
        return;
    }
    struct activity *a = netdec_now(d, f, m, KIND_NAME_SEEN, PROTO_DHCP);
    a->outcome = granted ? OUTCOME_SUCCESS : OUTCOME_UNKNOWN;
    a->ip = ip_v4(address);
    a->port = 0;
    a->destination_ip = (struct ip){{0}};
    a->device = l.host;
    a->device_certainty = granted ? CERTAIN_LEASE : CERTAIN_REQUEST;
    decode_str(d, FACT_OPERATION, granted ? STR("DHCP lease") : STR("DHCP request"));
    if (granted && l.seconds)
        decode_u64(d, FACT_SECONDS, l.seconds);
    (void)decode_emit(d);
}

const struct netdecoder net_dhcp = {
    .name = "dhcp",
    .about = "DHCP: which computer has which address, for name resolution.",
    .udp = {67, 68},
    .message = message,
};
