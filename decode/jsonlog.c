/* decode/jsonlog.c - what the decoders of JSON audit logs share. */
#include "decode/jsonlog.h"

static unsigned field_of(const struct jsonlog_names *names, struct str name)
{
    const struct jsonlog_name *rows = names->row;
    size_t from = 0, n = names->n, to = n;
    while (from < to) { /* the first row of that length */
        size_t middle = from + (to - from) / 2;
        if (rows[middle].name.n < name.n)
            from = middle + 1;
        else
            to = middle;
    }
    for (; from < n && rows[from].name.n == name.n; from++)
        if (rows[from].name.p[0] == str_lower_char(name.p[0]) && str_eqi(rows[from].name, name))
            return rows[from].field;
    return 0;
}

void jsonlog_fields(struct decode *d, const struct jnode *doc, const struct jnode *o, const struct jsonlog_names *names, const struct jnode **at)
{
    for (const struct jnode *c = o ? jin_first(doc, o) : NULL; c; c = jin_next(doc, o, c)) {
        struct decode_name *kept = jsonlog_kept(d, names, c->key);
        unsigned f = kept && kept->known ? kept->is : field_of(names, c->key);
        if (kept) {
            kept->is = f;
            kept->known = true;
        }
        if (f && !at[f] && c->type != J_NULL)
            at[f] = c;
    }
}

struct jsonlog_part jsonlog_open(struct decode *d, const struct jnode *doc, const struct jnode *n)
{
    struct jsonlog_part none = {0};
    if (!n || n->type == J_NULL)
        return none;
    if (n->type == J_OBJ || n->type == J_ARR)
        return (struct jsonlog_part){doc, n};
    const struct jnode *inner = n->type == J_STR ? jin_embedded(d->arena, n->val) : NULL;
    return inner ? (struct jsonlog_part){inner, inner} : none;
}

const struct jnode *jsonlog_named(const struct jnode *doc, const struct jnode *list, struct str name_key, struct str name,
                                  struct str value_key)
{
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c)) {
        const struct jnode *n = jin_first(doc, c); /* the name mostly comes first */
        if (n && !str_eq(n->key, name_key))
            n = jin_get(doc, c, name_key);
        if (n && n->val.n == name.n && str_eqi(jin_text(n), name))
            return jin_get(doc, c, value_key);
    }
    return NULL;
}

uint64_t jsonlog_count(const struct jnode *doc, const struct jnode *list)
{
    uint64_t n = 0;
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c))
        n++;
    return n;
}

bool jsonlog_hundredths(struct str s, int16_t *value)
{
    bool minus = s.n && s.p[0] == '-';
    struct str whole, fraction = minus ? str_from(s, 1) : s;
    uint64_t degrees, hundredths = 0;
    if (!str_cut(&fraction, '.', &whole) || !str_u64(whole, &degrees) || degrees > 180)
        return false;
    for (size_t i = 0; i < 3; i++) {
        char c = i < fraction.n ? fraction.p[i] : '0';
        if (c < '0' || c > '9')
            return false;
        hundredths = hundredths * 10 + (uint64_t)(c - '0');
    }
    int v = (int)(degrees * 100 + (hundredths + 5) / 10);
    *value = (int16_t)(minus ? -v : v);
    return true;
}

bool jsonlog_guid(struct str s)
{
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        char c = str_lower_char(s.p[i]);
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

static void add(struct jsonlog_words *w, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool blank = !w->blanks && (unsigned char)s.p[i] <= ' ';
        if (w->n + 3 > JSONLOG_WORDS)
            return;
        if (blank)
            memcpy(w->p + w->n, "%20", 3);
        else
            w->p[w->n] = s.p[i];
        w->n += blank ? 3 : 1;
    }
}

void jsonlog_word(struct jsonlog_words *w, struct str prefix, struct str text)
{
    if (!str_set(text))
        return;
    if (!w->p)
        w->p = arena_alloc(w->arena, JSONLOG_WORDS);
    if (!w->p || w->n + 1 > JSONLOG_WORDS)
        return;
    if (w->n)
        w->p[w->n++] = ' ';
    jsonlog_join(w, prefix, text);
}

void jsonlog_join(struct jsonlog_words *w, struct str prefix, struct str text)
{
    if (!w->p)
        return;
    add(w, prefix);
    add(w, text);
}

struct str jsonlog_words_text(const struct jsonlog_words *w)
{
    return w->n ? (struct str){w->p, w->n} : STR_NONE;
}

static enum kind listed(const struct jsonlog_op *rows, size_t n, struct str name)
{
    size_t from = 0, to = n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = str_cmpi(name, rows[middle].name);
        if (order == 0)
            return rows[middle].kind;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return KIND_UNKNOWN;
}

enum kind jsonlog_kind(struct decode *d, const struct jsonlog_op *rows, size_t n, struct str name)
{
    struct decode_name *kept = jsonlog_kept(d, rows, name);
    if (kept && kept->known)
        return (enum kind)kept->is;
    enum kind k = listed(rows, n, name);
    if (kept) {
        kept->is = k;
        kept->known = true;
    }
    return k;
}
