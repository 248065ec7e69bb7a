/* store/actlog_block.c - rows of a segment, the block of the last one kept. */
#include "store/actlog_private.h"

void block_reader_open(struct block_reader *b, const struct segment *s, struct reader *r)
{
    *b = (struct block_reader){.segment = s, .reader = r, .at = -1};
}

void block_reader_close(struct block_reader *b)
{
    buf_free(&b->raw);
}

static int load(struct block_reader *b, uint32_t block)
{
    b->at = -1;
    int err = segment_read(b->segment, b->reader, &b->segment->blocks[block].blob, &b->raw);
    if (!err)
        err = items_open((const uint8_t *)b->raw.p, b->raw.n, segment_block_rows(b->segment, block), &b->items);
    if (!err)
        b->at = block;
    return err;
}

int block_reader_row(struct block_reader *b, uint32_t row, struct str *out)
{
    int err = b->at == row / ACTLOG_BLOCK ? 0 : load(b, row / ACTLOG_BLOCK);
    if (err)
        return err;
    struct str s = items_at(&b->items, row % ACTLOG_BLOCK);
    if (!row_sound((const uint8_t *)s.p, s.n))
        return ERR_MALFORMED;
    *out = s;
    return 0;
}
