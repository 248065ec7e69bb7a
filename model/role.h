/* model/role.h - who may do what: rights, and the documented roles as sets of them.
 *
 * Enforced in one place (api/server.c before a handler runs, the same for portal, API and command line).
 * Source: "Manage admin access" of Cloud App Security and "role groups" of Azure ATP, as documented in 2019. */
#ifndef VIGIE_MODEL_ROLE_H
#define VIGIE_MODEL_ROLE_H

#include "base/str.h"

#include <stdint.h>

/* A right, its permanent name, and what a refusal says that one would need it for. */
#define RIGHTS(X)                                                                                                      \
    X(VIEW_ALERTS, "view_alerts", "see alerts")                                                                        \
    X(MANAGE_ALERTS, "manage_alerts", "handle alerts")                                                                 \
    X(MARK_ALERTS, "mark_alerts", "mark alerts as read")                                                               \
    X(VIEW_ACTIVITIES, "view_activities", "see the activity log")                                                      \
    X(VIEW_USERS, "view_users", "see users and accounts")                                                              \
    X(VIEW_POLICIES, "view_policies", "see policies")                                                                  \
    X(MANAGE_POLICIES, "manage_policies", "change policies")                                                           \
    X(VIEW_POSTURE, "view_posture", "see the security posture")                                                        \
    X(GOVERN, "govern", "take governance actions")                                                                     \
    X(VIEW_GOVERNANCE, "view_governance", "see the governance log")                                                    \
    X(VIEW_FILES, "view_files", "see files")                                                                           \
    X(VIEW_DISCOVERY, "view_discovery", "see cloud discovery")                                                         \
    X(MANAGE_DISCOVERY, "manage_discovery", "manage cloud discovery")                                                  \
    X(VIEW_SUBNETS, "view_subnets", "see IP ranges")                                                                   \
    X(MANAGE_SUBNETS, "manage_subnets", "change IP ranges")                                                            \
    X(VIEW_SETTINGS, "view_settings", "see settings")                                                                  \
    X(MANAGE_SETTINGS, "manage_settings", "change settings")                                                           \
    X(NOTIFICATIONS, "notifications", "change notifications")                                                          \
    X(TAG, "tag", "tag entities as sensitive or honeytoken")                                                           \
    X(EXCLUDE, "exclude", "exclude entities from detections")                                                          \
    X(MANAGE_SENSORS, "manage_sensors", "manage sensors and what is collected on premises")                            \
    X(UPLOAD, "upload", "upload logs")                                                                                 \
    X(OWN_TOKENS, "own_tokens", "make API tokens")                                                                     \
    X(MANAGE_ADMINS, "manage_admins", "manage administrators")                                                         \
    X(VIEW_AUDIT, "view_audit", "see the admin audit log")                                                             \
    X(PERSONAL_DATA, "personal_data", "export and delete personal data")                                               \
    X(LINK, "link", "connect or disconnect identity protection")                                                       \
    X(SIGN_ON, "sign_on", "set up single sign-on")                                                                     \
    X(SENSE, "sense", "send what a sensor collects") /* no role: sensors alone */

enum right {
    RIGHT_NONE,      /* no sign-in needed */
    RIGHT_SIGNED_IN, /* any account */
#define X(id, text, about) RIGHT_##id,
    RIGHTS(X)
#undef X
        RIGHT_COUNT
};

enum role_scope { SCOPE_ALL, SCOPE_APP, SCOPE_GROUP, SCOPE_ATP, SCOPE_DISCOVERY };

struct role {
    const char *id;    /* permanent: "global_administrator" */
    const char *name;  /* "Global administrator" */
    enum role_scope scope; /* APP: named apps only; GROUP: members of named groups only; ATP: on-premises only; DISCOVERY: no activities */
    uint64_t rights;   /* bit per enum right */
    const char *about; /* a sentence with its documented limits */
};

extern const struct role roles[]; /* ended by id == NULL */

const struct role *role_of(struct str id);
struct str right_text(enum right r);
struct str right_about(enum right r);

static inline bool role_may(const struct role *role, enum right r)
{
    return r == RIGHT_NONE || (role && (r == RIGHT_SIGNED_IN || role->rights >> r & 1));
}

#endif
