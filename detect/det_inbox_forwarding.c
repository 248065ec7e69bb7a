/* detect/det_inbox_forwarding.c - Suspicious inbox forwarding: mail sent on to strangers. */
#include "base/hash.h"
#include "detect/cloud.h"

enum { COLLEAGUES };
enum { PAIRS_MAX = 50000, DOMAINS_MAX = 20000 };

struct state {
    struct table pairs;   /* user and address: forwarded before */
    struct table domains; /* struct distinct of users who forward to a domain */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->pairs, sizeof(int64_t), PAIRS_MAX);
    table_init(&s->domains, sizeof(struct distinct), DOMAINS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->pairs);
    table_free(&s->domains);
}

static struct str domain_of(struct str address)
{
    ptrdiff_t at = str_rchr(address, '@');
    return at >= 0 ? str_from(address, (size_t)at + 1) : STR_NONE;
}

/* Outside: not one of the organisation's domains, and not the domain of the mailbox itself. */
static bool outside(const struct detection *d, const struct activity *a, struct str domain)
{
    return domain.n > 0 && !dir_own_domain(detection_dir(d), domain) && !str_eqi(domain, domain_of(a->actor.upn)) &&
           !str_eqi(domain, domain_of(a->actor.mail)) && !str_eqi(domain, a->instance);
}

/* Whose mail goes: the mailbox that the record names, else the actor's. */
static uint64_t mailbox(const struct activity *a)
{
    const struct object *o = act_object(a, ROLE_TARGET);
    if (o && o->type == OBJECT_MAILBOX && o->entity)
        return hash_mix(o->entity, 0x75736572);
    return cloud_user(a);
}

static bool usual(struct detection *d, struct str address, struct str domain, uint64_t owner)
{
    struct state *s = detection_state(d);
    bool is_new = true;
    struct distinct *users = table_put(&s->domains, hash_stri(domain, 6), NULL);
    (void)table_put(&s->pairs, hash_mix(owner, hash_stri(address, 7)), &is_new);
    unsigned others = users ? users->n - (distinct_has(users, owner) ? 1u : 0u) : 0;
    if (users)
        (void)distinct_add(users, owner);
    return !is_new || others >= (unsigned)detection_param(d, COLLEAGUES);
}

static void raise(struct detection *d, const struct activity *a, struct str to, uint64_t owner)
{
    const struct object *o = act_object(a, ROLE_TARGET);
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    struct str name = act_str(a, FACT_RULE_NAME), conditions = act_str(a, FACT_RULE_CONDITIONS);
    bool of_other = o && o->type == OBJECT_MAILBOX && o->entity && o->entity != a->actor_entity;
    if (of_other)
        draft_user(&f, o->entity, STR_NONE);
    f.campaign = hash_mix(owner, 8);
    struct str rule = str_set(name) ? str_fmt(arena, " with the rule \"%.*s\"", STR_ARG(name)) : STR("");
    struct str which = str_set(conditions) ? str_fmt(arena, " (mails with %.*s)", STR_ARG(conditions)) : STR("");
    struct str whose = of_other ? str_fmt(arena, "the mail of %.*s", STR_ARG(cloud_object(d, o))) : STR("the mailbox's mail");
    f.description = str_fmt(arena, "%.*s set %.*s to be forwarded%.*s to %.*s, outside the organisation%.*s%.*s. Neither this mailbox nor %.0f "
                            "colleagues forwarded there before.", STR_ARG(cloud_actor(d, a)), STR_ARG(whose), STR_ARG(rule), STR_ARG(to),
                            STR_ARG(which), STR_ARG(cloud_from(d, a)), detection_param(d, COLLEAGUES));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct str rest = act_str(a, FACT_FORWARD_TO), address, strangers = STR("");
    uint64_t owner = mailbox(a);
    if (a->outcome == OUTCOME_FAILURE || !str_set(rest) || !owner)
        return;
    while (str_cut(&rest, ' ', &address)) {
        if (str_startsi(address, STR("smtp:")))
            address = str_from(address, 5);
        struct str domain = domain_of(address);
        if (!outside(d, a, domain) || usual(d, address, domain, owner))
            continue;
        strangers = str_fmt(detection_arena(d), "%.*s%s%.*s", STR_ARG(strangers), strangers.n ? ", " : "", STR_ARG(address));
    }
    if (strangers.n)
        raise(d, a, strangers, owner);
}

static const struct param params[] = {
    {"colleagues", 3, "A domain to which this many other mailboxes already forward is taken to be a service of the organisation.",
                      "Un domaine vers lequel autant d’autres boîtes aux lettres transfèrent déjà est tenu pour un service de l’organisation."}, {0}};

static const enum kind wants[] = {KIND_INBOX_RULE_CREATED, KIND_INBOX_RULE_CHANGED, KIND_FORWARDING_SET, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} set {*} to be forwarded{?} to {}, outside the organisation{?}{?}. Neither this mailbox nor {} colleagues forwarded there before.",
     "{} a mis en place le transfert {}{} vers {}, hors de l’organisation{}{}. Ni cette boîte ni {} collègues ne transféraient là auparavant."},
    {" with the rule \"{}\"", " avec la règle « {} »"},
    {" (mails with {})", " (messages avec {})"},
    {"the mail of {}", "du courrier de {}"},
    {"the mailbox's mail", "du courrier de la boîte"},
    {0}};

const struct detector det_inbox_forwarding = {
    .policy = "inbox_forwarding",
    .name = "Suspicious inbox forwarding",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_EXFILTRATION,
    .attack = {"T1114.003", NULL},
    .about = "An inbox rule or a mailbox setting forwards or redirects mail to an address whose domain is none of the "
             "organisation's, to which this mailbox did not forward before and colleagues do not either.",
    .blind = "no inbox rules or mailbox settings (Exchange audit: New-InboxRule, Set-InboxRule, Set-Mailbox)",
    .french = {.name = "Transfert suspect de boîte de réception",
               .about = "Une règle de boîte de réception ou un paramètre de boîte aux lettres transfère ou redirige du courrier vers une adresse "
                        "dont le domaine n’est pas de l’organisation, vers laquelle ni cette boîte ni celles des collègues ne transféraient "
                        "auparavant.",
               .blind = "aucune règle de boîte de réception ni paramètre de boîte aux lettres (audit Exchange : New-InboxRule, Set-InboxRule, "
                        "Set-Mailbox)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
