/* tests/support/inbox.c - a syslog receiver that remembers. */
#include "tests/support/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void message(void *owner, const struct syslog_peer *peer, const char *bytes, size_t n)
{
    struct inbox *b = owner;
    (void)peer;
    (void)pthread_mutex_lock(&b->lock);
    if (b->messages < INBOX_KEPT) {
        b->message[b->messages] = malloc(n + 1);
        memcpy(b->message[b->messages], bytes, n);
        b->message[b->messages][n] = '\0';
        b->n[b->messages] = n;
    }
    b->messages++;
    (void)pthread_cond_signal(&b->news);
    (void)pthread_mutex_unlock(&b->lock);
}

static void trouble(void *owner, const struct syslog_peer *peer, const char *why, uint64_t n)
{
    struct inbox *b = owner;
    (void)peer;
    (void)n;
    (void)pthread_mutex_lock(&b->lock);
    if (b->troubles < INBOX_KEPT)
        b->trouble[b->troubles] = why;
    b->troubles++;
    (void)pthread_cond_signal(&b->news);
    (void)pthread_mutex_unlock(&b->lock);
}

void inbox_open(struct inbox *b, struct syslog_in_options options)
{
    char why[SYSLOG_IN_WHY];
    *b = (struct inbox){.lock = PTHREAD_MUTEX_INITIALIZER, .news = PTHREAD_COND_INITIALIZER};
    options.owner = b;
    options.message = message;
    options.trouble = trouble;
    if (syslog_in_start(&options, &b->in, why))
        fail_msg("%s", why);
}

void inbox_await(struct inbox *b, size_t messages, size_t troubles)
{
    struct timespec until;
    int code = 0;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    (void)pthread_mutex_lock(&b->lock);
    while (code == 0 && (b->messages < messages || b->troubles < troubles))
        code = pthread_cond_timedwait(&b->news, &b->lock, &until);
    size_t m = b->messages, t = b->troubles;
    (void)pthread_mutex_unlock(&b->lock);
    if (m != messages || t != troubles)
        fail_msg("%zu messages and %zu troubles (%s), expected %zu and %zu", m, t, t ? b->trouble[0] : "", messages, troubles);
}

void inbox_close(struct inbox *b)
{
    if (b->in)
        syslog_in_stop(b->in);
    for (size_t i = 0; i < INBOX_KEPT; i++)
        free(b->message[i]);
    b->in = NULL;
}
