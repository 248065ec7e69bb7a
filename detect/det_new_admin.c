/* detect/det_new_admin.c - New admin user: an account gains a privileged cloud role. */
#include "base/hash.h"
#include "detect/cloud.h"

enum { MINOR };
enum { HOLDERS_MAX = 50000 };

/* What an account was given lately. */
struct holder {
    int64_t last;
    unsigned rank, roles;
    size_t n;
    char role[64]; /* the highest */
};

struct state {
    struct table holders;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->holders, sizeof(struct holder), HOLDERS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->holders);
}

/* Roles by name, and by template id where the log gives no name (Microsoft Entra built-in roles; Azure built-in
 * roles; AWS managed policies; Google Workspace and Okta administrator roles). 2: rules everything or may make
 * itself so; 1: rules an area. */
static const struct {
    const char *name;
    unsigned rank;
} roles[] = {
    {"Global Administrator", 2}, {"Company Administrator", 2}, {"TenantAdmins", 2}, {"62e90394-69f5-4237-9190-012177145e10", 2},
    {"Privileged Role Administrator", 2}, {"e8611ab8-c189-46e8-94e1-60213ab1f814", 2},
    {"Privileged Authentication Administrator", 2}, {"7be44c8a-adaf-4e2a-84d6-ab2649e08a13", 2},
    {"Application Administrator", 2}, {"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", 2},
    {"Cloud Application Administrator", 2}, {"158c047a-c907-4556-b7ef-446551a6b5f7", 2},
    {"Hybrid Identity Administrator", 2}, {"8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", 2},
    {"Security Administrator", 2}, {"194ae4cb-b126-40b2-bd5b-6091b380977d", 2},
    {"Exchange Administrator", 1}, {"Exchange Service Administrator", 1}, {"29232cdf-9323-42fd-ade2-1d097af3e4de", 1},
    {"SharePoint Administrator", 1}, {"SharePoint Service Administrator", 1}, {"f28a1f50-f6e7-4571-818b-6a12f2af6b6c", 1},
    {"User Administrator", 1}, {"User Account Administrator", 1}, {"fe930be7-5e62-47db-91af-98c3a49a38b1", 1},
    {"Authentication Administrator", 1}, {"c4e39bd9-1100-46d3-8c65-fb160da0071f", 1},
    {"Conditional Access Administrator", 1}, {"b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", 1},
    {"Helpdesk Administrator", 1}, {"729827e3-9c14-49f7-bb1b-9608f156bbb8", 1},
    {"Password Administrator", 1}, {"966707d0-3269-4727-9be2-8c3a10f19b9d", 1},
    {"Intune Administrator", 1}, {"Intune Service Administrator", 1}, {"3a2c62db-5318-420d-8d74-23affee5d9d5", 1},
    {"Groups Administrator", 1}, {"fdd7a751-b60b-444a-984c-02652fe8fa1c", 1},
    {"Teams Administrator", 1}, {"69091246-20e8-4a56-aa4d-066075b2a7a8", 1},
    {"Compliance Administrator", 1}, {"17315797-102d-40b4-93e0-432062caca18", 1},
    {"Organization Management", 2}, {"Owner", 2}, {"User Access Administrator", 2}, {"8e3af657-a8ff-443c-a75c-2fe8c4bcb635", 2},
    {"18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", 2}, {"Contributor", 1}, {"b24988ac-6180-42a0-ab88-20f7382dd24c", 1},
    {"AdministratorAccess", 2}, {"IAMFullAccess", 2}, {"PowerUserAccess", 1}, {"_SEED_ADMIN_ROLE", 2}, {"Super Admin", 2},
    {"SUPER_ORG_ADMIN", 2}, {"Super Administrator", 2}, {"Super administrator", 2}, {"ORG_ADMIN", 1}, {"Organization Administrator", 1},
    {"USER_ADMIN", 1}, {"_USER_MANAGEMENT_ADMIN_ROLE", 1},
};

static unsigned rank_of(struct str role)
{
    ptrdiff_t slash = str_rchr(role, '/'); /* arn:aws:iam::aws:policy/AdministratorAccess */
    struct str last = slash >= 0 ? str_from(role, (size_t)slash + 1) : role;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (str_eqi(role, str_of(roles[i].name)) || str_eqi(last, str_of(roles[i].name)))
            return roles[i].rank;
    return 0;
}

static struct str role_of(const struct activity *a, unsigned *rank)
{
    struct str names[4] = {act_str(a, FACT_ROLE_NAME), act_str(a, FACT_POLICY_NAME)};
    const struct object *group = act_object(a, ROLE_GROUP);
    if (group) {
        names[2] = group->ref.name;
        names[3] = group->ref.cloud;
    }
    for (unsigned i = 0; i < 4; i++) {
        *rank = str_set(names[i]) ? rank_of(names[i]) : 0;
        if (*rank)
            return str_set(names[0]) ? names[0] : str_set(names[2]) ? names[2] : names[i];
    }
    return STR_NONE;
}

/* Who gained it. Where the record names no account, the caller raised itself (Azure: elevateAccess). */
static struct object member_of(const struct activity *a)
{
    const struct object *o = act_object(a, ROLE_MEMBER);
    if (!o)
        o = act_object(a, ROLE_TARGET);
    if (o && (act_object(a, ROLE_MEMBER) || o->type == OBJECT_ACCOUNT || o->type == OBJECT_GROUP || o->type == OBJECT_ROLE))
        return *o;
    return (struct object){.type = OBJECT_ACCOUNT, .ref = a->actor, .entity = a->actor_entity};
}

static void note(struct holder *h, int64_t now, struct str role, unsigned rank)
{
    if (h->roles > 0 && now - h->last > TIME_DAY)
        *h = (struct holder){0};
    h->last = now;
    h->roles++;
    if (rank <= h->rank)
        return;
    h->rank = rank;
    h->n = role.n < sizeof h->role ? role.n : sizeof h->role;
    memcpy(h->role, role.p, h->n);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    unsigned rank;
    struct str role = role_of(a, &rank);
    struct object member = member_of(a);
    if (a->outcome == OUTCOME_FAILURE || rank == 0 || !account_set(&member.ref) || (rank < 2 && detection_param(d, MINOR) <= 0))
        return;
    uint64_t who = member.entity ? hash_mix(member.entity, 10) : hash_stri(account_text(&member.ref), 11);
    struct holder *h = table_put(&s->holders, who, NULL);
    if (!h)
        return;
    note(h, a->time, role, rank);
    struct draft f = draft_of(a);
    f.nusers = f.naccounts = 0;
    draft_user(&f, member.entity, account_text(&member.ref));
    if (cloud_person(d, a))
        draft_user(&f, a->actor_entity, account_text(&a->actor));
    f.campaign = who;
    f.severity = rank >= 2 ? SEVERITY_MEDIUM : SEVERITY_LOW;
    struct str more = h->roles > 1 ? str_fmt(detection_arena(d), " and %u more", h->roles - 1) : STR("");
    f.description = str_fmt(detection_arena(d), "%.*s was given the privileged role %.*s%.*s by %.*s%.*s.", STR_ARG(cloud_object(d, &member)),
                            STR_ARG(((struct str){h->role, h->n})), STR_ARG(more), STR_ARG(cloud_actor(d, a)), STR_ARG(cloud_from(d, a)));
    detection_raise(d, a, &f);
}

static const struct param params[] = {{"minor_roles", 1, "1: roles that rule one area (Exchange, users, helpdesk ...) count too; 0: only those that rule everything.",
                                                         "1 : les rôles qui gouvernent un seul domaine (Exchange, utilisateurs, assistance ...) "
                                                         "comptent aussi ; 0 : seulement ceux qui gouvernent tout."},
                                      {0}};

static const enum kind wants[] = {KIND_ROLE_GRANTED, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} was given the privileged role {}{?} by {}{?}.", "{} a reçu le rôle privilégié {}{} de {}{}."},
    {" and 1 more", " et 1 autre"},
    {" and {} more", " et {} autres"},
    {0}};

const struct detector det_new_admin = {
    .policy = "new_admin",
    .name = "New admin user",
    .severity = SEVERITY_LOW,
    .category = CATEGORY_PRIVILEGED_ACCOUNTS,
    .attack = {"T1098.003", "T1078.004", NULL},
    .about = "An account was put into a privileged role of a cloud directory, subscription or account. Roles are known by "
             "their names and by their template ids. Roles that rule everything, or could give themselves that, are medium; "
             "roles for one area are low. All roles that one account is given within a day are one alert.",
    .blind = "no role grants (Entra audit: Add member to role; CloudTrail: AttachUserPolicy; Azure: role assignments)",
    .french = {.name = "Nouvel utilisateur administrateur",
               .about = "Un compte a reçu un rôle privilégié d’un annuaire, d’un abonnement ou d’un compte cloud. Les rôles sont reconnus à leur "
                        "nom et à leur identifiant de modèle. Les rôles qui gouvernent tout, ou qui pourraient se l’octroyer, sont moyens ; ceux "
                        "d’un seul domaine sont faibles. Tous les rôles donnés à un compte en un jour sont une seule alerte.",
               .blind = "aucune attribution de rôle (audit Entra : Add member to role ; CloudTrail : AttachUserPolicy ; Azure : attributions de "
                        "rôle)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
