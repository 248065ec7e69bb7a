/* api/lockout.c - growing delays after failed sign-ins. */
#include "api/lockout.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/ip.h"
#include "base/table.h"
#include "base/time.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

enum { ENTRIES = 100000, FREE_ACCOUNT = 5, FREE_ADDRESS = 20, DOUBLINGS = 10 };
#define LONGEST (15 * TIME_MINUTE)
#define FORGET TIME_HOUR

struct count {
    uint32_t failures;
    int64_t last, until;
};

struct lockout {
    pthread_mutex_t lock;
    struct table counts;
    uint64_t seed;
};

int lockout_open(struct lockout **out)
{
    struct lockout *l = calloc(1, sizeof *l);
    if (!l)
        return ERR_MEMORY;
    (void)pthread_mutex_init(&l->lock, NULL);
    table_init(&l->counts, sizeof(struct count), ENTRIES);
    randombytes_buf(&l->seed, sizeof l->seed);
    *out = l;
    return 0;
}

void lockout_close(struct lockout *l)
{
    if (!l)
        return;
    table_free(&l->counts);
    (void)pthread_mutex_destroy(&l->lock);
    free(l);
}

static uint64_t address_key(const struct lockout *l, struct str from)
{
    struct ip ip;
    if (!ip_parse(from, &ip, NULL))
        return hash_str(from, l->seed);
    return hash64(ip.b, ip_is_v4(&ip) ? 16 : 8, l->seed);
}

static uint64_t account_key(const struct lockout *l, const struct lockout_key *k)
{
    uint64_t name = hash_stri(k->name, l->seed ^ 1u);
    return k->known ? hash_mix(name, address_key(l, k->from)) : name;
}

static int64_t wait_of(const struct count *c, int64_t now)
{
    return c && c->until > now && c->until - now <= LONGEST ? c->until - now : 0;
}

static void count_failure(struct count *c, uint32_t free_ones, int64_t now)
{
    if (now - c->last > FORGET || now < c->last)
        c->failures = 0;
    c->failures++;
    c->last = now;
    c->until = 0;
    if (c->failures >= free_ones) {
        uint32_t doublings = c->failures - free_ones;
        int64_t delay = TIME_SECOND << (doublings < DOUBLINGS ? doublings : DOUBLINGS);
        c->until = now + (delay < LONGEST ? delay : LONGEST);
    }
}

static void take_back(struct count *c)
{
    if (!c || c->failures == 0)
        return;
    c->failures--;
    c->until = 0;
}

bool lockout_begin(struct lockout *l, const struct lockout_key *k, int64_t now, int64_t *wait)
{
    uint64_t account = account_key(l, k), address = address_key(l, k->from);
    bool fresh;
    (void)pthread_mutex_lock(&l->lock);
    int64_t by_account = wait_of(table_get(&l->counts, account), now), by_address = wait_of(table_get(&l->counts, address), now);
    bool go = by_account == 0 && by_address == 0;
    struct count *c = go ? table_put(&l->counts, account, &fresh) : NULL;
    if (c)
        count_failure(c, FREE_ACCOUNT, now);
    c = go ? table_put(&l->counts, address, &fresh) : NULL;
    if (c)
        count_failure(c, FREE_ADDRESS, now);
    (void)pthread_mutex_unlock(&l->lock);
    if (!go)
        *wait = by_account > by_address ? by_account : by_address;
    return go;
}

void lockout_end(struct lockout *l, const struct lockout_key *k, enum lockout_result result, bool *locked)
{
    uint64_t account = account_key(l, k), address = address_key(l, k->from);
    (void)pthread_mutex_lock(&l->lock);
    struct count *a = table_get(&l->counts, account), *b = table_get(&l->counts, address);
    *locked = result == LOCKOUT_BAD && ((a && a->until) || (b && b->until));
    if (result == LOCKOUT_GOOD)
        table_drop(&l->counts, account);
    if (result == LOCKOUT_UNDECIDED)
        take_back(a);
    if (result != LOCKOUT_BAD)
        take_back(table_get(&l->counts, address));
    (void)pthread_mutex_unlock(&l->lock);
}
