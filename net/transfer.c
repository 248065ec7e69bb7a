/* net/transfer.c - libcurl handles. */
#include "net/transfer.h"

#include <stdio.h>

int transfer_open(struct transfer *t, const char *protocols, const char *ca_file, const char *proxy)
{
    CURL *c = curl_easy_init(); /* initialises libcurl the first time, safely among threads (7.84 and newer) */
    if (!c)
        return ERR_MEMORY;
    t->curl = c;
    CURLcode bad = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols);
    bad |= curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error);
    bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(c, CURLOPT_PROXY, proxy ? proxy : "");
    bad |= curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    bad |= curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    bad |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    if (ca_file)
        bad |= curl_easy_setopt(c, CURLOPT_CAINFO, ca_file);
    if (bad) {
        transfer_close(t);
        return ERR_USAGE;
    }
    return ERR_NONE;
}

int transfer_run(struct transfer *t, int timeout_ms, const char *about, char why[TRANSFER_WHY])
{
    t->error[0] = '\0';
    (void)curl_easy_setopt(t->curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    CURLcode code = curl_easy_perform(t->curl);
    if (code == CURLE_OK)
        return ERR_NONE;
    (void)snprintf(why, TRANSFER_WHY, "%.100s: %.140s", about, t->error[0] ? t->error : curl_easy_strerror(code));
    return ERR_IO;
}

void transfer_close(struct transfer *t)
{
    curl_easy_cleanup(t->curl);
    t->curl = NULL;
}
