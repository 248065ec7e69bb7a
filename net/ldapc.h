/* net/ldapc.h - an LDAP client for directories (RFC 4511, MS-ADTS 3.1.1.3): one connection, checked, with time-outs.
 *
 * Nothing is sent in clear text unless `plain` says so: ldaps://, or ldap:// with StartTLS; the server's certificate must be signed by an
 * authority of `ca_file` and carry the URL's host name. Referrals are not followed. Not thread-safe: one owner each.
 * The program ignores SIGPIPE.
 *
 * Functions return 0 or a negative enum err: ERR_IO no connection, or it broke; ERR_USAGE what was asked for makes no sense; ERR_UNSUPPORTED
 * the server does not know it or this account may not; ERR_MEMORY; of a change ERR_NOT_FOUND. ldapc_why tells server, step, reason and what to do. */
#ifndef VIGIE_NET_LDAPC_H
#define VIGIE_NET_LDAPC_H

#include "base/err.h"
#include "base/str.h"

struct ldapc_options {
    const char *url;       /* ldaps://host[:port], ldap://host[:port] */
    const char *ca_file;   /* PEM; NULL: the system's authorities */
    const char *bind_name; /* DN, user@domain or DOMAIN\user; NULL: Kerberos, with the credentials of the environment */
    struct str password;
    unsigned timeout; /* seconds for each answer */
    bool plain;       /* ldap:// without TLS */
};

enum { LDAPC_WHY = 640 };

struct ldapc;

int ldapc_open(const struct ldapc_options *o, struct ldapc **out, char why[LDAPC_WHY]);
void ldapc_close(struct ldapc *c);
/* Of the last call that failed. */
const char *ldapc_why(const struct ldapc *c);

struct ldapc_attribute {
    struct str name; /* with its options: "member;range=0-1499" */
    const struct str *values;
    size_t n;
};

struct ldapc_entry {
    struct str dn;
    const struct ldapc_attribute *attributes;
    size_t n;
};

/* Called for each entry, which lives until it returns. What it returns but 0 ends the search and is the search's result. */
typedef int ldapc_each(void *owner, const struct ldapc_entry *e);

enum ldapc_scope { LDAPC_BASE, LDAPC_SUBTREE };

struct ldapc_query {
    const char *base;
    enum ldapc_scope scope;
    const char *filter;
    const char *const *attributes; /* ended by NULL */
    unsigned page;                 /* objects per page (RFC 2696); 0: all at once */
    bool deleted;                  /* deleted objects, too (MS-ADTS 3.1.1.3.4.1.14) */
    bool identities;               /* "<GUID=...>;<SID=...>;" before each DN (MS-ADTS 3.1.1.3.4.1.5) */
};

/* Runs a search to its end, page after page. Memory is that of one entry. */
int ldapc_search(struct ldapc *c, const struct ldapc_query *q, ldapc_each *each, void *owner);

/* What changed since `cookie` (DirSync, MS-ADTS 3.1.1.3.4.1.3); absent: everything. The query's base is the root of a naming context. *next,
 * valid until the next call, is the cookie for the next time, once all changes were given. ERR_UNSUPPORTED: the account lacks the right
 * "Replicating Directory Changes", or the server does not take this cookie. */
int ldapc_dirsync(struct ldapc *c, const struct ldapc_query *q, struct str cookie, struct str *next, ldapc_each *each, void *owner);

/* One attribute of one object. */
struct ldapc_change {
    const char *dn, *attribute;
    struct str was; /* is taken away, or nothing is done: ERR_NOT_FOUND when it is another by now. Absent: whatever it is */
    struct str now;
};

/* Writes over encrypted connections only (TLS, or Kerberos with sealing): ERR_USAGE else. */
int ldapc_change(struct ldapc *c, const struct ldapc_change *x);

#endif
