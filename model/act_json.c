/* model/act_json.c - one activity as one line of NDJSON. */
#include "model/act_json.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

static const struct str location_tags[] = {{"corporate", 9}, {"VPN", 3}, {"risky", 5}, {"anonymous", 9}, {"Tor", 3}, {"cloud", 5}};
static const struct str agent_tags[] = {{"outdated browser", 16}, {"outdated system", 15}, {"script", 6}};

struct str location_tag_text(unsigned bit)
{
    return bit < sizeof location_tags / sizeof *location_tags ? location_tags[bit] : STR_NONE;
}

struct str agent_tag_text(unsigned bit)
{
    return bit < sizeof agent_tags / sizeof *agent_tags ? agent_tags[bit] : STR_NONE;
}

static void tags(struct jout *j, uint32_t bits, struct str (*text)(unsigned bit))
{
    if (!bits)
        return;
    jout_key(j, "tags");
    jout_arr(j);
    for (unsigned bit = 0; str_set(text(bit)); bit++)
        if (bits & UINT32_C(1) << bit)
            jout_str(j, text(bit));
    jout_end_arr(j);
}

static void identity(struct jout *j, const uint8_t id[16])
{
    static const uint8_t none[16];
    char text[33];
    if (memcmp(id, none, sizeof none) != 0)
        jout_kstr(j, "id", hash_hex(text, id, 16));
}

static void names(struct jout *j, const struct account *a)
{
    jout_kstr(j, "sid", a->sid);
    jout_kstr(j, "name", a->name);
    jout_kstr(j, "domain", a->domain);
    jout_kstr(j, "upn", a->upn);
    jout_kstr(j, "mail", a->mail);
    jout_kstr(j, "cloud", a->cloud);
}

static void actor(struct jout *j, const struct activity *a)
{
    if (!account_set(&a->actor) && !str_set(a->actor.domain))
        return;
    jout_key(j, "actor");
    jout_obj(j);
    names(j, &a->actor);
    jout_end_obj(j);
}

static void objects(struct jout *j, const struct activity *a)
{
    if (!a->nobjects)
        return;
    jout_key(j, "objects");
    jout_arr(j);
    for (unsigned i = 0; i < a->nobjects; i++) {
        jout_obj(j);
        jout_kstr(j, "type", object_type_text(a->objects[i].type));
        jout_kstr(j, "role", object_role_text(a->objects[i].role));
        names(j, &a->objects[i].ref);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void address(struct jout *j, const char *key, const struct ip *ip)
{
    char text[IP_TEXT];
    if (ip_set(ip))
        jout_kstr(j, key, ip_text(ip, text));
}

static void degrees(struct jout *j, const char *key, int hundredths)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%s%d.%02d", hundredths < 0 ? "-" : "", abs(hundredths) / 100, abs(hundredths) % 100);
    jout_key(j, key);
    jout_raw(j, (struct str){text, (size_t)n});
}

static void location(struct jout *j, const struct location *l)
{
    if (!str_set(l->country) && !str_set(l->region) && !str_set(l->city) && !str_set(l->network) && !l->asn && !l->tags &&
        !l->latitude && !l->longitude)
        return;
    jout_key(j, "location");
    jout_obj(j);
    jout_kstr(j, "country", l->country);
    jout_kstr(j, "region", l->region);
    jout_kstr(j, "city", l->city);
    jout_kstr(j, "network", l->network);
    if (l->latitude || l->longitude) {
        degrees(j, "latitude", l->latitude);
        degrees(j, "longitude", l->longitude);
    }
    if (l->asn)
        jout_ku64(j, "asn", l->asn);
    tags(j, l->tags, location_tag_text);
    jout_end_obj(j);
}

static void agent(struct jout *j, const struct agent *g)
{
    if (!str_set(g->text) && !str_set(g->browser) && !str_set(g->os) && !str_set(g->device) && !g->tags)
        return;
    jout_key(j, "agent");
    jout_obj(j);
    jout_kstr(j, "text", g->text);
    jout_kstr(j, "browser", g->browser);
    jout_kstr(j, "os", g->os);
    jout_kstr(j, "device", g->device);
    tags(j, g->tags, agent_tag_text);
    jout_end_obj(j);
}

static void fact(struct jout *j, const struct fact *f)
{
    char name[32];
    struct str text = fact_name((enum fact_key)f->key);
    size_t n = text.n < sizeof name ? text.n : sizeof name - 1;
    memcpy(name, text.p, n);
    name[n] = '\0';
    jout_key(j, name);
    if (f->type == FACT_TYPE_STR)
        jout_str(j, f->s);
    else if (f->type == FACT_TYPE_FLAG && f->u <= 1)
        jout_bool(j, f->u != 0);
    else
        jout_u64(j, f->u);
}

void activity_json_facts(struct jout *j, const struct activity *a)
{
    if (!a->nfacts)
        return;
    jout_key(j, "facts");
    jout_obj(j);
    for (unsigned i = 0; i < a->nfacts; i++)
        if (act_fact(a, (enum fact_key)a->facts[i].key) == &a->facts[i]) /* the first of a name counts everywhere */
            fact(j, &a->facts[i]);
    jout_end_obj(j);
}

static void record(struct jout *j, const struct origin *o, struct str path)
{
    jout_key(j, "record");
    jout_obj(j);
    jout_kstr(j, "path", path);
    jout_ku64(j, "number", o->record);
    jout_ku64(j, "offset", o->offset);
    jout_end_obj(j);
}

static void head(struct jout *j, const struct activity *a)
{
    identity(j, a->id);
    jout_ktime(j, "time", a->time);
    jout_kstr(j, "app", a->app);
    jout_kstr(j, "instance", a->instance);
    jout_kstr(j, "kind", act_kind(a));
    jout_kstr(j, "outcome", outcome_text(a->outcome));
    if (a->has_code)
        jout_ku64(j, "code", a->code);
}

static void places(struct jout *j, const struct activity *a)
{
    jout_kstr(j, "device", a->device);
    if (a->device_certainty)
        jout_ku64(j, "device_certainty", a->device_certainty);
    address(j, "ip", &a->ip);
    if (a->port)
        jout_ku64(j, "port", a->port);
    jout_kstr(j, "destination", a->destination);
    address(j, "destination_ip", &a->destination_ip);
    location(j, &a->location);
}

void activity_json(const struct activity *a, struct buf *out, struct str origin_path)
{
    struct jout j = jout_to(out);
    jout_obj(&j);
    head(&j, a);
    actor(&j, a);
    objects(&j, a);
    places(&j, a);
    agent(&j, &a->agent);
    if (a->protocol != PROTO_NONE)
        jout_kstr(&j, "protocol", protocol_text(a->protocol));
    if (a->admin)
        jout_kbool(&j, "admin", true);
    if (a->impersonated)
        jout_kbool(&j, "impersonated", true);
    jout_kstr(&j, "session", a->session);
    activity_json_facts(&j, a);
    record(&j, &a->origin, origin_path);
    jout_end_obj(&j);
    buf_char(out, '\n');
}
