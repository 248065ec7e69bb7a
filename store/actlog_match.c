/* store/actlog_match.c - the values of an activity, and what a filter's terms make of them. */
#include "store/actlog_match.h"

#include "base/hash.h"
#include "model/act_json.h"
#include "model/app.h"
#include "model/country.h"

#include <stdio.h>

/* ---- values of an activity ---- */

struct giving {
    actlog_value_each *each;
    void *owner;
    enum actlog_value column;
};

static void give(const struct giving *g, struct str value)
{
    if (value.n)
        g->each(g->owner, g->column, value);
}

static void give_entity(const struct giving *g, uint32_t number)
{
    char b[4] = {(char)(number >> 24), (char)(number >> 16), (char)(number >> 8), (char)number};
    if (number)
        give(g, (struct str){b, 4});
}

static void give_ip(const struct giving *g, const struct ip *ip)
{
    char text[IP_TEXT];
    if (ip_set(ip))
        give(g, ip_text(ip, text));
}

static void give_account(const struct giving *g, const struct account *a)
{
    const struct str *parts[] = {&a->name, &a->upn, &a->mail, &a->sid, &a->cloud};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        give(g, *parts[i]);
}

static struct str after_at(struct str address)
{
    ptrdiff_t at = str_rchr(address, '@');
    return at < 0 ? STR_NONE : str_from(address, (size_t)at + 1);
}

static void give_domains(const struct giving *g, const struct account *a)
{
    give(g, a->domain);
    give(g, after_at(a->upn));
    give(g, after_at(a->mail));
}

static void give_entities(const struct giving *g, const struct activity *a)
{
    give_entity(g, a->actor_entity);
    give_entity(g, a->device_entity);
    give_entity(g, a->destination_entity);
    for (unsigned i = 0; i < a->nobjects; i++)
        give_entity(g, a->objects[i].entity);
}

static void give_objects(const struct giving *g, const struct activity *a)
{
    for (unsigned i = 0; i < a->nobjects; i++)
        give_account(g, &a->objects[i].ref);
}

static void give_files(const struct giving *g, const struct activity *a)
{
    for (unsigned i = 0; i < a->nobjects; i++)
        if (a->objects[i].type == OBJECT_FILE)
            give(g, g->column == VALUE_FILE ? a->objects[i].ref.name : a->objects[i].ref.cloud);
    if (g->column == VALUE_FILE)
        give(g, act_str(a, FACT_FILE_NAME));
}

static bool is_reference(unsigned key)
{
    return key == FACT_LOGON_GUID || key == FACT_SUBJECT_LOGON_ID || key == FACT_CLOUD_RECORD_ID;
}

static void give_references(const struct giving *g, const struct activity *a)
{
    give(g, a->session);
    for (unsigned i = 0; i < a->nfacts; i++)
        if (a->facts[i].type == FACT_TYPE_STR && is_reference(a->facts[i].key))
            give(g, a->facts[i].s);
}

/* Facts often repeat what another column of "text" has. */
static bool is_told(const struct activity *a, const struct fact *f)
{
    bool told = f->key == FACT_OPERATION || f->key == FACT_SITE_URL || is_reference(f->key) || str_eq(f->s, a->app);
    for (unsigned i = 0; !told && i < a->nobjects; i++)
        told = str_eq(f->s, a->objects[i].ref.name);
    return told;
}

static void give_others(const struct giving *g, const struct activity *a)
{
    const struct country *c = str_set(a->location.country) ? country_of(a->location.country) : NULL;
    const struct str texts[] = {a->agent.browser, a->agent.os, a->location.region, a->location.city, c ? str_of(c->name) : STR_NONE};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        give(g, texts[i]);
    give_ip(g, &a->destination_ip);
    for (unsigned i = 0; i < a->nfacts; i++)
        if (a->facts[i].type == FACT_TYPE_STR && !is_told(a, &a->facts[i]))
            give(g, a->facts[i].s);
    char event[24];
    int n = act_has(a, FACT_EVENT_ID) ? snprintf(event, sizeof event, "%llu", (unsigned long long)act_u64(a, FACT_EVENT_ID, 0)) : 0;
    give(g, (struct str){event, (size_t)n});
}

static void give_tags(const struct giving *g, uint32_t tags)
{
    for (unsigned bit = 0; bit < 32 && str_set(agent_tag_text(bit)); bit++)
        if (tags & UINT32_C(1) << bit)
            give(g, agent_tag_text(bit));
}

void actlog_values(const struct actlog_row *row, enum actlog_value column, actlog_value_each *each, void *owner)
{
    const struct activity *a = &row->activity;
    const struct giving g = {each, owner, column};
    switch (column) {
    case VALUE_ID: give(&g, (struct str){(const char *)a->id, 6}); break;
    case VALUE_SHORE: give(&g, kind_shore(a->kind) == SHORE_CLOUD ? STR("cloud") : STR("onprem")); break;
    case VALUE_APP: give(&g, a->app); break;
    case VALUE_INSTANCE: give(&g, a->instance); break;
    case VALUE_KIND:
        give(&g, act_kind(a));
        give(&g, act_str(a, FACT_OPERATION));
        break;
    case VALUE_CATEGORY: give(&g, actlog_category(a)); break;
    case VALUE_OUTCOME: give(&g, outcome_text(a->outcome)); break;
    case VALUE_PROTOCOL: give(&g, protocol_text(a->protocol)); break;
    case VALUE_ADMIN: give(&g, a->admin ? STR("1") : STR("0")); break;
    case VALUE_IMPERSONATED: give(&g, a->impersonated ? STR("1") : STR("0")); break;
    case VALUE_ACTOR: give_entity(&g, a->actor_entity); break;
    case VALUE_ENTITY: give_entities(&g, a); break;
    case VALUE_ACCOUNT: give_account(&g, &a->actor); break;
    case VALUE_DOMAIN: give_domains(&g, &a->actor); break;
    case VALUE_OBJECT: give_objects(&g, a); break;
    case VALUE_FILE:
    case VALUE_FILE_ID: give_files(&g, a); break;
    case VALUE_URL: give(&g, act_str(a, FACT_SITE_URL)); break;
    case VALUE_DEVICE: give(&g, a->device); break;
    case VALUE_DEVICE_TYPE: give(&g, a->agent.device); break;
    case VALUE_DESTINATION: give(&g, a->destination); break;
    case VALUE_AGENT: give(&g, a->agent.text); break;
    case VALUE_AGENT_TAG: give_tags(&g, a->agent.tags); break;
    case VALUE_COUNTRY: give(&g, a->location.country); break;
    case VALUE_NETWORK: give(&g, a->location.network); break;
    case VALUE_IP: give_ip(&g, &a->ip); break;
    case VALUE_REFERENCE: give_references(&g, a); break;
    case VALUE_OTHER: give_others(&g, a); break;
    case VALUE_COUNT: break;
    }
}

struct str actlog_category(const struct activity *a)
{
    bool logon = kind_group(a->kind) == GROUP_LOGON && a->kind != KIND_UNKNOWN;
    if (a->kind == KIND_SIGN_OUT || a->kind == KIND_LOGOFF)
        return STR("EVENT_CATEGORY_LOGOUT");
    if (a->kind == KIND_FAILED_SIGN_IN || a->kind == KIND_FAILED_LOGON || a->kind == KIND_MFA_DENIED || (logon && a->outcome == OUTCOME_FAILURE))
        return STR("EVENT_CATEGORY_FAILED_LOGIN");
    return logon ? STR("EVENT_CATEGORY_LOGIN") : STR("EVENT_CATEGORY_UNSPECIFIED");
}

/* ---- terms ---- */

#define BIT(column) (UINT64_C(1) << VALUE_##column)

static uint64_t text_columns(void)
{
    return BIT(APP) | BIT(INSTANCE) | BIT(KIND) | BIT(PROTOCOL) | BIT(ACCOUNT) | BIT(DOMAIN) | BIT(OBJECT) | BIT(URL) | BIT(DEVICE) | BIT(DESTINATION) |
           BIT(AGENT) | BIT(COUNTRY) | BIT(NETWORK) | BIT(IP) | BIT(REFERENCE) | BIT(OTHER);
}

static uint64_t person_columns(enum filter_match m, uint64_t numbers)
{
    return m == MATCH_EQ || m == MATCH_DIFFERS ? numbers : m == MATCH_SET ? numbers | BIT(ACCOUNT) : BIT(ACCOUNT);
}

uint64_t actlog_columns(const struct filter_term *t)
{
    static const uint64_t of[FIELD_COUNT] = {
        [FIELD_ACTIVITY_SERVICE] = BIT(APP), [FIELD_ACTIVITY_INSTANCE] = BIT(INSTANCE), [FIELD_ACTIVITY_USER_DOMAIN] = BIT(DOMAIN),
        [FIELD_ACTIVITY_KIND] = BIT(KIND), [FIELD_ACTIVITY_ACTION] = BIT(KIND), [FIELD_ACTIVITY_CATEGORY] = BIT(CATEGORY),
        [FIELD_ACTIVITY_ID] = BIT(ID), [FIELD_ACTIVITY_IMPERSONATED] = BIT(IMPERSONATED), [FIELD_ACTIVITY_ADMIN] = BIT(ADMIN),
        [FIELD_ACTIVITY_OBJECT] = BIT(OBJECT), [FIELD_ACTIVITY_DEVICE_TYPE] = BIT(DEVICE_TYPE), [FIELD_ACTIVITY_DEVICE] = BIT(DEVICE),
        [FIELD_ACTIVITY_DESTINATION] = BIT(DESTINATION), [FIELD_ACTIVITY_AGENT] = BIT(AGENT), [FIELD_ACTIVITY_AGENT_TAG] = BIT(AGENT_TAG),
        [FIELD_ACTIVITY_COUNTRY] = BIT(COUNTRY), [FIELD_ACTIVITY_NETWORK] = BIT(NETWORK), [FIELD_ACTIVITY_IP] = BIT(IP),
        [FIELD_ACTIVITY_FILE] = BIT(FILE), [FIELD_ACTIVITY_FILE_ID] = BIT(FILE_ID), [FIELD_ACTIVITY_URL] = BIT(URL),
        [FIELD_ACTIVITY_SOURCE] = BIT(SHORE), [FIELD_ACTIVITY_SHORE] = BIT(SHORE), [FIELD_ACTIVITY_OUTCOME] = BIT(OUTCOME),
        [FIELD_ACTIVITY_PROTOCOL] = BIT(PROTOCOL),
    };
    if (t->field == FIELD_ACTIVITY_USER)
        return person_columns(t->match, BIT(ACTOR));
    if (t->field == FIELD_ACTIVITY_ENTITY)
        return person_columns(t->match, BIT(ENTITY));
    if (t->field == FIELD_ACTIVITY_TEXT)
        return text_columns();
    return t->field < FIELD_COUNT ? of[t->field] : 0;
}

bool actlog_of_words(const struct filter_term *t)
{
    return t->match == MATCH_TEXT || (t->field == FIELD_ACTIVITY_TEXT && t->match != MATCH_SET);
}

bool actlog_word(struct str *rest, struct str *word)
{
    size_t from = 0, to;
    while (from < rest->n && (unsigned char)rest->p[from] <= ' ')
        from++;
    for (to = from; to < rest->n && (unsigned char)rest->p[to] > ' ';)
        to++;
    *word = str_sub(*rest, from, to - from);
    *rest = str_from(*rest, to);
    return to > from;
}

bool actlog_binary(enum actlog_value column)
{
    return column == VALUE_ID || column == VALUE_ACTOR || column == VALUE_ENTITY;
}

bool actlog_test_word(struct str word, enum actlog_value column, struct str value)
{
    if (actlog_binary(column))
        return false;
    return column == VALUE_REFERENCE ? str_startsi(value, word) : str_hasi(value, word);
}

static bool number_in(const struct filter_term *t, int64_t x)
{
    for (unsigned i = 0; i < t->n; i++) {
        const struct filter_value *v = &t->values[i];
        if (t->match == MATCH_RANGE ? v->from <= x && x <= v->to : v->from == x)
            return true;
    }
    return false;
}

static bool test_number(const struct filter_term *t, int64_t x)
{
    bool in = number_in(t, x);
    return t->match == MATCH_DIFFERS ? !in : in && (t->match == MATCH_EQ || t->match == MATCH_RANGE);
}

bool actlog_test_time(const struct filter_term *t, int64_t time)
{
    return t->match == MATCH_SET || test_number(t, time);
}

/* addr/bits; addr as in base/ip.h, bits of IPv4 count from its own first bit */
static bool in_network(const struct ip *ip, struct str cidr)
{
    struct str rest = cidr, text;
    struct ip net;
    uint64_t bits;
    if (!str_cut(&rest, '/', &text) || !ip_parse(text, &net, NULL) || !str_u64(rest, &bits))
        return false;
    if (bits > (ip_is_v4(&net) ? 32 : 128))
        return false;
    bits += ip_is_v4(&net) ? 96 : 0;
    size_t whole = bits / 8;
    unsigned mask = 0xff00u >> bits % 8;
    return memcmp(ip->b, net.b, whole) == 0 && (bits % 8 == 0 || ((ip->b[whole] ^ net.b[whole]) & mask & 0xff) == 0);
}

static bool same_address(struct str value, struct str asked)
{
    struct ip a, b;
    if (str_eqi(value, asked))
        return true;
    if (!asked.n || !ip_parse(value, &a, NULL))
        return false;
    if (str_chr(asked, '/') >= 0)
        return in_network(&a, asked);
    if (asked.p[asked.n - 1] == '.' || (asked.p[asked.n - 1] == ':' && !ip_parse(asked, &b, NULL)))
        return str_startsi(value, asked);
    return ip_parse(asked, &b, NULL) && ip_eq(&a, &b);
}

static bool test_text(const struct filter_term *t, struct str value, struct str asked)
{
    if (!str_set(asked))
        return false;
    switch (t->match) {
    case MATCH_EQ:
    case MATCH_DIFFERS: return filter_field_type(t->field) == FILTER_IP ? same_address(value, asked) : str_eqi(value, asked);
    case MATCH_CONTAINS: return str_hasi(value, asked);
    case MATCH_STARTS: return str_startsi(value, asked);
    case MATCH_ENDS: return str_endsi(value, asked);
    case MATCH_RANGE:
    case MATCH_SET:
    case MATCH_TEXT: return false;
    }
    return false;
}

static bool test_texts(const struct filter_term *t, struct str value)
{
    for (unsigned i = 0; i < t->n; i++)
        if (test_text(t, value, t->values[i].text))
            return t->match != MATCH_DIFFERS;
    return t->match == MATCH_DIFFERS;
}

static int64_t number_of(const struct filter_term *t, struct str value)
{
    if (t->field == FIELD_ACTIVITY_SERVICE)
        return app_number(value);
    if (t->field == FIELD_ACTIVITY_SOURCE) /* numbers of the API: 2 app connector, 6 the on-premises sensor */
        return str_eqi(value, STR("cloud")) ? 2 : 6;
    if (value.n == 4) { /* entity */
        const uint8_t *b = (const uint8_t *)value.p;
        return (int64_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
    }
    return value.p[0] == '1';
}

bool actlog_test(const struct filter_term *t, enum actlog_value column, struct str value)
{
    if (t->match == MATCH_SET)
        return t->field != FIELD_ACTIVITY_SERVICE || app_number(value) != 0;
    switch (filter_field_type(t->field)) {
    case FILTER_NUMBER: {
        int64_t x = number_of(t, value);
        return x && test_number(t, x);
    }
    case FILTER_BOOL: return test_number(t, number_of(t, value));
    case FILTER_PERSON: return column == VALUE_ACCOUNT ? test_texts(t, value) : test_number(t, number_of(t, value));
    case FILTER_TEXT:
    case FILTER_IP: return test_texts(t, value);
    case FILTER_TIME: return false;
    }
    return false;
}

/* ---- one activity ---- */

struct asking {
    const struct filter_term *term;
    struct str word; /* set: look for it */
    bool found;
};

static void ask(void *owner, enum actlog_value column, struct str value)
{
    struct asking *q = owner;
    if (!q->found)
        q->found = str_set(q->word) ? actlog_test_word(q->word, column, value) : actlog_test(q->term, column, value);
}

static bool ask_all(struct asking *q, const struct actlog_row *row)
{
    uint64_t columns = actlog_columns(q->term);
    q->found = false;
    for (unsigned c = 0; c < VALUE_COUNT && !q->found; c++)
        if (columns >> c & 1)
            actlog_values(row, (enum actlog_value)c, ask, q);
    return q->found;
}

static bool all_words(const struct filter_term *t, struct str text, const struct actlog_row *row)
{
    struct asking q = {.term = t};
    for (unsigned i = 0; i < ACTLOG_WORDS && actlog_word(&text, &q.word); i++)
        if (!ask_all(&q, row))
            return false;
    return true;
}

static bool of_words(const struct filter_term *t, const struct actlog_row *row)
{
    for (unsigned i = 0; i < t->n; i++)
        if (all_words(t, t->values[i].text, row))
            return true;
    return false;
}

static bool term_holds(const struct filter_term *t, const struct actlog_row *row)
{
    char hex[33];
    struct asking q = {.term = t};
    if (t->field == FIELD_ACTIVITY_DATE)
        return actlog_test_time(t, row->activity.time);
    if (t->field == FIELD_ACTIVITY_CREATED)
        return actlog_test_time(t, row->created);
    if (actlog_of_words(t))
        return of_words(t, row);
    if (t->field == FIELD_ACTIVITY_ID)
        return actlog_test(t, VALUE_ID, hash_hex(hex, row->activity.id, 16));
    return ask_all(&q, row);
}

bool actlog_matches(const struct filter *f, const struct actlog_row *row)
{
    for (unsigned i = 0; f && i < f->n; i++)
        if (term_holds(&f->terms[i], row) == f->terms[i].negate)
            return false;
    return true;
}
