/* app/hub_policies.c - detections as the administrator's policies have them, and what assessments say of themselves. */
#include "app/hub_private.h"

#include "app/define.h"
#include "detect/engine.h"
#include "policy/detection_policy.h"
#include "posture/posture.h"
#include "store/tab_entities.h"
#include "store/tab_findings.h"

#include <stdlib.h>

enum { SETTINGS_MAX = 4096, DETECTIONS_MAX = 512, EVERY_DETECTION = 1u << POLICY_IDENTITY | 1u << POLICY_ANOMALY };

static bool detected(int external_id)
{
    for (const struct detector *const *d = detectors; *d; d++)
        if ((*d)->external_id == external_id)
            return true;
    return false;
}

static void write_todo(struct jout *j, const char *const *todo)
{
    jout_arr(j);
    for (; *todo; todo++)
        jout_str(j, str_of(*todo));
    jout_end_arr(j);
}

static void write_french(struct jout *j, const struct assessment_french *f)
{
    jout_obj(j);
    jout_kz(j, "name", f->name);
    jout_kz(j, "about", f->about);
    jout_key(j, "todo");
    write_todo(j, f->todo);
    jout_kz(j, "needs", f->needs);
    jout_end_obj(j);
}

static int define_assessment(struct db *db, const struct assessment *a)
{
    static const char *const impacts[] = {[IMPACT_LOW] = "low", [IMPACT_MEDIUM] = "medium", [IMPACT_HIGH] = "high"};
    struct buf todo = {0}, french = {0};
    struct jout j = jout_to(&todo), k = jout_to(&french);
    write_todo(&j, a->todo);
    write_french(&k, &a->french);
    int err = todo.failed || french.failed
                  ? ERR_MEMORY
                  : tab_findings_define(db, &(struct stored_assessment){.id = str_of(a->id), .name = str_of(a->name), .impact = str_of(impacts[a->impact]),
                                                                        .about = str_of(a->about), .todo = buf_view(&todo), .needs = str_of(a->needs),
                                                                        .french = buf_view(&french)});
    buf_free(&todo);
    buf_free(&french);
    return err;
}

static int define_assessments(struct db *db)
{
    int err = 0;
    for (const struct assessment *const *a = assessments; !err && *a; a++)
        err = define_assessment(db, *a);
    return err;
}

int hub_policies_define(struct hub *h)
{
    int err = define_policies(h->db);
    if (err)
        return err;
    err = db_begin(h->db);
    if (err)
        return err;
    return db_end(h->db, define_assessments(h->db));
}

/* ---- an engine as the policies are set ---- */

struct settings {
    struct hub *h;
    struct arena *arena;
    struct engine_scope scopes[DETECTIONS_MAX];
    size_t nscopes;
    struct engine_setting params[SETTINGS_MAX], exclusions[SETTINGS_MAX];
    struct str skip[DETECTIONS_MAX];
    size_t nparams, nexclusions, nskip;
    struct str policy; /* whose parameters are being listed */
    bool identity;
};

static int add_param(void *owner, struct str name, double value)
{
    struct settings *s = owner;
    if (s->nparams == SETTINGS_MAX)
        return ERR_LIMIT;
    s->params[s->nparams++] = (struct engine_setting){s->policy, str_dup(s->arena, name), value};
    return 0;
}

/* ---- scopes: users and groups by id, groups with everybody in them ---- */

struct numbers {
    uint32_t *n;
    size_t len, room;
};

static int add_numbers(struct numbers *list, const uint32_t *more, size_t n)
{
    if (list->len + n > list->room) {
        size_t room = (list->len + n) * 2;
        uint32_t *grown = realloc(list->n, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        list->n = grown;
        list->room = room;
    }
    if (n)
        memcpy(list->n + list->len, more, n * sizeof *more);
    list->len += n;
    return 0;
}

static int add_scoped(struct settings *s, struct str id, struct numbers *list)
{
    struct stored_entity e;
    uint32_t *members = NULL;
    size_t n = 0;
    int err = tab_entities_by_id(s->h->db, s->arena, id, &e);
    if (err)
        return err == ERR_NOT_FOUND ? 0 : err;
    err = add_numbers(list, &e.base.number, 1);
    if (!err && e.base.type == ENTITY_GROUP)
        err = tab_entities_members(s->h->db, e.base.number, &members, &n);
    if (!err)
        err = add_numbers(list, members, n);
    free(members);
    return err;
}

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static int read_list(struct settings *s, const struct jnode *doc, struct str key, const uint32_t **out, size_t *nout)
{
    struct numbers list = {0};
    const struct jnode *ids = jin_get(doc, doc, key);
    int err = 0;
    for (const struct jnode *x = ids ? jin_first(doc, ids) : NULL; !err && x; x = jin_next(doc, ids, x))
        err = add_scoped(s, jin_text(x), &list);
    if (list.len)
        qsort(list.n, list.len, sizeof *list.n, by_number);
    uint32_t *kept = err ? NULL : arena_alloc(s->arena, (list.len + 1) * sizeof *kept);
    if (!err && !kept)
        err = ERR_MEMORY;
    if (!err && list.len)
        memcpy(kept, list.n, list.len * sizeof *kept);
    *out = kept;
    *nout = list.len;
    free(list.n);
    return err;
}

static int add_scope(struct settings *s, struct str scope)
{
    const struct jnode *doc = str_set(scope) ? jin_embedded(s->arena, str_dup(s->arena, scope)) : NULL;
    if (!doc || s->nscopes == DETECTIONS_MAX)
        return 0;
    struct engine_scope *x = &s->scopes[s->nscopes];
    x->which = s->policy;
    int err = read_list(s, doc, STR("include"), &x->include, &x->ninclude);
    if (!err)
        err = read_list(s, doc, STR("exclude"), &x->exclude, &x->nexclude);
    s->nscopes += !err && (x->ninclude || x->nexclude);
    return err;
}

static int add_policy(void *owner, const struct stored_policy *p)
{
    struct settings *s = owner;
    if (p->type == POLICY_IDENTITY && !detected(p->external_id))
        return 0;
    s->policy = str_dup(s->arena, p->id);
    bool runs = p->enabled && (s->identity || p->type != POLICY_IDENTITY);
    if (!runs && s->nskip < sizeof s->skip / sizeof *s->skip)
        s->skip[s->nskip++] = s->policy;
    int err = add_scope(s, p->scope);
    return err ? err : detection_policy_params(s->arena, p, add_param, s);
}

static bool is_detection(struct str policy)
{
    char key[32];
    for (const struct detector *const *d = detectors; *d; d++)
        if (str_eq(detector_key(*d, key), policy))
            return true;
    return false;
}

/* Activity policies have exclusions, too: those are not the engine's matter. */
static int add_exclusion(void *owner, struct str policy, struct str name, int64_t until)
{
    struct settings *s = owner;
    (void)until;
    if (!is_detection(policy))
        return 0;
    if (s->nexclusions == SETTINGS_MAX)
        return ERR_LIMIT;
    s->exclusions[s->nexclusions++] = (struct engine_setting){str_dup(s->arena, policy), str_dup(s->arena, name), 0};
    return 0;
}

int hub_policies_engine(struct hub *h, bool identity, const struct dir *dir, struct arena *keep, struct engine **out)
{
    struct settings *s = arena_zero(keep, sizeof *s); /* the engine refers to it as long as it lives */
    struct str what;
    if (!s)
        return ERR_MEMORY;
    s->h = h;
    s->arena = keep;
    s->identity = identity;
    int err = tab_policies_each(h->db, EVERY_DETECTION, STR_NONE, add_policy, s);
    if (!err)
        err = tab_policies_exclusions(h->db, STR_NONE, hub_now(), add_exclusion, s);
    const struct engine_options o = {.learned = strcmp(h->config.learned, "yes") == 0, .skip = s->skip, .nskip = s->nskip, .params = s->params,
                                     .nparams = s->nparams, .exclusions = s->exclusions, .nexclusions = s->nexclusions, .scopes = s->scopes, .nscopes = s->nscopes, .live = true};
    return err ? err : engine_open(out, dir, &o, &what);
}
