/* detect/det_inactive_account.c - Inactive account: not used for two months in an app, or back after that. */
#include "base/hash.h"
#include "detect/cloud.h"

enum { DAYS, MOST };
enum { USES_MAX = 100000, APP = 48, NAME = 64 };

/* The latest activity of one account in one app. */
struct use {
    struct witness last;
    uint32_t entity;
    uint32_t app_n, name_n;
    bool told; /* that it is silent */
    char app[APP], name[NAME];
};

struct state {
    struct table uses;
    int64_t last; /* of the input */
    int64_t day;  /* on which silence was looked for last */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->uses, sizeof(struct use), USES_MAX);
    s->last = TIME_NONE;
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->uses);
}

static int64_t limit(const struct detection *d)
{
    return (int64_t)(detection_param(d, DAYS) * (double)TIME_DAY);
}

static void back(struct detection *d, const struct activity *a, int64_t silent)
{
    struct draft f = draft_of(a);
    f.campaign = hash_mix(cloud_user(a), 66);
    f.severity = SEVERITY_LOW;
    f.description = str_fmt(detection_arena(d), "%.*s is active again after %.*s without use of %.*s: %.*s%.*s.", STR_ARG(cloud_actor(d, a)),
                            STR_ARG(cloud_span(d, silent)), STR_ARG(a->app), STR_ARG(act_kind(a)), STR_ARG(cloud_from(d, a)));
    detection_raise(d, a, &f);
}

static void keep(struct use *u, const struct activity *a)
{
    struct str name = account_text(&a->actor);
    u->last = (struct witness){.time = a->time, .origin = a->origin, .kind = (uint16_t)a->kind};
    memcpy(u->last.id, a->id, sizeof u->last.id);
    u->entity = a->actor_entity;
    u->told = false;
    u->app_n = (uint32_t)(a->app.n < APP ? a->app.n : APP);
    u->name_n = (uint32_t)(name.n < NAME ? name.n : NAME);
    if (u->app_n)
        memcpy(u->app, a->app.p, u->app_n);
    if (u->name_n)
        memcpy(u->name, name.p, u->name_n);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t user = cloud_user(a);
    s->last = a->time;
    if (!user || a->outcome == OUTCOME_FAILURE || a->kind == KIND_FAILED_SIGN_IN || !cloud_person(d, a))
        return;
    bool is_new;
    struct use *u = table_put(&s->uses, hash_mix(user, hash_stri(a->app, 67)), &is_new);
    if (!u)
        return;
    if (!is_new && a->time - u->last.time >= limit(d))
        back(d, a, a->time - u->last.time);
    keep(u, a);
}

static void silent(struct detection *d, const struct use *u, int64_t now)
{
    struct witnesses seen = {.total = 1, .n = 1, .w = {u->last}};
    struct str name = {u->name, u->name_n};
    const struct entity *e = dir_entity(detection_dir(d), u->entity);
    struct draft f = {.severity = SEVERITY_INFORMATIONAL, .evidence = &seen};
    draft_user(&f, u->entity, name);
    f.campaign = hash_mix(u->entity ? hash_mix(u->entity, 68) : hash_stri(name, 69), hash_stri((struct str){u->app, u->app_n}, 70));
    f.description = str_fmt(detection_arena(d), "%.*s has not used %.*s for %.*s.", STR_ARG(e ? e->name : name), (int)u->app_n, u->app,
                            STR_ARG(cloud_span(d, now - u->last.time)));
    detection_raise(d, NULL, &f);
}

static void tell_silent(struct detection *d, int64_t now)
{
    struct state *s = detection_state(d);
    struct use *u;
    unsigned told = 0;
    for (uint32_t at = 0; (u = table_each(&s->uses, &at, &(uint64_t){0})) != NULL && told < (unsigned)detection_param(d, MOST);) {
        if (u->told || now - u->last.time < limit(d) || dir_is(detection_dir(d), u->entity, ENTITY_DISABLED | ENTITY_TERMINATED))
            continue;
        silent(d, u, now);
        u->told = true;
        told++;
    }
}

static void end(struct detection *d)
{
    const struct state *s = detection_state(d);
    tell_silent(d, s->last);
}

static void tick(struct detection *d, int64_t now)
{
    struct state *s = detection_state(d);
    if (time_day(now) == s->day)
        return;
    s->day = time_day(now);
    tell_silent(d, now);
}

static const struct param params[] = {
    {"days", 60, "An account that was not used in an app for this many days is inactive there.",
                 "Un compte qui n’a pas été utilisé dans une application pendant autant de jours y est inactif."},
    {"most", 200, "No more inactive accounts than this are told at the end of the input, or in a day where it has no end.",
                  "Il n’est pas signalé plus de comptes inactifs que cela à la fin des données ou, là où elles n’ont pas de fin, par jour."},
    {0}};

static const struct phrase phrases[] = {
    {"{} is active again after {*} without use of {}: {kind}{?}.", "{} est de nouveau actif après {} sans utiliser {} : {}{}."},
    {"{} has not used {} for {*}.", "{} n’a pas utilisé {} depuis {}."},
    {0}};

const struct detector det_inactive_account = {
    .policy = "inactive_account",
    .name = "Inactive account",
    .severity = SEVERITY_LOW,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1078.004", NULL},
    .about = "An account was not used in an app for 60 days. It is informational when the account is still silent at the "
             "end of the input and not disabled in the directory, and low when it comes back: forgotten accounts are what intruders like to use.",
    .blind = "no cloud activities",
    .french = {.name = "Compte inactif",
               .about = "Un compte n’a pas été utilisé dans une application pendant 60 jours. L’alerte est informative quand le compte est encore "
                        "muet à la fin des données et n’est pas désactivé dans l’annuaire, et faible quand il revient : les comptes oubliés sont "
                        "ceux que les intrus aiment utiliser.",
               .blind = "aucune activité cloud",
               .phrases = phrases},
    .asks_directory = true,
    .wants = cloud_kinds,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .end = end,
    .tick = tick,
    .stop = stop,
};
