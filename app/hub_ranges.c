/* app/hub_ranges.c - networks by length, each length sorted. */
#include "app/hub_ranges.h"

#include "base/arena.h"
#include "base/jin.h"
#include "model/activity.h"
#include "store/tab_subnets.h"

#include <stdlib.h>

enum { LENGTHS = 129 };

struct range {
    struct ip base;
    unsigned bits;
    uint32_t tags;
};

struct ranges {
    struct range *all; /* by bits, then base */
    size_t n, room;
    size_t from[LENGTHS + 1]; /* those of a length: [from[bits], from[bits + 1]) */
};

static uint32_t tags_of(int64_t category)
{
    static const uint32_t tags[] = {[1] = LOCATION_CORPORATE, [3] = LOCATION_RISKY, [4] = LOCATION_VPN, [5] = LOCATION_CLOUD};
    return category >= 0 && (size_t)category < sizeof tags / sizeof *tags ? tags[category] : 0;
}

static int add(struct ranges *r, struct str text, uint32_t tags)
{
    struct range x = {.tags = tags};
    if (!ip_network(text, &x.base, &x.bits))
        return 0;
    if (r->n == r->room) {
        size_t room = r->room ? r->room * 2 : 64;
        struct range *grown = realloc(r->all, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        r->all = grown;
        r->room = room;
    }
    r->all[r->n++] = x;
    return 0;
}

static int add_subnet(void *owner, const struct stored_subnet *s)
{
    struct ranges *r = owner;
    struct arena a;
    uint32_t tags = tags_of(s->category);
    if (!tags)
        return 0;
    arena_init(&a, 4096, 1u << 24);
    const struct jnode *list = jin_embedded(&a, str_dup(&a, s->ranges));
    int err = 0;
    for (const struct jnode *m = list ? jin_first(list, list) : NULL; !err && m; m = jin_next(list, list, m))
        err = add(r, jin_text(m), tags);
    arena_free(&a);
    return err;
}

static int by_network(const void *pa, const void *pb)
{
    const struct range *a = pa, *b = pb;
    return a->bits != b->bits ? (a->bits > b->bits) - (a->bits < b->bits) : memcmp(a->base.b, b->base.b, sizeof a->base.b);
}

int ranges_open(struct db *db, struct ranges **out)
{
    struct ranges *r = calloc(1, sizeof *r);
    if (!r)
        return ERR_MEMORY;
    int err = tab_subnets_each(db, SUBNETS_BY_NAME, false, add_subnet, r);
    if (err) {
        ranges_close(r);
        return err;
    }
    if (r->n)
        qsort(r->all, r->n, sizeof *r->all, by_network);
    size_t at = 0;
    for (unsigned bits = 0; bits <= LENGTHS; bits++) {
        while (at < r->n && r->all[at].bits < bits)
            at++;
        r->from[bits] = at;
    }
    *out = r;
    return 0;
}

void ranges_close(struct ranges *r)
{
    if (!r)
        return;
    free(r->all);
    free(r);
}

uint32_t ranges_tags(const struct ranges *r, const struct ip *ip)
{
    uint32_t tags = 0;
    for (unsigned bits = 0; r->n && bits < LENGTHS; bits++) {
        size_t low = r->from[bits], high = r->from[bits + 1], end = high;
        struct ip base = low < high ? ip_masked(*ip, bits) : *ip;
        while (low < high) {
            size_t mid = (low + high) / 2;
            if (memcmp(r->all[mid].base.b, base.b, sizeof base.b) < 0)
                low = mid + 1;
            else
                high = mid;
        }
        for (; low < end && ip_eq(&r->all[low].base, &base); low++)
            tags |= r->all[low].tags;
    }
    return tags;
}
