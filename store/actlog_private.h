/* store/actlog_private.h - the parts of the activity log; for store/actlog*.c only.
 *
 *   add -> pending -> commit -> tail (rows in memory and in log.db) -> seal -> segment (a file) -> merge -> larger segment
 *
 * A *row* is a byte string: number u64 | created i64 | entity of actor, device, destination u32 | objects u8 | their
 * entities u32 each | the activity's flat form (activity_pack). Numbers of ours are little-endian. Order of rows is that of
 * the flat form's key: time, kind, id.
 * A *segment* is a file that is written once, in this order:
 *   blocks    ACTLOG_BLOCK rows each, in order
 *   chunks    for each column (enum actlog_value) its distinct values in byte order, texts in lower case, and for each value
 *             the rows that have it
 *   numbers, created, actors   one array each, by row
 *   bloom     which ids are not here
 *   directory where all that is; then a footer: its place, the magic.
 * All of them are zstd frames with a check sum. Nothing in a segment changes; what is to be forgotten is left out of a new one.
 * The *catalogue* is FOLDER/activities/log.db (SQLite, WAL): which segments there are, and the rows of the tail. A file that it does not
 * name is an unfinished one. So each change is one transaction. */
#ifndef VIGIE_STORE_ACTLOG_PRIVATE_H
#define VIGIE_STORE_ACTLOG_PRIVATE_H

#include "base/buf.h"
#include "base/err.h"
#include "store/actlog.h"
#include "store/actlog_match.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;
struct sqlite3;

enum { ACTLOG_TAIL = 32768, ACTLOG_SEGMENT = 1 << 20, ACTLOG_FAN = 32, ACTLOG_BLOCK = 128, ACTLOG_ROW_MAX = ACTIVITY_PACKED_MAX };

/* ---- actlog_row.c: rows and blocks of them ---- */

enum { ROW_HEAD = 29, ROW_KEY = ACTIVITY_KEY_INPUT };

/* Bytes written to out (ACTLOG_ROW_MAX), or a negative enum err. */
int row_pack(const struct actlog_row *row, uint8_t *out);
/* Texts point into bytes. ERR_MALFORMED. */
int row_unpack(const uint8_t *bytes, size_t n, struct actlog_row *out, struct object *objects, struct fact *facts);
/* Parts that need no unpacking; a row of less than its head is refused by row_sound. */
bool row_sound(const uint8_t *bytes, size_t n);
uint64_t row_number(const uint8_t *bytes);
int64_t row_created(const uint8_t *bytes);
uint32_t row_actor(const uint8_t *bytes);
const uint8_t *row_key(const uint8_t *bytes); /* ROW_KEY bytes, memcmp puts rows in order */
int64_t row_time(const uint8_t *bytes);
const uint8_t *row_id(const uint8_t *bytes);
bool row_cloud(const uint8_t *bytes);

/* Items of a block or chunk: ends u32 each, then bytes. */
struct items {
    uint32_t n;
    const uint8_t *ends, *bytes;
    size_t size; /* of bytes */
};
struct items_writer {
    struct buf ends, bytes;
    uint32_t n;
    struct buf whole; /* ends and bytes, when asked for */
};
void items_add(struct items_writer *w, const void *bytes, size_t n);
void items_clear(struct items_writer *w);
void items_free(struct items_writer *w);
struct str items_whole(struct items_writer *w); /* until the next call; absent when memory is short */
int items_open(const uint8_t *raw, size_t size, uint32_t n, struct items *out); /* checks all ends */
uint32_t items_end(const struct items *it, uint32_t i);
struct str items_at(const struct items *it, uint32_t i);

/* Little-endian numbers. */
void le_put(uint8_t *to, uint64_t v, unsigned n);
uint64_t le_get(const uint8_t *from, unsigned n);

/* Compressing: `level` of zstd. The result is appended to out. */
int squeeze(struct ZSTD_CCtx_s *z, int level, struct str raw, struct buf *out);

/* ---- actlog_set.c: sets of rows ---- */

struct rowset {
    uint64_t *words;
    uint32_t rows;
};
int rowset_open(struct rowset *s, uint32_t rows, bool full);
void rowset_free(struct rowset *s);
void rowset_clear(struct rowset *s);
void rowset_not(struct rowset *s);
void rowset_and(struct rowset *s, const struct rowset *other);
void rowset_or(struct rowset *s, const struct rowset *other);
void rowset_keep(struct rowset *s, uint32_t from, uint32_t to); /* drops rows outside [from, to) */
uint64_t rowset_count(const struct rowset *s);
/* The next row at or after `at` (at or before, when down), -1 at the end. */
int64_t rowset_next(const struct rowset *s, int64_t at, bool down);
static inline bool rowset_has(const struct rowset *s, uint32_t row)
{
    return s->words[row >> 6] >> (row & 63) & 1;
}
static inline void rowset_put(struct rowset *s, uint32_t row)
{
    s->words[row >> 6] |= UINT64_C(1) << (row & 63);
}
static inline void rowset_drop(struct rowset *s, uint32_t row)
{
    s->words[row >> 6] &= ~(UINT64_C(1) << (row & 63));
}
/* A value's rows as bytes: ascending and distinct in, appended to out. Of a segment of `all` rows. */
void rows_pack(const uint32_t *rows, uint32_t n, uint32_t all, struct buf *out);
/* Adds them to the set. ERR_MALFORMED. */
int rows_unpack(struct str bytes, struct rowset *into);
/* Appends them as u32 (of this machine), ascending. */
int rows_list(struct str bytes, uint32_t all, struct buf *out);

/* ---- actlog_file.c: segments as files ---- */

struct seg_info {
    uint32_t id, rows, onprem;
    int64_t first_time, last_time, first_created, last_created;
    uint64_t first_number, last_number;
    uint64_t bytes;
};

struct seg_blob {
    uint64_t at;
    uint32_t n, raw; /* as stored, and uncompressed */
};

struct seg_block {
    struct seg_blob blob;
    int64_t first; /* time */
};

struct seg_chunk {
    struct seg_blob values, rows;
    uint32_t n;
    enum actlog_value column;
    struct str first; /* value */
};

struct segment {
    atomic_uint refs;
    int fd;
    struct seg_info info;
    struct seg_block *blocks;
    struct seg_chunk *chunks;
    uint32_t nblocks, nchunks;
    uint32_t column[VALUE_COUNT + 1]; /* first chunk of each, and the end */
    struct seg_blob numbers, created, actors;
    struct buf directory, bloom;
};

/* Memory of one reading thread. */
struct reader {
    struct ZSTD_DCtx_s *z;
    struct buf packed;
};
int reader_open(struct reader *r);
void reader_close(struct reader *r);

enum { SEGMENT_PATH = 4200, SEGMENT_FOOTER = 32 };
#define SEGMENT_MAGIC "vigie segment 1\n"
int segment_path(const char *folder, uint32_t id, char out[SEGMENT_PATH]);
/* ERR_MALFORMED, ERR_IO. */
int segment_open(const char *folder, const struct seg_info *info, struct segment **out);
struct segment *segment_use(struct segment *s);
void segment_release(struct segment *s);
/* Reads and uncompresses into out (whose content is replaced). */
int segment_read(const struct segment *s, struct reader *r, const struct seg_blob *b, struct buf *out);
bool segment_may_have(const struct segment *s, const uint8_t id[16]);
/* Bits of `bloom` that stand for an id: in which 64 bytes, and which of them. */
enum { BLOOM_LINE = 64, BLOOM_BITS = 6 };
size_t bloom_bits(const uint8_t id[16], size_t lines, uint16_t bits[BLOOM_BITS]);
static inline uint32_t segment_block_rows(const struct segment *s, uint32_t block)
{
    uint32_t left = s->info.rows - block * ACTLOG_BLOCK;
    return left < ACTLOG_BLOCK ? left : ACTLOG_BLOCK;
}

struct seg_writer;
/* `rows`: at most so many will come. */
int seg_writer_open(const char *folder, uint32_t id, uint32_t rows, int level, struct seg_writer **out);
/* In order. */
int seg_writer_row(struct seg_writer *w, const uint8_t *row, size_t n);
/* After all rows: columns in order, values in order, rows ascending. */
int seg_writer_value(struct seg_writer *w, enum actlog_value column, struct str value, const uint32_t *rows, uint32_t n);
/* Everything is on disk when this returns 0. */
int seg_writer_finish(struct seg_writer *w, struct seg_info *out);
/* Also removes an unfinished file. */
void seg_writer_close(struct seg_writer *w);

/* ---- actlog_block.c: rows of a segment, some blocks at hand ---- */

enum { BLOCKS_KEPT = 16 };
struct block_reader {
    const struct segment *segment;
    struct reader *reader;
    struct kept_block {
        struct buf raw;
        struct items items;
        int64_t at; /* which block, -1 none */
    } kept[BLOCKS_KEPT]; /* by number modulo */
};
void block_reader_open(struct block_reader *b, const struct segment *s, struct reader *r);
void block_reader_close(struct block_reader *b);
/* The row's bytes, until the next call. In any order; cheap where neighbours are asked for together. */
int block_reader_row(struct block_reader *b, uint32_t row, struct str *out);

/* ---- actlog_tail.c: rows that are in no segment yet ---- */

/* Of the rows up to one: figures are asked for with every request. */
struct tail_sum {
    uint64_t bytes;
    int64_t first_time, last_time;
    uint32_t onprem;
};

struct tail_row {
    const uint8_t *bytes;
    uint32_t n, app;
    bool cloud;
    struct tail_sum sum;
};

struct tail {
    atomic_uint refs;
    struct tail_row rows[ACTLOG_TAIL]; /* in order of number */
    uint32_t n;                        /* the writer's; readers go by their snapshot */
    uint32_t *ids;                     /* open addressing, index + 1; the writer's */
    struct tail_bytes *bytes;
    uint64_t used;
};
struct tail *tail_new(void);
struct tail *tail_use(struct tail *t);
void tail_release(struct tail *t);
bool tail_has(const struct tail *t, const uint8_t id[16]);
/* A sound row; app: app_number of its own. */
int tail_add(struct tail *t, const uint8_t *row, size_t n, uint32_t app);
/* How many of the first n rows are of the on-premises side and have a number up to `number`. */
uint32_t tail_onprem(const struct tail *t, uint32_t n, uint64_t number);
/* Takes out all but the first n. */
void tail_cut(struct tail *t, uint32_t n);
/* Writes rows [0, t->n) as a segment. */
int tail_build(const struct tail *t, const char *folder, uint32_t id, struct seg_info *out);

/* ---- actlog_merge.c: segments into one ---- */

struct merge_input {
    const struct segment *segment;
    const struct rowset *drop; /* NULL: keep all */
};
/* ERR_LIMIT when *stop became true meanwhile. */
int merge_build(const struct merge_input *in, size_t n, const char *folder, uint32_t id, atomic_bool *stop, struct seg_info *out);

/* ---- actlog_look.c: values of a segment ---- */

struct look {
    const struct segment *segment;
    struct reader *reader;
    struct rowset *set; /* rows of the values found are added */
    struct buf values, rows, folded;
    struct items vi, ri;
    int64_t values_at, rows_at; /* which chunk, -1 none */
};
void look_open(struct look *l, const struct segment *s, struct reader *r);
void look_close(struct look *l);
/* Values that are the text, or begin with it; texts in lower case. */
int look_exact(struct look *l, enum actlog_value column, struct str text);
int look_prefix(struct look *l, enum actlog_value column, struct str text);
int look_inside(struct look *l, enum actlog_value column, struct str text);
/* Values for which the term is true. */
int look_term(struct look *l, enum actlog_value column, const struct filter_term *t);
/* In lower case, until the next call; absent when memory is short. */
struct str look_fold(struct look *l, struct str text);

/* ---- actlog_find.c: which rows ---- */

/* What is asked: a filter within a view. */
struct wanted {
    const struct filter *filter;
    const struct actlog_view *view;
    uint64_t after, upto; /* numbers in (after, upto] */
    uint64_t *people;       /* bits by entity number; NULL: everybody */
    size_t npeople;         /* bits */
    struct object *objects; /* room for unpacking */
    struct fact *facts;
};
/* Everything within them; after and upto may be narrowed then. A NULL view shows all. */
int wanted_open(struct wanted *w, const struct filter *f, const struct actlog_view *v);
void wanted_close(struct wanted *w);
/* `set` is opened. */
int find_in_segment(const struct wanted *w, const struct segment *s, struct reader *r, struct rowset *set);
int find_in_tail(const struct wanted *w, const struct tail *t, uint32_t n, struct rowset *set);
/* The row of an id; ERR_NOT_FOUND. */
int find_id(const struct segment *s, struct reader *r, const uint8_t id[16], uint32_t *row);

/* ---- actlog_walk.c: wanted rows of all segments and the tail in one order ---- */

enum walk_order { WALK_TIME, WALK_CREATED, WALK_NUMBER }; /* ties: kind and id; number */

struct source; /* a segment or the tail */
struct walk {
    const struct wanted *wanted;
    struct snapshot *snapshot;
    enum walk_order order;
    bool down;
    struct reader reader;
    struct source *sources;
    size_t n;
    struct source *at; /* whose head was given last */
};
int walk_open(struct walk *w, struct actlog *l, const struct wanted *wanted, enum walk_order order, bool down);
/* 1 and the next row's bytes (until the next call), 0 at the end, or a negative enum err. */
int walk_next(struct walk *w, struct str *row);
void walk_close(struct walk *w);

/* ---- actlog_catalogue.c: log.db ---- */

struct catalogue;
int catalogue_open(const char *folder, struct catalogue **out, char why[256]);
void catalogue_close(struct catalogue *c);
/* What is read in between belongs together, whatever is written meanwhile. */
int catalogue_begin_read(struct catalogue *c);
void catalogue_end_read(struct catalogue *c);
/* Segments by number; the caller frees. */
int catalogue_segments(struct catalogue *c, struct seg_info **out, size_t *n);
int catalogue_last(struct catalogue *c, uint64_t *last);
/* The rows of the tail, in order of number. */
int catalogue_tail(struct catalogue *c, int (*each)(void *owner, const uint8_t *row, size_t n), void *owner);
/* One commit: rows from number `first` on. */
int catalogue_append(struct catalogue *c, struct items_writer *rows, uint64_t first, uint64_t last);
/* Segments `gone` out, `add` in, the tail replaced by `tail` if that is not NULL; all or nothing, and on disk. */
struct catalogue_change {
    const uint32_t *gone;
    size_t ngone;
    const struct seg_info *add;
    size_t nadd;
    struct items_writer *tail;
    uint64_t tail_first;
};
int catalogue_change(struct catalogue *c, const struct catalogue_change *change);
/* What was deleted is no longer in any file of the database. */
int catalogue_forget(struct catalogue *c);
uint64_t catalogue_bytes(struct catalogue *c);

/* ---- actlog.c ---- */

/* What readers see: never changes, lives while somebody uses it. */
struct snapshot {
    atomic_uint refs;
    struct segment **segments; /* by number */
    size_t nsegments;
    struct tail *tail;
    uint32_t ntail;
    uint64_t last;
};

struct actlog {
    char *folder; /* .../activities */
    int locked;   /* its lock file, -1: not yet */
    pthread_mutex_t lock; /* of now, next_id */
    struct snapshot *now;
    uint32_t next_id;
    pthread_mutex_t switching; /* who makes the next state */
    pthread_mutex_t upkeep; /* who replaces segments */
    pthread_cond_t work;
    pthread_mutex_t work_lock;
    pthread_t worker;
    bool started, woken; /* woken: of work_lock */
    atomic_bool stop;
    /* the writer's */
    struct catalogue *catalogue;
    struct tail *tail; /* also in now */
    struct items_writer pending;
    uint32_t npublished; /* rows of tail that are committed */
    uint64_t last;       /* number given */
    struct reader reader;
    uint64_t first_pending;
    uint8_t *packed;
    struct catalogue *workers; /* the worker's own connection */
};

struct snapshot *snapshot_use(struct actlog *l);
void snapshot_release(struct snapshot *s);

/* A new state in two steps, so that nothing can fail once the catalogue has it. */
struct snapshot_change {
    const uint32_t *gone; /* ids of segments */
    size_t ngone;
    struct segment *const *add;
    size_t nadd;
    struct tail *tail; /* NULL: as it is */
    uint32_t ntail;
    uint64_t last;
};
/* NULL when memory is short. Nobody else can prepare one until it is published or abandoned. */
struct snapshot *snapshot_prepare(struct actlog *l, size_t nadd);
void snapshot_abandon(struct actlog *l, struct snapshot *s);
void snapshot_publish(struct actlog *l, struct snapshot *s, const struct snapshot_change *x);

uint32_t actlog_next_id(struct actlog *l);
/* The writer goes on with this tail, which is published. */
void actlog_take_tail(struct actlog *l, struct tail *fresh);

/* ---- actlog_upkeep.c: merging, forgetting ---- */

int actlog_start_worker(struct actlog *l);
void actlog_stop_worker(struct actlog *l);
void actlog_wake_worker(struct actlog *l);

#endif
