// base/jin_simd.cc - the one C++ file: simdjson's on-demand parser behind base/jin.h.
//
// On-demand does not check what it skips, so every value is visited. No exception leaves this file.
#include <simdjson.h>

#include <new>
#include <vector>

extern "C" {
#include "base/jin.h"
#include "base/utf.h"
}

namespace sj = simdjson;
namespace od = simdjson::ondemand;

struct jin {
    od::parser parser;
    std::vector<jnode> nodes;
    arena mended;
    std::string_view input;
};

namespace {

constexpr unsigned max_depth = 64;
constexpr size_t max_nodes = 1000000;

struct str view(std::string_view v)
{
    return {v.data(), v.size()};
}

// What string_view tokens carry behind the number or container: blanks up to the next structural byte.
std::string_view trimmed(std::string_view v)
{
    while (!v.empty() && (v.back() == ' ' || v.back() == '\t' || v.back() == '\r' || v.back() == '\n'))
        v.remove_suffix(1);
    return v;
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

// Unescapes what simdjson refuses: a string with a lone surrogate. `raw` is between the quotes.
bool mend(jin &j, std::string_view raw, struct str &out)
{
    char *to = static_cast<char *>(arena_alloc(&j.mended, raw.size() * 2 + 4));
    if (!to)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < raw.size(); i++) {
        if (raw[i] != '\\') {
            to[n++] = raw[i];
            continue;
        }
        if (++i >= raw.size())
            return false;
        static const char from[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
        const char *at = static_cast<const char *>(memchr(from, raw[i], 8));
        if (at) {
            to[n++] = plain[at - from];
            continue;
        }
        if (raw[i] != 'u' || raw.size() - i < 5)
            return false;
        int c = hex4(raw.data() + i + 1);
        if (c < 0)
            return false;
        i += 4;
        uint32_t code = static_cast<uint32_t>(c);
        if (code >= 0xd800 && code < 0xe000) {
            int low = raw.size() - i > 6 && raw[i + 1] == '\\' && raw[i + 2] == 'u' ? hex4(raw.data() + i + 3) : -1;
            if (code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + ((code - 0xd800) << 10) + (static_cast<uint32_t>(low) - 0xdc00);
                i += 6;
            } else {
                code = 0xfffd;
            }
        }
        n += utf_put(to + n, code);
    }
    out = {to, n};
    return true;
}

sj::error_code text(jin &j, od::value v, jnode &node)
{
    std::string_view token = v.raw_json_token(); // keeps the opening quote
    std::string_view s;
    sj::error_code e = v.get_string().get(s);
    if (e == sj::SUCCESS) {
        node.val = view(s);
        return e;
    }
    size_t end = 1;
    while (end < token.size() && token[end] != '"')
        end += token[end] == '\\' ? 2 : 1;
    if (end >= token.size() || !mend(j, token.substr(1, end - 1), node.val))
        return e;
    node.mended = true;
    return sj::SUCCESS;
}

bool number_like(std::string_view t)
{
    if (t.empty() || t.size() > 400 || !((t[0] >= '0' && t[0] <= '9') || t[0] == '-'))
        return false;
    for (char c : t)
        if (!((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'))
            return false;
    return true;
}

sj::error_code value(jin &j, od::value v, struct str key, unsigned depth);

sj::error_code container(jin &j, od::value v, size_t self, bool object, unsigned depth)
{
    if (object) {
        od::object o;
        if (auto e = v.get_object().get(o))
            return e;
        for (auto member : o) {
            od::field f;
            if (auto e = std::move(member).get(f))
                return e;
            std::string_view k;
            if (f.unescaped_key().get(k))
                return sj::STRING_ERROR;
            if (auto e = value(j, f.value(), view(k), depth + 1))
                return e;
        }
        std::string_view raw;
        if (auto e = o.raw_json().get(raw))
            return e;
        // behind an object that does not end, simdjson's next structural byte is not one of the input
        if (raw.data() < j.input.data() || raw.size() > j.input.size() - static_cast<size_t>(raw.data() - j.input.data()))
            return sj::INCOMPLETE_ARRAY_OR_OBJECT;
        j.nodes[self].val = view(trimmed(raw));
        return sj::SUCCESS;
    }
    od::array a;
    if (auto e = v.get_array().get(a))
        return e;
    for (auto item : a) {
        od::value x;
        if (auto e = std::move(item).get(x))
            return e;
        if (auto e = value(j, x, STR_NONE, depth + 1))
            return e;
    }
    return sj::SUCCESS;
}

sj::error_code value(jin &j, od::value v, struct str key, unsigned depth)
{
    if (depth > max_depth || j.nodes.size() >= max_nodes)
        return sj::DEPTH_ERROR;
    od::json_type type;
    if (auto e = v.type().get(type))
        return e;
    size_t self = j.nodes.size();
    j.nodes.push_back(jnode{key, STR_NONE, 0, J_NULL, false});
    jnode &n = j.nodes[self];
    sj::error_code e = sj::SUCCESS;
    switch (type) {
    case od::json_type::string:
        n.type = J_STR;
        e = text(j, v, n);
        break;
    case od::json_type::number: {
        std::string_view t = trimmed(v.raw_json_token());
        n.type = J_NUM;
        n.val = view(t);
        if (!number_like(t))
            e = sj::NUMBER_ERROR;
        break;
    }
    case od::json_type::boolean: {
        bool b = false;
        e = v.get_bool().get(b);
        n.type = b ? J_TRUE : J_FALSE;
        break;
    }
    case od::json_type::null:
        if (!v.is_null())
            e = sj::N_ATOM_ERROR;
        break;
    case od::json_type::object:
    case od::json_type::array: {
        bool object = type == od::json_type::object;
        n.type = object ? J_OBJ : J_ARR;
        e = container(j, v, self, object, depth);
        break;
    }
    }
    j.nodes[self].next = static_cast<uint32_t>(j.nodes.size());
    return e;
}

int document(jin &j, const char *p, size_t n, struct fault *fault)
{
    sj::padded_string_view input(p, n, n + JIN_PADDING);
    od::document doc;
    j.input = {p, n};
    auto e = j.parser.iterate(input).get(doc);
    const bool started = !e;
    if (!e) {
        od::value root;
        e = doc.get_value().get(root);
        if (!e)
            e = value(j, root, STR_NONE, 0);
        // a scalar at the root cannot be asked for as a value: no record is one
        const char *more = nullptr;
        if (!e && !doc.current_location().get(more))
            e = sj::TRAILING_CONTENT;
    }
    if (e == sj::SUCCESS)
        return ERR_NONE;
    const char *at = nullptr;
    fault->why = sj::error_message(e);
    fault->offset = 0;
    if (started && !doc.current_location().get(at) && at >= p && at <= p + n)
        fault->offset = static_cast<uint64_t>(at - p);
    return e == sj::DEPTH_ERROR || e == sj::CAPACITY ? ERR_LIMIT : ERR_MALFORMED;
}

} // namespace

extern "C" struct jin *jin_new(void)
{
    jin *j = new (std::nothrow) jin;
    if (j)
        arena_init(&j->mended, 4096, 64u << 20);
    return j;
}

extern "C" void jin_free(struct jin *j)
{
    if (j)
        arena_free(&j->mended);
    delete j;
}

extern "C" int jin_parse(struct jin *j, const char *p, size_t n, const struct jnode **root, struct fault *fault)
{
    try {
        j->nodes.clear();
        arena_reset(&j->mended);
        *fault = {nullptr, 0};
        int err = document(*j, p, n, fault);
        if (err)
            return err;
        *root = j->nodes.data();
        return ERR_NONE;
    } catch (const std::exception &) {
        fault->why = "out of memory while parsing JSON";
        return ERR_MEMORY;
    }
}
