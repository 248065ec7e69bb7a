/* api/exchange.c - one request: head, body, admission, handler, answer. */
#include "api/server_private.h"

#include "api/params.h"
#include "base/time.h"

#include <gnutls/x509.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_BLOCK = 8192, ARENA_MOST = 64 << 20, SLOWEST_READER = 16 << 10, READING_MS = 30000 };

enum stage { STAGE_HEAD, STAGE_ADMIT, STAGE_ADMITTED, STAGE_BODY, STAGE_WORK, STAGE_ANSWER, STAGE_PORTAL };

struct exchange {
    struct server *server;
    struct MHD_Connection *connection;
    struct peer *peer;
    struct arena arena;
    enum stage stage;
    bool admitted, counted;
    int trouble;         /* with the body: an HTTP status */
    struct str target;   /* as sent */
    struct str query, type;
    struct route_path path;
    struct route_match match;
    struct caller_headers headers;
    uint8_t fingerprint[SENSORKEY_FINGERPRINT];
    struct buf body;
    size_t held;         /* bytes of it that count in server->bodies */
    struct api_caller caller;
    struct api_request q;
    struct api_response r;
};

struct worker {
    struct server *server;
    struct jin *jin;
};

/* ---- beginning and end ---- */

void *exchange_begin(void *server, const char *target, struct MHD_Connection *c)
{
    struct exchange *x = calloc(1, sizeof *x);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (!x)
        return NULL;
    arena_init(&x->arena, ARENA_BLOCK, ARENA_MOST);
    x->server = server;
    x->connection = c;
    x->peer = info ? info->socket_context : NULL;
    x->target = str_dup(&x->arena, str_of(target));
    x->q.file.fd = -1;
    x->r.json = jout_to(&x->r.body);
    return x;
}

static void patient(struct exchange *x, int64_t ms)
{
    if (x->peer && x->peer->patience)
        patience_set(x->server->patience, x->peer->patience, ms);
}

void exchange_end(void *server, struct MHD_Connection *c, void **exchange, enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *exchange;
    struct server *s = server;
    (void)c;
    (void)why;
    if (!x)
        return;
    *exchange = NULL;
    patient(x, s->o.limits.idle_ms);
    if (x->counted)
        (void)atomic_fetch_sub(&s->running, 1);
    (void)atomic_fetch_sub(&s->bodies, x->held);
    if (x->q.file.fd >= 0) {
        (void)close(x->q.file.fd);
        (void)unlink(x->q.file.path);
    }
    if (x->r.file.set)
        (void)close(x->r.file.fd);
    buf_free(&x->body);
    buf_free(&x->r.body);
    arena_free(&x->arena);
    free(x);
}

/* ---- answer ---- */

static bool header_safe(const char *v)
{
    return v && str_one_line(str_of(v));
}

/* RFC 6266: an ASCII name, and the whole one in UTF-8. */
static void add_filename(struct MHD_Response *m, struct str name)
{
    struct buf b = {0};
    buf_str(&b, STR("attachment; filename=\""));
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        buf_char(&b, c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '/' ? '_' : (char)c);
    }
    buf_str(&b, STR("\"; filename*=UTF-8''"));
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
        if (plain)
            buf_char(&b, (char)c);
        else
            buf_fmt(&b, "%%%02X", c);
    }
    buf_char(&b, '\0');
    if (!b.failed)
        (void)MHD_add_response_header(m, "Content-Disposition", b.p);
    buf_free(&b);
}

static void add_headers(struct exchange *x, struct MHD_Response *m)
{
    const struct api_response *r = &x->r;
    statics_headers(m);
    (void)MHD_add_response_header(m, "Cache-Control", "no-store");
    (void)MHD_add_response_header(m, "Content-Type", r->type && header_safe(r->type) ? r->type : "application/json");
    for (size_t i = 0; i < sizeof r->header / sizeof *r->header; i++)
        if (r->header[i][0] && header_safe(r->header[i][0]) && header_safe(r->header[i][1]))
            (void)MHD_add_response_header(m, r->header[i][0], r->header[i][1]);
    if (str_set(r->filename))
        add_filename(m, r->filename);
}

static void count_answer(struct server *s, unsigned status)
{
    (void)atomic_fetch_add(&s->by_class[status / 100 < 6 ? status / 100 : 5], 1);
}

/* The body or the file, which is the library's from then on; *n: its bytes. NULL: memory is short. */
static struct MHD_Response *content(struct api_response *r, unsigned status, uint64_t *n)
{
    struct MHD_Response *m;
    if (r->file.set && status < 300) {
        *n = r->file.bytes;
        m = MHD_create_response_from_fd64(r->file.bytes, r->file.fd);
        r->file.set = !m;
        return m;
    }
    *n = r->body.n;
    m = MHD_create_response_from_buffer(r->body.n, r->body.n ? r->body.p : NULL, r->body.n ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (m && r->body.n)
        r->body = (struct buf){0};
    return m;
}

static enum MHD_Result answer(struct exchange *x, struct MHD_Connection *c)
{
    struct api_response *r = &x->r;
    uint64_t n;
    if (r->body.failed) {
        buf_free(&r->body);
        (void)api_refuse(r, 500, "Memory is short.");
    }
    unsigned status = r->status ? (unsigned)r->status : 200;
    struct MHD_Response *m = content(r, status, &n);
    if (!m)
        return MHD_NO;
    add_headers(x, m);
    enum MHD_Result queued = MHD_queue_response(c, status, m);
    MHD_destroy_response(m);
    count_answer(x->server, status);
    patient(x, READING_MS + (int64_t)(n * 1000 / SLOWEST_READER));
    return queued;
}

static struct str header(struct MHD_Connection *c, const char *name)
{
    return str_of(MHD_lookup_connection_value(c, MHD_HEADER_KIND, name));
}

static bool body_comes(struct MHD_Connection *c)
{
    struct str length = header(c, "Content-Length");
    return str_set(header(c, "Transfer-Encoding")) || (str_set(length) && !str_eq(length, STR("0")));
}

/* Without a body the answer waits for the end of the request, so that the connection can be used again. */
static enum MHD_Result refuse(struct exchange *x, struct MHD_Connection *c, int status, const char *detail)
{
    bool wait = x->stage == STAGE_HEAD && !body_comes(c);
    (void)api_refuse(&x->r, status, detail);
    x->stage = STAGE_ANSWER;
    return wait ? MHD_YES : answer(x, c);
}

/* ---- head ---- */

static bool method_of(const char *text, enum api_method *out)
{
    static const struct {
        const char *text;
        enum api_method method;
    } methods[] = {{"GET", API_GET},   {"HEAD", API_GET},     {"POST", API_POST},
                   {"PUT", API_PUT},   {"PATCH", API_PATCH},  {"DELETE", API_DELETE}};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (strcmp(methods[i].text, text) != 0)
            continue;
        *out = methods[i].method;
        return true;
    }
    return false;
}

/* host, host:port, [v6]:port: nothing else gets into links. */
static bool host_sound(struct str h)
{
    for (size_t i = 0; i < h.n; i++) {
        char c = str_lower_char(h.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(".-_:[]", c))))
            return false;
    }
    return h.n > 0 && h.n <= 255;
}

/* Of the certificate that the client showed; the handshake has proved that it has the key. */
static struct str fingerprint(struct exchange *x, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned n = 0;
    const gnutls_datum_t *shown = info ? gnutls_certificate_get_peers(info->tls_session, &n) : NULL;
    size_t size = sizeof x->fingerprint;
    if (!shown || n == 0 || gnutls_fingerprint(GNUTLS_DIG_SHA256, shown, x->fingerprint, &size) != 0)
        return STR_NONE;
    return (struct str){(const char *)x->fingerprint, size};
}

static void read_headers(struct exchange *x, struct MHD_Connection *c)
{
    struct str type = header(c, "Content-Type"), name = type;
    struct str rest = type;
    x->type = str_set(type) ? type : STR("");
    if (str_cut(&rest, ';', &name))
        x->q.type = str_lower(&x->arena, str_trim(name));
    x->headers = (struct caller_headers){
        .authorization = header(c, "Authorization"),
        .cookie = header(c, "Cookie"),
        .csrf = header(c, "X-Vigie-CSRF"),
        .origin = header(c, "Origin"),
        .fetch_site = header(c, "Sec-Fetch-Site"),
        .fingerprint = fingerprint(x, c),
    };
    x->q.agent = header(c, "User-Agent");
    x->q.cookies = x->headers.cookie;
    x->q.language = language_accepted(header(c, "Accept-Language"));
    x->q.host = str_fmt(&x->arena, "https://%.*s", STR_ARG(header(c, "Host")));
    x->caller.from = x->peer ? str_of(x->peer->from) : STR_NONE;
}

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * TIME_SECOND + t.tv_nsec;
}

/* What is wrong with the head of a request, as a status and a sentence; 0 nothing. */
static int head_fault(struct exchange *x, struct MHD_Connection *c, const char **why)
{
    struct str length = header(c, "Content-Length");
    uint64_t bytes = 0;
    const struct api_route *route = x->match.route;
    uint64_t most = route && route->body == API_FILE ? x->server->o.limits.upload : BODY_MOST;
    if (str_set(length) && str_set(header(c, "Transfer-Encoding"))) {
        *why = "Content-Length and Transfer-Encoding exclude each other.";
        return 400;
    }
    if (str_set(length) && (!str_u64(length, &bytes) || str_hasi(length, STR("x")))) {
        *why = "Content-Length is not a number.";
        return 400;
    }
    *why = "The body is too large.";
    return bytes > most ? 413 : 0;
}

static enum MHD_Result no_such_method(struct exchange *x, struct MHD_Connection *c)
{
    static const char *const names[API_METHODS] = {"GET, HEAD", "POST", "PUT", "PATCH", "DELETE"};
    struct buf b = {0};
    for (unsigned i = 0; i < API_METHODS; i++)
        if (x->match.methods >> i & 1)
            buf_fmt(&b, "%s%s", b.n ? ", " : "", names[i]);
    x->r.header[0][0] = "Allow";
    x->r.header[0][1] = str_dup(&x->arena, buf_view(&b)).p;
    buf_free(&b);
    return refuse(x, c, 405, "This address does not have that method.");
}

/* What of the portal this address shows: a file, or the one page for addresses without a dot. */
static bool portal_path(const struct exchange *x, struct str *path)
{
    struct str first = x->path.n ? x->path.segment[0] : STR("");
    struct str last = x->path.n ? x->path.segment[x->path.n - 1] : STR("");
    if (x->q.method != API_GET || str_eq(first, STR("api")) || str_eq(first, STR("cas")))
        return false;
    for (unsigned i = 0; i < x->path.n; i++)
        if (str_chr(x->path.segment[i], '/') >= 0 || str_chr(x->path.segment[i], '\\') >= 0)
            return false;
    *path = x->path.joined;
    if (statics_has(x->server->statics, *path))
        return true;
    *path = STR("");
    return x->match.methods == 0 && str_chr(last, '.') < 0 && statics_has(x->server->statics, *path);
}

static enum MHD_Result portal(struct exchange *x, struct MHD_Connection *c)
{
    unsigned status = 404;
    struct str path;
    enum MHD_Result queued = MHD_NO;
    x->stage = STAGE_ANSWER;
    if (portal_path(x, &path) && statics_send(x->server->statics, c, path, &status, &queued))
        count_answer(x->server, status);
    patient(x, READING_MS * 2);
    return queued;
}

static void start_request(struct exchange *x)
{
    struct api_request *q = &x->q;
    q->path = x->path.rest;
    memcpy(q->vars, x->match.vars, sizeof q->vars);
    q->caller = &x->caller;
    q->arena = &x->arena;
    q->db = x->server->o.db;
    q->log = x->server->o.log;
    q->hub = x->server->o.hub;
    q->guard = x->server->guard;
    q->now = now_ns();
}

static void to_lane(struct exchange *x, struct MHD_Connection *c, enum stage stage)
{
    static const char *const one_second[2] = {"Retry-After", "1"};
    x->stage = stage;
    patient(x, 0);
    MHD_suspend_connection(c);
    if (pool_add(x->server->lanes[x->match.route->lane], x))
        return;
    (void)atomic_fetch_add(&x->server->overloaded, 1);
    (void)api_refuse(&x->r, 503, "Too many requests of this kind at once: request was throttled, try again in a second.");
    memcpy(x->r.header[0], one_second, sizeof one_second);
    x->stage = STAGE_ANSWER;
    MHD_resume_connection(c);
}

static enum MHD_Result head(struct exchange *x, struct MHD_Connection *c, const char *method)
{
    struct server *s = x->server;
    struct str rest = x->target, raw;
    const char *why = NULL;
    struct str file;
    (void)atomic_fetch_add(&s->requests, 1);
    (void)atomic_fetch_add(&s->running, 1);
    x->counted = true;
    if (atomic_load(&s->stopping))
        return refuse(x, c, 503, "The server is stopping.");
    if (!method_of(method, &x->q.method))
        return refuse(x, c, 405, "This method is not served.");
    (void)str_cut(&rest, '?', &raw);
    x->query = str_set(rest) ? rest : STR("");
    if (!str_starts(raw, STR("/")) || route_path_of(&x->arena, raw, &x->path))
        return refuse(x, c, 400, "The address is malformed.");
    read_headers(x, c);
    if (!host_sound(header(c, "Host")))
        return refuse(x, c, 400, "The Host header is missing or malformed.");
    bool found = route_find(s->routes, &x->path, x->q.method, &x->match);
    if (!found && portal_path(x, &file)) {
        x->stage = STAGE_PORTAL;
        return body_comes(c) ? portal(x, c) : MHD_YES;
    }
    if (!found && x->match.methods)
        return no_such_method(x, c);
    if (!found)
        return refuse(x, c, 404, "Not found.");
    int fault = head_fault(x, c, &why);
    if (fault)
        return refuse(x, c, fault, why);
    start_request(x);
    if (x->match.route->body == API_FILE) {
        to_lane(x, c, STAGE_ADMIT);
        return MHD_YES;
    }
    x->stage = STAGE_BODY;
    patient(x, s->o.limits.body_ms);
    return MHD_YES;
}

/* ---- body ---- */

static void take_file(struct exchange *x, const char *data, size_t n)
{
    size_t done = 0;
    if (x->q.file.bytes + n > x->server->o.limits.upload)
        x->trouble = 413;
    while (!x->trouble && done < n) {
        ssize_t got = write(x->q.file.fd, data + done, n - done);
        if (got < 0 && errno != EINTR)
            x->trouble = 507;
        done += got > 0 ? (size_t)got : 0;
    }
    x->q.file.bytes += n;
    patient(x, x->server->o.limits.body_ms);
}

static void take_bytes(struct exchange *x, const char *data, size_t n)
{
    if (x->held + n > BODY_MOST)
        x->trouble = 413;
    if (!x->trouble && atomic_fetch_add(&x->server->bodies, n) + n > BODIES_MOST)
        x->trouble = 503;
    else if (x->trouble)
        (void)atomic_fetch_add(&x->server->bodies, n);
    x->held += n;
    if (!x->trouble)
        buf_add(&x->body, data, n);
}

/* More than it may be goes on being counted for a while, so that the sender hears why; then the connection ends. */
static enum MHD_Result body(struct exchange *x, const char *data, size_t *n)
{
    if (x->q.file.fd >= 0)
        take_file(x, data, *n);
    else
        take_bytes(x, data, *n);
    bool enough = x->q.file.fd >= 0 ? x->q.file.bytes > x->server->o.limits.upload + BODY_MOST : x->held > 2 * BODY_MOST;
    *n = 0;
    return enough ? MHD_NO : MHD_YES;
}

static enum MHD_Result body_ends(struct exchange *x, struct MHD_Connection *c)
{
    if (x->trouble == 413)
        return refuse(x, c, 413, "The body is too large.");
    if (x->trouble == 507)
        return refuse(x, c, 507, "The disk is full.");
    if (x->trouble || x->body.failed || !buf_room(&x->body, JIN_PADDING))
        return refuse(x, c, 503, "Memory for bodies is short: try again in a moment.");
    memset(x->body.p + x->body.n, 0, JIN_PADDING);
    x->q.body = buf_view(&x->body);
    to_lane(x, c, STAGE_WORK);
    return MHD_YES;
}

enum MHD_Result exchange_step(void *server, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data,
                              size_t *n, void **exchange)
{
    struct exchange *x = *exchange;
    (void)server;
    (void)url;
    (void)version;
    if (!x)
        return MHD_NO;
    switch (x->stage) {
    case STAGE_HEAD: return head(x, c, method);
    case STAGE_ADMIT: return MHD_YES;
    case STAGE_ADMITTED: x->stage = STAGE_BODY; return MHD_YES; /* the library asks again after the head: no body yet */
    case STAGE_BODY: return *n ? body(x, data, n) : body_ends(x, c);
    case STAGE_WORK: return MHD_YES;
    case STAGE_ANSWER: return answer(x, c);
    case STAGE_PORTAL: return portal(x, c);
    }
    return MHD_NO;
}

/* ---- on a lane ---- */

void *exchange_worker_open(void *server)
{
    struct worker *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->server = server;
    w->jin = jin_new();
    if (!w->jin) {
        free(w);
        return NULL;
    }
    return w;
}

void exchange_worker_close(void *worker)
{
    struct worker *w = worker;
    jin_free(w->jin);
    free(w);
}

static int open_file(struct exchange *x)
{
    char *path = NULL;
    if (asprintf(&path, "%s/received/.upload-XXXXXX", x->server->o.folder) < 0)
        return ERR_MEMORY;
    int fd = mkostemp(path, O_CLOEXEC);
    x->q.file.path = fd >= 0 ? str_dup(&x->arena, str_of(path)).p : NULL;
    free(path);
    if (fd < 0)
        return ERR_IO;
    x->q.file.fd = fd;
    return x->q.file.path ? 0 : ERR_MEMORY;
}

static void refuse_error(struct api_response *r, int err)
{
    switch (err) {
    case ERR_NOT_FOUND: (void)api_refuse(r, 404, "Not found."); break;
    case ERR_MALFORMED:
    case ERR_USAGE:
    case ERR_TRUNCATED: (void)api_refuse(r, 400, "The request does not make sense to this address."); break;
    case ERR_LIMIT: (void)api_refuse(r, 503, "Busy: try again in a moment."); break;
    default: (void)api_refuse(r, 500, err_text(err)); break;
    }
}

static bool read_params(struct worker *w, struct exchange *x)
{
    struct fault fault = {"", 0};
    const struct jnode *doc;
    struct params_input in = {.query = x->query, .type = x->type};
    if (x->match.route->body == API_PARAMS)
        in.body = x->q.body;
    int err = params_read(w->jin, &x->arena, &in, &doc, &fault);
    if (err == ERR_MEMORY) {
        (void)api_refuse(&x->r, 413, "The parameters are too large.");
    } else if (err) {
        struct str text = str_fmt(&x->arena, "The parameters are malformed: %s (byte %llu).", fault.why, (unsigned long long)fault.offset);
        (void)api_refuse(&x->r, 400, text.p ? text.p : fault.why);
    } else {
        x->q.doc = x->q.params = doc;
    }
    return err == 0;
}

static void handle(struct worker *w, struct exchange *x)
{
    const struct api_route *route = x->match.route;
    if (!x->admitted && !caller_admit(&x->q, &x->headers, route, w->server->o.view, &x->r))
        return;
    if (!read_params(w, x))
        return;
    int err = route->handler(&x->q, &x->r);
    if (!err && route->audit && x->r.status < 300)
        err = api_audit(&x->q, route->audit, x->q.vars[0], STR_NONE, STR_NONE);
    if (err)
        refuse_error(&x->r, err);
}

static void admit_file(struct worker *w, struct exchange *x)
{
    x->admitted = caller_admit(&x->q, &x->headers, x->match.route, w->server->o.view, &x->r);
    if (x->admitted && open_file(x) != 0) {
        x->admitted = false;
        (void)api_refuse(&x->r, 507, "The upload cannot be stored.");
    }
}

void exchange_work(void *worker, void *exchange)
{
    struct worker *w = worker;
    struct exchange *x = exchange;
    bool admitting = x->stage == STAGE_ADMIT;
    if (admitting)
        admit_file(w, x);
    else
        handle(w, x);
    x->stage = admitting && x->admitted ? STAGE_ADMITTED : STAGE_ANSWER;
    if (x->stage == STAGE_ADMITTED)
        patient(x, w->server->o.limits.body_ms);
    MHD_resume_connection(x->connection);
}
