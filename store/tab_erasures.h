/* store/tab_erasures.h - people whose data an administrator had deleted: what is to be done, and who is not shown any more.
 *
 * A request is carried out in steps that a kill may interrupt: asked (by the API), begun (its names and numbers are known, and
 * nothing of it is gone), forgotten (the activities are gone), done (nothing that knew them runs any more). Names are kept until
 * it is done. What stays for ever are marks, hashes of how the person was spelled: an entity of which only others' records or
 * the directory speak is not shown again before it acts (app/hub_erase.h). */
#ifndef VIGIE_STORE_TAB_ERASURES_H
#define VIGIE_STORE_TAB_ERASURES_H

#include "base/time.h"
#include "store/db.h"

enum erasure_state { ERASURE_ASKED, ERASURE_BEGUN, ERASURE_FORGOTTEN, ERASURE_DONE };
enum { ERASURE_MARK = 16 };

struct stored_erasure {
    int64_t number;
    struct str entity;  /* the person's stable id */
    struct str by;      /* who asked */
    struct str names;   /* JSON array of every spelling and id; absent before it has begun and when it is done */
    struct str numbers; /* JSON array of all entity numbers that meant them; the same */
    int64_t asked, done;
    enum erasure_state state;
    uint64_t activities, alerts; /* how many went */
};

/* Asks for it; of a person who waits already, nothing is added. */
int tab_erasures_ask(struct db *db, struct str entity, struct str by, int64_t now);
/* Those in states from `from` to `to`, oldest first. Texts live until each returns; not 0 from each stops and is returned. */
int tab_erasures_each(struct db *db, enum erasure_state from, enum erasure_state to, int (*each)(void *owner, const struct stored_erasure *e),
                      void *owner);
/* State, names, numbers and counts of e->number; `done` when it is. */
int tab_erasures_put(struct db *db, const struct stored_erasure *e);
int tab_erasures_mark(struct db *db, const uint8_t mark[ERASURE_MARK]);
int tab_erasures_marks(struct db *db, int (*each)(void *owner, const uint8_t mark[ERASURE_MARK]), void *owner);
/* All that tables say of an entity but alerts: row, spellings, groups, aliases, receipt, findings, reset, risk, suppressions. In the governance log
 * somebody without a name stays. In a transaction of the caller. */
int tab_erasures_entity(struct db *db, uint32_t number);
/* From here on, what this thread deletes is written over. Outside transactions. */
int tab_erasures_thorough(struct db *db);
/* Writes what was deleted over in the file, as far as no reader needs it. Outside transactions. */
int tab_erasures_scrub(struct db *db);

#endif
