/* source/capture.h - packet captures cut into frames: pcap and pcapng, both byte orders.
 *
 * Sources: the pcap file format as libpcap documents it (pcap-savefile(5), draft-ietf-opsawg-pcap) and pcapng
 * (draft-ietf-opsawg-pcapng). Text is given in pieces and nothing is kept of it; what the reader knows of a pcapng section are its
 * interfaces, at most CAPTURE_INTERFACES. Damage is told as a frame with `why`: a block whose length can be believed is passed over, and
 * otherwise the reader looks for the place where sound records begin again. */
#ifndef VIGIE_SOURCE_CAPTURE_H
#define VIGIE_SOURCE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CAPTURE_FRAME_MAX = 1 << 20, CAPTURE_INTERFACES = 1024 };

struct frame {
    size_t at, n;    /* captured bytes, within the text given */
    size_t whole;    /* on the wire */
    int64_t time;    /* a simple packet block has none: that of the packet before it */
    uint32_t link;   /* LINKTYPE_ value */
    uint64_t number; /* packets count from 1 */
    uint64_t offset; /* of its record within the capture */
    const char *why; /* not NULL: not a packet but a fault */
};

struct capture_interface {
    uint32_t link, snap;
    uint8_t resolution; /* if_tsresol as stated */
    int64_t offset;     /* if_tsoffset, seconds */
};

struct capture {
    bool begun, pcapng, swapped;
    bool lost; /* looking for the next sound record */
    bool nano; /* pcap */
    uint32_t link, snap;
    struct capture_interface *interfaces; /* of this pcapng section */
    unsigned ninterfaces, room;
    uint64_t number, offset; /* of the packet last given; of the first byte not yet taken */
    uint64_t skip;   /* bytes of a block that is not for us */
    int64_t time;    /* of the packet last given */
};

/* Do these first bytes begin a capture? */
bool capture_claims(const uint8_t *p, size_t n);
/* Finds the next packet in text[*at, n). 1 with the frame and *at moved behind it, or 0 when more text is needed (*at is then where
 * the unfinished rest begins, which is never longer than CAPTURE_FRAME_MAX and a little). `end`: no more text follows. Negative enum err
 * when memory is short. */
int capture_next(struct capture *c, const uint8_t *text, size_t n, size_t *at, bool end, struct frame *out);
void capture_free(struct capture *c);

#endif
