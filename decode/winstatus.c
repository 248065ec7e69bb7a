/* decode/winstatus.c - status numbers to reasons of failure. */
#include "decode/winstatus.h"

/* MS-ERREF 2.3.1: number, name without STATUS_, reason. */
#define STATUSES(X)                                                                                                    \
    X(0xC0000022, ACCESS_DENIED, "not granted")                                                                        \
    X(0xC000005E, NO_LOGON_SERVERS, "other")                                                                           \
    X(0xC0000064, NO_SUCH_USER, "unknown user")                                                                        \
    X(0xC000006A, WRONG_PASSWORD, "wrong password")                                                                    \
    X(0xC000006C, PASSWORD_RESTRICTION, "other")                                                                       \
    X(0xC000006D, LOGON_FAILURE, "other")                                                                              \
    X(0xC000006E, ACCOUNT_RESTRICTION, "not granted")                                                                  \
    X(0xC000006F, INVALID_LOGON_HOURS, "hours")                                                                        \
    X(0xC0000070, INVALID_WORKSTATION, "workstation")                                                                  \
    X(0xC0000071, PASSWORD_EXPIRED, "password expired")                                                                \
    X(0xC0000072, ACCOUNT_DISABLED, "disabled")                                                                        \
    X(0xC00000DC, INVALID_SERVER_STATE, "other")                                                                       \
    X(0xC0000133, TIME_DIFFERENCE_AT_DC, "clock skew")                                                                 \
    X(0xC000015B, LOGON_TYPE_NOT_GRANTED, "not granted")                                                               \
    X(0xC000018B, NO_TRUST_SAM_ACCOUNT, "unknown user")                                                                \
    X(0xC000018C, TRUSTED_DOMAIN_FAILURE, "other")                                                                     \
    X(0xC0000192, NETLOGON_NOT_STARTED, "other")                                                                       \
    X(0xC0000193, ACCOUNT_EXPIRED, "expired")                                                                          \
    X(0xC0000199, NOLOGON_WORKSTATION_TRUST_ACCOUNT, "not granted")                                                    \
    X(0xC0000224, PASSWORD_MUST_CHANGE, "password expired")                                                            \
    X(0xC0000225, NOT_FOUND, "other")                                                                                  \
    X(0xC0000234, ACCOUNT_LOCKED_OUT, "locked")                                                                        \
    X(0xC0000320, PKINIT_FAILURE, "certificate")                                                                       \
    X(0xC0000380, SMARTCARD_WRONG_PIN, "wrong password")                                                               \
    X(0xC0000381, SMARTCARD_CARD_BLOCKED, "certificate")                                                               \
    X(0xC0000386, SMARTCARD_CERT_REVOKED, "certificate")                                                               \
    X(0xC0000387, ISSUING_CA_UNTRUSTED, "certificate")                                                                 \
    X(0xC0000389, PKINIT_CLIENT_FAILURE, "certificate")                                                                \
    X(0xC000038A, SMARTCARD_CERT_EXPIRED, "certificate")                                                               \
    X(0xC0000413, AUTHENTICATION_FIREWALL_FAILED, "not granted")                                                       \
    X(0xC0000418, NTLM_BLOCKED, "not granted")                                                                         \
    X(0xC0000419, PASSWORD_CHANGE_REQUIRED, "password expired")

struct status {
    uint32_t number;
    struct str name, reason;
};

static const struct status statuses[] = {
#define X(number, name, reason) {number, {#name, sizeof(#name) - 1}, {reason, sizeof(reason) - 1}},
    STATUSES(X)
#undef X
};

enum { STATUS_COUNT = sizeof statuses / sizeof *statuses };

struct str winstatus_nt(uint64_t status)
{
    if (status == 0)
        return STR_NONE;
    for (size_t i = 0; i < STATUS_COUNT; i++)
        if (statuses[i].number == status)
            return statuses[i].reason;
    return STR("other");
}

bool winstatus_named(struct str name, uint64_t *status)
{
    if (str_starts(name, STR("NT_STATUS_")))
        name = str_from(name, 10);
    else if (str_starts(name, STR("STATUS_")))
        name = str_from(name, 7);
    else
        return false;
    if (str_eq(name, STR("OK"))) {
        *status = 0;
        return true;
    }
    for (size_t i = 0; i < STATUS_COUNT; i++)
        if (str_eq(statuses[i].name, name)) {
            *status = statuses[i].number;
            return true;
        }
    return false;
}

struct str winstatus_kerberos(uint64_t error)
{
    switch (error) {
    case 0: return STR_NONE;
    case 1: return STR("expired");         /* KDC_ERR_NAME_EXP */
    case 6: return STR("unknown user");    /* KDC_ERR_C_PRINCIPAL_UNKNOWN */
    case 12: return STR("not granted");    /* KDC_ERR_POLICY: hours, workstations, silos */
    case 23: return STR("password expired"); /* KDC_ERR_KEY_EXPIRED */
    case 24: return STR("wrong password"); /* KDC_ERR_PREAUTH_FAILED */
    case 37: return STR("clock skew");     /* KRB_AP_ERR_SKEW */
    default: break;
    }
    if (error >= 62 && error <= 80) /* RFC 4556: the public key errors */
        return STR("certificate");
    return STR("other"); /* 18, KDC_ERR_CLIENT_REVOKED, may mean disabled, expired, locked or hours */
}
