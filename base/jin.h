/* base/jin.h - reading one JSON document (RFC 8259) into a flat array of nodes.
 *
 * The parser is simdjson; this is the C side of its shim, jin_simd.cc. Nodes come in document order: a
 * container is followed by its children, `next` is the index behind a node's whole subtree. Strings without
 * escapes stay where they are in the document; unescaped ones live until the next parse by the same reader.
 * Numbers keep their text; for containers `val` is the raw JSON text. A lone surrogate becomes U+FFFD and sets
 * `mended` (of the value; nothing tells it of a key). A document is an object or an array.
 * Limits: 64 levels, 1,000,000 nodes, 4 GB; they give ERR_LIMIT. One reader per thread. */
#ifndef VIGIE_BASE_JIN_H
#define VIGIE_BASE_JIN_H

#include "base/err.h"
#include "base/str.h"

enum { JIN_PADDING = 64 }; /* readable bytes that must follow the document in memory */

enum jtype { J_NULL, J_FALSE, J_TRUE, J_NUM, J_STR, J_ARR, J_OBJ };

struct jnode {
    struct str key; /* absent in arrays and at the root */
    struct str val; /* text of a string or number, raw JSON of a container */
    uint32_t next;
    uint8_t type; /* enum jtype */
    bool mended;
};

struct jin; /* a reusable parser with its memory */

struct jin *jin_new(void);
void jin_free(struct jin *j);
/* Parses [p, p+n), after which JIN_PADDING readable bytes must follow. On success *root is node 0.
 * On failure fault says why; its offset is 0 for what is wrong with bytes and quotes rather than with the grammar. */
int jin_parse(struct jin *j, const char *p, size_t n, const struct jnode **root, struct fault *fault);

/* ---- walking: `o` is any node of a parsed document ---- */

static inline const struct jnode *jin_first(const struct jnode *doc, const struct jnode *o)
{
    return (o->type == J_OBJ || o->type == J_ARR) && o + 1 < doc + o->next ? o + 1 : NULL;
}

static inline const struct jnode *jin_next(const struct jnode *doc, const struct jnode *parent, const struct jnode *child)
{
    const struct jnode *n = doc + child->next;
    return n < doc + parent->next ? n : NULL;
}

/* The member `key` of object `o`, NULL when absent; the last of duplicates does not win, the first does. */
const struct jnode *jin_get(const struct jnode *doc, const struct jnode *o, struct str key);
/* Members behind dots: "properties.initiatedBy.user". */
const struct jnode *jin_path(const struct jnode *doc, const struct jnode *o, const char *path);
/* The text of a string, number, true or false member; absent for null, containers and no member. */
struct str jin_str(const struct jnode *doc, const struct jnode *o, const char *path);
bool jin_u64(const struct jnode *doc, const struct jnode *o, const char *path, uint64_t *value);
struct str jin_word(const struct jnode *n); /* of jin_text */

/* The text of a scalar node. */
static inline struct str jin_text(const struct jnode *n)
{
    return n && (n->type == J_STR || n->type == J_NUM) ? n->val : jin_word(n);
}

/* A JSON document inside a text value, as some logs nest them: parsed into the arena, without a reader and
 * without its speed. The document's root (its nodes are walked with it as `doc`), or NULL when the text is not
 * one JSON value or is too large for the arena. 32 levels. */
struct arena;
const struct jnode *jin_embedded(struct arena *a, struct str text);

#endif
