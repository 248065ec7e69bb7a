/* score/model.h - what is usual: decayed counts per value for the organisation and for each user.
 *
 * A value is one country, one recipient, one hour-less category of one dimension; it is numbered in the
 * organisation's table. A cell is what one user has of one value. Counts lose half their weight in 30 days,
 * lazily: a stored count is brought to today when it is read. Days count from 1970-01-01 UTC and are kept in
 * 16 bits (to 2149).
 *
 *   P_org(x)  = (n_o(x) + a0) / (N_o + a0 (V + 1))
 *   P_peer(x) = (k sum_v w_uv n_v(x)/N_v / sum_v w_uv + b P_org(x)) / (k + b)
 *   P_u(x)    = (max(n_u(x) - d, 0) + (t + d T_u) P_peer(x)) / (t + N_u)
 *
 * Beside n, a cell has what is known of the user for sure: `known`, learned when a day is over, and of a day that
 * was unlike the user without its new values until they were seen on GATE_DAYS such days within HOLD_SPAN. The evidence
 * of a day is measured against it.
 *
 * Memory is bounded: at the cap of either table the entries seen longest ago are forgotten. */
#ifndef VIGIE_SCORE_MODEL_H
#define VIGIE_SCORE_MODEL_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_A0 0.5f     /* pseudo-count of every value in the organisation */
#define MODEL_K 300.0f    /* weight of the peers' mean frequency */
#define MODEL_B 10.0f     /* weight of the organisation behind the peers */
#define MODEL_D 0.5f      /* discount of each of the user's own values */
#define MODEL_KNOWN_D 0.25f /* the same for what is known for sure */
#define MODEL_T 10.0f     /* weight of the peers behind the user */
#define MODEL_SEEN 1.0f   /* least count of what the user has done within MEMORY */
#define MODEL_RARE 8.0f   /* bits of P_peer from which a value is rare for anybody */
#define MODEL_SHARE 0.05f /* most of an organisation's counts that one user may make */

enum {
    HALF_LIFE = 30,     /* days */
    MEMORY = 180,       /* days that a first sight is remembered */
    RECENT = 60,        /* days of "colleagues who have it" */
    GATE_DAYS = 3,      /* days on which an odd value must be seen before it is learned ... */
    GATE_SPAN = 14,     /* ... within this many days */
    HOLD_SPAN = 28,     /* the same for what is known: 3 days unlike the user, or 9 very unlike */
    PEERS = 20,
    ROWS = 256,         /* values whose cells may stand in rows, from 1 */
    ROW_USERS = 64,     /* users from which rows are worth it */
    VALUE_TEXT = 96     /* bytes of a value's text that are kept */
};

enum dim {
    DIM_COUNTRY, DIM_NETWORK, DIM_IP,                  /* where */
    DIM_DEVICE, DIM_AGENT,                             /* with what */
    DIM_KIND, DIM_APP, DIM_RESOURCE, DIM_DESTINATION,  /* what */
    DIM_COUNT,
    DIM_RATE = DIM_COUNT, /* days with a kind: beside its count, the mean per day */
    DIM_ALL
};

/* what becomes of a day's new values */
enum held { HELD_NOT, HELD_BACK, HELD_FAR };

struct value {
    uint64_t hash;  /* of dimension and folded text; 0 = free */
    char *text;
    float n;        /* the organisation's count as of `last` */
    uint32_t users; /* who have it in RECENT days, recounted weekly */
    uint32_t holders; /* bit user % 32 of all who have a cell of it: most values are few people's, and asking the cells costs */
    uint16_t last;
    uint8_t dim;
    uint8_t row;    /* of a value that nearly everybody has: where its cells are, 0 = in the table of all */
};

struct cell {
    uint64_t key; /* user << 32 | value; 0 = free (values are numbered from 1) */
    float n;      /* count as of `last` */
    float cache;  /* P_peer as of `cache_day`; for DIM_RATE the count of that day */
    uint16_t last, first, cache_day;
    uint16_t gate; /* 14 bits of the day it was first held back, 2 bits of days so far */
    float known;   /* count as of `last`, today not yet in it */
    uint16_t hold; /* 12 bits of the day it was first held back from `known`, 4 bits of thirds of days so far */
    uint16_t today; /* how often today; more than 65,535 times says nothing more */
};

struct peer {
    uint32_t user;
    float weight; /* cosine */
};

struct profile { /* what is asked of every peer stands first, in one cache line */
    float n[DIM_COUNT]; /* N_u as of `last` */
    uint16_t last;
    uint16_t npeers;
    float types[DIM_COUNT]; /* T_u, with the weight of values that faded */
    float known[DIM_COUNT], known_types[DIM_COUNT]; /* the same of what is known for sure */
    float hours[48];        /* working day 0..23, day of rest 24..47, as of `last` */
    float nhours;
    struct peer peers[PEERS];
};

struct model {
    struct value *values; /* 1..nvalues */
    uint32_t nvalues, room, max_values;
    uint32_t free_value;  /* head of the list of forgotten ones, through `users` */
    uint32_t *slots;      /* hash -> number */
    uint32_t slot_mask;
    struct cell *cells;
    uint64_t ncells, cell_room, max_cells;
    struct cell *rows[ROWS]; /* the cells of one value each, by user: user_room of them; no searching, and peers stand together */
    uint64_t nrowed; /* of ncells, those in rows */
    struct profile *users; /* 0..nusers-1 */
    uint32_t nusers, user_room;
    float total[DIM_ALL], distinct[DIM_ALL]; /* N_o as of `day`, V */
    float hours[48], nhours;
    float weekdays[7]; /* activities per day of the week, Sunday first */
    unsigned rest;     /* bit per day of the week on which the organisation rests */
    uint16_t day;
    float fade[512]; /* 2^(-days/HALF_LIFE) */
    uint64_t forgot; /* cells forgotten because of the cap */
    uint32_t moves;  /* how often cells were moved: until the next, pointers to them hold */
};

/* A walk through all cells: the next one, of the table of all (0) or of a row. */
struct walk {
    uint32_t row;
    uint64_t at;
};

/* What the model says of one value for one user. */
struct view {
    float p_org, p_peer, p_user;
    float evidence; /* max(0, log2(P_org / P_u)), bits */
    float rarity;   /* max(0, -log2 P_peer - 8) */
};

int model_open(struct model *m, uint32_t max_values, uint64_t max_cells);
void model_close(struct model *m);
/* Brings the organisation's totals to a later day. */
void model_day(struct model *m, uint16_t day);
/* Room for user number `user`. */
int model_user(struct model *m, uint32_t user);
/* Brings the user's totals to today. */
void model_touch(struct model *m, uint32_t user);
/* The number of the value that a key names (case folded), made when new; `text` is how people call it. 0 only when memory is short.
 * In steps: where many values are asked for, each step for all of them lets the processor fetch for all at once. */
uint64_t model_hash(const struct model *m, enum dim dim, struct str key);
void model_prefetch_value(const struct model *m, uint64_t hash);
uint32_t model_value_hashed(struct model *m, enum dim dim, uint64_t hash, struct str text);
/* The value of DIM_RATE that goes with a value of DIM_KIND, made when new. 0 only when memory is short. */
uint32_t model_rate(struct model *m, uint32_t kind, struct str text);
/* What user has of value, NULL when nothing. */
struct cell *model_find(const struct model *m, uint32_t user, uint32_t value);
void model_prefetch(const struct model *m, uint32_t user, uint32_t value);
/* `met`: whoever the value is has done something to this user, so that it is no stranger. */
struct view model_view(struct model *m, uint32_t user, uint32_t value, struct cell *c, bool met);
/* The same, made when there is none; NULL when memory is short. Holds until cells are moved. */
struct cell *model_cell(struct model *m, uint32_t user, uint32_t value);
/* One more occurrence. held: the value scored high, the user's own counts wait (GATE_DAYS). */
void model_learn_in(struct model *m, struct cell *c, bool held);
/* The same of a cell that is still to be found. NULL when memory is short. */
struct cell *model_learn(struct model *m, uint32_t user, uint32_t value, bool held);
/* Counts a value that was just learned into today; true when it is the first time today. */
bool model_today(struct cell *c);
/* What today's occurrences of a value say: count * log2(P_org / P_known), bits. */
double model_ratio(const struct model *m, uint32_t user, uint32_t value);
/* Ends the day for a value. What is new waits when the day was unlike the user, longer when it was very unlike. */
void model_know(struct model *m, uint32_t user, uint32_t value, enum held held);
/* The user's decayed count of a value, as of today. */
float model_count(const struct model *m, uint32_t user, uint32_t value);
float model_weight(const struct model *m, uint16_t last); /* 2^(-age/HALF_LIFE) */
/* Peers, of those given, who have the value in RECENT days. */
uint32_t model_peers_with(const struct model *m, uint32_t user, uint32_t value);
/* Every cell once; `w` begins as {0}. NULL after the last. */
struct cell *model_each(const struct model *m, struct walk *w);
/* Counts again who has what in RECENT days, and forgets what is older than MEMORY. Values that three in four users have get
 * a row, and lose it when fewer than half have them. */
void model_recount(struct model *m);

#endif
