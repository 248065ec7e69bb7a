/* app/cmd_activities.c - decodes only: every activity as one JSON line, in time order. */
#include "app/command.h"
#include "app/scan_options.h"
#include "model/act_json.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] = "usage: vigie activities [options] PATH...\n"
                            "\n"
                            "Prints what the inputs of `vigie scan` decode to, one JSON line per activity, in time order and\n"
                            "without repeats. The lines are an input too: `vigie scan` reads them back to the same activities.\n"
                            "What could not be read is told on stderr.\n"
                            "\n"
                            "  --directory FILE, --dc NAME|IP, --geo FILE, --since TIME, --until TIME, --jobs N   as for scan\n";

struct printing {
    struct pipe_result result;
    struct buf line;
};

static int print(void *owner, const struct activity *a)
{
    struct printing *p = owner;
    activity_json(a, &p->line, str_of(inputs_ranked(p->result.inputs, a->origin.input)->path));
    bool ok = !p->line.failed && fwrite(p->line.p, 1, p->line.n, stdout) == p->line.n;
    p->line.n = 0;
    return ok ? 0 : ERR_IO;
}

static void tell_faults(const struct pipe_result *r)
{
    for (uint32_t i = 0; i < inputs_count(r->inputs); i++) {
        const struct input *x = inputs_ranked(r->inputs, i);
        for (unsigned k = 0; k < x->kept; k++)
            (void)fprintf(stderr, "%s: record %llu, byte %llu: %s\n", x->path, (unsigned long long)x->faults[k].record,
                          (unsigned long long)x->faults[k].offset, x->faults[k].why);
    }
}

static int run(int argc, char **argv)
{
    struct scan_options *o = malloc(sizeof *o);
    struct printing *p = calloc(1, sizeof *p);
    struct geo *geo = NULL;
    int code = o && p ? scan_options(o, argc, argv, false) : 1;
    if (code < 0) {
        if (o->ngeo == 0)
            (void)geo_open_default(&geo);
        else if (geo_open(&geo, (const char *const *)o->geo, o->ngeo, &(size_t){0}) != 0)
            (void)fputs("vigie activities: a --geo file cannot be read; places are those that records state\n", stderr);
        o->pipe.geo = geo;
        o->pipe.each = print;
        o->pipe.each_owner = p;
        int err = pipe_run(&o->pipe, &p->result);
        if (err)
            (void)fprintf(stderr, "vigie activities: %s%s%s\n", p->result.about, *p->result.about ? ": " : "", p->result.why);
        else
            tell_faults(&p->result);
        code = err || !p->result.any_readable || fflush(stdout) != 0 ? 1 : 0;
        pipe_free(&p->result);
        buf_free(&p->line);
        geo_close(geo);
    }
    free(p);
    free(o);
    return code;
}

const struct command cmd_activities = {"activities", "decode only: activities as JSON lines", usage, run};
