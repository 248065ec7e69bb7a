/* detect/det_inbox_manipulation.c - Suspicious inbox manipulation rules: mail that its owner shall not see. */
#include "base/hash.h"
#include "detect/cloud.h"

enum { SUSPICION };

static bool has_any(struct str text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_hasi(text, str_of(words[i])))
            return true;
    return false;
}

/* Folders that exist in every mailbox and that nobody opens. */
static bool quiet_folder(struct str actions)
{
    static const char *const names[] = {"move-to:RSS", "move-to:Conversation", "move-to:Archive", "move-to:Junk", "move-to:Deleted",
                                        "move-to:Notes", "move-to:Trash", "move-to:Sync", "move-to:Spam"};
    return has_any(actions, names, sizeof names / sizeof *names);
}

/* What intruders keep from their victims: money, and anybody who noticed. */
static bool telling(struct str conditions)
{
    static const char *const words[] = {"invoice", "payment", "payroll", "remittance", "wire", "transfer", "bank", "iban", "deposit", "salary",
                                        "password", "mfa", "security", "phish", "hack", "virus", "malware", "spam", "fraud", "scam", "fake",
                                        "suspicious", "compromise", "helpdesk", "help desk", "docusign", "sharepoint", "undeliver", "mailer-daemon",
                                        "postmaster", "did you send", "unusual"};
    return has_any(conditions, words, sizeof words / sizeof *words);
}

/* ".", "..", ",,", "aa", " ": names that are chosen not to be noticed. */
static bool odd_name(const struct activity *a)
{
    struct str name = str_trim(act_str(a, FACT_RULE_NAME));
    if (name.n == 0)
        return a->kind == KIND_INBOX_RULE_CREATED;
    bool word = false, same = true;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        word = word || c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        same = same && name.p[i] == name.p[0];
    }
    return !word || (name.n <= 4 && same);
}

struct verdict {
    bool deletes, hides, odd, everything, telling;
    unsigned suspicion;
};

static struct verdict weigh(const struct activity *a)
{
    struct str actions = act_str(a, FACT_RULE_ACTIONS), conditions = act_str(a, FACT_RULE_CONDITIONS);
    struct verdict v = {.deletes = str_hasi(actions, STR("delete")) && !str_hasi(actions, STR("move-to:Deleted"))};
    bool moves = str_hasi(actions, STR("move-to:")), read = str_hasi(actions, STR("mark-read"));
    v.hides = v.deletes || quiet_folder(actions) || (moves && read);
    v.odd = odd_name(a);
    v.everything = !str_set(conditions) && a->kind == KIND_INBOX_RULE_CREATED;
    v.telling = telling(conditions);
    v.suspicion = (unsigned)v.odd + (unsigned)v.everything + (unsigned)v.telling + (unsigned)(v.deletes && read);
    return v;
}

static struct str reasons(struct detection *d, const struct verdict *v)
{
    struct arena *arena = detection_arena(d);
    return str_fmt(arena, "it %s%s%s%s", v->deletes ? "deletes them" : "puts them where nobody looks",
                   v->odd ? ", its name is made not to be noticed" : "", v->everything ? ", it applies to every mail" : "",
                   v->telling ? ", its conditions name what intruders hide" : "");
}

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome == OUTCOME_FAILURE || !cloud_user(a))
        return;
    struct verdict v = weigh(a);
    if (!v.hides || v.suspicion < (unsigned)detection_param(d, SUSPICION))
        return;
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    const struct object *o = act_object(a, ROLE_TARGET);
    if (o && o->type == OBJECT_MAILBOX && o->entity)
        draft_user(&f, o->entity, STR_NONE);
    f.campaign = hash_mix(cloud_user(a), 9);
    struct str conditions = act_str(a, FACT_RULE_CONDITIONS), name = act_str(a, FACT_RULE_NAME);
    struct str which = str_set(conditions) ? str_fmt(arena, "mails with %.*s", STR_ARG(conditions)) : STR("all mails");
    f.description = str_fmt(arena, "%.*s %s the inbox rule \"%.*s\"%.*s that hides %.*s: %.*s.", STR_ARG(cloud_actor(d, a)),
                            a->kind == KIND_INBOX_RULE_CREATED ? "made" : "changed", STR_ARG(name), STR_ARG(cloud_from(d, a)), STR_ARG(which),
                            STR_ARG(reasons(d, &v)));
    detection_raise(d, a, &f);
}

static const struct param params[] = {
    {"suspicion", 1,
     "A rule that hides mail must have this many of: an odd name, no condition, telling conditions, deleting and marking as read together.",
     "Une règle qui cache du courrier doit réunir autant de ces traits : un nom étrange, aucune condition, des conditions parlantes, la "
     "suppression avec le marquage comme lu."},
    {0}};

static const enum kind wants[] = {KIND_INBOX_RULE_CREATED, KIND_INBOX_RULE_CHANGED, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} {*} the inbox rule \"{}\"{?} that hides {*}: it {*}{?}{?}{?}.",
     "{} {} la règle de boîte de réception « {} »{} qui cache {} : elle {}{}{}{}."},
    {"made", "a créé"},
    {"changed", "a modifié"},
    {"mails with {}", "les messages avec {}"},
    {"all mails", "tous les messages"},
    {"deletes them", "les supprime"},
    {"puts them where nobody looks", "les met là où personne ne regarde"},
    {", its name is made not to be noticed", ", son nom est fait pour ne pas être remarqué"},
    {", it applies to every mail", ", elle s’applique à tout message"},
    {", its conditions name what intruders hide", ", ses conditions nomment ce que cachent les intrus"},
    {0}};

const struct detector det_inbox_manipulation = {
    .policy = "inbox_manipulation",
    .name = "Suspicious inbox manipulation rules",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1564.008", "T1114", NULL},
    .about = "An inbox rule hides mail (deletes it, moves it into a folder that nobody opens, or moves it and marks it as read) "
             "and looks made for it: a name of punctuation or none, no condition at all, or conditions about money, passwords "
             "and warnings. Rules that sort newsletters and projects have none of these.",
    .blind = "no inbox rules (Exchange audit: New-InboxRule, Set-InboxRule, UpdateInboxRules)",
    .french = {.name = "Règles suspectes de manipulation de boîte de réception",
               .about = "Une règle de boîte de réception cache du courrier (le supprime, le déplace dans un dossier que personne n’ouvre, ou le "
                        "déplace et le marque comme lu) et semble faite pour cela : un nom de ponctuation ou aucun, aucune condition, ou des "
                        "conditions sur l’argent, les mots de passe et les avertissements. Les règles qui trient des lettres d’information et des "
                        "projets n’ont rien de tel.",
               .blind = "aucune règle de boîte de réception (audit Exchange : New-InboxRule, Set-InboxRule, UpdateInboxRules)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .see = see,
};
