/* decode/o365_sign_in.c - logons at Entra ID as the unified audit log tells them (UserLoggedIn, UserLoginFailed). */
#include "decode/entra.h"
#include "decode/o365.h"

static void device(const struct o365 *r)
{
    struct activity *a = &r->d->act;
    struct str os = o365_named(r, O365_DEVICE_PROPERTIES, STR("OS")), browser = o365_named(r, O365_DEVICE_PROPERTIES, STR("BrowserType"));
    a->device = o365_named(r, O365_DEVICE_PROPERTIES, STR("DisplayName"));
    if (!str_set(a->agent.os))
        a->agent.os = os;
    if (!str_set(a->agent.browser) && !str_eqi(browser, STR("Other")))
        a->agent.browser = browser;
}

/* Actor: entries {"ID", "Type"}; type 0 is the object id, type 5 the user principal name. */
static void actor(const struct o365 *r)
{
    struct account *a = &r->d->act.actor;
    const struct jnode *list = r->at[O365_ACTOR], *doc = r->in[O365_ACTOR];
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c)) {
        struct str id = decode_some(jin_str(doc, c, "ID"));
        if (!str_set(a->cloud) && jsonlog_guid(id))
            a->cloud = id;
        if (!account_set(a) || (!str_set(a->upn) && str_eq(jin_str(doc, c, "Type"), STR("5"))))
            decode_account(a, id);
    }
}

enum kind o365_sign_in(const struct o365 *r)
{
    struct activity *a = &r->d->act;
    struct str request = o365_named(r, O365_EXTENDED_PROPERTIES, STR("RequestType"));
    uint64_t code = 0;
    actor(r);
    device(r);
    decode_str(r->d, FACT_LOGON_PROCESS, request);
    a->has_code = str_u64(o365_text(r, O365_ERROR_NUMBER), &code);
    a->code = code;
    decode_str(r->d, FACT_ERROR_NAME, o365_text(r, O365_LOGON_ERROR));
    struct str resource = o365_text(r, O365_OBJECT_ID);
    struct object *o = str_set(resource) ? decode_object(r->d, OBJECT_APP, ROLE_RESOURCE, STR_NONE) : NULL;
    if (o)
        o->ref.cloud = resource;
    if (str_startsi(request, STR("Saml2:")))
        a->protocol = PROTO_SAML;
    if (str_eqi(r->operation, STR("UserLoginFailed")))
        return entra_sign_in_failed(r->d, code);
    if (str_eqi(r->operation, STR("UserLoggedIn")) || str_eqi(r->operation, STR("UserLoginSucceeded")))
        return KIND_SIGN_IN;
    return str_hasi(r->operation, STR("logout")) || str_hasi(r->operation, STR("signout")) ? KIND_SIGN_OUT : KIND_UNKNOWN;
}
