/* decode/winevent.h - a Windows event, whatever carried it, and the way from it to activities.
 *
 * EVTX (decode/evtx.h) and JSON exports (dec_winlogbeat.c, dec_nxlog.c, ...) fill the same struct; the
 * maps in decode/win_*.c turn it into activities. Values are text as Windows renders them: HexInt as
 * 0x.., SIDs as S-1-.., GUIDs as {..}, numbers in decimal, FILETIME and SYSTEMTIME in RFC 3339. What comes as a value
 * of binary XML becomes text when a map first asks for it: many fields of an event are never asked for.
 * Field names: the events' own <Data Name="..."> (Windows security auditing event reference). */
#ifndef VIGIE_DECODE_WINEVENT_H
#define VIGIE_DECODE_WINEVENT_H

#include "decode/decode.h"
#include "decode/evtx_value.h"

/* The named values that maps use. A field that is not here is not extracted for mapping. */
#define WINFIELDS(X)                                                                                                   \
    X(SubjectUserSid) X(SubjectUserName) X(SubjectDomainName) X(SubjectLogonId)                                        \
    X(TargetUserSid) X(TargetUserName) X(TargetDomainName) X(TargetLogonId) X(TargetLogonGuid) X(TargetSid)            \
    X(TargetServerName) X(TargetInfo) X(TargetOutboundUserName) X(TargetOutboundDomainName) X(TargetLinkedLogonId)     \
    X(LogonType) X(LogonProcessName) X(AuthenticationPackageName) X(WorkstationName) X(Workstation) X(LogonGuid)       \
    X(TransmittedServices) X(TransitedServices) X(LmPackageName) X(KeyLength) X(ProcessId) X(ProcessName) X(IpAddress) \
    X(IpPort) X(ImpersonationLevel) X(RestrictedAdminMode) X(VirtualAccount) X(ElevatedToken) X(Status) X(SubStatus)   \
    X(FailureReason) X(PackageName) X(ServiceName) X(ServiceSid) X(TicketOptions) X(TicketEncryptionType)              \
    X(PreAuthType) X(CertIssuerName) X(CertSerialNumber) X(CertThumbprint) X(SessionKeyEncryptionType)                 \
    X(PreAuthEncryptionType) X(ClientAdvertizedEncryptionTypes) X(MSDSSupportedEncryptionTypes)                        \
    X(AccountSupportedEncryptionTypes) X(AccountAvailableKeys) X(RequestTicketHash) X(ResponseTicketHash)              \
    X(ObjectServer) X(ObjectType) X(ObjectName) X(ObjectValueName) X(HandleId) X(OperationType) X(AccessList)          \
    X(AccessMask) X(AccessReason) X(Properties) X(AdditionalInfo) X(AdditionalInfo2) X(PrivilegeList)                  \
    X(RestrictedSidCount) X(TransactionId) X(ShareName) X(ShareLocalPath) X(RelativeTargetName)                        \
    X(ServiceFileName) X(ServiceType) X(ServiceStartType) X(ServiceAccount) X(StartType) X(ImagePath) X(AccountName)   \
    X(TaskName) X(TaskContent) X(TaskContentNew) X(NewProcessId) X(NewProcessName) X(CommandLine) X(ParentProcessName) \
    X(TokenElevationType) X(MandatoryLabel) X(MemberName) X(MemberSid) X(MembershipExpirationTime)                     \
    X(SamAccountName) X(DisplayName) X(UserPrincipalName) X(HomeDirectory) X(HomePath) X(ScriptPath) X(ProfilePath)    \
    X(UserWorkstations) X(PasswordLastSet) X(AccountExpires) X(PrimaryGroupId) X(AllowedToDelegateTo) X(OldUacValue)   \
    X(NewUacValue) X(UserAccountControl) X(UserParameters) X(SidHistory) X(LogonHours) X(DnsHostName)                  \
    X(ServicePrincipalNames) X(ComputerAccountChange) X(OldTargetUserName) X(NewTargetUserName) X(SourceUserName)      \
    X(SourceSid) X(SidList) X(CallerProcessId) X(CallerProcessName) X(CallerComputerName)                              \
    X(DestinationDRA) X(SourceDRA) X(SourceAddr) X(NamingContext) X(Options) X(StatusCode) X(SessionID) X(StartUSN)    \
    X(Object) X(Attribute) X(TypeOfChange) X(NewValue) X(USN) X(ReplicationEvent) X(AuditStatusCode)                   \
    X(OpCorrelationID) X(AppCorrelationID) X(DSName) X(DSType) X(ObjectDN) X(ObjectGUID) X(ObjectClass)                \
    X(AttributeLDAPDisplayName) X(AttributeSyntaxOID) X(AttributeValue) X(OldObjectDN) X(NewObjectDN) X(TreeDelete)    \
    X(CategoryId) X(SubcategoryId) X(SubcategoryGuid) X(AuditPolicyChanges) X(SchannelName) X(SChannelName)            \
    X(SChannelType) X(UserName) X(DomainName) X(TargetName) X(ClientUserName) X(ClientDomainName) X(ServerName)        \
    X(CallerPID) X(ClientProcessId) X(MachineName) X(AccountDomain) X(ClientAddress) X(ClientName)                     \
    X(Param1) X(Param2) X(Param3) X(Param4) X(Param5) X(Param6) X(Param7) X(Param8) X(Param9) X(Param10) X(Param11)    \
    X(Param12) X(Param13) X(Param14) X(Param15) X(Param16) X(Param17) X(Param18)                                       \
    X(Channel) X(BackupPath) X(InProc) X(MechanismOID) X(FailureCode) X(DomainSid) X(DomainPolicyChanged)

/* Param1..Param18 stand for the 1st..18th unnamed <Data> of an event (1644, 2889 and other classic
 * providers), and for the elements param1..param18. */

enum winfield {
    WF_NONE,
#define X(name) WF_##name,
    WINFIELDS(X)
#undef X
        WF_COUNT
};

struct winevent {
    struct str provider, channel;
    struct str computer;  /* that wrote the event */
    struct str channel_lower, computer_lower; /* the same in lower case, where the reader has them from the record before */
    struct str collector; /* that forwarded it, absent if none */
    struct str user_sid;  /* System/Security/@UserID */
    struct str user_name, user_domain; /* of that SID, where the collector looked them up */
    struct str record_key; /* the collector's own name of the record, for records that lost their record id */
    uint32_t id;
    uint8_t level;
    bool has_record_id;
    uint64_t record_id; /* System/EventRecordID on its own computer */
    uint64_t keywords;  /* bit 52: audit failure, bit 53: audit success */
    int64_t time;
    struct arena *arena;    /* where texts are made of values, */
    const struct rd *chunk; /* where these lie, */
    struct evtx_sids *sids; /* and what helps; not set where there are only texts */
    uint64_t have[(WF_COUNT + 63) / 64];
    struct str field[WF_COUNT];         /* valid where `have` says so; absent: not yet made of the value */
    struct evtx_found value[WF_COUNT];
};

void win_clear(struct winevent *e); /* everything absent, without touching field[] and value[] */
enum winfield win_field(struct str name); /* WF_NONE when no map uses it */

static inline void win_set(struct winevent *e, enum winfield f, struct str value)
{
    if (!str_set(value))
        return;
    e->have[f / 64] |= UINT64_C(1) << (f % 64);
    e->field[f] = value;
}

/* A value in e->chunk of which a text is sure to come (evtx_value_sure). */
static inline void win_set_value(struct winevent *e, enum winfield f, const struct evtx_found *v)
{
    e->have[f / 64] |= UINT64_C(1) << (f % 64);
    e->field[f] = STR_NONE;
    e->value[f] = *v;
}

/* The field's text; absent when the event lacks it or says "-". */
struct str win_str(struct winevent *e, enum winfield f);
/* The number in the field (decimal or 0x..), `otherwise` when there is none. */
uint64_t win_u64(struct winevent *e, enum winfield f, uint64_t otherwise);
bool win_has(struct winevent *e, enum winfield f);
bool win_failed(const struct winevent *e); /* the keyword "audit failure" */

/* ---- maps: decode/win_<topic>.c exports `const struct winmap win_<topic>` ---- */

struct winrow {
    uint32_t id;
    const char *provider; /* exact, NULL = Microsoft-Windows-Security-Auditing */
    int (*map)(struct decode *d, struct winevent *e);
};

/* What maps share. */

/* Actor = Subject*, session = SubjectLogonId. */
void winevent_subject(struct decode *d, struct winevent *e);
/* Subject* as facts, for events whose actor is another account. */
void winevent_caller(struct decode *d, struct winevent *e);
/* A logon id in one spelling ("0x3e7" for 0x00000000000003E7); absent when it is zero or none. */
struct str winevent_logon_id(struct decode *d, struct winevent *e, enum winfield f);
/* A GUID in lower case without braces; absent when it is all zeroes or none. */
struct str winevent_guid(struct decode *d, struct winevent *e, enum winfield f);
/* The account or group in the triple of fields as an object; NULL when all three are absent. */
struct object *winevent_object(struct decode *d, struct winevent *e, enum object_type type, enum object_role role,
                               const enum winfield triple[3]);
/* Marks the activity as administration unless the actor is the system or the account `target` itself. */
void winevent_administers(struct decode *d, struct str target_sid);
/* ip and port from IpAddress and IpPort; a loopback address makes the event's computer the device. */
void winevent_address(struct decode *d, struct winevent *e);
/* A field as a text fact, and as a number fact; nothing when the event lacks it. */
void winevent_text(struct decode *d, struct winevent *e, enum fact_key key, enum winfield f);
void winevent_number(struct decode *d, struct winevent *e, enum fact_key key, enum winfield f);
/* Outcome and code from a status field: zero is success. Nothing when the event lacks it. */
void winevent_status(struct decode *d, struct winevent *e, enum winfield f);

struct winmap {
    const struct winrow *rows; /* ended by map == NULL */
};

extern const struct winmap *const winmaps[]; /* generated from file names, ended by NULL */

/* The row for an event, NULL when no map wants it: then its fields need not be extracted. */
const struct winrow *winevent_row(struct str provider, uint32_t id);
/* Turns the event into activities through its row, or counts it as ignored by "provider/id". */
int winevent_decode(struct decode *d, struct winevent *e);
/* The same where the row is known already. */
int winevent_map(struct decode *d, struct winevent *e, const struct winrow *row);
/* What every map begins with: activity with identity (computer, channel, record id, second), time, app,
 * destination = the computer that wrote it, event id, channel, outcome by keyword. */
struct activity *winevent_begin(struct decode *d, struct winevent *e, enum kind kind);
/* Account from a SID, name, domain triple of fields; S-1-0-0 and "-" count as absent. */
void win_account(struct account *a, struct winevent *e, enum winfield sid, enum winfield name, enum winfield domain);

#endif
