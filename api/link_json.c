/* api/link_json.c - state, progress and prerequisites of the link as JSON. */
#include "api/link_json.h"
#include "api/answer.h"

static void write_prerequisites(const struct licensing *may, bool role, struct jout *j)
{
    struct prerequisite p[LINK_PREREQUISITES];
    link_prerequisites(may, role, p);
    jout_key(j, "prerequisites");
    jout_arr(j);
    for (unsigned i = 0; i < LINK_PREREQUISITES; i++) {
        jout_obj(j);
        jout_kz(j, "id", p[i].id);
        jout_kbool(j, "met", p[i].met);
        jout_kstr(j, "text", p[i].text);
        if (!p[i].met)
            jout_kstr(j, "todo", p[i].todo);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

/* How far and how long still, judged by how long it took so far. */
static void write_progress(const struct link_look *k, const struct stored_link *l, struct jout *j)
{
    double done = l->state == LINK_ON ? 1 : l->state == LINK_CONNECTING && k->progress < 1 ? k->progress : 0; /* 1: not begun yet */
    jout_knum(j, "progress", done);
    if (l->state == LINK_CONNECTING && done > 0.01 && k->now > l->since)
        jout_ki64(j, "secondsLeft", (int64_t)((double)(k->now - l->since) / (double)TIME_SECOND * (1 - done) / done));
}

static int write_link(const struct link_look *k, struct arena *a, struct jout *j)
{
    struct licensing may;
    struct stored_link l;
    struct actlog_figures all;
    uint64_t joined = 0;
    int err = link_licensing(k->db, k->keys, k->now, a, &may);
    if (!err)
        err = tab_link_get(k->db, a, &l);
    if (!err)
        err = actlog_onprem_upto(k->log, l.joined, &joined);
    if (err)
        return err;
    actlog_figures(k->log, &all);
    jout_obj(j);
    jout_kstr(j, "state", link_state_text(l.state));
    jout_kbool(j, "identity", link_shows_identity(&l, &may));
    write_progress(k, &l, j);
    if (k->figures) {
        jout_ku64(j, "activities", joined);
        jout_ku64(j, "waiting", all.activities[SHORE_ONPREM] > joined ? all.activities[SHORE_ONPREM] - joined : 0);
    }
    api_ktime(j, "since", l.since);
    jout_kstr(j, "by", l.by);
    write_prerequisites(&may, k->role, j);
    jout_end_obj(j);
    return 0;
}

int link_json(const struct link_look *k, struct jout *j)
{
    struct arena a;
    arena_init(&a, 4096, 1 << 20);
    int err = write_link(k, &a, j);
    arena_free(&a);
    return err;
}

int link_json_licences(const struct link_look *k, struct jout *j)
{
    struct arena a;
    struct licensing may;
    arena_init(&a, 4096, 1 << 20);
    int err = link_licensing(k->db, k->keys, k->now, &a, &may);
    if (!err) {
        jout_obj(j);
        jout_kbool(j, "atp", may.atp);
        jout_kbool(j, "hub", may.hub);
        jout_end_obj(j);
    }
    arena_free(&a);
    return err;
}

bool link_json_identity(struct api_request *q)
{
    struct licensing may;
    struct stored_link l;
    return link_licensing(q->db, q->hub->keys, q->now, q->arena, &may) == 0 && tab_link_get(q->db, q->arena, &l) == 0 && link_shows_identity(&l, &may);
}
