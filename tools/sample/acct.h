/* tools/sample/acct.h - changes of accounts and groups, as the controller that made them logs them. */
#ifndef VIGIE_SAMPLE_ACCT_H
#define VIGIE_SAMPLE_ACCT_H

#include "tools/sample/world.h"

/* 4722 enabled, 4724 password reset, 4725 disabled, 4726 deleted, 4767 unlocked */
void acct_changed(struct world *w, int64_t t, int dc, unsigned event, const struct who *by, const struct who *target);
void acct_locked(struct world *w, int64_t t, int dc, const struct who *target, const char *client);
/* 4720 created, 4738 changed */
void acct_values(struct world *w, int64_t t, int dc, unsigned event, const struct who *by, const struct who *target);
void acct_computer(struct world *w, int64_t t, int dc, const struct who *by, const struct host *computer);
struct member {
    unsigned event; /* 4728, 4732, 4756 added; 4729 removed */
    const struct who *who, *group;
};
void acct_member(struct world *w, int64_t t, int dc, const struct who *by, const struct member *m);
void acct_renamed(struct world *w, int64_t t, int dc, const struct who *by, const struct who *target, const char *old);
struct attribute {
    const char *dn, *class, *name, *oid, *value;
};
void acct_attribute(struct world *w, int64_t t, int dc, const struct who *by, const struct attribute *a);

#endif
