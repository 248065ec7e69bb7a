/* wire/flows.c - the table of conversations: found by their ends, forgotten when silent for long. */
#include "wire/wire_private.h"

#include "base/hash.h"

#include <stdlib.h>

enum { BLOCK_ENTRIES = 256, BRIEF = 1, LONG = 0 };
#define BRIEF_TIME (60 * TIME_SECOND)
#define LONG_TIME TIME_HOUR

struct block {
    struct block *next;
    struct entry entry[BLOCK_ENTRIES];
};

/* ---- by key ---- */

unsigned flows_key(const struct datagram *d, uint16_t source_port, uint16_t destination_port, struct key *out)
{
    int order = memcmp(&d->source, &d->destination, sizeof d->source);
    bool swap = order > 0 || (order == 0 && source_port > destination_port);
    out->a = swap ? d->destination : d->source;
    out->b = swap ? d->source : d->destination;
    out->a_port = swap ? destination_port : source_port;
    out->b_port = swap ? source_port : destination_port;
    out->tcp = d->protocol == 6;
    return swap;
}

static uint64_t hash_of(const struct wire *w, const struct key *k)
{
    uint64_t word[5];
    _Static_assert(sizeof *k == sizeof word, "a key has no holes");
    memcpy(word, k, sizeof word);
    uint64_t h = hash_mix(word[0] ^ w->seed, word[1]);
    h = hash_mix(h ^ word[2], word[3]);
    return hash_mix(h ^ word[4], w->seed);
}

struct entry *flows_find(struct wire *w, const struct key *k)
{
    uint64_t h = hash_of(w, k);
    struct entry *e = w->slots[h & w->mask];
    while (e && (e->hash != h || memcmp(&e->key, k, sizeof *k) != 0))
        e = e->chain;
    return e;
}

/* ---- idle for how long ---- */

static void list_remove(struct wire *w, struct entry *e)
{
    struct idle *l = &w->idle[e->brief];
    *(e->newer ? &e->newer->older : &l->newest) = e->older;
    *(e->older ? &e->older->newer : &l->oldest) = e->newer;
}

static void list_add(struct wire *w, struct entry *e)
{
    struct idle *l = &w->idle[e->brief];
    e->newer = NULL;
    e->older = l->newest;
    *(l->newest ? &l->newest->newer : &l->oldest) = e;
    l->newest = e;
    e->last = w->now;
}

void flows_touch(struct wire *w, struct entry *e)
{
    if (w->idle[e->brief].newest == e) {
        e->last = w->now;
        return;
    }
    list_remove(w, e);
    list_add(w, e);
}

void flows_brief(struct wire *w, struct entry *e)
{
    list_remove(w, e);
    e->brief = true;
    list_add(w, e);
}

/* ---- memory ---- */

static struct entry *spare(struct wire *w)
{
    if (!w->spare) {
        struct block *b = malloc(sizeof *b);
        if (!b)
            return NULL;
        b->next = w->blocks;
        w->blocks = b;
        w->counts.memory += sizeof *b;
        for (unsigned i = 0; i < BLOCK_ENTRIES; i++) {
            b->entry[i].chain = w->spare;
            w->spare = &b->entry[i];
        }
    }
    struct entry *e = w->spare;
    w->spare = e->chain;
    return e;
}

static void *grow(struct flow *f, size_t n)
{
    struct entry *e = (struct entry *)(void *)f;
    struct wire *w = e->wire;
    if (n <= e->state_room)
        return f->state;
    if (n > STATE_MAX || w->counts.memory + (n - e->state_room) > w->o.bytes)
        return NULL;
    uint8_t *p = realloc(f->state, n);
    if (!p)
        return NULL;
    memset(p + e->state_room, 0, n - e->state_room);
    w->counts.memory += n - e->state_room;
    e->state_room = n;
    f->state = p;
    return p;
}

struct entry *flows_add(struct wire *w, const struct key *k)
{
    while (w->counts.open >= w->o.flows)
        if (!flows_evict(w))
            return NULL;
    struct entry *e = spare(w);
    if (!e)
        return NULL;
    *e = (struct entry){.wire = w, .key = *k, .hash = hash_of(w, k), .brief = !k->tcp};
    e->flow.tcp = k->tcp;
    e->flow.grow = grow;
    e->chain = w->slots[e->hash & w->mask];
    w->slots[e->hash & w->mask] = e;
    list_add(w, e);
    flows_client(e, 0);
    w->counts.open++;
    w->counts.flows++;
    return e;
}

void flows_renew(struct wire *w, struct entry *e, unsigned side)
{
    struct entry was = *e;
    list_remove(w, e);
    *e = (struct entry){.wire = w, .key = was.key, .hash = was.hash, .chain = was.chain, .busy = was.busy};
    e->flow.tcp = true;
    e->flow.grow = grow;
    list_add(w, e);
    flows_client(e, side);
    w->counts.flows++;
}

void flows_client(struct entry *e, unsigned side)
{
    struct flow *f = &e->flow;
    const struct key *k = &e->key;
    e->client = (uint8_t)side;
    f->client = side ? k->b : k->a;
    f->server = side ? k->a : k->b;
    f->client_port = side ? k->b_port : k->a_port;
    f->server_port = side ? k->a_port : k->b_port;
}

bool flows_decoder(struct wire *w, struct entry *e, const struct netdecoder *d)
{
    size_t n = d->state_size ? d->state_size : 1;
    bool busy = e->busy;
    e->busy = true;
    while (w->counts.memory + n > w->o.bytes && flows_evict(w))
        ;
    e->busy = busy;
    if (w->counts.memory + n > w->o.bytes)
        return false;
    e->flow.state = calloc(1, n);
    if (!e->flow.state)
        return false;
    e->state_room = n;
    w->counts.memory += n;
    e->flow.decoder = d;
    return rest_wake(w, e);
}

/* ---- the end ---- */

void flows_end_decoder(struct wire *w, struct entry *e)
{
    struct flow *f = &e->flow;
    if (!f->decoder)
        return;
    if (rest_leave(w, e) && f->decoder->end) {
        f->decoder->end(w->o.decode, f);
        wire_after(w);
    }
    free(f->state);
    w->counts.memory -= e->packed ? e->packed : e->state_room;
    e->state_room = e->packed = 0;
    f->state = NULL;
    f->decoder = NULL;
}

static void remove_entry(struct wire *w, struct entry *e)
{
    struct entry **at = &w->slots[e->hash & w->mask];
    e->busy = true;
    if (e->flow.tcp && !e->closed)
        tcp_finish(w, e, true);
    flows_end_decoder(w, e);
    while (*at != e)
        at = &(*at)->chain;
    *at = e->chain;
    list_remove(w, e);
    e->chain = w->spare;
    w->spare = e;
    w->counts.open--;
}

static void expire(struct wire *w, unsigned list, int64_t after)
{
    struct entry *e;
    while ((e = w->idle[list].oldest) != NULL) {
        if (e->last > w->now) /* clocks that go backwards must not keep it for ever */
            e->last = w->now;
        if (w->now - e->last <= after || e->busy)
            return;
        remove_entry(w, e);
    }
}

void flows_expire(struct wire *w)
{
    expire(w, BRIEF, BRIEF_TIME);
    expire(w, LONG, LONG_TIME);
}

static struct entry *oldest(const struct wire *w, unsigned list)
{
    struct entry *e = w->idle[list].oldest;
    while (e && e->busy)
        e = e->newer;
    return e;
}

bool flows_evict(struct wire *w)
{
    struct entry *brief = oldest(w, BRIEF), *lasting = oldest(w, LONG);
    struct entry *e = !brief || (lasting && lasting->last < brief->last) ? lasting : brief;
    if (!e || w->evicting)
        return false;
    w->evicting = true;
    w->counts.evicted++;
    if (e->flow.decoder)
        wire_fault(w, &w->at, "more conversations at once than are kept: the one silent for longest was let go");
    remove_entry(w, e);
    w->evicting = false;
    return true;
}

void flows_end_all(struct wire *w)
{
    for (unsigned list = 0; list < 2; list++)
        while (w->idle[list].oldest)
            remove_entry(w, w->idle[list].oldest);
}

void flows_free(struct wire *w)
{
    while (w->blocks) {
        struct block *b = w->blocks;
        w->blocks = b->next;
        free(b);
    }
}
