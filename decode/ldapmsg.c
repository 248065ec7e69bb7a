/* decode/ldapmsg.c - envelope, controls and results of LDAP messages (RFC 4511), and which of their texts may be told. */
#include "decode/ldapmsg.h"

enum { MESSAGE_MAX = 1 << 26, CONTROL_ADDRESS = 0xa0 };

static const uint8_t client_ops[] = {LDAP_BIND,   LDAP_UNBIND,    LDAP_SEARCH,  LDAP_MODIFY,  LDAP_ADD,
                                     LDAP_DELETE, LDAP_MODIFY_DN, LDAP_COMPARE, LDAP_ABANDON, LDAP_EXTENDED};
static const uint8_t server_ops[] = {LDAP_BIND_DONE,   LDAP_ENTRY,          LDAP_SEARCH_DONE,  LDAP_MODIFY_DONE, LDAP_ADD_DONE,    LDAP_DELETE_DONE,
                                     LDAP_MODIFY_DN_DONE, LDAP_COMPARE_DONE, LDAP_REFERENCE, LDAP_EXTENDED_DONE, LDAP_INTERMEDIATE};

static bool is_op(uint8_t tag, int from)
{
    return (from != LDAPMSG_SERVER && memchr(client_ops, tag, sizeof client_ops)) ||
           (from != LDAPMSG_CLIENT && memchr(server_ops, tag, sizeof server_ops));
}

/* Length octets (X.690 8.1.3): false when they are not there or not definite; then *fault says which. */
static bool length_at(struct rd *r, size_t *out)
{
    uint8_t first = rd_u8(r);
    unsigned bytes = first & 0x7fu;
    *out = first;
    if (first < 0x80 || !rd_ok(r))
        return rd_ok(r);
    if (bytes == 0 || bytes > 4) {
        rd_fail(r, "length of an LDAP message that is none");
        return false;
    }
    *out = 0;
    while (bytes--)
        *out = *out << 8 | rd_u8(r);
    return rd_ok(r);
}

/* Begins with SEQUENCE, messageID (0 to 2^31-1), a protocolOp of that side whose length fits. */
enum claim ldapmsg_begins(const uint8_t *p, size_t n, int from)
{
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    size_t whole, id, op;
    if (n >= 1 && p[0] != BER_SEQUENCE)
        return CLAIM_NO;
    rd_skip(&r, 1);
    if (!length_at(&r, &whole))
        return n < 6 ? CLAIM_MORE : CLAIM_NO;
    size_t start = rd_offset(&r);
    if (whole < 5 || whole > MESSAGE_MAX || (rd_left(&r) >= 1 && *r.p != BER_INTEGER))
        return CLAIM_NO;
    rd_skip(&r, 1);
    if (rd_left(&r) < 1)
        return CLAIM_MORE;
    id = rd_u8(&r);
    if (id < 1 || id > 4 || (rd_left(&r) >= 1 && *r.p & 0x80u))
        return CLAIM_NO;
    rd_skip(&r, id);
    if (rd_left(&r) < 1)
        return CLAIM_MORE;
    if (!is_op(rd_u8(&r), from))
        return CLAIM_NO;
    if (!length_at(&r, &op))
        return rd_left(&r) == 0 && n < start + id + 8 ? CLAIM_MORE : CLAIM_NO;
    return rd_offset(&r) - start + op <= whole ? CLAIM_YES : CLAIM_NO;
}

ptrdiff_t ldapmsg_length(const uint8_t *p, size_t n)
{
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    size_t whole;
    enum claim is = ldapmsg_begins(p, n, LDAPMSG_ANY);
    if (is != CLAIM_YES)
        return is == CLAIM_MORE ? 0 : -1;
    rd_skip(&r, 1);
    (void)length_at(&r, &whole);
    return (ptrdiff_t)(rd_offset(&r) + whole);
}

uint8_t ldapmsg_element(struct rd *r, bool cut, struct rd *content)
{
    size_t n;
    uint8_t tag = rd_u8(r);
    if (!length_at(r, &n))
        n = 0;
    if (cut && n > rd_left(r))
        n = rd_left(r);
    *content = rd_sub(r, n);
    return rd_ok(r) ? tag : 0;
}

void ldapmsg_read(struct rd *r, bool cut, struct ldapmsg *out)
{
    struct rd all;
    *out = (struct ldapmsg){0};
    if (ldapmsg_element(r, cut, &all) != BER_SEQUENCE)
        rd_fail(&all, "no LDAP message");
    out->id = (uint32_t)ber_int(&all, BER_INTEGER);
    out->op = ldapmsg_element(&all, cut, &out->body);
    if (rd_ok(r) && !is_op(out->op, LDAPMSG_ANY))
        rd_fail(&all, "unknown LDAP operation");
    out->controls = all;
    out->controls.p = all.end;
    if (rd_left(&all) && *all.p == CONTROL_ADDRESS)
        (void)ldapmsg_element(&all, cut, &out->controls);
}

static void control(struct str oid, struct rd value, struct ldapmsg_controls *out)
{
    if (str_eq(oid, STR("1.2.840.113556.1.4.801"))) { /* LDAP_SERVER_SD_FLAGS_OID */
        struct rd flags = ber_get(&value, BER_SEQUENCE);
        out->sd_flags = (uint64_t)ber_int(&flags, BER_INTEGER);
        out->has_sd_flags = rd_ok(&value);
    } else if (str_eq(oid, STR("1.2.840.113556.1.4.319"))) { /* pagedResultsControl */
        struct rd page = ber_get(&value, BER_SEQUENCE);
        out->page = (uint64_t)ber_int(&page, BER_INTEGER);
        out->has_page = rd_ok(&value);
    }
}

/* Control, RFC 4511 4.1.11. */
void ldapmsg_controls(struct ldapmsg *m, struct ldapmsg_controls *out)
{
    *out = (struct ldapmsg_controls){0};
    while (rd_left(&m->controls)) {
        struct rd one = ber_get(&m->controls, BER_SEQUENCE), critical, value;
        struct rd type = ber_get(&one, BER_OCTETS);
        (void)ber_opt(&one, BER_BOOLEAN, &critical);
        if (ber_opt(&one, BER_OCTETS, &value))
            control((struct str){(const char *)type.p, rd_left(&type)}, value, out);
    }
}

void ldapmsg_result(struct rd *body, struct ldapmsg_result *out)
{
    *out = (struct ldapmsg_result){0};
    uint64_t code = (uint64_t)ber_int(body, BER_ENUMERATED);
    if (!rd_ok(body))
        return;
    out->known = true;
    out->code = code;
    struct rd matched = ber_get(body, BER_OCTETS), diagnostic = ber_get(body, BER_OCTETS);
    if (!rd_ok(body))
        return;
    out->matched = (struct str){(const char *)matched.p, rd_left(&matched)};
    out->diagnostic = (struct str){(const char *)diagnostic.p, rd_left(&diagnostic)};
}

/* ---- texts ---- */

/* Bytes of the UTF-8 character at s[i] (RFC 3629 4), 0 when there is none or it is a control character. */
static size_t character(struct str s, size_t i)
{
    unsigned char c = (unsigned char)s.p[i];
    size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (n == 0 || n > s.n - i || c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
        return 0;
    for (size_t k = 1; k < n; k++)
        if (((unsigned char)s.p[i + k] & 0xc0) != 0x80)
            return 0;
    unsigned char second = n > 1 ? (unsigned char)s.p[i + 1] : 0x80;
    bool odd = (c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) || (c == 0xf0 && second < 0x90) || (c == 0xf4 && second > 0x8f);
    return odd ? 0 : n;
}

struct str ldapmsg_text(const struct rd *r, size_t most)
{
    struct str s = {(const char *)r->p, rd_left(r)};
    size_t i = 0;
    while (i < s.n) {
        size_t n = character(s, i);
        if (n == 0)
            return STR_NONE;
        if (i + n > most)
            break;
        i += n;
    }
    return i ? str_sub(s, 0, i) : STR_NONE;
}

bool ldapmsg_secret(struct str attribute)
{
    static const char *const secrets[] = {"unicodePwd", "userPassword", "dBCSPwd", "lmPwdHistory", "ntPwdHistory", "supplementalCredentials",
                                          "initialAuthIncoming", "initialAuthOutgoing", "trustAuthIncoming", "trustAuthOutgoing", "currentValue",
                                          "priorValue", "pekList", "unixUserPassword", "msDS-ManagedPassword", "ms-Mcs-AdmPwd", "msLAPS-Password",
                                          "msLAPS-EncryptedPassword", "msLAPS-EncryptedPasswordHistory", "msLAPS-EncryptedDSRMPassword",
                                          "msFVE-RecoveryPassword", "msFVE-KeyPackage", "msTPM-OwnerInformation", "msPKIAccountCredentials",
                                          "msPKIDPAPIMasterKeys", "msDS-ExecuteScriptPassword", "clearTextPassword", "sambaNTPassword",
                                          "sambaLMPassword", "krbPrincipalKey"};
    ptrdiff_t option = str_chr(attribute, ';');
    struct str name = option >= 0 ? str_sub(attribute, 0, (size_t)option) : attribute;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (str_eqi(name, str_of(secrets[i])))
            return true;
    return false;
}

/* "... AcceptSecurityContext error, data 52e, v4563": a Win32 error code in hexadecimal (MS-ERREF 2.2), which has its NTSTATUS (2.3). Of an
 * account that there is not, SASL says 52e as well, which is no more than a logon failure. */
struct str ldapmsg_reason(struct str diagnostic, uint64_t *status)
{
    static const struct {
        struct str data;
        const char *reason;
        uint32_t status;
    } rows[] = {{{"525", 3}, "unknown user", 0xC0000064}, {{"52e", 3}, "wrong password", 0xC000006D},   {{"530", 3}, "hours", 0xC000006F},
                {{"531", 3}, "workstation", 0xC0000070},  {{"532", 3}, "password expired", 0xC0000071}, {{"533", 3}, "disabled", 0xC0000072},
                {{"534", 3}, "not granted", 0xC000015B},  {{"701", 3}, "expired", 0xC0000193},          {{"773", 3}, "password expired", 0xC0000224},
                {{"775", 3}, "locked", 0xC0000234}};
    struct str mark = STR(", data ");
    ptrdiff_t at = str_find(diagnostic, mark);
    struct str rest = at >= 0 ? str_from(diagnostic, (size_t)at + mark.n) : STR_NONE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_startsi(rest, rows[i].data)) {
            *status = rows[i].status;
            return str_of(rows[i].reason);
        }
    *status = 0;
    return STR_NONE;
}
