/* policy/gov_suspend.c - the account is disabled: it signs in nowhere in the domain, tickets that it has run out. */
#include "policy/govern.h"

#include "model/uac.h"

const struct governance_action gov_suspend = {
    .id = "suspend",
    .name = "Suspend",
    .about = "Disables the account in Active Directory: no new sign-in. Kerberos tickets that it holds work until they run out, ten hours at most by default.",
    .does = {.attribute = "userAccountControl", .set = UAC_DISABLED},
    .undoes = {.attribute = "userAccountControl", .clear = UAC_DISABLED},
};
