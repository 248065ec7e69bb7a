/* model/unread.h - records that are sound and say something that nobody can read there: why, and what it may have been.
 *
 * They are counted as other kinds of records are; besides, a report says where the first is and which detections they may make blind. */
#ifndef VIGIE_MODEL_UNREAD_H
#define VIGIE_MODEL_UNREAD_H

#include "model/kind.h"

enum unread { UNREAD_RPC_BIND, UNREAD_SMB_ENCRYPTED, UNREAD_SMB_COMPRESSED, UNREAD_LDAP_TLS, UNREAD_LDAP_SEALED, UNREAD_LDAP_MIDDLE, UNREAD_COUNT };

struct unread_info {
    const char *text;
    const enum kind *hides; /* kinds of activity that it may be, ended by KIND_COUNT */
};
extern const struct unread_info unread_info[UNREAD_COUNT];

#endif
