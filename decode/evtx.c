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
    struct evtx_value v = evtx_read_value(doc, s);
    (void)value_text(f, &v, &text);
    return text;
}

static struct str slot_text(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
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

/* The text of a field that is mostly the same as in the record before. */
static struct str memo_text(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot, unsigned which)
{
    struct evtx_memo *m = &f->x->memo[which];
    const struct evtx_step *s = &doc->plan->step[slot->first];
    struct evtx_value v = s->kind == EVTX_SUB ? evtx_read_value(doc, s) : (struct evtx_value){0};
    if (slot->parts != 1 || v.type != EVTX_STRING || v.n == 0 || v.n > EVTX_MEMO)
        return slot_text(f, doc, slot);
    if (m->n == v.n && memcmp(m->from, v.p, v.n) == 0)
        return m->text;
    struct str text = slot_text(f, doc, slot);
    if (!str_set(text) || text.n > sizeof m->to)
        return text;
    memcpy(m->from, v.p, v.n);
    memcpy(m->to, text.p, text.n);
    m->n = v.n;
    m->text = (struct str){m->to, text.n};
    return m->text;
}

static uint64_t slot_number(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot, uint64_t otherwise)
{
    uint64_t n = otherwise;
    const struct evtx_step *s = &doc->plan->step[slot->first];
    if (slot->parts == 1 && s->kind == EVTX_SUB) {
        struct evtx_value v = evtx_read_value(doc, s);
        return evtx_value_u64(&v, &n) ? n : otherwise;
    }
    return str_u64(str_trim(slot_text(f, doc, slot)), &n) ? n : otherwise;
}

static int64_t slot_time(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    const struct evtx_step *s = &doc->plan->step[slot->first];
    if (slot->parts == 1 && s->kind == EVTX_SUB) {
        struct evtx_value v = evtx_read_value(doc, s);
        return evtx_value_time(&v);
    }
    return time_parse(slot_text(f, doc, slot));
}

static void system_field(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    struct winevent *e = &f->x->event;
    switch (slot->target) {
    case EVTX_TO_PROVIDER: e->provider = memo_text(f, doc, slot, 0); return;
    case EVTX_TO_CHANNEL: e->channel = memo_text(f, doc, slot, 1); return;
    case EVTX_TO_COMPUTER: e->computer = memo_text(f, doc, slot, 2); return;
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

static void set(struct winevent *e, unsigned field, struct str text)
{
    if (str_set(text) && field < WF_COUNT)
        win_set(e, (enum winfield)field, text);
}

/* Unnamed <Data>: the items of an array are so many elements (MS-EVEN6 2.2.12: the element is repeated). */
static void param(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    struct winevent *e = &f->x->event;
    const struct evtx_step *s = &doc->plan->step[slot->first];
    struct evtx_value item, v = s->kind == EVTX_SUB ? evtx_read_value(doc, s) : (struct evtx_value){0};
    if (slot->parts != 1 || !(v.type & EVTX_ARRAY)) {
        if (f->param++ <= WF_Param18 - WF_Param1)
            set(e, WF_Param1 + f->param - 1, slot_text(f, doc, slot));
        return;
    }
    for (size_t at = 0; f->param <= WF_Param18 - WF_Param1 && evtx_value_item(&v, &at, &item); f->param++) {
        struct str text;
        (void)value_text(f, &item, &text);
        set(e, WF_Param1 + f->param, text);
    }
}

static int fields(struct fill *f, const struct evtx_document *doc);

static int nested(struct fill *f, const struct evtx_document *doc, const struct evtx_slot *slot)
{
    struct evtx_value v = evtx_read_value(doc, &doc->plan->step[slot->first]);
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
            set(&f->x->event, slot[i].target, slot_text(f, doc, &slot[i]));
        if (err)
            return err;
    }
    return rd_ok(f->chunk) ? 0 : ERR_LIMIT;
}

static void system_fields(struct fill *f, const struct evtx_document *doc, const struct evtx_record *rec)
{
    struct winevent *e = &f->x->event;
    win_clear(e);
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
    if (winevent_row(x->event.provider, x->event.id)) {
        err = fields(f, &doc);
        if (err)
            return err;
    }
    if (f->bad.why)
        f->d->fault(f->d, &f->bad);
    (void)winevent_decode(f->d, &x->event);
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
