/* score/calibrate.c - decayed log-histogram with a generalised Pareto tail. */
#include "score/calibrate.h"

#include <math.h>

#define PER_OCTAVE 16.0f
#define TAIL_FROM 0.05f
#define TAIL_STEP 2.2f /* between the quantiles that shape the tail */
#define SHAPE_MOST 0.32f
#define SHAPE_MOST_ENDLESS 0.45f
#define SHAPE_LEAST (-0.5f) /* below 0 the tail ends somewhere */
#define SHAPE_DOUBT 20.0f     /* events beyond the threshold that count as much as "no curvature" */
#define DAY_GROWTH 1.0233739  /* 2^(1/30) */
#define UNIT_MOST 1e9

static float place(double stat)
{
    float at = stat > 0 ? 1 + PER_OCTAVE * log2f(1 + (float)stat) : 0;
    return at < CALIBRATE_BINS - 1 ? at : CALIBRATE_BINS - 1;
}

static float edge(float at)
{
    return at <= 1 ? 0 : exp2f((at - 1) / PER_OCTAVE) - 1;
}

/* where the survival falls to s, as a statistic */
static float quantile(const struct calibrate *c, float s)
{
    int i = c->top > 1 ? c->top : 1;
    while (i > 1 && c->above[i] < s)
        i--;
    float top = c->above[i], low = c->above[i + 1];
    float part = top > low && top > s ? (top - s) / (top - low) : 0;
    return edge((float)i + (part < 1 ? part : 1));
}

static void fit_tail(struct calibrate *c)
{
    c->p_u = c->above[1] < TAIL_FROM ? c->above[1] : TAIL_FROM;
    if (c->p_u <= 0) {
        c->p_u = (float)(1 / (c->weight + 1));
        c->u = 0;
        c->scale = 1;
        c->shape = 0;
        return;
    }
    c->u = quantile(c, c->p_u);
    float a = quantile(c, c->p_u / TAIL_STEP) - c->u, b = quantile(c, c->p_u / (TAIL_STEP * TAIL_STEP)) - c->u;
    float shape = a > 0 && b > a ? logf((b - a) / a) / logf(TAIL_STEP) : 0;
    float events = (float)c->weight * c->p_u;
    shape *= events / (events + SHAPE_DOUBT);
    float most = c->endless ? SHAPE_MOST_ENDLESS : SHAPE_MOST, least = c->endless ? 0 : SHAPE_LEAST;
    shape = shape > most ? most : shape < least ? least : shape;
    float decade = TAIL_STEP * TAIL_STEP;
    c->scale = fabsf(shape) < 1e-3f ? b / logf(decade) : b * shape / (powf(decade, shape) - 1);
    c->shape = shape;
    if (!(c->scale > 0.05f))
        c->scale = 0.05f;
}

static void fit(struct calibrate *c)
{
    double sum = 0;
    for (int i = c->top; i >= 0; i--) {
        sum += c->bins[i];
        c->above[i] = (float)sum;
    }
    for (int i = 0; i <= c->top; i++)
        c->above[i] = (float)(c->above[i] / sum);
    c->weight = sum / c->unit;
    c->fitted = c->weight;
    fit_tail(c);
}

static double tail(const struct calibrate *c, double excess)
{
    double shape = c->shape, x = excess / c->scale;
    double s;
    if (fabs(shape) < 1e-3) {
        s = exp(-x);
    } else {
        double base = 1 + shape * x;
        s = base > 0 ? pow(base, -1 / shape) : 0;
    }
    double p = c->p_u * s, least = 1 / (CALIBRATE_BEYOND * (c->weight + 1));
    return p > least ? p : least;
}

/* at: its place */
static double p_of(const struct calibrate *c, double stat, float at)
{
    if (stat <= 0 || c->fitted <= 0)
        return 1;
    if (stat > c->u)
        return tail(c, stat - c->u);
    int i = (int)at;
    float low = c->above[i + 1];
    double p = low + (c->above[i] - low) * (1 - (at - (float)i));
    return p > c->p_u ? p : c->p_u;
}

double calibrate_p(const struct calibrate *c, double stat)
{
    return p_of(c, stat, place(stat));
}

static double doubted(const struct calibrate *c, double stat, float at)
{
    return log10(p_of(c, stat, at)) * c->weight / (c->weight + CALIBRATE_YOUNG);
}

static double log10_of(const struct calibrate *c, const struct calibrate *pool, double stat, float at)
{
    if (stat <= 0)
        return 0;
    double own = c->weight / (c->weight + 4 * CALIBRATE_YOUNG);
    if (!pool)
        return doubted(c, stat, at);
    return (own > 0 ? own * log10(p_of(c, stat, at)) : 0) + (1 - own) * doubted(pool, stat, at);
}

double calibrate_log10(const struct calibrate *c, const struct calibrate *pool, double stat)
{
    return log10_of(c, pool, stat, place(stat));
}

/* The first or a new day: what is learned from now on weighs more, and the fit is made again. */
static void begin_day(struct calibrate *c, uint16_t day)
{
    double grow = pow(DAY_GROWTH, day - c->day);
    c->day = day;
    c->weight /= grow;
    c->fitted = 0;
    c->unit = c->unit > 0 ? c->unit * grow : 1;
    if (c->unit > UNIT_MOST) {
        for (int i = 0; i <= c->top; i++)
            c->bins[i] /= c->unit;
        c->unit = 1;
    }
}

/* Everything is learned, and most of it into the first bin. */
static inline void learn(struct calibrate *c, float at, uint16_t day)
{
    unsigned bin = (unsigned)at;
    if (day > c->day || c->unit <= 0)
        begin_day(c, day);
    c->bins[bin] += c->unit;
    if (bin > c->top)
        c->top = (uint8_t)bin;
    c->weight += 1;
    if (c->weight > c->fitted * 1.25)
        fit(c);
}

void calibrate_learn(struct calibrate *c, double stat, uint16_t day)
{
    learn(c, place(stat), day);
}

double calibrate_judge(struct calibrate *c, struct calibrate *pool, double stat, uint16_t day)
{
    float at = place(stat);
    double log10p = log10_of(c, pool, stat, at);
    learn(c, at, day);
    learn(pool, at, day);
    return log10p;
}
