/* posture/ass_unsecure_delegation.c - unsecure Kerberos delegation: unconstrained, to sensitive services, resource-based. */
#include "posture/posture.h"

#include "model/uac.h"

extern const struct assessment ass_unsecure_delegation;

enum { WEIGHT_RESOURCE = 1, WEIGHT_TRANSITION = 2, WEIGHT_UNCONSTRAINED = 3 };

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

/* A service ticket for krbtgt is a ticket-granting ticket. */
static bool sensitive_service(const struct dir *dir, struct str spn)
{
    uint32_t target = dir_computer(dir, host_of(spn));
    return dir_is(dir, target, ENTITY_DC) || dir_is(dir, target, ENTITY_SENSITIVE) || str_startsi(spn, STR("krbtgt/"));
}

static struct posture_text number(struct posture *p, unsigned n)
{
    return posture_same(str_fmt(posture_arena(p), "%u", n));
}

static void constrained(struct posture *p, const struct entity *e)
{
    struct str first = STR_NONE;
    unsigned n = 0;
    for (uint32_t i = 0; i < e->ndelegate_to; i++)
        if (sensitive_service(posture_dir(p), e->delegate_to[i]) && n++ == 0)
            first = e->delegate_to[i];
    if (!n)
        return;
    struct posture_text more = n == 1   ? POSTURE_TEXT("", "")
                               : n == 2 ? POSTURE_TEXT(" and 1 more sensitive service", " et 1 autre service sensible")
                                        : POSTURE_SAY(p, " and {} more sensitive services", " et {} autres services sensibles", number(p, n - 1));
    posture_fact(p, &ass_unsecure_delegation, e, WEIGHT_TRANSITION,
                 POSTURE_SAY(p, "may act as any user, without that user's sign-in, towards {}{}",
                             "peut agir comme tout utilisateur, sans que celui-ci se connecte, envers {}{}", posture_same(first), more));
}

/* Whoever is on that list may act as anybody on this computer. That controllers may is nothing new. */
static void resource_based(struct posture *p, const struct entity *e)
{
    const struct dir *dir = posture_dir(p);
    struct str first = STR_NONE;
    unsigned n = 0;
    for (uint32_t i = 0; i < e->ndelegates; i++) {
        const struct entity *who = dir_entity(dir, dir_sid(dir, e->delegates[i]));
        if (who && who->flags & ENTITY_DC)
            continue;
        if (n++ == 0)
            first = who ? who->name : e->delegates[i];
    }
    if (!n)
        return;
    struct posture_text more = n == 1   ? POSTURE_TEXT("", "")
                               : n == 2 ? POSTURE_TEXT(" and 1 other", " et 1 autre")
                                        : POSTURE_SAY(p, " and {} others", " et {} autres", number(p, n - 1));
    struct posture_text may = n == 1 ? POSTURE_TEXT("may", "peut") : POSTURE_TEXT("may", "peuvent");
    posture_fact(p, &ass_unsecure_delegation, e, e->flags & (ENTITY_DC | ENTITY_SENSITIVE) ? WEIGHT_UNCONSTRAINED : WEIGHT_RESOURCE,
                 POSTURE_SAY(p, "{}{} {} act as any user towards it (resource-based delegation)",
                             "{}{} {} agir envers lui comme tout utilisateur (délégation basée sur les ressources)", posture_same(first), more, may));
}

static void check(struct posture *p, const struct entity *e, int64_t now)
{
    (void)now;
    if (!(e->flags & ENTITY_IN_DIRECTORY) || !e->uac)
        return;
    posture_judged(p, &ass_unsecure_delegation);
    if (e->uac & UAC_DISABLED || e->flags & ENTITY_TERMINATED)
        return;
    if (e->uac & UAC_TRUSTED_FOR_DELEGATION && !(e->flags & (ENTITY_DC | ENTITY_RODC)) && !(e->uac & UAC_SERVER_TRUST))
        posture_fact(p, &ass_unsecure_delegation, e, WEIGHT_UNCONSTRAINED, POSTURE_TEXT("trusted for delegation to any service (unconstrained)", "approuvé pour la délégation à tout service (non contrainte)"));
    else if (e->uac & UAC_TRUSTED_TO_AUTH_FOR_DELEGATION && e->ndelegate_to)
        constrained(p, e);
    resource_based(p, e);
}

const struct assessment ass_unsecure_delegation = {
    .id = "unsecure_delegation",
    .name = "Unsecure Kerberos delegation",
    .impact = IMPACT_HIGH,
    .about = "An account that is trusted for unconstrained delegation receives the ticket-granting tickets of everybody who signs in "
             "to it. Whoever controls it can act as any of them anywhere in the domain, domain administrators included.",
    .todo = {"Replace unconstrained by constrained delegation to the services that are really needed.",
             "Mark sensitive accounts as 'Account is sensitive and cannot be delegated', or put them into Protected Users.",
             "Remove delegation with protocol transition towards domain controllers and sensitive servers.",
             "Empty msDS-AllowedToActOnBehalfOfOtherIdentity where nobody can say what it is for.", NULL},
    .needs = "the directory: LDAP sync or an import with userAccountControl and msDS-AllowedToDelegateTo and msDS-AllowedToActOnBehalfOfOtherIdentity",
    .french = {.name = "Délégation Kerberos non sécurisée",
               .about = "Un compte approuvé pour la délégation non contrainte reçoit les TGT de tous ceux qui se connectent à lui. Qui le contrôle "
                        "peut agir comme n’importe lequel d’entre eux n’importe où dans le domaine, administrateurs du domaine compris.",
               .todo = {"Remplacez la délégation non contrainte par une délégation contrainte aux services vraiment nécessaires.",
                        "Cochez « Le compte est sensible et ne peut pas être délégué » sur les comptes sensibles, ou placez-les dans Protected "
                        "Users.",
                        "Retirez la délégation avec transition de protocole vers les contrôleurs de domaine et les serveurs sensibles.",
                        "Videz msDS-AllowedToActOnBehalfOfOtherIdentity là où personne ne sait dire à quoi il sert.", NULL},
               .needs = "l’annuaire : synchronisation LDAP ou import avec userAccountControl, msDS-AllowedToDelegateTo et "
                        "msDS-AllowedToActOnBehalfOfOtherIdentity"},
    .check = check,
};
