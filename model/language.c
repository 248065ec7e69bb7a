/* model/language.c - which language a client asks for. */
#include "model/language.h"

/* "fr-CA;q=0.9" and "fr" both begin so. */
static bool speaks(struct str range, struct str language)
{
    return str_startsi(range, language) && (range.n == language.n || range.p[language.n] == '-' || range.p[language.n] == ';' || range.p[language.n] == ' ');
}

enum language language_accepted(struct str header)
{
    struct str range;
    while (str_cut(&header, ',', &range)) {
        range = str_trim(range);
        if (speaks(range, STR("fr")))
            return FRENCH;
        if (speaks(range, STR("en")))
            return ENGLISH;
    }
    return ENGLISH;
}
