/* api/person_json.c - rows of people and computers. */
#include "api/person_json.h"
#include "api/answer.h"

static const double red_from = 90; /* percentile */

const char *person_json_type(enum entity_type t)
{
    return t == ENTITY_COMPUTER ? "computer" : t == ENTITY_GROUP ? "group" : "user";
}

bool person_json_may_see(const struct api_request *q, uint32_t number)
{
    const struct actlog_view *v = &q->caller->activities;
    if (!v->people)
        return true;
    size_t low = 0, high = v->npeople;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (v->people[mid] < number)
            low = mid + 1;
        else
            high = mid;
    }
    return low < v->npeople && v->people[low] == number;
}

int person_json_find(struct api_request *q, struct str id, struct stored_entity *out)
{
    struct stored_entity e;
    int err = tab_entities_by_id(q->db, q->arena, id, &e);
    if (err)
        return err;
    if (!person_json_may_see(q, e.base.number))
        return ERR_NOT_FOUND;
    *out = e;
    return 0;
}

void person_json_tags(struct jout *j, const struct stored_entity *e)
{
    static const struct {
        uint32_t flag;
        const char *text;
    } tags[] = {{ENTITY_SENSITIVE, "sensitive"}, {ENTITY_HONEYTOKEN, "honeytoken"}, {ENTITY_SERVICE, "service"}, {ENTITY_DISABLED, "disabled"},
                {ENTITY_DC, "dc"}, {ENTITY_DNS_SERVER, "dns"}, {ENTITY_REPLICATOR, "replicator"}, {ENTITY_TERMINATED, "terminated"}};
    jout_key(j, "tags");
    jout_arr(j);
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (e->base.flags & tags[i].flag)
            jout_str(j, str_of(tags[i].text));
    if (e->admin)
        jout_str(j, STR("admin"));
    if (e->external)
        jout_str(j, STR("external"));
    jout_end_arr(j);
}

static int open_alerts(struct api_request *q, uint32_t number, uint64_t *n)
{
    const struct filter_value who = {.from = number}, yes = {.from = 1};
    const struct filter_term terms[] = {{.field = FIELD_ALERT_USER, .match = MATCH_EQ, .values = &who, .n = 1},
                                        {.field = FIELD_ALERT_OPEN, .match = MATCH_EQ, .values = &yes, .n = 1}};
    const struct filter f = {terms, 2};
    return tab_alerts_count(q->db, &f, &q->caller->alerts, n);
}

int person_json_row(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    uint64_t alerts = 0;
    int err = open_alerts(q, e->base.number, &alerts);
    jout_kstr(j, "id", e->base.id);
    jout_kstr(j, "name", e->base.name);
    jout_kz(j, "type", person_json_type(e->base.type));
    jout_kstr(j, "upn", str_set(e->base.upn) ? e->base.upn : e->base.mail);
    jout_kstr(j, "title", e->base.title);
    jout_kstr(j, "department", e->base.department);
    if (e->scored) {
        jout_ki64(j, "score", e->score);
        jout_knum(j, "percentile", e->percentile);
        jout_kbool(j, "red", e->percentile >= red_from && e->score > 0);
    }
    jout_ku64(j, "openAlerts", alerts);
    jout_key(j, "apps");
    jout_raw(j, e->apps.n ? e->apps : STR("[]"));
    person_json_tags(j, e);
    api_ktime(j, "lastSeen", e->last_seen);
    jout_key(j, "days");
    jout_arr(j);
    for (unsigned i = 0; i < 14; i++)
        jout_i64(j, e->days[i]);
    jout_end_arr(j);
    return err;
}

void person_json_ref(struct api_request *q, struct jout *j, uint32_t number, struct str seen)
{
    struct stored_entity e;
    bool known = number && tab_entities_get(q->db, q->arena, number, &e) == 0;
    if (!known && !str_set(seen)) {
        jout_null(j);
        return;
    }
    jout_obj(j);
    if (known)
        jout_kstr(j, "id", e.base.id);
    jout_kstr(j, "name", known ? e.base.name : seen);
    jout_end_obj(j);
}
