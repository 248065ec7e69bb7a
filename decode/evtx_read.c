/* decode/evtx_read.c - chunk headers, records and the values of template instances. */
#include "decode/evtx_read.h"

#include "base/crc.h"

enum { CHUNK_HEADER = 512, RECORD_LEAST = 28, RECORD_MAGIC = 0x2a2a };
#define CHUNK_MAGIC UINT64_C(0x006b6e6843666c45) /* "ElfChnk\0" */

static void say(const struct evtx_walk *w, uint64_t record, size_t at, const char *why)
{
    w->fault(w->owner, record, at, &(struct fault){why, at});
}

struct chunk_header {
    uint64_t magic;
    uint32_t free_space, records_crc, crc;
};

/* libevtx: chunk header. Its checksum leaves out itself and the flags before it. */
static void check_sums(struct evtx_walk *w, const struct chunk_header *h)
{
    struct fault f;
    struct rd r = rd_of(w->chunk, w->n, &f);
    uint32_t crc = crc_add(0, rd_bytes(&r, 120), 120);
    rd_skip(&r, 8);
    crc = crc_add(crc, rd_bytes(&r, CHUNK_HEADER - 128), CHUNK_HEADER - 128);
    if (crc != h->crc)
        say(w, 0, 0, "the chunk header's checksum is wrong");
    size_t n = w->end - CHUNK_HEADER;
    if (w->sure && crc_add(0, rd_bytes(&r, n), n) != h->records_crc)
        say(w, 0, CHUNK_HEADER, "the checksum of the chunk's records is wrong");
}

static uint32_t u32_at(const struct evtx_walk *w, size_t at)
{
    struct fault f;
    struct rd root = rd_of(w->chunk, w->n, &f);
    struct rd r = rd_at(&root, at, 4);
    return rd_u32le(&r);
}

/* The next place that looks like a record; the chunk's end when there is none. */
static size_t resync(const struct evtx_walk *w, size_t from)
{
    struct fault f;
    struct rd root = rd_of(w->chunk, w->n, &f);
    from = (from + 7) & ~(size_t)7;
    struct rd r = rd_at(&root, from < w->end ? from : w->end, from < w->end ? w->end - from : 0);
    while (rd_left(&r) >= RECORD_LEAST) {
        size_t at = rd_offset(&r);
        if (rd_u32le(&r) == RECORD_MAGIC)
            return at;
        rd_skip(&r, 4);
    }
    return w->end;
}

/* The record at w->at, whose magic is right. False when its size makes no sense. */
static bool measure(const struct evtx_walk *w, struct evtx_record *out)
{
    struct fault f;
    struct rd root = rd_of(w->chunk, w->n, &f);
    struct rd r = rd_at(&root, w->at + 4, RECORD_LEAST - 8);
    out->offset = w->at;
    out->size = rd_u32le(&r);
    out->id = rd_u64le(&r);
    out->written = rd_u64le(&r);
    return out->size >= RECORD_LEAST && out->size <= w->n - w->at;
}

/* Whether a record with both its sizes lies at w->at. */
static bool whole_record(const struct evtx_walk *w)
{
    struct evtx_record r;
    return w->n >= w->at + RECORD_LEAST && u32_at(w, w->at) == RECORD_MAGIC && measure(w, &r) && u32_at(w, w->at + r.size - 4) == r.size;
}

int evtx_read_open(struct evtx_walk *w)
{
    struct fault f;
    struct rd r = rd_of(w->chunk, w->n < EVTX_CHUNK ? w->n : EVTX_CHUNK, &f);
    struct chunk_header h = {0};
    w->n = rd_left(&r);
    h.magic = rd_u64le(&r);
    w->at = CHUNK_HEADER;
    rd_skip(&r, 40);
    h.free_space = rd_u32le(&r);
    h.records_crc = rd_u32le(&r);
    rd_skip(&r, 68);
    h.crc = rd_u32le(&r);
    bool sound = h.magic == CHUNK_MAGIC && rd_ok(&r) && w->n >= CHUNK_HEADER;
    if (!sound && !whole_record(w)) {
        if (h.magic == 0 && w->n >= 8)
            return 0;
        say(w, 0, 0, "not a chunk of an event log");
        return ERR_MALFORMED;
    }
    w->sure = sound && h.free_space >= CHUNK_HEADER && h.free_space <= w->n;
    w->end = w->sure ? h.free_space : w->n;
    if (!sound)
        say(w, 0, 0, "the chunk's header is destroyed, records follow");
    else if (!w->sure)
        say(w, 0, 48, w->n < EVTX_CHUNK ? "the chunk is cut off" : "the chunk's free space begins outside of it");
    if (sound)
        check_sums(w, &h);
    w->x->flat.chunk = ++w->x->chunks;
    w->x->chunk_work = EVTX_CHUNK_WORK;
    w->x->chunk_plans = 0;
    evtx_plan_trim(&w->x->plans);
    return 1;
}

/* A log that was not closed has records after the end that its header tells; older ones that lie there from
 * before do not continue the numbers. */
static bool continues(struct evtx_walk *w, struct evtx_record *out)
{
    return w->sure && w->any && w->n - w->at >= RECORD_LEAST && u32_at(w, w->at) == RECORD_MAGIC && measure(w, out) &&
           out->id == w->last + 1 && u32_at(w, w->at + out->size - 4) == out->size;
}

static bool take(struct evtx_walk *w, const struct evtx_record *r)
{
    w->at += r->size;
    w->any = true;
    w->last = r->id;
    return true;
}

bool evtx_read_next(struct evtx_walk *w, struct evtx_record *out)
{
    while (w->at < w->end && w->end - w->at >= RECORD_LEAST) {
        if (u32_at(w, w->at) != RECORD_MAGIC) {
            size_t next = resync(w, w->at + 1);
            if (w->sure || next < w->end)
                say(w, 0, w->at, "no record where one should be");
            w->at = next;
            continue;
        }
        if (!measure(w, out)) {
            say(w, out->id, w->at, w->n < EVTX_CHUNK ? "the record is cut off" : "the record's size is wrong");
            w->at = resync(w, w->at + 8);
            continue;
        }
        size_t after = w->at + out->size;
        if (u32_at(w, after - 4) != out->size) {
            say(w, out->id, w->at, "the record's two sizes differ");
            if (after < w->end && (w->end - after < RECORD_LEAST || u32_at(w, after) != RECORD_MAGIC))
                out->size = (uint32_t)(resync(w, w->at + RECORD_LEAST) - w->at);
        }
        return take(w, out);
    }
    return w->at >= w->end && continues(w, out) && take(w, out);
}

static int flatten(struct evtx *x, struct rd *r, const struct rd *chunk, bool in_template, enum evtx_place place,
                   const struct evtx_plan **out)
{
    int err = evtx_xml_flatten(r, chunk, in_template, &x->flat);
    if (err)
        return err;
    if (!evtx_read_spend(x, r, x->flat.nsteps))
        return ERR_LIMIT;
    /* counted whether or not the plan is already known, so that what was read before changes nothing */
    x->chunk_plans += evtx_plan_size(&x->flat);
    *out = x->chunk_plans <= EVTX_CHUNK_PLANS ? evtx_plan_of(&x->plans, &x->flat, place) : NULL;
    if (*out)
        return 0;
    rd_fail(r, "templates need too much memory");
    return ERR_LIMIT;
}

static int definition(struct evtx *x, struct evtx_definition d, const struct rd *chunk, enum evtx_place place, const struct evtx_plan **out)
{
    struct evtx_seen *seen = &x->seen[(d.body * 4 + place) % EVTX_SEEN];
    if (seen->chunk == x->chunks && seen->body == d.body && seen->place == place) {
        *out = seen->plan;
        return 0;
    }
    struct rd r = rd_at(chunk, d.body, d.size);
    int err = flatten(x, &r, chunk, true, place, out);
    if (!err)
        *seen = (struct evtx_seen){x->chunks, (uint32_t)d.body, place, *out};
    return err;
}

/* MS-EVEN6 2.2.12 TemplateInstanceData: count, then a size and a type for each value, then the values. */
static int values(struct evtx *x, struct rd *r, struct evtx_document *out)
{
    uint32_t n = rd_u32le(r);
    if (n > rd_left(r) / 4 || n > EVTX_VALUES - x->nvalues) {
        rd_fail(r, "more values than the record has room for");
        return ERR_MALFORMED;
    }
    const uint8_t *types = rd_bytes(r, (size_t)n * 4);
    struct evtx_found *v = &x->value[x->nvalues];
    uint32_t from = (uint32_t)rd_offset(r), at = from;
    for (uint32_t i = 0; types && i < n; i++) {
        uint32_t word = rd_le32(&types[4 * i]);
        v[i] = (struct evtx_found){at, (uint16_t)word, (uint8_t)(word >> 16)};
        at += v[i].n;
    }
    for (uint32_t i = 0; at - from > rd_left(r) && rd_ok(r); i++) /* the fault is where the first value is that does not fit */
        rd_skip(r, v[i].n);
    if (!rd_ok(r))
        return ERR_MALFORMED;
    x->nvalues += n;
    out->value = v;
    out->nvalues = n;
    return 0;
}

int evtx_read_document(struct evtx *x, struct rd *r, const struct rd *chunk, enum evtx_place place, struct evtx_document *out)
{
    *out = (struct evtx_document){.chunk = chunk};
    uint8_t token = evtx_xml_prolog(r);
    if (token == EVTX_TOKEN_END)
        return rd_ok(r) ? 0 : ERR_MALFORMED;
    if (token != EVTX_TOKEN_INSTANCE)
        return flatten(x, r, chunk, false, place, &out->plan);
    struct evtx_definition d = evtx_xml_instance(r, chunk);
    if (!rd_ok(r))
        return ERR_MALFORMED;
    int err = definition(x, d, chunk, place, &out->plan);
    return err ? err : values(x, r, out);
}
