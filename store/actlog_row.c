/* store/actlog_row.c - rows as bytes, several of them in a piece, and pieces made small. */
#include "store/actlog_private.h"

#include <zstd.h>

void le_put(uint8_t *to, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        to[i] = (uint8_t)(v >> 8 * i);
}

uint64_t le_get(const uint8_t *from, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)from[i] << 8 * i;
    return v;
}

/* ---- rows ---- */

int row_pack(const struct actlog_row *row, uint8_t *out)
{
    const struct activity *a = &row->activity;
    if (a->nobjects > ACTIVITY_OBJECTS || a->nfacts > ACTIVITY_FACTS)
        return ERR_LIMIT;
    le_put(out, row->number, 8);
    le_put(out + 8, (uint64_t)row->created, 8);
    le_put(out + 16, a->actor_entity, 4);
    le_put(out + 20, a->device_entity, 4);
    le_put(out + 24, a->destination_entity, 4);
    out[28] = (uint8_t)a->nobjects;
    uint8_t *p = out + ROW_HEAD;
    for (unsigned i = 0; i < a->nobjects; i++, p += 4)
        le_put(p, a->objects[i].entity, 4);
    int n = activity_pack(a, p, (size_t)(out + ACTLOG_ROW_MAX - p));
    return n < 0 ? n : (int)(p - out) + n;
}

bool row_sound(const uint8_t *bytes, size_t n)
{
    return n >= ROW_HEAD && n >= ROW_HEAD + 4u * bytes[28] + ACTIVITY_KEY;
}

int row_unpack(const uint8_t *bytes, size_t n, struct actlog_row *out, struct object *objects, struct fact *facts)
{
    if (!row_sound(bytes, n))
        return ERR_MALFORMED;
    const uint8_t *entities = bytes + ROW_HEAD, *flat = entities + 4u * bytes[28];
    int err = activity_unpack(flat, n - (size_t)(flat - bytes), &out->activity, objects, facts);
    if (err || out->activity.nobjects != bytes[28])
        return ERR_MALFORMED;
    out->number = row_number(bytes);
    out->created = row_created(bytes);
    out->activity.actor_entity = row_actor(bytes);
    out->activity.device_entity = (uint32_t)le_get(bytes + 20, 4);
    out->activity.destination_entity = (uint32_t)le_get(bytes + 24, 4);
    for (unsigned i = 0; i < out->activity.nobjects; i++)
        objects[i].entity = (uint32_t)le_get(entities + 4 * (size_t)i, 4);
    return 0;
}

uint64_t row_number(const uint8_t *bytes)
{
    return le_get(bytes, 8);
}

int64_t row_created(const uint8_t *bytes)
{
    return (int64_t)le_get(bytes + 8, 8);
}

uint32_t row_actor(const uint8_t *bytes)
{
    return (uint32_t)le_get(bytes + 16, 4);
}

const uint8_t *row_key(const uint8_t *bytes)
{
    return bytes + ROW_HEAD + 4u * bytes[28];
}

int64_t row_time(const uint8_t *bytes)
{
    const uint8_t *k = row_key(bytes);
    uint64_t v = 0;
    for (unsigned i = 0; i < 8; i++)
        v = v << 8 | k[i];
    return (int64_t)(v ^ UINT64_C(1) << 63);
}

const uint8_t *row_id(const uint8_t *bytes)
{
    return row_key(bytes) + ACTIVITY_KEY_ID;
}

bool row_cloud(const uint8_t *bytes)
{
    const uint8_t *k = row_key(bytes) + 8;
    return kind_shore((enum kind)(k[0] << 8 | k[1])) == SHORE_CLOUD;
}

/* ---- items ---- */

void items_add(struct items_writer *w, const void *bytes, size_t n)
{
    uint8_t end[4];
    buf_add(&w->bytes, bytes, n);
    le_put(end, w->bytes.n, 4);
    buf_add(&w->ends, end, 4);
    w->n++;
}

void items_clear(struct items_writer *w)
{
    w->ends.n = w->bytes.n = 0;
    w->n = 0;
}

void items_free(struct items_writer *w)
{
    buf_free(&w->ends);
    buf_free(&w->bytes);
    buf_free(&w->whole);
    w->n = 0;
}

struct str items_whole(struct items_writer *w)
{
    w->whole.n = 0;
    buf_str(&w->whole, buf_view(&w->ends));
    buf_str(&w->whole, buf_view(&w->bytes));
    return w->whole.failed || w->ends.failed || w->bytes.failed ? STR_NONE : buf_view(&w->whole);
}

int items_open(const uint8_t *raw, size_t size, uint32_t n, struct items *out)
{
    if (size / 4 < n)
        return ERR_MALFORMED;
    struct items it = {n, raw, raw + 4 * (size_t)n, size - 4 * (size_t)n};
    uint32_t last = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t end = items_end(&it, i);
        if (end < last || end > it.size)
            return ERR_MALFORMED;
        last = end;
    }
    *out = it;
    return 0;
}

uint32_t items_end(const struct items *it, uint32_t i)
{
    return (uint32_t)le_get(it->ends + 4 * (size_t)i, 4);
}

struct str items_at(const struct items *it, uint32_t i)
{
    uint32_t from = i ? items_end(it, i - 1) : 0;
    return (struct str){(const char *)it->bytes + from, items_end(it, i) - from};
}

/* ---- made small ---- */

int squeeze(struct ZSTD_CCtx_s *z, int level, struct str raw, struct buf *out)
{
    size_t room = ZSTD_compressBound(raw.n);
    char *to = buf_room(out, room);
    if (!to)
        return ERR_MEMORY;
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, level);
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
    size_t n = ZSTD_compress2(z, to, room, raw.p, raw.n);
    if (ZSTD_isError(n))
        return ERR_MEMORY;
    out->n += n;
    return 0;
}
