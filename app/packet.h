/* app/packet.h - packets of a capture as text: time, ends, and bytes in hexadecimal. */
#ifndef VIGIE_APP_PACKET_H
#define VIGIE_APP_PACKET_H

#include "base/buf.h"
#include "source/feed.h"

/* One packet; x->at counts from `bytes`. */
void packet_text(const struct frame *x, const char *bytes, struct buf *out);

#endif
