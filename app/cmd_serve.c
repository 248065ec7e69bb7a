/* app/cmd_serve.c - runs the hub until it is told to stop. */
#include "app/command.h"
#include "app/hub.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char usage[] = "usage: vigie serve [--data DIR] [--listen ADDR:PORT] [--config FILE] [--NAME VALUE]...\n"
                            "\n"
                            "Runs the hub: reads what is dropped, uploaded or sent, keeps activities, raises alerts, ranks people, and serves\n"
                            "the portal and the API over HTTPS. Every setting of the configuration file can be given as an option\n"
                            "(--data DIR, --inbox DIR, --listen ADDRESS, --port N ...); `vigie config` prints a file with all of them, each with\n"
                            "its default and a sentence. The file is " HUB_CONFIG_FILE " when there is one and --config names no other.\n"
                            "The first start makes a certificate, prints a link with which the first administrator signs up, and leaves it in\n"
                            "DIR/setup-link until that is done. `vigie import` gives it files, running or not.\n"
                            "SIGTERM or SIGINT stop it when what is under way is finished.\n";

static int read_options(int argc, char **argv, struct hub_config *c)
{
    char why[256] = "";
    const char *file = NULL;
    for (int i = 1; i + 1 < argc; i += 2)
        if (strcmp(argv[i], "--config") == 0)
            file = argv[i + 1];
    if (hub_config_load(c, file, why) != 0) {
        (void)fprintf(stderr, "vigie serve: %s\n", why);
        return 1;
    }
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && strcmp(argv[i], "--config") == 0)
            continue;
        if (i + 1 >= argc || strncmp(argv[i], "--", 2) != 0 || hub_config_set(c, argv[i] + 2, argv[i + 1]) != 0) {
            (void)fprintf(stderr, "vigie serve: no option %s, without a value, or not with this one\n", argv[i]);
            return 2;
        }
    }
    return 0;
}

static int run(int argc, char **argv)
{
    struct hub_config config;
    struct hub *h;
    char why[512] = "", url[512], token[65];
    sigset_t stop;
    int which;
    int code = read_options(argc, argv, &config);
    if (code)
        return code;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    (void)sigaddset(&stop, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &stop, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a write beyond a limit fails like one on a full disk */
    if (hub_open(&config, &h, why) != 0) {
        (void)fprintf(stderr, "vigie serve: %s\n", why);
        return 1;
    }
    hub_address(h, url, token);
    if (token[0])
        (void)printf("set up the first administrator: %s/#/setup/%s\n", url, token);
    (void)printf("serving %s\n", url);
    (void)fflush(stdout);
    (void)sigwait(&stop, &which);
    (void)puts("stopping");
    (void)fflush(stdout);
    hub_close(h);
    return 0;
}

const struct command cmd_serve = {.name = "serve", .summary = "run the hub: collection, portal and API", .usage = usage, .run = run};
