/* net/syslog.c - syslog messages, RFC 5424 and RFC 3164, framed by RFC 6587. */
#include "net/syslog.h"

static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
#define BOM STR("\xef\xbb\xbf")

/* ---- writing ---- */

static void field(struct buf *out, struct str s, size_t most)
{
    s = str_sub(s, 0, most);
    if (s.n == 0)
        buf_char(out, '-');
    for (size_t i = 0; i < s.n; i++)
        buf_char(out, s.p[i] > ' ' && s.p[i] <= '~' ? s.p[i] : '_');
}

static bool ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

static void write_5424(struct buf *out, const struct syslog *m, bool bare)
{
    struct civil c;
    time_civil(m->time, &c);
    buf_fmt(out, "1 %04d-%02d-%02dT%02d:%02d:%02d.%06d+00:00 ", c.year, c.month, c.day, c.hour, c.minute, c.second, c.nanosecond / 1000);
    field(out, m->host, 255);
    buf_char(out, ' ');
    field(out, m->app, 48);
    buf_char(out, ' ');
    field(out, m->procid, 128);
    buf_char(out, ' ');
    field(out, m->msgid, 32);
    buf_char(out, ' ');
    if (bare)
        return;
    buf_str(out, m->data.n ? m->data : STR("-"));
    buf_char(out, ' ');
    if (!ascii(m->text))
        buf_str(out, BOM);
}

static void write_3164(struct buf *out, const struct syslog *m)
{
    struct civil c;
    time_civil(m->time, &c);
    buf_fmt(out, "%s %2d %02d:%02d:%02d ", months[c.month - 1], c.day, c.hour, c.minute, c.second);
    field(out, m->host, 255);
    buf_char(out, ' ');
    if (m->app.n) {
        field(out, m->app, 32); /* 4.1.3 */
        if (m->procid.n) {
            buf_char(out, '[');
            field(out, m->procid, 128);
            buf_char(out, ']');
        }
        buf_str(out, STR(": "));
    }
}

void syslog_write(struct buf *out, const struct syslog *m, enum syslog_form form)
{
    buf_fmt(out, "<%u>", m->facility * 8u + m->severity);
    if (form == SYSLOG_3164)
        write_3164(out, m);
    else
        write_5424(out, m, form == SYSLOG_5424_BARE);
    buf_str(out, m->text);
}

void syslog_frame(struct buf *out, struct str message, enum syslog_framing framing)
{
    if (framing == SYSLOG_COUNTED) {
        buf_fmt(out, "%zu ", message.n);
        buf_str(out, message);
        return;
    }
    for (size_t i = 0; i < message.n; i++)
        buf_char(out, message.p[i] == '\n' || message.p[i] == '\0' ? ' ' : message.p[i]);
    buf_char(out, '\n');
}

/* ---- reading ---- */

struct reader {
    struct str left;
    const char *begin;
    struct fault *fault;
};

static int broken(struct reader *r, const char *why)
{
    *r->fault = (struct fault){why, (uint64_t)(r->left.p - r->begin)};
    return ERR_MALFORMED;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits at the beginning, at most `most` of them; false when there are none or more. */
static bool number(struct str *s, size_t most, unsigned *value)
{
    size_t n = 0;
    unsigned v = 0;
    while (n < s->n && n < most && is_digit(s->p[n]))
        v = v * 10 + (unsigned)(s->p[n++] - '0');
    if (n == 0 || (n < s->n && is_digit(s->p[n])))
        return false;
    *s = str_from(*s, n);
    *value = v;
    return true;
}

static bool take(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = str_from(*s, 1);
    return true;
}

/* "<36>"; a text that begins otherwise has no priority. */
static int priority(struct reader *r, struct syslog *m, bool *given)
{
    struct str s = r->left;
    unsigned v;
    *given = take(&s, '<') && number(&s, 3, &v) && take(&s, '>');
    if (!*given)
        return ERR_NONE;
    if (v > 191)
        return broken(r, "syslog priority above 191");
    m->facility = (uint8_t)(v / 8);
    m->severity = (uint8_t)(v % 8);
    r->left = s;
    return ERR_NONE;
}

/* The next word and the blank behind it. */
static struct str word(struct str *s)
{
    struct str w = STR_NONE;
    if (!str_cut(s, ' ', &w))
        w = str_sub(*s, 0, 0);
    if (!str_set(*s))
        *s = (struct str){w.p + w.n, 0};
    return w;
}

static struct str nil(struct str s)
{
    return s.n == 0 || str_eq(s, STR("-")) ? STR_NONE : s;
}

/* Length of the structured data at the beginning of s, 0 when it does not end (6.3). */
static size_t data_length(struct str s)
{
    bool quoted = false, element = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"' && element)
            quoted = !quoted;
        else if (c == '[' && !element)
            element = true;
        else if (c == ']' && element && !quoted)
            element = false;
        if (!element && (i + 1 >= s.n || s.p[i + 1] != '['))
            return i + 1;
    }
    return 0;
}

static int read_data(struct reader *r, struct syslog *m)
{
    struct str *s = &r->left;
    if (s->n && s->p[0] == '-' && (s->n == 1 || s->p[1] == ' ')) {
        *s = str_from(*s, 1);
    } else if (s->n && s->p[0] == '[') {
        size_t n = data_length(*s);
        if (n == 0)
            return broken(r, "syslog structured data does not end");
        m->data = str_sub(*s, 0, n);
        *s = str_from(*s, n);
    } else {
        return ERR_NONE;
    }
    (void)take(s, ' ');
    return ERR_NONE;
}

static int read_5424(struct reader *r, struct syslog *m)
{
    struct str before = r->left, when = word(&r->left);
    m->time = str_eq(when, STR("-")) ? TIME_NONE : time_parse(when);
    if (m->time == TIME_NONE && !str_eq(when, STR("-"))) {
        r->left = before;
        return broken(r, "syslog moment not understood");
    }
    m->host = nil(word(&r->left));
    m->app = nil(word(&r->left));
    m->procid = nil(word(&r->left));
    if (r->left.n == 0)
        return broken(r, "syslog header ends before its message id");
    m->msgid = nil(word(&r->left));
    return read_data(r, m);
}

static int64_t in_year(const struct civil *c, int year)
{
    return (time_days(year, c->month, c->day) * 86400 + c->hour * 3600 + c->minute * 60 + c->second) * TIME_SECOND;
}

/* The moment in the year that brings it nearest to now. */
static int64_t nearest_year(const struct civil *c, int64_t now)
{
    struct civil today;
    int64_t best = TIME_NONE, distance = INT64_MAX;
    time_civil(now, &today);
    for (int year = today.year - 1; year <= today.year + 1; year++) {
        int64_t t = in_year(c, year);
        int64_t away = t > now ? t - now : now - t;
        if (away < distance) {
            distance = away;
            best = t;
        }
    }
    return best;
}

/* " UTC", " Z", " +02:00" or ":" behind the moment: the offset is read, the rest skipped. */
static int64_t zone(struct str *s)
{
    struct str t = *s;
    unsigned hours, minutes;
    if (take(&t, ' ') && t.n > 1 && (t.p[0] == '+' || t.p[0] == '-') && is_digit(t.p[1])) {
        int64_t sign = t.p[0] == '-' ? -1 : 1;
        struct str digits = str_from(t, 1);
        struct str hh = str_sub(digits, 0, 2), mm = str_sub(digits, digits.n > 2 && digits.p[2] == ':' ? 3 : 2, 2);
        if (number(&hh, 2, &hours) && hh.n == 0 && number(&mm, 2, &minutes) && mm.n == 0) {
            (void)word(&t);
            *s = (struct str){t.p - 1, t.n + 1};
            return sign * (int64_t)(hours * 60 + minutes) * TIME_MINUTE;
        }
    }
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {" UTC", " GMT", " Z"};
        struct str name = str_of(names[i]);
        if (str_starts(*s, name) && (s->n == name.n || s->p[name.n] == ' ' || s->p[name.n] == ':'))
            *s = str_from(*s, name.n);
    }
    (void)take(s, ':');
    return 0;
}

static bool clock_time(struct str *s, struct civil *c)
{
    unsigned h, m, sec, fraction;
    if (!number(s, 2, &h) || !take(s, ':') || !number(s, 2, &m) || !take(s, ':') || !number(s, 2, &sec))
        return false;
    if (take(s, '.') && !number(s, 9, &fraction)) /* below the second the old form does not matter */
        return false;
    c->hour = (int)h;
    c->minute = (int)m;
    c->second = (int)sec;
    return h < 24 && m < 60 && sec < 61;
}

/* A year and the blank behind it. */
static bool year_here(struct str *s, int *year)
{
    struct str t = *s;
    unsigned v;
    if (t.n < 5 || t.p[4] != ' ' || !number(&t, 4, &v) || v < 1990 || v > 2189)
        return false;
    *year = (int)v;
    *s = t;
    return true;
}

static bool old_date(struct str *s, struct civil *c)
{
    unsigned day;
    for (int i = 0; i < 12 && c->month == 0; i++)
        if (str_starts(*s, (struct str){months[i], 3}))
            c->month = i + 1;
    *s = str_from(*s, 3);
    if (!c->month || !take(s, ' '))
        return false;
    (void)take(s, ' ');
    if (!number(s, 2, &day) || !take(s, ' '))
        return false;
    c->day = (int)day;
    return day >= 1 && day <= 31;
}

/* "Feb  3 14:20:06", with a year before or behind the clock as some devices write it. */
static bool old_moment(struct str *left, int64_t now, int64_t *time)
{
    struct str s = *left;
    struct civil c = {0};
    if (!old_date(&s, &c))
        return false;
    if (year_here(&s, &c.year))
        (void)take(&s, ' ');
    if (!clock_time(&s, &c))
        return false;
    struct str behind = s;
    if (!c.year && take(&behind, ' ') && year_here(&behind, &c.year))
        s = behind;
    int64_t offset = zone(&s);
    if (s.n && !take(&s, ' '))
        return false;
    *time = (c.year ? in_year(&c, c.year) : nearest_year(&c, now)) - offset;
    *left = s;
    return true;
}

static bool iso_moment(struct str *left, int64_t *time)
{
    struct str s = *left;
    int64_t t = time_parse(word(&s));
    if (t == TIME_NONE)
        return false;
    *time = t;
    *left = s;
    return true;
}

static bool tag_char(char c)
{
    return c > ' ' && c <= '~' && c != ':' && c != '[' && c != '|';
}

/* "app[123]: " or "app: "; the tag of a CEF text ("CEF:0|") is part of the text. */
static void tag(struct str *left, struct syslog *m)
{
    struct str s = *left, pid = STR_NONE;
    size_t n = 0;
    while (n < s.n && n < 48 && tag_char(s.p[n]))
        n++;
    struct str app = str_sub(s, 0, n);
    s = str_from(s, n);
    if (n && take(&s, '[')) {
        ptrdiff_t close = str_chr(str_sub(s, 0, 129), ']');
        if (close < 0)
            return;
        pid = str_sub(s, 0, (size_t)close);
        s = str_from(s, (size_t)close + 1);
    }
    bool colon = take(&s, ':');
    if (n == 0 || !(colon || str_set(pid)) || (s.n && s.p[0] != ' '))
        return;
    (void)take(&s, ' ');
    m->app = app;
    m->procid = nil(pid);
    *left = s;
}

static bool is_host(struct str w)
{
    for (size_t i = 0; i < w.n; i++)
        if (w.p[i] == '[' || w.p[i] == '|' || w.p[i] == '=' || w.p[i] == '{' || (unsigned char)w.p[i] >= 0x80)
            return false;
    return w.n > 0 && w.n <= 255 && w.p[w.n - 1] != ':';
}

static void read_3164(struct reader *r, int64_t now, struct syslog *m)
{
    (void)(take(&r->left, '*') || take(&r->left, '.')); /* Cisco: a clock that is not synchronised */
    if (!old_moment(&r->left, now, &m->time) && !iso_moment(&r->left, &m->time))
        return;
    struct str rest = r->left, host = word(&rest);
    if (is_host(host)) {
        m->host = nil(host);
        r->left = rest;
    }
    tag(&r->left, m);
}

int syslog_read(struct str message, int64_t now, struct syslog *out, struct fault *fault)
{
    struct syslog m = {.facility = SYSLOG_USER, .severity = SYSLOG_NOTICE, .time = TIME_NONE};
    while (message.n && (message.p[message.n - 1] == '\n' || message.p[message.n - 1] == '\r' || message.p[message.n - 1] == '\0'))
        message.n--;
    struct reader r = {message, message.p, fault};
    bool given;
    if (message.n == 0) {
        *fault = (struct fault){"empty syslog message", 0};
        return ERR_TRUNCATED;
    }
    int err = priority(&r, &m, &given);
    if (err)
        return err;
    if (given && str_starts(r.left, STR("1 "))) { /* the only version there is */
        r.left = str_from(r.left, 2);
        err = read_5424(&r, &m);
        if (err)
            return err;
    } else {
        read_3164(&r, now, &m);
    }
    m.text = str_starts(r.left, BOM) ? str_from(r.left, 3) : r.left;
    *out = m;
    return ERR_NONE;
}

bool syslog_unframe(struct str bytes, struct syslog_cut *out)
{
    size_t digits = 0, count = 0;
    *out = (struct syslog_cut){0};
    while (digits < bytes.n && digits < 10 && is_digit(bytes.p[digits]))
        count = count * 10 + (size_t)(bytes.p[digits++] - '0');
    if (digits && bytes.p[0] != '0' && digits + 1 >= bytes.n && (digits == bytes.n || bytes.p[digits] == ' '))
        return true; /* a number, and perhaps a blank: what follows decides */
    if (digits && bytes.p[0] != '0' && bytes.p[digits] == ' ' && bytes.p[digits + 1] == '<') {
        *out = (struct syslog_cut){digits + 1, count, digits + 1 + count};
        return count <= INT32_MAX;
    }
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] == '\n' || bytes.p[i] == '\0') {
            *out = (struct syslog_cut){0, i, i + 1};
            break;
        }
    return true;
}
