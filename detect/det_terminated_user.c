/* detect/det_terminated_user.c - Activity performed by terminated user: gone in one place, at work in another. */
#include "base/hash.h"
#include "detect/cloud.h"
#include "detect/watch.h"

enum { GRACE };
enum { USERS_MAX = 50000 };

/* What the activities say about an account. */
struct ended {
    int64_t since; /* TIME_NONE: works */
    struct witness seen;
    bool deleted;
    bool back; /* enabled or restored after that */
};

struct state {
    struct table users;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->users, sizeof(struct ended), USERS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->users);
}

static void note(struct detection *d, const struct activity *a, bool works, bool deleted)
{
    struct state *s = detection_state(d);
    const struct object *o = act_object(a, ROLE_TARGET);
    if (!o || !o->entity || a->outcome == OUTCOME_FAILURE)
        return;
    struct ended *e = table_put(&s->users, o->entity, NULL);
    if (!e)
        return;
    *e = (struct ended){.since = works ? TIME_NONE : a->time, .deleted = deleted, .back = works,
                        .seen = {.time = a->time, .origin = a->origin, .kind = (uint16_t)a->kind}};
    memcpy(e->seen.id, a->id, sizeof e->seen.id);
}

static void raise(struct detection *d, const struct activity *a, const struct ended *e, int64_t since)
{
    struct witnesses seen = {0};
    struct arena *arena = detection_arena(d);
    if (e)
        seen = (struct witnesses){.total = 1, .n = 1, .w = {e->seen}};
    struct draft f = draft_of(a);
    f.campaign = hash_mix(cloud_user(a), 12);
    f.evidence = seen.n ? &seen : NULL;
    struct str state = str_fmt(arena, "%s at %.*s (%.*s before)", !e ? "expired" : e->deleted ? "was deleted" : "was disabled",
                               STR_ARG(watch_time(arena, since)), STR_ARG(cloud_span(d, a->time - since)));
    f.description = str_fmt(arena, "%.*s %.*s, and is still active: %.*s in %.*s%.*s.", STR_ARG(cloud_actor(d, a)), STR_ARG(state),
                            STR_ARG(act_kind(a)), STR_ARG(a->app), STR_ARG(cloud_from(d, a)));
    detection_raise(d, a, &f);
}

static void active(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct entity *who = dir_entity(detection_dir(d), a->actor_entity);
    if (!who || who->type != ENTITY_USER || a->outcome == OUTCOME_FAILURE || a->kind == KIND_FAILED_SIGN_IN || !cloud_person(d, a))
        return;
    const struct ended *e = table_get(&s->users, a->actor_entity);
    int64_t grace = (int64_t)(detection_param(d, GRACE) * (double)TIME_MINUTE);
    if (e && e->back)
        return;
    if (e && e->since != TIME_NONE) {
        if (a->time - e->since > grace)
            raise(d, a, e, e->since);
        return;
    }
    /* The directory's flags are a state of the day it was read: what came before that day may be all right. */
    if (who->terminated != TIME_NONE && a->time - who->terminated > grace)
        raise(d, a, NULL, who->terminated);
}

static void see(struct detection *d, const struct activity *a)
{
    if (a->kind == KIND_USER_DELETED || a->kind == KIND_ACCOUNT_DELETED)
        note(d, a, false, true);
    else if (a->kind == KIND_USER_DISABLED || a->kind == KIND_ACCOUNT_DISABLED)
        note(d, a, false, false);
    else if (a->kind == KIND_ACCOUNT_ENABLED || a->kind == KIND_USER_CREATED || a->kind == KIND_ACCOUNT_CREATED)
        note(d, a, true, false);
    if (kind_shore(a->kind) == SHORE_CLOUD)
        active(d, a);
}

static const struct param params[] = {
    {"grace_minutes", 60, "Activities within this many minutes of the termination are not raised: sessions take time to end.",
                          "Les activités dans autant de minutes après le départ ne sont pas levées : les sessions mettent du temps à finir."},
    {0}};

#define PICK_CLOUD(id) KIND_##id,
#define PICK_ONPREM(id)
static const enum kind wants[] = {
#define X(id, text, shore, group, french) PICK_##shore(id)
    KINDS(X)
#undef X
    KIND_ACCOUNT_DELETED, KIND_ACCOUNT_DISABLED, KIND_ACCOUNT_ENABLED, KIND_ACCOUNT_CREATED, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} {*} at {} ({*} before), and is still active: {kind} in {}{?}.", "{} {} le {} ({} avant), et est toujours actif : {} dans {}{}."},
    {"expired", "a expiré"},
    {"was deleted", "a été supprimé"},
    {"was disabled", "a été désactivé"},
    {0}};

const struct detector det_terminated_user = {
    .policy = "terminated_user",
    .name = "Activity performed by terminated user",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1078", "T1078.004", NULL},
    .about = "An account that was seen to be deleted or disabled on either shore, or that has expired according to the "
             "directory (accountExpires), did something in a cloud app more than an hour after that moment. Enabling the "
             "account ends it. That the directory has an account disabled is no moment: it does not say since when, so it "
             "raises nothing.",
    .blind = "no cloud activities",
    .french = {.name = "Activité d’un utilisateur parti",
               .about = "Un compte que l’on a vu supprimer ou désactiver d’un côté ou de l’autre, ou qui a expiré selon l’annuaire "
                        "(accountExpires), a fait quelque chose dans une application cloud plus d’une heure après ce moment. L’activation du "
                        "compte y met fin. Que l’annuaire ait un compte désactivé n’est pas un moment : il ne dit pas depuis quand, et cela ne "
                        "lève donc rien.",
               .blind = "aucune activité cloud",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
