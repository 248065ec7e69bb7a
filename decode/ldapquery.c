/* decode/ldapquery.c - search requests and their filters as text (RFC 4511 4.5.1, RFC 4515). */
#include "decode/ldapquery.h"

enum { AND = 0xa0, OR = 0xa1, NOT = 0xa2, EQUAL = 0xa3, SUBSTRINGS = 0xa4, GREATER = 0xa5, LESS = 0xa6, PRESENT = 0x87, APPROX = 0xa8, EXTENSIBLE = 0xa9 };
enum { RULE = 0x81, TYPE = 0x82, VALUE = 0x83, DN_ATTRIBUTES = 0x84 };  /* MatchingRuleAssertion */
enum { INITIAL = 0x80, ANY = 0x81, FINAL = 0x82 };                      /* SubstringFilter */

struct text {
    char *p;
    size_t n;
    bool full, cut; /* no more room; its end may be missing in the capture */
};

static void put(struct text *t, const char *p, size_t n)
{
    t->full = t->full || n > LDAPQUERY_TEXT - t->n;
    if (t->full || n == 0)
        return;
    memcpy(t->p + t->n, p, n);
    t->n += n;
}

static void word(struct text *t, const char *z)
{
    put(t, z, strlen(z));
}

/* An attribute description, matching rule or the like: as sent, apart from bytes that would break the text. */
static void name(struct text *t, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        put(t, s.p[i] > ' ' && s.p[i] < 0x7f && !strchr("()=*\\", s.p[i]) ? s.p + i : "?", 1);
}

/* An assertion value, RFC 4515 3: what would break the filter, and what is no text, as \xx. */
static void value(struct text *t, struct rd v)
{
    static const char digit[] = "0123456789abcdef";
    bool plain = str_set(ldapmsg_text(&v, SIZE_MAX));
    while (rd_left(&v) && !t->full) {
        uint8_t c = rd_u8(&v);
        char as[3] = {'\\', digit[c >> 4], digit[c & 15]};
        bool escape = c == 0 || strchr("()*\\", (char)c) || (c >= 0x80 && !plain) || c < ' ' || c == 0x7f;
        put(t, escape ? as : (const char *)&c, escape ? 3 : 1);
    }
}

static void guarded(struct text *t, struct str attribute, struct rd v)
{
    if (ldapmsg_secret(attribute))
        word(t, "hidden");
    else
        value(t, v);
}

static struct str rest_of(const struct rd *r)
{
    return (struct str){(const char *)r->p, rd_left(r)};
}

static void assertion(struct text *t, struct rd c, const char *sign)
{
    struct rd type = ber_get(&c, BER_OCTETS);
    name(t, rest_of(&type));
    struct rd v = ber_get(&c, BER_OCTETS);
    word(t, sign);
    guarded(t, rest_of(&type), v);
}

static void substrings(struct text *t, struct rd c)
{
    struct rd type = ber_get(&c, BER_OCTETS), parts = ber_get(&c, BER_SEQUENCE), v;
    bool star = false;
    name(t, rest_of(&type));
    word(t, "=");
    while (rd_left(&parts)) {
        uint8_t tag = ber_any(&parts, &v);
        if (tag != INITIAL && !star)
            word(t, "*");
        guarded(t, rest_of(&type), v);
        star = tag != FINAL;
        if (star)
            word(t, "*");
    }
}

static void extensible(struct text *t, struct rd c)
{
    struct rd rule, type, v, dn;
    bool has_rule = ber_opt(&c, RULE, &rule);
    bool has_type = ber_opt(&c, TYPE, &type);
    v = ber_get(&c, VALUE);
    if (has_type)
        name(t, rest_of(&type));
    if (ber_opt(&c, DN_ATTRIBUTES, &dn) && rd_left(&dn) && *dn.p)
        word(t, ":dn");
    if (has_rule) {
        word(t, ":");
        name(t, rest_of(&rule));
    }
    word(t, ":=");
    guarded(t, has_type ? rest_of(&type) : STR_NONE, v);
}

static void item(struct text *t, uint8_t tag, struct rd c)
{
    switch (tag) {
    case EQUAL: assertion(t, c, "="); break;
    case GREATER: assertion(t, c, ">="); break;
    case LESS: assertion(t, c, "<="); break;
    case APPROX: assertion(t, c, "~="); break;
    case SUBSTRINGS: substrings(t, c); break;
    case EXTENSIBLE: extensible(t, c); break;
    case PRESENT:
        name(t, rest_of(&c));
        word(t, "=*");
        break;
    default: rd_fail(&c, "unknown LDAP filter");
    }
}

/* Walks the tree without recursion: an open set is the reader of what is left of it. */
static void walk(struct text *t, struct rd *r)
{
    struct rd open[LDAPQUERY_DEPTH];
    unsigned depth = 0;
    open[0] = *r;
    bool first = true;
    while (first || depth > 0) {
        struct rd *at = &open[depth], c;
        if (!first && rd_left(at) == 0) {
            word(t, ")");
            depth--;
            continue;
        }
        first = false;
        uint8_t tag = ldapmsg_element(at, t->cut, &c);
        if (depth == 0)
            r->p = at->p;
        if (!rd_ok(at))
            return;
        word(t, "(");
        if (tag != AND && tag != OR && tag != NOT) {
            item(t, tag, c);
            word(t, ")");
        } else if (depth + 1 == LDAPQUERY_DEPTH) {
            rd_fail(at, "LDAP filter nested too deeply");
            return;
        } else {
            word(t, tag == AND ? "&" : tag == OR ? "|" : "!");
            open[++depth] = c;
        }
    }
}

struct str ldapquery_filter(struct arena *a, struct rd *r, bool cut)
{
    struct text t = {.p = arena_alloc(a, LDAPQUERY_TEXT), .cut = cut};
    if (!t.p)
        return STR_NONE;
    walk(&t, r);
    return t.n ? (struct str){t.p, t.n} : STR_NONE;
}

/* AttributeSelection: names separated by blanks. */
static struct str selection(struct arena *a, struct rd *list)
{
    struct text t = {.p = arena_alloc(a, LDAPQUERY_TEXT)};
    while (t.p && rd_left(list)) {
        struct rd one = ber_get(list, BER_OCTETS);
        if (!rd_left(&one))
            continue;
        if (t.n)
            word(&t, " ");
        for (struct str s = rest_of(&one); s.n; s = str_from(s, 1))
            put(&t, s.p[0] > ' ' && s.p[0] < 0x7f ? s.p : "?", 1);
    }
    return t.n ? (struct str){t.p, t.n} : STR_NONE;
}

void ldapquery_read(struct arena *a, struct rd *body, bool cut, struct ldapquery *out)
{
    static const char *const scopes[] = {"base", "one", "subtree", "subtree"}; /* 3: subordinate subtree */
    *out = (struct ldapquery){0};
    struct rd base = ber_get(body, BER_OCTETS);
    out->base = ldapmsg_text(&base, 2048);
    uint64_t scope = (uint64_t)ber_int(body, BER_ENUMERATED);
    if (rd_ok(body) && scope < sizeof scopes / sizeof *scopes)
        out->scope = str_of(scopes[scope]);
    (void)ber_int(body, BER_ENUMERATED); /* derefAliases */
    out->size_limit = (uint64_t)ber_int(body, BER_INTEGER);
    (void)ber_int(body, BER_INTEGER); /* timeLimit */
    (void)ber_int(body, BER_BOOLEAN); /* typesOnly */
    if (rd_ok(body))
        out->filter = ldapquery_filter(a, body, cut);
    if (rd_ok(body) && rd_left(body)) {
        struct rd list;
        (void)ldapmsg_element(body, cut, &list);
        out->attributes = selection(a, &list);
    }
}
