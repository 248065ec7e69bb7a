/* app/hub_fetch.c - what the API asks of another server: one HTTPS request, bounded in time and size, never elsewhere than to that server. */
#include "app/hub_private.h"

#include "base/file.h"
#include "net/http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FETCH_MS = 10000, CA_PATH = 40 };

static int ask(struct http *http, const struct hub_fetch *f, int *status, struct buf *body, char why[HUB_FETCH_WHY])
{
    const struct http_header headers[] = {{STR("Accept"), STR("application/json")},
                                          {STR("Content-Type"), STR("application/x-www-form-urlencoded")},
                                          {STR("Authorization"), f->authorization}};
    struct http_response r = {0};
    struct http_request q = {.method = "GET", .url = f->url, .headers = headers, .nheaders = 1};
    if (str_set(f->form)) {
        q.method = "POST";
        q.body = f->form;
        q.nheaders = str_set(f->authorization) ? 3 : 2;
    }
    int err = http_do(http, &q, &r, why);
    if (!err) {
        *status = r.status;
        *body = r.body;
        r.body = (struct buf){0};
    }
    http_response_free(&r);
    return err;
}

int hub_fetch(const struct hub_fetch *f, int *status, struct buf *body, char why[HUB_FETCH_WHY])
{
    struct http *http = NULL;
    char path[CA_PATH];
    int fd = str_set(f->ca) ? file_in_memory(f->ca) : -1; /* libcurl over GnuTLS takes authorities from a path alone */
    if (str_set(f->ca) && fd < 0) {
        (void)snprintf(why, HUB_FETCH_WHY, "its authorities cannot be handed on: %s", strerror(errno));
        return ERR_IO;
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const struct http_options o = {.ca_file = fd >= 0 ? path : NULL, .timeout_ms = FETCH_MS, .most = f->most, .tries = 1, .stay = true};
    int err = http_open(&o, &http, why);
    if (!err)
        err = ask(http, f, status, body, why);
    http_close(http);
    if (fd >= 0)
        (void)close(fd);
    return err;
}
