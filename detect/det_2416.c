/* detect/det_2416.c - Suspicious network connection over the Encrypting File System remote protocol: a controller is told to log on elsewhere.
 *
 * Operations: MS-EFSR 3.1.4.2. */
#include "detect/common.h"

/* \\10.0.0.66\share\x, \\PC7@80\x, \\?\UNC\...: a path on another computer. */
static bool elsewhere(struct str path)
{
    return str_starts(path, STR("\\\\")) && !str_startsi(path, STR("\\\\.\\")) && !str_startsi(path, STR("\\\\localhost\\")) &&
           !str_startsi(path, STR("\\\\127."));
}

static void see(struct detection *d, const struct activity *a)
{
    struct arena *arena = detection_arena(d);
    const struct dir *dir = detection_dir(d);
    struct str path = act_str(a, FACT_REMOTE_PATH);
    if (!str_eq(act_str(a, FACT_RPC_INTERFACE), STR("EFSR")) || !elsewhere(path) || !dir_dc_destination(dir, a) || dir_dc_source(dir, a))
        return;
    struct common_place from = common_place(a);
    struct draft f = draft_of(a);
    common_place_draft(&f, &from);
    f.campaign = common_campaign(dir, a, &from, 2416);
    f.description = str_fmt(arena,
                            "%.*s from %.*s told %.*s to open %.*s (%.*s) at %.*s: the controller logs on there, and whoever waits there can pass "
                            "that logon on.",
                            STR_ARG(common_who(a)), STR_ARG(common_place_text(arena, &from)), STR_ARG(common_destination(d, a)), STR_ARG(path),
                            STR_ARG(act_str(a, FACT_RPC_OPERATION)), STR_ARG(watch_time(arena, a->time)));
    detection_raise(d, a, &f);
}

static const enum kind wants[] = {KIND_RPC_CALL, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} from {} told {} to open {} ({}) at {}: the controller logs on there, and whoever waits there can pass that logon on.",
     "{}, depuis {}, a fait ouvrir à {} {} ({}) le {} : le contrôleur y ouvre une session, et qui y attend peut la transmettre."},
    {0}};

const struct detector det_2416 = {
    .external_id = 2416,
    .name = "Suspicious network connection over Encrypting File System Remote Protocol",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_LATERAL_MOVEMENT,
    .attack = {"T1187", "T1557.001"},
    .preview = true,
    .about =
        "Nobody encrypts files on a domain controller from elsewhere. Calls of the encrypting file system's remote protocol that name a path on a "
        "third "
        "computer make the controller log on there, and that logon is relayed to certificate services or other controllers. The alert is raised for "
        "each such call from a computer that is no controller, refused or not.",
    .blind = "no EFSR traffic to a domain controller, or only encrypted traffic",
    .french = {.name = "Connexion réseau suspecte par le protocole distant du système de fichiers EFS",
               .about = "Personne ne chiffre d’ailleurs des fichiers sur un contrôleur de domaine. Les appels du protocole distant du système de "
                        "fichiers chiffrés qui nomment un chemin sur un troisième ordinateur y font ouvrir une session au contrôleur, et cette "
                        "ouverture de session est relayée vers des services de certificats ou d’autres contrôleurs. L’alerte est levée pour chaque "
                        "appel de ce genre depuis un ordinateur qui n’est pas contrôleur, refusé ou non.",
               .blind = "aucun trafic EFSR vers un contrôleur de domaine, ou seulement du trafic chiffré",
               .phrases = phrases},
    .wants = wants,
    .see = see,
};
