/* tools/sample/oddity.h - harmless things that look odd: what a detection must not cry about. */
#ifndef VIGIE_SAMPLE_ODDITY_H
#define VIGIE_SAMPLE_ODDITY_H

#include "tools/sample/world.h"

/* Lets `count` oddities of many kinds happen on the day at hand, each with its row in truth.tsv. */
void oddity_day(struct world *w, int count);

#endif
