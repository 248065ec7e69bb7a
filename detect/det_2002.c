/* detect/det_2002.c - Suspected overpass-the-hash attack (Kerberos): requests shaped unlike those of the computer that they come from.
 *
 * Sources of the shapes. Windows: own captures and those of the corpus; options RFC 4120 5.4.1. Rubeus: lib/krb_structures/AS_REQ.cs and
 * KDCReqBody.cs (forwardable, renewable, renewable-ok; one encryption type; 2037 without an end of renewals; the constant is turned to the
 * clock of the computer). Impacket: krb5/kerberosv5.py (forwardable, renewable, proxiable; one encryption type; a day for both ends). */
#include "detect/common.h"
#include "detect/kerberos.h"

#include "base/hash.h"

enum { COMPUTERS = 32768, SHAPES = 8192, KNOWN = 8, OPTIONS_WINDOWS = 0x40810010, OPTIONS_RUBEUS = 0x40800010, OPTIONS_IMPACKET = 0x50800000, OPTION_CNAME_IN_ADDL_TKT = 0x20000 };

/* a computer by its address */
struct computer {
    uint32_t windows;         /* AS exchanges as Windows makes them */
    uint32_t windows_tgs;     /* TGS exchanges that ask for a ticket without end, as Windows does */
    uint32_t plain;           /* events: logons with AES and the options that tools have, too */
    uint32_t n;
    uint64_t known[KNOWN];    /* other shapes that it sends */
};

struct shape {
    struct distinct computers; /* that send it */
};

struct state {
    struct table computers, shapes;
};

enum { P_HISTORY, P_COMMON };
static const struct param params[] = {
    {"own_history", 3, "A computer that sent so many requests as Windows shapes them, and none of the new shape, is expected to go on so.",
                       "Un ordinateur qui a envoyé autant de requêtes à la manière de Windows, et aucune de la nouvelle forme, est censé continuer "
                       "ainsi."},
    {"common_computers", 3, "A shape that so many computers send is a program of the organisation's own and not unusual.",
                            "Une forme qu’autant d’ordinateurs envoient est celle d’un programme de l’organisation et n’a rien d’inhabituel."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->computers, sizeof(struct computer), COMPUTERS);
    table_init(&s->shapes, sizeof(struct shape), SHAPES);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->computers);
    table_free(&s->shapes);
}

/* ---- shapes ---- */

/* A time so far ahead that it means "as long as possible". */
static bool endless(struct str time)
{
    return time.n == 15 && str_cmp(str_sub(time, 0, 4), STR("2037")) >= 0;
}

static bool single(struct str list)
{
    return str_set(list) && str_chr(list, ' ') < 0;
}

static bool as_windows(const struct activity *a)
{
    struct str till = act_str(a, FACT_TICKET_TILL);
    return (act_u64(a, FACT_TICKET_OPTIONS, 0) & OPTIONS_WINDOWS) == OPTIONS_WINDOWS && endless(till) &&
           str_eq(till, act_str(a, FACT_TICKET_RTIME)) && str_set(act_str(a, FACT_WORKSTATION));
}

/* The same request is sent first without and then with proof; that is no difference. */
static struct str standing(struct str padata)
{
    return str_starts(padata, STR("2 ")) ? str_from(padata, 2) : str_eq(padata, STR("2")) ? STR("") : padata;
}

/* till and end of renewals by what they mean: 0 absent, 1 endless, 2 the same as till, 3 another */
static unsigned time_class(struct str time, struct str till)
{
    if (!str_set(time))
        return 0;
    return endless(time) ? 1 : str_eq(time, till) ? 2 : 3;
}

static uint64_t shape_of(const struct activity *a)
{
    struct str till = act_str(a, FACT_TICKET_TILL);
    uint64_t h = hash_mix(act_u64(a, FACT_TICKET_OPTIONS, 0), (uint64_t)(a->kind == KIND_RESOURCE_ACCESS));
    h = hash_str(act_str(a, FACT_CLIENT_ETYPES), h);
    h = hash_mix(h, endless(till));
    h = hash_mix(h, time_class(act_str(a, FACT_TICKET_RTIME), till));
    h = hash_mix(h, str_set(act_str(a, FACT_WORKSTATION)));
    return hash_str(standing(act_str(a, FACT_PADATA)), h);
}

/* The tool that makes such requests, NULL when none is known. */
static const char *tool_of(const struct activity *a)
{
    struct str till = act_str(a, FACT_TICKET_TILL), rtime = act_str(a, FACT_TICKET_RTIME);
    uint64_t options = act_u64(a, FACT_TICKET_OPTIONS, 0);
    if (!single(act_str(a, FACT_CLIENT_ETYPES)) || str_set(act_str(a, FACT_WORKSTATION)) || !str_eq(standing(act_str(a, FACT_PADATA)), STR("128")))
        return NULL;
    if (options == OPTIONS_RUBEUS && !str_set(rtime) && endless(till) && str_ends(till, STR("4805Z")))
        return "Rubeus";
    return options == OPTIONS_IMPACKET && str_set(till) && str_eq(till, rtime) && !endless(till) ? "Impacket" : NULL;
}

/* ---- raising ---- */

static uint64_t campaign(struct detection *d, const struct activity *a)
{
    return hash_mix(common_actor_key(detection_dir(d), a), hash_mix(watch_source(a), 2002));
}

static void raise(struct detection *d, const struct activity *a, struct str why)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    f.campaign = campaign(d, a);
    f.description = str_fmt(arena, "%.*s got a Kerberos ticket from %.*s at %.*s with a request that %.*s: a tool that uses a stolen key does so.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_source_text(arena, a)), STR_ARG(watch_time(arena, a->time)), STR_ARG(why));
    detection_raise(d, a, &f);
}

static bool knows(const struct computer *c, uint64_t shape)
{
    for (uint32_t i = 0; i < c->n && i < KNOWN; i++)
        if (c->known[i] == shape)
            return true;
    return false;
}

static void learn(struct detection *d, struct computer *c, const struct activity *a, uint64_t shape)
{
    struct state *s = detection_state(d);
    struct shape *x = table_put(&s->shapes, shape, NULL);
    if (x)
        distinct_add(&x->computers, watch_source(a));
    if (!knows(c, shape))
        c->known[c->n++ % KNOWN] = shape;
}

static bool common(struct detection *d, uint64_t shape)
{
    struct state *s = detection_state(d);
    const struct shape *x = table_get(&s->shapes, shape);
    return x && x->computers.n >= detection_param(d, P_COMMON);
}

/* ---- the wire ---- */

static struct str unlike(struct detection *d, const struct activity *a)
{
    return str_fmt(detection_arena(d), "is shaped unlike those of Windows, which this computer sent before (options 0x%llx, encryption types %.*s, end %.*s)", (unsigned long long)act_u64(a, FACT_TICKET_OPTIONS, 0),
                   STR_ARG(act_str(a, FACT_CLIENT_ETYPES)), STR_ARG(act_str(a, FACT_TICKET_TILL)));
}

static void as_exchange(struct detection *d, const struct activity *a, struct computer *c)
{
    bool logon = a->kind == KIND_CREDENTIALS_VALIDATION && a->outcome == OUTCOME_SUCCESS;
    if (as_windows(a)) {
        c->windows++;
        return;
    }
    if (!logon)
        return; /* what only asked changes nothing */
    uint64_t shape = shape_of(a);
    const char *tool = tool_of(a);
    if (tool)
        raise(d, a, str_fmt(detection_arena(d), "is shaped as %s shapes it (options 0x%llx, one encryption type: %.*s, no name of a computer)", tool,
                            (unsigned long long)act_u64(a, FACT_TICKET_OPTIONS, 0), STR_ARG(act_str(a, FACT_CLIENT_ETYPES))));
    else if (c->windows >= detection_param(d, P_HISTORY) && !knows(c, shape) && !common(d, shape))
        raise(d, a, unlike(d, a));
    learn(d, c, a, shape);
}

/* Windows itself asks for a few minutes only when it asks in the name of others (MS-SFU). */
static bool on_behalf(const struct activity *a)
{
    return act_has(a, FACT_FOR_USER) || act_u64(a, FACT_TICKET_OPTIONS, 0) & OPTION_CNAME_IN_ADDL_TKT;
}

static void tgs_exchange(struct detection *d, const struct activity *a, struct computer *c)
{
    if (on_behalf(a))
        return;
    if (endless(act_str(a, FACT_TICKET_TILL))) {
        c->windows_tgs++;
        return;
    }
    uint64_t shape = shape_of(a);
    if (c->windows >= detection_param(d, P_HISTORY) && c->windows_tgs >= detection_param(d, P_HISTORY) && !knows(c, shape) && !common(d, shape) &&
        a->outcome == OUTCOME_SUCCESS)
        raise(d, a, unlike(d, a));
    learn(d, c, a, shape);
}

/* ---- events: of the shape only the options are told ---- */

static void event(struct detection *d, const struct activity *a, struct computer *c)
{
    uint64_t options = act_u64(a, FACT_TICKET_OPTIONS, 0) & ~UINT64_C(1), etype = act_u64(a, FACT_TICKET_ETYPE, 0);
    if (a->kind != KIND_CREDENTIALS_VALIDATION || a->outcome != OUTCOME_SUCCESS || options != OPTIONS_RUBEUS)
        return;
    if (kerberos_aes(etype))
        c->plain++;
    else if (kerberos_weak(etype) && !c->plain && !common_machine(a))
        raise(d, a, str_fmt(detection_arena(d), "has options (0x40800010) that tools use and Windows does not, and offers %s alone", kerberos_etype(etype)));
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t key = watch_source(a);
    if (a->protocol != PROTO_KERBEROS || !key || !ip_set(&a->ip) || ip_is_loopback(&a->ip) || !account_set(&a->actor))
        return;
    struct computer *c = table_put(&s->computers, key, NULL);
    if (!c)
        return;
    if (act_has(a, FACT_EVENT_ID))
        event(d, a, c);
    else if (!str_set(act_str(a, FACT_TICKET_TILL)))
        return; /* its request was not seen */
    else if (a->kind == KIND_RESOURCE_ACCESS)
        tgs_exchange(d, a, c);
    else
        as_exchange(d, a, c);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_PREAUTH_ASKED, KIND_RESOURCE_ACCESS, KIND_COUNT};
static const enum kind needs[] = {KIND_CREDENTIALS_VALIDATION, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} got a Kerberos ticket from {} at {} with a request that {*}: a tool that uses a stolen key does so.",
     "{} a obtenu un ticket Kerberos depuis {} le {} avec une requête qui {} : c’est ce que fait un outil qui utilise une clé volée."},
    {"is shaped unlike those of Windows, which this computer sent before (options {}, encryption types {}, end {})",
     "n’a pas la forme de celles de Windows, que cet ordinateur envoyait auparavant (options {}, types de chiffrement {}, fin {})"},
    {"is shaped as {} shapes it (options {}, one encryption type: {}, no name of a computer)",
     "a la forme que lui donne {} (options {}, un seul type de chiffrement : {}, aucun nom d’ordinateur)"},
    {"has options (0x40800010) that tools use and Windows does not, and offers {} alone",
     "a des options (0x40800010) que des outils utilisent et Windows non, et ne propose que {}"},
    {"a weak type", "un type faible"},
    {0}};

const struct detector det_2002 = {
    .external_id = 2002,
    .name = "Suspected overpass-the-hash attack (Kerberos)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_LATERAL_MOVEMENT,
    .attack = {"T1550.002", "T1550.003"},
    .about = "Windows always shapes its Kerberos requests alike: options, encryption types in their order, an end in 2037, the computer's name. Tools "
             "that ask for tickets with a stolen key write requests of their own. The alert is raised when a logon succeeds with a request as Rubeus "
             "or Impacket shape it, and when a computer that sent requests as Windows does sends one of another shape, unless several computers of "
             "the organisation send that shape. Events (4768) tell the options alone: raised when they are a tool's and only RC4 was offered.",
    .blind = "no Kerberos exchange on the network, no event 4768 (Audit Kerberos Authentication Service)",
    .french = {.name = "Attaque overpass-the-hash présumée (Kerberos)",
               .about = "Windows donne toujours la même forme à ses requêtes Kerberos : options, types de chiffrement dans leur ordre, fin en "
                        "2037, nom de l’ordinateur. Les outils qui demandent des tickets avec une clé volée écrivent des requêtes à leur manière. "
                        "L’alerte est levée quand une ouverture de session réussit avec une requête de la forme de Rubeus ou d’Impacket, et quand "
                        "un ordinateur qui envoyait des requêtes comme Windows en envoie une d’une autre forme, sauf si plusieurs ordinateurs de "
                        "l’organisation envoient cette forme. Les événements (4768) ne montrent que les options : l’alerte est levée quand ce sont "
                        "celles d’un outil et que seul RC4 était proposé.",
               .blind = "aucun échange Kerberos sur le réseau, aucun événement 4768 (Auditer le service d’authentification Kerberos)",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
