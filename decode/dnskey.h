/* decode/dnskey.h - authentication within DNS: TKEY records that carry GSS tokens (RFC 2930 2, RFC 3645, MS-GSSA), as before secure updates. */
#ifndef VIGIE_DECODE_DNSKEY_H
#define VIGIE_DECODE_DNSKEY_H

#include "decode/auth.h"
#include "decode/dnsmsg.h"

struct dns_asked { /* a message whose question was read, if it has one */
    const struct dns_head *head;
    struct str name; /* absent: there is no question */
    uint16_t type;
    struct rd whole, rest; /* without the length that TCP has before it; from the end of the first question on */
};

/* Hands the tokens of a message that asks for a key to `a`, and the server's verdict. Broken records are told by whoever reads the message as DNS. */
void dnskey_message(struct decode *d, const struct flow *f, const struct message *m, const struct dns_asked *q, struct auth *a);

#endif
