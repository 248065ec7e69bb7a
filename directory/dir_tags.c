/* directory/dir_tags.c - what the administrator says of names and addresses. */
#include "directory/dir_items.h"

#include "base/hash.h"

struct account dir_spelled(struct str name)
{
    ptrdiff_t slash = str_chr(name, '\\');
    if (str_starts(name, STR("S-1-")))
        return (struct account){.sid = name};
    if (slash > 0)
        return (struct account){.domain = str_sub(name, 0, (size_t)slash), .name = str_from(name, (size_t)slash + 1)};
    return str_chr(name, '@') > 0 ? (struct account){.upn = name} : (struct account){.name = name};
}

static uint32_t tagged(const struct dir *d, struct str name)
{
    struct account a = dir_spelled(name);
    uint32_t n = dir_account(d, &a);
    return n ? n : dir_named(d, name, false);
}

void dir_apply_tag(struct dir *d, const struct dir_tag *t)
{
    struct ip ip;
    struct str name = t->name;
    ptrdiff_t equals = str_chr(name, '=');
    uint32_t number = 0;
    if (equals > 0 && ip_parse(str_from(name, (size_t)equals + 1), &ip, NULL)) {
        number = tagged(d, str_sub(name, 0, (size_t)equals));
        name = str_from(name, (size_t)equals + 1);
    } else if (!ip_parse(name, &ip, NULL)) {
        number = tagged(d, name);
    }
    if (number)
        d->entities[number].flags |= t->flag;
    if (!ip_parse(name, &ip, NULL))
        return;
    if (number)
        dir_where_put(d, &ip, number);
    if (!number && (number = dir_computer_at(d, &ip)) != 0)
        d->entities[number].flags |= t->flag;
    if (t->flag & ENTITY_DC)
        (void)table_put(&d->controllers, ip_hash(&ip), NULL);
    if (t->flag & ENTITY_DNS_SERVER)
        (void)table_put(&d->dns_servers, ip_hash(&ip), NULL);
}

int dir_name_tagged(struct dir_learner *extra, const struct dir_tag *tags, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ip ip;
        struct str name = tags[i].name;
        ptrdiff_t equals = str_chr(name, '=');
        if (equals > 0)
            name = str_sub(name, 0, (size_t)equals);
        if (ip_parse(name, &ip, NULL))
            continue;
        struct activity a = {.kind = KIND_LOGOFF, .outcome = OUTCOME_SUCCESS};
        if (tags[i].flag & (ENTITY_DC | ENTITY_DNS_SERVER))
            a.destination = name;
        else
            a.actor = dir_spelled(name);
        if (tags[i].flag == ENTITY_SENSITIVE && !str_set(a.actor.domain) && str_set(a.actor.name))
            continue; /* may be a group: known names are found later */
        dir_learn(extra, &a);
    }
    return 0;
}
