/* decode/evtx.c - EVTX records to Windows events and on to activities. */
#include "decode/evtx.h"

#include "base/crc.h"
#include "base/time.h"
#include "decode/evtx_read.h"

#include <stdlib.h>

bool evtx_claims(const uint8_t *bytes, size_t n)
{
    return str_starts((struct str){(const char *)bytes, n}, (struct str){"ElfFile", 8});
}

/* libevtx: file header */
int evtx_header(const uint8_t *bytes, size_t n, struct evtx_header *out, struct fault *fault)
{
    struct rd r = rd_of(bytes, n, fault);
    struct rd all = r;
    struct evtx_header h = {0};
    const uint8_t *summed = rd_bytes(&all, 120);
    if (!evtx_claims(bytes, n))
        rd_fail(&r, "not an event log file");
    rd_skip(&r, 8);
    h.first_chunk = rd_u64le(&r);
    h.last_chunk = rd_u64le(&r);
    h.next_record = rd_u64le(&r);
    rd_skip(&r, 4);
    h.minor = rd_u16le(&r);
    h.major = rd_u16le(&r);
    rd_skip(&r, 2);
    h.chunks = rd_u16le(&r);
    rd_skip(&r, 76);
    uint32_t flags = rd_u32le(&r);
    uint32_t crc = rd_u32le(&r);
    if (rd_ok(&r) && h.major != 3)
        rd_fail(&r, "an event log of a version that is not known");
    if (!rd_ok(&r))
        return evtx_claims(bytes, n) && n < 128 ? ERR_TRUNCATED : ERR_MALFORMED;
    h.dirty = flags & 1;
    h.full = flags & 2;
    h.checksum_ok = crc_add(0, summed, 120) == crc;
    *out = h;
    return 0;
}

struct evtx *evtx_new(void)
{
    struct evtx *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    evtx_plan_open(&x->plans);
    arena_init(&x->arena, 1 << 18, 32 << 20);
    return x;
}

void evtx_free(struct evtx *x)
{
    if (!x)
        return;
    evtx_plan_close(&x->plans);
    arena_free(&x->arena);
    free(x);
}

/* One record on its way into a struct winevent. */
struct fill {
    struct evtx *x;
    struct decode *d;
    struct rd *chunk;
    unsigned param, depth;
    struct fault bad; /* the first value that could not be read */
};

static int value_text(struct fill *f, const struct evtx_value *v, struct str *out)
{
    *out = STR_NONE;
    if (v->type == EVTX_BINXML || !evtx_read_spend(f->x, f->chunk, 1 + (v->n >> 4)))
        return 0;
    int err = evtx_value_text(f->d->arena, v, out);
    if (err && !f->bad.why)
        f->bad = (struct fault){err == ERR_MEMORY ? "values need too much memory" : "a value does not fit its type", v->at};
    return err;
}

static struct str part_text(struct fill *f, const struct evtx_document *doc, const struct evtx_step *s)
{
    struct str text;
    if (s->kind == EVTX_TEXT)
        return evtx_plan_text(doc->plan, s);
    struct evtx_value v = evtx_read_value(doc, s->sub);
    (void)value_text(f, &v, &text);
    return text;
}

static struct str parts_text(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    const struct evtx_step *s = &doc->plan->step[slot->first];
    struct str all = part_text(f, doc, s);
    for (unsigned i = 1; i < slot->parts; i++) {
        struct str more = part_text(f, doc, &s[i]);
        char *to = arena_alloc(f->d->arena, all.n + more.n);
        if (!to || !evtx_read_spend(f->x, f->chunk, (uint32_t)(all.n >> 4)))
            return STR_NONE;
        if (all.n)
            memcpy(to, all.p, all.n);
        if (more.n)
            memcpy(&to[all.n], more.p, more.n);
        all = (struct str){to, all.n + more.n};
    }
    return all;
}

/* The value that makes up a slot alone; null where parts do. */
static struct evtx_value slot_value(const struct evtx_document *doc, const struct evtx_slot *slot)
{
    return slot->parts ? (struct evtx_value){.type = EVTX_NULL} : evtx_read_value(doc, slot->first);
}

static struct str slot_text(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    struct str text;
    if (slot->parts)
        return parts_text(f, doc, slot);
    struct evtx_value v = evtx_read_value(doc, slot->first);
    (void)value_text(f, &v, &text);
    return text;
}

/* The text of a field that is mostly the same as in the record before, and where it was kept, in lower case. */
static struct str memo_text(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot, struct evtx_memo *m, struct str *lower)
{
    struct evtx_value v = slot_value(doc, slot);
    *lower = STR_NONE;
    if (v.type != EVTX_STRING || v.n == 0 || v.n > EVTX_MEMO)
        return slot_text(f, doc, slot);
    if (m->n != v.n || memcmp(m->from, v.p, v.n) != 0) {
        struct str text = slot_text(f, doc, slot);
        if (!str_set(text) || text.n > sizeof m->to)
            return text;
        memcpy(m->from, v.p, v.n);
        memcpy(m->to, text.p, text.n);
        for (size_t i = 0; i < text.n; i++)
            m->to_lower[i] = str_lower_char(text.p[i]);
        m->n = v.n;
        m->text = (struct str){m->to, text.n};
        m->lower = (struct str){m->to_lower, text.n};
    }
    *lower = m->lower;
    return m->text;
}

static uint64_t slot_number(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot, uint64_t otherwise)
{
    uint64_t n;
    if (slot->parts)
        return str_u64(str_trim(parts_text(f, doc, slot)), &n) ? n : otherwise;
    struct evtx_value v = evtx_read_value(doc, slot->first);
    return evtx_value_u64(&v, &n) ? n : otherwise;
}

static int64_t slot_time(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    if (slot->parts)
        return time_parse(parts_text(f, doc, slot));
    struct evtx_value v = evtx_read_value(doc, slot->first);
    return evtx_value_time(&v);
}

static void system_field(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    struct winevent *e = &f->x->event;
    struct evtx_memo *memo = f->x->memo;
    struct str lower;
    switch (slot->target) {
    case EVTX_TO_PROVIDER: e->provider = memo_text(f, doc, slot, &memo[0], &lower); return;
    case EVTX_TO_CHANNEL: e->channel = memo_text(f, doc, slot, &memo[1], &e->channel_lower); return;
    case EVTX_TO_COMPUTER: e->computer = memo_text(f, doc, slot, &memo[2], &e->computer_lower); return;
    case EVTX_TO_ID: e->id = (uint32_t)slot_number(f, doc, slot, 0); return;
    case EVTX_TO_LEVEL: e->level = (uint8_t)slot_number(f, doc, slot, 0); return;
    case EVTX_TO_KEYWORDS: e->keywords = slot_number(f, doc, slot, 0); return;
    case EVTX_TO_RECORD: e->record_id = slot_number(f, doc, slot, e->record_id); return;
    case EVTX_TO_USER: e->user_sid = slot_text(f, doc, slot); return;
    default: {
        int64_t t = slot_time(f, doc, slot);
        e->time = t == TIME_NONE ? e->time : t;
        return;
    }
    }
}

/* A field that is made of parts, or whose value is no plain one. Out of line, since few are. */
__attribute__((noinline)) static void made_field(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot, enum winfield to)
{
    win_set(&f->x->event, to, slot_text(f, doc, slot));
}

/* A field that a map may ask for. What is sure to have a text is left as the value that it is. */
static void field(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot, enum winfield to)
{
    const struct evtx_found *v = !slot->parts && slot->first < doc->nvalues ? &doc->value[slot->first] : NULL;
    if (!v || !evtx_value_sure(f->chunk, v))
        made_field(f, doc, slot, to);
    else if (evtx_read_spend(f->x, f->chunk, 1 + (uint32_t)(v->n >> 4)))
        win_set_value(&f->x->event, to, v);
}

/* Unnamed <Data>: the items of an array are so many elements (MS-EVEN6 2.2.12: the element is repeated). */
static void param(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    struct evtx_value item, v = slot_value(doc, slot);
    if (!(v.type & EVTX_ARRAY)) {
        if (f->param++ <= WF_Param18 - WF_Param1)
            field(f, doc, slot, WF_Param1 + f->param - 1);
        return;
    }
    for (size_t at = 0; f->param <= WF_Param18 - WF_Param1 && evtx_value_item(&v, &at, &item); f->param++) {
        struct str text;
        (void)value_text(f, &item, &text);
        win_set(&f->x->event, WF_Param1 + f->param, text);
    }
}

static int fields(struct fill *f, const struct evtx_document *doc);

static int nested(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    struct evtx_value v = slot_value(doc, slot);
    struct evtx_document inner;
    uint32_t values = f->x->nvalues;
    if (v.type != EVTX_BINXML)
        return 0;
    struct rd r = rd_at(f->chunk, v.at, v.n);
    if (f->depth == EVTX_NESTED) {
        rd_fail(&r, "binary XML is nested too deep");
        return ERR_LIMIT;
    }
    f->depth++;
    int err = evtx_read_document(f->x, &r, f->chunk, (enum evtx_place)(slot->target - EVTX_TO_NESTED), &inner);
    if (!err && inner.plan)
        err = fields(f, &inner);
    f->depth--;
    f->x->nvalues = values;
    return err;
}

static int fields(struct fill *f, const struct evtx_document *doc)
{
    const struct evtx_slot *slot = doc->plan->slot;
    if (!evtx_read_spend(f->x, f->chunk, doc->plan->nslots + 1))
        return ERR_LIMIT;
    for (uint32_t i = 0; i < doc->plan->nslots; i++) {
        int err = 0;
        if (slot[i].target >= EVTX_TO_NESTED)
            err = nested(f, doc, &slot[i]);
        else if (slot[i].target == EVTX_TO_PARAM)
            param(f, doc, &slot[i]);
        else if (slot[i].target < EVTX_TO_SYSTEM)
            field(f, doc, &slot[i], slot[i].target);
        if (err)
            return err;
    }
    return rd_ok(f->chunk) ? 0 : ERR_LIMIT;
}

static void system_fields(struct fill *f, const struct evtx_document *doc, const struct evtx_record *rec)
{
    struct winevent *e = &f->x->event;
    win_clear(e);
    e->arena = f->d->arena;
    e->chunk = f->chunk;
    e->sids = &f->x->sids;
    e->has_record_id = true;
    e->record_id = rec->id;
    e->time = time_filetime(rec->written);
    for (uint32_t i = 0; i < doc->plan->nslots; i++)
        if (doc->plan->slot[i].target >= EVTX_TO_SYSTEM && doc->plan->slot[i].target < EVTX_TO_PARAM)
            system_field(f, doc, &doc->plan->slot[i]);
}

static int record(struct fill *f, const struct evtx_record *rec)
{
    struct evtx *x = f->x;
    struct evtx_document doc;
    struct rd r = rd_at(f->chunk, rec->offset + 24, rec->size - 28);
    x->nvalues = 0;
    x->record_work = EVTX_RECORD_WORK;
    arena_reset(f->d->arena);
    int err = evtx_read_document(x, &r, f->chunk, EVTX_AT_DOCUMENT, &doc);
    if (err)
        return err;
    if (!doc.plan) {
        rd_fail(&r, "the record is empty");
        return ERR_MALFORMED;
    }
    system_fields(f, &doc, rec);
    const struct winrow *row = winevent_row(x->event.provider, x->event.id);
    if (row) {
        err = fields(f, &doc);
        if (err)
            return err;
    }
    if (f->bad.why)
        f->d->fault(f->d, &f->bad);
    (void)winevent_map(f->d, &x->event, row);
    return 0;
}

struct place {
    struct decode *d;
    uint64_t offset;
};

static void chunk_fault(void *owner, uint64_t number, size_t at, const struct fault *fault)
{
    struct place *p = owner;
    p->d->origin.record = number;
    p->d->origin.offset = p->offset + at;
    p->d->fault(p->d, fault);
}

int evtx_chunk(struct evtx *x, struct decode *d, const uint8_t *chunk, size_t n, uint64_t offset)
{
    struct place place = {d, offset};
    struct evtx_walk w = {.x = x, .chunk = chunk, .n = n, .fault = chunk_fault, .owner = &place};
    struct evtx_record rec;
    int count = 0, err = evtx_read_open(&w);
    if (err <= 0)
        return err;
    while (evtx_read_next(&w, &rec)) {
        struct fault fault;
        struct rd root = rd_of(chunk, w.n, &fault);
        struct fill f = {.x = x, .d = d, .chunk = &root};
        d->origin.record = rec.id;
        d->origin.offset = offset + rec.offset;
        if (record(&f, &rec) == 0)
            count++;
        else
            d->fault(d, &fault);
    }
    return count;
}
