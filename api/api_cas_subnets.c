/* api/api_cas_subnets.c - IP ranges of the Cloud App Security API: list, one, create, replace, delete. */
#include "api/api.h"

#include "api/cas.h"
#include "base/ip.h"
#include "store/tab_subnets.h"

#include <sodium.h>

enum { NAME_MOST = 200, RANGES_MOST = 1000, TAGS_MOST = 100 };

/* ---- ranges ---- */

static void write_range(struct jout *j, struct arena *a, struct str text)
{
    struct ip ip;
    unsigned mask;
    if (!ip_network(text, &ip, &mask))
        return;
    const uint8_t *b = ip.b;
    jout_obj(j);
    jout_ku64(j, "mask", mask);
    jout_kstr(j, "address", str_fmt(a, "%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5], b[6],
                                    b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]));
    jout_kstr(j, "originalString", text);
    jout_end_obj(j);
}

static void write_tag(struct api_request *q, struct jout *j, struct str known)
{
    struct str id, name;
    if (tab_subnets_tag(q->db, q->arena, known, &id, &name) != 0 || !str_set(id))
        return;
    jout_obj(j);
    jout_kstr(j, "_id", id);
    jout_ki64(j, "_tid", 0);
    jout_kstr(j, "id", id);
    jout_ki64(j, "target", 1);
    jout_ki64(j, "type", 2);
    jout_kstr(j, "name", name);
    jout_kz(j, "description", "");
    jout_ki64(j, "visibility", 0);
    jout_ki64(j, "status", 0);
    jout_end_obj(j);
}

static int write_subnet(struct api_request *q, struct jout *j, const struct stored_subnet *s)
{
    const struct jnode *ranges = jin_embedded(q->arena, str_dup(q->arena, s->ranges)), *tags = jin_embedded(q->arena, str_dup(q->arena, s->tags));
    jout_obj(j);
    jout_kstr(j, "_id", s->id);
    jout_ki64(j, "_tid", 0);
    jout_kstr(j, "name", s->name);
    jout_ki64(j, "category", s->category);
    jout_kstr(j, "organization", s->organization);
    jout_kbool(j, "builtIn", false);
    jout_key(j, "subnets");
    jout_arr(j);
    for (const struct jnode *m = ranges ? jin_first(ranges, ranges) : NULL; m; m = jin_next(ranges, ranges, m))
        write_range(j, q->arena, jin_text(m));
    jout_end_arr(j);
    cas_knull(j, "location");
    jout_key(j, "tags");
    jout_arr(j);
    for (const struct jnode *m = tags ? jin_first(tags, tags) : NULL; m; m = jin_next(tags, tags, m))
        write_tag(q, j, jin_text(m));
    jout_end_arr(j);
    jout_key(j, "lastModified");
    jout_raw(j, str_fmt(q->arena, "%lld.%04lld", (long long)(s->modified / TIME_MS), (long long)(s->modified % TIME_MS / 100)));
    jout_end_obj(j);
    return 0;
}

/* ---- list ---- */

struct listing {
    struct api_request *q;
    struct jout *j;
    const struct filter *f;
    struct page p;
    uint64_t total;
};

static bool value_fits(enum filter_match match, struct str text, const struct filter_value *v)
{
    switch (match) {
    case MATCH_CONTAINS:
    case MATCH_TEXT: return str_hasi(text, v->text);
    case MATCH_STARTS: return str_startsi(text, v->text);
    case MATCH_ENDS: return str_endsi(text, v->text);
    case MATCH_EQ: return str_eqi(text, v->text);
    case MATCH_SET: return text.n > 0;
    case MATCH_RANGE:
    case MATCH_DIFFERS: break;
    }
    return false;
}

static bool tag_fits(struct api_request *q, const struct filter_term *t, const struct stored_subnet *s, const struct filter_value *v)
{
    const struct jnode *tags = jin_embedded(q->arena, str_dup(q->arena, s->tags));
    struct str id, name;
    if (tab_subnets_tag(q->db, q->arena, v->text, &id, &name) != 0)
        return false;
    for (const struct jnode *m = tags ? jin_first(tags, tags) : NULL; m; m = jin_next(tags, tags, m))
        if (value_fits(t->match, jin_text(m), v) || (str_set(name) && str_eqi(jin_text(m), name)))
            return true;
    return false;
}

/* The place of a range is not kept: a filter by it finds none. */
static bool is_set(enum filter_field field, const struct stored_subnet *s)
{
    return field == FIELD_SUBNET_TAG ? s->tags.n > 2 : field == FIELD_SUBNET_ORGANIZATION ? s->organization.n > 0 : field != FIELD_SUBNET_LOCATION;
}

static bool term_fits(struct api_request *q, const struct filter_term *t, const struct stored_subnet *s)
{
    bool hit = t->match == MATCH_SET && is_set(t->field, s);
    for (unsigned i = 0; i < t->n && !hit; i++) {
        const struct filter_value *v = &t->values[i];
        if (t->field == FIELD_SUBNET_CATEGORY)
            hit = t->match == MATCH_RANGE ? s->category >= v->from && s->category <= v->to : s->category == v->from;
        else if (t->field == FIELD_SUBNET_BUILT_IN)
            hit = v->from == 0;
        else if (t->field == FIELD_SUBNET_NAME)
            hit = value_fits(t->match, s->name, v);
        else if (t->field == FIELD_SUBNET_ORGANIZATION)
            hit = value_fits(t->match, s->organization, v);
        else if (t->field == FIELD_SUBNET_TAG)
            hit = tag_fits(q, t, s, v);
    }
    return hit != t->negate;
}

static int one_row(void *owner, const struct stored_subnet *s)
{
    struct listing *l = owner;
    for (unsigned i = 0; i < l->f->n; i++)
        if (!term_fits(l->q, &l->f->terms[i], s))
            return 0;
    l->total++;
    return l->total <= l->p.skip || l->total > (uint64_t)l->p.skip + l->p.limit ? 0 : write_subnet(l->q, l->j, s);
}

static int list(struct api_request *q, struct api_response *r)
{
    struct filter f;
    struct listing l = {.q = q, .j = &r->json, .f = &f};
    if (!filters_of(q, r, FILTER_SUBNETS, &f) || !page_of(q, r, PAGE_MOST, true, &l.p))
        return 0;
    list_begin(r);
    enum subnet_sort sort = str_eqi(l.p.sort, STR("category")) ? SUBNETS_BY_CATEGORY : str_eqi(l.p.sort, STR("tags")) ? SUBNETS_BY_TAGS : SUBNETS_BY_NAME;
    bool descending = str_set(l.p.sort) && !l.p.ascending; /* unasked: by name, upwards */
    int err = tab_subnets_each(q->db, sort, descending, one_row, &l);
    list_end(r, l.total, false, (uint64_t)l.p.skip + l.p.limit < l.total);
    return err;
}

static int get_one(struct api_request *q, struct api_response *r)
{
    struct stored_subnet s;
    int err = tab_subnets_get(q->db, q->arena, q->vars[0], &s);
    return err ? err : write_subnet(q, &r->json, &s);
}

/* ---- changes ---- */

static struct str finish(struct api_request *q, struct buf *b)
{
    struct str out = b->failed ? STR_NONE : str_dup(q->arena, buf_view(b));
    buf_free(b);
    return out;
}

static bool read_ranges(struct api_request *q, struct api_response *r, struct str *out)
{
    const struct jnode *list = jin_get(q->doc, q->params, STR("subnets"));
    struct buf b = {0};
    struct jout j = jout_to(&b);
    struct ip ip;
    unsigned mask, n = 0;
    jout_arr(&j);
    for (const struct jnode *m = list ? jin_first(q->doc, list) : NULL; m; m = jin_next(q->doc, list, m)) {
        struct str text = m->type == J_OBJ ? jin_str(q->doc, m, "originalString") : jin_text(m);
        if (!ip_network(text, &ip, &mask) || ++n > RANGES_MOST) {
            buf_free(&b);
            (void)api_bad_value(r, text, "CONSOLE_FORMS_NOT_VALID_VALUE");
            return false;
        }
        jout_str(&j, text);
    }
    jout_end_arr(&j);
    *out = finish(q, &b);
    if (n == 0)
        (void)api_refuse(r, 400, "subnets must be a list of addresses or networks");
    return n > 0;
}

/* Names as they are, ids as the names that they stand for. */
static bool read_tags(struct api_request *q, struct api_response *r, struct str *out)
{
    const struct jnode *list = jin_get(q->doc, q->params, STR("tags"));
    struct buf b = {0};
    struct jout j = jout_to(&b);
    unsigned n = 0;
    jout_arr(&j);
    for (const struct jnode *m = list ? jin_first(q->doc, list) : NULL; m; m = jin_next(q->doc, list, m)) {
        struct str text = str_trim(m->type == J_OBJ ? jin_str(q->doc, m, "name") : jin_text(m)), id, name;
        if (text.n == 0 || text.n > NAME_MOST || ++n > TAGS_MOST || tab_subnets_tag(q->db, q->arena, text, &id, &name) != 0) {
            buf_free(&b);
            (void)api_bad_value(r, text, "CONSOLE_FORMS_NOT_VALID_VALUE");
            return false;
        }
        jout_str(&j, str_set(name) ? name : text);
    }
    jout_end_arr(&j);
    *out = finish(q, &b);
    return true;
}

static bool read_subnet(struct api_request *q, struct api_response *r, struct stored_subnet *s)
{
    *s = (struct stored_subnet){.name = str_trim(api_str(q, "name")), .category = api_int(q, "category", 0), .organization = api_str(q, "organization"), .modified = q->now};
    if (s->name.n == 0 || s->name.n > NAME_MOST || s->organization.n > NAME_MOST) {
        (void)api_refuse(r, 400, "name must be 1 to 200 characters");
        return false;
    }
    if (s->category < 1 || s->category > 6) {
        (void)api_bad_value(r, api_str(q, "category"), "CONSOLE_FORMS_NOT_VALID_VALUE");
        return false;
    }
    return read_ranges(q, r, &s->ranges) && read_tags(q, r, &s->tags);
}

static struct str subnet_text(struct api_request *q, const struct stored_subnet *s)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    (void)write_subnet(q, &j, s);
    return finish(q, &b);
}

static int keep(struct api_request *q, const struct stored_subnet *s)
{
    int err = db_begin(q->db);
    return err ? err : db_end(q->db, tab_subnets_put(q->db, s));
}

static int create(struct api_request *q, struct api_response *r)
{
    struct stored_subnet s;
    uint8_t bytes[12];
    char id[25];
    if (!read_subnet(q, r, &s))
        return 0;
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2hex(id, sizeof id, bytes, sizeof bytes);
    s.id = str_of(id);
    int err = keep(q, &s);
    if (err == ERR_USAGE)
        return api_refuse(r, 400, "An IP range of this name exists already.");
    if (!err)
        err = api_audit(q, "IP range created", s.id, STR_NONE, subnet_text(q, &s));
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_SUBNETS);
    jout_str(&r->json, s.id);
    return 0;
}

static int update(struct api_request *q, struct api_response *r)
{
    struct stored_subnet before, s;
    int err = tab_subnets_get(q->db, q->arena, q->vars[0], &before);
    if (err)
        return err;
    if (!read_subnet(q, r, &s))
        return 0;
    s.id = before.id;
    err = keep(q, &s);
    if (err == ERR_USAGE)
        return api_refuse(r, 400, "An IP range of this name exists already.");
    if (!err)
        err = api_audit(q, "IP range changed", s.id, subnet_text(q, &before), subnet_text(q, &s));
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_SUBNETS);
    return write_subnet(q, &r->json, &s);
}

static int drop(struct api_request *q, struct api_response *r)
{
    struct stored_subnet before;
    int err = tab_subnets_get(q->db, q->arena, q->vars[0], &before);
    if (!err)
        err = tab_subnets_drop(q->db, q->vars[0]);
    if (!err)
        err = api_audit(q, "IP range deleted", q->vars[0], subnet_text(q, &before), STR_NONE);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_SUBNETS);
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

#define CAS(verb, path, needs, function, words) {.method = verb, .pattern = path, .right = needs, .handler = function, .about = words, .compatible = true}

static const struct api_route routes[] = {
    CAS(API_GET, "api/v1/subnet", RIGHT_VIEW_SUBNETS, list, "Lists IP ranges."),
    CAS(API_POST, "api/v1/subnet", RIGHT_VIEW_SUBNETS, list, "Lists IP ranges that a filter finds."),
    CAS(API_GET, "api/v1/subnet/{id}", RIGHT_VIEW_SUBNETS, get_one, "One IP range."),
    CAS(API_POST, "api/v1/subnet/create_rule", RIGHT_MANAGE_SUBNETS, create, "Makes an IP range; answers its id as a JSON string."),
    CAS(API_POST, "api/v1/subnet/{id}/update_rule", RIGHT_MANAGE_SUBNETS, update, "Replaces an IP range."),
    CAS(API_PATCH, "api/v1/subnet/{id}", RIGHT_MANAGE_SUBNETS, update, "Replaces an IP range."),
    CAS(API_DELETE, "api/v1/subnet/{id}", RIGHT_MANAGE_SUBNETS, drop, "Deletes an IP range."),
    {.pattern = NULL}};

const struct api_routes api_cas_subnets = {routes};
