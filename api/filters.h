/* api/filters.h - what lists share: filters over what is stored, pages, the list envelope, the refusal of a bad filter.
 *
 * Whatever fails has been answered (400 in the recorded form, or 500) when a function returns false. */
#ifndef VIGIE_API_FILTERS_H
#define VIGIE_API_FILTERS_H

#include "api/api.h"
#include "policy/filter_parse.h"
#include "policy/filter_people.h"

enum { PAGE_MOST = 100 };

/* The parameter "filters" (JSON), or "query" (the text form), with people, groups, tags and networks looked up. */
bool filters_of(struct api_request *q, struct api_response *r, enum filter_noun noun, struct filter *out);
/* The same of any node of q->doc; `names` (may be NULL) is the filter before names were looked up. */
bool filters_of_node(struct api_request *q, struct api_response *r, enum filter_noun noun, const struct jnode *node, struct filter *names, struct filter *out);
/* Where names are looked up: this hub's tables. */
struct filter_sources filters_sources(struct api_request *q);
/* The filter with one more term. ERR_MEMORY. */
int filters_and(struct arena *a, const struct filter *f, const struct filter_term *t, struct filter *out);

struct page {
    uint32_t skip, limit;
    bool ascending;
    struct str sort; /* sortField, absent: none */
};

/* skip, limit, sortField and sortDirection. `most`: larger limits are cut to it when `lenient`, else refused. */
bool page_of(struct api_request *q, struct api_response *r, uint32_t most, bool lenient, struct page *out);

/* {"data":[ ... rows ... */
void list_begin(struct api_response *r);
/* ... ],"total",...} */
void list_end(struct api_response *r, uint64_t total, bool beyond, bool more);

/* 400 for a value at fault, with the sentence as "detail". */
int filters_refuse(struct api_response *r, const struct filter_error *e);

#endif
