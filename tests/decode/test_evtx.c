/* tests/decode/test_evtx.c - EVTX chunks made by hand: values, templates, nesting, damage. */
#include "decode/evtx.h"
#include "tests/decode/evtx_build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct result {
    struct evtx *x;
    struct decode d;
    struct arena arena;
    struct buf json;
    int records, json_records;
    unsigned activities, ignored, faults, json_faults;
    char why[128], first_why[128], user[64], ip[64], sid[64], guid[64], unknown[128];
    uint16_t port;
    int64_t time;
    uint64_t record, json_fault_record;
};

static int emitted(struct decode *d, const struct activity *a)
{
    struct result *r = d->owner;
    const struct object *o = act_object(a, ROLE_TARGET);
    const struct account *who = o ? &o->ref : &a->actor;
    r->activities++;
    r->time = a->time;
    r->record = a->origin.record;
    char ip[IP_TEXT];
    struct str text = ip_text(&a->ip, ip);
    (void)snprintf(r->ip, sizeof r->ip, "%.*s", STR_ARG(text));
    (void)snprintf(r->sid, sizeof r->sid, "%.*s", STR_ARG(a->actor.sid));
    (void)snprintf(r->guid, sizeof r->guid, "%.*s", STR_ARG(act_str(a, FACT_LOGON_GUID)));
    r->port = a->port;
    (void)snprintf(r->user, sizeof r->user, "%.*s", STR_ARG(str_set(a->actor.name) ? a->actor.name : account_text(who)));
    return 0;
}

static void ignored(struct decode *d, struct str what)
{
    struct result *r = d->owner;
    r->ignored++;
    (void)snprintf(r->unknown, sizeof r->unknown, "%.*s", STR_ARG(what));
}

static void faulty(struct decode *d, const struct fault *f)
{
    struct result *r = d->owner;
    if (r->faults++ == 0)
        (void)snprintf(r->first_why, sizeof r->first_why, "%s", f->why);
    (void)snprintf(r->why, sizeof r->why, "%s", f->why);
}

static void json_fault(void *owner, uint64_t record, const struct fault *f)
{
    struct result *r = owner;
    r->json_faults++;
    r->json_fault_record = record;
    assert_non_null(f->why);
}

static void forget(struct result *r)
{
    struct evtx *x = r->x;
    buf_free(&r->json);
    arena_free(&r->arena);
    *r = (struct result){.x = x};
}

static void read_bytes(struct result *r, const uint8_t *b, size_t n)
{
    forget(r);
    arena_init(&r->arena, 65536, 4 << 20);
    r->d = (struct decode){.arena = &r->arena, .emit = emitted, .ignored = ignored, .fault = faulty, .owner = r};
    r->records = evtx_chunk(r->x, &r->d, b, n, EVTX_HEADER);
    r->json_records = evtx_chunk_json(r->x, b, n, EVTX_HEADER, &r->json, json_fault, r);
}

static void read_chunk(struct result *r, const struct made *m)
{
    read_bytes(r, m->b, EVTX_CHUNK);
}

static int open_reader(void **state)
{
    struct result *r = calloc(1, sizeof *r);
    if (r)
        r->x = evtx_new();
    *state = r;
    return r && r->x ? 0 : -1;
}

static int close_reader(void **state)
{
    struct result *r = *state;
    forget(r);
    evtx_free(r->x);
    free(r);
    return 0;
}

/* ---- building events ---- */

static void leaf_attribute(struct made *m, const char *element, const char *attribute, unsigned sub, unsigned type)
{
    put_open(m, element, true);
    put_attribute(m, attribute);
    put_sub(m, sub, type);
    put_token(m, 0x03);
}

/* Event with System (values 0 to 6) and, as value 7, what follows System. */
static size_t event_template(struct made *m, const char *provider)
{
    size_t definition = put_instance(m);
    put_open(m, "Event", false);
    put_token(m, 0x02);
    put_open(m, "System", false);
    put_token(m, 0x02);
    put_open(m, "Provider", true);
    put_attribute(m, "Name");
    put_value(m, provider);
    put_token(m, 0x03);
    put_leaf(m, "EventID", 0, 0x06);
    put_leaf(m, "Level", 1, 0x04);
    put_leaf(m, "Keywords", 2, 0x15);
    leaf_attribute(m, "TimeCreated", "SystemTime", 3, 0x11);
    put_leaf(m, "EventRecordID", 4, 0x0a);
    put_leaf(m, "Computer", 5, 0x01);
    leaf_attribute(m, "Security", "UserID", 6, 0x13);
    put_token(m, 0x04);
    put_sub(m, 7, 0x21);
    put_token(m, 0x04);
    put_defined(m, definition);
    return definition;
}

#define SYSTEM_JSON(provider, id, number)                                                                              \
    "\"System\":{\"Provider\":{\"@Name\":\"" provider "\"},\"EventID\":" id ",\"Level\":0,\"Keywords\":\"0x8020000000000000\"," \
    "\"TimeCreated\":{\"@SystemTime\":\"2024-01-01T00:00:01.000000000Z\"},\"EventRecordID\":" number ",\"Computer\":\"DC\","     \
    "\"Security\":null}"

static void event_values(struct made *m, uint16_t id, uint64_t number, const struct made *inside, size_t from)
{
    static const uint8_t level = 0;
    static const uint64_t keywords = UINT64_C(0x8020000000000000), when = UINT64_C(133485408010000000);
    struct item v[] = {{0x06, 2, &id}, {0x04, 1, &level}, {0x15, 8, &keywords}, {0x11, 8, &when}, {0x0a, 8, &number},
                       {0x01, 4, "D\0C\0"}, {0x00, 0, NULL}, {0x21, inside ? (uint16_t)(inside->n - from) : 0, NULL}};
    size_t count = sizeof v / sizeof *v;
    if (inside)
        v[7].bytes = &inside->b[from];
    else
        v[7].type = 0;
    put_values(m, v, count);
}

/* Where the nested value begins that event_values puts last: its offsets must already be right. */
static size_t inside_at(const struct made *m)
{
    return m->n + 4 + 8 * 4 + 2 + 1 + 8 + 8 + 8 + 4;
}

/* EventData of a logon, at the place where it will lie; in a second buffer. */
static struct made *logon_data(size_t at, size_t definition, size_t *made_at)
{
    struct made *in = new_chunk();
    uint32_t type = 3;
    in->n = at;
    if (definition) {
        put_again(in, definition);
    } else {
        *made_at = put_instance(in);
        put_open(in, "EventData", false);
        put_token(in, 0x02);
        put_data(in, "TargetUserName", 0, 0x01);
        put_data(in, "TargetDomainName", 1, 0x01);
        put_data(in, "LogonType", 2, 0x07);
        put_data(in, "IpAddress", 3, 0x01);
        put_token(in, 0x04);
        put_defined(in, *made_at);
    }
    struct item v[] = {{0x01, 10, "a\0l\0i\0c\0e\0"}, {0x01, 8, "C\0O\0R\0P\0"}, {0x08, 4, &type}, {0x01, 14, "1\0.\0" "2\0.\0" "3\0.\0" "4\0"}};
    put_values(in, v, 4);
    return in;
}

/* Two logons: the second uses both definitions of the first. */
static struct made *two_logons(void)
{
    struct made *m = new_chunk();
    size_t data = 0;
    begin_record(m, 7);
    size_t event = event_template(m, "Microsoft-Windows-Security-Auditing");
    size_t at = inside_at(m);
    struct made *in = logon_data(at, 0, &data);
    event_values(m, 4624, 7, in, at);
    free(in);
    end_record(m);
    begin_record(m, 8);
    put_again(m, event);
    at = inside_at(m);
    in = logon_data(at, data, NULL);
    event_values(m, 4624, 8, in, at);
    free(in);
    end_record(m);
    seal(m);
    return m;
}

static void logons(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    read_chunk(r, m);
    assert_int_equal(r->records, 2);
    assert_int_equal(r->activities, 2);
    assert_int_equal(r->faults, 0);
    assert_string_equal(r->user, "alice");
    assert_int_equal(r->record, 8);
    assert_true(r->time == INT64_C(1704067201) * 1000000000);
    static const char second[] = "{\"record\":8,\"offset\":";
    static const char rest[] = ",\"time\":\"2024-01-01T00:00:00.000000000Z\",\"Event\":{" SYSTEM_JSON("Microsoft-Windows-Security-Auditing", "4624", "8")
        ",\"EventData\":{\"TargetUserName\":\"alice\",\"TargetDomainName\":\"CORP\",\"LogonType\":3,\"IpAddress\":\"1.2.3.4\"}}}\n";
    struct str all = buf_view(&r->json);
    assert_int_equal(r->json_records, 2);
    assert_int_equal(r->json_faults, 0);
    assert_true(str_has(all, str_of(second)));
    assert_true(str_ends(all, str_of(rest)));
    free(m);
}

/* One event without a template for EventData: <EventData> with a <Data> for every value. */
static struct made *with_values(const struct item *v, size_t n, const char *const *names)
{
    struct made *m = new_chunk();
    begin_record(m, 1);
    size_t event = put_instance(m);
    put_open(m, "Event", false);
    put_token(m, 0x02);
    put_open(m, "EventData", false);
    put_token(m, 0x02);
    for (unsigned i = 0; i < n; i++)
        put_data(m, names ? names[i] : NULL, i, v[i].type);
    put_token(m, 0x04);
    put_token(m, 0x04);
    put_defined(m, event);
    put_values(m, v, n);
    end_record(m);
    seal(m);
    return m;
}

static void every_type(void **state)
{
    struct result *r = *state;
    static const uint8_t guid[] = {0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49, 0xa5, 0xba, 0x3e, 0x3b, 3, 0x28, 0xc3, 0x0d};
    static const uint8_t sid[] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0};
    static const uint8_t far_sid[] = {1, 1, 1, 0, 0, 0, 0, 0, 9, 0, 0, 0};
    static const uint16_t systemtime[] = {2024, 2, 4, 29, 23, 59, 58, 7};
    static const uint8_t le[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint64_t when = UINT64_C(133485408010000000), never = 0;
    static const float single = 0.1f;
    static const double real = -2.5;
    static const uint32_t yes = 1;
    static const uint16_t numbers[] = {1, 2, 65535};
    const struct item v[] = {{0x00, 0, NULL}, {0x01, 8, "a\0\"\0\xe9\0\0"}, {0x02, 3, "x\xe9y"}, {0x03, 1, le}, {0x04, 1, le},
                             {0x05, 2, le}, {0x06, 2, le}, {0x07, 4, le}, {0x08, 4, le}, {0x09, 8, le}, {0x0a, 8, le},
                             {0x0b, 4, &single}, {0x0c, 8, &real}, {0x0d, 4, &yes}, {0x0e, 2, guid}, {0x0f, 16, guid},
                             {0x10, 4, le}, {0x11, 8, &when}, {0x11, 8, &never}, {0x12, 16, systemtime}, {0x13, 16, sid},
                             {0x13, 12, far_sid}, {0x14, 4, &yes}, {0x15, 8, le}, {0x81, 10, "a\0\0\0" "b\0c\0\0\0"},
                             {0x86, 6, numbers}, {0x80 | 0x13, 28, "\1\2\0\0\0\0\0\5\x20\0\0\0\x20\2\0\0\1\1\0\0\0\0\0\5\x12\0\0\0"}};
    const char *names[] = {"n", "s", "an", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "r32", "r64", "b", "bin", "g", "sz",
                           "ft", "f0", "st", "sid", "sd2", "h32", "h64", "as", "au", "asid"};
    struct made *m = with_values(v, sizeof v / sizeof *v, names);
    read_chunk(r, m);
    assert_int_equal(r->json_faults, 0);
    static const char want[] =
        "\"EventData\":{\"n\":null,\"s\":\"a\\\"\xc3\xa9\",\"an\":\"x\xc3\xa9y\",\"i8\":-1,\"u8\":255,\"i16\":-1,\"u16\":65535,\"i32\":-1,"
        "\"u32\":4294967295,\"i64\":-1,\"u64\":18446744073709551615,\"r32\":0.1,\"r64\":-2.5,\"b\":true,\"bin\":\"2596\","
        "\"g\":\"{54849625-5478-4994-A5BA-3E3B0328C30D}\",\"sz\":\"0xffffffff\",\"ft\":\"2024-01-01T00:00:01.000000000Z\",\"f0\":\"0\","
        "\"st\":\"2024-02-29T23:59:58.007000000Z\",\"sid\":\"S-1-5-32-544\",\"sd2\":\"S-1-0x010000000000-9\",\"h32\":\"0x1\","
        "\"h64\":\"0xffffffffffffffff\",\"as\":[\"a\",\"bc\"],\"au\":[1,2,65535],\"asid\":[\"S-1-5-32-544\",\"S-1-5-18\"]}}}\n";
    assert_true(str_ends(buf_view(&r->json), str_of(want)));
    free(m);
}

static void unfitting_values(void **state)
{
    struct result *r = *state;
    const struct item v[] = {{0x08, 3, "abc"}, {0x0f, 4, "abcd"}, {0x13, 4, "\1\xff\0\0"}, {0x30, 1, "a"}, {0x01, 2, "k\0"}, {0x93, 1, "\1"}, {0x86, 3, "\1\0\2"}};
    const char *names[] = {"a", "b", "c", "d", "e", "f", "g"};
    struct made *m = with_values(v, 7, names);
    read_chunk(r, m);
    assert_int_equal(r->json_records, 1);
    assert_int_equal(r->json_faults, 1); /* told once a record, the other values stay */
    assert_true(str_ends(buf_view(&r->json), STR("{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":\"k\",\"f\":[null],\"g\":[1,null]}}}\n")));
    free(m);
}

static void repeated_names(void **state)
{
    struct result *r = *state;
    const struct item v[] = {{0x01, 2, "a\0"}, {0x81, 8, "b\0\0\0" "c\0\0\0"}, {0x01, 2, "d\0"}};
    struct made *m = with_values(v, 3, NULL);
    read_chunk(r, m);
    assert_true(str_ends(buf_view(&r->json), STR("\"EventData\":{\"Data\":[\"a\",\"b\",\"c\",\"d\"]}}}\n")));
    assert_string_equal(r->unknown, "/0"); /* neither provider nor id */
    free(m);
}

/* An event whose content comes as binary XML that `inside` writes, at the place where it will lie. */
static struct made *with_content(const char *provider, uint16_t id, void (*inside)(struct made *in))
{
    struct made *m = new_chunk();
    begin_record(m, 3);
    (void)event_template(m, provider);
    size_t at = inside_at(m);
    struct made *in = new_chunk();
    in->n = at;
    inside(in);
    event_values(m, id, 3, in, at);
    free(in);
    end_record(m);
    seal(m);
    return m;
}

/* Fields of each kind that maps read as text, number or GUID; a name that comes twice, the second time without a value. */
static void typed_fields(struct made *in)
{
    static const uint8_t sid[] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0};
    static const uint8_t guid[] = {0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49, 0xa5, 0xba, 0x3e, 0x3b, 3, 0x28, 0xc3, 0x0d};
    static const uint16_t port = 50000;
    const struct item v[] = {{0x01, 6, "e\0v\0e\0"}, {0x00, 0, NULL}, {0x13, 16, sid}, {0x0f, 16, guid}, {0x06, 2, &port},
                             {0x01, 14, "1\0.\0" "2\0.\0" "3\0.\0" "4\0"}, {0x13, 3, sid}};
    size_t definition = put_instance(in);
    put_open(in, "EventData", false);
    put_token(in, 0x02);
    put_data(in, "TargetUserName", 0, 0x01);
    put_data(in, "TargetUserName", 1, 0x01);
    put_data(in, "TargetUserSid", 2, 0x13);
    put_data(in, "LogonGuid", 3, 0x0f);
    put_data(in, "IpPort", 4, 0x06);
    put_data(in, "IpAddress", 5, 0x01);
    put_data(in, "SubjectUserSid", 6, 0x13); /* cut off: told, though the others stay */
    put_data(in, "LogonType", 99, 0x08);     /* no such value */
    put_token(in, 0x04);
    put_defined(in, definition);
    put_values(in, v, sizeof v / sizeof *v);
}

static void fields_by_type(void **state)
{
    struct result *r = *state;
    struct made *m = with_content("Microsoft-Windows-Security-Auditing", 4624, typed_fields);
    read_chunk(r, m);
    assert_int_equal(r->activities, 1);
    assert_string_equal(r->user, "eve");
    assert_string_equal(r->sid, "S-1-5-32-544");
    assert_string_equal(r->guid, "54849625-5478-4994-a5ba-3e3b0328c30d");
    assert_string_equal(r->ip, "1.2.3.4");
    assert_int_equal(r->port, 50000);
    assert_int_equal(r->faults, 1);
    assert_string_equal(r->why, "a value does not fit its type");
    free(m);
}

/* The same template in the next chunk, but a name in it is another: what the chunk before said of that place is forgotten. */
static void names_of_another_chunk(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    unsigned changed = 0;
    read_chunk(r, m);
    assert_string_equal(r->user, "alice");
    for (size_t at = 0; at + 18 < m->n; at++)
        if (memcmp(&m->b[at], "E\0v\0e\0n\0t\0D\0a\0t\0a\0", 18) == 0) {
            m->b[at + 16] = 'b';
            changed++;
        }
    seal(m);
    read_chunk(r, m);
    assert_int_equal(changed, 1);
    assert_int_equal(r->activities, 2);
    assert_string_equal(r->user, "");
    assert_true(str_has(buf_view(&r->json), STR("\"EventDatb\":{")));
    free(m);
}

/* What a reader has read before changes nothing of what it reads. */
static void history(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    for (size_t at = 512; at < m->n; at += 3) {
        struct result fresh = {.x = evtx_new()};
        m->b[at] ^= (uint8_t)(1 << at % 8);
        read_chunk(r, m);
        read_chunk(&fresh, m);
        assert_int_equal(fresh.records, r->records);
        assert_int_equal(fresh.activities, r->activities);
        assert_int_equal(fresh.faults, r->faults);
        assert_string_equal(fresh.why, r->why);
        assert_string_equal(fresh.user, r->user);
        assert_string_equal(fresh.ip, r->ip);
        assert_true(str_eq(buf_view(&fresh.json), buf_view(&r->json)));
        m->b[at] ^= (uint8_t)(1 << at % 8);
        forget(&fresh);
        evtx_free(fresh.x);
    }
    free(m);
}

static void string_array(struct made *in)
{
    size_t definition = put_instance(in);
    put_open(in, "EventData", false);
    put_token(in, 0x02);
    put_data(in, NULL, 0, 0x81);
    put_data(in, NULL, 1, 0x01);
    put_open(in, "Binary", false);
    put_token(in, 0x02);
    put_sub(in, 2, 0x0e);
    put_token(in, 0x04);
    put_token(in, 0x04);
    put_defined(in, definition);
    const struct item v[] = {{0x81, 24, "1\0.\0002\0.\0003\0.\0004\0\0\0e\0v\0e\0\0\0"}, {0x01, 2, "0\0"}, {0x0e, 2, "\xab\xcd"}};
    put_values(in, v, 3);
}

/* The items of the array are the first and second parameter, the text after it is the third. */
static void unnamed_parameters(void **state)
{
    struct result *r = *state;
    struct made *m = with_content("NTDS LDAP", 2889, string_array);
    read_chunk(r, m);
    assert_int_equal(r->activities, 1);
    assert_int_equal(r->faults + r->json_faults, 0);
    assert_string_equal(r->user, "eve");
    assert_string_equal(r->ip, "1.2.3.4");
    assert_true(str_ends(buf_view(&r->json), STR("\"EventData\":{\"Data\":[\"1.2.3.4\",\"eve\",\"0\"],\"Binary\":\"ABCD\"}}}\n")));
    free(m);
}

static void cleared(struct made *in)
{
    size_t definition = put_instance(in);
    put_open(in, "UserData", false);
    put_token(in, 0x02);
    put_open(in, "LogFileCleared", true);
    put_attribute(in, "xmlns");
    put_value(in, "urn:x");
    put_token(in, 0x02);
    put_leaf(in, "SubjectUserName", 0, 0x01);
    put_token(in, 0x04);
    put_token(in, 0x04);
    put_defined(in, definition);
    const struct item v[] = {{0x01, 6, "b\0o\0b\0"}};
    put_values(in, v, 1);
}

static void user_data(void **state)
{
    struct result *r = *state;
    struct made *m = with_content("Microsoft-Windows-Eventlog", 1102, cleared);
    read_chunk(r, m);
    assert_int_equal(r->activities, 1);
    assert_string_equal(r->user, "bob");
    assert_true(str_ends(buf_view(&r->json), STR("\"UserData\":{\"LogFileCleared\":{\"@xmlns\":\"urn:x\",\"SubjectUserName\":\"bob\"}}}}\n")));
    free(m);
    m = with_content("Nobody-Knows", 77, cleared);
    read_chunk(r, m);
    assert_int_equal(r->activities, 0);
    assert_int_equal(r->records, 1);
    assert_string_equal(r->unknown, "Nobody-Knows/77");
    free(m);
}

/* Elements, CDATA, references and an instruction, without any template. */
static void without_template(void **state)
{
    struct result *r = *state;
    struct made *m = new_chunk();
    begin_record(m, 5);
    m->plain = true;
    put_fragment(m);
    put_open(m, "Event", false);
    put_token(m, 0x02);
    put_open(m, "UserData", false);
    put_token(m, 0x02);
    put_open(m, "x:Inner", true);
    put_attribute(m, "k");
    put_value(m, "v");
    put_token(m, 0x02);
    put_value(m, "a");
    put_token(m, 0x07);
    put(m, 2, 2);
    put_text(m, "<>");
    put_token(m, 0x08);
    put(m, 0x41, 2);
    put_token(m, 0x09);
    put_name(m, "amp");
    put_token(m, 0x04);
    put_token(m, 0x0a);
    put_name(m, "pi");
    put_token(m, 0x0b);
    put(m, 1, 2);
    put_text(m, "d");
    put_token(m, 0x04);
    put_token(m, 0x04);
    put_token(m, 0x00);
    end_record(m);
    seal(m);
    read_chunk(r, m);
    assert_int_equal(r->json_faults + r->faults, 0);
    assert_true(str_ends(buf_view(&r->json), STR("{\"x:Inner\":{\"@k\":\"v\",\"#text\":\"a<>A&\"},\"?pi\":\"d\"}}}\n")));
    free(m);
}

/* ---- damage ---- */

static void wrong_checksums(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    put_at(m, 52, 1, 4);
    put_at(m, 124, plain_crc(plain_crc(0, m->b, 120), &m->b[128], 384), 4);
    read_chunk(r, m);
    assert_int_equal(r->records, 2);
    assert_int_equal(r->faults, 1);
    assert_string_equal(r->why, "the checksum of the chunk's records is wrong");
    m->b[200] = 1;
    read_chunk(r, m);
    assert_int_equal(r->records, 2);
    assert_int_equal(r->faults, 2);
    assert_string_equal(r->first_why, "the chunk header's checksum is wrong");
    free(m);
}

static void damaged_sizes(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    size_t second = m->record;
    put_at(m, second - 4, 99, 4); /* the copy of the first record's size */
    seal(m);
    read_chunk(r, m);
    assert_int_equal(r->records, 2);
    assert_int_equal(r->faults, 1);
    assert_string_equal(r->why, "the record's two sizes differ");
    put_at(m, 512 + 4, 0xfffffff0, 4);
    seal(m);
    read_chunk(r, m);
    assert_int_equal(r->records, 1); /* found again by its magic; its templates lie in the damaged one */
    assert_int_equal(r->record, 8);
    assert_string_equal(r->why, "the record's size is wrong");
    free(m);
}

static void unclosed_log(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    size_t end = m->n;
    m->n = m->record;
    seal(m); /* the header knows the first record only */
    read_chunk(r, m);
    assert_int_equal(r->records, 2);
    assert_int_equal(r->faults, 0);
    put_at(m, m->record + 8, 6, 8); /* what lies there is older: it does not continue the numbers */
    read_chunk(r, m);
    assert_int_equal(r->records, 1);
    assert_true(end > m->n);
    free(m);
}

static void no_chunk(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    memcpy(m->b, "ElfJunk", 8);
    read_chunk(r, m);
    assert_int_equal(r->records, 2); /* the header is lost, the records are not */
    assert_int_equal(r->faults, 1);
    memset(m->b, 0, 512);
    read_chunk(r, m);
    assert_int_equal(r->records, 2);
    assert_int_equal(r->faults, 1);
    m->b[512] = 0;
    read_chunk(r, m);
    assert_int_equal(r->records, 0); /* never used */
    assert_int_equal(r->faults, 0);
    memcpy(m->b, "ElfJunk", 8);
    read_chunk(r, m);
    assert_int_equal(r->records, ERR_MALFORMED);
    assert_int_equal(r->faults, 1);
    free(m);
}

static void unknown_token(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    size_t second = m->record;
    m->b[second + 24 + 4] = 0x1f;
    seal(m);
    read_chunk(r, m);
    assert_int_equal(r->records, 1);
    assert_int_equal(r->faults, 1);
    assert_int_equal(r->json_faults, 1);
    assert_int_equal(r->json_fault_record, 8);
    free(m);
}

static void hostile_counts(void **state)
{
    struct result *r = *state;
    const struct item v[] = {{0x01, 2, "a\0"}};
    struct made *m = with_values(v, 1, NULL);
    size_t count = 0;
    for (size_t at = 512; at + 8 < m->n; at++) /* one value of two bytes and type string */
        if (memcmp(&m->b[at], "\1\0\0\0\2\0\1\0", 8) == 0)
            count = at;
    assert_true(count != 0);
    put_at(m, count, 0xffffffff, 4);
    seal(m);
    read_chunk(r, m);
    assert_int_equal(r->records, 0);
    assert_string_equal(r->first_why, "more values than the record has room for");
    free(m);
}

/* A value that holds its own template instance again, as deep as a record can: stopped, not followed. */
static void nested_too_deep(void **state)
{
    struct result *r = *state;
    struct made *m = new_chunk();
    begin_record(m, 1);
    size_t definition = put_instance(m);
    put_open(m, "UserData", false);
    put_token(m, 0x02);
    put_sub(m, 0, 0x21);
    put_sub(m, 0, 0x21); /* twice: the work would double with each level */
    put_token(m, 0x04);
    put_defined(m, definition);
    for (unsigned level = 40; level; level--) {
        put(m, 1, 4);
        put(m, (level - 1) * 22 + 0, 2);
        put(m, level > 1 ? 0x21 : 0, 2);
        if (level > 1)
            put_again(m, definition);
    }
    end_record(m);
    seal(m);
    read_chunk(r, m);
    assert_int_equal(r->json_records, 0);
    assert_int_equal(r->json_faults, 1);
    free(m);
}

/* One large value in very many places: stopped before it fills the memory. */
static void repeated_value(void **state)
{
    struct result *r = *state;
    struct made *m = new_chunk();
    static uint8_t large[30000];
    const struct item v[] = {{0x01, sizeof large, large}};
    memset(large, 'a', sizeof large);
    begin_record(m, 1);
    size_t definition = put_instance(m);
    put_open(m, "Event", false);
    put_token(m, 0x02);
    for (unsigned i = 0; i < 5000; i++)
        put_sub(m, 0, 0x01);
    put_token(m, 0x04);
    put_defined(m, definition);
    put_values(m, v, 1);
    end_record(m);
    seal(m);
    read_chunk(r, m);
    assert_int_equal(r->json_records, 0);
    assert_int_equal(r->json_faults, 1);
    assert_int_equal(r->json.n, 0);
    free(m);
}

static void cut_anywhere(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    size_t first = m->record;
    for (size_t n = 0; n <= m->n; n++) {
        uint8_t *copy = malloc(n + 1); /* exact size: reading past it is seen */
        assert_non_null(copy);
        memcpy(copy, m->b, n);
        uint8_t *exact = realloc(copy, n ? n : 1);
        assert_non_null(exact);
        read_bytes(r, exact, n);
        assert_int_equal(r->records, n < 512 ? ERR_MALFORMED : n < first ? 0 : n < m->n ? 1 : 2);
        assert_true(n == m->n || r->faults > 0);
        free(exact);
    }
    free(m);
}

static void bend_every_bit(void **state)
{
    struct result *r = *state;
    struct made *m = two_logons();
    for (size_t at = 0; at < m->n; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            m->b[at] = (uint8_t)(m->b[at] ^ 1 << bit);
            read_bytes(r, m->b, m->n);
            assert_true(r->records <= 2 && r->activities <= 2 && r->json_records <= 2);
            if (at < 512 || at >= 512 + 24)
                assert_true(r->faults > 0 || (at >= 120 && at < 124)); /* the checksums see it */
            m->b[at] = (uint8_t)(m->b[at] ^ 1 << bit);
        }
    free(m);
}

static void file_header(void **state)
{
    (void)state;
    struct made *m = new_chunk();
    struct evtx_header h;
    struct fault f;
    memcpy(m->b, "ElfFile", 8);
    put_at(m, 16, 4, 8);
    put_at(m, 24, 99, 8);
    put_at(m, 36, 1, 2);
    put_at(m, 38, 3, 2);
    put_at(m, 42, 5, 2);
    put_at(m, 120, 1, 4);
    put_at(m, 124, plain_crc(0, m->b, 120), 4);
    assert_true(evtx_claims(m->b, 8));
    assert_false(evtx_claims(m->b, 7));
    assert_int_equal(evtx_header(m->b, 128, &h, &f), 0);
    assert_true(h.checksum_ok && h.dirty && !h.full && h.chunks == 5 && h.major == 3 && h.minor == 1 && h.last_chunk == 4 && h.next_record == 99);
    assert_int_equal(evtx_header(m->b, 127, &h, &f), ERR_TRUNCATED);
    m->b[20] = 1;
    assert_int_equal(evtx_header(m->b, 128, &h, &f), 0);
    assert_false(h.checksum_ok);
    m->b[38] = 4;
    assert_int_equal(evtx_header(m->b, 128, &h, &f), ERR_MALFORMED);
    free(m);
}

#define WITH_READER(test) cmocka_unit_test_setup_teardown(test, open_reader, close_reader)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_READER(logons),          WITH_READER(every_type),     WITH_READER(unfitting_values), WITH_READER(repeated_names),
        WITH_READER(fields_by_type),  WITH_READER(names_of_another_chunk), WITH_READER(history),
        WITH_READER(unnamed_parameters), WITH_READER(user_data), WITH_READER(without_template), WITH_READER(wrong_checksums), WITH_READER(damaged_sizes),   WITH_READER(unclosed_log),
        WITH_READER(no_chunk),        WITH_READER(unknown_token),  WITH_READER(hostile_counts),   WITH_READER(nested_too_deep),
        WITH_READER(repeated_value), WITH_READER(cut_anywhere),    WITH_READER(bend_every_bit), cmocka_unit_test(file_header)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
