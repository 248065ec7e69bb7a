/* policy/suppress.c - suppression rules from alerts, and fresh alerts against them. */
#include "policy/suppress.h"

#include "base/jin.h"
#include "policy/govern.h"
#include "policy/notify.h"

enum { MOST = 32 };

static const char *const words[] = {[SUPPRESS_USER] = "user", [SUPPRESS_SOURCE] = "source", [SUPPRESS_IP] = "ip"};

bool suppress_by_of(struct str text, enum suppress_by *by)
{
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(text, str_of(words[i]))) {
            *by = (enum suppress_by)i;
            return true;
        }
    return false;
}

struct str suppress_by_text(enum suppress_by by)
{
    return str_of(words[by]);
}

/* What rules could name of an alert. */
struct named {
    struct stored_suppression v[MOST];
    size_t n;
};

static void name(struct named *to, enum suppress_by by, struct str value)
{
    if (value.n && to->n < MOST)
        to->v[to->n++] = (struct stored_suppression){.by = by, .value = value};
}

static void names_of(struct arena *arena, const struct stored_alert *a, const uint32_t *users, size_t nusers, struct named *to)
{
    const struct jnode *doc = a->parties.n ? jin_embedded(arena, a->parties) : NULL;
    name(to, str_eq(a->source_party.type, STR("ip")) ? SUPPRESS_IP : SUPPRESS_SOURCE, a->source_party.label);
    for (const struct jnode *c = doc ? jin_first(doc, doc) : NULL; c; c = jin_next(doc, doc, c)) {
        struct str type = jin_str(doc, c, "type"), role = jin_str(doc, c, "role"), label = jin_str(doc, c, "label");
        if (str_eqi(role, STR("Destination")))
            continue;
        if (str_eq(type, STR("ip")))
            name(to, SUPPRESS_IP, label);
        else if (str_eq(type, STR("account")) && nusers == 0)
            name(to, SUPPRESS_USER, label); /* nobody that is known */
    }
    for (size_t i = 0; i < nusers; i++)
        name(to, SUPPRESS_USER, str_fmt(arena, "%u", users[i]));
}

int suppress_from(struct db *db, struct str alert, const struct suppress_request *r)
{
    struct arena arena;
    struct stored_alert a;
    uint32_t users[MOST];
    size_t nusers = 0;
    struct named names = {.n = 0};
    bool any = false;
    arena_init(&arena, 16384, 1u << 22);
    int err = tab_alerts_get(db, &arena, NULL, alert, &a);
    if (!err)
        err = tab_alerts_users(db, alert, users, MOST, &nusers);
    if (!err)
        names_of(&arena, &a, users, nusers < MOST ? nusers : MOST, &names);
    for (size_t i = 0; !err && i < names.n; i++) {
        if (names.v[i].by != r->by)
            continue;
        any = true;
        err = tab_policies_suppress(
            db,
            &(struct stored_suppression){
                .policy = a.policy, .by = r->by, .value = names.v[i].value, .until = r->until, .made_by = r->who, .alert = alert, .made = r->now});
    }
    arena_free(&arena);
    return err ? err : any ? 0 : ERR_USAGE;
}

int suppress_or_notify(struct db *db, const struct stored_alert *a, const uint32_t *users, size_t nusers, int64_t now)
{
    struct arena arena;
    struct named names = {.n = 0};
    struct stored_policy p = {.actions = POLICY_MAIL | POLICY_WEBHOOK | POLICY_SYSLOG}; /* of a detection that is not ours: everybody is told */
    bool is = false;
    arena_init(&arena, 16384, 1u << 22);
    names_of(&arena, a, users, nusers, &names);
    int err = tab_policies_suppressed(db, a->policy, names.v, names.n, now, &is);
    if (!err && is)
        err = tab_alerts_suppress(db, str_of(a->id), true, STR("rule"), now);
    if (!err && !is)
        err = tab_policies_get(db, &arena, a->policy, &p);
    if (err == ERR_NOT_FOUND)
        err = 0;
    if (!err && !is)
        err = notify_alert(db, a, p.actions, now);
    if (!err && !is)
        err = govern_alert(db, a, p.governance, nusers && !a->headless ? users[0] : 0, now);
    arena_free(&arena);
    return err;
}
