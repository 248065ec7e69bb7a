/* app/hub_learn.c - the names in the log, learned anew. */
#include "app/hub_private.h"

struct reading {
    struct hub *h;
    struct dir_learner *learner;
};

static int learn_row(void *owner, const struct actlog_row *row)
{
    const struct reading *r = owner;
    dir_learn(r->learner, &row->activity);
    return atomic_load(&r->h->stop) ? ERR_LIMIT : 0;
}

int hub_learn_log(struct hub *h, struct dir_learner **out)
{
    const struct actlog_view all = {.cloud = true, .joined = UINT64_MAX};
    struct reading r = {h, dir_learner_new()};
    int err = r.learner ? actlog_scan(h->log, &all, TIME_NONE, learn_row, &r) : ERR_MEMORY;
    if (err) {
        dir_learner_free(r.learner);
        return err;
    }
    *out = r.learner;
    return 0;
}
