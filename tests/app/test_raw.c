/* tests/app/test_raw.c - a raw record is found again by the place that decoding gave it. */
#include "app/raw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char lines[] = "{\"n\":1}\n\nbroken\n{\"n\":2,\"text\":\"\xc3\xa9\"}\n{\"n\":3}";

static void expect(const char *path, uint64_t record, uint64_t offset, const char *text)
{
    struct buf b = {0};
    const struct origin at = {.record = record, .offset = offset};
    int err = raw_record(path, &at, &b);
    assert_int_equal(err, text ? 0 : ERR_NOT_FOUND);
    if (text)
        assert_true(str_eq(buf_view(&b), str_of(text)));
    buf_free(&b);
}

static void a_line_is_found_by_its_offset(void **state)
{
    (void)state;
    char path[] = "/tmp/vigie-raw-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, lines, sizeof lines - 1) == (ssize_t)sizeof lines - 1);
    expect(path, 1, 0, "{\"n\":1}");
    expect(path, 4, 16, "{\"n\":2,\"text\":\"\xc3\xa9\"}");
    expect(path, 5, 36, "{\"n\":3}");
    expect(path, 9, 4000, NULL);
    (void)close(fd);
    (void)unlink(path);
    struct buf b = {0};
    const struct origin at = {.record = 1};
    assert_int_not_equal(raw_record(path, &at, &b), 0); /* the file is gone */
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_line_is_found_by_its_offset)};
    return cmocka_run_group_tests_name("raw", tests, NULL, NULL);
}
