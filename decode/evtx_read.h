/* decode/evtx_read.h - walking a chunk: its records, and the documents in them, for evtx.c and evtx_json.c. */
#ifndef VIGIE_DECODE_EVTX_READ_H
#define VIGIE_DECODE_EVTX_READ_H

#include "decode/evtx.h"
#include "decode/evtx_plan.h"

/* Work that one record, and one chunk, may cause: steps walked and compared, sixteenths of values written.
 * Records have hundreds; a hostile chunk could otherwise repeat its largest template or value without end. */
enum { EVTX_RECORD_WORK = 1 << 18, EVTX_CHUNK_WORK = 1 << 22 };
/* Bytes that the plans of one chunk may take. */
enum { EVTX_CHUNK_PLANS = 12 << 20 };
enum { EVTX_NESTED = 8, EVTX_VALUES = EVTX_CHUNK / 4, EVTX_SEEN = 1024, EVTX_MEMO = 128, EVTX_MEMOS = 3 };

/* A template of the chunk at hand, by where its definition lies. */
struct evtx_seen {
    uint64_t chunk; /* the chunk it was seen in, counted by evtx.chunks */
    uint32_t body;
    enum evtx_place place;
    const struct evtx_plan *plan;
};

/* The last text of a system field: provider, channel and computer rarely change. */
struct evtx_memo {
    uint8_t from[EVTX_MEMO];
    char to[EVTX_MEMO * 3 / 2 + 1], to_lower[EVTX_MEMO * 3 / 2 + 1];
    uint32_t n;
    struct str text, lower;
};

struct evtx {
    struct evtx_plans plans;
    struct evtx_flat flat;
    struct evtx_seen seen[EVTX_SEEN];
    struct evtx_found value[EVTX_VALUES];
    struct evtx_memo memo[EVTX_MEMOS];
    struct evtx_sids sids;
    struct winevent event;
    struct arena arena;
    uint32_t nvalues;
    uint64_t chunks;
    size_t chunk_plans;
    int64_t record_work, chunk_work;
};

struct evtx_document {
    const struct evtx_plan *plan; /* NULL when there is no content */
    const struct rd *chunk;
    const struct evtx_found *value;
    uint32_t nvalues;
};

/* The value of a substitution; null when the document has none of that number. */
static inline struct evtx_value evtx_read_value(const struct evtx_document *doc, uint32_t sub)
{
    if (sub >= doc->nvalues)
        return (struct evtx_value){.type = EVTX_NULL};
    return evtx_value_of(doc->chunk, &doc->value[sub]);
}

struct evtx_record {
    uint64_t id, written; /* written: FILETIME */
    size_t offset;        /* in the chunk */
    uint32_t size;
};

struct evtx_walk {
    struct evtx *x;
    const uint8_t *chunk;
    size_t n, at, end;
    bool sure;        /* `end` comes from a sound header */
    bool any;         /* a record has been read, and it was number `last` */
    uint64_t last;
    void (*fault)(void *owner, uint64_t record, size_t at, const struct fault *f);
    void *owner;
};

/* Looks at the chunk's header. 1 when records may follow, 0 for a chunk that was never used, ERR_MALFORMED. The
 * caller has set x, chunk, n, fault and owner. */
int evtx_read_open(struct evtx_walk *w);
bool evtx_read_next(struct evtx_walk *w, struct evtx_record *out);

/* The document of a record, or in a binary XML value. Values live until x->nvalues is set back to what it was.
 * 0, or a negative error with the fault in the chunk's reader. */
int evtx_read_document(struct evtx *x, struct rd *r, const struct rd *chunk, enum evtx_place place, struct evtx_document *out);
/* Takes n from what the record may still do; fails the reader when nothing is left. */
static inline bool evtx_read_spend(struct evtx *x, struct rd *r, uint32_t n)
{
    x->record_work -= n;
    x->chunk_work -= n;
    if (x->record_work >= 0 && x->chunk_work >= 0)
        return true;
    rd_fail(r, "the record repeats its parts too often");
    return false;
}

#endif
