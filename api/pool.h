/* api/pool.h - a few threads and a bounded queue of jobs. */
#ifndef VIGIE_API_POOL_H
#define VIGIE_API_POOL_H

#include <stdbool.h>

struct pool;

/* Each thread has a context of its own that `open` makes (NULL: memory is short) and `close` frees. */
struct pool_work {
    void *(*open)(void *owner);
    void (*run)(void *context, void *job);
    void (*close)(void *context);
    void *owner;
};

int pool_open(struct pool **out, unsigned threads, unsigned queue, const struct pool_work *work);
/* False: the queue is full, or the pool is drained. */
bool pool_add(struct pool *p, void *job);
/* Takes nothing more, runs what is queued, then ends the threads. */
void pool_drain(struct pool *p);
void pool_close(struct pool *p);

#endif
