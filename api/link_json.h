/* api/link_json.h - the link and the licences as the API shows them. */
#ifndef VIGIE_API_LINK_JSON_H
#define VIGIE_API_LINK_JSON_H

#include "api/api.h"
#include "base/jout.h"
#include "link/link.h"
#include "store/actlog.h"

struct link_look {
    struct db *db;
    struct actlog *log;
    const struct licence_keys *keys;
    double progress; /* of the analysis: 0..1 */
    bool role;       /* the caller may switch it */
    bool figures;    /* of the whole organisation: not for a caller who sees part of it */
    int64_t now;
};

/* {"state",...} as docs/api.md says. */
int link_json(const struct link_look *k, struct jout *j);
/* Identity policies and posture are there for anybody now. */
bool link_json_identity(struct api_request *q);
/* {"atp":bool,"hub":bool}. */
int link_json_licences(const struct link_look *k, struct jout *j);

#endif
