/* decode/win_adfs.c - AD FS: tokens issued and refused, fresh credentials, configuration changes.
 *
 * A SAML token that a cloud app accepted and that no 1200 (or 299) stands behind was forged elsewhere.
 * Provider "AD FS Auditing" in the Security log. 1200 to 1207 carry an XML document (AuditBase) as a
 * parameter; 299, 412, 500, 501 have unnamed parameters: instance id first, then, for the two identities,
 * claim types and values in turn. Sources: the events' message texts and the AuditBase documents. */
#include "decode/winevent.h"

/* The text of <name>...</name> in an XML document without attributes on that element; absent for N/A. */
static struct str element(struct decode *d, struct str xml, const char *name)
{
    struct str open = str_fmt(d->arena, "<%s>", name), close = str_fmt(d->arena, "</%s>", name);
    ptrdiff_t from = str_find(xml, open);
    if (from < 0)
        return STR_NONE;
    struct str rest = str_from(xml, (size_t)from + open.n);
    ptrdiff_t to = str_find(rest, close);
    return to < 0 ? STR_NONE : decode_some(str_trim(str_sub(rest, 0, (size_t)to)));
}

static struct str document(struct winevent *e)
{
    for (enum winfield f = WF_Param1; f <= WF_Param3; f++)
        if (str_has(win_str(e, f), STR("<AuditBase")))
            return win_str(e, f);
    return STR_NONE;
}

static struct activity *begin(struct decode *d, struct winevent *e, enum kind kind)
{
    struct activity *a = winevent_begin(d, e, kind);
    a->app = str_of(APP_ADFS);
    decode_str(d, FACT_PROVIDER, e->provider);
    return a;
}

static int audited(struct decode *d, struct winevent *e, enum kind kind, enum outcome outcome)
{
    struct str xml = document(e);
    if (!str_set(xml))
        return decode_fault(d, "the AD FS audit event lacks its XML document", 0);
    struct activity *a = begin(d, e, kind);
    a->outcome = outcome;
    a->protocol = PROTO_SAML;
    decode_account(&a->actor, element(d, xml, "UserId"));
    struct str from = element(d, xml, "ForwardedIpAddress"), comma;
    if (!str_set(from))
        from = element(d, xml, "IpAddress");
    if (str_cut(&from, ',', &comma)) /* "client,proxy": the first is the client */
        decode_ip(d, str_trim(comma));
    decode_agent(d, element(d, xml, "UserAgentString"));
    struct str party = element(d, xml, "RelyingParty");
    if (str_set(party)) {
        decode_object(d, OBJECT_APP, ROLE_RESOURCE, party);
        decode_str(d, FACT_TARGET_APP, party);
    }
    decode_str(d, FACT_TOKEN_ISSUER, element(d, xml, "ClaimsProvider"));
    decode_str(d, FACT_AUTH_PACKAGE, element(d, xml, "PrimaryAuth"));
    decode_str(d, FACT_OPERATION, element(d, xml, "AuditType"));
    decode_str(d, FACT_ERROR_NAME, element(d, xml, "ErrorCode"));
    return decode_emit(d);
}

static int token(struct decode *d, struct winevent *e)
{
    return audited(d, e, KIND_TOKEN_ISSUED, OUTCOME_SUCCESS);
}

static int token_refused(struct decode *d, struct winevent *e)
{
    return audited(d, e, KIND_TOKEN_ISSUED, OUTCOME_FAILURE);
}

static int credential(struct decode *d, struct winevent *e)
{
    return audited(d, e, KIND_SIGN_IN, OUTCOME_SUCCESS);
}

static int credential_refused(struct decode *d, struct winevent *e)
{
    return audited(d, e, KIND_FAILED_SIGN_IN, OUTCOME_FAILURE);
}

static int password_changed(struct decode *d, struct winevent *e)
{
    return audited(d, e, KIND_CLOUD_PASSWORD_CHANGE, e->id == 1204 ? OUTCOME_SUCCESS : OUTCOME_FAILURE);
}

static int signed_out(struct decode *d, struct winevent *e)
{
    return audited(d, e, KIND_SIGN_OUT, e->id == 1206 ? OUTCOME_SUCCESS : OUTCOME_FAILURE);
}

/* The instance id joins 299 and 412 with their 500 and 501. */
static void instance(struct decode *d, struct winevent *e)
{
    d->act.session = winevent_guid(d, e, WF_Param1);
}

static int token_for_party(struct decode *d, struct winevent *e)
{
    struct activity *a = begin(d, e, e->id == 299 ? KIND_TOKEN_ISSUED : KIND_CLOUD_OTHER);
    a->outcome = OUTCOME_SUCCESS;
    a->protocol = PROTO_SAML;
    instance(d, e);
    decode_str(d, FACT_OPERATION, e->id == 299 ? STR("token issued") : STR("token authenticated"));
    struct str party = decode_some(str_trim(win_str(e, e->id == 299 ? WF_Param3 : WF_Param4)));
    if (str_set(party)) {
        decode_object(d, OBJECT_APP, ROLE_RESOURCE, party);
        decode_str(d, FACT_TARGET_APP, party);
    }
    if (e->id == 412)
        winevent_text(d, e, FACT_OBJECT_TYPE, WF_Param3);
    return decode_emit(d);
}

static int identity(struct decode *d, struct winevent *e)
{
    struct activity *a = begin(d, e, KIND_CLOUD_OTHER);
    a->protocol = PROTO_SAML;
    instance(d, e);
    decode_str(d, FACT_OPERATION, e->id == 500 ? STR("issued identity") : STR("caller identity"));
    for (enum winfield f = WF_Param2; f < WF_Param18; f++) {
        struct str type = win_str(e, f), value = str_trim(win_str(e, (enum winfield)(f + 1)));
        if (!value.n)
            continue;
        if (str_endsi(type, STR("/claims/name")))
            decode_account(&a->actor, value);
        else if (str_endsi(type, STR("/claims/primarysid")))
            a->actor.sid = value;
        else if (str_endsi(type, STR("/claims/upn")))
            a->actor.upn = value;
        else if (str_endsi(type, STR("/x-ms-forwarded-client-ip")))
            decode_ip(d, value);
    }
    return decode_emit(d);
}

static int configuration(struct decode *d, struct winevent *e)
{
    struct activity *a = begin(d, e, KIND_FEDERATION_CHANGED);
    a->outcome = OUTCOME_SUCCESS;
    a->admin = true;
    instance(d, e);
    decode_account(&a->actor, e->user_sid);
    winevent_text(d, e, FACT_CHANGE, WF_Param2);
    return decode_emit(d);
}

#define ADFS "AD FS Auditing"

static const struct winrow rows[] = {{1200, ADFS, token},
                                     {1201, ADFS, token_refused},
                                     {1202, ADFS, credential},
                                     {1203, ADFS, credential_refused},
                                     {1204, ADFS, password_changed},
                                     {1205, ADFS, password_changed},
                                     {1206, ADFS, signed_out},
                                     {1207, ADFS, signed_out},
                                     {299, ADFS, token_for_party},
                                     {412, ADFS, token_for_party},
                                     {500, ADFS, identity},
                                     {501, ADFS, identity},
                                     {307, ADFS, configuration},
                                     {0, NULL, NULL}};

const struct winmap win_adfs = {rows};
