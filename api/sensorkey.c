/* api/sensorkey.c - an issuer and the certificates that it signs, with GnuTLS. */
#include "api/sensorkey.h"

#include "api/tlskey.h"
#include "base/err.h"
#include "base/file.h"

#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { YEARS = 10 };
#define YEAR_SECONDS ((time_t)365 * 86400)
#define ISSUER "Vigie sensors"

struct pair {
    gnutls_x509_crt_t crt;
    gnutls_x509_privkey_t key;
};

static void drop(struct pair *p)
{
    if (p->crt)
        gnutls_x509_crt_deinit(p->crt);
    if (p->key)
        gnutls_x509_privkey_deinit(p->key);
}

static int begin(struct pair *p, bool fresh)
{
    *p = (struct pair){NULL, NULL};
    int bad = gnutls_x509_crt_init(&p->crt);
    if (!bad)
        bad = gnutls_x509_privkey_init(&p->key);
    if (!bad && fresh)
        bad = gnutls_x509_privkey_generate(p->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    return bad;
}

static int fill(const struct pair *p, struct str name, bool issuer)
{
    time_t now = time(NULL);
    int bad = tlskey_serial(p->crt);
    bad |= gnutls_x509_crt_set_version(p->crt, 3);
    bad |= gnutls_x509_crt_set_activation_time(p->crt, now - 3600);
    bad |= gnutls_x509_crt_set_expiration_time(p->crt, now + YEARS * YEAR_SECONDS);
    bad |= gnutls_x509_crt_set_dn_by_oid(p->crt, GNUTLS_OID_X520_COMMON_NAME, 0, name.p, (unsigned)(name.n < 64 ? name.n : 64));
    bad |= gnutls_x509_crt_set_basic_constraints(p->crt, issuer, issuer ? 0 : -1);
    bad |= gnutls_x509_crt_set_key_usage(p->crt, issuer ? GNUTLS_KEY_KEY_CERT_SIGN : GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (!issuer)
        bad |= gnutls_x509_crt_set_key_purpose_oid(p->crt, GNUTLS_KP_TLS_WWW_CLIENT, 0);
    bad |= gnutls_x509_crt_set_key(p->crt, p->key);
    return bad;
}

static int make_issuer(struct sensorkey_issuer *out)
{
    struct pair p;
    int bad = begin(&p, true);
    if (!bad)
        bad = fill(&p, STR(ISSUER), true);
    if (!bad)
        bad = gnutls_x509_crt_sign2(p.crt, p.crt, p.key, GNUTLS_DIG_SHA256, 0);
    if (!bad)
        bad = tlskey_pem(p.crt, p.key, &out->cert_pem, &out->key_pem);
    drop(&p);
    buf_char(&out->cert_pem, '\0');
    buf_char(&out->key_pem, '\0');
    return bad ? ERR_IO : 0;
}

int sensorkey_open(const char *folder, struct sensorkey_issuer *out)
{
    char *cert = NULL, *key = NULL;
    *out = (struct sensorkey_issuer){.cert_pem = {.n = 0}};
    bool named = asprintf(&cert, "%s/tls/sensors.pem", folder) >= 0;
    named = asprintf(&key, "%s/tls/sensors-key.pem", folder) >= 0 && named;
    int err = named ? tlskey_read(cert, key, &out->cert_pem, &out->key_pem) : ERR_MEMORY;
    if (err == ERR_NOT_FOUND) {
        out->cert_pem.n = out->key_pem.n = 0;
        err = make_issuer(out);
        if (!err)
            err = file_write_secret(key, (struct str){out->key_pem.p, out->key_pem.n - 1});
        if (!err)
            err = file_write_secret(cert, (struct str){out->cert_pem.p, out->cert_pem.n - 1});
    }
    free(cert);
    free(key);
    return err;
}

void sensorkey_close(struct sensorkey_issuer *k)
{
    if (k->key_pem.p)
        explicit_bzero(k->key_pem.p, k->key_pem.n);
    buf_free(&k->cert_pem);
    buf_free(&k->key_pem);
}

static int read_issuer(const struct sensorkey_issuer *k, struct pair *p)
{
    gnutls_datum_t c = {(unsigned char *)k->cert_pem.p, (unsigned)k->cert_pem.n}, s = {(unsigned char *)k->key_pem.p, (unsigned)k->key_pem.n};
    int bad = begin(p, false);
    if (!bad)
        bad = gnutls_x509_crt_import(p->crt, &c, GNUTLS_X509_FMT_PEM);
    return bad ? bad : gnutls_x509_privkey_import2(p->key, &s, GNUTLS_X509_FMT_PEM, NULL, 0);
}

int sensorkey_issue(const struct sensorkey_issuer *k, struct str name, struct buf *pem, uint8_t fingerprint[SENSORKEY_FINGERPRINT])
{
    struct pair issuer, p = {NULL, NULL};
    struct buf secret = {0};
    size_t n = SENSORKEY_FINGERPRINT;
    int bad = read_issuer(k, &issuer);
    if (!bad)
        bad = begin(&p, true);
    if (!bad)
        bad = fill(&p, name, false);
    if (!bad)
        bad = gnutls_x509_crt_sign2(p.crt, issuer.crt, issuer.key, GNUTLS_DIG_SHA256, 0);
    if (!bad)
        bad = gnutls_x509_crt_get_fingerprint(p.crt, GNUTLS_DIG_SHA256, fingerprint, &n);
    if (!bad)
        bad = tlskey_pem(p.crt, p.key, pem, &secret);
    if (!bad)
        buf_str(pem, buf_view(&secret));
    if (secret.p)
        explicit_bzero(secret.p, secret.n);
    buf_free(&secret);
    drop(&p);
    drop(&issuer);
    return bad || pem->failed ? ERR_IO : 0;
}
