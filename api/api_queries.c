/* api/api_queries.c - what a query may ask: fields with their operators and values, suggestions while typing, saved queries. */
#include "api/api.h"

#include "api/alert_json.h"
#include "api/answer.h"
#include "api/filters.h"
#include "api/person_json.h"
#include "model/country.h"
#include "policy/filter_value.h"
#include "policy/templates.h"
#include "store/actlog_match.h"
#include "store/tab_policies.h"
#include "store/tab_queries.h"

enum { SUGGESTED = 20, TOP_OF = 20000, TOP_ROOM = 100, NAME_MAX = 200, FILTERS_MAX = 16384 };

/* ---- fields ---- */

static const char *const type_names[] = {[FILTER_TEXT] = "text", [FILTER_NUMBER] = "number", [FILTER_TIME] = "time",
                                         [FILTER_BOOL] = "bool", [FILTER_IP] = "ip",         [FILTER_PERSON] = "person"};
/* Blank-separated, in the words of the API. */
static const char *const operators[] = {[FILTER_TEXT] = "eq neq contains ncontains startswith isset isnotset",
                                        [FILTER_NUMBER] = "eq neq gt gte lt lte range",
                                        [FILTER_TIME] = "gte lte range gte_ndays lte_ndays",
                                        [FILTER_BOOL] = "eq",
                                        [FILTER_IP] = "eq neq startswith doesnotstartwith isset isnotset",
                                        [FILTER_PERSON] = "eq neq startswith isset isnotset"};

static void write_values(struct jout *j, enum filter_field f)
{
    int64_t v;
    struct str name = filter_number_name(f, 0, &v);
    if (!str_set(name))
        return;
    jout_key(j, "values");
    jout_arr(j);
    for (size_t i = 0; str_set(name); name = filter_number_name(f, ++i, &v)) {
        jout_obj(j);
        jout_ki64(j, "value", v);
        jout_kstr(j, "label", name);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void write_field(struct jout *j, enum filter_field f)
{
    enum filter_type type = filter_field_type(f);
    struct str rest = f == filter_field_search(filter_field_noun(f)) ? STR("text") : str_of(operators[type]), word;
    jout_obj(j);
    jout_kstr(j, "name", filter_field_text(f));
    jout_kz(j, "type", type_names[type]);
    jout_key(j, "operators");
    jout_arr(j);
    while (str_cut(&rest, ' ', &word))
        jout_str(j, word);
    jout_end_arr(j);
    write_values(j, f);
    jout_end_obj(j);
}

static int get_fields(struct api_request *q, struct api_response *r)
{
    static const struct {
        const char *key;
        enum filter_noun noun;
    } nouns[] = {{"activities", FILTER_ACTIVITIES}, {"alerts", FILTER_ALERTS}, {"entities", FILTER_ENTITIES}};
    (void)q;
    jout_obj(&r->json);
    for (size_t n = 0; n < sizeof nouns / sizeof *nouns; n++) {
        jout_key(&r->json, nouns[n].key);
        jout_arr(&r->json);
        for (unsigned f = 0; f < FIELD_COUNT; f++)
            if (filter_field_noun((enum filter_field)f) == nouns[n].noun)
                write_field(&r->json, (enum filter_field)f);
        jout_end_arr(&r->json);
    }
    jout_end_obj(&r->json);
    return 0;
}

/* ---- suggestions ---- */

struct suggestions {
    struct api_request *q;
    struct jout *j;
    struct str typed;
    unsigned n;
};

static void suggest(struct suggestions *s, struct str value, struct str label, struct str about)
{
    if (s->n >= SUGGESTED || !value.n)
        return;
    s->n++;
    jout_obj(s->j);
    jout_kstr(s->j, "value", value);
    jout_kstr(s->j, "label", str_set(label) ? label : value);
    jout_kstr(s->j, "about", about);
    jout_end_obj(s->j);
}

static int suggest_entity(void *owner, const struct stored_entity *e)
{
    const struct stored_entity *x = e;
    suggest(owner, x->base.type == ENTITY_GROUP ? x->base.name : x->base.id, x->base.name, str_set(x->base.upn) ? x->base.upn : x->base.title);
    return 0;
}

/* Where an id is wanted: of users what distinguishes them, of groups that they are one. */
static int suggest_id(void *owner, const struct stored_entity *e)
{
    struct str about = e->base.type == ENTITY_GROUP ? STR("group") : str_set(e->base.upn) ? e->base.upn : e->base.title;
    suggest(owner, e->base.id, e->base.name, about);
    return 0;
}

static int suggest_entities(struct suggestions *s, int type, int (*each)(void *owner, const struct stored_entity *e))
{
    const struct entity_query ask = {.text = s->typed.n ? s->typed : STR_NONE, .type = type, .people = s->q->caller->activities.people,
                                     .npeople = s->q->caller->activities.npeople, .sort = ENTITY_BY_NAME, .ascending = true, .limit = SUGGESTED};
    return tab_entities_query(s->q->db, &ask, each, s, NULL);
}

static int suggest_people(struct suggestions *s, int type)
{
    return suggest_entities(s, type, suggest_entity);
}

static int suggest_policy(void *owner, const struct stored_policy *p)
{
    struct suggestions *s = owner;
    suggest(s, p->id, alert_json_name(s->q, p->id, p->name), p->category);
    return 0;
}

static void suggest_numbers(struct suggestions *s, enum filter_field f)
{
    int64_t v;
    struct str name;
    for (size_t i = 0; str_set(name = filter_number_name(f, i, &v)); i++)
        if (str_hasi(name, s->typed))
            suggest(s, str_fmt(s->q->arena, "%lld", (long long)v), name, STR_NONE);
}

static void suggest_kinds(struct suggestions *s)
{
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++)
        if (str_hasi(kind_text((enum kind)k), s->typed) || (s->q->language == FRENCH && str_hasi(kind_french(kind_text((enum kind)k)), s->typed)))
            suggest(s, kind_text((enum kind)k), STR_NONE, kind_shore((enum kind)k) == SHORE_ONPREM ? STR("on-premises") : STR("cloud"));
}

static void suggest_countries(struct suggestions *s)
{
    const struct country *c;
    for (unsigned i = 0; (c = country_at(i)); i++)
        if (str_startsi(country_name(c, s->q->language), s->typed) || str_startsi(country_name(c, ENGLISH), s->typed) || str_eqi(country_code(c), s->typed))
            suggest(s, country_code(c), country_name(c, s->q->language), country_code(c));
}

/* Values that the newest of what the caller sees has. */
static int suggest_seen(struct suggestions *s, enum filter_field f)
{
    static const struct {
        enum filter_field field;
        enum actlog_column by;
    } seen[] = {{FIELD_ACTIVITY_NETWORK, ACTLOG_BY_NETWORK}, {FIELD_ACTIVITY_IP, ACTLOG_BY_IP}, {FIELD_ACTIVITY_DEVICE, ACTLOG_BY_DEVICE},
                {FIELD_ACTIVITY_DESTINATION, ACTLOG_BY_DESTINATION}};
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        struct actlog_top top[TOP_ROOM];
        struct actlog_column_top c = {.by = seen[i].by, .top = top, .room = TOP_ROOM};
        if (seen[i].field != f || !api_may(s->q, RIGHT_VIEW_ACTIVITIES))
            continue;
        int err = actlog_top(s->q->log, NULL, &s->q->caller->activities, TOP_OF, &c, 1, s->q->arena);
        for (size_t k = 0; !err && k < c.n; k++)
            if (str_hasi(top[k].value, s->typed))
                suggest(s, top[k].value, STR_NONE, str_fmt(s->q->arena, "%llu", (unsigned long long)top[k].n));
        return err;
    }
    return 0;
}

static void suggest_words(struct suggestions *s, const char *words)
{
    struct str rest = str_of(words), word;
    while (str_cut(&rest, ' ', &word))
        if (str_hasi(word, s->typed))
            suggest(s, word, STR_NONE, STR_NONE);
}

static const char *words_of(enum filter_field f)
{
    static const struct {
        enum filter_field field;
        const char *words;
    } words[] = {{FIELD_ACTIVITY_SHORE, "onprem cloud"}, {FIELD_ACTIVITY_OUTCOME, "success failure"}, {FIELD_ACTIVITY_DEVICE_TYPE, "DESKTOP MOBILE TABLET OTHER"},
                 {FIELD_ALERT_SOURCE, "built-in policy"}, {FIELD_ENTITY_TYPE, "user account"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].field == f)
            return words[i].words;
    return NULL;
}

static bool is_group_field(enum filter_field f)
{
    return f == FIELD_ACTIVITY_USER_TAG || f == FIELD_ENTITY_GROUP;
}

static int suggest_for(struct suggestions *s, enum filter_field f)
{
    if (words_of(f))
        suggest_words(s, words_of(f));
    if (is_group_field(f))
        suggest_words(s, "sensitive honeytoken admin external service disabled");
    if (filter_field_type(f) == FILTER_NUMBER)
        suggest_numbers(s, f);
    if (f == FIELD_ACTIVITY_KIND)
        suggest_kinds(s);
    if (f == FIELD_ACTIVITY_COUNTRY)
        suggest_countries(s);
    if ((f == FIELD_ACTIVITY_POLICY || f == FIELD_ALERT_POLICY) && api_may(s->q, RIGHT_VIEW_POLICIES))
        return tab_policies_each(s->q->db, 7, s->typed.n ? s->typed : STR_NONE, suggest_policy, s);
    if (filter_field_type(f) == FILTER_PERSON && api_may(s->q, RIGHT_VIEW_USERS))
        return suggest_people(s, f == FIELD_ACTIVITY_USER ? (int)ENTITY_USER : -1);
    if (is_group_field(f) && api_may(s->q, RIGHT_VIEW_USERS))
        return suggest_people(s, (int)ENTITY_GROUP);
    return suggest_seen(s, f);
}

/* Groups, or users and groups: for scopes of policies and of accounts. */
static int suggest_ids(struct suggestions *s, bool users)
{
    if (!api_may(s->q, RIGHT_VIEW_USERS))
        return 0;
    int err = users ? suggest_entities(s, (int)ENTITY_USER, suggest_id) : 0;
    s->n = s->n > SUGGESTED / 2 ? SUGGESTED / 2 : s->n; /* many users leave room for groups */
    return err ? err : suggest_entities(s, (int)ENTITY_GROUP, suggest_id);
}

static int get_suggest(struct api_request *q, struct api_response *r)
{
    struct suggestions s = {.q = q, .j = &r->json, .typed = str_trim(api_str(q, "q"))};
    struct str name = api_str(q, "field"), noun = api_str(q, "noun"), of = api_str(q, "of");
    bool groups = str_eq(of, STR("groups")), everybody = str_eq(of, STR("everybody"));
    enum filter_field f = FIELD_COUNT;
    if (!str_eq(noun, STR("alerts")) && !str_eq(noun, STR("entities")))
        f = filter_field_named(FILTER_ACTIVITIES, name);
    if (f == FIELD_COUNT && !str_eq(noun, STR("entities")))
        f = filter_field_named(FILTER_ALERTS, name);
    if (f == FIELD_COUNT)
        f = filter_field_named(FILTER_ENTITIES, name);
    if ((f == FIELD_COUNT && !groups && !everybody) || s.typed.n > NAME_MAX)
        return api_refuse(r, 400, "field must be the name of a field, or of be groups or everybody");
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    int err = groups || everybody ? suggest_ids(&s, everybody) : suggest_for(&s, f);
    jout_end_arr(&r->json);
    jout_end_obj(&r->json);
    return err;
}

/* ---- saved queries ---- */

/* Filters as the JSON object, whichever form they are kept in. */
static void write_filters(struct api_request *q, struct jout *j, enum filter_noun noun, struct str kept)
{
    struct filter_parser p = {.arena = q->arena, .noun = noun, .now = q->now};
    struct filter f;
    struct buf text = {0};
    jout_key(j, "filters");
    if (kept.n && kept.p[0] == '{') {
        jout_raw(j, kept);
        return;
    }
    if (filter_parse_text(&p, kept, &f) == 0)
        filter_write(&f, &text);
    jout_raw(j, text.n ? buf_view(&text) : STR("{}"));
    buf_free(&text);
}

struct rows {
    struct api_request *q;
    struct jout *j;
    uint64_t n;
};

static int one_query(void *owner, const struct stored_query *s)
{
    struct rows *x = owner;
    x->n++;
    jout_obj(x->j);
    jout_kstr(x->j, "id", str_fmt(x->q->arena, "%lld", (long long)s->id));
    jout_kstr(x->j, "name", s->name);
    write_filters(x->q, x->j, s->noun, s->filters);
    jout_kbool(x->j, "shared", s->shared);
    jout_kstr(x->j, "by", s->by);
    jout_kbool(x->j, "suggested", false);
    jout_end_obj(x->j);
    return 0;
}

static bool noun_of(struct str text, enum filter_noun *noun)
{
    *noun = str_eq(text, STR("alerts")) ? FILTER_ALERTS : str_eq(text, STR("entities")) ? FILTER_ENTITIES : FILTER_ACTIVITIES;
    return !text.n || *noun != FILTER_ACTIVITIES || str_eq(text, STR("activities"));
}

static int get_queries(struct api_request *q, struct api_response *r)
{
    struct rows x = {q, &r->json, 0};
    enum filter_noun noun;
    if (!noun_of(api_str(q, "noun"), &noun))
        return api_refuse(r, 400, "noun must be activities, alerts or entities");
    list_begin(r);
    for (const struct suggested_query *s = suggested_queries; noun == FILTER_ACTIVITIES && s->id; s++, x.n++) {
        jout_obj(x.j);
        jout_kz(x.j, "id", s->id);
        jout_kz(x.j, "name", s->name[q->language]);
        write_filters(q, x.j, noun, str_of(s->filters));
        jout_kbool(x.j, "shared", true);
        jout_kbool(x.j, "suggested", true);
        jout_end_obj(x.j);
    }
    int err = tab_queries_each(q->db, noun, q->caller->name, one_query, &x);
    list_end(r, x.n, false, false);
    return err;
}

static int post_query(struct api_request *q, struct api_response *r)
{
    const struct jnode *filters = jin_get(q->doc, q->params, STR("filters"));
    struct stored_query s = {.name = str_trim(api_str(q, "name")), .by = q->caller->name, .shared = api_bool(q, "shared", false), .saved = q->now};
    struct rows x = {q, &r->json, 0};
    struct filter f;
    if (s.name.n == 0 || s.name.n > NAME_MAX || !filters || filters->val.n > FILTERS_MAX)
        return api_refuse(r, 400, "name and filters are needed, of at most 200 and 16,384 characters");
    if (!noun_of(api_str(q, "noun"), &s.noun))
        return api_refuse(r, 400, "noun must be activities, alerts or entities");
    if (!filters_of_node(q, r, s.noun, filters, NULL, &f))
        return 0;
    s.filters = filters->val;
    int err = tab_queries_save(q->db, &s, &s.id);
    if (err == ERR_USAGE)
        return api_refuse(r, 409, "There are 1,000 saved queries already: delete some first.");
    if (!err)
        err = api_audit(q, "query saved", s.name, STR_NONE, STR_NONE);
    if (err)
        return err;
    r->status = 201;
    return one_query(&x, &s);
}

static int delete_query(struct api_request *q, struct api_response *r)
{
    int64_t id;
    if (!str_i64(q->vars[0], &id))
        return ERR_NOT_FOUND;
    int err = tab_queries_drop(q->db, id, q->caller->name);
    if (!err)
        err = api_audit(q, "query deleted", q->vars[0], STR_NONE, STR_NONE);
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return err;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/fields", .right = RIGHT_SIGNED_IN, .handler = get_fields, .about = "Fields of filters with types, operators and named values."},
    {.method = API_GET, .pattern = "api/vigie/v1/suggest", .right = RIGHT_SIGNED_IN, .handler = get_suggest, .about = "Values of a field that go with what was typed."},
    {.method = API_GET, .pattern = "api/vigie/v1/queries", .right = RIGHT_VIEW_ACTIVITIES, .handler = get_queries, .about = "Suggested queries, one's own and shared ones."},
    {.method = API_POST, .pattern = "api/vigie/v1/queries", .right = RIGHT_VIEW_ACTIVITIES, .handler = post_query, .about = "Saves a query under a name."},
    {.method = API_DELETE, .pattern = "api/vigie/v1/queries/{id}", .right = RIGHT_VIEW_ACTIVITIES, .handler = delete_query, .about = "Deletes one of one's own queries."},
    {.pattern = NULL}};

const struct api_routes api_queries = {routes};
