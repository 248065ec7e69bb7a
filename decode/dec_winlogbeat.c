/* decode/dec_winlogbeat.c - Windows events as Winlogbeat ships them: the ECS layout and the one before it.
 *
 * ECS: winlog.event_id, .event_data, .user_data, .computer_name, .channel, .record_id, .provider_name,
 * .keywords, .user; before version 7: event_id, event_data, computer_name, log_name, record_number,
 * source_name, keywords at the top. @timestamp is the event's own time, in UTC. Elasticsearch exports wrap
 * the document in "_source". */
#include "decode/winjson.h"

enum { M_ID, M_DATA, M_USER_DATA, M_COMPUTER, M_CHANNEL, M_RECORD, M_PROVIDER, M_KEYWORDS, M_USER, M_COUNT };

static const struct str ecs[M_COUNT] = {{"event_id", 8},      {"event_data", 10}, {"user_data", 9},  {"computer_name", 13}, {"channel", 7},
                                        {"record_id", 9},     {"provider_name", 13}, {"keywords", 8}, {"user", 4}};
static const struct str old[M_COUNT] = {{"event_id", 8},       {"event_data", 10},  {"user_data", 9}, {"computer_name", 13}, {"log_name", 8},
                                        {"record_number", 13}, {"source_name", 11}, {"keywords", 8},  {"user", 4}};

static const struct jnode *document(const struct jnode *doc)
{
    const struct jnode *source = jin_get(doc, doc, STR("_source"));
    return source && source->type == J_OBJ ? source : doc;
}

static bool claims(const struct jnode *doc)
{
    const struct jnode *at = document(doc);
    const struct jnode *winlog = jin_get(doc, at, STR("winlog"));
    if (winlog)
        return winlog->type == J_OBJ && jin_get(doc, winlog, STR("event_id"));
    return jin_get(doc, at, STR("event_id")) && jin_get(doc, at, STR("log_name")) && jin_get(doc, at, STR("computer_name"));
}

static void user(const struct jnode *doc, const struct jnode *o, struct winevent *e)
{
    e->user_sid = decode_some(jin_str(doc, o, "identifier"));
    e->user_name = decode_some(jin_str(doc, o, "name"));
    e->user_domain = decode_some(jin_str(doc, o, "domain"));
}

/* The beat runs on the collector when the events were forwarded to it. */
static void collector(const struct jnode *doc, const struct jnode *at, struct winevent *e)
{
    struct str host = jin_str(doc, at, "agent.hostname");
    if (!str_set(host))
        host = jin_str(doc, at, "beat.hostname");
    host = decode_some(host);
    struct str computer = e->computer;
    ptrdiff_t dot = str_chr(computer, '.');
    if (str_set(host) && !str_eqi(host, computer) && !str_eqi(host, dot > 0 ? str_sub(computer, 0, (size_t)dot) : computer))
        e->collector = host;
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    (void)raw;
    struct winevent e;
    const struct jnode *m[M_COUNT], *at = document(doc);
    const struct jnode *winlog = jin_get(doc, at, STR("winlog"));
    win_clear(&e);
    winjson_pick(doc, winlog ? winlog : at, winlog ? ecs : old, M_COUNT, m);
    if (!winjson_id(doc, m[M_ID], &e.id))
        return decode_fault(d, "the Windows event has no readable id", 0);
    e.provider = winjson_text(doc, m[M_PROVIDER]);
    e.channel = winjson_text(doc, m[M_CHANNEL]);
    e.computer = decode_some(winjson_text(doc, m[M_COMPUTER]));
    e.has_record_id = str_u64(winjson_text(doc, m[M_RECORD]), &e.record_id);
    e.keywords = winjson_keywords(doc, m[M_KEYWORDS]);
    e.time = time_parse(jin_text(jin_get(doc, at, STR("@timestamp"))));
    if (winevent_row(e.provider, e.id)) {
        if (m[M_USER])
            user(doc, m[M_USER], &e);
        collector(doc, at, &e);
        winjson_fields(doc, m[M_DATA], &e);
        winjson_fields(doc, m[M_USER_DATA], &e);
    }
    return winjson_decode(d, &e);
}

const struct decoder dec_winlogbeat = {"winlogbeat", "Windows events shipped by Winlogbeat, with and without ECS field names.", claims,
                                       record};
