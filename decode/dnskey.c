/* decode/dnskey.c - TKEY records to tokens. */
#include "decode/dnskey.h"

#include "decode/spnego.h"

enum { GSS_API = 3, TIMES = 8, RECORDS = 64 }; /* mode: RFC 2930 2.5 */

struct tkey {
    uint16_t error; /* RFC 2930 2.6 */
    struct rd token;
};

/* RFC 2930 2: algorithm, inception, expiration, mode, error, key, other data. False when it is no key of GSS. */
static bool read_tkey(struct decode *d, struct rd r, const struct rd *whole, struct tkey *out)
{
    (void)dns_name(d, &r, whole);
    rd_skip(&r, TIMES);
    uint16_t mode = rd_u16be(&r);
    out->error = rd_u16be(&r);
    uint16_t n = rd_u16be(&r);
    out->token = rd_sub(&r, n < rd_left(&r) ? n : rd_left(&r));
    return rd_ok(&r) && mode == GSS_API;
}

/* Whether the server takes the last token. When it sends one back, it may want another. */
static void verdict(struct decode *d, const struct flow *f, const struct message *m, const struct tkey *k, struct auth *a)
{
    struct fault why = {0};
    struct rd token = k->token;
    struct spnego s;
    token.fault = &why;
    spnego_read(&token, m->n < m->whole, &s);
    bool more = !k->error && (s.inner == SPNEGO_NTLMSSP || (s.has_state && s.state == SPNEGO_INCOMPLETE));
    if (a->open && !more)
        auth_done(d, f, a, &(struct auth_result){.outcome = k->error ? OUTCOME_FAILURE : OUTCOME_SUCCESS, .carrier = "DNS"});
}

void dnskey_message(struct decode *d, const struct flow *f, const struct message *m, const struct dns_asked *q, struct auth *a)
{
    const struct dns_head *h = q->head;
    struct fault why = {0};
    struct rd whole = q->whole, r = q->rest;
    whole.fault = r.fault = &why;
    unsigned records = 0u + h->count[DNS_ANSWER] + h->count[DNS_AUTHORITY] + h->count[DNS_ADDITIONAL];
    struct tkey k = {.error = h->rcode};
    bool found = false;
    for (unsigned i = 0; i < records && i < RECORDS && rd_ok(&r) && !found; i++) {
        struct dns_record x;
        dns_record(d, &r, &whole, &x);
        found = rd_ok(&r) && x.type == DNS_TKEY && read_tkey(d, x.data, &whole, &k);
    }
    if (found && rd_left(&k.token))
        auth_token(d, f, m, a, k.token);
    if (h->response && (found || h->rcode))
        verdict(d, f, m, &k, a);
}
