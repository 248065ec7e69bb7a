/* tests/support/import.h - a directory of a test, written as JSON. */
#ifndef VIGIE_TESTS_SUPPORT_IMPORT_H
#define VIGIE_TESTS_SUPPORT_IMPORT_H

#include "directory/dir_build.h"

/* The import that holds it; the text must be good. */
struct dir_import *import_json(const char *text);

#endif
