/* wire/wire.c - opening, counting and the way of one packet. */
#include "wire/wire_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/types.h>

enum { FLOWS = 100000, BYTES = 128 << 20 };

static void listen_on(uint8_t set[8192], const uint16_t ports[NETDECODER_PORTS])
{
    for (unsigned i = 0; i < NETDECODER_PORTS && ports[i]; i++)
        set[ports[i] >> 3] = (uint8_t)(set[ports[i] >> 3] | 1u << (ports[i] & 7));
}

int wire_open(const struct wire_options *o, struct wire **out)
{
    struct wire *w = calloc(1, sizeof *w);
    uint32_t slots = 1024;
    if (!w)
        return ERR_MEMORY;
    w->o = *o;
    w->o.flows = o->flows ? o->flows : FLOWS;
    w->o.bytes = o->bytes ? o->bytes : BYTES;
    while (slots < w->o.flows && slots < 1u << 24)
        slots *= 2;
    w->mask = slots - 1;
    w->slots = calloc(slots, sizeof(*w->slots));
    if (!w->slots || choose_open(w) != 0) {
        free(w->slots);
        free(w);
        return ERR_MEMORY;
    }
    w->counts.memory = sizeof *w + slots * sizeof(*w->slots);
    /* Only where entries lie in the table depends on it, so that nobody can choose ports that all lie in one place. */
    if (getrandom(&w->seed, sizeof w->seed, GRND_NONBLOCK) != (ssize_t)sizeof w->seed)
        w->seed = (uint64_t)(uintptr_t)w;
    for (const struct netdecoder *const *d = o->decoders; *d; d++) {
        if ((*d)->frame)
            listen_on(w->tcp_ports, (*d)->tcp);
        listen_on(w->udp_ports, (*d)->udp);
    }
    *out = w;
    return 0;
}

/* ---- telling ---- */

void wire_fault(struct wire *w, const struct ref *ref, const char *why)
{
    w->o.fault(w->o.owner, ref->packet, ref->offset, why);
}

void wire_malformed(struct wire *w, const char *why)
{
    w->counts.malformed++;
    wire_fault(w, &w->at, why);
}

static void name_protocol(uint32_t number, char *out, size_t room)
{
    switch (number) {
    case 1: (void)snprintf(out, room, "ICMP"); break;
    case 2: (void)snprintf(out, room, "IGMP"); break;
    case 4: (void)snprintf(out, room, "IP in IP"); break;
    case 47: (void)snprintf(out, room, "GRE"); break;
    case 50: (void)snprintf(out, room, "IPsec ESP"); break;
    case 58: (void)snprintf(out, room, "ICMPv6"); break;
    case 103: (void)snprintf(out, room, "PIM"); break;
    case 112: (void)snprintf(out, room, "VRRP"); break;
    case 132: (void)snprintf(out, room, "SCTP"); break;
    default: (void)snprintf(out, room, "IP protocol %u", (unsigned)number); break;
    }
}

static void name_ether(uint32_t number, char *out, size_t room)
{
    switch (number) {
    case 0x0806: (void)snprintf(out, room, "ARP"); break;
    case 0x888e: (void)snprintf(out, room, "EAPOL"); break;
    case 0x88cc: (void)snprintf(out, room, "LLDP"); break;
    default:
        if (number < 0x600)
            (void)snprintf(out, room, "frame without an Ethernet type");
        else
            (void)snprintf(out, room, "Ethernet type 0x%04x", (unsigned)number);
    }
}

static void name_ignored(uint32_t key, char *out, size_t room)
{
    uint32_t number = key & 0xffff;
    switch ((enum ignored_kind)(key >> 16)) {
    case IGNORED_LINK: (void)snprintf(out, room, "link type %u", (unsigned)number); break;
    case IGNORED_ETHER: name_ether(number, out, room); break;
    case IGNORED_PROTOCOL: name_protocol(number, out, room); break;
    case IGNORED_TCP: (void)snprintf(out, room, "TCP port %u", (unsigned)number); break;
    case IGNORED_UDP: (void)snprintf(out, room, "UDP port %u", (unsigned)number); break;
    case IGNORED_OTHER: (void)snprintf(out, room, "other packets"); break;
    }
}

static void tell_ignored(struct wire *w)
{
    char name[64];
    for (unsigned i = 0; i < NAMED * 2; i++) {
        struct named *x = &w->named[i];
        if (x->key) {
            name_ignored(x->key, name, sizeof name);
            w->o.ignored(w->o.owner, name, x->n);
        }
        *x = (struct named){0};
    }
    w->nnamed = 0;
}

void wire_ignored(struct wire *w, enum ignored_kind kind, uint32_t number)
{
    uint32_t key = (uint32_t)kind << 16 | (number & 0xffff);
    unsigned at = key * 2654435761u >> 23;
    _Static_assert(NAMED * 2 == 1 << 9, "the hash has nine bits");
    while (w->named[at].key && w->named[at].key != key)
        at = (at + 1) % (NAMED * 2);
    if (!w->named[at].key) {
        if (w->nnamed >= NAMED && kind != IGNORED_OTHER) {
            wire_ignored(w, IGNORED_OTHER, 0);
            return;
        }
        w->named[at].key = key;
        w->nnamed++;
    }
    w->named[at].n++;
}

/* ---- packets ---- */

void wire_packet(struct wire *w, const struct packet *p)
{
    struct layer l;
    struct fault f;
    w->counts.packets++;
    w->at = (struct ref){p->time, p->number, p->offset};
    w->now = p->time;
    flows_expire(w);
    switch (link_strip(p, &l, &f)) {
    case LAYER_OK: ip_layer(w, &l, &w->at); break;
    case LAYER_CUT: w->counts.cut++; break;
    case LAYER_BAD: wire_malformed(w, "packet ends inside its link header"); break;
    case LAYER_UNKNOWN: wire_ignored(w, IGNORED_LINK, p->link); break;
    }
}

void wire_tick(struct wire *w, int64_t now)
{
    w->now = now;
    flows_expire(w);
}

void wire_end(struct wire *w)
{
    flows_end_all(w);
    frag_reset(w);
    tell_ignored(w);
}

const struct wire_counts *wire_counts(const struct wire *w)
{
    return &w->counts;
}

void wire_close(struct wire *w)
{
    if (!w)
        return;
    wire_end(w);
    pool_empty(w);
    flows_free(w);
    free(w->slots);
    free(w->beginnings);
    free(w);
}

bool wire_peek(const struct packet *p, struct wire_ends *out)
{
    struct layer l;
    struct datagram d;
    struct fault f;
    *out = (struct wire_ends){.protocol = 0};
    if (link_strip(p, &l, &f) != LAYER_OK || ip_read(&l, &d) != LAYER_OK)
        return false;
    out->source = d.source;
    out->destination = d.destination;
    out->protocol = d.protocol;
    out->fragment = d.fragment;
    if ((d.protocol == 6 || d.protocol == 17) && d.at == 0 && d.n >= 4) {
        struct rd r = rd_of(d.p, d.n, &f);
        out->source_port = rd_u16be(&r);
        out->destination_port = rd_u16be(&r);
    }
    return true;
}
