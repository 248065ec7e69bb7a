/* detect/det_2013.c - Suspected Golden Ticket usage (forged authorization data), MS14-068 and MS11-013.
 *
 * KDC_ERR_SUMTYPE_NOSUPP: RFC 4120 7.5.9. PAC checksums: MS-PAC 2.8. */
#include "detect/common.h"

#include "base/hash.h"

enum { KDC_ERR_SUMTYPE_NOSUPP = 15, NAMES = 65536 };

/* a name and a SID that were seen together */
struct pair {
    uint64_t other; /* key of the partner */
    uint32_t seen;
};

struct state {
    struct table by_name; /* domain + name -> SID */
    struct table by_sid;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->by_name, sizeof(struct pair), NAMES);
    table_init(&s->by_sid, sizeof(struct pair), NAMES);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->by_name);
    table_free(&s->by_sid);
}

static uint64_t campaign(struct detection *d, const struct activity *a)
{
    struct common_place from = common_place(a);
    return hash_mix(common_actor_key(detection_dir(d), a), hash_mix(common_place_key(&from), 2013));
}

static void refused(struct detection *d, const struct activity *a)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    f.campaign = campaign(d, a);
    f.description = str_fmt(arena,
                            "%.*s on %.*s asked %.*s at %.*s for a ticket for %.*s with authorization data whose checksum is of a type that no "
                            "controller makes (Kerberos error 0xF); the controller refused. This is how a forged group membership (MS14-068, "
                            "MS11-013) looks.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_source_text(arena, a)), STR_ARG(watch_destination_text(arena, a)),
                            STR_ARG(watch_time(arena, a->time)),
                            STR_ARG(str_set(act_str(a, FACT_SPN)) ? act_str(a, FACT_SPN) : STR("a service")));
    detection_raise(d, a, &f);
}

static void disagree(struct detection *d, const struct activity *a, struct str owner)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    f.campaign = campaign(d, a);
    draft_user(&f, dir_sid(detection_dir(d), a->actor.sid), STR_NONE);
    f.description = str_fmt(arena,
                            "%.*s logged on to %.*s from %.*s at %.*s with the SID %.*s, which belongs to %.*s: the ticket's authorization data does "
                            "not fit its name.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_destination_text(arena, a)), STR_ARG(watch_source_text(arena, a)),
                            STR_ARG(watch_time(arena, a->time)), STR_ARG(a->actor.sid), STR_ARG(owner));
    detection_raise(d, a, &f);
}

/* The imported directory says who has the SID and who has the name; they are different accounts. */
static bool directory_disagrees(const struct dir *dir, const struct activity *a, struct str *owner)
{
    const struct entity *e = dir_entity(dir, dir_sid(dir, a->actor.sid));
    if (!e || !(e->flags & ENTITY_IN_DIRECTORY) || !str_set(e->sam) || str_eqi(e->sam, a->actor.name))
        return false;
    struct account by_name = {.name = a->actor.name, .domain = a->actor.domain};
    const struct entity *n = dir_entity(dir, dir_account(dir, &by_name));
    *owner = e->sam;
    return n && n->number != e->number && n->flags & ENTITY_IN_DIRECTORY && str_eqi(n->sam, a->actor.name);
}

/* Without a directory: the name was seen with another SID, and the SID with another name. A rename or a
 * new account of an old name gives only one of the two. */
static bool history_disagrees(struct state *s, const struct activity *a)
{
    uint64_t name = hash_stri(a->actor.name, hash_stri(a->actor.domain, 1)), sid = hash_str(a->actor.sid, 2);
    bool new_name, new_sid;
    struct pair *n = table_put(&s->by_name, name, &new_name), *i = table_put(&s->by_sid, sid, &new_sid);
    if (!n || !i)
        return false;
    if (!new_name && !new_sid && n->other != sid && i->other != name)
        return n->seen > 1 && i->seen > 1;
    *n = (struct pair){sid, new_name || n->other != sid ? 1 : n->seen + 1};
    *i = (struct pair){name, new_sid || i->other != name ? 1 : i->seen + 1};
    return false;
}

static void logon(struct detection *d, const struct activity *a)
{
    struct str owner = STR("another account");
    if (a->outcome == OUTCOME_FAILURE || !str_starts(a->actor.sid, STR("S-1-5-21-")) || !str_set(a->actor.name))
        return;
    bool history = history_disagrees(detection_state(d), a);
    if (directory_disagrees(detection_dir(d), a, &owner) || history)
        disagree(d, a, owner);
}

static void see(struct detection *d, const struct activity *a)
{
    if (a->kind != KIND_RESOURCE_ACCESS)
        logon(d, a);
    else if (a->outcome == OUTCOME_FAILURE && act_u64(a, FACT_ERROR_CODE, a->has_code ? a->code : 0) == KDC_ERR_SUMTYPE_NOSUPP)
        refused(d, a);
}

static const enum kind wants[] = {KIND_RESOURCE_ACCESS, KIND_NETWORK_LOGON, KIND_SPECIAL_PRIVILEGES, KIND_INTERACTIVE_LOGON, KIND_REMOTE_DESKTOP,
                                  KIND_COUNT};
static const enum kind needs[] = {KIND_RESOURCE_ACCESS, KIND_NETWORK_LOGON, KIND_INTERACTIVE_LOGON, KIND_REMOTE_DESKTOP, KIND_COUNT};

const struct detector det_2013 = {
    .external_id = 2013,
    .name = "Suspected Golden Ticket usage (forged authorization data)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1068", "T1558.001"},
    .about = "Unpatched controllers (MS14-068, MS11-013) accepted group memberships that a client wrote itself, with a checksum that needs no key. "
             "A patched controller refuses such a ticket with error 0xF (event 4769). Where it is accepted, the SID in the ticket may not be "
             "that of its name: events 4624 and 4672 then show a pair that the directory, or what both were seen with before, contradicts.",
    .blind = "no event 4769 (Audit Kerberos Service Ticket Operations), no events 4624 and 4672",
    .wants = wants,
    .needs = needs,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
