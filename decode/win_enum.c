/* decode/win_enum.c - memberships asked for: 4798 (of a user), 4799 (of a local group).
 *
 * Fields: Windows security auditing events 4798, 4799. */
#include "decode/winevent.h"

static const enum winfield target[3] = {WF_TargetSid, WF_TargetUserName, WF_TargetDomainName};

static int asked(struct decode *d, struct winevent *e, enum object_type type)
{
    struct activity *a = winevent_begin(d, e, KIND_SAMR_QUERY);
    a->protocol = PROTO_SAMR;
    winevent_subject(d, e);
    winevent_object(d, e, type, ROLE_TARGET, target);
    winevent_text(d, e, FACT_PROCESS_NAME, WF_CallerProcessName);
    /* a local caller has a process on this computer; a remote one comes through process 0 or lsass */
    return decode_emit(d);
}

static int groups_of_user(struct decode *d, struct winevent *e)
{
    return asked(d, e, OBJECT_ACCOUNT);
}

static int members_of_group(struct decode *d, struct winevent *e)
{
    return asked(d, e, OBJECT_GROUP);
}

static const struct winrow rows[] = {{4798, NULL, groups_of_user}, {4799, NULL, members_of_group}, {0, NULL, NULL}};

const struct winmap win_enum = {rows};
