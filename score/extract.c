/* score/extract.c - from an activity to the values that are profiled. */
#include "score/extract.h"

#include <stdio.h>

static void add(struct extract *x, enum dim dim, struct str key, struct str text)
{
    if (str_set(key) && key.n && x->n < TRAITS)
        x->traits[x->n++] = (struct trait){.dim = dim, .key = key, .text = str_set(text) ? text : key};
}

/* Without printf: every activity comes through here. */
static size_t put(char *out, size_t n, size_t room, struct str s)
{
    s = str_sub(s, 0, room - n);
    if (s.n)
        memcpy(out + n, s.p, s.n);
    return n + s.n;
}

/* Without the owner's name: the /16 of an IPv4 address, the /32 of an IPv6 one. */
static struct str prefix(const struct ip *ip, struct str text, char *out, size_t room)
{
    if (ip_is_v4(ip)) {
        size_t n = 0;
        for (unsigned dots = 0; dots < 2; dots += text.p[n++] == '.')
            ;
        n = put(out, 0, room, str_sub(text, 0, n));
        return (struct str){out, put(out, n, room, STR("0.0/16"))};
    }
    const uint8_t *b = ip->b;
    int n = snprintf(out, room, "%x:%x::/32", b[0] << 8 | b[1], b[2] << 8 | b[3]);
    return (struct str){out, n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1};
}

static void where(struct extract *x, const struct activity *a)
{
    struct str ip = ip_set(&a->ip) ? ip_text(&a->ip, x->ip) : STR_NONE;
    add(x, DIM_COUNTRY, a->location.country, STR_NONE);
    if (str_set(a->location.network))
        add(x, DIM_NETWORK, a->location.network, STR_NONE);
    else if (str_set(ip))
        add(x, DIM_NETWORK, prefix(&a->ip, ip, x->network, sizeof x->network), STR_NONE);
    add(x, DIM_IP, ip, STR_NONE);
}

/* A browser's name rather than its version of the week, when it was understood. */
static struct str agent(struct extract *x, const struct agent *g)
{
    if (!str_set(g->browser) && !str_set(g->os))
        return g->text;
    size_t room = sizeof x->agent - 1, n = put(x->agent, 0, room, g->browser);
    if (str_set(g->browser) && str_set(g->os))
        n = put(x->agent, n, room, STR(" on "));
    return (struct str){x->agent, put(x->agent, n, room, g->os)};
}

static void computer(struct extract *x, const struct dir *dir, enum dim dim, uint32_t number, struct str name)
{
    const struct entity *e = dir_entity(dir, number);
    if (e)
        add(x, dim, e->id, str_set(e->name) ? e->name : name);
    else
        add(x, dim, name, STR_NONE);
}

static void objects(struct extract *x, const struct activity *a, const struct dir *dir)
{
    for (unsigned i = 0; i < a->nobjects; i++) {
        const struct object *o = &a->objects[i];
        if (o->role == ROLE_PARAMETER || (o->entity && o->entity == a->actor_entity))
            continue;
        const struct entity *e = dir_entity(dir, o->entity);
        struct str name = account_text(&o->ref);
        unsigned before = x->n;
        if (e)
            add(x, DIM_RESOURCE, e->id, str_set(e->name) ? e->name : name);
        else
            add(x, DIM_RESOURCE, name, STR_NONE);
        if (x->n > before)
            x->traits[before].entity = o->entity;
    }
}

void extract_traits(const struct activity *a, const struct dir *dir, struct extract *x)
{
    x->n = 0;
    x->failure = a->outcome == OUTCOME_FAILURE || a->kind == KIND_FAILED_LOGON || a->kind == KIND_FAILED_SIGN_IN;
    add(x, DIM_KIND, act_kind(a), STR_NONE);
    add(x, DIM_APP, a->app, STR_NONE);
    if (x->failure)
        return;
    where(x, a);
    computer(x, dir, DIM_DEVICE, a->device_entity, a->device);
    add(x, DIM_AGENT, agent(x, &a->agent), STR_NONE);
    computer(x, dir, DIM_DESTINATION, a->destination_entity, a->destination);
    objects(x, a, dir);
}

enum aspect extract_aspect(enum dim dim)
{
    return dim <= DIM_IP ? ASPECT_WHERE : dim <= DIM_AGENT ? ASPECT_WITH : ASPECT_WHAT;
}
