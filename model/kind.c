/* model/kind.c - texts of kinds, both ways. */
#include "model/kind.h"

static const struct {
    struct str text, french;
    enum shore shore;
    enum kind_group group;
} rows[KIND_COUNT] = {
    [KIND_UNKNOWN] = {{"", 0}, {"", 0}, SHORE_CLOUD, GROUP_OTHER},
#define X(id, text, shore, group, french) [KIND_##id] = {{text, sizeof(text) - 1}, {french, sizeof(french) - 1}, SHORE_##shore, GROUP_##group},
    KINDS(X)
#undef X
};

struct str kind_text(enum kind k)
{
    return k < KIND_COUNT ? rows[k].text : rows[KIND_UNKNOWN].text;
}

enum kind kind_of(struct str text)
{
    for (unsigned k = 1; k < KIND_COUNT; k++)
        if (str_eq(rows[k].text, text))
            return (enum kind)k;
    return KIND_UNKNOWN;
}

struct str kind_french(struct str text)
{
    enum kind k = kind_of(text);
    return k ? rows[k].french : text;
}

enum shore kind_shore(enum kind k)
{
    return k < KIND_COUNT ? rows[k].shore : SHORE_CLOUD;
}

enum kind_group kind_group(enum kind k)
{
    return k < KIND_COUNT ? rows[k].group : GROUP_OTHER;
}
