/* decode/auth.h - an authentication that another protocol carries: SMB session setup, LDAP SASL bind, RPC bind, HTTP Negotiate, DNS TKEY.
 *
 * The carrier hands over each token, raw or wrapped in SPNEGO (RFC 4178, MS-SPNG) or GSS (RFC 2743 3.1): NTLMSSP messages (MS-NLMP 2.2.1) or
 * Kerberos AP-REQ (RFC 4121 4.1). It says how the server answered. What comes out is one activity per authentication: "credentials validation" of
 * NTLM, or "service ticket used" of Kerberos, with fact "carrier". `struct auth` lies in the carrier's flow state and is zeroed at first;
 * it can be used for one authentication after the other. */
#ifndef VIGIE_DECODE_AUTH_H
#define VIGIE_DECODE_AUTH_H

#include "base/rd.h"
#include "decode/netdec.h"

enum auth_mech { AUTH_NONE, AUTH_NTLM, AUTH_KERBEROS };

struct auth {
    uint8_t mech;     /* enum auth_mech */
    bool open;        /* tokens were seen, no result yet */
    bool proof;       /* ... the client's proof among them */
    bool known;       /* the last authentication succeeded: name and domain are who is at work on this connection */
    bool anonymous;   /* NTLM without a user */
    struct netref ref; /* of the message with the client's proof */
    NETDEC_TEXT(64) name;
    NETDEC_TEXT(64) domain;
    NETDEC_TEXT(64) workstation;  /* NTLM */
    NETDEC_TEXT(64) server_name;  /* NTLM CHALLENGE: NetBIOS computer name of the server */
    NETDEC_TEXT(96) server_dns;   /* ... and its DNS name */
    NETDEC_TEXT(96) spn;          /* of the ticket; NTLM: that the client states in its response */
    uint32_t negotiate_flags, challenge_flags, authenticate_flags; /* MS-NLMP 2.2.2.5 */
    bool has_negotiate, has_challenge, has_flags, has_version, version_left_out; /* which of these were seen */
    uint8_t challenge[8];
    uint8_t version[8];           /* MS-NLMP 2.2.2.10 of AUTHENTICATE */
    uint16_t lm_n, nt_n;          /* lengths of the responses */
    bool target_says_mic;         /* MsvAvFlags 0x2 in the target info that the client echoed */
    bool has_mic, mic_zero, ntlmv2, lm_response; /* lm_response: a real one, not the copies and zeros that newer clients put there */
    uint8_t ticket[16];           /* Kerberos: hash of the ticket */
    int32_t ticket_etype;
};

struct auth_result {
    enum outcome outcome;
    bool has_code;
    uint64_t code;          /* the carrier's: NTSTATUS, LDAP result ... */
    const char *carrier;    /* "SMB", "LDAP", "RPC", "HTTP", "DNS", "KPASSWD" */
    struct str native_os, native_lm, dialects; /* SMB: what the client calls itself and offers (facts of the same names); else absent */
};

/* What SMB 1 session setup without extended security carries in place of tokens (MS-CIFS 2.2.4.53.1). */
struct auth_responses {
    struct str name, domain, workstation;
    const uint8_t *challenge; /* 8 bytes of the NEGOTIATE answer, NULL when not seen */
    struct str lm, nt;        /* the responses' bytes */
};

/* A token of either side. Malformed tokens are reported with netdec_fault. */
void auth_token(struct decode *d, const struct flow *f, const struct message *m, struct auth *a, struct rd token);
void auth_responses(const struct flow *f, const struct message *m, struct auth *a, const struct auth_responses *r);
/* The server's verdict: emits the activity when there was an authentication, and remembers who is at work when it succeeded. */
void auth_done(struct decode *d, const struct flow *f, struct auth *a, const struct auth_result *r);
/* The conversation ended, or began anew, without a verdict: emits with outcome unknown when a proof was seen. */
void auth_abandon(struct decode *d, const struct flow *f, struct auth *a, const char *carrier);
/* Who is at work: all absent when unknown. Points into `a`. */
struct account auth_who(const struct auth *a);
/* Who the client says it is, proven or not. */
struct account auth_claimed(const struct auth *a);

#endif
