/* decode/spnego.c - NegTokenInit, NegTokenResp and GSS framing around NTLM and Kerberos. */
#include "decode/spnego.h"

#include "base/ber.h"

enum { LAYERS = 6 };

/* Context and application tags: RFC 4178 4.2, RFC 2743 3.1, RFC 4120 5.10. */
enum {
    GSS = 0x60,
    INIT = 0xa0,
    RESP = 0xa1,
    MECH_TYPES = 0xa0,
    STATE = 0xa0,
    CHOSEN = 0xa1,
    TOKEN = 0xa2,
    OID = 0x06,
    AP_REQ = 0x6e,
    AP_REP = 0x6f,
    KRB_ERROR = 0x7e
};

struct oid {
    size_t n;
    uint8_t b[11];
    enum spnego_mech mech;
};

static const struct oid oids[] = {
    {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}, SPNEGO_KERBEROS},        /* 1.2.840.113554.1.2.2, RFC 4121 */
    {9, {0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02}, SPNEGO_KERBEROS},        /* 1.2.840.48018.1.2.2, MS-SPNG 1.9 */
    {10, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03}, SPNEGO_KERBEROS}, /* ... .3, user to user */
    {6, {0x2b, 0x06, 0x01, 0x05, 0x02, 0x05}, SPNEGO_KERBEROS},                          /* 1.3.6.1.5.2.5, IAKERB */
    {10, {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a}, SPNEGO_NTLM},     /* 1.3.6.1.4.1.311.2.2.10 */
    {10, {0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1e}, SPNEGO_NEGOEX},   /* 1.3.6.1.4.1.311.2.2.30 */
};

static const struct oid spnego = {6, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}, SPNEGO_NO_MECH}; /* 1.3.6.1.5.5.2 */

static bool is_oid(const struct rd *r, const struct oid *o)
{
    return rd_left(r) == o->n && memcmp(r->p, o->b, o->n) == 0;
}

static enum spnego_mech mech_of(const struct rd *r)
{
    for (size_t i = 0; i < sizeof oids / sizeof *oids; i++)
        if (is_oid(r, &oids[i]))
            return oids[i].mech;
    return SPNEGO_UNKNOWN_MECH;
}

/* An element like ber_any's, but clipped where the capture ends. */
static uint8_t element(struct rd *r, bool cut, struct rd *content)
{
    if (!cut)
        return ber_any(r, content);
    uint8_t tag = rd_u8(r);
    size_t n = rd_u8(r);
    unsigned bytes = n & 0x80 ? (unsigned)(n & 0x7f) : 0;
    if (bytes > 4)
        rd_fail(r, "ASN.1 length of more than four bytes");
    for (n = bytes ? 0 : n; bytes && rd_ok(r); bytes--)
        n = n << 8 | rd_u8(r);
    *content = rd_sub(r, n < rd_left(r) ? n : rd_left(r));
    return rd_ok(r) ? tag : 0;
}

static struct rd of_tag(struct rd *r, bool cut, uint8_t tag)
{
    struct rd content;
    if (rd_left(r) && *r->p != tag)
        rd_fail(r, "unexpected ASN.1 tag");
    element(r, cut, &content);
    return content;
}

/* What an element of NegTokenInit (RFC 4178 4.2.1, MS-SPNG 2.2.1) or NegTokenResp (4.2.2) says; those not named here are the hints and
 * the MIC, which say nothing of identities. */
static void part(uint8_t tag, struct rd *c, bool cut, bool init, struct spnego *out)
{
    if (tag == TOKEN) {
        out->token = of_tag(c, cut, BER_OCTETS);
        out->inner = SPNEGO_OTHER; /* until it is looked at */
    } else if (init && tag == MECH_TYPES) {
        struct rd list = of_tag(c, cut, BER_SEQUENCE);
        if (rd_left(&list)) {
            struct rd first = of_tag(&list, cut, OID);
            out->mech = mech_of(&first);
        }
    } else if (!init && tag == STATE) {
        out->state = (uint8_t)ber_int(c, BER_ENUMERATED);
        out->has_state = rd_ok(c);
    } else if (!init && tag == CHOSEN) {
        struct rd chosen = of_tag(c, cut, OID);
        out->mech = mech_of(&chosen);
    }
}

/* Takes off one layer: out->token is then what it holds. */
static void negotiation(struct rd *r, bool cut, bool init, struct spnego *out)
{
    struct rd outer = of_tag(r, cut, init ? INIT : RESP);
    struct rd list = of_tag(&outer, cut, BER_SEQUENCE), c;
    out->inner = SPNEGO_EMPTY;
    while (rd_left(&list) && rd_ok(&list)) {
        uint8_t tag = element(&list, cut, &c);
        if (cut && rd_left(&c) == 0)
            break;
        part(tag, &c, cut, init, out);
    }
}

/* RFC 2743 3.1; inside, Kerberos has two bytes of its own before each message (RFC 4121 4.1). */
static void gss(struct rd *r, bool cut, struct spnego *out)
{
    enum { TOKEN_ID = 2 };
    struct rd inner = of_tag(r, cut, GSS), oid = of_tag(&inner, cut, OID);
    out->token = inner;
    if (is_oid(&oid, &spnego))
        return;
    out->mech = mech_of(&oid);
    if (out->mech == SPNEGO_KERBEROS && rd_left(&out->token) > TOKEN_ID)
        rd_skip(&out->token, TOKEN_ID);
}

static enum spnego_inner told_by(const struct rd *r)
{
    size_t n = rd_left(r);
    if (n == 0)
        return SPNEGO_EMPTY;
    if (n >= 8 && memcmp(r->p, "NTLMSSP\0", 8) == 0)
        return SPNEGO_NTLMSSP;
    return *r->p == AP_REQ ? SPNEGO_AP_REQ : *r->p == AP_REP ? SPNEGO_AP_REP : *r->p == KRB_ERROR ? SPNEGO_KRB_ERROR : SPNEGO_OTHER;
}

void spnego_read(struct rd *r, bool cut, struct spnego *out)
{
    *out = (struct spnego){.token = *r};
    for (unsigned layer = 0; layer < LAYERS && rd_ok(r); layer++) {
        struct rd at = out->token;
        out->inner = told_by(&at);
        if (out->inner != SPNEGO_OTHER)
            return;
        if (*at.p == GSS)
            gss(&at, cut, out);
        else if (*at.p == INIT || *at.p == RESP)
            negotiation(&at, cut, *at.p == INIT, out);
        else
            return;
        if (out->inner == SPNEGO_EMPTY)
            return;
    }
}
