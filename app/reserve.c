/* app/reserve.c - how much of the machine is left. */
#include "app/reserve.h"

#include "base/time.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_text(const char *path, char *out, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, room - 1) : -1;
    if (fd >= 0)
        (void)close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* The first line: user nice system idle iowait irq softirq steal. */
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
        r->free_cpu = (unsigned)((idle - r->idle) * 100 / (total - r->total));
    r->idle = idle;
    r->total = total;
}

static uint64_t of(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

bool reserve_look(struct reserve *r, int64_t now)
{
    char text[8192];
    if (r->percent == 0 || (r->looked && now - r->looked < TIME_SECOND))
        return r->stand_back;
    bool first = r->looked == 0;
    r->looked = now;
    if (read_text("/proc/stat", text, sizeof text))
        processors(r, text);
    if (read_text("/proc/meminfo", text, sizeof text) && of(text, "MemTotal:"))
        r->free_memory = (unsigned)(of(text, "MemAvailable:") * 100 / of(text, "MemTotal:"));
    r->stand_back = !first && (r->free_cpu < r->percent || r->free_memory < r->percent);
    return r->stand_back;
}
