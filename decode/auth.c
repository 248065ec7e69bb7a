/* decode/auth.c - follows one authentication that another protocol carries, and says who it was. */
#include "decode/auth.h"

#include "base/hash.h"
#include "decode/krb5.h"
#include "decode/ntlmssp.h"
#include "decode/spnego.h"
#include "decode/tickets.h"
#include "decode/winstatus.h"
#include "decode/wintext.h"

/* What an authentication says in a message has its own place among the things that the message says: the carrier counts its own from 0. */
enum { ORDINAL = 0x4000 };

#define STATUS_LOGON_FAILURE 0xC000006Du
#define STATUS_ACCESS_DENIED 0xC0000022u
#define STATUS_ERROR 0xC0000000u

/* ---- tokens ---- */

static void proven(const struct flow *f, const struct message *m, struct auth *a, enum auth_mech mech)
{
    a->mech = (uint8_t)mech;
    a->open = a->proof = true;
    a->known = a->anonymous = false;
    netdec_ref(f, m, ORDINAL, &a->ref);
}

static void on_negotiate(struct auth *a, const struct ntlmssp *n)
{
    if (!a->known) /* until the new proof, who is at work is who was */
        *a = (struct auth){.mech = AUTH_NTLM};
    a->open = true;
    a->has_negotiate = n->has_flags;
    a->negotiate_flags = n->flags;
    a->has_challenge = false;
}

static void on_challenge(struct auth *a, const struct ntlmssp *n)
{
    a->open = true;
    a->has_challenge = true;
    a->challenge_flags = n->flags;
    memcpy(a->challenge, n->challenge, sizeof a->challenge);
    netdec_keep(&a->server_name, n->target.computer);
    netdec_keep(&a->server_dns, n->target.dns_computer);
}

static void on_authenticate(const struct flow *f, const struct message *m, struct auth *a, const struct ntlmssp *n)
{
    proven(f, m, a, AUTH_NTLM);
    netdec_keep(&a->name, n->user);
    netdec_keep(&a->domain, n->domain);
    netdec_keep(&a->workstation, n->workstation);
    netdec_keep(&a->spn, n->target.spn);
    a->has_flags = n->has_flags;
    a->authenticate_flags = n->flags;
    a->has_version = n->has_version;
    a->version_left_out = n->version_left_out;
    memcpy(a->version, n->version, sizeof a->version);
    a->lm_n = n->lm_n;
    a->nt_n = n->nt_n;
    a->ntlmv2 = n->proof == NTLMSSP_V2;
    a->lm_response = n->lm_response;
    a->anonymous = n->anonymous;
    a->target_says_mic = n->target.flags & NTLMSSP_AV_MIC;
    a->has_mic = n->has_mic;
    a->mic_zero = n->mic_zero;
}

static void ntlm(struct decode *d, const struct flow *f, const struct message *m, struct auth *a, struct rd *token)
{
    struct ntlmssp n;
    ntlmssp_read(d->arena, token, m->n < m->whole, &n);
    if (a->proof && m->from_client && n.type != NTLMSSP_NONE) /* the answer to the one before was not seen */
        auth_abandon(d, f, a, NULL);
    if (n.type == NTLMSSP_NEGOTIATE && m->from_client)
        on_negotiate(a, &n);
    else if (n.type == NTLMSSP_CHALLENGE && !m->from_client)
        on_challenge(a, &n);
    else if (n.type == NTLMSSP_AUTHENTICATE && m->from_client)
        on_authenticate(f, m, a, &n);
}

/* Whose ticket it is only the exchange that issued it said. */
static void ap_req(struct decode *d, const struct flow *f, const struct message *m, struct auth *a, struct rd *token)
{
    struct krb5_ap ap = {0};
    krb5_ap(token, &ap);
    if (!rd_ok(token))
        return;
    if (a->proof)
        auth_abandon(d, f, a, NULL);
    *a = (struct auth){0};
    proven(f, m, a, AUTH_KERBEROS);
    memcpy(a->ticket, ap.ticket.hash, sizeof a->ticket);
    a->ticket_etype = ap.ticket.etype;
    netdec_keep(&a->spn, krb5_name_text(d, &ap.ticket.sname));
    const struct ticket_owner *owner = ticket_of(d->tickets, ap.ticket.hash);
    if (!owner)
        return;
    netdec_keep(&a->name, ((struct str){owner->name, owner->name_n}));
    netdec_keep(&a->domain, ((struct str){owner->realm, owner->realm_n}));
}

void auth_token(struct decode *d, const struct flow *f, const struct message *m, struct auth *a, struct rd token)
{
    struct fault fault = {0}; /* the carrier's reader stays whole: only the token is wrong */
    token.fault = &fault;
    bool cut = m->n < m->whole;
    struct spnego s;
    spnego_read(&token, cut, &s);
    if (s.inner == SPNEGO_NTLMSSP)
        ntlm(d, f, m, a, &s.token);
    else if (s.inner == SPNEGO_AP_REQ && m->from_client)
        ap_req(d, f, m, a, &s.token);
    if (fault.why && !cut)
        netdec_fault(d, m, fault.why, fault.offset);
}

void auth_responses(const struct flow *f, const struct message *m, struct auth *a, const struct auth_responses *r)
{
    struct ntlmssp n = {.user = r->name, .domain = r->domain, .workstation = r->workstation};
    ntlmssp_responses(r->lm, r->nt, false, &n);
    n.anonymous = r->name.n == 0 && n.proof == NTLMSSP_NO_PROOF;
    *a = (struct auth){.has_challenge = r->challenge != NULL};
    if (r->challenge)
        memcpy(a->challenge, r->challenge, sizeof a->challenge);
    on_authenticate(f, m, a, &n);
}

/* ---- what comes of it ---- */

struct account auth_claimed(const struct auth *a)
{
    struct account who = {0};
    if (a->anonymous) /* as event 4624 names it */
        return (struct account){.sid = STR("S-1-5-7"), .name = STR("ANONYMOUS LOGON"), .domain = STR("NT AUTHORITY")};
    struct str name = netdec_kept(&a->name);
    bool upn = a->mech == AUTH_NTLM && !a->domain.n && str_chr(name, '@') > 0;
    if (upn)
        who.upn = name;
    else
        who.name = name;
    if (str_set(name))
        who.domain = netdec_kept(&a->domain);
    return who;
}

struct account auth_who(const struct auth *a)
{
    return a->known ? auth_claimed(a) : (struct account){0};
}

/* Protocols that have no status of their own for it say that a proof was refused; NTLM's word for that is a logon failure. */
static uint64_t status_of(const struct auth_result *r)
{
    enum { LDAP_INVALID_CREDENTIALS = 49, HTTP_UNAUTHORIZED = 401, RPC_ACCESS_DENIED = 5 }; /* RFC 4511 4.1.9, RFC 9110 15.5.2, MS-RPCE 2.2.2.13 */
    if (r->code == LDAP_INVALID_CREDENTIALS || r->code == HTTP_UNAUTHORIZED)
        return STATUS_LOGON_FAILURE;
    return r->code == RPC_ACCESS_DENIED ? STATUS_ACCESS_DENIED : r->code;
}

static void outcome(struct decode *d, const struct auth_result *r)
{
    struct activity *act = &d->act;
    act->outcome = r->outcome;
    if (!r->has_code || (r->outcome == OUTCOME_UNKNOWN))
        return;
    act->code = r->outcome == OUTCOME_FAILURE ? status_of(r) : 0;
    act->has_code = r->outcome == OUTCOME_SUCCESS || act->code >= STATUS_ERROR;
    if (act->has_code && r->outcome == OUTCOME_FAILURE)
        decode_str(d, FACT_FAILURE_REASON, winstatus_nt(act->code));
}

static void carrier(struct decode *d, const struct auth_result *r)
{
    decode_str(d, FACT_CARRIER, str_of(r->carrier));
    decode_str(d, FACT_NATIVE_OS, r->native_os);
    decode_str(d, FACT_NATIVE_LM, r->native_lm);
    decode_str(d, FACT_SMB_DIALECTS, r->dialects);
}

/* As event 4624 says it: 0 when no session key was asked for. MS-NLMP 2.2.2.5. */
static void key_length(struct decode *d, const struct auth *a)
{
    uint32_t flags = a->authenticate_flags;
    if (!a->has_flags || a->anonymous)
        return;
    bool key = flags & (NTLMSSP_SIGN | NTLMSSP_SEAL | NTLMSSP_KEY_EXCH);
    decode_u64(d, FACT_KEY_LENGTH, !key ? 0 : flags & NTLMSSP_128 ? 128 : flags & NTLMSSP_56 ? 56 : 40);
}

static void flags(struct decode *d, const struct auth *a)
{
    if (a->has_negotiate)
        decode_u64(d, FACT_NTLM_NEGOTIATE_FLAGS, a->negotiate_flags);
    if (a->has_challenge && a->challenge_flags)
        decode_u64(d, FACT_NTLM_CHALLENGE_FLAGS, a->challenge_flags);
    if (a->has_flags)
        decode_u64(d, FACT_NTLM_FLAGS, a->authenticate_flags);
    if (a->has_version) /* MS-NLMP 2.2.2.10: major, minor, build */
        decode_str(d, FACT_NTLM_VERSION,
                   str_fmt(d->arena, "%u.%u.%u", a->version[0], a->version[1], (unsigned)a->version[2] | (unsigned)a->version[3] << 8));
    else if (a->version_left_out)
        decode_str(d, FACT_NTLM_VERSION, STR("left out"));
    if (!a->ntlmv2)
        return;
    decode_str(d, FACT_NTLM_MIC, !a->has_mic ? STR("absent") : a->mic_zero ? STR("zero") : STR("present"));
    if (a->target_says_mic)
        decode_u64(d, FACT_NTLM_MIC_STATED, 1);
}

/* A session without a user proves nothing, so it has no version of the proof. */
static void proof(struct decode *d, const struct auth *a)
{
    if (a->anonymous)
        return;
    decode_str(d, FACT_LM_PACKAGE, a->ntlmv2 ? STR("NTLM V2") : a->nt_n ? STR("NTLM V1") : a->lm_response ? STR("LM") : STR_NONE);
    if (a->lm_response)
        decode_u64(d, FACT_LM_RESPONSE, 1);
}

/* Texts of activities live as long as the call: the state that they are kept in does too. */
static void emit_ntlm(struct decode *d, const struct flow *f, const struct auth *a, const struct auth_result *r)
{
    struct activity *act = netdec_begin(d, f, &a->ref, KIND_CREDENTIALS_VALIDATION, PROTO_NTLM);
    char hex[2 * sizeof a->challenge + 1];
    act->actor = auth_claimed(a);
    act->destination = a->server_dns.n ? netdec_kept(&a->server_dns) : netdec_kept(&a->server_name);
    if (a->workstation.n) {
        decode_str(d, FACT_WORKSTATION, netdec_kept(&a->workstation));
        act->device = wintext_host(netdec_kept(&a->workstation));
        act->device_certainty = 50; /* the client's word */
    }
    decode_str(d, FACT_AUTH_PACKAGE, STR("NTLM"));
    proof(d, a);
    key_length(d, a);
    if (a->has_challenge)
        decode_str(d, FACT_NTLM_CHALLENGE, str_dup(d->arena, hash_hex(hex, a->challenge, sizeof a->challenge)));
    flags(d, a);
    decode_str(d, FACT_SPN, netdec_kept(&a->spn));
    carrier(d, r);
    outcome(d, r);
    (void)decode_emit(d);
}

static void emit_kerberos(struct decode *d, const struct flow *f, const struct auth *a, const struct auth_result *r)
{
    static const uint8_t none[sizeof a->ticket];
    struct activity *act = netdec_begin(d, f, &a->ref, KIND_TICKET_USE, PROTO_KERBEROS);
    char hex[2 * sizeof a->ticket + 1];
    act->actor = auth_claimed(a);
    if (memcmp(a->ticket, none, sizeof none) != 0)
        decode_str(d, FACT_TICKET_HASH, str_dup(d->arena, hash_hex(hex, a->ticket, sizeof a->ticket)));
    decode_u64(d, FACT_TICKET_ETYPE, (uint32_t)a->ticket_etype);
    if (a->spn.n) {
        decode_str(d, FACT_SPN, netdec_kept(&a->spn));
        (void)decode_object(d, OBJECT_SERVICE, ROLE_RESOURCE, netdec_kept(&a->spn));
    }
    carrier(d, r);
    outcome(d, r);
    (void)decode_emit(d);
}

void auth_done(struct decode *d, const struct flow *f, struct auth *a, const struct auth_result *r)
{
    bool proof_seen = a->proof;
    if (proof_seen && a->mech == AUTH_NTLM)
        emit_ntlm(d, f, a, r);
    else if (proof_seen)
        emit_kerberos(d, f, a, r);
    a->open = a->proof = false;
    if (proof_seen)
        a->known = r->outcome == OUTCOME_SUCCESS;
}

void auth_abandon(struct decode *d, const struct flow *f, struct auth *a, const char *carrier_name)
{
    struct auth_result r = {.outcome = OUTCOME_UNKNOWN, .carrier = carrier_name};
    auth_done(d, f, a, &r);
}
