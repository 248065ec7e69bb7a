/* tests/policy/test_notify.c - notifications against real receivers on loopback: once per alert and channel, limits, retries, secrets. */
#include "policy/notify.h"

#include "net/cef.h"
#include "store/tab_policies.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW (time_parse(STR("2026-01-10T12:00:00Z")))
enum { ALL = POLICY_MAIL | POLICY_WEBHOOK | POLICY_SYSLOG };

static char folder[] = "/tmp/vigie-notify-XXXXXX";
static struct db *db;
static struct secret_key *key;
static struct arena arena;
static struct notifier *notifier;

static int start(void **state)
{
    (void)state;
    arena_init(&arena, 65536, 1u << 24);
    if (!mkdtemp(folder) || db_open(folder, &db) != 0 || secret_open(folder, &key) != 0)
        return -1;
    return notify_open(db, key, "https://hub.corp.test", &notifier);
}

static int stop(void **state)
{
    char path[96];
    (void)state;
    notify_close(notifier);
    secret_close(key);
    db_close(db);
    arena_free(&arena);
    (void)snprintf(path, sizeof path, "%s/vigie.db", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/secret.key", folder);
    (void)unlink(path);
    return rmdir(folder);
}

/* ---- receivers ---- */

static int bound(int type, uint16_t *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(fd, 4), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

/* Takes one connection; answers each line or, for HTTP, the whole request. */
struct server {
    int fd;
    bool mail;
    const char *answer; /* of HTTP */
    char got[65536];
    size_t n;
};

static void *serve_http(struct server *s, int c)
{
    char *body = NULL;
    for (ssize_t k = 1; k > 0 && s->n + 1 < sizeof s->got; s->n += (size_t)(k > 0 ? k : 0)) {
        k = recv(c, s->got + s->n, sizeof s->got - 1 - s->n, 0);
        s->got[s->n + (size_t)(k > 0 ? k : 0)] = 0;
        body = strstr(s->got, "\r\n\r\n");
        const char *length = strcasestr(s->got, "content-length:");
        if (body && length && strlen(body + 4) >= strtoul(length + 15, NULL, 10)) {
            (void)send(c, s->answer, strlen(s->answer), MSG_NOSIGNAL);
            break;
        }
    }
    return body;
}

static void serve_mail(struct server *s, int c)
{
    bool data = false;
    size_t line = 0;
    (void)send(c, "220 hub ESMTP\r\n", 15, MSG_NOSIGNAL);
    for (ssize_t k; s->n + 1 < sizeof s->got && (k = recv(c, s->got + s->n, 1, 0)) > 0;) {
        s->n++;
        if (s->got[s->n - 1] != '\n')
            continue;
        const char *l = s->got + line;
        const char *reply = data                         ? (strncmp(l, ".\r\n", 3) == 0 ? "250 taken\r\n" : "")
                            : strncmp(l, "DATA", 4) == 0 ? "354 go on\r\n"
                                                         : "250 yes\r\n";
        data = data ? strncmp(l, ".\r\n", 3) != 0 : strncmp(l, "DATA", 4) == 0;
        if (!data && strncmp(l, "QUIT", 4) == 0)
            reply = "221 bye\r\n";
        (void)send(c, reply, strlen(reply), MSG_NOSIGNAL);
        line = s->n;
    }
}

static void *serve(void *arg)
{
    struct server *s = arg;
    int c = accept(s->fd, NULL, NULL);
    if (c >= 0 && s->mail)
        serve_mail(s, c);
    else if (c >= 0)
        (void)serve_http(s, c);
    if (c >= 0)
        (void)close(c);
    return NULL;
}

/* ---- settings and alerts ---- */

static void set(const char *format, unsigned port)
{
    char json[1024];
    struct filter_error e;
    (void)snprintf(json, sizeof json, "%s", format);
    char *at = strstr(json, "PORT");
    if (at) {
        char rest[1024];
        (void)snprintf(rest, sizeof rest, "%s", at + 4);
        (void)snprintf(at, sizeof json - (size_t)(at - json), "%u%s", port, rest);
    }
    arena_reset(&arena);
    const struct jnode *doc = jin_embedded(&arena, str_of(json));
    assert_non_null(doc);
    if (notify_settings_change(db, key, doc, doc, &e) != 0)
        fail_msg("%s: %.*s %s", json, STR_ARG(e.value), e.why);
}

static struct stored_alert put_alert(unsigned n, enum severity severity)
{
    bool fresh;
    struct stored_alert a = {.external_id = 2023,
                             .policy = STR("2023"),
                             .name = STR("Suspected brute force attack (Kerberos, NTLM)"),
                             .severity = severity,
                             .category = STR("compromised credential"),
                             .attack = STR("[\"T1110\"]"),
                             .shore = SHORE_ONPREM,
                             .start = NOW,
                             .end = NOW,
                             .updated = NOW,
                             .count = 7,
                             .nactivities = 7,
                             .description = STR("Wrong passwords = many | \\ from WS1."),
                             .source_party = {STR("device"), STR("WS1"), STR("WS1"), STR("Source"), 0, 0},
                             .parties = STR("[{\"type\":\"account\",\"id\":\"alice\",\"label\":\"alice\"}]"),
                             .resolved = TIME_NONE,
                             .reason = -1};
    (void)snprintf(a.id, sizeof a.id, "%024x", n);
    assert_int_equal(tab_alerts_put(db, &a, NULL, 0, NULL, 0, &fresh), 0);
    return a;
}

static void run(int64_t now, unsigned sent, unsigned failed)
{
    unsigned good, bad;
    assert_int_equal(notify_run(notifier, now, &good, &bad), 0);
    if (good != sent || bad != failed)
        fail_msg("%u sent, %u failed", good, bad);
}

struct last {
    enum outbox_state state;
    uint32_t tries;
    int64_t next;
    char why[NOTIFY_WHY];
};

static int see_last(void *owner, const struct stored_notice *n)
{
    struct last *l = owner;
    *l = (struct last){.state = n->state, .tries = n->tries, .next = n->next};
    (void)snprintf(l->why, sizeof l->why, "%.*s", STR_ARG(n->why));
    return 0;
}

static struct last last(void)
{
    struct last l = {.tries = 99};
    assert_int_equal(tab_outbox_each(db, 1, see_last, &l), 0);
    return l;
}

/* ---- tests ---- */

static void syslog_cef(void **state)
{
    char got[8192];
    uint16_t port;
    struct cef c;
    struct fault f;
    int fd = bound(SOCK_DGRAM, &port);
    (void)state;
    set("{\"syslog\":{\"enabled\":true,\"host\":\"127.0.0.1\",\"port\":PORT,\"transport\":\"udp\",\"severity\":\"medium\"}}", port);
    struct stored_alert a = put_alert(1, SEVERITY_HIGH), low = put_alert(2, SEVERITY_LOW), other = put_alert(3, SEVERITY_HIGH);
    assert_int_equal(notify_alert(db, &a, ALL, NOW), 0);
    assert_int_equal(notify_alert(db, &a, ALL, NOW), 0);                      /* told once */
    assert_int_equal(notify_alert(db, &low, ALL, NOW), 0);                    /* not severe enough */
    assert_int_equal(notify_alert(db, &other, ALL & ~POLICY_SYSLOG, NOW), 0); /* its policy does not want it */
    other.suppressed = true;
    assert_int_equal(notify_alert(db, &other, ALL, NOW), 0);
    run(NOW, 1, 0);
    run(NOW + TIME_HOUR, 0, 0);
    ssize_t n = recv(fd, got, sizeof got, 0);
    assert_true(n > 0);
    assert_int_equal(cef_read(&arena, (struct str){got, (size_t)n}, &c, &f), 0);
    assert_true(str_eq(c.name, STR("Suspected brute force attack (Kerberos, NTLM)")) && c.severity == 10);
    assert_true(str_eq(c.class_id, STR("BruteForceSecurityAlert")));
    assert_true(str_eq(cef_value(&c, "externalId"), STR("2023")) && str_eq(cef_value(&c, "suser"), STR("alice")) &&
                str_eq(cef_value(&c, "shost"), STR("WS1")));
    assert_true(str_eq(cef_value(&c, "msg"), STR("Wrong passwords = many | \\ from WS1.")));
    assert_true(str_eq(cef_labelled(&c, "url"), STR("https://hub.corp.test/#/alerts/000000000000000000000001")));
    assert_true(str_eq(cef_value(&c, "start"), STR("2026-01-10T12:00:00.0000000Z")));
    /* the original's form */
    set("{\"syslog\":{\"cef\":\"azure-atp\"}}", 0);
    char why[NOTIFY_WHY];
    a = put_alert(4, SEVERITY_MEDIUM);
    assert_int_equal(notify_alert(db, &a, ALL, NOW), 0);
    run(NOW, 1, 0);
    n = recv(fd, got, sizeof got - 1, 0);
    assert_true(n > 0);
    got[n] = 0;
    assert_true(strncmp(got, "<36>1 ", 6) == 0 && strstr(got, " CEF ") &&
                strstr(got, "\xEF\xBB\xBF"
                            "0|Microsoft|Azure ATP|") &&
                strstr(got, "cs1=https\\://"));
    assert_int_equal(notify_test(notifier, CHANNEL_SYSLOG, NOW, why), 0);
    assert_true(recv(fd, got, sizeof got, 0) > 0);
    (void)close(fd);
    set("{\"syslog\":{\"enabled\":false}}", 0);
}

static void limits(void **state)
{
    char got[8192];
    uint16_t port;
    int fd = bound(SOCK_DGRAM, &port), notes = 0;
    (void)state;
    set("{\"syslog\":{\"enabled\":true,\"host\":\"127.0.0.1\",\"port\":PORT,\"cef\":\"cef\",\"severity\":\"low\",\"perDay\":5}}", port);
    for (unsigned i = 0; i < 10; i++) {
        struct stored_alert a = put_alert(100 + i, SEVERITY_HIGH);
        assert_int_equal(notify_alert(db, &a, ALL, NOW + 24 * TIME_HOUR), 0);
    }
    run(NOW + 24 * TIME_HOUR, 6, 0); /* five alerts and the line */
    for (int i = 0; i < 6; i++) {
        ssize_t n = recv(fd, got, sizeof got - 1, 0);
        assert_true(n > 0);
        got[n] = 0;
        notes += strstr(got, "limit of 5 notifications on 2026-01-11") != NULL;
    }
    assert_int_equal(notes, 1);
    struct stored_alert a = put_alert(120, SEVERITY_HIGH);
    assert_int_equal(notify_alert(db, &a, ALL, NOW + 48 * TIME_HOUR), 0);
    run(NOW + 48 * TIME_HOUR, 1, 0); /* another day */
    (void)close(fd);
    set("{\"syslog\":{\"enabled\":false}}", 0);
}

static void webhooks(void **state)
{
    pthread_t t;
    uint16_t port;
    struct server s = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
    (void)state;
    s.fd = bound(SOCK_STREAM, &port);
    set("{\"webhook\":{\"enabled\":true,\"url\":\"http://127.0.0.1:PORT/hook\",\"key\":\"sesame-key\"}}", port);
    assert_int_equal(pthread_create(&t, NULL, serve, &s), 0);
    struct stored_alert a = put_alert(200, SEVERITY_LOW);
    assert_int_equal(notify_alert(db, &a, ALL, NOW), 0);
    run(NOW, 1, 0);
    assert_int_equal(pthread_join(t, NULL), 0);
    assert_non_null(strcasestr(s.got, "webhook-signature: v1,"));
    const char *body = strstr(s.got, "\r\n\r\n");
    assert_non_null(body);
    const struct jnode *doc = jin_embedded(&arena, str_of(body + 4));
    assert_non_null(doc);
    assert_true(str_eq(jin_str(doc, doc, "data.id"), STR("0000000000000000000000c8")) && str_eq(jin_str(doc, doc, "data.externalId"), STR("2023")));
    assert_true(str_eq(jin_str(doc, doc, "type"), STR("alert.opened")));
    assert_null(strstr(s.got, "sesame"));
    (void)close(s.fd);

    /* nobody there any more: tried again and again, then given up with the reason */
    a = put_alert(201, SEVERITY_LOW);
    int64_t now = NOW;
    assert_int_equal(notify_alert(db, &a, ALL, now), 0);
    for (uint32_t i = 1; i < NOTIFY_TRIES; i++) {
        run(now, 0, 1);
        struct last l = last();
        assert_true(l.state == OUTBOX_WAITING && l.tries == i && l.next > now && l.next - now <= TIME_HOUR && l.why[0]);
        run(l.next - 1, 0, 0); /* not before its turn */
        now = l.next;
    }
    assert_true(now - NOW > 4 * TIME_HOUR);
    run(now, 0, 1);
    struct last l = last();
    assert_true(l.state == OUTBOX_FAILED && l.tries == NOTIFY_TRIES && l.why[0]);
    assert_null(strstr(l.why, "/hook"));
    run(now + 24 * TIME_HOUR, 0, 0);
    set("{\"webhook\":{\"enabled\":false}}", 0);
}

static void mail(void **state)
{
    pthread_t t;
    uint16_t port;
    static struct server s = {.mail = true};
    (void)state;
    s.fd = bound(SOCK_STREAM, &port);
    set("{\"mail\":{\"enabled\":true,\"server\":\"127.0.0.1\",\"port\":PORT,\"tls\":\"none\",\"from\":\"vigie@corp.test\",\"to\":[\"soc@corp.test\","
        "\"ada@corp.test\"]}}",
        port);
    assert_int_equal(pthread_create(&t, NULL, serve, &s), 0);
    struct stored_alert a = put_alert(300, SEVERITY_HIGH);
    assert_int_equal(notify_alert(db, &a, ALL, NOW), 0);
    run(NOW, 1, 0);
    assert_int_equal(pthread_join(t, NULL), 0);
    (void)close(s.fd);
    s.got[s.n < sizeof s.got ? s.n : sizeof s.got - 1] = 0;
    assert_non_null(strstr(s.got, "<soc@corp.test>"));
    assert_non_null(strstr(s.got, "<ada@corp.test>"));
    assert_non_null(strstr(s.got, "Subject: [Vigie] high: Suspected brute force"));
    assert_non_null(strstr(s.got, "alerts/00000000000000000000012c"));
    set("{\"mail\":{\"enabled\":false}}", 0);
}

static void secrets_stay(void **state)
{
    struct buf out = {0};
    struct jout j = jout_to(&out);
    (void)state;
    set("{\"mail\":{\"password\":\"hunter2-hunter2\"}}", 0);
    assert_int_equal(notify_settings_json(db, &j), 0);
    assert_false(str_has(buf_view(&out), STR("hunter2")) || str_has(buf_view(&out), STR("sesame")));
    assert_true(str_has(buf_view(&out), STR("\"passwordSet\":true")) && str_has(buf_view(&out), STR("soc@corp.test")));
    set("{\"mail\":{\"password\":\"\"}}", 0);
    out.n = 0;
    j = jout_to(&out);
    assert_int_equal(notify_settings_json(db, &j), 0);
    assert_false(str_has(buf_view(&out), STR("\"passwordSet\":true")));
    buf_free(&out);
}

static void refused(void **state)
{
    static const char *const bad[][2] = {{"{\"mail\":{\"enabled\":true,\"server\":\"\"}}", "mail"},
                                         {"{\"mail\":{\"to\":[\"nobody\"]}}", "nobody"},
                                         {"{\"mail\":{\"port\":70000}}", "port"},
                                         {"{\"mail\":{\"tls\":\"maybe\"}}", "tls"},
                                         {"{\"mail\":{\"from\":\"a\\u000ab\"}}", "from"},
                                         {"{\"syslog\":{\"transport\":\"pigeon\"}}", "transport"},
                                         {"{\"syslog\":{\"severity\":\"default\"}}", "severity"},
                                         {"{\"syslog\":[]}", "syslog"},
                                         {"{\"webhook\":{\"url\":\"ftp://x\"}}", "url"},
                                         {"{\"webhook\":{\"enabled\":1}}", "enabled"}};
    struct buf before = {0}, after = {0};
    struct jout j = jout_to(&before);
    (void)state;
    assert_int_equal(notify_settings_json(db, &j), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct filter_error e;
        const struct jnode *doc = jin_embedded(&arena, str_of(bad[i][0]));
        assert_non_null(doc);
        assert_int_equal(notify_settings_change(db, key, doc, doc, &e), ERR_MALFORMED);
        if (!str_eq(e.value, str_of(bad[i][1])))
            fail_msg("%s: %.*s", bad[i][0], STR_ARG(e.value));
    }
    j = jout_to(&after);
    assert_int_equal(notify_settings_json(db, &j), 0);
    assert_true(str_eq(buf_view(&before), buf_view(&after)));
    buf_free(&before);
    buf_free(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(syslog_cef), cmocka_unit_test(limits),       cmocka_unit_test(webhooks),
                                       cmocka_unit_test(mail),       cmocka_unit_test(secrets_stay), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, start, stop);
}
