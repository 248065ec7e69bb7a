/* net/lookup.c - name resolution that can be waited for. */
#include "net/lookup.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct lookup {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool done, dropped; /* who comes second frees */
    char *host, *port;
    int code;
    struct addrinfo *found;
};

static int ask(const char *host, const char *port, int flags, struct addrinfo **out)
{
    struct addrinfo hints = {.ai_flags = flags, .ai_socktype = SOCK_STREAM}; /* one entry for each address; any type is opened on it */
    return getaddrinfo(host, port, &hints, out);
}

static void release(struct lookup *l)
{
    if (l->found)
        freeaddrinfo(l->found);
    (void)pthread_cond_destroy(&l->answered);
    (void)pthread_mutex_destroy(&l->lock);
    free(l->host);
    free(l->port);
    free(l);
}

static void *run(void *owner)
{
    struct lookup *l = owner;
    struct addrinfo *found = NULL;
    int code = ask(l->host, l->port, 0, &found);
    (void)pthread_mutex_lock(&l->lock);
    l->code = code;
    l->found = code ? NULL : found;
    l->done = true;
    bool dropped = l->dropped;
    (void)pthread_cond_signal(&l->answered);
    (void)pthread_mutex_unlock(&l->lock);
    if (dropped)
        release(l);
    return NULL;
}

static struct lookup *begin(const char *host, const char *port)
{
    struct lookup *l = calloc(1, sizeof *l);
    pthread_condattr_t monotonic;
    pthread_t thread;
    if (!l)
        return NULL;
    (void)pthread_mutex_init(&l->lock, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&l->answered, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    l->host = strdup(host);
    l->port = strdup(port);
    if (!l->host || !l->port || pthread_create(&thread, NULL, run, l)) {
        release(l);
        return NULL;
    }
    (void)pthread_detach(thread);
    return l;
}

int lookup_wait(struct lookup **pending, const char *host, const char *port, int64_t wait_ms, struct addrinfo **out)
{
    struct timespec until;
    int late = 0;
    if (!*pending && ask(host, port, AI_NUMERICHOST, out) == 0)
        return 0;
    if (!*pending && !(*pending = begin(host, port)))
        return EAI_MEMORY;
    struct lookup *l = *pending;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += wait_ms % 1000 * 1000000;
    until.tv_sec += wait_ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_mutex_lock(&l->lock);
    while (!l->done && late == 0)
        late = pthread_cond_timedwait(&l->answered, &l->lock, &until);
    bool done = l->done;
    (void)pthread_mutex_unlock(&l->lock);
    if (!done)
        return LOOKUP_LATE;
    int code = l->code;
    if (code == 0)
        *out = l->found;
    l->found = NULL;
    release(l);
    *pending = NULL;
    return code;
}

void lookup_drop(struct lookup *l)
{
    if (!l)
        return;
    (void)pthread_mutex_lock(&l->lock);
    l->dropped = true;
    bool done = l->done;
    (void)pthread_mutex_unlock(&l->lock);
    if (done)
        release(l);
}
