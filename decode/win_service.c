/* decode/win_service.c - services installed, tasks scheduled, processes started.
 *
 * Fields: Windows security auditing events 4688, 4697 to 4702; Service Control Manager event 7045.
 * Service and start types: CreateServiceW, MS-SCMR 3.1.4.12. */
#include "decode/winevent.h"
#include "decode/wintext.h"

/* 7045 renders the types in English or, on a localised system, in its language. */
static const struct {
    struct str text;
    uint64_t value;
} service_types[] = {{{"kernel mode driver", 18}, 0x1}, {{"file system driver", 18}, 0x2}, {{"user mode service", 17}, 0x10}},
  start_types[] = {{{"boot start", 10}, 0}, {{"system start", 12}, 1}, {{"auto start", 10}, 2}, {{"demand start", 12}, 3}, {{"disabled", 8}, 4}};

static void service_type(struct decode *d, struct str s)
{
    uint64_t v;
    s = str_trim(s);
    if (str_u64(s, &v))
        decode_u64(d, FACT_SERVICE_TYPE, v);
    for (size_t i = 0; i < sizeof service_types / sizeof *service_types; i++)
        if (str_eqi(s, service_types[i].text))
            decode_u64(d, FACT_SERVICE_TYPE, service_types[i].value);
}

static void start_type(struct decode *d, struct str s)
{
    uint64_t v;
    s = str_trim(s);
    if (str_u64(s, &v))
        decode_u64(d, FACT_START_TYPE, v);
    for (size_t i = 0; i < sizeof start_types / sizeof *start_types; i++)
        if (str_eqi(s, start_types[i].text))
            decode_u64(d, FACT_START_TYPE, start_types[i].value);
}

static void service_facts(struct decode *d, struct winevent *e, enum winfield image, enum winfield account)
{
    struct str name = str_trim(win_str(e, WF_ServiceName));
    if (name.n)
        decode_object(d, OBJECT_SERVICE, ROLE_TARGET, name);
    winevent_text(d, e, FACT_SERVICE_NAME, WF_ServiceName);
    winevent_text(d, e, FACT_IMAGE_PATH, image);
    winevent_text(d, e, FACT_SERVICE_ACCOUNT, account);
    service_type(d, win_str(e, WF_ServiceType));
}

static int service_installed(struct decode *d, struct winevent *e)
{
    winevent_begin(d, e, KIND_SERVICE_CREATION);
    winevent_subject(d, e);
    winevent_administers(d, STR_NONE);
    service_facts(d, e, WF_ServiceFileName, WF_ServiceAccount);
    start_type(d, win_str(e, WF_ServiceStartType));
    return decode_emit(d);
}

/* 7045 says who installed it only in the event's own security field. */
static int service_control(struct decode *d, struct winevent *e)
{
    struct activity *a = winevent_begin(d, e, KIND_SERVICE_CREATION);
    a->outcome = OUTCOME_SUCCESS;
    a->actor = (struct account){.sid = e->user_sid, .name = e->user_name, .domain = e->user_domain};
    winevent_administers(d, STR_NONE);
    service_facts(d, e, WF_ImagePath, WF_AccountName);
    start_type(d, win_str(e, WF_StartType));
    return decode_emit(d);
}

static int task(struct decode *d, struct winevent *e, struct str what)
{
    winevent_begin(d, e, KIND_TASK_SCHEDULING);
    winevent_subject(d, e);
    winevent_administers(d, STR_NONE);
    struct str name = str_trim(win_str(e, WF_TaskName));
    if (name.n)
        decode_object(d, OBJECT_OTHER, ROLE_TARGET, name);
    winevent_text(d, e, FACT_TASK_NAME, WF_TaskName);
    decode_str(d, FACT_TASK_CHANGE, what);
    winevent_text(d, e, FACT_TASK_CONTENT, win_has(e, WF_TaskContentNew) ? WF_TaskContentNew : WF_TaskContent);
    return decode_emit(d);
}

static int task_created(struct decode *d, struct winevent *e)
{
    return task(d, e, STR("created"));
}

static int task_deleted(struct decode *d, struct winevent *e)
{
    return task(d, e, STR("deleted"));
}

static int task_enabled(struct decode *d, struct winevent *e)
{
    return task(d, e, STR("enabled"));
}

static int task_disabled(struct decode *d, struct winevent *e)
{
    return task(d, e, STR("disabled"));
}

static int task_updated(struct decode *d, struct winevent *e)
{
    return task(d, e, STR("updated"));
}

static int process(struct decode *d, struct winevent *e)
{
    static const enum winfield target[3] = {WF_TargetUserSid, WF_TargetUserName, WF_TargetDomainName};
    struct activity *a = winevent_begin(d, e, KIND_PROCESS_CREATION);
    winevent_subject(d, e);
    a->device = e->computer;
    a->device_certainty = 100;
    winevent_object(d, e, OBJECT_ACCOUNT, ROLE_TARGET, target); /* the new process runs as another account */
    winevent_text(d, e, FACT_PROCESS_NAME, WF_NewProcessName);
    winevent_text(d, e, FACT_PARENT_PROCESS, WF_ParentProcessName);
    winevent_text(d, e, FACT_COMMAND_LINE, WF_CommandLine);
    if (str_eq(win_str(e, WF_TokenElevationType), STR("%%1937"))) /* message id of "TokenElevationTypeFull" */
        decode_u64(d, FACT_ELEVATED, 1);
    return decode_emit(d);
}

static const struct winrow rows[] = {{4688, NULL, process},       {4697, NULL, service_installed}, {4698, NULL, task_created},
                                     {4699, NULL, task_deleted},  {4700, NULL, task_enabled},      {4701, NULL, task_disabled},
                                     {4702, NULL, task_updated},  {7045, "Service Control Manager", service_control},
                                     {0, NULL, NULL}};

const struct winmap win_service = {rows};
