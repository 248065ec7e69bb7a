/* decode/net_smb.c - SMB over TCP: session service (RFC 1002 4.3) on port 139, direct transport (MS-SMB2 2.1) on port 445. */
#include "decode/smb.h"

enum { NBSS = 4 };
enum { SESSION_MESSAGE = 0x00, SESSION_REQUEST = 0x81, POSITIVE_RESPONSE = 0x82, NEGATIVE_RESPONSE = 0x83, RETARGET = 0x84, KEEP_ALIVE = 0x85 };
enum version { NEITHER, SMB1 = 0xff, SMB2 = 0xfe, ENCRYPTED = 0xfd, COMPRESSED = 0xfc }; /* MS-SMB2 2.2.1, 2.2.41, 2.2.42 */

static enum version version_of(struct rd r)
{
    uint8_t first = rd_u8(&r);
    const uint8_t *rest = rd_bytes(&r, 3);
    if (!rest || memcmp(rest, "SMB", 3) != 0 || first < COMPRESSED)
        return NEITHER;
    return (enum version)first;
}

/* The session service's header; the length of what follows it, negative when there is none. RFC 1002 4.3.1 has 17 bits, direct transport 24. */
static ptrdiff_t header(struct rd *r, uint8_t *type)
{
    *type = rd_u8(r);
    uint8_t high = rd_u8(r);
    ptrdiff_t n = (ptrdiff_t)high << 16 | rd_u16be(r);
    switch (*type) {
    case SESSION_MESSAGE: return n >= 16 ? n : -1;
    case SESSION_REQUEST: return n == 68 ? n : -1; /* two encoded names, 4.3.2 */
    case POSITIVE_RESPONSE:
    case KEEP_ALIVE: return n == 0 ? n : -1;
    case NEGATIVE_RESPONSE: return n == 1 ? n : -1;
    case RETARGET: return n == 6 ? n : -1;
    default: return -1;
    }
}

static ptrdiff_t frame(const uint8_t *p, size_t n)
{
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    uint8_t type;
    if (n < NBSS)
        return 0;
    ptrdiff_t length = header(&r, &type);
    if (length < 0)
        return -1;
    if (type != SESSION_MESSAGE)
        return NBSS + length;
    if (n < NBSS + 4)
        return 0;
    return version_of(r) == NEITHER ? -1 : NBSS + length;
}

static enum claim claims(const uint8_t *p, size_t n, bool from_client)
{
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    (void)from_client;
    while (rd_left(&r) >= NBSS) {
        uint8_t type;
        ptrdiff_t length = header(&r, &type);
        if (length < 0)
            return CLAIM_NO;
        if (type == SESSION_REQUEST) /* the first name is encoded in 32 bytes (4.3.2) */
            return !rd_left(&r) ? CLAIM_MORE : rd_u8(&r) == 0x20 ? CLAIM_YES : CLAIM_NO;
        if (type == SESSION_MESSAGE)
            return rd_left(&r) < 4 ? CLAIM_MORE : version_of(r) != NEITHER ? CLAIM_YES : CLAIM_NO;
        rd_skip(&r, (size_t)length); /* says too little by itself */
    }
    return CLAIM_MORE;
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct fault fault;
    struct rd r = rd_of(m->p, m->n, &fault);
    uint8_t type;
    ptrdiff_t length = header(&r, &type);
    if (m->n < NBSS + 4) {
        if (m->n == m->whole && !(m->n >= NBSS && type != SESSION_MESSAGE && length >= 0))
            netdec_fault(d, m, "an SMB message ends inside its header", m->n);
        return;
    }
    if (type != SESSION_MESSAGE || length < 0)
        return;
    switch (version_of(r)) {
    case SMB1: smb1_message(d, f, m, r); break;
    case SMB2: smb2_message(d, f, m, r); break;
    case ENCRYPTED: decode_unread(d, UNREAD_SMB_ENCRYPTED, m->packet); break;
    case COMPRESSED: decode_unread(d, UNREAD_SMB_COMPRESSED, m->packet); break;
    case NEITHER: netdec_fault(d, m, "neither SMB1 nor SMB2 nor SMB3 transform", NBSS); break;
    }
}

const struct netdecoder net_smb = {
    .name = "smb",
    .about = "SMB 1 to 3 (MS-CIFS, MS-SMB, MS-SMB2): sessions, shares, files and what went through them, named pipes, and the transactions of "
             "SMB1 that exploits use.",
    .tcp = {445, 139},
    .state_size = sizeof(struct smb),
    .head = 6144,
    .claims = claims,
    .frame = frame,
    .message = message,
    .gap = smb_gap,
    .end = smb_end,
};
