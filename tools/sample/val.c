/* tools/sample/val.c - values of Windows events: SIDs, numbers, texts, and the parts that many events share. */
#include "tools/sample/val.h"

#include "tools/sample/schema.h"

#include <stdio.h>

void val_start(struct evtx_values *v)
{
    v->n = 0;
    v->bytes = 0;
}

void val_s(struct evtx_values *v, const char *text)
{
    evtx_writer_text(v, text);
}

static void number(struct evtx_values *v, enum evtx_type type, uint64_t value, size_t n)
{
    uint8_t b[8];
    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(value >> (8 * i));
    evtx_writer_value(v, type, b, n);
}

void val_u(struct evtx_values *v, uint32_t value)
{
    number(v, EVTX_U32, value, 4);
}

void val_x(struct evtx_values *v, uint32_t value)
{
    number(v, EVTX_H32, value, 4);
}

void val_X(struct evtx_values *v, uint64_t value)
{
    number(v, EVTX_H64, value, 8);
}

void val_guid(struct evtx_values *v, struct rng *r)
{
    uint8_t b[16] = {0};
    for (int half = 0; r && half < 2; half++) {
        uint64_t bits = rng_u64(r);
        for (int i = 0; i < 8; i++)
            b[8 * half + i] = (uint8_t)(bits >> (8 * i));
    }
    evtx_writer_value(v, EVTX_GUID, b, sizeof b);
}

/* S-1-0-0 for 0, S-1-5-n below 100, the BUILTIN domain from 544, else the organisation's domain. */
void val_sid(struct evtx_values *v, const struct org *o, uint32_t rid)
{
    uint32_t sub[5] = {21, o->domain[0], o->domain[1], o->domain[2], rid};
    uint8_t count = 5, b[28] = {1};
    if (rid < 100) {
        sub[0] = rid;
        count = 1;
    } else if (rid >= 544 && rid < 600) {
        sub[0] = 32;
        sub[1] = rid;
        count = 2;
    }
    b[1] = count;
    b[7] = rid ? 5 : 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < 4; k++)
            b[8 + 4 * i + k] = (uint8_t)(sub[i] >> (8 * k));
    evtx_writer_value(v, EVTX_SID, b, 8u + 4u * count);
}

const char *val_domain(uint32_t rid)
{
    return rid == 0 ? "-" : rid < 100 ? "NT AUTHORITY" : rid >= 544 && rid < 600 ? "Builtin" : ORG_DOMAIN;
}

void val_subject(struct evtx_values *v, const struct org *o, const struct who *who, uint64_t id)
{
    val_sid(v, o, who->rid);
    val_s(v, who->sam);
    val_s(v, val_domain(who->rid));
    val_X(v, who->rid == 18 ? 0x3e7 : id);
}

void val_target(struct evtx_values *v, const struct org *o, const struct who *who)
{
    val_s(v, who->sam);
    val_s(v, val_domain(who->rid));
    val_sid(v, o, who->rid);
}

void val_ip(struct evtx_values *v, uint32_t ip, bool mapped)
{
    char text[ORG_IP + 8], dotted[ORG_IP];
    if (!ip) {
        val_s(v, mapped ? "::1" : "-");
        return;
    }
    snprintf(text, sizeof text, "%s%s", mapped ? "::ffff:" : "", org_ip(ip, dotted));
    val_s(v, text);
}

void val_port(struct evtx_values *v, struct world *w, uint32_t ip)
{
    char text[12];
    snprintf(text, sizeof text, "%d", ip ? rng_between(&w->rng, 49152, 65535) : 0);
    val_s(v, text);
}

void val_write(struct world *w, int64_t t, int host, unsigned event, uint64_t keywords, const struct evtx_values *v)
{
    const struct evtx_schema *schema = schema_of(event);
    const struct host *h = &w->org.hosts[host];
    schema_check(schema, v);
    out_event(w->out, event == 7045 || event == 7036 ? h->system : h->log, t, schema, keywords, v);
}
