/* tests/support/acts.c - small worlds of names, so that filters hit and values repeat. */
#include "tests/support/acts.h"

#include "base/hash.h"
#include "model/app.h"

#include <stdio.h>

uint32_t acts_draw(struct acts *a, uint32_t n)
{
    a->seed = a->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(a->seed >> 33) % n;
}

/* The form with the number in place of its #. */
static struct str text(struct acts *a, const char *form, unsigned n)
{
    char *to = a->text[a->ntext++ % 64];
    const char *at = strchr(form, '#');
    int length = snprintf(to, sizeof a->text[0], "%.*s%u%s", (int)(at - form), form, n, at + 1);
    return (struct str){to, (size_t)length};
}

static struct str pick(struct acts *a, const char *const *all, unsigned n)
{
    unsigned i = acts_draw(a, n + 1);
    return i < n ? str_of(all[i]) : STR_NONE;
}

static const char *const apps[] = {APP_AD, APP_O365, APP_AWS, "Wiki"};
static const char *const countries[] = {"FR", "DE", "US", "fr"};
static const char *const networks[] = {"Example Networks", "ISP", "Other's %_ Net"};
static const char *const agents[] = {"Mozilla/5.0 (Windows NT 10.0)", "curl/8.0", "\xc3\x89tat/1"};
static const char *const operations[] = {"FileAccessed", "UserLoggedIn", "it's; DROP TABLE tail;--"};
static const char *const devices[] = {"MOBILE", "DESKTOP"};
static const char *const forms[] = {"PC#", "pc#.corp.test", "\\\\SRV#\\share"};
static const char *const ips[] = {"10.1.0.#", "10.1.#.1", "2001:db8::#", "192.0.2.#"};

static struct str ip_of(struct acts *a)
{
    return text(a, ips[acts_draw(a, 4)], 1 + acts_draw(a, 12));
}

static void objects(struct acts *a, struct activity *x)
{
    x->objects = a->objects;
    x->nobjects = acts_draw(a, 4);
    for (unsigned i = 0; i < x->nobjects; i++) {
        a->objects[i] = (struct object){.type = (enum object_type)acts_draw(a, OBJECT_TYPE_COUNT), .role = ROLE_TARGET, .entity = acts_draw(a, 40)};
        a->objects[i].ref.name = text(a, acts_draw(a, 2) ? "File #.xlsx" : "Group#", acts_draw(a, 30));
        if (acts_draw(a, 3) == 0)
            a->objects[i].ref.cloud = text(a, "site|#", acts_draw(a, 20));
    }
}

static void facts(struct acts *a, struct activity *x)
{
    x->facts = a->facts;
    if (acts_draw(a, 2))
        a->facts[x->nfacts++] = (struct fact){.key = FACT_OPERATION, .type = FACT_TYPE_STR, .s = pick(a, operations, 3)};
    if (x->nfacts && !str_set(a->facts[0].s))
        x->nfacts = 0;
    if (acts_draw(a, 2))
        a->facts[x->nfacts++] = (struct fact){.key = FACT_EVENT_ID, .type = FACT_TYPE_U64, .u = 4624 + acts_draw(a, 5)};
    if (acts_draw(a, 2))
        a->facts[x->nfacts++] = (struct fact){.key = FACT_SITE_URL, .type = FACT_TYPE_STR, .s = text(a, "https://corp.test/#", acts_draw(a, 9))};
    if (acts_draw(a, 2))
        a->facts[x->nfacts++] = (struct fact){.key = FACT_LOGON_GUID, .type = FACT_TYPE_STR, .s = text(a, "#-corp", acts_draw(a, 1000000))};
}

struct activity acts_make(struct acts *a, uint32_t n, int64_t time)
{
    struct activity x = {.time = time + (int64_t)acts_draw(a, 50) * TIME_SECOND, .kind = (enum kind)acts_draw(a, KIND_COUNT)};
    const struct str parts[] = {text(a, "activity #", n)};
    hash_id(x.id, parts, 1);
    if (x.kind == KIND_UNKNOWN)
        x.kind_text = STR("odd kind");
    x.app = pick(a, apps, 4);
    x.instance = pick(a, networks, 3);
    x.outcome = (enum outcome)acts_draw(a, 3);
    x.protocol = (enum protocol)acts_draw(a, PROTO_COUNT);
    x.admin = acts_draw(a, 5) == 0;
    x.impersonated = acts_draw(a, 9) == 0;
    unsigned who = acts_draw(a, 30);
    x.actor_entity = who;
    if (who) {
        x.actor.name = text(a, "User#", who);
        x.actor.domain = who % 2 ? STR("CORP") : STR_NONE;
        x.actor.upn = who % 3 ? text(a, "user#@Corp.test", who) : STR_NONE;
    }
    objects(a, &x);
    if (acts_draw(a, 3)) {
        x.device = text(a, forms[acts_draw(a, 3)], acts_draw(a, 20));
        x.device_entity = acts_draw(a, 40);
    }
    x.destination = acts_draw(a, 3) ? text(a, "DC#", acts_draw(a, 3)) : STR_NONE;
    x.destination_entity = acts_draw(a, 4) ? 0 : 35;
    if (acts_draw(a, 4))
        (void)ip_parse(ip_of(a), &x.ip, NULL);
    x.location.country = pick(a, countries, 4);
    x.location.network = pick(a, networks, 3);
    x.agent.text = pick(a, agents, 3);
    x.agent.device = pick(a, devices, 2);
    x.agent.tags = acts_draw(a, 8);
    x.session = acts_draw(a, 3) ? STR_NONE : text(a, "0x#", acts_draw(a, 500));
    facts(a, &x);
    x.origin.record = n;
    return x;
}

static struct str some_text(struct acts *a)
{
    static const char *const others[] = {"", "o", "corp", "CORP", "10.1.", "10.1", "10.1.0.0/28", "2001:db8::/120", "2001:db8:", "odd", "0x1", "%", "'",
                                         "success", "onprem", "cloud", "Kerberos", "EVENT_CATEGORY_LOGIN", "corp user", "user1 dc", "sign-in 4625",
                                         "\xc3\x89", "10.1.0.300/8", "/", "France", "user1", "DC1 MOBILE FR", "nothing has this"};
    switch (acts_draw(a, 9)) {
    case 0: return text(a, "user#", acts_draw(a, 31));
    case 1: return text(a, "FILE #", acts_draw(a, 30));
    case 2: return ip_of(a);
    case 3: return text(a, forms[acts_draw(a, 3)], acts_draw(a, 20));
    case 4: return pick(a, agents, 3);
    case 5: return pick(a, countries, 4);
    case 6: return pick(a, operations, 3);
    case 7: return kind_text((enum kind)acts_draw(a, KIND_COUNT));
    default: return str_of(others[acts_draw(a, sizeof others / sizeof *others)]);
    }
}

static int64_t some_number(struct acts *a, enum filter_field f, int64_t time)
{
    static const int64_t numbers[] = {20940, 11161, 11599, 2, 6, 0, 1, -1, INT64_MIN, INT64_MAX};
    if (filter_field_type(f) == FILTER_TIME && acts_draw(a, 8))
        return time + ((int64_t)acts_draw(a, 4000) - 2000) * TIME_SECOND;
    return acts_draw(a, 3) ? (int64_t)acts_draw(a, 40) : numbers[acts_draw(a, 10)];
}

static struct filter_term term(struct acts *a, struct filter_value *values, int64_t time)
{
    struct filter_term t = {.field = (enum filter_field)acts_draw(a, FIELD_ALERT_ENTITY), .match = (enum filter_match)acts_draw(a, MATCH_DIFFERS + 1),
                            .negate = acts_draw(a, 3) == 0, .values = values, .n = 1 + acts_draw(a, 3)};
    for (unsigned i = 0; i < t.n; i++) {
        values[i] = (struct filter_value){.text = some_text(a), .from = some_number(a, t.field, time)};
        int64_t unit = filter_field_type(t.field) == FILTER_TIME ? TIME_SECOND : 1, reach = acts_draw(a, 100) * unit;
        values[i].to = acts_draw(a, 4) && values[i].from < INT64_MAX - reach ? values[i].from + reach : INT64_MAX;
    }
    return t;
}

struct filter acts_filter(struct acts *a, int64_t time)
{
    struct filter f = {a->terms, acts_draw(a, 10) ? 1 + acts_draw(a, 3) : 0};
    for (unsigned i = 0; i < f.n; i++)
        a->terms[i] = term(a, a->values + 4 * (size_t)i, time);
    return f;
}
