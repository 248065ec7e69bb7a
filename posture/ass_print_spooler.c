/* posture/ass_print_spooler.c - the print spooler is available on a domain controller: the pipe or interface spoolss was let in there.
 * Refused attempts show no spooler. */
#include "posture/posture.h"

extern const struct assessment ass_print_spooler;

static bool names_spooler(const struct activity *a)
{
    return str_eqi(act_str(a, FACT_PIPE), STR("spoolss")) || str_eqi(act_str(a, FACT_RPC_INTERFACE), STR("spoolss"));
}

static void see(struct posture *p, const struct activity *a)
{
    if (a->kind != KIND_SHARE_FILE_ACCESS && a->protocol != PROTO_RPC)
        return;
    if (!dir_dc_destination(posture_dir(p), a))
        return;
    posture_judged(p, &ass_print_spooler);
    if (a->outcome == OUTCOME_FAILURE || !names_spooler(a))
        return;
    uint32_t dc = a->destination_entity ? a->destination_entity : dir_computer_at(posture_dir(p), &a->destination_ip);
    posture_note(p, &ass_print_spooler, dc, a,
                 POSTURE_SAY(p, "{} reached its print spooler (spoolss) from {}", "{} a atteint son spouleur d’impression (spoolss) depuis {}",
                             posture_who(&a->actor), posture_from(p, a)));
}

const struct assessment ass_print_spooler = {
    .id = "print_spooler",
    .name = "Print spooler available on domain controllers",
    .impact = IMPACT_HIGH,
    .about = "Any authenticated user can make a print spooler connect to a computer of choice with the credentials of its own computer. "
             "On a domain controller, together with unconstrained delegation or relaying, that leads to the whole domain.",
    .todo = {"Stop and disable the Print Spooler service on every domain controller.",
             "If pruning of published printers is needed, run it from another server.", NULL},
    .needs = "access to named pipes on domain controllers: event 5145 (Audit Detailed File Share) or network traffic",
    .french = {.name = "Spouleur d’impression disponible sur des contrôleurs de domaine",
               .about = "Tout utilisateur authentifié peut faire se connecter un spouleur d’impression à un ordinateur de son choix avec les "
                        "identifiants de l’ordinateur du spouleur. Sur un contrôleur de domaine, avec une délégation non contrainte ou un relais, "
                        "cela mène au domaine entier.",
               .todo = {"Arrêtez et désactivez le service Spouleur d’impression sur chaque contrôleur de domaine.",
                        "S’il faut nettoyer les imprimantes publiées, faites-le depuis un autre serveur.", NULL},
               .needs = "l’accès aux canaux nommés des contrôleurs de domaine : événement 5145 (Auditer le partage de fichiers détaillé) ou trafic "
                        "réseau"},
    .see = see,
};
