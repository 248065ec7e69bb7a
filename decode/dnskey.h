/* decode/dnskey.h - authentication within DNS: TKEY records that carry GSS tokens (RFC 2930 2, RFC 3645, MS-GSSA), as before secure updates. */
#ifndef VIGIE_DECODE_DNSKEY_H
#define VIGIE_DECODE_DNSKEY_H

#include "decode/auth.h"
#include "decode/dnsmsg.h"

/* Does the message ask for a key? `m` without the length that TCP has before it. */
bool dnskey_asks(struct decode *d, const struct message *m, const struct dns_head *h);
/* Hands the tokens of such a message to `a`, and the server's verdict. Broken records are told by whoever reads the message as DNS. */
void dnskey_message(struct decode *d, const struct flow *f, const struct message *m, const struct dns_head *h, struct auth *a);

#endif
