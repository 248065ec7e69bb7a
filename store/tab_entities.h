/* store/tab_entities.h - people, computers and groups as the hub knows them, and people's scores.
 *
 * Numbers are given once and stay for the life of the hub: activities are stored with them. When two
 * entities turn out to be one, the lower number stays and the other becomes its alias. Written by the
 * hub's analysis only; pages and the API read. */
#ifndef VIGIE_STORE_TAB_ENTITIES_H
#define VIGIE_STORE_TAB_ENTITIES_H

#include "base/arena.h"
#include "model/entity.h"
#include "store/db.h"

/* One account of an entity, as one side spells it. */
struct stored_account {
    struct str text; /* DOMAIN\name, UPN, mail, SID, cloud id */
};

struct stored_entity {
    struct entity base;   /* groups: direct ones; accounts: spellings */
    int64_t first_seen, last_seen; /* of its activities, TIME_NONE: none yet */
    int score;            /* investigation priority: last seven days */
    double percentile;
    bool scored;          /* is a person with a score */
    bool external;        /* not of the organisation's own domains */
    bool admin;           /* sensitive, or holds an administrative cloud role */
    int days[14];         /* points per day, the last is today */
    uint32_t baseline_days, baseline_events;
    struct str apps;      /* JSON array of app numbers it was active in */
};

/* What one run of the analysis knows of everybody; replaced piece by piece, in one transaction of the caller. */
int tab_entities_put(struct db *db, const struct stored_entity *e);
int tab_entities_alias(struct db *db, uint32_t from, uint32_t to);
/* The highest number given so far. */
int tab_entities_last(struct db *db, uint32_t *number);
/* By number (aliases followed), by stable id, or by any spelling of an account (case-insensitive); texts live in the arena.
 * ERR_NOT_FOUND. */
int tab_entities_get(struct db *db, struct arena *a, uint32_t number, struct stored_entity *out);
int tab_entities_by_id(struct db *db, struct arena *a, struct str id, struct stored_entity *out);
int tab_entities_find(struct db *db, struct str spelling, uint32_t *numbers, size_t room, size_t *n);
/* The number and all numbers that are aliases of it: what to look for in stored activities. */
int tab_entities_numbers(struct db *db, uint32_t number, uint32_t *numbers, size_t room, size_t *n);
/* All, by number; stops when each returns not 0 and returns that. */
int tab_entities_each(struct db *db, int (*each)(void *owner, const struct stored_entity *e), void *owner);
/* Members of a group, at any depth. Sorted. The caller frees *numbers. */
int tab_entities_members(struct db *db, uint32_t group, uint32_t **numbers, size_t *n);

/* ---- receipts ---- */

struct stored_contribution {
    uint32_t entity;
    int points;
    int64_t time;
    bool counted; /* within the seven days of the score; the others are history for the chart and timeline */
    struct str kind;  /* alert, activity, day */
    struct str ref;   /* alert id or activity id in hexadecimal */
    struct str group, value, text;
    double p;
};

/* Replaces the entity's receipt; in the transaction of the caller. */
int tab_entities_receipt(struct db *db, uint32_t entity, const struct stored_contribution *c, size_t n);
/* Largest first. */
int tab_entities_receipt_each(struct db *db, uint32_t entity, int (*each)(void *owner, const struct stored_contribution *c), void *owner);
/* Points that an activity added to somebody's score; 0 when none. */
int tab_entities_points(struct db *db, struct str ref, int *points);

#endif
