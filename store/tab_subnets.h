/* store/tab_subnets.h - IP ranges that an administrator named: category, organisation, tags. */
#ifndef VIGIE_STORE_TAB_SUBNETS_H
#define VIGIE_STORE_TAB_SUBNETS_H

#include "base/arena.h"
#include "base/time.h"
#include "store/db.h"

struct stored_subnet {
    struct str id;           /* 24 hexadecimal digits */
    struct str name;         /* unique, without case */
    int64_t category;        /* 1 corporate 2 administrative 3 risky 4 VPN 5 cloud provider 6 other */
    struct str organization; /* absent: none */
    struct str ranges;       /* JSON array of texts: addresses and CIDR as given */
    struct str tags;         /* JSON array of names */
    int64_t modified;
};

/* New or in place of the one with its id. ERR_USAGE: the name is taken. Tags that are new get ids; in a transaction of the caller. */
int tab_subnets_put(struct db *db, const struct stored_subnet *s);
int tab_subnets_drop(struct db *db, struct str id); /* ERR_NOT_FOUND */
int tab_subnets_get(struct db *db, struct arena *a, struct str id, struct stored_subnet *out);
enum subnet_sort { SUBNETS_BY_NAME, SUBNETS_BY_CATEGORY, SUBNETS_BY_TAGS };
/* Ties by name. Texts live until each returns. */
int tab_subnets_each(struct db *db, enum subnet_sort sort, bool descending, int (*each)(void *owner, const struct stored_subnet *s), void *owner);
/* The id of a tag by name, or its name by id; absent when there is none. In the arena. */
int tab_subnets_tag(struct db *db, struct arena *a, struct str known, struct str *id, struct str *name);
/* Ranges of a category, or, when it is 0, with a tag: as policy/filter_people.h asks for them; owner is the database. */
int tab_subnets_networks(void *db, int64_t category, struct str tag, int (*each)(void *to, struct str cidr), void *to);

#endif
