/* tools/sample/out.c - sorts a day's records and writes them to their files. */
#include "tools/sample/out.h"

#include "base/time.h"
#include "tools/sample/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE_LIMIT = 16 << 20 };

struct item {
    int64_t time;
    size_t at, n;
    uint64_t keywords;
    const struct evtx_schema *schema;
    uint32_t order;
};

struct stream {
    struct buf data;
    struct item *items;
    size_t n, cap, begun;
};

struct page { /* a JSON file being written */
    struct file *file;
    char path[256];
    uint64_t records, bytes;
    int64_t day;
    unsigned number;
};

struct log {
    const struct host *host;
    const char *channel;
    struct stream stream;
    struct evtx_writer *writer;
    char path[256];
    unsigned number;
    uint64_t next;
};

struct out {
    const struct org *org;
    struct out_options options;
    struct stream json[OUT_JSON];
    struct page page[OUT_JSON];
    struct log log[OUT_LOGS];
    int nlogs;
    uint64_t bytes, records;
    struct buf manifest;
};

static void stop(const char *what)
{
    fprintf(stderr, "sample: %s\n", what);
    exit(1);
}

const char *out_region(enum out_kind kind)
{
    return kind == OUT_AWS_PARIS ? "eu-west-3" : kind == OUT_AWS_CANADA ? "ca-central-1" : "us-east-1";
}

struct out *out_open(const struct org *o, const struct out_options *options)
{
    struct out *x = calloc(1, sizeof *x);
    if (!x)
        stop("out of memory");
    x->org = o;
    x->options = *options;
    for (int i = 0; i < o->nhosts; i++) {
        const struct host *h = &o->hosts[i];
        int use[2] = {h->log, h->system};
        for (int k = 0; k < 2; k++) {
            if (use[k] < 0 || use[k] >= OUT_LOGS)
                continue;
            x->log[use[k]] = (struct log){.host = h, .channel = k ? "System" : "Security", .next = 40001};
            if (use[k] >= x->nlogs)
                x->nlogs = use[k] + 1;
        }
    }
    return x;
}

bool out_wants(const struct out *x, enum out_kind kind)
{
    if (kind == OUT_O365)
        return x->options.office;
    return kind <= OUT_AUDIT ? x->options.entra : x->options.aws;
}

bool out_wants_windows(const struct out *x)
{
    return x->options.windows;
}

/* ---- collecting ---- */

static struct item *add_item(struct stream *s)
{
    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 1024;
        struct item *more = realloc(s->items, s->cap * sizeof *more);
        if (!more)
            stop("out of memory");
        s->items = more;
    }
    struct item *i = &s->items[s->n];
    *i = (struct item){.order = (uint32_t)s->n};
    s->n++;
    return i;
}

struct buf *out_begin(struct out *x, enum out_kind kind)
{
    struct stream *s = &x->json[kind];
    s->begun = s->data.n;
    return &s->data;
}

void out_end(struct out *x, enum out_kind kind, int64_t time)
{
    struct stream *s = &x->json[kind];
    if (s->data.failed)
        stop("out of memory");
    struct item *i = add_item(s);
    i->time = time;
    i->at = s->begun;
    i->n = s->data.n - s->begun;
}

/* The part of evtx_values that is in use: head, then the bytes. */
static const size_t values_head = offsetof(struct evtx_values, data);

void out_event(struct out *x, int log, int64_t time, const struct evtx_schema *schema, uint64_t keywords,
               const struct evtx_values *v)
{
    if (log < 0 || !x->options.windows)
        return;
    struct stream *s = &x->log[log].stream;
    size_t at = s->data.n, n = (values_head + v->bytes + 15) & ~(size_t)15;
    char *p = buf_room(&s->data, n);
    if (!p)
        stop("out of memory");
    memcpy(p, v, values_head + v->bytes);
    s->data.n += n;
    struct item *i = add_item(s);
    i->time = time;
    i->at = at;
    i->n = n;
    i->schema = schema;
    i->keywords = keywords;
}

/* ---- writing ---- */

static int by_time(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static size_t sort_until(struct stream *s, int64_t until)
{
    qsort(s->items, s->n, sizeof *s->items, by_time);
    size_t n = 0;
    while (n < s->n && s->items[n].time < until)
        n++;
    return n;
}

/* Drops the first n items; the bytes of the others move to the front. */
static void forget(struct stream *s, size_t n)
{
    struct buf rest = {0};
    for (size_t i = n; i < s->n; i++) {
        struct item *it = &s->items[i];
        size_t at = rest.n;
        buf_add(&rest, s->data.p + it->at, it->n);
        it->at = at;
        it->order = (uint32_t)(i - n);
        s->items[i - n] = *it;
    }
    s->n -= n;
    if (rest.failed)
        stop("out of memory");
    s->data.n = 0;
    buf_add(&s->data, rest.p, rest.n);
    buf_free(&rest);
}

static void list(struct out *x, const char *path, const char *format, uint64_t records)
{
    buf_fmt(&x->manifest, "%s\t%s\t%llu\n", path, format, (unsigned long long)records);
}

static void page_path(const struct out *x, enum out_kind kind, struct page *p)
{
    struct civil c;
    time_civil(p->day * TIME_DAY, &c);
    const char *gz = x->options.plain ? "" : ".gz";
    if (kind == OUT_O365) {
        snprintf(p->path, sizeof p->path, "office365/audit-%04d-%02d-%02d.jsonl%s", c.year, c.month, c.day,
                 c.day % 3 == 0 ? gz : "");
    } else if (kind <= OUT_AUDIT) {
        const char *name = kind == OUT_SIGNIN ? "signins" : "audit";
        char more[16] = "";
        if (p->number++)
            snprintf(more, sizeof more, "-%u", p->number);
        snprintf(p->path, sizeof p->path, "entra/%s%s.json", name, more);
    } else {
        const char *region = out_region(kind);
        snprintf(p->path, sizeof p->path,
                 "aws/AWSLogs/" ORG_AWS "/CloudTrail/%s/%04d/%02d/%02d/" ORG_AWS "_CloudTrail_%s_%04d%02d%02dT2355Z_%016llX.json%s",
                 region, c.year, c.month, c.day, region, c.year, c.month, c.day,
                 (unsigned long long)rng_for(x->org->seed, 20 + kind, (uint64_t)p->day).s, gz);
    }
}

static const char *page_head(enum out_kind kind)
{
    if (kind == OUT_O365)
        return "";
    if (kind == OUT_SIGNIN)
        return "{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns\",\"value\":[\n";
    if (kind == OUT_AUDIT)
        return "{\"@odata.context\":\"https://graph.microsoft.com/v1.0/$metadata#auditLogs/directoryAudits\",\"value\":[\n";
    return "{\"Records\":[";
}

static void page_close(struct out *x, enum out_kind kind)
{
    struct page *p = &x->page[kind];
    if (!p->file)
        return;
    static const char *const format[OUT_JSON] = {"office365",  "entra sign-ins", "entra audit",
                                                 "cloudtrail", "cloudtrail",     "cloudtrail"};
    if (kind != OUT_O365)
        file_write(p->file, kind <= OUT_AUDIT ? STR("\n]}\n") : STR("]}\n"));
    file_close(p->file);
    p->file = NULL;
    list(x, p->path, format[kind], p->records);
    p->records = p->bytes = 0;
}

static void page_open(struct out *x, enum out_kind kind, int64_t day)
{
    struct page *p = &x->page[kind];
    char path[1024];
    p->day = day;
    page_path(x, kind, p);
    snprintf(path, sizeof path, "%s/%s", x->options.folder, p->path);
    p->file = file_open(path);
    file_write(p->file, str_of(page_head(kind)));
}

static void write_json(struct out *x, enum out_kind kind, struct str record, int64_t day)
{
    struct page *p = &x->page[kind];
    bool daily = kind == OUT_O365 || kind > OUT_AUDIT;
    if (p->file && (daily ? p->day != day : p->bytes > PAGE_LIMIT))
        page_close(x, kind);
    if (!p->file)
        page_open(x, kind, day);
    if (p->records && kind != OUT_O365)
        file_write(p->file, kind <= OUT_AUDIT ? STR(",\n") : STR(","));
    file_write(p->file, record);
    if (kind == OUT_O365)
        file_write(p->file, STR("\n"));
    p->records++;
    x->records++;
    p->bytes += record.n + 1;
    x->bytes += record.n + 1;
}

static void log_close(struct out *x, struct log *l)
{
    if (!l->writer)
        return;
    uint64_t records = evtx_writer_records(l->writer);
    l->next += records;
    if (evtx_writer_close(l->writer) != 0)
        stop("an event log cannot be written");
    l->writer = NULL;
    list(x, l->path, "evtx", records);
}

static void log_open(struct out *x, struct log *l)
{
    char path[1024], computer[96];
    l->number++;
    snprintf(l->path, sizeof l->path, "windows/%s-%s-%u.evtx", l->host->name, l->channel, l->number);
    snprintf(path, sizeof path, "%s/%s", x->options.folder, l->path);
    snprintf(computer, sizeof computer, "%s." ORG_DNS, l->host->name);
    file_folders(path);
    l->writer = evtx_writer_open(path, l->channel, computer, l->next);
    if (!l->writer)
        stop("an event log cannot be made");
}

static void write_log(struct out *x, struct log *l, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct item *it = &l->stream.items[i];
        if (l->writer && evtx_writer_bytes(l->writer) >= x->options.evtx_size)
            log_close(x, l);
        if (!l->writer)
            log_open(x, l);
        uint64_t before = evtx_writer_bytes(l->writer);
        const struct evtx_values *v = (const void *)(l->stream.data.p + it->at);
        if (evtx_writer_record(l->writer, it->schema, it->time, it->keywords, v) != 0)
            stop("an event log cannot be written");
        x->bytes += evtx_writer_bytes(l->writer) - before;
        x->records++;
    }
}

void out_flush(struct out *x, int64_t until, int64_t day)
{
    for (int k = 0; k < OUT_JSON; k++) {
        struct stream *s = &x->json[k];
        size_t n = sort_until(s, until);
        for (size_t i = 0; i < n && out_wants(x, (enum out_kind)k); i++)
            write_json(x, (enum out_kind)k, (struct str){s->data.p + s->items[i].at, s->items[i].n}, day);
        forget(s, n);
    }
    for (int i = 0; i < x->nlogs; i++) {
        size_t n = sort_until(&x->log[i].stream, until);
        write_log(x, &x->log[i], n);
        forget(&x->log[i].stream, n);
    }
}

uint64_t out_bytes(const struct out *x)
{
    return x->bytes;
}

uint64_t out_records(const struct out *x)
{
    return x->records;
}

static void free_stream(struct stream *s)
{
    buf_free(&s->data);
    free(s->items);
}

void out_close(struct out *x)
{
    char path[1024];
    for (int k = 0; k < OUT_JSON; k++) {
        page_close(x, (enum out_kind)k);
        free_stream(&x->json[k]);
    }
    for (int i = 0; i < x->nlogs; i++) {
        log_close(x, &x->log[i]);
        free_stream(&x->log[i].stream);
    }
    snprintf(path, sizeof path, "%s/manifest.tsv", x->options.folder);
    struct file *f = file_open(path);
    file_write(f, STR("path\tformat\trecords\n"));
    file_write(f, buf_view(&x->manifest));
    file_close(f);
    buf_free(&x->manifest);
    free(x);
}
