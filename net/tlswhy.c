/* net/tlswhy.c - why a TLS connection does not come about. */
#include "net/tlswhy.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int dial(const struct tlswhy_target *t, char *why, size_t n)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    const struct timeval limit = {.tv_sec = t->timeout};
    struct addrinfo *found = NULL;
    char port[8];
    int fd = -1;
    (void)snprintf(port, sizeof port, "%u", t->port);
    int err = getaddrinfo(t->host, port, &hints, &found);
    if (err) {
        (void)snprintf(why, n, "the name %s is not found (%s)", t->host, gai_strerror(err));
        return -1;
    }
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, 0);
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            (void)snprintf(why, n, "nobody answers at %s port %u (%s)", t->host, t->port,
                           errno == EINPROGRESS ? "no answer in time" : strerror(errno));
            (void)close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* ExtendedRequest "1.3.6.1.4.1.1466.20037" as message 1; the answer's result code is 0 when TLS may begin. */
static bool starttls(int fd)
{
    static const char request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
                                  "1.3.6.1.4.1.1466.20037";
    char reply[512];
    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1)
        return false;
    ssize_t got = recv(fd, reply, sizeof reply, 0);
    return got > 9 && memmem(reply, (size_t)got, "\x0a\x01\x00", 3) != NULL;
}

static void verify(gnutls_session_t s, const struct tlswhy_target *t, char *why, size_t n)
{
    gnutls_datum_t text = {0};
    unsigned status = 0;
    int err = gnutls_handshake(s);
    while (err < 0 && !gnutls_error_is_fatal(err) && err != GNUTLS_E_AGAIN)
        err = gnutls_handshake(s);
    if (err < 0) {
        (void)snprintf(why, n, "%s port %u does not speak TLS as it should (%s)", t->host, t->port, gnutls_strerror(err));
        return;
    }
    if (gnutls_certificate_verify_peers3(s, t->host, &status) < 0 || status == 0)
        return;
    if (gnutls_certificate_verification_status_print(status, gnutls_certificate_type_get(s), &text, 0) == 0)
        (void)snprintf(why, n, "the certificate of %s is refused, checked with %s: %s", t->host, t->ca_file, (const char *)text.data);
    gnutls_free(text.data);
}

static void handshake(int fd, const struct tlswhy_target *t, char *why, size_t n)
{
    gnutls_certificate_credentials_t authorities = NULL;
    gnutls_session_t s = NULL;
    if (gnutls_certificate_allocate_credentials(&authorities) != 0)
        return;
    int trusted = gnutls_certificate_set_x509_trust_file(authorities, t->ca_file, GNUTLS_X509_FMT_PEM);
    if (trusted <= 0) {
        (void)snprintf(why, n, "%s: no certificate of an authority can be read from it (PEM)", t->ca_file);
    } else if (gnutls_init(&s, GNUTLS_CLIENT) == 0) {
        (void)gnutls_set_default_priority(s);
        (void)gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, authorities);
        (void)gnutls_server_name_set(s, GNUTLS_NAME_DNS, t->host, strlen(t->host));
        gnutls_transport_set_int(s, fd);
        gnutls_handshake_set_timeout(s, t->timeout * 1000);
        verify(s, t, why, n);
        gnutls_deinit(s);
    }
    gnutls_certificate_free_credentials(authorities);
}

void tlswhy(const struct tlswhy_target *t, char *why, size_t n)
{
    why[0] = '\0';
    int fd = dial(t, why, n);
    if (fd < 0)
        return;
    if (t->tls && t->ldap_starttls && !starttls(fd))
        (void)snprintf(why, n, "%s port %u does not answer StartTLS; has the server a certificate? ldaps:// may work", t->host, t->port);
    else if (t->tls)
        handshake(fd, t, why, n);
    (void)close(fd);
}
