/* api/api_link.c - the link and its licences: look, switch, install. */
#include "api/api.h"
#include "api/answer.h"

#include "api/link_json.h"
#include "store/tab_settings.h"

static struct link_look look(const struct api_request *q)
{
    return (struct link_look){.db = q->db, .log = q->log, .keys = q->hub->keys, .progress = q->hub->progress(q->hub->owner),
                              .role = api_may(q, RIGHT_LINK), .figures = !q->caller->scoped, .now = q->now};
}

static int get_link(struct api_request *q, struct api_response *r)
{
    struct link_look k = look(q);
    return link_json(&k, &r->json);
}

static struct str state_json(struct api_request *q)
{
    struct stored_link l;
    if (tab_link_get(q->db, q->arena, &l) != 0)
        return STR_NONE;
    return str_fmt(q->arena, "{\"state\":\"%.*s\"}", STR_ARG(link_state_text(l.state)));
}

static int refuse_link(const struct prerequisite *p, bool role, struct api_response *r)
{
    struct jout *j = &r->json;
    r->status = role ? 409 : 403;
    jout_obj(j);
    jout_kz(j, "detail", role ? "Identity protection cannot be connected yet." : "Only a Global administrator can switch the link.");
    jout_key(j, "failed");
    jout_arr(j);
    for (unsigned i = 0; i < LINK_PREREQUISITES; i++) {
        if (p[i].met)
            continue;
        jout_obj(j);
        jout_kz(j, "id", p[i].id);
        jout_kstr(j, "text", p[i].text);
        jout_kstr(j, "todo", p[i].todo);
        jout_end_obj(j);
    }
    jout_end_arr(j);
    jout_end_obj(j);
    return 0;
}

/* Any account may ask, so that a refusal says why and what to do, and is in the audit log. */
static int put_link(struct api_request *q, struct api_response *r)
{
    struct licensing may;
    struct prerequisite p[LINK_PREREQUISITES];
    const struct jnode *wanted = jin_get(q->doc, q->params, STR("connected"));
    if (!wanted || (wanted->type != J_TRUE && wanted->type != J_FALSE))
        return api_refuse(r, 400, "connected must be true or false");
    bool on = wanted->type == J_TRUE, role = api_may(q, RIGHT_LINK), changed = false;
    int err = link_licensing(q->db, q->hub->keys, q->now, q->arena, &may);
    if (err)
        return err;
    link_prerequisites(&may, role, p);
    struct str before = state_json(q);
    if (!role || (on && !p[1].met)) {
        err = api_audit(q, "link refused", on ? STR("connect") : STR("disconnect"), before, STR_NONE);
        return err ? err : refuse_link(p, role, r);
    }
    err = link_want(q->db, on, q->caller->name, q->now, &changed);
    if (!err && changed)
        err = api_audit(q, on ? "link connected" : "link disconnected", STR("identity protection"), before, state_json(q));
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_LINK);
    r->status = 202;
    return get_link(q, r);
}

/* ---- licences ---- */

struct listing {
    struct api_request *q;
    struct jout *j;
    struct str domain_sid;
};

static int list_licence(void *owner, const struct stored_licence *s)
{
    struct listing *l = owner;
    struct licence x;
    const char *why;
    int err = licence_read(l->q->hub->keys, str_dup(l->q->arena, s->text), l->q->arena, &x, &why);
    if (err == ERR_MEMORY)
        return err;
    if (!err)
        why = licence_refused(&x, l->domain_sid, l->q->now);
    jout_obj(l->j);
    jout_kstr(l->j, "id", s->id);
    if (!err) {
        jout_kstr(l->j, "product", product_text(x.product));
        jout_kstr(l->j, "organisation", x.organisation);
        jout_kstr(l->j, "domain", x.domain);
        jout_kstr(l->j, "domainSid", x.domain_sid);
        api_ktime(l->j, "issued", x.issued);
        api_ktime(l->j, "expires", x.expires);
    }
    jout_kbool(l->j, "valid", !why);
    if (why)
        jout_kz(l->j, "why", why);
    jout_kstr(l->j, "installedBy", s->by);
    jout_end_obj(l->j);
    return 0;
}

static int get_licences(struct api_request *q, struct api_response *r)
{
    struct listing l = {q, &r->json, STR_NONE};
    struct str name = STR_NONE;
    int err = tab_settings_get(q->db, q->arena, LINK_DOMAIN_SID, &l.domain_sid);
    if (!err)
        err = tab_settings_get(q->db, q->arena, LINK_DOMAIN_NAME, &name);
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    if (!err)
        err = tab_link_licences(q->db, list_licence, &l);
    jout_end_arr(&r->json);
    jout_kstr(&r->json, "domain", name);
    jout_kstr(&r->json, "domainSid", l.domain_sid);
    jout_end_obj(&r->json);
    return err;
}

static int post_licence(struct api_request *q, struct api_response *r)
{
    struct str text = api_str(q, "text");
    struct licence l;
    const char *why;
    if (!str_set(text))
        return api_refuse(r, 400, "text must hold the licence");
    if (licence_read(q->hub->keys, text, q->arena, &l, &why) != 0)
        return api_refuse(r, 400, why);
    int err = tab_link_add_licence(q->db, &(struct stored_licence){l.id, str_trim(text), q->caller->name, q->now});
    if (!err)
        err = api_audit(q, "licence installed", l.id, STR_NONE, str_fmt(q->arena, "{\"product\":\"%.*s\"}", STR_ARG(product_text(l.product))));
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_LINK);
    r->status = 201;
    return get_licences(q, r);
}

static int delete_licence(struct api_request *q, struct api_response *r)
{
    int err = tab_link_drop_licence(q->db, q->vars[0]);
    if (!err)
        err = api_audit(q, "licence removed", q->vars[0], STR_NONE, STR_NONE);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_LINK);
    return get_licences(q, r);
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/link", .right = RIGHT_SIGNED_IN, .handler = get_link, .about = "State of the link between both shores, its progress and prerequisites."},
    {.method = API_PUT, .pattern = "api/vigie/v1/link", .right = RIGHT_SIGNED_IN, .handler = put_link, .about = "Connects or disconnects identity protection data; Global administrators only."},
    {.method = API_GET, .pattern = "api/vigie/v1/licences", .right = RIGHT_VIEW_SETTINGS, .handler = get_licences, .about = "Installed licences, and whether each counts."},
    {.method = API_POST, .pattern = "api/vigie/v1/licences", .right = RIGHT_MANAGE_SETTINGS, .handler = post_licence, .about = "Installs a licence."},
    {.method = API_DELETE, .pattern = "api/vigie/v1/licences/{id}", .right = RIGHT_MANAGE_SETTINGS, .handler = delete_licence, .about = "Removes a licence."},
    {.pattern = NULL}};

const struct api_routes api_link = {routes};
