/* base/jin.c - finding members in parsed JSON. */
#include "base/jin.h"

const struct jnode *jin_get(const struct jnode *doc, const struct jnode *o, struct str key)
{
    if (!o || o->type != J_OBJ)
        return NULL;
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c))
        if (c->key.n == key.n && (key.n == 0 || (c->key.p[0] == key.p[0] && memcmp(c->key.p, key.p, key.n) == 0)))
            return c;
    return NULL;
}

const struct jnode *jin_path(const struct jnode *doc, const struct jnode *o, const char *path)
{
    while (o) {
        size_t n = 0;
        while (path[n] != '\0' && path[n] != '.')
            n++;
        o = jin_get(doc, o, (struct str){path, n});
        if (path[n] == '\0')
            break;
        path += n + 1;
    }
    return o;
}

struct str jin_word(const struct jnode *n)
{
    return n && n->type == J_TRUE ? STR("true") : n && n->type == J_FALSE ? STR("false") : STR_NONE;
}

struct str jin_str(const struct jnode *doc, const struct jnode *o, const char *path)
{
    return jin_text(jin_path(doc, o, path));
}

bool jin_u64(const struct jnode *doc, const struct jnode *o, const char *path, uint64_t *value)
{
    return str_u64(jin_str(doc, o, path), value);
}
