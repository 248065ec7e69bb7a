/* store/actlog_file.c - segments as they are found on disk. */
#include "store/actlog_private.h"

#include "base/hash.h"
#include "base/rd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

int reader_open(struct reader *r)
{
    *r = (struct reader){.z = ZSTD_createDCtx()};
    return r->z ? 0 : ERR_MEMORY;
}

void reader_close(struct reader *r)
{
    (void)ZSTD_freeDCtx(r->z);
    buf_free(&r->packed);
    r->z = NULL;
}

int segment_path(const char *folder, uint32_t id, char out[SEGMENT_PATH])
{
    int n = snprintf(out, SEGMENT_PATH, "%s/%08u.seg", folder, id);
    return n > 0 && n < SEGMENT_PATH ? 0 : ERR_LIMIT;
}

size_t bloom_bits(const uint8_t id[16], size_t lines, uint16_t bits[BLOOM_BITS])
{
    uint64_t h = hash64(id, 16, 0), g = hash64(id, 16, 1);
    for (unsigned i = 0; i < BLOOM_BITS; i++)
        bits[i] = (uint16_t)(h >> 9 * i & (BLOOM_LINE * 8 - 1));
    return (size_t)(g % lines);
}

bool segment_may_have(const struct segment *s, const uint8_t id[16])
{
    uint16_t bits[BLOOM_BITS];
    const char *line = s->bloom.p + bloom_bits(id, s->bloom.n / BLOOM_LINE, bits) * BLOOM_LINE;
    for (unsigned i = 0; i < BLOOM_BITS; i++)
        if (!(line[bits[i] / 8] >> bits[i] % 8 & 1))
            return false;
    return true;
}

int segment_read(const struct segment *s, struct reader *r, const struct seg_blob *b, struct buf *out)
{
    r->packed.n = out->n = 0;
    char *from = buf_room(&r->packed, b->n ? b->n : 1), *to = buf_room(out, b->raw ? b->raw : 1);
    if (!from || !to)
        return ERR_MEMORY;
    for (size_t got = 0; got < b->n;) {
        ssize_t n = pread(s->fd, from + got, b->n - got, (off_t)(b->at + got));
        if (n <= 0)
            return n < 0 ? ERR_IO : ERR_TRUNCATED;
        got += (size_t)n;
    }
    size_t n = ZSTD_decompressDCtx(r->z, to, b->raw, from, b->n);
    if (ZSTD_isError(n) || n != b->raw)
        return ERR_MALFORMED;
    out->n = n;
    return 0;
}

/* ---- opening ---- */

static struct seg_blob take_blob(struct rd *r, uint64_t size)
{
    struct seg_blob b = {.at = rd_u64le(r)};
    b.n = rd_u32le(r);
    b.raw = rd_u32le(r);
    if (b.at > size || b.n > size - b.at)
        rd_fail(r, "a part lies outside the file");
    return b;
}

static void take_chunk(struct rd *r, struct seg_chunk *c, uint64_t size)
{
    c->column = (enum actlog_value)rd_u8(r);
    c->n = rd_u32le(r);
    c->values = take_blob(r, size);
    c->rows = take_blob(r, size);
    c->first = rd_str(r, rd_u32le(r));
}

/* Chunks come column by column. */
static bool index_columns(struct segment *s)
{
    uint32_t at = 0;
    for (unsigned c = 0; c < VALUE_COUNT; c++) {
        s->column[c] = at;
        while (at < s->nchunks && s->chunks[at].column == (enum actlog_value)c)
            at++;
    }
    s->column[VALUE_COUNT] = at;
    return at == s->nchunks;
}

static int take_directory(struct segment *s, struct reader *z)
{
    struct fault fault;
    uint64_t size = s->info.bytes;
    struct rd r = rd_of(s->directory.p, s->directory.n, &fault);
    uint32_t rows = rd_u32le(&r);
    s->nblocks = rd_u32le(&r);
    s->nchunks = rd_u32le(&r);
    s->numbers = take_blob(&r, size);
    s->created = take_blob(&r, size);
    s->actors = take_blob(&r, size);
    struct seg_blob bloom = take_blob(&r, size);
    if (!rd_ok(&r) || rows != s->info.rows || rows > ACTLOG_SEGMENT || s->nblocks != (rows + ACTLOG_BLOCK - 1) / ACTLOG_BLOCK ||
        s->nchunks > rd_left(&r) || s->numbers.raw / 8 != rows || s->created.raw / 8 != rows || s->actors.raw / 4 != rows)
        return ERR_MALFORMED;
    s->blocks = calloc(s->nblocks ? s->nblocks : 1, sizeof *s->blocks);
    s->chunks = calloc(s->nchunks ? s->nchunks : 1, sizeof *s->chunks);
    if (!s->blocks || !s->chunks)
        return ERR_MEMORY;
    for (uint32_t i = 0; i < s->nblocks; i++) {
        s->blocks[i].blob = take_blob(&r, size);
        s->blocks[i].first = (int64_t)rd_u64le(&r);
    }
    for (uint32_t i = 0; i < s->nchunks; i++)
        take_chunk(&r, &s->chunks[i], size);
    if (!index_columns(s))
        return ERR_MALFORMED;
    int err = rd_ok(&r) && rd_left(&r) == 0 ? segment_read(s, z, &bloom, &s->bloom) : ERR_MALFORMED;
    return err ? err : s->bloom.n >= BLOOM_LINE ? 0 : ERR_MALFORMED;
}

static int read_footer(const struct segment *s, struct seg_blob *directory)
{
    uint8_t footer[SEGMENT_FOOTER];
    struct stat st;
    if (fstat(s->fd, &st) != 0)
        return ERR_IO;
    if ((uint64_t)st.st_size != s->info.bytes || st.st_size < SEGMENT_FOOTER)
        return ERR_MALFORMED;
    if (pread(s->fd, footer, sizeof footer, st.st_size - SEGMENT_FOOTER) != SEGMENT_FOOTER)
        return ERR_IO;
    *directory = (struct seg_blob){le_get(footer, 8), (uint32_t)le_get(footer + 8, 4), (uint32_t)le_get(footer + 12, 4)};
    bool ours = memcmp(footer + 16, SEGMENT_MAGIC, 16) == 0;
    return ours && directory->at <= s->info.bytes && directory->n <= s->info.bytes - directory->at ? 0 : ERR_MALFORMED;
}

int segment_open(const char *folder, const struct seg_info *info, struct segment **out)
{
    char path[SEGMENT_PATH];
    struct seg_blob directory;
    struct reader r = {0};
    struct segment *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    atomic_init(&s->refs, 1);
    s->info = *info;
    int err = segment_path(folder, info->id, path);
    s->fd = err ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (!err && s->fd < 0)
        err = ERR_IO;
    if (!err)
        err = read_footer(s, &directory);
    if (!err)
        err = reader_open(&r);
    if (!err)
        err = segment_read(s, &r, &directory, &s->directory);
    if (!err)
        err = take_directory(s, &r);
    reader_close(&r);
    if (err) {
        segment_release(s);
        return err;
    }
    *out = s;
    return 0;
}

struct segment *segment_use(struct segment *s)
{
    atomic_fetch_add(&s->refs, 1);
    return s;
}

void segment_release(struct segment *s)
{
    if (atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    if (s->fd >= 0)
        (void)close(s->fd);
    free(s->blocks);
    free(s->chunks);
    buf_free(&s->directory);
    buf_free(&s->bloom);
    free(s);
}
