/* app/cmd_sensor.c - collects on a domain controller or a mirror port and forwards to a hub. */
#include "app/command.h"
#include "app/sensor.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

enum { SPOOL_MB = 1024, RESERVE = 15 };

static const char usage[] =
    "usage: vigie sensor [options]\n"
    "\n"
    "Reads the traffic of domain controllers and event files next to them, and passes on what happened as parsed activities: to a hub over\n"
    "mutual TLS, or as JSON lines to a file. What the hub has not acknowledged waits in the spool folder, also over restarts.\n"
    "\n"
    "  --interface NAME   listen on this network interface (several times for several)\n"
    "  --events DIR       read log files that appear in DIR; what was read is moved to DIR/done\n"
    "  --bundle FILE      what the hub gave for this sensor (portal: Settings > Sensors); needed once, then kept in the spool\n"
    "  --spool DIR        where unsent activities wait (/var/lib/vigie-sensor)\n"
    "  --spool-mb N       the most that may wait, in megabytes (1024); beyond it the oldest is thrown away and counted\n"
    "  --out FILE         write activities to FILE (- for stdout) instead of sending them\n"
    "  --reserve PERCENT  leave the machine this part of its processors and memory (15); packets let go for it are counted; 0: no limit\n"
    "  --user NAME        become NAME once the interfaces are open\n"
    "  --seconds N        stop after N seconds; otherwise SIGTERM or SIGINT does\n"
    "\n"
    "Once a minute and at the end its state is told on stderr as JSON: packets, drops, activities, what waits, what was let go.\n";

struct number {
    const char *name;
    uint64_t *to, most;
};

static int set_text(struct sensor_options *o, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **to;
    } texts[] = {{"--events", &o->events}, {"--bundle", &o->bundle}, {"--spool", &o->spool}, {"--out", &o->out}, {"--user", &o->user}};
    if (strcmp(name, "--interface") == 0 && o->ninterfaces < SENSOR_INTERFACES) {
        o->interfaces[o->ninterfaces++] = value;
        return 0;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].to = value;
            return 0;
        }
    return 2;
}

static int set(struct sensor_options *o, const char *name, const char *value)
{
    uint64_t mb = o->spool_bytes >> 20, reserve = o->reserve, seconds = o->seconds;
    const struct number numbers[] = {{"--spool-mb", &mb, 1 << 24}, {"--reserve", &reserve, 90}, {"--seconds", &seconds, 1 << 30}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strcmp(name, numbers[i].name) != 0)
            continue;
        if (!str_u64(str_of(value), numbers[i].to) || *numbers[i].to > numbers[i].most)
            return 2;
        o->spool_bytes = mb << 20;
        o->reserve = (unsigned)reserve;
        o->seconds = (unsigned)seconds;
        return 0;
    }
    return set_text(o, name, value);
}

static int run(int argc, char **argv)
{
    struct sensor_options o = {.spool = "/var/lib/vigie-sensor", .spool_bytes = (uint64_t)SPOOL_MB << 20, .reserve = RESERVE};
    char why[SENSOR_WHY] = "";
    for (int i = 1; i < argc; i += 2)
        if (i + 1 >= argc || set(&o, argv[i], argv[i + 1]) != 0) {
            (void)fprintf(stderr, "vigie sensor: %s: no such option, or not with that value\n", argv[i]);
            return 2;
        }
    if (o.ninterfaces == 0 && !o.events) {
        (void)fputs("vigie sensor: nothing to watch: give --interface or --events\n", stderr);
        return 2;
    }
    int err = sensor_run(&o, why);
    if (err)
        (void)fprintf(stderr, "vigie sensor: %s\n", why[0] ? why : err_text(err));
    return err ? 1 : 0;
}

const struct command cmd_sensor = {.name = "sensor", .summary = "collect on a domain controller and forward to a hub", .usage = usage, .run = run};
