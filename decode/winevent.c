/* decode/winevent.c - Windows events: fields by name, rows by provider and id, what all maps begin with. */
#include "decode/winevent.h"

#include "base/hash.h"
#include "base/utf.h"
#include "decode/wintext.h"

#include <endian.h>
#include <pthread.h>

#define DEFAULT_PROVIDER STR("Microsoft-Windows-Security-Auditing")
enum {
    FIELD_SLOTS = 1024,
    ROW_SLOTS = 2048,
    FIELD_TEXT = 16384, /* most of one field that an activity carries: task XML, command lines */
    KEYWORD_FAILURE = 52,
    KEYWORD_SUCCESS = 53
};
_Static_assert((WF_COUNT + 18) * 2 < FIELD_SLOTS, "the field table must stay half empty");

static const struct str field_names[WF_COUNT] = {
#define X(name) [WF_##name] = {#name, sizeof(#name) - 1},
    WINFIELDS(X)
#undef X
};

/* Classic providers' parameters, as collectors name them. */
static const struct str param_names[18] = {{"param1", 6},   {"param2", 6},   {"param3", 6},   {"param4", 6},   {"param5", 6},
                                           {"param6", 6},   {"param7", 6},   {"param8", 6},   {"param9", 6},   {"param10", 7},
                                           {"param11", 7},  {"param12", 7},  {"param13", 7},  {"param14", 7},  {"param15", 7},
                                           {"param16", 7},  {"param17", 7},  {"param18", 7}};

/* Built once before the first use, read by all threads. */
struct row_slot {
    const struct winrow *row;
    struct str provider;
};
static struct field_slot {
    struct str name;
    enum winfield field; /* WF_NONE = free */
} field_slots[FIELD_SLOTS];
static struct row_slot row_slots[ROW_SLOTS];
static pthread_once_t built = PTHREAD_ONCE_INIT;

static size_t row_home(uint32_t id)
{
    return (size_t)(hash_mix(id, 0) % ROW_SLOTS);
}

static void add_row(const struct winrow *row)
{
    size_t at = row_home(row->id);
    /* one slot always stays free, or looking up an unknown id would not end */
    for (size_t tries = 1; row_slots[at].row && tries < ROW_SLOTS; tries++)
        at = (at + 1) % ROW_SLOTS;
    row_slots[at] = (struct row_slot){row, row->provider ? str_of(row->provider) : DEFAULT_PROVIDER};
}

static void add_field(struct str name, enum winfield f)
{
    size_t at = (size_t)(hash_str(name, 0) % FIELD_SLOTS);
    while (field_slots[at].field)
        at = (at + 1) % FIELD_SLOTS;
    field_slots[at] = (struct field_slot){name, f};
}

static void build(void)
{
    for (unsigned f = 1; f < WF_COUNT; f++)
        add_field(field_names[f], (enum winfield)f);
    for (unsigned i = 0; i < 18; i++)
        add_field(param_names[i], (enum winfield)(WF_Param1 + i));
    for (const struct winmap *const *m = winmaps; *m; m++)
        for (const struct winrow *row = (*m)->rows; row->map; row++)
            add_row(row);
}

void win_clear(struct winevent *e)
{
    e->provider = e->channel = e->computer = e->collector = STR_NONE;
    e->channel_lower = e->computer_lower = STR_NONE;
    e->user_sid = e->user_name = e->user_domain = e->record_key = STR_NONE;
    e->id = 0;
    e->level = 0;
    e->has_record_id = false;
    e->record_id = 0;
    e->keywords = 0;
    e->time = TIME_NONE;
    memset(e->have, 0, sizeof e->have);
}

enum winfield win_field(struct str name)
{
    pthread_once(&built, build);
    size_t at = (size_t)(hash_str(name, 0) % FIELD_SLOTS);
    for (; field_slots[at].field; at = (at + 1) % FIELD_SLOTS)
        if (str_eq(field_slots[at].name, name))
            return field_slots[at].field;
    return WF_NONE;
}

static bool present(const struct winevent *e, enum winfield f)
{
    return (e->have[f / 64] >> (f % 64) & 1) != 0;
}

/* A field that is there, and of which no text has been made: its value. */
static bool value_of(const struct winevent *e, enum winfield f, struct evtx_value *out)
{
    if (!present(e, f) || str_set(e->field[f]))
        return false;
    *out = evtx_value_of(e->chunk, &e->value[f]);
    return true;
}

/* The text of a value that is no string. */
static struct str typed_text(const struct winevent *e, const struct evtx_found *found)
{
    struct evtx_value v = evtx_value_of(e->chunk, found);
    struct str text = STR_NONE;
    (void)(v.type == EVTX_SID ? evtx_value_sid(e->sids, e->arena, &v, &text) : evtx_value_text(e->arena, &v, &text));
    return text;
}

/* The text of a field, made of its value at the first time. */
static struct str text_of(struct winevent *e, enum winfield f)
{
    const struct evtx_found *found = &e->value[f];
    if (!present(e, f))
        return STR_NONE;
    if (str_set(e->field[f]))
        return e->field[f];
    if (found->type != EVTX_STRING)
        return e->field[f] = typed_text(e, found);
    struct rd r = rd_at(e->chunk, found->at, found->n);
    return e->field[f] = utf_from16(e->arena, r.p, rd_left(&r));
}

struct str win_str(struct winevent *e, enum winfield f)
{
    struct str s = text_of(e, f);
    if (s.n == 0 || (s.n == 1 && s.p[0] == '-'))
        return STR_NONE;
    return utf_cut(s, FIELD_TEXT);
}

/* The number in a field, if there is one; of a value that is a number no text is made. */
static bool number_of(struct winevent *e, enum winfield f, uint64_t *out)
{
    struct evtx_value v;
    return (value_of(e, f, &v) && evtx_value_unsigned(&v, out)) || str_u64(str_trim(text_of(e, f)), out);
}

uint64_t win_u64(struct winevent *e, enum winfield f, uint64_t otherwise)
{
    uint64_t v;
    return number_of(e, f, &v) ? v : otherwise;
}

bool win_has(struct winevent *e, enum winfield f)
{
    return str_set(win_str(e, f));
}

bool win_failed(const struct winevent *e)
{
    return (e->keywords >> KEYWORD_FAILURE & 1) != 0;
}

const struct winrow *winevent_row(struct str provider, uint32_t id)
{
    pthread_once(&built, build);
    for (size_t at = row_home(id); row_slots[at].row; at = (at + 1) % ROW_SLOTS)
        if (row_slots[at].row->id == id && str_eq(row_slots[at].provider, provider))
            return row_slots[at].row;
    return NULL;
}

/* An event that no map wants, as "provider/id". */
static int unwanted(struct decode *d, const struct winevent *e)
{
    char text[STR_DECIMAL], *end = text + sizeof text, *at = str_decimal(end, e->id);
    decode_ignored(d, str_glue(d->arena, utf_cut(e->provider, 256), STR("/"), (struct str){at, (size_t)(end - at)}));
    return ERR_NONE;
}

int winevent_map(struct decode *d, struct winevent *e, const struct winrow *row)
{
    return row ? row->map(d, e) : unwanted(d, e);
}

int winevent_decode(struct decode *d, struct winevent *e)
{
    return winevent_map(d, e, winevent_row(e->provider, e->id));
}

/* ---- identity ---- */

static void put64(uint8_t *to, uint64_t v)
{
    v = htole64(v);
    memcpy(to, &v, sizeof v);
}

/* What names a record everywhere: computer, log, record id, event id, second of time. Collectors change
 * the case of log names and cut fractions of seconds. Without a record id the content is the name, with
 * all of the time that there is: audits of one second are often alike. */
static void identity(struct decode *d, struct winevent *e)
{
    uint8_t numbers[20];
    int64_t when = e->has_record_id || str_set(e->record_key) ? e->time / TIME_SECOND : e->time;
    put64(numbers, (uint64_t)when);
    put64(numbers + 8, e->has_record_id ? e->record_id : 0);
    for (unsigned i = 0; i < 4; i++)
        numbers[16 + i] = (uint8_t)(e->id >> (8 * i));
    struct str parts[5 + WF_COUNT]; /* most records need five of them: not cleared */
    size_t n = 0;
    parts[n++] = STR("winevent");
    parts[n++] = str_set(e->computer_lower) ? e->computer_lower : str_lower(d->arena, e->computer);
    parts[n++] = str_set(e->channel_lower) ? e->channel_lower : str_lower(d->arena, e->channel);
    parts[n++] = (struct str){(const char *)numbers, sizeof numbers};
    if (!e->has_record_id && str_set(e->record_key))
        parts[n++] = e->record_key;
    else if (!e->has_record_id)
        for (unsigned f = 1; f < WF_COUNT; f++)
            parts[n++] = win_str(e, (enum winfield)f);
    decode_id(d, parts, n);
}

/* Names of computers end in a letter and have no colon: ip_parse need not look at them. */
static bool is_address(struct str computer)
{
    struct ip ip;
    uint16_t port;
    char last = str_lower_char(computer.p[computer.n - 1]);
    bool may_be = last < 'a' || last > 'z' || str_chr(computer, ':') >= 0;
    return may_be && ip_parse(computer, &ip, &port);
}

/* "DC1.corp.example.test" belongs to corp.example.test; a short name does not say. */
static struct str domain_of(struct str computer)
{
    ptrdiff_t dot = str_chr(computer, '.');
    if (dot <= 0 || (size_t)dot + 1 == computer.n || is_address(computer))
        return STR_NONE;
    return str_from(computer, (size_t)dot + 1);
}

struct activity *winevent_begin(struct decode *d, struct winevent *e, enum kind kind)
{
    struct activity *a = decode_begin(d, kind);
    a->time = e->time;
    a->app = str_of(APP_AD);
    a->instance = domain_of(e->computer);
    a->destination = e->computer;
    if (win_failed(e))
        a->outcome = OUTCOME_FAILURE;
    else if (e->keywords >> KEYWORD_SUCCESS & 1)
        a->outcome = OUTCOME_SUCCESS;
    identity(d, e);
    decode_u64(d, FACT_EVENT_ID, e->id);
    decode_str(d, FACT_LOG_CHANNEL, e->channel);
    decode_str(d, FACT_COLLECTOR, e->collector);
    return a;
}

/* ---- what maps share ---- */

static struct str real_sid(struct str s)
{
    /* exports put SIDs of unknown accounts as %{S-1-...} */
    if (str_starts(s, STR("%{")) && s.p[s.n - 1] == '}')
        s = str_sub(s, 2, s.n - 3);
    return str_starts(s, STR("S-1-")) && !str_eq(s, STR("S-1-0-0")) ? s : STR_NONE;
}

void win_account(struct account *a, struct winevent *e, enum winfield sid, enum winfield name, enum winfield domain)
{
    a->name = a->domain = a->upn = a->mail = a->cloud = STR_NONE;
    a->sid = real_sid(win_str(e, sid));
    struct str n = decode_some(str_trim(win_str(e, name)));
    struct str in = decode_some(str_trim(win_str(e, domain)));
    if (str_eq(in, STR("."))) /* "this computer", which the record names elsewhere */
        in = STR_NONE;
    if (str_eqi(n, STR("(NULL)"))) /* how the NTLM provider writes no name */
        n = in = STR_NONE;
    ptrdiff_t slash = str_chr(n, '\\');
    if (slash > 0 && !str_set(in)) {
        in = str_sub(n, 0, (size_t)slash);
        n = str_from(n, (size_t)slash + 1);
    }
    if (str_chr(n, '@') > 0)
        a->upn = n;
    else
        a->name = n.n ? n : STR_NONE;
    /* a domain alone is not an account */
    if (str_set(a->name) || str_set(a->upn) || str_set(a->sid))
        a->domain = in;
}

struct str winevent_guid(struct decode *d, struct winevent *e, enum winfield f)
{
    struct evtx_value v;
    struct str guid;
    if (!value_of(e, f, &v) || evtx_value_guid(d->arena, &v, &guid) != 0)
        return wintext_some_guid(d->arena, win_str(e, f));
    return guid;
}

struct str winevent_logon_id(struct decode *d, struct winevent *e, enum winfield f)
{
    uint64_t v;
    struct evtx_value value;
    if (value_of(e, f, &value) && evtx_value_unsigned(&value, &v)) /* its text is in that spelling */
        return v ? win_str(e, f) : STR_NONE;
    struct str s = str_trim(win_str(e, f));
    if (!str_u64(s, &v) || v == 0)
        return STR_NONE;
    if (!str_startsi(s, STR("0x")) || s.p[2] != '0')
        return str_lower(d->arena, s);
    size_t zeros = 2;
    while (s.p[zeros] == '0')
        zeros++;
    char *out = arena_alloc(d->arena, s.n);
    if (!out)
        return STR_NONE;
    memcpy(out, "0x", 2);
    for (size_t i = zeros; i < s.n; i++)
        out[2 + i - zeros] = str_lower_char(s.p[i]);
    return (struct str){out, 2 + s.n - zeros};
}

void winevent_subject(struct decode *d, struct winevent *e)
{
    win_account(&d->act.actor, e, WF_SubjectUserSid, WF_SubjectUserName, WF_SubjectDomainName);
    d->act.session = winevent_logon_id(d, e, WF_SubjectLogonId);
}

void winevent_caller(struct decode *d, struct winevent *e)
{
    struct account a;
    win_account(&a, e, WF_SubjectUserSid, WF_SubjectUserName, WF_SubjectDomainName);
    decode_str(d, FACT_SUBJECT_NAME, str_set(a.name) ? a.name : a.upn);
    decode_str(d, FACT_SUBJECT_DOMAIN, a.domain);
    decode_str(d, FACT_SUBJECT_SID, a.sid);
    decode_str(d, FACT_SUBJECT_LOGON_ID, winevent_logon_id(d, e, WF_SubjectLogonId));
}

struct object *winevent_object(struct decode *d, struct winevent *e, enum object_type type, enum object_role role,
                               const enum winfield triple[3])
{
    struct account a;
    win_account(&a, e, triple[0], triple[1], triple[2]);
    struct object *o = account_set(&a) ? decode_object(d, type, role, STR_NONE) : NULL;
    if (o)
        o->ref = a;
    return o;
}

void winevent_administers(struct decode *d, struct str target_sid)
{
    /* LocalSystem, anonymous, LocalService, NetworkService: MS-DTYP 2.4.2.4 */
    static const struct str system[] = {{"S-1-5-18", 8}, {"S-1-5-7", 7}, {"S-1-5-19", 8}, {"S-1-5-20", 8}};
    struct str sid = d->act.actor.sid;
    for (size_t i = 0; i < sizeof system / sizeof *system; i++)
        if (str_eq(sid, system[i]))
            return;
    d->act.admin = !(str_set(sid) && str_eq(sid, target_sid));
}

void winevent_address(struct decode *d, struct winevent *e)
{
    decode_ip(d, str_trim(win_str(e, WF_IpAddress)));
    uint64_t port = win_u64(e, WF_IpPort, 0);
    if (ip_set(&d->act.ip) && port && port <= UINT16_MAX)
        d->act.port = (uint16_t)port;
    if (ip_is_loopback(&d->act.ip)) { /* every computer's ::1 is another place */
        d->act.device = e->computer;
        d->act.device_certainty = 100;
    }
}

void winevent_text(struct decode *d, struct winevent *e, enum fact_key key, enum winfield f)
{
    struct str s = str_trim(win_str(e, f));
    if (s.n)
        decode_str(d, key, s);
}

void winevent_number(struct decode *d, struct winevent *e, enum fact_key key, enum winfield f)
{
    uint64_t v;
    if (number_of(e, f, &v))
        decode_u64(d, key, v);
}

void winevent_status(struct decode *d, struct winevent *e, enum winfield f)
{
    uint64_t v;
    if (!number_of(e, f, &v))
        return;
    d->act.has_code = true;
    d->act.code = v;
    d->act.outcome = v ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
}
