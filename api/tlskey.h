/* api/tlskey.h - certificate and key of the server, as PEM text; made by ourselves when nobody gave one. */
#ifndef VIGIE_API_TLSKEY_H
#define VIGIE_API_TLSKEY_H

#include "base/buf.h"

/* Reads the two files. */
int tlskey_read(const char *certificate, const char *key, struct buf *cert_pem, struct buf *key_pem);
/* What everybody who makes certificates needs; gnutls_x509_crt_t and gnutls_x509_privkey_t. A random serial number; both as PEM, appended. */
struct gnutls_x509_crt_int;
struct gnutls_x509_privkey_int;
int tlskey_serial(struct gnutls_x509_crt_int *crt);
int tlskey_pem(struct gnutls_x509_crt_int *crt, struct gnutls_x509_privkey_int *key, struct buf *cert_pem, struct buf *key_pem);
/* FOLDER/tls/certificate.pem and key.pem (0600): read, or made when they are not there or end within 30 days. ECDSA P-256,
 * 825 days, signed by itself, for localhost, this machine's name, 127.0.0.1 and ::1. */
int tlskey_own(const char *folder, struct buf *cert_pem, struct buf *key_pem);

#endif
