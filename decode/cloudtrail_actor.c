/* decode/cloudtrail_actor.c - who acted in AWS: the userIdentity element in all its types. */
#include "decode/cloudtrail.h"

static struct str member(const struct cloudtrail *t, struct str name)
{
    return decode_some(jin_text(jin_get(t->doc, t->at[TRAIL_USER_IDENTITY], name)));
}

static struct str below(const struct cloudtrail *t, const char *path)
{
    return decode_some(jin_str(t->doc, t->at[TRAIL_USER_IDENTITY], path));
}

static struct str after_last(struct str s, char c)
{
    ptrdiff_t at = str_rchr(s, c);
    return at >= 0 ? str_from(s, (size_t)at + 1) : STR_NONE;
}

static void call(struct account *a, struct str name)
{
    if (str_chr(name, '@') > 0)
        a->upn = name;
    else
        a->name = name;
}

/* A role is worn by many. A session named after a person (single sign-on does that) is the person; otherwise the role
 * is the actor and the session's name is kept beside it. */
static void assumed_role(const struct cloudtrail *t, struct account *a)
{
    struct str session = after_last(member(t, STR("arn")), '/'), role = below(t, "sessionContext.sessionIssuer.userName");
    if (!str_set(session))
        session = after_last(member(t, STR("principalId")), ':');
    if (str_chr(session, '@') > 0 || !str_set(role)) {
        call(a, session);
        a->cloud = member(t, STR("arn"));
        if (str_set(role))
            (void)decode_object(t->d, OBJECT_ROLE, ROLE_PARAMETER, role);
        return;
    }
    a->name = role;
    a->cloud = below(t, "sessionContext.sessionIssuer.arn");
    decode_str(t->d, FACT_SUBJECT_NAME, session);
}

static void federated(const struct cloudtrail *t, struct str provider)
{
    decode_u64(t->d, FACT_FEDERATED, 1);
    decode_str(t->d, FACT_TOKEN_ISSUER, provider);
}

static void by_type(const struct cloudtrail *t, struct str type, struct account *a)
{
    if (str_eq(type, STR("Root"))) {
        a->name = STR("root");
        a->cloud = member(t, STR("arn"));
    } else if (str_eq(type, STR("AssumedRole"))) {
        assumed_role(t, a);
    } else if (str_eq(type, STR("AWSService"))) {
        a->name = member(t, STR("invokedBy"));
    } else if (str_eq(type, STR("AWSAccount"))) {
        a->name = member(t, STR("accountId"));
        a->cloud = member(t, STR("principalId"));
    } else if (str_eq(type, STR("FederatedUser"))) {
        call(a, after_last(member(t, STR("arn")), '/'));
        a->cloud = member(t, STR("arn"));
    } else { /* IAMUser, SAMLUser, WebIdentityUser, IdentityCenterUser, Directory, Unknown */
        struct str name = member(t, STR("userName"));
        call(a, str_set(name) ? name : after_last(member(t, STR("arn")), '/'));
        a->cloud = member(t, STR("arn"));
        if (!str_set(a->cloud))
            a->cloud = below(t, "onBehalfOf.userId");
        if (!str_set(a->cloud))
            a->cloud = member(t, STR("principalId"));
    }
    if (str_eq(type, STR("SAMLUser")) || str_eq(type, STR("WebIdentityUser")))
        federated(t, member(t, STR("identityProvider")));
}

static void second_factor(const struct cloudtrail *t)
{
    struct str console = jin_str(t->doc, t->at[TRAIL_ADDITIONAL], "MFAUsed");
    struct str session = below(t, "sessionContext.attributes.mfaAuthenticated");
    if (str_set(console))
        decode_u64(t->d, FACT_MFA_USED, str_eqi(console, STR("Yes")));
    else if (str_set(session))
        decode_u64(t->d, FACT_MFA_USED, str_eqi(session, STR("true")));
}

void cloudtrail_actor(const struct cloudtrail *t)
{
    struct account *a = &t->d->act.actor;
    struct str type = member(t, STR("type")), key = member(t, STR("accessKeyId"));
    struct str web = below(t, "sessionContext.webIdFederationData.federatedProvider");
    by_type(t, type, a);
    if (!account_set(a))
        a->name = member(t, STR("invokedBy"));
    decode_str(t->d, FACT_USER_TYPE, type);
    decode_str(t->d, FACT_ACCESS_KEY, key);
    t->d->act.session = key;
    if (str_set(web))
        federated(t, web);
    second_factor(t);
}
