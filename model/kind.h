/* model/kind.h - what can happen: the kinds of activities, on both shores.
 *
 * One row per kind: identifier, the text that people, files and the API see, the shore, and the group
 * that behaviour models and pages use. Texts are permanent: activity NDJSON carries them.
 * Source of the on-premises list: the monitored activities of Azure ATP; what each stands for in Windows
 * events is said in decode/win_*.c, what it stands for in a cloud log in that log's decoder. */
#ifndef VIGIE_MODEL_KIND_H
#define VIGIE_MODEL_KIND_H

#include "base/str.h"

enum shore { SHORE_ONPREM, SHORE_CLOUD };

enum kind_group {
    GROUP_LOGON,     /* proving who one is */
    GROUP_ACCESS,    /* using a resource */
    GROUP_ADMIN,     /* changing who may do what, or the infrastructure */
    GROUP_DIRECTORY, /* changing or asking about directory objects */
    GROUP_DATA,      /* files and mail */
    GROUP_OTHER
};

#define KINDS(X)                                                                                                          \
    /* logon operations */                                                                                                \
    X(PREAUTH_ASKED, "pre-authentication asked for", ONPREM, OTHER) /* AS exchange, error 25: the name exists, no logon yet */ \
    X(CREDENTIALS_VALIDATION, "credentials validation", ONPREM, LOGON) /* 4768, 4771, 4776; AS exchange, NTLM */            \
    X(RESOURCE_ACCESS, "resource access", ONPREM, ACCESS)              /* 4769; TGS exchange */                             \
    X(TICKET_USE, "service ticket used", ONPREM, ACCESS)               /* AP exchange: a ticket shown to a server */          \
    X(TICKET_RENEWAL, "ticket renewal", ONPREM, LOGON)                 /* 4770 */                                          \
    X(INTERACTIVE_LOGON, "interactive logon", ONPREM, LOGON)           /* 4624 types 2, 7, 11, 13 */                        \
    X(REMOTE_DESKTOP, "remote desktop", ONPREM, LOGON)                 /* 4624 types 10, 12 */                              \
    X(NETWORK_LOGON, "network logon", ONPREM, LOGON)                   /* 4624 types 3, 8 */                                \
    X(SERVICE_LOGON, "service logon", ONPREM, LOGON)                   /* 4624 types 4, 5, 0 */                             \
    X(NEW_CREDENTIALS_LOGON, "new credentials logon", ONPREM, LOGON)   /* 4624 type 9 */                                    \
    X(EXPLICIT_CREDENTIALS, "explicit credentials used", ONPREM, LOGON) /* 4648 */                                          \
    X(FAILED_LOGON, "failed logon", ONPREM, LOGON)                     /* 4625 */                                          \
    X(LOGOFF, "logoff", ONPREM, LOGON)                                 /* 4634, 4647 */                                     \
    X(SPECIAL_PRIVILEGES, "special privileges assigned", ONPREM, LOGON) /* 4672 */                                          \
    X(VPN_CONNECTION, "VPN connection", ONPREM, LOGON)                                                                     \
    X(LDAP_BIND, "LDAP bind", ONPREM, LOGON)                                                                               \
    X(NTLM_AUDIT, "NTLM authentication audited", ONPREM, LOGON) /* NTLM operational 8001 to 8004, 6004 */                    \
    /* domain controller operations */                                                                                    \
    X(DIRECTORY_REPLICATION, "directory service replication", ONPREM, DIRECTORY)                                           \
    X(REPLICA_CHANGE, "replica source changed", ONPREM, DIRECTORY) /* 4928, 4929, 4935, DRSReplicaAdd ... */                  \
    X(DIRECTORY_ACCESS, "directory object access", ONPREM, DIRECTORY) /* 4662 */                                            \
    X(LDAP_SEARCH, "LDAP search", ONPREM, DIRECTORY)                  /* 1644 */                                           \
    X(LDAP_MODIFICATION, "LDAP modification", ONPREM, DIRECTORY)                                                           \
    X(SAMR_QUERY, "SAMR query", ONPREM, DIRECTORY) /* 4661, 4798, 4799, 5145 on samr */                                     \
    X(SMB_SESSION_ENUMERATION, "SMB session enumeration", ONPREM, DIRECTORY)                                               \
    X(DNS_QUERY, "DNS query", ONPREM, ACCESS)                                                                              \
    X(DNS_UPDATE, "DNS update", ONPREM, ACCESS) /* RFC 2136 */                                                             \
    X(NAME_SEEN, "network name seen", ONPREM, OTHER) /* device: a name, ip: its address, fact operation: how it is known; for \
                                                      name resolution alone */                                            \
    X(PRIVATE_DATA_RETRIEVAL, "private data retrieval", ONPREM, DIRECTORY)                                                 \
    X(SHARE_ACCESS, "share access", ONPREM, ACCESS)           /* 5140 */                                                   \
    X(SHARE_FILE_ACCESS, "share file access", ONPREM, ACCESS) /* 5145 on files and pipes */                                \
    X(SMB_FILE_COPY, "SMB file copy", ONPREM, DATA)                                                                        \
    X(SERVICE_CREATION, "service creation", ONPREM, ADMIN)    /* 4697, 7045 */                                              \
    X(TASK_SCHEDULING, "task scheduling", ONPREM, ADMIN)      /* 4698, 4699, 4702 */                                        \
    X(WMI_EXECUTION, "WMI execution", ONPREM, ADMIN)                                                                       \
    X(POWERSHELL_REMOTING, "PowerShell remoting", ONPREM, ADMIN)                                                           \
    X(PROCESS_CREATION, "process creation", ONPREM, ACCESS) /* 4688 */                                                     \
    X(SECURE_CHANNEL, "secure channel", ONPREM, LOGON)                                                                     \
    X(RPC_CALL, "remote procedure call", ONPREM, ACCESS) /* named by its interface and operation: what no other kind says */        \
    X(AUDIT_LOG_CLEARED, "audit log cleared", ONPREM, ADMIN)    /* 1102, 104 */                                             \
    X(AUDIT_POLICY_CHANGED, "audit policy changed", ONPREM, ADMIN) /* 4719 */                                               \
    /* directory changes */                                                                                               \
    X(ACCOUNT_CREATED, "account created", ONPREM, DIRECTORY)   /* 4720, 4741 */                                             \
    X(ACCOUNT_ENABLED, "account enabled", ONPREM, DIRECTORY)   /* 4722 */                                                  \
    X(ACCOUNT_DISABLED, "account disabled", ONPREM, DIRECTORY) /* 4725 */                                                  \
    X(ACCOUNT_DELETED, "account deleted", ONPREM, DIRECTORY)   /* 4726, 4743 */                                             \
    X(ACCOUNT_CHANGED, "account changed", ONPREM, DIRECTORY)   /* 4738, 4742 */                                             \
    X(ACCOUNT_RENAMED, "account renamed", ONPREM, DIRECTORY)   /* 4781 */                                                  \
    X(ACCOUNT_LOCKED, "account locked out", ONPREM, LOGON)     /* 4740 */                                                  \
    X(ACCOUNT_UNLOCKED, "account unlocked", ONPREM, DIRECTORY) /* 4767 */                                                  \
    X(PASSWORD_CHANGE, "password change", ONPREM, DIRECTORY)   /* 4723 */                                                  \
    X(PASSWORD_RESET, "password reset", ONPREM, DIRECTORY)     /* 4724 */                                                  \
    X(SID_HISTORY_ADDED, "SID history added", ONPREM, DIRECTORY) /* 4765, 4766 */                                           \
    X(GROUP_CREATED, "group created", ONPREM, DIRECTORY)                                                                  \
    X(GROUP_CHANGED, "group changed", ONPREM, DIRECTORY)                                                                  \
    X(GROUP_DELETED, "group deleted", ONPREM, DIRECTORY)                                                                  \
    X(GROUP_MEMBER_ADDED, "group member added", ONPREM, DIRECTORY)                                                        \
    X(GROUP_MEMBER_REMOVED, "group member removed", ONPREM, DIRECTORY)                                                    \
    X(OBJECT_CREATED, "directory object created", ONPREM, DIRECTORY)   /* 5137, 5138 */                                     \
    X(OBJECT_CHANGED, "directory object changed", ONPREM, DIRECTORY)   /* 5136, 5139 */                                     \
    X(OBJECT_DELETED, "directory object deleted", ONPREM, DIRECTORY)   /* 5141 */                                          \
    /* cloud: signing in */                                                                                               \
    X(SIGN_IN, "sign-in", CLOUD, LOGON)                                                                                    \
    X(FAILED_SIGN_IN, "failed sign-in", CLOUD, LOGON)                                                                      \
    X(SIGN_OUT, "sign-out", CLOUD, LOGON)                                                                                  \
    X(MFA_PROMPT, "MFA prompt", CLOUD, LOGON)                                                                              \
    X(MFA_DENIED, "MFA denied", CLOUD, LOGON)                                                                              \
    X(CLOUD_PASSWORD_CHANGE, "cloud password change", CLOUD, LOGON)                                                        \
    X(CLOUD_PASSWORD_RESET, "cloud password reset", CLOUD, ADMIN)                                                          \
    X(TOKEN_ISSUED, "token issued", CLOUD, LOGON) /* AD FS, STS AssumeRole and the like */                                  \
    /* cloud: files */                                                                                                    \
    X(FILE_VIEW, "file viewed", CLOUD, DATA)                                                                               \
    X(FILE_DOWNLOAD, "file downloaded", CLOUD, DATA)                                                                       \
    X(FILE_UPLOAD, "file uploaded", CLOUD, DATA)                                                                           \
    X(FILE_MODIFY, "file modified", CLOUD, DATA)                                                                           \
    X(FILE_DELETE, "file deleted", CLOUD, DATA)                                                                            \
    X(FILE_RENAME, "file renamed", CLOUD, DATA)                                                                            \
    X(FILE_SHARE, "file shared", CLOUD, DATA)                                                                              \
    X(FILE_UNSHARE, "file unshared", CLOUD, DATA)                                                                          \
    X(FOLDER_OPERATION, "folder operation", CLOUD, DATA)                                                                   \
    X(MALWARE_DETECTED, "malware detected in file", CLOUD, DATA)                                                           \
    /* cloud: mail */                                                                                                     \
    X(MAIL_ACCESS, "mail items accessed", CLOUD, DATA)                                                                     \
    X(MAIL_SENT, "mail sent", CLOUD, DATA)                                                                                 \
    X(MAIL_SEND_AS, "mail sent as another", CLOUD, DATA)                                                                   \
    X(MAIL_MOVED, "mail moved", CLOUD, DATA)                                                                               \
    X(MAIL_DELETED, "mail deleted", CLOUD, DATA)                                                                           \
    X(INBOX_RULE_CREATED, "inbox rule created", CLOUD, ADMIN)                                                              \
    X(INBOX_RULE_CHANGED, "inbox rule changed", CLOUD, ADMIN)                                                              \
    X(FORWARDING_SET, "mail forwarding set", CLOUD, ADMIN)                                                                 \
    X(MAILBOX_DELEGATED, "mailbox delegate added", CLOUD, ADMIN)                                                           \
    /* cloud: administration */                                                                                           \
    X(ROLE_GRANTED, "role granted", CLOUD, ADMIN)                                                                          \
    X(ROLE_REMOVED, "role removed", CLOUD, ADMIN)                                                                          \
    X(USER_CREATED, "user created", CLOUD, ADMIN)                                                                          \
    X(USER_CHANGED, "user changed", CLOUD, ADMIN)                                                                          \
    X(USER_DELETED, "user deleted", CLOUD, ADMIN)                                                                          \
    X(USER_DISABLED, "user disabled", CLOUD, ADMIN)                                                                        \
    X(CLOUD_GROUP_CHANGED, "cloud group changed", CLOUD, ADMIN)                                                            \
    X(POLICY_CHANGED, "policy changed", CLOUD, ADMIN)                                                                      \
    X(APP_CONSENT, "app consent", CLOUD, ADMIN)                                                                            \
    X(APP_CREDENTIAL_ADDED, "credential added to app", CLOUD, ADMIN)                                                       \
    X(FEDERATION_CHANGED, "federation settings changed", CLOUD, ADMIN)                                                     \
    X(AUDIT_LOGGING_CHANGED, "audit logging changed", CLOUD, ADMIN)                                                        \
    X(ADMIN_OPERATION, "administrative operation", CLOUD, ADMIN) /* named by fact "operation" */                            \
    /* cloud: infrastructure */                                                                                           \
    X(VM_CREATED, "VM created", CLOUD, ADMIN)                                                                              \
    X(VM_STARTED, "VM started", CLOUD, ADMIN)                                                                              \
    X(VM_DELETED, "VM deleted", CLOUD, ADMIN)                                                                              \
    X(STORAGE_CREATED, "storage created", CLOUD, ADMIN)                                                                    \
    X(STORAGE_DELETED, "storage deleted", CLOUD, ADMIN)                                                                    \
    X(STORAGE_MADE_PUBLIC, "storage made public", CLOUD, ADMIN)                                                            \
    X(ACCESS_KEY_CREATED, "access key created", CLOUD, ADMIN)                                                              \
    X(SECURITY_GROUP_CHANGED, "security group changed", CLOUD, ADMIN)                                                      \
    X(SECRET_READ, "secret read", CLOUD, ACCESS)                                                                           \
    X(REPORT_SHARED, "report shared", CLOUD, DATA)                                                                         \
    X(IMPERSONATED_ACTIVITY, "impersonated activity", CLOUD, ADMIN)                                                        \
    X(CLOUD_OTHER, "cloud activity", CLOUD, OTHER) /* the app's own operation name is in fact "operation" */

enum kind {
    KIND_UNKNOWN, /* not in the table: the activity's kind_text says what it is */
#define X(id, text, shore, group) KIND_##id,
    KINDS(X)
#undef X
        KIND_COUNT
};

struct str kind_text(enum kind k); /* empty for KIND_UNKNOWN */
enum kind kind_of(struct str text);
enum shore kind_shore(enum kind k); /* unknown kinds count as cloud */
enum kind_group kind_group(enum kind k);

#endif
