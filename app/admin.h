/* app/admin.h - what `vigie admin user`, `token` and `role` share: the data folder, who and what, the audit log. */
#ifndef VIGIE_APP_ADMIN_H
#define VIGIE_APP_ADMIN_H

#include "base/arena.h"
#include "model/role.h"
#include "store/tab_accounts.h"

#include <stdio.h>

struct admin {
    const char *folder;
    struct db *db;
    struct arena arena;
    struct str name;         /* of whom or of what; absent: not given */
    const struct role *role; /* NULL: not given */
    const char *password_file;
    bool json;
    int64_t now;
};

/* "vigie admin WHAT: ABOUT: WHY" on stderr; 1 */
int admin_fail(const char *what, const char *about, const char *why);
int admin_audit(struct admin *d, const char *what, struct str object);
/* Somebody has an account: the one-time set-up link is of no use any more. */
void admin_set_up(const struct admin *d);

/* The commands; 0 to 2 is the exit code. */
int admin_user(struct admin *d, const char *what);
int admin_token(struct admin *d, const char *what);

#endif
