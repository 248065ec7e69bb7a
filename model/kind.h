/* model/kind.h - what can happen: the kinds of activities, on both shores.
 *
 * One row per kind: identifier, the text that people, files and the API see, the shore, the group
 * that behaviour models and pages use, and the text in French. Texts are permanent: activity NDJSON carries them.
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
    X(PREAUTH_ASKED, "pre-authentication asked for", ONPREM, OTHER, "pré-authentification demandée") /* AS exchange, error 25: the name exists, no logon yet */ \
    X(CREDENTIALS_VALIDATION, "credentials validation", ONPREM, LOGON, "validation d’identifiants") /* 4768, 4771, 4776; AS exchange, NTLM */            \
    X(RESOURCE_ACCESS, "resource access", ONPREM, ACCESS, "accès à une ressource")              /* 4769; TGS exchange */                             \
    X(TICKET_USE, "service ticket used", ONPREM, ACCESS, "ticket de service utilisé")               /* AP exchange: a ticket shown to a server */          \
    X(TICKET_RENEWAL, "ticket renewal", ONPREM, LOGON, "renouvellement de ticket")                 /* 4770 */                                          \
    X(INTERACTIVE_LOGON, "interactive logon", ONPREM, LOGON, "ouverture de session interactive")           /* 4624 types 2, 7, 11, 13 */                        \
    X(REMOTE_DESKTOP, "remote desktop", ONPREM, LOGON, "bureau à distance")                 /* 4624 types 10, 12 */                              \
    X(NETWORK_LOGON, "network logon", ONPREM, LOGON, "ouverture de session réseau")                   /* 4624 types 3, 8 */                                \
    X(SERVICE_LOGON, "service logon", ONPREM, LOGON, "ouverture de session de service")                   /* 4624 types 4, 5, 0 */                             \
    X(NEW_CREDENTIALS_LOGON, "new credentials logon", ONPREM, LOGON, "ouverture de session avec d’autres identifiants")   /* 4624 type 9 */                                    \
    X(EXPLICIT_CREDENTIALS, "explicit credentials used", ONPREM, LOGON, "identifiants explicites utilisés") /* 4648 */                                          \
    X(FAILED_LOGON, "failed logon", ONPREM, LOGON, "échec d’ouverture de session")                     /* 4625 */                                          \
    X(LOGOFF, "logoff", ONPREM, LOGON, "fermeture de session")                                 /* 4634, 4647 */                                     \
    X(SPECIAL_PRIVILEGES, "special privileges assigned", ONPREM, LOGON, "privilèges spéciaux attribués") /* 4672 */                                          \
    X(VPN_CONNECTION, "VPN connection", ONPREM, LOGON, "connexion VPN")                                                                     \
    X(LDAP_BIND, "LDAP bind", ONPREM, LOGON, "liaison LDAP")                                                                               \
    X(NTLM_AUDIT, "NTLM authentication audited", ONPREM, LOGON, "authentification NTLM auditée") /* NTLM operational 8001 to 8004, 6004 */                    \
    /* domain controller operations */                                                                                    \
    X(DIRECTORY_REPLICATION, "directory service replication", ONPREM, DIRECTORY, "réplication du service d’annuaire")                                           \
    X(REPLICA_CHANGE, "replica source changed", ONPREM, DIRECTORY, "source de réplication modifiée") /* 4928, 4929, 4935, DRSReplicaAdd ... */                  \
    X(DIRECTORY_ACCESS, "directory object access", ONPREM, DIRECTORY, "accès à un objet d’annuaire") /* 4662 */                                            \
    X(LDAP_SEARCH, "LDAP search", ONPREM, DIRECTORY, "recherche LDAP")                  /* 1644 */                                           \
    X(LDAP_MODIFICATION, "LDAP modification", ONPREM, DIRECTORY, "modification LDAP")                                                           \
    X(SAMR_QUERY, "SAMR query", ONPREM, DIRECTORY, "requête SAMR") /* 4661, 4798, 4799, 5145 on samr */                                     \
    X(SMB_SESSION_ENUMERATION, "SMB session enumeration", ONPREM, DIRECTORY, "énumération de sessions SMB")                                               \
    X(DNS_QUERY, "DNS query", ONPREM, ACCESS, "requête DNS")                                                                              \
    X(DNS_UPDATE, "DNS update", ONPREM, ACCESS, "mise à jour DNS") /* RFC 2136 */                                                             \
    X(NAME_SEEN, "network name seen", ONPREM, OTHER, "nom de réseau vu") /* device: a name, ip: its address, fact operation: how it is known; for \
                                                      name resolution alone */                                            \
    X(PRIVATE_DATA_RETRIEVAL, "private data retrieval", ONPREM, DIRECTORY, "récupération de données privées")                                                 \
    X(SHARE_ACCESS, "share access", ONPREM, ACCESS, "accès à un partage")           /* 5140 */                                                   \
    X(SHARE_FILE_ACCESS, "share file access", ONPREM, ACCESS, "accès à un fichier partagé") /* 5145 on files and pipes */                                \
    X(SMB_FILE_COPY, "SMB file copy", ONPREM, DATA, "copie de fichier SMB")                                                                        \
    X(SERVICE_CREATION, "service creation", ONPREM, ADMIN, "création de service")    /* 4697, 7045 */                                              \
    X(TASK_SCHEDULING, "task scheduling", ONPREM, ADMIN, "planification de tâche")      /* 4698, 4699, 4702 */                                        \
    X(WMI_EXECUTION, "WMI execution", ONPREM, ADMIN, "exécution WMI")                                                                       \
    X(POWERSHELL_REMOTING, "PowerShell remoting", ONPREM, ADMIN, "PowerShell à distance")                                                           \
    X(PROCESS_CREATION, "process creation", ONPREM, ACCESS, "création de processus") /* 4688 */                                                     \
    X(SECURE_CHANNEL, "secure channel", ONPREM, LOGON, "canal sécurisé")                                                                     \
    X(RPC_CALL, "remote procedure call", ONPREM, ACCESS, "appel de procédure distante") /* named by its interface and operation: what no other kind says */        \
    X(AUDIT_LOG_CLEARED, "audit log cleared", ONPREM, ADMIN, "journal d’audit effacé")    /* 1102, 104 */                                             \
    X(AUDIT_POLICY_CHANGED, "audit policy changed", ONPREM, ADMIN, "stratégie d’audit modifiée") /* 4719 */                                               \
    /* directory changes */                                                                                               \
    X(ACCOUNT_CREATED, "account created", ONPREM, DIRECTORY, "compte créé")   /* 4720, 4741 */                                             \
    X(ACCOUNT_ENABLED, "account enabled", ONPREM, DIRECTORY, "compte activé")   /* 4722 */                                                  \
    X(ACCOUNT_DISABLED, "account disabled", ONPREM, DIRECTORY, "compte désactivé") /* 4725 */                                                  \
    X(ACCOUNT_DELETED, "account deleted", ONPREM, DIRECTORY, "compte supprimé")   /* 4726, 4743 */                                             \
    X(ACCOUNT_CHANGED, "account changed", ONPREM, DIRECTORY, "compte modifié")   /* 4738, 4742 */                                             \
    X(ACCOUNT_RENAMED, "account renamed", ONPREM, DIRECTORY, "compte renommé")   /* 4781 */                                                  \
    X(ACCOUNT_LOCKED, "account locked out", ONPREM, LOGON, "compte verrouillé")     /* 4740 */                                                  \
    X(ACCOUNT_UNLOCKED, "account unlocked", ONPREM, DIRECTORY, "compte déverrouillé") /* 4767 */                                                  \
    X(PASSWORD_CHANGE, "password change", ONPREM, DIRECTORY, "changement de mot de passe")   /* 4723 */                                                  \
    X(PASSWORD_RESET, "password reset", ONPREM, DIRECTORY, "réinitialisation de mot de passe")     /* 4724 */                                                  \
    X(SID_HISTORY_ADDED, "SID history added", ONPREM, DIRECTORY, "historique SID ajouté") /* 4765, 4766 */                                           \
    X(GROUP_CREATED, "group created", ONPREM, DIRECTORY, "groupe créé")                                                                  \
    X(GROUP_CHANGED, "group changed", ONPREM, DIRECTORY, "groupe modifié")                                                                  \
    X(GROUP_DELETED, "group deleted", ONPREM, DIRECTORY, "groupe supprimé")                                                                  \
    X(GROUP_MEMBER_ADDED, "group member added", ONPREM, DIRECTORY, "membre ajouté à un groupe")                                                        \
    X(GROUP_MEMBER_REMOVED, "group member removed", ONPREM, DIRECTORY, "membre retiré d’un groupe")                                                    \
    X(OBJECT_CREATED, "directory object created", ONPREM, DIRECTORY, "objet d’annuaire créé")   /* 5137, 5138 */                                     \
    X(OBJECT_CHANGED, "directory object changed", ONPREM, DIRECTORY, "objet d’annuaire modifié")   /* 5136, 5139 */                                     \
    X(OBJECT_DELETED, "directory object deleted", ONPREM, DIRECTORY, "objet d’annuaire supprimé")   /* 5141 */                                          \
    /* cloud: signing in */                                                                                               \
    X(SIGN_IN, "sign-in", CLOUD, LOGON, "connexion")                                                                                    \
    X(FAILED_SIGN_IN, "failed sign-in", CLOUD, LOGON, "échec de connexion")                                                                      \
    X(SIGN_OUT, "sign-out", CLOUD, LOGON, "déconnexion")                                                                                  \
    X(MFA_PROMPT, "MFA prompt", CLOUD, LOGON, "demande MFA")                                                                              \
    X(MFA_DENIED, "MFA denied", CLOUD, LOGON, "MFA refusée")                                                                              \
    X(CLOUD_PASSWORD_CHANGE, "cloud password change", CLOUD, LOGON, "changement de mot de passe cloud")                                                        \
    X(CLOUD_PASSWORD_RESET, "cloud password reset", CLOUD, ADMIN, "réinitialisation de mot de passe cloud")                                                          \
    X(TOKEN_ISSUED, "token issued", CLOUD, LOGON, "jeton émis") /* AD FS, STS AssumeRole and the like */                                  \
    /* cloud: files */                                                                                                    \
    X(FILE_VIEW, "file viewed", CLOUD, DATA, "fichier consulté")                                                                               \
    X(FILE_DOWNLOAD, "file downloaded", CLOUD, DATA, "fichier téléchargé")                                                                       \
    X(FILE_UPLOAD, "file uploaded", CLOUD, DATA, "fichier envoyé")                                                                           \
    X(FILE_MODIFY, "file modified", CLOUD, DATA, "fichier modifié")                                                                           \
    X(FILE_DELETE, "file deleted", CLOUD, DATA, "fichier supprimé")                                                                            \
    X(FILE_RENAME, "file renamed", CLOUD, DATA, "fichier renommé")                                                                            \
    X(FILE_SHARE, "file shared", CLOUD, DATA, "fichier partagé")                                                                              \
    X(FILE_UNSHARE, "file unshared", CLOUD, DATA, "partage de fichier retiré")                                                                          \
    X(FOLDER_OPERATION, "folder operation", CLOUD, DATA, "opération sur un dossier")                                                                   \
    X(MALWARE_DETECTED, "malware detected in file", CLOUD, DATA, "logiciel malveillant détecté dans un fichier")                                                           \
    /* cloud: mail */                                                                                                     \
    X(MAIL_ACCESS, "mail items accessed", CLOUD, DATA, "messages consultés")                                                                     \
    X(MAIL_SENT, "mail sent", CLOUD, DATA, "message envoyé")                                                                                 \
    X(MAIL_SEND_AS, "mail sent as another", CLOUD, DATA, "message envoyé au nom d’un autre")                                                                   \
    X(MAIL_MOVED, "mail moved", CLOUD, DATA, "message déplacé")                                                                               \
    X(MAIL_DELETED, "mail deleted", CLOUD, DATA, "message supprimé")                                                                           \
    X(INBOX_RULE_CREATED, "inbox rule created", CLOUD, ADMIN, "règle de boîte de réception créée")                                                              \
    X(INBOX_RULE_CHANGED, "inbox rule changed", CLOUD, ADMIN, "règle de boîte de réception modifiée")                                                              \
    X(FORWARDING_SET, "mail forwarding set", CLOUD, ADMIN, "transfert de messages configuré")                                                                 \
    X(MAILBOX_DELEGATED, "mailbox delegate added", CLOUD, ADMIN, "délégué de boîte aux lettres ajouté")                                                           \
    /* cloud: administration */                                                                                           \
    X(ROLE_GRANTED, "role granted", CLOUD, ADMIN, "rôle attribué")                                                                          \
    X(ROLE_REMOVED, "role removed", CLOUD, ADMIN, "rôle retiré")                                                                          \
    X(USER_CREATED, "user created", CLOUD, ADMIN, "utilisateur créé")                                                                          \
    X(USER_CHANGED, "user changed", CLOUD, ADMIN, "utilisateur modifié")                                                                          \
    X(USER_DELETED, "user deleted", CLOUD, ADMIN, "utilisateur supprimé")                                                                          \
    X(USER_DISABLED, "user disabled", CLOUD, ADMIN, "utilisateur désactivé")                                                                        \
    X(CLOUD_GROUP_CHANGED, "cloud group changed", CLOUD, ADMIN, "groupe cloud modifié")                                                            \
    X(POLICY_CHANGED, "policy changed", CLOUD, ADMIN, "stratégie modifiée")                                                                      \
    X(APP_CONSENT, "app consent", CLOUD, ADMIN, "consentement à une application")                                                                            \
    X(APP_CREDENTIAL_ADDED, "credential added to app", CLOUD, ADMIN, "identifiants ajoutés à une application")                                                       \
    X(FEDERATION_CHANGED, "federation settings changed", CLOUD, ADMIN, "fédération modifiée")                                                     \
    X(AUDIT_LOGGING_CHANGED, "audit logging changed", CLOUD, ADMIN, "journalisation d’audit modifiée")                                                        \
    X(ADMIN_OPERATION, "administrative operation", CLOUD, ADMIN, "opération d’administration") /* named by fact "operation" */                            \
    /* cloud: infrastructure */                                                                                           \
    X(VM_CREATED, "VM created", CLOUD, ADMIN, "machine virtuelle créée")                                                                              \
    X(VM_STARTED, "VM started", CLOUD, ADMIN, "machine virtuelle démarrée")                                                                              \
    X(VM_DELETED, "VM deleted", CLOUD, ADMIN, "machine virtuelle supprimée")                                                                              \
    X(STORAGE_CREATED, "storage created", CLOUD, ADMIN, "stockage créé")                                                                    \
    X(STORAGE_DELETED, "storage deleted", CLOUD, ADMIN, "stockage supprimé")                                                                    \
    X(STORAGE_MADE_PUBLIC, "storage made public", CLOUD, ADMIN, "stockage rendu public")                                                            \
    X(ACCESS_KEY_CREATED, "access key created", CLOUD, ADMIN, "clé d’accès créée")                                                              \
    X(SECURITY_GROUP_CHANGED, "security group changed", CLOUD, ADMIN, "groupe de sécurité modifié")                                                      \
    X(SECRET_READ, "secret read", CLOUD, ACCESS, "secret lu")                                                                           \
    X(REPORT_SHARED, "report shared", CLOUD, DATA, "rapport partagé")                                                                         \
    X(IMPERSONATED_ACTIVITY, "impersonated activity", CLOUD, ADMIN, "activité par emprunt d’identité")                                                        \
    X(CLOUD_OTHER, "cloud activity", CLOUD, OTHER, "activité cloud") /* the app's own operation name is in fact "operation" */

enum kind {
    KIND_UNKNOWN, /* not in the table: the activity's kind_text says what it is */
#define X(id, text, shore, group, french) KIND_##id,
    KINDS(X)
#undef X
        KIND_COUNT
};

struct str kind_text(enum kind k); /* empty for KIND_UNKNOWN */
/* In French; a text that is no kind's stays as it is. */
struct str kind_french(struct str text);
enum kind kind_of(struct str text);
enum shore kind_shore(enum kind k); /* unknown kinds count as cloud */
enum kind_group kind_group(enum kind k);

#endif
