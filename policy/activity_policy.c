/* policy/activity_policy.c - checking an activity policy before it is kept. */
#include "policy/activity_policy.h"

#include "base/hash.h"

#include <sodium.h>

static int refuse(struct filter_error *error, struct str value, const char *why)
{
    *error = (struct filter_error){value, "CONSOLE_FORMS_NOT_VALID_VALUE", why};
    return ERR_MALFORMED;
}

static int parse(struct arena *arena, struct str filters, int64_t now, struct filter *out, struct filter_error *error)
{
    struct filter_parser p = {.arena = arena, .noun = FILTER_ACTIVITIES, .now = now};
    int err = filter_parse_text(&p, filters, out);
    *error = p.error;
    error->value = str_dup(arena, p.error.value);
    return err;
}

int activity_policy_check(struct arena *arena, const struct stored_policy *p, int64_t now, struct filter_error *error)
{
    struct filter f;
    struct str name = str_trim(p->name);
    if (name.n == 0 || name.n > POLICY_NAME_MAX)
        return refuse(error, p->name, "a name has 1 to 200 bytes");
    if (p->severity < SEVERITY_INFORMATIONAL || p->severity > SEVERITY_HIGH)
        return refuse(error, STR_NONE, "no severity");
    if (p->daily_limit > POLICY_DAILY_MAX)
        return refuse(error, STR_NONE, "at most 1,000 alerts a day");
    if (p->match == POLICY_REPEATED && (p->count < 2 || p->count > POLICY_COUNT_MAX))
        return refuse(error, STR_NONE, "repeated means 2 to 500 times");
    if (p->match == POLICY_REPEATED && (p->minutes < 1 || p->minutes > POLICY_MINUTES_MAX))
        return refuse(error, STR_NONE, "repeated within 1 minute to a day");
    if (p->unique.n && filter_field_of(FILTER_ACTIVITIES, p->unique) == FIELD_COUNT)
        return refuse(error, p->unique, "no such field");
    int err = parse(arena, p->filters, now, &f, error);
    if (!err && f.n == 0)
        return refuse(error, STR_NONE, "filters that let everything pass");
    return err;
}

void activity_policy_id(char out[25])
{
    uint8_t bytes[12];
    randombytes_buf(bytes, sizeof bytes);
    (void)hash_hex(out, bytes, sizeof bytes);
}
