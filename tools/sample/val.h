/* tools/sample/val.h - the values of one Windows event, added in the order of its schema. */
#ifndef VIGIE_SAMPLE_VAL_H
#define VIGIE_SAMPLE_VAL_H

#include "tools/sample/world.h"

void val_start(struct evtx_values *v);
void val_s(struct evtx_values *v, const char *text);
void val_u(struct evtx_values *v, uint32_t value);
void val_x(struct evtx_values *v, uint32_t value); /* HexInt32 */
void val_X(struct evtx_values *v, uint64_t value); /* HexInt64 */
void val_guid(struct evtx_values *v, struct rng *r); /* the null GUID without r */
/* S-1-0-0 for 0, S-1-5-n below 100, the BUILTIN domain from 544, else the organisation's domain. */
void val_sid(struct evtx_values *v, const struct org *o, uint32_t rid);
const char *val_domain(uint32_t rid);
void val_subject(struct evtx_values *v, const struct org *o, const struct who *who, uint64_t id); /* 4 values */
void val_target(struct evtx_values *v, const struct org *o, const struct who *who);               /* 3 values */
void val_ip(struct evtx_values *v, uint32_t ip, bool mapped);
void val_port(struct evtx_values *v, struct world *w, uint32_t ip);
/* Checks the values against the event's schema and files it in the host's Security or System log. */
void val_write(struct world *w, int64_t t, int host, unsigned event, uint64_t keywords, const struct evtx_values *v);

#endif
