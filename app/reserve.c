/* app/reserve.c - how much of the machine is left. */
#include "app/reserve.h"

#include "base/time.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Empty when it cannot be read. */
static void read_text(const char *path, char *out, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, room - 1) : -1;
    if (fd >= 0)
        (void)close(fd);
    out[n > 0 ? n : 0] = '\0';
}

/* The first line: user nice system idle iowait irq softirq steal. Waiting may shrink from one look to the next (proc(5)). */
static void processors(struct reserve *r, const char *text)
{
    uint64_t total = 0, idle = 0;
    char *at = strchr(text, ' ');
    for (unsigned i = 0; at && i < 8; i++) {
        uint64_t v = strtoull(at, &at, 10);
        total += v;
        idle += i == 3 || i == 4 ? v : 0;
    }
    if (r->total && total > r->total)
        r->free_cpu = idle > r->idle ? (unsigned)((idle - r->idle) * 100 / (total - r->total)) : 0;
    r->idle = idle;
    r->total = total;
}

/* 0 when it is not there. */
static uint64_t of(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static void memory(struct reserve *r, const char *text)
{
    uint64_t total = of(text, "MemTotal:");
    if (total && strstr(text, "MemAvailable:"))
        r->free_memory = (unsigned)(of(text, "MemAvailable:") * 100 / total);
}

bool reserve_judge(struct reserve *r, const char *stat, const char *meminfo)
{
    if (!r->total)
        r->free_cpu = r->free_memory = 100;
    processors(r, stat);
    memory(r, meminfo);
    r->stand_back = r->free_cpu < r->percent || r->free_memory < r->percent;
    return r->stand_back;
}

bool reserve_look(struct reserve *r, int64_t now)
{
    char stat[8192], meminfo[8192];
    if (r->percent == 0 || (r->looked && now - r->looked < TIME_SECOND && now >= r->looked))
        return r->stand_back;
    r->looked = now;
    read_text("/proc/stat", stat, sizeof stat);
    read_text("/proc/meminfo", meminfo, sizeof meminfo);
    return reserve_judge(r, stat, meminfo);
}
