/* api/statics.h - the portal's files as answers that are made once: entity tags, gzip twins, headers. */
#ifndef VIGIE_API_STATICS_H
#define VIGIE_API_STATICS_H

#include "base/str.h"

#include <microhttpd.h>

struct statics;
struct server_file;

int statics_open(struct statics **out, const struct server_file *files);
void statics_close(struct statics *s);
/* Queues the file of that path ("" is index.html). False: there is none. `*status` is what was sent. */
bool statics_send(struct statics *s, struct MHD_Connection *c, struct str path, unsigned *status, enum MHD_Result *queued);
bool statics_has(const struct statics *s, struct str path);
/* The headers that every answer carries. */
void statics_headers(struct MHD_Response *r);

#endif
