/* decode/win_group.c - groups created, changed and deleted, and members added and removed.
 *
 * Security and distribution groups of the three scopes, and basic application groups: Windows security
 * auditing events 4727 to 4764 and 4783 to 4792. The group is object GROUP, the account MEMBER. */
#include "base/dn.h"
#include "decode/winevent.h"
#include "decode/wintext.h"

static void begin(struct decode *d, struct winevent *e, enum kind kind)
{
    static const enum winfield group[3] = {WF_TargetSid, WF_TargetUserName, WF_TargetDomainName};
    winevent_begin(d, e, kind);
    winevent_subject(d, e);
    winevent_administers(d, STR_NONE);
    winevent_object(d, e, OBJECT_GROUP, ROLE_GROUP, group);
    decode_str(d, FACT_PRIVILEGES, wintext_words(d->arena, win_str(e, WF_PrivilegeList)));
}

/* The member is named by SID and by distinguished name; the latter's first value is a common name,
 * which need not be the account's name and stands for it only when there is no SID. */
static int member(struct decode *d, struct winevent *e, enum kind kind)
{
    static const enum winfield fields[3] = {WF_MemberSid, WF_NONE, WF_NONE};
    begin(d, e, kind);
    struct str dn = str_trim(win_str(e, WF_MemberName));
    struct object *o = winevent_object(d, e, OBJECT_ACCOUNT, ROLE_MEMBER, fields);
    if (!o && dn.n) {
        struct str cn = dn_value(dn, 0);
        decode_object(d, OBJECT_ACCOUNT, ROLE_MEMBER, str_set(cn) ? cn : dn);
    }
    decode_str(d, FACT_DN, dn.n ? dn : STR_NONE);
    return decode_emit(d);
}

static int added(struct decode *d, struct winevent *e)
{
    return member(d, e, KIND_GROUP_MEMBER_ADDED);
}

static int removed(struct decode *d, struct winevent *e)
{
    return member(d, e, KIND_GROUP_MEMBER_REMOVED);
}

static int created(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_GROUP_CREATED);
    winevent_text(d, e, FACT_NEW_NAME, WF_SamAccountName);
    decode_str(d, FACT_SID_HISTORY, wintext_words(d->arena, win_str(e, WF_SidHistory)));
    return decode_emit(d);
}

static int changed(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_GROUP_CHANGED);
    winevent_text(d, e, FACT_NEW_NAME, WF_SamAccountName);
    decode_str(d, FACT_SID_HISTORY, wintext_words(d->arena, win_str(e, WF_SidHistory)));
    return decode_emit(d);
}

static int deleted(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_GROUP_DELETED);
    return decode_emit(d);
}

static const struct winrow rows[] = {
    /* security: global, local, universal */
    {4727, NULL, created}, {4728, NULL, added}, {4729, NULL, removed}, {4730, NULL, deleted}, {4737, NULL, changed},
    {4731, NULL, created}, {4732, NULL, added}, {4733, NULL, removed}, {4734, NULL, deleted}, {4735, NULL, changed},
    {4754, NULL, created}, {4756, NULL, added}, {4757, NULL, removed}, {4758, NULL, deleted}, {4755, NULL, changed},
    /* distribution: local, global, universal */
    {4744, NULL, created}, {4746, NULL, added}, {4747, NULL, removed}, {4748, NULL, deleted}, {4745, NULL, changed},
    {4749, NULL, created}, {4751, NULL, added}, {4752, NULL, removed}, {4753, NULL, deleted}, {4750, NULL, changed},
    {4759, NULL, created}, {4761, NULL, added}, {4762, NULL, removed}, {4763, NULL, deleted}, {4760, NULL, changed},
    {4764, NULL, changed}, /* type or scope */
    /* basic application and LDAP query groups; 4787 and 4788 are lists of those who are kept out */
    {4783, NULL, created}, {4785, NULL, added}, {4786, NULL, removed}, {4789, NULL, deleted}, {4784, NULL, changed},
    {4790, NULL, created}, {4791, NULL, changed}, {4792, NULL, deleted}, {4787, NULL, changed}, {4788, NULL, changed},
    {0, NULL, NULL}};

const struct winmap win_group = {rows};
