/* app/cmd_config.c - prints the hub's configuration: every setting with its default and a sentence. */
#include "app/command.h"
#include "app/hub_config.h"

#include <string.h>

static const char usage[] = "usage: vigie config [--config FILE] [--NAME VALUE]...\n"
                            "\n"
                            "Prints the hub's configuration as a file that `vigie serve --config FILE` reads: every setting with a sentence and\n"
                            "its default, or the value that " HUB_CONFIG_FILE ", FILE or an option (as of `vigie serve`) gives it. Exit codes:\n"
                            "0 done, 1 the file cannot be read or has a line that is no setting, 2 wrong usage.\n";

static int print(int argc, char **argv, struct hub_config *c)
{
    for (int i = 1; i + 1 < argc; i += 2)
        if (strcmp(argv[i], "--config") != 0 && (strncmp(argv[i], "--", 2) != 0 || hub_config_set(c, argv[i] + 2, argv[i + 1]) != 0))
            return 2;
    hub_config_print(c, stdout);
    return fflush(stdout) == 0 ? 0 : 1;
}

static int run(int argc, char **argv)
{
    struct hub_config c;
    char why[256] = "";
    const char *file = NULL;
    for (int i = 1; i + 1 < argc; i += 2)
        if (strcmp(argv[i], "--config") == 0)
            file = argv[i + 1];
    if (hub_config_load(&c, file, why) != 0) {
        (void)fprintf(stderr, "vigie config: %s\n", why);
        return 1;
    }
    int code = argc % 2 ? print(argc, argv, &c) : 2;
    if (code == 2)
        (void)fputs(usage, stderr);
    return code;
}

const struct command cmd_config = {"config", "print the hub's configuration with every default", usage, run};
