/* directory/dir_value.h - single values of Active Directory attributes, as LDAP and LDIF carry them.
 *
 * All take outside bytes: a value that is cut, too long or otherwise no such value gives an absent string, TIME_NONE or
 * false, never a part of it. Texts are made in the arena, or point into the value where that is said. */
#ifndef VIGIE_DIRECTORY_DIR_VALUE_H
#define VIGIE_DIRECTORY_DIR_VALUE_H

#include "base/arena.h"
#include "base/str.h"
#include "base/time.h"

/* SID (MS-DTYP 2.4.2.2), exactly: revision 1, 1 to 15 sub-authorities, nothing behind. A text "S-1-..." is taken as it is. */
struct str dir_value_sid(struct arena *a, struct str v);
/* GUID (MS-DTYP 2.3.4.2): 16 bytes, or 36 characters; lower case without braces. */
struct str dir_value_guid(struct arena *a, struct str v);
/* GeneralizedTime (X.680, as MS-ADTS 3.1.1.2.2.2 has it): 20260105090000.0Z */
int64_t dir_value_generalized(struct str v);
/* Integer8 attributes that hold a FILETIME; 0 and 2^63-1 mean never (MS-ADTS 2.2). */
int64_t dir_value_filetime(struct str v);

/* Whom a self-relative security descriptor (MS-DTYP 2.4.6) allows something: the SIDs of its discretionary ACL's allowing
 * entries, each once, in their order. False, and an empty list, when the bytes are no such descriptor. */
bool dir_value_trustees(struct arena *a, struct str v, struct str **sids, size_t *n);

/* "member;range=1500-2999" (MS-ADTS 3.1.1.3.1.3.3): the name, and the last value's number or DIR_RANGE_END for "*".
 * False, and the name without its options, for an attribute that is not given in ranges. */
#define DIR_RANGE_END UINT32_MAX
bool dir_value_range(struct str description, struct str *name, uint32_t *last);

/* A DN with identities before it, "<GUID=...>;<SID=...>;CN=..." (MS-ADTS 3.1.1.3.4.1.5): its parts, pointing into v. */
struct dir_dn {
    struct str guid, sid, dn;
};
struct dir_dn dir_value_dn(struct str v);
/* What names the object of a DN-valued attribute best: its SID, else its GUID, else its DN. */
struct str dir_value_reference(struct str v);

#endif
