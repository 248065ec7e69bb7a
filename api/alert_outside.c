/* api/alert_outside.c - fills in an alert for the schemas of others. */
#include "api/alert_outside.h"

#include "api/alert_json.h"
#include "store/tab_entities.h"

enum { USERS = 64, TECHNIQUES = 8, EVIDENCE = 64 };

struct gathering {
    uint8_t (*ids)[16];
    size_t n;
};

static int one_piece(void *owner, const struct stored_evidence *e)
{
    struct gathering *g = owner;
    if (g->n < EVIDENCE)
        memcpy(g->ids[g->n++], e->activity, 16);
    return 0;
}

static int evidence(struct db *db, struct arena *arena, struct outside_alert *out)
{
    struct gathering g = {.ids = arena_alloc(arena, EVIDENCE * sizeof *g.ids)};
    int err = g.ids ? tab_alerts_evidence(db, out->id, one_piece, &g) : ERR_MEMORY;
    out->evidence = (const uint8_t(*)[16])g.ids;
    out->nevidence = g.n;
    return err;
}

static int people(struct db *db, struct arena *arena, struct outside_alert *out)
{
    uint32_t numbers[USERS];
    struct stored_entity e;
    size_t n = 0;
    struct str *names = arena_alloc(arena, USERS * sizeof *names);
    int err = names ? tab_alerts_users(db, out->id, numbers, USERS, &n) : ERR_MEMORY;
    for (size_t i = 0; !err && i < n; i++)
        if (tab_entities_get(db, arena, numbers[i], &e) == 0)
            names[out->nusers++] = e.base.name;
    out->users = names;
    return err;
}

static int techniques(struct arena *arena, struct str list, struct outside_alert *out)
{
    const struct jnode *doc = jin_embedded(arena, list);
    struct str *ids = arena_alloc(arena, TECHNIQUES * sizeof *ids);
    if (!ids)
        return ERR_MEMORY;
    for (const struct jnode *x = doc ? jin_first(doc, doc) : NULL; x && out->nattack < TECHNIQUES; x = jin_next(doc, doc, x))
        ids[out->nattack++] = jin_text(x);
    out->attack = ids;
    return 0;
}

/* A party is a computer by name or an address. */
static void place(const struct alert_party *p, struct str *name, struct ip *ip)
{
    if (!ip_parse(p->label, ip, &(uint16_t){0}))
        *name = p->label;
}

int alert_outside(struct db *db, struct arena *arena, const struct stored_alert *a, struct outside_alert *out)
{
    *out = (struct outside_alert){.id = str_of(a->id),
                                  .policy = a->policy,
                                  .name = a->name,
                                  .description = a->description,
                                  .category = a->category,
                                  .severity = a->severity,
                                  .closed = a->resolution != RESOLUTION_OPEN,
                                  .status = alert_json_status(a->resolution),
                                  .start = a->start,
                                  .end = a->end,
                                  .count = a->count};
    place(&a->source_party, &out->source, &out->source_ip);
    place(&a->destination_party, &out->destination, &out->destination_ip);
    int err = techniques(arena, a->attack, out);
    if (!err)
        err = people(db, arena, out);
    return err ? err : evidence(db, arena, out);
}
