/* store/tab_audit.h - the admin audit log: append only, and every row holds the hash of the one before.
 *
 * A row that was changed, taken out or put in between breaks the chain, and tab_audit_check says where. What was cut off
 * at the end shows only against a number or hash noted elsewhere (an export holds both). */
#ifndef VIGIE_STORE_TAB_AUDIT_H
#define VIGIE_STORE_TAB_AUDIT_H

#include "base/time.h"
#include "store/db.h"

enum { AUDIT_HASH = 32 };

struct audit_row {
    int64_t number;       /* from 1, without gaps; given by tab_audit_add */
    int64_t time;
    struct str by, from;  /* account's name, address */
    struct str what;      /* a few words: "signed in", "policy changed" */
    struct str object;    /* of what: a name or an id */
    struct str before, after; /* JSON or absent */
    uint8_t hash[AUDIT_HASH];
};

/* In a transaction of the caller or alone. */
int tab_audit_add(struct db *db, const struct audit_row *row);

struct audit_query {
    int64_t since, until; /* inclusive; TIME_NONE: open */
    struct str text;      /* somewhere in by, from, what or object; absent: all */
    uint32_t skip, limit;
    bool oldest_first;
};

/* Rows live until each returns; not 0 from each stops and is returned. */
int tab_audit_query(struct db *db, const struct audit_query *q, int (*each)(void *owner, const struct audit_row *row), void *owner);
int tab_audit_count(struct db *db, const struct audit_query *q, uint64_t *n);
/* Follows the whole chain. *n: rows; *bad: number of the first that does not fit, 0 none. */
int tab_audit_check(struct db *db, uint64_t *n, int64_t *bad);

#endif
