/* tools/sample/attack.h - the hybrid attack of the last week, and the colleague who takes everything along.
 *
 * The records are those that the logs of such days hold; nothing here attacks anything. */
#ifndef VIGIE_SAMPLE_ATTACK_H
#define VIGIE_SAMPLE_ATTACK_H

#include "tools/sample/world.h"

enum { ATTACK_STEPS = 26 }; /* rows of truth.tsv that the whole story writes */

/* The first day of the story: the last Monday with a week behind it, or what comes nearest. */
int attack_first(const struct org *o);
void attack_day(struct world *w, int number); /* 0 to 4 */

#endif
