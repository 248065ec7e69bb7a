/* detect/det_2032.c - Suspected Golden Ticket usage (ticket anomaly): what is visible of a ticket is not as this domain's controllers make it.
 *
 * Visible parts of a ticket: RFC 4120 5.3. The upper half of the key version is the number of a read-only controller: MS-KILE 3.1.5.8. */
#include "detect/common.h"
#include "detect/kerberos.h"

#include "base/hash.h"

enum { REALMS = 1024, ISSUED = 131072, VERSIONS = 8 };

struct version {
    uint32_t kvno;
    int64_t last; /* issued */
};

struct realm {
    uint32_t issued;    /* ticket-granting tickets seen made */
    uint32_t types;     /* bits: types of their service name */
    uint64_t smallest;  /* bytes of the encrypted part */
    uint32_t nversions;
    struct version version[VERSIONS];
};

struct state {
    struct table realms;
    struct table issued; /* hash of a ticket that a controller was seen to make: one byte */
};

enum { P_HISTORY, P_LIFETIME };
static const struct param params[] = {
    {"domain_history", 3, "Key version, type of name and size are compared once so many ticket-granting tickets of the domain were seen made.",
                          "Version de clé, type de nom et taille sont comparés dès que l’on a vu faire autant de TGT du domaine."},
    {"lifetime_hours", 10,
     "A ticket-granting ticket lives so many hours: an older key version is no anomaly for so long after the first activity, and after tickets with "
     "that version were made.",
     "Un TGT vit autant d’heures : une version de clé plus ancienne n’est pas une anomalie pendant ce temps après la première activité, ni après "
     "la fabrication de tickets de cette version."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->realms, sizeof(struct realm), REALMS);
    table_init(&s->issued, 1, ISSUED);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->realms);
    table_free(&s->issued);
}

static void note_version(struct realm *r, uint32_t kvno, int64_t now)
{
    for (uint32_t i = 0; i < r->nversions; i++) {
        if (r->version[i].kvno == kvno) {
            r->version[i].last = now;
            return;
        }
    }
    if (r->nversions < VERSIONS)
        r->version[r->nversions++] = (struct version){kvno, now};
}

static void issued(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str realm = kerberos_issued_realm(a);
    uint64_t ticket = kerberos_ticket(a, FACT_ISSUED_HASH), size = act_u64(a, FACT_TICKET_SIZE, 0);
    if (a->outcome != OUTCOME_SUCCESS || !str_set(realm))
        return;
    struct realm *r = table_put(&s->realms, hash_stri(realm, 1), NULL);
    if (ticket)
        (void)table_put(&s->issued, ticket, NULL);
    if (!r)
        return;
    r->issued++;
    r->types |= 1u << (act_u64(a, FACT_TICKET_NAME_TYPE, 0) & 31);
    if (size && (!r->smallest || size < r->smallest))
        r->smallest = size;
    if (act_has(a, FACT_TICKET_KVNO))
        note_version(r, (uint32_t)act_u64(a, FACT_TICKET_KVNO, 0), a->time);
}

/* ---- what is wrong with the ticket shown ---- */

/* The controller names its realm in the ticket that it makes; the one shown, which it is said to have made, has another spelling. */
static struct str odd_realm(struct detection *d, const struct activity *a, struct str realm)
{
    struct str own = act_str(a, FACT_TICKET_REALM);
    if (!str_set(own) || str_eq(own, realm))
        return STR_NONE;
    return str_fmt(detection_arena(d), "its realm is written %.*s where the controller writes %.*s", STR_ARG(realm), STR_ARG(own));
}

static struct str odd_version(struct detection *d, const struct activity *a, const struct realm *r)
{
    int64_t lifetime = (int64_t)(detection_param(d, P_LIFETIME) * (double)TIME_HOUR);
    bool covered = detection_learning_assumed(d) || a->time - detection_first(d) >= lifetime;
    uint32_t kvno = (uint32_t)act_u64(a, FACT_TGT_KVNO, 0);
    bool comparable = false;
    for (uint32_t i = 0; i < r->nversions; i++) {
        if (r->version[i].kvno == kvno && a->time - r->version[i].last <= lifetime)
            return STR_NONE;
        comparable = comparable || r->version[i].kvno >> 16 == kvno >> 16;
    }
    if (!covered || !comparable || r->nversions == VERSIONS || !act_has(a, FACT_TGT_KVNO))
        return STR_NONE;
    return str_fmt(detection_arena(d), "its key version is %u where the domain's tickets have %u", kvno, r->version[r->nversions - 1].kvno);
}

static struct str odd_form(struct detection *d, const struct activity *a, const struct realm *r)
{
    uint64_t size = act_u64(a, FACT_TGT_SIZE, 0), type = act_u64(a, FACT_TGT_NAME_TYPE, 0);
    if (size && size < r->smallest / 2)
        return str_fmt(detection_arena(d), "its encrypted part has %llu bytes where the smallest of the domain has %llu", (unsigned long long)size,
                       (unsigned long long)r->smallest);
    if (!(r->types & 1u << (type & 31)))
        return str_fmt(detection_arena(d), "the name of its service is of type %llu as none of the domain's is", (unsigned long long)type);
    return STR_NONE;
}

static struct str anomaly(struct detection *d, const struct activity *a, struct str realm)
{
    struct state *s = detection_state(d);
    struct str why = odd_realm(d, a, realm);
    const struct realm *r = table_get(&s->realms, hash_stri(realm, 1));
    if (str_set(why) || !r || r->issued < detection_param(d, P_HISTORY))
        return why;
    why = odd_version(d, a, r);
    return str_set(why) ? why : odd_form(d, a, r);
}

static void shown(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str realm = kerberos_tgt_realm(a);
    uint64_t ticket = kerberos_ticket(a, FACT_TICKET_HASH);
    if (!kerberos_tgs(a) || !str_set(realm) || !ticket || table_get(&s->issued, ticket))
        return;
    struct str why = anomaly(d, a, realm);
    if (!str_set(why))
        return;
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    struct common_place from = common_place(a);
    struct str spn = act_str(a, FACT_SPN);
    f.campaign = hash_mix(common_actor_key(detection_dir(d), a), hash_mix(common_place_key(&from), 2032));
    f.description = str_fmt(arena,
                            "%.*s on %.*s got a ticket for %.*s from %.*s at %.*s with a ticket-granting ticket that no controller of the domain "
                            "makes so: %.*s.",
                            STR_ARG(account_set(&a->actor) ? account_text(&a->actor) : STR("Somebody")), STR_ARG(watch_source_text(arena, a)),
                            STR_ARG(str_set(spn) ? spn : STR("a service")), STR_ARG(watch_destination_text(arena, a)),
                            STR_ARG(watch_time(arena, a->time)), STR_ARG(why));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    shown(d, a);
    issued(d, a);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_RESOURCE_ACCESS, KIND_TICKET_RENEWAL, KIND_COUNT};
static const enum kind needs[] = {KIND_RESOURCE_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} on {} got a ticket for {} from {} at {} with a ticket-granting ticket that no controller of the domain makes so: {*}.",
     "{}, sur {}, a obtenu un ticket pour {} de {} le {} avec un TGT comme aucun contrôleur du domaine n’en fait : {}."},
    {"its realm is written {} where the controller writes {}", "son domaine Kerberos est écrit {} là où le contrôleur écrit {}"},
    {"its key version is {} where the domain's tickets have {}", "sa version de clé est {} là où les tickets du domaine ont {}"},
    {"its encrypted part has {} bytes where the smallest of the domain has {}",
     "sa partie chiffrée a {} octets là où la plus petite du domaine en a {}"},
    {"the name of its service is of type {} as none of the domain's is", "le nom de son service est de type {}, comme aucun du domaine"},
    {0}};

const struct detector det_2032 = {
    .external_id = 2032,
    .name = "Suspected Golden Ticket usage (ticket anomaly)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1558.001"},
    .about = "A ticket is encrypted, but its realm, the service it is for, its key version and its size are visible on the network. Tools that forge "
             "tickets fill them in as their user typed them, or with a default. The alert is raised when a ticket-granting ticket that no controller "
             "was seen to issue spells its realm unlike the controller itself, has a key version that the domain's tickets do not have, is less than half "
             "as long as the smallest of them (no authorization data), or names its service in a way of its own. Tickets between domains are left out.",
    .blind = "no Kerberos exchange on the network: events do not tell the visible parts of the ticket shown",
    .french = {.name = "Utilisation présumée d’un Golden Ticket (anomalie de ticket)",
               .about = "Un ticket est chiffré, mais son domaine Kerberos, le service auquel il est destiné, sa version de clé et sa taille sont "
                        "visibles sur le réseau. Les outils qui forgent des tickets les remplissent comme leur utilisateur les a tapés, ou par "
                        "défaut. L’alerte est levée quand un TGT qu’aucun contrôleur n’a été vu émettre écrit son domaine Kerberos autrement que "
                        "le contrôleur lui-même, a une version de clé que n’ont pas les tickets du domaine, fait moins de la moitié du plus petit "
                        "d’entre eux (pas de données d’autorisation), ou nomme son service à sa façon. Les tickets entre domaines sont laissés de "
                        "côté.",
               .blind = "aucun échange Kerberos sur le réseau : les événements ne disent pas les parties visibles du ticket présenté",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
