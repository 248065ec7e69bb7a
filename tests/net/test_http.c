/* tests/net/test_http.c - the HTTP client and webhooks against a server on loopback: bounds, tries, redirects, trust, and
 * reasons without secrets. */
#include "net/webhook.h"
#include "base/time.h"
#include "tests/support/certs.h"
#include "tests/support/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static struct server server;
static struct http *http;
static struct http_response answer;
static char why[HTTP_WHY], url[256];

static void open_with(struct http_options o, bool tls)
{
    const char *argv[] = {"python3", "tests/support/http_server.py", tls ? certs("server.pem") : NULL, certs("server.key"), NULL};
    server_start(&server, argv);
    o.timeout_ms = o.timeout_ms ? o.timeout_ms : 8000;
    o.most = o.most ? o.most : 65536;
    o.ca_file = o.ca_file ? o.ca_file : certs("ca.pem");
    assert_int_equal(http_open(&o, &http, why), 0);
}

static void close_all(void)
{
    http_response_free(&answer);
    http_close(http);
    server_stop(&server);
}

static const char *at(const char *scheme, const char *path)
{
    (void)snprintf(url, sizeof url, "%s://127.0.0.1:%u%s", scheme, server.port, path);
    return url;
}

static int get(const char *path)
{
    return http_do(http, &(struct http_request){.method = "GET", .url = at("http", path)}, &answer, why);
}

static void answered(const char *text)
{
    if (!str_eq(buf_view(&answer.body), str_of(text)))
        fail_msg("got %.*s", STR_ARG(buf_view(&answer.body)));
}

static void methods_headers_bodies(void **state)
{
    const struct http_header headers[] = {{STR("Authorization"), STR("Bearer t0ken")}, {STR("X-Empty"), STR("")}};
    struct http_request r = {.method = "POST", .headers = headers, .nheaders = 2, .body = STR("a\"b")};
    (void)state;
    open_with((struct http_options){.tries = 1}, true);
    r.url = at("https", "/echo");
    if (http_do(http, &r, &answer, why))
        fail_msg("%s", why);
    assert_int_equal(answer.status, 200);
    assert_true(str_eq(http_header(&answer, "x-answer"), STR("yes")));
    assert_false(str_set(http_header(&answer, "x-other")));
    answered("{\"method\": \"POST\", \"body\": \"a\\\"b\", \"user-agent\": \"vigie/" VIGIE_VERSION "\", \"authorization\": \"Bearer t0ken\", "
             "\"x-empty\": \"\", \"content-length\": \"3\", \"content-type\": \"application/x-www-form-urlencoded\"}");
    r = (struct http_request){.method = "GET", .url = url};
    assert_int_equal(http_do(http, &r, &answer, why), 0);
    answered("{\"method\": \"GET\", \"body\": \"\", \"user-agent\": \"vigie/" VIGIE_VERSION "\"}"); /* nothing of the one before */
    r.method = "HEAD";
    assert_int_equal(http_do(http, &r, &answer, why), 0);
    answered("");
    r.method = "PUT";
    r.body = STR("");
    assert_int_equal(http_do(http, &r, &answer, why), 0);
    assert_true(str_has(buf_view(&answer.body), STR("\"PUT\", \"body\": \"\"")));
    close_all();
}

static void bounds(void **state)
{
    (void)state;
    open_with((struct http_options){.tries = 1, .most = 10000, .timeout_ms = 4000}, false);
    assert_int_equal(get("/long?10000"), 0);
    assert_int_equal(answer.body.n, 10000);
    assert_int_equal(get("/long?10001"), ERR_LIMIT);
    assert_string_equal(why, "127.0.0.1: the answer is longer than allowed");
    assert_int_equal(get("/long?5000000"), ERR_LIMIT);
    assert_true(answer.body.cap < 100000);
    assert_int_equal(get("/long?1"), 0);
    assert_int_equal(get("/slow?secret"), ERR_IO);
    assert_null(strstr(why, "secret"));
    close_all();
}

static void tries(void **state)
{
    (void)state;
    open_with((struct http_options){.tries = 3, .most_wait_ms = 2000}, false);
    time_t begin = time(NULL);
    assert_int_equal(get("/flaky?2"), 0);
    assert_int_equal(answer.status, 200);
    answered("now");
    assert_true(time(NULL) - begin >= 2);
    assert_int_equal(get("/flaky?3"), 0);
    assert_int_equal(answer.status, 503);
    answered("not yet");
    begin = time(NULL);
    assert_int_equal(get("/busy"), 0);
    assert_true(time(NULL) - begin < 2);
    assert_int_equal(answer.status, 429);
    assert_int_equal(answer.retry_after_s, 3600);
    assert_int_equal(get("/status?404"), 0);
    assert_int_equal(answer.status, 404);
    static const char *const took[] = {"GET /flaky?2 0", "GET /flaky?2 0", "GET /flaky?2 0", "GET /flaky?3 0", "GET /flaky?3 0",
                                       "GET /flaky?3 0", "GET /busy 0",    "GET /status?404 0"};
    for (size_t i = 0; i < sizeof took / sizeof *took; i++)
        assert_string_equal(server_line(&server), took[i]);
    close_all();
}

static void redirects(void **state)
{
    struct http_request post = {.method = "POST", .body = STR("b")};
    (void)state;
    open_with((struct http_options){.tries = 1}, false);
    assert_int_equal(get("/near"), 0);
    assert_true(str_has(buf_view(&answer.body), STR("GET")));
    assert_int_equal(get("/away"), ERR_USAGE);
    assert_string_equal(why, "127.0.0.1: it redirects to another host, which is not followed");
    assert_int_equal(get("/down"), ERR_USAGE);
    assert_int_equal(get("/loop"), ERR_USAGE);
    assert_string_equal(why, "127.0.0.1: too many redirects");
    post.url = at("http", "/near?307");
    assert_int_equal(http_do(http, &post, &answer, why), 0);
    assert_true(str_has(buf_view(&answer.body), STR("\"POST\", \"body\": \"b\"")));
    post.url = at("http", "/near?303");
    assert_int_equal(http_do(http, &post, &answer, why), 0);
    assert_int_equal(answer.status, 303);
    close_all();
}

static void who_is_trusted(void **state)
{
    struct http_request r = {.method = "GET"};
    (void)state;
    open_with((struct http_options){.tries = 1, .ca_file = certs("stranger.pem")}, true);
    r.url = at("https", "/echo?k=secret");
    assert_int_equal(http_do(http, &r, &answer, why), ERR_IO);
    assert_non_null(strstr(why, "ertificate"));
    assert_null(strstr(why, "secret"));
    close_all();
}

static void no_proxy_but_the_configured_one(void **state)
{
    (void)state;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    open_with((struct http_options){.tries = 1}, false);
    assert_int_equal(get("/status?200"), 0);
    http_close(http);
    assert_int_equal(unsetenv("http_proxy"), 0);
    assert_int_equal(http_open(&(struct http_options){.tries = 1, .timeout_ms = 2000, .most = 10, .proxy = "http://127.0.0.1:1"}, &http, why), 0);
    assert_int_equal(get("/status?200"), ERR_IO);
    close_all();
}

static void what_cannot_be_asked(void **state)
{
    static const char *const urls[] = {"file:///etc/passwd", "ftp://h/x", "http://user:pass@127.0.0.1/x", "http://127.0.0.1/\r\nX: y", "", "x y"};
    static const struct http_header headers[] = {
        {{NULL, 0}, {"v", 1}}, {{"a b", 3}, {"v", 1}}, {{"a:", 2}, {"v", 1}}, {{"a", 1}, {"v\r\nx: y", 7}}, {{"a\n", 2}, {"v", 1}}};
    struct http_request r = {.method = "GET"};
    (void)state;
    open_with((struct http_options){.tries = 1}, false);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        r.url = urls[i];
        assert_int_equal(http_do(http, &r, &answer, why), ERR_USAGE);
        assert_null(strstr(why, "pass"));
    }
    r.url = at("http", "/echo");
    r.nheaders = 1;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        r.headers = &headers[i];
        assert_int_equal(http_do(http, &r, &answer, why), ERR_USAGE);
    }
    r.nheaders = 0;
    r.method = "GET /x HTTP/1.1\r\nX: y";
    assert_int_equal(http_do(http, &r, &answer, why), ERR_USAGE);
    close_all();
}

static void webhooks_are_signed(void **state)
{
    struct webhook hook = {.secret = {"k3y\0\xff", 5}};
    struct webhook_message m = {.id = STR("alert-1.7"), .time = time_parse(STR("2026-01-05T09:00:00Z")), .json = STR("{\"title\":\"Caf\xc3\xa9\"}")};
    (void)state;
    open_with((struct http_options){.tries = 1}, true);
    hook.url = at("https", "/hook");
    if (webhook_post(http, &hook, &m, why))
        fail_msg("%s", why);
    hook.secret = STR("other");
    assert_int_equal(webhook_post(http, &hook, &m, why), ERR_USAGE);
    assert_string_equal(why, "the receiver of the webhook answered 401");
    hook.url = at("https", "/status?500");
    assert_int_equal(webhook_post(http, &hook, &m, why), ERR_IO);
    hook.url = at("https", "/away?307");
    assert_int_equal(webhook_post(http, &hook, &m, why), ERR_USAGE);
    close_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(methods_headers_bodies), cmocka_unit_test(bounds),
                                       cmocka_unit_test(tries),                  cmocka_unit_test(redirects),
                                       cmocka_unit_test(who_is_trusted),         cmocka_unit_test(no_proxy_but_the_configured_one),
                                       cmocka_unit_test(what_cannot_be_asked),   cmocka_unit_test(webhooks_are_signed)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    certs_remove();
    return failed;
}
