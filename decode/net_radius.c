/* decode/net_radius.c - RADIUS on the wire: who connected to a VPN from where (RFC 2865, RFC 2866, RFC 2868; MS-RNAP for the client's name).
 *
 * The start of a session (accounting) is the connection, a rejected request a failed one; accepted requests are followed by accounting. Switches and
 * access points speak RADIUS, too (802.1X): what says that it is of one is no VPN. */
#include "base/utf.h"
#include "decode/netdec.h"

enum { ACCESS_REQUEST = 1, ACCESS_ACCEPT = 2, ACCESS_REJECT = 3, ACCOUNTING_REQUEST = 4, HEAD = 20, STATUS_START = 1, PENDING = 2 };
enum { USER_NAME = 1, NAS_IP = 4, FRAMED_IP = 8, VENDOR = 26, CALLING_STATION = 31, NAS_IDENTIFIER = 32, STATUS_TYPE = 40, SESSION_ID = 44,
       PORT_TYPE = 61, CLIENT_ENDPOINT = 66 };
enum { PORT_ETHERNET = 15, PORT_WIRELESS = 19 }; /* RFC 2865 5.41 */
enum { VENDOR_MICROSOFT = 311, MS_RAS_CLIENT_NAME = 34 };

struct connection {
    bool set;
    uint8_t id;
    uint32_t status, nas_ip, framed_ip, port_type;
    struct netref ref;
    NETDEC_TEXT(128) user;
    NETDEC_TEXT(64) calling;  /* the client's address, or its telephone number */
    NETDEC_TEXT(64) endpoint;
    NETDEC_TEXT(64) nas;
    NETDEC_TEXT(64) session;
    NETDEC_TEXT(64) device;
};

struct state {
    unsigned next;
    struct connection waiting[PENDING]; /* requests for access */
};

static void microsoft(struct rd r, struct connection *c)
{
    if (rd_u32be(&r) != VENDOR_MICROSOFT)
        return;
    while (rd_ok(&r) && rd_left(&r) >= 2) {
        uint8_t type = rd_u8(&r), n = rd_u8(&r);
        if (n < 2)
            return;
        struct str value = rd_str(&r, n - 2u);
        while (value.n && value.p[value.n - 1] == '\0')
            value.n--;
        if (type == MS_RAS_CLIENT_NAME)
            netdec_keep(&c->device, value);
    }
}

static void attribute(struct connection *c, uint8_t type, struct rd r)
{
    struct rd number = r;
    struct str text = rd_str(&r, rd_left(&r));
    switch (type) {
    case USER_NAME: netdec_keep(&c->user, text); break;
    case NAS_IP: c->nas_ip = rd_left(&number) == 4 ? rd_u32be(&number) : 0; break;
    case FRAMED_IP: c->framed_ip = rd_left(&number) == 4 ? rd_u32be(&number) : 0; break;
    case CALLING_STATION: netdec_keep(&c->calling, text); break;
    case NAS_IDENTIFIER: netdec_keep(&c->nas, text); break;
    case STATUS_TYPE: c->status = rd_left(&number) == 4 ? rd_u32be(&number) : 0; break;
    case PORT_TYPE: c->port_type = rd_left(&number) == 4 ? rd_u32be(&number) : 0; break;
    case SESSION_ID: netdec_keep(&c->session, text); break;
    case CLIENT_ENDPOINT: /* RFC 2868 3.3: may begin with a tag below 0x20 */
        netdec_keep(&c->endpoint, text.n && (unsigned char)text.p[0] < 0x20 ? str_from(text, 1) : text);
        break;
    default: break;
    }
}

#define TEXT(d, kept) utf_clean((d)->arena, netdec_kept(kept))

static void tell(struct decode *d, const struct flow *f, const struct connection *c, enum outcome outcome)
{
    char framed[IP_TEXT];
    struct ip given = ip_v4(c->framed_ip);
    struct activity *a = netdec_begin(d, f, &c->ref, KIND_VPN_CONNECTION, PROTO_RADIUS);
    a->outcome = outcome;
    a->ip = (struct ip){{0}};
    a->port = 0;
    decode_account(&a->actor, TEXT(d, &c->user));
    decode_ip(d, netdec_kept(&c->calling));
    if (!ip_set(&a->ip))
        decode_ip(d, netdec_kept(&c->endpoint));
    a->device = TEXT(d, &c->device);
    a->device_certainty = str_set(a->device) ? 50 : 0; /* the client's word */
    a->destination = TEXT(d, &c->nas);
    a->destination_ip = c->nas_ip ? ip_v4(c->nas_ip) : f->client;
    a->session = TEXT(d, &c->session);
    if (c->framed_ip)
        decode_str(d, FACT_ASSIGNED_IP, ip_text(&given, framed));
    (void)decode_emit(d);
}

static bool attributes(struct rd *r, struct connection *c)
{
    while (rd_ok(r) && rd_left(r)) {
        uint8_t type = rd_u8(r), n = rd_u8(r);
        if (n < 2) {
            rd_fail(r, "a RADIUS attribute is shorter than its head");
            break;
        }
        struct rd value = rd_sub(r, n - 2u);
        if (rd_ok(r) && type == VENDOR)
            microsoft(value, c);
        else if (rd_ok(r))
            attribute(c, type, value);
    }
    return rd_ok(r);
}

static void answered(struct decode *d, struct flow *f, uint8_t id, bool rejected)
{
    struct state *s = f->state;
    for (unsigned i = 0; i < PENDING; i++) {
        struct connection *c = &s->waiting[i];
        if (!c->set || c->id != id)
            continue;
        c->set = false;
        if (rejected && c->user.n)
            tell(d, f, c, OUTCOME_FAILURE);
    }
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct state *s = f->state;
    struct fault why;
    struct connection c = {.set = true};
    struct rd r = rd_of(m->p, m->n, &why);
    uint8_t code = rd_u8(&r);
    c.id = rd_u8(&r);
    size_t length = rd_u16be(&r);
    rd_skip(&r, HEAD - 4); /* authenticator */
    if (rd_ok(&r) && length < HEAD)
        rd_fail(&r, "a RADIUS message states less than its header");
    struct rd body = rd_ok(&r) && length - HEAD < rd_left(&r) ? rd_sub(&r, length - HEAD) : r; /* RFC 2865 3: the rest is padding */
    netdec_ref(f, m, 0, &c.ref);
    if (!attributes(&body, &c) && m->n == m->whole)
        netdec_fault(d, m, why.why, why.offset);
    if (why.why && m->n == m->whole)
        return;
    if (c.port_type == PORT_ETHERNET || c.port_type == PORT_WIRELESS) {
        decode_ignored(d, STR("RADIUS of a switch port or of Wi-Fi, which is no VPN"));
        return;
    }
    switch (code) {
    case ACCOUNTING_REQUEST:
        if (c.status == STATUS_START && c.user.n)
            tell(d, f, &c, OUTCOME_SUCCESS);
        else
            decode_ignored(d, STR("RADIUS accounting that begins no session"));
        break;
    case ACCESS_REQUEST: s->waiting[s->next++ % PENDING] = c; break;
    case ACCESS_ACCEPT:
    case ACCESS_REJECT: answered(d, f, c.id, code == ACCESS_REJECT); break;
    default: decode_ignored(d, STR("RADIUS challenge, accounting response or another code"));
    }
}

const struct netdecoder net_radius = {
    .name = "radius",
    .about = "RADIUS: VPN connections that began (accounting) or were rejected.",
    .udp = {1813, 1812, 1646, 1645},
    .state_size = sizeof(struct state),
    .head = 4096,
    .message = message,
};
