/* base/time.h - moments as int64 nanoseconds since 1970-01-01 UTC, without leap seconds.
 *
 * Covers years 1900 to 2189, so that the time between any two moments is an int64, too. TIME_NONE says that the moment is not known. */
#ifndef VIGIE_BASE_TIME_H
#define VIGIE_BASE_TIME_H

#include "base/str.h"

#include <stdint.h>

#define TIME_NONE INT64_MIN
#define TIME_MS INT64_C(1000000)
#define TIME_SECOND INT64_C(1000000000)
#define TIME_MINUTE (60 * TIME_SECOND)
#define TIME_HOUR (60 * TIME_MINUTE)
#define TIME_DAY (24 * TIME_HOUR)
#define TIME_FIRST (-25567 * TIME_DAY) /* 1900-01-01 */
#define TIME_END (80354 * TIME_DAY)    /* 2190-01-01, the first moment that is not covered */

struct civil {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second;
    int nanosecond;
    int weekday; /* 0 = Sunday */
};

/* Days since 1970-01-01 of a proleptic Gregorian date. */
int64_t time_days(int year, int month, int day);
void time_civil(int64_t t, struct civil *out);
/* The UTC day that holds t, counted from 1970-01-01 (rounds towards the past). */
int64_t time_day(int64_t t);

/* RFC 3339 and its relatives: "2026-01-05T09:00:00.1234567Z", a blank for the T, an offset "+01:00" or
 * "+0100", no zone (taken as UTC), up to nine digits of fraction (more are cut). TIME_NONE if not one. */
int64_t time_parse(struct str s);
/* Windows FILETIME: 100 ns since 1601-01-01. TIME_NONE when outside our range or zero. */
int64_t time_filetime(uint64_t filetime);

#define TIME_TEXT 31 /* "2026-01-05T09:00:00.123456789Z" and a NUL */
/* RFC 3339 UTC with nanoseconds, as every output of Vigie writes it. */
struct str time_text(int64_t t, char out[TIME_TEXT]);
/* "2026-01-05" */
struct str time_date(int64_t t, char out[TIME_TEXT]);

#endif
