/* fuzz/fuzz_ldif.c - any bytes as a directory: LDIF, or JSON when they begin with a brace; then built and asked. Seeds: the directories of
 * fixtures/detect. */
#include "directory/dir_build.h"

#include "base/jin.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dir_import *im = dir_import_new();
    struct dir_learner *l = dir_learner_new();
    char *text = calloc(1, size + JIN_PADDING + 1);
    uint64_t skipped = 0;
    struct fault f;
    struct dir *d = NULL;
    if (im && l && text) {
        if (size)
            memcpy(text, data, size);
        if (size && text[0] == '{')
            (void)dir_import_json(im, text, size, &f);
        else
            (void)dir_import_ldif(im, text, size, &skipped, &f);
        if (dir_build(&d, &l, 1, im, NULL, 0) == 0) {
            for (uint32_t k = 1; k <= dir_count(d); k++) {
                const struct entity *e = dir_entity(d, k);
                if (e->id.n != 24 || !str_set(e->name))
                    abort();
                (void)dir_sid(d, e->sid);
                (void)dir_member(d, k, 1);
            }
            dir_free(d);
        }
    }
    dir_import_free(im);
    dir_learner_free(l);
    free(text);
    return 0;
}
