/* app/hub_who.h - the hub's directory: what names are known, with numbers for life.
 *
 * One thread learns (the ingest); others take the directory of the moment and give it back. */
#ifndef VIGIE_APP_HUB_WHO_H
#define VIGIE_APP_HUB_WHO_H

#include "directory/dir_build.h"
#include "store/db.h"

#define WHO_DIRECTORY "directory/%lld" /* in the data folder: where a directory service's copy is, with .json and .state behind it */

struct who;

int who_open(struct db *db, const char *folder, const char *directory_file, struct who **out, char why[256]);
void who_close(struct who *w);
/* Takes over what a batch taught (the learners stay the caller's) and rebuilds when it brought names that the directory
 * of the moment does not know; new and changed entities go to the database. Directories that were among the batch's files, if any, are
 * kept: *imported is then NULL. */
int who_learn(struct who *w, struct dir_learner *const *learners, size_t n, struct dir_import **imported);
/* What a directory service (a row of tab_directories) says now, instead of what it said before; NULL: nothing any more. The import becomes
 * the directory's, on an error too. */
int who_directory(struct who *w, int64_t number, struct dir_import *import);
/* Tags or directories changed. */
int who_rebuild(struct who *w);

/* Forgets entities: goes on with what the log still teaches, `learned`, which now belongs to it. Their numbers are never given
 * again; names that others' records or an import still have are somebody new (app/hub_erased.h). */
int who_forget(struct who *w, struct dir_learner *learned, const uint32_t *numbers, size_t n);

/* False after a start until the names in the log have been learned again (who_warm_up). */
bool who_warm(struct who *w);
int who_warm_up(struct who *w, struct dir_learner *learned);

/* The directory of the moment; stays as it is until given back. *generation grows with every rebuild. */
const struct dir *who_take(struct who *w, uint64_t *generation);
void who_give(struct who *w, const struct dir *d);

#endif
