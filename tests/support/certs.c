/* tests/support/certs.c - the folder of certificates. */
#include "tests/support/certs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATHS = 16 };

static char folder[64];
static char *paths[PATHS];

static void command(const char *words)
{
    char line[256];
    (void)snprintf(line, sizeof line, "%s %s", words, folder);
    if (system(line) != 0)
        abort();
}

const char *certs(const char *name)
{
    if (!*folder) {
        strcpy(folder, "/tmp/vigie-certs-XXXXXX");
        if (!mkdtemp(folder))
            abort();
        command("sh tests/support/certs.sh");
    }
    size_t i = 0;
    while (i < PATHS && paths[i] && strcmp(strrchr(paths[i], '/') + 1, name) != 0)
        i++;
    if (i == PATHS || (!paths[i] && asprintf(&paths[i], "%s/%s", folder, name) < 0))
        abort();
    return paths[i];
}

void certs_remove(void)
{
    if (*folder)
        command("rm -rf");
    *folder = '\0';
    for (size_t i = 0; i < PATHS; i++) {
        free(paths[i]);
        paths[i] = NULL;
    }
}
