/* tests/app/test_sandbox.c - a locked thread reads and computes, and can do nothing else; others are free. */
#include "app/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
    int locked;
    int written; /* a file that was open before */
    bool reads, allocates;
    bool writes, makes, removes, talks, forks, executes;
    char there[64];
};

static bool opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

static void *locked(void *owner)
{
    struct seen *s = owner;
    char byte;
    s->locked = sandbox_decoder();
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    s->reads = fd >= 0 && read(fd, &byte, 1) == 1;
    if (fd >= 0)
        (void)close(fd);
    char *p = malloc(8 << 20);
    s->allocates = p != NULL;
    if (p)
        memset(p, 1, 8 << 20);
    free(p);
    s->written = (int)write(s->written, "x", 1);
    s->writes = opens(s->there, O_WRONLY);
    s->makes = opens("/tmp/vigie-sandbox-new", O_RDWR | O_CREAT);
    s->removes = unlink(s->there) == 0;
    fd = socket(AF_INET, SOCK_STREAM, 0);
    s->talks = fd >= 0;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    s->forks = child > 0;
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    s->executes = code != MAP_FAILED;
    return NULL;
}

static void a_locked_thread(void **state)
{
    struct seen s = {.there = "/tmp/vigie-sandbox-XXXXXX"};
    pthread_t t;
    (void)state;
    int fd = mkstemp(s.there);
    assert_true(fd >= 0);
    s.written = fd;
    assert_int_equal(pthread_create(&t, NULL, locked, &s), 0);
    assert_int_equal(pthread_join(t, NULL), 0);
    if (s.locked == ERR_UNSUPPORTED) {
        (void)unlink(s.there);
        skip();
    }
    assert_true(s.reads && s.allocates);
    assert_int_equal(s.written, 1);
    assert_false(s.writes || s.makes || s.removes || s.talks || s.forks || s.executes);
    assert_true(opens(s.there, O_WRONLY)); /* this thread is free */
    assert_int_equal(unlink(s.there), 0);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_locked_thread)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
