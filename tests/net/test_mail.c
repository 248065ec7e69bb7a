/* tests/net/test_mail.c - mails through a real SMTP conversation, read again by Python's mail reader: what arrives is what
 * was meant, nothing can be slipped in, and failures say what failed without the password. */
#include "net/mail.h"
#include "base/time.h"
#include "tests/support/certs.h"
#include "tests/support/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define PASSWORD "s3cret:\xc3\xbc"

static struct server smtp;
static char why[MAIL_WHY];

static void start(const char *mode)
{
    const char *argv[] = {"python3", "tests/support/smtp_server.py", mode, certs("server.pem"), certs("server.key"), NULL};
    server_start(&smtp, argv);
}

static struct mail_server at(enum mail_security security)
{
    return (struct mail_server){.host = "127.0.0.1", .port = smtp.port, .security = security, .ca_file = certs("ca.pem"), .timeout_ms = 8000};
}

static struct mail hello(const struct str *to, size_t nto)
{
    return (struct mail){.from = STR("vigie@corp.test"),
                         .to = to,
                         .nto = nto,
                         .subject = STR("Alert 2004"),
                         .text = STR("Hello\n"),
                         .time = time_parse(STR("2026-01-05T09:00:00Z")),
                         .id = STR("alert-1.7")};
}

static void holds(const char *what)
{
    if (!strstr(smtp.line, what))
        fail_msg("no %s in %s", what, smtp.line);
}

static void arrives_over_starttls(void **state)
{
    const struct str to[] = {STR("alice@corp.test"), STR("bob+x@corp.test")};
    struct mail m = hello(to, 2);
    (void)state;
    start("starttls");
    struct mail_server s = at(MAIL_STARTTLS);
    s.user = STR("vigie");
    s.password = STR(PASSWORD);
    if (mail_send(&s, &m, why))
        fail_msg("%s", why);
    (void)server_line(&smtp);
    holds("\"hello\": \"corp.test\", \"tls\": true, \"user\": \"vigie\", \"sender\": \"FROM:<vigie@corp.test>\", "
          "\"to\": [\"TO:<alice@corp.test>\", \"TO:<bob+x@corp.test>\"]");
    holds("\"headers\": [\"Date\", \"From\", \"To\", \"Subject\", \"Message-ID\", \"Auto-Submitted\", \"MIME-Version\", \"Content-Type\", "
          "\"Content-Transfer-Encoding\"], \"from\": \"vigie@corp.test\", \"recipients\": \"alice@corp.test, bob+x@corp.test\", "
          "\"subject\": \"Alert 2004\", \"date\": \"2026-01-05T09:00:00+00:00\", \"id\": \"<alert-1.7@corp.test>\"");
    holds("\"defects\": 0");
    server_stop(&smtp);
}

static void any_text_arrives_as_it_is(void **state)
{
    const struct str to[] = {STR("alice@corp.test")};
    struct mail m = hello(to, 1);
    (void)state;
    start("tls");
    struct mail_server s = at(MAIL_TLS);
    m.from_name = STR("Vigie, \"hub\" <x@y>");
    m.subject = STR("D\xc3\xa9tection : acc\xc3\xa8s de \xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac "
                    "\xf0\x9f\x94\x92\r\nBcc: mallory@evil.test\r\n\r\nbody");
    m.text = STR(".\n..dots\nFrom here\nb\xc3\xa9 = 1 \nend\t\nlong aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx");
    assert_int_equal(mail_send(&s, &m, why), 0);
    (void)server_line(&smtp);
    holds("\"subject\": \"D\\u00e9tection : acc\\u00e8s de "
          "\\u20ac\\u20ac\\u20ac\\u20ac\\u20ac\\u20ac\\u20ac\\u20ac\\u20ac\\u20ac \\ud83d\\udd12  Bcc: mallory@evil.test    body\"");
    holds("\"from\": \"\\\"Vigie, \\\\\\\"hub\\\\\\\" <x@y>\\\" <vigie@corp.test>\"");
    holds("\"to\": [\"TO:<alice@corp.test>\"]");
    holds("\"Message-ID\", \"Auto-Submitted\""); /* no Bcc */
    holds("\"text\": \".\\n..dots\\nFrom here\\nb\\u00e9 = 1 \\nend\\t\\nlong "
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    holds("\"longest\": 76, \"ascii\": true, \"defects\": 0");
    server_stop(&smtp);
}

static void what_is_refused_here(void **state)
{
    static const char *const bad[] = {"a@b\r\nRCPT TO:<c@d>", "a b@c", "a@b>", "<a@b", "a@b,c@d", "@b", "a@", "ab", "a@b@c", "a\"@b", "\xc3\xa9@b", ""};
    struct str to[] = {STR("alice@corp.test")};
    struct mail m = hello(to, 1);
    (void)state;
    start("plain");
    struct mail_server s = at(MAIL_PLAIN);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        to[0] = str_of(bad[i]);
        assert_int_equal(mail_send(&s, &m, why), ERR_USAGE);
        assert_true(strncmp(why, "not a mail address: ", 20) == 0 && !strchr(why, '\r') && !strchr(why, '\n'));
        to[0] = STR("alice@corp.test");
        m.from = str_of(bad[i]);
        assert_int_equal(mail_send(&s, &m, why), ERR_USAGE);
        m.from = STR("vigie@corp.test");
    }
    m.id = STR("x>\r\nBcc: a@b");
    assert_int_equal(mail_send(&s, &m, why), ERR_USAGE);
    m.id = STR("x");
    m.text = STR("\xff");
    assert_int_equal(mail_send(&s, &m, why), ERR_USAGE);
    m.text = STR("x");
    s.user = STR("vigie");
    s.password = STR(PASSWORD);
    assert_int_equal(mail_send(&s, &m, why), ERR_USAGE);
    assert_string_equal(why, "a password is not sent without TLS");
    s.user = STR_NONE;
    assert_int_equal(mail_send(&s, &m, why), 0); /* and this one is the only one that arrived */
    (void)server_line(&smtp);
    holds("\"id\": \"<x@corp.test>\"");
    server_stop(&smtp);
}

static void what_the_server_refuses(void **state)
{
    static const struct {
        const char *to;
        int err;
        const char *says;
    } rows[] = {{"refused@corp.test", ERR_USAGE, "550"}, {"later@corp.test", ERR_IO, "451"}, {"bye@corp.test", ERR_IO, "127.0.0.1: "}};
    struct str to[] = {STR("alice@corp.test"), STR_NONE};
    struct mail m = hello(to, 2);
    (void)state;
    start("starttls");
    struct mail_server s = at(MAIL_STARTTLS);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        to[1] = str_of(rows[i].to);
        assert_int_equal(mail_send(&s, &m, why), rows[i].err);
        if (!strstr(why, rows[i].says))
            fail_msg("%s", why);
    }
    m.nto = 1;
    s.user = STR("vigie");
    s.password = STR("wrong-password");
    assert_int_equal(mail_send(&s, &m, why), ERR_USAGE);
    assert_null(strstr(why, "wrong-password"));
    server_stop(&smtp);
}

static void who_is_trusted(void **state)
{
    const struct str to[] = {STR("alice@corp.test")};
    struct mail m = hello(to, 1);
    (void)state;
    start("starttls");
    struct mail_server s = at(MAIL_STARTTLS);
    s.ca_file = certs("stranger.pem");
    assert_int_equal(mail_send(&s, &m, why), ERR_IO);
    assert_non_null(strstr(why, "ertificate"));
    server_stop(&smtp);
    start("plain"); /* offers no STARTTLS */
    s = at(MAIL_STARTTLS);
    assert_int_equal(mail_send(&s, &m, why), ERR_IO);
    server_stop(&smtp);
    assert_int_equal(mail_send(&s, &m, why), ERR_IO); /* nobody there */
    assert_non_null(strstr(why, "127.0.0.1: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(arrives_over_starttls), cmocka_unit_test(any_text_arrives_as_it_is),
                                       cmocka_unit_test(what_is_refused_here), cmocka_unit_test(what_the_server_refuses),
                                       cmocka_unit_test(who_is_trusted)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    certs_remove();
    return failed;
}
