/* net/cef.c - Common Event Format, out and in. */
#include "net/cef.h"

#include "base/arena.h"
#include "base/utf.h"

#define BOM "\xef\xbb\xbf"
#define MOJIBAKE "\xc3\xaf\xc2\xbb\xc2\xbf" /* the mark read as Latin-1 and written as UTF-8 again */

/* ---- writing ---- */

static bool control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static void header(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\\' || c == '|')
            buf_char(out, '\\');
        buf_char(out, c == '\n' || c == '\r' ? ' ' : control(c) ? '?' : c);
    }
    buf_char(out, '|');
}

static void value(struct buf *out, struct str s, enum cef_form form)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\n' || c == '\r') {
            buf_str(out, c == '\n' ? STR("\\n") : STR("\\r"));
            continue;
        }
        if (c == '\\' || c == '=' || (form == CEF_AZURE_ATP && str_starts(str_from(s, i), STR("://"))))
            buf_char(out, '\\');
        buf_char(out, control(c) ? '?' : c);
    }
}

/* The line behind "CEF:". */
static void body(struct buf *out, const struct cef *c, enum cef_form form)
{
    buf_str(out, STR("0|"));
    header(out, c->vendor);
    header(out, c->product);
    header(out, c->version);
    header(out, c->class_id);
    header(out, c->name);
    buf_fmt(out, "%d|", c->severity);
    for (size_t i = 0; i < c->npairs; i++) {
        if (i)
            buf_char(out, ' ');
        buf_str(out, c->pairs[i].key);
        buf_char(out, '=');
        value(out, c->pairs[i].value, form);
    }
}

void cef_line(struct buf *out, const struct cef *c, enum cef_form form)
{
    buf_str(out, STR("CEF:"));
    body(out, c, form);
}

static uint8_t syslog_severity(int severity)
{
    return severity >= 9 ? SYSLOG_ERROR : severity >= 4 ? SYSLOG_WARNING : SYSLOG_INFO;
}

void cef_message(struct buf *out, const struct cef *c, const struct cef_sender *sender)
{
    bool azure = sender->form == CEF_AZURE_ATP && sender->syslog != SYSLOG_3164;
    struct buf text = {0};
    if (azure) {
        buf_str(&text, STR(BOM));
        body(&text, c, CEF_AZURE_ATP);
    } else {
        cef_line(&text, c, sender->form);
    }
    struct syslog m = {.facility = SYSLOG_AUTH,
                       .severity = syslog_severity(c->severity),
                       .time = sender->time,
                       .host = sender->host,
                       .app = sender->syslog == SYSLOG_3164 ? STR_NONE : STR("CEF"),
                       .procid = sender->procid,
                       .msgid = c->class_id,
                       .text = buf_view(&text)};
    syslog_write(out, &m, azure ? SYSLOG_5424_BARE : sender->syslog);
    out->failed |= text.failed;
    buf_free(&text);
}

/* ---- reading ---- */

struct reader {
    struct arena *arena;
    struct str text;
    size_t at; /* offset of the next byte */
    struct fault *fault;
};

static int broken(struct reader *r, int err, const char *why, size_t at)
{
    *r->fault = (struct fault){why, at};
    return err;
}

static bool starts_at(struct str s, size_t at, struct str what)
{
    return str_starts(str_from(s, at), what);
}

/* A header may begin at the start, behind a blank, and behind what ends a priority, a tag or a byte order mark. */
static bool may_begin(struct str s, size_t at)
{
    unsigned char before = at ? (unsigned char)s.p[at - 1] : ' ';
    return before == ' ' || before == '\t' || before == '>' || before == ':' || before == ']' || before >= 0x80;
}

/* Offset behind "0|", or 0 when no header begins at `at`. */
static size_t begins(struct str s, size_t at)
{
    if (starts_at(s, at, STR("CEF:"))) {
        at += 4;
        while (at < s.n && s.p[at] == ' ')
            at++;
    }
    if (at + 1 < s.n && (s.p[at] == '0' || s.p[at] == '1') && s.p[at + 1] == '|') /* format versions 0 and 1 */
        return at + 2;
    return 0;
}

static bool find_header(struct reader *r)
{
    for (size_t i = 0; i < r->text.n; i++)
        if ((r->text.p[i] == 'C' || r->text.p[i] == '0' || r->text.p[i] == '1') && may_begin(r->text, i) && begins(r->text, i)) {
            r->at = begins(r->text, i);
            return true;
        }
    return false;
}

/* What "\c" stands for; 0 when it is no escape and the backslash is meant, as in CORP\alice. */
static char escaped(char c, bool in_value)
{
    if (in_value && (c == 'n' || c == 'r'))
        return c == 'n' ? '\n' : '\r';
    return c == '\\' || c == '|' || c == '=' || c == ':' || c == '/' ? c : 0;
}

/* The piece without its escapes and as UTF-8; absent when the arena is full. */
static struct str plain(struct reader *r, struct str raw, bool in_value)
{
    if (str_chr(raw, '\\') < 0)
        return utf_clean(r->arena, raw);
    char *out = arena_alloc(r->arena, raw.n);
    if (!out)
        return STR_NONE;
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char e = raw.p[i] == '\\' && i + 1 < raw.n ? escaped(raw.p[i + 1], in_value) : 0;
        out[n++] = e ? e : raw.p[i];
        i += e != 0;
    }
    return utf_clean(r->arena, (struct str){out, n});
}

static int header_field(struct reader *r, struct str *out)
{
    size_t begin = r->at, i = begin;
    while (i < r->text.n && r->text.p[i] != '|')
        i += r->text.p[i] == '\\' ? 2 : 1;
    if (i >= r->text.n)
        return broken(r, ERR_TRUNCATED, "the CEF header ends before its seventh bar", r->text.n);
    *out = plain(r, str_sub(r->text, begin, i - begin), false);
    r->at = i + 1;
    return str_set(*out) ? ERR_NONE : broken(r, ERR_LIMIT, "no memory for a CEF line", begin);
}

static bool severity(struct str s, int *out)
{
    static const struct {
        const char *word;
        int value;
    } words[] = {{"unknown", 0}, {"low", 3}, {"medium", 5}, {"high", 8}, {"very-high", 10}};
    uint64_t v;
    s = str_trim(s);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eqi(s, str_of(words[i].word))) {
            *out = words[i].value;
            return true;
        }
    if (s.n > 2 || !str_u64(s, &v) || v > 10)
        return false;
    *out = (int)v;
    return true;
}

static bool key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

/* A key that ends at the "=" at `equals` begins where this says: at the beginning of the extension or behind a blank;
 * `equals` itself when none does. */
static size_t key_begin(struct str s, size_t begin, size_t equals)
{
    size_t i = equals;
    while (i > begin && key_char(s.p[i - 1]))
        i--;
    return i == begin || s.p[i - 1] == ' ' ? i : equals;
}

/* Finds the next "key=" from `from` on in the extension that begins at `begin`. */
static bool next_key(struct str s, size_t begin, size_t from, struct cef_pair *out)
{
    for (size_t i = from; i < s.n; i++) {
        size_t key = s.p[i] == '=' ? key_begin(s, begin, i) : i;
        if (key < i) {
            out->key = str_sub(s, key, i - key);
            return true;
        }
        i += s.p[i] == '\\';
    }
    return false;
}

static int extension(struct reader *r, struct cef_pair *pairs, size_t *npairs)
{
    struct str s = r->text;
    struct cef_pair next;
    size_t n = 0;
    while (r->at < s.n && s.p[r->at] == ' ')
        r->at++;
    bool more = next_key(s, r->at, r->at, &next);
    if (r->at < s.n && (!more || next.key.p != s.p + r->at))
        return broken(r, ERR_MALFORMED, "the CEF extension does not begin with a key", r->at);
    while (more) {
        size_t from = (size_t)(next.key.p - s.p) + next.key.n + 1;
        if (n == CEF_PAIRS)
            return broken(r, ERR_LIMIT, "more pairs in a CEF line than we take", from);
        pairs[n].key = next.key;
        more = next_key(s, r->at, from, &next);
        struct str raw = str_sub(s, from, (more ? (size_t)(next.key.p - s.p) : s.n) - from);
        while (raw.n && raw.p[raw.n - 1] == ' ')
            raw.n--;
        pairs[n].value = plain(r, raw, true);
        if (!str_set(pairs[n++].value))
            return broken(r, ERR_LIMIT, "no memory for a CEF line", from);
    }
    *npairs = n;
    return ERR_NONE;
}

int cef_read(struct arena *a, struct str text, struct cef *out, struct fault *fault)
{
    struct cef c = {0};
    struct reader r = {a, text, 0, fault};
    struct str level = STR_NONE, *fields[] = {&c.vendor, &c.product, &c.version, &c.class_id, &c.name, &level};
    while (r.text.n && memchr(" \t\r\n", r.text.p[r.text.n - 1], 5)) /* with its NUL: some senders end in one */
        r.text.n--;
    if (!find_header(&r))
        return broken(&r, ERR_MALFORMED, "no CEF header", 0);
    size_t severity_at = r.at;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        severity_at = r.at;
        int err = header_field(&r, fields[i]);
        if (err)
            return err;
    }
    if (!severity(level, &c.severity))
        return broken(&r, ERR_MALFORMED, "CEF severity is neither 0 to 10 nor a word for it", severity_at);
    struct cef_pair *pairs = arena_alloc(a, CEF_PAIRS * sizeof *pairs);
    if (!pairs)
        return broken(&r, ERR_LIMIT, "no memory for a CEF line", r.at);
    int err = extension(&r, pairs, &c.npairs);
    if (err)
        return err;
    c.pairs = pairs;
    *out = c;
    return ERR_NONE;
}

struct str cef_value(const struct cef *c, const char *key)
{
    for (size_t i = 0; i < c->npairs; i++)
        if (str_eq(c->pairs[i].key, str_of(key)))
            return c->pairs[i].value;
    return STR_NONE;
}

static struct str unquoted(struct str s)
{
    return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? str_sub(s, 1, s.n - 2) : s;
}

struct str cef_labelled(const struct cef *c, const char *label)
{
    for (size_t i = 0; i < c->npairs; i++) {
        struct str key = c->pairs[i].key;
        if (!str_ends(key, STR("Label")) || !str_eq(unquoted(c->pairs[i].value), str_of(label)))
            continue;
        key.n -= 5;
        for (size_t k = 0; k < c->npairs; k++)
            if (str_eq(c->pairs[k].key, key))
                return c->pairs[k].value;
    }
    return STR_NONE;
}
