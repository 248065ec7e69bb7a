/* api/api_vpn.c - VPN gateways, as RADIUS accounting names them: how many connect through each, who told of it, and the IP range of its address. */
#include "api/answer.h"

#include "base/hash.h"
#include "base/ip.h"
#include "base/table.h"
#include "store/tab_inputs.h"
#include "store/tab_subnets.h"

enum { CONNECTIONS = 10000, GATEWAYS = 200, SOURCES = 64, CATEGORY_VPN = 4 };

struct range {
    struct str id, name;
    int64_t category; /* 0: none */
};

struct gateway {
    struct str name; /* what the accounting calls it, absent: nothing */
    struct ip address;
    uint64_t sessions, rejected, people;
    int64_t first, last;
    uint64_t sources; /* bit per struct source */
    struct range range;
};

struct source {
    struct str name; /* of the sensor, or of the input */
    bool sensor;
};

struct survey {
    struct api_request *q;
    struct gateway *all; /* newest connection first */
    size_t n;
    bool more;           /* there are gateways without room */
    uint64_t connections;
    struct source *sources;
    size_t nsources;
    struct table numbers; /* of gateways, sources and whoever was counted, by what they are */
    struct arena scratch;
};

/* ---- who told of it ---- */

static struct source source_of(const struct stored_input *in)
{
    static const struct str sensors = {"sensor/", 7}; /* api/api_sensors.c */
    bool sensor = str_starts(in->name, sensors);
    return (struct source){sensor ? str_from(in->name, sensors.n) : in->name, sensor};
}

/* A sensor's batches are one source, and so are files of one name. What comes when there is no room counts as the last. */
static size_t add_source(struct survey *s, struct source x)
{
    size_t i = 0;
    while (i < s->nsources && !(s->sources[i].sensor == x.sensor && str_eq(s->sources[i].name, x.name)))
        i++;
    if (i == SOURCES)
        return SOURCES - 1;
    if (i == s->nsources)
        s->sources[s->nsources++] = (struct source){str_dup(s->q->arena, x.name), x.sensor};
    return i;
}

/* The bit of an input; none for one that is not listed any more. */
static int find_source(struct survey *s, uint32_t input, uint64_t *bit)
{
    bool is_new;
    struct stored_input in;
    uint64_t *kept = table_put(&s->numbers, hash_mix(input, 1), &is_new);
    if (!kept)
        return ERR_MEMORY;
    if (is_new) {
        arena_reset(&s->scratch);
        int err = tab_inputs_get(s->q->db, &s->scratch, input, &in);
        if (err && err != ERR_NOT_FOUND)
            return err;
        *kept = err ? 0 : UINT64_C(1) << add_source(s, source_of(&in));
    }
    *bit = *kept;
    return 0;
}

/* ---- connections ---- */

/* NULL: no room. */
static struct gateway *find_gateway(struct survey *s, const struct activity *a, uint64_t *key)
{
    bool is_new;
    *key = hash_mix(hash_stri(a->destination, 2), ip_hash(&a->destination_ip));
    uint64_t *index = table_put(&s->numbers, *key, &is_new);
    if (!index)
        return NULL;
    if (is_new && s->n < GATEWAYS) {
        s->all[s->n] = (struct gateway){.name = str_dup(s->q->arena, a->destination), .address = a->destination_ip, .first = a->time, .last = a->time};
        *index = ++s->n;
    }
    s->more |= *index == 0;
    return *index ? &s->all[*index - 1] : NULL;
}

/* True the first time that this is asked about the gateway. */
static bool first_time(struct survey *s, uint64_t gateway, uint64_t what)
{
    bool is_new = false;
    return table_put(&s->numbers, hash_mix(gateway, what), &is_new) && is_new;
}

static int count(void *owner, const struct actlog_row *row)
{
    struct survey *s = owner;
    const struct activity *a = &row->activity;
    uint64_t key, source = 0;
    s->connections++;
    struct gateway *g = find_gateway(s, a, &key);
    if (!g)
        return 0;
    uint64_t who = a->actor_entity ? hash_mix(a->actor_entity, 3) : hash_stri(account_text(&a->actor), 3);
    g->first = a->time < g->first ? a->time : g->first;
    g->last = a->time > g->last ? a->time : g->last;
    if (a->outcome == OUTCOME_FAILURE)
        g->rejected++;
    else if (!str_set(a->session) || first_time(s, key, hash_mix(who, hash_stri(a->session, 4)))) /* a start that nobody acknowledged is sent again */
        g->sessions++;
    if (a->outcome != OUTCOME_FAILURE && first_time(s, key, who))
        g->people++;
    int err = find_source(s, a->origin.input, &source);
    g->sources |= source;
    return err;
}

static int look(struct survey *s, bool *more)
{
    const struct filter_value kind = {.text = kind_text(KIND_VPN_CONNECTION)};
    const struct filter_term term = {.field = FIELD_ACTIVITY_KIND, .match = MATCH_EQ, .values = &kind, .n = 1};
    const struct filter f = {&term, 1};
    const struct actlog_query ask = {.filter = &f, .view = &s->q->caller->activities, .limit = CONNECTIONS};
    return actlog_query(s->q->log, &ask, count, s, more);
}

/* ---- IP ranges ---- */

static bool holds(struct str network, const struct ip *address)
{
    struct ip base;
    unsigned bits;
    if (!ip_network(network, &base, &bits))
        return false;
    struct ip masked = ip_masked(*address, bits);
    return ip_eq(&masked, &base);
}

/* One of the category VPN counts before others. */
static int match_range(void *owner, const struct stored_subnet *r)
{
    struct survey *s = owner;
    arena_reset(&s->scratch);
    const struct jnode *list = jin_embedded(&s->scratch, str_dup(&s->scratch, r->ranges));
    for (size_t i = 0; i < s->n; i++) {
        struct gateway *g = &s->all[i];
        if (g->range.category == CATEGORY_VPN || (g->range.category && r->category != CATEGORY_VPN))
            continue;
        for (const struct jnode *m = list ? jin_first(list, list) : NULL; m; m = jin_next(list, list, m))
            if (holds(jin_text(m), &g->address)) {
                g->range = (struct range){str_dup(s->q->arena, r->id), str_dup(s->q->arena, r->name), r->category};
                break;
            }
    }
    return 0;
}

/* ---- the answer ---- */

static void write_sources(const struct survey *s, const struct gateway *g, struct jout *j)
{
    jout_key(j, "sources");
    jout_arr(j);
    for (size_t i = 0; i < s->nsources; i++) {
        if (!(g->sources >> i & 1))
            continue;
        jout_obj(j);
        jout_kstr(j, "name", s->sources[i].name);
        jout_kbool(j, "sensor", s->sources[i].sensor);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void write_range(const struct range *r, struct jout *j)
{
    jout_key(j, "range");
    if (!r->category) {
        jout_null(j);
        return;
    }
    jout_obj(j);
    jout_kstr(j, "id", r->id);
    jout_kstr(j, "name", r->name);
    jout_ki64(j, "category", r->category);
    jout_end_obj(j);
}

static void write_gateway(const struct survey *s, const struct gateway *g, bool ranges, struct jout *j)
{
    char ip[IP_TEXT];
    jout_obj(j);
    jout_kstr(j, "name", g->name);
    jout_kstr(j, "address", ip_set(&g->address) ? ip_text(&g->address, ip) : STR_NONE);
    jout_kbool(j, "private", !ip_set(&g->address) || ip_is_private(&g->address));
    jout_ku64(j, "sessions", g->sessions);
    jout_ku64(j, "rejected", g->rejected);
    jout_ku64(j, "people", g->people);
    api_ktime(j, "first", g->first);
    api_ktime(j, "last", g->last);
    write_sources(s, g, j);
    if (ranges)
        write_range(&g->range, j);
    jout_end_obj(j);
}

static void write_survey(const struct survey *s, bool older, bool ranges, struct jout *j)
{
    jout_obj(j);
    jout_key(j, "gateways");
    jout_arr(j);
    for (size_t i = 0; i < s->n; i++)
        write_gateway(s, &s->all[i], ranges, j);
    jout_end_arr(j);
    jout_kbool(j, "moreGateways", s->more);
    jout_ku64(j, "connections", s->connections);
    jout_kbool(j, "moreConnections", older);
    jout_end_obj(j);
}

static int get_vpn(struct api_request *q, struct api_response *r)
{
    struct survey s = {.q = q, .all = arena_alloc(q->arena, GATEWAYS * sizeof *s.all), .sources = arena_alloc(q->arena, SOURCES * sizeof *s.sources)};
    bool older = false, ranges = api_may(q, RIGHT_VIEW_SUBNETS);
    if (!s.all || !s.sources)
        return ERR_MEMORY;
    table_init(&s.numbers, sizeof(uint64_t), 4 * CONNECTIONS); /* a connection adds four at most: nothing is forgotten */
    arena_init(&s.scratch, 4096, 1u << 24);
    int err = look(&s, &older);
    if (!err && ranges)
        err = tab_subnets_each(q->db, SUBNETS_BY_NAME, false, match_range, &s);
    if (!err)
        write_survey(&s, older, ranges, &r->json);
    arena_free(&s.scratch);
    table_free(&s.numbers);
    return err;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/vpn", .right = RIGHT_VIEW_SETTINGS, .handler = get_vpn, .about = "VPN gateways that RADIUS accounting names, with sessions, people and the IP range of each."},
    {.pattern = NULL}};

const struct api_routes api_vpn = {routes};
