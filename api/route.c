/* api/route.c - the tree of routes. */
#include "api/route.h"

#include "api/params.h"

#include <stdlib.h>

struct node {
    struct str segment; /* absent: a variable */
    uint32_t child, sibling; /* numbers of nodes, 0 none */
    const struct api_route *routes[API_METHODS];
};

struct route_tree {
    struct node *nodes; /* 0 is the root */
    uint32_t n, cap;
};

/* ---- building ---- */

static int new_node(struct route_tree *t, struct str segment, uint32_t *number)
{
    if (t->n == t->cap) {
        uint32_t cap = t->cap ? t->cap * 2 : 64;
        struct node *more = realloc(t->nodes, cap * sizeof *more);
        if (!more)
            return ERR_MEMORY;
        t->nodes = more;
        t->cap = cap;
    }
    t->nodes[t->n] = (struct node){.segment = segment};
    *number = t->n++;
    return 0;
}

static bool same_segment(struct str a, struct str b)
{
    return str_set(a) == str_set(b) && str_eq(a, b);
}

static int child_of(struct route_tree *t, uint32_t parent, struct str segment, uint32_t *child)
{
    for (uint32_t c = t->nodes[parent].child; c; c = t->nodes[c].sibling) {
        if (same_segment(t->nodes[c].segment, segment)) {
            *child = c;
            return 0;
        }
    }
    int err = new_node(t, segment, child);
    if (err)
        return err;
    t->nodes[*child].sibling = t->nodes[parent].child;
    t->nodes[parent].child = *child;
    return 0;
}

static int add_route(struct route_tree *t, const struct api_route *r)
{
    struct str rest = str_of(r->pattern), segment;
    uint32_t at = 0;
    unsigned n = 0, vars = 0;
    while (str_cut(&rest, '/', &segment)) {
        bool var = segment.n > 1 && segment.p[0] == '{';
        vars += var;
        if (++n > ROUTE_SEGMENTS || vars > ROUTE_VARS || segment.n == 0)
            return ERR_USAGE;
        int err = child_of(t, at, var ? STR_NONE : segment, &at);
        if (err)
            return err;
    }
    if (t->nodes[at].routes[r->method])
        return ERR_USAGE;
    t->nodes[at].routes[r->method] = r;
    return 0;
}

int route_tree_open(struct route_tree **out, const struct api_routes *const *lists, const char **bad)
{
    uint32_t root;
    struct route_tree *t = calloc(1, sizeof *t);
    int err = t ? new_node(t, STR_NONE, &root) : ERR_MEMORY;
    for (size_t i = 0; !err && lists[i]; i++) {
        for (const struct api_route *r = lists[i]->routes; !err && r->pattern; r++) {
            err = add_route(t, r);
            if (err == ERR_USAGE)
                *bad = r->pattern;
        }
    }
    if (err) {
        route_tree_close(t);
        return err;
    }
    *out = t;
    return 0;
}

void route_tree_close(struct route_tree *t)
{
    if (t)
        free(t->nodes);
    free(t);
}

/* ---- paths ---- */

static bool sound_segment(struct str s)
{
    return str_one_line(s) && !str_eq(s, STR(".")) && !str_eq(s, STR(".."));
}

static void insert(struct route_path *p, unsigned at, struct str segment)
{
    memmove(&p->segment[at + 1], &p->segment[at], (p->n - at) * sizeof p->segment[0]);
    p->segment[at] = segment;
    p->n++;
}

static void drop_first(struct route_path *p)
{
    p->n--;
    memmove(&p->segment[0], &p->segment[1], p->n * sizeof p->segment[0]);
}

static bool is(const struct route_path *p, unsigned i, struct str what)
{
    return i < p->n && str_eq(p->segment[i], what);
}

/* "cas" in front and a missing "api" or "v1" make no difference. */
static void fold(struct route_path *p)
{
    if (is(p, 0, STR("cas")) && (is(p, 1, STR("api")) || is(p, 1, STR("v1"))))
        drop_first(p);
    if (is(p, 0, STR("v1")))
        insert(p, 0, STR("api"));
    if (is(p, 0, STR("api")) && p->n > 1 && !is(p, 1, STR("v1")) && !is(p, 1, STR("vigie")))
        insert(p, 1, STR("v1"));
}

static int join(struct arena *a, struct route_path *p)
{
    size_t n = 0, starts[ROUTE_SEGMENTS + 2] = {0};
    for (unsigned i = 0; i < p->n; i++)
        n += p->segment[i].n + 1;
    char *text = arena_alloc(a, n + 1);
    if (!text)
        return ERR_MEMORY;
    n = 0;
    for (unsigned i = 0; i < p->n; i++) {
        if (i)
            text[n++] = '/';
        starts[i] = n;
        memcpy(text + n, p->segment[i].p, p->segment[i].n);
        n += p->segment[i].n;
    }
    p->joined = p->rest = (struct str){text, n};
    unsigned prefix = !is(p, 0, STR("api")) ? 0 : is(p, 1, STR("vigie")) ? 3 : 2;
    if (prefix)
        p->rest = prefix < p->n ? str_from(p->joined, starts[prefix]) : STR("");
    return 0;
}

int route_path_of(struct arena *a, struct str raw, struct route_path *out)
{
    struct route_path p = {.n = 0};
    struct str rest = raw, segment;
    while (str_cut(&rest, '/', &segment)) {
        if (segment.n == 0)
            continue;
        if (p.n == ROUTE_SEGMENTS - 1) /* room for what folding inserts */
            return ERR_LIMIT;
        int err = params_decode(a, segment, false, &segment);
        if (err)
            return err;
        if (!sound_segment(segment))
            return ERR_MALFORMED;
        p.segment[p.n++] = segment;
    }
    fold(&p);
    int err = join(a, &p);
    if (!err)
        *out = p;
    return err;
}

/* ---- finding ---- */

struct search {
    const struct route_tree *t;
    const struct route_path *path;
    enum api_method method;
    struct str vars[ROUTE_VARS];
    struct route_match *out;
};

static bool descend(struct search *s, uint32_t at, unsigned depth, unsigned nvars);

static bool arrive(struct search *s, const struct node *n)
{
    for (unsigned m = 0; m < API_METHODS; m++)
        if (n->routes[m])
            s->out->methods |= 1u << m;
    if (!n->routes[s->method])
        return false;
    s->out->route = n->routes[s->method];
    memcpy(s->out->vars, s->vars, sizeof s->vars);
    return true;
}

static bool descend_into(struct search *s, uint32_t parent, unsigned depth, unsigned nvars, bool var)
{
    for (uint32_t c = s->t->nodes[parent].child; c; c = s->t->nodes[c].sibling) {
        const struct node *n = &s->t->nodes[c];
        if (str_set(n->segment) == var || (!var && !str_eq(n->segment, s->path->segment[depth])))
            continue;
        if (var)
            s->vars[nvars] = s->path->segment[depth];
        return descend(s, c, depth + 1, nvars + var);
    }
    return false;
}

static bool descend(struct search *s, uint32_t at, unsigned depth, unsigned nvars)
{
    if (depth == s->path->n)
        return arrive(s, &s->t->nodes[at]);
    return descend_into(s, at, depth, nvars, false) || descend_into(s, at, depth, nvars, true);
}

bool route_find(const struct route_tree *t, const struct route_path *path, enum api_method method, struct route_match *out)
{
    struct search s = {.t = t, .path = path, .method = method, .out = out};
    *out = (struct route_match){.route = NULL};
    return descend(&s, 0, 0, 0);
}
