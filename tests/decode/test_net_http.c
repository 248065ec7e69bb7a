/* tests/decode/test_net_http.c - HTTP heads: who authenticates, use of WinRM; where messages end; hostile bytes. */
#include "tests/support/talk.h"
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HTTP "fixtures/decode/net/http.txt"

extern const struct netdecoder net_http;

static void vectors(void **state)
{
    (void)state;
    vector_file(HTTP);
}

static void mangled(void **state)
{
    (void)state;
    talk_mangle(HTTP, 16);
}

static ptrdiff_t framed(const char *text)
{
    struct str s = str_of(text);
    return net_http.frame((const uint8_t *)s.p, s.n);
}

static void heads_and_bodies(void **state)
{
    (void)state;
    assert_int_equal(framed("GET / HTTP/1.1\r\n\r\nGET"), 18);
    assert_int_equal(framed("POST / HTTP/1.1\r\ncontent-length:  10\r\n\r\nabc"), 40 + 10);
    assert_int_equal(framed("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n"), 49);
    assert_int_equal(framed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"), 66);
    assert_int_equal(framed("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), -1);
    assert_int_equal(framed("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n"), -1);
    assert_int_equal(framed("HTTP/1.1 200 OK\r\nServer: x"), 0);
    assert_int_equal(framed("POS"), 0);
    assert_int_equal(framed("PUSH / HTTP/1.1\r\n\r\n"), -1);
}

static void chunks(void **state)
{
    (void)state;
    assert_int_equal(framed("1a\r\nabc"), 4 + 26 + 2);
    assert_int_equal(framed("5;name=value\r\nabcde"), 14 + 5 + 2);
    assert_int_equal(framed("0\r\n\r\n"), 5);
    assert_int_equal(framed("0\r\nTrailer: x\r\n\r\nHTTP/1.1"), 17);
    assert_int_equal(framed("0\r\n"), 0);
    assert_int_equal(framed("1"), 0);
    assert_int_equal(framed("xyz"), -1);
    assert_int_equal(framed("12345678a\r\n"), -1);
}

static void claims(void **state)
{
    (void)state;
    assert_int_equal(net_http.claims((const uint8_t *)"POST /wsman", 11, true), CLAIM_YES);
    assert_int_equal(net_http.claims((const uint8_t *)"PRO", 3, true), CLAIM_MORE);
    assert_int_equal(net_http.claims((const uint8_t *)"GET", 3, false), CLAIM_NO);
    assert_int_equal(net_http.claims((const uint8_t *)"HTTP/1.1 2", 10, false), CLAIM_YES);
    assert_int_equal(net_http.claims((const uint8_t *)"GET \r\n", 6, true), CLAIM_NO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(heads_and_bodies), cmocka_unit_test(chunks),
                                       cmocka_unit_test(claims), cmocka_unit_test(mangled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
