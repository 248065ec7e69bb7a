/* api/oidc_person.h - from what the sign-in service says of a person to an account here.
 *
 * The service's own number for a person (iss and sub) is what an account is tied to; the name counts only until then. An account that has
 * a password is never tied: who may choose a name at the service could else take it over. */
#ifndef VIGIE_API_OIDC_PERSON_H
#define VIGIE_API_OIDC_PERSON_H

#include "api/oidc.h"

struct oidc_person {
    struct str subject, name;
    struct str display;       /* absent: not said */
    const struct role *role;  /* that their groups or roles give; NULL: none */
};

/* NULL, or why nobody can be made of these claims. */
const char *oidc_person_read(struct api_request *q, const struct oidc_settings *s, const struct jnode *claims, struct oidc_person *out);
/* The account, made, tied or given another role where that is set up; *why: why there is none. */
int oidc_person_account(struct api_request *q, const struct oidc_settings *s, const struct oidc_person *p, int64_t *account, struct str *why);

#endif
