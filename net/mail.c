/* net/mail.c - one mail: its bytes, and handing it over. */
#include "net/mail.h"

#include "base/buf.h"
#include "base/time.h"
#include "base/utf.h"
#include "net/transfer.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE = 76, ENCODED = 39 }; /* RFC 2045 6.7; and bytes of text in one encoded word, so that its line has 76 (RFC 2047 2) */

/* ---- the message ---- */

/* Letters, digits and "-", with single dots between: a domain, and what a message id may be. */
static bool dotted(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = str_lower_char(s.p[i]);
        bool dot = c == '.' && i > 0 && i + 1 < s.n && s.p[i - 1] != '.';
        if (!dot && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return s.n > 0;
}

static bool good_address(struct str a)
{
    ptrdiff_t at = str_rchr(a, '@');
    if (a.n > MAIL_ADDRESS || at <= 0 || !dotted(str_from(a, (size_t)at + 1)))
        return false;
    for (ptrdiff_t i = 0; i < at; i++)
        if (a.p[i] <= ' ' || a.p[i] > '~' || strchr("<>()[],;:@\\\"", a.p[i]))
            return false;
    return true;
}

static bool plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    return s.n <= LINE && !str_has(s, STR("=?"));
}

static void encoded_word(struct buf *out, struct str s)
{
    char text[sodium_base64_ENCODED_LEN(ENCODED, sodium_base64_VARIANT_ORIGINAL)];
    unsigned char bytes[ENCODED];
    for (size_t i = 0; i < s.n; i++)
        bytes[i] = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : (unsigned char)s.p[i];
    (void)sodium_bin2base64(text, sizeof text, bytes, s.n, sodium_base64_VARIANT_ORIGINAL);
    buf_fmt(out, "=?UTF-8?B?%s?=", text);
}

/* Encoded words, which end between characters, one on each line (RFC 2047 5). */
static void encoded_words(struct buf *out, struct str s)
{
    for (bool first = true; s.n; first = false) {
        size_t n = s.n < ENCODED ? s.n : ENCODED;
        while (n < s.n && n > 1 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
            n--;
        if (!first)
            buf_str(out, STR("\r\n "));
        encoded_word(out, str_sub(s, 0, n));
        s = str_from(s, n);
    }
}

/* RFC 2045 6.7: what is not printable ASCII, "=" and a blank before a line's end are "=XX"; long lines are folded. */
static void quoted_printable(struct buf *out, struct str s)
{
    size_t column = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool ends = i + 1 == s.n || s.p[i + 1] == '\n';
        if (c == '\n') {
            buf_str(out, STR("\r\n"));
            column = 0;
            continue;
        }
        bool as_is = (c > ' ' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !ends);
        if (column + (as_is ? 1 : 3) >= LINE) {
            buf_str(out, STR("=\r\n"));
            column = 0;
        }
        if (as_is)
            buf_char(out, (char)c);
        else
            buf_fmt(out, "=%02X", c);
        column += as_is ? 1 : 3;
    }
    buf_str(out, STR("\r\n"));
}

static void date(struct buf *out, int64_t time)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil c;
    time_civil(time, &c);
    buf_fmt(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[c.weekday], c.day, months[c.month - 1], c.year, c.hour, c.minute, c.second);
}

static void compose(struct buf *out, const struct mail *m)
{
    date(out, m->time);
    buf_str(out, STR("From: "));
    if (m->from_name.n) { /* always encoded, so that nothing in a name needs quotes */
        encoded_words(out, m->from_name);
        buf_char(out, ' ');
    }
    buf_fmt(out, "<%.*s>\r\nTo: ", STR_ARG(m->from));
    for (size_t i = 0; i < m->nto; i++)
        buf_fmt(out, "%s<%.*s>", i ? ",\r\n " : "", STR_ARG(m->to[i]));
    buf_str(out, STR("\r\nSubject: "));
    if (plain(m->subject))
        buf_str(out, m->subject);
    else
        encoded_words(out, m->subject);
    buf_fmt(out, "\r\nMessage-ID: <%.*s%.*s>\r\n", STR_ARG(m->id), STR_ARG(str_from(m->from, (size_t)str_chr(m->from, '@'))));
    buf_str(out, STR("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: quoted-printable\r\n\r\n"));
    quoted_printable(out, m->text);
}

/* ---- handing it over ---- */

struct upload {
    struct str left;
};

static size_t give(char *to, size_t size, size_t count, void *owner)
{
    struct upload *u = owner;
    size_t n = u->left.n < size * count ? u->left.n : size * count;
    if (n)
        memcpy(to, u->left.p, n);
    u->left = str_from(u->left, n);
    return n;
}

static int refuse(char why[MAIL_WHY], const char *reason, struct str about)
{
    (void)snprintf(why, MAIL_WHY, "%s%.*s", reason, (int)(about.n < 100 ? about.n : 100), about.p ? about.p : "");
    for (char *p = why; *p; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
    return ERR_USAGE;
}

static int check(const struct mail_server *s, const struct mail *m, char why[MAIL_WHY])
{
    if (!s->host || !*s->host || strlen(s->host) > 255 || strpbrk(s->host, "/@?#: \r\n") || !s->port || s->timeout_ms <= 0)
        return refuse(why, "a mail server needs a host name, a port and a time-out", STR_NONE);
    if (s->user.n && s->security == MAIL_PLAIN)
        return refuse(why, "a password is not sent without TLS", STR_NONE);
    if (str_chr(s->user, '\0') >= 0 || str_chr(s->password, '\0') >= 0)
        return refuse(why, "mail user or password with a NUL inside", STR_NONE);
    if (!good_address(m->from))
        return refuse(why, "not a mail address: ", m->from);
    if (m->nto == 0 || m->nto > MAIL_RECIPIENTS)
        return refuse(why, "a mail has 1 to 100 recipients", STR_NONE);
    for (size_t i = 0; i < m->nto; i++)
        if (!good_address(m->to[i]))
            return refuse(why, "not a mail address: ", m->to[i]);
    if (m->id.n > 128 || !dotted(m->id))
        return refuse(why, "not the left half of a message id: ", m->id);
    if (!utf_valid(m->subject) || !utf_valid(m->from_name) || !utf_valid(m->text))
        return refuse(why, "a mail's texts must be UTF-8", STR_NONE);
    return ERR_NONE;
}

/* libcurl takes C strings and copies them; our copy is wiped. */
static CURLcode secret(CURL *curl, CURLoption option, struct str s)
{
    char *z = calloc(1, s.n + 1);
    if (!z)
        return CURLE_OUT_OF_MEMORY;
    memcpy(z, s.p, s.n);
    CURLcode code = curl_easy_setopt(curl, option, z);
    sodium_memzero(z, s.n);
    free(z);
    return code;
}

static struct curl_slist *recipients(const struct mail *m)
{
    struct curl_slist *all = NULL;
    for (size_t i = 0; i < m->nto; i++) {
        char address[MAIL_ADDRESS + 1];
        (void)snprintf(address, sizeof address, "%.*s", STR_ARG(m->to[i]));
        struct curl_slist *more = curl_slist_append(all, address);
        if (!more) {
            curl_slist_free_all(all);
            return NULL;
        }
        all = more;
    }
    return all;
}

static CURLcode set_up(CURL *c, const struct mail_server *s, const struct mail *m, struct upload *u)
{
    char url[600], from[MAIL_ADDRESS + 1], domain[MAIL_ADDRESS + 1];
    struct str behind = str_from(m->from, (size_t)str_chr(m->from, '@') + 1);
    (void)snprintf(domain, sizeof domain, "%.*s", STR_ARG(behind));
    (void)snprintf(url, sizeof url, "%s://%.255s:%u/%s", s->security == MAIL_TLS ? "smtps" : "smtp", s->host, s->port, domain);
    (void)snprintf(from, sizeof from, "%.*s", STR_ARG(m->from));
    CURLcode bad = curl_easy_setopt(c, CURLOPT_URL, url);
    bad |= curl_easy_setopt(c, CURLOPT_USE_SSL, s->security == MAIL_STARTTLS ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    bad |= curl_easy_setopt(c, CURLOPT_MAIL_FROM, from);
    bad |= curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    bad |= curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
    bad |= curl_easy_setopt(c, CURLOPT_READDATA, u);
    if (s->user.n) {
        bad |= secret(c, CURLOPT_USERNAME, s->user);
        bad |= secret(c, CURLOPT_PASSWORD, s->password.p ? s->password : STR(""));
    }
    return bad;
}

static int hand_over(struct transfer *t, const struct mail_server *s, const struct mail *m, char why[MAIL_WHY])
{
    struct buf bytes = {0};
    struct curl_slist *to = recipients(m);
    compose(&bytes, m);
    struct upload u = {buf_view(&bytes)};
    int err = ERR_MEMORY;
    if (!bytes.failed && to && curl_easy_setopt(t->curl, CURLOPT_MAIL_RCPT, to) == CURLE_OK && set_up(t->curl, s, m, &u) == CURLE_OK)
        err = transfer_run(t, s->timeout_ms, s->host, why);
    else
        (void)refuse(why, "no memory for a mail", STR_NONE);
    if (err == ERR_IO) {
        long reply = 0;
        (void)curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &reply);
        if (reply >= 500 && reply < 600) /* RFC 5321 4.2.1: not to be tried again as it is */
            err = ERR_USAGE;
    }
    transfer_close(t); /* before what it points to */
    curl_slist_free_all(to);
    buf_free(&bytes);
    return err;
}

int mail_send(const struct mail_server *server, const struct mail *m, char why[MAIL_WHY])
{
    struct transfer t;
    int err = check(server, m, why);
    if (err)
        return err;
    err = transfer_open(&t, server->security == MAIL_TLS ? "smtps" : "smtp", server->ca_file, NULL);
    if (err)
        return refuse(why, "mail over TLS cannot be set up: ", str_of(server->ca_file));
    return hand_over(&t, server, m, why);
}
