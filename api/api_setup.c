/* api/api_setup.c - the first start: the holder of the one-time link becomes the first Global administrator. */
#include "api/api.h"

#include "api/guard.h"
#include "api/signed.h"
#include "store/tab_settings.h"

static int make_first(struct api_request *q, const struct stored_admin *a, struct str organisation, int64_t *number, bool *late)
{
    uint64_t accounts = 0;
    int err = db_begin(q->db);
    if (err)
        return err;
    err = tab_accounts_count(q->db, &accounts);
    *late = accounts > 0;
    if (!err && !*late)
        err = tab_accounts_add(q->db, a, number);
    if (!err && !*late && organisation.n)
        err = tab_settings_put(q->db, "organisation", organisation);
    return db_end(q->db, err);
}

static int set_up(struct api_request *q, struct api_response *r)
{
    char hash[PASSWORD_HASH];
    struct str name = str_trim(api_str(q, "name")), password = api_str(q, "password"), language = api_str(q, "language");
    const char *bad = password_bad_name(name);
    int64_t number = 0;
    bool late = false;
    if (!guard_setup_good(q->guard, api_str(q, "token")))
        return api_refuse(r, 403, "This set-up link is not valid, or was used already.");
    if (!bad)
        bad = password_weak(password, name);
    if (bad)
        return api_refuse(r, 400, bad);
    int err = password_hash(password, hash);
    if (err)
        return err;
    struct stored_admin a = {.name = name,
                             .display = str_trim(api_str(q, "displayName")),
                             .role = STR("global_administrator"),
                             .language = signed_language(language) ? language : STR("en"),
                             .password = str_of(hash),
                             .created = q->now};
    err = make_first(q, &a, str_trim(api_str(q, "organisation")), &number, &late);
    if (err)
        return err;
    if (late)
        return api_refuse(r, 409, "There is an administrator already.");
    if (q->hub)
        q->hub->changed(q->hub->owner, HUB_SET_UP);
    q->caller->name = name;
    err = api_audit(q, "set up", name, STR_NONE, signed_summary(q, &a));
    return err ? err : signed_begin(q, r, number);
}

static const struct api_route routes[] = {
    {.method = API_POST,
     .pattern = "api/vigie/v1/setup",
     .right = RIGHT_NONE,
     .handler = set_up,
     .about = "Makes the first Global administrator, with the token of the one-time link.",
     .lane = API_PASSWORD},
    {.pattern = NULL},
};

const struct api_routes api_setup = {routes};
