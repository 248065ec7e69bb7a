/* model/uac.h - the bits of userAccountControl that Vigie reads or writes (MS-ADTS 2.2.16). */
#ifndef VIGIE_MODEL_UAC_H
#define VIGIE_MODEL_UAC_H

enum uac_flag {
    UAC_DISABLED = 0x2,
    UAC_PASSWORD_NOT_REQUIRED = 0x20,
    UAC_WORKSTATION_TRUST = 0x1000,
    UAC_SERVER_TRUST = 0x2000,            /* a domain controller */
    UAC_PASSWORD_NEVER_EXPIRES = 0x10000,
    UAC_SMARTCARD_REQUIRED = 0x40000,
    UAC_TRUSTED_FOR_DELEGATION = 0x80000, /* unconstrained */
    UAC_NOT_DELEGATED = 0x100000,
    UAC_USE_DES_ONLY = 0x200000,
    UAC_DONT_REQUIRE_PREAUTH = 0x400000,
    UAC_TRUSTED_TO_AUTH_FOR_DELEGATION = 0x1000000, /* protocol transition */
    UAC_PARTIAL_SECRETS = 0x4000000                 /* a read-only domain controller */
};

#endif
