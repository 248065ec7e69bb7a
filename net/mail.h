/* net/mail.h - sends one mail by SMTP (RFC 5321), as RFC 5322 and MIME have it.
 *
 * A mail has a subject and a text, both UTF-8. The subject is encoded by RFC 2047 where it is not plain ASCII, the text
 * is quoted-printable. Nothing given can add a header: addresses with anything but printable ASCII, or with blanks, angle
 * brackets, commas or quotes, are refused, and control characters in names and subjects become blanks. */
#ifndef VIGIE_NET_MAIL_H
#define VIGIE_NET_MAIL_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

enum { MAIL_WHY = 256, MAIL_RECIPIENTS = 100, MAIL_ADDRESS = 254 };

enum mail_security {
    MAIL_STARTTLS, /* required: without it nothing is sent */
    MAIL_TLS,      /* from the first byte */
    MAIL_PLAIN,    /* for a relay on this machine; takes no password */
};

struct mail_server {
    const char *host;
    uint16_t port;
    enum mail_security security;
    const char *ca_file;       /* PEM; NULL = what the system trusts */
    struct str user, password; /* absent = no authentication; copied, and wiped afterwards; no NUL inside */
    int timeout_ms;            /* for all of it */
};

struct mail {
    struct str from; /* "vigie@corp.test" */
    struct str from_name; /* may be absent */
    const struct str *to;
    size_t nto;
    struct str subject, text; /* lines of the text end in LF */
    int64_t time;             /* its Date, shown in UTC */
    struct str id;            /* left half of its Message-ID: letters, digits, "." and "-"; the same at every try of one mail */
};

/* 0: the server took it, for all recipients. ERR_IO: it may work later. ERR_USAGE: it will not work as it is (an address
 * or a setting is wrong, the server refused for good). why says which, without the password. */
int mail_send(const struct mail_server *server, const struct mail *m, char why[MAIL_WHY]);

#endif
