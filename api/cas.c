/* api/cas.c - shared by the routes of the Cloud App Security API. */
#include "api/cas.h"

#include "api/person_json.h"
#include "model/app.h"

#include <sodium.h>

enum { PK_MAX = 2048 };

/* The object that the base64 text holds; NULL when it is none. */
static const struct jnode *decoded(struct api_request *q, struct str pk)
{
    size_t n = 0;
    char *text = pk.n && pk.n < PK_MAX ? arena_alloc(q->arena, pk.n + JIN_PADDING) : NULL;
    if (!text)
        return NULL;
    static const int variants[] = {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING, sodium_base64_VARIANT_URLSAFE,
                                   sodium_base64_VARIANT_URLSAFE_NO_PADDING};
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        if (sodium_base642bin((unsigned char *)text, pk.n, pk.p, pk.n, NULL, &n, NULL, variants[i]) == 0) {
            const struct jnode *doc = jin_embedded(q->arena, (struct str){text, n});
            return doc && doc->type == J_OBJ ? doc : NULL;
        }
    return NULL;
}

uint32_t cas_saas_of(struct api_request *q, struct str pk)
{
    uint64_t saas = 0;
    const struct jnode *doc = decoded(q, pk);
    return doc && jin_u64(doc, doc, "saas", &saas) && saas <= UINT32_MAX ? (uint32_t)saas : 0;
}

static int by_spelling(struct api_request *q, struct str id, struct stored_entity *out)
{
    uint32_t numbers[2];
    size_t n = 0;
    int err = tab_entities_find(q->db, id, numbers, 2, &n);
    if (err || n != 1)
        return err ? err : ERR_NOT_FOUND;
    return tab_entities_get(q->db, q->arena, numbers[0], out);
}

int cas_entity(struct api_request *q, struct str pk, struct stored_entity *out)
{
    const struct jnode *doc = decoded(q, pk);
    struct str inner = doc ? jin_str(doc, doc, "id") : STR_NONE, id = str_set(inner) ? inner : pk;
    struct stored_entity e;
    int err = tab_entities_by_id(q->db, q->arena, id, &e);
    if (err == ERR_NOT_FOUND)
        err = by_spelling(q, id, &e);
    if (err)
        return err;
    if (!person_json_may_see(q, e.base.number))
        return ERR_NOT_FOUND;
    *out = e;
    return 0;
}

uint32_t cas_saas(const struct stored_entity *e)
{
    enum { AD = 20940, O365 = 11161 };
    return e->base.type == ENTITY_COMPUTER || (!str_set(e->base.upn) && !str_set(e->base.mail) && !str_set(e->base.cloud)) ? AD : O365;
}

int cas_severity(enum severity s)
{
    switch (s) {
    case SEVERITY_HIGH: return 2;
    case SEVERITY_MEDIUM: return 1;
    case SEVERITY_INFORMATIONAL: return 3;
    case SEVERITY_LOW:
    case SEVERITY_DEFAULT: break;
    }
    return 0;
}

void cas_kms(struct jout *j, const char *key, int64_t t)
{
    if (t != TIME_NONE)
        jout_ki64(j, key, t / TIME_MS - (t % TIME_MS < 0));
}

void cas_knull(struct jout *j, const char *key)
{
    jout_key(j, key);
    jout_null(j);
}

int cas_nothing(struct api_response *r)
{
    list_begin(r);
    list_end(r, 0, false, false);
    return 0;
}
