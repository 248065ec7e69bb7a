/* model/alert.c - words for severities and categories. */
#include "model/alert.h"

struct str severity_text(enum severity s)
{
    switch (s) {
    case SEVERITY_INFORMATIONAL: return STR("informational");
    case SEVERITY_LOW: return STR("low");
    case SEVERITY_MEDIUM: return STR("medium");
    case SEVERITY_HIGH: return STR("high");
    case SEVERITY_DEFAULT: break;
    }
    return STR("");
}

struct str category_text(enum category c)
{
    static const struct str rows[] = {
#define X(id, text) {text, sizeof(text) - 1},
        CATEGORIES(X)
#undef X
    };
    return c < CATEGORY_COUNT ? rows[c] : STR("");
}

int alert_by_start(const void *x, const void *y)
{
    const struct alert *a = *(const struct alert *const *)x, *b = *(const struct alert *const *)y;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return strcmp(a->id, b->id);
}
