/* detect/kerberos.h - encryption types and tickets as detections speak of them.
 *
 * Encryption types: IANA Kerberos registry (23 is rc4-hmac, RFC 4757; 17 to 20 are AES, RFC 3962 and RFC 8009). */
#ifndef VIGIE_DETECT_KERBEROS_H
#define VIGIE_DETECT_KERBEROS_H

#include "model/activity.h"

bool kerberos_aes(uint64_t etype);
bool kerberos_weak(uint64_t etype); /* DES and RC4 */
const char *kerberos_etype(uint64_t etype); /* "RC4-HMAC" */
/* Whether a blank-separated list of numbers has an AES type. */
bool kerberos_offers_aes(struct str etypes);
/* The realm that the ticket-granting ticket shown is for and of, as written in it; absent when it is none, or one between realms. */
struct str kerberos_tgt_realm(const struct activity *a);
/* The same of the ticket issued. */
struct str kerberos_issued_realm(const struct activity *a);
/* A key for a fact that is a ticket's hash; 0 when it is absent. */
uint64_t kerberos_ticket(const struct activity *a, enum fact_key key);
/* A successful AS exchange seen on the wire. */
bool kerberos_as(const struct activity *a);
/* A request with a ticket-granting ticket seen on the wire, granted. */
bool kerberos_tgs(const struct activity *a);

#endif
