/* model/phrase.c - fits phrases to a text: shortest parts first, taking back what leads nowhere, within a number of steps. */
#include "model/phrase.h"

#include "base/buf.h"
#include "model/country.h"
#include "model/kind.h"

enum { PARTS = 16, DEPTH = 32, STEPS = 200000, LONGEST = 4096 };

/* What helpers of all detections say. */
static const struct phrase shared[] = {
    {"an unknown computer", "un ordinateur inconnu"},
    {"An unknown account", "Un compte inconnu"},
    {"an unknown account", "un compte inconnu"},
    {"an unnamed account", "un compte sans nom"},
    {"an unknown time", "un moment inconnu"},
    {"a service", "un service"},
    {"once at {}", "une fois le {}"},
    {"{} times until {}", "{} fois jusqu’au {}"},
    {"{} seconds", "{} secondes"},
    {"{} minutes", "{} minutes"},
    {"{} hours", "{} heures"},
    {"{} days", "{} jours"},
    {" from {} ({country})", " depuis {} ({})"},
    {" from {country}", " depuis le pays {}"},
    {" from {}", " depuis {}"},
    {0}};

struct reading {
    struct arena *arena;
    const struct phrase *own;
    unsigned steps, depth;
};

struct parts {
    struct str said[PARTS];
    unsigned n;
};

static bool read_text(struct reading *r, struct str text, struct str *out);

static struct str kept(struct reading *r, struct buf *b)
{
    struct str out = b->failed ? STR("") : str_dup(r->arena, buf_view(b));
    buf_free(b);
    return out;
}

/* ---- parts ---- */

/* A phrase without marks that is just this; else the text itself. */
static struct str word(const struct phrase *list, struct str text)
{
    for (; list && list->english; list++)
        if (str_eq(str_of(list->english), text) && !strchr(list->english, '{'))
            return str_of(list->french);
    return text;
}

static struct str name(struct reading *r, struct str text)
{
    struct str own = word(r->own, text);
    return own.p != text.p ? own : word(shared, text);
}

static ptrdiff_t last_and(struct str text)
{
    struct str and = STR(" and ");
    for (size_t at = text.n; at >= and.n; at--)
        if (str_eq(str_sub(text, at - and.n, and.n), and))
            return (ptrdiff_t)(at - and.n);
    return -1;
}

static struct str list(struct reading *r, struct str text)
{
    struct buf b = {0};
    ptrdiff_t at = last_and(text);
    if (at < 0)
        return name(r, text);
    struct str tail = str_from(text, (size_t)at + 5);
    uint64_t n;
    bool more = str_ends(tail, STR(" more")) && str_u64(str_sub(tail, 0, tail.n - 5), &n);
    buf_str(&b, str_sub(text, 0, (size_t)at));
    buf_str(&b, STR(" et "));
    buf_str(&b, str_eq(tail, STR("others")) ? STR("d’autres") : more ? str_sub(tail, 0, tail.n - 5) : tail);
    if (more)
        buf_str(&b, n == 1 ? STR(" autre") : STR(" autres"));
    return kept(r, &b);
}

static bool country(struct str text, struct str *out)
{
    const struct country *c = text.n > 2 ? country_of(text) : NULL;
    if (c)
        *out = country_name(c, FRENCH);
    return c != NULL;
}

static struct str countries(struct reading *r, struct str text)
{
    struct buf b = {0};
    struct str one;
    while (str_cut(&text, ',', &one)) {
        struct str said = one = str_trim(one);
        (void)country(one, &said);
        buf_str(&b, b.n ? STR(", ") : STR(""));
        buf_str(&b, said);
    }
    return kept(r, &b);
}

static bool number(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!(text.p[i] >= '0' && text.p[i] <= '9') && text.p[i] != ',')
            return false;
    return text.n > 0;
}

static bool part(struct reading *r, struct str mark, struct str text, struct str *out)
{
    if (str_eq(mark, STR("country")))
        return country(text, out);
    if (str_eq(mark, STR("*")) || (str_eq(mark, STR("?")) && text.n))
        return read_text(r, text, out);
    if (str_eq(mark, STR("number")) && !number(text))
        return false;
    *out = str_eq(mark, STR("list"))        ? list(r, text)
           : str_eq(mark, STR("kind"))      ? kind_french(text)
           : str_eq(mark, STR("countries")) ? countries(r, text)
                                            : name(r, text);
    return !str_eq(mark, STR("?")) || text.n == 0;
}

/* ---- fitting ---- */

/* The words between the marks are there in their order, the first at the beginning and the last at the end: nearly every phrase fails here,
 * before its parts are looked for. */
static bool likely(struct str pattern, struct str text)
{
    struct str first = pattern;
    ptrdiff_t open = str_chr(pattern, '{'), close;
    if (open < 0)
        return str_eq(pattern, text);
    first = str_sub(pattern, 0, (size_t)open);
    if (!str_starts(text, first))
        return false;
    for (text = str_from(text, first.n); (close = str_chr(pattern, '}')) >= 0;) {
        pattern = str_from(pattern, (size_t)close + 1);
        open = str_chr(pattern, '{');
        if (open < 0)
            return str_ends(text, pattern);
        ptrdiff_t at = str_find(text, str_sub(pattern, 0, (size_t)open));
        if (at < 0)
            return false;
        text = str_from(text, (size_t)(at + open));
    }
    return true;
}

/* The words that follow a mark stand at the beginning of the text. */
static bool goes_on(const char *rest, struct str text)
{
    size_t n = strcspn(rest, "{");
    return str_starts(text, (struct str){rest, n}) && (rest[n] || text.n == n);
}

static bool fits(struct reading *r, const char *pattern, struct str text, struct parts *parts)
{
    for (; *pattern && *pattern != '{'; pattern++, text = str_from(text, 1))
        if (!text.n || text.p[0] != *pattern)
            return false;
    if (!*pattern)
        return text.n == 0;
    const char *rest = strchr(pattern, '}') + 1;
    const struct str mark = {pattern + 1, (size_t)(rest - pattern) - 2};
    unsigned at = parts->n++;
    bool maybe = str_eq(mark, STR("?")); /* nothing is tried last */
    for (size_t i = maybe ? 1 : 0; i <= text.n + maybe && at < PARTS && ++r->steps < STEPS; i++) {
        size_t n = i > text.n ? 0 : i;
        parts->n = at + 1;
        if (goes_on(rest, str_from(text, n)) && part(r, mark, str_sub(text, 0, n), &parts->said[at]) && fits(r, rest, str_from(text, n), parts))
            return true;
    }
    return false;
}

/* "de alice" is "d’alice", "que alice" "qu’alice". */
static void elide(struct buf *b, struct str next)
{
    struct str so_far = buf_view(b);
    bool before = str_ends(so_far, STR(" de ")) || str_ends(so_far, STR(" que "));
    if (!before || !next.n || !strchr("aeiouAEIOU", next.p[0]))
        return;
    b->n -= 2;
    buf_str(b, STR("’"));
}

static struct str fill(struct reading *r, const char *french, const struct parts *parts)
{
    struct buf b = {0};
    struct str rest = str_of(french);
    ptrdiff_t at;
    for (unsigned i = 0; i < parts->n && (at = str_find(rest, STR("{}"))) >= 0; i++) {
        buf_str(&b, str_sub(rest, 0, (size_t)at));
        elide(&b, parts->said[i]);
        buf_str(&b, parts->said[i]);
        rest = str_from(rest, (size_t)at + 2);
    }
    buf_str(&b, rest);
    return kept(r, &b);
}

static bool read_by(struct reading *r, const struct phrase *p, struct str text, struct str *out)
{
    for (; p && p->english; p++) {
        struct parts parts = {.n = 0};
        if (!likely(str_of(p->english), text) || !fits(r, p->english, text, &parts))
            continue;
        *out = fill(r, p->french, &parts);
        return true;
    }
    return false;
}

static bool read_text(struct reading *r, struct str text, struct str *out)
{
    if (r->depth == DEPTH)
        return false;
    r->depth++;
    bool read = read_by(r, r->own, text, out) || read_by(r, shared, text, out);
    r->depth--;
    return read;
}

bool phrase_french(struct arena *a, const struct phrase *own, struct str text, struct str *out)
{
    struct reading r = {.arena = a, .own = own};
    struct str found;
    if (text.n == 0 || text.n > LONGEST || !read_text(&r, text, &found))
        return false;
    *out = found;
    return true;
}
