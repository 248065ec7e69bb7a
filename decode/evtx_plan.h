/* decode/evtx_plan.h - compiled templates: which values of a template matter to maps, found once.
 *
 * A plan holds a template's steps and a list of slots: "this system field or winfield is made of these
 * parts". Plans are kept by content, so the copies of a template in all chunks of all files share one. */
#ifndef VIGIE_DECODE_EVTX_PLAN_H
#define VIGIE_DECODE_EVTX_PLAN_H

#include "base/arena.h"
#include "decode/evtx_xml.h"

/* Where a template's content stands in the event's document. */
enum evtx_place {
    EVTX_AT_DOCUMENT, /* expects Event */
    EVTX_AT_EVENT,    /* expects EventData or UserData */
    EVTX_AT_DATA,     /* inside EventData */
    EVTX_AT_USER,     /* inside UserData */
    EVTX_PLACES
};

/* Targets of slots: winfields below EVTX_TO_SYSTEM. */
enum {
    EVTX_TO_SYSTEM = 0x4000,
    EVTX_TO_PROVIDER = EVTX_TO_SYSTEM,
    EVTX_TO_ID,
    EVTX_TO_LEVEL,
    EVTX_TO_KEYWORDS,
    EVTX_TO_TIME,
    EVTX_TO_RECORD,
    EVTX_TO_CHANNEL,
    EVTX_TO_COMPUTER,
    EVTX_TO_USER,
    EVTX_TO_PARAM = 0x5000, /* the next unnamed <Data> */
    EVTX_TO_NESTED = 0x6000 /* + enum evtx_place: a substitution that may hold binary XML */
};

struct evtx_slot {
    uint16_t target;
    uint16_t parts; /* TEXT and SUB steps from `first` on; 0: the value of substitution `first` alone, as mostly */
    uint32_t first;
};

struct evtx_plan {
    struct evtx_plan *next; /* same hash bucket */
    uint64_t hash;
    const struct evtx_step *step;
    const char *text;
    const struct evtx_slot *slot;
    uint32_t nsteps, ntext, nslots;
    enum evtx_place place;
};

enum { EVTX_PLAN_BUCKETS = 1024, EVTX_PLAN_KEPT = 16 << 20, EVTX_PLAN_MEMORY = 64 << 20, EVTX_SLOTS = EVTX_STEPS };

struct evtx_plans {
    struct arena memory;
    struct evtx_plan *bucket[EVTX_PLAN_BUCKETS];
    struct evtx_slot slot[EVTX_SLOTS]; /* scratch */
};

void evtx_plan_open(struct evtx_plans *p);
void evtx_plan_close(struct evtx_plans *p);
/* Forgets all plans when they hold more than EVTX_PLAN_KEPT bytes. Only between chunks. */
void evtx_plan_trim(struct evtx_plans *p);
/* The plan of flattened steps that stand at `place`. NULL when memory is full. */
const struct evtx_plan *evtx_plan_of(struct evtx_plans *p, const struct evtx_flat *flat, enum evtx_place place);

/* The most that a plan of these steps takes. */
static inline size_t evtx_plan_size(const struct evtx_flat *f)
{
    return sizeof(struct evtx_plan) + f->nsteps * (sizeof(struct evtx_step) + sizeof(struct evtx_slot)) + f->ntext + 64;
}

static inline struct str evtx_plan_text(const struct evtx_plan *p, const struct evtx_step *s)
{
    return str_sub((struct str){p->text, p->ntext}, s->at, s->n);
}

#endif
