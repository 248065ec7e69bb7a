/* tests/decode/test_jsonlog.c - what a name was found to be is kept, and is what it would be found to be again. */
#include "decode/jsonlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NAMES = 1500, LONGEST = 30 };

static const struct jsonlog_name small_rows[] = {JSONLOG_NAME("id", 1),        JSONLOG_NAME("name", 2),           JSONLOG_NAME("eventid", 3),
                                                 JSONLOG_NAME("eventname", 4), JSONLOG_NAME("recipientaccountid", 5),
                                                 JSONLOG_NAME("anameoftwentyfiveletters!", 6)};
static const struct jsonlog_name other_rows[] = {JSONLOG_NAME("eventid", 9), JSONLOG_NAME("eventname", 8)};
static const struct jsonlog_names small = {small_rows, 6}, other = {other_rows, 2};

static const struct jsonlog_op operations[] = {JSONLOG_OP("Copy", FILE_UPLOAD), JSONLOG_OP("FileDownloaded", FILE_DOWNLOAD),
                                               JSONLOG_OP("MailItemsAccessed", MAIL_ACCESS), JSONLOG_OP("Send", MAIL_SENT)};

/* An object that has one member of that name; the number of the member's field in `names`, 0 for none. */
static unsigned found(struct decode *d, const struct jsonlog_names *names, struct str name)
{
    struct jnode doc[2] = {{.next = 2, .type = J_OBJ}, {.key = name, .next = 2, .type = J_TRUE}};
    const struct jnode *at[16] = {0};
    jsonlog_fields(d, doc, doc, names, at);
    for (unsigned f = 1; f < 16; f++)
        if (at[f])
            return f;
    return 0;
}

static void names_are_known_again(void **state)
{
    static const char *const spellings[] = {"id", "ID", "Name", "eventID", "eventId", "EVENTNAME", "eventName", "recipientAccountId",
                                            "AnameOfTwentyFiveLetters!", "eventNamf", "fventName", "recipientBccountId", "recipientAccountI", "", "x"};
    struct decode *d = calloc(1, sizeof *d);
    (void)state;
    assert_non_null(d);
    for (unsigned round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
            struct str name = str_of(spellings[i]);
            assert_int_equal(found(d, &small, name), found(NULL, &small, name));
            assert_int_equal(found(d, &other, name), found(NULL, &other, name));
        }
    assert_int_equal(found(d, &small, STR("eventID")), 3);
    assert_int_equal(found(d, &other, STR("eventID")), 9);
    assert_int_equal(found(d, &small, STR("ANAMEOFTWENTYFIVELETTERS!")), 6);
    free(d);
}

/* More names than are kept, of every length, that differ in one letter each. */
static void many_names_do_not_mix(void **state)
{
    struct decode *d = calloc(1, sizeof *d);
    (void)state;
    assert_non_null(d);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < NAMES; i++) {
            char text[LONGEST + 1];
            size_t n = 1 + i % LONGEST;
            memset(text, 'n', sizeof text);
            text[i / LONGEST % n] = (char)('a' + i % 26);
            struct str name = {text, n};
            struct decode_name *kept = jsonlog_kept(d, &small, name);
            unsigned is = (unsigned)hash_str(name, 1);
            assert_int_equal(kept != NULL, n <= 24);
            assert_false(kept && kept->known && kept->is != is);
            if (kept) {
                kept->is = is;
                kept->known = true;
            }
        }
    free(d);
}

static void operations_are_known_again(void **state)
{
    static const char *const words[] = {"Copy", "copy", "FileDownloaded", "FILEDOWNLOADED", "MailItemsAccessed", "Send", "Sent", "",
                                        "FileDownloadedInFullByManyPeople"};
    static const struct jsonlog_op sent[] = {JSONLOG_OP("Send", FILE_SHARE)};
    struct decode *d = calloc(1, sizeof *d);
    (void)state;
    assert_non_null(d);
    for (unsigned round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            struct str name = str_of(words[i]);
            assert_int_equal(jsonlog_kind(d, operations, 4, name), jsonlog_kind(NULL, operations, 4, name));
            assert_int_equal(jsonlog_kind(d, sent, 1, name), jsonlog_kind(NULL, sent, 1, name));
        }
    assert_int_equal(jsonlog_kind(d, operations, 4, STR("send")), KIND_MAIL_SENT);
    assert_int_equal(jsonlog_kind(d, sent, 1, STR("send")), KIND_FILE_SHARE);
    assert_int_equal(jsonlog_kind(d, operations, 4, STR("Sent")), KIND_UNKNOWN);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_known_again), cmocka_unit_test(many_names_do_not_mix),
                                       cmocka_unit_test(operations_are_known_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
