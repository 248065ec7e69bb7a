/* net/http.h - HTTP and HTTPS requests, for webhooks and cloud connectors.
 *
 * One client keeps its connections and is used by one thread at a time. Answers, headers included, are bounded. Redirects
 * are followed only within the same scheme, host and port, at most five, and only where the method stays (GET, HEAD; any
 * method for 307 and 308). A proxy is used only when configured. Reasons of failures name the host, never the path, the
 * query, headers or bodies: those may hold secrets. */
#ifndef VIGIE_NET_HTTP_H
#define VIGIE_NET_HTTP_H

#include "base/buf.h"
#include "base/err.h"

enum { HTTP_WHY = 256 };

struct http_options {
    const char *ca_file; /* PEM; NULL = what the system trusts */
    const char *identity; /* PEM with the client's own certificate and key; NULL = none */
    const char *proxy;   /* "http://proxy.corp.test:3128"; NULL = none */
    int timeout_ms;      /* of one try */
    size_t most;         /* bytes of an answer's body */
    unsigned tries;      /* 1 = no second one. More: after 429, 500, 502, 503, 504 and failures to connect */
    int most_wait_ms;    /* between two tries; a server that asks for more (Retry-After) ends the tries */
    bool stay;           /* no redirect is followed: it is the answer */
};

struct http_header {
    struct str name, value;
};

struct http_request {
    const char *method; /* "GET", "POST" ... */
    const char *url;    /* http or https, without credentials */
    const struct http_header *headers;
    size_t nheaders;
    struct str body; /* absent = none */
};

struct http_response {
    int status;
    int retry_after_s; /* what the server asked for, 0 = nothing */
    struct buf headers; /* lines as they came */
    struct buf body;
};

struct http;

int http_open(const struct http_options *options, struct http **out, char why[HTTP_WHY]);
/* 0 with any status when the server answered. `out` is written over: begin with zeroes, reuse, http_response_free at the
 * end. ERR_IO: no answer. ERR_LIMIT: the answer is longer than `most`. ERR_USAGE: the request cannot be sent, or the server
 * points to another host. */
int http_do(struct http *h, const struct http_request *request, struct http_response *out, char why[HTTP_WHY]);
/* The value of a header of the answer (its case does not matter); absent when it has none. */
struct str http_header(const struct http_response *r, const char *name);
void http_response_free(struct http_response *r);
void http_close(struct http *h);

#endif
