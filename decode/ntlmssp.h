/* decode/ntlmssp.h - the three messages of NTLM as they stand (MS-NLMP 2.2.1), without keys.
 *
 * Texts are UTF-8 in the arena; absent where the message has none. */
#ifndef VIGIE_DECODE_NTLMSSP_H
#define VIGIE_DECODE_NTLMSSP_H

#include "base/arena.h"
#include "base/rd.h"

enum ntlmssp_type { NTLMSSP_NONE, NTLMSSP_NEGOTIATE, NTLMSSP_CHALLENGE, NTLMSSP_AUTHENTICATE };

/* NegotiateFlags, MS-NLMP 2.2.2.5 */
#define NTLMSSP_UNICODE 0x00000001u
#define NTLMSSP_SIGN 0x00000010u
#define NTLMSSP_SEAL 0x00000020u
#define NTLMSSP_ANONYMOUS 0x00000800u
#define NTLMSSP_DOMAIN_SUPPLIED 0x00001000u
#define NTLMSSP_WORKSTATION_SUPPLIED 0x00002000u
#define NTLMSSP_ALWAYS_SIGN 0x00008000u
#define NTLMSSP_EXTENDED_SESSIONSECURITY 0x00080000u
#define NTLMSSP_TARGET_INFO 0x00800000u
#define NTLMSSP_VERSION 0x02000000u
#define NTLMSSP_128 0x20000000u
#define NTLMSSP_KEY_EXCH 0x40000000u
#define NTLMSSP_56 0x80000000u

enum { NTLMSSP_AV_MIC = 2 }; /* bit of MsvAvFlags: the message has a MIC */

struct ntlmssp_target { /* AV_PAIRs, MS-NLMP 2.2.2.1 */
    struct str computer, domain, dns_computer, dns_domain;
    struct str spn;     /* MsvAvTargetName: whom the client means to reach */
    uint32_t flags;     /* MsvAvFlags, 0 when absent */
};

/* How the client proved itself: MS-NLMP 2.2.2.3 to 2.2.2.8. */
enum ntlmssp_proof { NTLMSSP_NO_PROOF, NTLMSSP_LM, NTLMSSP_V1, NTLMSSP_V2 };

struct ntlmssp {
    enum ntlmssp_type type; /* NTLMSSP_NONE: not even the fixed part could be read */
    bool has_flags, has_version;
    uint32_t flags;
    uint8_t version[8];
    bool version_left_out; /* AUTHENTICATE: the flags announce one and there is no room for it */
    struct str domain, user, workstation; /* CHALLENGE: domain is the target name */
    uint8_t challenge[8];
    struct ntlmssp_target target; /* CHALLENGE; AUTHENTICATE: as the NTLMv2 response repeats it */
    enum ntlmssp_proof proof;
    uint16_t lm_n, nt_n;
    bool lm_response; /* a real LM response: neither zeros, nor a client's nonce, nor a copy of the other */
    bool anonymous;
    bool has_mic, mic_zero;
};

/* Reads the message that r holds. `cut`: what lies behind its end was not captured, so it is absent rather than wrong.
 * After a fault the reader has failed; what was read before it stays, and type tells whether that is any use. */
void ntlmssp_read(struct arena *arena, struct rd *r, bool cut, struct ntlmssp *out);
/* What two responses are, by their bytes: sets proof, lm_n, nt_n and lm_response. `extended`: extended session security. */
void ntlmssp_responses(struct str lm, struct str nt, bool extended, struct ntlmssp *out);

#endif
