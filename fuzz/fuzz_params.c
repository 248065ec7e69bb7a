/* fuzz/fuzz_params.c - any bytes as query string, content type and body: one JSON object, or a reason; and an address with a token
 * made of them. Seeds: fuzz/seeds/fuzz_params. The first line is the query string, the second the type. */
#include "api/jwt.h"
#include "api/params.h"
#include "api/route.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct jin *jin;
static struct arena arena;

static int refuse_nothing(struct api_request *q, struct api_response *r)
{
    (void)q;
    (void)r;
    return 0;
}

static const struct api_route list[] = {
    {.method = API_GET, .pattern = "api/v1/a/{x}/b", .handler = refuse_nothing},
    {.method = API_GET, .pattern = "api/v1/{x}/{y}", .handler = refuse_nothing},
    {.method = API_POST, .pattern = "{x}/{y}/{z}/{w}", .handler = refuse_nothing},
    {.pattern = NULL},
};

static void find_route(struct str raw)
{
    static const struct api_routes routes = {list};
    static const struct api_routes *const all[] = {&routes, NULL};
    static struct route_tree *tree;
    const char *bad;
    struct route_path path;
    struct route_match match;
    if (!tree && route_tree_open(&tree, all, &bad) != 0)
        abort();
    if (route_path_of(&arena, raw, &path) != 0)
        return;
    for (unsigned i = 0; i < path.n; i++)
        if (str_eq(path.segment[i], STR("..")) || memchr(path.segment[i].p, 0, path.segment[i].n))
            abort();
    if (route_find(tree, &path, API_GET, &match) && !match.route)
        abort();
}

/* What was read once is read again as the same: duplicates are gone, texts are clean. */
static void read_again(const struct jnode *doc)
{
    const struct jnode *again;
    struct fault fault;
    char *text = calloc(1, doc->val.n + JIN_PADDING);
    if (!text)
        return;
    memcpy(text, doc->val.p, doc->val.n);
    struct params_input in = {STR(""), STR("application/json"), {text, doc->val.n}};
    if (params_read(jin, &arena, &in, &again, &fault) == 0 && !str_eq(again->val, doc->val))
        abort();
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[JWT_KEY];
    const struct jnode *doc;
    struct fault fault = {NULL, 0};
    struct str rest, query = STR(""), type = STR("");
    if (!jin) {
        jin = jin_new();
        arena_init(&arena, 65536, 32u << 20);
    }
    char *text = calloc(1, size + JIN_PADDING);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    rest = (struct str){text, size};
    arena_reset(&arena);
    (void)str_cut(&rest, '\n', &query);
    (void)str_cut(&rest, '\n', &type);
    struct params_input in = {query, type, str_set(rest) ? rest : STR("")};
    int err = params_read(jin, &arena, &in, &doc, &fault);
    if (err && err != ERR_MEMORY && !fault.why)
        abort();
    if (!err && doc->type != J_OBJ)
        abort();
    if (!err)
        read_again(doc);
    find_route(query);
    if (jwt_read(&arena, key, query, 0))
        abort();
    free(text);
    return 0;
}
