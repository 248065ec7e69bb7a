/* detect/cloud.c - what the cloud detections share: whose activity, how to call people and places. */
#include "detect/cloud.h"

#include "base/hash.h"
#include "model/country.h"

#define PICK_CLOUD(id) KIND_##id,
#define PICK_ONPREM(id)
const enum kind cloud_kinds[] = {
#define X(id, text, shore, group, french) PICK_##shore(id)
    KINDS(X)
#undef X
    KIND_COUNT};

uint64_t cloud_user(const struct activity *a)
{
    if (a->actor_entity)
        return hash_mix(a->actor_entity, 0x75736572);
    struct str name = account_text(&a->actor);
    if (!str_set(name))
        return 0;
    uint64_t h = hash_stri(name, hash_stri(a->actor.domain, 1));
    return h ? h : 1;
}

/* Words that user types of the known logs use for actors that are no people: Office 365 Management
 * Activity API "User Type", CloudTrail userIdentity.type. */
static bool machine_type(struct str type)
{
#define WORD(text) {text, sizeof(text) - 1}
    static const struct str words[] = {WORD("System"), WORD("DcAdmin"), WORD("Application"), WORD("ServicePrincipal"), WORD("CustomPolicy"),
                                       WORD("SystemPolicy"), WORD("PartnerTechnician"), WORD("AWSService"), WORD("ServiceAccount"),
                                       WORD("Service"), WORD("Guest Service")};
#undef WORD
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eqi(type, words[i]))
            return true;
    return false;
}

static bool is_person(const struct detection *d, const struct activity *a)
{
    struct str name = account_text(&a->actor);
    if (!a->actor_entity && !str_set(name))
        return false;
    if (machine_type(act_str(a, FACT_USER_TYPE)))
        return false;
    if (str_startsi(name, STR("NT AUTHORITY\\")) || str_startsi(name, STR("ServicePrincipal_")) || str_startsi(name, STR("app@sharepoint")) ||
        str_eqi(a->actor.domain, STR("NT AUTHORITY")) || str_endsi(name, STR(".amazonaws.com")))
        return false;
    return !dir_is(detection_dir(d), a->actor_entity, ENTITY_BUILTIN);
}

bool cloud_person(const struct detection *d, const struct activity *a)
{
    struct told *t = detection_told(d, a);
    if (!t)
        return is_person(d, a);
    if (!t->has_person) {
        t->person = is_person(d, a);
        t->has_person = true;
    }
    return t->person;
}

static struct str called(const struct detection *d, uint32_t entity, const struct account *ref)
{
    const struct entity *e = dir_entity(detection_dir(d), entity);
    if (e && str_set(e->name))
        return e->name;
    struct str name = account_text(ref);
    return str_set(name) ? name : STR("an unnamed account");
}

struct str cloud_actor(const struct detection *d, const struct activity *a)
{
    return called(d, a->actor_entity, &a->actor);
}

struct str cloud_object(const struct detection *d, const struct object *o)
{
    return called(d, o->entity, &o->ref);
}

struct str cloud_from(struct detection *d, const struct activity *a)
{
    char text[IP_TEXT];
    const struct country *c = str_set(a->location.country) ? country_of(a->location.country) : NULL;
    if (ip_set(&a->ip) && c)
        return str_fmt(detection_arena(d), " from %.*s (%s)", STR_ARG(ip_text(&a->ip, text)), c->name);
    if (ip_set(&a->ip))
        return str_fmt(detection_arena(d), " from %.*s", STR_ARG(ip_text(&a->ip, text)));
    return c ? str_fmt(detection_arena(d), " from %s", c->name) : STR("");
}

struct str cloud_span(struct detection *d, int64_t t)
{
    struct arena *arena = detection_arena(d);
    if (t < 2 * TIME_MINUTE)
        return str_fmt(arena, "%lld seconds", (long long)(t / TIME_SECOND));
    if (t < 2 * TIME_HOUR)
        return str_fmt(arena, "%lld minutes", (long long)(t / TIME_MINUTE));
    if (t < 2 * TIME_DAY)
        return str_fmt(arena, "%lld hours", (long long)(t / TIME_HOUR));
    return str_fmt(arena, "%lld days", (long long)(t / TIME_DAY));
}

bool cloud_elsewhere(const struct activity *a)
{
    return (a->location.tags & (LOCATION_CORPORATE | LOCATION_VPN | LOCATION_CLOUD)) != 0;
}

int64_t cloud_since(const struct detection *d, const struct activity *a, int64_t seen)
{
    int64_t first = detection_user_first(d, a->actor_entity);
    return first != TIME_NONE && first < seen ? first : seen;
}

uint64_t cloud_network(const struct ip *ip)
{
    if (!ip_set(ip))
        return 0;
    uint64_t h = hash64(ip->b, ip_is_v4(ip) ? 15 : 6, 0x6e6574);
    return h ? h : 1;
}
