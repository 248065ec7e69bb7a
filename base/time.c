/* base/time.c - calendar arithmetic and the texts of moments. */
#include "base/time.h"

#include <string.h>

int64_t time_days(int year, int month, int day)
{
    /* years run from March, so that the leap day is the last of its year */
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t time_day(int64_t t)
{
    int64_t d = t / TIME_DAY;
    return d - (t % TIME_DAY < 0);
}

void time_civil(int64_t t, struct civil *out)
{
    int64_t days = time_day(t);
    int64_t rest = t - days * TIME_DAY;
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    out->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    out->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    out->year = (int)(yoe + era * 400 + (out->month <= 2));
    out->weekday = (int)(((days + 4) % 7 + 7) % 7);
    out->nanosecond = (int)(rest % TIME_SECOND);
    rest /= TIME_SECOND;
    out->hour = (int)(rest / 3600);
    out->minute = (int)(rest / 60 % 60);
    out->second = (int)(rest % 60);
}

static bool digits(struct str *s, size_t n, int *value)
{
    int v = 0;
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        v = v * 10 + (s->p[i] - '0');
    }
    *s = str_from(*s, n);
    *value = v;
    return true;
}

static bool mark(struct str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = str_from(*s, 1);
    return true;
}

/* The two digits at p, below any number that stands anywhere when they are none. */
static int two(const char *p)
{
    enum { NONE = -100000 };
    unsigned tens = (unsigned)(unsigned char)p[0] - '0', units = (unsigned)(unsigned char)p[1] - '0';
    return tens < 10 && units < 10 ? (int)(tens * 10 + units) : NONE;
}

/* "2026-01-05", its numbers unchecked. */
static bool date(struct str *s, struct civil *c)
{
    const char *p = s->p;
    if (s->n < 10 || p[4] != '-' || p[7] != '-')
        return false;
    c->year = two(p) * 100 + two(p + 2);
    c->month = two(p + 5);
    c->day = two(p + 8);
    *s = str_from(*s, 10);
    return true;
}

/* "T09:00:00", its numbers unchecked. */
static bool clock_time(struct str *s, struct civil *c)
{
    const char *p = s->p;
    if (s->n < 9 || (p[0] != 'T' && p[0] != 't' && p[0] != ' ') || p[3] != ':' || p[6] != ':')
        return false;
    c->hour = two(p + 1);
    c->minute = two(p + 4);
    c->second = two(p + 7);
    *s = str_from(*s, 9);
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* "Z", "+01:00", "+0100", "+01", or nothing, which means UTC */
static bool zone(struct str *s, int *minutes)
{
    int h = 0, m = 0;
    *minutes = 0;
    if (s->n == 0 || mark(s, 'Z') || mark(s, 'z'))
        return s->n == 0;
    bool minus = s->p[0] == '-';
    if (!mark(s, '+') && !mark(s, '-'))
        return false;
    if (!digits(s, 2, &h))
        return false;
    (void)mark(s, ':');
    if (s->n && !digits(s, 2, &m))
        return false;
    *minutes = (minus ? -1 : 1) * (h * 60 + m);
    return s->n == 0 && h < 24 && m < 60;
}

static int fraction(struct str *s)
{
    int v = 0, n = 0;
    if (!mark(s, '.') && !mark(s, ','))
        return 0;
    for (; s->n && s->p[0] >= '0' && s->p[0] <= '9'; *s = str_from(*s, 1))
        if (n < 9) {
            v = v * 10 + (s->p[0] - '0');
            n++;
        }
    for (; n < 9; n++)
        v *= 10;
    return v;
}

int64_t time_parse(struct str s)
{
    struct civil c = {0};
    int offset;
    s = str_trim(s);
    if (!date(&s, &c) || (s.n && !clock_time(&s, &c)))
        return TIME_NONE;
    if (s.n) {
        c.nanosecond = fraction(&s);
        s = str_trim(s);
    }
    if (!zone(&s, &offset))
        return TIME_NONE;
    if (c.year < 0 || c.month < 1 || c.month > 12 || c.day < 1 || c.day > days_in(c.year, c.month) || c.hour < 0 ||
        c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 || c.second > 60)
        return TIME_NONE;
    int64_t seconds = time_days(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 + c.second - offset * 60;
    if (seconds < TIME_FIRST / TIME_SECOND || seconds >= TIME_END / TIME_SECOND)
        return TIME_NONE;
    return seconds * TIME_SECOND + c.nanosecond;
}

int64_t time_filetime(uint64_t filetime)
{
    const uint64_t epoch = UINT64_C(116444736000000000); /* 1970-01-01 in FILETIME */
    if (filetime < epoch - (uint64_t)(-TIME_FIRST / 100) || filetime >= epoch + (uint64_t)(TIME_END / 100))
        return TIME_NONE;
    return ((int64_t)filetime - (int64_t)epoch) * 100;
}

/* The last n decimal digits of v. */
static void put_digits(char *out, unsigned n, unsigned v)
{
    for (; n > 0; v /= 10)
        out[--n] = (char)('0' + v % 10);
}

/* Without printf: every sentence of an alert has times. */
struct str time_text(int64_t t, char out[TIME_TEXT])
{
    static const char form[] = "0000-00-00T00:00:00.000000000Z";
    struct civil c;
    time_civil(t, &c);
    memcpy(out, form, sizeof form);
    put_digits(out, 4, (unsigned)c.year);
    put_digits(out + 5, 2, (unsigned)c.month);
    put_digits(out + 8, 2, (unsigned)c.day);
    put_digits(out + 11, 2, (unsigned)c.hour);
    put_digits(out + 14, 2, (unsigned)c.minute);
    put_digits(out + 17, 2, (unsigned)c.second);
    put_digits(out + 20, 9, (unsigned)c.nanosecond);
    return (struct str){out, sizeof form - 1};
}

struct str time_date(int64_t t, char out[TIME_TEXT])
{
    (void)time_text(t, out);
    out[10] = '\0';
    return (struct str){out, 10};
}
