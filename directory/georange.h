/* directory/georange.h - countries of address ranges, from text files.
 *
 * The format is that of tor's geoip and geoip6 files (Debian: tor-geoipdb): lines "start,end,CC", where
 * IPv4 addresses are decimal numbers and IPv6 addresses texts; '#' starts a comment. Ranges may come in
 * any order. They should not overlap; where they do, the one that starts last wins.
 * Limits: 256 MiB a file, 8 million ranges. After georange_sort it is read-only, so thread-safe. */
#ifndef VIGIE_DIRECTORY_GEORANGE_H
#define VIGIE_DIRECTORY_GEORANGE_H

#include "base/ip.h"
#include "model/country.h"

struct range4 {
    uint32_t start, end;
    uint32_t country; /* country_number */
};

struct range6 {
    uint64_t start[2], end[2]; /* big half first */
    uint32_t country;
};

struct georange {
    struct range4 *v4;
    struct range6 *v6;
    size_t n4, room4, n6, room6;
    uint64_t skipped; /* lines that are no range, or name no country */
};

/* Adds the lines of a text. ERR_MALFORMED when not one of them is a range, ERR_LIMIT, ERR_MEMORY. */
int georange_add(struct georange *g, struct str text);
/* Where the range of one line starts; false when it is none. */
bool georange_start(struct str line, struct ip *start);
/* Puts the ranges in order; to be called once, after the last georange_add. */
void georange_sort(struct georange *g);
/* The country of an address, NULL when no range holds it. */
const struct country *georange_find(const struct georange *g, const struct ip *ip);
void georange_free(struct georange *g);

#endif
