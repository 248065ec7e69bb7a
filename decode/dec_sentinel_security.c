/* decode/dec_sentinel_security.c - Windows events as rows of Log Analytics: SecurityEvent, Event, WindowsEvent.
 *
 * TimeGenerated (UTC), Computer, EventID, EventSourceName or Source or Provider, Channel or EventLog; the
 * event's fields are columns, an XML text (EventData), or a JSON text (EventData of WindowsEvent,
 * EventData_dynamic). Column names may carry a type suffix: LogonGuid_string. Rows have no record id;
 * EventOriginId names them. Level 8 and 16 are the audit success and failure of this table. */
#include "decode/winjson.h"

enum {
    M_ID,
    M_TIME,
    M_COMPUTER,
    M_SOURCE,
    M_SOURCE_EVENT,
    M_PROVIDER,
    M_CHANNEL,
    M_LOG,
    M_LEVEL,
    M_LEVEL_NAME,
    M_KEYWORDS,
    M_ORIGIN,
    M_RECORD,
    M_DATA,
    M_DATA_STRING,
    M_DATA_DYNAMIC,
    M_COUNT
};
enum { KEYWORD_FAILURE = 52, KEYWORD_SUCCESS = 53 };

static const struct str names[M_COUNT] = {
    {"EventID", 7},    {"TimeGenerated", 13}, {"Computer", 8},        {"EventSourceName", 15}, {"Source", 6},         {"Provider", 8},
    {"Channel", 7},    {"EventLog", 8},       {"Level", 5},           {"EventLevelName", 14},  {"Keywords", 8},       {"EventOriginId", 13},
    {"EventRecordId", 13}, {"EventData", 9},  {"EventData_string", 16}, {"EventData_dynamic", 17}};

static bool claims(const struct jnode *doc)
{
    return jin_get(doc, doc, STR("EventID")) && jin_get(doc, doc, STR("TimeGenerated")) && jin_get(doc, doc, STR("Computer"));
}

static struct str first(const struct jnode *doc, const struct jnode *const m[], int a, int b, int c)
{
    struct str s = decode_some(winjson_text(doc, m[a]));
    if (!str_set(s) && b >= 0)
        s = decode_some(winjson_text(doc, m[b]));
    if (!str_set(s) && c >= 0)
        s = decode_some(winjson_text(doc, m[c]));
    return s;
}

/* Columns whose name ends in their type. */
static void typed_columns(const struct jnode *doc, struct winevent *e)
{
    static const struct str types[] = {{"_string", 7}, {"_guid", 5}, {"_s", 2}, {"_g", 2}, {"_d", 2}};
    for (const struct jnode *c = jin_first(doc, doc); c; c = jin_next(doc, doc, c))
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            if (!str_ends(c->key, types[i]))
                continue;
            enum winfield f = win_field(str_sub(c->key, 0, c->key.n - types[i].n));
            struct str value = jin_text(c);
            if (f && str_set(value))
                win_set(e, f, value);
        }
}

static void event_data(struct decode *d, const struct jnode *doc, const struct jnode *n, struct winevent *e)
{
    struct str s = str_trim(jin_text(n));
    if (n && n->type == J_OBJ)
        winjson_fields(doc, n, e);
    else if (str_starts(s, STR("<")))
        winjson_xml(d->arena, s, e);
    else if (s.n)
        winjson_embedded(d->arena, s, e);
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    (void)raw;
    struct winevent e;
    const struct jnode *m[M_COUNT];
    win_clear(&e);
    winjson_pick(doc, doc, names, M_COUNT, m);
    if (!winjson_id(doc, m[M_ID], &e.id))
        return decode_fault(d, "the Windows event has no readable id", 0);
    e.provider = first(doc, m, M_SOURCE, M_SOURCE_EVENT, M_PROVIDER);
    e.channel = first(doc, m, M_CHANNEL, M_LOG, -1);
    if (!str_set(e.provider)) /* the table's own filter keeps the Security log only */
        e.provider = STR("Microsoft-Windows-Security-Auditing");
    if (!str_set(e.channel) && str_eq(e.provider, STR("Microsoft-Windows-Security-Auditing")))
        e.channel = STR("Security");
    e.computer = decode_some(winjson_text(doc, m[M_COMPUTER]));
    e.time = time_parse(winjson_text(doc, m[M_TIME]));
    e.has_record_id = str_u64(winjson_text(doc, m[M_RECORD]), &e.record_id);
    e.record_key = decode_some(winjson_text(doc, m[M_ORIGIN]));
    struct str level = winjson_text(doc, m[M_LEVEL]);
    e.keywords = winjson_keywords(doc, m[M_KEYWORDS]) | winjson_keywords(doc, m[M_LEVEL_NAME]);
    if (str_eq(level, STR("16")))
        e.keywords |= UINT64_C(1) << KEYWORD_FAILURE;
    else if (str_eq(level, STR("8")))
        e.keywords |= UINT64_C(1) << KEYWORD_SUCCESS;
    if (winevent_row(e.provider, e.id)) {
        winjson_fields(doc, doc, &e);
        e.have[WF_Channel / 64] &= ~(UINT64_C(1) << (WF_Channel % 64));
        typed_columns(doc, &e);
        event_data(d, doc, m[M_DATA], &e);
        event_data(d, doc, m[M_DATA_STRING], &e);
        event_data(d, doc, m[M_DATA_DYNAMIC], &e);
    }
    return winjson_decode(d, &e);
}

const struct decoder dec_sentinel_security = {
    "sentinel-security", "Windows events as Log Analytics rows: SecurityEvent, Event and WindowsEvent.", claims, record};
