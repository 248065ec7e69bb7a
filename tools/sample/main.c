/* tools/sample/main.c - the sample organisation: logs of an invented company, with or without an attack.
 *
 * usage: sample --out DIR [--users N] [--days D] [--seed S] [--start YYYY-MM-DD] [--size BYTES]
 *               [--attack|--no-attack] [--evtx-only|--o365-only|--cloudtrail-only] */
#include "tools/sample/ldif.h"
#include "tools/sample/life.h"
#include "tools/sample/schema.h"
#include "tools/sample/story.h"

#include <stdio.h>
#include <stdlib.h>

struct options {
    int users, days;
    uint64_t seed, size;
    int64_t start;
    bool attack;
    struct out_options out;
};

static void usage(void)
{
    fputs("usage: sample --out DIR [--users N] [--days D] [--seed S] [--start YYYY-MM-DD] [--size BYTES]\n"
          "              [--attack|--no-attack] [--evtx-only|--o365-only|--cloudtrail-only]\n",
          stderr);
    exit(2);
}

static uint64_t number(const char *text, uint64_t low, uint64_t high)
{
    uint64_t v = 0;
    if (!text || !str_u64(str_of(text), &v) || v < low || v > high)
        usage();
    return v;
}

static void only(struct out_options *o, bool windows, bool office, bool aws)
{
    o->windows = windows;
    o->office = office;
    o->entra = false;
    o->aws = aws;
}

/* True when `flag` takes no value and was understood. */
static bool plain_flag(struct options *o, const char *flag)
{
    if (strcmp(flag, "--attack") == 0)
        o->attack = true;
    else if (strcmp(flag, "--no-attack") == 0)
        o->attack = false;
    else if (strcmp(flag, "--evtx-only") == 0)
        only(&o->out, true, false, false);
    else if (strcmp(flag, "--o365-only") == 0)
        only(&o->out, false, true, false);
    else if (strcmp(flag, "--cloudtrail-only") == 0)
        only(&o->out, false, false, true);
    else
        return false;
    return true;
}

static void parse(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (plain_flag(o, argv[i]))
            continue;
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--out") == 0 && value)
            o->out.folder = value;
        else if (strcmp(argv[i], "--users") == 0)
            o->users = (int)number(value, 20, 2000);
        else if (strcmp(argv[i], "--days") == 0)
            o->days = (int)number(value, 1, 100000);
        else if (strcmp(argv[i], "--seed") == 0)
            o->seed = number(value, 0, UINT64_MAX);
        else if (strcmp(argv[i], "--size") == 0)
            o->size = number(value, 1, UINT64_MAX);
        else if (strcmp(argv[i], "--start") == 0 && value)
            o->start = time_parse(str_of(value));
        else
            usage();
        i++;
    }
    if (!o->out.folder || o->start == TIME_NONE || o->start % TIME_DAY != 0)
        usage();
}

static void make_day(struct world *w, int day)
{
    w->day = day;
    w->midnight = w->org.start + day * TIME_DAY;
    life_machines(w);
    life_people(w);
    story_day(w);
    out_flush(w->out, w->midnight + TIME_DAY, w->midnight / TIME_DAY);
}

int main(int argc, char **argv)
{
    char path[1024];
    struct options o = {.users = 120, .days = 28, .seed = 1, .attack = true, .start = time_days(2026, 1, 5) * TIME_DAY};
    o.out = (struct out_options){.windows = true, .office = true, .entra = true, .aws = true, .evtx_size = 20 << 20};
    parse(&o, argc, argv);
    if (o.size) {
        o.out.plain = true;
        o.out.evtx_size = 128 << 20;
    }
    struct world w = {.attack = o.attack, .bulk = o.size > 0, .logon = 0x3a0000, .truth = truth_new()};
    if (org_build(&w.org, o.users, o.days, o.start, o.seed) != 0) {
        fputs("sample: out of memory\n", stderr);
        return 1;
    }
    schema_init();
    w.out = out_open(&w.org, &o.out);
    int day = 0;
    while (o.size ? out_bytes(w.out) < o.size : day < o.days)
        make_day(&w, day++);
    out_flush(w.out, w.midnight + 2 * TIME_DAY, w.midnight / TIME_DAY);
    printf("%llu records, %llu bytes, %d attack steps, %d benign oddities\n", (unsigned long long)out_records(w.out),
           (unsigned long long)out_bytes(w.out), truth_attacks(w.truth), truth_benigns(w.truth));
    out_close(w.out);
    snprintf(path, sizeof path, "%s/directory.ldif", o.out.folder);
    ldif_write(&w.org, path);
    snprintf(path, sizeof path, "%s/truth.tsv", o.out.folder);
    truth_close(w.truth, path);
    org_free(&w.org);
    return 0;
}
