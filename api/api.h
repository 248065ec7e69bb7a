/* api/api.h - what an API route is: a method, a path, a right, and one function from request to response.
 *
 * Adding one is adding it to the list that api/api_<topic>.c exports as `const struct api_routes api_<topic>`; the
 * registry is made from file names. Before a handler runs, the server (api/server.h) has read the body,
 * found out who calls, checked the right, the CSRF token of browser sessions and the limits, and made the
 * view of what this caller may see. Every handler therefore answers the same way for portal, clients
 * and command line. Handlers run on worker threads, never on the thread that accepts. */
#ifndef VIGIE_API_API_H
#define VIGIE_API_API_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/jin.h"
#include "base/jout.h"
#include "link/licence.h"
#include "model/language.h"
#include "model/role.h"
#include "store/actlog.h"
#include "store/db.h"
#include "store/tab_alerts.h"
#include "store/tab_directories.h"

/* What the hub's core does for the API; api/ knows no more of it (app/hub.h fills it in). All are thread-safe. */
enum hub_change {
    HUB_POLICIES,   /* detections' parameters, scopes, exclusions, activity policies */
    HUB_LINK,       /* the link's wanted state */
    HUB_DIRECTORY,  /* entity tags, an imported directory */
    HUB_SUBNETS,    /* IP ranges */
    HUB_SETTINGS,   /* retention, notifications, mail */
    HUB_FEEDBACK,   /* a score was reset, feedback given */
    HUB_ALERTS,     /* an alert was received that no detection of ours raised */
    HUB_EXPORTS,    /* an export was asked for, cancelled or deleted */
    HUB_PERSONAL,   /* somebody's personal data is to be deleted */
    HUB_SET_UP      /* the first administrator has signed up */
};

/* What is asked of another server over HTTPS. Plain http only to this machine; redirects are not followed. */
struct hub_fetch {
    const char *url;
    struct str ca;            /* PEM; absent: the system's authorities */
    struct str form;          /* the body of a POST; absent: a GET */
    struct str authorization; /* absent: none */
    size_t most;              /* bytes of an answer */
};

enum { HUB_FETCH_WHY = 256 };

struct hub_hooks {
    void *owner;
    void (*changed)(void *owner, enum hub_change what);
    /* Takes a file of logs, an EVTX, an archive ... under a name, and queues it for reading: `fd` is a temporary file in
     * DATA/received/ that now belongs to the hub. *input: its number. */
    int (*received)(void *owner, struct str name, struct str by, int fd, const char *path, uint64_t *input);
    /* The file of an export that is done, to read. ERR_NOT_FOUND when it is gone. */
    int (*exported)(void *owner, int64_t number, int *fd, uint64_t *bytes);
    /* The raw record of an activity as text (JSON, XML or hexadecimal). ERR_NOT_FOUND when its file is gone. */
    int (*raw)(void *owner, const struct actlog_row *row, struct buf *out);
    /* Health as a JSON object: inputs, sensors, blind detections with reasons, learning, analysis progress, disk; `figures`: of the whole organisation, too. */
    void (*health)(void *owner, bool figures, enum language language, struct jout *j);
    /* Members "analysis", "blind" and "learning" of an open object: what the detections say of themselves. */
    void (*judged)(void *owner, enum language language, struct jout *j);
    /* Whose licences count, and how far the analysis has come (0..1). */
    const struct licence_keys *keys;
    /* Seals what the hub must know in clear: passwords of mail servers, keys of webhooks. */
    const struct secret_key *secrets;
    double (*progress)(void *owner);
    /* Prometheus text. */
    void (*metrics)(void *owner, struct buf *out);
    /* Connects to a directory service that need not be stored, with this secret: a JSON object with "ok", and what was found or "why" not. */
    int (*directory_test)(void *owner, const struct stored_directory *d, struct str secret, struct jout *j);
    /* A stored one was taken away: so is what it said. */
    int (*directory_forget)(void *owner, int64_t number);
    /* Any status is success. ERR_IO: no answer in time, ERR_LIMIT: too long a one, ERR_USAGE: not asked; `why` gets a sentence without anything secret. */
    int (*fetch)(void *owner, const struct hub_fetch *f, int *status, struct buf *body, char why[HUB_FETCH_WHY]);
    /* Members "link" and "licences" of GET session; NULL: none. */
    void (*session)(void *owner, bool figures, struct jout *j);
};

enum api_method { API_GET, API_POST, API_PUT, API_PATCH, API_DELETE, API_METHODS };

/* Who calls. */
struct api_caller {
    int64_t account;      /* number in tab_accounts; 0: nobody signed in */
    struct str name;      /* sign-in name */
    struct str from;      /* address, text */
    const struct role *role;
    bool token;           /* by API token, not by a browser session */
    int64_t sensor;       /* number in tab_sensors; 0: no sensor. It has no account and no role. */
    uint64_t rights;      /* of the role, less what a token leaves out: bit per enum right */
    struct actlog_view activities; /* what of the log: link, licences and scope in one */
    struct alert_view alerts;
    bool scoped;          /* sees only part of the organisation */
};

struct api_request {
    enum api_method method;
    struct str path;         /* behind the prefix, without trailing slash: "alerts/603f704aaf7417985bbf3b22" */
    struct str vars[4];      /* what the pattern's {...} took, URL-decoded */
    struct api_caller *caller;
    /* Parameters from query string, form or JSON body, as api.md 1.3 lists, merged: one JSON object. Never NULL. */
    const struct jnode *doc, *params;
    struct str body;         /* as sent */
    struct str type;         /* Content-Type, lower case, without parameters */
    struct arena *arena;     /* of this request */
    struct db *db;
    struct actlog *log;
    const struct hub_hooks *hub;
    int64_t now;
    struct str host;         /* scheme and authority for links: "https://hub.example.test:8443" */
    struct guard *guard;     /* passwords, lock-outs, keys: api/guard.h */
    struct str session;      /* secret of the browser session, hexadecimal; absent: none */
    struct str agent;        /* User-Agent */
    struct str cookies;      /* as sent */
    enum language language;  /* Accept-Language: of texts of ours; the compatible API answers in English */
    /* Of API_FILE routes: the body in DATA/received/, read to its end. A handler that gives it to the hub sets fd to -1; else the
     * server closes and deletes it. */
    struct {
        int fd;
        const char *path;
        uint64_t bytes;
    } file;
};

struct api_response {
    int status;              /* 200 unless set */
    const char *type;        /* application/json unless set */
    struct buf body;
    struct jout json;        /* writes into body */
    const char *header[4][2]; /* more headers; the values are checked against line breaks */
    struct str filename;     /* set: a download of that name */
    struct {
        bool set;            /* sent in place of the body; the server closes it */
        int fd;
        uint64_t bytes;
    } file;
};

typedef int api_handler(struct api_request *q, struct api_response *r);

/* Which workers run it. Each lane has threads and a bounded queue of its own, so that a slow kind never holds up the others. */
enum api_lane {
    API_ORDINARY,
    API_LONG,     /* exports, workbooks, reports: seconds */
    API_PASSWORD, /* hashes a password: 64 MB each, so few at a time */
    API_REMOTE    /* waits for another server, which may not answer */
};

/* What becomes of the body. */
enum api_body {
    API_PARAMS, /* merged into params; at most 1 MB */
    API_RAW,    /* only q->body; at most 1 MB; params are those of the query string */
    API_FILE    /* streamed to q->file, after the right was checked; params are those of the query string */
};

/* Written with member names, so that what is left out is zero. */
struct api_route {
    enum api_method method;
    /* "api/v1/alerts", "api/v1/alerts/{id}/read": prefixes /api, /cas/api and the missing v1 are folded by the server */
    const char *pattern;
    enum right right;      /* RIGHT_NONE: without signing in; RIGHT_SIGNED_IN: any account */
    api_handler *handler;  /* 0, or a negative enum err that becomes 400, 404, 500 with a JSON body */
    const char *about;     /* one sentence, for the OpenAPI description */
    bool compatible;       /* part of the documented Cloud App Security API */
    enum api_lane lane;
    enum api_body body;
    /* Success writes this to the audit log with the first variable as its object: for reading that leaves a trace ("user viewed").
     * Changes call api_audit themselves, with what was before and after. */
    const char *audit;
};

struct api_routes {
    const struct api_route *routes; /* ended by pattern == NULL */
};

extern const struct api_routes *const api_routes[]; /* generated, ended by NULL */

/* ---- rights, for parts of an answer; the whole route's is checked before ---- */

static inline bool api_may(const struct api_request *q, enum right r)
{
    if (q->caller->sensor)
        return r == RIGHT_SENSE;
    return r == RIGHT_NONE || (q->caller->account && (r == RIGHT_SIGNED_IN || q->caller->rights >> r & 1));
}

/* ---- answers ---- */

/* {"detail":"..."} with a status. Returns 0, so that handlers can `return api_refuse(...)`. */
int api_refuse(struct api_response *r, int status, const char *detail);
/* 400 in the recorded form of api.md 1.9: which filter value is not valid. */
int api_bad_value(struct api_response *r, struct str value, const char *code);
/* One line of the admin audit log: who (the caller), when, from where, what, before, after. JSON texts or absent. */
int api_audit(struct api_request *q, const char *what, struct str object, struct str before, struct str after);

/* ---- parameters ---- */

struct str api_str(const struct api_request *q, const char *name);
/* Numbers also as text ("100"); otherwise when absent or not a number. */
int64_t api_int(const struct api_request *q, const char *name, int64_t otherwise);
bool api_bool(const struct api_request *q, const char *name, bool otherwise);

#endif
