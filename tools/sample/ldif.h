/* tools/sample/ldif.h - directory.ldif: the organisation as a controller exports it (RFC 2849). */
#ifndef VIGIE_SAMPLE_LDIF_H
#define VIGIE_SAMPLE_LDIF_H

#include "tools/sample/org.h"

void ldif_write(const struct org *o, const char *path);

#endif
