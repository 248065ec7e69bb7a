/* decode/winstatus.h - what NTSTATUS and Kerberos error numbers say about a failed logon.
 *
 * Words are those of fact "failure_reason" (model/fact.h). Sources: MS-ERREF 2.3.1, RFC 4120 7.5.9,
 * RFC 4556 3.1.3. */
#ifndef VIGIE_DECODE_WINSTATUS_H
#define VIGIE_DECODE_WINSTATUS_H

#include "base/str.h"

/* Absent for success. */
struct str winstatus_nt(uint64_t status);
struct str winstatus_kerberos(uint64_t error);
/* The number of a symbolic name as Samba writes it ("NT_STATUS_WRONG_PASSWORD"); false when not known. */
bool winstatus_named(struct str name, uint64_t *status);

#endif
