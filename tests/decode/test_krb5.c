/* tests/decode/test_krb5.c - a hand-made AP-REQ: whole, cut at each byte, and broken. */
#include "decode/krb5.h"

#include "decode/tickets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TICKET_AT = 25, TICKET_N = 69, CIPHER_AT = 90, CIPHER_N = 4 };

/* AP-REQ, mutual-required, ticket of HTTP/web1 in CORP.TEST (etype 18, kvno 2), authenticator of etype 23 */
static const uint8_t ap[] = {
    0x6e, 0x6b, 0x30, 0x69, 0xa0, 0x03, 0x02, 0x01, 0x05, 0xa1, 0x03, 0x02, 0x01, 0x0e, 0xa2, 0x07, 0x03, 0x05, 0x00, 0x20, 0x00, 0x00,
    0x00, 0xa3, 0x45, 0x61, 0x43, 0x30, 0x41, 0xa0, 0x03, 0x02, 0x01, 0x05, 0xa1, 0x0b, 0x1b, 0x09, 0x43, 0x4f, 0x52, 0x50, 0x2e, 0x54,
    0x45, 0x53, 0x54, 0xa2, 0x17, 0x30, 0x15, 0xa0, 0x03, 0x02, 0x01, 0x02, 0xa1, 0x0e, 0x30, 0x0c, 0x1b, 0x04, 0x48, 0x54, 0x54, 0x50,
    0x1b, 0x04, 0x77, 0x65, 0x62, 0x31, 0xa3, 0x14, 0x30, 0x12, 0xa0, 0x03, 0x02, 0x01, 0x12, 0xa1, 0x03, 0x02, 0x01, 0x02, 0xa2, 0x06,
    0x04, 0x04, 0xc1, 0xc2, 0xc3, 0xc4, 0xa4, 0x0d, 0x30, 0x0b, 0xa0, 0x03, 0x02, 0x01, 0x17, 0xa2, 0x04, 0x04, 0x02, 0xa1, 0xa2};

static bool zero(const uint8_t hash[16])
{
    static const uint8_t none[16];
    return memcmp(hash, none, sizeof none) == 0;
}

static void check_ticket(const struct krb5_ticket *t)
{
    uint8_t hash[16];
    ticket_hash(hash, ap + CIPHER_AT, CIPHER_N);
    assert_true(str_eq(t->realm, STR("CORP.TEST")));
    assert_int_equal(t->sname.type, 2);
    assert_int_equal(t->sname.n, 2);
    assert_true(str_eq(t->sname.part[1], STR("web1")));
    assert_int_equal(t->etype, 18);
    assert_true(t->has_kvno && t->kvno == 2);
    assert_int_equal(t->cipher_whole, CIPHER_N);
    assert_memory_equal(t->hash, hash, sizeof hash);
}

static void whole(void **state)
{
    struct fault f;
    struct krb5_ap a;
    struct krb5_ticket t;
    struct rd r = rd_of(ap, sizeof ap, &f);
    (void)state;
    krb5_ap(&r, &a);
    assert_true(rd_ok(&r) && rd_left(&r) == 0);
    assert_int_equal(a.options, 0x20000000);
    assert_int_equal(a.authenticator_etype, 23);
    check_ticket(&a.ticket);
    r = rd_of(ap + TICKET_AT, sizeof ap - TICKET_AT, &f);
    krb5_ticket(&r, &t);
    assert_true(rd_ok(&r));
    assert_int_equal(rd_offset(&r), TICKET_N); /* what follows the ticket is left */
    check_ticket(&t);
}

static void cut(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof ap; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, ap, n);
        struct fault f;
        struct krb5_ap a;
        struct rd r = rd_of(exact, n, &f);
        krb5_ap(&r, &a);
        assert_true(rd_ok(&r)); /* the cut alone is no fault */
        assert_int_equal(a.ticket.etype == 18, n >= 81);
        assert_int_equal(a.ticket.cipher_whole == CIPHER_N, n >= CIPHER_AT);
        assert_int_equal(zero(a.ticket.hash), n < CIPHER_AT + CIPHER_N);
        if (n == CIPHER_AT + 2)
            assert_int_equal(a.ticket.cipher_n, 2);
        free(exact);
    }
}

/* Each bit flipped: a fault, or a sound AP-REQ that says something else; never a read outside. */
static void bent(void **state)
{
    uint8_t bytes[sizeof ap];
    unsigned faults = 0;
    (void)state;
    for (size_t bit = 0; bit < sizeof ap * 8; bit++) {
        struct fault f;
        struct krb5_ap a;
        memcpy(bytes, ap, sizeof ap);
        bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ (1u << bit % 8));
        struct rd r = rd_of(bytes, sizeof bytes, &f);
        krb5_ap(&r, &a);
        faults += !rd_ok(&r);
        assert_true(a.ticket.cipher_n <= sizeof ap);
    }
    assert_true(faults > 300);
}

static void wrong(void **state)
{
    uint8_t bytes[sizeof ap];
    struct fault f;
    struct krb5_ap a;
    (void)state;
    memcpy(bytes, ap, sizeof ap);
    bytes[13] = 15; /* AP-REP */
    struct rd r = rd_of(bytes, sizeof bytes, &f);
    krb5_ap(&r, &a);
    assert_string_equal(f.why, "another message type than AP-REQ");
    bytes[13] = 14;
    bytes[26] = 0x44; /* a ticket longer than its field */
    r = rd_of(bytes, sizeof bytes, &f);
    krb5_ap(&r, &a);
    assert_non_null(f.why);
}

static void names(void **state)
{
    struct arena arena;
    arena_init(&arena, 4096, 65536);
    struct decode d = {.arena = &arena};
    struct krb5_name n = {.n = 2, .part = {STR("HTTP"), STR("web1")}};
    (void)state;
    assert_true(str_eq(krb5_name_text(&d, &n), STR("HTTP/web1")));
    n.n = 1;
    n.part[0] = STR("\xff");
    assert_true(str_eq(krb5_name_text(&d, &n), STR("\xef\xbf\xbd")));
    n.n = 0;
    assert_false(str_set(krb5_name_text(&d, &n)));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole), cmocka_unit_test(cut), cmocka_unit_test(bent), cmocka_unit_test(wrong),
                                       cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
