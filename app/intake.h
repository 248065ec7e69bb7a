/* app/intake.h - the first half of the pipe: inputs to sorted runs of activities, on many threads. */
#ifndef VIGIE_APP_INTAKE_H
#define VIGIE_APP_INTAKE_H

#include "app/pipe.h"
#include "base/runs.h"

#include <stdatomic.h>

struct intake {
    const struct pipe_options *options;
    struct inputs *inputs;
    struct runs *runs;
    struct dir_learner **learners; /* one per thread */
    struct dir_import *import;
    const atomic_bool *stop; /* when it is set, the rest is not read; NULL: never */
    const char *why; /* when intake_run fails */
};

int intake_run(struct intake *in);

#endif
