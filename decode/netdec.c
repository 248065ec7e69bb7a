/* decode/netdec.c - identity, place and small helpers of network decoders. */
#include "decode/netdec.h"

#include "base/hash.h"
#include "base/utf.h"

static struct str bytes_of(const void *p, size_t n)
{
    return (struct str){p, n};
}

/* Of a long message so much from each end is enough: numbers of messages and requests stand in their heads, nonces in their ends. */
enum { HEAD = 128, TAIL = 32 };

void netdec_ref(const struct flow *f, const struct message *m, unsigned ordinal, struct netref *out)
{
    struct { /* without gaps: they would be hashed, too */
        int64_t microseconds;
        uint64_t length;
        uint8_t client[sizeof f->client.b], server[sizeof f->server.b];
        uint32_t ordinal, from_client;
        uint16_t client_port, server_port;
        uint32_t zero;
    } fixed = {.microseconds = m->time / 1000, .length = m->n, .ordinal = ordinal, .from_client = m->from_client, .client_port = f->client_port,
               .server_port = f->server_port};
    size_t tail = m->n > HEAD + TAIL ? TAIL : 0;
    memcpy(fixed.client, f->client.b, sizeof fixed.client);
    memcpy(fixed.server, f->server.b, sizeof fixed.server);
    const struct str parts[] = {STR("packet"), bytes_of(&fixed, sizeof fixed), bytes_of(m->p, tail ? HEAD : m->n), bytes_of(m->p + m->n - tail, tail)};
    hash_id(out->id, parts, sizeof parts / sizeof *parts);
    out->time = m->time;
    out->packet = m->packet;
    out->offset = m->offset;
}

struct activity *netdec_begin(struct decode *d, const struct flow *f, const struct netref *r, enum kind kind, enum protocol protocol)
{
    d->origin.record = r->packet;
    d->origin.offset = r->offset;
    struct activity *a = decode_begin(d, kind);
    memcpy(a->id, r->id, sizeof a->id);
    a->time = r->time;
    a->app = str_of(APP_AD);
    a->protocol = protocol;
    a->ip = f->client;
    a->port = f->client_port;
    a->destination_ip = f->server;
    return a;
}

struct activity *netdec_now(struct decode *d, const struct flow *f, const struct message *m, enum kind kind, enum protocol protocol)
{
    struct netref r;
    netdec_ref(f, m, 0, &r);
    return netdec_begin(d, f, &r, kind, protocol);
}

void netdec_fault(struct decode *d, const struct message *m, const char *why, uint64_t offset)
{
    d->origin.record = m->packet;
    d->origin.offset = m->offset;
    (void)decode_fault(d, why, offset);
}

size_t netdec_copy(char *to, size_t room, struct str s)
{
    s = utf_cut(s, room);
    if (s.n)
        memcpy(to, s.p, s.n);
    return s.n;
}
