/* app/scan_options.c - the command line of `vigie scan`. */
#include "app/scan_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct cli {
    struct scan_options *o;
    const char *command;
    int argc, at;
    char **argv;
};

static int wrong(const struct cli *c, const char *what, const char *about)
{
    (void)fprintf(stderr, "vigie %s: %s%s%s; `vigie %s --help` tells more\n", c->command, what, about ? ": " : "", about ? about : "",
                  c->command);
    return 2;
}

static int tag(struct cli *c, const char *value, uint32_t flag)
{
    struct pipe_options *p = &c->o->pipe;
    if (p->ntags == SCAN_LIST)
        return wrong(c, "too many tags", NULL);
    c->o->tags[p->ntags++] = (struct dir_tag){str_of(value), flag};
    return -1;
}

/* sensitive:NAME, honeytoken:NAME, replicator:NAME */
static int named_tag(struct cli *c, const char *value)
{
    static const struct {
        const char *name;
        uint32_t flag;
    } rows[] = {{"sensitive:", ENTITY_SENSITIVE}, {"honeytoken:", ENTITY_HONEYTOKEN}, {"replicator:", ENTITY_REPLICATOR}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(rows[i].name);
        if (strncmp(value, rows[i].name, n) == 0 && value[n])
            return tag(c, value + n, rows[i].flag);
    }
    return wrong(c, "a tag is sensitive:NAME, honeytoken:NAME or replicator:NAME", value);
}

static int list(struct cli *c, struct str *to, size_t *n, const char *value)
{
    struct str rest = str_of(value), part;
    while (str_cut(&rest, ',', &part)) {
        if (*n == SCAN_LIST)
            return wrong(c, "too many ids", NULL);
        to[(*n)++] = part;
    }
    return -1;
}

/* ID.PARAMETER=NUMBER */
static int parameter(struct cli *c, const char *value)
{
    struct engine_options *e = &c->o->pipe.engine;
    struct str s = str_of(value);
    ptrdiff_t dot = str_chr(s, '.'), equals = str_chr(s, '=');
    char *end;
    if (dot <= 0 || equals <= dot + 1 || e->nparams == SCAN_LIST)
        return wrong(c, "a setting is ID.PARAMETER=NUMBER", value);
    double number = strtod(value + equals + 1, &end);
    if (*end || end == value + equals + 1)
        return wrong(c, "a setting's value is a number", value);
    c->o->params[e->nparams++] =
        (struct engine_setting){str_sub(s, 0, (size_t)dot), str_sub(s, (size_t)dot + 1, (size_t)(equals - dot - 1)), number};
    return -1;
}

/* ID=NAME, *=ADDRESS */
static int exclusion(struct cli *c, const char *value)
{
    struct engine_options *e = &c->o->pipe.engine;
    struct str s = str_of(value);
    ptrdiff_t equals = str_chr(s, '=');
    if (equals <= 0 || (size_t)equals + 1 == s.n || e->nexclusions == SCAN_LIST)
        return wrong(c, "an exclusion is ID=NAME or *=NAME", value);
    c->o->exclusions[e->nexclusions++] = (struct engine_setting){str_sub(s, 0, (size_t)equals), str_from(s, (size_t)equals + 1), 0};
    return -1;
}

static int moment(struct cli *c, const char *value, int64_t *to)
{
    *to = time_parse(str_of(value));
    return *to == TIME_NONE ? wrong(c, "a time is written like 2026-01-05 or 2026-01-05T09:00:00Z", value) : -1;
}

static int jobs(struct cli *c, const char *value)
{
    uint64_t n;
    if (!str_u64(str_of(value), &n) || n < 1 || n > 256)
        return wrong(c, "--jobs takes a number from 1 to 256", value);
    c->o->pipe.jobs = (unsigned)n;
    return -1;
}

static int directory(struct cli *c, char *value)
{
    if (c->o->pipe.ndirectories == SCAN_LIST)
        return wrong(c, "too many directories", NULL);
    c->o->directories[c->o->pipe.ndirectories++] = value;
    return -1;
}

static int geo(struct cli *c, char *value)
{
    if (c->o->ngeo == sizeof c->o->geo / sizeof *c->o->geo)
        return wrong(c, "too many --geo files", NULL);
    c->o->geo[c->o->ngeo++] = value;
    return -1;
}

static int file(const char **to, const char *value)
{
    *to = value;
    return -1;
}

/* Options with a value that judge; -2 when the name is none of them. */
static int judging_option(struct cli *c, const char *name, char *value)
{
    struct scan_options *o = c->o;
    if (strcmp(name, "--html") == 0)
        return file(&o->html, value);
    if (strcmp(name, "--csv") == 0)
        return file(&o->csv, value);
    if (strcmp(name, "--activities") == 0)
        return file(&o->activities, value);
    if (strcmp(name, "--ocsf") == 0)
        return file(&o->ocsf, value);
    if (strcmp(name, "--ecs") == 0)
        return file(&o->ecs, value);
    if (strcmp(name, "--daily") == 0)
        return file(&o->daily, value);
    if (strcmp(name, "--db") == 0)
        return file(&o->db, value);
    if (strcmp(name, "--only") == 0)
        return list(c, o->only, &o->pipe.engine.nonly, value);
    if (strcmp(name, "--skip") == 0)
        return list(c, o->skip, &o->pipe.engine.nskip, value);
    if (strcmp(name, "--set") == 0)
        return parameter(c, value);
    if (strcmp(name, "--exclude") == 0)
        return exclusion(c, value);
    return -2;
}

static int valued_option(struct cli *c, const char *name, char *value, bool full)
{
    struct scan_options *o = c->o;
    if (strcmp(name, "--directory") == 0)
        return directory(c, value);
    if (strcmp(name, "--dc") == 0)
        return tag(c, value, ENTITY_DC);
    if (strcmp(name, "--dns-server") == 0)
        return tag(c, value, ENTITY_DNS_SERVER);
    if (strcmp(name, "--tag") == 0)
        return named_tag(c, value);
    if (strcmp(name, "--jobs") == 0)
        return jobs(c, value);
    if (strcmp(name, "--since") == 0)
        return moment(c, value, &o->pipe.since);
    if (strcmp(name, "--until") == 0)
        return moment(c, value, &o->pipe.until);
    if (strcmp(name, "--geo") == 0)
        return geo(c, value);
    return full ? judging_option(c, name, value) : -2;
}

static int option(struct cli *c, bool full)
{
    char *arg = c->argv[c->at];
    if (full && strcmp(arg, "--json") == 0) {
        c->o->json = true;
        return -1;
    }
    if (full && strcmp(arg, "--learned") == 0) {
        c->o->pipe.engine.learned = true;
        return -1;
    }
    char *equals = strchr(arg, '=');
    char name[32];
    size_t n = equals ? (size_t)(equals - arg) : strlen(arg);
    if (n >= sizeof name)
        return wrong(c, "unknown option", arg);
    memcpy(name, arg, n);
    name[n] = '\0';
    char *value = equals ? equals + 1 : c->at + 1 < c->argc ? c->argv[c->at + 1] : NULL;
    int code = valued_option(c, name, value ? value : arg, full);
    if (code == -2)
        return wrong(c, "unknown option", arg);
    if (!value)
        return wrong(c, "option needs a value", arg);
    if (!equals)
        c->at++;
    return code;
}

int scan_options(struct scan_options *o, int argc, char **argv, bool full)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    struct cli c = {o, argv[0], argc, 1, argv};
    bool only_paths = false;
    *o = (struct scan_options){.pipe = {.since = TIME_NONE, .until = TIME_NONE, .judge = full}};
    o->pipe.jobs = cpus > 0 && cpus < 256 ? (unsigned)cpus : 1;
    o->pipe.progress = isatty(STDERR_FILENO);
    o->pipe.paths = o->paths;
    o->pipe.directories = o->directories;
    o->pipe.tags = o->tags;
    o->pipe.engine.only = o->only;
    o->pipe.engine.skip = o->skip;
    o->pipe.engine.params = o->params;
    o->pipe.engine.exclusions = o->exclusions;
    for (; c.at < argc; c.at++) {
        char *arg = argv[c.at];
        if (!only_paths && strcmp(arg, "--") == 0) {
            only_paths = true;
        } else if (!only_paths && arg[0] == '-' && arg[1] == '-') {
            int code = option(&c, full);
            if (code >= 0)
                return code;
        } else if (o->pipe.npaths < sizeof o->paths / sizeof *o->paths) {
            o->paths[o->pipe.npaths++] = arg;
        } else {
            return wrong(&c, "too many paths: name a folder", NULL);
        }
    }
    return o->pipe.npaths ? -1 : wrong(&c, "no path given", NULL);
}
