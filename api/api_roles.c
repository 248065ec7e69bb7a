/* api/api_roles.c - the roles and what each may do. */
#include "api/api.h"

static struct str scope_text(enum role_scope s)
{
    switch (s) {
    case SCOPE_ALL: return STR("all");
    case SCOPE_APP: return STR("app");
    case SCOPE_GROUP: return STR("group");
    case SCOPE_ATP: return STR("atp");
    case SCOPE_DISCOVERY: return STR("discovery");
    }
    return STR("all");
}

static int list(struct api_request *q, struct api_response *r)
{
    struct jout *j = &r->json;
    (void)q;
    jout_obj(j);
    jout_key(j, "data");
    jout_arr(j);
    for (const struct role *role = roles; role->id; role++) {
        jout_obj(j);
        jout_kz(j, "id", role->id);
        jout_kz(j, "name", role->name);
        jout_kstr(j, "scope", scope_text(role->scope));
        jout_kz(j, "about", role->about);
        jout_key(j, "rights");
        jout_arr(j);
        for (int i = RIGHT_SIGNED_IN + 1; i < RIGHT_COUNT; i++)
            if (role_may(role, (enum right)i))
                jout_str(j, right_text((enum right)i));
        jout_end_arr(j);
        jout_end_obj(j);
    }
    jout_end_arr(j);
    jout_end_obj(j);
    return 0;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/roles", .right = RIGHT_SIGNED_IN, .handler = list, .about = "All roles with their rights."},
    {.pattern = NULL},
};

const struct api_routes api_roles = {routes};
