/* net/tlswhy.h - why a TLS connection does not come about: asked once it has failed, because libldap does not say.
 *
 * Connects again and follows the handshake: name not found, nobody answers, no TLS, or what is wrong with the certificate. */
#ifndef VIGIE_NET_TLSWHY_H
#define VIGIE_NET_TLSWHY_H

#include <stdbool.h>
#include <stddef.h>

struct tlswhy_target {
    const char *host;
    unsigned port;
    const char *ca_file;
    bool tls, ldap_starttls; /* TLS at once, or after LDAP's StartTLS (RFC 4511 4.14) */
    unsigned timeout;        /* seconds */
};

/* Writes a sentence; "" when this time nothing was wrong. */
void tlswhy(const struct tlswhy_target *t, char *why, size_t n);

#endif
