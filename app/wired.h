/* app/wired.h - a wire with the decoders of all network protocols behind it: for whoever has packets. */
#ifndef VIGIE_APP_WIRED_H
#define VIGIE_APP_WIRED_H

#include "decode/decode.h"
#include "source/capture.h"
#include "wire/wire.h"

struct wired;

/* Activities, records that were not understood and those that are none are told through `d`, which must outlive it, except for what the wire
 * leaves out by itself: packets and connections that no decoder reads, through `ignored`. d's arena is emptied after each message. `bytes`: the
 * most that is kept (wire/wire.h), 0: the usual. */
int wired_open(struct decode *d, size_t bytes, void (*ignored)(struct decode *d, struct str what, uint64_t n), struct wired **out);
/* A frame whose bytes lie at `bytes` + x->at. */
void wired_packet(struct wired *w, const struct frame *x, const uint8_t *bytes);
void wired_tick(struct wired *w, int64_t now);
const struct wire_counts *wired_counts(const struct wired *w);
/* All conversations are over: what they still have to say comes now. */
void wired_end(struct wired *w);
/* After wired_end, or where nobody wants to hear more. NULL is allowed. */
void wired_close(struct wired *w);

#endif
