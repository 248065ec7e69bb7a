/* tests/app/test_child.c - a child gets its files and environment and nothing else, tells how it ended, and does not outstay its time. */
#include "app/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static atomic_bool stop;

/* ---- what the child does: this program again ---- */

static void copy_file(const char *path)
{
    char text[64];
    FILE *f = fopen(path, "rb");
    (void)fwrite(text, 1, f ? fread(text, 1, sizeof text, f) : 0, stdout);
    (void)fputs(f ? "." : "-", stdout);
    if (f)
        (void)fclose(f);
}

static int be(const char *what)
{
    if (strcmp(what, "files") == 0) {
        copy_file(CHILD_FILE_PATH(3));
        copy_file(CHILD_FILE_PATH(3)); /* as often as it likes */
        copy_file(CHILD_FILE_PATH(4));
        copy_file(CHILD_FILE_PATH(5));
        (void)printf(" %s %s", getenv("CHILD_TEST"), access("/proc/self/fd/6", F_OK) == 0 ? "more" : "no more");
        (void)fputs("complaint\n", stderr);
        return 3;
    }
    for (int i = 0; strcmp(what, "loud") == 0 && i < 1 << 20; i++)
        (void)putchar('x');
    while (strcmp(what, "hang") == 0)
        (void)pause();
    return 0;
}

/* ---- tests ---- */

static int run(const char *what, unsigned seconds, struct buf *out, struct buf *err, int *code)
{
    const char *const argv[] = {"child", what, NULL}, *const env[] = {"CHILD_TEST=here", NULL};
    const struct child c = {.argv = argv, .env = env, .files = {STR("secret"), STR_NONE, STR("ca")}, .stop = &stop, .seconds = seconds};
    *out = *err = (struct buf){0};
    return child_run(&c, out, err, code);
}

static void what_it_gets(void **state)
{
    struct buf out, err;
    int code = -1, fd = dup(2); /* one more that is open here */
    (void)state;
    assert_int_equal(run("files", 10, &out, &err, &code), 0);
    assert_int_equal(code, 3);
    assert_true(str_eq(buf_view(&out), STR("secret.secret.-ca. here no more")));
    assert_true(str_eq(buf_view(&err), STR("complaint\n")));
    assert_int_equal(close(fd), 0);
    buf_free(&out);
    buf_free(&err);
}

static void much_output(void **state)
{
    struct buf out, err;
    int code = -1;
    (void)state;
    assert_int_equal(run("loud", 20, &out, &err, &code), 0);
    assert_int_equal(code, 0);
    assert_true(out.n >= 65536 && out.n < 80000);
    buf_free(&out);
    buf_free(&err);
}

static void its_time(void **state)
{
    struct buf out, err;
    int code = -1;
    time_t begin = time(NULL);
    (void)state;
    assert_int_equal(run("hang", 1, &out, &err, &code), ERR_LIMIT);
    atomic_store(&stop, true);
    assert_int_equal(run("hang", 60, &out, &err, &code), ERR_LIMIT);
    assert_true(time(NULL) - begin < 10);
    assert_int_equal(code, -1);
    atomic_store(&stop, false);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_it_gets), cmocka_unit_test(much_output), cmocka_unit_test(its_time)};
    return argc > 1 ? be(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
