/* net/webhook.h - posts one JSON document to a URL, signed as the Standard Webhooks specification has it.
 *
 * Headers: webhook-id, webhook-timestamp (seconds since 1970) and webhook-signature, "v1," and the base64 of HMAC-SHA256
 * over "<id>.<timestamp>.<body>" with the shared secret. The receiver checks it, refuses old moments, and ignores an id
 * that it has seen: the id of one notification is the same at every try. */
#ifndef VIGIE_NET_WEBHOOK_H
#define VIGIE_NET_WEBHOOK_H

#include "net/http.h"

#include <stdint.h>

struct webhook {
    const char *url;
    struct str secret; /* any bytes; absent = not signed */
};

struct webhook_message {
    struct str id;   /* printable ASCII without blanks */
    int64_t time;    /* of this try, base/time.h */
    struct str json;
};

/* 0: answered with 2xx. ERR_IO: it may work later (no answer, 408, 429, 5xx). ERR_USAGE: it will not work as it is. */
int webhook_post(struct http *http, const struct webhook *hook, const struct webhook_message *m, char why[HTTP_WHY]);

#endif
