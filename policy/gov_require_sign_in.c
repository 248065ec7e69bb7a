/* policy/gov_require_sign_in.c - the password must be changed at the next sign-in (pwdLastSet, MS-ADTS 3.1.1.4.4; MS-SAMR 3.1.5.14.4: not of
 * accounts whose password never expires, or that sign in with a smart card). */
#include "policy/govern.h"

#include "model/uac.h"

const struct governance_action gov_require_sign_in = {
    .id = "require_sign_in",
    .name = "Require sign in again",
    .about = "The password must be changed at the next sign-in: who holds the old one gets no further without setting a new one.",
    .does = {.attribute = "pwdLastSet", .value = "0"},
    .undoes = {.attribute = "pwdLastSet", .value = "-1"},
    .useless = UAC_PASSWORD_NEVER_EXPIRES | UAC_SMARTCARD_REQUIRED,
    .useless_why = "its password never expires, or it signs in with a smart card: the domain would not ask for a new password; suspend it instead",
};
