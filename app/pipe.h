/* app/pipe.h - the one place that knows every stage: from inputs to activities, alerts and points.
 *
 *   inputs -> units -> records -> activities     many threads, any order
 *          -> sorted runs on disk                bounded memory
 *          -> one stream in time order           repeats removed, names resolved
 *          -> detections | behaviour model       one thread each
 *
 * The result is the same for any number of threads and any order of the inputs. */
#ifndef VIGIE_APP_PIPE_H
#define VIGIE_APP_PIPE_H

#include "detect/engine.h"
#include "directory/dir_build.h"
#include "directory/geo.h"
#include "score/score.h"
#include "source/input.h"

struct pipe_options {
    char *const *paths;
    size_t npaths;
    char *const *directories; /* LDIF or JSON files with the directory */
    size_t ndirectories;
    const struct dir_tag *tags;
    size_t ntags;
    const struct geo *geo; /* NULL: places are those that the records state */
    struct engine_options engine;
    unsigned jobs; /* at least 1 */
    int64_t since, until; /* TIME_NONE: no bound; until is exclusive */
    bool judge; /* false: activities only, neither detections nor scores */
    bool progress; /* a bar on stderr */
    /* every activity in order, repeats removed; may be NULL. Not 0 stops the run with that error. */
    int (*each)(void *owner, const struct activity *a);
    void *each_owner;
    struct score_options score;
};

struct tally {
    struct str name;
    uint64_t n;
};

struct pipe_result {
    struct inputs *inputs;
    struct dir *dir;
    struct engine *engine;
    struct score *score;
    const struct alert *const *alerts;
    size_t nalerts;
    struct score_result people;
    uint64_t activities, repeats, records, bytes;
    struct tally *kinds, *apps; /* by name */
    size_t nkinds, napps;
    int64_t first, last; /* of the activities; TIME_NONE when there are none */
    bool any_readable;
    double seconds, scoring; /* in all; of the processor for scores alone */
    struct arena names;
    /* what went wrong, when pipe_run fails: a sentence and the thing it is about */
    const char *why;
    char about[256];
};

int pipe_run(const struct pipe_options *o, struct pipe_result *out);
void pipe_free(struct pipe_result *r);

#endif
