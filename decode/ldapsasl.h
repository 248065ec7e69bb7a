/* decode/ldapsasl.h - LDAP messages inside the security layer of a SASL bind (RFC 4513 5.2, RFC 4422 3.7): readable where they are only
 * signed. */
#ifndef VIGIE_DECODE_LDAPSASL_H
#define VIGIE_DECODE_LDAPSASL_H

#include "decode/ldapmsg.h"

/* Whether a buffer of the security layer begins at p, its four bytes of length first. */
enum claim ldapsasl_begins(const uint8_t *p, size_t n);
ptrdiff_t ldapsasl_length(const uint8_t *p, size_t n);
/* A token of the layer itself rather than of the authentication (RFC 4121 4.2.6.2, RFC 4757 7.3): the end of a GSSAPI bind. */
bool ldapsasl_wrapped(struct rd token);
/* Finds the LDAP messages in the buffer at p (with its length). False when it is sealed. `going_on`: it may begin inside a message
 * that an earlier buffer began. */
bool ldapsasl_open(const uint8_t *p, size_t n, bool going_on, struct rd *out, struct fault *fault);

#endif
