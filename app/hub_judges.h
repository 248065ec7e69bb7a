/* app/hub_judges.h - detections and scores at work in the hub: fed in order, swapped whole, published to the tables. */
#ifndef VIGIE_APP_HUB_JUDGES_H
#define VIGIE_APP_HUB_JUDGES_H

#include "app/hub_private.h"

struct judges;

/* With the policies as they are set now. `identity`: the on-premises detections, too. */
int judges_open(struct hub *h, bool identity, struct judges **out);
void judges_close(struct judges *j);

bool judges_visible(const struct actlog_view *v, const struct actlog_row *row);
/* The next one in order of time; sets its entities to what the directory says now. */
void judges_fold(struct judges *j, struct activity *a);
/* One that just arrived: false when it is late, and waits for the next fold. */
bool judges_see(struct judges *j, struct activity *a);
/* The activity policies' turn: each arrival once. */
int judges_policies(struct judges *j, const struct actlog_row *row);
/* Takes a newer directory, if there is one. */
int judges_directory(struct judges *j);
/* Compiles the activity policies again, as they are set now, people and IP ranges as they are known now; what those of `from` (itself,
 * others that end now, or NULL) counted so far goes on. */
int judges_new_policies(struct judges *j, struct judges *from);
/* An alert was received that is none of theirs: scores are to be published again. */
void judges_told(struct judges *j);
/* They learned apart what is one: time to fold again. */
bool judges_stale(const struct judges *j);
/* Alerts that are new or changed, scores and entities that changed: to the tables. */
int judges_publish(struct judges *j);
/* These have seen all that is seen, in order: alerts of their predecessors that they do not raise go. */
int judges_withdraw(const struct judges *j, bool identity);
/* Moment of the newest activity; TIME_NONE before the first. */
int64_t judges_newest(const struct judges *j);
/* What is blind and what still learns, for health and dashboard: a JSON list each. */
void judges_blind(const struct judges *j, enum language language, struct jout *out);
void judges_learning(const struct judges *j, enum language language, struct jout *out);

#endif
