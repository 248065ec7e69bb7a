/* model/phrase_receipt.c - the reasons that score/receipt.c gives, in both languages; tests/score/test_score.c reads all of its back. */
#include "model/phrase.h"

#define ODD_ACTIVITIES "1 in {} activities look this odd"
#define ODD_ACTIVITIES_FRENCH "1 activité sur {} paraît aussi étrange"
#define ODD_DAY "1 in {} user-days look this odd; baseline: {} days, {} events"
#define ODD_DAY_FRENCH "1 jour d’utilisateur sur {} paraît aussi étrange ; base : {} jours, {} événements"
#define OTHERS "{} of {} peers, {} of {} colleagues in 60 days; " ODD_ACTIVITIES
#define OTHERS_FRENCH "pairs : {} sur {}, collègues : {} sur {} en 60 jours ; " ODD_ACTIVITIES_FRENCH

const struct phrase phrase_receipt[] = {
    {"alert: {}; {number} of {number} users had it in 30 days", "alerte : {} ; utilisateurs qui l’ont eue en 30 jours : {} sur {}"},
    {"first {*} in {number} activities; " OTHERS, "première fois : {}, en {} activités ; " OTHERS_FRENCH},
    {"unusual {*} in {number} of {number} activities; " OTHERS, "inhabituel : {}, dans {} activités sur {} ; " OTHERS_FRENCH},
    {"{kind} at {*}, where {} of {} recent activities fall; " ODD_ACTIVITIES, "{} à {}, où tombent {} des {} activités récentes ; " ODD_ACTIVITIES_FRENCH},
    {"active at {*}, the day's oddest hour; " ODD_DAY, "actif à {}, l’heure la plus étrange du jour ; " ODD_DAY_FRENCH},
    {"{kind} {number} times in a day; " ODD_DAY, "{}, {} fois en un jour ; " ODD_DAY_FRENCH},
    {"unlike this user as a whole: {number} activities in the day, most of all {}; " ODD_DAY,
     "différent de cet utilisateur dans l’ensemble : {} activités dans la journée, surtout {} ; " ODD_DAY_FRENCH},
    {"{} UTC on a working day", "{} UTC un jour ouvré"},
    {"{} UTC on a day of rest", "{} UTC un jour de repos"},
    {"{kind} from country {}", "{} depuis le pays {}"},
    {"{kind} from network {}", "{} depuis le réseau {}"},
    {"{kind} from device {}", "{} depuis l’appareil {}"},
    {"{kind} from {}", "{} depuis {}"},
    {"{kind} with {}", "{} avec {}"},
    {"{kind} in app {}", "{} dans l’application {}"},
    {"{kind} involving {}", "{} impliquant {}"},
    {"{kind} on {}", "{} sur {}"},
    {"{kind}", "{}"},
    {0}};
