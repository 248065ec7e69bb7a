/* score/extract.h - what of an activity is profiled: its values in the categorical dimensions.
 *
 * Absent dimensions are skipped. A failed attempt says what somebody tried in the user's name, not what the
 * user does: of failures only kind and app are profiled. */
#ifndef VIGIE_SCORE_EXTRACT_H
#define VIGIE_SCORE_EXTRACT_H

#include "directory/dir.h"
#include "score/model.h"

enum aspect { ASPECT_WHERE, ASPECT_WITH, ASPECT_WHAT, ASPECT_WHEN, ASPECTS };

struct trait {
    enum dim dim;
    struct str key;  /* what it is compared by */
    struct str text; /* what people call it */
    uint32_t entity; /* of an object, 0 unknown */
};

enum { TRAITS = 8 + ACTIVITY_OBJECTS };

struct extract {
    struct trait traits[TRAITS];
    unsigned n;
    bool failure;
    char ip[IP_TEXT], network[IP_TEXT + 4], agent[160];
};

/* `x` must outlive the use of its traits, and so must `a`. */
void extract_traits(const struct activity *a, const struct dir *dir, struct extract *x);
enum aspect extract_aspect(enum dim dim);

#endif
