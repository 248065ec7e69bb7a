/* app/packet.c - shows packets. */
#include "app/packet.h"

#include "base/time.h"
#include "wire/wire.h"

enum { ROW = 16 };

static void ends(const struct packet *p, struct buf *out)
{
    struct wire_ends e;
    char from[IP_TEXT], to[IP_TEXT];
    if (!wire_peek(p, &e)) {
        buf_fmt(out, " link type %u", (unsigned)p->link);
        return;
    }
    struct str a = ip_text(&e.source, from), b = ip_text(&e.destination, to);
    if (e.source_port || e.destination_port)
        buf_fmt(out, " %s %.*s port %u to %.*s port %u", e.protocol == 6 ? "TCP" : "UDP", STR_ARG(a), e.source_port, STR_ARG(b),
                e.destination_port);
    else
        buf_fmt(out, " IP protocol %u%s %.*s to %.*s", e.protocol, e.fragment ? " (fragment)" : "", STR_ARG(a), STR_ARG(b));
}

static void row(const uint8_t *p, size_t at, size_t n, struct buf *out)
{
    buf_fmt(out, "%06zx ", at);
    for (size_t i = 0; i < ROW; i++)
        if (i < n)
            buf_fmt(out, "%s %02x", i == ROW / 2 ? " " : "", p[i]);
        else
            buf_fmt(out, "%s   ", i == ROW / 2 ? " " : "");
    buf_str(out, STR("  "));
    for (size_t i = 0; i < n; i++)
        buf_char(out, p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '.');
    buf_char(out, '\n');
}

void packet_text(const struct frame *x, const char *bytes, struct buf *out)
{
    char when[TIME_TEXT];
    const uint8_t *at = (const uint8_t *)bytes + x->at;
    const struct packet p = {at, x->n, x->whole, x->time, x->link, x->number, x->offset};
    buf_fmt(out, "packet %llu at byte %llu: %.*s", (unsigned long long)x->number, (unsigned long long)x->offset,
            STR_ARG(time_text(x->time, when)));
    ends(&p, out);
    buf_fmt(out, ", %zu bytes", x->whole);
    if (x->n < x->whole)
        buf_fmt(out, ", %zu captured", x->n);
    buf_char(out, '\n');
    for (size_t i = 0; i < x->n; i += ROW)
        row(at + i, i, x->n - i < ROW ? x->n - i : ROW, out);
}
