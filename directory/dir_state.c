/* directory/dir_state.c - up to where a directory has been read. */
#include "directory/dir_state.h"

#include "base/hash.h"
#include "base/jin.h"
#include "base/jout.h"

#include <sodium.h>

static void put_cookie(struct jout *j, struct str cookie)
{
    size_t room = sodium_base64_ENCODED_LEN(cookie.n, sodium_base64_VARIANT_ORIGINAL);
    struct buf b = {0};
    char *text = buf_room(&b, room);
    if (text)
        jout_kz(j, "cookie", sodium_bin2base64(text, room, (const unsigned char *)cookie.p, cookie.n, sodium_base64_VARIANT_ORIGINAL));
    else
        j->out->failed = true;
    buf_free(&b);
}

void dir_state_write(const struct dir_state *s, struct buf *out)
{
    struct jout j = jout_to(out);
    jout_obj(&j);
    jout_kstr(&j, "domain", s->domain);
    if (str_set(s->cookie)) {
        put_cookie(&j, s->cookie);
    } else {
        jout_kstr(&j, "invocation", s->invocation);
        jout_ku64(&j, "usn", s->usn);
    }
    jout_end_obj(&j);
    buf_char(out, '\n');
}

bool dir_state_read(struct arena *a, struct str text, struct dir_state *s)
{
    struct fault f;
    struct jin *j = jin_new();
    const struct jnode *doc;
    struct buf padded = {0};
    buf_str(&padded, text);
    char *padding = buf_room(&padded, JIN_PADDING);
    bool good = j && padding && jin_parse(j, padded.p, padded.n, &doc, &f) == 0 && doc->type == J_OBJ;
    *s = (struct dir_state){0};
    if (good) {
        struct str b64 = jin_str(doc, doc, "cookie");
        unsigned char *cookie = arena_alloc(a, b64.n + 1);
        size_t n = 0;
        s->domain = str_dup(a, jin_str(doc, doc, "domain"));
        s->invocation = str_dup(a, jin_str(doc, doc, "invocation"));
        good = jin_u64(doc, doc, "usn", &s->usn) && s->invocation.n;
        if (str_set(b64) && cookie && sodium_base642bin(cookie, b64.n + 1, b64.p, b64.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0) {
            s->cookie = (struct str){(const char *)cookie, n};
            good = n > 0;
        }
    }
    buf_free(&padded);
    jin_free(j);
    return good;
}

struct str dir_state_mark(struct arena *a, struct str text)
{
    uint8_t id[16];
    char hex[33];
    struct str trimmed = str_trim(text);
    hash_id(id, &trimmed, 1);
    return str_dup(a, hash_hex(hex, id, sizeof id));
}
