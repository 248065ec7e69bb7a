/* decode/dec_winxml_json.c - Windows events whose XML was turned into JSON: {"Event":{"System":..,"EventData":..}}.
 *
 * As evtx_dump, Event Log JSON converters and `vigie record` write it. Attributes are plain members,
 * members with "@", or in "#attributes"; EventData is an object of names, or "Data" elements. */
#include "decode/winjson.h"

static const struct jnode *event(const struct jnode *doc)
{
    const struct jnode *at = jin_get(doc, doc, STR("Event"));
    if (!at)
        at = jin_path(doc, doc, "data.Event");
    return at && at->type == J_OBJ ? at : NULL;
}

static bool claims(const struct jnode *doc)
{
    const struct jnode *system = jin_get(doc, event(doc), STR("System"));
    return system && system->type == J_OBJ && jin_get(doc, system, STR("EventID"));
}

enum { S_ID, S_PROVIDER, S_CHANNEL, S_COMPUTER, S_RECORD, S_KEYWORDS, S_TIME, S_SECURITY, S_COUNT };

static const struct str names[S_COUNT] = {{"EventID", 7},        {"Provider", 8}, {"Channel", 7},     {"Computer", 8},
                                          {"EventRecordID", 13}, {"Keywords", 8}, {"TimeCreated", 11}, {"Security", 8}};

static struct str attribute_or_text(const struct jnode *doc, const struct jnode *n, const char *name)
{
    struct str s = winjson_attribute(doc, n, name);
    return str_set(s) ? s : winjson_text(doc, n);
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    (void)raw;
    struct winevent e;
    const struct jnode *s[S_COUNT], *at = event(doc);
    win_clear(&e);
    winjson_pick(doc, jin_get(doc, at, STR("System")), names, S_COUNT, s);
    if (!winjson_id(doc, s[S_ID], &e.id))
        return decode_fault(d, "the Windows event has no readable id", 0);
    e.provider = attribute_or_text(doc, s[S_PROVIDER], "Name");
    e.channel = winjson_text(doc, s[S_CHANNEL]);
    e.computer = decode_some(winjson_text(doc, s[S_COMPUTER]));
    e.has_record_id = str_u64(winjson_text(doc, s[S_RECORD]), &e.record_id);
    e.keywords = winjson_keywords(doc, s[S_KEYWORDS]);
    e.time = time_parse(attribute_or_text(doc, s[S_TIME], "SystemTime"));
    e.user_sid = decode_some(winjson_attribute(doc, s[S_SECURITY], "UserID"));
    if (winevent_row(e.provider, e.id)) {
        winjson_fields(doc, jin_get(doc, at, STR("EventData")), &e);
        winjson_fields(doc, jin_get(doc, at, STR("UserData")), &e);
    }
    return winjson_decode(d, &e);
}

const struct decoder dec_winxml_json = {
    "winxml-json", "Windows events whose XML was turned into JSON: evtx_dump, event log exports, vigie record.", claims, record};
