/* link/licence.c - issuing and checking licences (Ed25519 of libsodium). */
#include "link/licence.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/jin.h"
#include "base/jout.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { B64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

static const char prefix[] = "vigie1.";

struct str product_text(enum product p)
{
    return p == PRODUCT_ATP ? STR("atp") : STR("hub");
}

/* ---- keys ---- */

static int read_key(const char *path, unsigned char *key, size_t n)
{
    char text[256];
    size_t got = 0;
    FILE *f = file_open(path);
    if (!f)
        return ERR_IO;
    size_t len = fread(text, 1, sizeof text, f);
    (void)fclose(f);
    struct str s = str_trim((struct str){text, len});
    int bad = sodium_base642bin(key, n, s.p, s.n, NULL, &got, NULL, B64) != 0 || got != n;
    sodium_memzero(text, sizeof text);
    return bad ? ERR_MALFORMED : 0;
}

static int write_key(const char *path, const unsigned char *key, size_t n, mode_t mode)
{
    char text[256];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return errno == EEXIST ? ERR_USAGE : ERR_IO;
    size_t len = strlen(sodium_bin2base64(text, sizeof text - 1, key, n, B64));
    text[len++] = '\n';
    int err = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0 ? 0 : ERR_IO;
    (void)close(fd);
    sodium_memzero(text, sizeof text);
    return err;
}

static bool has(const struct licence_keys *keys, const unsigned char key[LICENCE_PUBLIC])
{
    for (unsigned i = 0; i < atomic_load(&keys->n); i++)
        if (memcmp(keys->key[i], key, LICENCE_PUBLIC) == 0)
            return true;
    return false;
}

static int load_key(const char *path, struct licence_keys *keys)
{
    unsigned char key[LICENCE_PUBLIC];
    unsigned n = atomic_load(&keys->n);
    int err = read_key(path, key, sizeof key);
    if (err || has(keys, key))
        return err;
    if (n == LICENCE_KEYS)
        return ERR_LIMIT;
    memcpy(keys->key[n], key, sizeof key);
    atomic_store(&keys->n, n + 1); /* readers see it whole */
    return 0;
}

int licence_keys_load(const char *folder, struct licence_keys *keys)
{
    char path[4200];
    int err = 0;
    (void)snprintf(path, sizeof path, "%s/licence", folder);
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? 0 : ERR_IO;
    for (const struct dirent *e; !err && (e = readdir(d)) != NULL;) {
        if (!str_ends(str_of(e->d_name), STR(".pub")) || e->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/licence/%s", folder, e->d_name);
        err = load_key(path, keys);
    }
    (void)closedir(d);
    return err;
}

void licence_key_name(const unsigned char key[LICENCE_PUBLIC], char out[17])
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    (void)crypto_generichash(hash, sizeof hash, key, LICENCE_PUBLIC, NULL, 0);
    (void)hash_hex(out, hash, 8);
}

int licence_keys_trust(const char *folder, const unsigned char key[LICENCE_PUBLIC])
{
    char path[4200], part[4200], name[17];
    struct licence_keys keys = {.n = 0};
    int err = licence_keys_load(folder, &keys);
    if (err || has(&keys, key))
        return err;
    if (atomic_load(&keys.n) == LICENCE_KEYS)
        return ERR_LIMIT;
    licence_key_name(key, name);
    (void)snprintf(path, sizeof path, "%s/licence", folder);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return ERR_IO;
    (void)snprintf(path, sizeof path, "%s/licence/%s.pub", folder, name);
    (void)snprintf(part, sizeof part, "%s/licence/.%s.part", folder, name);
    (void)unlink(part);
    err = write_key(part, key, LICENCE_PUBLIC, 0600);
    return err ? err : rename(part, path) == 0 ? 0 : ERR_IO; /* a running hub that looks meanwhile sees a whole key or none */
}

int licence_key_make(const char *path)
{
    char public_path[4200];
    unsigned char public[LICENCE_PUBLIC], secret[LICENCE_SECRET];
    struct stat st;
    int n = snprintf(public_path, sizeof public_path, "%s.pub", path);
    if (n < 0 || (size_t)n >= sizeof public_path || stat(public_path, &st) == 0)
        return ERR_USAGE;
    if (sodium_init() < 0 || crypto_sign_keypair(public, secret) != 0)
        return ERR_UNSUPPORTED;
    int err = write_key(path, secret, sizeof secret, 0600);
    if (!err)
        err = write_key(public_path, public, sizeof public, 0644);
    sodium_memzero(secret, sizeof secret);
    return err;
}

int licence_key_read(const char *path, unsigned char secret[LICENCE_SECRET])
{
    return read_key(path, secret, LICENCE_SECRET);
}

/* ---- texts ---- */

static void write_json(struct buf *out, const struct licence *l, const unsigned char public[LICENCE_PUBLIC])
{
    char key[sodium_base64_ENCODED_LEN(LICENCE_PUBLIC, B64)];
    struct jout j = jout_to(out);
    jout_obj(&j);
    jout_kstr(&j, "id", l->id);
    jout_kstr(&j, "product", product_text(l->product));
    jout_kstr(&j, "organisation", l->organisation);
    jout_kstr(&j, "domain", l->domain);
    jout_kstr(&j, "domainSid", l->domain_sid);
    jout_ki64(&j, "issued", l->issued / TIME_SECOND);
    if (l->expires != TIME_NONE)
        jout_ki64(&j, "expires", l->expires / TIME_SECOND);
    jout_kz(&j, "key", sodium_bin2base64(key, sizeof key, public, LICENCE_PUBLIC, B64));
    jout_end_obj(&j);
}

static void add_base64(struct buf *out, const void *bytes, size_t n)
{
    size_t room = sodium_base64_encoded_len(n, B64);
    char *at = buf_room(out, room);
    if (!at)
        return;
    (void)sodium_bin2base64(at, room, bytes, n, B64);
    out->n += room - 1;
}

int licence_issue(const unsigned char secret[LICENCE_SECRET], struct licence *l, struct arena *a, struct buf *text)
{
    unsigned char signature[crypto_sign_BYTES], random[12], public[LICENCE_PUBLIC];
    char hex[25];
    struct buf json = {0};
    if (sodium_init() < 0 || crypto_sign_ed25519_sk_to_pk(public, secret) != 0)
        return ERR_UNSUPPORTED;
    if (!str_set(l->id)) {
        randombytes_buf(random, sizeof random);
        l->id = str_dup(a, hash_hex(hex, random, sizeof random));
    }
    size_t start = text->n;
    write_json(&json, l, public);
    buf_str(text, str_of(prefix));
    add_base64(text, json.p, json.n);
    if (!text->failed)
        (void)crypto_sign_detached(signature, NULL, (const unsigned char *)text->p + start, text->n - start, secret);
    buf_char(text, '.');
    add_base64(text, signature, sizeof signature);
    int err = json.failed || text->failed ? ERR_MEMORY : 0;
    buf_free(&json);
    return err;
}

/* Each request asks what the licences allow: what this thread found good a moment ago need not be computed again. A digest stands for text, signature
 * and the keys that counted, so that nothing else passes for it. */
enum { GOOD = 8 };
static _Thread_local struct {
    unsigned char digest[GOOD][crypto_generichash_BYTES];
    unsigned next;
} good;

static void digest_of(const struct licence_keys *keys, struct str said, const unsigned char *signature, unsigned char out[crypto_generichash_BYTES])
{
    crypto_generichash_state s;
    (void)crypto_generichash_init(&s, NULL, 0, crypto_generichash_BYTES);
    (void)crypto_generichash_update(&s, (const unsigned char *)said.p, said.n);
    (void)crypto_generichash_update(&s, signature, crypto_sign_BYTES);
    (void)crypto_generichash_update(&s, keys->key[0], (size_t)atomic_load(&keys->n) * LICENCE_PUBLIC);
    (void)crypto_generichash_final(&s, out, crypto_generichash_BYTES);
}

static bool verified(const struct licence_keys *keys, struct str said, const unsigned char *signature)
{
    for (unsigned i = 0; i < atomic_load(&keys->n); i++)
        if (crypto_sign_verify_detached(signature, (const unsigned char *)said.p, said.n, keys->key[i]) == 0)
            return true;
    return false;
}

static bool signed_by_one(const struct licence_keys *keys, struct str said, const unsigned char *signature)
{
    unsigned char digest[crypto_generichash_BYTES];
    digest_of(keys, said, signature, digest);
    for (unsigned i = 0; i < GOOD; i++)
        if (memcmp(good.digest[i], digest, sizeof digest) == 0)
            return true;
    if (!verified(keys, said, signature))
        return false;
    memcpy(good.digest[good.next++ % GOOD], digest, sizeof digest);
    return true;
}

static int64_t moment(const struct jnode *doc, const char *name)
{
    uint64_t seconds;
    return jin_u64(doc, doc, name, &seconds) && seconds < INT64_MAX / TIME_SECOND ? (int64_t)seconds * TIME_SECOND : TIME_NONE;
}

static bool read_fields(const struct jnode *doc, struct licence *l)
{
    struct str product = jin_str(doc, doc, "product");
    *l = (struct licence){.id = jin_str(doc, doc, "id"),
                          .product = str_eq(product, STR("atp")) ? PRODUCT_ATP : PRODUCT_HUB,
                          .organisation = jin_str(doc, doc, "organisation"),
                          .domain = jin_str(doc, doc, "domain"),
                          .domain_sid = jin_str(doc, doc, "domainSid"),
                          .issued = moment(doc, "issued"),
                          .expires = moment(doc, "expires")};
    bool known = str_eq(product, STR("atp")) || str_eq(product, STR("hub"));
    return known && str_set(l->id) && l->issued != TIME_NONE && (l->product != PRODUCT_ATP || str_set(l->domain_sid));
}

/* libsodium's decoder takes some bytes outside ASCII for letters: one licence has one spelling. */
static bool plain(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '-' || text.p[i] > 'z')
            return false;
    return true;
}

/* A licence taken apart: what is signed, and by what. */
struct parts {
    struct str said, body;
    unsigned char signature[crypto_sign_BYTES];
};

static bool take_apart(struct str text, struct parts *p)
{
    size_t got = 0, head = sizeof prefix - 1;
    text = str_trim(text);
    ptrdiff_t dot = str_rchr(text, '.');
    if (sodium_init() < 0 || text.n > LICENCE_TEXT_MAX || !plain(text) || !str_starts(text, str_of(prefix)) || dot <= (ptrdiff_t)head)
        return false;
    struct str tail = str_from(text, (size_t)dot + 1);
    p->said = str_sub(text, 0, (size_t)dot);
    p->body = str_from(p->said, head);
    return sodium_base642bin(p->signature, sizeof p->signature, tail.p, tail.n, NULL, &got, NULL, B64) == 0 && got == sizeof p->signature;
}

static int read_body(struct str body, struct arena *a, struct licence *out)
{
    size_t got = 0, key = 0;
    unsigned char *json = arena_zero(a, body.n + JIN_PADDING);
    if (!json)
        return ERR_MEMORY;
    if (sodium_base642bin(json, body.n, body.p, body.n, NULL, &got, NULL, B64) != 0)
        return ERR_MALFORMED;
    const struct jnode *doc = jin_embedded(a, (struct str){(const char *)json, got});
    struct licence l;
    if (!doc || !read_fields(doc, &l))
        return ERR_MALFORMED;
    struct str of = jin_str(doc, doc, "key");
    if (str_set(of) && (sodium_base642bin(l.key, sizeof l.key, of.p, of.n, NULL, &key, NULL, B64) != 0 || key != sizeof l.key))
        return ERR_MALFORMED;
    *out = l;
    return 0;
}

int licence_read(const struct licence_keys *keys, struct str text, struct arena *a, struct licence *out, const char **why)
{
    struct parts p;
    *why = "this is no licence of Vigie";
    if (!take_apart(text, &p))
        return ERR_MALFORMED;
    if (!signed_by_one(keys, p.said, p.signature)) {
        *why = "the licence is signed by nobody whose key is in the licence folder";
        return ERR_MALFORMED;
    }
    int err = read_body(p.body, a, out);
    if (!err)
        *why = NULL;
    return err;
}

int licence_read_unknown(struct str text, struct arena *a, struct licence *out, const char **why)
{
    struct parts p;
    struct licence l;
    *why = "this is no licence of Vigie";
    if (!take_apart(text, &p))
        return ERR_MALFORMED;
    int err = read_body(p.body, a, &l);
    if (err)
        return err;
    *why = "it is not signed by the issuer that it names";
    if (crypto_sign_verify_detached(p.signature, (const unsigned char *)p.said.p, p.said.n, l.key) != 0)
        return ERR_MALFORMED;
    *out = l;
    *why = NULL;
    return 0;
}

const char *licence_refused(const struct licence *l, struct str domain_sid, int64_t now)
{
    if (l->expires != TIME_NONE && now >= l->expires)
        return "it has expired";
    if (l->issued > now + TIME_DAY)
        return "it is issued for a later time";
    if (l->product == PRODUCT_ATP && !str_set(domain_sid))
        return "the Active Directory domain is not known yet: collect events of a domain controller or import the directory";
    if (l->product == PRODUCT_ATP && !str_eqi(l->domain_sid, domain_sid))
        return "it is for another Active Directory domain";
    return NULL;
}
