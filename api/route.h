/* api/route.h - from a method and a path to a route: a tree of path segments, made once of all api_routes[].
 *
 * One tree for every prefix: /api/v1/x, /api/x, /v1/x and each of them behind /cas are the same; a slash at the end or a
 * doubled one makes no difference, and nothing is ever redirected. A fixed segment is preferred to a {variable}, unless
 * only the variable one has the method. */
#ifndef VIGIE_API_ROUTE_H
#define VIGIE_API_ROUTE_H

#include "api/api.h"

enum { ROUTE_SEGMENTS = 12, ROUTE_VARS = 4 };

struct route_tree;

/* A path cut at its slashes, decoded and brought under its prefix. */
struct route_path {
    struct str segment[ROUTE_SEGMENTS + 1];
    unsigned n;
    struct str joined; /* "api/v1/alerts/17" */
    struct str rest;   /* behind "api/v1/" and "api/vigie/v1/": "alerts/17" */
};

struct route_match {
    const struct api_route *route;
    struct str vars[ROUTE_VARS];
    unsigned methods; /* when nothing matches: bit per method that the path does have */
};

/* ERR_USAGE: two routes are the same, or a pattern has too many parts; *bad is the pattern. */
int route_tree_open(struct route_tree **out, const struct api_routes *const *lists, const char **bad);
void route_tree_close(struct route_tree *t);

/* ERR_MALFORMED: wrong per cent signs, control characters, or "." and ".." as segments. ERR_LIMIT: too many segments. */
int route_path_of(struct arena *a, struct str raw, struct route_path *out);
bool route_find(const struct route_tree *t, const struct route_path *path, enum api_method method, struct route_match *out);

#endif
