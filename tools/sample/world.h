/* tools/sample/world.h - what every part of the generator works on. */
#ifndef VIGIE_SAMPLE_WORLD_H
#define VIGIE_SAMPLE_WORLD_H

#include "base/time.h"
#include "tools/sample/org.h"
#include "tools/sample/out.h"
#include "tools/sample/truth.h"

struct world {
    struct org org;
    struct out *out;
    struct truth *truth;
    struct rng rng; /* of the day and part at hand */
    int day;
    int64_t midnight; /* UTC, of the day */
    uint64_t logon;   /* the last logon id given */
    bool attack;
    bool bulk; /* a benchmark: machines do much more */
};

/* A moment of the day from local minutes at a site, with some seconds of chance. */
static inline int64_t world_at(struct world *w, enum site site, int minutes)
{
    return w->midnight + (minutes - org_utc_offset(site)) * TIME_MINUTE + rng_span(&w->rng, 50 * TIME_SECOND);
}

#endif
