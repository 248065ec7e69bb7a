/* app/reserve.h - leaves a domain controller the last part of its processors and memory: says when a sensor has to stand back. */
#ifndef VIGIE_APP_RESERVE_H
#define VIGIE_APP_RESERVE_H

#include <stdbool.h>
#include <stdint.h>

struct reserve {
    unsigned percent;  /* of processor time and of memory that must stay free; 0: no limit */
    int64_t looked;
    uint64_t idle, total; /* of the processors at the last look, in ticks */
    unsigned free_cpu, free_memory; /* percent, at the last look; 100 as long as nothing tells */
    bool stand_back;
};

/* Looks at /proc/stat and /proc/meminfo (proc(5)), at most once a second of `now`; true when the machine has less than `percent` left. */
bool reserve_look(struct reserve *r, int64_t now);
/* What reserve_look decides by: the texts of these files. Processor time counts from the second time on, since one figure says nothing. */
bool reserve_judge(struct reserve *r, const char *stat, const char *meminfo);

#endif
