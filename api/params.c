/* api/params.c - query strings, forms, multipart and JSON to one JSON object. */
#include "api/params.h"

#include "base/buf.h"
#include "base/jout.h"
#include "base/utf.h"

#include <stdlib.h>

enum { LEVELS = 28, MEMBERS = 10000 };

/* One member on its way: a node of a parsed document, or JSON text. */
struct member {
    struct str key;
    const struct jnode *node;
    struct str json;
    size_t order;
};

struct merge {
    struct jin *jin;
    struct arena *arena;
    struct member *members;
    size_t n, cap;
    struct fault *fault;
};

static int fail(struct merge *m, int err, const char *why, size_t offset)
{
    *m->fault = (struct fault){why, offset};
    return err;
}

/* ---- the last of duplicates ---- */

static int by_key(const void *pa, const void *pb)
{
    const struct member *a = pa, *b = pb;
    int c = str_cmp(a->key, b->key);
    return c ? c : (a->order > b->order) - (a->order < b->order);
}

static int by_order(const void *pa, const void *pb)
{
    const struct member *a = pa, *b = pb;
    return (a->order > b->order) - (a->order < b->order);
}

static size_t keep_last(struct member *m, size_t n)
{
    size_t kept = 0;
    if (n == 0)
        return 0;
    qsort(m, n, sizeof *m, by_key);
    for (size_t i = 0; i < n; i++)
        if (i + 1 == n || !str_eq(m[i].key, m[i + 1].key))
            m[kept++] = m[i];
    qsort(m, kept, sizeof *m, by_order);
    return kept;
}

/* ---- a parsed document written again, without duplicates ---- */

static int write_node(struct merge *m, struct jout *j, const struct jnode *doc, const struct jnode *n, unsigned depth);

static int write_key(struct merge *m, struct jout *j, struct str key)
{
    char *z = arena_alloc(m->arena, key.n + 1);
    if (!z)
        return ERR_MEMORY;
    if (key.n)
        memcpy(z, key.p, key.n);
    z[key.n] = '\0';
    if (strlen(z) != key.n)
        return fail(m, ERR_MALFORMED, "a member's name has a NUL in it", 0);
    jout_key(j, z);
    return 0;
}

static int write_object(struct merge *m, struct jout *j, const struct jnode *doc, const struct jnode *o, unsigned depth)
{
    size_t n = 0;
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c))
        n++;
    struct member *list = arena_alloc(m->arena, n * sizeof *list);
    if (!list)
        return ERR_MEMORY;
    n = 0;
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c), n++)
        list[n] = (struct member){.key = c->key, .node = c, .order = n};
    n = keep_last(list, n);
    jout_obj(j);
    int err = 0;
    for (size_t i = 0; !err && i < n; i++) {
        err = write_key(m, j, list[i].key);
        if (!err)
            err = write_node(m, j, doc, list[i].node, depth + 1);
    }
    jout_end_obj(j);
    return err;
}

static int write_array(struct merge *m, struct jout *j, const struct jnode *doc, const struct jnode *o, unsigned depth)
{
    int err = 0;
    jout_arr(j);
    for (const struct jnode *c = jin_first(doc, o); !err && c; c = jin_next(doc, o, c))
        err = write_node(m, j, doc, c, depth + 1);
    jout_end_arr(j);
    return err;
}

static int write_node(struct merge *m, struct jout *j, const struct jnode *doc, const struct jnode *n, unsigned depth)
{
    if (depth > LEVELS)
        return fail(m, ERR_LIMIT, "nested deeper than 28 levels", 0);
    switch ((enum jtype)n->type) {
    case J_OBJ: return write_object(m, j, doc, n, depth);
    case J_ARR: return write_array(m, j, doc, n, depth);
    case J_STR: jout_str(j, n->val); return 0;
    case J_NUM: jout_raw(j, n->val); return 0;
    case J_TRUE: jout_bool(j, true); return 0;
    case J_FALSE: jout_bool(j, false); return 0;
    case J_NULL: jout_null(j); return 0;
    }
    return 0;
}

static int add_json(struct merge *m, struct str key, struct str json)
{
    if (m->n == m->cap) {
        size_t cap = m->cap ? m->cap * 2 : 32;
        struct member *more = arena_alloc(m->arena, cap * sizeof *more);
        if (!more)
            return ERR_MEMORY;
        if (m->n)
            memcpy(more, m->members, m->n * sizeof *more);
        m->members = more;
        m->cap = cap;
    }
    m->members[m->n] = (struct member){.key = key, .json = json, .order = m->n};
    m->n++;
    return 0;
}

static int add_node(struct merge *m, struct str key, const struct jnode *doc, const struct jnode *n)
{
    struct buf text = {0};
    struct jout j = jout_to(&text);
    int err = write_node(m, &j, doc, n, 1);
    struct str json = STR_NONE;
    if (!err) {
        json = str_dup(m->arena, buf_view(&text));
        err = text.failed || !str_set(json) ? ERR_MEMORY : 0;
    }
    buf_free(&text);
    return err ? err : add_json(m, str_dup(m->arena, key), json);
}

/* ---- values that came as text ---- */

static bool looks_nested(struct str s)
{
    return s.n && (s.p[0] == '{' || s.p[0] == '[');
}

/* True with *err when the text is JSON or has to be. */
static bool add_nested(struct merge *m, struct str key, struct str text, int *err)
{
    const struct jnode *root;
    struct fault why;
    char *p = text.n < SIZE_MAX / 2 ? arena_alloc(m->arena, text.n + JIN_PADDING) : NULL;
    *err = ERR_MEMORY;
    if (!p)
        return true;
    memcpy(p, text.p, text.n);
    memset(p + text.n, 0, JIN_PADDING);
    *err = jin_parse(m->jin, p, text.n, &root, &why);
    if (*err == 0) {
        *err = add_node(m, key, root, root);
        return true;
    }
    if (!str_eq(key, STR("filters")))
        return false;
    *err = fail(m, ERR_MALFORMED, why.why, (size_t)why.offset);
    return true;
}

static int add_text(struct merge *m, struct str key, struct str value)
{
    int err;
    struct str trimmed = str_trim(value);
    key = utf_clean(m->arena, key);
    if (m->n >= MEMBERS)
        return fail(m, ERR_LIMIT, "more than 10,000 parameters", 0);
    if (str_eq(key, STR("filters")) && (trimmed.n == 0 || str_eq(trimmed, STR("null"))))
        return add_json(m, key, STR("null"));
    if (looks_nested(trimmed) && add_nested(m, key, trimmed, &err))
        return err;
    struct buf text = {0};
    struct jout j = jout_to(&text);
    jout_str(&j, value);
    struct str json = str_dup(m->arena, buf_view(&text));
    buf_free(&text);
    return str_set(json) ? add_json(m, key, json) : ERR_MEMORY;
}

/* ---- encodings ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = str_lower_char(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int params_decode(struct arena *a, struct str s, bool plus, struct str *out)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    if (!p)
        return ERR_MEMORY;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '+' && plus)
            c = ' ';
        if (s.p[i] == '%') {
            int high = i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
            int low = i + 2 < s.n ? hex_value(s.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return ERR_MALFORMED;
            c = (char)(high << 4 | low);
            i += 2;
        }
        p[n++] = c;
    }
    *out = (struct str){p, n};
    return 0;
}

static int add_form(struct merge *m, struct str form)
{
    struct str rest = form, pair;
    while (str_cut(&rest, '&', &pair)) {
        struct str key, value = pair;
        size_t at = (size_t)(pair.p - form.p);
        if (pair.n == 0)
            continue;
        (void)str_cut(&value, '=', &key);
        if (!str_set(value))
            value = STR("");
        int err = params_decode(m->arena, key, true, &key);
        if (!err)
            err = params_decode(m->arena, value, true, &value);
        if (err == ERR_MALFORMED)
            return fail(m, err, "a per cent sign without two hexadecimal digits", at);
        if (!err)
            err = add_text(m, key, value);
        if (err)
            return err;
    }
    return 0;
}

static int add_object(struct merge *m, struct str json)
{
    const struct jnode *root;
    struct fault why;
    int err = jin_parse(m->jin, json.p, json.n, &root, &why);
    if (err)
        return err == ERR_MEMORY ? err : fail(m, err, why.why, (size_t)why.offset);
    if (root->type != J_OBJ)
        return fail(m, ERR_MALFORMED, "not a JSON object", 0);
    for (const struct jnode *c = jin_first(root, root); !err && c; c = jin_next(root, root, c))
        err = add_node(m, c->key, root, c);
    return err;
}

struct str params_of_header(struct str header, struct str name)
{
    struct str rest = header, part;
    bool first = true;
    while (str_cut(&rest, ';', &part)) {
        struct str value = str_trim(part), key;
        if (first) {
            first = false;
            continue;
        }
        (void)str_cut(&value, '=', &key);
        if (!str_eqi(str_trim(key), name) || !str_set(value))
            continue;
        value = str_trim(value);
        if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
            value = str_sub(value, 1, value.n - 2);
        return value;
    }
    return STR_NONE;
}

static struct str header_of(struct str head, struct str name)
{
    struct str rest = head, line;
    while (str_cut(&rest, '\n', &line)) {
        struct str value = line, key;
        (void)str_cut(&value, ':', &key);
        if (str_set(value) && str_eqi(str_trim(key), name))
            return str_trim(value);
    }
    return STR_NONE;
}

/* RFC 7578, RFC 2046 5.1.1: parts between lines of two hyphens and the boundary. */
static int add_multipart(struct merge *m, struct str type, struct str body)
{
    struct str boundary = params_of_header(type, STR("boundary"));
    if (boundary.n == 0 || boundary.n > 70)
        return fail(m, ERR_MALFORMED, "multipart without a boundary of 1 to 70 characters", 0);
    struct str mark = str_fmt(m->arena, "--%.*s", STR_ARG(boundary));
    struct str between = str_fmt(m->arena, "\r\n--%.*s", STR_ARG(boundary));
    if (!str_set(mark) || !str_set(between))
        return ERR_MEMORY;
    ptrdiff_t at = str_find(body, mark);
    if (at < 0)
        return fail(m, ERR_MALFORMED, "multipart without its boundary", 0);
    struct str rest = str_from(body, (size_t)at + mark.n);
    while (str_starts(rest, STR("\r\n"))) {
        ptrdiff_t blank = str_find(rest, STR("\r\n\r\n")), end = blank < 0 ? -1 : str_find(str_from(rest, (size_t)blank + 2), between);
        if (end < 0)
            return fail(m, ERR_TRUNCATED, "a part of multipart does not end", (size_t)(rest.p - body.p));
        struct str name = params_of_header(header_of(str_sub(rest, 0, (size_t)blank), STR("content-disposition")), STR("name"));
        size_t from = (size_t)blank + 4, upto = (size_t)blank + 2 + (size_t)end;
        if (!str_set(name))
            return fail(m, ERR_MALFORMED, "a part of multipart has no name", (size_t)(rest.p - body.p));
        int err = add_text(m, name, from <= upto ? str_sub(rest, from, upto - from) : STR(""));
        if (err)
            return err;
        rest = str_from(rest, upto + between.n);
    }
    return str_starts(rest, STR("--")) ? 0 : fail(m, ERR_MALFORMED, "rubbish behind the boundary of multipart", (size_t)(rest.p - body.p));
}

static int add_body(struct merge *m, struct str type, struct str body)
{
    if (str_startsi(str_trim(type), STR("multipart/form-data")))
        return add_multipart(m, type, body);
    if (str_starts(body, STR("\xef\xbb\xbf")))
        body = str_from(body, 3);
    struct str trimmed = str_trim(body);
    if (trimmed.n == 0 || str_eq(trimmed, STR("null")))
        return 0;
    bool json = trimmed.p[0] == '{' || trimmed.p[0] == '[' || str_hasi(type, STR("json"));
    if (!json && (str_hasi(type, STR("x-www-form-urlencoded")) || str_chr(trimmed, '=') > 0))
        return add_form(m, trimmed);
    return add_object(m, trimmed);
}

int params_read(struct jin *jin, struct arena *a, const struct params_input *in, const struct jnode **doc, struct fault *fault)
{
    struct merge m = {.jin = jin, .arena = a, .fault = fault};
    struct buf text = {0};
    struct jout j = jout_to(&text);
    int err = add_form(&m, in->query);
    if (!err)
        err = add_body(&m, in->type, in->body);
    size_t n = err ? 0 : keep_last(m.members, m.n);
    jout_obj(&j);
    for (size_t i = 0; !err && i < n; i++) {
        err = write_key(&m, &j, m.members[i].key);
        if (!err)
            jout_raw(&j, m.members[i].json);
    }
    jout_end_obj(&j);
    const struct jnode *root = NULL;
    if (!err) {
        struct str kept = str_dup(a, buf_view(&text));
        root = str_set(kept) && !text.failed ? jin_embedded(a, kept) : NULL;
        err = root ? 0 : fail(&m, ERR_LIMIT, "too many parameters", 0);
    }
    buf_free(&text);
    if (!err)
        *doc = root;
    return err;
}
