/* net/transfer.h - one libcurl handle, set up the way every client here wants it.
 *
 * TLS 1.2 or newer, certificate and host name verified; no proxy from the environment, no signals, no .netrc, no
 * redirects; bounded in time. Files outside net/ do not need this. */
#ifndef VIGIE_NET_TRANSFER_H
#define VIGIE_NET_TRANSFER_H

#include "base/err.h"
#include "base/str.h"

#include <curl/curl.h>

enum { TRANSFER_WHY = 256 };

struct transfer {
    CURL *curl;
    char error[CURL_ERROR_SIZE];
};

/* `protocols` as in CURLOPT_PROTOCOLS_STR; ca_file NULL = what the system trusts; proxy NULL = none. */
int transfer_open(struct transfer *t, const char *protocols, const char *ca_file, const char *proxy);
/* Runs what has been set up, within timeout_ms. ERR_IO with "<about>: reason" in why; it holds no URL and no credentials. */
int transfer_run(struct transfer *t, int timeout_ms, const char *about, char why[TRANSFER_WHY]);
void transfer_close(struct transfer *t);

#endif
