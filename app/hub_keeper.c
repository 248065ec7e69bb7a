/* app/hub_keeper.c - keeps house: what is too old goes, by the retention that the administrator chose. */
#include "app/hub_private.h"

#include "store/tab_governance.h"
#include "store/tab_settings.h"

#include <stdio.h>
#include <time.h>

enum { EVERY_SECONDS = 3600, RETENTION_DAYS = 180, GOVERNANCE_DAYS = 120, LEAP_DAYS = 30, HOLD_HOURS = 24 };

#define SEEN "keeper.seen" /* setting: the wall clock at the last look at what is too old */

static int64_t running_hours(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec / 3600;
}

bool hub_keeper_held(struct hub *h)
{
    return running_hours() < atomic_load(&h->clock_held);
}

/* A clock that leapt ahead would make everything too old at once. After a leap nothing goes until the hub has run for a day with that clock:
 * whoever set it wrong has seen the warning by then, and a hub that was off for long loses nothing by waiting. */
static int held(struct hub *h, int64_t now, bool *hold)
{
    int64_t seen;
    int err = tab_settings_get_i64(h->db, SEEN, now, &seen);
    if (err)
        return err;
    int64_t leap = now > seen ? now - seen : seen - now;
    if (leap > LEAP_DAYS * TIME_DAY) {
        (void)fprintf(stderr, "vigie: the clock has leapt by %lld days: nothing is deleted for a day\n", (long long)(leap / TIME_DAY));
        atomic_store(&h->clock_held, running_hours() + HOLD_HOURS);
    }
    *hold = hub_keeper_held(h);
    return tab_settings_put_i64(h->db, SEEN, now);
}

int hub_keeper_expire(struct hub *h)
{
    int64_t activities, alerts, governance;
    uint64_t n;
    bool hold = false;
    int err = held(h, hub_now(), &hold);
    if (err || hold)
        return err;
    err = tab_settings_get_i64(h->db, "retention.activities", RETENTION_DAYS, &activities);
    if (!err)
        err = tab_settings_get_i64(h->db, "retention.alerts", RETENTION_DAYS, &alerts);
    if (!err)
        err = actlog_expire(h->log, hub_now() - activities * TIME_DAY, &n);
    if (!err)
        err = tab_alerts_expire(h->db, hub_now() - alerts * TIME_DAY, &n);
    if (!err)
        err = tab_settings_get_i64(h->db, "retention.governance", GOVERNANCE_DAYS, &governance);
    return err ? err : tab_governance_expire(h->db, hub_now() - governance * TIME_DAY, &n);
}

void *hub_keeper_run(void *owner)
{
    struct hub *h = owner;
    int64_t last = 0;
    while (hub_wait(h, 1000)) {
        hub_syslog_flush(h);
        (void)licence_keys_load(h->folder, &h->keys); /* of an issuer that the command line trusts from now on */
        int64_t now = hub_now();
        if (now - last < EVERY_SECONDS * TIME_SECOND)
            continue;
        last = now;
        atomic_store(&h->expire, true);
        hub_wake(h);
    }
    return NULL;
}
