/* score/ledger.h - the contributions of each user, counted once per group and value in 24 hours.
 *
 * What is older than 24 hours can no longer change and is kept packed (score/bookpack.h).
 * Memory is bounded: LEDGER_DAY contributions of one user in 24 hours, and `max` in all. At that bound the
 * smallest ones go, so what is left still adds up. */
#ifndef VIGIE_SCORE_LEDGER_H
#define VIGIE_SCORE_LEDGER_H

#include "score/bookpack.h"
#include "score/score.h"

#define LEDGER_SCALE 2.5 /* shown points per group point */

enum { LEDGER_TEXT = 48, LEDGER_DAY = 512 };

/* what a contribution is about */
enum topic { TOPIC_WHERE, TOPIC_WITH, TOPIC_WHAT, TOPIC_WHEN, TOPIC_DAY_EVIDENCE, TOPIC_DAY_HOUR, TOPIC_DAY_RATE, TOPIC_ALERT };

struct entry {
    int64_t time;       /* of the activity; of the last activity for a day */
    int64_t window;     /* when its 24 hours began */
    uint64_t value;     /* with topic, what it is counted once for */
    uint8_t id[16];     /* of the activity that explains it best */
    struct origin origin;
    float exact;        /* group points, 0..4 */
    float log10p;
    uint32_t n_user, total_user, n_peers, peers, n_org, total_org;
    uint32_t days, events; /* the user's baseline then */
    uint16_t kind;
    uint8_t topic, dim;
    int16_t points;     /* shown */
    union {
        char text[LEDGER_TEXT];
        struct str name; /* of TOPIC_ALERT; lives as long as the alert */
    };
    char alert[25];     /* the alert's id, of TOPIC_ALERT */
};

struct account_book {
    struct entry *entries; /* by time of counting, after those that are packed */
    uint32_t n, room;
    struct bookpack packed;
};

struct ledger {
    struct account_book *books; /* per user */
    uint32_t nbooks, room;
    uint64_t n, max;
    struct entry *all; /* what ledger_all gave last */
    uint32_t all_room;
};

void ledger_open(struct ledger *l, uint64_t max);
void ledger_close(struct ledger *l);
int ledger_user(struct ledger *l, uint32_t user);
/* The entry that already counts for this topic and value within 24 hours, NULL when there is none. */
struct entry *ledger_find(struct ledger *l, uint32_t user, uint8_t topic, uint64_t value, int64_t time);
/* Adds; the caller fills in the rest. NULL when the user's day is full or memory short. */
struct entry *ledger_add(struct ledger *l, uint32_t user, uint8_t topic, uint64_t value, int64_t time);
/* Adds at the end of the input, outside the rule of 24 hours. */
struct entry *ledger_append(struct ledger *l, uint32_t user, uint8_t topic, int64_t time);
/* Drops what began before `before`. */
void ledger_expire(struct ledger *l, int64_t before);
/* A copy of what began at or after `since`. */
int ledger_copy(struct ledger *to, const struct ledger *from, int64_t since);
/* Puts all of one user's contributions among another's. */
int ledger_join(struct ledger *l, uint32_t from, uint32_t into);
/* All of a user's entries, by time of counting, until the next call; NULL when memory is short. */
struct entry *ledger_all(struct ledger *l, uint32_t user, uint32_t *n);
/* Group points of log10 p with a dead zone, and as shown. */
double ledger_exact(double log10p, double dead);
int ledger_shown(double exact);
void ledger_text(struct entry *e, struct str text);

#endif
