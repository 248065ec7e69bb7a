/* api/api_resets.c - an analyst resets somebody's score: what was counted so far does not count any more. */
#include "api/api.h"

#include "api/person_json.h"
#include "store/tab_resets.h"

enum { COMMENT_MAX = 4000 };

static int reset(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    struct str comment = api_str(q, "comment");
    if (comment.n > COMMENT_MAX)
        return api_refuse(r, 400, "comment has at most 4,000 characters");
    int err = person_json_find(q, q->vars[0], &e);
    if (err)
        return err;
    if (e.base.type != ENTITY_USER)
        return api_refuse(r, 400, "Only people have a score.");
    err = db_begin(q->db);
    if (!err)
        err = tab_resets_put(q->db, &(struct stored_reset){e.base.number, q->now, q->caller->name, comment});
    if (!err)
        err = api_audit(q, "score reset", e.base.id, str_fmt(q->arena, "{\"score\":%d}", e.score), STR("{\"score\":0}"));
    err = db_end(q->db, err);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_FEEDBACK);
    r->status = 202;
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

static const struct api_route routes[] = {
    {.method = API_POST, .pattern = "api/vigie/v1/users/{id}/reset", .right = RIGHT_MANAGE_ALERTS, .handler = reset, .about = "Resets a person's score; the history stays."},
    {.pattern = NULL}};

const struct api_routes api_resets = {routes};
