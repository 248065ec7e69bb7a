/* detect/det_golden_saml.c - Golden SAML: a cloud accepted a federated token that nobody issued. */
#include "base/hash.h"
#include "detect/cloud.h"
#include "model/app.h"

enum { VALID, LATE, COVER, TICKET };
enum { USERS_MAX = 100000, WAITING = 256, READERS = 16 };

/* The key that encrypts the token-signing key lies in attribute thumbnailPhoto of a contact object under
 * CN=ADFS,CN=Microsoft,CN=Program Data (schema ids: MS-ADSC 2.38 contact, MS-ADA3 thumbnailPhoto). */
static const struct str contact = {"5cb41ed0-0e4c-11d0-a286-00aa003049e2", 36};
static const struct str thumbnail_photo = {"8d3bca50-1d7e-11d0-a081-00aa006c33ed", 36};

/* When the organisation itself last vouched for a user. */
struct vouched {
    int64_t token, logon; /* AD FS token; logon at a domain controller. 0 = never */
    bool service;         /* runs AD FS: its own calls are audited */
};

/* Who read contact photos on a controller: the key, where AD FS is. */
struct reader {
    uint64_t user;
    uint32_t entity;
    char called[64];
    struct witnesses seen;
};

/* A federated sign-in that waits for its token to show up: clocks differ, logs are not written in order. */
struct waiting {
    struct witness seen;
    uint64_t user, name; /* keys */
    uint32_t entity;
    struct ip ip;
    bool by_adfs;  /* judged by AD FS events, else by the controllers' */
    char called[64], app[64], issuer[64], from[96];
};

struct state {
    struct table users;
    int64_t adfs, dc; /* last event of any user's issuance, logon; 0 = none */
    bool has_adfs;
    struct waiting queue[WAITING];
    uint32_t n;
    struct reader readers[READERS];
    uint32_t nreaders;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->users, sizeof(struct vouched), USERS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->users);
}

static void copy(char *to, size_t room, struct str s)
{
    size_t n = s.n < room - 1 ? s.n : room - 1;
    memcpy(to, s.n ? s.p : "", n);
    to[n] = '\0';
}

static int64_t minutes(struct detection *d, unsigned param)
{
    return (int64_t)(detection_param(d, param) * (double)TIME_MINUTE);
}

/* alice of CORP\alice and alice@corp.example alike: the shores may spell one user differently, and without a
 * directory nothing else ties them. */
static uint64_t short_name(const struct activity *a)
{
    struct str name = str_set(a->actor.upn) ? a->actor.upn : account_text(&a->actor);
    ptrdiff_t slash = str_chr(name, '\\');
    name = slash >= 0 ? str_from(name, (size_t)slash + 1) : name;
    ptrdiff_t at = str_chr(name, '@');
    return hash_stri(at > 0 ? str_sub(name, 0, (size_t)at) : name, 14);
}

static bool vouched_for(struct detection *d, const struct waiting *w, uint64_t user)
{
    struct state *s = detection_state(d);
    const struct vouched *v = table_get(&s->users, user);
    int64_t last = !v ? 0 : w->by_adfs ? v->token : v->logon;
    return last != 0 && last >= w->seen.time - minutes(d, w->by_adfs ? VALID : TICKET);
}

/* True when the organisation vouched for the user around the sign-in. */
static bool matched(struct detection *d, const struct waiting *w)
{
    return vouched_for(d, w, w->user) || vouched_for(d, w, w->name);
}

static void raise(struct detection *d, const struct waiting *w)
{
    struct arena *arena = detection_arena(d);
    struct witnesses seen = {.total = 1, .n = 1, .w = {w->seen}};
    struct draft f = {.campaign = hash_mix(w->user, 13), .evidence = &seen, .source_ip = w->ip};
    draft_user(&f, w->entity, str_of(w->called));
    f.severity = w->by_adfs ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    struct str lacks = w->by_adfs ? str_fmt(arena, "AD FS, whose audit is in the input, issued no token for this user in the %.0f minutes before",
                                            detection_param(d, VALID))
                                  : str_fmt(arena, "no domain controller whose events are in the input saw this user in the %.0f hours before",
                                            detection_param(d, TICKET) / 60);
    f.description = str_fmt(arena, "%s signed in to %s with a federated token%s%s%s, but %.*s: the token may have been forged.", w->called,
                            w->app[0] ? w->app : "the cloud", w->from, w->issuer[0] ? " of issuer " : "", w->issuer, STR_ARG(lacks));
    detection_raise(d, NULL, &f);
}

static void settle(struct detection *d, int64_t now)
{
    struct state *s = detection_state(d);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        struct waiting *w = &s->queue[i];
        if (matched(d, w))
            continue;
        if (now - w->seen.time > minutes(d, LATE))
            raise(d, w);
        else
            s->queue[kept++] = *w;
    }
    s->n = kept;
}

static void federated(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    bool by_adfs = s->adfs && a->time - s->adfs <= minutes(d, COVER), by_dc = s->dc && a->time - s->dc <= minutes(d, COVER);
    if ((!by_adfs && !by_dc) || a->outcome == OUTCOME_FAILURE)
        return;
    if (s->n == WAITING)
        settle(d, INT64_MAX);
    struct waiting *w = &s->queue[s->n];
    *w = (struct waiting){.seen = {.time = a->time, .origin = a->origin, .kind = (uint16_t)a->kind},
                          .user = cloud_user(a), .name = short_name(a), .entity = a->actor_entity, .ip = a->ip, .by_adfs = by_adfs};
    memcpy(w->seen.id, a->id, sizeof w->seen.id);
    copy(w->called, sizeof w->called, cloud_actor(d, a));
    copy(w->app, sizeof w->app, str_set(act_str(a, FACT_TARGET_APP)) ? act_str(a, FACT_TARGET_APP) : a->app);
    copy(w->issuer, sizeof w->issuer, act_str(a, FACT_TOKEN_ISSUER));
    copy(w->from, sizeof w->from, cloud_from(d, a));
    s->n++;
}

static void vouch(struct detection *d, const struct activity *a, bool by_adfs)
{
    struct state *s = detection_state(d);
    uint64_t keys[] = {cloud_user(a), short_name(a)};
    for (size_t i = 0; i < 2 && a->outcome != OUTCOME_FAILURE; i++) {
        struct vouched *v = table_put(&s->users, keys[i], NULL);
        if (v && by_adfs)
            v->token = s->adfs = a->time;
        else if (v)
            v->logon = s->dc = a->time;
    }
}

/* ---- the key being read ---- */

static void key_read(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str name = account_text(&a->actor);
    bool of_contact = str_eq(act_str(a, FACT_OBJECT_TYPE), contact) && str_has(act_str(a, FACT_PROPERTIES), thumbnail_photo);
    if (!of_contact || a->outcome == OUTCOME_FAILURE || str_ends(name, STR("$")))
        return;
    uint64_t user = cloud_user(a);
    uint32_t i = 0;
    while (i < s->nreaders && s->readers[i].user != user)
        i++;
    if (i == READERS)
        return;
    struct reader *r = &s->readers[i];
    if (i == s->nreaders) {
        s->nreaders++;
        *r = (struct reader){.user = user, .entity = a->actor_entity};
        copy(r->called, sizeof r->called, cloud_actor(d, a));
    }
    witness_add(&r->seen, a);
}

static void raise_reader(struct detection *d, const struct reader *r)
{
    struct draft f = {.campaign = hash_mix(r->user, 15), .severity = SEVERITY_MEDIUM, .evidence = &r->seen, .count = r->seen.total};
    draft_user(&f, r->entity, str_of(r->called));
    f.description = str_fmt(detection_arena(d), "%s, who does not run AD FS, read the photo of a contact object on a domain controller %u times: where AD FS "
                            "is in use, as here, that is the key that protects its token-signing key, and enough to forge tokens for everybody.",
                            r->called, r->seen.total);
    detection_raise(d, NULL, &f);
}

static void see_adfs(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    s->has_adfs = true;
    if (!cloud_user(a))
        return;
    struct vouched *v = a->kind == KIND_CLOUD_OTHER ? table_put(&s->users, cloud_user(a), NULL) : NULL;
    if (v)
        v->service = true;
    else if (a->kind != KIND_CLOUD_OTHER)
        vouch(d, a, true);
}

static void see(struct detection *d, const struct activity *a)
{
    if (str_eq(a->app, str_of(APP_ADFS))) {
        see_adfs(d, a);
    } else if (a->kind == KIND_DIRECTORY_ACCESS) {
        key_read(d, a);
    } else if (cloud_user(a)) {
        if (kind_shore(a->kind) == SHORE_ONPREM)
            vouch(d, a, false);
        else if (act_u64(a, FACT_FEDERATED, 0) && cloud_person(d, a))
            federated(d, a);
    }
    struct state *s = detection_state(d);
    if (s->n)
        settle(d, a->time);
}

static bool runs_adfs(struct detection *d, const struct reader *r)
{
    struct state *s = detection_state(d);
    const struct vouched *v = table_get(&s->users, r->user);
    return v && v->service;
}

static void end(struct detection *d)
{
    struct state *s = detection_state(d);
    settle(d, INT64_MAX);
    for (uint32_t i = 0; i < s->nreaders && s->has_adfs; i++)
        if (!runs_adfs(d, &s->readers[i]))
            raise_reader(d, &s->readers[i]);
}

/* AD FS shows who runs it within the time that it is expected to say anything at all. */
static void tick(struct detection *d, int64_t now)
{
    struct state *s = detection_state(d);
    uint32_t kept = 0;
    settle(d, now);
    for (uint32_t i = 0; i < s->nreaders; i++) {
        const struct reader *r = &s->readers[i];
        if (now - r->seen.w[r->seen.n - 1].time <= minutes(d, COVER))
            s->readers[kept++] = *r;
        else if (s->has_adfs && !runs_adfs(d, r))
            raise_reader(d, r);
    }
    s->nreaders = kept;
}

static const struct param params[] = {
    {"valid_minutes", 60, "A token issued within this many minutes before the sign-in accounts for it.",
                          "Un jeton émis dans autant de minutes avant la connexion l’explique."},
    {"late_minutes", 10, "A token logged up to this many minutes after the sign-in accounts for it too.",
                         "Un jeton journalisé jusqu’à autant de minutes après la connexion l’explique aussi."},
    {"cover_minutes", 1440, "Sign-ins are judged only when an AD FS or controller event of any user was seen within this many minutes before.",
                            "Les connexions ne sont jugées que si un événement AD FS ou d’un contrôleur, de quelque utilisateur que ce soit, a été "
                            "vu autant de minutes auparavant."},
    {"ticket_minutes", 600, "Without AD FS events, a logon seen by a controller within this many minutes before accounts for a sign-in.",
                            "Sans événements AD FS, une ouverture de session vue par un contrôleur autant de minutes auparavant explique une "
                            "connexion."},
    {0}};

static const enum kind wants[] = {KIND_SIGN_IN, KIND_TOKEN_ISSUED, KIND_CREDENTIALS_VALIDATION, KIND_INTERACTIVE_LOGON, KIND_DIRECTORY_ACCESS, KIND_CLOUD_OTHER, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} signed in to {} with a federated token{?}{?}, but {*}: the token may have been forged.",
     "{} s’est connecté à {} avec un jeton fédéré{}{}, mais {} : le jeton est peut-être forgé."},
    {" of issuer {}", " de l’émetteur {}"},
    {"the cloud", "un service cloud"},
    {"AD FS, whose audit is in the input, issued no token for this user in the {} minutes before",
     "AD FS, dont l’audit est dans les données, n’a émis aucun jeton pour cet utilisateur dans les {} minutes précédentes"},
    {"no domain controller whose events are in the input saw this user in the {} hours before",
     "aucun contrôleur de domaine dont les événements sont dans les données n’a vu cet utilisateur dans les {} heures précédentes"},
    {"{}, who does not run AD FS, read the photo of a contact object on a domain controller {} times: where AD FS is in use, as here, that is the "
     "key that protects its token-signing key, and enough to forge tokens for everybody.",
     "{}, qui ne fait pas tourner AD FS, a lu la photo d’un objet contact sur un contrôleur de domaine, {} fois : là où AD FS est en usage, comme "
     "ici, c’est la clé qui protège sa clé de signature de jetons, et elle suffit pour forger des jetons pour tout le monde."},
    {0}};

const struct detector det_golden_saml = {
    .policy = "golden_saml",
    .name = "Suspected Golden SAML",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1606.002", "T1552.004", NULL},
    .preview = true,
    .about = "Whoever steals the token-signing key of AD FS makes federated tokens for anybody, without asking AD FS. Seen from "
             "both shores it shows: the cloud accepts a federated sign-in, and AD FS has issued no token for that user (high), "
             "or, where the input has no AD FS audit, no domain controller has seen the user that day (medium). Nothing is "
             "said about times of which the input holds no AD FS or controller events. Where AD FS is in the input, reading "
             "the key itself (4662 on the photo of a contact object) by anybody who does not run AD FS is raised as medium.",
    .blind = "no federated sign-ins, or no AD FS audit events (1200) and controller events beside them",
    .french = {.name = "Golden SAML présumé",
               .about = "Qui vole la clé de signature de jetons d’AD FS fait des jetons fédérés pour n’importe qui, sans rien demander à AD FS. Vu "
                        "des deux côtés, cela se voit : le cloud accepte une connexion fédérée, et AD FS n’a émis aucun jeton pour cet utilisateur "
                        "(élevée) ou, là où les données n’ont pas l’audit d’AD FS, aucun contrôleur de domaine n’a vu l’utilisateur ce jour-là "
                        "(moyenne). Rien n’est dit des moments pour lesquels les données n’ont ni événements AD FS ni événements de contrôleurs. "
                        "Là où AD FS est dans les données, la lecture de la clé elle-même (4662 sur la photo d’un objet contact) par quelqu’un qui "
                        "ne fait pas tourner AD FS lève une alerte moyenne.",
               .blind = "aucune connexion fédérée, ou aucun événement d’audit AD FS (1200) ni de contrôleur à côté",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .end = end,
    .tick = tick,
    .stop = stop,
};
