/* detect/attempt.c - the result of a password check from the code that its protocol gives. */
#include "detect/attempt.h"

enum { KDC_ERR_C_PRINCIPAL_UNKNOWN = 6, KDC_ERR_PREAUTH_FAILED = 24, KDC_ERR_PREAUTH_REQUIRED = 25 };
#define STATUS_NO_SUCH_USER 0xC0000064u
#define STATUS_WRONG_PASSWORD 0xC000006Au
#define STATUS_LOGON_FAILURE 0xC000006Du
#define STATUS_ACCOUNT_LOCKED_OUT 0xC0000234u

static enum attempt of_kerberos(uint64_t code)
{
    if (code == KDC_ERR_PREAUTH_FAILED)
        return ATTEMPT_WRONG;
    if (code == KDC_ERR_C_PRINCIPAL_UNKNOWN)
        return ATTEMPT_UNKNOWN;
    return code == KDC_ERR_PREAUTH_REQUIRED ? ATTEMPT_NONE : ATTEMPT_REFUSED;
}

static enum attempt of_status(uint64_t status)
{
    if (status == STATUS_WRONG_PASSWORD || status == STATUS_ACCOUNT_LOCKED_OUT)
        return ATTEMPT_WRONG;
    return status == STATUS_NO_SUCH_USER ? ATTEMPT_UNKNOWN : ATTEMPT_REFUSED;
}

static enum attempt of_failure(const struct activity *a)
{
    uint64_t code = act_u64(a, FACT_ERROR_CODE, a->has_code ? a->code : 0);
    if (a->protocol == PROTO_KERBEROS && code && code < 256)
        return of_kerberos(code);
    uint64_t sub = act_u64(a, FACT_SUB_STATUS, 0) & 0xFFFFFFFFu;
    uint64_t status = sub ? sub : (a->has_code ? a->code & 0xFFFFFFFFu : 0);
    if (status && status != STATUS_LOGON_FAILURE)
        return of_status(status);
    struct str reason = act_str(a, FACT_FAILURE_REASON);
    if (str_eq(reason, STR("unknown user")))
        return ATTEMPT_UNKNOWN;
    return str_eq(reason, STR("wrong password")) || str_eq(reason, STR("locked")) || status == STATUS_LOGON_FAILURE ? ATTEMPT_WRONG : ATTEMPT_REFUSED;
}

enum attempt attempt_of(const struct activity *a)
{
    bool check = a->kind == KIND_CREDENTIALS_VALIDATION || a->kind == KIND_NTLM_AUDIT || a->kind == KIND_FAILED_LOGON ||
                 a->kind == KIND_NETWORK_LOGON || a->kind == KIND_INTERACTIVE_LOGON || a->kind == KIND_REMOTE_DESKTOP;
    if (!check || a->outcome == OUTCOME_UNKNOWN)
        return ATTEMPT_NONE;
    return a->outcome == OUTCOME_SUCCESS ? ATTEMPT_OK : of_failure(a);
}
