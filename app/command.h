/* app/command.h - a command of the program: app/cmd_<name>.c exports `const struct command cmd_<name>`.
 *
 * Exit codes: 0 the work was done (alerts found or not), 1 bad input or failure, 2 wrong usage.
 * Results go to stdout, diagnostics to stderr. */
#ifndef VIGIE_APP_COMMAND_H
#define VIGIE_APP_COMMAND_H

struct command {
    const char *name;
    const char *summary; /* half a line for `vigie --help` */
    const char *usage;   /* whole text for `vigie NAME --help` */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

extern const struct command *const commands[]; /* generated from file names, ended by NULL */

#endif
