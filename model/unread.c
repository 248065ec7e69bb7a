/* model/unread.c - the table of model/unread.h. */
#include "model/unread.h"

/* decode/rpc_*.c */
#define RPC_KINDS                                                                                                                                   \
    KIND_RPC_CALL, KIND_DIRECTORY_REPLICATION, KIND_REPLICA_CHANGE, KIND_SAMR_QUERY, KIND_SMB_SESSION_ENUMERATION, KIND_PRIVATE_DATA_RETRIEVAL,     \
        KIND_SERVICE_CREATION, KIND_TASK_SCHEDULING, KIND_WMI_EXECUTION, KIND_SECURE_CHANNEL, KIND_GROUP_MEMBER_ADDED, KIND_GROUP_MEMBER_REMOVED,   \
        KIND_ACCOUNT_CREATED, KIND_ACCOUNT_CHANGED, KIND_ACCOUNT_DELETED, KIND_GROUP_CREATED, KIND_GROUP_DELETED, KIND_PASSWORD_CHANGE,              \
        KIND_PASSWORD_RESET, KIND_SID_HISTORY_ADDED

static const enum kind rpc[] = {RPC_KINDS, KIND_COUNT};
/* files of shares and, through pipes, calls */
static const enum kind smb[] = {KIND_SHARE_ACCESS, KIND_SHARE_FILE_ACCESS, KIND_SMB_FILE_COPY, RPC_KINDS, KIND_COUNT};
static const enum kind ldap[] = {KIND_LDAP_BIND,          KIND_LDAP_SEARCH,         KIND_LDAP_MODIFICATION, KIND_GROUP_MEMBER_ADDED, KIND_GROUP_MEMBER_REMOVED,
                                 KIND_ACCOUNT_CREATED,    KIND_GROUP_CREATED,       KIND_OBJECT_CREATED,    KIND_OBJECT_CHANGED,     KIND_OBJECT_DELETED,
                                 KIND_PASSWORD_CHANGE,    KIND_PASSWORD_RESET,      KIND_COUNT};

const struct unread_info unread_info[UNREAD_COUNT] = {
    [UNREAD_RPC_BIND] = {"RPC call whose bind was not seen", rpc},
    [UNREAD_SMB_ENCRYPTED] = {"SMB3 encrypted message", smb},
    [UNREAD_SMB_COMPRESSED] = {"SMB3 compressed message", smb},
    [UNREAD_LDAP_TLS] = {"LDAP over TLS", ldap},
    [UNREAD_LDAP_SEALED] = {"sealed LDAP", ldap},
    [UNREAD_LDAP_MIDDLE] = {"LDAP in the middle of a signed buffer", ldap},
};
