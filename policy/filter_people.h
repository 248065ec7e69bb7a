/* policy/filter_people.h - from what a filter names to what stored records hold: people, groups, tags, policies and ranges.
 *
 * A parsed filter has names in it; activities and alerts are stored with entity numbers. Here users become their numbers and all
 * aliases of them; user.tags, user.orgUnit and userGroups the numbers of everybody whom they mean; activity.alertId the alert's
 * evidence; policy the activities that matched it; ip.category and ip.tags the networks of those names. A name that nobody has
 * finds nobody. The result is for store/ only and must not be written back as text.
 *
 * Tags beside groups: sensitive, honeytoken, admin, external, service, disabled. Lists of ids are cut at 10,000, the newest stay. */
#ifndef VIGIE_POLICY_FILTER_PEOPLE_H
#define VIGIE_POLICY_FILTER_PEOPLE_H

#include "base/arena.h"
#include "model/filter.h"
#include "store/db.h"

/* Networks of a category (1 corporate ... 6 other) or, when it is 0, with a tag: calls each with CIDR texts. */
typedef int filter_networks(void *owner, int64_t category, struct str tag, int (*each)(void *to, struct str cidr), void *to);

struct filter_sources {
    struct db *db;
    filter_networks *networks; /* NULL: there are none */
    void *owner;
};

int filter_people(const struct filter_sources *from, struct arena *arena, const struct filter *in, struct filter *out);

#endif
