/* tests/support/fresh_db.h - an empty database of a hub in a folder of its own, for one test. */
#ifndef VIGIE_TESTS_FRESH_DB_H
#define VIGIE_TESTS_FRESH_DB_H

#include "base/arena.h"
#include "store/db.h"

struct fresh_db {
    char folder[32];
    struct db *db;
    struct arena arena; /* for what is read from it */
};

/* 0, or what cmocka's set-up functions give back for a failure. */
int fresh_db_open(struct fresh_db *f);
/* Closes it and removes the folder with the files in it. */
int fresh_db_close(struct fresh_db *f);

#endif
