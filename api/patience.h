/* api/patience.h - how long a client may take: every connection has a moment by which its next step must be done.
 *
 * A time limit between two bytes is not enough: a client that sends one byte every few seconds holds a connection for
 * ever. Here each step (request head, body, reading the answer) has one deadline as a whole; a thread shuts the socket
 * down when it has passed, and the HTTP library then cleans up. */
#ifndef VIGIE_API_PATIENCE_H
#define VIGIE_API_PATIENCE_H

#include <stdint.h>

struct patience;
struct patience_entry;

int patience_open(struct patience **out);
void patience_close(struct patience *p);
/* A connection that has `ms` from now; NULL when memory is short. */
struct patience_entry *patience_add(struct patience *p, int fd, int64_t ms);
/* Its next step has `ms` from now; 0: as long as we need (it is our turn). */
void patience_set(struct patience *p, struct patience_entry *e, int64_t ms);
/* Before its socket is closed. */
void patience_drop(struct patience *p, struct patience_entry *e);

#endif
