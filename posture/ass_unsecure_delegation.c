/* posture/ass_unsecure_delegation.c - unsecure Kerberos delegation: unconstrained, to sensitive services, resource-based. */
#include "posture/posture.h"

#include "model/uac.h"

extern const struct assessment ass_unsecure_delegation;

/* The host of a service principal name: class/host[:port][/name]. */
static struct str host_of(struct str spn)
{
    ptrdiff_t slash = str_chr(spn, '/');
    struct str host = str_from(spn, slash < 0 ? 0 : (size_t)slash + 1);
    for (size_t i = 0; i < host.n; i++)
        if (host.p[i] == '/' || host.p[i] == ':')
            return str_sub(host, 0, i);
    return host;
}

static void constrained(struct posture *p, const struct entity *e)
{
    for (uint32_t i = 0; i < e->ndelegate_to; i++) {
        uint32_t target = dir_computer(posture_dir(p), host_of(e->delegate_to[i]));
        if (!dir_is(posture_dir(p), target, ENTITY_DC) && !dir_is(posture_dir(p), target, ENTITY_SENSITIVE))
            continue;
        posture_fact(p, &ass_unsecure_delegation, e,
                     str_fmt(posture_arena(p), "may act as any user, with any sign-in, towards %.*s", STR_ARG(e->delegate_to[i])));
        return;
    }
}

static void check(struct posture *p, const struct entity *e, int64_t now)
{
    (void)now;
    if (!(e->flags & ENTITY_IN_DIRECTORY) || !e->uac)
        return;
    posture_judged(p, &ass_unsecure_delegation);
    if (e->uac & UAC_DISABLED)
        return;
    if (e->uac & UAC_TRUSTED_FOR_DELEGATION && !(e->flags & (ENTITY_DC | ENTITY_RODC)) && !(e->uac & UAC_SERVER_TRUST))
        posture_fact(p, &ass_unsecure_delegation, e, STR("trusted for delegation to any service (unconstrained)"));
    else if (e->uac & UAC_TRUSTED_TO_AUTH_FOR_DELEGATION && e->ndelegate_to)
        constrained(p, e);
    if (e->ndelegates && e->flags & (ENTITY_DC | ENTITY_SENSITIVE))
        posture_fact(p, &ass_unsecure_delegation, e,
                     str_fmt(posture_arena(p), "%u accounts may act as any user towards it (resource-based delegation)", (unsigned)e->ndelegates));
}

const struct assessment ass_unsecure_delegation = {
    .id = "unsecure_delegation",
    .name = "Unsecure Kerberos delegation",
    .impact = IMPACT_HIGH,
    .about = "An account that is trusted for unconstrained delegation receives the ticket-granting tickets of everybody who signs in "
             "to it. Whoever controls it can act as any of them anywhere in the domain, domain administrators included.",
    .todo = {"Replace unconstrained by constrained delegation to the services that are really needed.",
             "Mark sensitive accounts as 'Account is sensitive and cannot be delegated', or put them into Protected Users.",
             "Remove delegation with protocol transition and resource-based delegation towards domain controllers.", NULL},
    .needs = "the directory: LDAP sync or an import with userAccountControl and msDS-AllowedToDelegateTo",
    .check = check,
};
