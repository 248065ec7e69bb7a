/* model/filter.c - the table of filter fields. */
#include "model/filter.h"

static const struct {
    const char *text;
    enum filter_type type;
    enum filter_noun noun;
} fields[FIELD_COUNT] = {
#define X(noun, id, text, type) [FIELD_##id] = {text, FILTER_##type, FILTER_##noun},
    FILTER_FIELDS(X)
#undef X
};

struct str filter_field_text(enum filter_field f)
{
    return f < FIELD_COUNT ? str_of(fields[f].text) : STR_NONE;
}

enum filter_type filter_field_type(enum filter_field f)
{
    return f < FIELD_COUNT ? fields[f].type : FILTER_TEXT;
}

enum filter_noun filter_field_noun(enum filter_field f)
{
    return f < FIELD_COUNT ? fields[f].noun : FILTER_NOUNS;
}

enum filter_field filter_field_of(enum filter_noun noun, struct str text)
{
    for (unsigned f = 0; f < FIELD_COUNT; f++)
        if (fields[f].noun == noun && str_eqi(text, str_of(fields[f].text)))
            return (enum filter_field)f;
    return FIELD_COUNT;
}
