/* decode/evtx.h - Windows event log files (.evtx): file header, chunks, binary XML.
 *
 * Sources: MS-EVEN6 2.2.12 to 2.2.18 for binary XML; the file and chunk headers are not specified by
 * Microsoft, their fields are those that the libevtx documentation describes.
 * A file is a 4 KiB header and 64 KiB chunks; chunks are independent of each other, so they are decoded
 * in parallel, one reader (template cache) per thread. Bad checksums are reported and the chunk is still
 * read as far as its structures hold. */
#ifndef VIGIE_DECODE_EVTX_H
#define VIGIE_DECODE_EVTX_H

#include "base/buf.h"
#include "decode/winevent.h"

enum { EVTX_HEADER = 4096, EVTX_CHUNK = 65536 };

struct evtx_header {
    uint64_t first_chunk, last_chunk, next_record;
    uint16_t chunks;   /* as the header says; dirty files have more */
    uint16_t major, minor;
    bool dirty, full;
    bool checksum_ok;
};

bool evtx_claims(const uint8_t *bytes, size_t n); /* "ElfFile\0" */
int evtx_header(const uint8_t *bytes, size_t n, struct evtx_header *out, struct fault *fault);

struct evtx; /* a reader: template cache and scratch; one per thread */
struct evtx *evtx_new(void);
void evtx_free(struct evtx *x);

/* Decodes all records of one chunk to activities through winevent_decode. `offset` is the chunk's byte
 * offset in the file; d->origin.input is set by the caller, record and offset by this. d->arena is reset before
 * every record. Returns the number of records read (understood or ignored; 0 for a chunk that was never used), or
 * ERR_MALFORMED when the chunk header is not one and no record stands behind it. Faults go to d->fault with d->origin naming record (0: the chunk
 * itself) and offset; their own offset counts from the chunk's first byte. A chunk cut short is read as far as it goes. */
int evtx_chunk(struct evtx *x, struct decode *d, const uint8_t *chunk, size_t n, uint64_t offset);

/* The same records as JSON objects, one line each, every value in it: what `vigie record` prints.
 * {"record":n,"offset":n,"time":...,"Event":{"System":{...},"EventData":{...}}} */
int evtx_chunk_json(struct evtx *x, const uint8_t *chunk, size_t n, uint64_t offset, struct buf *out,
                    void (*fault)(void *owner, uint64_t record, const struct fault *f), void *owner);

#endif
