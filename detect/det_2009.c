/* detect/det_2009.c - Suspected Golden Ticket usage (encryption downgrade): a ticket-granting ticket weaker than the domain makes them. */
#include "detect/common.h"
#include "detect/kerberos.h"

#include "base/hash.h"

enum { REALMS = 1024, ISSUED = 131072 };

struct realm {
    uint32_t aes;  /* ticket-granting tickets with AES that were issued or shown */
    uint32_t weak; /* ... with a weak type that were issued */
};

struct state {
    struct table realms;
    struct table issued; /* hash of a weak ticket that a controller was seen to make: one byte */
};

enum { P_HISTORY };
static const struct param params[] = {
    {"domain_history", 3, "A domain that was seen to use so many ticket-granting tickets with AES, and to issue none with a weaker type, uses AES.",
                          "Un domaine que l’on a vu utiliser autant de TGT avec AES, et n’en émettre aucun d’un type plus faible, utilise AES."},
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

static void issued(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str realm = kerberos_issued_realm(a);
    uint64_t etype = act_u64(a, FACT_TICKET_ETYPE, 0), ticket = kerberos_ticket(a, FACT_ISSUED_HASH);
    struct realm *r = str_set(realm) ? table_put(&s->realms, hash_stri(realm, 1), NULL) : NULL;
    if (!r || a->outcome != OUTCOME_SUCCESS)
        return;
    if (kerberos_aes(etype)) {
        r->aes++;
    } else if (kerberos_weak(etype)) {
        r->weak++;
        if (ticket)
            (void)table_put(&s->issued, ticket, NULL);
    }
}

static void raise(struct detection *d, const struct activity *a, const struct realm *r)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    struct common_place from = common_place(a);
    struct str who = account_set(&a->actor) ? account_text(&a->actor) : STR("somebody");
    struct str spn = act_str(a, FACT_SPN);
    f.campaign = hash_mix(common_actor_key(detection_dir(d), a), hash_mix(common_place_key(&from), 2009));
    f.description = str_fmt(arena,
                            "%.*s on %.*s showed %.*s at %.*s a ticket-granting ticket encrypted with %s to get one for %.*s%s. %u tickets of the "
                            "domain were encrypted with AES, and none was issued with a weaker type: it is likely forged with the NTLM hash of krbtgt.",
                            STR_ARG(who), STR_ARG(watch_source_text(arena, a)), STR_ARG(watch_destination_text(arena, a)),
                            STR_ARG(watch_time(arena, a->time)), kerberos_etype(act_u64(a, FACT_TGT_ETYPE, 0)),
                            STR_ARG(str_set(spn) ? spn : STR("a service")), a->outcome == OUTCOME_FAILURE ? ", which was refused" : "", r->aes);
    detection_raise(d, a, &f);
}

static void shown(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str realm = kerberos_tgt_realm(a);
    uint64_t etype = act_u64(a, FACT_TGT_ETYPE, 0), ticket = kerberos_ticket(a, FACT_TICKET_HASH);
    struct realm *r = str_set(realm) ? table_put(&s->realms, hash_stri(realm, 1), NULL) : NULL;
    if (!r)
        return;
    if (kerberos_aes(etype)) {
        if (a->outcome == OUTCOME_SUCCESS)
            r->aes++;
        return;
    }
    if (!kerberos_weak(etype) || r->weak || (ticket && table_get(&s->issued, ticket)) || r->aes < detection_param(d, P_HISTORY))
        return;
    if (detection_learned(d, detection_first(d), a->time))
        raise(d, a, r);
}

static void see(struct detection *d, const struct activity *a)
{
    shown(d, a);
    issued(d, a);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_RESOURCE_ACCESS, KIND_TICKET_RENEWAL, KIND_COUNT};
static const enum kind needs[] = {KIND_RESOURCE_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} on {} showed {} at {} a ticket-granting ticket encrypted with {} to get one for {}{?}. {} tickets of the domain were encrypted with AES, "
     "and none was issued with a weaker type: it is likely forged with the NTLM hash of krbtgt.",
     "{}, sur {}, a présenté à {} le {} un TGT chiffré avec {} pour obtenir un ticket pour {}{}. {} tickets du domaine étaient chiffrés avec AES, "
     "et aucun n’a été émis d’un type plus faible : il est probablement forgé avec le hachage NTLM de krbtgt."},
    {", which was refused", ", ce qui a été refusé"},
    {"a weak type", "un type faible"},
    {0}};

const struct detector det_2009 = {
    .external_id = 2009,
    .name = "Suspected Golden Ticket usage (encryption downgrade)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1558.001"},
    .learning_days = 5,
    .about = "A controller encrypts ticket-granting tickets with the strongest key of krbtgt, whatever the client asks for. Who has only that account's "
             "NTLM hash forges tickets with RC4. The alert is raised when, on the network, a weakly encrypted ticket-granting ticket of the domain is "
             "shown, no controller was seen to issue it, and the domain's own were all encrypted with AES. Tickets between domains are left out.",
    .blind = "no Kerberos exchange on the network: events do not tell how the ticket-granting ticket shown was encrypted",
    .french = {.name = "Utilisation présumée d’un Golden Ticket (affaiblissement du chiffrement)",
               .about = "Un contrôleur chiffre les tickets d’octroi de tickets (TGT) avec la plus forte clé de krbtgt, quoi que demande le client. "
                        "Qui n’a que le hachage NTLM de ce compte forge des tickets en RC4. L’alerte est levée quand, sur le réseau, un TGT du "
                        "domaine faiblement chiffré est présenté, qu’aucun contrôleur n’a été vu l’émettre et que ceux du domaine étaient tous "
                        "chiffrés avec AES. Les tickets entre domaines sont laissés de côté.",
               .blind = "aucun échange Kerberos sur le réseau : les événements ne disent pas comment le TGT présenté était chiffré",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
