/* decode/ntlmssp.c - NEGOTIATE, CHALLENGE and AUTHENTICATE of NTLM (MS-NLMP 2.2.1). */
#include "decode/ntlmssp.h"

#include "base/utf.h"

enum {
    V1_LENGTH = 24,     /* MS-NLMP 2.2.2.3, 2.2.2.6 */
    V2_PAIRS = 16 + 28, /* AV pairs in an NTLMv2 response: 2.2.2.8, 2.2.2.7 */
    VERSION_AT = 64,    /* of AUTHENTICATE, when nothing of the payload lies there */
    MIC_AT = 72,
    MIC_END = 88
};

/* A field of the payload: MS-NLMP 2.2.1.1, DomainNameFields and the like. */
struct field {
    uint16_t n;
    uint32_t at;
};

static struct field field(struct rd *r)
{
    struct field f;
    f.n = rd_u16le(r);
    rd_skip(r, 2); /* room, which readers ignore */
    f.at = rd_u32le(r);
    return f;
}

/* The field's bytes; none where they were not captured. Clipped when they were in part. */
static struct str bytes_of(const struct rd *message, bool cut, struct field f)
{
    struct rd s = *message;
    if (!f.n)
        return STR_NONE;
    size_t left = rd_left(&s);
    if (cut && (f.at >= left || f.n > left - f.at)) {
        if (f.at >= left)
            return STR_NONE;
        f.n = (uint16_t)(left - f.at);
    }
    rd_skip(&s, f.at);
    return rd_str(&s, f.n);
}

static struct str oem(struct arena *arena, struct str s)
{
    ptrdiff_t nul = str_chr(s, '\0');
    s = utf_clean(arena, nul >= 0 ? str_sub(s, 0, (size_t)nul) : s);
    return s.n ? s : STR_NONE;
}

static struct str unicode(struct arena *arena, struct str s)
{
    if (!s.n)
        return STR_NONE;
    s = utf_from16(arena, (const uint8_t *)s.p, s.n);
    return s.n ? s : STR_NONE;
}

static struct str text(struct arena *arena, uint32_t flags, struct str s)
{
    return flags & NTLMSSP_UNICODE ? unicode(arena, s) : oem(arena, s);
}

/* ---- target info ---- */

static void pair(struct arena *arena, unsigned id, struct rd *value, struct ntlmssp_target *t)
{
    enum { COMPUTER = 1, DOMAIN = 2, DNS_COMPUTER = 3, DNS_DOMAIN = 4, FLAGS = 6, TARGET_NAME = 9 };
    struct str *names[] = {[COMPUTER] = &t->computer, [DOMAIN] = &t->domain, [DNS_COMPUTER] = &t->dns_computer, [DNS_DOMAIN] = &t->dns_domain};
    if (id == FLAGS)
        t->flags = rd_u32le(value);
    else if (id == TARGET_NAME)
        t->spn = unicode(arena, rd_str(value, rd_left(value)));
    else if (id >= COMPUTER && id <= DNS_DOMAIN)
        *names[id] = unicode(arena, rd_str(value, rd_left(value)));
}

static void pairs(struct arena *arena, struct rd *r, bool cut, struct ntlmssp_target *t)
{
    while (rd_left(r) >= 4) {
        unsigned id = rd_u16le(r);
        size_t n = rd_u16le(r);
        if (id == 0 || (cut && n > rd_left(r)))
            return;
        struct rd value = rd_sub(r, n);
        pair(arena, id, &value, t);
    }
}

static void pairs_of(struct arena *arena, const struct rd *message, bool cut, struct str bytes, struct ntlmssp_target *t)
{
    if (!bytes.n)
        return;
    struct rd r = *message;
    r.p = (const uint8_t *)bytes.p;
    r.end = r.p + bytes.n;
    pairs(arena, &r, cut, t);
}

/* ---- the responses ---- */

static bool zeros(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i])
            return false;
    return true;
}

void ntlmssp_responses(struct str lm, struct str nt, bool extended, struct ntlmssp *out)
{
    out->lm_n = (uint16_t)lm.n;
    out->nt_n = (uint16_t)nt.n;
    bool lm_there = lm.n == V1_LENGTH && !zeros(lm);
    out->proof = nt.n > V1_LENGTH ? NTLMSSP_V2 : nt.n == V1_LENGTH ? NTLMSSP_V1 : lm_there ? NTLMSSP_LM : NTLMSSP_NO_PROOF;
    bool own = lm_there && !(nt.n == V1_LENGTH && str_eq(lm, nt));
    out->lm_response = own && (out->proof == NTLMSSP_LM || (out->proof == NTLMSSP_V1 && !extended));
}

/* ---- the messages ---- */

/* Bit fields from the back: the version is the last thing before the payload (MS-NLMP 2.2.2.10). */
static void version(struct rd *r, struct ntlmssp *out)
{
    const uint8_t *v = out->flags & NTLMSSP_VERSION && rd_left(r) >= sizeof out->version ? rd_bytes(r, sizeof out->version) : NULL;
    if (!v)
        return;
    memcpy(out->version, v, sizeof out->version);
    out->has_version = true;
}

/* 2.2.1.1; older clients end after the flags or after the names. */
static void negotiate(struct arena *arena, const struct rd *message, struct rd *r, bool cut, struct ntlmssp *out)
{
    struct field domain = {0}, workstation = {0};
    out->flags = rd_u32le(r);
    out->has_flags = rd_ok(r);
    if (rd_left(r) >= 16) {
        domain = field(r);
        workstation = field(r);
    }
    version(r, out);
    if (!rd_ok(r))
        return;
    out->type = NTLMSSP_NEGOTIATE;
    if (out->flags & NTLMSSP_DOMAIN_SUPPLIED)
        out->domain = oem(arena, bytes_of(message, cut, domain));
    if (out->flags & NTLMSSP_WORKSTATION_SUPPLIED)
        out->workstation = oem(arena, bytes_of(message, cut, workstation));
}

/* 2.2.1.2; older servers end after the challenge. */
static void challenge(struct arena *arena, const struct rd *message, struct rd *r, bool cut, struct ntlmssp *out)
{
    struct field name = field(r), info = {0};
    out->flags = rd_u32le(r);
    out->has_flags = rd_ok(r);
    const uint8_t *c = rd_bytes(r, sizeof out->challenge);
    if (!c)
        return;
    memcpy(out->challenge, c, sizeof out->challenge);
    out->type = NTLMSSP_CHALLENGE;
    if (rd_left(r) >= 16) {
        rd_skip(r, 8);
        info = field(r);
    }
    version(r, out);
    out->domain = text(arena, out->flags, bytes_of(message, cut, name));
    if (out->flags & NTLMSSP_TARGET_INFO)
        pairs_of(arena, message, cut, bytes_of(message, cut, info), &out->target);
}

enum { LM, NT, DOMAIN, USER, WORKSTATION, FIELDS };

/* Where the payload begins: what lies before it is the fixed part, which grew over time. */
static uint32_t payload(const struct field *f)
{
    uint32_t least = UINT32_MAX;
    for (unsigned i = 0; i < FIELDS; i++)
        if (f[i].n && f[i].at < least)
            least = f[i].at;
    return least;
}

/* Session key, flags, version and MIC, as far as the payload leaves room for them. */
static void tail(struct rd *r, uint32_t begins, struct ntlmssp *out)
{
    struct field key = {0};
    if (begins < VERSION_AT || rd_left(r) < 12)
        return;
    key = field(r);
    if (key.n && key.at < begins)
        begins = key.at;
    out->flags = rd_u32le(r);
    out->has_flags = true;
    out->version_left_out = out->flags & NTLMSSP_VERSION && begins < MIC_AT;
    if (begins < MIC_AT || rd_left(r) < MIC_AT - VERSION_AT)
        return;
    struct rd v = rd_sub(r, MIC_AT - VERSION_AT);
    version(&v, out);
    if (begins < MIC_END || rd_left(r) < MIC_END - MIC_AT)
        return;
    out->has_mic = true;
    out->mic_zero = zeros(rd_str(r, MIC_END - MIC_AT));
}

/* MS-NLMP 3.2.5.1.2: no user, no NT response, and an LM response of nothing or of one zero. */
static bool anonymous(const struct field *f, struct str lm)
{
    return f[USER].n == 0 && f[NT].n == 0 && f[LM].n <= 1 && zeros(lm);
}

/* 2.2.1.3 */
static void authenticate(struct arena *arena, const struct rd *message, struct rd *r, bool cut, struct ntlmssp *out)
{
    struct field f[FIELDS];
    for (unsigned i = 0; i < FIELDS; i++)
        f[i] = field(r);
    if (!rd_ok(r))
        return;
    tail(r, payload(f), out);
    struct str lm = bytes_of(message, cut, f[LM]), nt = bytes_of(message, cut, f[NT]);
    out->domain = text(arena, out->flags, bytes_of(message, cut, f[DOMAIN]));
    out->user = text(arena, out->flags, bytes_of(message, cut, f[USER]));
    out->workstation = text(arena, out->flags, bytes_of(message, cut, f[WORKSTATION]));
    out->anonymous = anonymous(f, lm);
    if (!rd_ok(r))
        return;
    out->type = NTLMSSP_AUTHENTICATE;
    ntlmssp_responses(lm, nt, out->flags & NTLMSSP_EXTENDED_SESSIONSECURITY, out);
    if (f[NT].n != nt.n) { /* cut: the length says what it was */
        out->nt_n = f[NT].n;
        out->proof = f[NT].n > V1_LENGTH ? NTLMSSP_V2 : f[NT].n == V1_LENGTH ? NTLMSSP_V1 : out->proof;
    }
    if (out->proof == NTLMSSP_V2)
        pairs_of(arena, message, cut, str_from(nt, V2_PAIRS), &out->target);
}

void ntlmssp_read(struct arena *arena, struct rd *r, bool cut, struct ntlmssp *out)
{
    struct rd message = *r;
    *out = (struct ntlmssp){.type = NTLMSSP_NONE};
    if (!str_eq(rd_str(r, 8), (struct str){"NTLMSSP\0", 8}))
        rd_fail(r, "no NTLMSSP signature");
    switch (rd_u32le(r)) {
    case NTLMSSP_NEGOTIATE: negotiate(arena, &message, r, cut, out); break;
    case NTLMSSP_CHALLENGE: challenge(arena, &message, r, cut, out); break;
    case NTLMSSP_AUTHENTICATE: authenticate(arena, &message, r, cut, out); break;
    default: rd_fail(r, "unknown NTLMSSP message type"); break;
    }
}
