/* api/api_openapi.c - the OpenAPI 3.1 description of every route, made from the routes themselves. */
#include "api/api.h"

#include "api/schemas.h"

#include <stdio.h>
#include <string.h>

static const char *const verbs[API_METHODS] = {[API_GET] = "get", [API_POST] = "post", [API_PUT] = "put", [API_PATCH] = "patch", [API_DELETE] = "delete"};

/* ---- one operation ---- */

static void write_ref(struct jout *j, const char *name)
{
    char ref[64];
    (void)snprintf(ref, sizeof ref, "#/components/schemas/%s", name);
    jout_obj(j);
    jout_kz(j, "$ref", ref);
    jout_end_obj(j);
}

static void write_schema(struct jout *j, const char *shape, const char *of)
{
    if (!of) {
        write_ref(j, shape);
        return;
    }
    jout_obj(j);
    jout_key(j, "allOf");
    jout_arr(j);
    write_ref(j, shape);
    jout_obj(j);
    jout_key(j, "properties");
    jout_obj(j);
    jout_key(j, "data");
    jout_obj(j);
    jout_kz(j, "type", "array");
    jout_key(j, "items");
    write_ref(j, of);
    jout_end_obj(j);
    jout_end_obj(j);
    jout_end_obj(j);
    jout_end_arr(j);
    jout_end_obj(j);
}

static void write_response(struct jout *j, const char *status, const char *about, const char *shape, const char *of)
{
    jout_key(j, status);
    jout_obj(j);
    jout_kz(j, "description", about);
    if (shape) {
        jout_key(j, "content");
        jout_obj(j);
        jout_key(j, "application/json");
        jout_obj(j);
        jout_key(j, "schema");
        write_schema(j, shape, of);
        jout_end_obj(j);
        jout_end_obj(j);
    }
    jout_end_obj(j);
}

static void write_responses(struct jout *j, const struct api_route *r)
{
    const char *of, *shape = schemas_answer(r, &of);
    jout_key(j, "responses");
    jout_obj(j);
    write_response(j, "2XX", "Done.", shape, of);
    write_response(j, "400", "A parameter is wrong.", "BadFilter", NULL);
    if (r->right != RIGHT_NONE) {
        write_response(j, "401", "Not signed in, or the token is not valid.", "Error", NULL);
        write_response(j, "403", "The role or the token does not have the right.", "Error", NULL);
    }
    if (strchr(r->pattern, '{'))
        write_response(j, "404", "There is none, or not in the caller's scope.", "Error", NULL);
    write_response(j, "429", "Too many requests; Retry-After says when.", "Error", NULL);
    jout_end_obj(j);
}

static void write_parameters(struct jout *j, const char *pattern)
{
    jout_key(j, "parameters");
    jout_arr(j);
    for (const char *at = pattern; (at = strchr(at, '{')) != NULL; at++) {
        size_t n = strcspn(at + 1, "}");
        jout_obj(j);
        jout_kstr(j, "name", (struct str){at + 1, n});
        jout_kz(j, "in", "path");
        jout_kbool(j, "required", true);
        jout_key(j, "schema");
        jout_obj(j);
        jout_kz(j, "type", "string");
        jout_end_obj(j);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void write_body(struct jout *j, const struct api_route *r)
{
    const char *type = r->body == API_PARAMS ? "application/json" : "application/octet-stream";
    if (r->method == API_GET || r->method == API_DELETE)
        return;
    jout_key(j, "requestBody");
    jout_obj(j);
    jout_key(j, "content");
    jout_obj(j);
    jout_key(j, type);
    jout_obj(j);
    jout_key(j, "schema");
    jout_obj(j);
    if (r->body == API_PARAMS)
        jout_kz(j, "type", "object");
    jout_end_obj(j);
    jout_end_obj(j);
    jout_end_obj(j);
    jout_end_obj(j);
}

static void write_operation(struct jout *j, const struct api_route *r)
{
    jout_key(j, verbs[r->method]);
    jout_obj(j);
    jout_kz(j, "summary", r->about);
    jout_key(j, "tags");
    jout_arr(j);
    jout_str(j, r->compatible ? STR("Cloud App Security") : STR("Vigie"));
    jout_end_arr(j);
    /* who may: "none", "signed_in", or the name of a right, as GET roles lists them */
    jout_kstr(j, "x-vigie-right", r->right == RIGHT_NONE ? STR("none") : r->right == RIGHT_SIGNED_IN ? STR("signed_in") : right_text(r->right));
    if (r->right == RIGHT_NONE) {
        jout_key(j, "security");
        jout_arr(j);
        jout_end_arr(j);
    }
    write_parameters(j, r->pattern);
    write_body(j, r);
    write_responses(j, r);
    jout_end_obj(j);
}

/* ---- the document ---- */

static bool seen_before(size_t list, const struct api_route *r)
{
    for (size_t i = 0; i <= list; i++)
        for (const struct api_route *x = api_routes[i]->routes; x->pattern; x++) {
            if (x == r)
                return false;
            if (strcmp(x->pattern, r->pattern) == 0)
                return true;
        }
    return false;
}

/* A path is written once, with all its methods. */
static void write_path(struct jout *j, const struct api_route *r)
{
    char path[160];
    (void)snprintf(path, sizeof path, "/%s%s", r->pattern, r->compatible && strstr(r->pattern, "oauth2") == NULL ? "/" : "");
    jout_key(j, path);
    jout_obj(j);
    for (size_t i = 0; api_routes[i]; i++)
        for (const struct api_route *x = api_routes[i]->routes; x->pattern; x++)
            if (strcmp(x->pattern, r->pattern) == 0)
                write_operation(j, x);
    jout_end_obj(j);
}

static void write_security(struct jout *j)
{
    static const char *const schemes[][4] = {{"token", "apiKey", "header", "Authorization: Token KEY"}, {"session", "apiKey", "cookie", "Cookie of POST session"}};
    jout_key(j, "securitySchemes");
    jout_obj(j);
    for (size_t i = 0; i < 2; i++) {
        jout_key(j, schemes[i][0]);
        jout_obj(j);
        jout_kz(j, "type", schemes[i][1]);
        jout_kz(j, "in", schemes[i][2]);
        jout_kz(j, "name", i ? "vigie" : "Authorization");
        jout_kz(j, "description", schemes[i][3]);
        jout_end_obj(j);
    }
    jout_end_obj(j);
}

static void write_head(struct api_request *q, struct jout *j)
{
    jout_kz(j, "openapi", "3.1.0");
    jout_key(j, "info");
    jout_obj(j);
    jout_kz(j, "title", "Vigie");
    jout_kz(j, "version", VIGIE_VERSION);
    jout_kz(j, "description", "Tag \"Cloud App Security\": compatible with the documented API of that product, under /api/v1/, also without v1 and under /cas. "
                              "Tag \"Vigie\": the portal's own; its texts are French where Accept-Language names French before English.");
    jout_end_obj(j);
    jout_key(j, "servers");
    jout_arr(j);
    jout_obj(j);
    jout_kstr(j, "url", q->host);
    jout_end_obj(j);
    jout_end_arr(j);
    jout_key(j, "security");
    jout_arr(j);
    jout_raw(j, STR("{\"token\":[]}"));
    jout_raw(j, STR("{\"session\":[]}"));
    jout_end_arr(j);
}

static int describe(struct api_request *q, struct api_response *r)
{
    struct jout *j = &r->json;
    jout_obj(j);
    write_head(q, j);
    jout_key(j, "paths");
    jout_obj(j);
    for (size_t i = 0; api_routes[i]; i++)
        for (const struct api_route *x = api_routes[i]->routes; x->pattern; x++)
            if (!seen_before(i, x))
                write_path(j, x);
    jout_end_obj(j);
    jout_key(j, "components");
    jout_obj(j);
    write_security(j);
    jout_key(j, "schemas");
    jout_obj(j);
    schemas_write(j);
    jout_end_obj(j);
    jout_end_obj(j);
    jout_end_obj(j);
    return 0;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/openapi.json", .right = RIGHT_SIGNED_IN, .handler = describe, .about = "This description."},
    {.pattern = NULL}};

const struct api_routes api_openapi = {routes};
