/* score/hours.c - how usual an hour is. */
#include "score/hours.h"

#include "base/time.h"

/* of an hour of this day or the next */
static unsigned round_the_clock(unsigned hour)
{
    return hour < 24 ? hour : hour - 24;
}

static float around(const float n[HOURS], unsigned bin)
{
    static const float kernel[3] = {0.5f, 0.2f, 0.05f};
    unsigned base = bin < 24 ? 0 : 24, h = bin - base;
    float sum = kernel[0] * n[bin];
    for (unsigned k = 1; k < 3; k++)
        sum += kernel[k] * (n[base + round_the_clock(h + k)] + n[base + round_the_clock(h + 24 - k)]);
    return sum;
}

unsigned hours_weekday(int64_t time)
{
    return (unsigned)(((time_day(time) + 4) % 7 + 7) % 7); /* day 0 was a Thursday */
}

unsigned hours_bin(int64_t time, unsigned rest)
{
    unsigned hour = (unsigned)((time - time_day(time) * TIME_DAY) / TIME_HOUR);
    return hour + (rest >> hours_weekday(time) & 1 ? 24 : 0);
}

unsigned hours_rest(const float weekdays[7])
{
    unsigned rest = 0;
    for (unsigned d = 0; d < 7; d++) {
        unsigned below = 0; /* d rests when four others or more do well over twice as much */
        for (unsigned e = 0; e < 7; e++)
            below += weekdays[d] < HOURS_REST * weekdays[e];
        rest |= (below >= 4 ? 1u : 0u) << d;
    }
    return rest;
}

float hours_org(const float org[HOURS], float total, unsigned bin)
{
    return (around(org, bin) + HOURS_A) / (total + HOURS * HOURS_A);
}

float hours_user(const float user[HOURS], float total, unsigned bin, float p_org)
{
    return (around(user, bin) + HOURS_T * p_org) / (total + HOURS_T);
}
