/* policy/policy_set.h - activity policies at work: which activities they match, and when that is an alert.
 *
 * A set is compiled from the enabled policies and fed with activities in order of time. A single policy raises an alert for every match,
 * a repeated one when a user has matched `count` times (or with so many different values of its unique field) within `minutes`,
 * in one app if it says so; counting then starts again. Activities received before the policy's `since` do not count. An alert's
 * id comes from the policy and its first piece of evidence, so analysing the same activities again raises the same alerts.
 * Memory is bounded: 16 MB of windows a policy, the user who was not seen for longest is forgotten first. */
#ifndef VIGIE_POLICY_POLICY_SET_H
#define VIGIE_POLICY_POLICY_SET_H

#include "policy/filter_parse.h"
#include "policy/filter_people.h"
#include "store/actlog.h"
#include "store/tab_alerts.h"
#include "store/tab_policies.h"

struct policy_set;

/* Where matches and alerts go; not 0 stops and is returned. Everything lives until the call returns. `matched` may be NULL. */
struct policy_sink {
    void *owner;
    int (*matched)(void *owner, struct str policy, const struct actlog_row *row);
    int (*raise)(void *owner, const struct stored_alert *a, const uint32_t *users, size_t nusers, const struct stored_evidence *e, size_t ne);
};

/* All enabled activity policies. `now` is for days ago and people as they are now: compile again when either changes much. A
 * policy that cannot be compiled is left out and counted in *broken. */
int policy_set_open(const struct filter_sources *from, int64_t now, struct policy_set **out, unsigned *broken);
/* What was counted so far by an older set (may be NULL) goes on in this one, for policies that count the same; the older one is spent. */
void policy_set_adopt(struct policy_set *s, struct policy_set *old);
void policy_set_close(struct policy_set *s);
int policies_see(struct policy_set *s, const struct actlog_row *row, const struct policy_sink *sink);

/* What a policy would have matched, and how often it would have alerted, on all activities of the view since then, whenever they came in.
 * ERR_MALFORMED with the error when it is no sound policy. */
struct preview_query {
    const struct filter_sources *from;
    struct actlog *log;
    const struct actlog_view *view;
    const struct stored_policy *policy;
    int64_t since, now;
};
struct policy_preview {
    uint64_t activities, alerts;
};
int policy_preview(struct arena *arena, const struct preview_query *q, struct policy_preview *out, struct filter_error *error);

#endif
