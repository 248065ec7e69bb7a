/* directory/netowner.h - what the owner of a network tells about an address in it. */
#ifndef VIGIE_DIRECTORY_NETOWNER_H
#define VIGIE_DIRECTORY_NETOWNER_H

#include "model/activity.h"

/* LOCATION_CLOUD for owners that rent machines to everybody, LOCATION_VPN for those that carry other
 * people's traffic to the Internet, LOCATION_ANONYMOUS besides for those that sell hiding; 0 for all
 * others. A person is not where such an address is. Names are those of AS registrations. */
uint32_t netowner_tags(struct str network);

#endif
