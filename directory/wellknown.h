/* directory/wellknown.h - security identifiers that mean the same in every domain (MS-DTYP 2.4.2.4). */
#ifndef VIGIE_DIRECTORY_WELLKNOWN_H
#define VIGIE_DIRECTORY_WELLKNOWN_H

#include "base/str.h"

/* The last number of a domain SID (S-1-5-21-a-b-c-RID); 0 for others. */
uint32_t sid_rid(struct str sid);
/* The S-1-5-21-a-b-c part of a domain SID; absent for others. */
struct str sid_domain(struct str sid);
/* Built-in privileged groups: what the original calls sensitive, by SID or RID. */
bool sid_is_sensitive_group(struct str sid);
/* The same by the names and places that an English installation gives them: for groups of which nothing but the DN is known. */
bool dn_is_sensitive_group(struct str dn);
/* SYSTEM, services, anonymous, window manager and other accounts that are nobody. */
bool sid_is_builtin(struct str sid);

#endif
