/* app/sensor.h - a sensor: watches interfaces and folders on or beside a domain controller and passes on what happened, never raw data. */
#ifndef VIGIE_APP_SENSOR_H
#define VIGIE_APP_SENSOR_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum { SENSOR_INTERFACES = 8, SENSOR_WHY = 512 };

struct sensor_options {
    const char *interfaces[SENSOR_INTERFACES];
    unsigned ninterfaces;
    const char *events; /* folder whose files are read once and then moved to its folder done/; NULL: none */
    const char *bundle; /* NULL: what an earlier start kept in the spool */
    const char *spool;
    uint64_t spool_bytes;
    const char *out;    /* NDJSON file, "-" for stdout, in place of a hub; NULL: the hub */
    const char *user;   /* to become once the interfaces are open; NULL: nobody else */
    unsigned reserve;   /* percent of processors and memory that stay free */
    unsigned seconds;   /* stop after so many; 0: SIGTERM or SIGINT does */
};

/* Runs until it is told to stop. ERR_USAGE or another error with a sentence. */
int sensor_run(const struct sensor_options *o, char why[SENSOR_WHY]);

#endif
