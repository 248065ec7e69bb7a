/* tests/net/test_syslog_out.c - the syslog sender against the real receiver: every transport, who is trusted, lost
 * connections, back-off, and never longer than its time-out. */
#include "net/syslog_out.h"
#include "net/lookup.h"
#include "tests/support/certs.h"
#include "tests/support/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct inbox box;
static char why[SYSLOG_OUT_WHY];

static struct syslog_out *open_out(struct syslog_target t, uint16_t port)
{
    struct syslog_out *o = NULL;
    char text[8];
    (void)snprintf(text, sizeof text, "%u", port);
    t.port = text;
    t.host = t.host ? t.host : "127.0.0.1";
    t.timeout_ms = t.timeout_ms ? t.timeout_ms : 5000;
    if (syslog_out_open(&t, &o, why))
        fail_msg("%s", why);
    return o;
}

static struct syslog_out *out_to_box(struct syslog_target t)
{
    return open_out(t, syslog_in_port(box.in, t.transport));
}

static void sent(struct syslog_out *o, struct str s)
{
    if (syslog_out_send(o, s, why))
        fail_msg("%s", why);
}

static void not_sent(struct syslog_out *o, const char *reason)
{
    assert_int_equal(syslog_out_send(o, STR("<13>x"), why), ERR_IO);
    if (!strstr(why, reason))
        fail_msg("\"%s\" does not say \"%s\"", why, reason);
}

static struct syslog_in_options listening(const char *client_ca, const char *cert, const char *key)
{
    return (struct syslog_in_options){
        .listen = {"127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"}, .cert_file = certs(cert), .key_file = certs(key), .client_ca_file = client_ca};
}

static void every_transport(void **state)
{
    static const struct syslog_target targets[] = {{.transport = SYSLOG_UDP},
                                                   {.transport = SYSLOG_TCP, .framing = SYSLOG_COUNTED},
                                                   {.transport = SYSLOG_TCP, .framing = SYSLOG_LINES},
                                                   {.transport = SYSLOG_TLS, .framing = SYSLOG_COUNTED},
                                                   {.transport = SYSLOG_TLS, .framing = SYSLOG_LINES, .host = "localhost"}};
    struct buf big = {0};
    (void)state;
    buf_str(&big, STR("<13>"));
    for (int i = 0; i < 50000; i++)
        buf_char(&big, 'b');
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        inbox_open(&box, listening(NULL, "server.pem", "server.key"));
        struct syslog_target t = targets[i];
        t.ca_file = certs("ca.pem");
        struct syslog_out *o = out_to_box(t);
        sent(o, STR("<13>one\ntwo"));
        sent(o, buf_view(&big));
        sent(o, STR("<13>three"));
        inbox_await(&box, 3, 0);
        assert_string_equal(box.message[0], t.transport != SYSLOG_UDP && t.framing == SYSLOG_LINES ? "<13>one two" : "<13>one\ntwo");
        assert_int_equal(box.n[1], 50004);
        assert_string_equal(box.message[2], "<13>three");
        syslog_out_close(o);
        inbox_close(&box);
    }
    buf_free(&big);
}

static void who_is_trusted(void **state)
{
    static const struct {
        const char *server, *ca, *host, *reason;
    } rows[] = {{"elsewhere", "ca.pem", "127.0.0.1", "does not match"},
                {"server", "stranger.pem", "127.0.0.1", "NOT trusted"},
                {"elsewhere", "ca.pem", "localhost", "does not match"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char cert[32], key[32];
        (void)snprintf(cert, sizeof cert, "%s.pem", rows[i].server);
        (void)snprintf(key, sizeof key, "%s.key", rows[i].server);
        inbox_open(&box, listening(NULL, cert, key));
        struct syslog_out *o = out_to_box((struct syslog_target){.transport = SYSLOG_TLS, .ca_file = certs(rows[i].ca), .host = rows[i].host});
        not_sent(o, rows[i].reason);
        syslog_out_close(o);
        inbox_await(&box, 0, 1);
        inbox_close(&box);
    }
}

static void client_certificates(void **state)
{
    struct syslog_target t = {.transport = SYSLOG_TLS, .ca_file = certs("ca.pem")};
    (void)state;
    inbox_open(&box, listening(certs("ca.pem"), "server.pem", "server.key"));
    t.cert_file = certs("client.pem");
    t.key_file = certs("client.key");
    struct syslog_out *o = out_to_box(t);
    sent(o, STR("<13>known"));
    inbox_await(&box, 1, 0);
    syslog_out_close(o);
    t.cert_file = certs("stranger.pem");
    t.key_file = certs("stranger.key");
    o = out_to_box(t);
    not_sent(o, "127.0.0.1 port ");
    syslog_out_close(o);
    inbox_await(&box, 1, 1);
    inbox_close(&box);
}

static void a_lost_connection_is_made_again(void **state)
{
    char address[32];
    (void)state;
    inbox_open(&box, listening(NULL, "server.pem", "server.key"));
    for (int transport = SYSLOG_TCP; transport <= SYSLOG_TLS; transport++) {
        struct syslog_out *o = out_to_box((struct syslog_target){.transport = (enum syslog_transport)transport, .ca_file = certs("ca.pem")});
        sent(o, STR("<13>before"));
        inbox_await(&box, 1, 0);
        (void)snprintf(address, sizeof address, "127.0.0.1:%u", syslog_in_port(box.in, (enum syslog_transport)transport));
        inbox_close(&box);
        struct syslog_in_options again = listening(NULL, "server.pem", "server.key");
        again.listen[transport] = address;
        inbox_open(&box, again);
        sent(o, STR("<13>after"));
        inbox_await(&box, 1, 0);
        assert_string_equal(box.message[0], "<13>after");
        syslog_out_close(o);
        inbox_close(&box);
        inbox_open(&box, listening(NULL, "server.pem", "server.key"));
    }
    inbox_close(&box);
}

static int64_t clock_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A port of ours where nobody answers: bound; listening when asked to. */
static int deaf(bool listening_too, uint16_t *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&a, n) == 0 && getsockname(fd, (struct sockaddr *)&a, &n) == 0);
    if (listening_too)
        assert_int_equal(listen(fd, 4), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

static void back_off(void **state)
{
    uint16_t port;
    (void)state;
    int fd = deaf(false, &port);
    struct syslog_out *o = open_out((struct syslog_target){.transport = SYSLOG_TCP}, port);
    not_sent(o, "refused");
    not_sent(o, "not tried again for 1 s: 127.0.0.1 port ");
    (void)usleep(1050000);
    assert_int_equal(listen(fd, 4), 0);
    sent(o, STR("<13>x"));
    syslog_out_close(o);
    assert_int_equal(close(fd), 0);
}

static void never_longer_than_its_time_out(void **state)
{
    uint16_t port;
    struct buf big = {0};
    (void)state;
    for (int i = 0; i < 16 << 20; i++)
        buf_char(&big, 'b');
    int fd = deaf(true, &port);
    for (int transport = SYSLOG_TCP; transport <= SYSLOG_TLS; transport++) {
        struct syslog_out *o = open_out((struct syslog_target){.transport = (enum syslog_transport)transport, .timeout_ms = 400,
                                                               .ca_file = certs("ca.pem")}, port);
        int64_t begin = clock_ms();
        assert_int_equal(syslog_out_send(o, buf_view(&big), why), ERR_IO);
        int64_t took = clock_ms() - begin;
        assert_true(took >= 390 && took < 1200);
        assert_non_null(strstr(why, transport == SYSLOG_TCP ? "it takes nothing" : "no TLS handshake in time"));
        syslog_out_close(o);
    }
    assert_int_equal(close(fd), 0);
    buf_free(&big);
}

static void what_can_never_be_sent(void **state)
{
    static char big[70000];
    struct syslog_out *o = NULL;
    (void)state;
    inbox_open(&box, listening(NULL, "server.pem", "server.key"));
    o = out_to_box((struct syslog_target){.transport = SYSLOG_UDP});
    assert_int_equal(syslog_out_send(o, (struct str){big, sizeof big}, why), ERR_LIMIT);
    sent(o, STR("<13>x")); /* no back-off: it was not the receiver's fault */
    inbox_await(&box, 1, 0);
    syslog_out_close(o);
    inbox_close(&box);
    struct syslog_target t = {.transport = SYSLOG_TLS, .host = "127.0.0.1", .port = "1", .timeout_ms = 100, .ca_file = "/nonexistent"};
    assert_int_equal(syslog_out_open(&t, &o, why), ERR_USAGE);
    assert_non_null(strstr(why, "/nonexistent: "));
    t.timeout_ms = 0;
    assert_int_equal(syslog_out_open(&t, &o, why), ERR_USAGE);
}

static void names(void **state)
{
    struct lookup *pending = NULL;
    struct addrinfo *found = NULL;
    (void)state;
    struct syslog_out *o = open_out((struct syslog_target){.transport = SYSLOG_UDP, .host = "no such host"}, 1);
    not_sent(o, "no such host port 1: ");
    syslog_out_close(o);
    assert_int_equal(lookup_wait(&pending, "127.0.0.1", "1", 0, &found), 0); /* addresses need no time */
    freeaddrinfo(found);
    for (int i = 0; i < 200; i++) { /* given up before, while or after the answer comes */
        int code = lookup_wait(&pending, "localhost", "1", i % 3, &found);
        assert_true(code == 0 || code == LOOKUP_LATE);
        assert_int_equal(code == 0, pending == NULL);
        if (code == 0)
            freeaddrinfo(found);
        if (i % 2)
            lookup_drop(pending);
        if (i % 2)
            pending = NULL;
    }
    lookup_drop(pending);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_transport),        cmocka_unit_test(who_is_trusted),
                                       cmocka_unit_test(client_certificates),    cmocka_unit_test(a_lost_connection_is_made_again),
                                       cmocka_unit_test(back_off),               cmocka_unit_test(never_longer_than_its_time_out),
                                       cmocka_unit_test(what_can_never_be_sent), cmocka_unit_test(names)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    certs_remove();
    return failed;
}
