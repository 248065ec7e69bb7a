/* policy/filter_value.c - operators, field names and values of the filter language. */
#include "policy/filter_value.h"

#include "base/ip.h"
#include "base/time.h"
#include "model/app.h"

#include <sodium.h>

static const struct filter_op ops[] = {
    {"eq", OP_LIST, MATCH_EQ, false, false, false},
    {"neq", OP_LIST, MATCH_EQ, true, false, false},
    {"contains", OP_LIST, MATCH_CONTAINS, false, false, false},
    {"ncontains", OP_LIST, MATCH_CONTAINS, true, false, false},
    {"startswith", OP_LIST, MATCH_STARTS, false, false, false},
    {"doesnotstartwith", OP_LIST, MATCH_STARTS, true, false, false},
    {"endswith", OP_LIST, MATCH_ENDS, false, false, false},
    {"doesnotendwith", OP_LIST, MATCH_ENDS, true, false, false},
    {"startswithsingle", OP_LIST, MATCH_STARTS, false, false, false},
    {"text", OP_LIST, MATCH_TEXT, false, false, false},
    {"deq", OP_LIST, MATCH_DIFFERS, false, false, false},
    {"descendantof", OP_LIST, MATCH_EQ, false, false, false},
    {"ndescendantof", OP_LIST, MATCH_EQ, true, false, false},
    {"cabinetmatchedrulesequals", OP_LIST, MATCH_EQ, false, false, false},
    {"gt", OP_BOUND, MATCH_RANGE, false, true, true},
    {"gte", OP_BOUND, MATCH_RANGE, false, true, false},
    {"lt", OP_BOUND, MATCH_RANGE, false, false, true},
    {"lte", OP_BOUND, MATCH_RANGE, false, false, false},
    {"gte_ndays", OP_DAYS, MATCH_RANGE, false, true, false},
    {"lte_ndays", OP_DAYS, MATCH_RANGE, false, false, false},
    {"range", OP_RANGE, MATCH_RANGE, false, false, false},
    {"nrange", OP_RANGE, MATCH_RANGE, true, false, false},
    {"isset", OP_SET, MATCH_SET, false, false, false},
    {"isnotset", OP_SET, MATCH_SET, true, false, false},
};

const struct filter_op *filter_op_of(struct str name)
{
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (str_eqi(name, str_of(ops[i].name)))
            return &ops[i];
    return NULL;
}

const struct filter_op *filter_op_at(size_t n)
{
    return n < sizeof ops / sizeof *ops ? &ops[n] : NULL;
}

const struct filter_op *filter_op_for(enum filter_match match, bool negate)
{
    static const char *const names[][2] = {
        [MATCH_EQ] = {"eq", "neq"},
        [MATCH_CONTAINS] = {"contains", "ncontains"},
        [MATCH_STARTS] = {"startswith", "doesnotstartwith"},
        [MATCH_ENDS] = {"endswith", "doesnotendwith"},
        [MATCH_RANGE] = {"range", "nrange"},
        [MATCH_SET] = {"isset", "isnotset"},
        [MATCH_TEXT] = {"text", "ncontains"},
        [MATCH_DIFFERS] = {"deq", NULL},
    };
    return names[match][negate] ? filter_op_of(str_of(names[match][negate])) : NULL;
}

/* ---- fields ---- */

/* Names that clients send or people type besides the documented one. */
static const struct {
    enum filter_noun noun;
    const char *name;
    enum filter_field field;
} aliases[] = {
    {FILTER_ACTIVITIES, "activity.actionType", FIELD_ACTIVITY_KIND},
    {FILTER_ACTIVITIES, "activityId", FIELD_ACTIVITY_ID},
    {FILTER_ACTIVITIES, "alertId", FIELD_ACTIVITY_ALERT},
    {FILTER_ALERTS, "instance", FIELD_ALERT_INSTANCE},
    {FILTER_ALERTS, "service", FIELD_ALERT_SERVICE},
    {FILTER_ENTITIES, "service", FIELD_ENTITY_APP},
    {FILTER_ENTITIES, "affiliation", FIELD_ENTITY_EXTERNAL},
};

static const struct {
    enum filter_noun noun;
    const char *name;
    enum filter_field field;
} typed[] = {
    {FILTER_ACTIVITIES, "app", FIELD_ACTIVITY_SERVICE},
    {FILTER_ACTIVITIES, "user", FIELD_ACTIVITY_USER},
    {FILTER_ACTIVITIES, "group", FIELD_ACTIVITY_USER_TAG},
    {FILTER_ACTIVITIES, "action", FIELD_ACTIVITY_KIND},
    {FILTER_ACTIVITIES, "ip", FIELD_ACTIVITY_IP},
    {FILTER_ACTIVITIES, "device", FIELD_ACTIVITY_DEVICE},
    {FILTER_ACTIVITIES, "admin", FIELD_ACTIVITY_ADMIN},
    {FILTER_ACTIVITIES, "id", FIELD_ACTIVITY_ID},
    {FILTER_ALERTS, "app", FIELD_ALERT_SERVICE},
    {FILTER_ALERTS, "status", FIELD_ALERT_RESOLUTION},
    {FILTER_ALERTS, "open", FIELD_ALERT_OPEN},
    {FILTER_ENTITIES, "group", FIELD_ENTITY_GROUP},
    {FILTER_ENTITIES, "admin", FIELD_ENTITY_ADMIN},
    {FILTER_ENTITIES, "name", FIELD_ENTITY_NAME},
};

enum filter_field filter_field_named(enum filter_noun noun, struct str name)
{
    enum filter_field f = filter_field_of(noun, name);
    for (size_t i = 0; f == FIELD_COUNT && i < sizeof aliases / sizeof *aliases; i++)
        if (aliases[i].noun == noun && str_eqi(name, str_of(aliases[i].name)))
            f = aliases[i].field;
    return f;
}

enum filter_field filter_field_typed(enum filter_noun noun, struct str name)
{
    enum filter_field f = filter_field_named(noun, name), found = FIELD_COUNT;
    for (size_t i = 0; f == FIELD_COUNT && i < sizeof typed / sizeof *typed; i++)
        if (typed[i].noun == noun && str_eqi(name, str_of(typed[i].name)))
            f = typed[i].field;
    if (f != FIELD_COUNT)
        return f;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        struct str text = filter_field_text((enum filter_field)i);
        if (filter_field_noun((enum filter_field)i) != noun || !str_eqi(name, str_from(text, (size_t)(str_rchr(text, '.') + 1))))
            continue;
        if (found != FIELD_COUNT)
            return FIELD_COUNT;
        found = (enum filter_field)i;
    }
    return found;
}

enum filter_field filter_field_search(enum filter_noun noun)
{
    return filter_field_of(noun, STR("text"));
}

bool filter_field_nullable(enum filter_field f)
{
    return f == FIELD_ACTIVITY_TAKEN || f == FIELD_ACTIVITY_DEVICE_TYPE || f == FIELD_ENTITY_EXTERNAL;
}

/* ---- numbers with names ---- */

static const struct {
    enum filter_field field;
    const char *name;
    int64_t number;
} names[] = {
#define X(id, text, number) \
    {FIELD_ACTIVITY_SERVICE, text, number}, {FIELD_ALERT_SERVICE, text, number}, {FIELD_ENTITY_APP, text, number}, {FIELD_FILE_SERVICE, text, number},
    APPS(X)
#undef X
#define X(field) \
    {field, "corporate", 1}, {field, "administrative", 2}, {field, "risky", 3}, {field, "VPN", 4}, {field, "cloud provider", 5}, {field, "other", 6},
        X(FIELD_ACTIVITY_IP_CATEGORY) X(FIELD_SUBNET_CATEGORY)
#undef X
            {FIELD_ACTIVITY_SOURCE, "access control", 0},
    {FIELD_ACTIVITY_SOURCE, "session control", 1},
    {FIELD_ACTIVITY_SOURCE, "app connector", 2},
    {FIELD_ACTIVITY_SOURCE, "app connector analysis", 3},
    {FIELD_ACTIVITY_SOURCE, "discovery", 5},
    {FIELD_ACTIVITY_SOURCE, "MDATP", 6},
    {FIELD_ALERT_SEVERITY, "low", 0},
    {FIELD_ALERT_SEVERITY, "medium", 1},
    {FIELD_ALERT_SEVERITY, "high", 2},
    {FIELD_ALERT_SEVERITY, "informational", 3},
    {FIELD_ALERT_RESOLUTION, "open", 0},
    {FIELD_ALERT_RESOLUTION, "dismissed", 1},
    {FIELD_ALERT_RESOLUTION, "resolved", 2},
    {FIELD_ALERT_RESOLUTION, "false positive", 3},
    {FIELD_ALERT_RESOLUTION, "benign", 4},
    {FIELD_ALERT_RESOLUTION, "true positive", 5},
    {FIELD_ENTITY_STATUS, "N/A", 0},
    {FIELD_ENTITY_STATUS, "staged", 1},
    {FIELD_ENTITY_STATUS, "active", 2},
    {FIELD_ENTITY_STATUS, "suspended", 3},
    {FIELD_ENTITY_STATUS, "deleted", 4},
    {FIELD_FILE_SHARING, "private", 0},
    {FIELD_FILE_SHARING, "internal", 1},
    {FIELD_FILE_SHARING, "external", 2},
    {FIELD_FILE_SHARING, "public", 3},
    {FIELD_FILE_SHARING, "public internet", 4},
    {FIELD_FILE_TYPE, "other", 0},
    {FIELD_FILE_TYPE, "document", 1},
    {FIELD_FILE_TYPE, "spreadsheet", 2},
    {FIELD_FILE_TYPE, "presentation", 3},
    {FIELD_FILE_TYPE, "text", 4},
    {FIELD_FILE_TYPE, "image", 5},
    {FIELD_FILE_TYPE, "folder", 6},
};

struct str filter_number_name(enum filter_field f, size_t n, int64_t *v)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].field == f && n-- == 0) {
            *v = names[i].number;
            return str_of(names[i].name);
        }
    return STR_NONE;
}

/* A decimal number; a fraction, as clients with floating point send it, is cut. The two ends of the range stay free: they mean
 * that a range is open. */
static bool decimal(struct str text, int64_t *v)
{
    struct str whole;
    struct str rest = text;
    if (!str_cut(&rest, '.', &whole) || !str_i64(whole, v))
        return false;
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] < '0' || rest.p[i] > '9')
            return false;
    *v = *v == INT64_MAX ? INT64_MAX - 1 : *v == INT64_MIN ? INT64_MIN + 1 : *v;
    return !str_set(rest) || rest.n > 0;
}

bool filter_number(enum filter_field f, struct str text, int64_t *v)
{
    if (decimal(text, v))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].field == f && str_eqi(text, str_of(names[i].name))) {
            *v = names[i].number;
            return true;
        }
    return false;
}

/* ---- moments ---- */

static int64_t floor_ms(int64_t t)
{
    return t / TIME_MS - (t % TIME_MS < 0);
}

static bool ago(struct str text, int64_t now, int64_t *ms)
{
    uint64_t n;
    if (text.n < 2 || text.p[0] < '0' || text.p[0] > '9' || !str_u64(str_sub(text, 0, text.n - 1), &n) || n > 100000)
        return false;
    char unit = str_lower_char(text.p[text.n - 1]);
    int64_t one = unit == 'd' ? TIME_DAY : unit == 'h' ? TIME_HOUR : unit == 'm' ? TIME_MINUTE : 0;
    *ms = floor_ms(now - (int64_t)n * one);
    return one != 0;
}

bool filter_moment(struct str text, int64_t now, int64_t *first_ms, int64_t *last_ms)
{
    int64_t v;
    if (decimal(text, &v) || ago(text, now, &v)) {
        *first_ms = *last_ms = v;
        return true;
    }
    int64_t t = time_parse(text);
    if (t == TIME_NONE)
        return false;
    *first_ms = *last_ms = floor_ms(t);
    if (text.n == sizeof "2026-01-05" - 1)
        *last_ms = *first_ms + TIME_DAY / TIME_MS - 1;
    return true;
}

/* ---- values ---- */

int filter_refuse(struct filter_parser *p, struct str value, const char *code, const char *why)
{
    p->error = (struct filter_error){value, code, why};
    return ERR_MALFORMED;
}

bool filter_op_fits(const struct filter_op *op, enum filter_field f, enum filter_match *match)
{
    enum filter_type type = filter_field_type(f);
    bool search = f == filter_field_search(filter_field_noun(f));
    *match = op->match;
    switch (op->kind) {
    case OP_BOUND:
    case OP_RANGE: return type == FILTER_NUMBER || type == FILTER_TIME;
    case OP_DAYS: return type == FILTER_TIME;
    case OP_SET: return !search;
    case OP_LIST: break;
    }
    if (search)
        *match = MATCH_TEXT;
    else if (op->match == MATCH_TEXT)
        *match = MATCH_CONTAINS;
    switch (type) {
    case FILTER_TEXT:
    case FILTER_PERSON: return true;
    case FILTER_TIME: *match = MATCH_RANGE; return op->match == MATCH_EQ;
    case FILTER_NUMBER: return *match == MATCH_EQ || *match == MATCH_DIFFERS;
    case FILTER_BOOL: return *match == MATCH_EQ;
    case FILTER_IP: return *match != MATCH_DIFFERS;
    }
    return false;
}

static bool boolean(struct str text, int64_t *v)
{
    static const char *const words[] = {"false", "true", "0", "1", "no", "yes"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eqi(text, str_of(words[i]))) {
            *v = (int64_t)(i & 1);
            return true;
        }
    return false;
}

/* An address, or an address and the length of its network. */
static bool network(struct str text)
{
    struct ip ip;
    uint64_t bits = 0;
    ptrdiff_t slash = str_rchr(text, '/');
    if (slash < 0)
        return ip_parse(text, &ip, NULL);
    return ip_parse(str_sub(text, 0, (size_t)slash), &ip, NULL) && str_u64(str_from(text, (size_t)slash + 1), &bits) &&
           bits <= (ip_is_v4(&ip) && !str_has(text, STR(":")) ? 32 : 128);
}

static bool hexadecimal(struct str s, size_t n)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (str_lower_char(s.p[i]) >= 'a' && str_lower_char(s.p[i]) <= 'f')))
            return false;
    return s.n == n;
}

/* The id inside an entity key: base64 of {"id":..,"saas":..,"inst":..}, or that JSON as text; else the text itself. */
static struct str entity_key(struct arena *arena, struct str text)
{
    struct str json = text;
    if (str_starts(text, STR("eyJ"))) {
        char *room = arena_alloc(arena, text.n);
        size_t n = 0;
        if (!room || sodium_base642bin((unsigned char *)room, text.n, text.p, text.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0)
            if (!room || sodium_base642bin((unsigned char *)room, text.n, text.p, text.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
                return text;
        json = (struct str){room, n};
    }
    const struct jnode *doc = json.n && json.p[0] == '{' ? jin_embedded(arena, json) : NULL;
    struct str id = doc ? jin_str(doc, doc, "id") : STR_NONE;
    return id.n ? str_dup(arena, id) : text;
}

static int text_value(struct filter_parser *p, enum filter_field f, enum filter_match match, struct str text, struct filter_value *out)
{
    bool id = (f == FIELD_ALERT_ID || f == FIELD_ACTIVITY_ALERT) && match == MATCH_EQ;
    bool ip = filter_field_type(f) == FILTER_IP && match == MATCH_EQ;
    if ((id && !hexadecimal(text, 24)) || (ip && !network(text)))
        return filter_refuse(p, text, FILTER_BAD_VALUE, id ? "not an id of 24 hexadecimal digits" : "not an address or network");
    if (filter_field_type(f) == FILTER_PERSON)
        text = entity_key(p->arena, text);
    out->text = str_dup(p->arena, text);
    return str_set(out->text) ? 0 : ERR_MEMORY;
}

int filter_value_of(struct filter_parser *p, enum filter_field f, enum filter_match match, struct str text, struct filter_value *out)
{
    int64_t first, last;
    *out = (struct filter_value){0};
    if (text.n > FILTER_TEXT_MAX)
        return filter_refuse(p, str_sub(text, 0, 64), FILTER_BAD_VALUE, "a text of more than 4096 bytes");
    if (filter_field_nullable(f) && str_eqi(text, STR("null"))) {
        *out = filter_value_null(f);
        return 0;
    }
    switch (filter_field_type(f)) {
    case FILTER_NUMBER:
        if (!filter_number(f, text, &out->from))
            return filter_refuse(p, text, FILTER_BAD_VALUE, "not a number");
        out->to = out->from;
        return 0;
    case FILTER_BOOL:
        if (!boolean(text, &out->from))
            return filter_refuse(p, text, FILTER_BAD_VALUE, "neither true nor false");
        out->to = out->from;
        return 0;
    case FILTER_TIME:
        if (!filter_moment(text, p->now, &first, &last))
            return filter_refuse(p, text, FILTER_BAD_VALUE, "not a date, a moment in milliseconds or a time ago");
        *out = filter_value_range(f, first, last);
        return 0;
    case FILTER_TEXT:
    case FILTER_IP:
    case FILTER_PERSON: break;
    }
    return text_value(p, f, match, text, out);
}

struct filter_value filter_value_null(enum filter_field f)
{
    enum filter_type type = filter_field_type(f);
    if (type == FILTER_NUMBER || type == FILTER_BOOL)
        return (struct filter_value){.from = INT64_MIN, .to = INT64_MIN};
    return (struct filter_value){.text = STR("")};
}

bool filter_value_is_null(enum filter_field f, const struct filter_value *v)
{
    enum filter_type type = filter_field_type(f);
    if (type == FILTER_NUMBER || type == FILTER_BOOL)
        return v->from == INT64_MIN && v->to == INT64_MIN;
    return filter_field_nullable(f) && v->text.n == 0;
}

struct filter_value filter_value_range(enum filter_field f, int64_t first, int64_t last)
{
    if (filter_field_type(f) != FILTER_TIME)
        return (struct filter_value){.from = first, .to = last};
    const int64_t most = INT64_MAX / TIME_MS - 1;
    int64_t from = first == INT64_MIN ? INT64_MIN : (first < -most ? -most : first > most ? most : first) * TIME_MS;
    int64_t to = last == INT64_MAX ? INT64_MAX : (last < -most ? -most : last > most ? most : last) * TIME_MS + TIME_MS - 1;
    return (struct filter_value){.from = from, .to = to};
}
