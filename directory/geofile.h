/* directory/geofile.h - countries of the address ranges of one installed text file (the format of directory/georange.h).
 *
 * Tor's files hold hundreds of thousands of ranges and a log names addresses out of few of them: a part of the file is read
 * when the first address that falls into it comes. The ranges are in order, as the tools that write such files leave them.
 * Any number of threads may ask. */
#ifndef VIGIE_DIRECTORY_GEOFILE_H
#define VIGIE_DIRECTORY_GEOFILE_H

#include "directory/georange.h"

struct geofile;

/* ERR_NOT_FOUND when there is no such file or it cannot be read, ERR_MALFORMED when it holds no range, ERR_LIMIT. */
int geofile_open(struct geofile **out, const char *path);
void geofile_close(struct geofile *g);
/* The country of an address, NULL when no range holds it. */
const struct country *geofile_find(struct geofile *g, const struct ip *ip);

#endif
