/* api/portal_files.h - the portal's files, as portal/embed.sh puts them into the program. */
#ifndef VIGIE_API_PORTAL_FILES_H
#define VIGIE_API_PORTAL_FILES_H

#include "api/server.h"

extern const struct server_file portal_files[]; /* ended by path == NULL */

#endif
