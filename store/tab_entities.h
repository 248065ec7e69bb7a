/* store/tab_entities.h - people, computers and groups as the hub knows them, and people's scores.
 *
 * Numbers are given once and stay for the life of the hub: activities are stored with them. When two
 * entities turn out to be one, the lower number stays and the other becomes its alias. Written by the
 * hub's analysis only; pages and the API read. */
#ifndef VIGIE_STORE_TAB_ENTITIES_H
#define VIGIE_STORE_TAB_ENTITIES_H

#include "base/arena.h"
#include "model/entity.h"
#include "model/filter.h"
#include "store/db.h"

struct stored_entity {
    struct entity base;            /* groups: direct ones; accounts: every spelling */
    int64_t first_seen, last_seen; /* of its activities, TIME_NONE: none yet */
    int score;                     /* investigation priority: last seven days */
    double percentile;
    bool scored;                   /* is a person with a score */
    bool external;                 /* not of the organisation's own domains */
    bool admin;                    /* sensitive, or holds an administrative cloud role */
    int days[14];                  /* points per day, the last is today */
    uint32_t baseline_days, baseline_events;
    struct str apps;               /* JSON array of app numbers it was active in */
};

/* ---- writing: what one run of the analysis knows, piece by piece, in one transaction of the caller ---- */

int tab_entities_put(struct db *db, const struct stored_entity *e);
/* `from` has turned out to be `to`: its row goes, its number, id and spellings lead to `to`. */
int tab_entities_alias(struct db *db, uint32_t from, uint32_t to);
/* The highest number given so far, aliases included. */
int tab_entities_last(struct db *db, uint32_t *number);

/* ---- reading: texts live in the arena, or until each returns ---- */

/* By number or by stable id; aliases are followed. ERR_NOT_FOUND. */
int tab_entities_get(struct db *db, struct arena *a, uint32_t number, struct stored_entity *out);
int tab_entities_by_id(struct db *db, struct arena *a, struct str id, struct stored_entity *out);
/* By any spelling of an account, a name or an id (case-insensitive): sorted, at most `room`. */
int tab_entities_find(struct db *db, struct str spelling, uint32_t *numbers, size_t room, size_t *n);
/* The number that stays, and all numbers that are aliases of it: what to look for in stored activities. */
int tab_entities_numbers(struct db *db, uint32_t number, uint32_t *numbers, size_t room, size_t *n);
/* All, by number; stops when each returns not 0 and returns that. */
int tab_entities_each(struct db *db, int (*each)(void *owner, const struct stored_entity *e), void *owner);
/* All aliases, by the number that was given up; `to` is the one that stays, however often it was merged. */
int tab_entities_aliases(struct db *db, int (*each)(void *owner, uint32_t from, uint32_t to), void *owner);
/* Members of a group, at any depth; groups among them too. Sorted. The caller frees *numbers. */
int tab_entities_members(struct db *db, uint32_t group, uint32_t **numbers, size_t *n);
/* Groups that an entity is in, at any depth. The same shape. */
int tab_entities_groups(struct db *db, uint32_t member, uint32_t **numbers, size_t *n);

enum entity_sort { ENTITY_BY_SCORE, ENTITY_BY_NAME, ENTITY_BY_SEEN };

struct entity_query {
    const struct filter *filter; /* FILTER_ENTITIES; NULL: all */
    struct str text;             /* every word of it is in a name, a spelling, title or department; absent: all */
    int type;                    /* enum entity_type, -1: all */
    const uint32_t *people;      /* entity numbers that may be seen, NULL: everybody */
    size_t npeople;
    enum entity_sort sort;       /* then by number: a total order */
    bool ascending;
    uint32_t skip, limit;
};

/* Calls each for a page. *total (may be NULL): how many there are without skip and limit. */
int tab_entities_query(struct db *db, const struct entity_query *q, int (*each)(void *owner, const struct stored_entity *e), void *owner,
                       uint64_t *total);

/* ---- receipts ---- */

struct stored_contribution {
    uint32_t entity;
    int points;
    int64_t time;
    bool counted;     /* within the seven days of the score; the others are history for the chart and timeline */
    struct str kind;  /* alert, activity, day */
    struct str ref;   /* alert id or activity id in hexadecimal */
    struct str group, value, text;
    double p;
};

/* Replaces the entity's receipt; in the transaction of the caller. */
int tab_entities_receipt(struct db *db, uint32_t entity, const struct stored_contribution *c, size_t n);
/* The counted ones first, largest first. Aliases are followed. */
int tab_entities_receipt_each(struct db *db, uint32_t entity, int (*each)(void *owner, const struct stored_contribution *c), void *owner);
/* Points that an activity or alert added to anybody's score, counted ones only; 0 when none. */
int tab_entities_points(struct db *db, struct str ref, int *points);

#endif
