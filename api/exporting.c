/* api/exporting.c - activities as rows of a file. */
#include "api/exporting.h"

#include "api/activity_json.h"
#include "base/csv.h"
#include "base/hash.h"
#include "model/act_json.h"
#include "model/ecs.h"
#include "model/ocsf.h"
#include "store/tab_accounts.h"
#include "store/tab_inputs.h"

/* Where the record came from; rows of one input mostly follow each other. */
static struct str input_name(struct exporting *x, uint32_t number)
{
    struct stored_input in;
    if (number != x->input) {
        x->input = number;
        x->name.n = 0;
        if (tab_inputs_get(x->db, &x->texts, number, &in) == 0)
            buf_str(&x->name, in.name);
    }
    return x->name.n ? buf_view(&x->name) : STR_NONE;
}

static void csv_row(struct exporting *x, const struct actlog_row *row)
{
    const struct activity *a = &row->activity;
    char id[33], when[TIME_TEXT], ip[IP_TEXT];
    const struct str cells[] = {time_text(a->time, when),
                                act_kind(a),
                                activity_json_description(&x->texts, a, ENGLISH),
                                outcome_text(a->outcome),
                                account_text(&a->actor),
                                a->app,
                                ip_set(&a->ip) ? ip_text(&a->ip, ip) : STR_NONE,
                                activity_json_country(a->location.country, ENGLISH),
                                a->location.city,
                                a->device,
                                a->destination,
                                a->agent.text,
                                hash_hex(id, a->id, 16)};
    for (size_t i = 0, n = sizeof cells / sizeof *cells; i < n; i++)
        csv_cell(&x->out, cells[i], i + 1 < n ? ',' : '\n');
}

static void json_row(struct exporting *x, const struct actlog_row *row)
{
    activity_json(&row->activity, &x->out, input_name(x, row->activity.origin.input));
}

static void ocsf_row(struct exporting *x, const struct actlog_row *row)
{
    ocsf_activity(&row->activity, &x->out);
}

static void ecs_row(struct exporting *x, const struct actlog_row *row)
{
    ecs_activity(&row->activity, &x->out);
}

const struct export_form export_forms[] = {{"csv", ".csv", "text/csv; charset=utf-8",
                                            "Time,Activity,Description,Outcome,User,App,IP address,Country,City,Device,Destination,User agent,Id\r\n",
                                            csv_row},
                                           {"json", ".jsonl", "application/x-ndjson", "", json_row},
                                           {"ocsf", ".ocsf.jsonl", "application/x-ndjson", "", ocsf_row},
                                           {"ecs", ".ecs.jsonl", "application/x-ndjson", "", ecs_row},
                                           {NULL, NULL, NULL, NULL, NULL}};

const struct export_form *export_form_of(struct str name)
{
    for (const struct export_form *f = export_forms; f->name; f++)
        if (str_eq(name, str_of(f->name)))
            return f;
    return NULL;
}

void exporting_open(struct exporting *x, struct db *db)
{
    *x = (struct exporting){.db = db};
    arena_init(&x->texts, 16384, 1u << 22);
}

void exporting_close(struct exporting *x)
{
    buf_free(&x->out);
    buf_free(&x->name);
    arena_free(&x->texts);
}

int exporting_scope(struct db *db, struct arena *arena, int64_t account, struct str *out)
{
    struct stored_admin a;
    struct buf b = {0};
    int err = tab_accounts_get(db, arena, account, &a);
    if (err)
        return err;
    buf_fmt(&b, "%.*s apps", STR_ARG(a.role));
    for (size_t i = 0; i < a.napps; i++)
        buf_fmt(&b, " %u", (unsigned)a.apps[i]);
    buf_str(&b, STR(" groups"));
    for (size_t i = 0; i < a.ngroups; i++)
        buf_fmt(&b, " %u", (unsigned)a.groups[i]);
    *out = b.failed ? STR_NONE : str_dup(arena, buf_view(&b));
    buf_free(&b);
    return str_set(*out) ? 0 : ERR_MEMORY;
}
