/* decode/evtx_xml.c - flattens binary XML: tokens of MS-EVEN6 2.2.12, offsets as libevtx documents them. */
#include "decode/evtx_xml.h"

#include "base/arena.h"
#include "base/utf.h"

enum token {
    OPEN_ELEMENT = 0x01,
    CLOSE_START = 0x02,
    CLOSE_EMPTY = 0x03,
    END_ELEMENT = 0x04,
    VALUE_TEXT = 0x05,
    ATTRIBUTE = 0x06,
    CDATA = 0x07,
    CHAR_REF = 0x08,
    ENTITY_REF = 0x09,
    PI_TARGET = 0x0a,
    PI_DATA = 0x0b,
    SUBSTITUTION = 0x0d,
    OPTIONAL_SUBSTITUTION = 0x0e,
    FRAGMENT_HEADER = 0x0f,
    MORE = 0x40 /* more of the same follow, or attributes do */
};

struct walk {
    struct rd *r;
    const struct rd *chunk;
    struct evtx_flat *out;
    bool in_template, in_tag; /* in_tag: between an element's name and the end of its attributes */
    unsigned depth;
    bool full;
};

static struct evtx_step *step(struct walk *w, enum evtx_step_kind kind)
{
    struct evtx_flat *f = w->out;
    if (f->nsteps == EVTX_STEPS) {
        w->full = true;
        rd_fail(w->r, "a template has too many parts");
        return &f->step[EVTX_STEPS - 1];
    }
    struct evtx_step *s = &f->step[f->nsteps++];
    *s = (struct evtx_step){.kind = (uint8_t)kind};
    return s;
}

/* UTF-16LE to the text pool. */
static void text(struct walk *w, struct evtx_step *s, struct rd *from)
{
    struct evtx_flat *f = w->out;
    size_t units = rd_left(from) / 2;
    s->at = f->ntext;
    if (units * 3 + 4 > EVTX_TEXT_MAX - f->ntext) {
        w->full = true;
        rd_fail(w->r, "a template's names and texts are too long");
        return;
    }
    s->n = (uint32_t)utf_put16(&f->text[f->ntext], from->p, units);
    f->ntext += s->n;
    f->text[f->ntext++] = '\0';
}

static void literal(struct walk *w, struct evtx_step *s, const char *z, size_t n)
{
    struct evtx_flat *f = w->out;
    if (n + 1 > EVTX_TEXT_MAX - f->ntext) {
        w->full = true;
        rd_fail(w->r, "a template's names and texts are too long");
        return;
    }
    s->at = f->ntext;
    s->n = (uint32_t)n;
    memcpy(&f->text[s->at], z, n);
    f->text[s->at + n] = '\0';
    f->ntext += (uint32_t)n + 1;
}

/* A name: next offset, hash, count of characters, characters, NUL; stored at its first use, pointed to after. */
static struct rd name(struct walk *w)
{
    uint32_t offset = rd_u32le(w->r);
    bool here = offset == rd_offset(w->r) && rd_ok(w->r);
    struct rd at = rd_at(w->chunk, offset, (size_t)(w->chunk->end - w->chunk->origin) - (offset < EVTX_TEXT_MAX ? offset : 0));
    rd_skip(&at, 6);
    size_t n = (size_t)rd_u16le(&at) * 2;
    struct rd chars = rd_sub(&at, n);
    if (here)
        rd_skip(w->r, 8 + n + 2);
    if (rd_ok(w->r) && n == 0)
        rd_fail(w->r, "a name is empty");
    return chars;
}

/* A step with a name whose offset comes next, and `after` bytes to leave out behind it. */
static void named(struct walk *w, enum evtx_step_kind kind, size_t after)
{
    struct evtx_flat *f = w->out;
    struct rd look = *w->r;
    uint32_t offset = rd_left(&look) >= 4 ? rd_u32le(&look) : 0;
    struct evtx_name *known = &f->name[offset % EVTX_NAMES];
    if (known->chunk == f->chunk && known->offset == offset && 3 * EVTX_NAME + 4 <= EVTX_TEXT_MAX - f->ntext) {
        rd_skip(w->r, 4);
        if (offset == rd_offset(w->r))
            rd_skip(w->r, 8 + known->units * 2u + 2);
        rd_skip(w->r, after);
        struct evtx_step *s = step(w, kind);
        s->at = f->ntext;
        s->n = known->n;
        memcpy(&f->text[f->ntext], known->text, EVTX_NAME);
        f->ntext += known->n;
        f->text[f->ntext++] = '\0';
        return;
    }
    struct rd chars = name(w);
    size_t units = rd_left(&chars) / 2;
    rd_skip(w->r, after);
    struct evtx_step *s = step(w, kind);
    text(w, s, &chars);
    if (!rd_ok(w->r) || s->n > EVTX_NAME)
        return;
    *known = (struct evtx_name){.chunk = f->chunk, .offset = offset, .units = (uint16_t)units, .n = (uint16_t)s->n};
    memcpy(known->text, &f->text[s->at], s->n);
}

/* Outside of templates there is no dependency identifier; where the place says otherwise, the size tells. */
static void open_element(struct walk *w, bool attributes)
{
    struct rd plain = *w->r;
    uint32_t size = 0;
    if (rd_left(w->r) >= 8)
        size = rd_u32le(&plain);
    if (w->in_template || size > rd_left(&plain))
        rd_skip(w->r, 2);
    rd_skip(w->r, 4);
    named(w, EVTX_OPEN, attributes ? 4 : 0); /* size of the attribute list */
    if (++w->depth > EVTX_DEPTH) {
        w->full = true;
        rd_fail(w->r, "elements are nested too deep");
    }
    w->in_tag = true;
}

static void counted(struct walk *w)
{
    size_t n = (size_t)rd_u16le(w->r) * 2;
    struct rd chars = rd_sub(w->r, n);
    text(w, step(w, EVTX_TEXT), &chars);
}

/* Literal values are strings only (2.2.12 ValueText). */
static void value_text(struct walk *w)
{
    uint8_t type = rd_u8(w->r);
    if (type == EVTX_STRING)
        counted(w);
    else
        rd_fail(w->r, "a literal value is not a string");
}

static void char_ref(struct walk *w)
{
    char utf[4];
    uint32_t c = rd_u16le(w->r);
    size_t n = utf_put(utf, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
    literal(w, step(w, EVTX_TEXT), utf, n);
}

/* XML 1.0 section 4.6 */
static void entity_ref(struct walk *w)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"apos", '\''}, {"quot", '"'}};
    struct rd chars = name(w);
    struct evtx_step *s = step(w, EVTX_TEXT);
    text(w, s, &chars);
    if (!rd_ok(w->r))
        return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(&w->out->text[s->at], known[i].name) == 0) {
            w->out->text[s->at] = known[i].c;
            w->out->text[s->at + 1] = '\0';
            w->out->ntext = s->at + 2;
            s->n = 1;
            return;
        }
    rd_fail(w->r, "an entity has an unknown name");
}

/* A processing instruction becomes an element named "?target" with its data as text. */
static void instruction(struct walk *w)
{
    char target[256];
    struct rd chars = name(w);
    struct evtx_step *s = step(w, EVTX_OPEN);
    text(w, s, &chars);
    if (rd_ok(w->r) && s->n + 2 <= sizeof target) {
        size_t n = s->n;
        target[0] = '?';
        memcpy(&target[1], &w->out->text[s->at], n);
        w->out->ntext = s->at;
        literal(w, s, target, n + 1);
    }
    step(w, EVTX_BODY);
    if (rd_u8(w->r) == PI_DATA)
        counted(w);
    else
        rd_fail(w->r, "a processing instruction has no data");
    step(w, EVTX_END);
}

static void substitution(struct walk *w)
{
    struct evtx_step *s = step(w, EVTX_SUB);
    s->sub = rd_u16le(w->r);
    s->type = rd_u8(w->r);
}

static void leave(struct walk *w, bool empty)
{
    if (w->depth == 0 || w->in_tag != empty) {
        rd_fail(w->r, "an element ends where none is open");
        return;
    }
    if (empty)
        step(w, EVTX_BODY);
    step(w, EVTX_END);
    w->depth--;
    w->in_tag = false;
}

/* What may stand inside of a tag: attributes and their values. */
static void in_tag(struct walk *w, uint8_t token)
{
    switch (token & ~MORE) {
    case ATTRIBUTE: named(w, EVTX_ATTR, 0); return;
    case CLOSE_START:
        step(w, EVTX_BODY);
        w->in_tag = false;
        return;
    case CLOSE_EMPTY: leave(w, true); return;
    default: rd_fail(w->r, "unknown token in an element's tag"); return;
    }
}

static void in_content(struct walk *w, uint8_t token)
{
    switch (token & ~MORE) {
    case OPEN_ELEMENT: open_element(w, token & MORE); return;
    case END_ELEMENT: leave(w, false); return;
    case PI_TARGET: instruction(w); return;
    default: rd_fail(w->r, "unknown token"); return;
    }
}

/* Tokens that carry text, in attributes and in content. False when the token is none of them. */
static bool carries_text(struct walk *w, uint8_t token)
{
    switch (token & ~MORE) {
    case VALUE_TEXT: value_text(w); return true;
    case CDATA: counted(w); return true;
    case CHAR_REF: char_ref(w); return true;
    case ENTITY_REF: entity_ref(w); return true;
    case SUBSTITUTION:
    case OPTIONAL_SUBSTITUTION: substitution(w); return true;
    default: return false;
    }
}

uint8_t evtx_xml_prolog(struct rd *r)
{
    for (;;) {
        struct rd look = *r;
        uint8_t token = rd_left(r) ? rd_u8(&look) : EVTX_TOKEN_END;
        if (token != FRAGMENT_HEADER)
            return token;
        rd_skip(r, 4); /* token, major version, minor version, flags */
    }
}

int evtx_xml_flatten(struct rd *r, const struct rd *chunk, bool in_template, struct evtx_flat *out)
{
    struct walk w = {.r = r, .chunk = chunk, .out = out, .in_template = in_template};
    out->nsteps = out->ntext = 0;
    (void)evtx_xml_prolog(r);
    while (rd_left(r) && rd_ok(r)) {
        uint8_t token = rd_u8(r);
        bool attribute_value = w.in_tag && out->step[out->nsteps - 1].kind != EVTX_OPEN;
        if (token == EVTX_TOKEN_END)
            break;
        if ((attribute_value || (!w.in_tag && w.depth)) && carries_text(&w, token))
            continue;
        if (w.in_tag)
            in_tag(&w, token);
        else
            in_content(&w, token);
    }
    if (rd_ok(r) && (w.depth || out->nsteps == 0))
        rd_fail(r, "binary XML ends inside an element");
    if (rd_ok(r))
        return 0;
    return w.full ? ERR_LIMIT : ERR_MALFORMED;
}

struct evtx_definition evtx_xml_instance(struct rd *r, const struct rd *chunk)
{
    rd_skip(r, 1 + 1 + 4); /* token, version, template id: the GUID's beginning */
    uint32_t offset = rd_u32le(r);
    bool here = offset == rd_offset(r);
    struct rd at = rd_at(chunk, offset, 24);
    rd_skip(&at, 4 + 16); /* next definition in the same bucket, GUID */
    struct evtx_definition d = {.size = rd_u32le(&at)};
    d.body = rd_offset(&at);
    if (here)
        rd_skip(r, 24 + (size_t)d.size);
    return d;
}
