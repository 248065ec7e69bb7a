/* decode/net_cldap.c - LDAP over UDP (MS-ADTS 6.3.3, RFC 1798): computers that look for a domain controller, and who answers as one.
 *
 * Pings say nothing that matters and are only counted. The answer (NETLOGON_SAM_LOGON_RESPONSE_EX, MS-ADTS 6.3.1.9) names the controller at the
 * server's address: "network name seen" by "NETLOGON", once a conversation. */
#include "decode/ldapmsg.h"

enum { RESPONSE_EX = 23, USER_UNKNOWN_EX = 25, BLOCKED_EX = 26 }; /* opcodes, MS-ADTS 6.3.1.3 */
enum { NAME = 255, HOPS = 16 };

struct state {
    bool told; /* the controller's name */
};

struct name {
    char p[NAME];
    size_t n;
};

/* Compressed name (RFC 1035 4.1.4), offsets from the start of the structure. */
static struct str dns_name(struct rd *r, struct name *to)
{
    struct rd root = {r->origin, r->end, r->origin, r->fault}, at = *r;
    bool away = false;
    unsigned hops = 0;
    to->n = 0;
    while (hops < HOPS) {
        uint8_t n = rd_u8(&at);
        if (n == 0 || !rd_ok(&at))
            break;
        if (n >= 0xc0) {
            size_t to_offset = (size_t)(n & 0x3f) << 8 | rd_u8(&at);
            if (!away)
                r->p = at.p;
            away = true;
            hops++;
            at = root;
            rd_skip(&at, to_offset);
            continue;
        }
        struct rd label = rd_sub(&at, n);
        struct str text = ldapmsg_text(&label, NAME);
        if (to->n + text.n + 1 > NAME)
            break;
        if (to->n)
            to->p[to->n++] = '.';
        if (text.n)
            memcpy(to->p + to->n, text.p, text.n);
        to->n += text.n;
    }
    if (!away)
        r->p = at.p;
    if (hops == HOPS)
        rd_fail(r, "name of pointers that lead to each other");
    return to->n && hops < HOPS ? (struct str){to->p, to->n} : STR_NONE;
}

static void netlogon(struct decode *d, struct flow *f, const struct message *m, struct rd v)
{
    struct state *s = f->state;
    struct fault fault;
    struct name forest, domain, host;
    struct rd r = rd_of(v.p, rd_left(&v), &fault); /* names are found from its first byte */
    uint16_t opcode = rd_u16le(&r);
    rd_skip(&r, 2 + 4 + 16); /* Sbz, Flags, DomainGuid */
    if ((opcode != RESPONSE_EX && opcode != USER_UNKNOWN_EX && opcode != BLOCKED_EX) || !rd_ok(&r))
        return;
    (void)dns_name(&r, &forest);
    struct str of = dns_name(&r, &domain), who = dns_name(&r, &host);
    if (!rd_ok(&r) && m->n == m->whole)
        netdec_fault(d, m, fault.why, fault.offset + (size_t)(v.p - v.origin));
    if (!rd_ok(&r) || !str_set(who) || s->told)
        return;
    struct activity *a = netdec_now(d, f, m, KIND_NAME_SEEN, PROTO_LDAP);
    a->outcome = OUTCOME_SUCCESS;
    a->instance = of;
    a->device = who;
    a->ip = f->server;
    a->port = 0;
    a->destination_ip = (struct ip){0};
    decode_str(d, FACT_OPERATION, STR("NETLOGON"));
    s->told = true;
    (void)decode_emit(d);
}

/* SearchResultEntry, RFC 4511 4.5.2. */
static void entry(struct decode *d, struct flow *f, const struct message *m, struct rd *body)
{
    struct rd v;
    (void)ber_get(body, BER_OCTETS);
    struct rd list = ber_get(body, BER_SEQUENCE);
    while (rd_left(&list)) {
        struct rd one = ber_get(&list, BER_SEQUENCE), type = ber_get(&one, BER_OCTETS), values = ber_get(&one, BER_SET);
        if (str_eqi(ldapmsg_text(&type, 64), STR("netlogon")) && ber_opt(&values, BER_OCTETS, &v))
            netlogon(d, f, m, v);
    }
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct fault fault;
    struct rd r = rd_of(m->p, m->n, &fault);
    bool cut = m->n < m->whole;
    while (rd_left(&r)) { /* the entry and the end of the search come in one datagram */
        struct ldapmsg l;
        ldapmsg_read(&r, cut, &l);
        if (!rd_ok(&r))
            break;
        if (l.op == LDAP_ENTRY)
            entry(d, f, m, &l.body);
        else if (l.op == LDAP_SEARCH)
            decode_ignored(d, STR("CLDAP ping"));
        else if (l.op != LDAP_SEARCH_DONE)
            decode_ignored(d, STR("CLDAP operation other than a search"));
    }
    if (!rd_ok(&r) && !cut)
        netdec_fault(d, m, fault.why, fault.offset);
}

static enum claim claims(const uint8_t *p, size_t n, bool from_client)
{
    return ldapmsg_begins(p, n, from_client ? LDAPMSG_CLIENT : LDAPMSG_SERVER) == CLAIM_YES ? CLAIM_YES : CLAIM_NO;
}

const struct netdecoder net_cldap = {
    .name = "cldap",
    .about = "LDAP over UDP: which domain controllers answer to the search for one, and their names.",
    .udp = {389},
    .state_size = sizeof(struct state),
    .claims = claims,
    .message = message,
};
