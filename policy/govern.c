/* policy/govern.c - governance actions: found, judged, written into the log. */
#include "policy/govern.h"

#include "base/dn.h"
#include "base/jin.h"
#include "store/tab_settings.h"

#include <string.h>

enum { OLD = 24 /* hours after which nothing is done for an alert without a person */ };

#define GUARDED (ENTITY_SENSITIVE | ENTITY_ADMIN_COUNT | ENTITY_REPLICATOR)

const struct governance_action *govern_action(struct str id)
{
    for (const struct governance_action *const *a = governance_actions; *a; a++)
        if (str_eq(id, str_of((*a)->id)))
            return *a;
    return NULL;
}

static bool names(const struct jnode *doc, const struct jnode *list, const char *id)
{
    for (const struct jnode *x = jin_first(doc, list); x; x = jin_next(doc, list, x))
        if (str_eq(jin_text(x), str_of(id)))
            return true;
    return false;
}

bool govern_list(struct arena *a, const struct jnode *doc, const struct jnode *list, struct str *out)
{
    struct str all = STR_NONE;
    if (list->type != J_ARR)
        return false;
    for (const struct jnode *x = jin_first(doc, list); x; x = jin_next(doc, list, x))
        if (!govern_action(jin_text(x)))
            return false;
    for (const struct governance_action *const *k = governance_actions; *k; k++)
        if (names(doc, list, (*k)->id))
            all = str_fmt(a, "%.*s%s%s", STR_ARG(all), str_set(all) ? " " : "", (*k)->id);
    *out = all;
    return true;
}

int govern_limit(struct db *db, int64_t *people)
{
    return tab_settings_get_i64(db, "governance.people", GOVERN_PEOPLE, people);
}

/* ---- whether it can be done ---- */

/* Directory services that read a domain. */
struct services {
    struct str domain;
    struct arena *arena;
    struct stored_directory act, read; /* one that may be acted on, one that may not; number 0: none */
    struct str binds[64];
    size_t n;
};

static int look_at_service(void *owner, const struct stored_directory *d)
{
    struct services *s = owner;
    const struct jnode *said = str_set(d->said) ? jin_embedded(s->arena, d->said) : NULL;
    struct str domain = said ? jin_str(said, said, "domain") : d->domain;
    if (str_set(d->bind) && s->n < sizeof s->binds / sizeof *s->binds)
        s->binds[s->n++] = d->bind;
    if (!str_eqi(domain, s->domain))
        return 0;
    struct stored_directory *to = d->act && d->enabled ? &s->act : &s->read;
    if (!to->number)
        *to = *d;
    return 0;
}

static bool is_service_account(struct db *db, const struct services *s, uint32_t number)
{
    uint32_t found[8];
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (tab_entities_find(db, s->binds[i], found, 8, &n) == 0)
            for (size_t k = 0; k < n; k++)
                if (found[k] == number)
                    return true;
    return false;
}

static struct govern_refusal because(const char *code, struct str text)
{
    return (struct govern_refusal){code, text};
}

static struct govern_refusal judge(struct arena *a, const struct services *s, const struct stored_entity *e)
{
    if (!str_set(e->base.sid) && !str_set(e->base.guid))
        return because("no_account", STR("This person has no account in Active Directory: act where the account is, in the cloud application's own administration."));
    if (str_ends(e->base.sid, STR("-502")))
        return because("krbtgt", STR("krbtgt is never acted on: the domain's tickets depend on it."));
    if (s->act.number)
        return because(NULL, STR_NONE);
    if (s->read.number)
        return because("not_allowed", str_fmt(a, "The directory service of %.*s may not be acted on: allow it under Settings > Directory services, with an account that may write.",
                                              STR_ARG(s->domain)));
    return because("no_directory", str_set(s->domain) ? str_fmt(a, "No directory service reads the domain %.*s: add it under Settings > Directory services.", STR_ARG(s->domain))
                                                      : STR("No directory service reads the domain of this account: add it under Settings > Directory services."));
}

int govern_look(struct db *db, struct arena *a, const struct governance_action *act, const struct stored_entity *e, struct stored_directory *by,
                struct govern_refusal *no)
{
    struct services *s = arena_zero(a, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    *by = (struct stored_directory){.number = 0};
    *no = because(NULL, STR_NONE);
    if (e->base.type != ENTITY_USER || e->base.flags & ENTITY_BUILTIN) {
        *no = because("not_person", STR("Only people are acted on."));
        return 0;
    }
    if (!act->does.attribute)
        return 0;
    s->arena = a;
    s->domain = dn_domain(a, e->base.dn);
    int err = tab_directories_each(db, a, look_at_service, s);
    if (err)
        return err;
    *no = judge(a, s, e);
    if (!no->code && is_service_account(db, s, e->base.number))
        *no = because("own_account", STR("That is an account with which Vigie signs in to a directory service."));
    if (!no->code)
        *by = s->act;
    return 0;
}

/* ---- into the log ---- */

static struct stored_governance row_of(const struct governance_action *act, const struct stored_entity *e, const struct stored_governance *how)
{
    struct stored_governance g = *how;
    g.action = str_of(act->id);
    g.entity = e->base.number;
    g.person = e->base.id;
    g.name = e->base.name;
    return g;
}

static void by_service(struct arena *a, struct stored_governance *g, const struct stored_directory *d)
{
    const struct jnode *said = str_set(d->said) ? jin_embedded(a, d->said) : NULL;
    g->directory = d->number;
    g->domain = d->number ? said ? jin_str(said, said, "domain") : d->domain : STR_NONE;
}

int govern_ask(struct db *db, struct arena *a, const struct governance_action *act, const struct stored_entity *e, const struct stored_governance *how,
               int64_t *number, struct govern_refusal *no)
{
    struct stored_directory d;
    struct stored_governance g = row_of(act, e, how);
    int64_t other = 0;
    int err = govern_look(db, a, act, e, &d, no);
    if (!err && !no->code)
        err = tab_governance_pending(db, g.entity, g.action, &other);
    if (!err && other)
        *no = because("pending", STR("The same is under way for this person: see the governance log."));
    if (err || no->code)
        return err ? err : ERR_USAGE;
    g.state = GOVERNANCE_WAITING;
    by_service(a, &g, &d);
    return tab_governance_add(db, &g, number);
}

/* Who it is about, as far as the alert says: the worker finds the person, who may be in no table yet. */
static struct str called(struct arena *a, const struct stored_alert *al)
{
    const struct jnode *doc = al->parties.n ? jin_embedded(a, al->parties) : NULL;
    for (const struct jnode *x = doc ? jin_first(doc, doc) : NULL; x; x = jin_next(doc, doc, x))
        if (str_eq(jin_str(doc, x, "type"), STR("account")))
            return jin_str(doc, x, "label");
    return STR("");
}

int govern_alert(struct db *db, const struct stored_alert *al, struct str actions, uint32_t user, int64_t now)
{
    struct arena a;
    struct str rest = actions, id;
    int64_t number;
    int err = 0;
    if (!str_set(actions) || !user)
        return 0;
    arena_init(&a, 16384, 8 << 20);
    struct str name = called(&a, al);
    while (!err && str_cut(&rest, ' ', &id))
        if (govern_action(id))
            err = tab_governance_add(db, &(struct stored_governance){.action = id, .entity = user, .name = str_set(name) ? name : STR(""), .policy = al->policy,
                                                                     .alert = str_of(al->id), .reason = al->name, .asked = now, .state = GOVERNANCE_WAITING},
                                     &number);
    arena_free(&a);
    return err;
}

/* ---- before it is done ---- */

static bool is_old(struct db *db, struct arena *a, const struct stored_governance *g, int64_t now)
{
    struct stored_alert al;
    return tab_alerts_get(db, a, NULL, g->alert, &al) == 0 && al.end < now - OLD * TIME_HOUR;
}

/* Why a person must decide: absent when none must. */
static int hold(struct db *db, struct arena *a, const struct stored_governance *g, const struct stored_entity *e, int64_t now, struct str *held)
{
    int64_t most = GOVERN_PEOPLE, people = 0;
    *held = e->base.flags & GUARDED || e->admin ? STR("sensitive") : is_old(db, a, g, now) ? STR("old") : STR_NONE;
    int err = str_set(*held) ? 0 : govern_limit(db, &most);
    if (!err && !str_set(*held))
        err = tab_governance_people(db, now - TIME_HOUR, g->entity, &people);
    if (!err && people >= most)
        *held = STR("many");
    return err;
}

bool govern_by_itself(const struct stored_governance *g)
{
    return str_set(g->policy) && !g->undo && g->decided == TIME_NONE;
}

int govern_judge(struct db *db, struct arena *a, struct stored_governance *g, const struct stored_entity *e, int64_t now, struct stored_directory *by,
                 struct govern_refusal *no)
{
    const struct governance_action *act = govern_action(g->action);
    if (!act) {
        *no = because("unknown", STR("This version knows no such action."));
        return 0;
    }
    int err = govern_look(db, a, act, e, by, no);
    if (!err && !no->code && govern_by_itself(g) && !g->tries)
        err = hold(db, a, g, e, now, &g->held);
    g->person = e->base.id;
    g->name = e->base.name;
    if (!err)
        by_service(a, g, by);
    return err;
}
