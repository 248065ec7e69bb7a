/* api/server.h - the HTTPS server: portal files, the API, and nothing without TLS.
 *
 * One thread speaks HTTP (libmicrohttpd, epoll); handlers run on lanes of worker threads (api/api.h), so that nothing
 * slow ever holds up a connection. Everything that a stranger can send is bounded: heads 64 KB, bodies 1 MB (uploads go to
 * a file), connections in all and per address, bodies held in all, and the time that every step may take. The
 * caller ignores SIGPIPE. What a client cannot be told because the connection is not good enough for it is counted. */
#ifndef VIGIE_API_SERVER_H
#define VIGIE_API_SERVER_H

#include "api/api.h"

struct server;

/* A file of the portal, built into the program. A path with ".gz" behind it is sent in its place to clients that take
 * gzip. */
struct server_file {
    const char *path; /* "index.html", "app.js", "app.js.gz" */
    const void *bytes;
    size_t n;
    const char *type; /* "text/html; charset=utf-8" */
};

/* 0 takes what stands in brackets. */
struct server_limits {
    unsigned connections;         /* in all [1000] */
    unsigned per_address;         /* [200] */
    unsigned workers;             /* of the ordinary lane [4] */
    uint64_t upload;              /* bytes of one [16 GB] */
    unsigned head_ms;             /* from the handshake's start to the end of a request's head [15000] */
    unsigned body_ms;             /* to the end of its body; of a file, between two pieces [30000] */
    unsigned idle_ms;             /* between two requests [75000] */
    unsigned session_idle, session_life; /* seconds [3600, 43200] */
    unsigned requests_per_minute; /* of one account by API tokens; 0: any number */
};

struct server_options {
    const char *address;          /* "::", "127.0.0.1" ...; NULL: every address, IPv4 and IPv6 */
    uint16_t port;                /* 0: any free one */
    const char *folder;           /* DATA */
    const char *certificate, *key; /* PEM files; NULL: our own in DATA/tls/ */
    struct db *db;
    struct actlog *log;
    const struct hub_hooks *hub;
    /* Shores and the joined number that everybody sees by link and licences; owner is hub->owner. NULL: all is seen. */
    void (*view)(void *owner, struct actlog_view *activities, struct alert_view *alerts);
    const struct server_file *files; /* ended by path == NULL; NULL: none */
    struct server_limits limits;
};

/* Ready, with its certificate and keys, and listening, but nobody is answered before server_start. `why` gets a sentence when it
 * cannot. The options' texts and files must outlive it. */
int server_open(struct server **out, const struct server_options *o, char why[256]);
int server_start(struct server *s);
uint16_t server_port(const struct server *s);
/* The token of the set-up link (https://HOST:PORT/#/setup/TOKEN) while no account exists; ERR_NOT_FOUND when one does. */
int server_setup_token(struct server *s, char out[65]);
/* Accepts nothing new, lets running requests finish for up to `ms`, then ends all threads. */
void server_stop(struct server *s, unsigned ms);
void server_close(struct server *s);

struct server_counters {
    uint64_t requests;
    uint64_t by_class[6]; /* answers by hundreds: [2] 2xx ... */
    uint64_t connections; /* now */
    uint64_t accepted;    /* since the start */
    uint64_t overloaded;  /* refused because a lane was full */
    uint64_t sign_ins, failed_sign_ins, refused_sign_ins;
};
void server_count(struct server *s, struct server_counters *out);

#endif
