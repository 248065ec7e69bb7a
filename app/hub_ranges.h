/* app/hub_ranges.h - the administrator's IP ranges as detections ask for them: which tags an address has by its category. */
#ifndef VIGIE_APP_HUB_RANGES_H
#define VIGIE_APP_HUB_RANGES_H

#include "base/ip.h"
#include "store/db.h"

struct ranges;

/* As they are now. */
int ranges_open(struct db *db, struct ranges **out);
void ranges_close(struct ranges *r);
/* LOCATION_ bits of every range that the address is in: a search in those of each length. */
uint32_t ranges_tags(const struct ranges *r, const struct ip *ip);

#endif
