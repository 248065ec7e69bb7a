/* decode/ldapsasl.c - takes LDAP messages out of signed GSS-API, NTLM and DIGEST-MD5 buffers. */
#include "decode/ldapsasl.h"

enum { LENGTH = 4, MOST = 1 << 24, WRAP_KRB5 = 16, WRAP_NTLM = 16, DIGEST_MAC = 16, SEALED = 2 };

/* The mechanism's header: RFC 4121 4.2.6.2 (05 04), RFC 4757 7.3 (60, then 1.2.840.113554.1.2.2), MS-NLMP 2.2.2.9 (version 1), or an LDAP
 * message (DIGEST-MD5, RFC 2831 2.3: the MAC is behind it). */
static bool header(const uint8_t *p, size_t n)
{
    static const uint8_t ntlm[4] = {1, 0, 0, 0};
    bool krb5 = p[0] == 5 && p[1] == 4 && p[3] == 0xff;
    return krb5 || memcmp(p, ntlm, sizeof ntlm) == 0 || p[0] == 0x60 || ldapmsg_begins(p, n, LDAPMSG_ANY) != CLAIM_NO;
}

static size_t stated(const uint8_t *p)
{
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

ptrdiff_t ldapsasl_length(const uint8_t *p, size_t n)
{
    if (n >= 1 && p[0] != 0)
        return -1;
    if (n < LENGTH + 4)
        return 0;
    size_t whole = stated(p);
    return whole > WRAP_NTLM && whole < MOST && header(p + LENGTH, n - LENGTH) ? (ptrdiff_t)(LENGTH + whole) : -1;
}

/* On any port only what cannot be anything else: Kerberos. */
enum claim ldapsasl_begins(const uint8_t *p, size_t n)
{
    ptrdiff_t whole = ldapsasl_length(p, n);
    if (whole <= 0)
        return whole < 0 ? CLAIM_NO : CLAIM_MORE;
    return p[LENGTH] == 5 && p[LENGTH + 1] == 4 && (p[LENGTH + 2] & ~7u) == 0 && p[LENGTH + 3] == 0xff ? CLAIM_YES : CLAIM_NO;
}

/* Reads the header of RFC 2743 3.1 for Kerberos. */
static bool framed(struct rd *r)
{
    static const uint8_t krb5[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2};
    struct rd c;
    if (ldapmsg_element(r, true, &c) != 0x60)
        return false;
    const uint8_t *oid = rd_bytes(&c, sizeof krb5);
    *r = c;
    return oid && memcmp(oid, krb5, sizeof krb5) == 0;
}

bool ldapsasl_wrapped(struct rd token)
{
    struct fault fault;
    struct rd r = rd_of(token.p, rd_left(&token), &fault);
    if (rd_left(&r) >= 2 && r.p[0] == 5 && r.p[1] == 4)
        return true;
    return rd_left(&r) && r.p[0] == 0x60 && framed(&r) && rd_u16be(&r) == 0x0201;
}

/* RFC 4121 4.2.4 and 4.2.5: the checksum of EC bytes is behind the text, and all of it is rotated right by RRC. */
static bool open_krb5(struct rd *r)
{
    (void)rd_u16be(r);
    uint8_t flags = rd_u8(r);
    (void)rd_u8(r);
    size_t ec = rd_u16be(r), rrc = rd_u16be(r);
    rd_skip(r, 8);
    if (!rd_ok(r) || flags & SEALED || rrc > ec || ec > rd_left(r))
        return false;
    r->end -= ec - rrc;
    rd_skip(r, rrc);
    return rd_ok(r);
}

/* RFC 4757 7.3: SEAL_ALG of all ones is none; then filler, sequence, checksum and confounder; a byte of padding is last. */
static bool open_rc4(struct rd *r)
{
    if (!framed(r) || rd_u16be(r) != 0x0201)
        return false;
    (void)rd_u16be(r);
    bool sealed = rd_u16be(r) != 0xffff;
    rd_skip(r, 2 + 8 + 8 + 8);
    if (!rd_ok(r) || sealed || rd_left(r) == 0)
        return false;
    r->end--;
    return true;
}

bool ldapsasl_open(const uint8_t *p, size_t n, bool going_on, struct rd *out, struct fault *fault)
{
    struct rd r = rd_of(p, n, fault);
    rd_skip(&r, LENGTH);
    if (rd_left(&r) < WRAP_KRB5)
        return false;
    if (r.p[0] == 5 && r.p[1] == 4) {
        if (!open_krb5(&r))
            return false;
    } else if (r.p[0] == 0x60) {
        if (!open_rc4(&r))
            return false;
    } else if (ldapmsg_begins(r.p, rd_left(&r), LDAPMSG_ANY) == CLAIM_YES) {
        r.end -= rd_left(&r) > DIGEST_MAC ? DIGEST_MAC : 0;
    } else {
        rd_skip(&r, WRAP_NTLM);
    }
    *out = r;
    return rd_ok(&r) && (going_on || ldapmsg_begins(r.p, rd_left(&r), LDAPMSG_ANY) == CLAIM_YES);
}
