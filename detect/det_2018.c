/* detect/det_2018.c - Suspected identity theft (pass-the-ticket): by the ticket itself on the network, by its traces in events.
 *
 * LogonGuid ties a service ticket (4769) to its use (4624). Ticket options: RFC 4120 5.4.1. */
#include "detect/common.h"
#include "detect/kerberos.h"

#include "base/hash.h"

enum { TICKETS = 48 << 10, PLACES = 131072, PEOPLE = 65536, KDC_OPTION_FORWARDED = 0x20000000, KDC_OPTION_PROXY = 0x08000000 };

/* a service ticket by its logon GUID, or the latest TGT of an account */
struct ticket {
    struct common_place at;
    struct witness witness;
    int64_t time;
    int64_t forwarded; /* a forwarded TGT was made: another computer may use it */
};

/* a ticket by its hash, as the network shows it */
struct seen {
    struct ticket home; /* where it was issued, or shown first */
    struct ip away;     /* another address that showed it; whether that is another computer is not known */
    bool back;          /* then the first address showed it again: both are alive */
    bool movable;       /* made to be used elsewhere */
};

struct state {
    struct table hashes; /* ticket hash -> struct seen */
    struct table service; /* logon GUID -> where the ticket was asked for: 80 a second within use_minutes */
    struct table tgt;     /* account -> where its latest TGT was issued */
    struct table rightful; /* account and address -> last use of a TGT that belongs there */
};

enum { P_LIFETIME, P_USE };
static const struct param params[] = {
    {"lifetime_hours", 10, "A ticket-granting ticket lives so many hours; where it was issued is judged only once the record covers that time.",
                           "Un TGT vit autant d’heures ; le lieu de son émission n’est jugé qu’une fois ce temps couvert par les données."},
    {"use_minutes", 10, "A service ticket that is presented from another computer so many minutes after it was issued counts.",
                        "Un ticket de service présenté depuis un autre ordinateur autant de minutes après son émission compte."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->hashes, sizeof(struct seen), TICKETS);
    table_init(&s->service, sizeof(struct ticket), TICKETS);
    table_init(&s->tgt, sizeof(struct ticket), PEOPLE);
    table_init(&s->rightful, sizeof(int64_t), PLACES);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->hashes);
    table_free(&s->service);
    table_free(&s->tgt);
    table_free(&s->rightful);
}

static struct ticket ticket_of(const struct activity *a)
{
    struct ticket t = {.at = common_place(a), .time = a->time};
    struct witnesses one = {0};
    witness_add(&one, a);
    t.witness = one.w[0];
    return t;
}

/* The computer behind an address, by what lives there and not by the name that a client claims. */
static uint32_t computer(const struct dir *dir, const struct common_place *p)
{
    uint32_t at = dir_computer_at(dir, &p->ip);
    return at ? at : p->entity;
}

/* 1: two computers for certain, 0: two addresses that may be one computer, -1: one computer */
static int apart(const struct dir *dir, const struct common_place *x, const struct common_place *y)
{
    if (!ip_set(&x->ip) || !ip_set(&y->ip) || ip_eq(&x->ip, &y->ip) || ip_is_loopback(&x->ip) || ip_is_loopback(&y->ip))
        return -1;
    uint32_t a = computer(dir, x), b = computer(dir, y);
    if (a && b)
        return a == b ? -1 : 1;
    return ip_is_v4(&x->ip) == ip_is_v4(&y->ip) ? 0 : -1; /* one computer often has an address of either kind */
}

static void raise(struct detection *d, const struct activity *a, const struct ticket *t, const char *what, bool certain)
{
    struct arena *arena = detection_arena(d);
    struct common_place here = common_place(a);
    struct witnesses evidence = {0};
    struct draft f = draft_of(a);
    common_witness(&evidence, &t->witness);
    common_place_draft(&f, &here);
    f.evidence = &evidence;
    f.campaign = hash_mix(common_actor_key(detection_dir(d), a), hash_mix(common_place_key(&here), common_place_key(&t->at)));
    f.severity = certain ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    f.description = str_fmt(arena, "A Kerberos %s of %.*s that was issued to or first used by %.*s at %.*s was used from %.*s towards %.*s at %.*s.%s", what,
                            STR_ARG(account_set(&a->actor) ? account_text(&a->actor) : STR("an unknown account")), STR_ARG(common_place_text(arena, &t->at)), STR_ARG(watch_time(arena, t->time)),
                            STR_ARG(common_place_text(arena, &here)), STR_ARG(watch_destination_text(arena, a)), STR_ARG(watch_time(arena, a->time)),
                            certain ? "" : " The addresses could not be tied to computers, so address translation or a new address is possible.");
    detection_raise(d, a, &f);
}

/* `since`: from when a ticket still counts. */
static bool stale_ticket(const void *value, int64_t since)
{
    return ((const struct ticket *)value)->time < since;
}

static bool wanted(const struct activity *a)
{
    return a->outcome != OUTCOME_FAILURE && account_set(&a->actor) && !common_machine(a) && !watch_builtin(&a->actor) && ip_set(&a->ip) &&
           !ip_is_loopback(&a->ip);
}

static uint64_t presence(const struct activity *a)
{
    return hash_mix(watch_account(a->actor_entity, &a->actor), ip_hash(&a->ip));
}

static int64_t lifetime(const struct detection *d)
{
    return (int64_t)(detection_param(d, P_LIFETIME) * (double)TIME_HOUR);
}

static int64_t use(const struct detection *d)
{
    return (int64_t)(detection_param(d, P_USE) * (double)TIME_MINUTE);
}

static void stay(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    table_expire(&s->rightful, watch_before, a->time - lifetime(d));
    int64_t *last = table_put(&s->rightful, presence(a), NULL);
    if (last)
        *last = a->time;
}

static void issued(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct ticket *t = table_put(&s->tgt, watch_account(a->actor_entity, &a->actor), NULL);
    if (t)
        *t = ticket_of(a);
    stay(d, a);
}

/* A TGT was used at this address. Was one issued here, or brought along in a chain of uses from one that was? */
static void used(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    int64_t most = lifetime(d);
    struct ticket *t = table_get(&s->tgt, watch_account(a->actor_entity, &a->actor));
    const int64_t *last = table_get(&s->rightful, presence(a));
    bool covered = a->time - detection_first(d) >= most;
    if (t && act_u64(a, FACT_TICKET_OPTIONS, 0) & KDC_OPTION_FORWARDED)
        t->forwarded = a->time;
    bool delegated = (t && t->forwarded && a->time - t->forwarded <= most) || str_set(act_str(a, FACT_TRANSITED));
    if (!covered || delegated || (last && a->time - *last <= most)) {
        stay(d, a);
        return;
    }
    struct common_place here = common_place(a);
    if (t && a->time - t->time <= most && apart(detection_dir(d), &t->at, &here) == 1)
        raise(d, a, t, "ticket-granting ticket", true);
}

static void service_ticket(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str guid = act_str(a, FACT_LOGON_GUID);
    if (str_set(guid)) {
        bool fresh;
        table_expire(&s->service, stale_ticket, a->time - use(d));
        struct ticket *t = table_put(&s->service, hash_stri(guid, 18), &fresh);
        if (t && fresh)
            *t = ticket_of(a);
    }
    used(d, a);
}

static void presented(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str guid = act_str(a, FACT_LOGON_GUID);
    const struct ticket *t = str_set(guid) && watch_kerberos(a) ? table_get(&s->service, hash_stri(guid, 18)) : NULL;
    struct common_place here = common_place(a);
    if (!t || !here.remote || a->time - t->time > use(d))
        return;
    int distance = apart(detection_dir(d), &t->at, &here);
    if (distance >= 0)
        raise(d, a, t, "service ticket", distance > 0);
}

/* ---- the ticket itself ---- */

static void made(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t key = kerberos_ticket(a, FACT_ISSUED_HASH);
    struct seen *x = key ? table_put(&s->hashes, key, NULL) : NULL;
    bool movable = a->kind != KIND_CREDENTIALS_VALIDATION && act_u64(a, FACT_TICKET_OPTIONS, 0) & (KDC_OPTION_FORWARDED | KDC_OPTION_PROXY);
    if (x)
        *x = (struct seen){.home = ticket_of(a), .movable = movable};
}

static const char *what_of(const struct activity *a)
{
    return a->kind == KIND_TICKET_USE ? "service ticket" : "ticket-granting ticket";
}

/* Two addresses without names may be one computer that moved. Where both show the ticket in turn they are two. */
static void shown(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t key = kerberos_ticket(a, FACT_TICKET_HASH);
    bool fresh;
    struct seen *x = key ? table_put(&s->hashes, key, &fresh) : NULL;
    struct common_place here = common_place(a);
    if (!x || fresh || x->movable) {
        if (x && fresh)
            x->home = ticket_of(a);
        return;
    }
    if (ip_eq(&here.ip, &x->home.at.ip)) {
        x->back = x->back || ip_set(&x->away);
        return;
    }
    int distance = apart(detection_dir(d), &x->home.at, &here);
    bool again = ip_eq(&here.ip, &x->away) && x->back;
    if (distance > 0 || (distance == 0 && again))
        raise(d, a, &x->home, what_of(a), distance > 0);
    else if (distance == 0 && !ip_set(&x->away))
        x->away = here.ip;
}

static void on_wire(struct detection *d, const struct activity *a)
{
    bool somebody = !account_set(&a->actor) || (!common_machine(a) && !watch_builtin(&a->actor));
    if (a->outcome == OUTCOME_FAILURE || !somebody || !ip_set(&a->ip) || ip_is_loopback(&a->ip))
        return;
    if (a->kind != KIND_CREDENTIALS_VALIDATION)
        shown(d, a);
    made(d, a);
}

static void see(struct detection *d, const struct activity *a)
{
    on_wire(d, a);
    if (!wanted(a))
        return;
    if (a->kind == KIND_CREDENTIALS_VALIDATION && watch_kerberos(a))
        issued(d, a);
    else if (a->kind == KIND_RESOURCE_ACCESS)
        service_ticket(d, a);
    else if (a->kind == KIND_TICKET_RENEWAL)
        used(d, a);
    else if (a->kind == KIND_NETWORK_LOGON)
        presented(d, a);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_RESOURCE_ACCESS, KIND_TICKET_RENEWAL, KIND_NETWORK_LOGON, KIND_TICKET_USE, KIND_COUNT};
static const enum kind needs[] = {KIND_RESOURCE_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"A Kerberos {*} of {} that was issued to or first used by {} at {} was used from {} towards {} at {}.{?}",
     "Un {} Kerberos de {}, émis pour {} ou d’abord utilisé par lui le {}, a été utilisé depuis {} vers {} le {}.{}"},
    {"ticket-granting ticket", "ticket d’octroi de tickets"},
    {"service ticket", "ticket de service"},
    {" The addresses could not be tied to computers, so address translation or a new address is possible.",
     " Les adresses n’ont pas pu être rattachées à des ordinateurs : une traduction d’adresses ou une nouvelle adresse est possible."},
    {0}};

const struct detector det_2018 = {
    .external_id = 2018,
    .name = "Suspected identity theft (pass-the-ticket)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_LATERAL_MOVEMENT,
    .attack = {"T1550.003"},
    .about = "A Kerberos ticket belongs to the computer that it was issued to. The network shows the ticket itself: the alert is raised when one, known by "
             "the hash of its encrypted part, is shown from two computers. From events it is raised when a service ticket (event 4769) is presented with "
             "its own logon GUID (4624) from another computer, and when an account uses a ticket-granting ticket on a computer where none was issued to "
             "it within a ticket's lifetime while one was issued to it on another. Addresses are resolved to computers first; where that fails, the "
             "severity is medium, and two addresses must show the ticket in turn; for a ticket-granting ticket in events nothing is raised then, since "
             "people change networks. Forwarded and delegated tickets "
             "are allowed to move.",
    .blind = "no Kerberos exchange on the network, no events 4768 and 4769 (Audit Kerberos Authentication Service and Service Ticket Operations)",
    .french = {.name = "Vol d’identité présumé (pass-the-ticket)",
               .about = "Un ticket Kerberos appartient à l’ordinateur pour lequel il a été émis. Le réseau montre le ticket lui-même : l’alerte "
                        "est levée quand un même ticket, reconnu au hachage de sa partie chiffrée, est présenté depuis deux ordinateurs. D’après "
                        "les événements, elle est levée quand un ticket de service (événement 4769) est présenté avec son propre GUID d’ouverture "
                        "de session (4624) depuis un autre ordinateur, et quand un compte utilise un TGT sur un ordinateur où aucun ne lui a été "
                        "émis pendant la durée de vie d’un ticket alors qu’un lui a été émis sur un autre. Les adresses sont d’abord résolues en "
                        "ordinateurs ; là où cela échoue, la gravité est moyenne et deux adresses doivent présenter le ticket tour à tour ; pour "
                        "un TGT vu dans les événements, rien n’est alors levé, puisque les gens changent de réseau. Les tickets transférés et "
                        "délégués ont le droit de se déplacer.",
               .blind = "aucun échange Kerberos sur le réseau, aucun événement 4768 ni 4769 (Auditer le service d’authentification Kerberos et les "
                        "opérations de ticket du service Kerberos)",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
