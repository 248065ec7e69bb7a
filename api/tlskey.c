/* api/tlskey.c - a self-signed certificate with GnuTLS. */
#include "api/tlskey.h"

#include "base/err.h"
#include "base/file.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DAYS = 825, RENEW_DAYS = 30, DAY_SECONDS = 86400, LARGEST = 1 << 20 };

static int read_text(const char *path, struct buf *out)
{
    int err = file_read(path, LARGEST, out);
    buf_char(out, '\0'); /* the HTTP library takes texts */
    return err ? err : out->failed ? ERR_MEMORY : 0;
}

int tlskey_read(const char *certificate, const char *key, struct buf *cert_pem, struct buf *key_pem)
{
    int err = read_text(certificate, cert_pem);
    return err ? err : read_text(key, key_pem);
}

/* ---- making one ---- */

static int set_names(gnutls_x509_crt_t crt)
{
    static const uint8_t v4[4] = {127, 0, 0, 1}, v6[16] = {[15] = 1};
    char host[256] = "";
    int bad = 0;
    if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
        (void)snprintf(host, sizeof host, "localhost");
    bad |= gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, host, (unsigned)strnlen(host, 64));
    bad |= gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, host, (unsigned)strlen(host), GNUTLS_FSAN_SET);
    if (strcmp(host, "localhost") != 0)
        bad |= gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_APPEND);
    bad |= gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, v4, sizeof v4, GNUTLS_FSAN_APPEND);
    bad |= gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, v6, sizeof v6, GNUTLS_FSAN_APPEND);
    return bad;
}

static int fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    time_t now = time(NULL);
    int bad = tlskey_serial(crt);
    bad |= gnutls_x509_crt_set_version(crt, 3);
    bad |= gnutls_x509_crt_set_activation_time(crt, now - 3600);
    bad |= gnutls_x509_crt_set_expiration_time(crt, now + (time_t)DAYS * DAY_SECONDS);
    bad |= set_names(crt);
    bad |= gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
    bad |= gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
    bad |= gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
    bad |= gnutls_x509_crt_set_key(crt, key);
    return bad ? bad : gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

int tlskey_pem(struct gnutls_x509_crt_int *crt, struct gnutls_x509_privkey_int *key, struct buf *cert_pem, struct buf *key_pem)
{
    gnutls_datum_t c = {0}, k = {0};
    int bad = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &c);
    if (!bad)
        bad = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &k);
    if (!bad) {
        buf_add(cert_pem, c.data, c.size);
        buf_add(key_pem, k.data, k.size);
    }
    gnutls_free(c.data);
    gnutls_free(k.data);
    return bad || cert_pem->failed || key_pem->failed ? ERR_MEMORY : 0;
}

int tlskey_serial(struct gnutls_x509_crt_int *crt)
{
    uint8_t serial[16];
    int bad = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x7fu) | 1u); /* positive (RFC 5280 4.1.2.2) */
    return bad ? bad : gnutls_x509_crt_set_serial(crt, serial, sizeof serial);
}

static int make(struct buf *cert_pem, struct buf *key_pem)
{
    gnutls_x509_crt_t crt = NULL;
    gnutls_x509_privkey_t key = NULL;
    int bad = gnutls_x509_crt_init(&crt);
    if (!bad)
        bad = gnutls_x509_privkey_init(&key);
    if (!bad)
        bad = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (!bad)
        bad = fill(crt, key);
    int err = bad ? ERR_IO : tlskey_pem(crt, key, cert_pem, key_pem);
    buf_char(cert_pem, '\0');
    buf_char(key_pem, '\0');
    if (key)
        gnutls_x509_privkey_deinit(key);
    if (crt)
        gnutls_x509_crt_deinit(crt);
    return err;
}

static bool of_one_pair(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
    uint8_t a[64], b[64];
    size_t na = sizeof a, nb = sizeof b;
    return gnutls_x509_crt_get_key_id(crt, 0, a, &na) == 0 && gnutls_x509_privkey_get_key_id(key, 0, b, &nb) == 0 && na == nb && memcmp(a, b, na) == 0;
}

/* The certificate belongs to the key (a kill between writing the two leaves strangers) and is valid for a while yet. */
static bool lasts(const struct buf *cert_pem, const struct buf *key_pem)
{
    gnutls_x509_crt_t crt = NULL;
    gnutls_x509_privkey_t key = NULL;
    gnutls_datum_t c = {(unsigned char *)cert_pem->p, (unsigned)cert_pem->n}, k = {(unsigned char *)key_pem->p, (unsigned)key_pem->n};
    bool good = gnutls_x509_crt_init(&crt) == 0 && gnutls_x509_privkey_init(&key) == 0;
    good = good && gnutls_x509_crt_import(crt, &c, GNUTLS_X509_FMT_PEM) == 0;
    good = good && gnutls_x509_privkey_import2(key, &k, GNUTLS_X509_FMT_PEM, NULL, 0) == 0 && of_one_pair(crt, key);
    good = good && gnutls_x509_crt_get_expiration_time(crt) > time(NULL) + (time_t)RENEW_DAYS * DAY_SECONDS;
    if (key)
        gnutls_x509_privkey_deinit(key);
    if (crt)
        gnutls_x509_crt_deinit(crt);
    return good;
}

static int renew(const char *certificate, const char *key, struct buf *cert_pem, struct buf *key_pem)
{
    cert_pem->n = key_pem->n = 0;
    int err = make(cert_pem, key_pem);
    if (!err)
        err = file_write_secret(key, (struct str){key_pem->p, key_pem->n - 1});
    if (!err)
        err = file_write_secret(certificate, (struct str){cert_pem->p, cert_pem->n - 1});
    return err;
}

int tlskey_own(const char *folder, struct buf *cert_pem, struct buf *key_pem)
{
    char *dir = NULL, *certificate = NULL, *key = NULL;
    bool named = asprintf(&dir, "%s/tls", folder) >= 0;
    named = asprintf(&certificate, "%s/tls/certificate.pem", folder) >= 0 && named;
    named = asprintf(&key, "%s/tls/key.pem", folder) >= 0 && named;
    int err = named ? 0 : ERR_MEMORY;
    if (!err && mkdir(dir, 0700) != 0 && errno != EEXIST)
        err = ERR_IO;
    if (!err) {
        err = tlskey_read(certificate, key, cert_pem, key_pem);
        if (err == ERR_NOT_FOUND || (!err && !lasts(cert_pem, key_pem)))
            err = renew(certificate, key, cert_pem, key_pem);
    }
    free(dir);
    free(certificate);
    free(key);
    return err;
}
