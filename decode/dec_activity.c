/* decode/dec_activity.c - activity NDJSON: what model/act_json.c writes, read back to the same activity. */
#include "decode/jsonlog.h"
#include "model/act_json.h"

static bool is_text(const struct jnode *doc, struct str key)
{
    const struct jnode *n = jin_get(doc, doc, key);
    return n && n->type == J_STR;
}

static bool claims(const struct jnode *doc)
{
    return doc->type == J_OBJ && is_text(doc, STR("kind")) && is_text(doc, STR("app")) && is_text(doc, STR("time"));
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool stated_id(struct str text, uint8_t id[16])
{
    uint8_t bytes[16];
    if (text.n != 32)
        return false;
    for (size_t i = 0; i < 16; i++) {
        int high = hex(text.p[2 * i]), low = hex(text.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    memcpy(id, bytes, 16);
    return true;
}

/* Without an id of its own a line is known by what it says and where it stands, so that two equal lines are two. */
static void made_id(struct decode *d, struct str raw)
{
    struct str parts[] = {STR("activity"), raw, str_fmt(d->arena, "%llu", (unsigned long long)d->origin.record)};
    decode_id(d, parts, 3);
}

static void names(const struct jnode *doc, const struct jnode *o, struct account *a)
{
    if (o->type == J_STR) {
        decode_account(a, o->val);
        return;
    }
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c)) {
        struct str text = jin_text(c);
        struct str *to = str_eq(c->key, STR("sid")) ? &a->sid
                         : str_eq(c->key, STR("name")) ? &a->name
                         : str_eq(c->key, STR("domain")) ? &a->domain
                         : str_eq(c->key, STR("upn")) ? &a->upn
                         : str_eq(c->key, STR("mail")) ? &a->mail
                         : str_eq(c->key, STR("cloud")) ? &a->cloud
                                                        : NULL;
        if (to && !str_set(*to))
            *to = text;
    }
}

static void objects(struct decode *d, const struct jnode *doc, const struct jnode *list)
{
    for (const struct jnode *c = jin_first(doc, list); c; c = jin_next(doc, list, c)) {
        struct object *o = decode_object(d, object_type_of(jin_str(doc, c, "type")), object_role_of(jin_str(doc, c, "role")), STR_NONE);
        if (!o) {
            jsonlog_full(d);
            return;
        }
        names(doc, c, &o->ref);
    }
}

static uint32_t tags(const struct jnode *doc, const struct jnode *o, struct str (*text)(unsigned bit))
{
    const struct jnode *list = jin_get(doc, o, STR("tags"));
    uint32_t bits = 0;
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c))
        for (unsigned bit = 0; str_set(text(bit)); bit++)
            if (str_eq(text(bit), jin_text(c)))
                bits |= UINT32_C(1) << bit;
    return bits;
}

static void location(struct decode *d, const struct jnode *doc, const struct jnode *o)
{
    struct location *l = &d->act.location;
    uint64_t asn;
    l->country = jin_str(doc, o, "country");
    l->region = jin_str(doc, o, "region");
    l->city = jin_str(doc, o, "city");
    l->network = jin_str(doc, o, "network");
    if (jin_u64(doc, o, "asn", &asn) && asn <= UINT32_MAX)
        l->asn = (uint32_t)asn;
    (void)jsonlog_hundredths(jin_str(doc, o, "latitude"), &l->latitude);
    (void)jsonlog_hundredths(jin_str(doc, o, "longitude"), &l->longitude);
    l->tags = tags(doc, o, location_tag_text);
}

static void agent(struct decode *d, const struct jnode *doc, const struct jnode *o)
{
    if (o->type == J_STR) {
        decode_agent(d, o->val);
        return;
    }
    struct agent *g = &d->act.agent;
    g->text = jin_str(doc, o, "text");
    g->browser = jin_str(doc, o, "browser");
    g->os = jin_str(doc, o, "os");
    g->device = jin_str(doc, o, "device");
    g->tags = tags(doc, o, agent_tag_text);
    if (str_set(g->browser) || str_set(g->os) || str_set(g->device) || g->tags)
        return;
    struct str text = g->text; /* nothing has been read from it yet */
    g->text = STR_NONE;
    decode_agent(d, text);
}

static void one_fact(struct decode *d, const struct jnode *n)
{
    enum fact_key key = fact_of(n->key);
    struct str text = jin_text(n);
    uint64_t v = n->type == J_TRUE;
    bool flag = n->type == J_TRUE || n->type == J_FALSE;
    bool number = flag || str_u64(text, &v);
    if (key != FACT_NONE && str_set(text) && d->act.nfacts < ACTIVITY_FACTS && (fact_type(key) == FACT_TYPE_STR || number)) {
        if (fact_type(key) == FACT_TYPE_STR)
            decode_str(d, key, text);
        else
            decode_u64(d, key, v);
        return;
    }
    decode_ignored(d, str_fmt(d->arena, "fact %.*s", STR_ARG(n->key)));
}

static void facts(struct decode *d, const struct jnode *doc, const struct jnode *o)
{
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c))
        one_fact(d, c);
}

static void small_number(struct str text, uint64_t most, uint64_t *value)
{
    uint64_t v;
    if (str_u64(text, &v) && v <= most)
        *value = v;
}

enum member {
    M_OTHER, M_ID, M_TIME, M_APP, M_INSTANCE, M_KIND, M_OUTCOME, M_CODE, M_ACTOR, M_OBJECTS, M_DEVICE, M_CERTAINTY, M_IP, M_PORT,
    M_DESTINATION, M_DESTINATION_IP, M_LOCATION, M_AGENT, M_PROTOCOL, M_ADMIN, M_IMPERSONATED, M_SESSION, M_FACTS, M_RECORD, M_COUNT
};

static enum member member_of(struct str key)
{
    static const struct str names_[M_COUNT] = {
        [M_ID] = {"id", 2}, [M_TIME] = {"time", 4}, [M_APP] = {"app", 3}, [M_INSTANCE] = {"instance", 8}, [M_KIND] = {"kind", 4},
        [M_OUTCOME] = {"outcome", 7}, [M_CODE] = {"code", 4}, [M_ACTOR] = {"actor", 5}, [M_OBJECTS] = {"objects", 7},
        [M_DEVICE] = {"device", 6}, [M_CERTAINTY] = {"device_certainty", 16}, [M_IP] = {"ip", 2}, [M_PORT] = {"port", 4},
        [M_DESTINATION] = {"destination", 11}, [M_DESTINATION_IP] = {"destination_ip", 14}, [M_LOCATION] = {"location", 8},
        [M_AGENT] = {"agent", 5}, [M_PROTOCOL] = {"protocol", 8}, [M_ADMIN] = {"admin", 5}, [M_IMPERSONATED] = {"impersonated", 12},
        [M_SESSION] = {"session", 7}, [M_FACTS] = {"facts", 5}, [M_RECORD] = {"record", 6}};
    for (unsigned i = 1; i < M_COUNT; i++)
        if (str_eq(names_[i], key))
            return (enum member)i;
    return M_OTHER;
}

static void part(struct decode *d, const struct jnode *doc, const struct jnode *n)
{
    struct activity *a = &d->act;
    struct str text = jin_text(n);
    uint64_t v = 0;
    switch (member_of(n->key)) {
    case M_ID: (void)stated_id(text, a->id); break;
    case M_TIME: a->time = time_parse(text); break;
    case M_APP: a->app = text; break;
    case M_INSTANCE: a->instance = text; break;
    case M_KIND:
        a->kind = kind_of(text);
        a->kind_text = a->kind == KIND_UNKNOWN ? text : STR_NONE;
        break;
    case M_OUTCOME:
        a->outcome = str_eq(text, STR("success")) ? OUTCOME_SUCCESS : str_eq(text, STR("failure")) ? OUTCOME_FAILURE : OUTCOME_UNKNOWN;
        break;
    case M_CODE: a->has_code = str_u64(text, &a->code); break;
    case M_ACTOR: names(doc, n, &a->actor); break;
    case M_OBJECTS: objects(d, doc, n); break;
    case M_DEVICE: a->device = text; break;
    case M_CERTAINTY:
        small_number(text, 100, &v);
        a->device_certainty = (uint8_t)v;
        break;
    case M_IP: (void)ip_parse(text, &a->ip, &a->port); break;
    case M_PORT:
        small_number(text, 65535, &v);
        a->port = (uint16_t)v;
        break;
    case M_DESTINATION: a->destination = text; break;
    case M_DESTINATION_IP: (void)ip_parse(text, &a->destination_ip, NULL); break;
    case M_LOCATION: location(d, doc, n); break;
    case M_AGENT: agent(d, doc, n); break;
    case M_PROTOCOL: a->protocol = protocol_of(text); break;
    case M_ADMIN: a->admin = n->type == J_TRUE; break;
    case M_IMPERSONATED: a->impersonated = n->type == J_TRUE; break;
    case M_SESSION: a->session = text; break;
    case M_FACTS: facts(d, doc, n); break;
    case M_RECORD: break; /* where the record lay when this was written; from now on it is this line */
    case M_OTHER:
    case M_COUNT: decode_ignored(d, str_fmt(d->arena, "member %.*s", STR_ARG(n->key))); break;
    }
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    static const uint8_t none[16];
    struct activity *a = decode_begin(d, KIND_UNKNOWN);
    for (const struct jnode *n = jin_first(doc, doc); n; n = jin_next(doc, doc, n))
        part(d, doc, n);
    if (memcmp(a->id, none, 16) == 0)
        made_id(d, raw);
    if (!str_set(act_kind(a)))
        return decode_fault(d, "an activity without a kind", 0);
    return decode_emit(d);
}

const struct decoder dec_activity = {
    .name = "activity",
    .about = "Activity NDJSON, as `vigie activities` prints it: time, app, kind, actor, objects and facts under their permanent names",
    .claims = claims,
    .record = record,
};
