/* policy/templates.c - templates of activity policies, suggested queries. */
#include "policy/templates.h"

#include "policy/filter_parse.h"

#define SIGN_IN "activity.eventType:EVENT_CATEGORY_LOGIN"
#define FAILED_SIGN_IN "activity.eventType:EVENT_CATEGORY_FAILED_LOGIN"
/* Endings that encrypted files of known ransomware families get. */
#define RANSOM_ENDINGS \
    "fileSelector:*.locky,*.wcry,*.wncry,*.wnry,*.cerber,*.cerber3,*.crypt,*.crypted,*.encrypted,*.ryuk,*.ryk,*.lockbit,*.phobos,*.dharma,*.zepto," \
    "*.osiris,*.zzzzz,*.crab,*.sodinokibi,*.maze,*.conti,*.thor,*.aesir,*.odin,*.cryptolocker"

const struct policy_template policy_templates[] = {
    {.id = "mass_download",
     .name = {"Mass download by a single user", "Téléchargement en masse par un seul utilisateur"},
     .about = {"A user downloads more than 50 files within one minute.", "Un utilisateur télécharge plus de 50 fichiers en une minute."},
     .severity = SEVERITY_HIGH,
     .category = CATEGORY_EXFILTRATION,
     .filters = "actionType:\"file downloaded\"",
     .match = POLICY_REPEATED,
     .count = 51,
     .minutes = 1,
     .unique = "fileSelector"},
    {.id = "failed_sign_ins",
     .name = {"Multiple failed user log on attempts to an app", "Échecs répétés de connexion d’un utilisateur à une application"},
     .about = {"A user fails to sign in to one app more than 10 times within 5 minutes.",
               "Un utilisateur échoue plus de 10 fois en 5 minutes à se connecter à une même application."},
     .severity = SEVERITY_LOW,
     .category = CATEGORY_COMPROMISED_CREDENTIAL,
     .filters = FAILED_SIGN_IN,
     .match = POLICY_REPEATED,
     .count = 11,
     .minutes = 5,
     .same_app = true},
    {.id = "risky_ip",
     .name = {"Logon from a risky IP address", "Connexion depuis une adresse IP à risque"},
     .about = {"A user signs in from an address in a range of the category risky.",
               "Un utilisateur se connecte depuis une adresse d’une plage de la catégorie « à risque »."},
     .severity = SEVERITY_HIGH,
     .category = CATEGORY_COMPROMISED_CREDENTIAL,
     .filters = SIGN_IN " ip.category:risky",
     .match = POLICY_SINGLE},
    {.id = "admin_outside",
     .name = {"Administrative activity from a non-corporate IP address", "Activité d’administration depuis une adresse IP extérieure à l’entreprise"},
     .about = {"An administrator works from an address outside the ranges of the category corporate. Enter these ranges first.",
               "Un administrateur agit depuis une adresse hors des plages de la catégorie « entreprise ». Saisissez d’abord ces plages."},
     .severity = SEVERITY_MEDIUM,
     .category = CATEGORY_PRIVILEGED_ACCOUNTS,
     .filters = "activity.type:true ip.address:* not ip.category:corporate",
     .match = POLICY_SINGLE},
    {.id = "ransomware",
     .name = {"Potential ransomware activity", "Activité possible d’un rançongiciel"},
     .about = {"A user uploads or renames 20 files with endings of known ransomware within 10 minutes.",
               "Un utilisateur dépose ou renomme en 10 minutes 20 fichiers dont l’extension est celle d’un rançongiciel connu."},
     .severity = SEVERITY_HIGH,
     .category = CATEGORY_THREAT_DETECTION,
     .filters = "actionType:\"file uploaded\",\"file renamed\",\"file modified\" " RANSOM_ENDINGS,
     .match = POLICY_REPEATED,
     .count = 20,
     .minutes = 10,
     .unique = "fileSelector"},
    {.id = "mass_delete",
     .name = {"Mass deletion by a single user", "Suppression en masse par un seul utilisateur"},
     .about = {"A user deletes more than 50 files within 5 minutes.", "Un utilisateur supprime plus de 50 fichiers en 5 minutes."},
     .severity = SEVERITY_MEDIUM,
     .category = CATEGORY_THREAT_DETECTION,
     .filters = "actionType:\"file deleted\"",
     .match = POLICY_REPEATED,
     .count = 51,
     .minutes = 5,
     .unique = "fileSelector"},
    {.id = "mail_forwarding",
     .name = {"Mail forwarding is set", "Transfert de courrier mis en place"},
     .about = {"Somebody sets the forwarding of a mailbox.", "Quelqu’un met en place le transfert d’une boîte aux lettres."},
     .severity = SEVERITY_MEDIUM,
     .category = CATEGORY_EXFILTRATION,
     .filters = "actionType:\"mail forwarding set\"",
     .match = POLICY_SINGLE},
    {.id = "storage_public",
     .name = {"Publicly accessible storage", "Stockage rendu public"},
     .about = {"A bucket or storage account is opened to everybody.", "Un compartiment ou compte de stockage est ouvert à tous."},
     .severity = SEVERITY_HIGH,
     .category = CATEGORY_EXFILTRATION,
     .filters = "actionType:\"storage made public\"",
     .match = POLICY_SINGLE},
    {.id = "group_change",
     .name = {"Change of group members by somebody who is no administrator", "Changement de membres d’un groupe par un non-administrateur"},
     .about = {"A user without the tag admin adds a member to a group of the directory.",
               "Un utilisateur sans l’étiquette admin ajoute un membre à un groupe de l’annuaire."},
     .severity = SEVERITY_MEDIUM,
     .category = CATEGORY_DOMAIN_DOMINANCE,
     .filters = "actionType:\"group member added\" not user.tags:admin",
     .match = POLICY_SINGLE},
    {.id = NULL}};

const struct suggested_query suggested_queries[] = {
    {"admin", {"Admin activities", "Activités d’administration"}, "activity.type:true"},
    {"downloads", {"Download activities", "Téléchargements"}, "actionType:\"file downloaded\""},
    {"failed_log_in", {"Failed log in", "Connexions échouées"}, FAILED_SIGN_IN},
    {"files", {"File and folder activities", "Activités sur les fichiers et dossiers"}, "actionType~\"file \",folder"},
    {"impersonation", {"Impersonation activities", "Activités au nom d’un autre"}, "activity.impersonated:true"},
    {"passwords",
     {"Password changes and reset requests", "Changements et réinitialisations de mot de passe"},
     "actionType~\"password change\",\"password reset\""},
    {"risks", {"Security risks", "Risques de sécurité"}, "policy:*"},
    {"sharing", {"Sharing activities", "Partages"}, "actionType:\"file shared\",\"file unshared\",\"report shared\""},
    {"log_in", {"Successful log in", "Connexions réussies"}, SIGN_IN},
    {.id = NULL}};

void template_json(const struct policy_template *t, enum language language, struct jout *j)
{
    struct arena arena;
    struct buf filters = {0};
    struct filter f;
    arena_init(&arena, 16384, 1u << 20);
    struct filter_parser p = {.arena = &arena, .noun = FILTER_ACTIVITIES};
    if (filter_parse_text(&p, str_of(t->filters), &f) == 0)
        filter_write(&f, &filters);
    jout_obj(j);
    jout_kz(j, "id", t->id);
    jout_kz(j, "name", t->name[language]);
    jout_kz(j, "about", t->about[language]);
    jout_kstr(j, "severity", severity_text(t->severity));
    jout_kstr(j, "category", category_text(t->category));
    jout_key(j, "filters");
    jout_raw(j, filters.n ? buf_view(&filters) : STR("{}"));
    jout_key(j, "match");
    jout_obj(j);
    jout_kz(j, "type", t->match == POLICY_REPEATED ? "repeated" : "single");
    if (t->match == POLICY_REPEATED) {
        jout_ku64(j, "count", t->count);
        jout_ku64(j, "minutes", t->minutes);
        jout_kbool(j, "sameApp", t->same_app);
        if (t->unique)
            jout_kz(j, "unique", t->unique);
    }
    jout_end_obj(j);
    jout_end_obj(j);
    buf_free(&filters);
    arena_free(&arena);
}
