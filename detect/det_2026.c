/* detect/det_2026.c - a service with a suspicious command line is installed on a domain controller. */
#include "base/hash.h"
#include "detect/common.h"
#include "detect/svcimage.h"

enum { WRITERS = 4096, PROGRAM = 64, PRIVACY = 6 }; /* authentication level: MS-RPCE 2.2.1.1.8 */

/* a program that came over the network into an administrative share */
struct written {
    int64_t time;
    struct witness witness;
    uint32_t length;
    char name[PROGRAM];
};

struct state {
    struct table written; /* by address and controller */
};

enum { P_WRITTEN };
static const struct param params[] = {{"written_seconds", 120,
                                       "An encrypted call that creates a service counts when a program was written to an administrative share of the "
                                       "controller from the same address so many seconds before.",
                                       "Un appel chiffré qui crée un service compte quand un programme a été écrit sur un partage d’administration "
                                       "du contrôleur depuis la même adresse autant de secondes auparavant."},
                                      {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->written, sizeof(struct written), WRITERS);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->written);
}

static struct str service_of(const struct activity *a)
{
    struct str name = act_str(a, FACT_SERVICE_NAME);
    const struct object *o = watch_object(a, OBJECT_SERVICE, ROLE_TARGET);
    return str_set(name) || !o ? name : o->ref.name;
}

/* "The service x was installed on" */
static struct str service_text(struct arena *m, const struct activity *a)
{
    struct str service = service_of(a);
    bool changed = str_hasi(act_str(a, FACT_RPC_OPERATION), STR("ChangeServiceConfig"));
    return str_fmt(m, "%s%.*s was %s", str_set(service) ? "The service " : "A service", STR_ARG(service),
                   changed ? "given another program on" : "installed on");
}

static struct str cut(struct arena *m, struct str s)
{
    return s.n <= 160 ? s : str_fmt(m, "%.160s ...", str_dup(m, str_sub(s, 0, 160)).p);
}

static uint64_t writer(const struct activity *a)
{
    return hash_mix(ip_hash(&a->ip), watch_destination(a));
}

static bool program(struct str path)
{
    static const char *const endings[] = {".exe", ".dll", ".sys", ".bat", ".cmd", ".ps1"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_endsi(path, str_of(endings[i])))
            return true;
    return false;
}

/* Access rights to files: MS-SMB2 2.2.13.1.1. */
static void written(struct detection *d, const struct activity *a)
{
    enum { WRITE_DATA = 0x2, GENERIC_ALL = 0x10000000, GENERIC_WRITE = 0x40000000 };
    struct str share = act_str(a, FACT_SHARE), path = act_str(a, FACT_RELATIVE_TARGET);
    bool writes = act_u64(a, FACT_ACCESS_MASK, 0) & (WRITE_DATA | GENERIC_ALL | GENERIC_WRITE);
    bool administrative = str_endsi(share, STR("ADMIN$")) || str_endsi(share, STR("C$"));
    struct state *s = detection_state(d);
    struct written *w =
        writes && administrative && program(path) && a->outcome != OUTCOME_FAILURE && ip_set(&a->ip) ? table_put(&s->written, writer(a), NULL) : NULL;
    if (!w)
        return;
    struct witnesses one = {0};
    witness_add(&one, a);
    struct str name = str_from(path, (size_t)(str_rchr(path, '\\') + 1));
    *w = (struct written){.time = a->time, .witness = one.w[0], .length = (uint32_t)(name.n < PROGRAM ? name.n : PROGRAM)};
    memcpy(w->name, name.p, w->length);
}

static void raise(struct detection *d, const struct activity *a, struct draft *f, struct str what)
{
    struct arena *m = detection_arena(d);
    struct common_place from = common_place(a);
    bool person = account_set(&a->actor) && !watch_builtin(&a->actor);
    f->campaign = hash_mix(watch_destination(a), 1);
    f->description = str_fmt(m, "%.*s the domain controller %.*s%s%.*s%s%.*s at %.*s; %.*s", STR_ARG(service_text(m, a)),
                             STR_ARG(common_destination(d, a)), person ? " by " : "",
                             STR_ARG(person ? watch_called(detection_dir(d), a->actor_entity, &a->actor) : STR("")), from.remote ? " from " : "",
                             STR_ARG(from.remote ? common_place_text(m, &from) : STR("")), STR_ARG(watch_time(m, a->time)), STR_ARG(what));
    detection_raise(d, a, f);
}

/* A call whose service cannot be read, right after a program was put there. */
static void sealed(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct written *w = ip_set(&a->ip) ? table_get(&s->written, writer(a)) : NULL;
    if (!w || (double)(a->time - w->time) > detection_param(d, P_WRITTEN) * (double)TIME_SECOND)
        return;
    struct draft f = draft_of(a);
    struct witnesses evidence = {0};
    common_witness(&evidence, &w->witness);
    f.evidence = &evidence;
    const char *why = act_u64(a, FACT_RPC_AUTH_LEVEL, 0) >= PRIVACY ? "was encrypted" : "was not captured whole";
    raise(d, a, &f,
          str_fmt(detection_arena(d), "the call %s, and %.*s had been written to an administrative share from there just before.", why,
                  (int)w->length, w->name));
}

static void see(struct detection *d, const struct activity *a)
{
    if (!dir_dc_destination(detection_dir(d), a))
        return;
    if (a->kind == KIND_SHARE_FILE_ACCESS) {
        written(d, a);
        return;
    }
    struct str image = act_str(a, FACT_IMAGE_PATH);
    bool network = act_has(a, FACT_RPC_OPNUM);
    if (a->outcome == OUTCOME_FAILURE || (network && dir_dc_source(detection_dir(d), a)))
        return;
    if (!str_set(image) && network) {
        sealed(d, a);
        return;
    }
    const char *why = svcimage_suspicious(service_of(a), image);
    if (!why)
        return;
    struct draft f = draft_of(a);
    raise(d, a, &f, str_fmt(detection_arena(d), "its image path %s: %.*s", why, STR_ARG(cut(detection_arena(d), image))));
}

static const enum kind wants[] = {KIND_SERVICE_CREATION, KIND_SHARE_FILE_ACCESS, KIND_COUNT};
static const enum kind needs[] = {KIND_SERVICE_CREATION, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{*} the domain controller {}{?}{?} at {}; {*}", "{} le contrôleur de domaine {}{}{} le {} ; {}"},
    {"The service {} was given another program on", "Le service {} a reçu un autre programme sur"},
    {"The service {} was installed on", "Le service {} a été installé sur"},
    {"A service was given another program on", "Un service a reçu un autre programme sur"},
    {"A service was installed on", "Un service a été installé sur"},
    {" by {}", " par {}"},
    {"the call {*}, and {} had been written to an administrative share from there just before.",
     "l’appel {}, et {} venait d’être écrit de là sur un partage d’administration."},
    {"was encrypted", "était chiffré"},
    {"was not captured whole", "n’a pas été capturé en entier"},
    {"its image path {*}: {}", "son chemin d’image {} : {}"},
    {"runs an encoded PowerShell command", "exécute une commande PowerShell encodée"},
    {"writes to a named pipe", "écrit dans un canal nommé"},
    {"runs a command interpreter", "exécute un interpréteur de commandes"},
    {"is on a network share", "est sur un partage réseau"},
    {"is that of a remote execution tool", "est celui d’un outil d’exécution à distance"},
    {"is in a folder for temporary or users' files", "est dans un dossier temporaire ou d’utilisateur"},
    {"names a program without a folder", "nomme un programme sans dossier"},
    {"is a program of random name directly in the Windows folder", "est un programme de nom aléatoire directement dans le dossier Windows"},
    {"and the service's name are random letters", "et le nom du service sont des lettres aléatoires"},
    {0}};

const struct detector det_2026 = {
    .external_id = 2026,
    .name = "Suspicious service creation",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1543.003", "T1569.002"},
    .about =
        "A service was installed on a domain controller whose image path is that of an attack and of no product: an encoded command, a command "
        "interpreter, a named pipe, a program on a network share, in a temporary or user folder, without a folder, of random name, or the "
        "service of a "
        "remote execution tool. On the network the call that creates the service shows the same, and, when it is encrypted, counts if "
        "a program had just been written to an administrative share from the same address. Services installed on other computers are not judged.",
    .blind = "no service installations on a domain controller (event 7045 of the System log, or 4697: Audit Security System Extension) and no SVCCTL "
             "traffic",
    .french = {.name = "Création de service suspecte",
               .about = "Un service a été installé sur un contrôleur de domaine, dont le chemin d’image est celui d’une attaque et d’aucun produit "
                        ": commande encodée, interpréteur de commandes, canal nommé, programme sur un partage réseau, dans un dossier temporaire "
                        "ou d’utilisateur, sans dossier, de nom aléatoire, ou service d’un outil d’exécution à distance. Sur le réseau, l’appel "
                        "qui crée le service montre la même chose et, quand il est chiffré, compte si un programme venait d’être écrit sur un "
                        "partage d’administration depuis la même adresse. Les services installés sur d’autres ordinateurs ne sont pas jugés.",
               .blind = "aucune installation de service sur un contrôleur de domaine (événement 7045 du journal Système, ou 4697 : Auditer "
                        "l’extension du système de sécurité) et aucun trafic SVCCTL",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .stop = stop,
    .see = see,
};
