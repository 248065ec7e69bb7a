/* score/stream.h - the state of a run, shared by the files of this room only. */
#ifndef VIGIE_SCORE_STREAM_H
#define VIGIE_SCORE_STREAM_H

#include "base/arena.h"
#include "base/table.h"
#include "score/calibrate.h"
#include "score/extract.h"
#include "score/hours.h"
#include "score/ledger.h"
#include "score/model.h"
#include "score/score.h"

#define DEAD_ACTIVITY 1.25 /* -log10 p from which an activity's group has points */
#define DEAD_DAY 1.5       /* the same for a day's statistic */
#define DEAD_RATE 2.5      /* the same for how many of a kind: bursts are common */
#define DAY_WEIGHT 2.0     /* points of a day's evidence against those of a single activity */
#define RARITY_WEIGHT 0.3f /* bits of rarity against bits of evidence */
#define GATE_LOG10 (-3.0)  /* log10 p from which a value is held back from learning */
#define GATE_DAY 0.15      /* p of a day's ratio from which its new values are held back from what is known */
#define GATE_DAY_FAR 0.1   /* ... and from which a day counts a third */
#define GATE_DAY_FROM 100  /* user-days that show what is improbable */
#define RATIO_LEAST (-8.0) /* bits per activity below which days are equally like the user */

enum {
    UNKNOWN_KINDS = 64, /* classes for kinds that Vigie does not know, by hash */
    CLASSES = KIND_COUNT + UNKNOWN_KINDS,
    STAT_HOUR = DIM_COUNT, STAT_RATE, STAT_ASPECT, STATS = STAT_ASPECT + ASPECTS,
    SPANS = 8,          /* stretches of activity that are told apart per user */
    ACTIVE = 30,        /* days without activity that end a stretch */
    EXPLAIN = 3,        /* activities that explain a day's sum */
    WINDOW_HOURS = 168,
    SCORE_VALUES = 4 << 20, SCORE_ENTRIES = 1 << 20
};
#define SCORE_CELLS (UINT64_C(16) << 20)

struct span {
    uint16_t first, last; /* days */
};

struct user {
    uint32_t entity;
    uint32_t events, days;
    uint32_t self;  /* the value that this user is as somebody's object, 0 = never was */
    uint32_t today; /* index + 1 in today[], 0 = not active today */
    struct span spans[SPANS];
    uint8_t nspans;
    bool merged; /* somebody else's by now */
};

struct reason {
    float evidence;
    uint32_t value;
    uint8_t id[16];
    struct origin origin;
};

/* What a user did so far today. */
struct today {
    uint32_t user, entity, n, judged, tails[4];
    double evidence; /* positive bits only */
    double ratio;    /* all bits: log-likelihood of a random colleague against what is known of this user */
    enum held held;  /* how improbable the ratio is: whether what is new today is learned as known */
    double points;
    int64_t last; /* time of the latest activity */
    float hour_stat;
    uint8_t hour_bin;
    uint8_t hour_id[16];
    int64_t hour_time;
    struct origin hour_origin;
    struct reason reasons[EXPLAIN]; /* of different values, largest first */
};

enum { TOUCHES_MAX = 1 << 23 };

/* A value that a user had today. */
struct touch {
    uint32_t user, value;
};

struct rate_today {
    uint32_t user, kind_value, rate_value;
    uint16_t class;
    int64_t time; /* of the first */
    uint8_t id[16];
    struct origin origin;
};

struct score {
    const struct dir *dir;
    struct score_options options;
    struct model model;
    struct ledger ledger;
    uint32_t *user_of; /* entity to user + 1 */
    uint32_t nentities;
    struct user *users;
    uint32_t nusers, user_room, recent_users;
    struct calibrate *classes[CLASSES][STATS];
    struct calibrate pool[STATS], day_evidence, day_hour, day_rate, day_ratio;
    char unknown[UNKNOWN_KINDS][32];
    struct today *today;
    uint32_t ntoday, today_room;
    struct rate_today *rates;
    uint32_t nrates, rate_room;
    struct touch *touches; /* of today, each once */
    uint32_t ntouches, touch_room;
    int64_t first_time, last_time;
    int64_t day, peers_week;
    uint32_t known_days; /* days with activity */
    struct table forgotten; /* entity -> int64_t: what came before does not count */
    struct extract x;
    bool failed;       /* memory was short: the result says so */
    /* the result */
    struct arena texts;
    struct person *people;
    struct contribution *contributions;
};

/* ---- judge.c: one activity ---- */
void judge_activity(struct score *s, const struct activity *a, uint32_t user, struct today *t);
unsigned judge_class(struct score *s, const struct activity *a);
/* log10 p of a statistic of a class; learns it afterwards */
double judge_stat(struct score *s, unsigned class, unsigned stat, double value);

/* ---- days.c: the end of a day and of a week ---- */
void days_end(struct score *s);
void days_peers(struct score *s);
/* Adds what the unfinished day shows so far to the ledger, and learns nothing of it. */
int days_provisional(struct score *s);
/* What a day as a whole adds to the ledger; NULL when nothing. */
struct entry *days_add(struct score *s, struct today *t, uint8_t topic, double log10p);
/* Counts one value that was just learned into the day; c is its cell. */
void days_touch(struct score *s, uint32_t user, uint32_t value, struct cell *c);

/* ---- bursts.c: how many of a kind ---- */
/* Counts one activity of a kind into the day. */
void bursts_count(struct score *s, const struct activity *a, uint32_t user, uint32_t kind_value);
/* Judges how many of each kind everybody did today. */
void bursts_end(struct score *s);

/* ---- rank.c: windows, percentiles, people ---- */
/* `now`: of the 168 hours before it, with history; NULL: of everybody's highest 168 hours. */
int rank_people(struct score *s, const int64_t *now, struct score_result *out);

/* ---- threats.c: what alerts add ---- */
int threats_count(struct score *s, const struct alert *const *alerts, size_t n);

/* ---- receipt.c: why, in plain words ---- */
struct str receipt_text(struct score *s, const struct entry *e);
struct str receipt_value(struct score *s, const struct entry *e);
struct str receipt_kind(const struct score *s, unsigned class);

uint32_t score_user(struct score *s, uint32_t entity); /* user + 1; 0 when the entity is no person */

#endif
