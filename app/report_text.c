/* app/report_text.c - results for people, 100 columns. */
#include "app/report.h"

#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 100, TOP_PEOPLE = 10, TOP_PARTS = 6, TOP_ALERTS = 60, LIST = 12 };

struct text {
    struct buf *out;
    bool colour;
    const struct pipe_result *r;
};

static const char *severity_colour(enum severity s)
{
    switch (s) {
    case SEVERITY_HIGH: return "\033[1;31m";
    case SEVERITY_MEDIUM: return "\033[33m";
    case SEVERITY_LOW: return "\033[36m";
    case SEVERITY_INFORMATIONAL:
    case SEVERITY_DEFAULT: break;
    }
    return "\033[2m";
}

static void paint(const struct text *t, const char *code)
{
    if (t->colour)
        buf_str(t->out, str_of(code));
}

static void heading(const struct text *t, const char *what)
{
    buf_char(t->out, '\n');
    paint(t, "\033[1m");
    buf_str(t->out, str_of(what));
    paint(t, "\033[0m");
    buf_char(t->out, '\n');
}

static size_t columns(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

/* Control characters of hostile texts must not reach a terminal. */
static void safe(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool c1 = c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0;
        buf_char(out, c < 0x20 || c == 0x7f ? ' ' : c1 ? '?' : s.p[i]);
        i += c1;
    }
}

/* Words of s in lines of at most WIDTH, each begun with `indent` blanks; the first line is already there. */
static void wrap(struct buf *out, struct str s, size_t indent)
{
    size_t at = indent;
    struct str rest = s, word;
    bool first = true;
    while (str_cut(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        if (!first && at + 1 + columns(word) > WIDTH) {
            buf_fmt(out, "\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        if (!first)
            buf_char(out, ' ');
        at += columns(word) + !first;
        safe(out, word);
        first = false;
    }
    buf_char(out, '\n');
}

static void thousands(struct buf *out, uint64_t v)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v);
    for (int i = 0; i < n; i++) {
        buf_char(out, digits[i]);
        if (i + 1 < n && (n - i - 1) % 3 == 0)
            buf_char(out, ',');
    }
}

static void minute(struct buf *out, int64_t at)
{
    char text[TIME_TEXT];
    struct str s = time_text(at, text);
    buf_str(out, str_sub(s, 0, 10));
    buf_char(out, ' ');
    buf_str(out, str_sub(s, 11, 5));
}

static void summary(const struct text *t)
{
    const struct pipe_result *r = t->r;
    struct buf *o = t->out;
    buf_str(o, STR("vigie " VIGIE_VERSION ": "));
    thousands(o, inputs_count(r->inputs));
    buf_str(o, inputs_count(r->inputs) == 1 ? STR(" input, ") : STR(" inputs, "));
    thousands(o, r->records);
    buf_str(o, STR(" records, "));
    thousands(o, r->activities);
    buf_str(o, STR(" activities"));
    if (r->repeats) {
        buf_str(o, STR(" ("));
        thousands(o, r->repeats);
        buf_str(o, STR(" repeats left out)"));
    }
    buf_fmt(o, " in %.1f s\n", r->seconds);
    if (r->first == TIME_NONE)
        return;
    buf_str(o, STR("from "));
    minute(o, r->first);
    buf_str(o, STR(" to "));
    minute(o, r->last);
    buf_str(o, STR(" UTC\n"));
}

struct format {
    struct str name;
    uint64_t inputs, records, activities;
};

static int by_records(const void *x, const void *y)
{
    const struct format *a = x, *b = y;
    if (a->records != b->records)
        return a->records > b->records ? -1 : 1;
    return str_cmp(a->name, b->name);
}

/* What was read, by format. */
static void formats(const struct text *t)
{
    struct format all[64];
    size_t n = 0;
    for (uint32_t i = 0; i < inputs_count(t->r->inputs); i++) {
        const struct input *x = inputs_ranked(t->r->inputs, i);
        size_t at = 0;
        while (at < n && !str_eq(all[at].name, str_of(x->format)))
            at++;
        if (at == sizeof all / sizeof *all)
            continue;
        if (at == n)
            all[n++] = (struct format){.name = str_of(x->format)};
        all[at].inputs++;
        all[at].records += x->records;
        all[at].activities += x->activities;
    }
    qsort(all, n, sizeof *all, by_records);
    for (size_t i = 0; i < n; i++)
        buf_fmt(t->out, "  %-18.*s %6llu input%-1s %11llu records %11llu activities\n", STR_ARG(all[i].name), (unsigned long long)all[i].inputs, all[i].inputs == 1 ? "" : "s",
                (unsigned long long)all[i].records, (unsigned long long)all[i].activities);
}

/* One end of what happened: "DC1 (10.0.0.1, 90 % sure by DHCP)". */
static void place(const struct text *t, const char *label, const struct endpoint *e, int64_t time)
{
    struct buf line = {0};
    char ip[IP_TEXT];
    struct str by = dir_known_by(t->r->dir, e->entity, &e->ip, time);
    if (!str_set(e->name) && !ip_set(&e->ip))
        return;
    buf_str(&line, str_sub(e->name, 0, 60));
    if (ip_set(&e->ip)) {
        if (str_set(e->name))
            buf_str(&line, STR(" ("));
        buf_str(&line, ip_text(&e->ip, ip));
        if (e->certainty && str_set(e->name))
            buf_fmt(&line, ", %u %% sure%s%.*s", (unsigned)e->certainty, str_set(by) ? " by " : "", STR_ARG(by));
        if (str_set(e->name))
            buf_char(&line, ')');
    }
    buf_fmt(t->out, "      %-6s", label);
    wrap(t->out, buf_view(&line), 12);
    buf_free(&line);
}

static void who(const struct text *t, const struct alert *a)
{
    struct str list[ALERT_USERS * 2];
    size_t n = report_accounts(t->r->dir, a, list, sizeof list / sizeof *list);
    size_t room = WIDTH - 20;
    for (size_t i = 0; i < n; i++) {
        size_t w = columns(list[i]) + 2;
        if (w > room) {
            buf_fmt(t->out, " and %zu more", n - i);
            return;
        }
        room -= w;
        if (i)
            buf_str(t->out, STR(", "));
        safe(t->out, list[i]);
    }
}

/* The alert's name, begun at column `indent`. */
static void title(struct buf *o, const struct alert *a, size_t indent)
{
    struct buf line = {0};
    buf_str(&line, a->name);
    if (a->preview)
        buf_str(&line, STR(" [preview]"));
    if (a->count > 1)
        buf_fmt(&line, " x%llu", (unsigned long long)a->count);
    wrap(o, buf_view(&line), indent);
    buf_free(&line);
}

static void alert(const struct text *t, const struct alert *a)
{
    struct buf *o = t->out;
    char id[16] = "";
    if (a->external_id)
        (void)snprintf(id, sizeof id, "%d", a->external_id);
    minute(o, a->start);
    buf_str(o, STR("  "));
    paint(t, severity_colour(a->severity));
    buf_fmt(o, "%-13.*s", STR_ARG(severity_text(a->severity)));
    paint(t, "\033[0m");
    size_t at = o->n;
    buf_fmt(o, " %4s%s", id, *id ? " " : "");
    title(o, a, 16 + 2 + 13 + o->n - at);
    if (a->nusers || a->naccounts) {
        buf_str(o, STR("      who   "));
        who(t, a);
        buf_char(o, '\n');
    }
    place(t, "from", &a->source, a->start);
    place(t, "to", &a->destination, a->start);
    if (str_set(a->description)) {
        buf_str(o, STR("      "));
        wrap(o, a->description, 6);
    }
    if (a->nevidence) {
        const struct evidence *e = &a->evidence[0];
        buf_str(o, STR("      see   "));
        safe(o, str_of(inputs_ranked(t->r->inputs, e->origin.input)->path));
        buf_fmt(o, " record %llu", (unsigned long long)e->origin.record);
        if (a->nactivities > 1)
            buf_fmt(o, " and %llu more", (unsigned long long)(a->nactivities - 1));
        buf_char(o, '\n');
    }
}

static void alerts(const struct text *t)
{
    char title[64];
    (void)snprintf(title, sizeof title, "ALERTS (%zu)", t->r->nalerts);
    heading(t, title);
    if (t->r->nalerts == 0)
        buf_str(t->out, STR("none. What could not be seen is listed below.\n"));
    for (size_t i = 0; i < t->r->nalerts && i < TOP_ALERTS; i++)
        alert(t, t->r->alerts[i]);
    if (t->r->nalerts > TOP_ALERTS)
        buf_fmt(t->out, "and %zu more: --json or --html lists all\n", t->r->nalerts - TOP_ALERTS);
    if (engine_dropped(t->r->engine))
        buf_fmt(t->out, "%llu further alerts did not fit into memory\n", (unsigned long long)engine_dropped(t->r->engine));
}

static void person(const struct text *t, size_t n, const struct person *p)
{
    struct buf *o = t->out, line = {0};
    const struct entity *e = dir_entity(t->r->dir, p->entity);
    struct str account = report_account(t->r->dir, p->entity);
    char day[TIME_TEXT];
    buf_fmt(o, "%3zu. ", n);
    paint(t, p->percentile >= 90 ? "\033[1;31m" : "\033[1m");
    buf_fmt(o, "%5d", p->score);
    paint(t, "\033[0m");
    buf_str(o, STR("  "));
    buf_str(&line, e->name);
    if (!str_eq(account, e->name))
        buf_fmt(&line, " (%.*s)", STR_ARG(account));
    buf_fmt(&line, ", percentile %.1f, 7 days to %.*s", p->percentile, STR_ARG(time_date(p->to, day)));
    buf_fmt(&line, ", baseline: %u days, %u events", p->baseline_days, p->baseline_events);
    wrap(o, buf_view(&line), 12);
    buf_free(&line);
    int shown = 0;
    for (size_t i = 0; i < p->ncontributions && i < TOP_PARTS; i++) {
        buf_fmt(o, "     %+5d  ", p->contributions[i].points);
        wrap(o, p->contributions[i].text, 12);
        shown += p->contributions[i].points;
    }
    if (p->ncontributions > TOP_PARTS)
        buf_fmt(o, "     %+5d  in %zu smaller parts\n", p->score - shown, p->ncontributions - TOP_PARTS);
}

static void people(const struct text *t)
{
    const struct score_result *s = &t->r->people;
    size_t n = 0;
    heading(t, "PEOPLE BY INVESTIGATION PRIORITY (highest sum of points in 7 days)");
    for (; n < s->npeople && n < TOP_PEOPLE && s->people[n].score > 0; n++)
        person(t, n + 1, &s->people[n]);
    if (n == 0)
        buf_str(t->out, STR("nobody has points.\n"));
    else
        buf_fmt(t->out, "%zu people were active; --json or --html lists all with their receipts\n", s->npeople);
}

static void unread(const struct text *t)
{
    struct buf *o = t->out;
    bool any = false;
    for (uint32_t i = 0; i < inputs_count(t->r->inputs); i++) {
        const struct input *x = inputs_ranked(t->r->inputs, i);
        if (x->nfaults == 0)
            continue;
        if (!any)
            heading(t, "NOT UNDERSTOOD");
        any = true;
        buf_str(o, STR("  "));
        safe(o, str_of(x->path));
        buf_fmt(o, ": %llu\n", (unsigned long long)x->nfaults);
        for (unsigned k = 0; k < x->kept && k < 3; k++)
            buf_fmt(o, "      record %llu, byte %llu: %s\n", (unsigned long long)x->faults[k].record,
                    (unsigned long long)x->faults[k].offset, x->faults[k].why);
    }
}

struct ignored {
    struct str name;
    uint64_t n;
};

static int by_count(const void *x, const void *y)
{
    const struct ignored *a = x, *b = y;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return str_cmp(a->name, b->name);
}

static void ignored(const struct text *t)
{
    struct ignored all[512];
    size_t n = 0;
    uint64_t total = 0;
    for (uint32_t i = 0; i < inputs_count(t->r->inputs); i++) {
        const struct input *x = inputs_ranked(t->r->inputs, i);
        for (size_t k = 0; k < x->nignored; k++) {
            size_t at = 0;
            struct str name = str_of(x->ignored[k].name);
            while (at < n && !str_eq(all[at].name, name))
                at++;
            total += x->ignored[k].n;
            if (at == sizeof all / sizeof *all)
                continue;
            if (at == n)
                all[n++] = (struct ignored){name, 0};
            all[at].n += x->ignored[k].n;
        }
    }
    if (n == 0)
        return;
    qsort(all, n, sizeof *all, by_count);
    heading(t, "RECORDS OF OTHER KINDS (read, counted, no activities)");
    for (size_t i = 0; i < n && i < LIST; i++) {
        buf_fmt(t->out, "%11llu  ", (unsigned long long)all[i].n);
        safe(t->out, all[i].name);
        buf_char(t->out, '\n');
    }
    if (n > LIST) {
        uint64_t rest = total;
        for (size_t i = 0; i < LIST; i++)
            rest -= all[i].n;
        buf_fmt(t->out, "%11llu  of %zu further kinds\n", (unsigned long long)rest, n - LIST);
    }
}

static void in_part(const struct text *t, enum unread what, const struct report_unread *u)
{
    const struct detector *which;
    char key[32];
    struct buf ids = {0};
    buf_fmt(t->out, "  %llu x %s, from record %llu on in ", (unsigned long long)u->n, unread_info[what].text, (unsigned long long)u->record);
    safe(t->out, str_of(u->input->path));
    buf_str(t->out, STR("\n      "));
    for (size_t i = 0; engine_needs(t->r->engine, i, unread_info[what].hides, &which); i++)
        buf_fmt(&ids, "%.*s ", STR_ARG(detector_key(which, key)));
    wrap(t->out, buf_view(&ids), 6);
    buf_free(&ids);
}

static void unreadable(const struct text *t)
{
    struct report_unread u;
    bool any = false;
    for (enum unread what = 0; what < UNREAD_COUNT; what++) {
        if (!report_unread(t->r, what, &u))
            continue;
        if (!any)
            heading(t, "SEEN IN PART (what these need may be among records that cannot be read)");
        any = true;
        in_part(t, what, &u);
    }
}

static void blind(const struct text *t)
{
    const struct detector *which;
    const char *missing;
    char key[32];
    double days;
    for (size_t i = 0; engine_blind(t->r->engine, i, &which, &missing); i++) {
        if (i == 0)
            heading(t, "NOT SEEN (the inputs have nothing that these need)");
        buf_fmt(t->out, "  %-24.*s ", STR_ARG(detector_key(which, key)));
        wrap(t->out, str_of(missing), 27);
    }
    for (size_t i = 0; engine_learning(t->r->engine, i, &which, &days); i++) {
        if (i == 0)
            heading(t, "STILL LEARNING (--learned takes the learning periods as over)");
        buf_fmt(t->out, "  %-24.*s %.1f days more\n", STR_ARG(detector_key(which, key)), days);
    }
}

void report_text(const struct pipe_result *r, struct buf *out, bool colour)
{
    struct text t = {out, colour, r};
    summary(&t);
    formats(&t);
    people(&t);
    alerts(&t);
    unread(&t);
    blind(&t);
    unreadable(&t);
    ignored(&t);
}
