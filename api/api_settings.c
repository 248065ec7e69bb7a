/* api/api_settings.c - the organisation's settings and the tags of entities. */
#include "api/api.h"

#include "api/person_json.h"
#include "policy/govern.h"
#include "store/tab_settings.h"


enum { RETENTION_MIN = 1, RETENTION_MAX = 3650, TAG_NAMES = 1000, TAG_TEXT = 256 };

static const struct {
    const char *name, *setting;
    int64_t days;
} retention[] = {{"activities", "retention.activities", 180}, {"alerts", "retention.alerts", 180}, {"discovery", "retention.discovery", 90}, {"governance", "retention.governance", 120}};

enum { RETENTIONS = sizeof retention / sizeof *retention };

static int write_settings(struct api_request *q, struct jout *j)
{
    struct str organisation = STR_NONE, language = STR_NONE;
    int err = tab_settings_get(q->db, q->arena, "organisation", &organisation);
    if (!err)
        err = tab_settings_get(q->db, q->arena, "language", &language);
    jout_obj(j);
    jout_kstr(j, "organisation", organisation);
    jout_kstr(j, "language", str_set(language) ? language : STR("en"));
    jout_key(j, "retention");
    jout_obj(j);
    for (unsigned i = 0; !err && i < RETENTIONS; i++) {
        int64_t days;
        err = tab_settings_get_i64(q->db, retention[i].setting, retention[i].days, &days);
        if (!err)
            jout_ki64(j, retention[i].name, days);
    }
    jout_end_obj(j);
    int64_t people = GOVERN_PEOPLE;
    if (!err)
        err = govern_limit(q->db, &people);
    jout_key(j, "governance");
    jout_obj(j);
    jout_ki64(j, "people", people);
    jout_end_obj(j);
    jout_end_obj(j);
    return err;
}

static int get_settings(struct api_request *q, struct api_response *r)
{
    return write_settings(q, &r->json);
}

static int put_retention(struct api_request *q, const struct jnode *wanted)
{
    int err = 0;
    for (unsigned i = 0; !err && i < RETENTIONS; i++) {
        int64_t days;
        struct str text = jin_text(jin_get(q->doc, wanted, str_of(retention[i].name)));
        if (!str_set(text))
            continue;
        if (!str_i64(text, &days) || days < RETENTION_MIN || days > RETENTION_MAX)
            return ERR_USAGE;
        err = tab_settings_put_i64(q->db, retention[i].setting, days);
    }
    return err;
}

/* People that policies may act on within an hour without a person. */
static int put_governance(struct api_request *q)
{
    int64_t people;
    struct str text = jin_str(q->doc, q->params, "governance.people");
    if (!str_set(text))
        return 0;
    if (!str_i64(text, &people) || people < 0 || people > GOVERN_PEOPLE_MOST)
        return ERR_USAGE;
    return tab_settings_put_i64(q->db, "governance.people", people);
}

static int change_settings(struct api_request *q)
{
    struct str organisation = api_str(q, "organisation"), language = api_str(q, "language");
    const struct jnode *days = jin_get(q->doc, q->params, STR("retention"));
    int err = 0;
    if (str_set(organisation) && (organisation.n == 0 || organisation.n > 200))
        return ERR_USAGE;
    if (str_set(language) && !str_eq(language, STR("en")) && !str_eq(language, STR("fr")))
        return ERR_USAGE;
    if (str_set(organisation))
        err = tab_settings_put(q->db, "organisation", organisation);
    if (!err && str_set(language))
        err = tab_settings_put(q->db, "language", language);
    if (!err && days && days->type == J_OBJ)
        err = put_retention(q, days);
    return err ? err : put_governance(q);
}

static int put_settings(struct api_request *q, struct api_response *r)
{
    struct buf before = {0}, after = {0};
    struct jout jb = jout_to(&before), ja = jout_to(&after);
    int err = db_begin(q->db);
    if (err)
        return err;
    err = write_settings(q, &jb);
    if (!err)
        err = change_settings(q);
    if (!err)
        err = write_settings(q, &ja);
    if (!err)
        err = api_audit(q, "settings changed", STR_NONE, buf_view(&before), buf_view(&after));
    err = db_end(q->db, err);
    buf_free(&before);
    if (!err)
        buf_str(&r->body, buf_view(&after));
    buf_free(&after);
    if (err == ERR_USAGE)
        return api_refuse(r, 400, "organisation is a text of up to 200 characters, language en or fr, retention 1 to 3650 days, governance.people 0 to 1000");
    if (!err)
        q->hub->changed(q->hub->owner, HUB_SETTINGS);
    return err;
}

/* ---- tags ---- */

static const char *const tag_kinds[] = {"sensitive", "honeytoken", "dc", "dns", "replicator"};
enum { TAG_KINDS = sizeof tag_kinds / sizeof *tag_kinds };

static void write_tag(struct api_request *q, struct jout *j, struct str name)
{
    uint32_t number;
    size_t n = 0;
    struct stored_entity e;
    jout_obj(j);
    jout_kstr(j, "name", name);
    if (tab_entities_find(q->db, name, &number, 1, &n) == 0 && n && tab_entities_get(q->db, q->arena, number, &e) == 0) {
        jout_kstr(j, "id", e.base.id);
        jout_kz(j, "type", person_json_type(e.base.type));
    }
    jout_end_obj(j);
}

static int get_tags(struct api_request *q, struct api_response *r)
{
    struct str text;
    int err = tab_settings_get(q->db, q->arena, "tags", &text);
    if (err)
        return err;
    const struct jnode *doc = str_set(text) ? jin_embedded(q->arena, text) : NULL;
    jout_obj(&r->json);
    for (unsigned k = 0; k < TAG_KINDS; k++) {
        const struct jnode *list = doc ? jin_get(doc, doc, str_of(tag_kinds[k])) : NULL;
        jout_key(&r->json, tag_kinds[k]);
        jout_arr(&r->json);
        for (const struct jnode *x = list ? jin_first(doc, list) : NULL; x; x = jin_next(doc, list, x))
            write_tag(q, &r->json, jin_text(x));
        jout_end_arr(&r->json);
    }
    jout_end_obj(&r->json);
    return 0;
}

/* Names only, as they will be kept; ERR_USAGE for anything else. */
static int copy_names(struct api_request *q, const struct jnode *list, struct jout *j)
{
    unsigned n = 0;
    for (const struct jnode *x = list ? jin_first(q->doc, list) : NULL; x; x = jin_next(q->doc, list, x)) {
        struct str name = x->type == J_OBJ ? jin_str(q->doc, x, "name") : jin_text(x);
        if (!str_set(name) || name.n == 0 || name.n > TAG_TEXT || ++n > TAG_NAMES)
            return ERR_USAGE;
        jout_str(j, str_trim(name));
    }
    return 0;
}

/* Kinds that the body does not name stay as they are. */
static int merge_tags(struct api_request *q, struct str old, struct jout *j)
{
    const struct jnode *doc = str_set(old) ? jin_embedded(q->arena, old) : NULL;
    int err = 0;
    jout_obj(j);
    for (unsigned k = 0; !err && k < TAG_KINDS; k++) {
        const struct jnode *list = jin_get(q->doc, q->params, str_of(tag_kinds[k])), *kept = doc ? jin_get(doc, doc, str_of(tag_kinds[k])) : NULL;
        jout_key(j, tag_kinds[k]);
        if (!list) {
            jout_raw(j, kept ? kept->val : STR("[]"));
            continue;
        }
        jout_arr(j);
        err = list->type == J_ARR ? copy_names(q, list, j) : ERR_USAGE;
        jout_end_arr(j);
    }
    jout_end_obj(j);
    return err;
}

static int put_tags(struct api_request *q, struct api_response *r)
{
    struct str old;
    struct buf b = {0};
    struct jout j = jout_to(&b);
    int err = db_begin(q->db);
    if (err)
        return err;
    err = tab_settings_get(q->db, q->arena, "tags", &old);
    if (!err)
        err = merge_tags(q, old, &j);
    if (!err)
        err = tab_settings_put(q->db, "tags", buf_view(&b));
    if (!err)
        err = api_audit(q, "entity tags changed", STR_NONE, old, buf_view(&b));
    err = db_end(q->db, err);
    buf_free(&b);
    if (err == ERR_USAGE)
        return api_refuse(r, 400, "each kind of tag is a list of up to 1000 names");
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_DIRECTORY);
    return get_tags(q, r);
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/settings", .right = RIGHT_VIEW_SETTINGS, .handler = get_settings, .about = "Organisation, language, retention, how many people policies may act on within an hour."},
    {.method = API_PUT, .pattern = "api/vigie/v1/settings", .right = RIGHT_MANAGE_SETTINGS, .handler = put_settings, .about = "Changes them; what is not named stays."},
    {.method = API_GET, .pattern = "api/vigie/v1/tags", .right = RIGHT_VIEW_SETTINGS, .handler = get_tags, .about = "Entities tagged as sensitive, honeytoken, controller, DNS server or replicator."},
    {.method = API_PUT, .pattern = "api/vigie/v1/tags", .right = RIGHT_TAG, .handler = put_tags, .about = "Replaces the names of the kinds given."},
    {.pattern = NULL}};

const struct api_routes api_settings = {routes};
