/* app/hub_keeper.c - keeps house: alerts are told, syslog is handed over, and what is too old goes, by the retention that the
 * administrator chose. */
#include "app/hub_private.h"

#include "app/hub_syslog.h"
#include "policy/notify.h"

#include "store/tab_settings.h"

#include <stdio.h>

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
    struct notifier *notifier = NULL;
    char url[512];
    (void)snprintf(url, sizeof url, "https://%.480s:%u", h->config.host, (unsigned)server_port(h->server));
    (void)notify_open(h->db, h->secrets, url, &notifier); /* without memory nobody is told: the outbox waits for the next start */
    while (hub_wait(h, 1000)) {
        (void)licence_keys_load(h->folder, &h->keys); /* of an issuer that the command line trusts from now on */
        int64_t now = hub_now();
        unsigned sent, failed;
        hub_syslog_cut(h->syslog);
        if (notifier)
            (void)notify_run(notifier, now, &sent, &failed); /* what fails stays in the outbox with its reason */
        if (now - last < EVERY_SECONDS * TIME_SECOND)
            continue;
        last = now;
        atomic_store(&h->expire, true);
        hub_wake(h);
    }
    if (notifier)
        notify_close(notifier);
    return NULL;
}
