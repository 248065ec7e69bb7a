/* store/actlog_write.c - a segment's file, from its first row to its footer. */
#include "store/actlog_private.h"

#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

enum { CHUNK_VALUES = 32768, CHUNK_ROWS = 131072 };

struct seg_writer {
    char path[SEGMENT_PATH];
    FILE *file;
    ZSTD_CCtx *z;
    int level;
    struct seg_info info;
    struct items_writer block, values, rows; /* being filled */
    enum actlog_value column;                /* of values and rows */
    struct buf blocks, chunks;               /* directory entries */
    uint32_t nblocks, nchunks;
    struct buf numbers, created, actors, bloom;
    struct buf packed;
    bool finished;
};

int seg_writer_open(const char *folder, uint32_t id, uint32_t rows, int level, struct seg_writer **out)
{
    struct seg_writer *w = calloc(1, sizeof *w);
    if (!w)
        return ERR_MEMORY;
    w->level = level;
    w->info = (struct seg_info){.id = id, .first_time = INT64_MAX, .last_time = INT64_MIN, .first_created = INT64_MAX, .last_created = INT64_MIN,
                                .first_number = UINT64_MAX};
    size_t lines = (size_t)rows * 10 / (BLOOM_LINE * 8) + 1;
    char *bits = buf_room(&w->bloom, lines * BLOOM_LINE);
    int err = bits ? segment_path(folder, id, w->path) : ERR_MEMORY;
    if (!err) {
        memset(bits, 0, lines * BLOOM_LINE);
        w->bloom.n = lines * BLOOM_LINE;
        w->z = ZSTD_createCCtx();
        w->file = fopen(w->path, "wbe");
        err = !w->z ? ERR_MEMORY : !w->file ? ERR_IO : 0;
    }
    if (err) {
        seg_writer_close(w);
        return err;
    }
    *out = w;
    return 0;
}

void seg_writer_close(struct seg_writer *w)
{
    if (!w)
        return;
    if (w->file)
        (void)fclose(w->file);
    if (!w->finished && w->file)
        (void)unlink(w->path);
    (void)ZSTD_freeCCtx(w->z);
    items_free(&w->block);
    items_free(&w->values);
    items_free(&w->rows);
    struct buf *all[] = {&w->blocks, &w->chunks, &w->numbers, &w->created, &w->actors, &w->bloom, &w->packed};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        buf_free(all[i]);
    free(w);
}

static void put(struct buf *out, uint64_t v, unsigned n)
{
    uint8_t b[8];
    le_put(b, v, n);
    buf_add(out, b, n);
}

static void put_blob(struct buf *out, const struct seg_blob *b)
{
    put(out, b->at, 8);
    put(out, b->n, 4);
    put(out, b->raw, 4);
}

static int put_frame(struct seg_writer *w, struct str raw, struct seg_blob *out)
{
    if (!str_set(raw) && raw.n)
        return ERR_MEMORY;
    if (raw.n > UINT32_MAX)
        return ERR_LIMIT;
    w->packed.n = 0;
    int err = squeeze(w->z, w->level, raw, &w->packed);
    if (err)
        return err;
    if (fwrite(w->packed.p, 1, w->packed.n, w->file) != w->packed.n)
        return ERR_IO;
    *out = (struct seg_blob){w->info.bytes, (uint32_t)w->packed.n, (uint32_t)raw.n};
    w->info.bytes += w->packed.n;
    return 0;
}

/* ---- rows ---- */

static int flush_block(struct seg_writer *w)
{
    struct seg_blob b;
    if (!w->block.n)
        return 0;
    int err = put_frame(w, items_whole(&w->block), &b);
    if (err)
        return err;
    put_blob(&w->blocks, &b);
    put(&w->blocks, (uint64_t)row_time((const uint8_t *)w->block.bytes.p), 8);
    w->nblocks++;
    items_clear(&w->block);
    return 0;
}

static void note_bounds(struct seg_info *i, const uint8_t *row)
{
    int64_t time = row_time(row), created = row_created(row);
    uint64_t number = row_number(row);
    i->first_time = time < i->first_time ? time : i->first_time;
    i->last_time = time > i->last_time ? time : i->last_time;
    i->first_created = created < i->first_created ? created : i->first_created;
    i->last_created = created > i->last_created ? created : i->last_created;
    i->first_number = number < i->first_number ? number : i->first_number;
    i->last_number = number > i->last_number ? number : i->last_number;
    i->onprem += !row_cloud(row);
    i->rows++;
}

int seg_writer_row(struct seg_writer *w, const uint8_t *row, size_t n)
{
    uint16_t bits[BLOOM_BITS];
    size_t line = bloom_bits(row_id(row), w->bloom.n / BLOOM_LINE, bits);
    for (unsigned i = 0; i < BLOOM_BITS; i++) {
        char *at = &w->bloom.p[line * BLOOM_LINE + bits[i] / 8];
        *at = (char)(*at | 1 << bits[i] % 8);
    }
    note_bounds(&w->info, row);
    put(&w->numbers, row_number(row), 8);
    put(&w->created, (uint64_t)row_created(row), 8);
    put(&w->actors, row_actor(row), 4);
    items_add(&w->block, row, n);
    if (w->block.n < ACTLOG_BLOCK || w->block.bytes.failed)
        return w->block.bytes.failed ? ERR_MEMORY : 0;
    return flush_block(w);
}

/* ---- values ---- */

static int flush_chunk(struct seg_writer *w)
{
    if (!w->values.n)
        return 0;
    struct seg_blob values, rows;
    uint32_t first = (uint32_t)le_get((const uint8_t *)w->values.ends.p, 4);
    int err = put_frame(w, items_whole(&w->values), &values);
    if (!err)
        err = put_frame(w, items_whole(&w->rows), &rows);
    if (err)
        return err;
    put(&w->chunks, w->column, 1);
    put(&w->chunks, w->values.n, 4);
    put_blob(&w->chunks, &values);
    put_blob(&w->chunks, &rows);
    put(&w->chunks, first, 4);
    buf_add(&w->chunks, w->values.bytes.p, first);
    w->nchunks++;
    items_clear(&w->values);
    items_clear(&w->rows);
    return 0;
}

int seg_writer_value(struct seg_writer *w, enum actlog_value column, struct str value, const uint32_t *rows, uint32_t n)
{
    int err = flush_block(w);
    if (!err && (column != w->column || w->values.bytes.n >= CHUNK_VALUES || w->rows.bytes.n >= CHUNK_ROWS))
        err = flush_chunk(w);
    w->column = column;
    if (err)
        return err;
    items_add(&w->values, value.p, value.n);
    uint8_t end[4];
    rows_pack(rows, n, w->info.rows, &w->rows.bytes);
    le_put(end, w->rows.bytes.n, 4);
    buf_add(&w->rows.ends, end, 4);
    w->rows.n++;
    return w->values.bytes.failed || w->rows.bytes.failed ? ERR_MEMORY : 0;
}

/* ---- the end ---- */

static int put_directory(struct seg_writer *w, struct seg_blob *out)
{
    const struct buf *arrays[] = {&w->numbers, &w->created, &w->actors, &w->bloom};
    struct buf d = {0};
    int err = 0;
    put(&d, w->info.rows, 4);
    put(&d, w->nblocks, 4);
    put(&d, w->nchunks, 4);
    for (size_t i = 0; !err && i < sizeof arrays / sizeof *arrays; i++) {
        struct seg_blob b = {0};
        err = arrays[i]->failed ? ERR_MEMORY : put_frame(w, buf_view(arrays[i]), &b);
        put_blob(&d, &b);
    }
    buf_str(&d, buf_view(&w->blocks));
    buf_str(&d, buf_view(&w->chunks));
    if (!err)
        err = d.failed || w->blocks.failed || w->chunks.failed ? ERR_MEMORY : put_frame(w, buf_view(&d), out);
    buf_free(&d);
    return err;
}

static int put_footer(struct seg_writer *w, const struct seg_blob *directory)
{
    uint8_t footer[SEGMENT_FOOTER];
    le_put(footer, directory->at, 8);
    le_put(footer + 8, directory->n, 4);
    le_put(footer + 12, directory->raw, 4);
    memcpy(footer + 16, SEGMENT_MAGIC, 16);
    w->info.bytes += sizeof footer;
    if (fwrite(footer, 1, sizeof footer, w->file) != sizeof footer || fflush(w->file) != 0 || fsync(fileno(w->file)) != 0)
        return ERR_IO;
    return 0;
}

int seg_writer_finish(struct seg_writer *w, struct seg_info *out)
{
    struct seg_blob directory;
    int err = flush_block(w);
    if (!err)
        err = flush_chunk(w);
    if (!err)
        err = put_directory(w, &directory);
    if (!err)
        err = put_footer(w, &directory);
    if (err)
        return err;
    w->finished = true;
    *out = w->info;
    return 0;
}
