/* app/options.h - options of commands on a hub's data folder: `--name VALUE`, `--name`, and what is neither.
 *
 *   const struct option known[] = {{"--data", .value = &data}, {"--json", .flag = &json}};
 *   if (!options_read(argc - 2, argv + 2, OPTIONS(known), &rest)) usage */
#ifndef VIGIE_APP_OPTIONS_H
#define VIGIE_APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct option {
    const char *name;
    const char **value; /* takes the argument that follows */
    bool *flag;         /* or becomes true */
};

struct options_known {
    const struct option *of;
    size_t n;
};

#define OPTIONS(list) ((struct options_known){list, sizeof(list) / sizeof *(list)})

enum { OPTIONS_REST = 4096 };

/* Arguments that are no options, in their order; all that follow `--` are. */
struct options_rest {
    const char *of[OPTIONS_REST];
    size_t n;
};

/* False, and said on stderr by `command`: an option that is not known, one without its value, or too many arguments. */
bool options_read(const char *command, int argc, char **argv, struct options_known known, struct options_rest *rest);

/* The hub's data folder: `given`, or as the configuration file has it (`config`; else /etc/vigie/vigie.conf when there is one), or its default.
 * NULL, and said on stderr, when the configuration cannot be read. Valid until the next call. */
const char *options_folder(const char *command, const char *given, const char *config);

#endif
