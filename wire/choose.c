/* wire/choose.c - which protocol a TCP connection speaks: its first bytes say it, ports are a hint for the order of asking. */
#include "wire/wire_private.h"

#include <stdlib.h>

int choose_open(struct wire *w)
{
    size_t n = 0;
    while (w->o.decoders[n])
        n++;
    w->beginnings = calloc(n + 1, sizeof *w->beginnings);
    if (!w->beginnings)
        return ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const struct netdecoder *d = w->o.decoders[i];
        w->beginnings[i].decoder = d;
        for (unsigned k = 0; d->frame && k < 512; k++) {
            const uint8_t first = (uint8_t)k;
            w->beginnings[i].may[k >> 8][first] = d->claims(&first, 1, k >> 8) != CLAIM_NO;
        }
    }
    return 0;
}

const struct beginning *choose_beginning(const struct wire *w, const struct netdecoder *d)
{
    const struct beginning *b = w->beginnings;
    while (b->decoder != d)
        b++;
    return b;
}

static bool listens(const struct netdecoder *d, uint16_t port)
{
    for (unsigned i = 0; i < NETDECODER_PORTS && d->tcp[i]; i++)
        if (d->tcp[i] == port)
            return true;
    return false;
}

/* CLAIM_MORE while one that is asked earlier may still say yes. */
static enum claim ask(const struct wire *w, uint16_t port, bool from_client, struct str bytes, const struct netdecoder **out)
{
    const uint8_t *p = (const uint8_t *)bytes.p;
    bool more = false;
    for (int own = 1; own >= 0; own--)
        for (const struct netdecoder *const *d = w->o.decoders; *d; d++) {
            if (!(*d)->frame || listens(*d, port) != own)
                continue;
            enum claim c = (*d)->claims(p, bytes.n, from_client);
            if (c == CLAIM_MORE)
                more = true;
            if (c != CLAIM_YES)
                continue;
            if (!*out)
                *out = *d;
            return more ? CLAIM_MORE : CLAIM_YES;
        }
    return more ? CLAIM_MORE : CLAIM_NO;
}

enum claim choose_tcp(struct wire *w, struct entry *e, unsigned side, struct str bytes, bool last)
{
    const struct netdecoder *by = NULL;
    unsigned client = e->client;
    enum claim c = ask(w, e->flow.server_port, side == client, bytes, &by);
    if (c == CLAIM_NO && !e->sure) { /* perhaps it goes the other way */
        client = !client;
        c = ask(w, client ? e->key.a_port : e->key.b_port, side == client, bytes, &by);
    }
    if (c == CLAIM_MORE && last)
        c = by ? CLAIM_YES : CLAIM_NO;
    if (c != CLAIM_YES)
        return c;
    if (client != e->client)
        flows_client(e, client);
    e->sure = true;
    return flows_decoder(w, e, by) ? CLAIM_YES : CLAIM_NO;
}
