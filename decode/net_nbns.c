/* decode/net_nbns.c - NetBIOS name service on the wire: which name has which address (RFC 1001, RFC 1002 4.2).
 *
 * Read for name resolution alone: registrations, refreshes and positive answers of computers' own names. */
#include "decode/dnsmsg.h"
#include "decode/netdec.h"

enum { TYPE_NB = 0x20, OP_QUERY = 0, OP_REGISTER = 5, OP_REFRESH = 8, OP_REFRESH_ALT = 9, GROUP = 0x8000, SUFFIX_WORKSTATION = 0, SUFFIX_SERVER = 0x20 };
enum { CERTAIN = 70, RAW = 32, NAME = 15 };

/* RFC 1001 14.1: sixteen bytes, each as two letters from A; the last byte is the kind of name. Absent for groups' and other names. */
static struct str computer(struct decode *d, struct str label)
{
    char name[NAME];
    size_t n = 0;
    uint8_t byte = 0;
    if (label.n < RAW || (label.n > RAW && label.p[RAW] != '.'))
        return STR_NONE;
    for (size_t i = 0; i < RAW; i++) {
        unsigned v = (unsigned)(unsigned char)label.p[i] - 'A';
        if (v > 15)
            return STR_NONE;
        byte = (uint8_t)(i % 2 ? (unsigned)byte << 4 | v : v);
        if (i % 2 && i / 2 < NAME)
            name[n++] = (char)byte;
    }
    while (n && name[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < n; i++)
        if (name[i] <= ' ' || name[i] > '~')
            return STR_NONE;
    return n && (byte == SUFFIX_WORKSTATION || byte == SUFFIX_SERVER) ? str_dup(d->arena, (struct str){name, n}) : STR_NONE;
}

struct seen {
    struct str name;
    uint32_t address, ttl;
};

static bool record(struct decode *d, struct rd *r, const struct rd *whole, struct seen *out)
{
    struct dns_record x;
    dns_record(d, r, whole, &x);
    if (!rd_ok(r) || x.type != TYPE_NB || rd_left(&x.data) < 6)
        return false;
    bool group = rd_u16be(&x.data) & GROUP; /* RFC 1002 4.2.1.3, NB_FLAGS */
    *out = (struct seen){.name = computer(d, x.name), .address = rd_u32be(&x.data), .ttl = x.ttl};
    return !group && str_set(out->name) && out->address;
}

/* The record that says name and address: an answer's first, or what a registration adds. */
static bool find(struct decode *d, struct rd *r, const struct rd *whole, const struct dns_head *h, struct seen *out)
{
    unsigned n = h->response ? h->count[DNS_ANSWER] : h->count[DNS_ADDITIONAL];
    for (unsigned i = 0; i < h->count[DNS_QUESTION] && rd_ok(r); i++) {
        (void)dns_name(d, r, whole);
        rd_skip(r, 4);
    }
    return n > 0 && rd_ok(r) && record(d, r, whole, out);
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct fault why;
    struct dns_head h;
    struct seen seen;
    struct rd whole = rd_of(m->p, m->n, &why), r = whole;
    dns_head(&r, &h);
    uint8_t op = h.opcode;
    bool claim = !h.response && (op == OP_REGISTER || op == OP_REFRESH || op == OP_REFRESH_ALT);
    bool answer = h.response && op == OP_QUERY && (h.rcode & 15) == 0;
    bool found = rd_ok(&r) && (claim || answer) && find(d, &r, &whole, &h, &seen);
    if (!rd_ok(&r) && m->n == m->whole)
        netdec_fault(d, m, why.why, why.offset);
    if (!found) {
        if (rd_ok(&r))
            decode_ignored(d, STR("NetBIOS name service message without a computer's name and address"));
        return;
    }
    struct activity *a = netdec_now(d, f, m, KIND_NAME_SEEN, PROTO_NBNS);
    a->ip = ip_v4(seen.address);
    a->port = 0;
    a->destination_ip = (struct ip){{0}};
    a->device = seen.name;
    a->device_certainty = CERTAIN;
    decode_str(d, FACT_OPERATION, answer ? STR("NetBIOS answer") : STR("NetBIOS registration"));
    if (seen.ttl)
        decode_u64(d, FACT_SECONDS, seen.ttl);
    (void)decode_emit(d);
}

const struct netdecoder net_nbns = {
    .name = "nbns",
    .about = "NetBIOS name service: which name has which address, for name resolution.",
    .udp = {137},
    .message = message,
};
