/* base/jout.h - writing JSON (RFC 8259), compact, in the order of the calls.
 *
 * Objects and arrays may nest 32 deep. Text must be UTF-8; invalid bytes become U+FFFD. The same calls
 * give the same bytes on every machine: no locale, no pointer order, shortest round-trip numbers. */
#ifndef VIGIE_BASE_JOUT_H
#define VIGIE_BASE_JOUT_H

#include "base/buf.h"

struct jout {
    struct buf *out;
    unsigned depth;
    uint32_t some; /* bit per depth: something was already written there */
    bool keyed;    /* a key has been written, its value is next */
};

static inline struct jout jout_to(struct buf *out)
{
    return (struct jout){.out = out};
}

void jout_obj(struct jout *j);
void jout_end_obj(struct jout *j);
void jout_arr(struct jout *j);
void jout_end_arr(struct jout *j);
void jout_key(struct jout *j, const char *key);
void jout_str(struct jout *j, struct str s);
void jout_u64(struct jout *j, uint64_t v);
void jout_i64(struct jout *j, int64_t v);
void jout_num(struct jout *j, double v); /* NaN and infinities become null */
void jout_bool(struct jout *j, bool v);
void jout_null(struct jout *j);
void jout_time(struct jout *j, int64_t t); /* null for TIME_NONE */
void jout_raw(struct jout *j, struct str json); /* already JSON */

/* key and value at once; the absent ones are left out */
void jout_kstr(struct jout *j, const char *key, struct str s);
void jout_kz(struct jout *j, const char *key, const char *z);
void jout_ku64(struct jout *j, const char *key, uint64_t v);
void jout_ki64(struct jout *j, const char *key, int64_t v);
void jout_knum(struct jout *j, const char *key, double v);
void jout_kbool(struct jout *j, const char *key, bool v);
void jout_ktime(struct jout *j, const char *key, int64_t t);

#endif
