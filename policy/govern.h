/* policy/govern.h - governance: what may be done to a person, by an administrator or for an alert, and what of it is refused.
 *
 * An action is a file policy/gov_<id>.c that exports `const struct governance_action gov_<id>`: a change of the person's account in Active
 * Directory, or something in the hub's own tables. Asking for one writes a row of the governance log (store/tab_governance.h); the hub's thread
 * (app/hub_govern.c) does it. So an action that was asked for is never lost, and done once. */
#ifndef VIGIE_POLICY_GOVERN_H
#define VIGIE_POLICY_GOVERN_H

#include "base/jin.h"
#include "model/change.h"
#include "store/tab_alerts.h"
#include "store/tab_directories.h"
#include "store/tab_entities.h"
#include "store/tab_governance.h"

enum { GOVERN_PEOPLE = 5 /* that policies act on within an hour, unless set otherwise */, GOVERN_PEOPLE_MOST = 1000, GOVERN_REASON_MOST = 1000 };

struct governance_action {
    const char *id, *name, *about;
    /* In the person's account, when does.attribute is set: */
    struct account_change does, undoes;
    uint32_t useless; /* bits of userAccountControl with which it would do nothing */
    const char *useless_why;
    /* Else in the hub's tables, in a transaction of the caller; *changed tells that it was not so before. */
    int (*hub)(struct db *db, const struct stored_governance *g, int64_t now, bool *changed);
};

extern const struct governance_action *const governance_actions[]; /* generated, ended by NULL */

const struct governance_action *govern_action(struct str id);
/* "suspend confirm_compromised" from a JSON array, in the order of the registry; false for anything else. `out` may be absent: none. */
bool govern_list(struct arena *a, const struct jnode *doc, const struct jnode *list, struct str *out);
/* People that policies may act on within an hour. */
int govern_limit(struct db *db, int64_t *people);

/* Why not, for a person who can do something about it. */
struct govern_refusal {
    const char *code; /* NULL: it can be done */
    struct str text;
};

/* Whether an action can be done to somebody now, and by which directory service (number 0: in the hub). Texts live in the arena. */
int govern_look(struct db *db, struct arena *a, const struct governance_action *act, const struct stored_entity *e, struct stored_directory *by,
                struct govern_refusal *no);

/* By hand. In a transaction of the caller; *number: its row. ERR_USAGE with the refusal. */
int govern_ask(struct db *db, struct arena *a, const struct governance_action *act, const struct stored_entity *e, const struct stored_governance *how,
               int64_t *number, struct govern_refusal *no);
/* For a new alert, in the transaction that stores it: the actions that its policy names, to the person whose score it counts for (`user`; 0: nobody). */
int govern_alert(struct db *db, const struct stored_alert *al, struct str actions, uint32_t user, int64_t now);

/* Before a row is begun: who does it (as govern_look), and g->held when a person must decide first: an alert wants it done to somebody sensitive,
 * to more people within an hour than govern_limit, or for what is long past. Fills in person, name, directory and domain. */
int govern_judge(struct db *db, struct arena *a, struct stored_governance *g, const struct stored_entity *e, int64_t now, struct stored_directory *by,
                 struct govern_refusal *no);
/* No person has asked for it or approved it. */
bool govern_by_itself(const struct stored_governance *g);

#endif
