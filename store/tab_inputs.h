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

int tab_inputs_add(struct db *db, const struct stored_input *in, uint32_t *number);
int tab_inputs_done(struct db *db, const struct stored_input *in);
int tab_inputs_get(struct db *db, struct arena *a, uint32_t number, struct stored_input *out);
/* Newest first when state is -1; oldest first of those in one state. */
int tab_inputs_each(struct db *db, int state, uint32_t limit, int (*each)(void *owner, const struct stored_input *in), void *owner);

#endif
