/* tests/support/crowd.c - what people of a made-up organisation do. */
#include "tests/support/crowd.h"

#include "base/hash.h"
#include "model/app.h"

#include <stdarg.h>
#include <stdio.h>

uint32_t crowd_draw(struct crowd *c, uint32_t n)
{
    c->seed = c->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(c->seed >> 33) % n;
}

/* mostly the first few of n: what people really use */
static uint32_t skewed(struct crowd *c, uint32_t n)
{
    uint64_t a = crowd_draw(c, n);
    return (uint32_t)(a * (crowd_draw(c, n) + 1u) / n);
}

__attribute__((format(printf, 2, 3))) static struct str text(struct crowd *c, const char *form, ...)
{
    char *to = c->text[c->ntext++ % 48];
    va_list args;
    va_start(args, form);
    int n = vsnprintf(to, sizeof c->text[0], form, args);
    va_end(args);
    return (struct str){to, (size_t)n};
}

static struct str guid(struct crowd *c)
{
    return text(c, "%08x-%04x-4%03x-a%03x-%08x%04x", crowd_draw(c, 1u << 31), crowd_draw(c, 65536), crowd_draw(c, 4096), crowd_draw(c, 4096),
                crowd_draw(c, 1u << 31), crowd_draw(c, 65536));
}

static void add(struct activity *a, enum fact_key key, struct str s)
{
    a->facts[a->nfacts++] = (struct fact){.key = (uint16_t)key, .type = FACT_TYPE_STR, .s = s};
}

static void add_number(struct activity *a, enum fact_key key, uint64_t u)
{
    a->facts[a->nfacts++] = (struct fact){.key = (uint16_t)key, .type = FACT_TYPE_U64, .u = u};
}

static void person(struct crowd *c, struct activity *a, uint32_t who)
{
    a->actor_entity = who + 1;
    a->actor.name = text(c, "user%05u", who);
    a->actor.domain = STR("CORP");
    (void)c;
}

static void windows(struct crowd *c, struct activity *a, uint32_t who)
{
    static const enum kind kinds[] = {KIND_RESOURCE_ACCESS, KIND_NETWORK_LOGON, KIND_CREDENTIALS_VALIDATION, KIND_SHARE_FILE_ACCESS,
                                      KIND_INTERACTIVE_LOGON, KIND_LDAP_SEARCH, KIND_FAILED_LOGON, KIND_PROCESS_CREATION};
    static const unsigned events[] = {4769, 4624, 4768, 5145, 4624, 1644, 4625, 4688};
    static const char *const services[] = {"cifs", "ldap", "HTTP", "MSSQLSvc", "HOST", "krbtgt", "TERMSRV", "RPCSS"};
    uint32_t what = skewed(c, 8), server = skewed(c, 400);
    a->kind = kinds[what];
    a->app = STR("Active Directory");
    a->instance = STR("corp.test");
    a->protocol = what < 3 ? PROTO_KERBEROS : PROTO_SMB;
    a->outcome = what == 6 || crowd_draw(c, 40) == 0 ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    a->has_code = a->outcome == OUTCOME_FAILURE;
    a->code = 0xc000006d;
    a->actor.sid = text(c, "S-1-5-21-1004336348-1177238915-682003330-%u", 1000 + who);
    a->device = text(c, "WS%05u", (who + crowd_draw(c, 2) * 7919) % 24000);
    a->device_entity = CROWD_PEOPLE + 1 + who;
    a->device_certainty = 90;
    a->ip = ip_v4(0x0a000000u + who * 16 + skewed(c, 4));
    a->port = (uint16_t)(49152 + crowd_draw(c, 16000));
    a->destination = text(c, "DC%02u.corp.test", crowd_draw(c, 12));
    a->destination_entity = 60000 + crowd_draw(c, 12);
    c->objects[0] = (struct object){.type = OBJECT_SERVICE, .role = ROLE_RESOURCE, .entity = 50000 + server};
    c->objects[0].ref.name = text(c, "%s/SRV%03u.corp.test", services[skewed(c, 8)], server);
    a->nobjects = 1;
    add_number(a, FACT_EVENT_ID, events[what]);
    add(a, FACT_PROVIDER, STR("Microsoft-Windows-Security-Auditing"));
    add(a, FACT_LOG_CHANNEL, STR("Security"));
    add(a, FACT_SPN, c->objects[0].ref.name);
    add(a, FACT_LOGON_GUID, guid(c));
    add_number(a, FACT_TICKET_ETYPE, 18);
    add_number(a, FACT_TICKET_OPTIONS, 0x40810000);
    if (what == 3)
        add(a, FACT_RELATIVE_TARGET, text(c, "Projects\\%u\\report-%u.docx", skewed(c, 300), skewed(c, 20000)));
    if (what == 7)
        add(a, FACT_COMMAND_LINE, text(c, "C:\\Windows\\System32\\tool%u.exe /run task%u", skewed(c, 200), skewed(c, 5000)));
}

static void place(struct crowd *c, struct activity *a)
{
    static const char *const countries[] = {"FR", "DE", "BE", "US", "GB", "IN", "BR", "JP"};
    uint32_t where = skewed(c, 8);
    a->location.country = str_of(countries[where]);
    a->location.city = text(c, "City%u", where * 40 + skewed(c, 40));
    a->location.network = text(c, "Carrier %u", where * 25 + skewed(c, 25));
    a->location.asn = 3000 + where * 25;
}

static void file(struct crowd *c, struct activity *a)
{
    static const char *const words[] = {"Budget", "Plan", "Invoice", "Minutes", "Contract", "Roadmap", "Salary", "Offer", "Notes", "Draft"};
    uint32_t n = skewed(c, 400000);
    struct str name = text(c, "%s %s %u.xlsx", words[n % 10], words[n / 10 % 10], n);
    c->objects[0] = (struct object){.type = OBJECT_FILE, .role = ROLE_TARGET};
    c->objects[0].ref.name = name;
    c->objects[0].ref.cloud = text(c, "https://corp.sharepoint.test/sites/team%u/%u", n % 700, n);
    a->nobjects = 1;
    add(a, FACT_FILE_NAME, name);
    add(a, FACT_FILE_EXTENSION, STR("xlsx"));
    add(a, FACT_SITE_URL, text(c, "https://corp.sharepoint.test/sites/team%u", n % 700));
}

static void cloud(struct crowd *c, struct activity *a, uint32_t who)
{
    static const enum kind kinds[] = {KIND_FILE_VIEW, KIND_SIGN_IN, KIND_FILE_DOWNLOAD, KIND_MAIL_ACCESS, KIND_FILE_MODIFY, KIND_FAILED_SIGN_IN,
                                      KIND_INBOX_RULE_CREATED, KIND_CLOUD_OTHER};
    static const char *const operations[] = {"FileAccessed", "UserLoggedIn", "FileDownloaded", "MailItemsAccessed", "FileModified", "UserLoginFailed",
                                             "New-InboxRule", "Update"};
    static const char *const apps[] = {APP_SHAREPOINT, APP_ONEDRIVE, APP_EXCHANGE, APP_O365, APP_AWS, APP_ENTRA};
    uint32_t what = skewed(c, 8);
    a->kind = kinds[what];
    a->app = str_of(apps[skewed(c, 6)]);
    a->instance = STR("corp.onmicrosoft.test");
    a->protocol = PROTO_HTTP_API;
    a->outcome = what == 5 ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    a->actor.upn = text(c, "user%05u@corp.test", who);
    a->actor.cloud = text(c, "100320%010u", who);
    a->ip = crowd_draw(c, 3) ? ip_v4(0xc6336400u + who % 4000) : ip_v4(0x51000000u + crowd_draw(c, 3000000));
    place(c, a);
    a->agent.text = text(c, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/%u.0.%u.0 Safari/537.36", 90 + skewed(c, 30), skewed(c, 60));
    a->agent.browser = STR("Chrome");
    a->agent.os = STR("Windows 10");
    a->agent.device = crowd_draw(c, 5) ? STR("DESKTOP") : STR("MOBILE");
    a->session = guid(c);
    add(a, FACT_OPERATION, str_of(operations[what]));
    add(a, FACT_WORKLOAD, a->app);
    add(a, FACT_CLOUD_RECORD_ID, guid(c));
    if (what != 1 && what != 3 && what != 5)
        file(c, a);
    if (crowd_draw(c, 200) == 0)
        a->admin = true;
}

struct activity crowd_next(struct crowd *c)
{
    struct activity a = {.objects = c->objects, .facts = c->facts};
    const struct str parts[] = {text(c, "crowd %llu", (unsigned long long)c->n)};
    uint32_t who = skewed(c, CROWD_PEOPLE);
    c->time += c->step;
    a.time = c->time - (int64_t)skewed(c, 1000000) * TIME_MS; /* late by up to a quarter of an hour */
    hash_id(a.id, parts, 1);
    a.origin = (struct origin){(uint32_t)(c->n / 100000), c->n % 100000, c->n % 100000 * 700};
    c->n++;
    person(c, &a, who);
    if (crowd_draw(c, 10) < 6)
        windows(c, &a, who);
    else
        cloud(c, &a, who);
    return a;
}
