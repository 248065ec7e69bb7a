/* app/main.c - chooses the command. */
#include "app/command.h"

#include <malloc.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void help(FILE *to)
{
    (void)fputs("usage: vigie COMMAND [options]\n\n"
                "Watches an organisation's identities on both shores: Active Directory and its cloud apps.\n\n",
                to);
    for (const struct command *const *c = commands; *c; c++)
        (void)fprintf(to, "  %-12s %s\n", (*c)->name, (*c)->summary);
    (void)fputs("\n`vigie COMMAND --help` tells more. Exit codes: 0 done, 1 bad input or failure, 2 wrong usage.\n", to);
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || (i == 2 && strcmp(argv[i], "-h") == 0))
            return true;
    return false;
}

enum { LARGE_BLOCK = 128 << 10, HEAP_SPARE = 4 << 20 };

/* A table that has outgrown its room gives it back to the system. By default the library learns to keep such blocks, and holes with them. */
static void keep_no_holes(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
    (void)mallopt(M_TRIM_THRESHOLD, HEAP_SPARE);
}

int main(int argc, char **argv)
{
    keep_no_holes();
    if (sodium_init() < 0) {
        (void)fputs("vigie: libsodium cannot be initialised\n", stderr);
        return 1;
    }
    if (argc < 2) {
        help(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("vigie " VIGIE_VERSION);
        return 0;
    }
    for (const struct command *const *c = commands; *c; c++) {
        if (strcmp((*c)->name, argv[1]) != 0)
            continue;
        if (wants_help(argc, argv)) {
            (void)fputs((*c)->usage, stdout);
            return 0;
        }
        return (*c)->run(argc - 1, argv + 1);
    }
    (void)fprintf(stderr, "vigie: no command '%s'; `vigie --help` lists them\n", argv[1]);
    return 2;
}
