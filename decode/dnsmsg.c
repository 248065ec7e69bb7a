/* decode/dnsmsg.c - reads DNS headers, names and records through the bounded reader. */
#include "decode/dnsmsg.h"

#include "base/ip.h"

static const char points[] = "a compressed name points forward or at itself";
static const char long_name[] = "a name is longer than 255 bytes";
static const char long_record[] = "a record is longer than its message";
static const char grows[] = "a signature record grows past 64 KiB when its name is unpacked";

void dns_head(struct rd *r, struct dns_head *out)
{
    *out = (struct dns_head){.id = rd_u16be(r)};
    uint16_t flags = rd_u16be(r); /* RFC 1035 4.1.1 */
    out->response = flags >> 15;
    out->opcode = flags >> 11 & 15;
    out->authoritative = flags >> 10 & 1;
    out->truncated = flags >> 9 & 1;
    out->rcode = flags & 15;
    for (int i = 0; i < 4; i++)
        out->count[i] = rd_u16be(r);
}

/* One label into `to`, which has four bytes for each of its own. */
static size_t label_text(char *to, const uint8_t *p, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] > 0x20 && p[i] < 0x7f && p[i] != '.' && p[i] != '\\') {
            to[k++] = (char)p[i];
            continue;
        }
        to[k++] = '\\';
        if (p[i] == '.' || p[i] == '\\') {
            to[k++] = (char)p[i];
            continue;
        }
        to[k++] = (char)('0' + p[i] / 100);
        to[k++] = (char)('0' + p[i] / 10 % 10);
        to[k++] = (char)('0' + p[i] % 10);
    }
    return k;
}

/* RFC 1035 4.1.4: a pointer leads to an earlier place, so that following them ends. */
static bool follow(struct rd *at, const struct rd *whole, size_t before)
{
    size_t offset = rd_u16be(at) & 0x3fffu;
    if (offset >= before) {
        rd_fail(at, points);
        return false;
    }
    *at = rd_at(whole, offset, (size_t)(whole->end - whole->origin) - offset);
    return rd_ok(at);
}

struct str dns_name(struct decode *d, struct rd *r, const struct rd *whole)
{
    char text[4 * DNS_NAME_MAX + 4];
    size_t n = 0, wire = 1, before = rd_offset(r);
    struct rd at = *r;
    bool jumped = false;
    while (rd_ok(&at)) {
        uint8_t length = rd_left(&at) ? *at.p : 0;
        if ((length & 0xc0) == 0xc0) {
            size_t here = rd_offset(&at);
            if (!jumped)
                rd_skip(r, here + 2 - rd_offset(r));
            before = jumped && before < here ? before : here;
            jumped = true;
            if (!follow(&at, whole, before))
                break;
            before = rd_offset(&at);
            continue;
        }
        (void)rd_u8(&at);
        const uint8_t *p = length ? rd_bytes(&at, length & 0x3f) : NULL;
        wire += 1u + length;
        if (length & 0xc0)
            rd_fail(&at, "a label is of a reserved type");
        else if (wire > DNS_NAME_MAX)
            rd_fail(&at, long_name);
        if (!p || !rd_ok(&at))
            break;
        if (n)
            text[n++] = '.';
        n += label_text(text + n, p, length);
    }
    if (!rd_ok(&at))
        rd_fail(r, "a name is broken");
    else if (!jumped)
        r->p = at.p;
    return rd_ok(r) ? n ? str_dup(d->arena, (struct str){text, n}) : STR(".") : STR_NONE;
}

void dns_record(struct decode *d, struct rd *r, const struct rd *whole, struct dns_record *out)
{
    out->name = dns_name(d, r, whole);
    out->type = rd_u16be(r);
    out->class = rd_u16be(r);
    out->ttl = rd_u32be(r);
    uint16_t n = rd_u16be(r);
    if (rd_ok(r) && n > rd_left(r))
        rd_fail(r, long_record);
    out->data = rd_sub(r, n);
}

static struct str address(struct decode *d, struct rd *r, size_t n)
{
    struct ip ip = {{0}};
    char text[IP_TEXT];
    const uint8_t *p = rd_bytes(r, n);
    if (!p || rd_left(r))
        return STR_NONE;
    if (n == 16)
        memcpy(ip.b, p, n);
    else
        ip = ip_v4((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]);
    return str_dup(d->arena, ip_text(&ip, text));
}

struct str dns_data(struct decode *d, const struct dns_record *x, const struct rd *whole)
{
    struct fault own = {0};
    struct rd r = x->data, all = *whole;
    struct str s = STR_NONE;
    if (!rd_ok(whole)) /* broken elsewhere: this record was still whole */
        return s;
    r.fault = all.fault = &own;
    switch (x->type) {
    case DNS_A: return address(d, &r, 4);
    case DNS_AAAA: return address(d, &r, 16);
    case DNS_SRV: rd_skip(&r, 6); break; /* RFC 2782: priority, weight, port */
    case DNS_MX: rd_skip(&r, 2); break;
    case DNS_TXT: {
        size_t n = rd_u8(&r);
        const uint8_t *p = rd_bytes(&r, n);
        char text[4 * DNS_NAME_MAX + 4];
        return p ? str_dup(d->arena, (struct str){text, label_text(text, p, n)}) : STR_NONE;
    }
    case DNS_NS:
    case DNS_CNAME:
    case DNS_PTR:
    case DNS_SOA: break;
    default: return s;
    }
    s = dns_name(d, &r, &all);
    return rd_ok(&r) ? s : STR_NONE;
}

/* The bytes that the name at r has when it is unpacked. */
static size_t unpacked(struct rd r, const struct rd *whole)
{
    size_t n = 1, before = rd_offset(&r);
    while (rd_ok(&r) && rd_left(&r)) {
        uint8_t length = *r.p;
        if ((length & 0xc0) == 0xc0) {
            if (!follow(&r, whole, before))
                break;
            before = rd_offset(&r);
            continue;
        }
        rd_skip(&r, 1u + length);
        n += length ? 1u + length : 0;
        if (length == 0)
            break;
    }
    return n;
}

/* RFC 2535 4.1, RFC 4034 3.1: 18 bytes, then the signer's name, which must not be compressed and in the wild sometimes is. What a server
 * that unpacks it has to keep, with a header of some 20 bytes, then no longer fits a length of 16 bits. */
static bool signature_grows(const struct dns_record *x, const struct rd *whole)
{
    struct fault own = {0};
    struct rd r = x->data, all = *whole;
    size_t stated = rd_left(&r);
    if (x->type != DNS_SIG && x->type != DNS_KEY && x->type != DNS_RRSIG)
        return false;
    r.fault = all.fault = &own;
    rd_skip(&r, 18);
    size_t name = unpacked(r, &all);
    return own.why == NULL && stated - 18 + name + 20 > 65535;
}

const char *dns_anomaly(struct decode *d, const uint8_t *p, size_t n)
{
    struct fault f;
    struct dns_head h;
    struct rd whole = rd_of(p, n, &f), r = whole;
    dns_head(&r, &h);
    for (int section = 0; section < 4; section++)
        for (unsigned i = 0; i < h.count[section] && rd_ok(&r) && rd_left(&r); i++) {
            struct dns_record x = {.name = STR_NONE};
            if (section == DNS_QUESTION) {
                (void)dns_name(d, &r, &whole);
                rd_skip(&r, 4);
                continue;
            }
            dns_record(d, &r, &whole, &x);
            if (rd_ok(&r) && signature_grows(&x, &whole))
                return grows;
        }
    return f.why == points || f.why == long_name || f.why == long_record ? f.why : NULL;
}
