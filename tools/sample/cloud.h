/* tools/sample/cloud.h - what happens in Office 365, Entra ID and Amazon Web Services, as their audit logs hold it.
 *
 * Field names: Office 365 Management Activity API schema; Microsoft Graph signIn and directoryAudit;
 * CloudTrail record contents. Texts given must need no escaping in JSON. */
#ifndef VIGIE_SAMPLE_CLOUD_H
#define VIGIE_SAMPLE_CLOUD_H

#include "tools/sample/world.h"

struct session {
    const struct person *person;
    uint32_t ip;
    bool mobile;
    uint8_t agent;
    const char *country, *city; /* as the provider resolves the address */
    char id[RNG_GUID];
};

/* A session from the office, from home, or from the telephone's network. */
struct session cloud_session(struct world *w, const struct person *p, uint32_t ip, bool mobile);
/* Error 0 is success; 50126 wrong password, 50053 locked, 50057 disabled, 50074 strong authentication asked. */
void cloud_signin(struct world *w, int64_t t, const struct session *s, int error);
void cloud_file(struct world *w, int64_t t, const struct session *s, const char *operation, const char *site, const char *file);
/* MailItemsAccessed, Send, SoftDelete, HardDelete, MoveToDeletedItems */
void cloud_mail(struct world *w, int64_t t, const struct session *s, const char *operation, const char *subject);
/* New-InboxRule; parameters as [{"Name":..,"Value":..},...] */
void cloud_rule(struct world *w, int64_t t, const struct session *s, const char *name, const char *parameters);
/* SharingSet (to a colleague or guest), AnonymousLinkCreated (to is NULL) */
void cloud_share(struct world *w, int64_t t, const struct session *s, const char *file, const char *to);
void cloud_teams(struct world *w, int64_t t, const struct session *s, const char *operation, const char *team);

struct change { /* a change of the directory, in the unified log and in the Entra audit log */
    const char *operation, *category, *activity; /* "Add member to role.", "RoleManagement", "Add member to role" */
    const char *target, *target_id, *target_type; /* User, Application, Group */
    const char *property, *value;                 /* what was set; NULL = nothing shown */
};
void cloud_change(struct world *w, int64_t t, const struct session *s, const struct change *c);

struct call { /* one API call */
    enum out_kind region;
    const char *user;   /* IAM user name */
    uint32_t ip;
    const char *agent, *source, *name; /* "s3.amazonaws.com", "ListBuckets" */
    const char *request;               /* JSON or NULL */
    const char *error;                 /* error code or NULL */
};
void cloud_call(struct world *w, int64_t t, const struct call *c);
void cloud_console(struct world *w, int64_t t, const struct person *p, uint32_t ip, bool success);

#endif
