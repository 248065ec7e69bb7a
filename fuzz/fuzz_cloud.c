/* fuzz/fuzz_cloud.c - any bytes to the cloud decoders, asked or not; what comes out must survive activity NDJSON, and the
 * two JSON readers must agree. Seeds: the records of fixtures/decode/cloud. */
#include "decode/decode.h"
#include "model/act_json.h"
#include "model/ecs.h"
#include "model/ocsf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct decoder dec_activity, dec_azure_activity, dec_cloudtrail, dec_entra_audit, dec_entra_signin, dec_o365;
static const struct decoder *const cloud[] = {&dec_azure_activity, &dec_cloudtrail, &dec_entra_audit,
                                              &dec_entra_signin,   &dec_o365,       &dec_activity};

static struct jin *jin, *back_jin;
static struct arena arena, back_arena;
static struct buf first, second;

/* What goes out in the schemas of others is one line of JSON, whatever came in. */
static void for_others(const struct activity *a, void (*form)(const struct activity *a, struct buf *out))
{
    const struct jnode *root;
    struct fault why;
    second.n = 0;
    form(a, &second);
    size_t n = second.n - 1;
    if (memchr(second.p, '\n', n) || !buf_room(&second, JIN_PADDING) || jin_parse(back_jin, second.p, n, &root, &why))
        abort();
}

static int write_again(struct decode *d, const struct activity *a)
{
    (void)d;
    activity_json(a, &second, STR("x"));
    return ERR_NONE;
}

static void ignored(struct decode *d, struct str what)
{
    (void)d;
    if (!str_set(what))
        abort();
}

static void fault(struct decode *d, const struct fault *f)
{
    (void)d;
    if (!f->why)
        abort();
}

static void no_fault(struct decode *d, const struct fault *f)
{
    (void)d;
    (void)f;
    abort();
}

/* Written, read and written again it is the same line. */
static int emit(struct decode *d, const struct activity *a)
{
    static struct decode back = {.arena = &back_arena, .emit = write_again, .ignored = ignored, .fault = no_fault};
    const struct jnode *root;
    struct fault why;
    (void)d;
    first.n = second.n = 0;
    activity_json(a, &first, STR("x"));
    size_t n = first.n - 1; /* without the line feed */
    if (!buf_room(&first, JIN_PADDING) || jin_parse(back_jin, first.p, n, &root, &why) || !dec_activity.claims(root))
        abort();
    arena_reset(&back_arena);
    back.origin = a->origin;
    (void)dec_activity.record(&back, root, (struct str){first.p, n});
    if (!str_eq(buf_view(&first), buf_view(&second)))
        abort();
    for_others(a, ocsf_activity);
    for_others(a, ecs_activity);
    return ERR_NONE;
}

static bool same(const struct jnode *a, const struct jnode *b)
{
    bool container = a->type == J_OBJ || a->type == J_ARR;
    return a->type == b->type && a->next == b->next && str_eq(a->key, b->key) && (container || str_eq(a->val, b->val));
}

static void readers_agree(const struct jnode *root, struct str text)
{
    const struct jnode *other = jin_embedded(&arena, text);
    for (uint32_t i = 0; other && i < root->next; i++)
        if (!same(root + i, other + i))
            abort();
}

static void open_all(void)
{
    jin = jin_new();
    back_jin = jin_new();
    arena_init(&arena, 65536, 1u << 24);
    arena_init(&back_arena, 65536, 1u << 24);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct decode d = {.arena = &arena, .emit = emit, .ignored = ignored, .fault = fault};
    if (!jin)
        open_all();
    char *text = calloc(1, size + JIN_PADDING);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    const struct jnode *root;
    struct fault why;
    arena_reset(&arena);
    if (jin_parse(jin, text, size, &root, &why) == ERR_NONE) {
        readers_agree(root, (struct str){text, size});
        for (size_t i = 0; root->type == J_OBJ && i < sizeof cloud / sizeof *cloud; i++) {
            bool claimed = cloud[i]->claims(root);
            if (claimed || cloud[i] != &dec_activity) /* a line that says no app is no activity */
                (void)cloud[i]->record(&d, root, (struct str){text, size});
        }
    }
    free(text);
    return 0;
}
