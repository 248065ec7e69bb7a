/* directory/dir_keep.h - an import whose objects are found by objectGUID, so that what a server says later replaces what it said before.
 * Private to directory/. */
#ifndef VIGIE_DIRECTORY_DIR_KEEP_H
#define VIGIE_DIRECTORY_DIR_KEEP_H

#include "directory/dir_ref.h"

struct dir_keep {
    struct dir_import *im;
    struct table at; /* hash of objectGUID -> uint32_t index + 1 into the import's entries */
};

/* Takes in what the import has; entries that go on with another's lists are joined to it. */
int dir_keep_open(struct dir_keep *k, struct dir_import *im);
void dir_keep_close(struct dir_keep *k);
/* The object, NULL when it is not there. Valid until the next dir_keep_put. */
struct dir_entry *dir_keep_get(struct dir_keep *k, struct str guid);
/* The object, an empty one when new. NULL when memory is short. */
struct dir_entry *dir_keep_put(struct dir_keep *k, struct str guid);
/* Adds `member` to the group whose SID or GUID is `group`, unless it is there. */
int dir_keep_join(struct dir_keep *k, struct str group, struct str member);
/* Makes all agree again once changes are in: DNs follow what their objects lie in, who is deleted is in no group, and has no name
 * that somebody else has taken. */
int dir_keep_settle(struct dir_keep *k);

#endif
