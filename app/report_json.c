/* app/report_json.c - `vigie scan --json`. */
#include "app/report.h"

#include "base/hash.h"
#include "base/jout.h"

#include <stdio.h>

static void hex_id(struct jout *j, const char *key, const uint8_t id[16])
{
    char text[33];
    jout_kstr(j, key, hash_hex(text, id, 16));
}

static void activities(struct jout *j, const struct pipe_result *r)
{
    jout_key(j, "activities");
    jout_obj(j);
    jout_key(j, "byApp");
    jout_obj(j);
    for (size_t i = 0; i < r->napps; i++) {
        char name[256];
        (void)snprintf(name, sizeof name, "%.*s", STR_ARG(r->apps[i].name));
        jout_ku64(j, name, r->apps[i].n);
    }
    jout_end_obj(j);
    jout_key(j, "byKind");
    jout_obj(j);
    for (size_t i = 0; i < r->nkinds; i++) {
        char name[256];
        (void)snprintf(name, sizeof name, "%.*s", STR_ARG(r->kinds[i].name));
        jout_ku64(j, name, r->kinds[i].n);
    }
    jout_end_obj(j);
    jout_ku64(j, "repeats", r->repeats);
    jout_ku64(j, "total", r->activities);
    jout_end_obj(j);
}

static void endpoint(struct jout *j, const struct dir *dir, const char *key, const struct endpoint *e, int64_t time)
{
    char ip[IP_TEXT];
    jout_key(j, key);
    jout_obj(j);
    if (e->certainty)
        jout_ku64(j, "certainty", e->certainty);
    if (ip_set(&e->ip))
        jout_kstr(j, "ip", ip_text(&e->ip, ip));
    if (e->certainty)
        jout_kstr(j, "knownBy", dir_known_by(dir, e->entity, &e->ip, time));
    jout_kstr(j, "name", e->name);
    jout_end_obj(j);
}

static void evidence(struct jout *j, const struct pipe_result *r, const struct evidence *e)
{
    jout_obj(j);
    hex_id(j, "activity", e->id);
    jout_kstr(j, "kind", kind_text((enum kind)e->kind));
    jout_key(j, "record");
    jout_obj(j);
    jout_ku64(j, "number", e->origin.record);
    jout_ku64(j, "offset", e->origin.offset);
    jout_kz(j, "path", inputs_ranked(r->inputs, e->origin.input)->path);
    jout_end_obj(j);
    jout_ktime(j, "time", e->time);
    jout_end_obj(j);
}

static void alert(struct jout *j, const struct pipe_result *r, const struct alert *a)
{
    struct str who[ALERT_USERS * 2];
    jout_obj(j);
    jout_key(j, "attack");
    jout_arr(j);
    for (const char *const *t = a->attack; t && *t; t++)
        jout_str(j, str_of(*t));
    jout_end_arr(j);
    jout_kstr(j, "category", category_text(a->category));
    jout_ku64(j, "count", a->count);
    jout_kstr(j, "description", a->description);
    endpoint(j, r->dir, "destination", &a->destination, a->start);
    jout_ktime(j, "end", a->end);
    jout_key(j, "evidence");
    jout_arr(j);
    for (unsigned i = 0; i < a->nevidence; i++)
        evidence(j, r, &a->evidence[i]);
    jout_end_arr(j);
    jout_key(j, "externalId");
    if (a->external_id)
        jout_i64(j, a->external_id);
    else
        jout_null(j);
    jout_kz(j, "id", a->id);
    jout_kstr(j, "name", a->name);
    jout_key(j, "policy");
    if (str_set(a->policy))
        jout_str(j, a->policy);
    else
        jout_null(j);
    jout_kbool(j, "preview", a->preview);
    jout_kstr(j, "severity", severity_text(a->severity));
    endpoint(j, r->dir, "source", &a->source, a->start);
    jout_ktime(j, "start", a->start);
    jout_kz(j, "status", "open");
    jout_key(j, "users");
    jout_arr(j);
    size_t n = report_accounts(r->dir, a, who, sizeof who / sizeof *who);
    for (size_t i = 0; i < n; i++)
        jout_str(j, who[i]);
    jout_end_arr(j);
    jout_end_obj(j);
}

/* Which detection, and one more text between its keys in their order. */
static void detector(struct jout *j, const struct detector *d, const char *key, const char *value)
{
    jout_key(j, "externalId");
    if (d->external_id)
        jout_i64(j, d->external_id);
    else
        jout_null(j);
    if (key)
        jout_kz(j, key, value);
    jout_kz(j, "name", d->name);
    jout_key(j, "policy");
    if (d->policy)
        jout_str(j, str_of(d->policy));
    else
        jout_null(j);
}

static void blind(struct jout *j, const struct pipe_result *r)
{
    const struct detector *which;
    const char *missing;
    jout_key(j, "blind");
    jout_arr(j);
    for (size_t i = 0; r->engine && engine_blind(r->engine, i, &which, &missing); i++) {
        jout_obj(j);
        detector(j, which, "missing", missing);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void unread(struct jout *j, const struct pipe_result *r)
{
    struct report_unread u;
    const struct detector *which;
    char key[32];
    jout_key(j, "unread");
    jout_arr(j);
    for (enum unread what = 0; what < UNREAD_COUNT; what++) {
        if (!report_unread(r, what, &u))
            continue;
        jout_obj(j);
        jout_key(j, "blinds");
        jout_arr(j);
        for (size_t i = 0; r->engine && engine_needs(r->engine, i, unread_info[what].hides, &which); i++)
            jout_str(j, detector_key(which, key));
        jout_end_arr(j);
        jout_key(j, "first");
        jout_obj(j);
        jout_kz(j, "path", u.input->path);
        jout_ku64(j, "record", u.record);
        jout_end_obj(j);
        jout_kz(j, "reason", unread_info[what].text);
        jout_ku64(j, "records", u.n);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void learning(struct jout *j, const struct pipe_result *r)
{
    const struct detector *which;
    double days;
    jout_key(j, "learning");
    jout_arr(j);
    for (size_t i = 0; r->engine && engine_learning(r->engine, i, &which, &days); i++) {
        jout_obj(j);
        jout_knum(j, "daysLeft", days);
        detector(j, which, NULL, NULL);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void input(struct jout *j, const struct input *x)
{
    jout_obj(j);
    jout_ku64(j, "activities", x->activities);
    jout_ku64(j, "bytes", x->bytes);
    jout_kz(j, "format", x->format);
    jout_key(j, "ignored");
    jout_arr(j);
    for (size_t i = 0; i < x->nignored; i++) {
        jout_obj(j);
        jout_kz(j, "kind", x->ignored[i].name);
        jout_ku64(j, "records", x->ignored[i].n);
        jout_end_obj(j);
    }
    jout_end_arr(j);
    jout_kz(j, "path", x->path);
    jout_ku64(j, "records", x->records);
    jout_key(j, "skipped");
    jout_arr(j);
    for (unsigned i = 0; i < x->kept; i++) {
        jout_obj(j);
        jout_ku64(j, "offset", x->faults[i].offset);
        jout_kz(j, "reason", x->faults[i].why);
        jout_ku64(j, "record", x->faults[i].record);
        jout_end_obj(j);
    }
    jout_end_arr(j);
    jout_ku64(j, "skippedTotal", x->nfaults);
    jout_end_obj(j);
}

static const char *contribution_kind(enum contribution_kind k)
{
    switch (k) {
    case CONTRIBUTION_ALERT: return "alert";
    case CONTRIBUTION_ACTIVITY: return "activity";
    case CONTRIBUTION_DAY: return "day";
    }
    return "activity";
}

static void contribution(struct jout *j, const struct pipe_result *r, const struct contribution *c)
{
    jout_obj(j);
    jout_key(j, "counts");
    jout_obj(j);
    jout_ku64(j, "org", c->n_org);
    jout_ku64(j, "orgTotal", c->total_org);
    jout_ku64(j, "peers", c->n_peers);
    jout_ku64(j, "peersTotal", c->peers);
    jout_ku64(j, "user", c->n_user);
    jout_ku64(j, "userTotal", c->total_user);
    jout_end_obj(j);
    jout_kstr(j, "group", c->group);
    jout_kz(j, "kind", contribution_kind(c->kind));
    jout_knum(j, "p", c->p);
    jout_ki64(j, "points", c->points);
    if (c->kind != CONTRIBUTION_ALERT) {
        jout_key(j, "record");
        jout_obj(j);
        jout_ku64(j, "number", c->origin.record);
        jout_ku64(j, "offset", c->origin.offset);
        jout_kz(j, "path", inputs_ranked(r->inputs, c->origin.input)->path);
        jout_end_obj(j);
    }
    jout_kz(j, "ref", c->ref);
    jout_kstr(j, "text", c->text);
    jout_ktime(j, "time", c->time);
    jout_kstr(j, "value", c->value);
    jout_end_obj(j);
}

static void person(struct jout *j, const struct pipe_result *r, const struct person *p)
{
    const struct entity *e = dir_entity(r->dir, p->entity);
    jout_obj(j);
    jout_key(j, "accounts");
    jout_arr(j);
    for (uint32_t i = 0; i < e->naccounts; i++)
        jout_str(j, e->accounts[i]);
    jout_end_arr(j);
    jout_key(j, "baseline");
    jout_obj(j);
    jout_ku64(j, "days", p->baseline_days);
    jout_ku64(j, "events", p->baseline_events);
    jout_end_obj(j);
    jout_key(j, "contributions");
    jout_arr(j);
    for (size_t i = 0; i < p->ncontributions; i++)
        contribution(j, r, &p->contributions[i]);
    jout_end_arr(j);
    jout_key(j, "days");
    jout_arr(j);
    for (int i = 0; i < 14; i++)
        jout_i64(j, p->days[i]);
    jout_end_arr(j);
    jout_ktime(j, "from", p->from);
    jout_kstr(j, "id", e->id);
    jout_kstr(j, "name", e->name);
    jout_knum(j, "percentile", p->percentile);
    jout_ki64(j, "score", p->score);
    jout_ktime(j, "to", p->to);
    jout_end_obj(j);
}

static void stats(struct jout *j, const struct pipe_result *r)
{
    jout_key(j, "stats");
    jout_obj(j);
    jout_ku64(j, "bytes", r->bytes);
    jout_ku64(j, "peakMemory", report_peak_memory());
    jout_ku64(j, "records", r->records);
    jout_knum(j, "scoringSeconds", r->scoring);
    jout_knum(j, "seconds", r->seconds);
    jout_end_obj(j);
}

void report_json(const struct pipe_result *r, struct buf *out)
{
    struct jout j = jout_to(out);
    jout_obj(&j);
    activities(&j, r);
    jout_key(&j, "alerts");
    jout_arr(&j);
    for (size_t i = 0; i < r->nalerts; i++)
        alert(&j, r, r->alerts[i]);
    jout_end_arr(&j);
    blind(&j, r);
    jout_key(&j, "inputs");
    jout_arr(&j);
    for (uint32_t i = 0; i < inputs_count(r->inputs); i++)
        input(&j, inputs_ranked(r->inputs, i));
    jout_end_arr(&j);
    learning(&j, r);
    stats(&j, r);
    unread(&j, r);
    jout_key(&j, "users");
    jout_arr(&j);
    for (size_t i = 0; i < r->people.npeople; i++)
        person(&j, r, &r->people.people[i]);
    jout_end_arr(&j);
    jout_kz(&j, "vigie", VIGIE_VERSION);
    jout_end_obj(&j);
    buf_char(out, '\n');
}
