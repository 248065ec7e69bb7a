/* model/fact.h - typed keys for what only some kinds of activities have: the detections' raw material.
 *
 * One row per fact: identifier, its name in activity NDJSON (permanent), its type, what it means and
 * where it comes from. STR facts are UTF-8 text, U64 facts are numbers, FLAG facts are 0 or 1 numbers.
 * An absent fact is absent. */
#ifndef VIGIE_MODEL_FACT_H
#define VIGIE_MODEL_FACT_H

#include "base/str.h"

enum fact_type { FACT_TYPE_STR, FACT_TYPE_U64, FACT_TYPE_FLAG };

#define FACTS(X)                                                                                                       \
    /* where the record came from */                                                                                   \
    X(EVENT_ID, "event_id", U64)             /* Windows event id */                                                    \
    X(PROVIDER, "provider", STR)             /* event provider, AWS event source, workload */                          \
    X(OPERATION, "operation", STR)           /* the app's own operation name, always kept */                           \
    X(LOG_CHANNEL, "log_channel", STR)                                                                                 \
    X(COLLECTOR, "collector", STR)           /* computer that forwarded the record */                                  \
    /* logons */                                                                                                       \
    X(LOGON_TYPE, "logon_type", U64)         /* 4624 LogonType */                                                      \
    X(LOGON_PROCESS, "logon_process", STR)   /* NtLmSsp, Kerberos, seclogo, Advapi ... trimmed */                      \
    X(AUTH_PACKAGE, "auth_package", STR)     /* NTLM, Kerberos, Negotiate, MICROSOFT_AUTHENTICATION_PACKAGE_V1_0 */    \
    X(LM_PACKAGE, "lm_package", STR)         /* "NTLM V1", "NTLM V2", LM */                                            \
    X(KEY_LENGTH, "key_length", U64)                                                                                   \
    X(LOGON_GUID, "logon_guid", STR)                                                                                   \
    X(SUB_STATUS, "sub_status", U64)         /* NTSTATUS of 4625 SubStatus */                                          \
    X(FAILURE_REASON, "failure_reason", STR) /* one of: disabled, expired, locked, hours, workstation, wrong password,  \
                                                password expired, unknown user, certificate, not granted, clock skew,  \
                                                other */                                                               \
    X(WORKSTATION, "workstation", STR)       /* name that the client claims */                                        \
    X(SUBJECT_NAME, "subject_name", STR)     /* account that called, where the actor is another (4624, 4648) */         \
    X(SUBJECT_DOMAIN, "subject_domain", STR)                                                                           \
    X(SUBJECT_SID, "subject_sid", STR)                                                                                 \
    X(SUBJECT_LOGON_ID, "subject_logon_id", STR)                                                                       \
    X(PROCESS_NAME, "process_name", STR)     /* full path */                                                           \
    X(PARENT_PROCESS, "parent_process", STR)                                                                           \
    X(COMMAND_LINE, "command_line", STR)                                                                               \
    X(PRIVILEGES, "privileges", STR)         /* blank-separated names */                                               \
    X(ELEVATED, "elevated", FLAG)                                                                                      \
    X(IMPERSONATION, "impersonation", STR)                                                                             \
    X(TRANSITED, "transited", STR)           /* S4U services */                                                        \
    X(SECURE_CHANNEL_NAME, "secure_channel_name", STR) /* 8004: the server that asked the controller */                \
    /* Kerberos (RFC 4120; numbers of the IANA registry) */                                                            \
    X(TICKET_ETYPE, "ticket_etype", U64)                                                                               \
    X(SESSION_ETYPE, "session_etype", U64)                                                                             \
    X(PREAUTH_ETYPE, "preauth_etype", U64)                                                                             \
    X(PREAUTH_TYPE, "preauth_type", U64)                                                                               \
    X(TICKET_OPTIONS, "ticket_options", U64)                                                                           \
    X(ERROR_CODE, "error_code", U64)         /* Kerberos error number, failures only */                                \
    X(SPN, "spn", STR)                       /* service asked for, as written in the record */                         \
    X(CERT_ISSUER, "cert_issuer", STR)                                                                                 \
    X(CLIENT_ETYPES, "client_etypes", STR)   /* offered, blank-separated numbers in order */                           \
    /* object access */                                                                                                \
    X(OBJECT_SERVER, "object_server", STR)   /* DS, Security Account Manager, LSA ... */                               \
    X(OBJECT_TYPE, "object_type", STR)       /* SAM_DOMAIN, SAM_GROUP, or a schema GUID in lower case without braces */ \
    X(OBJECT_NAME, "object_name", STR)       /* DN, GUID or SID as written */                                          \
    X(ACCESS_MASK, "access_mask", U64)                                                                                 \
    X(PROPERTIES, "properties", STR)         /* GUIDs of 4662 in lower case without braces, blank-separated */         \
    X(DN, "dn", STR)                                                                                                   \
    X(OBJECT_CLASS, "object_class", STR)                                                                               \
    X(ATTRIBUTE, "attribute", STR)           /* LDAP display name that changed */                                      \
    X(VALUE, "value", STR)                   /* its value */                                                           \
    X(VALUE_CHANGE, "value_change", STR)     /* added, deleted */                                                      \
    X(SPNS, "spns", STR)                     /* service principal names set, blank-separated */                        \
    X(UAC_OLD, "uac_old", U64)               /* account control, SAM form (MS-SAMR 2.2.1.12) */                        \
    X(UAC_NEW, "uac_new", U64)                                                                                         \
    X(PRIMARY_GROUP, "primary_group", U64)                                                                             \
    X(SID_HISTORY, "sid_history", STR)                                                                                 \
    X(DELEGATE_TO, "delegate_to", STR)                                                                                 \
    X(OLD_NAME, "old_name", STR)                                                                                       \
    X(NEW_NAME, "new_name", STR)                                                                                       \
    X(NAMING_CONTEXT, "naming_context", STR)                                                                           \
    X(SOURCE_DRA, "source_dra", STR)         /* 4928, 4929 */                                                          \
    X(DESTINATION_DRA, "destination_dra", STR)                                                                         \
    X(LDAP_FILTER, "ldap_filter", STR)                                                                                 \
    X(LDAP_SCOPE, "ldap_scope", STR)         /* base, one, subtree */                                                  \
    X(LDAP_ATTRIBUTES, "ldap_attributes", STR)                                                                         \
    X(LDAP_BASE, "ldap_base", STR)                                                                                     \
    X(ENTRIES_RETURNED, "entries_returned", U64)                                                                       \
    X(ENTRIES_VISITED, "entries_visited", U64)                                                                         \
    /* shares, services, tasks */                                                                                      \
    X(SHARE, "share", STR)                   /* \\*\IPC$ as written */                                                 \
    X(SHARE_PATH, "share_path", STR)                                                                                   \
    X(RELATIVE_TARGET, "relative_target", STR) /* file or pipe below the share */                                      \
    X(SERVICE_NAME, "service_name", STR)                                                                               \
    X(IMAGE_PATH, "image_path", STR)                                                                                   \
    X(SERVICE_TYPE, "service_type", U64)                                                                               \
    X(START_TYPE, "start_type", U64)                                                                                   \
    X(SERVICE_ACCOUNT, "service_account", STR)                                                                         \
    X(TASK_NAME, "task_name", STR)                                                                                     \
    X(TASK_CONTENT, "task_content", STR)                                                                               \
    X(TASK_CHANGE, "task_change", STR)       /* created, deleted, updated, enabled, disabled */                        \
    /* RPC */                                                                                                          \
    X(RPC_INTERFACE, "rpc_interface", STR)                                                                             \
    X(RPC_OPNUM, "rpc_opnum", U64)                                                                                     \
    X(PIPE, "pipe", STR)                                                                                               \
    /* cloud */                                                                                                        \
    X(CLOUD_RECORD_ID, "cloud_record_id", STR)                                                                         \
    X(WORKLOAD, "workload", STR)                                                                                       \
    X(TARGET_APP, "target_app", STR)         /* application signed in to, or service called */                         \
    X(APP_ID, "app_id", STR)                                                                                           \
    X(USER_TYPE, "user_type", STR)           /* IAMUser, AssumedRole, Root, Regular, Admin, System ... */              \
    X(RULE_NAME, "rule_name", STR)                                                                                     \
    X(RULE_ACTIONS, "rule_actions", STR)     /* blank-separated: delete move-to:<folder> mark-read forward-to:<address> ... */ \
    X(RULE_CONDITIONS, "rule_conditions", STR)                                                                         \
    X(FORWARD_TO, "forward_to", STR)         /* addresses, blank-separated */                                          \
    X(FILE_NAME, "file_name", STR)                                                                                     \
    X(FILE_PATH, "file_path", STR)                                                                                     \
    X(FILE_EXTENSION, "file_extension", STR)                                                                           \
    X(SITE_URL, "site_url", STR)                                                                                       \
    X(SHARE_SCOPE, "share_scope", STR)       /* internal, external, public */                                          \
    X(SHARED_WITH, "shared_with", STR)                                                                                 \
    X(MAIL_SUBJECT, "mail_subject", STR)                                                                               \
    X(MAIL_FOLDER, "mail_folder", STR)                                                                                 \
    X(ITEM_COUNT, "item_count", U64)         /* items in one record (mails deleted, files) */                          \
    X(BYTES, "bytes", U64)                                                                                             \
    X(ROLE_NAME, "role_name", STR)                                                                                     \
    X(POLICY_NAME, "policy_name", STR)                                                                                 \
    X(MFA_USED, "mfa_used", FLAG)                                                                                      \
    X(FEDERATED, "federated", FLAG)          /* token came from an identity provider of one's own (SAML, WS-Fed) */    \
    X(TOKEN_ISSUER, "token_issuer", STR)                                                                               \
    X(RISK_LEVEL, "risk_level", STR)         /* none, low, medium, high: the identity provider's own verdict */        \
    X(RISK_STATE, "risk_state", STR)                                                                                   \
    X(CONSENT_SCOPES, "consent_scopes", STR)                                                                           \
    X(ACCESS_KEY, "access_key", STR)         /* key id, never a secret */                                              \
    X(AWS_REGION, "aws_region", STR)                                                                                   \
    X(AWS_ACCOUNT, "aws_account", STR)                                                                                 \
    X(READ_ONLY, "read_only", FLAG)                                                                                    \
    X(ERROR_NAME, "error_name", STR)         /* the app's own error name or message */                                 \
    X(CHANGE, "change", STR)                 /* what was changed, new value, short */                                  \
    X(GEO_STATED, "geo_stated", FLAG)        /* the record itself states the place */                                  \
    X(SOURCE_ADDRESS, "source_address", STR) /* 4928, 4929: DNS name that a replica source gave */                     \
    /* DNS (RFC 1035; numbers of the IANA DNS parameters) */                                                           \
    X(DNS_NAME, "dns_name", STR)             /* name asked for, without the final dot */                               \
    X(DNS_TYPE, "dns_type", U64)             /* 1 A, 12 PTR, 251 IXFR, 252 AXFR ... */                                 \
    X(DNS_RCODE, "dns_rcode", U64)           /* 0 no error, 3 no such name, 5 refused ... */                           \
    X(DNS_ANSWERS, "dns_answers", U64)       /* records in the answer section */                                       \
    /* Kerberos on the wire */                                                                                         \
    X(TICKET_HASH, "ticket_hash", STR)       /* of the ticket presented: hash of its encrypted part, 32 hexadecimal digits */ \
    X(ISSUED_HASH, "issued_hash", STR)       /* of the ticket in the answer */                                         \
    X(TGT_ETYPE, "tgt_etype", U64)           /* of the ticket presented */                                             \
    X(TGT_KVNO, "tgt_kvno", U64)             /* key version in it, absent where it states none */                      \
    X(TGT_REALM, "tgt_realm", STR)           /* realm in it, as written */                                             \
    X(TGT_SERVICE, "tgt_service", STR)       /* service in it: krbtgt/REALM */                                         \
    X(TGT_NAME_TYPE, "tgt_name_type", U64)   /* type of that name */                                                   \
    X(TGT_SIZE, "tgt_size", U64)             /* bytes of its encrypted part */                                         \
    X(TICKET_KVNO, "ticket_kvno", U64)       /* of the ticket issued: key version */                                   \
    X(TICKET_REALM, "ticket_realm", STR)     /* ... realm as written */                                                \
    X(TICKET_SERVICE, "ticket_service", STR) /* ... service in it */                                                   \
    X(TICKET_NAME_TYPE, "ticket_name_type", U64)/* ... type of that name */                                            \
    X(TICKET_SIZE, "ticket_size", U64)       /* ... bytes of its encrypted part */                                     \
    X(REPLY_ETYPE, "reply_etype", U64)       /* of the answer: the client key's (AS), the session key's (TGS) */       \
    X(PADATA, "padata", STR)                 /* types of the pre-authentication data sent, blank-separated numbers in order */\
    X(TICKET_TILL, "ticket_till", STR)       /* end asked for, as sent: 20370913024805Z */                             \
    X(TICKET_RTIME, "ticket_rtime", STR)     /* end of renewals asked for, as sent */                                  \
    X(NONCE, "nonce", U64)                                                                                             \
    X(REALM_SENT, "realm_sent", STR)         /* realm that the client asked in, as written */                          \
    X(CLIENT_NAME, "client_name", STR)       /* client that it asked for, as written */                                \
    X(CLIENT_NAME_TYPE, "client_name_type", U64)                                                                       \
    X(SERVICE_NAME_TYPE, "service_name_type", U64)                                                                     \
    X(AUTHENTICATOR_ETYPE, "authenticator_etype", U64)/* of the session key of the ticket presented */                 \
    X(KDC_ETYPES, "kdc_etypes", STR)         /* that the KDC has keys of for the client, blank-separated numbers in order */\
    X(PAC_REQUESTED, "pac_requested", FLAG)  /* PA-PAC-REQUEST */                                                      \
    X(PAC_OPTIONS, "pac_options", U64)                                                                                 \
    X(OWN_AUTHORIZATION, "own_authorization", FLAG)/* the client brought authorization data of its own */              \
    X(FOR_USER, "for_user", STR)             /* who the ticket is asked for in the name of (S4U) */                    \
    X(EVIDENCE_HASH, "evidence_hash", STR)   /* of the additional ticket of the request */                             \
    /* NTLM on the wire */                                                                                             \
    X(NTLM_CHALLENGE, "ntlm_challenge", STR) /* the server's, 16 hexadecimal digits */                                 \
    X(NTLM_FLAGS, "ntlm_flags", U64)         /* of AUTHENTICATE (MS-NLMP 2.2.2.5) */                                   \
    X(NTLM_NEGOTIATE_FLAGS, "ntlm_negotiate_flags", U64)                                                               \
    X(NTLM_CHALLENGE_FLAGS, "ntlm_challenge_flags", U64)                                                               \
    X(NTLM_VERSION, "ntlm_version", STR)     /* that AUTHENTICATE states: 10.0.17763; "left out": announced only */     \
    X(NTLM_MIC, "ntlm_mic", STR)             /* present, zero, absent */                                               \
    X(NTLM_MIC_STATED, "ntlm_mic_stated", FLAG) /* the client's target info says that there is a MIC */                \
    X(LM_RESPONSE, "lm_response", FLAG)      /* an LM response beside the NT response */                               \
    X(CLEAR_TEXT, "clear_text", FLAG)        /* the password crossed the network as it is */                           \
    /* LDAP on the wire */                                                                                             \
    X(LDAP_RESULT, "ldap_result", U64)       /* RFC 4511 4.1.9 */                                                      \
    X(SD_FLAGS, "sd_flags", U64)             /* parts of security descriptors asked for, MS-ADTS 3.1.1.3.4.1.11 */         \
    X(PAGE_SIZE, "page_size", U64)           /* of a paged search, RFC 2696 */                                         \
    X(SIZE_LIMIT, "size_limit", U64)         /* most entries that a search wants */                                    \
    /* SMB on the wire */                                                                                              \
    X(SMB_COMMAND, "smb_command", STR)       /* open, create, delete, rename ..., or an SMB1 transaction by its name */    \
    X(NATIVE_OS, "native_os", STR)           /* client's, MS-CIFS 2.2.4.53.1 */                                        \
    X(NATIVE_LM, "native_lm", STR)                                                                                     \
    X(SMB_DIALECTS, "smb_dialects", STR)     /* that the client offered, in order: "NT LM 0.12, 2.002, 2.???" or "2.0.2, 2.1, 3.1.1" */ \
    X(BYTES_READ, "bytes_read", U64)         /* from a file over SMB */                                                \
    X(BYTES_WRITTEN, "bytes_written", U64)                                                                             \
    X(SMB_MID, "smb_mid", U64)               /* multiplex id of an SMB1 request, MS-CIFS 2.2.3.1 */                    \
    X(SMB_ANSWER_MID, "smb_answer_mid", U64) /* ... and of what the server answered it with */                         \
    X(SMB_TOTAL_DATA, "smb_total_data", U64) /* bytes that an SMB1 transaction announces */                            \
    /* DCE/RPC on the wire */                                                                                          \
    X(RPC_OPERATION, "rpc_operation", STR)   /* the operation's name in its specification */                           \
    X(RPC_AUTH_LEVEL, "rpc_auth_level", U64) /* MS-RPCE 2.2.1.1.8 */                                                   \
    X(ZERO_CREDENTIAL, "zero_credential", FLAG) /* the client's Netlogon credential is all zero */                     \
    X(CHANNEL_TYPE, "channel_type", U64)     /* of a secure channel: MS-NRPC 2.2.1.3.13 */                             \
    X(CLASS_ID, "class_id", STR)             /* DCOM class activated: a GUID */                                        \
    X(REMOTE_PATH, "remote_path", STR)       /* path or computer that the server is asked to turn to */                \
    X(RPC_SOUGHT, "rpc_sought", STR)         /* interface that the endpoint mapper was asked for */                    \
    /* DNS, DHCP, NetBIOS and RADIUS on the wire */                                                                    \
    X(DNS_AUTHORITATIVE, "dns_authoritative", FLAG) /* the server answered from a zone of its own */                  \
    X(DNS_SIZE, "dns_size", U64)             /* bytes of the answer message */                                         \
    X(DNS_ANOMALY, "dns_anomaly", STR)       /* what in the message cannot be (decode/dnsmsg.h) */                     \
    X(DNS_DATA, "dns_data", STR)             /* first answer's data: address, name, or text */                         \
    X(SECONDS, "seconds", U64)               /* lease time, time to live, session time */                              \
    X(ASSIGNED_IP, "assigned_ip", STR)       /* address that a VPN gave the client */                                  \
    /* anything on the wire */                                                                                         \
    X(CARRIER, "carrier", STR)               /* protocol on the wire that it was part of, SMB, LDAP, RPC, HTTP, DNS, KPASSWD; never in events */

enum fact_key {
    FACT_NONE,
#define X(id, name, type) FACT_##id,
    FACTS(X)
#undef X
        FACT_COUNT
};

struct fact {
    uint16_t key;  /* enum fact_key */
    uint16_t type; /* enum fact_type */
    union {
        struct str s;
        uint64_t u;
    };
};

struct str fact_name(enum fact_key k);
enum fact_type fact_type(enum fact_key k);
enum fact_key fact_of(struct str name);

#endif
