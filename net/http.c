/* net/http.c - HTTP requests over libcurl: bounds, tries, redirects. */
#include "net/http.h"

#include "net/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { REDIRECTS = 5, MOST_HEADERS = 64 << 10, FIRST_WAIT_MS = 500, HOST = 128 };

struct http {
    struct transfer transfer;
    struct http_options options;
};

/* One request on its way. */
struct exchange {
    struct http *http;
    const struct http_request *request;
    struct http_response *response;
    struct curl_slist *headers;
    char *url;       /* where it goes now */
    char host[HOST]; /* for reasons */
    bool too_long;
    char *why;
};

static int failed(struct exchange *x, int err, const char *reason)
{
    (void)snprintf(x->why, HTTP_WHY, "%s: %s", x->host[0] ? x->host : "HTTP", reason);
    return err;
}

/* ---- what comes back ---- */

static size_t take(struct exchange *x, struct buf *to, struct str bytes, size_t most)
{
    x->too_long |= bytes.n > most - to->n;
    if (x->too_long)
        return 0;
    buf_add(to, bytes.p, bytes.n);
    return to->failed ? 0 : bytes.n;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *owner)
{
    struct exchange *x = owner;
    return take(x, &x->response->body, (struct str){bytes, size * count}, x->http->options.most);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *owner)
{
    struct exchange *x = owner;
    struct str line = {bytes, size * count};
    if (str_starts(line, STR("HTTP/"))) /* of a proxy, or an interim answer, before */
        x->response->headers.n = 0;
    return take(x, &x->response->headers, line, MOST_HEADERS);
}

struct str http_header(const struct http_response *r, const char *name)
{
    struct str rest = buf_view(&r->headers), line;
    while (str_cut(&rest, '\n', &line)) {
        ptrdiff_t colon = str_chr(line, ':');
        if (colon > 0 && str_eqi(str_sub(line, 0, (size_t)colon), str_of(name)))
            return str_trim(str_from(line, (size_t)colon + 1));
    }
    return STR_NONE;
}

void http_response_free(struct http_response *r)
{
    buf_free(&r->headers);
    buf_free(&r->body);
}

/* ---- what goes out ---- */

static bool header_char(char c)
{
    return c >= ' ' && c != 0x7f;
}

static bool add_header(struct exchange *x, const struct http_header *h)
{
    struct buf line = {0};
    bool good = h->name.n > 0 && str_chr(h->name, ':') < 0;
    for (size_t i = 0; i < h->name.n; i++)
        good = good && h->name.p[i] > ' ' && h->name.p[i] <= '~';
    for (size_t i = 0; i < h->value.n; i++)
        good = good && (header_char(h->value.p[i]) || (unsigned char)h->value.p[i] >= 0x80 || h->value.p[i] == '\t');
    if (h->value.n)
        buf_fmt(&line, "%.*s: %.*s", STR_ARG(h->name), STR_ARG(h->value));
    else
        buf_fmt(&line, "%.*s;", STR_ARG(h->name)); /* libcurl's way to an empty header */
    struct curl_slist *more = good && !line.failed ? curl_slist_append(x->headers, line.p) : NULL;
    buf_free(&line);
    x->headers = more ? more : x->headers;
    return more != NULL;
}

/* Scheme, host and port of a URL, which must be http or https and hold no credentials. */
static bool origin(const char *url, char out[HOST + 32], char host[HOST])
{
    CURLU *u = curl_url();
    char *scheme = NULL, *name = NULL, *port = NULL;
    bool good = u && curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK && curl_url_get(u, CURLUPART_HOST, &name, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK && strlen(name) < HOST &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    if (good) {
        (void)snprintf(out, HOST + 32, "%s %s %s", scheme, name, port);
        (void)snprintf(host, HOST, "%s", name);
    }
    curl_free(scheme);
    curl_free(name);
    curl_free(port);
    curl_url_cleanup(u);
    return good;
}

static int prepare(struct exchange *x)
{
    const struct http_request *r = x->request;
    CURL *c = x->http->transfer.curl;
    char here[HOST + 32];
    if (!r->method || !*r->method || strpbrk(r->method, " \r\n") || !r->url || !origin(r->url, here, x->host))
        return failed(x, ERR_USAGE, "not an http or https URL without credentials");
    for (size_t i = 0; i < r->nheaders; i++)
        if (!add_header(x, &r->headers[i]))
            return failed(x, ERR_USAGE, "a header has a name or value that cannot be sent");
    struct curl_slist *all = curl_slist_append(x->headers, "Expect:"); /* no waiting for permission to send the body */
    if (!all)
        return failed(x, ERR_MEMORY, "out of memory");
    x->headers = all;
    CURLcode bad = curl_easy_setopt(c, CURLOPT_HTTPHEADER, x->headers);
    bad |= curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
    bad |= curl_easy_setopt(c, CURLOPT_HEADERDATA, x);
    bad |= curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
    bad |= curl_easy_setopt(c, CURLOPT_NOBODY, strcmp(r->method, "HEAD") == 0 ? 1L : 0L);
    if (str_set(r->body)) {
        bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body.p);
    }
    bad |= curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
    x->url = strdup(r->url);
    return bad || !x->url ? failed(x, ERR_MEMORY, "out of memory") : ERR_NONE;
}

/* ---- tries and redirects ---- */

static int one_try(struct exchange *x)
{
    CURL *c = x->http->transfer.curl;
    struct http_response *r = x->response;
    long status = 0;
    curl_off_t after = 0;
    r->headers.n = r->body.n = 0;
    r->status = r->retry_after_s = 0;
    if (curl_easy_setopt(c, CURLOPT_URL, x->url) != CURLE_OK)
        return failed(x, ERR_MEMORY, "out of memory");
    int err = transfer_run(&x->http->transfer, x->http->options.timeout_ms, x->host, x->why);
    if (x->too_long)
        return failed(x, ERR_LIMIT, "the answer is longer than allowed");
    if (err)
        return err;
    (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &after);
    r->status = (int)status;
    r->retry_after_s = after < INT32_MAX ? (int)after : INT32_MAX;
    return ERR_NONE;
}

static bool redirected(const struct exchange *x)
{
    int s = x->response->status;
    bool same_method = strcmp(x->request->method, "GET") == 0 || strcmp(x->request->method, "HEAD") == 0;
    return s == 307 || s == 308 || ((s == 301 || s == 302 || s == 303) && same_method);
}

/* Goes where the answer points, when that is the same server. */
static int follow(struct exchange *x)
{
    char *to = NULL, from_origin[HOST + 32], to_origin[HOST + 32], host[HOST];
    if (curl_easy_getinfo(x->http->transfer.curl, CURLINFO_REDIRECT_URL, &to) != CURLE_OK || !to)
        return failed(x, ERR_USAGE, "a redirect without a place");
    if (!origin(x->url, from_origin, host) || !origin(to, to_origin, host) || strcmp(from_origin, to_origin) != 0)
        return failed(x, ERR_USAGE, "it redirects to another host, which is not followed");
    char *copy = strdup(to);
    if (!copy)
        return failed(x, ERR_MEMORY, "out of memory");
    free(x->url);
    x->url = copy;
    return ERR_NONE;
}

static int with_redirects(struct exchange *x)
{
    for (int i = 0; i <= REDIRECTS; i++) {
        int err = one_try(x);
        if (err || x->http->options.stay || !redirected(x))
            return err;
        err = follow(x);
        if (err)
            return err;
    }
    return failed(x, ERR_USAGE, "too many redirects");
}

static bool worth_another(const struct exchange *x, int err)
{
    int s = x->response->status;
    if (err)
        return err == ERR_IO;
    return s == 429 || s == 500 || s == 502 || s == 503 || s == 504;
}

static void rest_ms(int64_t ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&t, &t) < 0 && errno == EINTR) {
    }
}

static int with_tries(struct exchange *x)
{
    const struct http_options *o = &x->http->options;
    int64_t back_off = FIRST_WAIT_MS;
    for (unsigned i = 1;; i++) {
        int err = with_redirects(x);
        if (i >= o->tries || !worth_another(x, err))
            return err;
        int64_t wait = x->response->retry_after_s ? (int64_t)x->response->retry_after_s * 1000 : back_off;
        if (wait > o->most_wait_ms && x->response->retry_after_s)
            return err;
        rest_ms(wait < o->most_wait_ms ? wait : o->most_wait_ms);
        back_off *= 2;
    }
}

int http_do(struct http *h, const struct http_request *request, struct http_response *out, char why[HTTP_WHY])
{
    struct exchange x = {.http = h, .request = request, .response = out, .why = why};
    int err = prepare(&x);
    if (!err)
        err = with_tries(&x);
    (void)curl_easy_setopt(h->transfer.curl, CURLOPT_HTTPHEADER, NULL);
    (void)curl_easy_setopt(h->transfer.curl, CURLOPT_POSTFIELDS, NULL);
    curl_slist_free_all(x.headers);
    free(x.url);
    return err;
}

int http_open(const struct http_options *options, struct http **out, char why[HTTP_WHY])
{
    struct http *h = calloc(1, sizeof *h);
    if (!h || transfer_open(&h->transfer, "http,https", options->ca_file, options->proxy)) {
        free(h);
        (void)snprintf(why, HTTP_WHY, "the HTTP client cannot be set up");
        return ERR_USAGE;
    }
    if (options->identity) {
        (void)curl_easy_setopt(h->transfer.curl, CURLOPT_SSLCERT, options->identity);
        (void)curl_easy_setopt(h->transfer.curl, CURLOPT_SSLKEY, options->identity);
    }
    h->options = *options;
    h->options.ca_file = h->options.identity = h->options.proxy = NULL; /* libcurl has its copies */
    (void)curl_easy_setopt(h->transfer.curl, CURLOPT_USERAGENT, "vigie/" VIGIE_VERSION);
    (void)curl_easy_setopt(h->transfer.curl, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(h->transfer.curl, CURLOPT_HEADERFUNCTION, take_header);
    *out = h;
    return ERR_NONE;
}

void http_close(struct http *h)
{
    if (h)
        transfer_close(&h->transfer);
    free(h);
}
