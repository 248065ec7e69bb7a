/* tools/sample/story.c - spreads oddities over the days and sets the attack into the last week. */
#include "tools/sample/story.h"

#include "tools/sample/attack.h"
#include "tools/sample/oddity.h"

void story_day(struct world *w)
{
    /* eleven oddities for each step of the attack, and never fewer than four a day */
    int days = w->org.days, quota = (11 * ATTACK_STEPS + days - 1) / days;
    oddity_day(w, quota > 4 ? quota : 4);
    if (w->attack && w->day >= attack_first(&w->org) && w->day < days)
        attack_day(w, w->day - attack_first(&w->org));
}
