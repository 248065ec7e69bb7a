/* fuzz/fuzz_json.c - any bytes as a JSON record: every decoder that claims it reads it, every activity packs. Seeds: the records of
 * fixtures/decode/win and samba. */
#include "decode/decode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out must survive the flat form; the texts are read on the way. */
static int emit(struct decode *d, const struct activity *a)
{
    static uint8_t bytes[ACTIVITY_PACKED_MAX];
    static struct object objects[ACTIVITY_OBJECTS];
    static struct fact facts[ACTIVITY_FACTS];
    struct activity back;
    (void)d;
    int n = activity_pack(a, bytes, sizeof bytes);
    if (n < 0)
        return n == ERR_LIMIT ? ERR_NONE : (abort(), 0);
    if (activity_unpack(bytes, (size_t)n, &back, objects, facts) || back.nfacts != a->nfacts || !str_eq(back.actor.name, a->actor.name))
        abort();
    return ERR_NONE;
}

static void ignored(struct decode *d, struct str what)
{
    (void)d;
    if (!str_set(what) || what.n == 0)
        abort();
}

static void fault(struct decode *d, const struct fault *f)
{
    (void)d;
    if (!f->why)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct jin *jin;
    static struct arena arena;
    static struct decode d = {.emit = emit, .ignored = ignored, .fault = fault};
    if (!jin) {
        jin = jin_new();
        arena_init(&arena, 65536, 1u << 24);
        d.arena = &arena;
    }
    char *text = calloc(1, size + JIN_PADDING);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    const struct jnode *root;
    struct fault why;
    arena_reset(&arena);
    if (jin_parse(jin, text, size, &root, &why) == ERR_NONE)
        for (const struct decoder *const *x = decoders; *x; x++)
            if ((*x)->claims(root))
                (void)(*x)->record(&d, root, (struct str){text, size});
    free(text);
    return 0;
}
