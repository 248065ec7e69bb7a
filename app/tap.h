/* app/tap.h - packets in, lines of activity NDJSON out: what a sensor does with a wire. */
#ifndef VIGIE_APP_TAP_H
#define VIGIE_APP_TAP_H

#include "base/str.h"
#include "model/unread.h"
#include "source/capture.h"
#include "wire/wire.h"

struct tap_counts {
    uint64_t activities, faults;
    uint64_t ignored;              /* packets, connections and records that no decoder reads */
    uint64_t unread[UNREAD_COUNT]; /* among these: what says something that cannot be read */
};

struct tap;

/* `line` takes each activity; not 0 is counted as lost by the caller. `source`: what the records' path says ("eth0"). */
int tap_open(const char *source, int (*line)(void *owner, struct str line), void *owner, struct tap **out);
void tap_packet(struct tap *t, const struct frame *x, const uint8_t *bytes);
void tap_tick(struct tap *t, int64_t now);
const struct wire_counts *tap_wire(const struct tap *t);
const struct tap_counts *tap_counts(const struct tap *t);
void tap_end(struct tap *t); /* all conversations are over: what they still have to say comes now */
void tap_close(struct tap *t);

#endif
