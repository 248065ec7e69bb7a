/* decode/entra.h - what the logs of Entra ID say in every form: its error numbers and its operations. */
#ifndef VIGIE_DECODE_ENTRA_H
#define VIGIE_DECODE_ENTRA_H

#include "decode/jsonlog.h"

/* A sign-in that ended with that AADSTS error: sets the outcome and FACT_FAILURE_REASON and returns the kind. A
 * wrong password is a failed sign-in; a stop on the way (second factor asked for, consent needed, silent sign-in
 * not possible) proves nothing wrong and is no failed one. */
enum kind entra_sign_in_failed(struct decode *d, uint64_t code);

/* What a directory operation stands for; trailing full stops and blanks do not matter ("Add user." of the unified
 * audit log is "Add user" of the directory's own). KIND_ADMIN_OPERATION when not in the table. */
enum kind entra_operation(struct decode *d, struct str operation);

/* What one property of the object became, old and new value as written: fills in roles, groups, consent, credentials.
 * May change the kind (an account disabled by "Update user"). */
enum kind entra_property(struct decode *d, enum kind k, struct str name, struct str old_value, struct str new_value);

#endif
