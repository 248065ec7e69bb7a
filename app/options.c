/* app/options.c - reading options of commands on a data folder. */
#include "app/options.h"

#include "app/hub_config.h"

#include <stdio.h>
#include <string.h>

static const struct option *find(struct options_known known, const char *name)
{
    for (size_t i = 0; i < known.n; i++)
        if (strcmp(known.of[i].name, name) == 0)
            return &known.of[i];
    return NULL;
}

static bool complain(const char *command, const char *about, const char *why)
{
    (void)fprintf(stderr, "vigie %s: %s%s\n", command, about, why);
    return false;
}

bool options_read(const char *command, int argc, char **argv, struct options_known known, struct options_rest *rest)
{
    bool only_rest = false;
    rest->n = 0;
    for (int i = 0; i < argc; i++) {
        bool named = !only_rest && strncmp(argv[i], "--", 2) == 0;
        const struct option *o = named ? find(known, argv[i]) : NULL;
        if (named && argv[i][2] == '\0')
            only_rest = true;
        else if (named && !o)
            return complain(command, "no option ", argv[i]);
        else if (o && o->flag)
            *o->flag = true;
        else if (o && i + 1 == argc)
            return complain(command, argv[i], " without its value");
        else if (o)
            *o->value = argv[++i];
        else if (rest->n == OPTIONS_REST)
            return complain(command, "too many arguments", "");
        else
            rest->of[rest->n++] = argv[i];
    }
    return true;
}

const char *options_folder(const char *command, const char *given, const char *config)
{
    static struct hub_config c;
    char why[256] = "";
    if (given)
        return given;
    if (hub_config_load(&c, config, why) != 0) {
        (void)complain(command, why, "");
        return NULL;
    }
    return c.data;
}
