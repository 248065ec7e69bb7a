/* model/filter.h - the filter language once: which fields there are, and a filter as data.
 *
 * Log pages, policies, the API, exports and `vigie query` all say the same: a conjunction of terms over
 * fields. policy/filter_parse.h reads the documented JSON form (or the text form) into it, store/actlog.h
 * and the tables run it over what is stored, policy/filter_match.h over one activity at hand.
 * Operators of the JSON form are normalised: `neq` is EQ negated, `gte_ndays` a RANGE from that day on,
 * names of people become entity numbers, so that those who run filters need few cases.
 * Source of fields and operators: the Cloud App Security API documentation. */
#ifndef VIGIE_MODEL_FILTER_H
#define VIGIE_MODEL_FILTER_H

#include "base/str.h"

#include <stdint.h>

enum filter_noun { FILTER_ACTIVITIES, FILTER_ALERTS, FILTER_ENTITIES, FILTER_FILES, FILTER_SUBNETS, FILTER_NOUNS };

enum filter_type {
    FILTER_TEXT,   /* compared without case */
    FILTER_NUMBER, /* value.from */
    FILTER_TIME,   /* nanoseconds since 1970 in value.from and value.to */
    FILTER_BOOL,   /* value.from 0 or 1 */
    FILTER_IP,     /* text: an address, a prefix of one, or CIDR */
    FILTER_PERSON  /* value.from is an entity number; text is what was asked for; from 0: nobody of that name */
};

enum filter_match {
    MATCH_EQ,       /* one of the values */
    MATCH_CONTAINS, /* has one of the texts in it */
    MATCH_STARTS,
    MATCH_ENDS,
    MATCH_RANGE,    /* from <= x <= to of one of the values; INT64_MIN and INT64_MAX are open ends */
    MATCH_SET,      /* is there at all */
    MATCH_TEXT,     /* every word of the text is found in the record */
    MATCH_DIFFERS   /* of several values of the field, one is none of these (deq) */
};

/* Fields by noun. The text is the API's name of the field, permanent; which matches make sense follows from the type.
 *   X(NOUN, ID, "api.name", TYPE) */
#define FILTER_FIELDS(X)                                                                                               \
    X(ACTIVITIES, ACTIVITY_SERVICE, "service", NUMBER)             /* app number of model/app.h */                       \
    X(ACTIVITIES, ACTIVITY_INSTANCE, "instance", TEXT)                                                                 \
    X(ACTIVITIES, ACTIVITY_USER, "user.username", PERSON)          /* the actor */                                       \
    X(ACTIVITIES, ACTIVITY_USER_TAG, "user.tags", TEXT)            /* group or tag of the actor */                       \
    X(ACTIVITIES, ACTIVITY_USER_DOMAIN, "user.domain", TEXT)                                                           \
    X(ACTIVITIES, ACTIVITY_USER_UNIT, "user.orgUnit", TEXT)                                                            \
    X(ACTIVITIES, ACTIVITY_ENTITY, "entity", PERSON)               /* actor, object, device or destination */            \
    X(ACTIVITIES, ACTIVITY_KIND, "actionType", TEXT)               /* kind's text or the app's own operation name */     \
    X(ACTIVITIES, ACTIVITY_CATEGORY, "activity.eventType", TEXT)   /* EVENT_CATEGORY_LOGIN ... */                        \
    X(ACTIVITIES, ACTIVITY_ACTION, "activity.eventActionType", TEXT)                                                   \
    X(ACTIVITIES, ACTIVITY_ID, "activity.id", TEXT)                                                                    \
    X(ACTIVITIES, ACTIVITY_IMPERSONATED, "activity.impersonated", BOOL)                                                \
    X(ACTIVITIES, ACTIVITY_ADMIN, "activity.type", BOOL)                                                               \
    X(ACTIVITIES, ACTIVITY_TAKEN, "activity.takenAction", TEXT)                                                        \
    X(ACTIVITIES, ACTIVITY_ALERT, "activity.alertId", TEXT)                                                            \
    X(ACTIVITIES, ACTIVITY_OBJECT, "activityObject", TEXT)         /* name or id of an object */                         \
    X(ACTIVITIES, ACTIVITY_DEVICE_TYPE, "device.type", TEXT)                                                           \
    X(ACTIVITIES, ACTIVITY_DEVICE_TAG, "device.tags", TEXT)                                                            \
    X(ACTIVITIES, ACTIVITY_DEVICE, "device.name", TEXT)            /* computer it came from */                           \
    X(ACTIVITIES, ACTIVITY_DESTINATION, "destination", TEXT)       /* computer it went to */                             \
    X(ACTIVITIES, ACTIVITY_AGENT, "userAgent.userAgent", TEXT)                                                         \
    X(ACTIVITIES, ACTIVITY_AGENT_TAG, "userAgent.tags", TEXT)                                                          \
    X(ACTIVITIES, ACTIVITY_COUNTRY, "location.country", TEXT)      /* ISO 3166-1 alpha-2 */                              \
    X(ACTIVITIES, ACTIVITY_NETWORK, "location.organizations", TEXT)                                                    \
    X(ACTIVITIES, ACTIVITY_IP, "ip.address", IP)                                                                       \
    X(ACTIVITIES, ACTIVITY_IP_CATEGORY, "ip.category", NUMBER)                                                         \
    X(ACTIVITIES, ACTIVITY_IP_TAG, "ip.tags", TEXT)                                                                    \
    X(ACTIVITIES, ACTIVITY_FILE, "fileSelector", TEXT)                                                                 \
    X(ACTIVITIES, ACTIVITY_FILE_ID, "fileId", TEXT)                                                                    \
    X(ACTIVITIES, ACTIVITY_FILE_LABEL, "fileLabels", TEXT)                                                             \
    X(ACTIVITIES, ACTIVITY_URL, "office365url", TEXT)                                                                  \
    X(ACTIVITIES, ACTIVITY_TEXT, "text", TEXT)                                                                         \
    X(ACTIVITIES, ACTIVITY_DATE, "date", TIME)                                                                         \
    X(ACTIVITIES, ACTIVITY_CREATED, "created", TIME)               /* when Vigie received it */                          \
    X(ACTIVITIES, ACTIVITY_POLICY, "policy", TEXT)                 /* matched policy */                                  \
    X(ACTIVITIES, ACTIVITY_SOURCE, "source", NUMBER)                                                                   \
    X(ACTIVITIES, ACTIVITY_SHORE, "shore", TEXT)                   /* ours: cloud, onprem */                             \
    X(ACTIVITIES, ACTIVITY_OUTCOME, "outcome", TEXT)               /* ours: success, failure */                          \
    X(ACTIVITIES, ACTIVITY_PROTOCOL, "protocol", TEXT)             /* ours */                                            \
    X(ALERTS, ALERT_ENTITY, "entity.entity", PERSON)                                                                   \
    X(ALERTS, ALERT_USER, "entity.user", PERSON)                                                                       \
    X(ALERTS, ALERT_IP, "entity.ip", IP)                                                                               \
    X(ALERTS, ALERT_SERVICE, "entity.service", NUMBER)                                                                 \
    X(ALERTS, ALERT_INSTANCE, "entity.instance", NUMBER)                                                               \
    X(ALERTS, ALERT_POLICY, "entity.policy", TEXT)                                                                     \
    X(ALERTS, ALERT_FILE, "entity.file", TEXT)                                                                         \
    X(ALERTS, ALERT_OPEN, "alertOpen", BOOL)                                                                           \
    X(ALERTS, ALERT_SEVERITY, "severity", NUMBER)                  /* 0 low 1 medium 2 high 3 informational */           \
    X(ALERTS, ALERT_RESOLUTION, "resolutionStatus", NUMBER)                                                            \
    X(ALERTS, ALERT_READ, "read", BOOL)                                                                                \
    X(ALERTS, ALERT_DATE, "date", TIME)                                                                                \
    X(ALERTS, ALERT_RESOLVED, "resolutionDate", TIME)                                                                  \
    X(ALERTS, ALERT_RISK, "risk", NUMBER)                                                                              \
    X(ALERTS, ALERT_TYPE, "alertType", NUMBER)                                                                         \
    X(ALERTS, ALERT_ID, "id", TEXT)                                                                                    \
    X(ALERTS, ALERT_SOURCE, "source", TEXT)                        /* built-in, policy */                                \
    X(ALERTS, ALERT_CATEGORY, "category", TEXT)                    /* ours */                                            \
    X(ALERTS, ALERT_TEXT, "text", TEXT)                                                                                \
    X(ENTITIES, ENTITY_TYPE, "type", TEXT)                         /* user, account */                                   \
    X(ENTITIES, ENTITY_ADMIN, "isAdmin", BOOL)                                                                         \
    X(ENTITIES, ENTITY_ENTITY, "entity", PERSON)                                                                       \
    X(ENTITIES, ENTITY_GROUP, "userGroups", TEXT)                                                                      \
    X(ENTITIES, ENTITY_APP, "app", NUMBER)                                                                             \
    X(ENTITIES, ENTITY_INSTANCE, "instance", NUMBER)                                                                   \
    X(ENTITIES, ENTITY_EXTERNAL, "isExternal", BOOL)                                                                   \
    X(ENTITIES, ENTITY_DOMAIN, "domain", TEXT)                                                                         \
    X(ENTITIES, ENTITY_ORGANIZATION, "organization", TEXT)                                                             \
    X(ENTITIES, ENTITY_STATUS, "status", NUMBER)                                                                       \
    X(ENTITIES, ENTITY_SEEN, "lastSeen", TIME)                                                                         \
    X(ENTITIES, ENTITY_SCORE, "score", NUMBER)                                                                         \
    X(ENTITIES, ENTITY_NAME, "displayName", TEXT)                                                                      \
    X(ENTITIES, ENTITY_TEXT_SEARCH, "text", TEXT)                                                                      \
    X(FILES, FILE_SERVICE, "service", NUMBER)                                                                          \
    X(FILES, FILE_NAME, "filename", TEXT)                                                                              \
    X(FILES, FILE_ID, "fileId", TEXT)                                                                                  \
    X(FILES, FILE_OWNER, "owner.entity", PERSON)                                                                       \
    X(FILES, FILE_SHARING, "sharing", NUMBER)                                                                          \
    X(FILES, FILE_TYPE, "fileType", NUMBER)                                                                            \
    X(FILES, FILE_EXTENSION, "extension", TEXT)                                                                        \
    X(FILES, FILE_MODIFIED, "modifiedDate", TIME)                                                                      \
    X(FILES, FILE_CREATED, "createdDate", TIME)                                                                        \
    X(SUBNETS, SUBNET_CATEGORY, "category", NUMBER)                                                                    \
    X(SUBNETS, SUBNET_TAG, "tags", TEXT)                                                                               \
    X(SUBNETS, SUBNET_NAME, "name", TEXT)                                                                              \
    X(SUBNETS, SUBNET_BUILT_IN, "builtIn", BOOL)                                                                       \
    X(SUBNETS, SUBNET_ORGANIZATION, "organization", TEXT)                                                              \
    X(SUBNETS, SUBNET_LOCATION, "location", TEXT)

enum filter_field {
#define X(noun, id, text, type) FIELD_##id,
    FILTER_FIELDS(X)
#undef X
        FIELD_COUNT
};

struct filter_value {
    struct str text;  /* as given, absent for pure numbers */
    int64_t from, to; /* see enum filter_type; for ranges inclusive bounds */
};

struct filter_term {
    enum filter_field field;
    enum filter_match match;
    bool negate; /* none of the values */
    const struct filter_value *values; /* at least one, but for MATCH_SET */
    unsigned n;
};

/* All terms hold. No term: everything. Lives as long as the arena that it was parsed into. */
struct filter {
    const struct filter_term *terms;
    unsigned n;
};

struct str filter_field_text(enum filter_field f);
enum filter_type filter_field_type(enum filter_field f);
enum filter_noun filter_field_noun(enum filter_field f);
/* FIELD_COUNT when the noun has no field of that name. */
enum filter_field filter_field_of(enum filter_noun noun, struct str text);

#endif
