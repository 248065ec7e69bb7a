/* app/cmd_detections.c - what is detected, with every threshold: a list, or pages for docs/detections. */
#include "app/command.h"
#include "base/buf.h"
#include "detect/engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] = "usage: vigie detections [ID...]\n"
                            "       vigie detections --markdown DIR\n"
                            "\n"
                            "Lists the detections, or explains those named (external id or policy): what they mean, what they need,\n"
                            "which thresholds they have (`vigie scan --set ID.PARAMETER=NUMBER`). --markdown writes one page each.\n";

static void explain(const struct detector *d, struct buf *b)
{
    char key[32];
    buf_fmt(b, "# %.*s %s\n\n", STR_ARG(detector_key(d, key)), d->name);
    buf_fmt(b, "%s\n\n", d->about);
    buf_fmt(b, "- Severity: %.*s. Category: %.*s.\n", STR_ARG(severity_text(d->severity)), STR_ARG(category_text(d->category)));
    buf_str(b, STR("- ATT&CK:"));
    for (int i = 0; d->attack[i]; i++)
        buf_fmt(b, "%s %s", i ? "," : "", d->attack[i]);
    buf_str(b, STR(".\n"));
    if (d->learning_days)
        buf_fmt(b, "- Learns for %d days before it raises anything.\n", d->learning_days);
    if (d->off)
        buf_str(b, STR("- Off unless it is asked for.\n"));
    if (d->preview)
        buf_str(b, STR("- Preview: beyond the documented list of December 2019.\n"));
    buf_fmt(b, "- Blind when the input has %s.\n", d->blind);
    buf_str(b, STR("- Looks at:"));
    bool every = d->wants[0] == KIND_UNKNOWN;
    for (const enum kind *k = d->wants; !every && *k != KIND_COUNT; k++)
        buf_fmt(b, "%s %.*s", k == d->wants ? "" : ",", STR_ARG(kind_text(*k)));
    buf_str(b, every ? STR(" activities of every kind.\n") : STR(".\n"));
    for (unsigned i = 0; d->params && d->params[i].name; i++) {
        if (i == 0)
            buf_str(b, STR("\n| parameter | default | meaning |\n|---|---|---|\n"));
        buf_fmt(b, "| %s | %g | %s |\n", d->params[i].name, d->params[i].value, d->params[i].about);
    }
}

static int write_page(const char *dir, const struct detector *d)
{
    char key[32], path[4096];
    struct buf b = {0};
    if (snprintf(path, sizeof path, "%s/%.*s.md", dir, STR_ARG(detector_key(d, key))) >= (int)sizeof path)
        return 1;
    explain(d, &b);
    FILE *f = fopen(path, "wb");
    bool ok = f && !b.failed && fwrite(b.p, 1, b.n, f) == b.n;
    if (f && fclose(f) != 0)
        ok = false;
    if (!ok)
        (void)fprintf(stderr, "vigie detections: %s: %s\n", path, strerror(errno));
    buf_free(&b);
    return ok ? 0 : 1;
}

static int write_pages(const char *dir)
{
    int code = 0;
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        (void)fprintf(stderr, "vigie detections: %s: %s\n", dir, strerror(errno));
        return 1;
    }
    for (const struct detector *const *d = detectors; *d; d++)
        code |= write_page(dir, *d);
    return code;
}

static int list(void)
{
    char key[32];
    for (const struct detector *const *d = detectors; *d; d++)
        (void)printf("%-26.*s %-13.*s %s%s\n", STR_ARG(detector_key(*d, key)), STR_ARG(severity_text((*d)->severity)), (*d)->name,
                     (*d)->off ? " (off)" : (*d)->preview ? " (preview)" : "");
    return 0;
}

static int explain_named(const char *name)
{
    char key[32];
    for (const struct detector *const *d = detectors; *d; d++) {
        if (!str_eqi(detector_key(*d, key), str_of(name)))
            continue;
        struct buf b = {0};
        explain(*d, &b);
        (void)fwrite(b.p, 1, b.n, stdout);
        buf_free(&b);
        return 0;
    }
    (void)fprintf(stderr, "vigie detections: no detection '%s'\n", name);
    return 2;
}

static int run(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--markdown") == 0)
        return write_pages(argv[2]);
    if (argc == 1)
        return list();
    int code = 0;
    for (int i = 1; i < argc && code == 0; i++)
        code = explain_named(argv[i]);
    return code;
}

const struct command cmd_detections = {"detections", "what is detected, and every threshold", usage, run};
