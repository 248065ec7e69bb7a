/* tests/support/server.c - starting, hearing and ending a server beside the test. */
#include "tests/support/server.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

void server_start(struct server *s, const char *const *argv)
{
    int in[2], out[2];
    assert_true(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    s->pid = fork();
    if (s->pid == 0) {
        if (dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1)
            (void)execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    assert_true(s->pid > 0);
    (void)close(in[0]);
    (void)close(out[1]);
    s->until = in[1];
    s->says = fdopen(out[0], "r");
    assert_non_null(s->says);
    (void)setvbuf(s->says, NULL, _IONBF, 0);
    s->port = (uint16_t)strtoul(server_line(s), NULL, 10);
    assert_int_not_equal(s->port, 0);
}

const char *server_line(struct server *s)
{
    struct pollfd p = {.fd = fileno(s->says), .events = POLLIN};
    if (poll(&p, 1, 60000) != 1 || !fgets(s->line, sizeof s->line, s->says))
        fail_msg("the server says nothing");
    s->line[strcspn(s->line, "\n")] = '\0';
    return s->line;
}

void server_stop(struct server *s)
{
    int status = 0;
    (void)close(s->until);
    (void)fclose(s->says);
    (void)waitpid(s->pid, &status, 0);
}
