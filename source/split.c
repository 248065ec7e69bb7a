/* source/split.c - finding where JSON records begin and end. */
#include "source/split.h"

#include "base/str.h"

#include <string.h>

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ---- the layout ---- */

/* Lines that begin with { and end with } among the first three that are not blank. */
static bool looks_like_lines(const char *text, size_t n, bool end)
{
    unsigned lines = 0, whole = 0;
    size_t at = 0;
    while (at < n && lines < 3) {
        const char *eol = memchr(text + at, '\n', n - at);
        if (!eol && !end)
            break;
        struct str line = str_trim((struct str){text + at, (eol ? (size_t)(eol - text) : n) - at});
        at = eol ? (size_t)(eol - text) + 1 : n;
        if (line.n == 0)
            continue;
        lines++;
        whole += line.n > 1 && line.p[0] == '{' && line.p[line.n - 1] == '}';
    }
    return whole * 2 > lines;
}

/* Names that wrap an array of records in known exports and API pages. */
static bool wrapping(struct str name)
{
    static const char *const names[] = {"Records", "records", "value", "Events", "events", "items", "entries", "data", "logs", "hits"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, str_of(names[i])))
            return true;
    return false;
}

static size_t skip_blank(const char *text, size_t n, size_t at)
{
    while (at < n && blank(text[at]))
        at++;
    return at;
}

/* The end of the string that starts behind a quote at text[at - 1]; n when it does not end. */
static size_t string_end(const char *text, size_t n, size_t at)
{
    while (at < n) {
        const char *quote = memchr(text + at, '"', n - at);
        if (!quote)
            return n;
        size_t q = (size_t)(quote - text), back = q;
        while (back > at && text[back - 1] == '\\')
            back--;
        if (((q - back) & 1) == 0)
            return q;
        at = q + 1;
    }
    return n;
}

/* If the object that opens at text[at] is a wrapper, the place behind its array's [; 0 if it is not one.
 * Only scalars may stand before the array, as "@odata.context" and "kind" do. */
static size_t wrapper(const char *text, size_t n, size_t at)
{
    size_t limit = at + 4096 < n ? at + 4096 : n;
    at = skip_blank(text, limit, at + 1);
    for (unsigned members = 0; members < 8 && at < limit && text[at] == '"'; members++) {
        size_t from = at + 1, to = string_end(text, limit, from);
        at = skip_blank(text, limit, to + 1);
        if (at >= limit || text[at] != ':')
            return 0;
        at = skip_blank(text, limit, at + 1);
        if (at >= limit)
            return 0;
        if (text[at] == '[') {
            size_t first = skip_blank(text, limit, at + 1);
            bool objects = first < limit && (text[first] == '{' || text[first] == ']');
            return objects && wrapping((struct str){text + from, to - from}) ? at + 1 : 0;
        }
        if (text[at] == '{')
            return 0;
        if (text[at] == '"')
            at = string_end(text, limit, at + 1) + 1;
        while (at < limit && text[at] != ',' && text[at] != '}')
            at++;
        at = skip_blank(text, limit, at + 1);
    }
    return 0;
}

/* ---- one record ---- */

static int next_line(struct split *s, const char *text, size_t n, size_t *at, bool end, struct span *out)
{
    while (*at < n) {
        const char *eol = memchr(text + *at, '\n', n - *at);
        if (!eol && !end)
            return 0;
        size_t stop = eol ? (size_t)(eol - text) : n;
        struct str line = str_trim((struct str){text + *at, stop - *at});
        *at = eol ? stop + 1 : n;
        s->record++;
        if (s->skipping) { /* the rest of a line that was too long: its fault is already told */
            s->skipping = false;
            s->record--;
            continue;
        }
        if (line.n == 0)
            continue;
        *out = (struct span){(size_t)(line.p - text), line.n, s->record, NULL};
        return 1;
    }
    return 0;
}

/* Something that is no object: told as a fault, up to the next separator. */
static int stray(struct split *s, const char *text, size_t n, size_t *at, bool end, struct span *out)
{
    size_t from = *at, to = from;
    if (text[from] == '"')
        to = string_end(text, n, from + 1);
    while (to < n && text[to] != ',' && text[to] != '\n' && text[to] != ']' && text[to] != '{')
        to++;
    if (to == n && !end)
        return 0;
    s->record++;
    *at = to > from ? to : from + 1;
    *out = (struct span){from, *at - from, s->record, "text that is not a JSON object"};
    return 1;
}

static int next_object(struct split *s, const char *text, size_t n, size_t *at, bool end, struct span *out)
{
    size_t from = *at;
    if (s->level == 0) {
        size_t inside = wrapper(text, n, from);
        if (inside) {
            s->level = 2;
            *at = inside;
            return 2;
        }
        if (n - from < 4096 && !end && !memchr(text + from, '\n', n - from))
            return 0; /* too little to tell a wrapper from a record */
    }
    s->brackets = (struct balance){0};
    bool whole = balance_find(&s->brackets, text, n, at);
    if (!whole && !end) {
        *at = from;
        return 0;
    }
    s->record++;
    *out = (struct span){from, *at - from, s->record, whole ? NULL : "input ends inside a record"};
    return 1;
}

static int next_in_document(struct split *s, const char *text, size_t n, size_t *at, bool end, struct span *out)
{
    while (*at < n) {
        if (s->skipping || s->level == 3) {
            if (!balance_find(&s->brackets, text, n, at))
                return 0;
            s->level = s->level == 3 ? 0 : s->level;
            s->skipping = false;
            continue;
        }
        char c = text[*at];
        if (blank(c) || c == ',') {
            ++*at;
        } else if (c == '{') {
            int got = next_object(s, text, n, at, end, out);
            if (got != 2)
                return got;
        } else if (c == '[' && s->level == 0) {
            s->level = 1;
            ++*at;
        } else if (c == ']' && s->level) {
            ++*at;
            if (s->level == 2)
                s->brackets = (struct balance){.depth = 1}; /* the wrapper's closing brace is still to come */
            s->level = s->level == 2 ? 3 : 0;
        } else {
            return stray(s, text, n, at, end, out);
        }
    }
    return 0;
}

int split_next(struct split *s, const char *text, size_t n, size_t *at, bool end, struct span *out)
{
    if (!s->decided) {
        size_t from = skip_blank(text, n, *at);
        size_t inside = from < n && text[from] == '{' ? wrapper(text, n, from) : 0;
        s->lines = !inside && from < n && text[from] != '[' && looks_like_lines(text + *at, n - *at, end);
        s->decided = true;
    }
    return s->lines ? next_line(s, text, n, at, end, out) : next_in_document(s, text, n, at, end, out);
}

void split_skip(struct split *s, size_t at, size_t n, struct span *out)
{
    s->record++;
    s->skipping = true;
    *out = (struct span){at, n - at, s->record, "record longer than 16 MB"};
    /* in documents balance_find() goes on from the state that it had at the end of the text */
}
