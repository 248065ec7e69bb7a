/* store/tab_inputs.h - everything that the hub was given to read: files in DATA/received/, with what came of them. */
#ifndef VIGIE_STORE_TAB_INPUTS_H
#define VIGIE_STORE_TAB_INPUTS_H

#include "base/arena.h"
#include "store/db.h"

enum input_state { INPUT_WAITING, INPUT_DONE, INPUT_FAILED };

struct stored_input {
    uint32_t number;      /* activities' origin.input */
    struct str name;      /* as the giver called it */
    struct str path;      /* in DATA/received/ */
    struct str by;        /* who gave it: account, "inbox", "syslog", a sensor's name */
    enum input_state state;
    int64_t received, done;
    struct str format;
    uint64_t bytes, records, activities, repeats, faults;
    struct str first_fault; /* place and reason */
};

/* in->number is not read. *number is the new one, never given twice. */
int tab_inputs_add(struct db *db, const struct stored_input *in, uint32_t *number);
/* State, time, format, counts and fault of in->number; name, path and giver stay. ERR_NOT_FOUND. */
int tab_inputs_done(struct db *db, const struct stored_input *in);
int tab_inputs_get(struct db *db, struct arena *a, uint32_t number, struct stored_input *out);
/* Newest first when state is -1; oldest first of those in one state. Texts live until each returns. */
int tab_inputs_each(struct db *db, int state, uint32_t skip, uint32_t limit, int (*each)(void *owner, const struct stored_input *in), void *owner);
int tab_inputs_count(struct db *db, int state, uint64_t *n); /* -1: all */

#endif
