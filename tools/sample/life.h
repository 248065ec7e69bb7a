/* tools/sample/life.h - an ordinary day: people at work, and machines that never sleep. */
#ifndef VIGIE_SAMPLE_LIFE_H
#define VIGIE_SAMPLE_LIFE_H

#include "tools/sample/cloud.h"

void life_people(struct world *w);
void life_machines(struct world *w);
/* True when the person works on the day at hand: employed, no leave, no sick day, no weekend off. */
bool life_works(const struct world *w, const struct person *p);
/* Where the person works today: the office's public address or home. */
struct session life_session(struct world *w, const struct person *p, bool mobile);
const char *life_document(struct world *w, char out[48]);

#endif
