/* directory/dir_items.h - spellings on their way to becoming entities: what dir_build.c and dir_prior.c share. Private to directory/. */
#ifndef VIGIE_DIRECTORY_DIR_ITEMS_H
#define VIGIE_DIRECTORY_DIR_ITEMS_H

#include "directory/dir_private.h"
#include "directory/dir_ref.h"

struct item {
    struct dir_ref ref;
    const struct dir_entry *entry; /* imported; NULL when learned */
    const struct entity *prior;    /* known from before; NULL otherwise */
    uint32_t parent;               /* union-find */
    bool impostor; /* its SID belongs to another name: a forged ticket, or a rename */
    bool echo;     /* one spelling of a prior entity: a name to be found by, while another item has all that is known of it */
};

struct build {
    struct dir *dir;
    struct item *items;
    uint32_t n;
    struct table owner; /* key hash -> index + 1 of the first item with that key */
    const struct dir_prior *prior;
};

uint32_t dir_item_root(struct build *b, uint32_t i);
/* True when its SID is one that nobody else goes by. */
bool dir_item_sid(const struct item *it);

/* ---- dir_bare.c ---- */

/* Joins names without domain or SID to those who have them. */
void dir_bare_join(struct build *b);

/* ---- dir_tags.c ---- */

/* An account as people write it: SID, DOMAIN\name, user@suffix or a name. */
struct account dir_spelled(struct str name);
void dir_apply_tag(struct dir *d, const struct dir_tag *t);
/* A tagged name that nothing else mentions still exists: the administrator says so. */
int dir_name_tagged(struct dir_learner *extra, const struct dir_tag *tags, size_t n);

/* ---- dir_where.c ---- */

/* Addresses from what was learned, then from the import. Flags what answered as a controller. */
int dir_where_build(struct dir *d, const struct dir_known *k);
/* Addresses of controllers, once all of these are known. */
void dir_where_controllers(struct dir *d);
/* That computer is at that address, always. */
void dir_where_put(struct dir *d, const struct ip *ip, uint32_t computer);

/* ---- dir_prior.c ---- */

/* No more items than this come of what was known before. ERR_LIMIT: a number that no hub gives. */
int dir_prior_room(const struct dir_prior *p, size_t *room);
void dir_prior_items(struct build *b);
/* True when the entity was known by that name, in any domain. */
bool dir_prior_named(const struct entity *e, struct str name);
/* Numbers by root: those known from before keep theirs (of several the lowest), new ones get the next. */
int dir_prior_numbers(struct build *b, uint32_t *number);

#endif
