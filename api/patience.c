/* api/patience.c - deadlines of connections, looked at twice a second. */
#include "api/patience.h"

#include "base/err.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { LOOK_MS = 500 };

struct patience_entry {
    struct patience_entry *next, *before;
    int fd;
    int64_t until; /* monotonic milliseconds, 0: none */
};

struct patience {
    pthread_mutex_t lock;
    pthread_cond_t end;
    pthread_t thread;
    bool closing;
    struct patience_entry *all;
};

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void look(struct patience *p)
{
    int64_t now = now_ms();
    for (struct patience_entry *e = p->all; e; e = e->next) {
        if (e->until == 0 || e->until > now)
            continue;
        (void)shutdown(e->fd, SHUT_RDWR);
        e->until = 0;
    }
}

static void *watch(void *owner)
{
    struct patience *p = owner;
    (void)pthread_mutex_lock(&p->lock);
    while (!p->closing) {
        int64_t at = now_ms() + LOOK_MS;
        struct timespec t = {at / 1000, (at % 1000) * 1000000};
        (void)pthread_cond_timedwait(&p->end, &p->lock, &t);
        look(p);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

int patience_open(struct patience **out)
{
    pthread_condattr_t monotonic;
    struct patience *p = calloc(1, sizeof *p);
    if (!p)
        return ERR_MEMORY;
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&p->end, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    if (pthread_create(&p->thread, NULL, watch, p) != 0) {
        free(p);
        return ERR_MEMORY;
    }
    *out = p;
    return 0;
}

void patience_close(struct patience *p)
{
    if (!p)
        return;
    (void)pthread_mutex_lock(&p->lock);
    p->closing = true;
    (void)pthread_cond_signal(&p->end);
    (void)pthread_mutex_unlock(&p->lock);
    (void)pthread_join(p->thread, NULL);
    (void)pthread_cond_destroy(&p->end);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

struct patience_entry *patience_add(struct patience *p, int fd, int64_t ms)
{
    struct patience_entry *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->fd = fd;
    e->until = now_ms() + ms;
    (void)pthread_mutex_lock(&p->lock);
    e->next = p->all;
    if (e->next)
        e->next->before = e;
    p->all = e;
    (void)pthread_mutex_unlock(&p->lock);
    return e;
}

void patience_set(struct patience *p, struct patience_entry *e, int64_t ms)
{
    int64_t until = ms ? now_ms() + ms : 0;
    (void)pthread_mutex_lock(&p->lock);
    e->until = until;
    (void)pthread_mutex_unlock(&p->lock);
}

void patience_drop(struct patience *p, struct patience_entry *e)
{
    (void)pthread_mutex_lock(&p->lock);
    if (e->next)
        e->next->before = e->before;
    if (e->before)
        e->before->next = e->next;
    else
        p->all = e->next;
    (void)pthread_mutex_unlock(&p->lock);
    free(e);
}
