/* decode/rpc_netlogon.c - NETLOGON: secure channels of machines, and logons that servers pass on to a controller (MS-NRPC 3.5.4). */
#include "decode/rpcif.h"
#include "decode/winstatus.h"
#include "decode/wintext.h"

enum { CREDENTIAL = 8 };

/* NetrServerAuthenticate, 2 and 3: 3.5.4.4.1, 3.5.4.4.3, 3.5.4.4.2. A credential of zeros is what CVE-2020-1472 guesses with. */
static void authenticated(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    static const uint8_t zero[CREDENTIAL];
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_unique_text(d->arena, &in); /* PrimaryName */
    struct str account = rpcif_sound(&in, ndr_wide_text(d->arena, &in));
    uint32_t type = ndr_enum(&in);
    struct str computer = rpcif_sound(&in, ndr_wide_text(d->arena, &in));
    const uint8_t *credential = rd_bytes(&in.r, CREDENTIAL);
    struct activity *a = rpcif_begin(d, c, KIND_SECURE_CHANNEL, op);
    a->actor = (struct account){.name = account};
    if (str_set(computer)) {
        a->device = wintext_host(computer);
        a->device_certainty = 50; /* the client's word */
    }
    if (credential) {
        decode_u64(d, FACT_CHANNEL_TYPE, type);
        decode_u64(d, FACT_ZERO_CREDENTIAL, memcmp(credential, zero, CREDENTIAL) == 0);
    }
    (void)decode_emit(d);
}

/* NetrServerPasswordSet, PasswordSet2: 3.5.4.4.6, 3.5.4.4.5. A machine sets its own password. */
static void password_set(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_unique_text(d->arena, &in);
    struct str account = rpcif_sound(&in, ndr_wide_text(d->arena, &in));
    struct activity *a = rpcif_begin(d, c, KIND_PASSWORD_CHANGE, op);
    if (str_set(account)) {
        a->actor = (struct account){.name = account};
        decode_object(d, OBJECT_COMPUTER, ROLE_TARGET, account);
    }
    (void)decode_emit(d);
}

/* NETLOGON_LOGON_IDENTITY_INFO (2.2.1.4.15), with which every LogonInformation begins. */
struct identity {
    struct str domain, user, workstation;
};

/* The parts of LogonInformation between the identity and its texts: 2.2.1.4.5 (network), 2.2.1.4.3 (interactive). */
static void logon_proof(struct ndr *in, uint32_t level)
{
    enum { INTERACTIVE = 1, NETWORK = 2, INTERACTIVE_TRANSITIVE = 5, NETWORK_TRANSITIVE = 6, CHALLENGE = 8, HASHES = 32 };
    if (level == INTERACTIVE || level == INTERACTIVE_TRANSITIVE) {
        rd_skip(&in->r, HASHES);
    } else if (level == NETWORK || level == NETWORK_TRANSITIVE) {
        rd_skip(&in->r, CHALLENGE);
        (void)ndr_unicode(in); /* NtChallengeResponse and LmChallengeResponse: STRING has the form of UNICODE_STRING */
        (void)ndr_unicode(in);
    } else {
        rd_fail(&in->r, "a level of logon information that is not read");
    }
}

static struct str when(struct decode *d, struct ndr *in, bool there)
{
    return there ? rpcif_sound(in, ndr_wide_text(d->arena, in)) : STR_NONE;
}

static void identity(struct decode *d, struct ndr *in, struct identity *out)
{
    uint32_t level = ndr_enum(in);
    (void)ndr_enum(in); /* the union's own discriminant */
    if (!ndr_pointer(in))
        return;
    bool domain = ndr_unicode(in);
    for (int i = 0; i < 3; i++)
        (void)ndr_u32(in); /* ParameterControl, Reserved */
    bool user = ndr_unicode(in), workstation = ndr_unicode(in);
    logon_proof(in, level);
    out->domain = when(d, in, domain);
    out->user = when(d, in, user);
    out->workstation = when(d, in, workstation);
}

/* NetrLogonSamLogon, WithFlags and Ex: 3.5.4.5.3, 3.5.4.5.2, 3.5.4.5.1. A server asks whether somebody's NTLM responses are right. */
static void passed_on(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { LOGON_EX = 39, AUTHENTICATOR = 12 };
    struct identity who = {.user = STR_NONE};
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_unique_text(d->arena, &in); /* LogonServer */
    struct str server = rpcif_sound(&in, ndr_unique_text(d->arena, &in));
    for (int i = 0; i < 2 && c->opnum != LOGON_EX; i++)
        if (ndr_pointer(&in)) {
            ndr_align(&in, 4);
            rd_skip(&in.r, AUTHENTICATOR);
        }
    identity(d, &in, &who);
    if (!str_set(who.user)) {
        rpcif_ignore(d, c, op->name); /* sealed: who it is about cannot be told */
        return;
    }
    struct activity *a = rpcif_begin(d, c, KIND_CREDENTIALS_VALIDATION, op);
    a->protocol = PROTO_NTLM;
    a->actor = (struct account){.name = who.user, .domain = who.domain};
    struct str workstation = wintext_host(who.workstation);
    if (str_set(workstation)) {
        decode_str(d, FACT_WORKSTATION, workstation);
        a->device = workstation;
        a->device_certainty = 50; /* the client's word */
    }
    decode_str(d, FACT_SECURE_CHANNEL_NAME, server);
    a->ip = (struct ip){{0}}; /* the server's, not the client's */
    a->port = 0;
    if (a->outcome == OUTCOME_FAILURE && !c->faulted)
        decode_str(d, FACT_FAILURE_REASON, winstatus_nt(a->code));
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{2, "NetrLogonSamLogon", passed_on},
                                    {3, "NetrLogonSamLogoff", NULL},
                                    {4, "NetrServerReqChallenge", NULL},
                                    {5, "NetrServerAuthenticate", authenticated},
                                    {6, "NetrServerPasswordSet", password_set},
                                    {7, "NetrDatabaseDeltas", NULL},
                                    {8, "NetrDatabaseSync", NULL},
                                    {11, "NetrGetDCName", NULL},
                                    {12, "NetrLogonControl", NULL},
                                    {13, "NetrGetAnyDCName", NULL},
                                    {14, "NetrLogonControl2", NULL},
                                    {15, "NetrServerAuthenticate2", authenticated},
                                    {16, "NetrDatabaseSync2", NULL},
                                    {17, "NetrDatabaseRedo", NULL},
                                    {18, "NetrLogonControl2Ex", NULL},
                                    {19, "NetrEnumerateTrustedDomains", NULL},
                                    {20, "DsrGetDcName", NULL},
                                    {21, "NetrLogonGetCapabilities", NULL},
                                    {23, "NetrLogonGetTrustRid", NULL},
                                    {24, "NetrLogonComputeServerDigest", NULL},
                                    {25, "NetrLogonComputeClientDigest", NULL},
                                    {26, "NetrServerAuthenticate3", authenticated},
                                    {27, "DsrGetDcNameEx", NULL},
                                    {28, "DsrGetSiteName", NULL},
                                    {29, "NetrLogonGetDomainInfo", NULL},
                                    {30, "NetrServerPasswordSet2", password_set},
                                    {31, "NetrServerPasswordGet", NULL},
                                    {33, "DsrAddressToSiteNamesW", NULL},
                                    {34, "DsrGetDcNameEx2", NULL},
                                    {36, "NetrEnumerateTrustedDomainsEx", NULL},
                                    {37, "DsrAddressToSiteNamesExW", NULL},
                                    {38, "DsrGetDcSiteCoverageW", NULL},
                                    {39, "NetrLogonSamLogonEx", passed_on},
                                    {40, "DsrEnumerateDomainTrusts", NULL},
                                    {41, "DsrDeregisterDnsHostRecords", NULL},
                                    {42, "NetrServerTrustPasswordsGet", NULL},
                                    {43, "DsrGetForestTrustInformation", NULL},
                                    {44, "NetrGetForestTrustInformation", NULL},
                                    {45, "NetrLogonSamLogonWithFlags", passed_on},
                                    {46, "NetrServerGetTrustInfo", NULL},
                                    {48, "DsrUpdateReadOnlyServerDnsRecords", NULL},
                                    {49, "NetrChainSetClientAttributes", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_netlogon = {
    .name = "NETLOGON",
    .about = "Secure channels of machines, their passwords, and logons passed on to a controller (MS-NRPC).",
    /* 12345678-1234-abcd-ef00-01234567cffb */
    .uuid = {0x78, 0x56, 0x34, 0x12, 0x34, 0x12, 0xcd, 0xab, 0xef, 0x00, 0x01, 0x23, 0x45, 0x67, 0xcf, 0xfb},
    .protocol = PROTO_NETLOGON,
    .ending = RPCIF_NTSTATUS,
    .pipe = "netlogon",
    .call = call,
};
