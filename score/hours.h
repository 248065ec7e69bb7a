/* score/hours.h - when a user works: 24 hours x {working day, day of rest}, smoothed round the clock.
 *
 *   P_org(h) = (sum_k K(k) n_o(h+k) + HOURS_A) / (N_o + 48 HOURS_A)
 *   P_u(h)   = (sum_k K(k) n_u(h+k) + HOURS_T P_org(h)) / (N_u + HOURS_T)
 *
 * Hours are UTC; the kernel K is {.5, .2, .05} at distance 0, 1, 2. */
#ifndef VIGIE_SCORE_HOURS_H
#define VIGIE_SCORE_HOURS_H

#include <stdint.h>

enum { HOURS = 48 };
#define HOURS_A 0.5f
#define HOURS_T 5.0f

#define HOURS_WEEKEND 0x41u /* Sunday and Saturday, until the organisation shows its own */
#define HOURS_REST 0.4f     /* a day of rest has less than this share of the median day of the week */
#define HOURS_KNOWN 14      /* days of history from which the organisation's own days of rest are taken */

unsigned hours_weekday(int64_t time); /* 0 = Sunday */
/* 0..23 on working days, 24..47 on the days of the week in `rest` (bit 0 = Sunday). */
unsigned hours_bin(int64_t time, unsigned rest);
/* The days of rest of an organisation that did this much on each day of the week. */
unsigned hours_rest(const float weekdays[7]);
float hours_org(const float org[HOURS], float total, unsigned bin);
float hours_user(const float user[HOURS], float total, unsigned bin, float p_org);

#endif
