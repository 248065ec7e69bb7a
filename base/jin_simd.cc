// base/jin_simd.cc - the one C++ file: simdjson finds the structure, this builds the nodes of base/jin.h.
//
// simdjson's first stage checks UTF-8, control characters in strings and closed quotes, and lists the places of
// brackets, commas, colons and first bytes of scalars (Langdale and Lemire, "Parsing Gigabytes of JSON per Second",
// section 3.1). The grammar of RFC 8259 is walked here, over that list. No exception leaves this file.
#include <simdjson.h>

#include <memory>
#include <new>

extern "C" {
#include "base/jin.h"
#include "base/utf.h"
}

namespace sj = simdjson;

constexpr unsigned max_depth = 64;
constexpr size_t max_nodes = 1000000;

struct jin {
    std::unique_ptr<sj::internal::dom_parser_implementation> stage;
    std::unique_ptr<jnode[]> nodes;
    size_t node_room = 0;
    std::unique_ptr<char[]> text; // unescaped strings; no longer than the document
    size_t text_room = 0, texts = 0;
    uint32_t open[max_depth + 1]; // nodes of the containers around the place at hand
};

namespace {

bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int hex4(const char *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

size_t digits(const char *p, size_t from, size_t to)
{
    while (from < to && p[from] >= '0' && p[from] <= '9')
        from++;
    return from;
}

// RFC 8259 section 6: behind the number that begins at `from`, 0 when none does.
size_t number_end(const char *doc, size_t from, size_t to)
{
    size_t k = from + (doc[from] == '-'), whole = k;
    k = digits(doc, k, to);
    bool good = k > whole && (k == whole + 1 || doc[whole] != '0');
    if (good && k < to && doc[k] == '.') {
        size_t fraction = ++k;
        k = digits(doc, k, to);
        good = k > fraction;
    }
    if (good && k < to && (doc[k] == 'e' || doc[k] == 'E')) {
        k++;
        k += k < to && (doc[k] == '+' || doc[k] == '-');
        size_t exponent = k;
        k = digits(doc, k, to);
        good = k > exponent;
    }
    return good ? k : 0;
}

// The code point behind "\u" at k; a lone surrogate is replaced.
bool unicode(const char *doc, size_t &k, size_t to, uint32_t &code, bool &mended)
{
    int c = to - k >= 4 ? hex4(doc + k) : -1;
    if (c < 0)
        return false;
    k += 4;
    code = static_cast<uint32_t>(c);
    if (code < 0xd800 || code > 0xdfff)
        return true;
    int low = code < 0xdc00 && to - k >= 6 && doc[k] == '\\' && doc[k + 1] == 'u' ? hex4(doc + k + 2) : -1;
    if (low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (static_cast<uint32_t>(low) - 0xdc00);
        k += 6;
        return true;
    }
    code = 0xfffd;
    mended = true;
    return true;
}

bool escape(const char *doc, size_t &k, size_t to, char *out, size_t &length, bool &mended)
{
    static const char from[] = "\"\\/bfnrt", plain_[] = "\"\\/\b\f\n\r\t";
    const char *known = k < to ? static_cast<const char *>(memchr(from, doc[k], 8)) : nullptr;
    if (known) {
        out[length++] = plain_[known - from];
        k++;
        return true;
    }
    uint32_t code;
    if (k >= to || doc[k] != 'u' || !unicode(doc, ++k, to, code, mended))
        return false;
    length += utf_put(out + length, code);
    return true;
}

size_t find_escape(const char *doc, size_t from, size_t end)
{
    const void *found = memchr(doc + from, '\\', end - from);
    return found ? static_cast<size_t>(static_cast<const char *>(found) - doc) : end;
}

// The text between the quotes, made in j.text, where there is room for it. False: at k is an escape that is none.
bool unescape(jin &j, const char *doc, size_t &k, size_t to, struct str &out, bool &mended)
{
    char *start = j.text.get() + j.texts;
    size_t length = 0;
    while (k < to) {
        size_t stop = find_escape(doc, k, to);
        memcpy(start + length, doc + k, stop - k);
        length += stop - k;
        k = stop + 1;
        if (stop < to && !escape(doc, k, to, start, length, mended)) {
            k = stop;
            return false;
        }
    }
    j.texts += length;
    out = {start, length};
    return true;
}

bool text_room(jin &j, size_t n)
{
    if (j.text_room < n) {
        j.text.reset(new (std::nothrow) char[n]);
        j.text_room = j.text ? n : 0;
    }
    return j.text_room >= n;
}

// Goes over the structural bytes. Its state lives in registers: nothing that is not inlined gets a pointer to it.
#define HOT [[gnu::always_inline]] inline
class walk {
public:
    walk(jin &parser, const char *p, size_t length)
        : j(parser), doc(p), end(length), index(parser.stage->structural_indexes.get()), stop(index + parser.stage->n_structural_indexes),
          node(parser.nodes.get()), escape_at(find_escape(p, 0, length))
    {
    }

    HOT int document()
    {
        if (doc[*index] != '{' && doc[*index] != '[')
            return fail("a JSON document that is neither object nor array", 0);
        int e = 0;
        *node = jnode{};
        open();
        while (!e && depth > 0)
            e = peek() == closing ? close() : next();
        if (!e && index < stop)
            return fail("something follows the JSON document", *index);
        return e;
    }

    const char *why = nullptr;
    size_t where = 0;

private:
    jin &j;
    const char *doc;
    size_t end;
    const uint32_t *index, *stop; // *stop is end
    jnode *node;                  // the next one; every value has a structural byte of its own, so there is room
    uint32_t n = 0;               // of nodes before it
    uint32_t self = 0;            // the innermost container
    char closing = 0;             // what ends it
    unsigned depth = 0;
    size_t escape_at; // the first backslash that is not yet passed, `end` when there is none: most strings need no second look

    HOT char peek() const { return index < stop ? doc[*index] : '\0'; }

    HOT int fail(const char *reason, size_t offset, int e = ERR_MALFORMED)
    {
        why = reason;
        where = offset;
        return e;
    }

    // After the scalar that ends before `to` only blanks come before the next structural byte.
    HOT bool ended(size_t to) const { return to == *index || (to < end && blank(doc[to])); }

    HOT int put(uint8_t type)
    {
        node->type = type;
        node->next = ++n;
        node++;
        return 0;
    }

    HOT int number()
    {
        size_t from = *index++, to = number_end(doc, from, *index);
        if (!to || !ended(to))
            return fail("no JSON value", from);
        node->val = {doc + from, to - from};
        return put(J_NUM);
    }

    HOT int word(const char *text, size_t length, uint8_t type)
    {
        size_t from = *index++;
        if (end - from < length || memcmp(doc + from, text, length) != 0 || !ended(from + length))
            return fail("no JSON value", from);
        node->val = STR_NONE;
        return put(type);
    }

    HOT int string(struct str &out, bool &mended)
    {
        size_t from = *index++ + 1, to = *index - 1;
        while (to > from && blank(doc[to]))
            to--;
        if (to < from || doc[to] != '"')
            return fail("a string that does not end", from - 1);
        if (escape_at < from)
            escape_at = find_escape(doc, from, end);
        if (escape_at >= to) {
            out = {doc + from, to - from};
            return 0;
        }
        if (!text_room(j, end))
            return fail("out of memory while parsing JSON", from, ERR_MEMORY);
        size_t k = from;
        return unescape(j, doc, k, to, out, mended) ? 0 : fail("an escape that is none", k);
    }

    HOT void enter(uint32_t container)
    {
        self = container;
        closing = j.nodes[self].type == J_OBJ ? '}' : ']';
    }

    HOT int open()
    {
        node->val.p = doc + *index;
        j.open[depth++] = n;
        uint32_t container = n;
        put(doc[*index++] == '{' ? J_OBJ : J_ARR);
        enter(container);
        return 0;
    }

    HOT int close()
    {
        jnode &container = j.nodes[self];
        container.next = n;
        container.val.n = static_cast<size_t>(doc + *index++ + 1 - container.val.p);
        if (--depth > 0)
            enter(j.open[depth - 1]);
        return 0;
    }

    // The comma and the name before the next value of the innermost container.
    HOT int name()
    {
        if (n > self + 1) {
            if (peek() != ',')
                return fail("neither comma nor closing bracket", *index);
            index++;
        }
        if (closing == ']') {
            node->key = STR_NONE;
            return 0;
        }
        bool mended;
        if (peek() != '"')
            return fail("no name where a member should be", *index);
        int e = string(node->key, mended);
        if (!e && peek() != ':')
            return fail("no colon behind a name", *index);
        index++;
        return e;
    }

    HOT int next()
    {
        int e = name();
        if (e)
            return e;
        if (depth > max_depth || n >= max_nodes)
            return fail(depth > max_depth ? "JSON nested too deeply" : "too many JSON values", *index, ERR_LIMIT);
        if (index >= stop)
            return fail("the JSON document ends too early", end);
        node->mended = false;
        switch (doc[*index]) {
        case '"': e = string(node->val, node->mended); return e ? e : put(J_STR);
        case '{':
        case '[': return open();
        case 't': return word("true", 4, J_TRUE);
        case 'f': return word("false", 5, J_FALSE);
        case 'n': return word("null", 4, J_NULL);
        default: return number();
        }
    }
};

int prepare(jin &j, size_t n)
{
    if (!j.stage)
        return sj::get_active_implementation()->create_dom_parser_implementation(n, max_depth, j.stage) ? ERR_MEMORY : 0;
    return j.stage->capacity() < n && j.stage->allocate(n, max_depth) ? ERR_MEMORY : 0;
}

int build(jin &j, const char *p, size_t n, struct fault *fault)
{
    constexpr size_t least = 4096;
    *fault = {"out of memory while parsing JSON", 0};
    if (prepare(j, n < least ? least : n))
        return ERR_MEMORY;
    sj::error_code e = j.stage->stage1(reinterpret_cast<const uint8_t *>(p), n, sj::stage1_mode::regular);
    if (e) {
        fault->why = sj::error_message(e);
        return e == sj::CAPACITY ? ERR_LIMIT : ERR_MALFORMED;
    }
    size_t count = j.stage->n_structural_indexes;
    size_t room = (count < max_nodes ? count : max_nodes) + 1; // the name of a value too many is written before it is refused
    if (j.node_room < room) {
        j.nodes.reset(new (std::nothrow) jnode[room]);
        j.node_room = j.nodes ? room : 0;
        if (!j.nodes)
            return ERR_MEMORY;
    }
    j.stage->structural_indexes[count] = static_cast<uint32_t>(n); // simdjson keeps room for ends of its own there
    j.texts = 0;
    walk w(j, p, n);
    int result = w.document();
    *fault = {w.why, w.where};
    return result;
}

} // namespace

extern "C" struct jin *jin_new(void)
{
    return new (std::nothrow) jin;
}

extern "C" void jin_free(struct jin *j)
{
    delete j;
}

extern "C" int jin_parse(struct jin *j, const char *p, size_t n, const struct jnode **root, struct fault *fault)
{
    if (n == 0 || n > UINT32_MAX - 64) {
        *fault = {n ? "a JSON document of four gigabytes" : "an empty JSON document", 0};
        return n ? ERR_LIMIT : ERR_MALFORMED;
    }
    int err = build(*j, p, n, fault);
    if (!err)
        *root = j->nodes.get();
    return err;
}
