/* decode/krb5_msg.c - reads AS-REQ, AS-REP, TGS-REQ, TGS-REP and KRB-ERROR (RFC 4120 5.4, 5.9.1). */
#include "decode/krb5_msg.h"

enum { ADDRESS_NETBIOS = 20, FX_FAST_ARMOR_AP_REQUEST = 1, KERB_ERR_TYPE_EXTENDED = 3 };

int krb5_msg_type(const uint8_t *p, size_t n)
{
    if (n == 0)
        return 0;
    switch (p[0]) {
    case 0x6a: return KRB5_AS_REQ;
    case 0x6b: return KRB5_AS_REP;
    case 0x6c: return KRB5_TGS_REQ;
    case 0x6d: return KRB5_TGS_REP;
    case 0x7e: return KRB5_ERROR;
    default: return 0;
    }
}

static void number(struct krb5_numbers *to, int64_t v, const struct krb5_in *from)
{
    if (!rd_ok(&from->r))
        return;
    if (to->n < KRB5_PADATA)
        to->v[to->n] = (int32_t)v;
    to->n = (uint16_t)(to->n + (to->n < UINT16_MAX));
}

static int64_t field_int(struct krb5_in *seq, unsigned n)
{
    struct krb5_in f = krb5_get(seq, KRB5_TAG(n), NULL);
    return krb5_int(&f);
}

static struct str opt_time(struct krb5_in *seq, unsigned n)
{
    struct krb5_in f;
    if (!krb5_opt(seq, KRB5_TAG(n), &f))
        return STR_NONE;
    struct krb5_in c = krb5_get(&f, KRB5_TAG_TIME, NULL);
    return rd_str(&c.r, rd_left(&c.r));
}

static void opt_name(struct krb5_in *seq, unsigned n, struct krb5_name *out)
{
    struct krb5_in f;
    if (krb5_opt(seq, KRB5_TAG(n), &f))
        krb5_name(&f, out);
}

static struct str opt_text(struct krb5_in *seq, unsigned n)
{
    struct krb5_in f;
    return krb5_opt(seq, KRB5_TAG(n), &f) ? krb5_text(&f) : STR_NONE;
}

/* ---- pre-authentication data (5.2.7) ---- */

struct padata {
    int32_t type;
    struct krb5_in value;
};

static bool next_padata(struct krb5_in *list, struct padata *out)
{
    if (!rd_ok(&list->r) || rd_left(&list->r) == 0)
        return false;
    struct krb5_in seq = krb5_get(list, BER_SEQUENCE, NULL);
    out->type = (int32_t)field_int(&seq, 1);
    struct krb5_in f = krb5_get(&seq, KRB5_TAG(2), NULL);
    out->value = krb5_get(&f, BER_OCTETS, NULL);
    return rd_ok(&list->r);
}

/* PA-FOR-USER (MS-SFU 2.2.1) */
static void for_user(struct krb5_in *in, struct krb5_req *out)
{
    struct krb5_in seq = krb5_get(in, BER_SEQUENCE, NULL);
    opt_name(&seq, 0, &out->for_user);
    out->for_realm = opt_text(&seq, 1);
}

/* PA-S4U-X509-USER (MS-SFU 2.2.2): the name may be absent where a certificate tells the user. */
static void s4u_x509(struct krb5_in *in, struct krb5_req *out)
{
    struct krb5_in seq = krb5_get(in, BER_SEQUENCE, NULL), f = krb5_get(&seq, KRB5_TAG(0), NULL), id = krb5_get(&f, BER_SEQUENCE, NULL);
    (void)field_int(&id, 0);
    if (out->for_user.n)
        return;
    opt_name(&id, 1, &out->for_user);
    out->for_realm = opt_text(&id, 2);
}

/* KERB-PA-PAC-REQUEST (MS-KILE 2.2.3) */
static void pac_request(struct krb5_in *in, struct krb5_req *out)
{
    struct krb5_in seq = krb5_get(in, BER_SEQUENCE, NULL), f = krb5_get(&seq, KRB5_TAG(0), NULL), b = krb5_get(&f, BER_BOOLEAN, NULL);
    out->pac = rd_u8(&b.r) != 0;
    out->has_pac = rd_ok(&b.r);
}

/* PA-PAC-OPTIONS (MS-KILE 2.2.10) */
static void pac_options(struct krb5_in *in, struct krb5_req *out)
{
    struct krb5_in seq = krb5_get(in, BER_SEQUENCE, NULL), f = krb5_get(&seq, KRB5_TAG(0), NULL);
    out->pac_options = krb5_flags(&f);
    out->has_pac_options = rd_ok(&f.r);
}

/* PA-FX-FAST-REQUEST (RFC 6113 5.4.1): all that is visible is the ticket with which the exchange is armored. */
static void fast_armor(struct krb5_in *in, struct krb5_req *out)
{
    struct krb5_in f = krb5_get(in, KRB5_TAG(0), NULL), seq = krb5_get(&f, BER_SEQUENCE, NULL);
    if (!krb5_opt(&seq, KRB5_TAG(0), &f))
        return; /* in a TGS exchange the ticket shown is the armor */
    struct krb5_in armor = krb5_get(&f, BER_SEQUENCE, NULL);
    if (field_int(&armor, 0) != FX_FAST_ARMOR_AP_REQUEST)
        return;
    f = krb5_get(&armor, KRB5_TAG(1), NULL);
    struct krb5_in bytes = krb5_get(&f, BER_OCTETS, NULL);
    krb5_ap_in(&bytes, &out->ap);
    out->has_ap = rd_ok(&bytes.r) || bytes.cut;
}

static void request_padata(struct krb5_in *list, struct krb5_req *out)
{
    struct padata p;
    struct krb5_encrypted e;
    while (next_padata(list, &p)) {
        number(&out->padata, p.type, list);
        switch (p.type) {
        case KRB5_PA_TGS_REQ:
            krb5_ap_in(&p.value, &out->ap);
            out->has_ap = rd_ok(&p.value.r) || p.value.cut;
            break;
        case KRB5_PA_ENC_TIMESTAMP:
            krb5_encrypted(&p.value, &e);
            out->timestamp_etype = e.etype;
            break;
        case KRB5_PA_FOR_USER: for_user(&p.value, out); break;
        case KRB5_PA_S4U_X509_USER: s4u_x509(&p.value, out); break;
        case KRB5_PA_PAC_REQUEST: pac_request(&p.value, out); break;
        case KRB5_PA_FX_FAST: fast_armor(&p.value, out); break;
        case KRB5_PA_PAC_OPTIONS: pac_options(&p.value, out); break;
        default: break;
        }
    }
}

/* ---- requests (5.4.1) ---- */

static void addresses(struct krb5_in *f, struct krb5_req *out)
{
    struct krb5_in list = krb5_get(f, BER_SEQUENCE, NULL);
    while (rd_ok(&list.r) && rd_left(&list.r)) {
        struct krb5_in one = krb5_get(&list, BER_SEQUENCE, NULL);
        int64_t type = field_int(&one, 0);
        struct krb5_in v = krb5_get(&one, KRB5_TAG(1), NULL), bytes = krb5_get(&v, BER_OCTETS, NULL);
        struct str name = rd_str(&bytes.r, rd_left(&bytes.r));
        if (type == ADDRESS_NETBIOS && rd_ok(&list.r))
            out->netbios = str_trim(name); /* padded with blanks to 15 or 16 bytes */
    }
}

static void body(struct krb5_in *in, struct krb5_req *out)
{
    struct krb5_in seq = krb5_get(in, BER_SEQUENCE, NULL), f = krb5_get(&seq, KRB5_TAG(0), NULL);
    out->options = krb5_flags(&f);
    opt_name(&seq, 1, &out->cname);
    f = krb5_get(&seq, KRB5_TAG(2), NULL);
    out->realm = krb5_text(&f);
    opt_name(&seq, 3, &out->sname);
    (void)opt_time(&seq, 4);
    out->till = opt_time(&seq, 5);
    out->rtime = opt_time(&seq, 6);
    out->nonce = (uint32_t)field_int(&seq, 7);
    f = krb5_get(&seq, KRB5_TAG(8), NULL);
    struct krb5_in list = krb5_get(&f, BER_SEQUENCE, NULL);
    while (rd_ok(&list.r) && rd_left(&list.r))
        number(&out->etypes, krb5_int(&list), &list);
    if (krb5_opt(&seq, KRB5_TAG(9), &f))
        addresses(&f, out);
    out->own_authorization = krb5_opt(&seq, KRB5_TAG(10), &f);
    if (krb5_opt(&seq, KRB5_TAG(11), &f)) {
        list = krb5_get(&f, BER_SEQUENCE, NULL);
        krb5_ticket_in(&list, &out->additional);
    }
}

/* The [APPLICATION n] SEQUENCE and its pvno and msg-type, which are [first] and [first + 1]. */
static struct krb5_in opened(struct krb5_in *in, int type, unsigned first)
{
    struct krb5_in app = krb5_get(in, (uint8_t)(0x60 + type), NULL), seq = krb5_get(&app, BER_SEQUENCE, NULL);
    if (field_int(&seq, first) != 5)
        rd_fail(&seq.r, "another version of Kerberos than 5");
    if (field_int(&seq, first + 1) != type)
        rd_fail(&seq.r, "message type and tag disagree");
    return seq;
}

void krb5_msg_req(struct krb5_in *in, struct krb5_req *out)
{
    *out = (struct krb5_req){.type = krb5_msg_type(in->r.p, rd_left(&in->r))};
    struct krb5_in seq = opened(in, out->type, 1), f;
    if (krb5_opt(&seq, KRB5_TAG(3), &f)) {
        struct krb5_in list = krb5_get(&f, BER_SEQUENCE, NULL);
        request_padata(&list, out);
    }
    f = krb5_get(&seq, KRB5_TAG(4), NULL);
    body(&f, out);
}

/* ---- answers ---- */

/* ETYPE-INFO2 (5.2.7.5), and ETYPE-INFO, which begins alike */
static void etype_info(struct krb5_in *in, struct krb5_numbers *out)
{
    struct krb5_in list = krb5_get(in, BER_SEQUENCE, NULL);
    while (rd_ok(&list.r) && rd_left(&list.r)) {
        struct krb5_in one = krb5_get(&list, BER_SEQUENCE, NULL);
        number(out, field_int(&one, 0), &one);
    }
}

/* KDC-REP (5.4.2) */
void krb5_msg_rep(struct krb5_in *in, struct krb5_rep *out)
{
    *out = (struct krb5_rep){.type = krb5_msg_type(in->r.p, rd_left(&in->r))};
    struct krb5_in seq = opened(in, out->type, 0), f;
    struct padata p;
    if (krb5_opt(&seq, KRB5_TAG(2), &f)) {
        struct krb5_in list = krb5_get(&f, BER_SEQUENCE, NULL);
        while (next_padata(&list, &p))
            number(&out->padata, p.type, &list);
    }
    f = krb5_get(&seq, KRB5_TAG(3), NULL);
    out->crealm = krb5_text(&f);
    f = krb5_get(&seq, KRB5_TAG(4), NULL);
    krb5_name(&f, &out->cname);
    f = krb5_get(&seq, KRB5_TAG(5), NULL);
    krb5_ticket_in(&f, &out->ticket);
    struct krb5_encrypted e;
    f = krb5_get(&seq, KRB5_TAG(6), NULL);
    krb5_encrypted(&f, &e);
    out->etype = e.etype;
}

/* KERB-ERROR-DATA with KERB-EXT-ERROR (MS-KILE 2.2.1, 2.2.2) */
static void extended(struct krb5_in *seq, struct krb5_error *out)
{
    int64_t type = field_int(seq, 1);
    struct krb5_in f;
    if (type != KERB_ERR_TYPE_EXTENDED || !krb5_opt(seq, KRB5_TAG(2), &f))
        return;
    struct krb5_in bytes = krb5_get(&f, BER_OCTETS, NULL);
    out->status = rd_u32le(&bytes.r);
    out->has_status = rd_ok(&bytes.r);
}

/* e-data is METHOD-DATA (5.9.1) or KERB-ERROR-DATA, and other things of other makers: what is neither says nothing. */
static void error_data(struct krb5_in *f, struct krb5_error *out)
{
    struct krb5_in bytes = krb5_get(f, BER_OCTETS, NULL);
    struct fault own = {0};
    out->data = (struct str){(const char *)bytes.r.p, rd_left(&bytes.r)};
    if (!rd_ok(&bytes.r) || rd_left(&bytes.r) == 0 || *bytes.r.p != BER_SEQUENCE)
        return;
    bytes.r.fault = &own; /* what is wrong in it is no fault of the message */
    struct krb5_in seq = krb5_get(&bytes, BER_SEQUENCE, NULL);
    if (rd_left(&seq.r) && *seq.r.p == KRB5_TAG(1)) {
        extended(&seq, out);
        return;
    }
    struct padata p;
    bool second = false;
    while (next_padata(&seq, &p)) {
        if (p.type == KRB5_PA_ETYPE_INFO2 || (p.type == KRB5_PA_ETYPE_INFO && !second)) {
            out->etypes.n = 0;
            etype_info(&p.value, &out->etypes);
            second = second || p.type == KRB5_PA_ETYPE_INFO2;
        }
    }
}

/* KRB-ERROR (5.9.1) */
void krb5_msg_error(struct krb5_in *in, struct krb5_error *out)
{
    *out = (struct krb5_error){.code = 0};
    struct krb5_in seq = opened(in, KRB5_ERROR, 0), f;
    (void)opt_time(&seq, 2);
    if (krb5_opt(&seq, KRB5_TAG(3), &f))
        (void)krb5_int(&f);
    (void)opt_time(&seq, 4);
    (void)field_int(&seq, 5);
    out->code = (uint32_t)field_int(&seq, 6);
    out->crealm = opt_text(&seq, 7);
    opt_name(&seq, 8, &out->cname);
    f = krb5_get(&seq, KRB5_TAG(9), NULL);
    out->realm = krb5_text(&f);
    opt_name(&seq, 10, &out->sname);
    (void)opt_text(&seq, 11);
    if (krb5_opt(&seq, KRB5_TAG(12), &f))
        error_data(&f, out);
}
