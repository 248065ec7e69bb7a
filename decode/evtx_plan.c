/* decode/evtx_plan.c - compiles templates to slots and keeps them by content. */
#include "decode/evtx_plan.h"

#include "base/hash.h"
#include "decode/winevent.h"

enum place_in {
    IN_DOCUMENT,
    IN_EVENT,
    IN_SYSTEM,
    IN_SYSTEM_LEAF,
    IN_DATA,
    IN_DATA_LEAF,
    IN_USER,
    IN_OTHER
};

struct level {
    enum place_in in;
    uint16_t target; /* of the element's text, should it be a leaf */
};

struct bind {
    const struct evtx_flat *flat;
    struct evtx_slot *slot;
    uint32_t nslots;
    struct level level[EVTX_DEPTH + 2];
    unsigned depth;
};

static struct str step_text(const struct bind *b, uint32_t i)
{
    const struct evtx_step *s = &b->flat->step[i];
    return (struct str){&b->flat->text[s->at], s->n};
}

static const struct {
    struct str element, attribute; /* attribute absent: the element's text */
    uint16_t target;
} system_fields[] = {
    {{"Provider", 8}, {"Name", 4}, EVTX_TO_PROVIDER},
    {{"EventID", 7}, {NULL, 0}, EVTX_TO_ID},
    {{"Level", 5}, {NULL, 0}, EVTX_TO_LEVEL},
    {{"Keywords", 8}, {NULL, 0}, EVTX_TO_KEYWORDS},
    {{"TimeCreated", 11}, {"SystemTime", 10}, EVTX_TO_TIME},
    {{"EventRecordID", 13}, {NULL, 0}, EVTX_TO_RECORD},
    {{"Channel", 7}, {NULL, 0}, EVTX_TO_CHANNEL},
    {{"Computer", 8}, {NULL, 0}, EVTX_TO_COMPUTER},
    {{"Security", 8}, {"UserID", 6}, EVTX_TO_USER},
};

static uint16_t system_target(struct str element, struct str attribute)
{
    for (size_t i = 0; i < sizeof system_fields / sizeof *system_fields; i++)
        if (str_eq(system_fields[i].element, element) && str_eq(system_fields[i].attribute, attribute))
            return system_fields[i].target;
    return WF_NONE;
}

/* Field by name; "param1" to "param18" are the numbered ones whatever the provider calls their case. */
static uint16_t field_target(struct str name)
{
    uint64_t n;
    ptrdiff_t colon = str_rchr(name, ':');
    if (colon >= 0)
        name = str_from(name, (size_t)colon + 1);
    if (name.n > 5 && str_startsi(name, STR("param")) && str_u64(str_from(name, 5), &n) && n >= 1 && n <= 18)
        return (uint16_t)(WF_Param1 + n - 1);
    return (uint16_t)win_field(name);
}

/* What an element is, from where it stands. */
static struct level enter(enum place_in parent, struct str name)
{
    switch (parent) {
    case IN_DOCUMENT: return (struct level){str_eq(name, STR("Event")) ? IN_EVENT : IN_OTHER, WF_NONE};
    case IN_EVENT:
        if (str_eq(name, STR("System")))
            return (struct level){IN_SYSTEM, WF_NONE};
        if (str_eq(name, STR("EventData")))
            return (struct level){IN_DATA, WF_NONE};
        return (struct level){str_eq(name, STR("UserData")) ? IN_USER : IN_OTHER, WF_NONE};
    case IN_SYSTEM: return (struct level){IN_SYSTEM_LEAF, system_target(name, STR_NONE)};
    case IN_DATA:
        if (str_eq(name, STR("Data")))
            return (struct level){IN_DATA_LEAF, EVTX_TO_PARAM};
        return (struct level){IN_OTHER, str_eq(name, STR("Binary")) ? WF_NONE : field_target(name)};
    case IN_USER: return (struct level){IN_USER, field_target(name)};
    case IN_SYSTEM_LEAF:
    case IN_DATA_LEAF:
    case IN_OTHER:
    default: return (struct level){IN_OTHER, WF_NONE};
    }
}

static uint16_t parts(const struct bind *b, uint32_t i)
{
    uint32_t n = i;
    while (n < b->flat->nsteps && b->flat->step[n].kind >= EVTX_TEXT)
        n++;
    return (uint16_t)(n - i);
}

static void slot(struct bind *b, uint16_t target, uint32_t first, uint16_t n)
{
    const struct evtx_step *s = &b->flat->step[first];
    if (target == WF_NONE || n == 0 || b->nslots == EVTX_SLOTS)
        return;
    bool value = n == 1 && s->kind == EVTX_SUB;
    b->slot[b->nslots++] = value ? (struct evtx_slot){target, 0, s->sub} : (struct evtx_slot){target, n, first};
}

static void attribute(struct bind *b, uint32_t element, uint32_t i)
{
    struct level *at = &b->level[b->depth];
    uint16_t n = parts(b, i + 1);
    if (at->in == IN_SYSTEM_LEAF)
        slot(b, system_target(step_text(b, element), step_text(b, i)), i + 1, n);
    else if (at->in == IN_DATA_LEAF && str_eq(step_text(b, i), STR("Name")))
        at->target = n == 1 && b->flat->step[i + 1].kind == EVTX_TEXT ? field_target(step_text(b, i + 1)) : WF_NONE;
}

/* Binary XML may take the place of any content of Event, EventData and UserData. */
static void nested(struct bind *b, uint32_t i, uint16_t n)
{
    static const uint16_t target[] = {[IN_EVENT] = EVTX_TO_NESTED + EVTX_AT_EVENT, [IN_DATA] = EVTX_TO_NESTED + EVTX_AT_DATA,
                                      [IN_USER] = EVTX_TO_NESTED + EVTX_AT_USER,   [IN_OTHER] = WF_NONE};
    for (uint32_t k = i; k < i + n; k++)
        if (b->flat->step[k].kind == EVTX_SUB)
            slot(b, target[b->level[b->depth].in], k, 1);
}

static void content(struct bind *b, uint32_t i, uint16_t n)
{
    const struct evtx_step *s = b->flat->step;
    bool whole = i > 0 && s[i - 1].kind == EVTX_BODY && i + n < b->flat->nsteps && s[i + n].kind == EVTX_END;
    bool xml = false;
    for (uint32_t k = i; k < i + n; k++)
        xml = xml || (s[k].kind == EVTX_SUB && s[k].type == EVTX_BINXML);
    if (whole && !xml && b->level[b->depth].target != WF_NONE)
        slot(b, b->level[b->depth].target, i, n);
    else
        nested(b, i, n);
}

static void bind(struct bind *b)
{
    uint32_t element = 0;
    for (uint32_t i = 0; i < b->flat->nsteps;) {
        uint16_t n = 0;
        switch (b->flat->step[i].kind) {
        case EVTX_OPEN:
            element = i;
            b->level[b->depth + 1] = enter(b->level[b->depth].in, step_text(b, i));
            b->depth++;
            break;
        case EVTX_ATTR:
            attribute(b, element, i);
            n = parts(b, i + 1);
            break;
        case EVTX_END: b->depth--; break;
        case EVTX_BODY: break;
        default:
            n = parts(b, i);
            content(b, i, n);
            n--;
            break;
        }
        i += 1u + n;
    }
}

static void *copy(struct arena *a, const void *from, size_t n)
{
    void *to = arena_alloc(a, n + 1);
    if (to && n)
        memcpy(to, from, n);
    return to;
}

static const struct evtx_plan *compile(struct evtx_plans *p, const struct evtx_flat *flat, enum evtx_place place, uint64_t hash)
{
    static const enum place_in in[] = {[EVTX_AT_DOCUMENT] = IN_DOCUMENT, [EVTX_AT_EVENT] = IN_EVENT, [EVTX_AT_DATA] = IN_DATA, [EVTX_AT_USER] = IN_USER};
    struct bind b = {.flat = flat, .slot = p->slot};
    b.level[0] = (struct level){in[place], WF_NONE};
    bind(&b);
    struct evtx_plan *plan = arena_alloc(&p->memory, sizeof *plan);
    const void *step = copy(&p->memory, flat->step, flat->nsteps * sizeof *flat->step);
    const void *text = copy(&p->memory, flat->text, flat->ntext);
    const void *slots = copy(&p->memory, p->slot, b.nslots * sizeof *p->slot);
    if (!plan || !step || !text || !slots)
        return NULL;
    struct evtx_plan **bucket = &p->bucket[hash % EVTX_PLAN_BUCKETS];
    *plan = (struct evtx_plan){*bucket, hash, step, text, slots, flat->nsteps, flat->ntext, b.nslots, place};
    *bucket = plan;
    return plan;
}

const struct evtx_plan *evtx_plan_of(struct evtx_plans *p, const struct evtx_flat *flat, enum evtx_place place)
{
    size_t bytes = flat->nsteps * sizeof *flat->step;
    uint64_t hash = hash64(flat->text, flat->ntext, hash64(flat->step, bytes, (uint64_t)place));
    for (const struct evtx_plan *k = p->bucket[hash % EVTX_PLAN_BUCKETS]; k; k = k->next)
        if (k->hash == hash && k->place == place && k->nsteps == flat->nsteps && k->ntext == flat->ntext &&
            memcmp(k->step, flat->step, bytes) == 0 && memcmp(k->text, flat->text, flat->ntext) == 0)
            return k;
    return compile(p, flat, place, hash);
}

void evtx_plan_open(struct evtx_plans *p)
{
    arena_init(&p->memory, 65536, EVTX_PLAN_MEMORY);
    memset(p->bucket, 0, sizeof p->bucket);
}

void evtx_plan_close(struct evtx_plans *p)
{
    arena_free(&p->memory);
}

void evtx_plan_trim(struct evtx_plans *p)
{
    if (p->memory.used <= EVTX_PLAN_KEPT)
        return;
    arena_reset(&p->memory);
    memset(p->bucket, 0, sizeof p->bucket);
}
