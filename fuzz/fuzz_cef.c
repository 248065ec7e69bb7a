/* fuzz/fuzz_cef.c - any bytes as a CEF line: what is understood is UTF-8, and written and read again it is the same. */
#include "base/arena.h"
#include "base/utf.h"
#include "net/cef.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena arena;
    static struct buf first, second;
    struct cef c, again;
    struct fault why = {0};
    if (!arena.block)
        arena_init(&arena, 65536, 1u << 24);
    arena_reset(&arena);
    first.n = second.n = 0;
    if (cef_read(&arena, (struct str){(const char *)data, size}, &c, &why))
        return !why.why || why.offset > size ? abort(), 0 : 0;
    cef_line(&first, &c, CEF_LEGAL);
    if (c.severity < 0 || c.severity > 10 || !utf_valid(buf_view(&first)) || cef_read(&arena, buf_view(&first), &again, &why))
        abort();
    cef_line(&second, &again, CEF_LEGAL);
    return str_eq(buf_view(&first), buf_view(&second)) ? 0 : (abort(), 0);
}
