/* source/feed.h - hands out the inputs in pieces that threads can decode independently.
 *
 * A unit is about a megabyte of one input with the places of its records: lines or objects of JSON text,
 * chunks of an EVTX file, or packets of a capture. Each thread takes a file of its own while there are files,
 * then helps with those of others; but all units of a capture go to one worker, in order, because what a packet
 * means depends on those before it. Text is followed by FEED_PADDING readable bytes. */
#ifndef VIGIE_SOURCE_FEED_H
#define VIGIE_SOURCE_FEED_H

#include "source/capture.h"
#include "source/input.h"
#include "source/split.h"

enum { FEED_PADDING = 64 };

enum unit_format { UNIT_JSON, UNIT_EVTX, UNIT_LDIF, UNIT_CAPTURE };

struct unit {
    uint32_t input;
    enum unit_format format;
    char *bytes;
    size_t n, room;
    uint64_t offset; /* of bytes[0] within the (unpacked) input */
    uint64_t fresh;  /* bytes of the input that no earlier unit held */
    struct span *spans; /* JSON: records; EVTX: the file header (4096 bytes, first unit only) and chunks */
    size_t nspans, span_room;
    struct frame *frames; /* capture: its packets, and faults between them */
    size_t nframes, frame_room;
    bool pcapng;
};

struct feed;
struct feed_worker;

int feed_open(struct feed **out, struct inputs *in);
int feed_worker(struct feed *f, struct feed_worker **out); /* one per thread */
/* 1 with the next unit, 0 when all is handed out, negative enum err. */
int feed_next(struct feed_worker *w, struct unit *u);
void feed_worker_free(struct feed_worker *w);
void unit_free(struct unit *u);
/* Bytes read so far and in all, for progress. */
void feed_progress(struct feed *f, uint64_t *done, uint64_t *total);
void feed_close(struct feed *f);

#endif
