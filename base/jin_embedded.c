/* base/jin_embedded.c - reading a JSON document that lies inside a text value (RFC 8259). */
#include "base/arena.h"
#include "base/jin.h"
#include "base/utf.h"

enum { LEVELS = 32 };

struct reader {
    struct arena *arena;
    struct str text;
    size_t at;
    struct jnode *nodes;
    size_t n, cap;
};

static char peek(const struct reader *r)
{
    return r->at < r->text.n ? r->text.p[r->at] : '\0';
}

static void blanks(struct reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\r' || peek(r) == '\n')
        r->at++;
}

static bool skip(struct reader *r, char c)
{
    blanks(r);
    if (peek(r) != c)
        return false;
    r->at++;
    return true;
}

static bool hex4(struct reader *r, uint32_t *code)
{
    uint32_t v = 0;
    if (r->text.n - r->at < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        char c = str_lower_char(r->text.p[r->at + i]);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        v = v << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    r->at += 4;
    *code = v;
    return true;
}

/* After "\u": one code point, a pair of surrogates taken together, a lone one replaced. */
static bool unicode(struct reader *r, uint32_t *code, bool *mended)
{
    uint32_t low;
    if (!hex4(r, code))
        return false;
    if (*code < 0xd800 || *code > 0xdfff)
        return true;
    size_t back = r->at;
    if (*code < 0xdc00 && r->text.n - r->at >= 6 && r->text.p[r->at] == '\\' && r->text.p[r->at + 1] == 'u') {
        r->at += 2;
        if (hex4(r, &low) && low >= 0xdc00 && low <= 0xdfff) {
            *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
            return true;
        }
        r->at = back;
    }
    *code = 0xfffd;
    *mended = true;
    return true;
}

static bool escape(struct reader *r, char *out, size_t *n, bool *mended)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = peek(r);
    const char *at = c ? strchr(from, c) : NULL;
    uint32_t code;
    r->at++;
    if (at) {
        out[(*n)++] = to[at - from];
        return true;
    }
    if (c != 'u' || !unicode(r, &code, mended))
        return false;
    *n += utf_put(out + *n, code);
    return true;
}

/* Behind the opening quote. Texts without escapes stay where they are. */
static bool string(struct reader *r, struct str *out, bool *mended)
{
    size_t start = r->at, end = start;
    bool escapes = false;
    while (end < r->text.n && r->text.p[end] != '"') {
        if ((unsigned char)r->text.p[end] < 0x20)
            return false;
        escapes |= r->text.p[end] == '\\';
        end += r->text.p[end] == '\\' ? 2 : 1;
    }
    if (end >= r->text.n)
        return false;
    *out = str_sub(r->text, start, end - start);
    r->at = end + 1;
    if (!escapes)
        return true;
    char *p = arena_alloc(r->arena, end - start + 4);
    size_t n = 0;
    r->at = start;
    while (p && r->at < end) {
        char c = r->text.p[r->at++];
        if (c != '\\')
            p[n++] = c;
        else if (!escape(r, p, &n, mended))
            return false;
    }
    r->at = end + 1;
    *out = (struct str){p, n};
    return p != NULL;
}

static bool word(struct reader *r, const char *w)
{
    struct str s = str_of(w);
    if (!str_eq(str_sub(r->text, r->at, s.n), s))
        return false;
    r->at += s.n;
    return true;
}

static size_t digits(struct reader *r)
{
    size_t from = r->at;
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    return r->at - from;
}

/* RFC 8259 6 */
static bool number(struct reader *r, struct str *out)
{
    size_t start = r->at;
    r->at += peek(r) == '-';
    bool zero = peek(r) == '0';
    size_t n = digits(r);
    if (n == 0 || (zero && n > 1))
        return false;
    if (peek(r) == '.') {
        r->at++;
        if (!digits(r))
            return false;
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        r->at += peek(r) == '+' || peek(r) == '-';
        if (!digits(r))
            return false;
    }
    *out = str_sub(r->text, start, r->at - start);
    return true;
}

static bool value(struct reader *r, struct str key, unsigned level);

static bool members(struct reader *r, char close, unsigned level)
{
    if (skip(r, close))
        return true;
    do {
        struct str key = STR_NONE;
        bool mended = false;
        if (close == '}' && (!skip(r, '"') || !string(r, &key, &mended) || !skip(r, ':')))
            return false;
        if (!value(r, key, level + 1))
            return false;
    } while (skip(r, ','));
    return skip(r, close);
}

static bool scalar(struct reader *r, struct jnode *n, char c)
{
    switch (c) {
    case '"':
        r->at++;
        n->type = J_STR;
        return string(r, &n->val, &n->mended);
    case 't': n->type = J_TRUE; return word(r, "true");
    case 'f': n->type = J_FALSE; return word(r, "false");
    case 'n': n->type = J_NULL; return word(r, "null");
    default: n->type = J_NUM; return number(r, &n->val);
    }
}

static bool value(struct reader *r, struct str key, unsigned level)
{
    blanks(r);
    if (level > LEVELS || r->n == r->cap)
        return false;
    struct jnode *n = &r->nodes[r->n++];
    size_t start = r->at;
    char c = peek(r);
    bool ok;
    *n = (struct jnode){.key = key};
    if (c == '{' || c == '[') {
        r->at++;
        n->type = c == '{' ? J_OBJ : J_ARR;
        ok = members(r, c == '{' ? '}' : ']', level);
        n->val = str_sub(r->text, start, r->at - start);
    } else {
        ok = scalar(r, n, c);
    }
    n->next = (uint32_t)r->n;
    return ok;
}

const struct jnode *jin_embedded(struct arena *a, struct str text)
{
    struct reader r = {.arena = a, .text = text, .cap = 1};
    for (size_t i = 0; i < text.n; i++) /* every node but the root follows one of these */
        r.cap += text.p[i] == ',' || text.p[i] == '[' || text.p[i] == '{';
    if (!str_set(text) || r.cap > UINT32_MAX / sizeof *r.nodes)
        return NULL;
    r.nodes = arena_alloc(a, r.cap * sizeof *r.nodes);
    if (!r.nodes || !value(&r, STR_NONE, 0))
        return NULL;
    blanks(&r);
    return r.at == text.n ? r.nodes : NULL;
}
