/* store/tab_governance.h - the governance log: what was asked to be done to people, by whom or for which alert, and what came of it.
 *
 * A row is written before anything is done, and says in the end what was; so nothing that was asked for is lost or done twice. Reverting an
 * action is a row of its own (`undo` of `of`); when that is done the first is `reverted`. */
#ifndef VIGIE_STORE_TAB_GOVERNANCE_H
#define VIGIE_STORE_TAB_GOVERNANCE_H

#include "base/arena.h"
#include "base/time.h"
#include "store/db.h"

enum governance_state {
    GOVERNANCE_APPROVAL, /* a person must decide: `held` says why */
    GOVERNANCE_WAITING,
    GOVERNANCE_RUNNING,  /* or was, when the hub ended */
    GOVERNANCE_DONE,
    GOVERNANCE_FAILED,
    GOVERNANCE_REVERTED,
    GOVERNANCE_REJECTED,
    GOVERNANCE_STATES
};

struct stored_governance {
    int64_t number;
    struct str action;        /* id: suspend ... */
    bool undo;
    int64_t of;               /* the row that is undone; 0: none */
    uint32_t entity;          /* 0: somebody whose personal data was deleted */
    struct str person, name;  /* stable id (absent: nobody has looked yet) and name, as they were then */
    int64_t directory;        /* directory service; 0: the hub itself */
    struct str domain;
    struct str by;            /* who asked; absent: the policy */
    struct str policy, alert; /* what asked; absent: a person did */
    struct str reason;
    int64_t asked;
    enum governance_state state;
    struct str held;          /* sensitive, many, old */
    struct str decided_by;    /* approved or rejected it */
    int64_t decided;
    struct str why;           /* of the last failure */
    uint32_t tries;
    int64_t next, started, ended; /* next: not before */
    struct str before;        /* what was there before it began; absent: nobody has looked yet */
    bool changed;             /* false once done: it was so already, and reverting would undo somebody else's work */
    int64_t undone_by;        /* the row that undoes it, unless that failed; 0: none */
};

struct str governance_state_text(enum governance_state s);
bool governance_state_of(struct str text, enum governance_state *s);

/* *number 0: this alert has started this action on this person before. */
int tab_governance_add(struct db *db, const struct stored_governance *g, int64_t *number);
int tab_governance_get(struct db *db, struct arena *a, int64_t number, struct stored_governance *out); /* ERR_NOT_FOUND */
/* The same is already waiting or running for that person; *number 0: no. */
int tab_governance_pending(struct db *db, uint32_t entity, struct str action, int64_t *number);
/* How many people policies have begun to act on since then: what failed, waits for approval or was rejected aside, and one person. */
int tab_governance_people(struct db *db, int64_t since, uint32_t aside, int64_t *n);

struct governance_query {
    unsigned states;          /* bit per enum; 0: all */
    struct str action, policy, alert, text; /* text: in name, by or reason; absent: all */
    int64_t since, until;     /* asked; TIME_NONE: any */
    const uint32_t *numbers;  /* of one person with its aliases; NULL: all */
    size_t nnumbers;
    const uint32_t *people;   /* who may be seen; NULL: everybody */
    size_t npeople;
    bool ascending;           /* else newest first */
    uint32_t skip, limit;
};

/* Texts live until each returns. *total may be NULL. */
int tab_governance_query(struct db *db, const struct governance_query *q, int (*each)(void *owner, const struct stored_governance *g), void *owner,
                         uint64_t *total);

/* ---- doing ---- */

/* The one that has waited longest, or was under way when the hub ended. ERR_NOT_FOUND. */
int tab_governance_due(struct db *db, struct arena *a, int64_t now, struct stored_governance *out);
/* With who it is (entity aside) and by which service: begun once more. */
int tab_governance_start(struct db *db, const struct stored_governance *g, int64_t now);
int tab_governance_look(struct db *db, int64_t number, struct str before);
/* Done, or failed with `why`. A revert that is done makes what it undoes `reverted`. In a transaction of the caller. */
int tab_governance_end(struct db *db, const struct stored_governance *g, struct str why, bool changed, int64_t now);
/* Not now: tried again at `next`. */
int tab_governance_later(struct db *db, int64_t number, struct str why, int64_t next);
/* A person must decide; as start, it is known who it is. */
int tab_governance_hold(struct db *db, const struct stored_governance *g);

/* ---- deciding ---- */

/* Approved (to WAITING) or rejected; ERR_NOT_FOUND: it does not wait for approval. */
int tab_governance_decide(struct db *db, int64_t number, enum governance_state to, struct str by, int64_t now);
/* A failed one from the beginning, by the word of somebody. ERR_NOT_FOUND: it has not failed. */
int tab_governance_retry(struct db *db, int64_t number, struct str by, int64_t now);

/* Retention: those that ended before. What waits stays. */
int tab_governance_expire(struct db *db, int64_t before, uint64_t *n);

#endif
