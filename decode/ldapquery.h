/* decode/ldapquery.h - what an LDAP search request asks for, as texts. */
#ifndef VIGIE_DECODE_LDAPQUERY_H
#define VIGIE_DECODE_LDAPQUERY_H

#include "decode/ldapmsg.h"

enum { LDAPQUERY_DEPTH = 64, LDAPQUERY_TEXT = 8192 };

/* The Filter at r (RFC 4511 4.5.1.7) in the form of RFC 4515: "(&(objectClass=user)(cn=a*))". Of what is deeper than LDAPQUERY_DEPTH, longer
 * than LDAPQUERY_TEXT or cut by the capture, what fits. Values of attributes that hold secrets read "hidden". Absent when memory is short. */
struct str ldapquery_filter(struct arena *a, struct rd *r, bool cut);

struct ldapquery {
    struct str base, scope, filter, attributes; /* attributes separated by blanks; absent: all */
    uint64_t size_limit;
};

/* SearchRequest, RFC 4511 4.5.1. Stops at the first fault, which the reader tells. */
void ldapquery_read(struct arena *a, struct rd *body, bool cut, struct ldapquery *out);

#endif
