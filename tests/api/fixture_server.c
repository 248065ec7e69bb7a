/* tests/api/fixture_server.c - a real server on a folder for tests/api/test_server.py, with a few routes more that show what
 * arrives at a handler. Prints "port N" and "setup TOKEN"; stops gracefully on SIGTERM and says what it counted.
 *
 *     fixture_server FOLDER [head_ms body_ms idle_ms connections per_address session_idle per_minute upload] */
#include "api/server.h"
#include "store/tab_audit.h"

#include <sodium.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* ---- routes ---- */

static int echo(struct api_request *q, struct api_response *r)
{
    struct jout *j = &r->json;
    jout_obj(j);
    jout_kstr(j, "path", q->path);
    jout_key(j, "vars");
    jout_arr(j);
    for (int i = 0; i < 2 && str_set(q->vars[i]); i++)
        jout_str(j, q->vars[i]);
    jout_end_arr(j);
    jout_key(j, "params");
    jout_raw(j, q->params->val);
    jout_ki64(j, "limit", api_int(q, "limit", -1));
    jout_kstr(j, "from", q->caller->from);
    jout_kbool(j, "scoped", q->caller->scoped);
    jout_kbool(j, "cloud", q->caller->activities.cloud);
    jout_ki64(j, "apps", q->caller->activities.apps ? (int64_t)q->caller->activities.napps : -1);
    jout_ki64(j, "people", q->caller->activities.people ? (int64_t)q->caller->activities.npeople : -1);
    jout_kstr(j, "host", q->host);
    jout_end_obj(j);
    return 0;
}

static int reflect(struct api_request *q, struct api_response *r)
{
    r->header[0][0] = "X-Echo";
    r->header[0][1] = str_dup(q->arena, api_str(q, "header")).p;
    r->filename = api_str(q, "filename");
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

static int nap(struct api_request *q, struct api_response *r)
{
    int64_t ms = api_int(q, "ms", 0);
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000};
    (void)nanosleep(&t, NULL);
    jout_obj(&r->json);
    jout_ki64(&r->json, "slept", ms);
    jout_end_obj(&r->json);
    return 0;
}

static int large(struct api_request *q, struct api_response *r)
{
    int64_t n = api_int(q, "bytes", 0);
    r->type = "application/octet-stream";
    for (int64_t i = 0; i < n; i++)
        buf_char(&r->body, (char)('a' + i % 26));
    return 0;
}

static int upload(struct api_request *q, struct api_response *r)
{
    jout_obj(&r->json);
    jout_ku64(&r->json, "bytes", q->file.bytes);
    jout_kz(&r->json, "path", q->file.path);
    jout_kstr(&r->json, "name", api_str(q, "name"));
    jout_end_obj(&r->json);
    return 0;
}

static int check(struct api_request *q, struct api_response *r)
{
    uint64_t n;
    int64_t bad;
    int err = tab_audit_check(q->db, &n, &bad);
    if (err)
        return err;
    jout_obj(&r->json);
    jout_ku64(&r->json, "rows", n);
    jout_ki64(&r->json, "bad", bad);
    jout_end_obj(&r->json);
    return 0;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/v1/echo", .right = RIGHT_NONE, .handler = echo},
    {.method = API_POST, .pattern = "api/v1/echo", .right = RIGHT_NONE, .handler = echo},
    {.method = API_GET, .pattern = "api/v1/echo/{a}", .right = RIGHT_NONE, .handler = echo},
    {.method = API_GET, .pattern = "api/v1/echo/{a}/fixed", .right = RIGHT_NONE, .handler = echo},
    {.method = API_GET, .pattern = "api/v1/echo/word/{b}", .right = RIGHT_NONE, .handler = echo},
    {.method = API_POST, .pattern = "api/v1/echo/word", .right = RIGHT_NONE, .handler = echo},
    {.method = API_GET, .pattern = "api/v1/reflect", .right = RIGHT_NONE, .handler = reflect},
    {.method = API_GET, .pattern = "api/v1/nap", .right = RIGHT_NONE, .handler = nap},
    {.method = API_GET, .pattern = "api/v1/longnap", .right = RIGHT_NONE, .handler = nap, .lane = API_LONG},
    {.method = API_GET, .pattern = "api/v1/large", .right = RIGHT_NONE, .handler = large},
    {.method = API_POST, .pattern = "api/v1/upload", .right = RIGHT_UPLOAD, .handler = upload, .body = API_FILE},
    {.method = API_GET, .pattern = "api/v1/people", .right = RIGHT_VIEW_USERS, .handler = echo, .audit = "users listed"},
    {.method = API_GET, .pattern = "api/v1/people/{id}", .right = RIGHT_VIEW_USERS, .handler = echo, .audit = "user viewed"},
    {.method = API_POST, .pattern = "api/v1/change", .right = RIGHT_MANAGE_SETTINGS, .handler = echo},
    {.method = API_POST, .pattern = "api/v1/link", .right = RIGHT_LINK, .handler = echo},
    {.method = API_GET, .pattern = "api/v1/subnet", .right = RIGHT_VIEW_SUBNETS, .handler = echo},
    {.method = API_GET, .pattern = "api/v1/chain", .right = RIGHT_NONE, .handler = check},
    {.pattern = NULL},
};
static const struct api_routes fixture = {routes};
extern const struct api_routes api_session, api_setup, api_roles, api_tokens, api_accounts, api_audit_log;

const struct api_routes *const api_routes[] = {&fixture, &api_session, &api_setup, &api_roles, &api_tokens, &api_accounts, &api_audit_log, NULL};

/* ---- program ---- */

static const char page[] = "<!doctype html><title>portal</title>";
static const char script[] = "console.log(1)";
static const struct server_file files[] = {
    {"index.html", page, sizeof page - 1, "text/html; charset=utf-8"},
    {"app.js", script, sizeof script - 1, "text/javascript"},
    {"app.js.gz", "\x1f\x8b", 2, "text/javascript"},
    {NULL, NULL, 0, NULL},
};

static unsigned number(int argc, char **argv, int i)
{
    return i < argc ? (unsigned)strtoul(argv[i], NULL, 10) : 0;
}

int main(int argc, char **argv)
{
    char why[256], token[65];
    struct server *s;
    struct db *db;
    sigset_t wanted;
    int got = 0;
    if (argc < 2 || sodium_init() < 0 || db_open(argv[1], &db) != 0)
        return 2;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&wanted);
    (void)sigaddset(&wanted, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &wanted, NULL);
    struct server_options o = {.address = "127.0.0.1", .folder = argv[1], .db = db, .files = files};
    o.limits = (struct server_limits){.head_ms = number(argc, argv, 2),     .body_ms = number(argc, argv, 3), .idle_ms = number(argc, argv, 4),
                                      .connections = number(argc, argv, 5), .per_address = number(argc, argv, 6),
                                      .session_idle = number(argc, argv, 7), .requests_per_minute = number(argc, argv, 8),
                                      .upload = number(argc, argv, 9)};
    if (server_open(&s, &o, why) != 0 || server_start(s) != 0) {
        (void)fprintf(stderr, "%s\n", why);
        return 1;
    }
    (void)printf("port %u\nsetup %s\n", server_port(s), server_setup_token(s, token) == 0 ? token : "");
    (void)fflush(stdout);
    (void)sigwait(&wanted, &got);
    struct server_counters n;
    server_stop(s, 5000);
    server_count(s, &n);
    (void)printf("requests %llu connections %llu failed %llu refused %llu overloaded %llu\n", (unsigned long long)n.requests,
                 (unsigned long long)n.connections, (unsigned long long)n.failed_sign_ins, (unsigned long long)n.refused_sign_ins,
                 (unsigned long long)n.overloaded);
    server_close(s);
    db_close(db);
    return 0;
}
