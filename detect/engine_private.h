/* detect/engine_private.h - the engine's insides, shared by engine.c and engine_live.c only. */
#ifndef VIGIE_DETECT_ENGINE_PRIVATE_H
#define VIGIE_DETECT_ENGINE_PRIVATE_H

#include "base/arena.h"
#include "base/table.h"
#include "detect/engine.h"
#include "detect/familiar.h"

enum { MAX_ALERTS = 200000, EVIDENCE_KEEP_FIRST = 16 };

struct detection {
    const struct detector *def;
    struct engine *engine;
    void *state;
    double *param;
    bool saw; /* a kind that it needs came by */
    struct table campaigns; /* campaign key -> index into engine->raised */
    const struct engine_setting **excluded;
    size_t nexcluded;
    const struct engine_scope *scope; /* NULL: everybody */
};

struct raised {
    struct alert alert;
    char *texts[3];            /* owned: description, source, destination */
    char *names[ALERT_USERS];  /* owned: accounts */
    bool changed;              /* is in the engine's list of those */
};

struct engine {
    const struct dir *dir;
    bool learned, live;
    int64_t first, last, next_tick;
    int64_t *user_first; /* by entity: the first cloud activity */
    uint32_t entities;
    struct arena scratch;
    struct told told;
    struct table sessions;
    struct familiar familiar;
    struct table ids; /* first half of an alert's id -> how many have it */
    struct detection *all;
    size_t n;
    struct detection **by_kind[KIND_COUNT];
    size_t n_by_kind[KIND_COUNT];
    struct raised **raised;
    size_t nraised, room;
    uint32_t *changed; /* numbers of raised ones, in the order in which they changed first; as much room as `raised` */
    size_t nchanged;
    uint64_t dropped;
    const struct alert **sorted;
};

/* The alert is told by the next engine_changed. */
void engine_note(struct engine *e, uint32_t number);
/* False when everybody whom the draft concerns is out of the detection's scope. */
bool engine_in_scope(const struct detection *d, const struct draft *f);
/* Frees an alert with its texts. */
void engine_release(struct raised *r);

#endif
