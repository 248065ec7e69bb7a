/* decode/dec_nxlog.c - Windows events as flat JSON: NXLog's im_msvistalog, and flat exports like it.
 *
 * EventID, Hostname, Channel, SourceName, RecordNumber and the event's own fields are all members of one
 * object. Times: EventTime is the host's local time, to the second, mostly without a zone; so is
 * EventReceivedTime. Where Logstash added @timestamp (UTC, on arrival), the difference of those two gives
 * the zone. TimeCreated, where there is one, is the event's time in UTC. */
#include "decode/winjson.h"

enum {
    M_ID,
    M_HOST,
    M_CHANNEL,
    M_SOURCE,
    M_RECORD,
    M_KEYWORDS,
    M_TYPE,
    M_EVENT_TIME,
    M_RECEIVED,
    M_CREATED,
    M_STAMP,
    M_COLLECTOR,
    M_USER_ID,
    M_ACCOUNT,
    M_ACCOUNT_TYPE,
    M_DOMAIN,
    M_COUNT
};

static const struct str names[M_COUNT] = {
    {"EventID", 7},   {"Hostname", 8},           {"Channel", 7},      {"SourceName", 10}, {"RecordNumber", 12}, {"Keywords", 8},
    {"EventType", 9}, {"EventTime", 9},          {"EventReceivedTime", 17}, {"TimeCreated", 11}, {"@timestamp", 10},   {"host", 4},
    {"UserID", 6},    {"AccountName", 11},       {"AccountType", 11}, {"Domain", 6}};

static bool claims(const struct jnode *doc)
{
    return jin_get(doc, doc, STR("EventID")) && jin_get(doc, doc, STR("Hostname")) && jin_get(doc, doc, STR("SourceName"));
}

static bool has_zone(struct str s)
{
    s = str_trim(s);
    if (s.n < 20)
        return false;
    struct str tail = str_from(s, 19);
    return str_endsi(tail, STR("Z")) || str_chr(tail, '+') >= 0 || str_chr(tail, '-') >= 0;
}

/* How far the host's clock texts are from UTC: whole quarters of an hour, or none when it makes no sense. */
static int64_t zone(int64_t received_local, int64_t received_utc)
{
    const int64_t quarter = 15 * TIME_MINUTE;
    if (received_local == TIME_NONE || received_utc == TIME_NONE)
        return 0;
    int64_t off = received_utc - received_local;
    if (off > 15 * TIME_HOUR || off < -15 * TIME_HOUR)
        return 0; /* arrived much later: re-read from a file */
    int64_t half = off < 0 ? -quarter / 2 : quarter / 2;
    return (off + half) / quarter * quarter;
}

static int64_t event_time(const struct jnode *doc, const struct jnode *const m[])
{
    struct str own = winjson_text(doc, m[M_EVENT_TIME]);
    int64_t t = time_parse(winjson_text(doc, m[M_CREATED]));
    if (t != TIME_NONE)
        return t;
    t = time_parse(own);
    int64_t stamp = time_parse(winjson_text(doc, m[M_STAMP]));
    if (t == TIME_NONE)
        return stamp;
    if (has_zone(own))
        return t;
    int64_t received = time_parse(winjson_text(doc, m[M_RECEIVED]));
    return t + zone(received != TIME_NONE ? received : t, stamp);
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
    e.provider = winjson_text(doc, m[M_SOURCE]);
    e.channel = winjson_text(doc, m[M_CHANNEL]);
    e.computer = decode_some(winjson_text(doc, m[M_HOST]));
    e.has_record_id = str_u64(winjson_text(doc, m[M_RECORD]), &e.record_id);
    e.keywords = winjson_keywords(doc, m[M_KEYWORDS]) | winjson_keywords(doc, m[M_TYPE]);
    e.time = event_time(doc, m);
    if (winevent_row(e.provider, e.id)) {
        struct str host = decode_some(winjson_text(doc, m[M_COLLECTOR]));
        e.collector = str_eqi(host, e.computer) ? STR_NONE : host;
        e.user_sid = decode_some(winjson_text(doc, m[M_USER_ID]));
        winjson_fields(doc, doc, &e);
        /* these two are the record's, not the event's own fields of the same name */
        e.have[WF_Channel / 64] &= ~(UINT64_C(1) << (WF_Channel % 64));
        if (m[M_ACCOUNT_TYPE]) {
            e.user_name = decode_some(winjson_text(doc, m[M_ACCOUNT]));
            e.user_domain = decode_some(winjson_text(doc, m[M_DOMAIN]));
            e.have[WF_AccountName / 64] &= ~(UINT64_C(1) << (WF_AccountName % 64));
        }
    }
    return winjson_decode(d, &e);
}

const struct decoder dec_nxlog = {"nxlog", "Windows events as one flat JSON object: NXLog im_msvistalog and exports like it.", claims, record};
