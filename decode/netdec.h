/* decode/netdec.h - what decoders of network protocols (decode/net_*.c, wire/flow.h) share.
 *
 * An activity often needs a request and its answer. The request's place and identity are kept as a `netref` in the flow's state
 * until the answer comes (or never does), so that the activity has the time and the record of its request. */
#ifndef VIGIE_DECODE_NETDEC_H
#define VIGIE_DECODE_NETDEC_H

#include "base/rd.h"
#include "decode/decode.h"
#include "wire/flow.h"

struct netref {
    uint8_t id[16];
    int64_t time;
    uint64_t packet, offset;
};

/* Identity of the ordinal-th thing (from 0) that message m says: endpoints, time to the microsecond, length, first and last
 * bytes, ordinal. The same packet in two captures gives the same. */
void netdec_ref(const struct flow *f, const struct message *m, unsigned ordinal, struct netref *out);
/* Starts an activity of app "Active Directory" at r: id, time, origin, ip and port of the client, destination_ip of the server. */
struct activity *netdec_begin(struct decode *d, const struct flow *f, const struct netref *r, enum kind kind, enum protocol protocol);
/* netdec_ref and netdec_begin in one, for what needs no answer. */
struct activity *netdec_now(struct decode *d, const struct flow *f, const struct message *m, enum kind kind, enum protocol protocol);
/* A fault in message m at byte `offset` of it. */
void netdec_fault(struct decode *d, const struct message *m, const char *why, uint64_t offset);

/* A text kept in a flow's state: cut at its room, length and bytes. struct { uint8_t n; char p[63]; } and the like: */
#define NETDEC_TEXT(room)                                                                                                              \
    struct {                                                                                                                           \
        uint16_t n; /* 0: absent */                                                                                                    \
        char p[room];                                                                                                                  \
    }
#define netdec_keep(to, s) ((to)->n = (uint16_t)netdec_copy((to)->p, sizeof((to)->p), (s)))
#define netdec_kept(from) ((from)->n ? (struct str){(from)->p, (from)->n} : STR_NONE)
/* Copies at most `room` bytes, never half a UTF-8 character; bytes copied. */
size_t netdec_copy(char *to, size_t room, struct str s);

#endif
