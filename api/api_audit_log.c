/* api/api_audit_log.c - the admin audit log: read, searched, exported, and its chain of hashes checked. */
#include "api/answer.h"

#include "base/csv.h"
#include "store/tab_audit.h"

#include <sodium.h>

enum { PAGE = 100, EXPORT_MOST = 1000000 };

static struct audit_query query_of(const struct api_request *q)
{
    struct str text = str_trim(api_str(q, "q"));
    return (struct audit_query){.since = api_time(q, "since"), .until = api_time(q, "until"), .text = text.n ? text : STR_NONE};
}

/* Before and after are JSON mostly; what is not is shown as a text. */
static void write_json(struct api_request *q, struct jout *j, const char *key, struct str text)
{
    jout_key(j, key);
    if (!str_set(text))
        jout_null(j);
    else if (jin_embedded(q->arena, text))
        jout_raw(j, text);
    else
        jout_str(j, text);
}

struct listing {
    struct api_request *q;
    struct jout *j;
};

static int write_row(void *owner, const struct audit_row *row)
{
    struct listing *l = owner;
    jout_obj(l->j);
    jout_ki64(l->j, "id", row->number);
    api_ktime(l->j, "time", row->time);
    jout_kstr(l->j, "by", str_set(row->by) ? row->by : STR(""));
    jout_kstr(l->j, "from", str_set(row->from) ? row->from : STR(""));
    jout_kstr(l->j, "what", row->what);
    jout_kstr(l->j, "object", str_set(row->object) ? row->object : STR(""));
    write_json(l->q, l->j, "before", row->before);
    write_json(l->q, l->j, "after", row->after);
    jout_end_obj(l->j);
    return 0;
}

static uint32_t bounded(int64_t v, uint32_t most)
{
    return v < 0 ? 0 : v > most ? most : (uint32_t)v;
}

static int list(struct api_request *q, struct api_response *r)
{
    struct listing l = {q, &r->json};
    struct audit_query a = query_of(q);
    uint64_t total = 0;
    a.skip = bounded(api_int(q, "skip", 0), UINT32_MAX);
    a.limit = bounded(api_int(q, "limit", PAGE), PAGE);
    int err = tab_audit_count(q->db, &a, &total);
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    if (!err)
        err = tab_audit_query(q->db, &a, write_row, &l);
    jout_end_arr(&r->json);
    jout_ku64(&r->json, "total", total);
    jout_kbool(&r->json, "moreThanTotal", false);
    jout_kbool(&r->json, "hasNext", (uint64_t)a.skip + a.limit < total);
    jout_end_obj(&r->json);
    return err;
}

static int write_line(void *owner, const struct audit_row *row)
{
    struct buf *b = owner;
    char time[TIME_TEXT], hex[2 * AUDIT_HASH + 1];
    buf_fmt(b, "%lld,", (long long)row->number);
    csv_cell(b, time_text(row->time, time), ',');
    csv_cell(b, row->by, ',');
    csv_cell(b, row->from, ',');
    csv_cell(b, row->what, ',');
    csv_cell(b, row->object, ',');
    csv_cell(b, row->before, ',');
    csv_cell(b, row->after, ',');
    csv_cell(b, str_of(sodium_bin2hex(hex, sizeof hex, row->hash, AUDIT_HASH)), '\n');
    return b->failed ? ERR_MEMORY : 0;
}

static int export(struct api_request *q, struct api_response *r)
{
    struct audit_query a = query_of(q);
    a.limit = EXPORT_MOST;
    a.oldest_first = true;
    int err = api_audit(q, "audit log exported", STR_NONE, STR_NONE, STR_NONE);
    r->type = "text/csv; charset=utf-8";
    r->filename = STR("audit.csv");
    buf_str(&r->body, STR("id,time,by,from,what,object,before,after,hash\r\n"));
    return err ? err : tab_audit_query(q->db, &a, write_line, &r->body);
}

static int check(struct api_request *q, struct api_response *r)
{
    uint64_t rows;
    int64_t bad;
    int err = tab_audit_check(q->db, &rows, &bad);
    if (err)
        return err;
    jout_obj(&r->json);
    jout_ku64(&r->json, "rows", rows);
    jout_kbool(&r->json, "sound", bad == 0);
    jout_key(&r->json, "firstBroken");
    if (bad)
        jout_i64(&r->json, bad);
    else
        jout_null(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

#define AT "api/vigie/v1/audit"
static const struct api_route routes[] = {
    {.method = API_GET, .pattern = AT, .right = RIGHT_VIEW_AUDIT, .handler = list, .about = "The admin audit log, newest first: since, until, q, skip, limit."},
    {.method = API_GET,
     .pattern = AT "/export",
     .right = RIGHT_VIEW_AUDIT,
     .handler = export,
     .about = "The admin audit log of a time range as CSV, oldest first, with the hash of every row.",
     .lane = API_LONG},
    {.method = API_GET,
     .pattern = AT "/check",
     .right = RIGHT_VIEW_AUDIT,
     .handler = check,
     .about = "Follows the chain of hashes: whether any row was changed, taken out or put in.",
     .lane = API_LONG},
    {.pattern = NULL},
};

const struct api_routes api_audit_log = {routes};
