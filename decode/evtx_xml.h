/* decode/evtx_xml.h - binary XML (MS-EVEN6 2.2.12) made flat: a list of steps without offsets.
 *
 * Names and literal texts are resolved against the chunk, so the same template gives the same steps in
 * every chunk, byte for byte: that is what templates are recognised by. Every OPEN is closed by an END,
 * nesting is at most EVTX_DEPTH, and whoever walks the steps need not doubt them. */
#ifndef VIGIE_DECODE_EVTX_XML_H
#define VIGIE_DECODE_EVTX_XML_H

#include "base/rd.h"
#include "decode/evtx_value.h"

enum { EVTX_DEPTH = 20 };

enum evtx_step_kind {
    EVTX_OPEN, /* element: text = name */
    EVTX_ATTR, /* attribute: text = name; its value is the TEXT and SUB that follow */
    EVTX_BODY, /* the attributes are over */
    EVTX_END,
    EVTX_TEXT, /* literal */
    EVTX_SUB   /* substitution of value number `sub` */
};

struct evtx_step {
    uint8_t kind;
    uint8_t type; /* of SUB: the type that the template declares */
    uint16_t sub;
    uint32_t at, n; /* of text in evtx_flat.text */
};

enum { EVTX_STEPS = 16384, EVTX_TEXT_MAX = 262144, EVTX_NAMES = 512, EVTX_NAME = 32 };

/* A short name of the chunk at hand in UTF-8: its templates share their names, and there are many of both. */
struct evtx_name {
    uint64_t chunk; /* where it was read: evtx_flat.chunk then */
    uint32_t offset;
    uint16_t units, n;
    char text[EVTX_NAME];
};

/* Scratch of one reader. */
struct evtx_flat {
    uint64_t chunk; /* the owner's count of chunks: tells names of this one from those before */
    struct evtx_name name[EVTX_NAMES];
    uint32_t nsteps, ntext;
    struct evtx_step step[EVTX_STEPS];
    char text[EVTX_TEXT_MAX]; /* UTF-8; a NUL follows each name and text */
};

/* A template definition (2.2.12 TemplateInstanceData): where its fragment lies. */
struct evtx_definition {
    size_t body;   /* offset in the chunk */
    uint32_t size; /* of the body */
};

/* Reads from r, at a TemplateInstance token, up to the values: names the definition, and skips it when it
 * stands right there. `chunk` is the root reader. */
struct evtx_definition evtx_xml_instance(struct rd *r, const struct rd *chunk);

/* Flattens the fragment at r (a template's, or one without template) up to its end. `in_template` says
 * that elements carry dependency identifiers. 0, ERR_MALFORMED with the fault in r, or ERR_LIMIT. */
int evtx_xml_flatten(struct rd *r, const struct rd *chunk, bool in_template, struct evtx_flat *out);

/* Skips fragment headers; the token that comes then is looked at, not taken. */
uint8_t evtx_xml_prolog(struct rd *r);
enum { EVTX_TOKEN_END = 0x00, EVTX_TOKEN_INSTANCE = 0x0c };

#endif
