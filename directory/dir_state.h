/* directory/dir_state.h - up to where a directory has been read. Private to directory/. */
#ifndef VIGIE_DIRECTORY_DIR_STATE_H
#define VIGIE_DIRECTORY_DIR_STATE_H

#include "base/arena.h"
#include "base/buf.h"

struct dir_state {
    struct str domain;
    struct str cookie;     /* of DirSync; absent: by uSNChanged */
    struct str invocation; /* the controller's invocationId, which changes when it is restored (MS-ADTS 3.1.1.1.9) */
    uint64_t usn;          /* the last one that was read */
};

/* As JSON; the same state gives the same text. */
void dir_state_write(const struct dir_state *s, struct buf *out);
/* False when the text is no state. */
bool dir_state_read(struct arena *a, struct str text, struct dir_state *s);
/* The mark of a state, which the directory that belongs to it carries. */
struct str dir_state_mark(struct arena *a, struct str text);

#endif
