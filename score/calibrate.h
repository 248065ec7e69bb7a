/* score/calibrate.h - from a statistic to how often benign activity of the same class looks as odd.
 *
 * A decayed histogram over log2(1 + statistic), 16 bins per octave; from the 95th percentile on a
 * generalised Pareto tail whose shape comes from three quantiles (survival S_u, S_u / 2.2, S_u / 2.2^2: 5 %, 2.3 %, 1 %), so
 * that the top one per cent, where attacks lie, does not bend it. One per class of activity, never per
 * user. A young histogram proves little: log p shrinks by W / (W + CALIBRATE_YOUNG), and no p is below a
 * tenth of one event in all that were seen. */
#ifndef VIGIE_SCORE_CALIBRATE_H
#define VIGIE_SCORE_CALIBRATE_H

#include <stdbool.h>
#include <stdint.h>

enum { CALIBRATE_BINS = 128, CALIBRATE_YOUNG = 50, CALIBRATE_BEYOND = 10 };

struct calibrate { /* what every judgement reads and writes stands first, in one cache line with the bins of what is usual */
    double unit;                 /* today's unit; 0 = nothing learned yet */
    double weight, fitted;       /* all of it in today's units, and when last fitted */
    float u, p_u, scale, shape;  /* the tail: threshold, its survival, generalised Pareto */
    uint16_t day;
    uint8_t top;                 /* the last bin that has weight */
    bool endless;                /* the statistic has no most, so the tail must have no end: shape >= 0 */
    double bins[CALIBRATE_BINS]; /* weights, in units that grow instead of old ones shrinking */
    float above[CALIBRATE_BINS + 1]; /* share of the weight at or above a bin's lower edge; 0 beyond the top */
};

/* p of `stat` (>= 0; 0 is never odd: p = 1), as of the last fit. */
double calibrate_p(const struct calibrate *c, double stat);
/* log10 p of a class, leaning on the pooled class while young. Zero or negative. */
double calibrate_log10(const struct calibrate *c, const struct calibrate *pool, double stat);
void calibrate_learn(struct calibrate *c, double stat, uint16_t day);
/* Both: log10 p, then class and pool learn it. */
double calibrate_judge(struct calibrate *c, struct calibrate *pool, double stat, uint16_t day);

#endif
