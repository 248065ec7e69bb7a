/* model/app.c - numbers of apps. */
#include "model/app.h"

uint32_t app_number(struct str name)
{
    static const struct {
        struct str name;
        uint32_t number;
    } apps[] = {
#define X(id, text, number) {{text, sizeof(text) - 1}, number},
        APPS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof apps / sizeof *apps; i++)
        if (str_eqi(apps[i].name, name))
            return apps[i].number;
    return 0;
}
