/* detect/det_2010.c - Suspected skeleton key attack (encryption downgrade): a controller no longer offers AES.
 *
 * A skeleton key on a controller makes one password fit all accounts; it works with RC4 alone, so the controller's answers leave AES out
 * (ETYPE-INFO2 of KDC_ERR_PREAUTH_REQUIRED: RFC 4120 5.2.7.5, 7.5.9). msDS-SupportedEncryptionTypes: MS-KILE 2.2.7. */
#include "detect/common.h"
#include "detect/kerberos.h"

#include "base/hash.h"

enum { ACCOUNTS = 65536, CONTROLLERS = 4096, WAITING = 64, ENCTYPES_AES = 0x8 | 0x10 };

struct account_keys {
    uint32_t aes; /* how often AES was offered for it */
};

struct controller {
    int64_t aes; /* when it last offered AES to anybody */
    int64_t tgt; /* when it last made a ticket-granting ticket with AES: the domain has such keys */
    struct watch_names accounts; /* left without AES since */
    struct witnesses seen;
    int64_t last;
};

/* an account without a past whose AES keys nobody saw: whether the controller still offers AES to others decides */
struct candidate {
    uint64_t controller;
    struct witness witness;
    struct common_place from, to;
    uint32_t entity, destination_entity;
    uint32_t length;
    char name[COMMON_NAME];
};

struct state {
    struct table accounts, controllers;
    uint32_t waiting;
    struct candidate candidate[WAITING];
};

enum { P_HISTORY, P_QUIET };
static const struct param params[] = {
    {"own_history", 1, "An account that was offered AES so many times is expected to be offered it again.",
                       "Un compte à qui AES a été proposé autant de fois est censé se le voir proposer encore."},
    {"quiet_minutes", 60,
     "An account without a past of its own counts when the controller offered AES to nobody for so many minutes before and after, although it makes "
     "its own tickets with AES.",
     "Un compte sans passé compte quand le contrôleur n’a proposé AES à personne autant de minutes avant et après, bien qu’il fasse ses propres "
     "tickets avec AES."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->accounts, sizeof(struct account_keys), ACCOUNTS);
    table_init(&s->controllers, sizeof(struct controller), CONTROLLERS);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->accounts);
    table_free(&s->controllers);
}

/* The directory says that the account has no AES keys. */
static bool rc4_by_rule(const struct dir *dir, uint32_t entity)
{
    const struct entity *e = dir_entity(dir, entity);
    return e && e->enctypes && !(e->enctypes & ENCTYPES_AES);
}

static int64_t quiet(const struct detection *d)
{
    return (int64_t)(detection_param(d, P_QUIET) * (double)TIME_MINUTE);
}

/* Without a name of its own the controller is its address. */
static uint64_t campaign(const struct common_place *controller)
{
    return hash_mix(common_place_key(controller), 2010);
}

static struct common_place destination_of(const struct activity *a)
{
    struct activity to = {.device = a->destination, .ip = a->destination_ip};
    return common_place(&to);
}

static void raise(struct detection *d, const struct activity *a, struct controller *c, struct str name)
{
    struct arena *arena = detection_arena(d);
    struct common_place to = destination_of(a);
    if (c->last && a->time - c->last > TIME_DAY) {
        memset(&c->accounts, 0, sizeof c->accounts);
        memset(&c->seen, 0, sizeof c->seen);
    }
    c->last = a->time;
    watch_names_add(&c->accounts, a->actor_entity, name);
    witness_add(&c->seen, a);
    struct draft f = draft_of(a);
    f.nusers = f.naccounts = 0;
    watch_names_draft(&f, &c->accounts);
    f.campaign = campaign(&to);
    f.evidence = &c->seen;
    f.description = str_fmt(arena,
                            "%.*s offered no AES for %.*s at %.*s (asked from %.*s), although it did before and the client can: a skeleton key on "
                            "the controller, which lets one password open all accounts, looks like this.",
                            STR_ARG(watch_destination_text(arena, a)), STR_ARG(watch_names_text(arena, &c->accounts, 6)),
                            STR_ARG(watch_time(arena, a->time)), STR_ARG(watch_source_text(arena, a)));
    detection_raise(d, a, &f);
}

static void wait(struct state *s, const struct activity *a, uint64_t controller, struct str name)
{
    if (s->waiting == WAITING)
        return;
    struct candidate *c = &s->candidate[s->waiting++];
    struct witnesses one = {0};
    witness_add(&one, a);
    *c = (struct candidate){.controller = controller, .witness = one.w[0], .from = common_place(a), .to = destination_of(a),
                            .entity = a->actor_entity, .destination_entity = a->destination_entity};
    c->length = (uint32_t)(name.n < COMMON_NAME ? name.n : COMMON_NAME);
    if (c->length)
        memcpy(c->name, name.p, c->length);
}

static void asked(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str offered = act_str(a, FACT_KDC_ETYPES), name = watch_bare(&a->actor);
    uint64_t at = watch_destination(a);
    if (!str_set(offered) || !str_set(name) || !at || !kerberos_offers_aes(act_str(a, FACT_CLIENT_ETYPES)))
        return;
    struct account_keys *k = table_put(&s->accounts, watch_account(a->actor_entity, &a->actor), NULL);
    struct controller *c = table_put(&s->controllers, at, NULL);
    if (!k || !c)
        return;
    if (kerberos_offers_aes(offered)) {
        k->aes++;
        c->aes = a->time;
        return;
    }
    if (rc4_by_rule(detection_dir(d), a->actor_entity) || !detection_learned(d, detection_first(d), a->time))
        return;
    if (k->aes && k->aes >= detection_param(d, P_HISTORY))
        raise(d, a, c, name);
    else if (!c->aes || a->time - c->aes > quiet(d))
        wait(s, a, at, name);
}

/* The controller has AES keys of its own and offered AES to nobody. */
static void convict(struct detection *d, const struct candidate *x)
{
    struct state *s = detection_state(d);
    struct arena *arena = detection_arena(d);
    const struct controller *c = table_get(&s->controllers, x->controller);
    if (!c || !c->tgt || (c->aes && c->aes >= x->witness.time - quiet(d)))
        return;
    struct witnesses evidence = {0};
    struct draft f = {.campaign = campaign(&x->to), .evidence = &evidence, .destination_entity = x->destination_entity};
    common_witness(&evidence, &x->witness);
    common_place_draft(&f, &x->from);
    f.destination_name = x->to.length ? (struct str){x->to.name, x->to.length} : STR_NONE;
    f.destination_ip = x->to.ip;
    struct str name = {x->name, x->length};
    draft_user(&f, x->entity, name);
    f.description = str_fmt(arena,
                            "%.*s offered only weak encryption for %.*s at %.*s (asked from %.*s), and AES to nobody around that time, although the "
                            "client can and the controller makes its own tickets with AES: a skeleton key on the controller looks like this.",
                            STR_ARG(common_place_text(arena, &x->to)), STR_ARG(name), STR_ARG(watch_time(arena, x->witness.time)),
                            STR_ARG(common_place_text(arena, &x->from)));
    detection_raise(d, NULL, &f);
}

static void end(struct detection *d)
{
    struct state *s = detection_state(d);
    for (uint32_t i = 0; i < s->waiting; i++)
        convict(d, &s->candidate[i]);
    s->waiting = 0;
}

static void tick(struct detection *d, int64_t now)
{
    struct state *s = detection_state(d);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->waiting; i++) {
        if (now - s->candidate[i].witness.time < quiet(d))
            s->candidate[kept++] = s->candidate[i];
        else
            convict(d, &s->candidate[i]);
    }
    s->waiting = kept;
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    tick(d, a->time);
    if (a->kind == KIND_PREAUTH_ASKED)
        asked(d, a);
    else if (kerberos_as(a) && kerberos_aes(act_u64(a, FACT_TICKET_ETYPE, 0))) {
        struct controller *c = table_put(&s->controllers, watch_destination(a), NULL);
        if (c)
            c->tgt = a->time;
    }
}

static const enum kind wants[] = {KIND_PREAUTH_ASKED, KIND_CREDENTIALS_VALIDATION, KIND_COUNT};
static const enum kind needs[] = {KIND_PREAUTH_ASKED, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} offered no AES for {list} at {} (asked from {}), although it did before and the client can: a skeleton key on the controller, which lets "
     "one password open all accounts, looks like this.",
     "{} n’a pas proposé AES pour {} le {} (demandé depuis {}), bien qu’il l’ait fait auparavant et que le client le puisse : c’est à quoi "
     "ressemble une skeleton key sur le contrôleur, qui fait qu’un mot de passe ouvre tous les comptes."},
    {"{} offered only weak encryption for {} at {} (asked from {}), and AES to nobody around that time, although the client can and the controller "
     "makes its own tickets with AES: a skeleton key on the controller looks like this.",
     "{} n’a proposé qu’un chiffrement faible pour {} le {} (demandé depuis {}), et AES à personne à ce moment, bien que le client le puisse et "
     "que le contrôleur fasse ses propres tickets avec AES : c’est à quoi ressemble une skeleton key sur le contrôleur."},
    {0}};

const struct detector det_2010 = {
    .external_id = 2010,
    .name = "Suspected skeleton key attack (encryption downgrade)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1556.001"},
    .learning_days = 5,
    .about = "A skeleton key is a change in the memory of a domain controller after which one more password fits every account. It can be checked "
             "with RC4 alone, so the controller stops offering AES to clients that would use it. The alert compares, on the network, the encryption "
             "types in the controller's request for pre-authentication with those that it offered for the account before. An account without a "
             "past counts when the controller offers AES to nobody while it makes its own tickets with AES. Accounts that the directory restricts to "
             "RC4 raise nothing.",
    .blind = "no Kerberos exchange on the network: events do not tell which encryption types a controller offers",
    .french = {.name = "Attaque skeleton key présumée (affaiblissement du chiffrement)",
               .about = "Une skeleton key (clé squelette) est une modification de la mémoire d’un contrôleur de domaine, après laquelle un mot de "
                        "passe de plus ouvre chaque compte. Il ne peut être vérifié qu’avec RC4 : le contrôleur cesse donc de proposer AES aux "
                        "clients qui l’utiliseraient. L’alerte compare, sur le réseau, les types de chiffrement de la demande de "
                        "pré-authentification du contrôleur à ceux qu’il proposait auparavant pour le compte. Un compte sans passé compte quand le "
                        "contrôleur ne propose AES à personne tout en faisant ses propres tickets avec AES. Les comptes que l’annuaire limite à "
                        "RC4 ne lèvent rien.",
               .blind = "aucun échange Kerberos sur le réseau : les événements ne disent pas quels types de chiffrement propose un contrôleur",
               .phrases = phrases},
    .asks_directory = true,
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .end = end,
    .tick = tick,
    .stop = stop,
};
