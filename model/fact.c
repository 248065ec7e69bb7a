/* model/fact.c - names and types of facts. */
#include "model/fact.h"

static const struct {
    struct str name;
    enum fact_type type;
} rows[FACT_COUNT] = {
    [FACT_NONE] = {{"", 0}, FACT_TYPE_STR},
#define X(id, name, type) [FACT_##id] = {{name, sizeof(name) - 1}, FACT_TYPE_##type},
    FACTS(X)
#undef X
};

struct str fact_name(enum fact_key k)
{
    return k < FACT_COUNT ? rows[k].name : rows[FACT_NONE].name;
}

enum fact_type fact_type(enum fact_key k)
{
    return k < FACT_COUNT ? rows[k].type : FACT_TYPE_STR;
}

enum fact_key fact_of(struct str name)
{
    for (unsigned k = 1; k < FACT_COUNT; k++)
        if (str_eq(rows[k].name, name))
            return (enum fact_key)k;
    return FACT_NONE;
}
