/* app/hub_keeper.c - keeps house: what is too old goes, by the retention that the administrator chose. */
#include "app/hub_private.h"

#include "store/tab_settings.h"

enum { EVERY_SECONDS = 3600, RETENTION_DAYS = 180 };

int hub_keeper_expire(struct hub *h)
{
    int64_t activities, alerts;
    uint64_t n;
    int err = tab_settings_get_i64(h->db, "retention.activities", RETENTION_DAYS, &activities);
    if (!err)
        err = tab_settings_get_i64(h->db, "retention.alerts", RETENTION_DAYS, &alerts);
    if (!err)
        err = actlog_expire(h->log, hub_now() - activities * TIME_DAY, &n);
    return err ? err : tab_alerts_expire(h->db, hub_now() - alerts * TIME_DAY, &n);
}

void *hub_keeper_run(void *owner)
{
    struct hub *h = owner;
    int64_t last = 0;
    while (hub_wait(h, 1000)) {
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
