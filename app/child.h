/* app/child.h - runs another command of this program as a process of its own, for work that may hang in a library: it can be ended at any
 * moment, and ends by itself when this process does. */
#ifndef VIGIE_APP_CHILD_H
#define VIGIE_APP_CHILD_H

#include "base/buf.h"
#include "base/err.h"

#include <stdatomic.h>

enum { CHILD_FILES = 3, CHILD_FILE = 3 /* the first one's descriptor */ };

#define CHILD_FILE_PATH(n) "/proc/self/fd/" #n /* 3, 4, 5 */

struct child {
    const char *const *argv;       /* from the program's name on, ended by NULL; anybody may see them */
    const char *const *env;        /* "NAME=value" more than this process has, ended by NULL */
    struct str files[CHILD_FILES]; /* what it may read under CHILD_FILE_PATH; never on a disk, and gone with it. Absent: none */
    const atomic_bool *stop;       /* ends it when set */
    unsigned seconds;              /* that it may take */
};

/* Waits for its end, on a thread that outlives it. 0: it ended by itself with *code, having written *out and *err (the first 64 KB of each;
 * the caller frees them). ERR_LIMIT: it was ended, for its time or `stop`. ERR_IO, ERR_MEMORY: it could not be run. */
int child_run(const struct child *c, struct buf *out, struct buf *err, int *code);

#endif
