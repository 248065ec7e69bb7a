/* app/report_csv.c - results as RFC 4180 tables. */
#include "app/report.h"
#include "base/csv.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static void when(struct buf *b, int64_t t, char end)
{
    char text[TIME_TEXT];
    csv_cell(b, t == TIME_NONE ? STR_NONE : time_text(t, text), end);
}

static void address(struct buf *b, const struct ip *ip, char end)
{
    char text[IP_TEXT];
    csv_cell(b, ip_set(ip) ? ip_text(ip, text) : STR_NONE, end);
}

static void alerts(const struct pipe_result *r, struct buf *b)
{
    buf_str(b, STR("id,externalId,policy,name,severity,category,start,end,count,users,source,sourceIp,destination,destinationIp,description\r\n"));
    for (size_t i = 0; i < r->nalerts; i++) {
        const struct alert *a = r->alerts[i];
        struct str who[ALERT_USERS * 2];
        struct buf users = {0};
        size_t n = report_accounts(r->dir, a, who, sizeof who / sizeof *who);
        for (size_t k = 0; k < n; k++) {
            if (k)
                buf_str(&users, STR("; "));
            buf_str(&users, who[k]);
        }
        csv_cell(b, str_of(a->id), ',');
        buf_fmt(b, "%d,", a->external_id);
        csv_cell(b, a->policy, ',');
        csv_cell(b, a->name, ',');
        csv_cell(b, severity_text(a->severity), ',');
        csv_cell(b, category_text(a->category), ',');
        when(b, a->start, ',');
        when(b, a->end, ',');
        buf_fmt(b, "%llu,", (unsigned long long)a->count);
        csv_cell(b, buf_view(&users), ',');
        csv_cell(b, a->source.name, ',');
        address(b, &a->source.ip, ',');
        csv_cell(b, a->destination.name, ',');
        address(b, &a->destination.ip, ',');
        csv_cell(b, a->description, '\n');
        buf_free(&users);
    }
}

static void users(const struct pipe_result *r, struct buf *b)
{
    buf_str(b, STR("id,name,account,score,percentile,from,to,baselineDays,baselineEvents\r\n"));
    for (size_t i = 0; i < r->people.npeople; i++) {
        const struct person *p = &r->people.people[i];
        const struct entity *e = dir_entity(r->dir, p->entity);
        csv_cell(b, e->id, ',');
        csv_cell(b, e->name, ',');
        csv_cell(b, report_account(r->dir, p->entity), ',');
        buf_fmt(b, "%d,%.2f,", p->score, p->percentile);
        when(b, p->from, ',');
        when(b, p->to, ',');
        buf_fmt(b, "%u,%u\r\n", p->baseline_days, p->baseline_events);
    }
}

static void contributions(const struct pipe_result *r, struct buf *b)
{
    buf_str(b, STR("user,points,group,value,time,ref,text\r\n"));
    for (size_t i = 0; i < r->people.npeople; i++) {
        const struct person *p = &r->people.people[i];
        for (size_t k = 0; k < p->ncontributions; k++) {
            const struct contribution *c = &p->contributions[k];
            csv_cell(b, dir_entity(r->dir, p->entity)->id, ',');
            buf_fmt(b, "%d,", c->points);
            csv_cell(b, c->group, ',');
            csv_cell(b, c->value, ',');
            when(b, c->time, ',');
            csv_cell(b, str_of(c->ref), ',');
            csv_cell(b, c->text, '\n');
        }
    }
}

static void inputs(const struct pipe_result *r, struct buf *b)
{
    buf_str(b, STR("path,format,records,activities,bytes,notUnderstood,firstReason\r\n"));
    for (uint32_t i = 0; i < inputs_count(r->inputs); i++) {
        const struct input *x = inputs_ranked(r->inputs, i);
        csv_cell(b, str_of(x->path), ',');
        csv_cell(b, str_of(x->format), ',');
        buf_fmt(b, "%llu,%llu,%llu,%llu,", (unsigned long long)x->records, (unsigned long long)x->activities,
                (unsigned long long)x->bytes, (unsigned long long)x->nfaults);
        csv_cell(b, x->kept ? str_of(x->faults[0].why) : STR_NONE, '\n');
    }
}

static int save(const struct pipe_result *r, const char *dir, const char *name, void (*table)(const struct pipe_result *, struct buf *))
{
    char path[4096];
    struct buf b = {0};
    if (snprintf(path, sizeof path, "%s/%s", dir, name) >= (int)sizeof path)
        return ERR_IO;
    table(r, &b);
    report_clean(&b);
    FILE *f = fopen(path, "wb");
    int err = f && !b.failed && fwrite(b.p, 1, b.n, f) == b.n ? 0 : ERR_IO;
    if (f && fclose(f) != 0)
        err = ERR_IO;
    buf_free(&b);
    return err;
}

int report_csv(const struct pipe_result *r, const char *dir)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return ERR_IO;
    int err = save(r, dir, "alerts.csv", alerts);
    if (!err)
        err = save(r, dir, "users.csv", users);
    if (!err)
        err = save(r, dir, "contributions.csv", contributions);
    return err ? err : save(r, dir, "inputs.csv", inputs);
}
