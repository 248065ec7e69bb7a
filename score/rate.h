/* score/rate.h - how many a day: Gamma-Poisson with the peers' mean as prior.
 *
 * A user who did `sum` of a kind on `days` days (decayed), whose peers do `prior` a day, does
 * Poisson(lambda) of it today, lambda ~ Gamma(sum + prior RATE_PRIOR, days + RATE_PRIOR). People are burstier
 * than that, so the posterior is never taken for sharper than RATE_SHARP days of experience. */
#ifndef VIGIE_SCORE_RATE_H
#define VIGIE_SCORE_RATE_H

#define RATE_PRIOR 2.0
#define RATE_SHARP 8.0

/* P(count or more today); 1 when count is not above the mean. */
double rate_p(double sum, double days, double prior, double count);

#endif
