/* policy/gov_confirm_compromised.c - the person's identity risk is high from now on, in Vigie alone: no other service is called. */
#include "policy/govern.h"

#include "store/tab_risks.h"

static int confirm(struct db *db, const struct stored_governance *g, int64_t now, bool *changed)
{
    const struct stored_risk r = {.entity = g->entity, .level = g->undo ? STR_NONE : STR("high"), .by = g->by, .since = now};
    return tab_risks_put(db, &r, changed);
}

const struct governance_action gov_confirm_compromised = {
    .id = "confirm_compromised",
    .name = "Confirm compromised",
    .about = "Sets the person's identity risk to high in Vigie. It shows on the person's page and adds no points; nothing is changed anywhere else.",
    .hub = confirm,
};
