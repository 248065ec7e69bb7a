/* detect/det_2411.c - Suspected Netlogon privilege elevation attempt (CVE-2020-1472): a secure channel guessed with credentials of zeros.
 *
 * MS-NRPC 3.1.4.4.2: of 256 session keys one makes a client credential of zeros right when the client's challenge was zeros, too. */
#include "detect/common.h"

#include "base/hash.h"

enum { SOURCES = 8192 };

struct source { /* one address against one controller */
    struct watch_ring zeros, all;
    struct witnesses evidence;
    int64_t last, reset; /* a password was set by the same address */
    bool opened;
};

struct state {
    struct table sources;
};

enum { P_ZEROS, P_TRIES, P_SECONDS };
static const struct param params[] = {
    {"zeros", 3, "So many attempts with a credential of zeros within window_seconds raise; an honest client has one by chance once in 2^64.",
                 "Autant d’essais avec un authentifiant de zéros en window_seconds lèvent une alerte ; un client honnête en a un par hasard une "
                 "fois sur 2^64."},
    {"tries", 30, "So many attempts of one address on one controller within window_seconds raise when their credentials are encrypted.",
                  "Autant d’essais d’une adresse sur un contrôleur en window_seconds lèvent une alerte quand leurs authentifiants sont chiffrés."},
    {"window_seconds", 60, "The length of the window in seconds.", "Durée de la fenêtre, en secondes."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->sources, sizeof(struct source), SOURCES);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->sources);
}

static void raise(struct detection *d, const struct activity *a, const struct source *src, unsigned zeros)
{
    struct arena *arena = detection_arena(d);
    struct common_place from = common_place(a);
    struct draft f = draft_of(a);
    common_place_draft(&f, &from);
    f.evidence = &src->evidence;
    f.campaign = common_campaign(detection_dir(d), a, &from, 2411);
    const char *end = src->reset ? " Then it set a machine's password." : src->opened ? " It succeeded." : "";
    f.description = str_fmt(arena, "%.*s tried %u times to open a secure channel to %.*s%s until %.*s.%s", STR_ARG(common_place_text(arena, &from)),
                            src->evidence.total, STR_ARG(common_destination(d, a)),
                            zeros ? " with a credential of zeros" : ", one right after the other", STR_ARG(watch_time(arena, a->time)), end);
    detection_raise(d, a, &f);
}

/* The password of a machine is set through the channel that was opened. */
static bool sets_password(const struct activity *a)
{
    return a->kind == KIND_PASSWORD_CHANGE && a->protocol == PROTO_NETLOGON;
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    if ((a->kind != KIND_SECURE_CHANNEL && !sets_password(a)) || !act_has(a, FACT_RPC_OPNUM) || !dir_dc_destination(detection_dir(d), a) ||
        !ip_set(&a->ip))
        return;
    uint64_t key = hash_mix(ip_hash(&a->ip), watch_destination(a));
    int64_t window = (int64_t)(detection_param(d, P_SECONDS) * (double)TIME_SECOND);
    struct source *src = sets_password(a) ? table_get(&s->sources, key) : table_put(&s->sources, key, NULL);
    if (!src)
        return;
    if (a->time - src->last > window) {
        witness_clear(&src->evidence);
        src->opened = false;
        src->reset = 0;
    }
    src->last = a->time;
    if (sets_password(a)) {
        src->reset = a->outcome == OUTCOME_FAILURE ? 0 : a->time;
    } else {
        watch_ring_add(&src->all, a->time, 1);
        bool zero = act_u64(a, FACT_ZERO_CREDENTIAL, 0) != 0;
        if (zero)
            watch_ring_add(&src->zeros, a->time, 1);
        src->opened |= zero && a->outcome == OUTCOME_SUCCESS;
    }
    witness_add(&src->evidence, a);
    unsigned zeros = watch_ring_count(&src->zeros, a->time - window), all = watch_ring_count(&src->all, a->time - window);
    if (zeros >= detection_param(d, P_ZEROS) || (!act_has(a, FACT_ZERO_CREDENTIAL) && all >= detection_param(d, P_TRIES)))
        raise(d, a, src, zeros);
}

static const enum kind wants[] = {KIND_SECURE_CHANNEL, KIND_PASSWORD_CHANGE, KIND_COUNT};
static const enum kind needs[] = {KIND_SECURE_CHANNEL, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} tried {} times to open a secure channel to {}{*} until {}.{?}", "{} a essayé {} fois d’ouvrir un canal sécurisé vers {}{} jusqu’au {}.{}"},
    {" with a credential of zeros", " avec un authentifiant de zéros"},
    {", one right after the other", ", coup sur coup,"},
    {" Then it set a machine's password.", " Puis il a changé le mot de passe d’une machine."},
    {" It succeeded.", " Il a réussi."},
    {0}};

const struct detector det_2411 = {
    .external_id = 2411,
    .name = "Suspected Netlogon privilege elevation attempt (CVE-2020-1472 exploitation)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1068", "T1210"},
    .preview = true,
    .about =
        "A controller that lacks the update of August 2020 takes a Netlogon credential of zeros for right once in 256 attempts, whoever offers it, "
        "and then lets a machine's password be set, the controller's own among them. The alert is raised when one address offers a controller "
        "credentials of zeros several times (NetrServerAuthenticate, 2 and 3), or, where these calls are encrypted, tries as often as no computer "
        "that knows its password does.",
    .blind = "no NETLOGON traffic to a domain controller",
    .french = {.name = "Tentative présumée d’élévation de privilèges Netlogon (exploitation de CVE-2020-1472)",
               .about = "Un contrôleur auquel manque la mise à jour d’août 2020 tient pour juste, une fois sur 256 essais, un authentifiant "
                        "Netlogon fait de zéros, qui que ce soit qui le présente, et laisse alors changer le mot de passe d’une machine, dont "
                        "celui du contrôleur lui-même. L’alerte est levée quand une adresse présente plusieurs fois à un contrôleur des "
                        "authentifiants de zéros (NetrServerAuthenticate, 2 et 3) ou, là où ces appels sont chiffrés, essaie aussi souvent que ne "
                        "le fait aucun ordinateur qui connaît son mot de passe.",
               .blind = "aucun trafic NETLOGON vers un contrôleur de domaine",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
