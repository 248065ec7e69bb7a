/* app/hub_syslog.h - syslog that the hub receives: JSON events become files to read, CEF alerts of other products alerts of ours. */
#ifndef VIGIE_APP_HUB_SYSLOG_H
#define VIGIE_APP_HUB_SYSLOG_H

#include "base/err.h"
#include "net/syslog_in.h"

struct hub;
struct hub_syslog;

struct hub_syslog_counts {
    uint64_t messages, records, alerts; /* received; JSON kept; CEF alerts that were new */
    uint64_t unknown;                   /* neither: counted, not kept */
    uint64_t failed;                    /* could not be kept */
    struct syslog_in_counts wire;
};

/* Listens as the configuration says; *out is NULL when it says nowhere. ERR_IO or ERR_USAGE with a sentence. */
int hub_syslog_open(struct hub *h, struct hub_syslog **out, char why[512]);
/* Hands over what came in since the last call; once a second or so. */
void hub_syslog_cut(struct hub_syslog *s);
void hub_syslog_counts(struct hub_syslog *s, struct hub_syslog_counts *out);
void hub_syslog_close(struct hub_syslog *s); /* NULL does nothing */

#endif
