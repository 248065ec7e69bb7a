/* policy/detection_policy.h - what an administrator may tune of a detection: checked, applied, and told as JSON.
 *
 * A definition is what the program knows of a detection, as JSON: {"about","blind","shore","attack":[...],"learningDays","off",
 * "preview","params":[{"name","default","about","french"}],"french":{"name","about","blind"}}. Values of parameters are 0 to 1,000 times their default (at least 1); null gives the
 * default back. Sensitivity 1 multiplies the thresholds among the parameters by 1.5, 3 divides them by it, 2 leaves
 * them; a value that was set by hand is not scaled. */
#ifndef VIGIE_POLICY_DETECTION_POLICY_H
#define VIGIE_POLICY_DETECTION_POLICY_H

#include "base/jin.h"
#include "base/jout.h"
#include "model/language.h"
#include "policy/filter_parse.h"
#include "store/tab_alerts.h"
#include "store/tab_policies.h"

/* The parameter grows with how much it takes to be raised: scaled by sensitivity. */
bool detection_policy_scales(struct str param);

/* Every parameter that differs from its default, as the detection is to run. */
int detection_policy_params(struct arena *arena, const struct stored_policy *p, int (*each)(void *owner, struct str name, double value), void *owner);

/* A change as the API brings it: any of enabled, severity, params, sensitivity, scope, lowest, actions, governance; for activity policies also
 * name, description, category, filters, match and dailyLimit. `p` is the policy as it is (or, of a new one, its defaults) and on success as it
 * shall be. What the body does not say stays. ERR_MALFORMED with the error. */
struct policy_change {
    struct arena *arena;
    const struct jnode *doc, *body;
    struct str by;
    int64_t now;
    struct filter_error error;
};
int policy_change(struct policy_change *c, struct stored_policy *p);
/* An activity policy with nothing said yet; its id has to be set. */
struct stored_policy policy_new(struct str by, int64_t now);

/* One policy as docs/api.md shows it, with its exclusions and how many of its alerts are open in that view (NULL: not told). */
int policy_json(struct db *db, const struct stored_policy *p, const struct alert_view *view, enum language language, struct jout *j);
/* All as CSV with a line of headings. `types`: a bit per enum policy_type. */
int policy_csv(struct db *db, unsigned types, const struct alert_view *view, struct buf *out);
struct str policy_type_text(enum policy_type t); /* identity, anomaly, activity */

#endif
