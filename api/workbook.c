/* api/workbook.c - workbooks in memory. */
#include "api/workbook.h"

#include "base/utf.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CELL_MAX = 32767 };

int workbook_open(struct workbook *w)
{
    char path[64];
    w->fd = memfd_create("workbook", MFD_CLOEXEC);
    if (w->fd < 0)
        return ERR_MEMORY;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", w->fd);
    w->book = workbook_new(path);
    if (w->book)
        return 0;
    (void)close(w->fd);
    return ERR_MEMORY;
}

lxw_worksheet *workbook_sheet(struct workbook *w, const char *name, const char *const *columns, unsigned n)
{
    lxw_worksheet *s = workbook_add_worksheet(w->book, name);
    lxw_format *bold = workbook_add_format(w->book);
    format_set_bold(bold);
    for (unsigned c = 0; c < n; c++)
        (void)worksheet_write_string(s, 0, (lxw_col_t)c, columns[c], bold);
    (void)worksheet_set_column(s, 0, (lxw_col_t)(n ? n - 1 : 0), 28, NULL);
    worksheet_freeze_panes(s, 1, 0);
    return s;
}

void workbook_text(lxw_worksheet *s, lxw_row_t row, unsigned column, struct str text, struct arena *a)
{
    text = utf_cut(text, CELL_MAX);
    char *z = str_set(text) ? arena_alloc(a, text.n + 1) : NULL;
    if (!z)
        return;
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    (void)worksheet_write_string(s, row, (lxw_col_t)column, z, NULL);
}

static int take(int fd, struct buf *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return ERR_IO;
    char *to = buf_room(out, (size_t)st.st_size);
    if (!to)
        return ERR_MEMORY;
    if (pread(fd, to, (size_t)st.st_size, 0) != st.st_size)
        return ERR_IO;
    out->n += (size_t)st.st_size;
    return 0;
}

int workbook_finish(struct workbook *w, struct buf *out)
{
    int err = workbook_close(w->book) == LXW_NO_ERROR ? 0 : ERR_IO;
    if (!err && out)
        err = take(w->fd, out);
    (void)close(w->fd);
    return err;
}
