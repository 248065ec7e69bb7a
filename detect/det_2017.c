/* detect/det_2017.c - Suspected identity theft (pass-the-hash). */
#include "detect/common.h"

#include "base/hash.h"

enum { HOMES = 131072, PEOPLE = 65536, PLACES = 65536, PENDING = 4096, HABIT_DAYS = 3, CROWD = 5, PRIVILEGE_SECONDS = 5 };

struct person {
    uint32_t homes;
};

struct place {
    struct distinct ntlm; /* accounts that came from here with NTLM */
    uint64_t owner;       /* who logged on here last, and when */
    int64_t owned;
    uint32_t length;
    char name[COMMON_NAME];
};

/* logons with other credentials for the network, per account and computer */
struct borrowed {
    int64_t last_day;
    uint32_t days;
    int64_t time;
    uint64_t session;
    struct witnesses evidence;
};

struct state {
    struct table homes; /* account and place -> time of the last logon at the keyboard or with a password */
    struct table people, places, borrowed;
};

enum { P_SETTLED, P_FORGET, P_OWNED };
static const struct param params[] = {
    {"settled_hours", 24,
     "Where accounts log on is watched for so many hours before NTLM logons from other places are judged (none with learning assumed over).",
     "On observe autant d’heures où les comptes ouvrent des sessions avant de juger les ouvertures NTLM depuis d’autres lieux (aucune quand "
     "l’apprentissage est tenu pour terminé)."},
    {"forget_days", 30, "A logon at a computer counts for so many days.", "Une ouverture de session sur un ordinateur compte autant de jours."},
    {"owned_hours", 12, "Somebody who logged on at a computer so many hours ago still works there.",
                        "Qui a ouvert une session sur un ordinateur il y a autant d’heures y travaille encore."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->homes, sizeof(int64_t), HOMES);
    table_init(&s->people, sizeof(struct person), PEOPLE);
    table_init(&s->places, sizeof(struct place), PLACES);
    table_init(&s->borrowed, sizeof(struct borrowed), PENDING);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->homes);
    table_free(&s->people);
    table_free(&s->places);
    table_free(&s->borrowed);
}

/* The computer that the address belongs to; a name that the client claims only without one. */
static uint64_t place_of(struct detection *d, uint32_t entity, const struct ip *ip)
{
    uint32_t at = ip_set(ip) ? dir_computer_at(detection_dir(d), ip) : 0;
    if (at)
        return hash_mix(at, 1);
    return ip_set(ip) ? ip_hash(ip) : entity ? hash_mix(entity, 1) : 0;
}

static int64_t forget(const struct detection *d)
{
    return (int64_t)(detection_param(d, P_FORGET) * (double)TIME_DAY);
}

static void home(struct detection *d, const struct activity *a, uint64_t where)
{
    struct state *s = detection_state(d);
    uint64_t who = watch_account(a->actor_entity, &a->actor);
    bool fresh;
    if (!where)
        return;
    table_expire(&s->homes, watch_before, a->time - forget(d));
    int64_t *last = table_put(&s->homes, hash_mix(who, where), &fresh);
    if (last)
        *last = a->time;
    struct person *p = table_put(&s->people, who, NULL);
    if (p && fresh)
        p->homes++;
    struct place *at = table_put(&s->places, where, NULL);
    struct str name = watch_bare(&a->actor);
    if (!at)
        return;
    at->owner = who;
    at->owned = a->time;
    at->length = (uint32_t)(name.n < COMMON_NAME ? name.n : COMMON_NAME);
    if (at->length)
        memcpy(at->name, name.p, at->length);
}

static bool person(const struct activity *a)
{
    return account_set(&a->actor) && !common_machine(a) && !watch_builtin(&a->actor);
}

/* `at`: the place when somebody else works there, else NULL. */
static void raise_stolen(struct detection *d, const struct activity *a, const struct place *at, bool no_key)
{
    struct arena *arena = detection_arena(d);
    struct common_place from = common_place(a);
    struct draft f = draft_of(a);
    f.campaign = hash_mix(common_actor_key(detection_dir(d), a), place_of(d, a->device_entity, &a->ip));
    f.severity = at ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    struct str user = at ? str_fmt(arena, "; %.*s is who works there", (int)at->length, at->name) : STR("");
    f.description = str_fmt(arena,
                            "%.*s logged on to %.*s with NTLM%s from %.*s at %.*s, where it never logged on itself%.*s: the hash of its password was "
                            "probably stolen.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_destination_text(arena, a)), no_key ? " and no session key" : "",
                            STR_ARG(common_place_text(arena, &from)), STR_ARG(watch_time(arena, a->time)), STR_ARG(user));
    detection_raise(d, a, &f);
}

/* Seen on the network between client and server: it has both addresses, as the server's event 4624 has and the controller's 4776 has not. */
static bool on_wire(const struct activity *a)
{
    return act_has(a, FACT_CARRIER);
}

/* Windows always asks for a session key in SMB; what other protocols carry may do without. */
static bool keyless(const struct activity *a)
{
    return act_u64(a, FACT_KEY_LENGTH, 128) == 0 && (!on_wire(a) || str_eq(act_str(a, FACT_CARRIER), STR("SMB")));
}

static void ntlm(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct common_place from = common_place(a);
    if (!ip_set(&a->ip) || !from.remote || dir_dc_source(detection_dir(d), a))
        return;
    uint64_t who = watch_account(a->actor_entity, &a->actor), where = place_of(d, a->device_entity, &a->ip);
    const int64_t *last = table_get(&s->homes, hash_mix(who, where));
    bool at_home = last && a->time - *last <= forget(d);
    const struct person *p = table_get(&s->people, who);
    struct place *at = table_put(&s->places, where, NULL);
    if (!at)
        return;
    distinct_add(&at->ntlm, who);
    bool settled = detection_learning_assumed(d) || (double)(a->time - detection_first(d)) >= detection_param(d, P_SETTLED) * (double)TIME_HOUR;
    if (at_home || !p || !p->homes || !settled || at->ntlm.n >= CROWD)
        return;
    bool other = at->owner && at->owner != who && (double)(a->time - at->owned) <= detection_param(d, P_OWNED) * (double)TIME_HOUR;
    bool no_key = keyless(a);
    if (other || (no_key && !dir_is(detection_dir(d), a->actor_entity, ENTITY_SERVICE)))
        raise_stolen(d, a, other ? at : NULL, no_key);
}

/* ---- the source computer's own log: type 9 through the secondary logon service ---- */

static void raise_borrowed(struct detection *d, const struct activity *a, struct borrowed *b, bool privileged)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    const struct object *other = act_object(a, ROLE_PARAMETER);
    f.source_name = a->destination;
    f.source_entity = a->destination_entity;
    f.source_ip = a->destination_ip;
    f.destination_name = STR_NONE; /* where the credentials will be used is not known yet */
    f.destination_entity = 0;
    f.destination_ip = (struct ip){{0}};
    f.evidence = &b->evidence;
    /* whose hash it is and where it is used: the same campaign as the logons that follow */
    struct activity victim = {.actor = other ? other->ref : a->actor, .actor_entity = other ? other->entity : a->actor_entity};
    f.campaign = hash_mix(common_actor_key(detection_dir(d), &victim), place_of(d, a->destination_entity, &a->destination_ip));
    f.severity = privileged ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    struct str outbound = STR("other credentials");
    if (other && str_set(account_text(&other->ref))) {
        draft_user(&f, other->entity, account_text(&other->ref));
        outbound = str_fmt(arena, "the credentials of %.*s", STR_ARG(account_text(&other->ref)));
    }
    f.description = str_fmt(arena,
                            "%.*s on %.*s made a logon session with %.*s for the network (type 9, seclogo) at %.*s%s. Tools that put a stolen "
                            "hash into memory do this; so does runas /netonly.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_destination_text(arena, a)), STR_ARG(outbound),
                            STR_ARG(watch_time(arena, b->time)), privileged ? ", with the privilege to debug other processes" : "");
    detection_raise(d, a, &f);
}

static uint64_t borrower(const struct activity *a)
{
    return hash_mix(watch_account(a->actor_entity, &a->actor), watch_destination(a));
}

static void borrow(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    if (!str_eqi(str_trim(act_str(a, FACT_LOGON_PROCESS)), STR("seclogo")) || a->outcome == OUTCOME_FAILURE || !person(a))
        return;
    struct borrowed *b = table_put(&s->borrowed, borrower(a), NULL);
    if (!b)
        return;
    int64_t day = time_day(a->time);
    if (!b->days || b->last_day != day)
        b->days++;
    b->last_day = day;
    b->time = a->time;
    b->session = hash_stri(a->session, 3);
    witness_clear(&b->evidence);
    witness_add(&b->evidence, a);
    if (b->days <= HABIT_DAYS)
        raise_borrowed(d, a, b, false);
}

static void privileges(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct borrowed *b = table_get(&s->borrowed, borrower(a));
    if (!b || b->session != hash_stri(a->session, 3) || b->days > HABIT_DAYS || a->time - b->time > PRIVILEGE_SECONDS * TIME_SECOND)
        return;
    if (str_has(act_str(a, FACT_PRIVILEGES), STR("SeDebugPrivilege")))
        raise_borrowed(d, a, b, true);
}

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome == OUTCOME_FAILURE || !person(a))
        return;
    if (a->kind == KIND_NEW_CREDENTIALS_LOGON)
        borrow(d, a);
    else if (a->kind == KIND_SPECIAL_PRIVILEGES)
        privileges(d, a);
    else if (a->kind == KIND_CREDENTIALS_VALIDATION && watch_kerberos(a))
        home(d, a, place_of(d, a->device_entity, &a->ip));
    else if (a->kind == KIND_INTERACTIVE_LOGON || a->kind == KIND_REMOTE_DESKTOP)
        home(d, a, place_of(d, a->destination_entity, &a->destination_ip));
    else if (watch_ntlm(a) &&
             (a->kind == KIND_NETWORK_LOGON || (a->kind == KIND_CREDENTIALS_VALIDATION && on_wire(a) && a->outcome == OUTCOME_SUCCESS)))
        ntlm(d, a);
}

/* 4768 and 4776 alone show no logon. */
static bool sees(const struct activity *a)
{
    return a->kind != KIND_CREDENTIALS_VALIDATION || (watch_ntlm(a) && on_wire(a));
}

static const enum kind wants[] = {KIND_NETWORK_LOGON,  KIND_CREDENTIALS_VALIDATION, KIND_INTERACTIVE_LOGON,
                                  KIND_REMOTE_DESKTOP, KIND_NEW_CREDENTIALS_LOGON,  KIND_SPECIAL_PRIVILEGES,
                                  KIND_COUNT};
static const enum kind needs[] = {KIND_NETWORK_LOGON, KIND_NEW_CREDENTIALS_LOGON, KIND_CREDENTIALS_VALIDATION, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} logged on to {} with NTLM{?} from {} at {}, where it never logged on itself{?}: the hash of its password was probably stolen.",
     "{} s’est connecté à {} en NTLM{} depuis {} le {}, où il n’avait jamais ouvert de session{} : le hachage de son mot de passe a probablement "
     "été volé."},
    {" and no session key", " et sans clé de session"},
    {"; {} is who works there", " ; c’est {} qui y travaille"},
    {"{} on {} made a logon session with {*} for the network (type 9, seclogo) at {}{?}. Tools that put a stolen hash into memory do this; so does "
     "runas /netonly.",
     "{}, sur {}, a ouvert une session avec {} pour le réseau (type 9, seclogo) le {}{}. C’est ce que font les outils qui placent un hachage volé "
     "en mémoire ; runas /netonly le fait aussi."},
    {"other credentials", "d’autres identifiants"},
    {"the credentials of {}", "les identifiants de {}"},
    {", with the privilege to debug other processes", ", avec le privilège de déboguer d’autres processus"},
    {0}};

const struct detector det_2017 = {
    .external_id = 2017,
    .name = "Suspected identity theft (pass-the-hash)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_LATERAL_MOVEMENT,
    .attack = {"T1550.002"},
    .about =
        "NTLM accepts the hash of a password in place of the password. The alert learns where each account works: Kerberos logons by address (event "
        "4768, or the AS exchange on the network), logons at the keyboard and by remote desktop (4624). An NTLM network logon (4624, or the exchange "
        "on the network) from a computer where the account never logged on "
        "raises when somebody else works there just then, and with medium severity when it lacks a session key (key length 0), as tools' do; on the "
        "network this counts in SMB only. On the attacking computer itself a type 9 "
        "logon through seclogo raises, with high severity when the session holds SeDebugPrivilege. Computers that many accounts come "
        "from with NTLM (servers, gateways), and accounts that make type 9 sessions as a habit, raise nothing.",
    .blind = "no event 4624 (Audit Logon), and no NTLM authentications from network traffic",
    .french = {.name = "Vol d’identité présumé (pass-the-hash)",
               .about = "NTLM accepte le hachage d’un mot de passe à la place du mot de passe. L’alerte apprend où travaille chaque compte : "
                        "ouvertures de session Kerberos par adresse (événement 4768, ou échange AS sur le réseau), ouvertures de session au "
                        "clavier et par bureau à distance (4624). Une ouverture de session réseau NTLM (4624, ou l’échange sur le réseau) depuis "
                        "un ordinateur où le compte n’a jamais ouvert de session lève une alerte quand quelqu’un d’autre y travaille justement, et "
                        "avec une gravité moyenne quand il y manque une clé de session (longueur de clé 0), comme chez les outils ; sur le réseau, "
                        "cela ne compte qu’en SMB. Sur l’ordinateur attaquant lui-même, une ouverture de session de type 9 par seclogo lève une "
                        "alerte, de gravité élevée quand la session détient SeDebugPrivilege. Les ordinateurs d’où viennent beaucoup de comptes en "
                        "NTLM (serveurs, passerelles), et les comptes qui ouvrent des sessions de type 9 par habitude, ne lèvent rien.",
               .blind = "aucun événement 4624 (Auditer l’ouverture de session), et aucune authentification NTLM dans le trafic réseau",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .sees = sees,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
