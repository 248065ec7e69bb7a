/* app/cmd_scan.c - the main job: logs in, explained alerts and ranked people out. */
#include "app/command.h"
#include "app/report.h"
#include "app/report_store.h"
#include "app/scan_options.h"
#include "base/jout.h"
#include "model/act_json.h"
#include "model/ecs.h"
#include "model/ocsf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char usage[] =
    "usage: vigie scan [options] PATH...\n"
    "\n"
    "Reads files and folders in any mix and order: Windows event logs (.evtx, dirty and truncated ones\n"
    "too), events exported as JSON (Winlogbeat, NXLog, Windows' own, Sentinel's tables), packet captures\n"
    "(pcap, pcapng), Samba's JSON audit, Office 365 unified audit, Entra sign-ins and audit, Azure\n"
    "activity, AWS CloudTrail, activity NDJSON; plain or in gz, zst, zip, tar. The format is recognised\n"
    "from content. An LDIF file among the paths is taken as the directory.\n"
    "\n"
    "Results (text on stdout unless said otherwise):\n"
    "  --json             one JSON object on stdout\n"
    "  --html FILE        one self-contained page\n"
    "  --csv DIR          alerts.csv, users.csv, contributions.csv, inputs.csv\n"
    "  --activities FILE  every activity, one JSON line each, in time order\n"
    "  --ocsf FILE        every activity and every alert as OCSF 1.3 events, one JSON line each\n"
    "  --ecs FILE         the same as Elastic Common Schema 8 documents\n"
    "  --daily FILE       one JSON line per user and day: user, day, activities, evidence, points\n"
    "  --db FILE          keep the result as a store: SQLite, activities in FILE.0001 ...\n"
    "\n"
    "What is known beforehand:\n"
    "  --directory FILE   users, groups, computers (LDIF or JSON); repeatable\n"
    "  --dc NAME|IP       a domain controller, also NAME=IP; repeatable\n"
    "  --dns-server NAME|IP\n"
    "  --tag KIND:NAME    sensitive, honeytoken or replicator, for an account, group or computer\n"
    "  --geo FILE         places of addresses: text ranges or .mmdb; repeatable; default: those installed\n"
    "  --learned          take the learning periods as over\n"
    "\n"
    "What to do:\n"
    "  --since TIME, --until TIME   only activities in [since, until)\n"
    "  --only ID,...  --skip ID,...  detections by external id or policy\n"
    "  --set ID.PARAMETER=NUMBER    a detection's threshold (docs/detections)\n"
    "  --exclude ID=NAME|IP         an account, computer or address that a detection leaves alone; *=NAME for all\n"
    "  --jobs N           threads; the result is the same for any N\n"
    "\n"
    "Exit codes: 0 done (alerts or not), 1 nothing could be read or a result could not be written, 2 wrong usage.\n";

/* ---- results written while the run goes on ---- */

struct line_file {
    FILE *file;
    struct buf line;
    const struct pipe_result *result;
    int err;
};

static int open_lines(struct line_file *l, const char *path)
{
    if (!path)
        return 0;
    l->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (l->file)
        return 0;
    (void)fprintf(stderr, "vigie scan: %s: %s\n", path, strerror(errno));
    return 1;
}

static void put_line(struct line_file *l)
{
    if (l->line.failed || fwrite(l->line.p, 1, l->line.n, l->file) != l->line.n)
        l->err = ERR_IO;
    l->line.n = 0;
}

static int close_lines(struct line_file *l, const char *path)
{
    if (l->file && (l->file == stdout ? fflush(l->file) : fclose(l->file)) != 0)
        l->err = ERR_IO;
    buf_free(&l->line);
    if (l->err)
        (void)fprintf(stderr, "vigie scan: %s: cannot be written\n", path);
    return l->err;
}

/* Where each activity goes while the run goes on. */
struct each {
    struct line_file activities, ocsf, ecs;
    struct store *store;
};

static int on_activity(void *owner, const struct activity *a)
{
    struct each *e = owner;
    if (e->activities.file) {
        activity_json(a, &e->activities.line, str_of(inputs_ranked(e->activities.result->inputs, a->origin.input)->path));
        put_line(&e->activities);
    }
    if (e->ocsf.file) {
        ocsf_activity(a, &e->ocsf.line);
        put_line(&e->ocsf);
    }
    if (e->ecs.file) {
        ecs_activity(a, &e->ecs.line);
        put_line(&e->ecs);
    }
    int err = e->store ? store_put_activity(e->store, a) : 0;
    return e->activities.err ? e->activities.err : e->ocsf.err ? e->ocsf.err : e->ecs.err ? e->ecs.err : err;
}

/* The alerts follow the activities that they are about. */
static void put_alerts(struct line_file *l, const struct pipe_result *r, void (*form)(const struct outside_alert *a, struct buf *out))
{
    struct report_outside room;
    for (size_t i = 0; l->file && i < r->nalerts; i++) {
        const struct outside_alert a = report_outside(r, r->alerts[i], &room);
        form(&a, &l->line);
        put_line(l);
    }
}

static void on_day(void *owner, const struct score_day *d)
{
    struct line_file *l = owner;
    struct jout j = jout_to(&l->line);
    char day[TIME_TEXT];
    jout_obj(&j);
    jout_ku64(&j, "activities", d->activities);
    jout_kstr(&j, "day", time_date(d->day * TIME_DAY, day));
    jout_knum(&j, "evidence", d->evidence);
    jout_ku64(&j, "judged", d->judged);
    jout_knum(&j, "pEvidence", d->p_evidence);
    jout_knum(&j, "pHour", d->p_hour);
    jout_knum(&j, "points", d->points);
    jout_key(&j, "tails");
    jout_arr(&j);
    for (unsigned i = 0; i < 4; i++)
        jout_u64(&j, d->tails[i]);
    jout_end_arr(&j);
    jout_kstr(&j, "user", report_account(l->result->dir, d->user));
    jout_end_obj(&j);
    buf_char(&l->line, '\n');
    put_line(l);
}

/* ---- results at the end ---- */

static int save(const char *path, struct buf *b)
{
    report_clean(b);
    FILE *f = path ? fopen(path, "wb") : stdout;
    bool ok = f && !b->failed && fwrite(b->p, 1, b->n, f) == b->n;
    if (f && (path ? fclose(f) : fflush(f)) != 0)
        ok = false;
    if (!ok)
        (void)fprintf(stderr, "vigie scan: %s: %s\n", path ? path : "standard output", b->failed ? "out of memory" : strerror(errno));
    buf_free(b);
    return ok ? 0 : 1;
}

static int write_reports(const struct scan_options *o, const struct pipe_result *r)
{
    struct buf b = {0};
    int code = 0;
    if (o->html) {
        report_html(r, &b);
        code |= save(o->html, &b);
    }
    if (o->csv && report_csv(r, o->csv) != 0) {
        (void)fprintf(stderr, "vigie scan: %s: tables cannot be written\n", o->csv);
        code = 1;
    }
    if (o->json)
        report_json(r, &b);
    else
        report_text(r, &b, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
    return code | save(NULL, &b);
}

static int open_geo(const struct scan_options *o, struct geo **out)
{
    size_t bad = 0;
    if (o->ngeo == 0) {
        if (geo_open_default(out))
            (void)fputs("vigie scan: no address ranges are installed, so places are those that records state (--geo FILE gives others)\n", stderr);
        return 0;
    }
    int err = geo_open(out, (const char *const *)o->geo, o->ngeo, &bad);
    if (err)
        (void)fprintf(stderr, "vigie scan: %s: %s\n", o->geo[bad], err_text(err));
    return err ? 1 : 0;
}

static int open_store(const char *path, struct store **out)
{
    int err = path ? store_create(path, out) : 0;
    if (err)
        (void)fprintf(stderr, "vigie scan: %s: a store cannot be made there (does it exist already?)\n", path);
    return err;
}

static int keep(const struct pipe_result *r, struct store *s, const char *path)
{
    int err = s ? report_store(r, s) : 0;
    if (err)
        (void)fprintf(stderr, "vigie scan: %s: %s\n", path, err_text(err));
    return err ? 1 : 0;
}

static int scan(struct scan_options *o)
{
    struct pipe_result r = {0};
    struct line_file daily = {.result = &r};
    struct each each = {.activities = {.result = &r}};
    struct geo *geo = NULL;
    if (open_geo(o, &geo) || open_lines(&each.activities, o->activities) || open_lines(&each.ocsf, o->ocsf) || open_lines(&each.ecs, o->ecs) ||
        open_lines(&daily, o->daily) || open_store(o->db, &each.store))
        return 1;
    o->pipe.geo = geo;
    if (o->activities || o->ocsf || o->ecs || o->db) {
        o->pipe.each = on_activity;
        o->pipe.each_owner = &each;
    }
    if (o->daily)
        o->pipe.score = (struct score_options){.day = on_day, .owner = &daily};
    int err = pipe_run(&o->pipe, &r);
    int code = 0;
    if (err) {
        (void)fprintf(stderr, "vigie scan: %s%s%s\n", r.about, *r.about ? ": " : "", r.why);
        code = err == ERR_USAGE ? 2 : 1;
    } else {
        put_alerts(&each.ocsf, &r, ocsf_alert);
        put_alerts(&each.ecs, &r, ecs_alert);
        code = write_reports(o, &r) | keep(&r, each.store, o->db);
        if (!r.any_readable) {
            (void)fputs("vigie scan: nothing could be read; the report says why\n", stderr);
            code = 1;
        }
    }
    int bad = close_lines(&each.activities, o->activities) | close_lines(&each.ocsf, o->ocsf) | close_lines(&each.ecs, o->ecs);
    code |= bad | close_lines(&daily, o->daily) ? 1 : 0;
    store_close(each.store);
    pipe_free(&r);
    geo_close(geo);
    return code;
}

static int run(int argc, char **argv)
{
    struct scan_options *o = malloc(sizeof *o);
    if (!o)
        return 1;
    int code = scan_options(o, argc, argv, true);
    if (code < 0)
        code = scan(o);
    free(o);
    return code;
}

const struct command cmd_scan = {"scan", "logs in, explained alerts and ranked people out", usage, run};
