/* app/report_html.c - results as one page that needs nothing else: no script, no request, prints well.
 *
 * All texts come from hostile logs, so everything passes through escape(); the page's own policy forbids
 * scripts and loading of any kind. */
#include "app/report.h"

#include <stdio.h>

enum { SVG_WIDTH = 1080, LANE = 26, MAX_PEOPLE = 100, SHOWN_PARTS = 10, MAX_ALERTS = 2000 };

static const char style[] =
    ":root{--ink:#1c2733;--soft:#5b6b7c;--line:#dfe5ec;--ground:#f5f7fa;--card:#fff;--high:#c62828;--medium:#e07b00;--low:#2f7fb8;"
    "--info:#78909c;--brand:#1f4e79}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e4eaf1;--soft:#9fb0c1;--line:#2f3c4a;--ground:#131a22;--card:#1b2530;--high:#ef6a6a;"
    "--medium:#ffab4a;--low:#6db7e8;--info:#90a4ae;--brand:#7fb2e5}}"
    "*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif}"
    "header{background:var(--brand);color:#fff;padding:22px 32px}@media(prefers-color-scheme:dark){header{color:#0d1319}}"
    "header h1{margin:0;font-size:22px;font-weight:600}header p{margin:4px 0 0;opacity:.85}"
    "main{max-width:1160px;margin:0 auto;padding:24px 32px 64px}h2{font-size:17px;margin:32px 0 12px}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px}"
    ".tile,.card{background:var(--card);border:1px solid var(--line);border-radius:8px}.tile{padding:14px 16px}"
    ".tile b{display:block;font-size:24px;font-weight:600}.tile span{color:var(--soft)}"
    ".card{margin:0 0 10px;overflow:hidden}summary{list-style:none;cursor:pointer;padding:12px 16px;display:flex;gap:14px;align-items:center}"
    "summary::-webkit-details-marker{display:none}summary:hover{background:var(--ground)}.body{padding:4px 16px 16px;border-top:1px solid var(--line)}"
    ".score{min-width:58px;text-align:center;border-radius:6px;padding:4px 8px;font-weight:600;background:var(--line)}"
    ".score.red{background:var(--high);color:#fff}.grow{flex:1;min-width:0}.soft{color:var(--soft)}.name{font-weight:600}"
    ".sev{display:inline-block;min-width:88px;text-align:center;border-radius:4px;padding:2px 8px;color:#fff;font-size:12px}"
    ".high{background:var(--high)}.medium{background:var(--medium)}.low{background:var(--low)}.informational{background:var(--info)}"
    "table{border-collapse:collapse;width:100%}th{text-align:left;white-space:nowrap;color:var(--soft);font-weight:500;font-size:12px}"
    "th,td{padding:6px 8px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    "td.k{white-space:nowrap}code{font:12px/1.4 ui-monospace,Consolas,monospace}svg text{fill:var(--soft);font:11px system-ui,sans-serif}"
    ".total td{font-weight:600;border-bottom:0}.empty{color:var(--soft);padding:16px}";

static void escape(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '<': buf_str(b, STR("&lt;")); break;
        case '>': buf_str(b, STR("&gt;")); break;
        case '&': buf_str(b, STR("&amp;")); break;
        case '"': buf_str(b, STR("&quot;")); break;
        case '\'': buf_str(b, STR("&#39;")); break;
        default:
            if ((unsigned char)s.p[i] >= 0x20 || s.p[i] == '\n' || s.p[i] == '\t')
                buf_char(b, s.p[i]);
        }
    }
}

static void put(struct buf *b, const char *z)
{
    buf_str(b, str_of(z));
}

static void tile(struct buf *b, uint64_t n, const char *what)
{
    buf_fmt(b, "<div class=tile><b>%llu</b><span>%s</span></div>", (unsigned long long)n, what);
}

static void moment(struct buf *b, int64_t t)
{
    char text[TIME_TEXT];
    if (t == TIME_NONE)
        return;
    struct str s = time_text(t, text);
    buf_str(b, str_sub(s, 0, 10));
    buf_char(b, ' ');
    buf_str(b, str_sub(s, 11, 8));
}

static void summary(struct buf *b, const struct pipe_result *r)
{
    uint64_t faults = 0;
    for (uint32_t i = 0; i < inputs_count(r->inputs); i++)
        faults += inputs_get(r->inputs, i)->nfaults;
    put(b, "<header><h1>Vigie: what happened, who is risky, and why</h1><p>");
    if (r->first != TIME_NONE) {
        moment(b, r->first);
        put(b, " to ");
        moment(b, r->last);
        put(b, " UTC");
    } else {
        put(b, "no activities");
    }
    put(b, "</p></header><main><div class=tiles>");
    tile(b, r->nalerts, "alerts");
    tile(b, r->people.npeople, "people active");
    tile(b, r->activities, "activities");
    tile(b, r->records, "records read");
    tile(b, inputs_count(r->inputs), "inputs");
    tile(b, faults, "records not understood");
    put(b, "</div>");
}

/* ---- timeline: one lane per severity, one dot per alert ---- */

static void timeline(struct buf *b, const struct pipe_result *r)
{
    static const enum severity lanes[] = {SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW, SEVERITY_INFORMATIONAL};
    if (r->nalerts == 0)
        return;
    double span = (double)(r->last - r->first);
    span = span > 0 ? span : 1;
    buf_fmt(b, "<h2>Timeline of alerts</h2><div class=card><svg viewBox='0 0 %d %d' role=img aria-label='alerts over time'>", SVG_WIDTH, 4 * LANE + 34);
    for (int l = 0; l < 4; l++) {
        int y = 22 + l * LANE;
        buf_fmt(b, "<text x=12 y=%d>%.*s</text><line x1=110 x2=%d y1=%d y2=%d stroke='var(--line)'/>", y + 4, STR_ARG(severity_text(lanes[l])),
                SVG_WIDTH - 16, y, y);
    }
    for (int tick = 0; tick <= 6; tick++) {
        char text[TIME_TEXT];
        double x = 110 + (SVG_WIDTH - 190) * tick / 6.0;
        int64_t t = r->first + (int64_t)(span * tick / 6.0);
        struct str s = time_text(t, text);
        buf_fmt(b, "<text x='%.0f' y=%d>%.*s %.*s</text>", x, 4 * LANE + 28, STR_ARG(str_sub(s, 5, 5)), STR_ARG(str_sub(s, 11, 5)));
    }
    for (size_t i = 0; i < r->nalerts && i < MAX_ALERTS; i++) {
        const struct alert *a = r->alerts[i];
        int lane = a->severity == SEVERITY_HIGH ? 0 : a->severity == SEVERITY_MEDIUM ? 1 : a->severity == SEVERITY_LOW ? 2 : 3;
        double x = 114 + (SVG_WIDTH - 140) * ((double)(a->start - r->first) / span);
        buf_fmt(b, "<a href='#%s'><circle cx='%.1f' cy=%d r=6 style='fill:var(--%s)' fill-opacity=.8><title>", a->id, x, 22 + lane * LANE,
                lane == 0 ? "high" : lane == 1 ? "medium" : lane == 2 ? "low" : "info");
        moment(b, a->start);
        buf_char(b, ' ');
        escape(b, a->name);
        put(b, "</title></circle></a>");
    }
    put(b, "</svg></div>");
}

/* ---- people ---- */

static void bars(struct buf *b, const struct person *p)
{
    int most = 1;
    for (int i = 0; i < 14; i++)
        most = p->days[i] > most ? p->days[i] : most;
    put(b, "<svg width=154 height=34 role=img aria-label='points per day, two weeks'>");
    for (int i = 0; i < 14; i++) {
        int h = p->days[i] * 30 / most;
        h = p->days[i] > 0 && h < 2 ? 2 : h;
        buf_fmt(b, "<rect x=%d y=%d width=8 height=%d rx=1 style='fill:var(--%s)'><title>%d points</title></rect>", i * 11, 32 - h, h ? h : 1,
                h ? i >= 7 ? "high" : "low" : "line", p->days[i]);
    }
    put(b, "</svg>");
}

static void part(struct buf *b, const struct pipe_result *r, const struct contribution *c)
{
    buf_fmt(b, "<tr><td class=n>%+d<td class=k>", c->points);
    escape(b, c->group);
    put(b, "<td>");
    escape(b, c->text);
    put(b, "<td class=k>");
    moment(b, c->time);
    put(b, "<td>");
    if (c->kind == CONTRIBUTION_ALERT) {
        buf_fmt(b, "<a href='#%s'>alert</a>", c->ref);
    } else {
        put(b, "<code>");
        escape(b, str_of(inputs_ranked(r->inputs, c->origin.input)->path));
        buf_fmt(b, " #%llu</code>", (unsigned long long)c->origin.record);
    }
    put(b, "</tr>");
}

static const char receipt_head[] = "<table><tr><th>points<th>what<th>why<th>when (UTC)<th>record</tr>";

/* The largest parts, and the rest behind a click; all of them add up to the score. */
static void receipt(struct buf *b, const struct pipe_result *r, const struct person *p)
{
    size_t shown = p->ncontributions < SHOWN_PARTS ? p->ncontributions : SHOWN_PARTS;
    int rest = p->score;
    put(b, receipt_head);
    for (size_t i = 0; i < shown; i++) {
        part(b, r, &p->contributions[i]);
        rest -= p->contributions[i].points;
    }
    if (shown < p->ncontributions)
        buf_fmt(b, "<tr><td class=n>%+d<td colspan=4>%zu smaller parts, below</tr>", rest, p->ncontributions - shown);
    buf_fmt(b, "<tr class=total><td class=n>%d<td colspan=4>the sum of the parts</tr></table>", p->score);
    if (shown == p->ncontributions)
        return;
    buf_fmt(b, "<details><summary class=soft>%zu smaller parts</summary>", p->ncontributions - shown);
    put(b, receipt_head);
    for (size_t i = shown; i < p->ncontributions; i++)
        part(b, r, &p->contributions[i]);
    put(b, "</table></details>");
}

static void person(struct buf *b, const struct pipe_result *r, const struct person *p, bool open)
{
    const struct entity *e = dir_entity(r->dir, p->entity);
    char day[TIME_TEXT];
    buf_fmt(b, "<details class=card%s><summary><span class='score%s'>%d</span><span class=grow><span class=name>", open ? " open" : "",
            p->percentile >= 90 ? " red" : "", p->score);
    escape(b, e->name);
    put(b, "</span> <span class=soft>");
    if (str_set(e->title)) {
        escape(b, e->title);
        put(b, " · ");
    }
    if (str_set(e->department)) {
        escape(b, e->department);
        put(b, " · ");
    }
    buf_fmt(b, "percentile %.1f · 7 days to %.*s · baseline %u days, %u events</span></span>", p->percentile,
            STR_ARG(time_date(p->to, day)), p->baseline_days, p->baseline_events);
    bars(b, p);
    put(b, "</summary><div class=body><p class=soft>");
    for (uint32_t i = 0; i < e->naccounts; i++) {
        put(b, i ? " · " : "");
        escape(b, e->accounts[i]);
    }
    put(b, "</p>");
    receipt(b, r, p);
    put(b, "</div></details>");
}

static void people(struct buf *b, const struct pipe_result *r)
{
    size_t n = 0;
    put(b, "<h2>People by investigation priority</h2>");
    for (; n < r->people.npeople && n < MAX_PEOPLE && r->people.people[n].score > 0; n++)
        person(b, r, &r->people.people[n], n == 0);
    if (n == 0)
        put(b, "<div class='card empty'>Nobody has points: no alert names a person, and nobody behaved unlike themselves.</div>");
}

/* ---- alerts ---- */

static void endpoint(struct buf *b, const struct dir *dir, const char *label, const struct endpoint *e, int64_t time)
{
    char ip[IP_TEXT];
    struct str by = dir_known_by(dir, e->entity, &e->ip, time);
    if (!str_set(e->name) && !ip_set(&e->ip))
        return;
    buf_fmt(b, "<b>%s</b> ", label);
    escape(b, e->name);
    if (ip_set(&e->ip)) {
        put(b, " <code>");
        escape(b, ip_text(&e->ip, ip));
        put(b, "</code>");
    }
    if (e->certainty && e->certainty < 100)
        buf_fmt(b, " <span class=soft>(%u %% sure%s%.*s)</span>", (unsigned)e->certainty, str_set(by) ? " by " : "", STR_ARG(by));
    put(b, "&emsp;");
}

static void evidence(struct buf *b, const struct pipe_result *r, const struct alert *a)
{
    put(b, "<table><tr><th>time (UTC)<th>activity<th>raw record</tr>");
    for (unsigned i = 0; i < a->nevidence; i++) {
        const struct evidence *e = &a->evidence[i];
        put(b, "<tr><td>");
        moment(b, e->time);
        put(b, "<td>");
        escape(b, kind_text((enum kind)e->kind));
        put(b, "<td><code>");
        escape(b, str_of(inputs_ranked(r->inputs, e->origin.input)->path));
        buf_fmt(b, " #%llu, byte %llu</code></tr>", (unsigned long long)e->origin.record, (unsigned long long)e->origin.offset);
    }
    put(b, "</table>");
    if (a->nactivities > a->nevidence)
        buf_fmt(b, "<p class=soft>and %llu more activities</p>", (unsigned long long)(a->nactivities - a->nevidence));
}

static void alert(struct buf *b, const struct pipe_result *r, const struct alert *a)
{
    struct str who[ALERT_USERS * 2];
    size_t n = report_accounts(r->dir, a, who, sizeof who / sizeof *who);
    buf_fmt(b, "<details class=card id='%s'><summary><span class='sev %.*s'>%.*s</span><span class=grow><span class=name>", a->id,
            STR_ARG(severity_text(a->severity)), STR_ARG(severity_text(a->severity)));
    escape(b, a->name);
    put(b, "</span> <span class=soft>");
    if (a->external_id)
        buf_fmt(b, "%d · ", a->external_id);
    escape(b, category_text(a->category));
    if (a->count > 1)
        buf_fmt(b, " · %llu times", (unsigned long long)a->count);
    if (a->preview)
        put(b, " · preview");
    put(b, "</span></span><span class=soft>");
    moment(b, a->start);
    put(b, "</span></summary><div class=body><p>");
    escape(b, a->description);
    put(b, "</p><p>");
    endpoint(b, r->dir, "from", &a->source, a->start);
    endpoint(b, r->dir, "to", &a->destination, a->start);
    if (n) {
        put(b, "<b>who</b> ");
        for (size_t i = 0; i < n; i++) {
            put(b, i ? ", " : "");
            escape(b, who[i]);
        }
    }
    put(b, "</p>");
    if (a->attack && a->attack[0]) {
        put(b, "<p class=soft>ATT&amp;CK ");
        for (const char *const *t = a->attack; *t; t++) {
            buf_char(b, ' ');
            escape(b, str_of(*t));
        }
        put(b, "</p>");
    }
    evidence(b, r, a);
    put(b, "</div></details>");
}

static void alerts(struct buf *b, const struct pipe_result *r)
{
    put(b, "<h2>Alerts</h2>");
    for (size_t i = 0; i < r->nalerts && i < MAX_ALERTS; i++)
        alert(b, r, r->alerts[i]);
    if (r->nalerts == 0)
        put(b, "<div class='card empty'>No alert. What could not be seen is listed below.</div>");
    if (r->nalerts > MAX_ALERTS)
        buf_fmt(b, "<p class=soft>%zu more: see the JSON result.</p>", r->nalerts - MAX_ALERTS);
}

/* ---- what was read, and what was not ---- */

static void inputs(struct buf *b, const struct pipe_result *r)
{
    put(b, "<h2>Inputs</h2><div class=card><table><tr><th>path<th>format<th>records<th>activities<th>other kinds<th>not understood</tr>");
    for (uint32_t i = 0; i < inputs_count(r->inputs); i++) {
        const struct input *x = inputs_ranked(r->inputs, i);
        uint64_t other = 0;
        for (size_t k = 0; k < x->nignored; k++)
            other += x->ignored[k].n;
        put(b, "<tr><td><code>");
        escape(b, str_of(x->path));
        put(b, "</code><td>");
        escape(b, str_of(x->format));
        buf_fmt(b, "<td class=n>%llu<td class=n>%llu<td class=n>%llu<td>%llu", (unsigned long long)x->records, (unsigned long long)x->activities,
                (unsigned long long)other, (unsigned long long)x->nfaults);
        for (unsigned k = 0; k < x->kept && k < 5; k++) {
            buf_fmt(b, "<br><span class=soft>record %llu, byte %llu: ", (unsigned long long)x->faults[k].record,
                    (unsigned long long)x->faults[k].offset);
            escape(b, str_of(x->faults[k].why));
            put(b, "</span>");
        }
        put(b, "</tr>");
    }
    put(b, "</table></div>");
}

static void unread(struct buf *b, const struct pipe_result *r, enum unread what, const struct report_unread *u)
{
    const struct detector *which;
    char key[32];
    put(b, "<tr><td>");
    for (size_t i = 0; engine_needs(r->engine, i, unread_info[what].hides, &which); i++)
        buf_fmt(b, "%.*s ", STR_ARG(detector_key(which, key)));
    buf_fmt(b, "<td>what is in %llu records: %s, from record %llu on in ", (unsigned long long)u->n, unread_info[what].text, (unsigned long long)u->record);
    escape(b, str_of(u->input->path));
    put(b, "</tr>");
}

static void blind(struct buf *b, const struct pipe_result *r)
{
    const struct detector *which;
    const char *missing;
    char key[32];
    put(b, "<h2>What could not be seen</h2><div class=card><table><tr><th>detection<th>the inputs lack</tr>");
    for (size_t i = 0; engine_blind(r->engine, i, &which, &missing); i++) {
        put(b, "<tr><td>");
        escape(b, detector_key(which, key));
        put(b, " ");
        if (!which->policy || which->external_id)
            escape(b, str_of(which->name));
        put(b, "<td>");
        escape(b, str_of(missing));
        put(b, "</tr>");
    }
    struct report_unread u;
    for (enum unread what = 0; what < UNREAD_COUNT; what++)
        if (report_unread(r, what, &u))
            unread(b, r, what, &u);
    put(b, "</table></div>");
}

void report_html(const struct pipe_result *r, struct buf *b)
{
    put(b, "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>"
           "<meta http-equiv=Content-Security-Policy content=\"default-src 'none';style-src 'unsafe-inline'\">"
           "<title>Vigie: scan</title><style>");
    put(b, style);
    put(b, "</style></head><body>");
    summary(b, r);
    people(b, r);
    timeline(b, r);
    alerts(b, r);
    blind(b, r);
    inputs(b, r);
    buf_fmt(b, "<p class=soft>vigie %s</p></main></body></html>\n", VIGIE_VERSION);
}
