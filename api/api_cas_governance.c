/* api/api_cas_governance.c - the governance log as an existing module of the Cloud App Security API asks for it: list and one. Nothing is asked for here. */
#include "api/cas.h"
#include "api/governance_json.h"

#include <stdio.h>
#include <string.h>

enum { ACTIVE_DIRECTORY = 20940 };

/* Tasks by the names of that API; what it does not know has one of its kind. */
static const struct {
    const char *action;
    bool undo;
    const char *task;
} tasks[] = {{"suspend", false, "SuspendUserTask"},
             {"suspend", true, "UnsuspendUserTask"},
             {"require_sign_in", false, "RevokePasswordUserTask"},
             {"require_sign_in", true, "RestorePasswordUserTask"},
             {"confirm_compromised", false, "ConfirmUserCompromisedTask"},
             {"confirm_compromised", true, "DismissUserCompromisedTask"}};

enum { SUCCESSFUL = 1u << GOVERNANCE_DONE | 1u << GOVERNANCE_REVERTED, FAILED = 1u << GOVERNANCE_FAILED | 1u << GOVERNANCE_REJECTED };

static const char *task_of(const struct stored_governance *g)
{
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
        if (str_eq(g->action, str_of(tasks[i].action)) && g->undo == tasks[i].undo)
            return tasks[i].task;
    return "UserTask";
}

static void write_row(struct jout *j, const struct stored_governance *g)
{
    char id[25];
    bool success = SUCCESSFUL >> g->state & 1, failure = FAILED >> g->state & 1;
    (void)snprintf(id, sizeof id, "%024llx", (unsigned long long)g->number);
    jout_obj(j);
    jout_kz(j, "_id", id);
    cas_kms(j, "timestamp", g->asked);
    jout_kz(j, "taskName", task_of(g));
    jout_kz(j, "type", task_of(g));
    jout_ki64(j, "appId", ACTIVE_DIRECTORY);
    jout_key(j, "status");
    jout_obj(j);
    if (success || failure)
        jout_kbool(j, "isSuccess", success);
    else
        cas_knull(j, "isSuccess");
    jout_kstr(j, "message", g->why);
    jout_end_obj(j);
    jout_kstr(j, "user", str_set(g->by) ? g->by : g->policy);
    jout_key(j, "targetObject");
    jout_obj(j);
    jout_kstr(j, "id", g->person);
    jout_kstr(j, "name", g->name);
    jout_end_obj(j);
    jout_end_obj(j);
}

/* ---- list ---- */

struct listing {
    struct api_request *q;
    struct jout *j;
    const struct jnode *types;
    uint64_t skip, limit, n, total;
};

static bool names(struct listing *l, const char *task)
{
    const struct jnode *doc = l->q->doc;
    if (!l->types || l->types->type != J_ARR)
        return !l->types || str_eq(jin_text(l->types), str_of(task));
    for (const struct jnode *x = jin_first(doc, l->types); x; x = jin_next(doc, l->types, x))
        if (str_eq(jin_text(x), str_of(task)))
            return true;
    return false;
}

static int take(void *owner, const struct stored_governance *g)
{
    struct listing *l = owner;
    if (!names(l, task_of(g)))
        return 0;
    if (l->total++ >= l->skip && l->n < l->limit) {
        write_row(l->j, g);
        l->n++;
    }
    return 0;
}

/* isSuccess as that API filters by it: true, false, or null while it is pending; one alone or a list. */
static unsigned states_of(const struct jnode *doc, const struct jnode *wanted)
{
    unsigned states = 0;
    const struct jnode *x = !wanted ? NULL : wanted->type == J_ARR ? jin_first(doc, wanted) : wanted;
    for (; x; x = wanted->type == J_ARR ? jin_next(doc, wanted, x) : NULL) {
        if (x->type == J_TRUE)
            states |= SUCCESSFUL;
        else if (x->type == J_FALSE)
            states |= FAILED;
        else if (x->type == J_NULL)
            states |= ~(unsigned)(SUCCESSFUL | FAILED) & ((1u << GOVERNANCE_STATES) - 1);
    }
    return states;
}

static int list(struct api_request *q, struct api_response *r)
{
    struct page p;
    struct governance_query g = {.since = TIME_NONE, .until = TIME_NONE, .limit = UINT32_MAX};
    struct listing l = {.q = q, .j = &r->json, .types = jin_path(q->doc, q->params, "filters.type.eq")};
    if (!page_of(q, r, PAGE_MOST, true, &p))
        return 0;
    l.skip = p.skip;
    l.limit = p.limit;
    g.ascending = p.ascending;
    g.states = states_of(q->doc, jin_path(q->doc, q->params, "filters.status.eq"));
    governance_json_view(q, &g);
    list_begin(r);
    int err = tab_governance_query(q->db, &g, take, &l, NULL);
    list_end(r, l.total, false, l.skip + l.n < l.total);
    return err;
}

static int get(struct api_request *q, struct api_response *r)
{
    struct stored_governance g;
    int64_t number = 0;
    for (size_t i = 0; i < q->vars[0].n; i++) {
        const char *digits = "0123456789abcdef", *at = q->vars[0].n == 24 ? strchr(digits, q->vars[0].p[i]) : NULL;
        if (!at || !*at || number > INT64_MAX / 32)
            return ERR_NOT_FOUND;
        number = number * 16 + (at - digits);
    }
    int err = governance_json_find(q, str_fmt(q->arena, "%lld", (long long)number), &g);
    if (!err)
        write_row(&r->json, &g);
    return err;
}

#define CAS(m, p, h, words) {.method = m, .pattern = p, .right = RIGHT_VIEW_GOVERNANCE, .handler = h, .about = words, .compatible = true}
static const struct api_route routes[] = {
    CAS(API_POST, "api/v1/governance", list, "Lists the governance log: filters type and status, skip, limit."),
    CAS(API_GET, "api/v1/governance", list, "Lists the governance log."),
    CAS(API_GET, "api/v1/governance/{id}", get, "One row of the governance log."),
    {.pattern = NULL}};

const struct api_routes api_cas_governance = {routes};
