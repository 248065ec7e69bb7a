/* store/secret.c - secrets in settings, encrypted. */
#include "store/secret.h"

#include "store/tab_settings.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY = crypto_secretbox_KEYBYTES, NONCE = crypto_secretbox_NONCEBYTES, MAC = crypto_secretbox_MACBYTES };

struct secret_key {
    uint8_t key[KEY];
};

static int read_key(int fd, uint8_t key[KEY])
{
    struct stat st;
    uint8_t more;
    if (fstat(fd, &st) != 0)
        return ERR_IO;
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077) || st.st_size != KEY)
        return ERR_MALFORMED;
    if (read(fd, key, KEY) != KEY || read(fd, &more, 1) != 0)
        return ERR_IO;
    return 0;
}

/* Written beside and linked into place: a kill leaves no half a key, and of two starters one makes it. */
static int make_key(const char *path)
{
    char beside[4096];
    uint8_t key[KEY];
    int n = snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof beside)
        return ERR_LIMIT;
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return ERR_IO;
    crypto_secretbox_keygen(key);
    bool good = write(fd, key, KEY) == KEY && fsync(fd) == 0;
    sodium_memzero(key, KEY);
    good = close(fd) == 0 && good;
    if (good && link(beside, path) != 0 && errno != EEXIST)
        good = false;
    (void)unlink(beside);
    return good ? 0 : ERR_IO;
}

int secret_open(const char *folder, struct secret_key **out)
{
    char path[4000];
    int n = snprintf(path, sizeof path, "%s/secret.key", folder);
    if (n < 0 || (size_t)n >= sizeof path)
        return ERR_LIMIT;
    if (sodium_init() < 0)
        return ERR_IO;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int err = fd < 0 && errno == ENOENT ? make_key(path) : 0;
    if (fd < 0 && !err)
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (err || fd < 0)
        return err ? err : ERR_IO;
    struct secret_key *k = calloc(1, sizeof *k);
    err = k ? read_key(fd, k->key) : ERR_MEMORY;
    (void)close(fd);
    if (err)
        secret_close(k);
    else
        *out = k;
    return err;
}

void secret_close(struct secret_key *k)
{
    if (k)
        sodium_memzero(k, sizeof *k);
    free(k);
}

static bool setting(const char *name, char out[128])
{
    int n = snprintf(out, 128, "secret.%s", name);
    return n > 0 && n < 128;
}

int secret_put(const struct secret_key *k, struct db *db, const char *name, struct str text)
{
    char full[128];
    if (!setting(name, full))
        return ERR_USAGE;
    if (text.n == 0)
        return tab_settings_put(db, full, STR_NONE);
    if (text.n > SECRET_MAX)
        return ERR_LIMIT;
    size_t n = NONCE + MAC + text.n, room = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL);
    uint8_t *box = malloc(n);
    char *base64 = malloc(room);
    int err = box && base64 ? 0 : ERR_MEMORY;
    if (!err) {
        randombytes_buf(box, NONCE);
        (void)crypto_secretbox_easy(box + NONCE, (const uint8_t *)text.p, text.n, box, k->key);
        (void)sodium_bin2base64(base64, room, box, n, sodium_base64_VARIANT_ORIGINAL);
        err = tab_settings_put(db, full, str_of(base64));
    }
    free(box);
    free(base64);
    return err;
}

static int unbox(const struct secret_key *k, struct arena *a, struct str base64, struct str *text)
{
    size_t n = 0;
    uint8_t *box = arena_alloc(a, base64.n), *clear = arena_alloc(a, base64.n + 1);
    if (!box || !clear)
        return ERR_MEMORY;
    if (sodium_base642bin(box, base64.n, base64.p, base64.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 || n < NONCE + MAC)
        return ERR_CHECKSUM;
    if (crypto_secretbox_open_easy(clear, box + NONCE, n - NONCE, box, k->key) != 0)
        return ERR_CHECKSUM;
    clear[n - NONCE - MAC] = 0;
    *text = (struct str){(const char *)clear, n - NONCE - MAC};
    return 0;
}

int secret_get(const struct secret_key *k, struct db *db, struct arena *a, const char *name, struct str *text)
{
    char full[128];
    struct str base64 = STR_NONE;
    if (!setting(name, full))
        return ERR_USAGE;
    int err = tab_settings_get(db, a, full, &base64);
    if (!err && !str_set(base64))
        *text = STR_NONE;
    return err || !str_set(base64) ? err : unbox(k, a, base64, text);
}

int secret_set(struct db *db, const char *name, bool *is)
{
    char full[128];
    struct arena a;
    struct str found = STR_NONE;
    if (!setting(name, full))
        return ERR_USAGE;
    arena_init(&a, 4096, 1u << 20);
    int err = tab_settings_get(db, &a, full, &found);
    if (!err)
        *is = str_set(found);
    arena_free(&a);
    return err;
}

void secret_wipe(struct str text)
{
    if (str_set(text))
        sodium_memzero((char *)(uintptr_t)text.p, text.n);
}
