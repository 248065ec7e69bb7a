/* net/webhook.c - a signed POST of JSON. */
#include "net/webhook.h"

#include "base/time.h"

#include <sodium.h>
#include <stdio.h>

enum { SIGNATURE = 3 + sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES, sodium_base64_VARIANT_ORIGINAL) };

static void update(crypto_auth_hmacsha256_state *s, struct str part)
{
    if (part.n)
        (void)crypto_auth_hmacsha256_update(s, (const unsigned char *)part.p, part.n);
}

static struct str sign(char out[SIGNATURE], struct str secret, struct str timestamp, const struct webhook_message *m)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state s;
    (void)crypto_auth_hmacsha256_init(&s, (const unsigned char *)secret.p, secret.n);
    update(&s, m->id);
    update(&s, STR("."));
    update(&s, timestamp);
    update(&s, STR("."));
    update(&s, m->json);
    (void)crypto_auth_hmacsha256_final(&s, mac);
    memcpy(out, "v1,", 3);
    (void)sodium_bin2base64(out + 3, SIGNATURE - 3, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(&s, sizeof s);
    return str_of(out);
}

static int judge(int status, char why[HTTP_WHY])
{
    if (status >= 200 && status < 300)
        return ERR_NONE;
    (void)snprintf(why, HTTP_WHY, "the receiver of the webhook answered %d", status);
    return status == 408 || status == 429 || status >= 500 ? ERR_IO : ERR_USAGE;
}

int webhook_post(struct http *http, const struct webhook *hook, const struct webhook_message *m, char why[HTTP_WHY])
{
    char seconds[24], signature[SIGNATURE];
    struct str timestamp = {seconds, (size_t)snprintf(seconds, sizeof seconds, "%lld", (long long)(m->time / TIME_SECOND))};
    struct http_header headers[] = {{STR("Content-Type"), STR("application/json")},
                                    {STR("webhook-id"), m->id},
                                    {STR("webhook-timestamp"), timestamp},
                                    {STR("webhook-signature"), STR_NONE}};
    struct http_request request = {.method = "POST", .url = hook->url, .headers = headers, .nheaders = 3, .body = m->json};
    struct http_response response = {0};
    if (str_set(hook->secret)) {
        headers[3].value = sign(signature, hook->secret, timestamp, m);
        request.nheaders = 4;
    }
    int err = http_do(http, &request, &response, why);
    if (!err)
        err = judge(response.status, why);
    http_response_free(&response);
    return err;
}
