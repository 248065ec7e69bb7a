/* tests/support/fresh_db.c - see fresh_db.h. */
#include "tests/support/fresh_db.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int fresh_db_open(struct fresh_db *f)
{
    arena_init(&f->arena, 65536, SIZE_MAX);
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/vigie-test-XXXXXX");
    return mkdtemp(f->folder) ? db_open(f->folder, &f->db) : -1;
}

int fresh_db_close(struct fresh_db *f)
{
    db_close(f->db);
    arena_free(&f->arena);
    DIR *d = opendir(f->folder);
    for (struct dirent *e; d && (e = readdir(d));)
        (void)unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        (void)closedir(d);
    return rmdir(f->folder);
}
