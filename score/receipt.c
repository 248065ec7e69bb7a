/* score/receipt.c - why a contribution has its points, in plain words. */
#include "score/stream.h"

#include <math.h>
#include <stdio.h>

/* 2140 as "2,140" */
static struct str thousands(uint64_t n, char out[32])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    size_t at = 0;
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    return (struct str){out, at};
}

/* 1/p with two digits that matter */
static uint64_t one_in(double log10p)
{
    double n = pow(10, -log10p);
    if (!(n < 1e12))
        n = 1e12;
    double unit = pow(10, floor(log10(n)) - 1);
    return unit > 1 ? (uint64_t)(floor(n / unit + 0.5) * unit + 0.5) : (uint64_t)(n + 0.5);
}

struct str receipt_kind(const struct score *s, unsigned class)
{
    return class < KIND_COUNT ? kind_text((enum kind)class) : str_of(s->unknown[class - KIND_COUNT]);
}

static const char *relation(unsigned dim)
{
    static const char *const words[DIM_COUNT] = {"from country", "from network", "from", "from device", "with", "", "in app", "involving", "on"};
    return dim < DIM_COUNT ? words[dim] : "";
}

static struct str hour_text(struct score *s, unsigned bin)
{
    return str_fmt(&s->texts, "%02u:00-%02u:00 UTC on a %s", bin % 24, (bin + 1) % 24, bin < 24 ? "working day" : "day of rest");
}

struct str receipt_value(struct score *s, const struct entry *e)
{
    if (e->topic == TOPIC_WHEN || e->topic == TOPIC_DAY_HOUR)
        return hour_text(s, e->dim);
    if (e->topic == TOPIC_DAY_RATE)
        return str_dup(&s->texts, receipt_kind(s, e->kind));
    return str_dup(&s->texts, e->topic == TOPIC_ALERT ? e->name : str_of(e->text));
}

static struct str odds(struct score *s, const struct entry *e, const char *what)
{
    char n[32];
    struct str t = thousands(one_in(e->log10p), n);
    return str_fmt(&s->texts, "1 in %.*s %s look this odd", STR_ARG(t), what);
}

/* "in 412 activities" of something new, else "in 2 of 1,643 activities" */
static struct str own_share(struct score *s, const struct entry *e)
{
    char own[32], all[32];
    struct str n = thousands(e->n_user, own), total = thousands(e->total_user > e->n_user ? e->total_user : e->n_user, all);
    if (!e->n_user)
        return str_fmt(&s->texts, "in %.*s activities", STR_ARG(total));
    return str_fmt(&s->texts, "in %.*s of %.*s activities", STR_ARG(n), STR_ARG(total));
}

static struct str value_text(struct score *s, const struct entry *e)
{
    char org[32];
    struct str colleagues = thousands(e->total_org, org), share = own_share(s, e), value = str_of(e->text);
    struct str what = e->dim == DIM_KIND ? value : str_fmt(&s->texts, "%.*s %s %.*s", STR_ARG(receipt_kind(s, e->kind)), relation(e->dim), STR_ARG(value));
    return str_fmt(&s->texts, "%s %.*s %.*s; %u of %u peers, %u of %.*s colleagues in 60 days; %.*s", e->n_user ? "unusual" : "first",
                   STR_ARG(what), STR_ARG(share), e->n_peers, e->peers, e->n_org, STR_ARG(colleagues), STR_ARG(odds(s, e, "activities")));
}

static struct str day_text(struct score *s, const struct entry *e)
{
    char all[32], base[32];
    struct str n = thousands(e->n_user, all), events = thousands(e->events, base), odd = odds(s, e, "user-days");
    struct str baseline = str_fmt(&s->texts, "baseline: %u days, %.*s events", e->days, STR_ARG(events));
    if (e->topic == TOPIC_DAY_HOUR) {
        struct str hour = hour_text(s, e->dim);
        return str_fmt(&s->texts, "active at %.*s, the day's oddest hour; %.*s; %.*s", STR_ARG(hour), STR_ARG(odd), STR_ARG(baseline));
    }
    if (e->topic == TOPIC_DAY_RATE)
        return str_fmt(&s->texts, "%.*s %.*s times in a day; %.*s; %.*s", STR_ARG(receipt_kind(s, e->kind)), STR_ARG(n), STR_ARG(odd),
                       STR_ARG(baseline));
    return str_fmt(&s->texts, "unlike this user as a whole: %.*s activities in the day, most of all %.*s; %.*s; %.*s", STR_ARG(n),
                   STR_ARG(str_of(e->text)), STR_ARG(odd), STR_ARG(baseline));
}

struct str receipt_text(struct score *s, const struct entry *e)
{
    if (e->topic == TOPIC_ALERT)
        return str_fmt(&s->texts, "alert: %.*s; %u of %u users had it in 30 days", STR_ARG(e->name), e->n_org, e->total_org);
    if (e->topic == TOPIC_WHEN) {
        struct str hour = receipt_value(s, e), odd = odds(s, e, "activities");
        return str_fmt(&s->texts, "%.*s at %.*s, where %u of %u recent activities fall; %.*s", STR_ARG(receipt_kind(s, e->kind)),
                       STR_ARG(hour), e->n_user, e->n_org, STR_ARG(odd));
    }
    return e->topic >= TOPIC_DAY_EVIDENCE ? day_text(s, e) : value_text(s, e);
}
