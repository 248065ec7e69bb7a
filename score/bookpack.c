/* score/bookpack.c - an entry as numbers of seven bits a byte, its id and its text. */
#include "score/bookpack.h"

#include "score/ledger.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 16, BYTES_MOST = 10 * NUMBERS + 16 + 4 + 1 + LEDGER_TEXT, PAGE = 1000 };

struct bookpack_page {
    struct bookpack_page *next;
    uint32_t used;
    uint8_t bytes[PAGE];
};

static uint8_t *put(uint8_t *p, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

static const uint8_t *get(const uint8_t *p, uint64_t *v)
{
    *v = 0;
    for (unsigned shift = 0;; shift += 7) {
        *v |= (uint64_t)(*p & 0x7f) << shift;
        if (!(*p++ & 0x80))
            return p;
    }
}

/* small whatever the sign */
static uint64_t folded(int64_t v)
{
    return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t unfolded(uint64_t v)
{
    return (int64_t)(v >> 1 ^ (v & 1 ? UINT64_MAX : 0));
}

/* BYTES_MOST at most; how many they are. */
static size_t write_entry(uint8_t *bytes, const struct entry *e, int64_t time)
{
    uint8_t *p = bytes;
    const uint64_t numbers[NUMBERS] = {
        folded((int64_t)((uint64_t)e->time - (uint64_t)time)), e->value, e->origin.input, e->origin.record, e->origin.offset, e->n_user, e->total_user,
        e->n_peers, e->peers, e->n_org, e->total_org, e->days, e->events, folded(e->points), (uint64_t)e->kind << 16 | (uint64_t)e->topic << 8 | e->dim,
        folded((int64_t)((uint64_t)e->time - (uint64_t)e->window)),
    };
    for (unsigned i = 0; i < NUMBERS; i++)
        p = put(p, numbers[i]);
    memcpy(p, e->id, sizeof e->id);
    memcpy(p + sizeof e->id, &e->log10p, sizeof e->log10p);
    p += sizeof e->id + sizeof e->log10p;
    size_t n = strnlen(e->text, LEDGER_TEXT - 1);
    *p++ = (uint8_t)n;
    memcpy(p, e->text, n);
    return (size_t)(p - bytes) + n;
}

/* Reads the entry at p; where the next one begins. */
static const uint8_t *read_entry(const uint8_t *p, struct entry *e, int64_t *time)
{
    uint64_t v[NUMBERS];
    for (unsigned i = 0; i < NUMBERS; i++)
        p = get(p, &v[i]);
    *time = (int64_t)((uint64_t)*time + (uint64_t)unfolded(v[0]));
    *e = (struct entry){
        .time = *time, .window = (int64_t)((uint64_t)*time - (uint64_t)unfolded(v[15])), .value = v[1], .origin = {(uint32_t)v[2], v[3], v[4]}, .n_user = (uint32_t)v[5], .total_user = (uint32_t)v[6],
        .n_peers = (uint32_t)v[7], .peers = (uint32_t)v[8], .n_org = (uint32_t)v[9], .total_org = (uint32_t)v[10], .days = (uint32_t)v[11],
        .events = (uint32_t)v[12], .points = (int16_t)unfolded(v[13]), .kind = (uint16_t)(v[14] >> 16), .topic = (uint8_t)(v[14] >> 8), .dim = (uint8_t)v[14],
    };
    memcpy(e->id, p, sizeof e->id);
    memcpy(&e->log10p, p + sizeof e->id, sizeof e->log10p);
    p += sizeof e->id + sizeof e->log10p;
    size_t n = *p++;
    memcpy(e->text, p, n);
    e->text[n] = '\0';
    return p + n;
}

static bool add_page(struct bookpack *b)
{
    struct bookpack_page *page = malloc(sizeof *page);
    if (!page)
        return false;
    page->next = NULL;
    page->used = 0;
    if (b->last)
        b->last->next = page;
    else
        b->first = page;
    b->last = page;
    return true;
}

bool bookpack_add(struct bookpack *b, const struct entry *e)
{
    uint8_t bytes[BYTES_MOST];
    size_t n = write_entry(bytes, e, b->time);
    if ((!b->last || PAGE - b->last->used < n) && !add_page(b))
        return false;
    memcpy(b->last->bytes + b->last->used, bytes, n);
    b->last->used += (uint32_t)n;
    b->time = e->time;
    b->n++;
    return true;
}

void bookpack_free(struct bookpack *b)
{
    for (struct bookpack_page *p = b->first, *next; p; p = next) {
        next = p->next;
        free(p);
    }
    *b = (struct bookpack){0};
}

bool bookpack_next(struct bookpack_reader *r, struct entry *e)
{
    if (r->page && r->at == r->page->used) {
        r->page = r->page->next;
        r->at = 0;
    }
    if (!r->page)
        return false;
    r->at = (uint32_t)(read_entry(r->page->bytes + r->at, e, &r->time) - r->page->bytes);
    return true;
}
