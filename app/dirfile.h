/* app/dirfile.h - a file with the directory, LDIF or JSON, into an import. */
#ifndef VIGIE_APP_DIRFILE_H
#define VIGIE_APP_DIRFILE_H

#include "directory/dir_build.h"

/* ERR_IO, or ERR_MALFORMED when nothing of it is understood; *why is a static sentence. */
int dirfile_read(struct dir_import *im, const char *path, const char **why);

#endif
