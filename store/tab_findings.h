/* store/tab_findings.h - what the posture assessments found, and how many were affected day by day. */
#ifndef VIGIE_STORE_TAB_FINDINGS_H
#define VIGIE_STORE_TAB_FINDINGS_H

#include "base/time.h"
#include "store/db.h"

/* An assessment as the program defines it; written at start. Texts in `todo` are a JSON array; `french`: a JSON object
 * with name, about, todo and needs in French. */
struct stored_assessment {
    struct str id, name, impact, about, todo, needs, french;
    bool known;      /* something was seen by which it can be judged */
    uint64_t affected;
    int64_t as_of;   /* TIME_NONE: never judged */
};

struct stored_finding {
    struct str assessment;
    uint32_t entity;
    uint64_t count;
    int64_t last;         /* TIME_NONE: a fact of the directory */
    uint8_t activity[16]; /* when count > 0 */
    struct str text, french;
    unsigned exposure;
};

int tab_findings_define(struct db *db, const struct stored_assessment *a);
/* Replaces all findings: begin (in a transaction of the caller), put each, state of each assessment. */
int tab_findings_clear(struct db *db);
int tab_findings_put(struct db *db, const struct stored_finding *f);
int tab_findings_state(struct db *db, struct str assessment, bool known, int64_t as_of, int64_t day);

int tab_findings_assessments(struct db *db, int (*each)(void *owner, const struct stored_assessment *a), void *owner);
/* Most exposed first; all of them, or of one assessment. */
int tab_findings_each(struct db *db, struct str assessment, int (*each)(void *owner, const struct stored_finding *f), void *owner);
/* How many entities were affected, by day (days since 1970), oldest first. */
int tab_findings_trend(struct db *db, struct str assessment, int (*each)(void *owner, int64_t day, uint64_t affected), void *owner);

#endif
