/* detect/cloud.h - what the cloud detections share: whose activity, how to call people and places. */
#ifndef VIGIE_DETECT_CLOUD_H
#define VIGIE_DETECT_CLOUD_H

#include "detect/detect.h"

extern const enum kind cloud_kinds[]; /* every kind of the cloud shore, ended by KIND_COUNT */

/* A number for the person behind an activity, the same for all accounts that resolve to one; 0 when the
 * record names nobody. */
uint64_t cloud_user(const struct activity *a);
/* False when the actor is the provider's own machinery or an app: their habits are not a person's. */
bool cloud_person(const struct detection *d, const struct activity *a);
/* How people call the actor. */
struct str cloud_actor(const struct detection *d, const struct activity *a);
/* How people call what the object refers to. */
struct str cloud_object(const struct detection *d, const struct object *o);
/* " from 192.0.2.1 (Ukraine)", with what is known of it; empty when nothing is. */
struct str cloud_from(struct detection *d, const struct activity *a);
/* "12 minutes", "3 hours", "2 days" */
struct str cloud_span(struct detection *d, int64_t nanoseconds);
/* True when the address is no sign of where its user is: tagged corporate, VPN or cloud. */
bool cloud_elsewhere(const struct activity *a);
/* The moment from which this actor's learning period counts: the first cloud activity of the person, or
 * `seen` when the record resolves to nobody. */
int64_t cloud_since(const struct detection *d, const struct activity *a, int64_t seen);
/* A number for the network of an address (/24 of IPv4, /48 of IPv6), 0 when there is no address. */
uint64_t cloud_network(const struct ip *ip);

#endif
