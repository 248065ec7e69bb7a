/* decode/spnego.h - unwraps a security token: SPNEGO (RFC 4178, MS-SPNG), GSS framing (RFC 2743 3.1), or the bare message.
 *
 * Layers may lie in each other: GSS around SPNEGO around GSS around Kerberos. What is in the innermost is told by its content. */
#ifndef VIGIE_DECODE_SPNEGO_H
#define VIGIE_DECODE_SPNEGO_H

#include "base/rd.h"

enum spnego_inner { SPNEGO_EMPTY, SPNEGO_NTLMSSP, SPNEGO_AP_REQ, SPNEGO_AP_REP, SPNEGO_KRB_ERROR, SPNEGO_OTHER };
enum spnego_mech { SPNEGO_NO_MECH, SPNEGO_NTLM, SPNEGO_KERBEROS, SPNEGO_NEGOEX, SPNEGO_UNKNOWN_MECH };
/* negState, RFC 4178 4.2.2 */
enum spnego_state { SPNEGO_COMPLETED, SPNEGO_INCOMPLETE, SPNEGO_REJECT, SPNEGO_REQUEST_MIC };

struct spnego {
    enum spnego_inner inner;
    struct rd token;        /* the innermost message */
    enum spnego_mech mech;  /* first that is offered, or the one chosen; SPNEGO_NO_MECH when none is named */
    bool has_state;
    uint8_t state;          /* enum spnego_state, or what else the peer says */
};

/* `cut`: what lies behind the end of r was not captured; elements are then clipped. */
void spnego_read(struct rd *r, bool cut, struct spnego *out);

#endif
