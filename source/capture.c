/* source/capture.c - records of pcap and blocks of pcapng, in any pieces and with any damage. */
#include "source/capture.h"

#include "base/rd.h"
#include "base/time.h"

#include <stdlib.h>

enum {
    PCAP_HEAD = 24, RECORD_HEAD = 16, SNAP_USUAL = 262144,
    BLOCK_LEAST = 12, BLOCK_MAX = CAPTURE_FRAME_MAX + 131072, BLOCK_CREDIBLE = 16 << 20,
    BLOCK_INTERFACE = 1, BLOCK_OLD_PACKET = 2, BLOCK_SIMPLE_PACKET = 3, BLOCK_NAMES = 4, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6,
    OPTION_RESOLUTION = 9, OPTION_OFFSET = 14,
    STEP_AGAIN = 2 /* beside what capture_next returns: something was passed over */
};
#define BLOCK_SECTION 0x0a0d0d0au
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

/* What is left of the text. */
struct view {
    const uint8_t *p;
    size_t n;
    size_t at; /* of p within the text */
    bool end;
};

static uint32_t u32(const struct capture *c, struct rd *r)
{
    return c->swapped ? rd_u32be(r) : rd_u32le(r);
}

static uint16_t u16(const struct capture *c, struct rd *r)
{
    return c->swapped ? rd_u16be(r) : rd_u16le(r);
}

static void take(struct capture *c, struct view *v, size_t n)
{
    v->p += n;
    v->n -= n;
    v->at += n;
    c->offset += n;
}

static int tell(const struct capture *c, struct frame *out, uint64_t number, const char *why)
{
    *out = (struct frame){.number = number, .offset = c->offset, .time = c->time, .why = why};
    return 1;
}

/* What stands here cannot be read: tell it, and look for the next sound record behind its first byte. */
static int lose(struct capture *c, struct view *v, struct frame *out, const char *why)
{
    int got = tell(c, out, c->number + 1, why);
    c->lost = true;
    take(c, v, 1);
    return got;
}

/* ---- pcap ---- */

struct record {
    uint32_t seconds, fraction, n, whole;
};

static struct record record_head(const struct capture *c, const uint8_t *p)
{
    struct fault f;
    struct rd r = rd_of(p, RECORD_HEAD, &f);
    struct record h;
    h.seconds = u32(c, &r);
    h.fraction = u32(c, &r);
    h.n = u32(c, &r);
    h.whole = u32(c, &r);
    return h;
}

static bool credible(const struct capture *c, const struct record *h)
{
    uint32_t most = c->snap > SNAP_USUAL ? c->snap : SNAP_USUAL;
    return h->n <= most && h->n <= CAPTURE_FRAME_MAX;
}

static int64_t record_time(const struct capture *c, const struct record *h)
{
    return h->seconds * TIME_SECOND + (int64_t)h->fraction * (c->nano ? 1 : 1000);
}

static int pcap_begin(struct capture *c, struct view *v, struct frame *out)
{
    struct fault f;
    if (v->n < PCAP_HEAD) {
        if (!v->end || !v->n)
            return 0;
        int got = tell(c, out, 0, "capture ends inside its header");
        take(c, v, v->n);
        return got;
    }
    struct rd r = rd_of(v->p, PCAP_HEAD, &f);
    uint32_t magic = rd_u32le(&r);
    c->swapped = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
    c->nano = magic == 0xa1b23c4d || magic == 0x4d3cb2a1;
    rd_skip(&r, 12);
    c->snap = u32(c, &r);
    c->link = u32(c, &r) & 0xffff; /* above it: the length of a frame check sequence */
    c->begun = true;
    take(c, v, PCAP_HEAD);
    return STEP_AGAIN;
}

/* Is it what a sane writer writes? */
static bool sane(const struct capture *c, const struct record *h)
{
    return credible(c, h) && h->n <= h->whole && h->whole <= CAPTURE_FRAME_MAX &&
           h->fraction < (c->nano ? 1000000000u : 1000000u);
}

/* ... and near in time to the packet before? */
static bool likely(const struct capture *c, const struct record *h)
{
    int64_t apart = record_time(c, h) - c->time;
    return sane(c, h) && (c->number == 0 || (apart < TIME_DAY && apart > -TIME_DAY));
}

/* 1: a sane record, or the end, follows a record of n bytes; 0: more text is needed to know, -1: neither. */
static int followed(const struct capture *c, const struct view *v, uint32_t n)
{
    size_t behind = (size_t)RECORD_HEAD + n;
    if (v->n == behind && v->end)
        return 1;
    if (v->n < behind + RECORD_HEAD)
        return v->end ? -1 : 0;
    struct record next = record_head(c, v->p + behind);
    return sane(c, &next) ? 1 : -1;
}

/* 1: sound records begin here, 0: more text is needed to know, -1: not here. */
static int pcap_sound(const struct capture *c, const struct view *v)
{
    if (v->n < RECORD_HEAD)
        return v->end ? -1 : 0;
    struct record h = record_head(c, v->p);
    return h.n > 0 && likely(c, &h) ? followed(c, v, h.n) : -1; /* zeros are no packets */
}

static int pcap_record(struct capture *c, struct view *v, struct frame *out)
{
    if (v->n < RECORD_HEAD) {
        if (!v->end || !v->n)
            return 0;
        int got = tell(c, out, c->number + 1, "capture ends inside the head of a packet");
        take(c, v, v->n);
        return got;
    }
    struct record h = record_head(c, v->p);
    if (!credible(c, &h))
        return lose(c, v, out, "length of a packet cannot be: damaged here");
    if (v->n - RECORD_HEAD < h.n)
        return v->end ? lose(c, v, out, "capture ends inside a packet") : 0;
    int next = likely(c, &h) ? 1 : followed(c, v, h.n); /* a strange one is believed where what follows is in order */
    if (next == 0)
        return 0;
    if (next < 0)
        return lose(c, v, out, "head of a packet cannot be: damaged here");
    c->time = record_time(c, &h);
    *out = (struct frame){.at = v->at + RECORD_HEAD, .n = h.n, .whole = h.whole > h.n ? h.whole : h.n, .time = c->time, .link = c->link,
                          .number = ++c->number, .offset = c->offset};
    take(c, v, RECORD_HEAD + h.n);
    return 1;
}

/* ---- pcapng ---- */

static bool section_order(const uint8_t *p, bool *swapped)
{
    struct fault f;
    struct rd r = rd_of(p, 4, &f);
    uint32_t magic = rd_u32le(&r);
    *swapped = magic != BYTE_ORDER_MAGIC;
    return magic == BYTE_ORDER_MAGIC || magic == 0x4d3c2b1a;
}

static void block_head(const struct capture *c, const uint8_t *p, uint32_t *type, uint32_t *length)
{
    struct fault f;
    struct rd r = rd_of(p, 8, &f);
    *type = u32(c, &r);
    *length = u32(c, &r);
}

static uint32_t block_tail(const struct capture *c, const uint8_t *p, uint32_t length)
{
    struct fault f;
    struct rd r = rd_of(p + length - 4, 4, &f);
    return u32(c, &r);
}

static void interface_options(const struct capture *c, struct rd *r, struct capture_interface *to)
{
    while (rd_left(r) >= 4) {
        uint16_t code = u16(c, r), n = u16(c, r);
        struct rd value = rd_sub(r, n);
        if (code == 0)
            return;
        if (code == OPTION_RESOLUTION && n == 1)
            to->resolution = rd_u8(&value);
        if (code == OPTION_OFFSET && n == 8)
            to->offset = (int64_t)(c->swapped ? rd_u64be(&value) : rd_u64le(&value));
        size_t pad = (4u - n % 4u) % 4u;
        rd_skip(r, pad < rd_left(r) ? pad : rd_left(r));
    }
}

static int add_interface(struct capture *c, struct rd *r, struct frame *out)
{
    struct capture_interface one = {.resolution = 6};
    if (c->ninterfaces == CAPTURE_INTERFACES)
        return tell(c, out, c->number + 1, "more than 1,024 interfaces in a section: the others are not read");
    if (c->ninterfaces == c->room) {
        unsigned room = c->room ? c->room * 4 : 4;
        struct capture_interface *grown = realloc(c->interfaces, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        c->interfaces = grown;
        c->room = room;
    }
    one.link = u16(c, r);
    rd_skip(r, 2);
    one.snap = u32(c, r);
    bool head = rd_ok(r);
    interface_options(c, r, &one);
    c->interfaces[c->ninterfaces++] = one;
    return head && rd_ok(r) ? STEP_AGAIN : tell(c, out, c->number + 1, "interface description ends inside a field");
}

/* draft-ietf-opsawg-pcapng 4.2: a negative power of ten, or of two where the top bit is set. */
static bool stamp(const struct capture_interface *on, uint64_t ticks, int64_t *out)
{
    __extension__ typedef __int128 i128;
    unsigned power = on->resolution & 0x7f;
    i128 t = ticks;
    if (on->resolution & 0x80) {
        if (power > 63)
            return false;
        t = t * TIME_SECOND >> power;
    } else {
        if (power > 27)
            return false;
        for (unsigned i = power; i < 9; i++)
            t *= 10;
        for (unsigned i = 9; i < power; i++)
            t /= 10;
    }
    t += (i128)on->offset * TIME_SECOND;
    if (t < TIME_FIRST || t >= TIME_END)
        return false;
    *out = (int64_t)t;
    return true;
}

/* 4.3, 4.4 and A.1: enhanced, simple and the obsolete packet block; r stands behind the block's length. */
static int packet_block(struct capture *c, uint32_t type, struct rd *r, struct frame *out)
{
    uint32_t interface = 0, n = 0, whole = 0;
    uint64_t ticks = 0;
    c->number++;
    if (type == BLOCK_PACKET)
        interface = u32(c, r);
    if (type == BLOCK_OLD_PACKET) {
        interface = u16(c, r);
        rd_skip(r, 2); /* drops */
    }
    if (type != BLOCK_SIMPLE_PACKET) {
        ticks = (uint64_t)u32(c, r) << 32;
        ticks |= u32(c, r);
        n = u32(c, r);
    }
    whole = u32(c, r);
    if (interface >= c->ninterfaces)
        return tell(c, out, c->number, "packet of an interface that was not described");
    const struct capture_interface *on = &c->interfaces[interface];
    if (type == BLOCK_SIMPLE_PACKET) {
        n = on->snap && on->snap < whole ? on->snap : whole;
        n = n < rd_left(r) ? n : (uint32_t)rd_left(r);
    } else if (!stamp(on, ticks, &c->time)) {
        return tell(c, out, c->number, "time of a packet is out of range");
    }
    const uint8_t *from = r->origin;
    const uint8_t *p = rd_bytes(r, n);
    if (!p)
        return tell(c, out, c->number, "packet is longer than its block");
    *out = (struct frame){.at = (size_t)(p - from), .n = n, .whole = whole > n ? whole : n, .time = c->time, .link = on->link,
                          .number = c->number, .offset = c->offset};
    return 1;
}

static bool whole_needed(uint32_t type)
{
    return type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_PACKET || type == BLOCK_SIMPLE_PACKET ||
           type == BLOCK_OLD_PACKET;
}

static int whole_block(struct capture *c, struct view *v, uint32_t type, uint32_t length, struct frame *out)
{
    struct fault f;
    struct rd r = rd_of(v->p, length - 4, &f);
    int got = STEP_AGAIN;
    if (block_tail(c, v->p, length) != length)
        return lose(c, v, out, "the two lengths of a block differ: damaged here");
    rd_skip(&r, 8);
    if (type == BLOCK_SECTION)
        c->ninterfaces = 0;
    else if (type == BLOCK_INTERFACE)
        got = add_interface(c, &r, out);
    else
        got = packet_block(c, type, &r, out);
    if (got == 1)
        out->at += v->at;
    if (got >= 0)
        take(c, v, length);
    return got;
}

static int block(struct capture *c, struct view *v, struct frame *out)
{
    uint32_t type, length;
    if (v->n < BLOCK_LEAST) {
        if (!v->end || !v->n)
            return 0;
        int got = tell(c, out, c->number + 1, "capture ends inside the head of a block");
        take(c, v, v->n);
        return got;
    }
    block_head(c, v->p, &type, &length);
    if (type == BLOCK_SECTION && !section_order(v->p + 8, &c->swapped))
        return lose(c, v, out, "section of an unknown byte order: damaged here");
    block_head(c, v->p, &type, &length);
    if (length < BLOCK_LEAST || length % 4 || length > (whole_needed(type) ? BLOCK_MAX : BLOCK_CREDIBLE))
        return lose(c, v, out, "length of a block cannot be: damaged here");
    if (!whole_needed(type)) {
        c->skip = length;
        return STEP_AGAIN;
    }
    if (v->n < length)
        return v->end ? lose(c, v, out, "capture ends inside a block") : 0;
    return whole_block(c, v, type, length, out);
}

/* As pcap_sound. */
static int block_sound(struct capture *c, const struct view *v)
{
    uint32_t type, length;
    bool swapped;
    if (v->n < BLOCK_LEAST)
        return v->end ? -1 : 0;
    block_head(c, v->p, &type, &length);
    if (type == BLOCK_SECTION && section_order(v->p + 8, &swapped)) {
        c->swapped = swapped;
        block_head(c, v->p, &type, &length);
    }
    if ((!whole_needed(type) && type != BLOCK_NAMES && type != BLOCK_STATISTICS) || length < BLOCK_LEAST || length % 4 || length > BLOCK_MAX)
        return -1;
    if (v->n < length)
        return v->end ? -1 : 0;
    return block_tail(c, v->p, length) == length ? 1 : -1;
}

/* ---- both ---- */

bool capture_claims(const uint8_t *p, size_t n)
{
    struct fault f;
    struct rd r = rd_of(p, n, &f);
    bool swapped;
    uint32_t magic = rd_u32le(&r);
    if (magic == BLOCK_SECTION)
        return n >= BLOCK_LEAST && section_order(p + 8, &swapped);
    return magic == 0xa1b2c3d4 || magic == 0xd4c3b2a1 || magic == 0xa1b23c4d || magic == 0x4d3cb2a1;
}

static int begin(struct capture *c, struct view *v, struct frame *out)
{
    if (v->n < 4 && !v->end)
        return 0;
    c->pcapng = v->n >= 4 && memcmp(v->p, "\x0a\x0d\x0d\x0a", 4) == 0;
    if (!c->pcapng)
        return pcap_begin(c, v, out);
    c->begun = true;
    return STEP_AGAIN;
}

static int search(struct capture *c, struct view *v)
{
    int sound = -1;
    while (v->n && (sound = c->pcapng ? block_sound(c, v) : pcap_sound(c, v)) < 0)
        take(c, v, 1);
    if (v->n == 0 || sound == 0)
        return 0;
    c->lost = false;
    return STEP_AGAIN;
}

static int pass_over(struct capture *c, struct view *v, struct frame *out)
{
    size_t n = c->skip < v->n ? (size_t)c->skip : v->n;
    take(c, v, n);
    c->skip -= n;
    if (c->skip == 0)
        return STEP_AGAIN;
    if (!v->end)
        return 0;
    c->skip = 0;
    return tell(c, out, c->number + 1, "capture ends inside a block");
}

static int step(struct capture *c, struct view *v, struct frame *out)
{
    if (c->skip)
        return pass_over(c, v, out);
    if (!c->begun)
        return begin(c, v, out);
    if (c->lost)
        return search(c, v);
    return c->pcapng ? block(c, v, out) : pcap_record(c, v, out);
}

int capture_next(struct capture *c, const uint8_t *text, size_t n, size_t *at, bool end, struct frame *out)
{
    struct view v = {text + *at, n - *at, *at, end};
    int got;
    do
        got = step(c, &v, out);
    while (got == STEP_AGAIN);
    *at = v.at;
    return got;
}

void capture_free(struct capture *c)
{
    free(c->interfaces);
    *c = (struct capture){0};
}
