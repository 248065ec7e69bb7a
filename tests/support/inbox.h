/* tests/support/inbox.h - a syslog receiver that remembers what it was told. */
#ifndef VIGIE_TESTS_SUPPORT_INBOX_H
#define VIGIE_TESTS_SUPPORT_INBOX_H

#include "net/syslog_in.h"

#include <pthread.h>

enum { INBOX_KEPT = 256 };

struct inbox {
    pthread_mutex_t lock;
    pthread_cond_t news;
    size_t messages, troubles;
    char *message[INBOX_KEPT]; /* the first ones; length in n[] */
    size_t n[INBOX_KEPT];
    const char *trouble[INBOX_KEPT];
    struct syslog_in *in;
};

/* Starts with these options (owner and callbacks are set here); fails the cmocka test when it cannot. */
void inbox_open(struct inbox *b, struct syslog_in_options options);
/* Waits until so many have come, at most 10 s; fails the test otherwise. */
void inbox_await(struct inbox *b, size_t messages, size_t troubles);
void inbox_close(struct inbox *b);

#endif
