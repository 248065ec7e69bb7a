/* api/oidc.h - how single sign-on (OpenID Connect) is set up: which service, what of its tokens counts, who gets which role.
 *
 * Lies in the settings table as the JSON of docs/sign-on.md, without the client secret, which is a secret (store/secret.h)
 * and goes to the service that it was given for alone. */
#ifndef VIGIE_API_OIDC_H
#define VIGIE_API_OIDC_H

#include "api/api.h"

#define OIDC_SECRET "oidc.client_secret"
#define OIDC_SIGN_OUT "oidc.sign_out" /* setting: the address of the service, where one signs out of it */
/* Where the service sends the browser back to, behind scheme and host; and where a sign-in begins. */
#define OIDC_RETURN "api/vigie/v1/session/oidc"

enum { OIDC_ROLES = 50, OIDC_URL = 2000 };

struct oidc_role {
    struct str value; /* of the claim */
    struct str role;  /* model/role.h */
};

struct oidc_settings {
    bool enabled;
    bool create;       /* unknown people get an account */
    struct str label;  /* on the button */
    struct str issuer, client, ca, scope;
    struct str name_claim; /* names the account */
    struct str role_claim; /* groups or roles of a person; absent: none */
    struct oidc_role roles[OIDC_ROLES]; /* the first that fits counts */
    size_t nroles;
};

/* As stored; defaults where nothing is. Texts live in the arena. */
int oidc_read(struct api_request *q, struct oidc_settings *out);
int oidc_store(struct api_request *q, const struct oidc_settings *s);
/* As a request describes it, upon what is stored; *secret absent: the stored one stays. NULL, or what is wrong. */
const char *oidc_wanted(struct api_request *q, const struct oidc_settings *was, struct oidc_settings *s, struct str *secret);
/* Members of an open object. */
void oidc_write(struct jout *j, const struct oidc_settings *s);
/* The name for the button; absent: single sign-on is off. */
int oidc_label(struct api_request *q, struct str *label);
/* https, or http to this machine where `plain`; a host, and no credentials. */
bool oidc_address(struct str url, bool plain);

#endif
