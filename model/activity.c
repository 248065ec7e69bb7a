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

struct str outcome_text(enum outcome o)
{
    return o == OUTCOME_SUCCESS ? STR("success") : o == OUTCOME_FAILURE ? STR("failure") : STR_NONE;
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

static inline void put(struct pack *w, const void *bytes, size_t n)
{
    if ((size_t)(w->end - w->p) < n || w->full) {
        w->full = true;
        return;
    }
    if (n)
        memcpy(w->p, bytes, n);
    w->p += n;
}

static inline void put_be16(struct pack *w, uint16_t v)
{
    v = __builtin_bswap16(v);
    put(w, &v, 2);
}

static void put_long_leb(struct pack *w, uint64_t v)
{
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

static inline void put_leb(struct pack *w, uint64_t v)
{
    if (v < 0x80 && w->p < w->end && !w->full)
        *w->p++ = (uint8_t)v;
    else
        put_long_leb(w, v);
}

static inline void put_str(struct pack *w, struct str s)
{
    put_leb(w, s.n);
    put(w, s.p, s.n);
}

/* the optional texts, in the order of their presence bits */
enum { TEXTS = 20, PARTS = 6 };
static const uint16_t texts[TEXTS] = {
#define AT(member) offsetof(struct activity, member)
    AT(app), AT(instance), AT(kind_text), AT(actor.sid), AT(actor.name), AT(actor.domain), AT(actor.upn), AT(actor.mail), AT(actor.cloud),
    AT(device), AT(destination), AT(session), AT(location.country), AT(location.region), AT(location.city), AT(location.network),
    AT(agent.text), AT(agent.browser), AT(agent.os), AT(agent.device),
#undef AT
};
static const uint16_t parts[PARTS] = {offsetof(struct account, sid), offsetof(struct account, name), offsetof(struct account, domain),
                                      offsetof(struct account, upn), offsetof(struct account, mail), offsetof(struct account, cloud)};

static inline struct str text_at(const void *owner, uint16_t at)
{
    struct str s;
    memcpy(&s, (const char *)owner + at, sizeof s);
    return s;
}

static uint32_t present(const void *owner, const uint16_t *at, unsigned n)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < n; i++)
        bits |= (uint32_t)str_set(text_at(owner, at[i])) << i;
    return bits;
}

static void put_texts(struct pack *w, const void *owner, const uint16_t *at, uint32_t bits)
{
    for (; bits; bits &= bits - 1)
        put_str(w, text_at(owner, at[__builtin_ctz(bits)]));
}

enum { BIT_IP = 1 << 20, BIT_PORT = 1 << 21, BIT_DEST_IP = 1 << 22, BIT_CODE = 1 << 23, BIT_LOCATION = 1 << 24, BIT_AGENT = 1 << 25 };
#define BITS_TEXT ((UINT32_C(1) << TEXTS) - 1)

static void put_object(struct pack *w, const struct object *o)
{
    uint32_t bits = present(&o->ref, parts, PARTS);
    uint8_t head[3] = {(uint8_t)o->type, (uint8_t)o->role, (uint8_t)bits};
    put(w, head, 3);
    put_texts(w, &o->ref, parts, bits);
}

/* The key and the head, in one piece. */
static void put_head(struct pack *w, const struct activity *a, uint32_t bits)
{
    uint64_t time = __builtin_bswap64((uint64_t)a->time ^ UINT64_C(1) << 63), record = __builtin_bswap64(a->origin.record);
    uint64_t offset = __builtin_bswap64(a->origin.offset);
    uint32_t input = __builtin_bswap32(a->origin.input);
    uint16_t kind = __builtin_bswap16((uint16_t)a->kind);
    uint8_t out[ACTIVITY_KEY + 8];
    memcpy(out, &time, 8);
    memcpy(out + 8, &kind, 2);
    memcpy(out + ACTIVITY_KEY_ID, a->id, 16);
    memcpy(out + ACTIVITY_KEY_INPUT, &input, 4);
    memcpy(out + ACTIVITY_KEY_INPUT + 4, &record, 8);
    memcpy(out + ACTIVITY_KEY_INPUT + 12, &offset, 8);
    out[ACTIVITY_KEY] = (uint8_t)a->outcome;
    out[ACTIVITY_KEY + 1] = (uint8_t)a->protocol;
    out[ACTIVITY_KEY + 2] = (uint8_t)((a->admin ? 1 : 0) | (a->impersonated ? 2 : 0));
    out[ACTIVITY_KEY + 3] = a->device_certainty;
    bits = __builtin_bswap32(bits);
    memcpy(out + ACTIVITY_KEY + 4, &bits, 4);
    put(w, out, sizeof out);
}

static void put_fixed(struct pack *w, const struct activity *a, uint32_t bits)
{
    put_head(w, a, bits);
    if (bits & BIT_IP)
        put(w, a->ip.b, 16);
    if (bits & BIT_PORT)
        put_be16(w, a->port);
    if (bits & BIT_DEST_IP)
        put(w, a->destination_ip.b, 16);
    if (bits & BIT_CODE)
        put_leb(w, a->code);
    if (bits & BIT_LOCATION) {
        put_leb(w, a->location.asn);
        put_leb(w, a->location.tags);
        put_be16(w, (uint16_t)a->location.latitude);
        put_be16(w, (uint16_t)a->location.longitude);
    }
    if (bits & BIT_AGENT)
        put_leb(w, a->agent.tags);
}

int activity_pack(const struct activity *a, uint8_t *out, size_t room)
{
    struct pack w = {out, out + room, false};
    bool has_location = a->location.asn || a->location.tags || location_placed(&a->location);
    uint32_t bits = present(a, texts, TEXTS) | (ip_set(&a->ip) ? BIT_IP : 0u) | (a->port ? BIT_PORT : 0u) |
                    (ip_set(&a->destination_ip) ? BIT_DEST_IP : 0u) | (a->has_code ? BIT_CODE : 0u) |
                    (has_location ? BIT_LOCATION : 0u) | (a->agent.tags ? BIT_AGENT : 0u);
    put_fixed(&w, a, bits);
    put_texts(&w, a, texts, bits & BITS_TEXT);
    put_leb(&w, a->nobjects);
    for (unsigned i = 0; i < a->nobjects; i++)
        put_object(&w, &a->objects[i]);
    put_leb(&w, a->nfacts);
    for (unsigned i = 0; i < a->nfacts; i++) {
        put_leb(&w, (uint64_t)a->facts[i].key << 2 | a->facts[i].type);
        if (a->facts[i].type == FACT_TYPE_STR)
            put_str(&w, a->facts[i].s);
        else
            put_leb(&w, a->facts[i].u);
    }
    return w.full ? ERR_LIMIT : (int)(w.p - out);
}

struct unpack {
    const uint8_t *p, *end;
    bool bad;
};

static inline const uint8_t *take(struct unpack *r, size_t n)
{
    static const uint8_t zeroes[ACTIVITY_KEY + 8];
    if ((size_t)(r->end - r->p) < n) {
        r->bad = true;
        r->p = r->end;
        return zeroes;
    }
    r->p += n;
    return r->p - n;
}

static uint64_t be(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;
    memcpy((uint8_t *)&v + 8 - n, p, n);
    return __builtin_bswap64(v);
}

static uint64_t take_long_leb(struct unpack *r)
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

static inline uint64_t take_leb(struct unpack *r)
{
    return r->p < r->end && *r->p < 0x80 ? *r->p++ : take_long_leb(r);
}

static inline struct str take_str(struct unpack *r)
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

static void take_texts(struct unpack *r, void *owner, const uint16_t *at, uint32_t bits)
{
    for (; bits; bits &= bits - 1) {
        struct str s = take_str(r);
        memcpy((char *)owner + at[__builtin_ctz(bits)], &s, sizeof s);
    }
}

static void take_object(struct unpack *r, struct object *o)
{
    const uint8_t *head = take(r, 3);
    *o = (struct object){.type = (enum object_type)head[0], .role = (enum object_role)head[1]};
    take_texts(r, &o->ref, parts, head[2] & ((1u << PARTS) - 1));
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
    const uint8_t *head = take(r, ACTIVITY_KEY + 8);
    a->time = (int64_t)(be(head, 8) ^ UINT64_C(1) << 63);
    a->kind = (enum kind)be(head + 8, 2);
    memcpy(a->id, head + ACTIVITY_KEY_ID, 16);
    a->origin.input = (uint32_t)be(head + ACTIVITY_KEY_INPUT, 4);
    a->origin.record = be(head + ACTIVITY_KEY_INPUT + 4, 8);
    a->origin.offset = be(head + ACTIVITY_KEY_INPUT + 12, 8);
    head += ACTIVITY_KEY;
    a->outcome = (enum outcome)head[0];
    a->protocol = (enum protocol)head[1];
    a->admin = head[2] & 1;
    a->impersonated = head[2] & 2;
    a->device_certainty = head[3];
    *bits = (uint32_t)be(head + 4, 4);
    if (*bits & BIT_IP)
        memcpy(a->ip.b, take(r, 16), 16);
    if (*bits & BIT_PORT)
        a->port = (uint16_t)be(take(r, 2), 2);
    if (*bits & BIT_DEST_IP)
        memcpy(a->destination_ip.b, take(r, 16), 16);
    a->has_code = *bits & BIT_CODE;
    if (a->has_code)
        a->code = take_leb(r);
    if (*bits & BIT_LOCATION) {
        a->location.asn = (uint32_t)take_leb(r);
        a->location.tags = (uint32_t)take_leb(r);
        a->location.latitude = (int16_t)be(take(r, 2), 2);
        a->location.longitude = (int16_t)be(take(r, 2), 2);
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
    take_texts(&r, a, texts, bits & BITS_TEXT);
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
