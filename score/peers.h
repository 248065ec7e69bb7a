/* score/peers.h - who resembles whom: the 20 nearest colleagues by what they belong to and use.
 *
 * Each user is a vector of features (groups, department, manager, resources), weighted (1 + ln tf) ln(U / df);
 * nearness is the cosine. Only a user's PEERS_FEATURES weightiest features count, and features that more
 * than `PEERS_POSTINGS` users share tell nothing. */
#ifndef VIGIE_SCORE_PEERS_H
#define VIGIE_SCORE_PEERS_H

#include "score/model.h"

enum { PEERS_FEATURES = 64, PEERS_POSTINGS = 1000 };

struct peer_feature {
    uint32_t user, feature; /* features are numbered 0..nfeatures-1 */
    float tf;               /* how often, > 0 */
};

/* Sets peers and npeers of all users of the model, nearest first, equals by user number. `features` is used up. */
int peers_compute(struct model *m, struct peer_feature *features, size_t n, uint32_t nfeatures);

#endif
