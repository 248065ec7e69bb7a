/* model/outside.h - our nouns as the schemas of others see them: what OCSF and ECS call each kind of activity, and an alert
 * with all that either of them asks for.
 *
 * Source of the facts: the public OCSF schema, version 1.3.0, and the Elastic Common Schema, version 8.11: classes with their
 * activity numbers, and the event types that each category expects. */
#ifndef VIGIE_MODEL_OUTSIDE_H
#define VIGIE_MODEL_OUTSIDE_H

#include "base/jout.h"
#include "model/activity.h"
#include "model/alert.h"

enum { OCSF_DETECTION_FINDING = 2004, OCSF_ACCOUNT_CHANGE = 3001, OCSF_AUTHENTICATION = 3002, OCSF_GROUP_MANAGEMENT = 3006, OCSF_API_ACTIVITY = 6003 };
enum { OCSF_OTHER = 99 };

struct outside_kind {
    uint16_t ocsf_class;
    uint8_t ocsf_activity;    /* within the class; OCSF_OTHER: none of its numbers */
    const char *ecs_category; /* event.category */
    const char *ecs_type[2];  /* event.type, the second may be NULL */
};

/* Of every kind; one that is not in model/kind.h is a call of the app's interface. */
struct outside_kind outside_kind(const struct activity *a);

enum { OUTSIDE_MESSAGE = 512 };
/* "failed logon (failure): alice from WS1 (10.0.0.5) to DC1", cut to fit. */
struct str outside_message(const struct activity *a, char text[OUTSIDE_MESSAGE]);

/* The account, else the computer, that was created, changed, added ...; the group that it was about. NULL: not said. */
const struct account *outside_target(const struct activity *a);
const struct account *outside_group(const struct activity *a);

/* The first that is set. */
static inline struct str outside_first(struct str a, struct str b)
{
    return str_set(a) ? a : b;
}

/* A number where a schema wants text. */
void outside_digits(struct jout *j, const char *key, uint64_t n);

/* Which cloud an app runs in: "aws", "azure", or NULL. */
const char *outside_cloud(const struct activity *a);

/* An alert of a scan or of a hub's queue. */
struct outside_alert {
    struct str id, policy; /* policy: "2006", "impossible_travel" or a policy's id */
    struct str name, description, category;
    enum severity severity;
    bool closed;
    struct str status; /* in our words: "open", "false positive" ... */
    int64_t start, end; /* TIME_NONE: not known */
    uint64_t count;
    const struct str *attack; /* technique ids */
    size_t nattack;
    const struct str *users;
    size_t nusers;
    struct str source, destination; /* computers */
    struct ip source_ip, destination_ip;
    const uint8_t (*evidence)[16]; /* ids of activities */
    size_t nevidence;
};

#endif
