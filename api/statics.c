/* api/statics.c - the portal's files. */
#include "api/statics.h"

#include "api/server.h"
#include "base/err.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

struct file {
    struct str path;
    char tag[20]; /* "\"16 hex digits\"" */
    struct MHD_Response *whole, *unchanged;
};

struct statics {
    size_t n;
    struct file files[];
};

void statics_headers(struct MHD_Response *r)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
                                    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Strict-Transport-Security", "max-age=31536000"},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        (void)MHD_add_response_header(r, headers[i][0], headers[i][1]);
}

static struct MHD_Response *answer_of(const struct server_file *f, const char *tag, bool whole)
{
    union {
        const void *in;
        void *out; /* the library does not write to what it is told is persistent */
    } bytes = {whole ? f->bytes : ""};
    struct MHD_Response *r = MHD_create_response_from_buffer(whole ? f->n : 0, bytes.out, MHD_RESPMEM_PERSISTENT);
    if (!r)
        return NULL;
    statics_headers(r);
    (void)MHD_add_response_header(r, "ETag", tag);
    (void)MHD_add_response_header(r, "Cache-Control", "no-cache");
    (void)MHD_add_response_header(r, "Vary", "Accept-Encoding");
    if (whole)
        (void)MHD_add_response_header(r, "Content-Type", f->type);
    if (str_ends(str_of(f->path), STR(".gz")))
        (void)MHD_add_response_header(r, "Content-Encoding", "gzip");
    return r;
}

static int fill(struct file *to, const struct server_file *f)
{
    uint8_t id[16];
    char hex[17];
    struct str bytes = {f->bytes, f->n};
    hash_id(id, &bytes, 1);
    (void)snprintf(to->tag, sizeof to->tag, "\"%.*s\"", STR_ARG(hash_hex(hex, id, 8)));
    to->path = str_of(f->path);
    to->whole = answer_of(f, to->tag, true);
    to->unchanged = answer_of(f, to->tag, false);
    return to->whole && to->unchanged ? 0 : ERR_MEMORY;
}

int statics_open(struct statics **out, const struct server_file *files)
{
    size_t n = 0;
    while (files && files[n].path)
        n++;
    struct statics *s = calloc(1, sizeof *s + n * sizeof s->files[0]);
    int err = s ? 0 : ERR_MEMORY;
    for (; !err && s->n < n; s->n++)
        err = fill(&s->files[s->n], &files[s->n]);
    if (err) {
        statics_close(s);
        return err;
    }
    *out = s;
    return 0;
}

void statics_close(struct statics *s)
{
    for (size_t i = 0; s && i < s->n; i++) {
        if (s->files[i].whole)
            MHD_destroy_response(s->files[i].whole);
        if (s->files[i].unchanged)
            MHD_destroy_response(s->files[i].unchanged);
    }
    free(s);
}

static const struct file *find(const struct statics *s, struct str path, struct str suffix)
{
    for (size_t i = 0; i < s->n; i++) {
        struct str p = s->files[i].path;
        if (p.n == path.n + suffix.n && str_starts(p, path) && str_ends(p, suffix))
            return &s->files[i];
    }
    return NULL;
}

static struct str path_or_index(struct str path)
{
    return path.n ? path : STR("index.html");
}

bool statics_has(const struct statics *s, struct str path)
{
    return find(s, path_or_index(path), STR("")) != NULL;
}

bool statics_send(struct statics *s, struct MHD_Connection *c, struct str path, unsigned *status, enum MHD_Result *queued)
{
    path = path_or_index(path);
    const struct file *f = find(s, path, STR(""));
    if (!f)
        return false;
    struct str accept = str_of(MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Accept-Encoding"));
    const struct file *zipped = str_hasi(accept, STR("gzip")) ? find(s, path, STR(".gz")) : NULL;
    if (zipped)
        f = zipped;
    struct str have = str_of(MHD_lookup_connection_value(c, MHD_HEADER_KIND, "If-None-Match"));
    bool same = str_has(have, str_of(f->tag));
    *status = same ? 304 : 200;
    *queued = MHD_queue_response(c, *status, same ? f->unchanged : f->whole);
    return true;
}
