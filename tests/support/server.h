/* tests/support/server.h - a server in Python beside the test: it prints its port, then a line for whatever it took. */
#ifndef VIGIE_TESTS_SUPPORT_SERVER_H
#define VIGIE_TESTS_SUPPORT_SERVER_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct server {
    pid_t pid;
    int until; /* the server ends when this is closed */
    FILE *says;
    uint16_t port;
    char line[8192];
};

/* argv ends in NULL; argv[0] is found on the path. Fails the cmocka test when no port is said. */
void server_start(struct server *s, const char *const *argv);
/* The next line, without its end; fails the test when there is none within 10 s. */
const char *server_line(struct server *s);
void server_stop(struct server *s);

#endif
