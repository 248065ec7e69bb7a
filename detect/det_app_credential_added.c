/* detect/det_app_credential_added.c - Credential added to app: a secret by which an app's rights can be used. */
#include "base/hash.h"
#include "detect/cloud.h"

enum { HABIT };
enum { USERS_MAX = 20000 };

struct state {
    struct table users; /* int64_t: day of the first credential that this person added */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->users, sizeof(int64_t), USERS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->users);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t user = cloud_user(a);
    bool is_new;
    if (!user || a->outcome == OUTCOME_FAILURE || !cloud_person(d, a))
        return;
    int64_t *first = table_put(&s->users, user, &is_new);
    if (!first)
        return;
    if (is_new)
        *first = a->time;
    bool habit = (double)(a->time - *first) >= detection_param(d, HABIT) * (double)TIME_DAY;
    const struct object *app = act_object(a, ROLE_TARGET);
    struct str what = act_str(a, FACT_CHANGE);
    struct draft f = draft_of(a);
    f.campaign = hash_mix(user, 73);
    f.severity = habit ? SEVERITY_LOW : SEVERITY_DEFAULT;
    f.description = str_fmt(detection_arena(d), "%.*s added a credential to %.*s%.*s%s%.*s%s. With it anybody can use what the app may do.%s",
                            STR_ARG(cloud_actor(d, a)), STR_ARG(app ? account_text(&app->ref) : STR("an app")), STR_ARG(cloud_from(d, a)),
                            str_set(what) ? " (" : "", STR_ARG(what), str_set(what) ? ")" : "", habit ? " This person did so before." : "");
    detection_raise(d, a, &f);
}

static const struct param params[] = {
    {"habit_days", 1, "For somebody who added a credential this many days ago or earlier the alert is low.",
                      "Pour qui a ajouté des identifiants il y a autant de jours ou plus, l’alerte est faible."},
    {0}};

static const enum kind wants[] = {KIND_APP_CREDENTIAL_ADDED, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} added a credential to {}{?}. With it anybody can use what the app may do.{?}",
     "{} a ajouté des identifiants à {}{}. Avec eux, n’importe qui peut utiliser ce que peut l’application.{}"},
    {"an app", "une application"},
    {" from {} ({country}) ({})", " depuis {} ({}) ({})"},
    {" from {country} ({})", " depuis le pays {} ({})"},
    {" ({})", " ({})"},
    {" This person did so before.", " Cette personne l’avait déjà fait."},
    {0}};

const struct detector det_app_credential_added = {
    .policy = "app_credential_added",
    .name = "Credential added to app",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1098.001", NULL},
    .preview = true,
    .about = "A password or certificate was added to an app or service principal of the cloud directory. Whoever holds it can "
             "sign in as the app, without second factor and after all passwords were changed. It is low for people who did so on an earlier day.",
    .blind = "no app credentials (Entra audit: Add service principal credentials, Update application)",
    .french = {.name = "Identifiants ajoutés à une application",
               .about = "Un mot de passe ou un certificat a été ajouté à une application ou à un principal de service de l’annuaire cloud. Qui le "
                        "détient peut se connecter comme l’application, sans second facteur et après le changement de tous les mots de passe. La "
                        "gravité est faible pour ceux qui l’ont déjà fait un jour antérieur.",
               .blind = "aucun identifiant d’application (audit Entra : Add service principal credentials, Update application)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
