/* base/ber.h - ASN.1 BER/DER elements over the bounded reader (ITU-T X.690).
 *
 * Only definite lengths up to 2^31 and tag numbers below 31 are accepted: all that Kerberos (RFC 4120)
 * and LDAP (RFC 4511) use. Anything else fails the reader with a reason. */
#ifndef VIGIE_BASE_BER_H
#define VIGIE_BASE_BER_H

#include "base/rd.h"

enum {
    BER_BOOLEAN = 0x01,
    BER_INTEGER = 0x02,
    BER_OCTETS = 0x04,
    BER_ENUMERATED = 0x0a,
    BER_SEQUENCE = 0x30,
    BER_SET = 0x31
};

/* The next element's tag byte and the stated length of its content, which need not be at hand. */
uint8_t ber_head(struct rd *r, size_t *length);
/* The next element's tag byte (class, constructed bit and number), and a reader over its content. */
uint8_t ber_any(struct rd *r, struct rd *content);
/* The same, failing unless the tag is `tag`. */
struct rd ber_get(struct rd *r, uint8_t tag);
/* True, and the content, if the next element has `tag`; false and nothing read otherwise. */
bool ber_opt(struct rd *r, uint8_t tag, struct rd *content);
/* INTEGER or ENUMERATED of at most eight bytes. */
int64_t ber_int(struct rd *r, uint8_t tag);

#endif
