/* api/exporting.h - what asking for an export and writing it have in common: the forms, and what its maker could see. */
#ifndef VIGIE_API_EXPORTING_H
#define VIGIE_API_EXPORTING_H

#include "api/api.h"

struct exporting;

/* How an activity is written. */
struct export_form {
    const char *name;   /* "csv" */
    const char *suffix; /* of the file that is downloaded: ".csv" */
    const char *type;   /* Content-Type */
    const char *head;   /* the first line, or "" */
    void (*row)(struct exporting *x, const struct actlog_row *row);
};

/* The state of one that is written: rows are appended to `out`, texts of one row lie in `texts`. */
struct exporting {
    struct db *db;
    struct buf out;
    struct arena texts;
    uint32_t input; /* whose name is known; 0 none */
    struct buf name;
};

extern const struct export_form export_forms[]; /* ended by name == NULL */
/* NULL: there is none of that name. */
const struct export_form *export_form_of(struct str name);

void exporting_open(struct exporting *x, struct db *db);
void exporting_close(struct exporting *x);

/* The role of an account and what it is limited to, as a text: "app_admin apps 20892". While it is the same, the account may see what it could see. */
int exporting_scope(struct db *db, struct arena *arena, int64_t account, struct str *out);

#endif
