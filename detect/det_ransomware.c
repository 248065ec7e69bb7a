/* detect/det_ransomware.c - Ransomware activity: many files get one strange ending in a short time. */
#include "base/hash.h"
#include "detect/cloud.h"

enum { FILES, STRANGE, GAP };
enum { USERS_MAX = 20000, ENDINGS_MAX = 50000, SLOTS = 6, ENDING = 24 };

/* An ending that files got in the session at hand. */
struct ending {
    uint64_t key;
    uint32_t files, n;
    char text[ENDING];
    bool listed;
};

struct session {
    int64_t start, last;
    uint32_t touched; /* files changed, renamed, uploaded, deleted */
    struct ending endings[SLOTS];
    struct witnesses seen;
};

/* Since when the organisation knows an ending, and by whom. */
struct custom {
    int64_t first;
    uint64_t user;
    bool shared; /* by more than one */
};

struct state {
    struct table users, endings;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->users, sizeof(struct session), USERS_MAX);
    table_init(&s->endings, sizeof(struct custom), ENDINGS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->users);
    table_free(&s->endings);
}

/* Endings that well-known families give (as published with their decryptors). Endings of ordinary use are not among them. */
static const char *const list[] = {
    "lockbit", "conti", "ryk", "wncry", "wcry", "locky", "zepto", "cerber", "crypted", "encrypted", "locked",
    "djvu", "dharma", "phobos", "makop", "hive", "akira", "royal", "clop", "medusa", "babyk", "avos2",
    "deadbolt", "rhysida", "basta", "krab", "mallox"};

static bool listed(struct str ending)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (str_eqi(ending, str_of(list[i])))
            return true;
    return false;
}

/* The last ending of the name that the file has now. */
static struct str ending_of(const struct activity *a)
{
    struct str name = act_str(a, FACT_NEW_NAME);
    if (!str_set(name))
        name = act_str(a, FACT_FILE_NAME);
    ptrdiff_t dot = str_set(name) ? str_rchr(name, '.') : -1;
    if (dot > 0 && (size_t)dot + 1 < name.n)
        return str_from(name, (size_t)dot + 1);
    return str_set(name) ? STR_NONE : act_str(a, FACT_FILE_EXTENSION);
}

/* Ordinary: somebody else's files have it too, or have had it for a day. */
static bool ordinary(struct detection *d, uint64_t key, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t user = cloud_user(a);
    bool is_new;
    struct custom *c = table_put(&s->endings, key, &is_new);
    if (!c)
        return true;
    if (is_new)
        *c = (struct custom){.first = a->time, .user = user};
    c->shared = c->shared || c->user != user;
    return c->shared || a->time - c->first > TIME_DAY;
}

static struct ending *count(struct session *p, uint64_t key, struct str text)
{
    struct ending *slot = &p->endings[0];
    for (unsigned i = 0; i < SLOTS; i++) {
        if (p->endings[i].key == key) {
            slot = &p->endings[i];
            break;
        }
        if (p->endings[i].files < slot->files)
            slot = &p->endings[i];
    }
    if (slot->key != key) {
        *slot = (struct ending){.key = key, .listed = listed(text), .n = (uint32_t)(text.n < ENDING ? text.n : ENDING)};
        memcpy(slot->text, text.p, slot->n);
    }
    slot->files++;
    return slot;
}

static void raise(struct detection *d, const struct activity *a, const struct session *p, const struct ending *e)
{
    struct draft f = draft_of(a);
    f.campaign = hash_mix(cloud_user(a), 79);
    f.evidence = &p->seen;
    struct str who = cloud_actor(d, a), span = cloud_span(d, a->time - p->start), from = cloud_from(d, a);
    f.description = str_fmt(detection_arena(d), "%.*s touched %u files in %.*s%.*s; %u of them ended in \".%.*s\" then, %s.", STR_ARG(who), p->touched,
                            STR_ARG(span), STR_ARG(from), e->files, (int)e->n, e->text,
                            e->listed ? "as ransomware leaves them" : "which no file of the organisation did before");
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t user = cloud_user(a);
    struct str text = ending_of(a);
    if (!user || a->outcome == OUTCOME_FAILURE || !cloud_person(d, a))
        return;
    struct session *p = table_put(&s->users, user, NULL);
    if (!p)
        return;
    if (p->touched == 0 || a->time - p->last > (int64_t)(detection_param(d, GAP) * (double)TIME_MINUTE))
        *p = (struct session){.start = a->time};
    p->last = a->time;
    p->touched++;
    witness_add(&p->seen, a);
    if (!str_set(text) || a->kind == KIND_FILE_DELETE)
        return;
    uint64_t key = hash_stri(text, 80);
    bool usual = ordinary(d, key, a), known = listed(text);
    if (usual && !known)
        return;
    const struct ending *e = count(p, key, text);
    if (e->files >= (unsigned)detection_param(d, known ? FILES : STRANGE) && (known || detection_learned(d, detection_first(d), a->time)))
        raise(d, a, p, e);
}

static const struct param params[] = {
    {"files", 20, "So many files of one session must have got an ending that ransomware is known for.",
                  "Autant de fichiers d’une session doivent avoir reçu une extension connue de rançongiciels."},
    {"strange_files", 60, "So many files of one session must have got an ending that nobody in the organisation used before.",
                          "Autant de fichiers d’une session doivent avoir reçu une extension que personne dans l’organisation n’utilisait "
                          "auparavant."},
    {"gap_minutes", 15, "A pause of more minutes than this ends a session.", "Une pause de plus de minutes que cela termine une session."},
    {0}};

static const enum kind wants[] = {KIND_FILE_UPLOAD, KIND_FILE_MODIFY, KIND_FILE_RENAME, KIND_FILE_DELETE, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} touched {} files in {*}{?}; {} of them ended in \".{}\" then, {*}.",
     "{} a touché {} fichiers en {}{} ; {} d’entre eux portaient alors l’extension « .{} », {}."},
    {"as ransomware leaves them", "comme les laissent les rançongiciels"},
    {"which no file of the organisation did before", "ce qu’aucun fichier de l’organisation ne faisait auparavant"},
    {0}};

const struct detector det_ransomware = {
    .policy = "ransomware",
    .name = "Ransomware activity",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1486", NULL},
    .learning_days = 7,
    .about = "Many files of a cloud app were uploaded, changed or renamed within one session, so that they end in what "
             "ransomware is known to leave, or, after a week of learning, in something that no file of the organisation ended in before.",
    .blind = "no changes of files (SharePoint, OneDrive, Google Drive, Box audit)",
    .french = {.name = "Activité de rançongiciel",
               .about = "De nombreux fichiers d’une application cloud ont été déposés, modifiés ou renommés en une session, de sorte qu’ils "
                        "portent l’extension que l’on sait laissée par des rançongiciels ou, après une semaine d’apprentissage, une extension "
                        "qu’aucun fichier de l’organisation ne portait auparavant.",
               .blind = "aucune modification de fichiers (audit SharePoint, OneDrive, Google Drive, Box)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
