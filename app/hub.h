/* app/hub.h - the hub: the same stages as `scan`, for ever, with the portal and the API in front.
 *
 *   received files -> ingest -> log -> fold (detections, scores) -> tables -> API, portal
 *
 * Threads: one reads what came in and appends to the log; one folds the log into alerts and scores and takes
 * the link's steps; one keeps house (retention), one sends notifications, one writes exports, one has directory services read; the server has its own. Why it is so:
 * docs/decisions/0006-hub.md. */
#ifndef VIGIE_APP_HUB_H
#define VIGIE_APP_HUB_H

#include "app/hub_config.h"
#include "base/err.h"
#include "store/db.h"

#include <stdbool.h>

struct hub;

#define HUB_PROGRESS "analysis.progress" /* setting: of the analysis under way, in 1/10000 */

/* Opens the data folder (which no other hub may have open) and starts all threads. `why` gets a sentence. */
int hub_open(const struct hub_config *config, struct hub **out, char why[512]);
/* The same without portal, API and retention, for work on the folder of a hub that does not run. ERR_USAGE: one runs. */
int hub_open_unserved(const struct hub_config *config, struct hub **out, char why[512]);
/* All that came in is read, and the published results know it. */
bool hub_settled(struct hub *h);
/* 0..1 of the analysis under way. */
double hub_progress(struct hub *h);
struct db *hub_db(struct hub *h);
/* Where the portal is, and while no account exists the one-time token of the set-up page (else empty). */
void hub_address(struct hub *h, char url[512], char token[65]);
/* Finishes what is under way and closes everything. */
void hub_close(struct hub *h);

#endif
