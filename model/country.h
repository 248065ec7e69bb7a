/* model/country.h - the world's countries: code, names in both languages, middle and reach.
 *
 * Good for saying how far apart two places are at the least when nothing but their countries is known:
 * the distance of the middles less both reaches. Never good for saying where something is. */
#ifndef VIGIE_MODEL_COUNTRY_H
#define VIGIE_MODEL_COUNTRY_H

#include "model/language.h"

struct country {
    char code[3]; /* ISO 3166-1 alpha-2 */
    const char *name, *french;
    float latitude, longitude; /* of the middle, degrees */
    float radius_km;           /* about how far from the middle its inhabited places lie */
};

/* By code or by English name, any case; NULL when there is none. */
const struct country *country_of(struct str text);
/* Countries are numbered from 0 in the order of their codes; NULL past the last. */
const struct country *country_at(unsigned number);
unsigned country_number(const struct country *c);
struct str country_code(const struct country *c);
struct str country_name(const struct country *c, enum language language);
/* Great-circle distance of two places given in degrees. */
double country_km(double latitude1, double longitude1, double latitude2, double longitude2);
/* Kilometres that lie at least between two countries; 0 when they may touch. */
double country_gap_km(const struct country *a, const struct country *b);

#endif
