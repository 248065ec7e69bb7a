/* tests/directory/test_geofile.c - a file of ranges read in parts says what the same text read at once says. */
#include "directory/geofile.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 400 << 10, RANGES = 6000 };

static size_t v4_text(char *out)
{
    static const char *const countries[] = {"NL", "UA", "FR", "CA"};
    size_t n = (size_t)sprintf(out, "# ranges\n\n");
    for (unsigned i = 0; i < RANGES; i++) {
        unsigned from = 16777216u + i * 70000u;
        n += (size_t)sprintf(out + n, "%u,%u,%s\n%s", from, from + 60000u, countries[i % 4], i % 50 == 3 ? "# a comment\n" : i % 70 == 5 ? "1,2,no range\n" : "");
    }
    return n;
}

static size_t v6_text(char *out)
{
    size_t n = 0;
    for (unsigned i = 0; i < RANGES; i++)
        n += (size_t)sprintf(out + n, "2001:%x::,2001:%x:7fff:ffff:ffff:ffff:ffff:ffff,%s\n", i + 256, i + 256, i % 3 ? "DE" : "JP");
    return n;
}

static struct geofile *opened(const char *text, size_t n, int is)
{
    char path[] = "/tmp/vigie-geofile-XXXXXX";
    struct geofile *g = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, n), (ssize_t)n);
    (void)close(fd);
    assert_int_equal(geofile_open(&g, path), is);
    (void)unlink(path);
    return g;
}

static void same(struct geofile *file, const struct georange *all, struct ip ip)
{
    assert_ptr_equal(geofile_find(file, &ip), georange_find(all, &ip));
}

static struct ip v6_at(const struct range6 *r, bool end, int more)
{
    struct ip ip;
    uint64_t high = __builtin_bswap64((end ? r->end : r->start)[0]), low = __builtin_bswap64((end ? r->end : r->start)[1] + (uint64_t)(int64_t)more);
    memcpy(ip.b, &high, 8);
    memcpy(ip.b + 8, &low, 8);
    return ip;
}

/* Both ends of each range, and what is beside them, backwards: the last part is the first to be read. */
static void compare(const char *text, size_t n)
{
    struct georange all = {0};
    assert_int_equal(georange_add(&all, (struct str){text, n}), ERR_NONE);
    georange_sort(&all);
    struct geofile *file = opened(text, n, ERR_NONE);
    for (size_t i = all.n4; i-- > 0;) {
        same(file, &all, ip_v4(all.v4[i].end + 1));
        same(file, &all, ip_v4(all.v4[i].end));
        same(file, &all, ip_v4(all.v4[i].start));
        same(file, &all, ip_v4(all.v4[i].start - 1));
    }
    for (size_t i = all.n6; i-- > 0;) {
        same(file, &all, v6_at(&all.v6[i], true, 0));
        same(file, &all, v6_at(&all.v6[i], false, 0));
        same(file, &all, v6_at(&all.v6[i], false, -1));
    }
    geofile_close(file);
    georange_free(&all);
}

static void parts_say_what_the_whole_says(void **state)
{
    char *text = malloc(ROOM);
    (void)state;
    assert_non_null(text);
    compare(text, v4_text(text));
    compare(text, v6_text(text));
    free(text);
}

static void cut_anywhere_about_a_border(void **state)
{
    enum { PART = 16 << 10 };
    char *text = malloc(ROOM);
    (void)state;
    assert_non_null(text);
    size_t n = v4_text(text);
    assert_true(n > 4 * PART);
    for (size_t cut = 2 * PART - 60; cut < 2 * PART + 60; cut++)
        compare(text, cut);
    compare(text, 30);
    free(text);
}

/* What stands at a border may be anything: no part begins there, and nothing is lost. */
static void odd_lines_at_borders(void **state)
{
    enum { PART = 16 << 10 };
    static const char *const odd[] = {"# words of a comment", "16777216,16777217,NL", "4294967295,1,NL", "\r\n\r\n"};
    char *text = malloc(ROOM);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        size_t n = v4_text(text), at = 2 * PART, to;
        while (text[at - 1] != '\n')
            at++;
        to = at + strlen(odd[i]);
        memcpy(text + at, odd[i], to - at);
        while (text[to] != '\n')
            text[to++] = ' ';
        compare(text, n);
    }
    size_t n = v4_text(text);
    memset(text + PART - 100, 'x', 5000); /* longer than a line of ranges can be */
    compare(text, n);
    free(text);
}

static void what_is_no_file_of_ranges(void **state)
{
    struct geofile *g = NULL;
    (void)state;
    assert_int_equal(geofile_open(&g, "/nonexistent/geoip"), ERR_NOT_FOUND);
    assert_int_equal(geofile_open(&g, "/tmp"), ERR_NOT_FOUND);
    (void)opened("", 0, ERR_MALFORMED);
    (void)opened("words\n", 6, ERR_MALFORMED);
    assert_null(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_say_what_the_whole_says), cmocka_unit_test(cut_anywhere_about_a_border),
                                       cmocka_unit_test(odd_lines_at_borders), cmocka_unit_test(what_is_no_file_of_ranges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
