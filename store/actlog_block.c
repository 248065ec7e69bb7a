/* store/actlog_block.c - rows of a segment, the last few blocks kept. */
#include "store/actlog_private.h"

void block_reader_open(struct block_reader *b, const struct segment *s, struct reader *r)
{
    *b = (struct block_reader){.segment = s, .reader = r};
    for (unsigned i = 0; i < BLOCKS_KEPT; i++)
        b->kept[i].at = -1;
}

void block_reader_close(struct block_reader *b)
{
    for (unsigned i = 0; i < BLOCKS_KEPT; i++)
        buf_free(&b->kept[i].raw);
}

static int load(struct block_reader *b, uint32_t block, struct kept_block *k)
{
    k->at = -1;
    int err = segment_read(b->segment, b->reader, &b->segment->blocks[block].blob, &k->raw);
    if (!err)
        err = items_open((const uint8_t *)k->raw.p, k->raw.n, segment_block_rows(b->segment, block), &k->items);
    if (!err)
        k->at = block;
    return err;
}

int block_reader_row(struct block_reader *b, uint32_t row, struct str *out)
{
    uint32_t block = row / ACTLOG_BLOCK;
    struct kept_block *k = &b->kept[block % BLOCKS_KEPT];
    int err = k->at == block ? 0 : load(b, block, k);
    if (err)
        return err;
    struct str s = items_at(&k->items, row % ACTLOG_BLOCK);
    if (!row_sound((const uint8_t *)s.p, s.n))
        return ERR_MALFORMED;
    *out = s;
    return 0;
}
