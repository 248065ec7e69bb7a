/* detect/familiar.h - the user agents and devices that people have used before.
 *
 * A journey is made with the telephone that its owner has had for weeks; an intruder brings another. It proves
 * nothing, since agents can be copied, so it makes an alert less severe and never goes away with it. The engine keeps
 * one memory for all detections: whichever asks first about an activity notes it. */
#ifndef VIGIE_DETECT_FAMILIAR_H
#define VIGIE_DETECT_FAMILIAR_H

#include "detect/detect.h"

enum { FAMILIAR_TEXTS = 256 };

struct familiar {
    struct table users;  /* by person: days of activity */
    struct table agents; /* by person and agent */
    struct table places; /* by person and network: the agent last seen there */
    struct known_text {
        uint64_t of, unversioned; /* hash of a text; of the text without its version */
    } texts[FAMILIAR_TEXTS];
};

void familiar_init(struct familiar *f);
void familiar_free(struct familiar *f);
/* A number for the user agent of the activity being seen, the same for all its versions; 0 when there is none. */
uint64_t familiar_key(const struct detection *d, const struct activity *a);
enum familiarity { FAMILIAR_NO, FAMILIAR_YES, FAMILIAR_UNTOLD };
/* Notes the agent of the activity being seen, and tells whether the actor had used it on `days` earlier days; FAMILIAR_UNTOLD when
 * the actor was not active on so many days before, so that no agent could be. A record without an agent
 * counts as the agent that was last seen in the same network within a day. */
enum familiarity familiar_agent(const struct detection *d, const struct activity *a, unsigned days);

#endif
