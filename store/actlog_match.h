/* store/actlog_match.h - which activities a filter means: the one place that decides.
 *
 * An activity has values in columns; a term of a filter asks columns for values. actlog_matches asks one activity at hand;
 * segments keep the distinct values of every column with their rows (store/actlog_private.h) and ask those, through the
 * same actlog_test, so that both agree.
 *
 * What terms mean, by type of the field (model/filter.h):
 *   TEXT, IP: EQ, CONTAINS, STARTS, ENDS, case of ASCII letters aside; IP also EQ with CIDR or an address in any spelling,
 *     and a value that ends in "." or ":" is a prefix.
 *   NUMBER, TIME, BOOL: EQ and RANGE. PERSON: EQ and DIFFERS by entity number (0: nobody), the text matches by the
 *     spellings of the actor's account.
 *   SET: has a value. DIFFERS: has a value that is none of those given. TEXT: every word is found in a value of the field.
 *   A match that makes no sense for the type finds nothing.
 * "text" looks into kind, operation, app, names and ids of actor and objects, device, destination, place, network, addresses,
 * agent, protocol and texts of facts; sessions and ids of records and logons are found from their beginning only.
 * Fields that depend on other tables (user.tags, user.orgUnit, activity.alertId, policy, ip.tags, ip.category, fileLabels,
 * device.tags, activity.takenAction) have no value here: callers turn them into PERSON, IP or ID terms before. */
#ifndef VIGIE_STORE_ACTLOG_MATCH_H
#define VIGIE_STORE_ACTLOG_MATCH_H

#include "model/filter.h"
#include "store/actlog.h"

/* Everything that terms ask for. The order is that of the file format: append only. */
enum actlog_value {
    VALUE_ID,       /* the id's first six bytes */
    VALUE_SHORE,
    VALUE_APP,
    VALUE_INSTANCE,
    VALUE_KIND,     /* the kind's text, the app's operation */
    VALUE_CATEGORY, /* EVENT_CATEGORY_ ... */
    VALUE_OUTCOME,
    VALUE_PROTOCOL,
    VALUE_ADMIN,    /* "0" or "1" */
    VALUE_IMPERSONATED,
    VALUE_ACTOR,    /* entity number, four bytes big-endian; as VALUE_ENTITY */
    VALUE_ENTITY,   /* actor, objects, device, destination */
    VALUE_ACCOUNT,  /* spellings of the actor */
    VALUE_DOMAIN,
    VALUE_OBJECT,
    VALUE_FILE,
    VALUE_FILE_ID,
    VALUE_URL,
    VALUE_DEVICE,
    VALUE_DEVICE_TYPE,
    VALUE_DESTINATION,
    VALUE_AGENT,
    VALUE_AGENT_TAG,
    VALUE_COUNTRY,
    VALUE_NETWORK,
    VALUE_IP,
    VALUE_REFERENCE, /* session, ids of logons and records */
    VALUE_OTHER,     /* what only "text" finds */
    VALUE_COUNT
};

bool actlog_matches(const struct filter *f, const struct actlog_row *row);

/* ---- for those who keep values ---- */

typedef void actlog_value_each(void *owner, enum actlog_value column, struct str value);
/* The values of one column; none is empty, some may come twice. A value lives until `each` returns. */
void actlog_values(const struct actlog_row *row, enum actlog_value column, actlog_value_each *each, void *owner);
/* Its values are no text. */
bool actlog_binary(enum actlog_value column);
/* Bits (1 << enum actlog_value) of the columns that the term asks. */
uint64_t actlog_columns(const struct filter_term *t);
/* Whether one value in one of those columns makes the term true (negation aside). Not for terms of words or on DATE, CREATED. */
bool actlog_test(const struct filter_term *t, enum actlog_value column, struct str value);
/* The term is of words: each must be found (actlog_test_word) in some value of its columns. */
bool actlog_of_words(const struct filter_term *t);
bool actlog_test_word(struct str word, enum actlog_value column, struct str value);
/* Cuts the next word off; false at the end. Of one text, words after the ACTLOG_WORDS-th are not looked for. */
enum { ACTLOG_WORDS = 32 };
bool actlog_word(struct str *rest, struct str *word);
/* A TIME term against a moment (negation aside). */
bool actlog_test_time(const struct filter_term *t, int64_t time);
/* What the API calls the event's category: EVENT_CATEGORY_LOGIN ... */
struct str actlog_category(const struct activity *a);

#endif
