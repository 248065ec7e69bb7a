/* api/workbook.h - Excel workbooks as bytes: libxlsxwriter writes files only, so it is given one in memory. */
#ifndef VIGIE_API_WORKBOOK_H
#define VIGIE_API_WORKBOOK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <xlsxwriter.h>

#define WORKBOOK_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

struct workbook {
    lxw_workbook *book;
    int fd;
};

int workbook_open(struct workbook *w);
/* A sheet with a bold first row. */
lxw_worksheet *workbook_sheet(struct workbook *w, const char *name, const char *const *columns, unsigned n);
/* Text into a cell, never a formula, cut at Excel's 32,767 characters. */
void workbook_text(lxw_worksheet *s, lxw_row_t row, unsigned column, struct str text, struct arena *a);
/* Ends: the bytes are appended to `out`. Call it also to give up (out NULL). */
int workbook_finish(struct workbook *w, struct buf *out);

#endif
