/* directory/geo.h - where an address is, offline: country, city, network owner, tags.
 *
 * Sources are tor's text files (directory/georange.h) and MaxMind-format databases (*.mmdb, any that
 * has country, city, autonomous_system_* or is_* members, read by libmaxminddb). Whatever a record states
 * itself goes before them. After geo_open it is read-only, so any number of threads may ask. */
#ifndef VIGIE_DIRECTORY_GEO_H
#define VIGIE_DIRECTORY_GEO_H

#include "model/activity.h"

struct geo;

enum { GEO_DATABASES = 8 }; /* most .mmdb files */

struct geo_stats {
    size_t ranges4, ranges6, databases;
    uint64_t skipped; /* lines of text files that are no range */
};

/* Reads the files. ERR_IO (errno tells) or ERR_MALFORMED for the first that cannot be used; *out is
 * then unset and *bad is its place in `paths`. */
int geo_open(struct geo **out, const char *const *paths, size_t n, size_t *bad);
/* The first of these that has a file named geoip: /usr/share/tor, geo/ beside the program, share/vigie/
 * of the program's prefix. ERR_NOT_FOUND when none has. Of its geoip and geoip6 is read what addresses ask for. */
int geo_open_default(struct geo **out);
void geo_close(struct geo *g);
struct geo_stats geo_stats(const struct geo *g);

/* Fills in what the record leaves open of a->location, for public addresses; makes a stated country
 * name its code; sets tags that the network's owner implies. Texts live as long as g. g may be NULL. */
void geo_place(const struct geo *g, struct activity *a);

#endif
