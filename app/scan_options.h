/* app/scan_options.h - what `vigie scan` and `vigie activities` were asked to do. */
#ifndef VIGIE_APP_SCAN_OPTIONS_H
#define VIGIE_APP_SCAN_OPTIONS_H

#include "app/pipe.h"

enum { SCAN_LIST = 256 };

struct scan_options {
    struct pipe_options pipe;
    bool json;
    const char *html, *csv, *activities, *ocsf, *ecs, *daily, *db;
    char *geo[8];
    size_t ngeo;
    /* storage behind pipe */
    char *paths[4096];
    char *directories[SCAN_LIST];
    struct dir_tag tags[SCAN_LIST];
    struct str only[SCAN_LIST], skip[SCAN_LIST];
    struct engine_setting params[SCAN_LIST], exclusions[SCAN_LIST];
};

/* Reads the command line; `full` allows the options of scan, otherwise those of activities. Returns an
 * exit code to stop with, or -1 to go on. Diagnostics go to stderr. */
int scan_options(struct scan_options *o, int argc, char **argv, bool full);

#endif
