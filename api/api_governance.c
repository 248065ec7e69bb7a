/* api/api_governance.c - the governance log: read, exported; actions asked for, approved, tried again, reverted. */
#include "api/answer.h"
#include "api/filters.h"
#include "api/governance_json.h"
#include "api/person_json.h"
#include "policy/govern.h"

enum { PAGE = 100, EXPORT_MOST = 100000, NUMBERS = 64 };

/* ---- reading ---- */

static bool states_of(struct str list, unsigned *states)
{
    struct str one;
    enum governance_state s;
    while (str_set(list) && list.n && str_cut(&list, ',', &one)) {
        if (!governance_state_of(one, &s))
            return false;
        *states |= 1u << s;
    }
    return true;
}

static struct str given(const struct api_request *q, const char *name)
{
    struct str s = str_trim(api_str(q, name));
    return s.n ? s : STR_NONE;
}

/* Everything but the page. ERR_USAGE: a state that is none. ERR_NOT_FOUND: somebody whom the caller may not see. */
static int query_of(struct api_request *q, struct governance_query *g)
{
    struct stored_entity e;
    struct str user = given(q, "user");
    *g = (struct governance_query){.action = given(q, "action"), .policy = given(q, "policy"), .alert = given(q, "alert"), .text = given(q, "q"),
                                   .since = api_time(q, "since"), .until = api_time(q, "until")};
    governance_json_view(q, g);
    if (!states_of(given(q, "state"), &g->states))
        return ERR_USAGE;
    if (!str_set(user))
        return 0;
    uint32_t *numbers = arena_alloc(q->arena, NUMBERS * sizeof *numbers);
    int err = numbers ? person_json_find(q, user, &e) : ERR_MEMORY;
    if (!err)
        err = tab_entities_numbers(q->db, e.base.number, numbers, NUMBERS, &g->nnumbers);
    g->numbers = numbers;
    return err;
}

struct listing {
    struct api_request *q;
    struct jout *j;
};

static int write_row(void *owner, const struct stored_governance *g)
{
    struct listing *l = owner;
    governance_json_row(l->q, l->j, g);
    return 0;
}

static int bad_state(struct api_response *r)
{
    return api_refuse(r, 400, "state: any of approval, waiting, running, done, failed, reverted, rejected, with commas between");
}

static int list(struct api_request *q, struct api_response *r)
{
    struct governance_query g;
    struct listing l = {q, &r->json};
    struct page p;
    uint64_t total = 0;
    if (!page_of(q, r, PAGE, true, &p))
        return 0;
    int err = query_of(q, &g);
    if (err)
        return err == ERR_USAGE ? bad_state(r) : err;
    g.skip = p.skip;
    g.limit = p.limit;
    list_begin(r);
    err = tab_governance_query(q->db, &g, write_row, &l, &total);
    list_end(r, total, false, (uint64_t)g.skip + g.limit < total);
    return err;
}

static int one_line(void *owner, const struct stored_governance *g)
{
    return governance_json_line(owner, g);
}

static int export(struct api_request *q, struct api_response *r)
{
    struct governance_query g;
    int err = query_of(q, &g);
    if (err)
        return err == ERR_USAGE ? bad_state(r) : err;
    g.limit = EXPORT_MOST;
    g.ascending = true;
    r->type = "text/csv; charset=utf-8";
    r->filename = STR("governance.csv");
    buf_str(&r->body, STR(GOVERNANCE_JSON_HEADINGS));
    err = api_audit(q, "governance log exported", STR_NONE, STR_NONE, STR_NONE);
    return err ? err : tab_governance_query(q->db, &g, one_line, &r->body, NULL);
}

static int get(struct api_request *q, struct api_response *r)
{
    struct stored_governance g;
    int err = governance_json_find(q, q->vars[0], &g);
    if (!err)
        governance_json_row(q, &r->json, &g);
    return err;
}

/* ---- what can be done ---- */

static int write_action(struct api_request *q, struct jout *j, const struct governance_action *act, const struct stored_entity *e)
{
    struct stored_directory by;
    struct govern_refusal no = {NULL, STR_NONE};
    int err = e ? govern_look(q->db, q->arena, act, e, &by, &no) : 0;
    jout_obj(j);
    jout_kz(j, "id", act->id);
    jout_kz(j, "name", act->name);
    jout_kz(j, "about", act->about);
    if (e) {
        jout_kbool(j, "can", !no.code);
        if (no.code) {
            jout_kz(j, "code", no.code);
            jout_kstr(j, "why", no.text);
        }
    }
    jout_end_obj(j);
    return err;
}

static int actions(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    struct str user = given(q, "user");
    uint64_t n = 0;
    int err = str_set(user) ? person_json_find(q, user, &e) : 0;
    if (err)
        return err;
    list_begin(r);
    for (const struct governance_action *const *a = governance_actions; !err && *a; a++, n++)
        err = write_action(q, &r->json, *a, str_set(user) ? &e : NULL);
    list_end(r, n, false, false);
    return err;
}

/* ---- asking ---- */

static int not_in_scope(struct api_response *r)
{
    return api_refuse(r, 403, "Your role is limited to some apps: accounts are acted on in Active Directory, which is not one of them.");
}

static int no_reason(struct api_response *r)
{
    return api_refuse(r, 400, "reason: why, in up to 1,000 characters");
}

static bool reason_of(const struct api_request *q, struct str *reason)
{
    *reason = given(q, "reason");
    return str_set(*reason) && reason->n <= GOVERN_REASON_MOST;
}

static struct str audit_text(struct api_request *q, const struct stored_governance *g)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    jout_ki64(&j, "number", g->number);
    jout_kstr(&j, "action", g->action);
    jout_kbool(&j, "revert", g->undo);
    jout_kstr(&j, "state", governance_state_text(g->state));
    jout_end_obj(&j);
    struct str text = b.failed ? STR_NONE : str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return text;
}

/* In a transaction of the caller. */
static int ask_one(struct api_request *q, const struct governance_action *act, const struct stored_entity *e, struct stored_governance how, int64_t *number,
                   struct govern_refusal *no)
{
    struct stored_governance g = {.state = GOVERNANCE_WAITING};
    int err = govern_ask(q->db, q->arena, act, e, &how, number, no);
    if (!err)
        err = tab_governance_get(q->db, q->arena, *number, &g);
    return err ? err : api_audit(q, how.undo ? "governance action reverted" : "governance action asked for", e->base.id, STR_NONE, audit_text(q, &g));
}

static int refuse(struct api_response *r, const struct govern_refusal *no)
{
    r->status = 409;
    jout_obj(&r->json);
    jout_kstr(&r->json, "detail", no->text);
    jout_kz(&r->json, "code", no->code);
    jout_end_obj(&r->json);
    return 0;
}

static int answer(struct api_request *q, struct api_response *r, const int64_t *numbers, size_t n)
{
    struct stored_governance g;
    int err = 0;
    q->hub->changed(q->hub->owner, HUB_SETTINGS); /* wakes who does it */
    r->status = 202;
    list_begin(r);
    for (size_t i = 0; !err && i < n; i++) {
        err = tab_governance_get(q->db, q->arena, numbers[i], &g);
        if (!err)
            governance_json_row(q, &r->json, &g);
    }
    list_end(r, n, false, false);
    return err;
}

/* "suspend" with confirm_compromised asks for both, or for neither. */
static int post(struct api_request *q, struct api_response *r)
{
    const struct governance_action *acts[] = {govern_action(api_str(q, "action")), NULL};
    struct stored_governance how = {.by = q->caller->name, .alert = given(q, "alert"), .asked = q->now};
    struct stored_entity e;
    struct govern_refusal no = {NULL, STR_NONE};
    int64_t numbers[2];
    size_t n = 0;
    if (!acts[0])
        return api_refuse(r, 400, "action: an id from governance/actions");
    if (!reason_of(q, &how.reason))
        return no_reason(r);
    if (api_bool(q, "suspend", false) && acts[0]->hub)
        acts[1] = govern_action(STR("suspend"));
    if (!governance_json_scope(q))
        return not_in_scope(r);
    int err = person_json_find(q, api_str(q, "user"), &e);
    if (!err)
        err = db_begin(q->db);
    if (err)
        return err;
    for (; !err && n < 2 && acts[n]; n++)
        err = ask_one(q, acts[n], &e, how, &numbers[n], &no);
    err = db_end(q->db, err);
    if (no.code)
        return refuse(r, &no);
    return err ? err : answer(q, r, numbers, n);
}

/* ---- deciding about one ---- */

enum word { APPROVE, REJECT, RETRY };

static int say(struct api_request *q, struct api_response *r, enum word w)
{
    static const struct {
        enum governance_state to;
        const char *done, *no;
    } words[] = {[APPROVE] = {GOVERNANCE_WAITING, "governance action approved", "This action does not wait for approval."},
                 [REJECT] = {GOVERNANCE_REJECTED, "governance action rejected", "This action does not wait for approval."},
                 [RETRY] = {GOVERNANCE_WAITING, "governance action tried again", "Only what has failed is tried again."}};
    struct stored_governance g;
    int err = governance_json_find(q, q->vars[0], &g);
    if (!err)
        err = db_begin(q->db);
    if (err)
        return err;
    err = w == RETRY ? tab_governance_retry(q->db, g.number, q->caller->name, q->now) : tab_governance_decide(q->db, g.number, words[w].to, q->caller->name, q->now);
    g.state = words[w].to;
    if (!err)
        err = api_audit(q, words[w].done, g.person, STR_NONE, audit_text(q, &g));
    err = db_end(q->db, err);
    if (err == ERR_NOT_FOUND)
        return api_refuse(r, 409, words[w].no);
    return err ? err : answer(q, r, &g.number, 1);
}

static int approve(struct api_request *q, struct api_response *r)
{
    return say(q, r, APPROVE);
}

static int reject(struct api_request *q, struct api_response *r)
{
    return say(q, r, REJECT);
}

static int retry(struct api_request *q, struct api_response *r)
{
    return say(q, r, RETRY);
}

static const char *no_revert(const struct stored_governance *g)
{
    if (g->state != GOVERNANCE_DONE || g->undo)
        return "Only what was done is reverted.";
    if (g->undone_by)
        return "It is being reverted: see the governance log.";
    return g->changed ? NULL : "It was so already before this action, which has changed nothing: there is nothing to revert.";
}

/* Read again in the transaction, so that of two who revert one does. */
static int revert_in(struct api_request *q, const struct stored_entity *e, struct stored_governance how, int64_t *number, struct govern_refusal *no)
{
    struct stored_governance g;
    int err = db_begin(q->db);
    if (err)
        return err;
    err = tab_governance_get(q->db, q->arena, how.of, &g);
    const char *wrong = err ? NULL : no_revert(&g);
    if (wrong)
        *no = (struct govern_refusal){"cannot", str_of(wrong)};
    if (!err)
        err = wrong ? ERR_USAGE : ask_one(q, govern_action(g.action), e, how, number, no);
    return db_end(q->db, err);
}

static int revert(struct api_request *q, struct api_response *r)
{
    struct stored_governance g, how = {.by = q->caller->name, .undo = true, .asked = q->now};
    struct stored_entity e;
    struct govern_refusal no = {NULL, STR_NONE};
    int64_t number;
    int err = governance_json_find(q, q->vars[0], &g);
    if (!err)
        err = tab_entities_get(q->db, q->arena, g.entity, &e);
    if (err)
        return err;
    if (!reason_of(q, &how.reason))
        return no_reason(r);
    if (!govern_action(g.action))
        return api_refuse(r, 409, "This version knows no such action.");
    how.of = g.number;
    err = revert_in(q, &e, how, &number, &no);
    if (no.code)
        return refuse(r, &no);
    return err ? err : answer(q, r, &number, 1);
}

#define AT "api/vigie/v1/governance"
static const struct api_route routes[] = {
    {.method = API_GET, .pattern = AT, .right = RIGHT_VIEW_GOVERNANCE, .handler = list,
     .about = "The governance log, newest first: state, action, user, policy, alert, since, until, q, skip, limit."},
    {.method = API_GET, .pattern = AT "/export", .right = RIGHT_VIEW_GOVERNANCE, .handler = export, .lane = API_LONG, .about = "The governance log as CSV, oldest first."},
    {.method = API_GET, .pattern = AT "/actions", .right = RIGHT_VIEW_USERS, .handler = actions, .about = "Governance actions; with user whether each can be done, and why not."},
    {.method = API_GET, .pattern = AT "/{id}", .right = RIGHT_VIEW_GOVERNANCE, .handler = get, .about = "One row of the governance log."},
    {.method = API_POST, .pattern = AT, .right = RIGHT_GOVERN, .handler = post, .about = "Asks for an action on a person: action, user, reason, and with confirm_compromised suspend."},
    {.method = API_POST, .pattern = AT "/{id}/approve", .right = RIGHT_GOVERN, .handler = approve, .about = "Has an action that waits for approval done."},
    {.method = API_POST, .pattern = AT "/{id}/reject", .right = RIGHT_GOVERN, .handler = reject, .about = "Rejects an action that waits for approval."},
    {.method = API_POST, .pattern = AT "/{id}/retry", .right = RIGHT_GOVERN, .handler = retry, .about = "Tries a failed action again."},
    {.method = API_POST, .pattern = AT "/{id}/revert", .right = RIGHT_GOVERN, .handler = revert, .about = "Takes back what was done: reason."},
    {.pattern = NULL}};

const struct api_routes api_governance = {routes};
