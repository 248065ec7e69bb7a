/* policy/templates.h - templates of activity policies and the suggested queries of the activity log.
 *
 * The kinds are those that the Cloud App Security documentation names ("Policy templates", "Activity filters and queries"); names and
 * sentences are in English and French, filters in the text form of policy/filter_parse.h. */
#ifndef VIGIE_POLICY_TEMPLATES_H
#define VIGIE_POLICY_TEMPLATES_H

#include "base/jout.h"
#include "model/language.h"
#include "store/tab_policies.h"

struct policy_template {
    const char *id;              /* permanent */
    const char *name[LANGUAGES];
    const char *about[LANGUAGES];
    enum severity severity;
    enum category category;
    const char *filters;
    enum policy_match match;
    uint32_t count, minutes;
    bool same_app;
    const char *unique;          /* NULL: activities are counted */
};

extern const struct policy_template policy_templates[]; /* ended by id == NULL */

struct suggested_query {
    const char *id;
    const char *name[LANGUAGES];
    const char *filters;
};

extern const struct suggested_query suggested_queries[]; /* ended by id == NULL */

/* {"id","name","about","severity","category","filters","match":{...}}; filters as the JSON form. */
void template_json(const struct policy_template *t, enum language language, struct jout *j);

#endif
