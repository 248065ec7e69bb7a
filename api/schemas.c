/* api/schemas.c - the shapes of answers, each a line: `name:type`, `name?:type` for what may be left out.
 *
 * Types: str, time (ISO 8601), ms, int, num, bool, obj, any; T[] for a list of them; T|null. A capital begins the name of a shape. */
#include "api/schemas.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *members;
} shapes[] = {
    {"Error", "detail:str"},
    {"BadFilter", "filters?:any[] error?:bool errors?:any[] detail?:str"},
    {"CasParty", "type:str label:str id?:any entityRole?:str pa?:str em?:str saas?:int inst?:int entityType?:int policyType?:str"},
    {"CasAlert", "_id:str timestamp:ms title:str description:str isMarkdown:bool entities:CasParty[] policy?:obj idValue:int isSystemAlert:bool "
                 "isPreview:bool stories:int[] intent?:int[] evidence:any[] audits:str[] severityValue:int statusValue:int resolutionStatusValue:int "
                 "threatScore?:int comment?:str|null handledByUser?:str|null resolveTime:time|null URL:str"},
    {"CasActivity", "_id:str timestamp:ms created:ms appId:int appName:str description:str severity:str device:obj location:obj userAgent:obj internals:obj "
                    "entityData:obj mainInfo?:obj user?:obj session?:obj"},
    {"CasEntity", "_id:str id:str type:int status:int displayName:str username:str email:str|null domain:str|null organization:str|null role:str|null "
                  "isAdmin:bool isExternal:bool isFake:bool ii:str idType:int sid:str|null identifiers:any[] subApps:any[] actions:any[] userGroups:obj[] "
                  "appData:obj lastSeen:time|null threatScore:int scoreTrends:obj sctime:ms accounts:obj[] threatScoreHistory:obj[]"},
    {"CasSubnet", "_id:str name:str category:int organization:str|null subnets:obj[] location:obj|null tags:obj[] lastModified:num"},
    {"Link", "state:str identity:bool progress:num activities?:int waiting?:int since:time|null by?:str prerequisites:obj[] secondsLeft?:int"},
    {"User", "id:str name:str score?:int percentile?:num red?:bool openAlerts?:int apps?:int[] tags:str[] lastSeen:time|null days?:int[]"},
    {"ReceiptPart", "points:int kind:str time:time|null ref:str group?:str value?:str text?:str p?:num"},
    {"Receipt", "score:int sum:int parts:ReceiptPart[] percentile?:num from?:time|null to?:time|null"},
    {"Policy", "id:str type:str externalId?:int name:str severity:str category?:str enabled:bool openAlerts:int params?:obj[] governance:str[]"},
    {"Posture", "id:str name:str affected?:int|null impact:str status:str about:str todo:str[]"},
    {"Alert", "id:str name:str policy:str externalId?:int severity:str category:str start:time|null end:time|null count:int status:str read:bool suppressed:bool "
              "withdrawn:time|null shore:str app?:obj users:obj[] description?:str source?:obj destination?:obj"},
    {"Activity", "id:str time:time kind:str description:str outcome:str app:obj shore:str actor?:obj"},
    {"Export", "id:int format:str filters?:obj query?:str by:str mine:bool state:str why?:str asked:time started:time|null ended:time|null expires:time|null activities:int "
               "of:int bytes:int more:bool secondsLeft?:int"},
    {"Health", "state:str uptime:int activities?:int analysis:obj blind:obj[] learning:obj[] disk?:obj unread?:obj[] problems:obj[]"},
    {"AuditRow", "id:int time:time by?:str from?:str what:str object?:str before?:any after?:any"},
    {"Governance", "id:int action:str revert:bool of?:int user:any domain:str|null by:str|null policy:any alert:str|null reason:str|null asked:time state:str "
                   "held:str|null decidedBy:str|null decided:time|null why:str|null tries:int next:time|null started:time|null ended:time|null changed:bool "
                   "canDecide:bool canRetry:bool canRevert:bool"},
    {"GovernanceAction", "id:str name:str about:str can?:bool code?:str why?:str"},
    {"Role", "id:str name:str scope:str about:str rights:str[]"},
    {"DirectoryService", "number:int server:str domain?:str|null signIn:str bindName?:str|null ca?:str|null plain:bool minutes:int enabled:bool act:bool secret:bool state:str "
                        "running:bool failures:int lastTry:time|null lastSuccess:time|null why?:str|null said:any by:str created:time"},
    {"SingleSignOn", "enabled:bool create:bool name?:str issuer?:str clientId?:str ca?:str scope:str nameClaim:str roleClaim?:str roles:obj[] secret:bool redirectUri:str"},
    {"Token", "id:int name:str state:str clientId:str scopes:str[]|null siem:bool created:time lastUsed:time|null by?:str"},
    {"Input", "number:int name:str by:str state:str received:time|null done:time|null bytes:int records:int activities:int repeats:int faults:int"},
    {"VpnGateway", "name?:str address?:str private:bool sessions:int rejected:int people:int first:time last:time sources:obj[] range?:obj|null"},
    {"Vpn", "gateways:VpnGateway[] moreGateways:bool connections:int moreConnections:bool"},
    {"Licence", "id:str valid:bool why?:str product?:str organisation?:str domain?:str domainSid?:str issued?:time expires?:time|null"},
};

/* Method, pattern, shape; a list of it when `list`. */
static const struct {
    enum api_method method;
    const char *pattern, *shape;
    bool list;
} answers[] = {
    {API_GET, "api/v1/alerts", "CasAlert", true},
    {API_POST, "api/v1/alerts", "CasAlert", true},
    {API_GET, "api/v1/alerts/{id}", "CasAlert", false},
    {API_GET, "api/v1/activities", "CasActivity", true},
    {API_POST, "api/v1/activities", "CasActivity", true},
    {API_GET, "api/v1/activities/{id}", "CasActivity", false},
    {API_GET, "api/v1/entities", "CasEntity", true},
    {API_POST, "api/v1/entities", "CasEntity", true},
    {API_GET, "api/v1/entities/{pk}", "CasEntity", false},
    {API_GET, "api/v1/subnet", "CasSubnet", true},
    {API_POST, "api/v1/subnet", "CasSubnet", true},
    {API_GET, "api/v1/subnet/{id}", "CasSubnet", false},
    {API_GET, "api/v1/files", "any", true},
    {API_POST, "api/v1/files", "any", true},
    {API_GET, "api/vigie/v1/link", "Link", false},
    {API_PUT, "api/vigie/v1/link", "Link", false},
    {API_GET, "api/vigie/v1/users", "User", true},
    {API_GET, "api/vigie/v1/users/{id}", "User", false},
    {API_GET, "api/vigie/v1/users/{id}/receipt", "Receipt", false},
    {API_GET, "api/vigie/v1/policies", "Policy", true},
    {API_GET, "api/vigie/v1/policies/{id}", "Policy", false},
    {API_GET, "api/vigie/v1/posture", "Posture", true},
    {API_POST, "api/vigie/v1/alerts/query", "Alert", true},
    {API_GET, "api/vigie/v1/alerts", "Alert", true},
    {API_GET, "api/vigie/v1/alerts/{id}", "Alert", false},
    {API_POST, "api/vigie/v1/activities/query", "Activity", true},
    {API_GET, "api/vigie/v1/activities/{id}", "Activity", false},
    {API_GET, "api/vigie/v1/exports", "Export", true},
    {API_POST, "api/vigie/v1/exports", "Export", false},
    {API_GET, "api/vigie/v1/exports/{id}", "Export", false},
    {API_GET, "api/vigie/v1/health", "Health", false},
    {API_GET, "api/vigie/v1/audit", "AuditRow", true},
    {API_GET, "api/vigie/v1/roles", "Role", true},
    {API_GET, "api/vigie/v1/governance", "Governance", true},
    {API_POST, "api/vigie/v1/governance", "Governance", true},
    {API_GET, "api/vigie/v1/governance/{id}", "Governance", false},
    {API_GET, "api/vigie/v1/governance/actions", "GovernanceAction", true},
    {API_GET, "api/vigie/v1/inputs", "Input", true},
    {API_GET, "api/vigie/v1/directories", "DirectoryService", true},
    {API_GET, "api/vigie/v1/oidc", "SingleSignOn", false},
    {API_GET, "api/vigie/v1/tokens", "Token", true},
    {API_GET, "api/vigie/v1/licences", "Licence", true},
    {API_GET, "api/vigie/v1/vpn", "Vpn", false},
};

static void write_type(struct jout *j, const char *type, size_t n);

static bool is(const char *type, size_t n, const char *name)
{
    return strlen(name) == n && memcmp(type, name, n) == 0;
}

static void write_named(struct jout *j, const char *type, size_t n)
{
    static const char *const plain[][2] = {{"str", "string"}, {"time", "string"}, {"ms", "integer"}, {"int", "integer"},
                                           {"num", "number"}, {"bool", "boolean"}, {"obj", "object"}};
    char ref[64];
    if (isupper((unsigned char)type[0])) {
        (void)snprintf(ref, sizeof ref, "#/components/schemas/%.*s", (int)n, type);
        jout_kz(j, "$ref", ref);
        return;
    }
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (is(type, n, plain[i][0]))
            jout_kz(j, "type", plain[i][1]);
    if (is(type, n, "time"))
        jout_kz(j, "format", "date-time");
    if (is(type, n, "ms"))
        jout_kz(j, "description", "milliseconds since 1970");
}

static void write_or_null(struct jout *j, const char *type, size_t n)
{
    jout_key(j, "anyOf");
    jout_arr(j);
    write_type(j, type, n);
    jout_obj(j);
    jout_kz(j, "type", "null");
    jout_end_obj(j);
    jout_end_arr(j);
}

static void write_type(struct jout *j, const char *type, size_t n)
{
    jout_obj(j);
    if (n > 5 && memcmp(type + n - 5, "|null", 5) == 0) {
        write_or_null(j, type, n - 5);
    } else if (n > 2 && memcmp(type + n - 2, "[]", 2) == 0) {
        jout_kz(j, "type", "array");
        jout_key(j, "items");
        write_type(j, type, n - 2);
    } else {
        write_named(j, type, n);
    }
    jout_end_obj(j);
}

/* The next member: false at the end. */
static bool next(const char **at, struct str *name, bool *optional, const char **type, size_t *n)
{
    while (**at == ' ')
        (*at)++;
    if (!**at)
        return false;
    const char *colon = strchr(*at, ':'), *end = colon + strcspn(colon, " ");
    *optional = colon[-1] == '?';
    *name = (struct str){*at, (size_t)(colon - *at) - *optional};
    *type = colon + 1;
    *n = (size_t)(end - *type);
    *at = end;
    return true;
}

static void write_shape(struct jout *j, const char *members)
{
    struct str name;
    bool optional;
    const char *type, *at = members;
    char key[64];
    size_t n;
    jout_kz(j, "type", "object");
    jout_key(j, "properties");
    jout_obj(j);
    while (next(&at, &name, &optional, &type, &n)) {
        (void)snprintf(key, sizeof key, "%.*s", STR_ARG(name));
        jout_key(j, key);
        write_type(j, type, n);
    }
    jout_end_obj(j);
    jout_key(j, "required");
    jout_arr(j);
    for (at = members; next(&at, &name, &optional, &type, &n);)
        if (!optional)
            jout_str(j, name);
    jout_end_arr(j);
}

void schemas_write(struct jout *j)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        jout_key(j, shapes[i].name);
        jout_obj(j);
        write_shape(j, shapes[i].members);
        jout_end_obj(j);
    }
    jout_key(j, "List");
    jout_obj(j);
    write_shape(j, "data:any[] hasNext?:bool total?:int moreThanTotal?:bool max?:int nextQueryFilters?:obj");
    jout_end_obj(j);
}

const char *schemas_answer(const struct api_route *route, const char **of)
{
    *of = NULL;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (answers[i].method != route->method || strcmp(answers[i].pattern, route->pattern) != 0)
            continue;
        if (!answers[i].list)
            return answers[i].shape;
        *of = strcmp(answers[i].shape, "any") == 0 ? NULL : answers[i].shape;
        return "List";
    }
    return NULL;
}
