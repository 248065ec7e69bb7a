/* app/hub_config.h - the hub's configuration: a file of `name = value` lines, each name with a default and a sentence. */
#ifndef VIGIE_APP_HUB_CONFIG_H
#define VIGIE_APP_HUB_CONFIG_H

#include <stdio.h>

/* X(name, default, sentence) */
#define HUB_CONFIG(X)                                                                                                     \
    X(data, "/var/lib/vigie", "Folder with everything that the hub keeps; made when missing, readable by the hub alone.")  \
    X(inbox, "", "Folder in which dropped files are read and then moved to the data folder; empty: none.")                 \
    X(listen, "127.0.0.1", "Address to serve the portal and the API on; 0.0.0.0 or :: for all; ADDRESS:PORT sets the port, too.")                            \
    X(port, "8443", "TCP port of the portal and the API (HTTPS); 0: any free one.")                                         \
    X(host, "localhost", "Name under which people reach the hub: in links and in the certificate that it makes itself.")   \
    X(tls_certificate, "", "PEM file with the certificate chain; empty: one is made at first start in the data folder.")    \
    X(tls_key, "", "PEM file with the key of tls_certificate.")                                                             \
    X(syslog_listen, "127.0.0.1", "Address on which syslog is received.")                                                   \
    X(syslog_udp, "0", "UDP port for syslog; 0: none.")                                                                     \
    X(syslog_tcp, "0", "TCP port for syslog; 0: none.")                                                                     \
    X(syslog_tls, "0", "TLS port for syslog (RFC 5425) with the hub's certificate; 0: none.")                               \
    X(directory, "", "LDIF or JSON file with the directory, read at start; more can be uploaded.")                           \
    X(geo, "", "Places of addresses: text ranges or .mmdb; empty: those installed.")                                        \
    X(learned, "no", "Take the learning periods of all detections as over: yes or no.")                                     \
    X(jobs, "2", "Threads that decode what comes in.")                                                                      \
    X(export_rows, "10000000", "Most activities in one export of the activity log: the newest are written.")               \
    X(export_megabytes, "20480", "Most megabytes of one export.")

#define HUB_CONFIG_FILE "/etc/vigie/vigie.conf"

enum { HUB_CONFIG_VALUE = 1024 };

struct hub_config {
#define X(name, value, about) char name[HUB_CONFIG_VALUE];
    HUB_CONFIG(X)
#undef X
};

void hub_config_defaults(struct hub_config *c);
/* ERR_USAGE with the line number and what is wrong. */
int hub_config_read(struct hub_config *c, const char *path, char why[256]);
/* Defaults, and over them the file: `path`, or with NULL HUB_CONFIG_FILE when there is one. */
int hub_config_load(struct hub_config *c, const char *path, char why[256]);
/* One setting, as a line or an option gives it. `listen` also takes ADDRESS:PORT ([ADDRESS]:PORT of IPv6), which sets both. */
int hub_config_set(struct hub_config *c, const char *name, const char *value);
/* The whole file: every setting with its sentence, as it is in `c`. */
void hub_config_print(const struct hub_config *c, FILE *f);

#endif
