/* base/err.c - the words for error codes. */
#include "base/err.h"

const char *err_text(int err)
{
    switch (err) {
    case ERR_NONE: return "no error";
    case ERR_TRUNCATED: return "input ends too early";
    case ERR_MALFORMED: return "malformed input";
    case ERR_LIMIT: return "limit reached";
    case ERR_MEMORY: return "out of memory";
    case ERR_IO: return "input or output error";
    case ERR_UNSUPPORTED: return "unsupported";
    case ERR_NOT_FOUND: return "not found";
    case ERR_USAGE: return "wrong usage";
    case ERR_CHECKSUM: return "checksum does not match";
    default: return "unknown error";
    }
}
