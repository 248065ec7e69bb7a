/* app/directory_show.h - what a directory holds, in a page of text. */
#ifndef VIGIE_APP_DIRECTORY_SHOW_H
#define VIGIE_APP_DIRECTORY_SHOW_H

#include "base/buf.h"
#include "directory/dir_build.h"

struct directory_count {
    size_t users, groups, computers, controllers, trusts, deleted;
};

struct directory_count directory_count(const struct dir_import *im);
/* Counts, controllers, trusts, and sensitive groups with everybody who is in them at any depth. */
int directory_show(const struct dir_import *im, struct buf *out);

#endif
