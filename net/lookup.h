/* net/lookup.h - addresses of a host within a given time: a thread asks, the caller waits no longer than it wants.
 *
 * Host addresses are taken at once, without a thread. A question that is given up goes on in its thread, which cleans up
 * after itself when the system's resolver answers. */
#ifndef VIGIE_NET_LOOKUP_H
#define VIGIE_NET_LOOKUP_H

#include <netdb.h>
#include <stdint.h>

struct lookup;

enum { LOOKUP_LATE = 1 }; /* beside the codes of getaddrinfo, which are negative */

/* Asks, or goes on waiting for what *pending has asked (NULL = nothing, and again afterwards unless LOOKUP_LATE). 0 and
 * the addresses for freeaddrinfo; LOOKUP_LATE when wait_ms was too short; EAI_... for gai_strerror otherwise. */
int lookup_wait(struct lookup **pending, const char *host, const char *port, int64_t wait_ms, struct addrinfo **out);
/* Gives up; nothing happens for NULL. */
void lookup_drop(struct lookup *pending);

#endif
