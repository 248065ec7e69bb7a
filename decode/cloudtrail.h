/* decode/cloudtrail.h - one AWS CloudTrail event, its members found once, shared by the parts of dec_cloudtrail.
 *
 * Members as in the AWS CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element". */
#ifndef VIGIE_DECODE_CLOUDTRAIL_H
#define VIGIE_DECODE_CLOUDTRAIL_H

#include "decode/jsonlog.h"

enum cloudtrail_field {
    TRAIL_OTHER,
    TRAIL_USER_IDENTITY, TRAIL_TIME, TRAIL_SOURCE, TRAIL_NAME, TRAIL_REGION, TRAIL_IP, TRAIL_AGENT, TRAIL_ERROR_CODE, TRAIL_ERROR_MESSAGE,
    TRAIL_REQUEST, TRAIL_RESPONSE, TRAIL_ADDITIONAL, TRAIL_ID, TRAIL_READ_ONLY, TRAIL_TYPE, TRAIL_ACCOUNT, TRAIL_RESOURCES,
    TRAIL_LOOKUP, /* CloudTrailEvent: the event as a text inside a row of LookupEvents */
    TRAIL_FIELDS
};

struct cloudtrail {
    struct decode *d;
    const struct jnode *doc;
    const struct jnode *at[TRAIL_FIELDS]; /* NULL when absent */
    struct str name, source;              /* source without ".amazonaws.com" */
    bool read_only, failed;
};

static inline struct str cloudtrail_text(const struct cloudtrail *t, enum cloudtrail_field f)
{
    return t->at[f] ? decode_some(jin_text(t->at[f])) : STR_NONE;
}

/* A member of requestParameters behind dots. */
static inline struct str cloudtrail_request(const struct cloudtrail *t, const char *path)
{
    return t->at[TRAIL_REQUEST] ? decode_some(jin_str(t->doc, t->at[TRAIL_REQUEST], path)) : STR_NONE;
}

/* Who did it: fills in the actor, its session and how it came by its credentials. */
void cloudtrail_actor(const struct cloudtrail *t);
/* What was done: the kind by service and operation, refined by the request. */
enum kind cloudtrail_kind(const struct cloudtrail *t);
/* What it was done to: objects and the facts that belong to the kind. */
void cloudtrail_objects(const struct cloudtrail *t, enum kind k);
/* An IAM policy that gives away everything: one of the well-known ones by name, or a document that allows every action. */
bool cloudtrail_kind_allows_all(const struct cloudtrail *t);

#endif
