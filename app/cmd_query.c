/* app/cmd_query.c - `vigie query`: the activity log of a hub's data folder, by the filter language. */
#include "app/command.h"
#include "app/options.h"
#include "base/hash.h"
#include "model/act_json.h"
#include "model/ecs.h"
#include "model/ocsf.h"
#include "policy/filter_parse.h"
#include "policy/filter_people.h"
#include "store/actlog.h"
#include "store/tab_inputs.h"
#include "store/tab_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage[] = "usage: vigie query [--data DIR] [options] [FILTER...]\n"
                            "       vigie query --fields\n"
                            "\n"
                            "Prints activities of a hub's log (on DIR, or the folder of the configuration), the newest first, whether it runs or not. FILTER is the text form of the filter\n"
                            "language, or its JSON form when it begins with a brace; several arguments are put together with blanks:\n"
                            "\n"
                            "  vigie query --data /var/lib/vigie 'user:alice date>=7d not country:FR,BE'\n"
                            "  vigie query --data /var/lib/vigie --count '{\"activity.type\":{\"eq\":true}}'\n"
                            "\n"
                            "  --json       one JSON object a line, as `vigie activities` prints them\n"
                            "  --ocsf       OCSF 1.3 events, one JSON object a line\n"
                            "  --ecs        Elastic Common Schema 8 documents, one JSON object a line\n"
                            "  --csv        a table with a line of headings\n"
                            "  --count      only how many there are\n"
                            "  --limit N    at most N activities\n"
                            "  --ascending  the oldest first\n"
                            "  --all        also on-premises activities that have not joined the hub's view (see docs on the link)\n"
                            "  --fields     the fields of all nouns, their types and named values, as Markdown\n"
                            "\n"
                            "The language is described in docs/filters.md. Exit code 1: the folder cannot be read; 2: the filter is wrong.\n";

enum form { FORM_TEXT, FORM_JSON, FORM_OCSF, FORM_ECS, FORM_CSV, FORM_COUNT };

struct options {
    const char *data;
    enum form form;
    uint32_t limit;
    bool ascending, all, fields;
    struct buf filter;
};

struct printing {
    struct db *db;
    enum form form;
    struct buf out;
    struct arena arena;
    uint32_t input; /* whose name is known */
    struct str name;
};

/* ---- options ---- */

static bool take_flag(struct options *o, const char *arg)
{
    static const struct {
        const char *name;
        enum form form;
    } forms[] = {{"--json", FORM_JSON}, {"--ocsf", FORM_OCSF}, {"--ecs", FORM_ECS}, {"--csv", FORM_CSV}, {"--count", FORM_COUNT}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(arg, forms[i].name) == 0) {
            o->form = forms[i].form;
            return true;
        }
    o->ascending |= strcmp(arg, "--ascending") == 0;
    o->all |= strcmp(arg, "--all") == 0;
    o->fields |= strcmp(arg, "--fields") == 0;
    return strcmp(arg, "--ascending") == 0 || strcmp(arg, "--all") == 0 || strcmp(arg, "--fields") == 0;
}

static bool read_options(int argc, char **argv, struct options *o)
{
    bool only_filter = false;
    for (int i = 1; i < argc; i++) {
        uint64_t n = 0;
        if (!only_filter && strcmp(argv[i], "--") == 0) {
            only_filter = true;
        } else if (!only_filter && strcmp(argv[i], "--data") == 0 && i + 1 < argc) {
            o->data = argv[++i];
        } else if (!only_filter && strcmp(argv[i], "--limit") == 0 && i + 1 < argc) {
            if (!str_u64(str_of(argv[++i]), &n) || n == 0 || n > UINT32_MAX)
                return false;
            o->limit = (uint32_t)n;
        } else if (!only_filter && strncmp(argv[i], "--", 2) == 0) {
            if (!take_flag(o, argv[i]))
                return false;
        } else {
            buf_fmt(&o->filter, "%s%s", o->filter.n ? " " : "", argv[i]);
        }
    }
    if (!o->data && !o->fields)
        o->data = options_folder("query", NULL, NULL);
    return o->data || o->fields;
}

/* ---- printing ---- */

/* Names come from logs: nothing of them may steer a terminal. */
static void put_shown(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        buf_char(out, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f ? '?' : s.p[i]);
}

static void put_text(struct printing *p, const struct activity *a)
{
    static const char *const outcomes[] = {[OUTCOME_UNKNOWN] = "", [OUTCOME_SUCCESS] = "", [OUTCOME_FAILURE] = " (failed)"};
    char when[TIME_TEXT], ip[IP_TEXT];
    buf_fmt(&p->out, "%.19sZ  ", time_text(a->time, when).p);
    put_shown(&p->out, a->app);
    buf_str(&p->out, STR("  "));
    put_shown(&p->out, act_kind(a));
    buf_fmt(&p->out, "%s  ", outcomes[a->outcome]);
    put_shown(&p->out, account_text(&a->actor));
    if (str_set(a->device)) {
        buf_str(&p->out, STR("  from "));
        put_shown(&p->out, a->device);
    }
    if (ip_set(&a->ip))
        buf_fmt(&p->out, "  %.*s", STR_ARG(ip_text(&a->ip, ip)));
    if (str_set(a->location.country)) {
        buf_char(&p->out, ' ');
        put_shown(&p->out, a->location.country);
    }
    if (str_set(a->destination)) {
        buf_str(&p->out, STR("  to "));
        put_shown(&p->out, a->destination);
    }
    buf_char(&p->out, '\n');
}

/* RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
static void put_cell(struct buf *out, struct str s, bool last)
{
    buf_char(out, '"');
    if (s.n && strchr("=+-@\t\r", s.p[0]))
        buf_char(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(out, '"');
        buf_char(out, s.p[i]);
    }
    buf_str(out, last ? STR("\"\r\n") : STR("\","));
}

static void put_csv(struct printing *p, const struct activity *a)
{
    char id[33], when[TIME_TEXT], ip[IP_TEXT];
    const struct object *o = a->nobjects ? &a->objects[0] : NULL;
    const struct str cells[] = {hash_hex(id, a->id, 16),
                                time_text(a->time, when),
                                a->app,
                                act_kind(a),
                                outcome_text(a->outcome),
                                account_text(&a->actor),
                                a->device,
                                ip_set(&a->ip) ? ip_text(&a->ip, ip) : STR_NONE,
                                a->location.country,
                                a->destination,
                                o ? account_text(&o->ref) : STR_NONE};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        put_cell(&p->out, cells[i], i + 1 == sizeof cells / sizeof *cells);
}

/* Where the record came from; rows of one input mostly follow each other. */
static struct str input_name(struct printing *p, uint32_t number)
{
    struct stored_input in;
    if (number != p->input || !str_set(p->name)) {
        arena_reset(&p->arena);
        p->input = number;
        p->name = tab_inputs_get(p->db, &p->arena, number, &in) == 0 && str_set(in.name) ? in.name : STR("");
    }
    return p->name.n ? p->name : STR_NONE;
}

static int print(void *owner, const struct actlog_row *row)
{
    struct printing *p = owner;
    if (p->form == FORM_JSON)
        activity_json(&row->activity, &p->out, input_name(p, row->activity.origin.input));
    else if (p->form == FORM_OCSF)
        ocsf_activity(&row->activity, &p->out);
    else if (p->form == FORM_ECS)
        ecs_activity(&row->activity, &p->out);
    else if (p->form == FORM_CSV)
        put_csv(p, &row->activity);
    else
        put_text(p, &row->activity);
    bool ok = !p->out.failed && fwrite(p->out.p, 1, p->out.n, stdout) == p->out.n;
    p->out.n = 0;
    return ok ? 0 : ERR_IO;
}

/* ---- asking ---- */

static int64_t clock_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * TIME_SECOND + t.tv_nsec;
}

static int complain(const char *about, const char *why)
{
    (void)fprintf(stderr, "vigie query: %s: %s\n", about, why);
    return 1;
}

static int wrong_filter(const struct filter_error *e)
{
    (void)fprintf(stderr, "vigie query: %.*s%s%s\n", STR_ARG(e->value), e->value.n ? ": " : "", e->why ? e->why : "not a filter");
    return 2;
}

static int count(struct actlog *log, const struct filter *f, const struct actlog_view *view)
{
    uint64_t n = 0;
    bool beyond = false;
    int err = actlog_count(log, f, view, UINT64_MAX, &n, &beyond);
    if (!err)
        (void)printf("%llu\n", (unsigned long long)n);
    return err;
}

static int list(struct actlog *log, struct db *db, const struct options *o, const struct actlog_query *q)
{
    struct printing p = {.db = db, .form = o->form};
    bool more = false;
    arena_init(&p.arena, 4096, 1u << 20);
    if (o->form == FORM_CSV)
        (void)fputs("Id,Time,App,Activity,Outcome,User,Device,IP address,Country,Destination,Object\r\n", stdout);
    int err = actlog_query(log, q, print, &p, &more);
    if (!err && more)
        (void)fprintf(stderr, "vigie query: there are more than %u\n", o->limit);
    buf_free(&p.out);
    arena_free(&p.arena);
    return err;
}

static int ask(struct actlog *log, struct db *db, const struct options *o, struct arena *arena)
{
    struct filter_parser parser = {.arena = arena, .noun = FILTER_ACTIVITIES, .now = clock_now()};
    const struct filter_sources from = {.db = db};
    struct stored_link link = {.joined = 0};
    struct filter named, f;
    int err = filter_parse_text(&parser, buf_view(&o->filter), &named);
    if (err)
        return wrong_filter(&parser.error);
    err = filter_people(&from, arena, &named, &f);
    if (!err)
        err = tab_link_get(db, arena, &link);
    const struct actlog_view view = {.cloud = true, .joined = o->all || link.state == LINK_ON ? UINT64_MAX : link.joined};
    const struct actlog_query q = {.filter = &f, .view = &view, .ascending = o->ascending, .limit = o->limit};
    if (!err)
        err = o->form == FORM_COUNT ? count(log, &f, &view) : list(log, db, o, &q);
    if (!err && fflush(stdout) != 0)
        err = ERR_IO;
    return err ? complain(o->data, err_text(err)) : 0;
}

static int on_folder(const struct options *o)
{
    struct db *db = NULL;
    struct actlog *log = NULL;
    struct arena arena;
    char path[4096], why[256] = "";
    int n = snprintf(path, sizeof path, "%s/vigie.db", o->data);
    if (n < 0 || (size_t)n >= sizeof path || access(path, R_OK) != 0)
        return complain(o->data, "not a data folder of a hub");
    int err = db_open(o->data, &db);
    if (err)
        return complain(path, err_text(err));
    arena_init(&arena, 65536, 1u << 28);
    int code = actlog_open_read(o->data, &log, why) ? complain(o->data, why) : ask(log, db, o, &arena);
    actlog_close(log);
    db_close(db);
    arena_free(&arena);
    return code;
}

static int run(int argc, char **argv)
{
    struct options o = {.limit = UINT32_MAX};
    int code = 2;
    if (!read_options(argc, argv, &o)) {
        (void)fputs(usage, stderr);
    } else if (o.fields) {
        struct buf out = {0};
        filter_describe(&out);
        code = fwrite(out.p, 1, out.n, stdout) == out.n && fflush(stdout) == 0 ? 0 : 1;
        buf_free(&out);
    } else {
        code = on_folder(&o);
    }
    buf_free(&o.filter);
    return code;
}

const struct command cmd_query = {"query", "ask a hub's activity log", usage, run};
