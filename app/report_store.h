/* app/report_store.h - a run's results into a store: `vigie scan --db`. */
#ifndef VIGIE_APP_REPORT_STORE_H
#define VIGIE_APP_REPORT_STORE_H

#include "app/pipe.h"
#include "store/store.h"

/* Everything but the activities, which were put while the run went on. */
int report_store(const struct pipe_result *r, struct store *s);

#endif
