/* directory/dir_ldif.c - LDIF content records (RFC 2849) of Active Directory objects.
 *
 * Folded lines, base64 values, comments. Only the attributes that Vigie uses are kept. Change records
 * are not taken: a directory export has none. */
#include "directory/dir_ref.h"

#include <sodium.h>

struct ldif {
    struct dir_import *im;
    struct dir_entry *entry; /* NULL before the first attribute of interest */
    struct str dn;
    bool bad, short_of; /* the entry is lost; a value of it is */
    const char *why;
};

static void attribute(struct ldif *l, struct str name, struct str v)
{
    int err = dir_attr_add(l->entry, &l->im->text, name, v);
    l->bad |= err == ERR_MEMORY;
    if (err == ERR_MALFORMED) {
        l->short_of = true;
        l->why = "LDIF value that is not in its attribute's form";
    }
}

/* "name: text" or "name:: base64" */
static void line(struct ldif *l, struct str s)
{
    ptrdiff_t colon = str_chr(s, ':');
    if (colon <= 0) {
        l->bad = true;
        l->why = "LDIF line without an attribute name";
        return;
    }
    struct str name = str_sub(s, 0, (size_t)colon), v = str_from(s, (size_t)colon + 1);
    ptrdiff_t option = str_chr(name, ';');
    if (option > 0)
        name = str_sub(name, 0, (size_t)option);
    if (v.n && v.p[0] == ':') {
        struct str b64 = str_trim(str_from(v, 1));
        char *out = arena_alloc(&l->im->text, b64.n + 1);
        size_t n;
        if (!out || sodium_base642bin((unsigned char *)out, b64.n + 1, b64.p, b64.n, " ", &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) {
            l->bad = true;
            l->why = "LDIF value that is not base64";
            return;
        }
        v = (struct str){out, n};
    } else {
        v = str_trim(v);
    }
    if (str_eqi(name, STR("dn"))) {
        l->dn = str_dup(&l->im->text, v);
        l->entry = dir_import_entry(l->im);
        l->bad |= l->entry == NULL;
    } else if (l->entry && v.n) {
        attribute(l, name, v);
    }
}

/* ---- one entry ---- */

static void finish(struct ldif *l)
{
    struct dir_entry *e = l->entry;
    if (!e)
        return;
    e->dn = l->dn;
    dir_attr_finish(l->im, e);
    if (e->role == DIR_PLACE)
        l->im->n--; /* an organisational unit, a container: nobody */
}

static void next_entry(struct ldif *l, uint64_t *skipped, struct fault *first, uint64_t offset)
{
    if ((l->bad || l->short_of) && (*skipped)++ == 0)
        *first = (struct fault){l->why ? l->why : "LDIF entry too large", offset};
    if (!l->bad)
        finish(l);
    else if (l->entry)
        l->im->n--;
    *l = (struct ldif){.im = l->im};
}

/* End of the physical line at `at` (its newline or n), and where the next one starts. */
static size_t line_end(const char *text, size_t n, size_t at, size_t *next)
{
    const char *eol = memchr(text + at, '\n', n - at);
    size_t end = eol ? (size_t)(eol - text) : n;
    *next = end < n ? end + 1 : n;
    return end > at && text[end - 1] == '\r' ? end - 1 : end;
}

/* The logical line at *at: physical lines joined where the next begins with a blank (RFC 2849, folding). */
static struct str logical(struct ldif *l, const char *text, size_t n, size_t *at)
{
    size_t start = *at, next;
    size_t end = line_end(text, n, start, &next), total = end - start;
    *at = next;
    if (next >= n || text[next] != ' ')
        return (struct str){text + start, total};
    for (size_t p = next; p < n && text[p] == ' '; p = next)
        total += line_end(text, n, p, &next) - p - 1;
    char *joined = arena_alloc(&l->im->text, total);
    size_t used = end - start;
    if (joined)
        memcpy(joined, text + start, used);
    for (; *at < n && text[*at] == ' '; *at = next) {
        end = line_end(text, n, *at, &next);
        if (joined)
            memcpy(joined + used, text + *at + 1, end - *at - 1);
        used += end - *at - 1;
    }
    l->bad |= joined == NULL;
    return (struct str){joined, joined ? used : 0};
}

int dir_import_ldif(struct dir_import *im, const char *text, size_t n, uint64_t *skipped, struct fault *first)
{
    struct ldif l = {.im = im};
    size_t at = 0, start = 0;
    while (at < n) {
        struct str s = logical(&l, text, n, &at);
        if (s.n == 0) {
            next_entry(&l, skipped, first, start);
            start = at;
        } else if (s.p[0] != '#' && !str_startsi(s, STR("version:")) && !l.bad) {
            line(&l, s);
        }
    }
    next_entry(&l, skipped, first, start);
    return 0;
}
