/* api/pool.c - worker threads behind a ring of jobs. */
#include "api/pool.h"

#include "base/err.h"

#include <pthread.h>
#include <stdlib.h>

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct pool_work work;
    void **ring;
    unsigned cap, first, n;
    bool closing;
    unsigned nthreads;
    pthread_t threads[];
};

static void *next_job(struct pool *p)
{
    void *job = NULL;
    (void)pthread_mutex_lock(&p->lock);
    while (p->n == 0 && !p->closing)
        (void)pthread_cond_wait(&p->more, &p->lock);
    if (p->n) {
        job = p->ring[p->first];
        p->first = (p->first + 1) % p->cap;
        p->n--;
    }
    (void)pthread_mutex_unlock(&p->lock);
    return job;
}

static void *worker(void *owner)
{
    struct pool *p = owner;
    void *context = p->work.open(p->work.owner), *job;
    while (context && (job = next_job(p)) != NULL)
        p->work.run(context, job);
    if (context)
        p->work.close(context);
    return NULL;
}

int pool_open(struct pool **out, unsigned threads, unsigned queue, const struct pool_work *work)
{
    struct pool *p = calloc(1, sizeof *p + threads * sizeof p->threads[0]);
    void **ring = calloc(queue, sizeof *ring);
    if (!p || !ring) {
        free(ring);
        free(p);
        return ERR_MEMORY;
    }
    p->ring = ring;
    p->cap = queue;
    p->work = *work;
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->more, NULL);
    while (p->nthreads < threads && pthread_create(&p->threads[p->nthreads], NULL, worker, p) == 0)
        p->nthreads++;
    if (p->nthreads < threads) {
        pool_close(p);
        return ERR_MEMORY;
    }
    *out = p;
    return 0;
}

bool pool_add(struct pool *p, void *job)
{
    (void)pthread_mutex_lock(&p->lock);
    bool room = p->n < p->cap && !p->closing;
    if (room) {
        p->ring[(p->first + p->n) % p->cap] = job;
        p->n++;
        (void)pthread_cond_signal(&p->more);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return room;
}

void pool_drain(struct pool *p)
{
    (void)pthread_mutex_lock(&p->lock);
    p->closing = true;
    (void)pthread_cond_broadcast(&p->more);
    (void)pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->nthreads; i++)
        (void)pthread_join(p->threads[i], NULL);
    p->nthreads = 0;
}

void pool_close(struct pool *p)
{
    if (!p)
        return;
    pool_drain(p);
    (void)pthread_cond_destroy(&p->more);
    (void)pthread_mutex_destroy(&p->lock);
    free(p->ring);
    free(p);
}
