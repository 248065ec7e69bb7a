/* app/define.h - tells the hub's tables what the detections of this program are (store/tab_policies.h). */
#ifndef VIGIE_APP_DEFINE_H
#define VIGIE_APP_DEFINE_H

#include "store/db.h"

/* At every start: all detections with their parameters; what an administrator decided about them stays. */
int define_policies(struct db *db);

#endif
