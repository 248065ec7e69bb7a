/* tools/sample/evtx_writer.h - writes Windows event log files (.evtx) as the event log service does.
 *
 * Sources: MS-EVEN6 2.2.12 to 2.2.18 for binary XML; the libevtx documentation for file and chunk headers.
 * Each record is one instance of a template for <Event><System>, whose last substitution (0x21, binary
 * XML) is an instance of the event's own template for <EventData> or <UserData>. Names and templates
 * are written once per chunk. Records are given in time order, encoded by evtx_writer_value(). */
#ifndef VIGIE_SAMPLE_EVTX_WRITER_H
#define VIGIE_SAMPLE_EVTX_WRITER_H

#include "base/buf.h"

#include <stdint.h>

enum evtx_type { /* value types of MS-EVEN6 2.2.12 */
    EVTX_NULL = 0x00,
    EVTX_STR = 0x01,
    EVTX_U8 = 0x04,
    EVTX_U16 = 0x06,
    EVTX_U32 = 0x08,
    EVTX_U64 = 0x0a,
    EVTX_BINARY = 0x0e,
    EVTX_GUID = 0x0f,
    EVTX_SIZE = 0x10, /* only in templates: a pointer, whose values come as EVTX_H64 */
    EVTX_TIME = 0x11,
    EVTX_SID = 0x13,
    EVTX_H32 = 0x14,
    EVTX_H64 = 0x15,
    EVTX_XML = 0x21
};

enum { EVTX_FIELDS = 32, EVTX_SCHEMAS = 64 };

struct evtx_field {
    const char *name;
    uint8_t type;
};

/* One event as its manifest describes it. */
struct evtx_schema {
    uint16_t id, task;
    uint16_t qualifiers; /* 0 = the attribute is absent */
    uint8_t version, level;
    uint64_t keywords;
    const char *provider, *provider_guid;
    const char *wrapper; /* NULL = <EventData>, else the element inside <UserData> */
    uint16_t number;     /* index of this schema, below EVTX_SCHEMAS */
    uint16_t nfields;
    struct evtx_field field[EVTX_FIELDS];
};

struct evtx_values { /* values of one record, encoded */
    uint16_t n;
    uint8_t type[EVTX_FIELDS];
    uint16_t size[EVTX_FIELDS];
    uint32_t bytes;
    uint8_t data[16384];
};

struct evtx_writer;

/* Starts `path`; channel and computer are those of every record. NULL when the file cannot be made. */
struct evtx_writer *evtx_writer_open(const char *path, const char *channel, const char *computer, uint64_t first_record);
/* Writes one record; keywords 0 stands for the schema's. Returns 0 or ERR_IO. */
int evtx_writer_record(struct evtx_writer *w, const struct evtx_schema *s, int64_t time, uint64_t keywords,
                       const struct evtx_values *v);
uint64_t evtx_writer_records(const struct evtx_writer *w); /* in this file */
uint64_t evtx_writer_bytes(const struct evtx_writer *w);
int evtx_writer_close(struct evtx_writer *w);

/* Appends one value to `v`: raw bytes of the given type, cut when they do not fit. */
void evtx_writer_value(struct evtx_values *v, enum evtx_type type, const void *bytes, size_t n);
/* UTF-8 text as UTF-16LE. */
void evtx_writer_text(struct evtx_values *v, const char *text);

#endif
