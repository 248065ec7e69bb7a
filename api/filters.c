/* api/filters.c - filters, pages and envelopes of lists. */
#include "api/filters.h"

#include "store/tab_subnets.h"


struct filter_sources filters_sources(struct api_request *q)
{
    return (struct filter_sources){.db = q->db, .networks = tab_subnets_networks, .owner = q->db};
}

int filters_refuse(struct api_response *r, const struct filter_error *e)
{
    struct buf text = {0};
    (void)api_bad_value(r, e->value, e->code ? e->code : "CONSOLE_FORMS_NOT_VALID_VALUE");
    if (!e->why || r->body.n < 2)
        return 0;
    r->body.n--; /* the closing brace: one more member */
    struct jout j = jout_to(&text);
    jout_str(&j, str_of(e->why));
    buf_str(&r->body, STR(",\"detail\":"));
    buf_str(&r->body, buf_view(&text));
    buf_char(&r->body, '}');
    buf_free(&text);
    return 0;
}

static const struct jnode *parameter(struct api_request *q, struct filter_parser *p, struct filter *f, int *err)
{
    const struct jnode *filters = jin_get(q->doc, q->params, STR("filters"));
    struct str text = api_str(q, "query");
    if (!filters && str_set(text))
        *err = filter_parse_text(p, text, f);
    else
        *err = filter_parse(p, q->doc, filters, f);
    return filters;
}

static bool looked_up(struct api_request *q, struct api_response *r, const struct filter_parser *p, int err, const struct filter *names, struct filter *out)
{
    const struct filter_sources from = filters_sources(q);
    if (err == ERR_MALFORMED || err == ERR_LIMIT) {
        (void)filters_refuse(r, &p->error);
        return false;
    }
    if (!err)
        err = filter_people(&from, q->arena, names, out);
    if (err)
        (void)api_refuse(r, 500, err_text(err));
    return err == 0;
}

bool filters_of_node(struct api_request *q, struct api_response *r, enum filter_noun noun, const struct jnode *node, struct filter *names, struct filter *out)
{
    struct filter_parser p = {.arena = q->arena, .noun = noun, .now = q->now};
    struct filter f = {NULL, 0};
    int err = filter_parse(&p, q->doc, node, &f);
    if (names)
        *names = f;
    return looked_up(q, r, &p, err, &f, out);
}

bool filters_of(struct api_request *q, struct api_response *r, enum filter_noun noun, struct filter *out)
{
    struct filter_parser p = {.arena = q->arena, .noun = noun, .now = q->now};
    struct filter f = {NULL, 0};
    int err = 0;
    (void)parameter(q, &p, &f, &err);
    return looked_up(q, r, &p, err, &f, out);
}

int filters_and(struct arena *a, const struct filter *f, const struct filter_term *t, struct filter *out)
{
    struct filter_term *terms = arena_alloc(a, (f->n + 1) * sizeof *terms);
    if (!terms)
        return ERR_MEMORY;
    if (f->n)
        memcpy(terms, f->terms, f->n * sizeof *terms);
    terms[f->n] = *t;
    *out = (struct filter){terms, f->n + 1};
    return 0;
}

bool page_of(struct api_request *q, struct api_response *r, uint32_t most, bool lenient, struct page *out)
{
    int64_t skip = api_int(q, "skip", 0), limit = api_int(q, "limit", most < PAGE_MOST ? most : PAGE_MOST);
    struct str direction = api_str(q, "sortDirection");
    if (lenient && (limit < 1 || limit > most))
        limit = most;
    if (skip < 0 || skip > INT32_MAX || limit < 1 || limit > most) {
        (void)api_refuse(r, 400, "limit must be 1 to 100, skip 0 or more");
        return false;
    }
    *out = (struct page){.skip = (uint32_t)skip, .limit = (uint32_t)limit, .ascending = str_startsi(direction, STR("asc")), .sort = api_str(q, "sortField")};
    return true;
}

void list_begin(struct api_response *r)
{
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
}

void list_end(struct api_response *r, uint64_t total, bool beyond, bool more)
{
    jout_end_arr(&r->json);
    jout_kbool(&r->json, "hasNext", more);
    jout_ku64(&r->json, "max", PAGE_MOST);
    jout_ku64(&r->json, "total", total);
    jout_kbool(&r->json, "moreThanTotal", beyond);
    jout_end_obj(&r->json);
}
