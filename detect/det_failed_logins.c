/* detect/det_failed_logins.c - Multiple failed login attempts: guessing at one account, or one guess at many. */
#include "base/hash.h"
#include "detect/cloud.h"

enum { ATTEMPTS, ACCOUNTS, TRIES, RATIO, GAP };
enum { SOURCES_MAX = 50000, NAMED = 16 };

struct named {
    uint64_t user;
    uint32_t entity, failures;
    char name[48]; /* when it resolves to nobody */
};

/* What one source does in one session, and what it used to do. */
struct source {
    int64_t first, start, last;
    uint32_t failures, successes, guessed; /* guessed: successes of accounts that had failed before */
    uint32_t usual;    /* most failures of an earlier session that was not raised */
    bool raised;
    struct distinct accounts;
    struct named top[NAMED];
    uint32_t ntop;
    struct witnesses seen;
};

struct state {
    struct table sources;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->sources, sizeof(struct source), SOURCES_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->sources);
}

/* Steps of a sign-in that succeeds in the end, and errors of the app, are no guesses at a secret: Entra ID
 * error codes (AADSTS) without 50126, 50053, 50034, 50055, 50056, 50057, 50064. */
static bool guess(const struct activity *a)
{
    struct str reason = act_str(a, FACT_FAILURE_REASON);
    struct str error = act_str(a, FACT_ERROR_NAME);
    if (str_set(reason))
        return str_eq(reason, STR("wrong password")) || str_eq(reason, STR("unknown user")) || str_eq(reason, STR("locked")) ||
               str_eq(reason, STR("disabled")) || str_eq(reason, STR("password expired")) || str_eq(reason, STR("expired"));
    if (a->has_code && a->code >= 16000 && a->code <= 900000)
        return a->code == 50126 || a->code == 50053 || a->code == 50034 || a->code == 50055 || a->code == 50056 || a->code == 50057 ||
               a->code == 50064;
    return !str_hasi(error, STR("Interrupt")) && !str_hasi(error, STR("Mfa"));
}

static struct named *account(struct source *s, const struct activity *a, uint64_t user)
{
    for (uint32_t i = 0; i < s->ntop; i++)
        if (s->top[i].user == user)
            return &s->top[i];
    if (s->ntop == NAMED)
        return NULL;
    struct named *n = &s->top[s->ntop++];
    *n = (struct named){.user = user, .entity = a->actor_entity};
    struct str name = account_text(&a->actor);
    memcpy(n->name, name.p, name.n < sizeof n->name - 1 ? name.n : sizeof n->name - 1);
    return n;
}

static uint32_t most_of_one(const struct source *s)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < s->ntop; i++)
        if (s->top[i].failures > most)
            most = s->top[i].failures;
    return most;
}

static void raise(struct detection *d, const struct activity *a, struct source *s, bool spray)
{
    struct draft f = draft_of(a);
    f.nusers = f.naccounts = 0;
    for (uint32_t i = 0; i < s->ntop; i++)
        draft_user(&f, s->top[i].entity, str_of(s->top[i].name));
    f.campaign = hash_mix(ip_set(&a->ip) ? ip_hash(&a->ip) : cloud_user(a), 4);
    f.evidence = &s->seen;
    f.count = s->raised ? 1 : s->failures;
    if (s->guessed)
        f.severity = SEVERITY_HIGH;
    struct arena *arena = detection_arena(d);
    struct str end = s->guessed ? str_fmt(arena, " %u of these accounts then signed in from there.", s->guessed) : STR("");
    struct str past = s->usual ? str_fmt(arena, "at most %u failed in an earlier session", s->usual) : STR("no earlier session of this source failed");
    struct str what = spray ? str_fmt(arena, "%u sign-ins of %u%s accounts (password spray)", s->failures, s->accounts.n,
                                      s->accounts.saturated ? " and more" : "")
                            : str_fmt(arena, "%u sign-ins, %u of them of one account (brute force)", s->failures, most_of_one(s));
    f.description = str_fmt(arena, "%.*s%.*s failed in %.*s, %u succeeded; %.*s.%.*s", STR_ARG(what), STR_ARG(cloud_from(d, a)),
                            STR_ARG(cloud_span(d, a->time - s->start)), s->successes, STR_ARG(past), STR_ARG(end));
    detection_raise(d, a, &f);
    s->raised = true;
}

static void judge(struct detection *d, const struct activity *a, struct source *s)
{
    double more = detection_param(d, RATIO) * s->usual;
    double tries = s->accounts.n ? (double)s->failures / s->accounts.n : 0;
    bool many = s->accounts.n >= (unsigned)detection_param(d, ACCOUNTS) && tries >= detection_param(d, TRIES);
    bool spray = many && s->failures > s->successes && s->failures > more;
    bool brute = most_of_one(s) >= (unsigned)detection_param(d, ATTEMPTS) && s->failures > s->successes && s->failures > more;
    if ((spray || brute) && detection_learned(d, s->first, a->time))
        raise(d, a, s, spray);
}

static void new_session(struct source *s)
{
    if (!s->raised && s->failures > s->usual)
        s->usual = s->failures;
    *s = (struct source){.first = s->first, .usual = s->usual};
}

static void succeed(struct detection *d, const struct activity *a, struct source *s, uint64_t user)
{
    s->successes++;
    for (uint32_t i = 0; i < s->ntop; i++)
        if (s->top[i].user == user && s->top[i].failures > 0 && s->raised) {
            s->top[i].failures = 0;
            s->guessed++;
            witness_add(&s->seen, a);
            raise(d, a, s, s->accounts.n >= (unsigned)detection_param(d, ACCOUNTS));
        }
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *st = detection_state(d);
    uint64_t user = cloud_user(a), key = ip_set(&a->ip) ? ip_hash(&a->ip) : hash_mix(user, 5);
    bool failed = a->kind == KIND_FAILED_SIGN_IN || a->outcome == OUTCOME_FAILURE;
    bool is_new;
    if (!user || (failed && !guess(a)))
        return;
    struct source *s = table_put(&st->sources, key, &is_new);
    if (!s)
        return;
    if (is_new)
        s->first = a->time;
    if (s->start && a->time - s->last > (int64_t)(detection_param(d, GAP) * (double)TIME_MINUTE))
        new_session(s);
    if (!s->start)
        s->start = a->time;
    s->last = a->time;
    if (!failed) {
        succeed(d, a, s, user);
        return;
    }
    s->failures++;
    (void)distinct_add(&s->accounts, user);
    struct named *n = account(s, a, user);
    if (n)
        n->failures++;
    witness_add(&s->seen, a);
    judge(d, a, s);
}

static const struct param params[] = {
    {"attempts", 10, "So many failed sign-ins of one account from one source in a session are brute force.",
                     "Autant de connexions échouées d’un compte depuis une source en une session sont de la force brute."},
    {"accounts", 5, "Failed sign-ins of so many accounts from one source in a session are a spray.",
                    "Des connexions échouées d’autant de comptes depuis une source en une session sont une pulvérisation."},
    {"tries", 1.2, "A spray tries every account this often on average, or more often; below it, people mistype.",
                   "Une pulvérisation essaie chaque compte aussi souvent en moyenne, ou plus ; au-dessous, ce sont des fautes de frappe."},
    {"ratio", 2, "A session must fail more than this many times as often as any earlier one of the same source.",
                 "Une session doit échouer plus d’autant de fois davantage que toute session antérieure de la même source."},
    {"gap_minutes", 60, "A pause of more minutes than this ends a session.", "Une pause de plus de minutes que cela termine une session."},
    {0}};

static const enum kind wants[] = {KIND_FAILED_SIGN_IN, KIND_SIGN_IN, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{*}{?} failed in {*}, {} succeeded; {*}.{?}", "{}{} ont échoué en {}, {} ont réussi ; {}.{}"},
    {"{} sign-ins of {} and more accounts (password spray)", "{} connexions de {} comptes et plus (pulvérisation de mots de passe)"},
    {"{} sign-ins of {} accounts (password spray)", "{} connexions de {} comptes (pulvérisation de mots de passe)"},
    {"{} sign-ins, {} of them of one account (brute force)", "{} connexions, dont {} d’un seul compte (force brute),"},
    {"at most {} failed in an earlier session", "au plus {} ont échoué dans une session antérieure"},
    {"no earlier session of this source failed", "aucune session antérieure de cette source n’a échoué"},
    {" {} of these accounts then signed in from there.", " {} de ces comptes se sont ensuite connectés de là."},
    {0}};

const struct detector det_failed_logins = {
    .policy = "failed_logins",
    .name = "Multiple failed login attempts",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1110", "T1110.001", "T1110.003", NULL},
    .about = "Counts sign-ins that fail for a wrong secret or a wrong name, per source address and session (no pause longer "
             "than an hour). Many failures of one account are brute force, failures of many accounts are a password spray; "
             "both must exceed the source's successes and its own past. Interrupted sign-ins and errors of apps do not "
             "count. An account that signs in after it had failed there makes the severity high.",
    .blind = "no cloud sign-ins",
    .french = {.name = "Nombreuses tentatives de connexion échouées",
               .about = "Compte les connexions qui échouent pour un mauvais secret ou un mauvais nom, par adresse source et par session (aucune "
                        "pause de plus d’une heure). Beaucoup d’échecs d’un compte sont de la force brute, des échecs de beaucoup de comptes une "
                        "pulvérisation de mots de passe ; les deux doivent dépasser les réussites de la source et son propre passé. Les connexions "
                        "interrompues et les erreurs des applications ne comptent pas. Un compte qui se connecte après y avoir échoué rend la "
                        "gravité élevée.",
               .blind = "aucune connexion cloud",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
