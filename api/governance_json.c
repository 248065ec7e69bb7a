/* api/governance_json.c - the governance log as JSON and CSV. */
#include "api/governance_json.h"

#include "api/answer.h"
#include "api/person_json.h"
#include "base/csv.h"
#include "store/tab_policies.h"

enum { ACTIVE_DIRECTORY = 20940 };

bool governance_json_scope(const struct api_request *q)
{
    const struct actlog_view *v = &q->caller->activities;
    if (!v->apps)
        return true;
    for (size_t i = 0; i < v->napps; i++)
        if (v->apps[i] == ACTIVE_DIRECTORY)
            return true;
    return false;
}

void governance_json_view(const struct api_request *q, struct governance_query *g)
{
    static const uint32_t nobody[] = {0};
    g->people = governance_json_scope(q) ? q->caller->activities.people : nobody;
    g->npeople = g->people == nobody ? 0 : q->caller->activities.npeople;
}

static bool may_see(struct api_request *q, const struct stored_governance *g)
{
    struct stored_entity e;
    if (!governance_json_scope(q))
        return false;
    return !q->caller->activities.people || (tab_entities_get(q->db, q->arena, g->entity, &e) == 0 && person_json_may_see(q, e.base.number));
}

int governance_json_find(struct api_request *q, struct str number, struct stored_governance *out)
{
    int64_t n;
    struct stored_governance g;
    int err = str_i64(number, &n) ? tab_governance_get(q->db, q->arena, n, &g) : ERR_NOT_FOUND;
    if (!err && !may_see(q, &g))
        err = ERR_NOT_FOUND;
    if (!err)
        *out = g;
    return err;
}

static void write_policy(struct api_request *q, struct jout *j, struct str id)
{
    struct stored_policy p;
    jout_key(j, "policy");
    if (!str_set(id)) {
        jout_null(j);
        return;
    }
    jout_obj(j);
    jout_kstr(j, "id", id);
    jout_kstr(j, "name", tab_policies_get(q->db, q->arena, id, &p) == 0 ? p.name : id);
    jout_end_obj(j);
}

static void write_user(struct jout *j, const struct stored_governance *g)
{
    jout_key(j, "user");
    if (!g->entity) {
        jout_null(j);
        return;
    }
    jout_obj(j);
    if (str_set(g->person))
        jout_kstr(j, "id", g->person);
    jout_kstr(j, "name", g->name);
    jout_end_obj(j);
}

static void text(struct jout *j, const char *key, struct str s)
{
    jout_key(j, key);
    if (str_set(s))
        jout_str(j, s);
    else
        jout_null(j);
}

void governance_json_row(struct api_request *q, struct jout *j, const struct stored_governance *g)
{
    bool done = g->state == GOVERNANCE_DONE;
    jout_obj(j);
    jout_ki64(j, "id", g->number);
    jout_kstr(j, "action", g->action);
    jout_kbool(j, "revert", g->undo);
    if (g->of)
        jout_ki64(j, "of", g->of);
    write_user(j, g);
    text(j, "domain", g->domain);
    text(j, "by", g->by);
    write_policy(q, j, g->policy);
    text(j, "alert", g->alert);
    text(j, "reason", g->reason);
    api_ktime(j, "asked", g->asked);
    jout_kstr(j, "state", governance_state_text(g->state));
    text(j, "held", g->held);
    text(j, "decidedBy", g->decided_by);
    api_ktime(j, "decided", g->decided);
    text(j, "why", g->why);
    jout_ku64(j, "tries", g->tries);
    api_ktime(j, "next", g->state == GOVERNANCE_WAITING && g->tries ? g->next : TIME_NONE);
    api_ktime(j, "started", g->started);
    api_ktime(j, "ended", g->ended);
    jout_kbool(j, "changed", g->changed);
    jout_kbool(j, "canDecide", g->state == GOVERNANCE_APPROVAL);
    jout_kbool(j, "canRetry", g->state == GOVERNANCE_FAILED && g->entity);
    jout_kbool(j, "canRevert", done && g->changed && !g->undo && !g->undone_by && g->entity);
    jout_end_obj(j);
}

int governance_json_line(struct buf *out, const struct stored_governance *g)
{
    char time[TIME_TEXT];
    const struct str cells[] = {g->person, g->domain, g->by, g->policy, g->alert, g->reason, governance_state_text(g->state), g->held, g->decided_by, g->why};
    buf_fmt(out, "%lld,", (long long)g->number);
    csv_cell(out, time_text(g->asked, time), ',');
    csv_cell(out, g->action, ',');
    buf_str(out, g->undo ? STR("true,") : STR("false,"));
    csv_cell(out, g->name, ',');
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        csv_cell(out, cells[i], ',');
    buf_str(out, g->changed ? STR("true,") : STR("false,"));
    csv_cell(out, g->ended == TIME_NONE ? STR("") : time_text(g->ended, time), '\n');
    return out->failed ? ERR_MEMORY : 0;
}
