/* source/live.c - captures with libpcap. */
#include "source/live.h"

#include "base/time.h"

#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { SNAP = 262144, BUFFER_MB = 64, MOST_AT_ONCE = 4096, HELD_MS = 100 };

struct live {
    pcap_t *pcap;
    bool nano;
    uint32_t link;
    uint64_t number;
    void (*each)(void *owner, const struct frame *x, const uint8_t *bytes);
    void *owner;
};

void live_filter(const uint16_t *udp_ports, size_t n, char out[LIVE_FILTER])
{
    /* fragments but the first have no ports; a VLAN tag moves what follows it, so the same stands behind "vlan" once more */
    char ports[LIVE_FILTER / 2 - 128];
    size_t at = 0;
    ports[0] = '\0';
    for (size_t i = 0; i < n && at + 32 < sizeof ports; i++)
        at += (size_t)snprintf(ports + at, sizeof ports - at, " or udp port %u", udp_ports[i]);
    (void)snprintf(out, LIVE_FILTER, "(tcp or (ip[6:2] & 0x3fff != 0) or ip6 proto 44%s) or (vlan and (tcp or (ip[6:2] & 0x3fff != 0)%s))", ports, ports);
}

static int refuse(struct live *l, const char *about, const char *what, char why[LIVE_WHY])
{
    (void)snprintf(why, LIVE_WHY, "%.100s: %.140s", about, what);
    live_close(l);
    return ERR_IO;
}

/* Not in immediate mode: there the kernel gives each packet a place as large as the largest may be, so that the buffer holds some hundred
 * packets. Like this it packs them (TPACKET_V3) and hands over whole blocks. */
static bool set_up(pcap_t *p, int buffer_mb)
{
    bool set = pcap_set_snaplen(p, SNAP) == 0 && pcap_set_promisc(p, 1) == 0 && pcap_set_timeout(p, HELD_MS) == 0;
    return set && pcap_set_buffer_size(p, (buffer_mb ? buffer_mb : BUFFER_MB) << 20) == 0;
}

static int set_filter(struct live *l, const struct live_options *o, char why[LIVE_WHY])
{
    struct bpf_program program;
    if (pcap_compile(l->pcap, &program, o->filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return refuse(l, "the capture filter", pcap_geterr(l->pcap), why);
    int failed = pcap_setfilter(l->pcap, &program);
    pcap_freecode(&program);
    return failed ? refuse(l, "the capture filter", pcap_geterr(l->pcap), why) : 0;
}

int live_open(const struct live_options *o, struct live **out, char why[LIVE_WHY])
{
    char text[PCAP_ERRBUF_SIZE] = "";
    struct live *l = calloc(1, sizeof *l);
    if (!l)
        return ERR_MEMORY;
    l->pcap = pcap_create(o->interface, text);
    if (!l->pcap)
        return refuse(l, o->interface, text, why);
    l->nano = pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
    if (!set_up(l->pcap, o->buffer_mb))
        return refuse(l, o->interface, "the capture cannot be set up", why);
    int code = pcap_activate(l->pcap);
    if (code < 0) {
        const char *more = pcap_geterr(l->pcap);
        return refuse(l, o->interface, *more ? more : pcap_statustostr(code), why);
    }
    l->link = (uint32_t)pcap_datalink(l->pcap);
    if (o->filter) {
        int err = set_filter(l, o, why);
        if (err)
            return err;
    }
    if (pcap_setnonblock(l->pcap, 1, text) != 0)
        return refuse(l, o->interface, text, why);
    *out = l;
    return 0;
}

static void one(u_char *owner, const struct pcap_pkthdr *h, const u_char *bytes)
{
    struct live *l = (void *)owner;
    const struct frame x = {.n = h->caplen,
                            .whole = h->len,
                            .time = (int64_t)h->ts.tv_sec * TIME_SECOND + (int64_t)h->ts.tv_usec * (l->nano ? 1 : 1000),
                            .link = l->link,
                            .number = ++l->number};
    l->each(l->owner, &x, bytes);
}

int live_read(struct live *l, int wait_ms, void (*each)(void *owner, const struct frame *x, const uint8_t *bytes), void *owner)
{
    struct pollfd fd = {.fd = pcap_get_selectable_fd(l->pcap), .events = POLLIN};
    l->each = each;
    l->owner = owner;
    if (fd.fd >= 0)
        (void)poll(&fd, 1, wait_ms);
    int n = pcap_dispatch(l->pcap, MOST_AT_ONCE, one, (u_char *)l);
    return n < 0 ? ERR_IO : n;
}

void live_counts(struct live *l, struct live_counts *out)
{
    struct pcap_stat s;
    *out = (struct live_counts){.packets = l->number};
    if (pcap_stats(l->pcap, &s) == 0) {
        out->dropped = s.ps_drop;
        out->interface_dropped = s.ps_ifdrop;
    }
}

void live_close(struct live *l)
{
    if (l && l->pcap)
        pcap_close(l->pcap);
    free(l);
}
