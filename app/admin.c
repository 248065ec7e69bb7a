/* app/admin.c - complaints, the audit log and the set-up link of `vigie admin`. */
#include "app/admin.h"

#include "store/tab_audit.h"

#include <unistd.h>

int admin_fail(const char *what, const char *about, const char *why)
{
    (void)fprintf(stderr, "vigie admin %s: %s: %s\n", what, about, why);
    return 1;
}

int admin_audit(struct admin *d, const char *what, struct str object)
{
    return tab_audit_add(d->db, &(struct audit_row){.time = d->now, .by = STR("command line"), .from = STR("local"), .what = str_of(what), .object = object});
}

void admin_set_up(const struct admin *d)
{
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/setup-link", d->folder);
    (void)unlink(path);
}
