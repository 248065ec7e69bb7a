/* decode/o365_directory.c - changes of the directory as the unified audit log tells them (Entra ID, record type 8). */
#include "decode/entra.h"
#include "decode/o365.h"

/* Actor and Target are lists of {"ID", "Type"}: type 1 a display name, 2 "User_<guid>", a guid or the word for
 * what it is, 3 a PUID, 4 a service principal name, 5 a user principal name. */
static enum object_type word_type(struct str s, enum object_type otherwise)
{
    static const struct {
        struct str word;
        enum object_type type;
    } rows[] = {{{"User", 4}, OBJECT_ACCOUNT}, {{"Group", 5}, OBJECT_GROUP}, {{"ServicePrincipal", 16}, OBJECT_APP},
                {{"Application", 11}, OBJECT_APP}, {{"Role", 4}, OBJECT_ROLE}, {{"Device", 6}, OBJECT_COMPUTER}, {{"Policy", 6}, OBJECT_POLICY}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_eq(rows[i].word, s))
            return rows[i].type;
    return otherwise;
}

static enum object_type party(const struct o365 *r, enum o365_field field, struct account *a)
{
    enum object_type type = OBJECT_OTHER;
    const struct jnode *list = r->at[field], *doc = r->in[field];
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c)) {
        struct str id = decode_some(jin_text(jin_get(doc, c, STR("ID")))), kind = jin_text(jin_get(doc, c, STR("Type")));
        char t = kind.n == 1 ? kind.p[0] : 0;
        if (t == '1' && !str_set(a->name))
            a->name = id;
        else if (t == '2' && jsonlog_guid(id) && !str_set(a->cloud))
            a->cloud = id;
        else if (t == '2')
            type = word_type(id, type);
        else if (t == '5' && !str_set(a->upn) && str_chr(id, '@') > 0)
            a->upn = id;
    }
    return type;
}

/* The actor's list begins with the tenant's or the program's guid: its own id is the one behind "User_". */
static void actor(const struct o365 *r)
{
    struct account *a = &r->d->act.actor, seen = {0};
    const struct jnode *list = r->at[O365_ACTOR], *doc = r->in[O365_ACTOR];
    (void)party(r, O365_ACTOR, &seen);
    seen.cloud = STR_NONE;
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c)) {
        struct str id = jin_text(jin_get(doc, c, STR("ID")));
        ptrdiff_t line = str_chr(id, '_');
        if (line > 0 && jsonlog_guid(str_from(id, (size_t)line + 1)))
            seen.cloud = str_from(id, (size_t)line + 1);
    }
    if (!str_set(a->name) && !str_set(a->upn))
        a->name = seen.name;
    if (!str_set(a->upn))
        a->upn = seen.upn;
    if (str_set(seen.cloud))
        a->cloud = seen.cloud;
}

static void target(const struct o365 *r, enum kind k)
{
    struct account who = {0};
    enum object_type type = party(r, O365_TARGET, &who);
    if (!account_set(&who))
        who.name = o365_text(r, O365_OBJECT_ID);
    if (!account_set(&who))
        return;
    bool member = k == KIND_ROLE_GRANTED || k == KIND_ROLE_REMOVED ||
                  (k == KIND_CLOUD_GROUP_CHANGED && (type == OBJECT_ACCOUNT || type == OBJECT_APP));
    struct object *o = decode_object(r->d, type, member ? ROLE_MEMBER : ROLE_TARGET, STR_NONE);
    if (o)
        o->ref = who;
}

/* additionalDetails is a JSON text: {"User-Agent":"Mozilla/5.0 ..."}. */
static void agent(const struct o365 *r)
{
    struct str s = o365_named(r, O365_EXTENDED_PROPERTIES, STR("additionalDetails"));
    ptrdiff_t at = str_find(s, STR("\"User-Agent\":\""));
    if (at < 0 || str_set(r->d->act.agent.text))
        return;
    s = str_from(s, (size_t)at + 14);
    ptrdiff_t end = str_chr(s, '"');
    decode_agent(r->d, str_sub(s, 0, end >= 0 ? (size_t)end : s.n));
}

enum kind o365_directory(const struct o365 *r)
{
    enum kind k = entra_operation(r->d, r->operation);
    const struct jnode *list = r->at[O365_MODIFIED_PROPERTIES], *doc = r->in[O365_MODIFIED_PROPERTIES];
    actor(r);
    target(r, k);
    agent(r);
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c))
        k = entra_property(r->d, k, jin_text(jin_get(doc, c, STR("Name"))), jin_text(jin_get(doc, c, STR("OldValue"))),
                           jin_text(jin_get(doc, c, STR("NewValue"))));
    return k;
}
