/* directory/dir_bare.c - names that say too little for a key of their own, and mean somebody or something nevertheless. */
#include "directory/dir_items.h"

/* A bare name that only one person has is that person. */
static void join_bare_names(struct build *b)
{
    struct table unique; /* name hash -> root + 1, or UINT32_MAX when shared */
    table_init(&unique, sizeof(uint32_t), UINT32_MAX / 4);
    for (uint32_t i = 0; i < b->n; i++) {
        struct item *it = &b->items[i];
        if (it->ref.type != ENTITY_USER || !str_set(it->ref.ref.name) || !str_set(it->ref.ref.domain) || it->impostor)
            continue;
        uint32_t *v = table_put(&unique, dir_key_hash(KEY_NAME, it->ref.ref.name), NULL);
        if (v && *v == 0)
            *v = dir_item_root(b, i) + 1;
        else if (v && *v != dir_item_root(b, i) + 1)
            *v = UINT32_MAX;
    }
    for (uint32_t i = 0; i < b->n; i++) {
        struct item *it = &b->items[i];
        if (it->ref.type != ENTITY_USER || !str_set(it->ref.ref.name) || str_set(it->ref.ref.domain))
            continue;
        const uint32_t *v = table_get(&unique, dir_key_hash(KEY_NAME, it->ref.ref.name));
        if (v && *v != UINT32_MAX && !dir_item_sid(it)) {
            uint32_t x = dir_item_root(b, *v - 1), y = dir_item_root(b, i);
            b->items[x > y ? x : y].parent = x > y ? y : x;
        }
    }
    table_free(&unique);
}

/* ---- groups without their SID, as LDAP names them ---- */

static uint64_t by_name(const struct item *it)
{
    return dir_key_hash(KEY_GROUP_NAME, it->ref.ref.name);
}

static uint64_t by_domain(struct build *b, const struct item *it)
{
    return dir_group_hash(&b->dir->domains, &it->ref.ref);
}

static void one_of(struct build *b, struct table *groups, uint64_t key, uint32_t i)
{
    uint32_t *v = table_put(groups, key, NULL), root = dir_item_root(b, i) + 1;
    if (v)
        *v = *v == 0 || *v == root ? root : UINT32_MAX;
}

static void join(struct build *b, struct table *groups, uint32_t i)
{
    const struct item *it = &b->items[i];
    const uint32_t *v = str_set(it->ref.ref.domain) ? table_get(groups, by_domain(b, it)) : NULL;
    v = v ? v : table_get(groups, by_name(it));
    if (!v || *v == UINT32_MAX)
        return;
    uint32_t x = dir_item_root(b, *v - 1), y = dir_item_root(b, i);
    b->items[x > y ? x : y].parent = x > y ? y : x;
}

/* Such a name means the group with a SID that has it: of that domain, or the only one. */
static void join_bare_groups(struct build *b)
{
    struct table groups; /* name hash -> root + 1, or UINT32_MAX when shared */
    table_init(&groups, sizeof(uint32_t), UINT32_MAX / 4);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < b->n; i++) {
            const struct item *it = &b->items[i];
            bool sid = str_set(it->ref.ref.sid);
            if (it->ref.type != ENTITY_GROUP || !str_set(it->ref.ref.name) || sid != (pass == 0))
                continue;
            if (!sid) {
                join(b, &groups, i);
                continue;
            }
            one_of(b, &groups, by_name(it), i);
            if (str_set(it->ref.ref.domain))
                one_of(b, &groups, by_domain(b, it), i);
        }
    table_free(&groups);
}

void dir_bare_join(struct build *b)
{
    join_bare_names(b);
    join_bare_groups(b);
}
