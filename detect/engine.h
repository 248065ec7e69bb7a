/* detect/engine.h - runs all detections over a stream of activities and keeps the alerts.
 *
 * The engine is the other side of detect/detect.h: it gives detections their state, parameters and
 * directory, merges drafts of one campaign into one alert, and tells which detections were blind.
 * Activities come in time order, repeats removed, entities resolved. One engine belongs to one thread. */
#ifndef VIGIE_DETECT_ENGINE_H
#define VIGIE_DETECT_ENGINE_H

#include "detect/detect.h"

struct engine;

/* An administrator's own value for one parameter, or an exclusion. `which` is the external id in
 * decimal or the policy id; "*" means every detection (exclusions only). */
struct engine_setting {
    struct str which;
    struct str name; /* parameter; for exclusions: account, computer or address */
    double value;
};

/* Whose alerts a detection raises: sorted numbers of accounts. An alert that concerns accounts of which none is in `include`
 * (nothing there: everybody is) or all are in `exclude` is not raised; one that concerns no account is. `which` as above;
 * of several that name a detection the last counts. The lists live as long as the engine. */
struct engine_scope {
    struct str which;
    const uint32_t *include, *exclude;
    size_t ninclude, nexclude;
};

struct engine_options {
    bool learned; /* treat learning periods as over */
    const struct str *only; /* ids or policies to run, none = all that are on by default */
    size_t nonly;
    const struct str *skip;
    size_t nskip;
    const struct engine_setting *params;
    size_t nparams;
    const struct engine_setting *exclusions;
    size_t nexclusions;
    const struct engine_scope *scopes;
    size_t nscopes;
    bool live; /* the input has no end: what a scan decides at its end is decided as time passes (engine_tick) */
};

/* ERR_USAGE when a setting names no detection or parameter; *what then holds the text at fault. */
int engine_open(struct engine **out, const struct dir *dir, const struct engine_options *options, struct str *what);
void engine_see(struct engine *e, const struct activity *a);
void engine_end(struct engine *e);
/* All alerts by start, id; valid until engine_close. */
size_t engine_alerts(struct engine *e, const struct alert *const **out);
/* Alerts that did not fit into memory (more than 200,000). */
uint64_t engine_dropped(const struct engine *e);
/* The n-th blind detection: its definition and what it lacked; false behind the last. */
bool engine_blind(const struct engine *e, size_t n, const struct detector **which, const char **missing);
/* The n-th of those that run on premises and need one of these kinds (ended by KIND_COUNT); false behind the last. */
bool engine_needs(const struct engine *e, size_t n, const enum kind *kinds, const struct detector **which);
/* Detections that are still learning at the end of the input, with the days that are missing. */
bool engine_learning(const struct engine *e, size_t n, const struct detector **which, double *days_left);
void engine_close(struct engine *e);

/* ---- an engine that is fed for ever ---- */

/* Time has come to `now`, though maybe nothing happened: detections close windows that have passed. With `live`, activities do
 * this, too. At most once an hour of that time; earlier moments are ignored. */
void engine_tick(struct engine *e, int64_t now);
/* Alerts that were raised or grew since the last call, each once, in the order in which they did first; live until the
 * next call of the engine. Not 0 from each stops and is returned; that alert and those behind it are told next time. */
int engine_changed(struct engine *e, int (*each)(void *owner, const struct alert *a), void *owner);
/* Goes on with a directory that was built again on this one's entities (directory/dir_build.h). The old one may go then. */
int engine_directory(struct engine *e, const struct dir *dir);
/* Releases alerts that ended before `before` and were told. What was learned stays. Returns how many. */
size_t engine_forget(struct engine *e, int64_t before);

/* Does a detection that runs on premises need one of these kinds (ended by KIND_COUNT)? */
bool detector_needs(const struct detector *def, const enum kind *kinds);
/* "2006" or "impossible_travel" into text of at most 12 or so bytes. */
struct str detector_key(const struct detector *def, char out[32]);

#endif
