/* app/report.h - a run's results, for people and for programs. */
#ifndef VIGIE_APP_REPORT_H
#define VIGIE_APP_REPORT_H

#include "app/pipe.h"
#include "base/buf.h"
#include "model/outside.h"

/* The one JSON object of `vigie scan --json`; keys sorted, times RFC 3339 UTC with nanoseconds. */
void report_json(const struct pipe_result *r, struct buf *out);
/* Text for people, at most 100 columns. */
void report_text(const struct pipe_result *r, struct buf *out, bool colour);
/* One self-contained page, no outside request. */
void report_html(const struct pipe_result *r, struct buf *out);
/* alerts.csv, users.csv, contributions.csv, inputs.csv into folder `dir` (made if missing). */
int report_csv(const struct pipe_result *r, const char *dir);

/* An alert for the schemas of others; its texts are those of the run, its lists lie in `room`. */
struct report_outside {
    struct str users[ALERT_USERS * 2], attack[8];
    uint8_t evidence[ALERT_EVIDENCE][16];
    char policy[16];
};
struct outside_alert report_outside(const struct pipe_result *r, const struct alert *a, struct report_outside *room);

/* How an account is called in results: sAM name, else UPN ... ; the entity's name when unknown. */
struct str report_account(const struct dir *d, uint32_t entity);
/* Names of all accounts that an alert concerns, in order; returns how many (at most `room`). */
size_t report_accounts(const struct dir *d, const struct alert *a, struct str *out, size_t room);
/* Records that could not be read for that reason, over all inputs: how many, and the place of the first. False when there are none. */
struct report_unread {
    uint64_t n, record;
    const struct input *input;
};
bool report_unread(const struct pipe_result *r, enum unread what, struct report_unread *out);
/* Makes the text valid UTF-8: names of files and accounts may be any bytes. */
void report_clean(struct buf *b);
uint64_t report_peak_memory(void); /* bytes */

#endif
