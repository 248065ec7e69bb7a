/* detect/det_2037.c - a server's account authenticates by NTLM from an address that is not the server's. */
#include "base/hash.h"
#include "detect/common.h"

enum { OWN_DAYS, AFTER_MINUTES, RELAY_MINUTES };

static const struct param params[] = {
    [OWN_DAYS] = {"own_days", 30, "Days for which an address from which a computer used Kerberos counts as its own.",
                                  "Jours pendant lesquels une adresse d’où un ordinateur a utilisé Kerberos compte comme sienne."},
    [AFTER_MINUTES] = {"after_minutes", 10,
                       "Minutes after an NTLM logon of a computer account in which a change of permissions by it counts as a relay.",
                       "Minutes après une ouverture de session NTLM d’un compte d’ordinateur pendant lesquelles une modification de permissions "
                       "par lui compte comme un relais."},
    [RELAY_MINUTES] = {"relay_minutes", 10, "Minutes within which one server challenge on two connections is a relay.",
                                            "Minutes pendant lesquelles un même défi de serveur sur deux connexions est un relais."},
    {0}};

enum { OWN = 8 };
struct host {           /* a computer account */
    struct ip own[OWN]; /* where it used Kerberos from */
    int64_t at[OWN];
    /* the latest NTLM logon from an address that is not known to be its own */
    int64_t ntlm_time;
    struct ip ntlm_ip;
    enum severity severity;
    struct witnesses seen;
    uint32_t unreported;
};

struct answered { /* a server challenge that a client answered */
    struct ip client, server;
    int64_t time;
    bool http;
    struct witness witness;
};

struct state {
    struct table hosts;
    struct table at; /* address -> account key of the computer that uses Kerberos from there */
    struct table challenges;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->hosts, sizeof(struct host), 16384);
    table_init(&s->at, sizeof(uint64_t), 65536);
    table_init(&s->challenges, sizeof(struct answered), 16384);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->hosts);
    table_free(&s->at);
    table_free(&s->challenges);
}

static uint64_t host_key(const struct activity *a)
{
    return hash_stri(watch_bare(&a->actor), 1);
}

/* ---- which addresses are a computer's own ---- */

static void learn(struct state *s, const struct activity *a)
{
    if (!ip_set(&a->ip) || ip_is_loopback(&a->ip) || a->outcome == OUTCOME_FAILURE)
        return;
    uint64_t key = host_key(a);
    struct host *h = table_put(&s->hosts, key, NULL);
    if (!h)
        return;
    unsigned oldest = 0;
    for (unsigned i = 0; i < OWN; i++) {
        if (ip_eq(&h->own[i], &a->ip)) {
            oldest = i;
            break;
        }
        if (h->at[i] < h->at[oldest])
            oldest = i;
    }
    h->own[oldest] = a->ip;
    h->at[oldest] = a->time;
    uint64_t *at = table_put(&s->at, ip_hash(&a->ip), NULL);
    if (at)
        *at = key;
}

enum place { PLACE_OWN, PLACE_UNKNOWN, PLACE_FOREIGN };

static enum place place_of(struct detection *d, const struct activity *a, const struct host *h)
{
    struct state *s = detection_state(d);
    const struct dir *dir = detection_dir(d);
    int64_t since = a->time - (int64_t)(detection_param(d, OWN_DAYS) * (double)TIME_DAY);
    unsigned known = 0;
    for (unsigned i = 0; i < OWN; i++) {
        if (!ip_set(&h->own[i]) || h->at[i] < since)
            continue;
        if (ip_eq(&h->own[i], &a->ip))
            return PLACE_OWN;
        known++;
    }
    struct str name = watch_bare(&a->actor);
    uint32_t there = dir_computer_at(dir, &a->ip), self = dir_computer(dir, str_sub(name, 0, name.n ? name.n - 1 : 0));
    if (there && self)
        return there == self ? PLACE_OWN : PLACE_FOREIGN;
    const uint64_t *user = table_get(&s->at, ip_hash(&a->ip));
    return known || (user && *user != host_key(a)) ? PLACE_FOREIGN : PLACE_UNKNOWN;
}

/* ---- the relay ---- */

static struct str own_text(struct arena *m, const struct host *h)
{
    char text[IP_TEXT];
    struct str all = STR_NONE;
    for (unsigned i = 0; i < OWN; i++)
        if (ip_set(&h->own[i]))
            all = str_fmt(m, "%.*s%s%.*s", STR_ARG(all), str_set(all) ? ", " : "", STR_ARG(ip_text(&h->own[i], text)));
    return str_set(all) ? str_fmt(m, "; its own addresses are %.*s", STR_ARG(all)) : STR(", which is not known to be its own address");
}

static void report(struct detection *d, const struct activity *a, struct host *h, const char *after, struct str object)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    char from[IP_TEXT];
    f.source_ip = h->ntlm_ip;
    f.source_entity = dir_computer_at(detection_dir(d), &h->ntlm_ip);
    f.source_name = STR_NONE; /* the name that the logon shows is the victim's */
    f.source_certainty = 0;
    f.campaign = hash_mix(host_key(a), ip_hash(&h->ntlm_ip));
    f.severity = h->severity;
    f.evidence = &h->seen;
    f.count = h->unreported;
    f.description = str_fmt(m, "%.*s authenticated by NTLM to %.*s from %.*s at %.*s%.*s%s%.*s.", STR_ARG(watch_bare(&a->actor)),
                            STR_ARG(watch_destination_text(m, a)), STR_ARG(ip_text(&h->ntlm_ip, from)), STR_ARG(watch_time(m, h->ntlm_time)),
                            STR_ARG(own_text(m, h)), after, STR_ARG(object));
    h->unreported = 0;
    detection_raise(d, a, &f);
}

/* NTLM version 2 with a session key that a relay could not use for signing: nothing of 4624 says more. On the wire the client's last
 * flags say whether the session will be signed, and the integrity code guards them. */
static enum severity severity_of(const struct activity *a)
{
    enum { SIGN = 0x10 }; /* MS-NLMP 2.2.2.5 */
    bool v2 = str_eqi(act_str(a, FACT_LM_PACKAGE), STR("NTLM V2"));
    if (act_has(a, FACT_CARRIER)) {
        bool signs = act_u64(a, FACT_NTLM_FLAGS, 0) & SIGN;
        return v2 && signs && str_eq(act_str(a, FACT_NTLM_MIC), STR("present")) ? SEVERITY_LOW : SEVERITY_MEDIUM;
    }
    return v2 && act_u64(a, FACT_KEY_LENGTH, 0) >= 128 ? SEVERITY_LOW : SEVERITY_MEDIUM;
}

static void ntlm_logon(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct dir *dir = detection_dir(d);
    if (!ip_set(&a->ip) || ip_is_loopback(&a->ip) || a->outcome == OUTCOME_FAILURE)
        return;
    struct host *h = table_put(&s->hosts, host_key(a), NULL);
    enum place place = h ? place_of(d, a, h) : PLACE_OWN;
    if (place == PLACE_OWN)
        return;
    if (h->ntlm_time && a->time - h->ntlm_time > TIME_DAY) {
        witness_clear(&h->seen);
        h->unreported = 0;
    }
    h->ntlm_time = a->time;
    h->ntlm_ip = a->ip;
    h->severity = severity_of(a);
    h->unreported++;
    witness_add(&h->seen, a);
    bool matters = dir_is(dir, a->actor_entity, ENTITY_EXCHANGE) || dir_is(dir, a->actor_entity, ENTITY_DC) || dir_dc_destination(dir, a);
    if (place == PLACE_FOREIGN && matters)
        report(d, a, h, "", STR(""));
}

/* WRITE_DAC on, or a new security descriptor of, a directory object: what a relayed Exchange server is used for. */
static bool permissions_changed(const struct activity *a)
{
    if (a->kind == KIND_DIRECTORY_ACCESS)
        return act_u64(a, FACT_ACCESS_MASK, 0) & 0x40000u;
    return str_eqi(act_str(a, FACT_ATTRIBUTE), STR("nTSecurityDescriptor"));
}

static void change(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct host *h = table_get(&s->hosts, host_key(a));
    if (!h || !h->ntlm_time || a->outcome == OUTCOME_FAILURE || !permissions_changed(a))
        return;
    if (a->time - h->ntlm_time > (int64_t)(detection_param(d, AFTER_MINUTES) * (double)TIME_MINUTE))
        return;
    h->unreported++;
    witness_add(&h->seen, a);
    struct str dn = act_str(a, FACT_DN);
    enum severity low_or_not = h->severity;
    h->severity = SEVERITY_MEDIUM; /* the session could write: it was not held up by signing */
    report(d, a, h, "; then the permissions of a directory object were changed in its name",
           str_set(dn) ? str_fmt(detection_arena(d), ": %.*s", STR_ARG(dn)) : STR(""));
    h->severity = low_or_not;
}

/* ---- the relay itself: a challenge is new for each connection, so one that is answered on two was handed on ---- */

static struct answered answered_of(const struct activity *a)
{
    struct witnesses one = {0};
    witness_add(&one, a);
    return (struct answered){a->ip, a->destination_ip, a->time, str_eq(act_str(a, FACT_CARRIER), STR("HTTP")), one.w[0]};
}

/* The relay answers from where the victim's answer came to, or from a tunnel's end; else who answered first is the victim. */
static bool of_relay(const struct answered *x, const struct answered *other)
{
    return ip_eq(&x->client, &other->server) || ip_is_loopback(&x->client);
}

static const char *taken(const struct activity *a)
{
    return a->outcome == OUTCOME_SUCCESS ? "took" : a->outcome == OUTCOME_FAILURE ? "refused" : "did not visibly answer";
}

static void report_relay(struct detection *d, const struct activity *a, const struct answered *first)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    struct witnesses seen = {0};
    struct answered now = answered_of(a);
    bool late = of_relay(first, &now) && !of_relay(&now, first); /* the victim's answer is the later one; neither when it comes back to it */
    const struct answered *victim = late ? &now : first, *relay = late ? first : &now;
    char from[IP_TEXT], middle[IP_TEXT], end[IP_TEXT], to[IP_TEXT];
    f.source_ip = victim->server; /* who took the victim's answer */
    f.source_entity = dir_computer_at(detection_dir(d), &victim->server);
    f.source_name = STR_NONE;
    f.source_certainty = 0;
    f.destination_ip = relay->server;
    f.campaign = hash_mix(host_key(a), ip_hash(&victim->server));
    f.severity = severity_of(a);
    common_witness(&seen, &first->witness);
    f.evidence = &seen;
    struct str through = ip_eq(&relay->client, &victim->server) ? STR("") : str_fmt(m, " through %.*s", STR_ARG(ip_text(&relay->client, end)));
    struct str server = str_set(a->destination) ? a->destination : ip_text(&relay->server, to);
    f.description = str_fmt(m,
                            "The NTLM authentication of %.*s from %.*s to %.*s was relayed%.*s to %.*s at %.*s: both answered the same server "
                            "challenge %.*s. The server %s it.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(ip_text(&victim->client, from)), STR_ARG(ip_text(&victim->server, middle)),
                            STR_ARG(through), STR_ARG(server), STR_ARG(watch_time(m, a->time)), STR_ARG(act_str(a, FACT_NTLM_CHALLENGE)), taken(a));
    detection_raise(d, a, &f);
}

/* A reverse proxy hands NTLM on from HTTP to HTTP, and a balancer from one client to a server of its choice: neither is judged. */
/* True when it was told. */
static bool challenged(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str challenge = act_str(a, FACT_NTLM_CHALLENGE);
    bool fresh;
    if (!str_set(challenge) || !ip_set(&a->ip) || !ip_set(&a->destination_ip))
        return false;
    struct answered *first = table_put(&s->challenges, hash_str(challenge, 5), &fresh), now = answered_of(a);
    int64_t window = (int64_t)(detection_param(d, RELAY_MINUTES) * (double)TIME_MINUTE);
    if (!first)
        return false;
    if (fresh || a->time - first->time > window) {
        *first = now;
        return false;
    }
    if (ip_eq(&first->client, &now.client) || ip_eq(&first->server, &now.server) || (first->http && now.http))
        return false;
    report_relay(d, a, first);
    return true;
}

/* Whom the client meant to reach, as the signed part of its response says (MsvAvTargetName, MS-NLMP 2.2.2.1): the host of cifs/host. */
static struct str meant(const struct activity *a)
{
    struct str spn = act_str(a, FACT_SPN), service, host;
    if (!str_cut(&spn, '/', &service) || !str_set(spn) || !str_cut(&spn, '/', &host))
        return STR_NONE;
    return host;
}

/* A response that was meant for the computer that it now comes from. */
static bool meant_for_sender(const struct dir *dir, const struct activity *a)
{
    struct str host = meant(a);
    struct ip ip;
    uint16_t port;
    if (!host.n || !ip_set(&a->ip) || ip_eq(&a->ip, &a->destination_ip))
        return false;
    if (ip_parse(host, &ip, &port))
        return ip_eq(&ip, &a->ip);
    uint32_t there = dir_computer_at(dir, &a->ip);
    return there && there == dir_computer(dir, host) && there != a->destination_entity;
}

static void report_meant(struct detection *d, const struct activity *a)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    char from[IP_TEXT];
    f.source_entity = dir_computer_at(detection_dir(d), &a->ip);
    f.source_name = STR_NONE;
    f.source_certainty = 0;
    f.campaign = hash_mix(host_key(a), ip_hash(&a->ip));
    f.severity = severity_of(a);
    f.description =
        str_fmt(m,
                "An NTLM authentication of %.*s that was meant for %.*s came from there (%.*s) to %.*s at %.*s: it was relayed. The server "
                "%s it.",
                STR_ARG(account_text(&a->actor)), STR_ARG(meant(a)), STR_ARG(ip_text(&a->ip, from)), STR_ARG(watch_destination_text(m, a)),
                STR_ARG(watch_time(m, a->time)), taken(a));
    detection_raise(d, a, &f);
}

static void relayed(struct detection *d, const struct activity *a)
{
    if (!challenged(d, a) && meant_for_sender(detection_dir(d), a))
        report_meant(d, a);
}

static void see(struct detection *d, const struct activity *a)
{
    bool wire = a->kind == KIND_CREDENTIALS_VALIDATION && watch_ntlm(a) && act_has(a, FACT_CARRIER);
    if (wire && !watch_builtin(&a->actor))
        relayed(d, a);
    if (!watch_machine(watch_bare(&a->actor)) || watch_builtin(&a->actor))
        return;
    if (a->kind == KIND_DIRECTORY_ACCESS || a->kind == KIND_OBJECT_CHANGED)
        change(d, a);
    else if (watch_kerberos(a))
        learn(detection_state(d), a);
    else if (wire || (a->kind == KIND_NETWORK_LOGON && watch_ntlm(a)))
        ntlm_logon(d, a);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_RESOURCE_ACCESS, KIND_TICKET_RENEWAL, KIND_NETWORK_LOGON,
                                  KIND_DIRECTORY_ACCESS,       KIND_OBJECT_CHANGED,  KIND_COUNT};
static const enum kind needs[] = {KIND_NETWORK_LOGON, KIND_CREDENTIALS_VALIDATION, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} authenticated by NTLM to {} from {} at {}{*}{?}.", "{} s’est authentifié par NTLM auprès de {} depuis {} le {}{}{}."},
    {"; its own addresses are {}", " ; ses propres adresses sont {}"},
    {", which is not known to be its own address", ", qui n’est pas connue comme son adresse"},
    {"; then the permissions of a directory object were changed in its name: {}",
     " ; ensuite les permissions d’un objet d’annuaire ont été modifiées en son nom : {}"},
    {"; then the permissions of a directory object were changed in its name",
     " ; ensuite les permissions d’un objet d’annuaire ont été modifiées en son nom"},
    {"The NTLM authentication of {} from {} to {} was relayed{?} to {} at {}: both answered the same server challenge {}. The server {*} it.",
     "L’authentification NTLM de {} depuis {} vers {} a été relayée{} vers {} le {} : les deux ont répondu au même défi de serveur {}. Le serveur "
     "{}."},
    {" through {}", " par {}"},
    {"An NTLM authentication of {} that was meant for {} came from there ({}) to {} at {}: it was relayed. The server {*} it.",
     "Une authentification NTLM de {} qui était destinée à {} est venue de là ({}) vers {} le {} : elle a été relayée. Le serveur {}."},
    {"took", "l’a acceptée"},
    {"refused", "l’a refusée"},
    {"did not visibly answer", "n’y a pas visiblement répondu"},
    {0}};

const struct detector det_2037 = {
    .external_id = 2037,
    .name = "Suspected NTLM relay attack (Exchange account)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_LATERAL_MOVEMENT,
    .attack = {"T1557.001", "T1187"},
    .about =
        "The account of a computer, an Exchange server above all, authenticates by NTLM from an address that is not its own. Its own addresses "
        "are those "
        "that the directory gives and those from which it uses Kerberos. Raised when the address is foreign and the account is that of an "
        "Exchange server "
        "or controller or the logon goes to a controller; and when the address is merely unknown but the logon is followed by a change of "
        "permissions in "
        "the directory. On the network also when the same server challenge is answered on two connections of different computers: the authentication "
        "of "
        "whatever account was handed on; and when a response whose signed part names the computer that it was meant for comes from that very "
        "computer to another. From HTTP to HTTP that is what reverse proxies do, and raises nothing. NTLM version 2 lowers the severity "
        "when the session is signed: by its flags and integrity code on the network, by a 128-bit session key in events.",
    .blind = "no network logons with addresses (event 4624: Audit Logon), and no NTLM authentications from network traffic",
    .french = {.name = "Attaque par relais NTLM présumée (compte Exchange)",
               .about = "Le compte d’un ordinateur, un serveur Exchange avant tout, s’authentifie par NTLM depuis une adresse qui n’est pas la "
                        "sienne. Les siennes sont celles que donne l’annuaire et celles d’où il utilise Kerberos. Levée quand l’adresse est "
                        "étrangère et que le compte est celui d’un serveur Exchange ou d’un contrôleur, ou que l’ouverture de session va vers un "
                        "contrôleur ; et quand l’adresse est seulement inconnue mais que l’ouverture de session est suivie d’une modification de "
                        "permissions dans l’annuaire. Sur le réseau, aussi, quand il est répondu au même défi d’un serveur sur deux connexions "
                        "d’ordinateurs différents : l’authentification d’un compte, quel qu’il soit, a été transmise ; et quand une réponse dont "
                        "la partie signée nomme l’ordinateur auquel elle était destinée va de cet ordinateur même vers un autre. De HTTP à HTTP, "
                        "c’est ce que font les mandataires inverses, et cela ne lève rien. NTLM version 2 abaisse la gravité quand la session est "
                        "signée : par ses indicateurs et son code d’intégrité sur le réseau, par une clé de session de 128 bits dans les "
                        "événements.",
               .blind = "aucune ouverture de session réseau avec adresse (événement 4624 : Auditer l’ouverture de session), et aucune "
                        "authentification NTLM dans le trafic réseau",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
