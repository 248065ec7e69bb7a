/* base/err.h - error codes shared by every room.
 *
 * Functions that can fail return 0 or one of these negative codes; outputs come last and are
 * written only on success. Library folders never log: a caller that knows the file adds the place. */
#ifndef VIGIE_BASE_ERR_H
#define VIGIE_BASE_ERR_H

#include <stdint.h>

enum err {
    ERR_NONE = 0,
    ERR_TRUNCATED = -1,   /* the input ends before the structure does */
    ERR_MALFORMED = -2,   /* the input contradicts its format */
    ERR_LIMIT = -3,       /* a bound of ours was reached; the input may be sound */
    ERR_MEMORY = -4,      /* allocation failed */
    ERR_IO = -5,          /* the operating system refused; errno tells */
    ERR_UNSUPPORTED = -6, /* well-formed, but not something that we decode */
    ERR_NOT_FOUND = -7,
    ERR_USAGE = -8, /* the caller, or the command line, asked for something that makes no sense */
    ERR_CHECKSUM = -9
};

/* Why a record was not understood, and where: `why` is a static sentence, `offset` counts bytes from
 * the start of the piece that the decoder was given. */
struct fault {
    const char *why;
    uint64_t offset;
};

/* The code's meaning in a few words, for diagnostics. */
const char *err_text(int err);

#endif
