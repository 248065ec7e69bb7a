/* tests/decode/test_win_json.c - the JSON carriers of Windows events: their own vectors, and hostile records. */
#include "decode/winjson.h"
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void carriers(void **state)
{
    (void)state;
    vector_file("fixtures/decode/win/carriers.txt");
}

static void cut_and_bend(void *owner, char *text, size_t n)
{
    for (size_t cut = 0; cut < n; cut++)
        assert_int_equal(vector_decode(owner, text, cut), 0); /* an object that does not end is no JSON */
    for (size_t at = 0; at < n; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            text[at] = (char)(text[at] ^ (1 << bit));
            assert_true(vector_decode(owner, text, n) <= 2);
            text[at] = (char)(text[at] ^ (1 << bit));
        }
}

static void hostile_carriers(void **state)
{
    (void)state;
    struct vector_run *r = vector_open();
    vector_each("fixtures/decode/win/carriers.txt", cut_and_bend, r);
    vector_close(r);
}

static void hostile_events(void **state)
{
    (void)state;
    static const char *const topics[] = {"logon", "kerberos", "ntlm",        "users", "group", "object", "share",
                                         "service", "replication", "ldap", "audit", "enum",  "adfs", "dns"};
    struct vector_run *r = vector_open();
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "fixtures/decode/win/%s.txt", topics[i]);
        vector_each(path, cut_and_bend, r); /* all maps see bent values */
    }
    vector_close(r);
}

/* Records whose parts are of the wrong kind, missing, empty or repeated: a fault or a count, never both, never neither. */
static void wrong_shapes(void **state)
{
    (void)state;
    static const char *const records[] = {
        "{\"winlog\":{\"event_id\":{}}}",
        "{\"winlog\":{\"event_id\":[4624]},\"@timestamp\":[]}",
        "{\"winlog\":{\"event_id\":4624,\"event_data\":[[[]]],\"computer_name\":\"a\"},\"@timestamp\":\"2026-01-01T00:00:00Z\"}",
        "{\"winlog\":{\"event_id\":4624,\"provider_name\":7,\"event_data\":\"x\",\"keywords\":{},\"computer_name\":\"a\"}}",
        "{\"event_id\":\"4624\",\"log_name\":null,\"computer_name\":[]}",
        "{\"EventID\":{},\"Hostname\":{},\"SourceName\":{}}",
        "{\"EventID\":null,\"Hostname\":1,\"SourceName\":2}",
        "{\"Event\":{\"System\":{\"EventID\":null}}}",
        "{\"Event\":{\"System\":{\"EventID\":{\"#text\":{}},\"Provider\":[],\"TimeCreated\":1},\"EventData\":[1,2]}}",
        "{\"EventID\":0,\"TimeGenerated\":0,\"Computer\":0}",
        "{\"EventID\":1200,\"TimeGenerated\":\"2026-01-01T00:00:00Z\",\"Computer\":\"a\",\"EventSourceName\":\"AD FS Auditing\",\"Param1\":\"<AuditBase\"}",
        "{\"EventID\":4624,\"TimeGenerated\":\"2026-01-01T00:00:00Z\",\"Computer\":\"a\",\"EventData\":\"{\\\"A\\\":\"}",
        "{\"EventID\":4624,\"TimeGenerated\":\"2026-01-01T00:00:00Z\",\"Computer\":\"a\",\"EventData\":\"<Data\"}"};
    struct vector_run *r = vector_open();
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        char text[1024] = {0};
        size_t n = strlen(records[i]);
        memcpy(text, records[i], n);
        if (vector_decode(r, text, n) != 1)
            fail_msg("%s gave not exactly one result", records[i]);
    }
    vector_close(r);
}

/* A field that is as large as a record may be goes through, cut. */
static void large_values(void **state)
{
    (void)state;
    static const char head[] = "{\"EventID\":4698,\"Hostname\":\"a\",\"SourceName\":\"Microsoft-Windows-Security-Auditing\","
                               "\"EventTime\":\"2026-01-01 00:00:00\",\"TaskContent\":\"";
    size_t room = 1u << 20, n = sizeof head - 1;
    char *text = calloc(1, room + JIN_PADDING);
    assert_non_null(text);
    memcpy(text, head, n);
    memset(text + n, 'x', room - n - 2);
    memcpy(text + room - 2, "\"}", 2);
    struct vector_run *r = vector_open();
    assert_int_equal(vector_decode(r, text, room), 1);
    vector_close(r);
    free(text);
}

/* Many start tags before one end tag: each byte is looked at a bounded number of times. */
static void many_tags(void **state)
{
    (void)state;
    size_t tags = 170000, n = 0;
    char *text = malloc(tags * 6 + 16);
    struct arena a;
    static struct winevent e;
    assert_non_null(text);
    arena_init(&a, 65536, 1u << 24);
    win_clear(&e);
    for (size_t i = 0; i < tags; i++, n += 6)
        memcpy(text + n, "<Data>", 6);
    memcpy(text + n, "</Data>", 7);
    winjson_xml(&a, (struct str){text, n + 7}, &e);
    assert_int_equal(e.field[WF_Param1].n, n - 6);
    assert_false(win_has(&e, WF_Param2));
    arena_free(&a);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(carriers), cmocka_unit_test(hostile_carriers), cmocka_unit_test(hostile_events),
                                       cmocka_unit_test(wrong_shapes), cmocka_unit_test(large_values),
                                       cmocka_unit_test(many_tags)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
