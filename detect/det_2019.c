/* detect/det_2019.c - Remote code execution attempt: a service, task, WMI process or remote shell on a controller.
 *
 * Interfaces: MS-SCMR (svcctl), MS-TSCH (atsvc), MS-WMI, MS-PSRP. */
#include "detect/common.h"

#include "base/hash.h"

enum { CONTROLLERS = 4096, OPENINGS = 8192, WMI_START_SECONDS = 60, WAIT_SECONDS = 1 };

/* something that came from outside and may explain what happens next on the controller */
struct entry {
    struct common_place from;
    struct witness witness;
    int64_t time;
    uint32_t entity, length;
    char name[COMMON_NAME]; /* account */
    bool used;
};

struct finding {
    const char *what; /* "created the service" */
    struct str name;
    const char *means; /* "the service control manager" */
    enum outcome outcome;
};

/* What happened just now without a known cause: exports that cut times to the second shuffle cause and effect. */
struct unexplained {
    struct finding found; /* its name lies in text */
    struct witness witness;
    const char *pipe; /* the cause to wait for; NULL = a logon */
    uint32_t length;
    char text[COMMON_NAME];
};

struct host {
    struct entry logon;  /* the latest network logon of a person */
    int64_t wmi_started; /* a WMI provider host was started */
    struct unexplained waiting;
};

struct state {
    struct table openings; /* controller and pipe, with and without account -> entry */
    struct table hosts;
};

enum { P_PIPE, P_LOGON };
static const struct param params[] = {
    {"pipe_seconds", 120,
     "A service or task that appears on a controller so many seconds after the pipe for it was opened from outside was made from there.",
     "Un service ou une tâche qui apparaît sur un contrôleur autant de secondes après l’ouverture de son canal depuis l’extérieur a été fait de là."},
    {"logon_seconds", 30, "A process that WMI or PowerShell remoting starts so many seconds after a network logon belongs to that logon.",
                          "Un processus que WMI ou PowerShell à distance lance autant de secondes après une ouverture de session réseau appartient "
                          "à celle-ci."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->openings, sizeof(struct entry), OPENINGS);
    table_init(&s->hosts, sizeof(struct host), CONTROLLERS);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->openings);
    table_free(&s->hosts);
}

static struct entry entry_of(const struct activity *a, const struct common_place *from)
{
    struct entry e = {.from = *from, .time = a->time, .entity = a->actor_entity};
    struct witnesses one = {0};
    struct str name = account_text(&a->actor);
    witness_add(&one, a);
    e.witness = one.w[0];
    e.length = (uint32_t)(name.n < COMMON_NAME ? name.n : COMMON_NAME);
    if (e.length)
        memcpy(e.name, name.p, e.length);
    return e;
}

static bool recent(const struct entry *e, int64_t now, double seconds)
{
    return e && e->time && (double)(now - e->time) <= seconds * (double)TIME_SECOND;
}

/* The opening of a pipe by this account; by anybody when the event names no account. */
static uint64_t opening_key(const struct activity *a, const char *pipe, bool anybody)
{
    uint64_t where = hash_str(str_of(pipe), watch_destination(a));
    return anybody ? where : hash_mix(where, watch_account(a->actor_entity, &a->actor));
}

static const char *ending(const struct activity *a, enum outcome outcome)
{
    if (outcome == OUTCOME_FAILURE)
        return "the attempt failed";
    bool sealed = outcome == OUTCOME_UNKNOWN && act_has(a, FACT_RPC_OPNUM);
    return sealed ? "whether the attempt succeeded is encrypted" : "the attempt succeeded";
}

static void raise(struct detection *d, const struct activity *a, const struct entry *by, const struct finding *found)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    struct witnesses evidence = {0};
    struct str who = account_text(&a->actor);
    struct common_place from = common_sessions_place(detection_sessions(d), a);
    const struct common_session *logon = common_sessions_find(detection_sessions(d), a);
    if (logon && logon->place.remote)
        common_witness(&evidence, &logon->logon);
    if (by) {
        common_witness(&evidence, &by->witness);
        from = by->from;
    }
    if (by && (by->length || by->entity)) {
        if (!str_set(who) || watch_builtin(&a->actor) || common_machine(a))
            who = (struct str){by->name, by->length};
        f.nusers = f.naccounts = 0;
        draft_user(&f, by->entity, (struct str){by->name, by->length});
    }
    f.evidence = &evidence;
    common_place_draft(&f, &from);
    f.campaign = common_campaign(detection_dir(d), a, &from, 2019);
    f.description = str_fmt(arena, "%.*s from %.*s %s%s%.*s on the domain controller %.*s through %s at %.*s: %s.",
                            STR_ARG(str_set(who) ? who : STR("An unknown account")), STR_ARG(common_place_text(arena, &from)), found->what,
                            str_set(found->name) ? " " : "", STR_ARG(found->name), STR_ARG(common_destination(d, a)), found->means,
                            STR_ARG(watch_time(arena, a->time)), ending(a, found->outcome));
    detection_raise(d, a, &f);
}

/* ---- effects that come before their cause ---- */

static void wait_for(struct detection *d, const struct activity *a, const char *pipe, const struct finding *found)
{
    struct host *h = table_put(&((struct state *)detection_state(d))->hosts, watch_destination(a), NULL);
    if (!h)
        return;
    struct witnesses one = {0};
    witness_add(&one, a);
    struct unexplained *u = &h->waiting;
    *u = (struct unexplained){.found = *found, .witness = one.w[0], .pipe = pipe};
    u->length = (uint32_t)(found->name.n < COMMON_NAME ? found->name.n : COMMON_NAME);
    if (u->length)
        memcpy(u->text, found->name.p, u->length);
}

static void explain(struct detection *d, const struct activity *a, const char *pipe, const struct common_place *from)
{
    struct host *h = table_get(&((struct state *)detection_state(d))->hosts, watch_destination(a));
    bool same = h && h->waiting.found.what && (pipe ? h->waiting.pipe && strcmp(pipe, h->waiting.pipe) == 0 : !h->waiting.pipe);
    if (!same || a->time - h->waiting.witness.time > WAIT_SECONDS * TIME_SECOND)
        return;
    struct unexplained u = h->waiting;
    h->waiting.found.what = NULL;
    struct entry by = entry_of(a, from);
    by.witness = u.witness; /* the activity at hand is the cause and is evidence anyway */
    u.found.name = (struct str){u.text, u.length};
    raise(d, a, &by, &u.found);
}

/* ---- pipes ---- */

static void opened(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str pipe = common_pipe(a);
    struct common_place from = common_sessions_place(detection_sessions(d), a);
    const char *known = str_eqi(pipe, STR("svcctl")) ? "svcctl" : str_eqi(pipe, STR("atsvc")) ? "atsvc" : NULL;
    if (!known || !from.remote || common_own(a) || common_controller(detection_dir(d), a) || dir_is(detection_dir(d), from.entity, ENTITY_DC))
        return;
    if (a->outcome == OUTCOME_FAILURE && common_wire_pipe(a))
        return;
    if (a->outcome == OUTCOME_FAILURE) {
        struct entry by = entry_of(a, &from);
        bool task = str_eq(str_of(known), STR("atsvc"));
        raise(d, a, &by,
              &(struct finding){"was refused the pipe", str_of(known), task ? "the task scheduler" : "the service control manager", OUTCOME_FAILURE});
        return;
    }
    for (int anybody = 0; anybody < 2; anybody++) {
        struct entry *e = table_put(&s->openings, opening_key(a, known, anybody), NULL);
        if (e)
            *e = entry_of(a, &from);
    }
    explain(d, a, known, &from);
}

/* ---- services ---- */

/* A call that was seen on the network, where it comes from its client's address. */
static bool network(const struct activity *a)
{
    return act_has(a, FACT_RPC_OPNUM) || a->protocol == PROTO_WINRM;
}

static bool controller(struct detection *d, const struct activity *a)
{
    return common_controller(detection_dir(d), a) || dir_dc_source(detection_dir(d), a);
}

/* Names and paths that remote execution tools leave and installers do not. */
static bool tool_service(const struct activity *a)
{
    static const char *const names[] = {"PSEXESVC", "RemComSvc", "PAExec", "csexecsvc", "winexesvc", "BTOBTO"};
    struct str name = act_str(a, FACT_SERVICE_NAME), image = act_str(a, FACT_IMAGE_PATH);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_startsi(name, str_of(names[i])))
            return true;
    return str_hasi(image, STR("\\\\127.0.0.1\\ADMIN$")) || str_hasi(image, STR("\\\\127.0.0.1\\C$")) ||
           str_hasi(image, STR("\\\\localhost\\ADMIN$"));
}

/* Software that is rolled out remotely lies where installers put it. */
static bool installed_program(const struct activity *a)
{
    struct str image = act_str(a, FACT_IMAGE_PATH);
    if (str_starts(image, STR("\"")))
        image = str_from(image, 1);
    return str_startsi(image, STR("C:\\Program Files\\")) || str_startsi(image, STR("C:\\Program Files (x86)\\")) ||
           str_startsi(image, STR("%ProgramFiles%\\")) || str_startsi(image, STR("C:\\ProgramData\\Microsoft\\Windows Defender\\"));
}

static void service(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    if (network(a) && controller(d, a))
        return;
    bool nobody = !account_set(&a->actor) || watch_builtin(&a->actor) || watch_event(a, 7045);
    const struct entry *by = table_get(&s->openings, opening_key(a, "svcctl", nobody));
    if (!recent(by, a->time, detection_param(d, P_PIPE)))
        by = NULL;
    struct common_place from = common_sessions_place(detection_sessions(d), a);
    const struct common_session *logon = common_sessions_find(detection_sessions(d), a);
    bool remote = from.remote && (ip_set(&a->ip) || (logon && logon->kind != KIND_INTERACTIVE_LOGON));
    const char *what = str_hasi(act_str(a, FACT_RPC_OPERATION), STR("ChangeServiceConfig")) ? "gave another program to the service"
                       : str_set(act_str(a, FACT_SERVICE_NAME))                             ? "created the service"
                                                                                            : "created a service";
    struct finding found = {what, act_str(a, FACT_SERVICE_NAME), "the service control manager", a->outcome};
    bool made_remotely = (by || remote) && !installed_program(a);
    if (made_remotely || tool_service(a))
        raise(d, a, by, &found);
    else if (!installed_program(a))
        wait_for(d, a, "svcctl", &found);
}

/* ---- tasks ---- */

static void task(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str change = act_str(a, FACT_TASK_CHANGE);
    if (common_own(a) || common_controller(detection_dir(d), a) || (network(a) && controller(d, a)))
        return;
    struct entry *by = table_get(&s->openings, opening_key(a, "atsvc", false));
    if (!recent(by, a->time, detection_param(d, P_PIPE)))
        by = NULL;
    const struct common_session *logon = common_sessions_find(detection_sessions(d), a);
    bool remote = (logon && logon->kind == KIND_NETWORK_LOGON && logon->place.remote) || (network(a) && common_place(a).remote);
    bool made = str_eq(change, STR("created")) || str_eq(change, STR("updated"));
    bool named = str_set(act_str(a, FACT_TASK_NAME));
    struct finding found = {made ? (named ? "scheduled the task" : "scheduled a task") : "removed the task", act_str(a, FACT_TASK_NAME),
                            "the task scheduler", a->outcome};
    if (made && !by && !remote)
        wait_for(d, a, "atsvc", &found);
    if ((!by && !remote) || (!made && !(by && by->used)))
        return;
    if (by)
        by->used = true;
    raise(d, a, by, &found);
}

/* ---- processes ---- */

static struct str file_name(struct str path)
{
    return str_from(path, (size_t)(str_rchr(path, '\\') + 1));
}

/* The means by which somebody outside may have started the process; NULL when it is an ordinary one. */
static const char *remote_means(const struct activity *a, struct host *h)
{
    struct str image = file_name(act_str(a, FACT_PROCESS_NAME)), parent = file_name(act_str(a, FACT_PARENT_PROCESS));
    if (str_eqi(image, STR("WmiPrvSE.exe"))) {
        h->wmi_started = a->time;
        return NULL;
    }
    if (str_eqi(parent, STR("WmiPrvSE.exe")))
        return str_eqi(image, STR("WerFault.exe")) ? NULL : "WMI";
    if (str_eqi(image, STR("wsmprovhost.exe")) || str_eqi(parent, STR("wsmprovhost.exe")))
        return str_eqi(image, STR("conhost.exe")) ? NULL : "PowerShell remoting";
    /* older systems do not name the parent; the provider host runs as NETWORK SERVICE */
    bool network_service = str_eq(a->actor.sid, STR("S-1-5-20")) || str_endsi(a->session, STR("3e4"));
    bool just_started = h->wmi_started && a->time - h->wmi_started <= WMI_START_SECONDS * TIME_SECOND;
    return !str_set(parent) && network_service && just_started ? "WMI" : NULL;
}

static void process(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct host *h = table_put(&s->hosts, watch_destination(a), NULL);
    const char *means = h ? remote_means(a, h) : NULL;
    if (!means)
        return;
    const struct common_session *logon = common_sessions_find(detection_sessions(d), a);
    bool remote = logon && logon->kind == KIND_NETWORK_LOGON && logon->place.remote && !common_machine(a);
    struct finding found = {"started", act_str(a, FACT_PROCESS_NAME), means, OUTCOME_SUCCESS};
    if (remote)
        raise(d, a, NULL, &found);
    else if (recent(&h->logon, a->time, detection_param(d, P_LOGON)))
        raise(d, a, &h->logon, &found);
    else
        wait_for(d, a, NULL, &found);
}

static void logged_on(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct common_place from = common_place(a);
    if (a->outcome == OUTCOME_FAILURE || !from.remote || common_machine(a) || watch_builtin(&a->actor) ||
        dir_is(detection_dir(d), from.entity, ENTITY_DC))
        return;
    struct host *h = table_put(&s->hosts, watch_destination(a), NULL);
    if (!h || !ip_set(&from.ip))
        return;
    h->logon = entry_of(a, &from);
    explain(d, a, NULL, &from);
}

/* ---- what the network shows as such ---- */

static void executed(struct detection *d, const struct activity *a, const char *means)
{
    struct common_place from = common_place(a);
    if (from.remote && !controller(d, a))
        raise(d, a, NULL, &(struct finding){"ran code", a->kind == KIND_WMI_EXECUTION ? act_str(a, FACT_OPERATION) : STR_NONE, means, a->outcome});
}

/* COM classes that run a command for whoever makes an object of them: MMC20.Application, ShellWindows, ShellBrowserWindow, Excel.Application,
 * Outlook.Application. */
static const char *running_class(struct str id)
{
    static const struct {
        const char *id, *name;
    } classes[] = {{"49b2791a-b1ae-4c90-9b8e-e860ba07f889", "DCOM (MMC20.Application)"},
                   {"9ba05972-f6a8-11cf-a442-00a0c90a8f39", "DCOM (ShellWindows)"},
                   {"c08afd90-f2a1-11d1-8455-00a0c91f3880", "DCOM (ShellBrowserWindow)"},
                   {"00024500-0000-0000-c000-000000000046", "DCOM (Excel.Application)"},
                   {"0006f033-0000-0000-c000-000000000046", "DCOM (Outlook.Application)"}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (str_eq(id, str_of(classes[i].id)))
            return classes[i].name;
    return NULL;
}

/* A service that was there before is started, or an object of a class that runs commands is made. */
static void called(struct detection *d, const struct activity *a)
{
    const char *class = running_class(act_str(a, FACT_CLASS_ID));
    bool starts = a->protocol == PROTO_SVCCTL && str_has(act_str(a, FACT_RPC_OPERATION), STR("StartService"));
    if (class)
        executed(d, a, class);
    else if (starts && tool_service(a) && common_place(a).remote && !controller(d, a))
        raise(d, a, NULL, &(struct finding){"started the service", act_str(a, FACT_SERVICE_NAME), "the service control manager", a->outcome});
}

static void see(struct detection *d, const struct activity *a)
{
    if (!dir_dc_destination(detection_dir(d), a))
        return;
    if (a->kind == KIND_SHARE_FILE_ACCESS)
        opened(d, a);
    else if (a->kind == KIND_SERVICE_CREATION)
        service(d, a);
    else if (a->kind == KIND_TASK_SCHEDULING)
        task(d, a);
    else if (a->kind == KIND_PROCESS_CREATION)
        process(d, a);
    else if (a->kind == KIND_NETWORK_LOGON)
        logged_on(d, a);
    else if (a->kind == KIND_WMI_EXECUTION)
        executed(d, a, "WMI");
    else if (a->kind == KIND_POWERSHELL_REMOTING)
        executed(d, a, "PowerShell remoting");
    else if (a->kind == KIND_RPC_CALL)
        called(d, a);
}

static const enum kind wants[] = {KIND_SERVICE_CREATION,  KIND_TASK_SCHEDULING, KIND_PROCESS_CREATION, KIND_WMI_EXECUTION, KIND_POWERSHELL_REMOTING,
                                  KIND_SHARE_FILE_ACCESS, KIND_NETWORK_LOGON,   KIND_RPC_CALL,         KIND_COUNT};
static const enum kind needs[] = {KIND_SERVICE_CREATION,
                                  KIND_TASK_SCHEDULING,
                                  KIND_PROCESS_CREATION,
                                  KIND_WMI_EXECUTION,
                                  KIND_POWERSHELL_REMOTING,
                                  KIND_SHARE_FILE_ACCESS,
                                  KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} from {} {*} on the domain controller {} through {} at {}: {*}.",
     "{}, depuis {}, {} sur le contrôleur de domaine {} par {} le {} : {}."},
    {"the attempt failed", "la tentative a échoué"},
    {"whether the attempt succeeded is encrypted", "le chiffrement cache si la tentative a réussi"},
    {"the attempt succeeded", "la tentative a réussi"},
    {"was refused the pipe {}", "s’est vu refuser le canal {}"},
    {"was refused the pipe", "s’est vu refuser le canal"},
    {"the task scheduler", "le planificateur de tâches"},
    {"the service control manager", "le gestionnaire de services"},
    {"gave another program to the service {}", "a donné un autre programme au service {}"},
    {"gave another program to the service", "a donné un autre programme au service"},
    {"created the service {}", "a créé le service {}"},
    {"created the service", "a créé le service"},
    {"created a service", "a créé un service"},
    {"scheduled the task {}", "a planifié la tâche {}"},
    {"scheduled the task", "a planifié la tâche"},
    {"scheduled a task", "a planifié une tâche"},
    {"removed the task {}", "a retiré la tâche {}"},
    {"removed the task", "a retiré la tâche"},
    {"started the service {}", "a démarré le service {}"},
    {"started the service", "a démarré le service"},
    {"started {}", "a démarré {}"},
    {"started", "a démarré"},
    {"ran code {}", "a exécuté du code {}"},
    {"ran code", "a exécuté du code"},
    {"PowerShell remoting", "PowerShell à distance"},
    {0}};

const struct detector det_2019 = {
    .external_id = 2019,
    .name = "Remote code execution attempt",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1569.002", "T1053.005", "T1047", "T1021.006"},
    .about = "Code on a controller, started from elsewhere, is the end of most attacks. The alert joins what came over the network with what then "
             "happened on the controller: the pipe svcctl opened and a service created (events 5145, 4697, 7045), the pipe atsvc opened or a network "
             "logon and a task scheduled (4698), a network logon and a process started by the WMI provider host or in a remote PowerShell (4688). On "
             "the network the calls themselves "
             "are seen: a service created or given another program, a task registered, a method run through WMI, WinRM, an object of a COM class "
             "that runs "
             "commands; whether an encrypted call succeeded is not. "
             "Services named as tools like PsExec name them count by themselves; software under Program Files is taken for a planned installation. A "
             "refused opening is a failed attempt. What a controller or the local "
             "system does itself raises nothing.",
    .blind = "no events 4697, 7045, 4698, 4688 or 5145 of domain controllers, and no SVCCTL, task scheduler, WMI or WinRM traffic",
    .french = {.name = "Tentative d’exécution de code à distance",
               .about = "Du code sur un contrôleur, lancé d’ailleurs, est l’aboutissement de la plupart des attaques. L’alerte joint ce qui est "
                        "venu par le réseau à ce qui s’est alors passé sur le contrôleur : canal svcctl ouvert et service créé (événements 5145, "
                        "4697, 7045), canal atsvc ouvert ou ouverture de session réseau et tâche planifiée (4698), ouverture de session réseau et "
                        "processus lancé par l’hôte de fournisseur WMI ou dans un PowerShell distant (4688). Sur le réseau, ce sont les appels "
                        "eux-mêmes que l’on voit : service créé ou pourvu d’un autre programme, tâche enregistrée, méthode exécutée par WMI, "
                        "WinRM, objet d’une classe COM qui exécute des commandes ; on ne voit pas si un appel chiffré a réussi. Les services "
                        "nommés comme le font des outils tels que PsExec comptent à eux seuls ; un logiciel sous Program Files passe pour une "
                        "installation prévue. Une ouverture refusée est une tentative échouée. Ce que fait un contrôleur ou le système local "
                        "lui-même ne lève rien.",
               .blind = "aucun événement 4697, 7045, 4698, 4688 ou 5145 de contrôleurs de domaine, et aucun trafic SVCCTL, planificateur de "
                        "tâches, WMI ou WinRM",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
