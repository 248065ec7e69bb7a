/* decode/smb_read.c - reading parts of SMB messages, of which the end may not have been captured. */
#include "decode/smb.h"

#include "base/utf.h"

static size_t captured(const struct smb_message *x)
{
    return (size_t)(x->all.end - x->all.origin);
}

bool smb_broken(struct smb_message *x)
{
    if (rd_ok(&x->all))
        return false;
    if (captured(x) >= x->whole)
        netdec_fault(x->d, x->m, x->all.fault->why, x->all.fault->offset);
    return true;
}

struct rd smb_part(struct smb_message *x, size_t offset, size_t n)
{
    size_t at_hand = captured(x);
    if (offset > x->whole || n > x->whole - offset) {
        struct rd none = x->all;
        rd_fail(&none, "an offset points outside the SMB message");
        return none;
    }
    if (offset > at_hand)
        return rd_at(&x->all, at_hand, 0);
    return rd_at(&x->all, offset, n < at_hand - offset ? n : at_hand - offset);
}

struct str smb_utf16(struct smb_message *x, size_t offset, size_t n)
{
    struct rd r = smb_part(x, offset, n);
    size_t left = rd_left(&r);
    return left ? utf_from16(x->d->arena, rd_bytes(&r, left), left) : STR_NONE;
}

bool smb_failed(uint32_t status)
{
    const uint32_t severity_error = 3, more_processing = 0xC0000016; /* MS-ERREF 2.3, 2.3.1 */
    return status >> 30 == severity_error && status != more_processing;
}

bool smb_looks_rpc(struct rd data)
{
    struct fault fault = {0};
    data.fault = &fault;
    uint8_t major = rd_u8(&data), minor = rd_u8(&data), type = rd_u8(&data);
    rd_skip(&data, 1);
    uint8_t order = rd_u8(&data), reals = rd_u8(&data);
    uint16_t pad = rd_u16le(&data), length = order & 0x10 ? rd_u16le(&data) : rd_u16be(&data);
    rd_skip(&data, 6);
    return rd_ok(&data) && major == 5 && minor <= 1 && type <= 19 && !(order & ~0x10) && reals <= 3 && !pad && length >= 16;
}
