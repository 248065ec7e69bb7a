/* store/tab_queries.h - saved queries of the log pages: a name, a noun and its filters. */
#ifndef VIGIE_STORE_TAB_QUERIES_H
#define VIGIE_STORE_TAB_QUERIES_H

#include "model/filter.h"
#include "store/db.h"

struct stored_query {
    int64_t id;             /* from 1 */
    enum filter_noun noun;
    struct str name;        /* one of a name per noun and owner */
    struct str filters;     /* JSON or text form, as given */
    struct str by;          /* who saved it */
    bool shared;            /* everybody sees it; only its owner changes it */
    int64_t saved;
};

/* A query of that name of the same owner is overwritten. At most 1,000 an owner: ERR_USAGE. */
int tab_queries_save(struct db *db, const struct stored_query *q, int64_t *id);
/* ERR_NOT_FOUND also when it is somebody else's. */
int tab_queries_drop(struct db *db, int64_t id, struct str by);
/* One's own and the shared ones, by name. Texts live until each returns. */
int tab_queries_each(struct db *db, enum filter_noun noun, struct str by, int (*each)(void *owner, const struct stored_query *q), void *owner);

#endif
