/* fuzz/fuzz_filter.c - any bytes as a filter of any noun, in either form; what is taken must survive being written and read. */
#include "policy/filter_parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void there_and_back(struct filter_parser *p, const struct filter *f, void (*write)(const struct filter *, struct buf *))
{
    struct buf once = {0}, twice = {0};
    struct filter again;
    write(f, &once);
    if (filter_parse_text(p, buf_view(&once), &again) != 0)
        abort();
    write(&again, &twice);
    if (again.n != f->n || !str_eq(buf_view(&once), buf_view(&twice)))
        abort();
    buf_free(&once);
    buf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct filter f;
    if (size < 1 || size > 65536)
        return 0;
    arena_init(&arena, 65536, 1u << 26);
    struct filter_parser p = {.arena = &arena, .noun = (enum filter_noun)(data[0] % FILTER_NOUNS), .now = INT64_C(1767225600000000000)};
    int err = filter_parse_text(&p, (struct str){(const char *)data + 1, size - 1}, &f);
    if (err == 0) {
        there_and_back(&p, &f, filter_write);
        there_and_back(&p, &f, filter_write_text);
    } else if (err == ERR_MALFORMED && !p.error.code) {
        abort();
    }
    arena_free(&arena);
    return 0;
}
