/* score/rate.c - tail of the Gamma-Poisson (negative binomial) distribution. */
#include "score/rate.h"

#include <math.h>

double rate_p(double sum, double days, double prior, double count)
{
    double shape = sum + prior * RATE_PRIOR, rate = days + RATE_PRIOR;
    double mean = shape / rate;
    if (!(mean > 0) || count <= mean || count < 1)
        return 1;
    if (rate > RATE_SHARP)
        rate = RATE_SHARP;
    shape = mean * rate;
    /* P(X = k) = Gamma(shape + k) / (Gamma(shape) k!) (rate / (rate + 1))^shape (1 / (rate + 1))^k */
    double term = exp(lgamma(shape + count) - lgamma(shape) - lgamma(count + 1) - shape * log1p(1 / rate) - count * log1p(rate));
    double tail = 0;
    for (int i = 0; i < 400 && term > tail * 1e-9; i++) {
        tail += term;
        double k = count + i;
        term *= (shape + k) / ((k + 1) * (rate + 1));
    }
    return tail < 1 ? tail : 1;
}
