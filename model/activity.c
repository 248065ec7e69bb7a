/* model/activity.c - access to an activity's parts, and its flat form. */
#include "model/activity.h"

#include "base/err.h"

static const struct str protocols[] = {
#define X(id, text) {text, sizeof(text) - 1},
    PROTOCOLS(X)
#undef X
};
static const struct str object_types[] = {
#define X(id, text) {text, sizeof(text) - 1},
    OBJECT_TYPES(X)
#undef X
};
static const struct str object_roles[] = {
#define X(id, text) {text, sizeof(text) - 1},
    OBJECT_ROLES(X)
#undef X
};

static unsigned position(const struct str *texts, unsigned n, struct str text, unsigned otherwise)
{
    for (unsigned i = 0; i < n; i++)
        if (str_eq(texts[i], text))
            return i;
    return otherwise;
}

struct str protocol_text(enum protocol p)
{
    return p < PROTO_COUNT ? protocols[p] : protocols[PROTO_NONE];
}

enum protocol protocol_of(struct str text)
{
    return (enum protocol)position(protocols, PROTO_COUNT, text, PROTO_NONE);
}

struct str object_type_text(enum object_type t)
{
    return t < OBJECT_TYPE_COUNT ? object_types[t] : object_types[OBJECT_OTHER];
}

struct str object_role_text(enum object_role r)
{
    return r < ROLE_COUNT ? object_roles[r] : object_roles[ROLE_TARGET];
}

enum object_type object_type_of(struct str text)
{
    return (enum object_type)position(object_types, OBJECT_TYPE_COUNT, text, OBJECT_OTHER);
}

enum object_role object_role_of(struct str text)
{
    return (enum object_role)position(object_roles, ROLE_COUNT, text, ROLE_TARGET);
}

void location_put(struct location *at, double latitude, double longitude)
{
    if (!(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180))
        return;
    at->latitude = (int16_t)(latitude * 100 + (latitude < 0 ? -0.5 : 0.5));
    at->longitude = (int16_t)(longitude * 100 + (longitude < 0 ? -0.5 : 0.5));
}

struct str act_kind(const struct activity *a)
{
    return a->kind == KIND_UNKNOWN ? a->kind_text : kind_text(a->kind);
}

const struct fact *act_fact(const struct activity *a, enum fact_key key)
{
    for (unsigned i = 0; i < a->nfacts; i++)
        if (a->facts[i].key == key)
            return &a->facts[i];
    return NULL;
}

struct str act_str(const struct activity *a, enum fact_key key)
{
    const struct fact *f = act_fact(a, key);
    return f && f->type == FACT_TYPE_STR ? f->s : STR_NONE;
}

uint64_t act_u64(const struct activity *a, enum fact_key key, uint64_t otherwise)
{
    const struct fact *f = act_fact(a, key);
    return f && f->type != FACT_TYPE_STR ? f->u : otherwise;
}

bool act_has(const struct activity *a, enum fact_key key)
{
    return act_fact(a, key) != NULL;
}

const struct object *act_object(const struct activity *a, enum object_role role)
{
    for (unsigned i = 0; i < a->nobjects; i++)
        if (a->objects[i].role == role)
            return &a->objects[i];
    return NULL;
}

struct str account_text(const struct account *a)
{
    const struct str *order[] = {&a->name, &a->upn, &a->mail, &a->sid, &a->cloud};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (str_set(*order[i]))
            return *order[i];
    return STR_NONE;
}

bool account_set(const struct account *a)
{
    return str_set(account_text(a));
}

/* ---- flat form ----
 * key, which holds time, kind, id and origin | outcome, protocol, flags, certainty u8 | presence u32 | then the present parts in order.
 * Texts: length as LEB128, then bytes. Written and read by this file alone; it is no file format. */

struct pack {
    uint8_t *p, *end;
    bool full; /* something did not fit */
};

static void put(struct pack *w, const void *bytes, size_t n)
{
    if ((size_t)(w->end - w->p) < n || w->full) {
        w->full = true;
        return;
    }
    if (n)
        memcpy(w->p, bytes, n);
    w->p += n;
}

static void put_be(struct pack *w, uint64_t v, unsigned n)
{
    uint8_t b[8];
    for (unsigned i = 0; i < n; i++)
        b[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    put(w, b, n);
}

static void put_leb(struct pack *w, uint64_t v)
{
    if (v < 0x80 && w->p < w->end && !w->full) {
        *w->p++ = (uint8_t)v;
        return;
    }
    uint8_t b[10];
    unsigned n = 0;
    do {
        b[n] = (uint8_t)(v & 0x7f);
        v >>= 7;
        b[n] = (uint8_t)(b[n] | (v ? 0x80 : 0));
        n++;
    } while (v);
    put(w, b, n);
}

static void put_str(struct pack *w, struct str s)
{
    put_leb(w, s.n);
    put(w, s.p, s.n);
}

/* the optional texts, in the order of their presence bits */
static unsigned texts_of(struct activity *a, struct str *out[20])
{
    struct str *all[] = {&a->app, &a->instance, &a->kind_text, &a->actor.sid, &a->actor.name, &a->actor.domain,
                         &a->actor.upn, &a->actor.mail, &a->actor.cloud, &a->device, &a->destination, &a->session,
                         &a->location.country, &a->location.region, &a->location.city, &a->location.network,
                         &a->agent.text, &a->agent.browser, &a->agent.os, &a->agent.device};
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}

enum { BIT_IP = 1 << 20, BIT_PORT = 1 << 21, BIT_DEST_IP = 1 << 22, BIT_CODE = 1 << 23, BIT_LOCATION = 1 << 24, BIT_AGENT = 1 << 25 };

static unsigned account_parts(struct account *a, struct str *out[6])
{
    struct str *all[] = {&a->sid, &a->name, &a->domain, &a->upn, &a->mail, &a->cloud};
    memcpy(out, all, sizeof all);
    return 6;
}

static void put_object(struct pack *w, const struct object *from)
{
    struct object o = *from;
    struct str *part[6];
    unsigned n = account_parts(&o.ref, part);
    uint8_t head[3] = {(uint8_t)o.type, (uint8_t)o.role, 0};
    for (unsigned i = 0; i < n; i++)
        if (str_set(*part[i]))
            head[2] = (uint8_t)(head[2] | 1u << i);
    put(w, head, 3);
    for (unsigned i = 0; i < n; i++)
        if (str_set(*part[i]))
            put_str(w, *part[i]);
}

int activity_pack(const struct activity *from, uint8_t *out, size_t room)
{
    struct activity a = *from;
    struct pack w = {out, out + room, false};
    struct str *text[20];
    unsigned n = texts_of(&a, text);
    uint32_t bits = 0;
    for (unsigned i = 0; i < n; i++)
        if (str_set(*text[i]))
            bits |= UINT32_C(1) << i;
    bool has_location = a.location.asn || a.location.tags || location_placed(&a.location);
    bits |= (ip_set(&a.ip) ? BIT_IP : 0u) | (a.port ? BIT_PORT : 0u) | (ip_set(&a.destination_ip) ? BIT_DEST_IP : 0u) |
            (a.has_code ? BIT_CODE : 0u) | (has_location ? BIT_LOCATION : 0u) | (a.agent.tags ? BIT_AGENT : 0u);
    put_be(&w, (uint64_t)a.time ^ UINT64_C(1) << 63, 8);
    put_be(&w, (uint64_t)a.kind, 2);
    put(&w, a.id, 16);
    put_be(&w, a.origin.input, 4);
    put_be(&w, a.origin.record, 8);
    put_be(&w, a.origin.offset, 8);
    uint8_t head[4] = {(uint8_t)a.outcome, (uint8_t)a.protocol, (uint8_t)((a.admin ? 1 : 0) | (a.impersonated ? 2 : 0)),
                       a.device_certainty};
    put(&w, head, sizeof head);
    put_be(&w, bits, 4);
    if (bits & BIT_IP)
        put(&w, a.ip.b, 16);
    if (bits & BIT_PORT)
        put_be(&w, a.port, 2);
    if (bits & BIT_DEST_IP)
        put(&w, a.destination_ip.b, 16);
    if (bits & BIT_CODE)
        put_leb(&w, a.code);
    if (bits & BIT_LOCATION) {
        put_leb(&w, a.location.asn);
        put_leb(&w, a.location.tags);
        put_be(&w, (uint16_t)a.location.latitude, 2);
        put_be(&w, (uint16_t)a.location.longitude, 2);
    }
    if (bits & BIT_AGENT)
        put_leb(&w, a.agent.tags);
    for (unsigned i = 0; i < n; i++)
        if (bits & UINT32_C(1) << i)
            put_str(&w, *text[i]);
    put_leb(&w, a.nobjects);
    for (unsigned i = 0; i < a.nobjects; i++)
        put_object(&w, &a.objects[i]);
    put_leb(&w, a.nfacts);
    for (unsigned i = 0; i < a.nfacts; i++) {
        put_leb(&w, (uint64_t)a.facts[i].key << 2 | a.facts[i].type);
        if (a.facts[i].type == FACT_TYPE_STR)
            put_str(&w, a.facts[i].s);
        else
            put_leb(&w, a.facts[i].u);
    }
    return w.full ? ERR_LIMIT : (int)(w.p - out);
}

struct unpack {
    const uint8_t *p, *end;
    bool bad;
};

static const uint8_t *take(struct unpack *r, size_t n)
{
    static const uint8_t zeroes[16];
    if ((size_t)(r->end - r->p) < n) {
        r->bad = true;
        r->p = r->end;
        return zeroes;
    }
    r->p += n;
    return r->p - n;
}

static uint64_t take_be(struct unpack *r, unsigned n)
{
    const uint8_t *b = take(r, n);
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | b[i];
    return v;
}

static uint64_t take_leb(struct unpack *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t b = *take(r, 1);
        v |= (uint64_t)(b & 0x7f) << shift;
        if (!(b & 0x80))
            break;
    }
    return v;
}

static struct str take_str(struct unpack *r)
{
    uint64_t n = take_leb(r);
    if (n > (uint64_t)(r->end - r->p)) {
        r->bad = true;
        r->p = r->end;
        return STR_NONE;
    }
    struct str s = {(const char *)r->p, n};
    r->p += n;
    return s;
}

static void take_object(struct unpack *r, struct object *o)
{
    const uint8_t *head = take(r, 3);
    uint8_t present = head[2];
    *o = (struct object){.type = (enum object_type)head[0], .role = (enum object_role)head[1]};
    struct str *part[6];
    unsigned n = account_parts(&o->ref, part);
    for (unsigned i = 0; i < n; i++)
        if (present & 1u << i)
            *part[i] = take_str(r);
}

static void take_fact(struct unpack *r, struct fact *f)
{
    uint64_t tag = take_leb(r);
    f->key = (uint16_t)(tag >> 2);
    f->type = (uint16_t)(tag & 3);
    if (f->type == FACT_TYPE_STR)
        f->s = take_str(r);
    else
        f->u = take_leb(r);
}

static void take_fixed(struct unpack *r, struct activity *a, uint32_t *bits)
{
    a->time = (int64_t)(take_be(r, 8) ^ UINT64_C(1) << 63);
    a->kind = (enum kind)take_be(r, 2);
    memcpy(a->id, take(r, 16), 16);
    a->origin.input = (uint32_t)take_be(r, 4);
    a->origin.record = take_be(r, 8);
    a->origin.offset = take_be(r, 8);
    const uint8_t *head = take(r, 4);
    a->outcome = (enum outcome)head[0];
    a->protocol = (enum protocol)head[1];
    a->admin = head[2] & 1;
    a->impersonated = head[2] & 2;
    a->device_certainty = head[3];
    *bits = (uint32_t)take_be(r, 4);
    if (*bits & BIT_IP)
        memcpy(a->ip.b, take(r, 16), 16);
    if (*bits & BIT_PORT)
        a->port = (uint16_t)take_be(r, 2);
    if (*bits & BIT_DEST_IP)
        memcpy(a->destination_ip.b, take(r, 16), 16);
    a->has_code = *bits & BIT_CODE;
    if (a->has_code)
        a->code = take_leb(r);
    if (*bits & BIT_LOCATION) {
        a->location.asn = (uint32_t)take_leb(r);
        a->location.tags = (uint32_t)take_leb(r);
        a->location.latitude = (int16_t)take_be(r, 2);
        a->location.longitude = (int16_t)take_be(r, 2);
    }
    if (*bits & BIT_AGENT)
        a->agent.tags = (uint32_t)take_leb(r);
}

int activity_unpack(const uint8_t *bytes, size_t n, struct activity *a, struct object *objects, struct fact *facts)
{
    struct unpack r = {bytes, bytes + n, false};
    uint32_t bits;
    *a = (struct activity){.objects = objects, .facts = facts};
    take_fixed(&r, a, &bits);
    struct str *text[20];
    unsigned ntexts = texts_of(a, text);
    for (unsigned i = 0; i < ntexts; i++)
        if (bits & UINT32_C(1) << i)
            *text[i] = take_str(&r);
    uint64_t count = take_leb(&r);
    if (count > ACTIVITY_OBJECTS)
        return ERR_MALFORMED;
    a->nobjects = (unsigned)count;
    for (unsigned i = 0; i < a->nobjects; i++)
        take_object(&r, &objects[i]);
    count = take_leb(&r);
    if (count > ACTIVITY_FACTS)
        return ERR_MALFORMED;
    a->nfacts = (unsigned)count;
    for (unsigned i = 0; i < a->nfacts; i++)
        take_fact(&r, &facts[i]);
    return r.bad || r.p != r.end ? ERR_MALFORMED : ERR_NONE;
}
