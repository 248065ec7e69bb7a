/* directory/netowner.h - what the owner of a network tells about an address in it. */
#ifndef VIGIE_DIRECTORY_NETOWNER_H
#define VIGIE_DIRECTORY_NETOWNER_H

#include "model/activity.h"

/* LOCATION_CLOUD for owners that rent machines to everybody, LOCATION_VPN for those that carry other
 * people's traffic to the Internet, LOCATION_ANONYMOUS besides for those that sell hiding; 0 for all
 * others. A person is not where such an address is. Names are those of AS registrations. */
uint32_t netowner_tags(struct str network);
/* The owner, when the address lies in one of the large blocks that the three biggest clouds hold in
 * their own name; absent otherwise. For inputs without an ASN database: their machines speak for users
 * (mail and file services, gateways), and are not where these are. */
struct str netowner_of(const struct ip *ip);

#endif
