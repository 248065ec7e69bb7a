/* model/role.c - the documented roles as sets of rights. */
#include "model/role.h"

#define BIT(r) (UINT64_C(1) << RIGHT_##r)
#define HANDLE (BIT(MANAGE_ALERTS) | BIT(MARK_ALERTS))

/* What "read-only" means in Cloud App Security: the data, but no page of settings, no IP ranges, no governance log. */
#define READ (BIT(VIEW_ALERTS) | BIT(VIEW_ACTIVITIES) | BIT(VIEW_USERS) | BIT(VIEW_POLICIES) | BIT(VIEW_FILES) | BIT(VIEW_DISCOVERY))
#define READ_ALL (READ | BIT(VIEW_POSTURE) | BIT(VIEW_GOVERNANCE) | BIT(VIEW_SUBNETS) | BIT(VIEW_SETTINGS) | BIT(VIEW_AUDIT))
#define FULL                                                                                                           \
    (READ_ALL | HANDLE | BIT(MANAGE_POLICIES) | BIT(GOVERN) | BIT(MANAGE_DISCOVERY) | BIT(MANAGE_SUBNETS) |                    \
     BIT(MANAGE_SETTINGS) | BIT(NOTIFICATIONS) | BIT(TAG) | BIT(EXCLUDE) | BIT(MANAGE_SENSORS) | BIT(UPLOAD) | BIT(OWN_TOKENS) |          \
     BIT(MANAGE_ADMINS) | BIT(PERSONAL_DATA))
#define SCOPED (BIT(VIEW_ALERTS) | BIT(VIEW_ACTIVITIES) | BIT(VIEW_USERS) | BIT(VIEW_POLICIES) | BIT(VIEW_GOVERNANCE))
#define SCOPED_FULL (SCOPED | HANDLE | BIT(MANAGE_POLICIES) | BIT(EXCLUDE) | BIT(GOVERN) | BIT(OWN_TOKENS))
#define ATP_READ (BIT(VIEW_ALERTS) | BIT(VIEW_ACTIVITIES) | BIT(VIEW_USERS) | BIT(VIEW_POLICIES) | BIT(VIEW_POSTURE))
#define ATP_WORK (ATP_READ | HANDLE | BIT(TAG) | BIT(EXCLUDE) | BIT(NOTIFICATIONS) | BIT(VIEW_SETTINGS))

const struct role roles[] = {
    {"global_administrator", "Global administrator", SCOPE_ALL, FULL | BIT(LINK) | BIT(SIGN_ON),
     "Full access. The only role that connects and disconnects identity protection, and sets up single sign-on."},
    {"security_administrator", "Security administrator", SCOPE_ALL, FULL,
     "Full access: administrators, policies, settings, uploads, governance. Cannot connect or disconnect identity protection."},
    {"compliance_administrator", "Compliance administrator", SCOPE_ALL, READ | HANDLE | BIT(VIEW_GOVERNANCE),
     "Reads everything but the security posture and settings, and handles alerts."},
    {"security_operator", "Security operator", SCOPE_ALL,
     READ | HANDLE | BIT(VIEW_POSTURE) | BIT(VIEW_GOVERNANCE) | BIT(VIEW_SUBNETS) | BIT(VIEW_SETTINGS),
     "Reads everything and handles alerts. Changes no policy and no setting, takes no governance action."},
    {"security_reader", "Security reader", SCOPE_ALL, READ | HANDLE | BIT(VIEW_POSTURE),
     "Reads and handles alerts. No policy changes, governance actions, uploads, settings, IP ranges, governance log or tokens."},
    {"global_reader", "Global reader", SCOPE_ALL, READ_ALL, "Reads everything, settings and audit log included. Changes nothing, handles no alert."},
    {"app_admin", "App/instance admin", SCOPE_APP, SCOPED_FULL | BIT(VIEW_FILES),
     "Full access to what concerns the named apps alone: activities, alerts, accounts, files, policies, governance. No discovery, no posture."},
    {"app_reader", "App/instance admin (read-only)", SCOPE_APP, SCOPED | BIT(VIEW_FILES), "Reads what concerns the named apps alone."},
    {"group_admin", "User group admin", SCOPE_GROUP, SCOPED_FULL,
     "Full access to what concerns members of the named groups alone. No files, no discovery, no posture."},
    {"group_reader", "User group admin (read-only)", SCOPE_GROUP, SCOPED, "Reads what concerns members of the named groups alone."},
    {"discovery_admin", "Cloud Discovery global admin", SCOPE_DISCOVERY,
     BIT(VIEW_ALERTS) | HANDLE | BIT(VIEW_POLICIES) | BIT(VIEW_DISCOVERY) | BIT(MANAGE_DISCOVERY) | BIT(VIEW_SETTINGS),
     "All of Cloud Discovery and its alerts. Sees system settings, no activities, accounts or files."},
    {"discovery_report_admin", "Cloud Discovery report admin", SCOPE_DISCOVERY, BIT(VIEW_POLICIES) | BIT(VIEW_DISCOVERY),
     "Reads Cloud Discovery reports. No activities, accounts or files."},
    {"atp_administrator", "ATP administrator", SCOPE_ATP, ATP_WORK | BIT(MANAGE_SENSORS),
     "All of identity protection, sensors and data sources included; nothing of the cloud apps."},
    {"atp_user", "ATP user", SCOPE_ATP, ATP_WORK,
     "Handles on-premises alerts; tags, exclusions and notifications. No sensors, no data sources, nothing of the cloud apps."},
    {"atp_viewer", "ATP viewer", SCOPE_ATP, ATP_READ, "Reads on-premises alerts, profiles and reports. Changes nothing."},
    {NULL, NULL, SCOPE_ALL, 0, NULL},
};

static const struct {
    struct str text, about;
} rights[RIGHT_COUNT] = {
    [RIGHT_NONE] = {{"none", 4}, {"look at the sign-in page", 24}},
    [RIGHT_SIGNED_IN] = {{"signed_in", 9}, {"sign in", 7}},
#define X(id, name, words) [RIGHT_##id] = {{name, sizeof name - 1}, {words, sizeof words - 1}},
    RIGHTS(X)
#undef X
};

const struct role *role_of(struct str id)
{
    for (const struct role *r = roles; r->id; r++)
        if (str_eq(str_of(r->id), id))
            return r;
    return NULL;
}

struct str right_text(enum right r)
{
    return rights[r].text;
}

struct str right_about(enum right r)
{
    return rights[r].about;
}
