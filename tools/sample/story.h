/* tools/sample/story.h - what is out of the ordinary: benign oddities every day, and one attack in the last week. */
#ifndef VIGIE_SAMPLE_STORY_H
#define VIGIE_SAMPLE_STORY_H

#include "tools/sample/world.h"

void story_day(struct world *w);

#endif
