/* decode/krb5.c - names, tickets and AP-REQs as far as they can be read without keys (RFC 4120 5.2 to 5.5). */
#include "decode/krb5.h"

#include "base/utf.h"
#include "decode/tickets.h"

/* ---- elements ---- */

static struct krb5_in content(struct krb5_in *in, size_t n)
{
    bool cut = in->cut && n > rd_left(&in->r);
    return (struct krb5_in){rd_sub(&in->r, cut ? rd_left(&in->r) : n), cut};
}

struct krb5_in krb5_get(struct krb5_in *in, uint8_t tag, size_t *stated)
{
    size_t n;
    if (rd_left(&in->r) && *in->r.p != tag)
        rd_fail(&in->r, "unexpected ASN.1 tag");
    (void)ber_head(&in->r, &n);
    if (stated)
        *stated = n;
    return content(in, n);
}

bool krb5_opt(struct krb5_in *in, uint8_t tag, struct krb5_in *out)
{
    if (!rd_ok(&in->r) || rd_left(&in->r) == 0 || *in->r.p != tag)
        return false;
    *out = krb5_get(in, tag, NULL);
    return rd_ok(&out->r);
}

int64_t krb5_int(struct krb5_in *in)
{
    int64_t v = ber_int(&in->r, BER_INTEGER);
    if (v < INT32_MIN || v > UINT32_MAX) {
        rd_fail(&in->r, "Kerberos integer of more than 32 bits");
        return 0;
    }
    return v;
}

struct str krb5_text(struct krb5_in *in)
{
    struct krb5_in c = krb5_get(in, KRB5_TAG_STRING, NULL);
    return rd_str(&c.r, rd_left(&c.r));
}

uint32_t krb5_flags(struct krb5_in *in)
{
    struct krb5_in c = krb5_get(in, KRB5_TAG_BITS, NULL);
    rd_skip(&c.r, 1); /* how many bits of the last byte are unused: they are zero */
    return rd_u32be(&c.r);
}

/* ---- structures ---- */

void krb5_name(struct krb5_in *in, struct krb5_name *out)
{
    struct krb5_in seq = krb5_get(in, BER_SEQUENCE, NULL), type = krb5_get(&seq, KRB5_TAG(0), NULL);
    *out = (struct krb5_name){.type = (int32_t)krb5_int(&type)};
    struct krb5_in list = krb5_get(&seq, KRB5_TAG(1), NULL), parts = krb5_get(&list, BER_SEQUENCE, NULL);
    while (rd_left(&parts.r) && rd_ok(&parts.r)) {
        struct str part = krb5_text(&parts);
        if (out->n < KRB5_NAME_PARTS && rd_ok(&parts.r))
            out->part[out->n] = part;
        out->n += rd_ok(&parts.r);
    }
}

void krb5_encrypted(struct krb5_in *in, struct krb5_encrypted *out)
{
    struct krb5_in seq = krb5_get(in, BER_SEQUENCE, NULL), field = krb5_get(&seq, KRB5_TAG(0), NULL);
    *out = (struct krb5_encrypted){.etype = (int32_t)krb5_int(&field)};
    if (krb5_opt(&seq, KRB5_TAG(1), &field)) {
        out->kvno = (uint32_t)krb5_int(&field);
        out->has_kvno = rd_ok(&field.r);
    }
    field = krb5_get(&seq, KRB5_TAG(2), NULL);
    struct krb5_in cipher = krb5_get(&field, BER_OCTETS, &out->whole);
    out->n = rd_left(&cipher.r);
    out->cipher = cipher.r.p;
}

void krb5_ticket_in(struct krb5_in *in, struct krb5_ticket *out)
{
    struct krb5_in app = krb5_get(in, KRB5_TAG_TICKET, NULL), seq = krb5_get(&app, BER_SEQUENCE, NULL);
    struct krb5_in field = krb5_get(&seq, KRB5_TAG(0), NULL);
    *out = (struct krb5_ticket){.realm = STR_NONE};
    if (krb5_int(&field) != 5)
        rd_fail(&field.r, "not a version 5 ticket");
    field = krb5_get(&seq, KRB5_TAG(1), NULL);
    out->realm = krb5_text(&field);
    field = krb5_get(&seq, KRB5_TAG(2), NULL);
    krb5_name(&field, &out->sname);
    field = krb5_get(&seq, KRB5_TAG(3), NULL);
    struct krb5_encrypted e;
    krb5_encrypted(&field, &e);
    out->etype = e.etype;
    out->has_kvno = e.has_kvno;
    out->kvno = e.kvno;
    out->cipher = e.cipher;
    out->cipher_n = e.n;
    out->cipher_whole = e.whole;
    if (rd_ok(&in->r) && e.n && e.n == e.whole)
        ticket_hash(out->hash, e.cipher, e.n);
}

void krb5_ap_in(struct krb5_in *in, struct krb5_ap *out)
{
    struct krb5_in app = krb5_get(in, KRB5_TAG_AP_REQ, NULL), seq = krb5_get(&app, BER_SEQUENCE, NULL);
    struct krb5_in field = krb5_get(&seq, KRB5_TAG(0), NULL);
    *out = (struct krb5_ap){.options = 0};
    if (krb5_int(&field) != 5)
        rd_fail(&field.r, "not a version 5 AP-REQ");
    field = krb5_get(&seq, KRB5_TAG(1), NULL);
    if (krb5_int(&field) != 14)
        rd_fail(&field.r, "another message type than AP-REQ");
    field = krb5_get(&seq, KRB5_TAG(2), NULL);
    out->options = krb5_flags(&field);
    field = krb5_get(&seq, KRB5_TAG(3), NULL);
    krb5_ticket_in(&field, &out->ticket);
    if (!rd_left(&seq.r) && seq.cut)
        return; /* not even its beginning was captured */
    struct krb5_encrypted e;
    field = krb5_get(&seq, KRB5_TAG(4), NULL);
    krb5_encrypted(&field, &e);
    out->authenticator_etype = e.etype;
}

/* Whether the element that begins at r goes past its end. */
static bool beyond(struct rd r)
{
    struct fault fault = {0};
    size_t n;
    r.fault = &fault;
    (void)ber_head(&r, &n);
    return rd_ok(&r) ? n > rd_left(&r) : rd_left(&r) == 0;
}

/* What a reader of cut bytes stumbled over was the cut. */
static void forgive(struct krb5_in *in, bool was_well)
{
    if (in->cut && was_well)
        *in->r.fault = (struct fault){0};
}

void krb5_ticket(struct rd *r, struct krb5_ticket *out)
{
    struct krb5_in in = {*r, beyond(*r)};
    bool well = rd_ok(r);
    krb5_ticket_in(&in, out);
    forgive(&in, well);
    *r = in.r;
}

void krb5_ap(struct rd *r, struct krb5_ap *out)
{
    struct krb5_in in = {*r, beyond(*r)};
    bool well = rd_ok(r);
    krb5_ap_in(&in, out);
    forgive(&in, well);
    *r = in.r;
}

/* ---- texts ---- */

struct str krb5_name_text(struct decode *d, const struct krb5_name *n)
{
    unsigned parts = n->n < KRB5_NAME_PARTS ? n->n : KRB5_NAME_PARTS;
    size_t room = 0, at = 0;
    for (unsigned i = 0; i < parts; i++)
        room += n->part[i].n + 1;
    char *p = room ? arena_alloc(d->arena, room) : NULL;
    if (!p)
        return STR_NONE;
    for (unsigned i = 0; i < parts; i++) {
        if (i)
            p[at++] = '/';
        if (n->part[i].n)
            memcpy(p + at, n->part[i].p, n->part[i].n);
        at += n->part[i].n;
    }
    return at ? utf_clean(d->arena, (struct str){p, at}) : STR_NONE;
}
