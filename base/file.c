/* base/file.c - regular files only. */
#include "base/file.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

FILE *file_open(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    FILE *f = NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        f = fdopen(fd, "rb");
    else
        errno = EINVAL;
    if (!f)
        (void)close(fd);
    return f;
}

int file_read(const char *path, size_t most, struct buf *out)
{
    char block[65536];
    size_t n, all = 0;
    FILE *f = file_open(path);
    if (!f)
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    while (all <= most && (n = fread(block, 1, sizeof block, f)) > 0) {
        buf_add(out, block, n);
        all += n;
    }
    int err = ferror(f) ? ERR_IO : out->failed ? ERR_MEMORY : all > most ? ERR_LIMIT : 0;
    (void)fclose(f);
    return err;
}

int file_write_secret(const char *path, struct str text)
{
    char *part = NULL;
    if (asprintf(&part, "%s.part", path) < 0)
        return ERR_MEMORY;
    (void)unlink(part);
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        good = false;
    good = good && rename(part, path) == 0;
    free(part);
    return good ? 0 : ERR_IO;
}

static bool write_all(int fd, struct str text)
{
    for (size_t at = 0; at < text.n;) {
        ssize_t n = write(fd, text.p + at, text.n - at);
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

int file_in_memory(struct str text)
{
    int fd = memfd_create("vigie", MFD_CLOEXEC);
    if (fd < 0 || (fchmod(fd, 0600) == 0 && write_all(fd, text)))
        return fd;
    (void)close(fd);
    return -1;
}
