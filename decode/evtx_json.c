/* decode/evtx_json.c - EVTX records as JSON, every value in it.
 *
 * An element without attributes and children is its value; otherwise an object of "@attribute", children and
 * "#text". <Data Name="x"> inside of EventData is a member x. Elements of the same name become an array, and so
 * do the items of an array value. An attribute with a null value is left out, an element without content is null. */
#include "decode/evtx_read.h"

#include "base/hash.h"
#include "base/time.h"

enum { MOST_DEPTH = 24 };

struct node {
    struct node *next;  /* sibling with another key */
    struct node *same;  /* the next with the same key */
    struct node *last_same;
    struct node *first, *last; /* children by key */
    struct str key;
    uint64_t hash;
    struct str text;         /* content, where it is not a single value */
    struct evtx_value value; /* content, when `typed` */
    bool typed, some;
};

struct build {
    struct evtx *x;
    struct rd *chunk;
    unsigned depth; /* of elements, over all nested documents */
    unsigned nested;
    struct fault bad;
};

static void short_of_memory(struct build *b)
{
    rd_fail(b->chunk, "the record's values need too much memory");
}

static struct node *node(struct build *b, struct str key)
{
    struct node *n = arena_zero(&b->x->arena, sizeof *n);
    if (!n) {
        short_of_memory(b);
        return NULL;
    }
    n->key = key;
    n->last_same = n;
    return n;
}

static void adopt(struct build *b, struct node *parent, struct node *child)
{
    child->hash = hash_str(child->key, 0);
    uint32_t looked = 1;
    for (struct node *k = parent->first; k; k = k->next, looked++)
        if (k->hash == child->hash && str_eq(k->key, child->key)) {
            k->last_same->same = child;
            k->last_same = child;
            break;
        } else if (!k->next) {
            k->next = child;
            break;
        }
    if (!parent->first)
        parent->first = child;
    (void)evtx_read_spend(b->x, b->chunk, looked);
}

static void bad_value(struct build *b, const struct evtx_value *v, int err)
{
    if (!b->bad.why)
        b->bad = (struct fault){err == ERR_MEMORY ? "values need too much memory" : "a value does not fit its type", v->at};
}

static struct str part_text(struct build *b, const struct evtx_document *doc, const struct evtx_step *s)
{
    struct str text = STR_NONE;
    if (s->kind == EVTX_TEXT)
        return evtx_plan_text(doc->plan, s);
    struct evtx_value v = evtx_read_value(doc, s->sub);
    int err = evtx_value_text(&b->x->arena, &v, &text);
    if (err)
        bad_value(b, &v, err);
    return text;
}

static void add_text(struct build *b, struct node *n, struct str more)
{
    char *to = arena_alloc(&b->x->arena, n->text.n + more.n + 1);
    if (!to) {
        short_of_memory(b);
        return;
    }
    if (n->text.n)
        memcpy(to, n->text.p, n->text.n);
    if (more.n)
        memcpy(&to[n->text.n], more.p, more.n);
    n->text = (struct str){to, n->text.n + more.n};
}

static void document(struct build *b, struct node *parent, const struct evtx_document *doc);

static void nested(struct build *b, struct node *parent, const struct evtx_value *v)
{
    struct evtx_document inner;
    uint32_t values = b->x->nvalues;
    struct rd r = rd_at(b->chunk, v->at, v->n);
    if (b->nested == EVTX_NESTED) {
        rd_fail(&r, "binary XML is nested too deep");
        return;
    }
    b->nested++;
    if (evtx_read_document(b->x, &r, b->chunk, EVTX_AT_EVENT, &inner) == 0 && inner.plan)
        document(b, parent, &inner);
    b->nested--;
    b->x->nvalues = values;
}

/* One piece of an element's or attribute's content; `alone` when it is the whole of it. */
static void content(struct build *b, struct node *n, const struct evtx_document *doc, const struct evtx_step *s, bool alone)
{
    struct evtx_value v = s->kind == EVTX_SUB ? evtx_read_value(doc, s->sub) : (struct evtx_value){0};
    if (v.type == EVTX_BINXML) {
        nested(b, n, &v);
        return;
    }
    if ((s->kind == EVTX_SUB && v.type == EVTX_NULL) || !evtx_read_spend(b->x, b->chunk, 1 + (v.n >> 4)))
        return;
    if (alone && s->kind == EVTX_SUB) {
        n->value = v;
        n->typed = true;
    } else {
        add_text(b, n, part_text(b, doc, s));
    }
    n->some = true;
}

struct open {
    struct node *node, *attribute;
};

/* <Data Name="x"> of EventData is known by its name. */
static void name_data(struct build *b, struct node *parent, struct node *n)
{
    struct node *name = n->first;
    if (!str_eq(parent->key, STR("EventData")) || !str_eq(n->key, STR("Data")) || !name || !str_eq(name->key, STR("@Name")))
        return;
    struct str text = name->text;
    if (name->typed && evtx_value_text(&b->x->arena, &name->value, &text) != 0)
        return;
    if (text.n == 0)
        return;
    n->key = text;
    n->first = name->next;
}

static struct str key(struct build *b, struct str name, char mark)
{
    char *to = arena_alloc(&b->x->arena, name.n + 2);
    if (!to) {
        short_of_memory(b);
        return STR_NONE;
    }
    size_t n = 0;
    if (mark)
        to[n++] = mark;
    memcpy(&to[n], name.p, name.n);
    return (struct str){to, n + name.n};
}

static void step(struct build *b, struct open *open, unsigned *depth, const struct evtx_document *doc, uint32_t i)
{
    const struct evtx_step *s = &doc->plan->step[i];
    struct open *at = &open[*depth];
    struct str name = evtx_plan_text(doc->plan, s);
    bool alone = i > 0 && s[-1].kind < EVTX_TEXT && s[1].kind < EVTX_TEXT && s[1].kind != EVTX_OPEN && s[-1].kind != EVTX_END;
    switch (s->kind) {
    case EVTX_OPEN: open[++*depth] = (struct open){.node = node(b, key(b, name, 0))}; return;
    case EVTX_ATTR:
    case EVTX_BODY:
        if (at->attribute && at->attribute->some)
            adopt(b, at->node, at->attribute);
        at->attribute = s->kind == EVTX_ATTR ? node(b, key(b, name, '@')) : NULL;
        if (s->kind == EVTX_BODY)
            name_data(b, open[*depth - 1].node, at->node);
        return;
    case EVTX_END:
        --*depth;
        adopt(b, open[*depth].node, at->node);
        return;
    default: content(b, at->attribute ? at->attribute : at->node, doc, s, alone); return;
    }
}

static void document(struct build *b, struct node *parent, const struct evtx_document *doc)
{
    struct open open[EVTX_DEPTH + 2] = {{.node = parent}};
    unsigned depth = 0, outside = b->depth;
    if (!evtx_read_spend(b->x, b->chunk, doc->plan->nsteps))
        return;
    for (uint32_t i = 0; i < doc->plan->nsteps && rd_ok(b->chunk); i++) {
        b->depth = outside + depth;
        if (b->depth >= MOST_DEPTH)
            rd_fail(b->chunk, "elements are nested too deep");
        else
            step(b, open, &depth, doc, i);
    }
    b->depth = outside;
}

static void write_value(struct build *b, struct jout *j, const struct evtx_value *v)
{
    int err = evtx_value_json(&b->x->arena, j, v);
    if (err) {
        bad_value(b, v, err);
        jout_null(j);
    }
}

static void write_items(struct build *b, struct jout *j, const struct evtx_value *v)
{
    struct evtx_value item;
    for (size_t at = 0; evtx_value_item(v, &at, &item);)
        write_value(b, j, &item);
}

static bool array_of(const struct node *n)
{
    return n->typed && (n->value.type & EVTX_ARRAY);
}

/* The content without its name; `inside` an array that the caller has opened. */
static void write_content(struct build *b, struct jout *j, const struct node *n, bool inside)
{
    if (array_of(n)) {
        if (!inside)
            jout_arr(j);
        write_items(b, j, &n->value);
        if (!inside)
            jout_end_arr(j);
    } else if (n->typed) {
        write_value(b, j, &n->value);
    } else if (n->some) {
        jout_str(j, n->text);
    } else {
        jout_null(j);
    }
}

static void write_members(struct build *b, struct jout *j, const struct node *n);

static void write_node(struct build *b, struct jout *j, const struct node *n, bool inside)
{
    if (!n->first) {
        write_content(b, j, n, inside);
        return;
    }
    jout_obj(j);
    write_members(b, j, n);
    if (n->some) {
        jout_key(j, "#text");
        write_content(b, j, n, false);
    }
    jout_end_obj(j);
}

static void write_members(struct build *b, struct jout *j, const struct node *n)
{
    for (const struct node *k = n->first; k; k = k->next) {
        struct str z = str_dup(&b->x->arena, k->key);
        jout_key(j, str_set(z) ? z.p : "");
        if (k->same)
            jout_arr(j);
        for (const struct node *s = k; s; s = s->same)
            write_node(b, j, s, k->same != NULL);
        if (k->same)
            jout_end_arr(j);
    }
}

static int record(struct build *b, const struct evtx_record *rec, uint64_t offset, struct buf *out)
{
    struct evtx *x = b->x;
    struct evtx_document doc;
    struct rd r = rd_at(b->chunk, rec->offset + 24, rec->size - 28);
    x->nvalues = 0;
    x->record_work = EVTX_RECORD_WORK;
    arena_reset(&x->arena);
    if (evtx_read_document(x, &r, b->chunk, EVTX_AT_DOCUMENT, &doc) != 0)
        return ERR_MALFORMED;
    if (!doc.plan)
        rd_fail(&r, "the record is empty");
    struct node *root = node(b, STR_NONE);
    if (doc.plan && root)
        document(b, root, &doc);
    if (!rd_ok(b->chunk))
        return ERR_MALFORMED;
    struct jout j = jout_to(out);
    jout_obj(&j);
    jout_ku64(&j, "record", rec->id);
    jout_ku64(&j, "offset", offset);
    jout_ktime(&j, "time", time_filetime(rec->written));
    write_members(b, &j, root);
    jout_end_obj(&j);
    buf_char(out, '\n');
    return out->failed ? ERR_MEMORY : 0;
}

struct teller {
    void (*fault)(void *owner, uint64_t record, const struct fault *f);
    void *owner;
};

static void chunk_fault(void *owner, uint64_t number, size_t at, const struct fault *fault)
{
    struct teller *t = owner;
    (void)at;
    t->fault(t->owner, number, fault);
}

int evtx_chunk_json(struct evtx *x, const uint8_t *chunk, size_t n, uint64_t offset, struct buf *out,
                    void (*fault)(void *owner, uint64_t record, const struct fault *f), void *owner)
{
    struct teller teller = {fault, owner};
    struct evtx_walk w = {.x = x, .chunk = chunk, .n = n, .fault = chunk_fault, .owner = &teller};
    struct evtx_record rec;
    int count = 0, err = evtx_read_open(&w);
    if (err <= 0)
        return err;
    while (evtx_read_next(&w, &rec)) {
        struct fault why;
        struct rd root = rd_of(chunk, w.n, &why);
        struct build b = {.x = x, .chunk = &root};
        err = record(&b, &rec, offset + rec.offset, out);
        if (err == ERR_MEMORY)
            return err;
        if (err)
            fault(owner, rec.id, &why);
        else
            count++;
        if (!err && b.bad.why)
            fault(owner, rec.id, &b.bad);
    }
    return count;
}
