/* decode/ldapchange.h - what LDAP changes of the directory say: modify, add, delete, rename (RFC 4511 4.6 to 4.9). */
#ifndef VIGIE_DECODE_LDAPCHANGE_H
#define VIGIE_DECODE_LDAPCHANGE_H

#include "decode/ldapmsg.h"

/* One request with its answer, as activities are made of it. */
struct ldapwork {
    struct decode *d;
    const struct flow *flow;
    const struct netref *ref; /* of the request */
    struct account who;       /* bound on the connection */
    struct str server;        /* name of the server, absent when unknown */
    struct ldapmsg_result result;
    bool cut;                 /* the request's end may be missing */
    unsigned n;               /* activities made so far */
};

/* Starts an activity: place, actor, result. */
struct activity *ldapchange_begin(struct ldapwork *w, enum kind kind);
/* Adds an account or group that a DN names: by its common name and domain, or the SID of "<SID=S-1-...>". */
struct object *ldapchange_object(struct decode *d, enum object_type type, enum object_role role, struct str dn);
/* Makes the activities of a modify, add, delete or modify DN request. */
void ldapchange_emit(struct ldapwork *w, struct ldapmsg *m);

#endif
