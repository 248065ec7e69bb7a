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

struct jin {
    std::unique_ptr<sj::internal::dom_parser_implementation> stage;
    std::unique_ptr<jnode[]> nodes;
    size_t node_room = 0;
    std::unique_ptr<char[]> text; // unescaped strings; no longer than the document
    size_t text_room = 0;
};

namespace {

constexpr unsigned max_depth = 64;
constexpr size_t max_nodes = 1000000;

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

class walk {
public:
    walk(jin &parser, const char *p, size_t length)
        : j(parser), doc(p), end(length), index(parser.stage->structural_indexes.get()), count(parser.stage->n_structural_indexes),
          escape_at(next_escape(0))
    {
    }

    int document()
    {
        if (doc[index[0]] != '{' && doc[index[0]] != '[')
            return fail("a JSON document that is neither object nor array", 0);
        int e = value(STR_NONE, 0);
        if (!e && i < count)
            return fail("something follows the JSON document", at());
        return e;
    }

    const char *why = nullptr;
    size_t where = 0;

private:
    jin &j;
    const char *doc;
    size_t end;
    const uint32_t *index;
    size_t count, i = 0, n = 0, texts = 0;
    size_t escape_at; // the first backslash that is not yet passed, `end` when there is none: most strings need no second look

    size_t next_escape(size_t from) const
    {
        const void *found = memchr(doc + from, '\\', end - from);
        return found ? static_cast<size_t>(static_cast<const char *>(found) - doc) : end;
    }

    size_t at() const { return i < count ? index[i] : end; }
    char peek() const { return i < count ? doc[index[i]] : '\0'; }

    int fail(const char *reason, size_t offset, int e = ERR_MALFORMED)
    {
        why = reason;
        where = offset;
        return e;
    }

    // After the scalar that begins at `from` and ends before `to` only blanks come before the next structural byte.
    bool ended(size_t to) const { return to == at() || (to < end && blank(doc[to])); }

    static size_t digits(const char *p, size_t from, size_t to)
    {
        while (from < to && p[from] >= '0' && p[from] <= '9')
            from++;
        return from;
    }

    // RFC 8259 section 6
    int number(jnode &node)
    {
        size_t from = index[i++], to = at(), k = from + (doc[from] == '-'), whole = k;
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
        if (!good || !ended(k))
            return fail("no JSON value", from);
        node.type = J_NUM;
        node.val = {doc + from, k - from};
        return 0;
    }

    int word(jnode &node, const char *text, size_t length, uint8_t type)
    {
        size_t from = index[i++];
        if (end - from < length || memcmp(doc + from, text, length) != 0 || !ended(from + length))
            return fail("no JSON value", from);
        node.type = type;
        return 0;
    }

    // The code point behind "\u" at k; a lone surrogate is replaced.
    bool unicode(size_t &k, size_t to, uint32_t &code, bool &mended)
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

    bool escape(size_t &k, size_t to, char *out, size_t &length, bool &mended)
    {
        static const char from[] = "\"\\/bfnrt", plain_[] = "\"\\/\b\f\n\r\t";
        const char *known = k < to ? static_cast<const char *>(memchr(from, doc[k], 8)) : nullptr;
        if (known) {
            out[length++] = plain_[known - from];
            k++;
            return true;
        }
        uint32_t code;
        if (k >= to || doc[k] != 'u' || !unicode(++k, to, code, mended))
            return false;
        length += utf_put(out + length, code);
        return true;
    }

    int unescape(size_t from, size_t to, struct str &out, bool &mended)
    {
        if (j.text_room < end) {
            j.text.reset(new (std::nothrow) char[end]);
            j.text_room = j.text ? end : 0;
            if (!j.text)
                return fail("out of memory while parsing JSON", from, ERR_MEMORY);
        }
        char *start = j.text.get() + texts;
        size_t length = 0;
        for (size_t k = from; k < to;) {
            const void *found = memchr(doc + k, '\\', to - k);
            size_t stop = found ? static_cast<size_t>(static_cast<const char *>(found) - doc) : to;
            memcpy(start + length, doc + k, stop - k);
            length += stop - k;
            k = stop + 1;
            if (stop < to && !escape(k, to, start, length, mended))
                return fail("an escape that is none", stop);
        }
        texts += length;
        out = {start, length};
        return 0;
    }

    int string(struct str &out, bool &mended)
    {
        size_t from = index[i++] + 1, to = at();
        while (to > from && blank(doc[to - 1]))
            to--;
        if (to <= from || doc[to - 1] != '"')
            return fail("a string that does not end", from - 1);
        to--;
        if (escape_at < from)
            escape_at = next_escape(from);
        if (escape_at < to)
            return unescape(from, to, out, mended);
        out = {doc + from, to - from};
        return 0;
    }

    int member(bool object, unsigned depth)
    {
        struct str key = STR_NONE;
        bool mended = false;
        if (object) {
            if (peek() != '"')
                return fail("no name where a member should be", at());
            int e = string(key, mended);
            if (e)
                return e;
            if (peek() != ':')
                return fail("no colon behind a name", at());
            i++;
        }
        return value(key, depth + 1);
    }

    int container(size_t self, bool object, unsigned depth)
    {
        size_t from = index[i++];
        char close = object ? '}' : ']';
        if (peek() != close) {
            for (;;) {
                int e = member(object, depth);
                if (e)
                    return e;
                if (peek() != ',')
                    break;
                i++;
            }
        }
        if (peek() != close)
            return fail("neither comma nor closing bracket", at());
        j.nodes[self].type = object ? J_OBJ : J_ARR;
        j.nodes[self].val = {doc + from, index[i] + 1 - from};
        i++;
        return 0;
    }

    int value(struct str key, unsigned depth)
    {
        if (depth > max_depth || n >= max_nodes)
            return fail(depth > max_depth ? "JSON nested too deeply" : "too many JSON values", at(), ERR_LIMIT);
        if (i >= count)
            return fail("the JSON document ends too early", at());
        size_t self = n++; // every value has a structural byte of its own, so there is room
        jnode &node = j.nodes[self];
        node = jnode{key, STR_NONE, 0, J_NULL, false};
        int e;
        switch (peek()) {
        case '{': e = container(self, true, depth); break;
        case '[': e = container(self, false, depth); break;
        case '"':
            node.type = J_STR;
            e = string(node.val, node.mended);
            break;
        case 't': e = word(node, "true", 4, J_TRUE); break;
        case 'f': e = word(node, "false", 5, J_FALSE); break;
        case 'n': e = word(node, "null", 4, J_NULL); break;
        default: e = number(node); break;
        }
        node.next = static_cast<uint32_t>(n);
        return e;
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
    size_t room = j.stage->n_structural_indexes < max_nodes ? j.stage->n_structural_indexes : max_nodes;
    if (j.node_room < room) {
        j.nodes.reset(new (std::nothrow) jnode[room]);
        j.node_room = j.nodes ? room : 0;
        if (!j.nodes)
            return ERR_MEMORY;
    }
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
