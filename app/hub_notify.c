/* app/hub_notify.c - the thread that delivers notifications: what waits in the outbox goes out by mail, syslog, webhook. */
#include "app/hub_private.h"

#include "policy/notify.h"
#include "store/tab_outbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { EVERY_MS = 1000, KEEP_DAYS = 180, EXPIRE_SECONDS = 3600 };

static void deliver(struct notifier *n, bool *told)
{
    unsigned sent, failed;
    int err = notify_run(n, hub_now(), &sent, &failed);
    if (err && !*told)
        (void)fprintf(stderr, "vigie: notifications: %s; trying again\n", err_text(err));
    *told = err != 0;
}

void *hub_notify_run(void *owner)
{
    struct hub *h = owner;
    struct notifier *n;
    char base[600];
    bool told = false;
    uint64_t gone;
    int64_t expired = 0;
    (void)snprintf(base, sizeof base, "https://%.480s:%u", h->config.host, (unsigned)server_port(h->server));
    if (notify_open(h->db, h->secrets, base, &n) != 0) {
        (void)fprintf(stderr, "vigie: notifications: %s\n", err_text(ERR_MEMORY));
        return NULL;
    }
    while (!atomic_load(&h->stop)) {
        deliver(n, &told);
        if (hub_now() - expired > EXPIRE_SECONDS * TIME_SECOND && !hub_keeper_held(h)) {
            expired = hub_now();
            (void)tab_outbox_expire(h->db, expired - KEEP_DAYS * TIME_DAY, &gone);
        }
        (void)hub_wait(h, EVERY_MS);
    }
    notify_close(n);
    return NULL;
}

int hub_notify_open(struct hub *h, char why[512])
{
    int err = secret_open(h->folder, &h->secrets);
    if (err)
        (void)snprintf(why, 512, "%.300s/secret.key: %.180s", h->folder, err == ERR_IO ? strerror(errno) : "no key of this hub, or others may read it");
    return err;
}

void hub_notify_close(struct hub *h)
{
    secret_close(h->secrets);
}
