/* tools/sample/win.h - what happens on Windows computers, as the events that their logs then hold.
 *
 * A host whose log is not collected writes nothing. `dc` and `host` are numbers of org.hosts. */
#ifndef VIGIE_SAMPLE_WIN_H
#define VIGIE_SAMPLE_WIN_H

#include "tools/sample/world.h"

enum { ETYPE_RC4 = 0x17, ETYPE_AES256 = 0x12 };
/* Kerberos errors (RFC 4120 7.5.9) and NTSTATUS values (MS-ERREF 2.3) */
enum { KDC_UNKNOWN = 0x6, KDC_REVOKED = 0x12, KDC_PREAUTH_FAILED = 0x18 };
#define NT_WRONG_PASSWORD 0xc000006au
#define NT_NO_SUCH_USER 0xc0000064u
#define NT_EXPIRED 0xc0000193u
#define NT_LOCKED 0xc0000234u
#define NT_DISABLED 0xc0000072u

extern const struct who win_system, win_nobody;

struct logon {
    int host;
    const struct who *who;
    uint32_t type;
    bool ntlm, admin;
    uint32_t ip; /* of the client, 0 = local */
    const char *client;
    int64_t length; /* until logoff; 0 = no logoff is logged */
};

void win_tgt(struct world *w, int64_t t, int dc, const struct who *who, uint32_t ip, uint32_t etype);
void win_tgt_failed(struct world *w, int64_t t, int dc, const char *name, uint32_t ip, uint32_t error);
void win_preauth_failed(struct world *w, int64_t t, int dc, const struct who *who, uint32_t ip, uint32_t error);
void win_ticket(struct world *w, int64_t t, int dc, const char *user, const struct who *service, uint32_t ip, uint32_t etype);
void win_renewal(struct world *w, int64_t t, int dc, const struct who *who, uint32_t ip);
uint64_t win_logon(struct world *w, int64_t t, const struct logon *l); /* returns the logon id */
/* Logon type 9 under `l->who` with the credentials of another: runas /netonly and its abuse. */
void win_new_credentials(struct world *w, int64_t t, const struct logon *l, const struct who *other);
void win_logon_failed(struct world *w, int64_t t, const struct logon *l, uint32_t status);
void win_ntlm(struct world *w, int64_t t, int dc, const char *user, const char *client, uint32_t status);
void win_explicit(struct world *w, int64_t t, int host, const struct who *subject, const struct who *target, int server);
void win_share(struct world *w, int64_t t, const struct logon *l, uint64_t id, const char *share);
void win_share_file(struct world *w, int64_t t, const struct logon *l, uint64_t id, const char *share, const char *file);
void win_sam(struct world *w, int64_t t, int dc, const struct who *who, uint64_t id, const char *type, const char *object);
void win_replicate(struct world *w, int64_t t, int dc, const struct who *who, uint64_t id);
void win_process(struct world *w, int64_t t, int host, const struct who *who, const char *image, const char *command);
void win_service(struct world *w, int64_t t, int host, const struct who *who, const char *name, const char *image);
void win_service_state(struct world *w, int64_t t, int host, const char *name, const char *state);
void win_task(struct world *w, int64_t t, int host, const struct who *who, const char *name, const char *command);
void win_privilege_use(struct world *w, int64_t t, int host, const struct who *who);
void win_audit_change(struct world *w, int64_t t, int host);
void win_log_cleared(struct world *w, int64_t t, int host, const struct who *by);

#endif
