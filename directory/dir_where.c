/* directory/dir_where.c - which computer is at which address, when, how sure that is and how it is known.
 *
 * Sightings are kept by address, name, day and kind of evidence, each with its first and last moment of that day: sets and minima, so that any
 * order of learning gives the same. An address that only one computer ever had by strong evidence is that computer's at all times. Otherwise the sighting nearest in
 * time says whose it was; where two computers have it at the same time it is nobody's (NAT, a terminal server). */
#include "directory/dir_items.h"

#include "base/hash.h"

#include <stdlib.h>

enum { SEVERAL = 1 }; /* in `names` */

static const struct {
    uint8_t certainty;
    struct str text;
} sources[DIR_SOURCE_COUNT] = {
#define X(id, certainty, text) [DIR_SOURCE_##id] = {certainty, {text, sizeof(text) - 1}},
    DIR_SOURCES(X)
#undef X
};

struct str dir_source_text(enum dir_source s)
{
    return s < DIR_SOURCE_COUNT ? sources[s].text : STR_NONE;
}

/* Strong evidence ties a computer to the address; the rest is what a client or a name service says. */
static bool strong(uint32_t source)
{
    return source >= DIR_SOURCE_LEASE;
}

static bool proof(uint32_t source)
{
    return source > DIR_SOURCE_SERVER;
}

/* ---- learning ---- */

static bool news(struct dir_learner *l, const struct ip *ip, uint64_t host)
{
    bool fresh;
    uint64_t *v = table_put(&l->names, ip_hash(ip), &fresh);
    bool same = v && *v == host;
    if (v && !same)
        *v = fresh ? host : SEVERAL;
    return !same;
}

static struct str text_of(struct dir_learner *l, struct str name, uint64_t host)
{
    bool fresh;
    struct str *text = table_put(&l->hosts, host, &fresh);
    if (text && fresh)
        *text = str_dup(&l->text, name);
    return text ? *text : STR_NONE;
}

static void sighting(struct dir_learner *l, const struct dir_address *x)
{
    bool fresh;
    struct str name = dir_host_part(x->host);
    if (!str_set(name) || name.n > 63 || !ip_set(&x->ip) || ip_is_loopback(&x->ip))
        return;
    uint64_t host = hash_stri(name, 3), key = hash_mix(hash_mix(ip_hash(&x->ip), host), (uint64_t)time_day(x->first));
    struct dir_address *at = table_put(&l->at, hash_mix(key, x->source), &fresh);
    if (!at)
        return;
    if (fresh) {
        *at = *x;
        at->host = text_of(l, name, host);
        l->others += news(l, &x->ip, host);
        return;
    }
    at->first = x->first < at->first ? x->first : at->first;
    at->last = x->last > at->last ? x->last : at->last;
}

static void seen(struct dir_learner *l, const struct activity *a, const struct ip *ip, struct str host, enum dir_source source)
{
    sighting(l, &(struct dir_address){.ip = *ip, .host = host, .first = a->time, .last = a->time, .source = (uint8_t)source});
}

/* From packets rather than from a log. */
static bool on_the_wire(const struct activity *a)
{
    return ip_set(&a->destination_ip) && !act_has(a, FACT_EVENT_ID);
}

static enum dir_source named_by(const struct activity *a)
{
    struct str how = act_str(a, FACT_OPERATION);
    if (str_eq(how, STR("NETLOGON")))
        return DIR_SOURCE_LOCATOR;
    if (str_eq(how, STR("DHCP lease")))
        return DIR_SOURCE_LEASE;
    return str_starts(how, STR("NetBIOS")) ? DIR_SOURCE_NETBIOS : DIR_SOURCE_REQUEST;
}

/* A machine account that authenticates from an address lives there. */
static void machine_account(struct dir_learner *l, const struct activity *a)
{
    if (a->outcome != OUTCOME_SUCCESS || !str_ends(a->actor.name, STR("$")))
        return;
    if (a->protocol == PROTO_KERBEROS && (a->kind == KIND_CREDENTIALS_VALIDATION || a->kind == KIND_RESOURCE_ACCESS))
        seen(l, a, &a->ip, a->actor.name, DIR_SOURCE_ACCOUNT);
}

/* The host of a service that took the ticket for it: "cifs/fs1.corp.example.test", "host/ws1". The password service of the realm is named
 * "kadmin/changepw" wherever it is (RFC 3244 2). */
static struct str served(const struct activity *a)
{
    struct str spn = act_str(a, FACT_SPN);
    ptrdiff_t slash = str_chr(spn, '/');
    if (a->protocol != PROTO_KERBEROS || slash <= 0 || str_startsi(spn, STR("kadmin/")))
        return STR_NONE;
    struct str host = str_from(spn, (size_t)slash + 1);
    ptrdiff_t end = str_chr(host, '/');
    host = end >= 0 ? str_sub(host, 0, (size_t)end) : host;
    end = str_chr(host, ':');
    host = end >= 0 ? str_sub(host, 0, (size_t)end) : host;
    struct ip ip;
    return ip_parse(host, &ip, NULL) ? STR_NONE : host;
}

/* An authentication that another protocol carried: the server names itself. */
struct str dir_where_server(const struct activity *a)
{
    if (!on_the_wire(a) || !act_has(a, FACT_CARRIER) || a->outcome != OUTCOME_SUCCESS)
        return STR_NONE;
    struct str host = served(a);
    return str_set(host) ? host : a->destination;
}

/* An answer with an address of the organisation's own networks. */
static void dns_answer(struct dir_learner *l, const struct activity *a)
{
    enum { DNS_A = 1 };
    struct ip ip;
    if (act_u64(a, FACT_DNS_TYPE, 0) == DNS_A && ip_parse(act_str(a, FACT_DNS_DATA), &ip, NULL) && ip_is_private(&ip))
        seen(l, a, &ip, act_str(a, FACT_DNS_NAME), DIR_SOURCE_DNS);
}

/* Who answers as a key distribution centre, takes logons over LDAP, or says what only Active Directory says. */
static bool answers_as_controller(const struct activity *a)
{
    bool carrier = act_has(a, FACT_CARRIER);
    bool logon = a->kind == KIND_CREDENTIALS_VALIDATION || a->kind == KIND_RESOURCE_ACCESS;
    if (a->kind == KIND_PREAUTH_ASKED)
        return true;
    if (a->outcome == OUTCOME_UNKNOWN || (!logon && a->kind != KIND_LDAP_BIND))
        return false;
    if (a->kind == KIND_LDAP_BIND)
        return str_set(act_str(a, FACT_FAILURE_REASON)) ? a->code == 49 : a->outcome == OUTCOME_SUCCESS && (str_set(a->actor.upn) || str_set(a->actor.domain));
    return carrier ? a->outcome == OUTCOME_SUCCESS && str_eq(act_str(a, FACT_CARRIER), STR("LDAP")) : a->protocol == PROTO_KERBEROS;
}

static void controller(struct dir_learner *l, const struct ip *ip)
{
    bool fresh;
    struct ip *at = table_put(&l->controllers, ip_hash(ip), &fresh);
    if (at && fresh) {
        *at = *ip;
        l->others++;
    }
}

static uint64_t pull_key(const struct ip *client, const struct ip *server)
{
    return hash_mix(ip_hash(client), ip_hash(server));
}

static void pull(struct dir_learner *l, const struct dir_pull *x)
{
    bool fresh;
    struct dir_pull *at = table_put(&l->pulls, pull_key(&x->client, &x->server), &fresh);
    if (at && fresh) {
        *at = *x;
        l->others++;
    }
}

void dir_where_learn(struct dir_learner *l, const struct activity *a)
{
    if (a->kind == KIND_NAME_SEEN) {
        seen(l, a, &a->ip, a->device, named_by(a));
        if (named_by(a) == DIR_SOURCE_LOCATOR)
            controller(l, &a->ip);
        return;
    }
    machine_account(l, a);
    if (!on_the_wire(a))
        return;
    if (str_set(dir_where_server(a)))
        seen(l, a, &a->destination_ip, dir_where_server(a), str_set(served(a)) ? DIR_SOURCE_TICKET : DIR_SOURCE_SERVER);
    if (str_set(a->device) && act_has(a, FACT_CARRIER) && a->outcome == OUTCOME_SUCCESS)
        seen(l, a, &a->ip, a->device, DIR_SOURCE_CLAIM);
    if (a->kind == KIND_DIRECTORY_REPLICATION && a->outcome == OUTCOME_SUCCESS && str_ends(a->actor.name, STR("$")))
        pull(l, &(struct dir_pull){a->ip, a->destination_ip});
    if (a->kind == KIND_DNS_QUERY)
        dns_answer(l, a);
    if (answers_as_controller(a))
        controller(l, &a->destination_ip);
}

void dir_where_merge(struct dir_learner *into, const struct dir_learner *from)
{
    struct table *at = (struct table *)(uintptr_t)&from->at, *controllers = (struct table *)(uintptr_t)&from->controllers; /* walking sets no bit */
    struct table *pulls = (struct table *)(uintptr_t)&from->pulls;
    uint32_t i = 0;
    for (const struct dir_address *x; (x = table_each(at, &i, NULL)) != NULL;)
        sighting(into, x);
    i = 0;
    for (const struct ip *x; (x = table_each(controllers, &i, NULL)) != NULL;)
        controller(into, x);
    i = 0;
    for (const struct dir_pull *x; (x = table_each(pulls, &i, NULL)) != NULL;)
        pull(into, x);
}

/* ---- building ---- */

static int by_place(const void *x, const void *y)
{
    const struct dir_sighting *a = x, *b = y;
    int c = memcmp(a->ip.b, b->ip.b, sizeof a->ip.b);
    if (c)
        return c;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    if (a->last != b->last)
        return a->last < b->last ? -1 : 1;
    return a->computer != b->computer ? (a->computer < b->computer ? -1 : 1) : (int)a->source - (int)b->source;
}

static size_t sightings(const struct dir *d, const struct dir_known *k, struct dir_sighting *out)
{
    size_t n = 0;
    for (size_t i = 0; i < k->nlearners; i++) {
        uint32_t at = 0;
        for (const struct dir_address *x; (x = table_each(&k->learners[i]->at, &at, NULL)) != NULL;) {
            uint32_t computer = dir_computer(d, x->host);
            if (computer)
                out[n++] = (struct dir_sighting){x->ip, computer, x->source, x->first, x->last};
        }
    }
    return n;
}

static int by_evidence(const void *x, const void *y)
{
    const struct dir_sighting *a = x, *b = y;
    int c = memcmp(a->ip.b, b->ip.b, sizeof a->ip.b);
    if (c || a->computer != b->computer)
        return c ? c : a->computer < b->computer ? -1 : 1;
    int64_t days = time_day(a->first) - time_day(b->first);
    return days ? (days < 0 ? -1 : 1) : (int)a->source - (int)b->source;
}

/* What several learners know of the same day is one sighting, as if one had seen it all. */
static size_t joined(struct dir_sighting *x, size_t n)
{
    size_t kept = 0;
    qsort(x, n, sizeof *x, by_evidence);
    for (size_t i = 0; i < n; i++) {
        struct dir_sighting *last = kept ? &x[kept - 1] : NULL;
        if (!last || by_evidence(last, &x[i]) != 0) {
            x[kept++] = x[i];
            continue;
        }
        last->first = x[i].first < last->first ? x[i].first : last->first;
        last->last = x[i].last > last->last ? x[i].last : last->last;
    }
    return kept;
}

/* The best evidence, if all that is strong names the same computer: true when that is the answer at all times. */
static bool fix(struct dir *d, const struct dir_sighting *x, size_t n)
{
    const struct dir_sighting *best = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!strong(x[i].source))
            continue;
        if (best && best->computer != x[i].computer)
            return false;
        best = !best || x[i].source > best->source ? &x[i] : best;
    }
    struct dir_fixed *at = best ? table_put(&d->at, ip_hash(&best->ip), NULL) : NULL;
    if (at)
        *at = (struct dir_fixed){best->ip, best->computer, best->source};
    return at != NULL;
}

/* Whether y goes on where x left off, with nothing else seen at the address from x's end to y's beginning: a day away from one of them at
 * most, and so as certain as within them. `latest`: the end of what was seen before x. */
static bool goes_on(const struct dir_sighting *x, const struct dir_sighting *y, int64_t latest, const struct dir_sighting *after)
{
    return x->computer == y->computer && x->source == y->source && x->last < y->first && y->first - x->last <= 2 * TIME_DAY &&
           latest < x->last && (!after || after->first > y->first);
}

/* Of one address, in order of time. Who asks gets the same answer from fewer sightings. */
static size_t bridged(struct dir_sighting *x, size_t n)
{
    size_t kept = 1;
    int64_t latest = INT64_MIN;
    for (size_t i = 1; i < n; i++) {
        struct dir_sighting *before = &x[kept - 1];
        if (goes_on(before, &x[i], latest, i + 1 < n ? &x[i + 1] : NULL)) {
            before->last = x[i].last;
            continue;
        }
        latest = before->last > latest ? before->last : latest;
        x[kept++] = x[i];
    }
    return kept;
}

/* Keeps the sightings only of addresses that were not one computer's: of most there is nothing to choose from. */
static void index_places(struct dir *d)
{
    size_t kept = 0;
    for (size_t i = 0, n; i < d->nplaces; i += n) {
        struct dir_sighting *x = &d->places[i];
        for (n = 1; i + n < d->nplaces && ip_eq(&x[n].ip, &x->ip); n++)
            ;
        struct dir_span *span = fix(d, x, n) ? NULL : table_put(&d->place_at, ip_hash(&x->ip), NULL);
        if (!span)
            continue;
        *span = (struct dir_span){(uint32_t)kept, (uint32_t)bridged(x, n)};
        memmove(&d->places[kept], x, span->n * sizeof *x);
        kept += span->n;
    }
    d->nplaces = kept;
    struct dir_sighting *fitting = realloc(d->places, (kept + 1) * sizeof *fitting);
    d->places = fitting ? fitting : d->places;
}

void dir_where_put(struct dir *d, const struct ip *ip, uint32_t computer)
{
    struct dir_fixed *at = table_put(&d->at, ip_hash(ip), NULL);
    if (at)
        *at = (struct dir_fixed){*ip, computer, DIR_SOURCE_CONFIGURED};
}

void dir_where_controllers(struct dir *d)
{
    uint32_t at = 0;
    for (const struct dir_fixed *x; (x = table_each(&d->at, &at, NULL)) != NULL;)
        if (proof(x->source) && dir_is(d, x->computer, ENTITY_DC))
            (void)table_put(&d->controllers, ip_hash(&x->ip), NULL);
}

static void is_controller(struct dir *d, const struct ip *ip)
{
    const struct dir_fixed *at = table_get(&d->at, ip_hash(ip));
    if (at && proof(at->source) && at->computer)
        d->entities[at->computer].flags |= ENTITY_DC;
    (void)table_put(&d->controllers, ip_hash(ip), NULL);
}

static bool pulled(const struct dir_known *k, const struct ip *client, const struct ip *server)
{
    for (size_t i = 0; i < k->nlearners; i++)
        if (table_get(&k->learners[i]->pulls, pull_key(client, server)))
            return true;
    return false;
}

/* What answered as a controller, and machines that replicate from each other under their own accounts. */
static void proven(struct dir *d, const struct dir_known *k, struct dir_learner *l)
{
    uint32_t at = 0;
    for (const struct ip *x; (x = table_each(&l->controllers, &at, NULL)) != NULL;)
        is_controller(d, x);
    at = 0;
    for (const struct dir_pull *x; (x = table_each(&l->pulls, &at, NULL)) != NULL;)
        if (pulled(k, &x->server, &x->client)) {
            is_controller(d, &x->client);
            is_controller(d, &x->server);
        }
}

int dir_where_build(struct dir *d, const struct dir_known *k)
{
    size_t room = 0;
    for (size_t i = 0; i < k->nlearners; i++)
        room += k->learners[i]->at.n;
    d->places = calloc(room + 1, sizeof *d->places);
    if (!d->places)
        return ERR_MEMORY;
    d->nplaces = joined(d->places, sightings(d, k, d->places));
    qsort(d->places, d->nplaces, sizeof *d->places, by_place);
    index_places(d);
    for (size_t i = 0; k->import && i < k->import->n; i++)
        if (ip_set(&k->import->entries[i].ip))
            dir_where_put(d, &k->import->entries[i].ip, dir_account(d, &k->import->entries[i].base.ref));
    for (size_t i = 0; i < k->nlearners; i++)
        proven(d, k, k->learners[i]);
    return 0;
}

/* ---- asking ---- */

static struct table *shared(const struct table *t)
{
    return (struct table *)(uintptr_t)t; /* a built directory never evicts: see dir.c */
}

/* A workstation that leases its address under a controller's name, or claims the name, is no controller. */
static bool pretends(const struct dir *d, uint32_t computer, uint32_t source)
{
    return !proof(source) && dir_is(d, computer, ENTITY_DC);
}

static const struct dir_fixed *fixed(const struct dir *d, const struct ip *ip)
{
    return ip_set(ip) ? table_get(shared(&d->at), ip_hash(ip)) : NULL;
}

uint32_t dir_computer_at(const struct dir *d, const struct ip *ip)
{
    const struct dir_fixed *at = fixed(d, ip);
    return at ? at->computer : 0;
}

static int64_t apart(const struct dir_sighting *x, int64_t t)
{
    return t < x->first ? x->first - t : t > x->last ? t - x->last : 0;
}

/* The nearer in time; of equally near ones the better evidence. */
static bool better(const struct dir_sighting *x, const struct dir_sighting *than, int64_t t)
{
    if (!than || strong(x->source) != strong(than->source))
        return !than || strong(x->source);
    int64_t a = apart(x, t), b = apart(than, t);
    return a != b ? a < b : x->source > than->source;
}

/* The certainty goes down with the time since, and where another computer had the address within the hour. */
static bool weigh(const struct dir_sighting *x, const struct dir_sighting *other, int64_t t, struct dir_place *out)
{
    int64_t away = apart(x, t);
    uint8_t sure = sources[x->source].certainty;
    if (away > 8 * TIME_DAY || (other && away == 0 && apart(other, t) == 0))
        return false;
    if (away > TIME_DAY)
        sure = (uint8_t)(sure - 20);
    if (other && apart(other, t) < TIME_HOUR)
        sure = sure > 60 ? 60 : sure;
    *out = (struct dir_place){x->computer, sure, (enum dir_source)x->source};
    return true;
}

struct str dir_known_by(const struct dir *d, uint32_t computer, const struct ip *ip, int64_t time)
{
    struct dir_place at;
    return computer && dir_where(d, ip, time, &at) && at.computer == dir_number(d, computer) ? dir_source_text(at.source) : STR_NONE;
}

bool dir_where(const struct dir *d, const struct ip *ip, int64_t time, struct dir_place *out)
{
    const struct dir_fixed *only = fixed(d, ip);
    if (only) {
        *out = (struct dir_place){only->computer, sources[only->source].certainty, (enum dir_source)only->source};
        return only->computer != 0 && !pretends(d, only->computer, only->source);
    }
    const struct dir_span *span = ip_set(ip) ? table_get(shared(&d->place_at), ip_hash(ip)) : NULL;
    const struct dir_sighting *best = NULL, *other = NULL;
    for (uint32_t i = 0; span && i < span->n; i++)
        if (better(&d->places[span->from + i], best, time))
            best = &d->places[span->from + i];
    for (uint32_t i = 0; best && i < span->n; i++) {
        const struct dir_sighting *x = &d->places[span->from + i];
        if (x->computer != best->computer && strong(x->source) == strong(best->source) && (!other || apart(x, time) < apart(other, time)))
            other = x;
    }
    return best && !pretends(d, best->computer, best->source) && weigh(best, other, time, out);
}
