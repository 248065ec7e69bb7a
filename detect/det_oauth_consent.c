/* detect/det_oauth_consent.c - Suspicious OAuth app consent: an unknown app may read mail and files. */
#include "base/hash.h"
#include "detect/cloud.h"

enum { SCOPES, KNOWN_DAYS };
enum { APPS_MAX = 20000 };

struct state {
    struct table apps; /* int64_t: first consent */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->apps, sizeof(int64_t), APPS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->apps);
}

/* Permissions that give an app people's mail, files or directory (Microsoft Graph permissions reference; Exchange and Google
 * scopes); a scope counts when it begins with one of them. */
static const char *const broad[] = {"Mail.", "MailboxSettings.ReadWrite", "Files.Read.All", "Files.ReadWrite", "Sites.", "Contacts.ReadWrite",
                                    "Notes.Read", "Directory.", "RoleManagement.", "Application.ReadWrite", "AppRoleAssignment.ReadWrite", "User.ReadWrite.All",
                                    "Chat.Read", "ChannelMessage.Read", "full_access_as", "EWS.AccessAsUser", "IMAP.AccessAsUser", "POP.AccessAsUser",
                                    "https://mail.google.com", "https://www.googleapis.com/auth/gmail", "https://www.googleapis.com/auth/drive"};

static bool is_broad(struct str scope)
{
    for (size_t i = 0; i < sizeof broad / sizeof *broad; i++)
        if (str_startsi(scope, str_of(broad[i])))
            return true;
    return false;
}

/* How many broad scopes; *stays when the app keeps access while the user is away. */
static unsigned weigh(struct str scopes, bool *stays)
{
    unsigned n = 0;
    *stays = false;
    while (scopes.n) {
        ptrdiff_t blank = str_chr(scopes, ' ');
        struct str one = blank >= 0 ? str_sub(scopes, 0, (size_t)blank) : scopes;
        scopes = blank >= 0 ? str_from(scopes, (size_t)blank + 1) : (struct str){scopes.p, 0};
        n += is_broad(one);
        *stays = *stays || str_eqi(one, STR("offline_access"));
    }
    return n;
}

static const struct object *app_of(const struct activity *a)
{
    for (unsigned i = 0; i < a->nobjects; i++)
        if (a->objects[i].type == OBJECT_APP && account_set(&a->objects[i].ref))
            return &a->objects[i];
    return act_object(a, ROLE_TARGET);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct object *app = app_of(a);
    struct str name = app ? account_text(&app->ref) : STR_NONE;
    bool stays, is_new = true;
    unsigned n = weigh(act_str(a, FACT_CONSENT_SCOPES), &stays);
    if (a->outcome == OUTCOME_FAILURE || !str_set(name) || !cloud_person(d, a))
        return;
    int64_t *first = table_put(&s->apps, hash_stri(name, 71), &is_new);
    if (first && is_new)
        *first = a->time;
    bool known = first && (double)(a->time - *first) >= detection_param(d, KNOWN_DAYS) * (double)TIME_DAY;
    if (known || n < (unsigned)detection_param(d, SCOPES))
        return;
    struct draft f = draft_of(a);
    f.campaign = hash_mix(cloud_user(a), hash_stri(name, 72));
    f.severity = stays || n > 1 ? SEVERITY_MEDIUM : SEVERITY_LOW;
    f.description = str_fmt(detection_arena(d), "%.*s let the app %.*s have %.*s%.*s. Nobody had consented to that app before%s.", STR_ARG(cloud_actor(d, a)),
                            STR_ARG(name), STR_ARG(act_str(a, FACT_CONSENT_SCOPES)), STR_ARG(cloud_from(d, a)),
                            stays ? "; it keeps its access when the user is signed out" : "");
    detection_raise(d, a, &f);
}

static const struct param params[] = {
    {"scopes", 1, "A consent must give this many permissions to mail, files, chats or the directory.",
                  "Un consentement doit donner autant de permissions sur le courrier, les fichiers, les conversations ou l’annuaire."},
    {"known_days", 7, "An app is known this many days after the first consent to it, and then raises nothing.",
                      "Une application est connue autant de jours après le premier consentement, et ne lève alors plus rien."},
    {0}};

static const enum kind wants[] = {KIND_APP_CONSENT, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} let the app {} have {}{?}. Nobody had consented to that app before{?}.",
     "{} a laissé l’application {} avoir {}{}. Personne n’avait consenti à cette application auparavant{}."},
    {"; it keeps its access when the user is signed out", " ; elle garde son accès quand l’utilisateur est déconnecté"},
    {0}};

const struct detector det_oauth_consent = {
    .policy = "oauth_consent",
    .name = "Suspicious OAuth app consent",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1528", "T1550.001", NULL},
    .preview = true,
    .about = "Somebody gave an app that nobody used before access to mail, files, chats or the directory. It is medium when "
             "the app gets more than one such permission or keeps its access while the user is away (offline_access), else low.",
    .blind = "no app consents (Entra audit: Consent to application)",
    .french = {.name = "Consentement suspect à une application OAuth",
               .about = "Quelqu’un a donné à une application que personne n’utilisait auparavant l’accès au courrier, aux fichiers, aux "
                        "conversations ou à l’annuaire. La gravité est moyenne quand l’application reçoit plus d’une telle permission ou garde son "
                        "accès en l’absence de l’utilisateur (offline_access), sinon faible.",
               .blind = "aucun consentement à une application (audit Entra : Consent to application)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
