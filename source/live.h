/* source/live.h - packets from a network interface, as they come (libpcap).
 *
 * A filter in the kernel lets only the ports and protocols that somebody reads through, fragments and encapsulated VLANs included.
 * Packets are handed over in blocks, at the latest after a tenth of a second; what the kernel had no room for is counted. Opening needs the
 * right to capture (CAP_NET_RAW); reading does not, so privileges can be given up in between. */
#ifndef VIGIE_SOURCE_LIVE_H
#define VIGIE_SOURCE_LIVE_H

#include "base/err.h"
#include "source/capture.h"

enum { LIVE_WHY = 256, LIVE_FILTER = 2048 };

struct live_options {
    const char *interface;
    const char *filter; /* in the language of pcap-filter(7) */
    int buffer_mb;      /* of the kernel; 0: 64 */
};

struct live_counts {
    uint64_t packets;        /* handed over */
    uint64_t dropped;        /* by the kernel, for lack of room */
    uint64_t interface_dropped; /* by the network card or its driver */
};

struct live;

/* ERR_USAGE or ERR_IO with a sentence. */
int live_open(const struct live_options *o, struct live **out, char why[LIVE_WHY]);
/* Calls `each` for packets that are there, waiting at most `wait_ms` for the first. The frame's `at` counts from `bytes`. Returns how many
 * there were, or ERR_IO when the interface is gone. */
int live_read(struct live *l, int wait_ms, void (*each)(void *owner, const struct frame *x, const uint8_t *bytes), void *owner);
void live_counts(struct live *l, struct live_counts *out);
void live_close(struct live *l);

/* A filter for these ports, for TCP on any port (protocols are told by content) and for fragments: writes a text into out. */
void live_filter(const uint16_t *udp_ports, size_t n, char out[LIVE_FILTER]);

#endif
