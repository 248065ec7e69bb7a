/* tools/sample/schema.c - names, order and types of the fields of Windows Server 2016/2019 events.
 *
 * Source of the facts: the events' manifests as Microsoft documents them ("Windows security auditing"
 * event pages). A field is name:type with s text, S SID, x HexInt32, X HexInt64, u UInt32, U UInt64,
 * g GUID, P pointer, b binary. */
#include "tools/sample/schema.h"

#include <stdio.h>
#include <stdlib.h>

#define SUBJECT "SubjectUserSid:S SubjectUserName:s SubjectDomainName:s SubjectLogonId:X "
#define TARGET "TargetUserName:s TargetDomainName:s TargetSid:S "
#define MEMBER "MemberName:s MemberSid:S " TARGET SUBJECT "PrivilegeList:s"
#define ACCOUNT                                                                                                        \
    "SamAccountName:s DisplayName:s UserPrincipalName:s HomeDirectory:s HomePath:s ScriptPath:s ProfilePath:s "        \
    "UserWorkstations:s PasswordLastSet:s AccountExpires:s PrimaryGroupId:s AllowedToDelegateTo:s OldUacValue:s "      \
    "NewUacValue:s UserAccountControl:s UserParameters:s SidHistory:s LogonHours:s"

#define AUDIT UINT64_C(0x8020000000000000)
#define FAILURE UINT64_C(0x8010000000000000)
#define CLASSIC UINT64_C(0x8080000000000000)
#define CLEARED UINT64_C(0x4020000000000000)

enum provider { SECURITY, EVENTLOG, SCM };

static const char *const provider_name[] = {"Microsoft-Windows-Security-Auditing", "Microsoft-Windows-Eventlog",
                                            "Service Control Manager"};
static const char *const provider_guid[] = {"54849625-5478-4994-a5ba-3e3b0328c30d",
                                            "fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148",
                                            "555908d1-a6d7-4695-8e1e-26931d2012f4"};

static const struct {
    uint16_t id, task;
    uint8_t version;
    uint8_t provider;
    uint64_t keywords;
    const char *fields;
} events[] = {
    {4624, 12544, 2, SECURITY, AUDIT,
     SUBJECT "TargetUserSid:S TargetUserName:s TargetDomainName:s TargetLogonId:X LogonType:u LogonProcessName:s "
             "AuthenticationPackageName:s WorkstationName:s LogonGuid:g TransmittedServices:s LmPackageName:s KeyLength:u "
             "ProcessId:P ProcessName:s IpAddress:s IpPort:s ImpersonationLevel:s RestrictedAdminMode:s "
             "TargetOutboundUserName:s TargetOutboundDomainName:s VirtualAccount:s TargetLinkedLogonId:X ElevatedToken:s"},
    {4625, 12544, 0, SECURITY, FAILURE,
     SUBJECT "TargetUserSid:S TargetUserName:s TargetDomainName:s Status:x FailureReason:s SubStatus:x LogonType:u "
             "LogonProcessName:s AuthenticationPackageName:s WorkstationName:s TransmittedServices:s LmPackageName:s "
             "KeyLength:u ProcessId:P ProcessName:s IpAddress:s IpPort:s"},
    {4634, 12545, 0, SECURITY, AUDIT, "TargetUserSid:S TargetUserName:s TargetDomainName:s TargetLogonId:X LogonType:u"},
    {4648, 12544, 0, SECURITY, AUDIT,
     SUBJECT "LogonGuid:g TargetUserName:s TargetDomainName:s TargetLogonGuid:g TargetServerName:s TargetInfo:s "
             "ProcessId:P ProcessName:s IpAddress:s IpPort:s"},
    {4661, 12803, 0, SECURITY, AUDIT,
     SUBJECT "ObjectServer:s ObjectType:s ObjectName:s HandleId:P TransactionId:g AccessList:s AccessMask:x "
             "PrivilegeList:s Properties:s RestrictedSidCount:u ProcessId:P ProcessName:s"},
    {4662, 14080, 0, SECURITY, AUDIT,
     SUBJECT "ObjectServer:s ObjectType:s ObjectName:s OperationType:s HandleId:P AccessList:s AccessMask:x Properties:s "
             "AdditionalInfo:s AdditionalInfo2:s"},
    {4672, 12548, 0, SECURITY, AUDIT, SUBJECT "PrivilegeList:s"},
    {4673, 13056, 0, SECURITY, AUDIT, SUBJECT "ObjectServer:s Service:s PrivilegeList:s ProcessId:P ProcessName:s"},
    {4688, 13312, 2, SECURITY, AUDIT,
     SUBJECT "NewProcessId:P NewProcessName:s TokenElevationType:s ProcessId:P CommandLine:s TargetUserSid:S "
             "TargetUserName:s TargetDomainName:s TargetLogonId:X ParentProcessName:s MandatoryLabel:S"},
    {4697, 12289, 0, SECURITY, AUDIT,
     SUBJECT "ServiceName:s ServiceFileName:s ServiceType:x ServiceStartType:u ServiceAccount:s"},
    {4698, 12804, 0, SECURITY, AUDIT, SUBJECT "TaskName:s TaskContent:s"},
    {4720, 13824, 0, SECURITY, AUDIT, TARGET SUBJECT "PrivilegeList:s " ACCOUNT},
    {4722, 13824, 0, SECURITY, AUDIT, TARGET SUBJECT},
    {4724, 13824, 0, SECURITY, AUDIT, TARGET SUBJECT},
    {4725, 13824, 0, SECURITY, AUDIT, TARGET SUBJECT},
    {4726, 13824, 0, SECURITY, AUDIT, TARGET SUBJECT "PrivilegeList:s"},
    {4728, 13826, 0, SECURITY, AUDIT, MEMBER},
    {4729, 13826, 0, SECURITY, AUDIT, MEMBER},
    {4732, 13826, 0, SECURITY, AUDIT, MEMBER},
    {4738, 13824, 0, SECURITY, AUDIT, "Dummy:s " TARGET SUBJECT "PrivilegeList:s " ACCOUNT},
    {4740, 13824, 0, SECURITY, AUDIT, TARGET SUBJECT},
    {4742, 13825, 0, SECURITY, AUDIT,
     "ComputerAccountChange:s " TARGET SUBJECT "PrivilegeList:s " ACCOUNT " DnsHostName:s ServicePrincipalNames:s"},
    {4756, 13826, 0, SECURITY, AUDIT, MEMBER},
    {4767, 13824, 0, SECURITY, AUDIT, TARGET SUBJECT},
    {4768, 14339, 0, SECURITY, AUDIT,
     TARGET "ServiceName:s ServiceSid:S TicketOptions:x Status:x TicketEncryptionType:x PreAuthType:s IpAddress:s IpPort:s "
            "CertIssuerName:s CertSerialNumber:s CertThumbprint:s"},
    {4769, 14337, 0, SECURITY, AUDIT,
     "TargetUserName:s TargetDomainName:s ServiceName:s ServiceSid:S TicketOptions:x TicketEncryptionType:x IpAddress:s "
     "IpPort:s Status:x LogonGuid:g TransmittedServices:s"},
    {4770, 14337, 0, SECURITY, AUDIT,
     "TargetUserName:s TargetDomainName:s ServiceName:s ServiceSid:S TicketOptions:x TicketEncryptionType:x IpAddress:s "
     "IpPort:s"},
    {4771, 14339, 0, SECURITY, FAILURE,
     "TargetUserName:s TargetSid:S ServiceName:s TicketOptions:x Status:x PreAuthType:s IpAddress:s IpPort:s "
     "CertIssuerName:s CertSerialNumber:s CertThumbprint:s"},
    {4776, 14336, 0, SECURITY, AUDIT, "PackageName:s TargetUserName:s Workstation:s Status:x"},
    {4781, 13824, 0, SECURITY, AUDIT,
     "OldTargetUserName:s NewTargetUserName:s TargetDomainName:s TargetSid:S " SUBJECT "PrivilegeList:s"},
    {4907, 13568, 0, SECURITY, AUDIT,
     SUBJECT "ObjectServer:s ObjectType:s ObjectName:s HandleId:P OldSd:s NewSd:s ProcessId:P ProcessName:s"},
    {5136, 14081, 0, SECURITY, AUDIT,
     "OpCorrelationID:g AppCorrelationID:s " SUBJECT "DSName:s DSType:s ObjectDN:s ObjectGUID:g ObjectClass:s "
     "AttributeLDAPDisplayName:s AttributeSyntaxOID:s AttributeValue:s OperationType:s"},
    {5140, 12808, 1, SECURITY, AUDIT,
     SUBJECT "ObjectType:s IpAddress:s IpPort:s ShareName:s ShareLocalPath:s AccessMask:x AccessList:s"},
    {5145, 12811, 0, SECURITY, AUDIT,
     SUBJECT "ObjectType:s IpAddress:s IpPort:s ShareName:s ShareLocalPath:s RelativeTargetName:s AccessMask:x "
             "AccessList:s AccessReason:s"},
    {1102, 104, 0, EVENTLOG, CLEARED, SUBJECT},
    {7036, 0, 0, SCM, CLASSIC, "param1:s param2:s Binary:b"},
    {7045, 0, 0, SCM, CLASSIC, "ServiceName:s ImagePath:s ServiceType:s StartType:s AccountName:s"},
};

enum { COUNT = sizeof events / sizeof *events };

static struct evtx_schema schemas[COUNT];
static char texts[COUNT][1200];

static uint8_t type_of(char c)
{
    switch (c) {
    case 's':
        return EVTX_STR;
    case 'S':
        return EVTX_SID;
    case 'x':
        return EVTX_H32;
    case 'X':
        return EVTX_H64;
    case 'u':
        return EVTX_U32;
    case 'g':
        return EVTX_GUID;
    case 'P':
        return EVTX_SIZE;
    case 'b':
        return EVTX_BINARY;
    default:
        abort();
    }
}

static void parse_fields(struct evtx_schema *s, char *text)
{
    char *save = NULL;
    for (char *f = strtok_r(text, " ", &save); f; f = strtok_r(NULL, " ", &save)) {
        char *colon = strchr(f, ':');
        *colon = 0;
        if (s->nfields == EVTX_FIELDS)
            abort();
        s->field[s->nfields++] = (struct evtx_field){f, type_of(colon[1])};
    }
}

void schema_init(void)
{
    for (uint16_t i = 0; i < COUNT; i++) {
        struct evtx_schema *s = &schemas[i];
        *s = (struct evtx_schema){.id = events[i].id,
                                  .task = events[i].task,
                                  .version = events[i].version,
                                  .keywords = events[i].keywords,
                                  .provider = provider_name[events[i].provider],
                                  .provider_guid = provider_guid[events[i].provider],
                                  .number = i};
        s->level = events[i].provider == SECURITY ? 0 : 4;
        s->qualifiers = events[i].provider == SCM ? 16384 : 0;
        s->wrapper = events[i].provider == EVENTLOG ? "LogFileCleared" : NULL;
        snprintf(texts[i], sizeof texts[i], "%s", events[i].fields);
        parse_fields(s, texts[i]);
    }
}

const struct evtx_schema *schema_of(unsigned id)
{
    for (uint16_t i = 0; i < COUNT; i++)
        if (schemas[i].id == id)
            return &schemas[i];
    fprintf(stderr, "sample: no schema for event %u\n", id);
    abort();
}

void schema_check(const struct evtx_schema *s, const struct evtx_values *v)
{
    bool fits = s->nfields == v->n;
    for (uint16_t i = 0; fits && i < v->n; i++) {
        uint8_t want = s->field[i].type == EVTX_SIZE ? (uint8_t)EVTX_H64 : s->field[i].type;
        fits = v->type[i] == want;
    }
    if (fits)
        return;
    fprintf(stderr, "sample: event %u does not fit its schema (%u values, %u fields)\n", s->id, v->n, s->nfields);
    abort();
}
