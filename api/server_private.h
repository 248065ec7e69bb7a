/* api/server_private.h - what server.c and exchange.c share. */
#ifndef VIGIE_API_SERVER_PRIVATE_H
#define VIGIE_API_SERVER_PRIVATE_H

#include "api/caller.h"
#include "api/guard.h"
#include "api/patience.h"
#include "api/pool.h"
#include "api/route.h"
#include "api/server.h"
#include "api/statics.h"

#include <microhttpd.h>
#include <stdatomic.h>

enum { LANES = 4, BODY_MOST = 1 << 20, BODIES_MOST = 64 << 20, HEAD_MOST = 64 << 10 };

struct server {
    struct server_options o;
    struct MHD_Daemon *daemon;
    int listening; /* socket, -1 when the daemon is gone */
    uint16_t port;
    char *cert_pem, *key_pem;
    struct route_tree *routes;
    struct statics *statics;
    struct guard *guard;
    struct patience *patience;
    struct pool *lanes[LANES];
    atomic_bool stopping;
    atomic_uint_fast64_t running, bodies; /* requests now; bytes of bodies held now */
    atomic_uint_fast64_t requests, by_class[6], connections, accepted, overloaded;
};

/* One connection. */
struct peer {
    struct patience_entry *patience;
    char from[46]; /* address as text */
};

/* ---- exchange.c: one request from its first line to its answer ---- */

void *exchange_begin(void *server, const char *target, struct MHD_Connection *c);
enum MHD_Result exchange_step(void *server, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data,
                              size_t *n, void **exchange);
void exchange_end(void *server, struct MHD_Connection *c, void **exchange, enum MHD_RequestTerminationCode why);
/* Work of a lane: struct pool_work. */
void *exchange_worker_open(void *server);
void exchange_work(void *worker, void *exchange);
void exchange_worker_close(void *worker);

#endif
