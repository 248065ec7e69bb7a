/* api/oidc_provider.c - the sign-in service. */
#include "api/oidc_provider.h"

#include "api/guard.h"
#include "api/jws.h"
#include "base/hash.h"
#include "base/time.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

enum { DOCUMENT_MOST = 64 << 10, KEYS_MOST = 256 << 10, TOKENS_MOST = 256 << 10, WHY_MOST = 400 };

#define KEPT_FOR TIME_HOUR
#define FAILED_FOR (10 * TIME_SECOND)

struct oidc_cache {
    pthread_mutex_t lock;
    uint64_t of;           /* hash of issuer and authorities */
    int64_t asked, failed; /* 0: not */
    struct buf said, keys;
    char why[WHY_MOST];
};

int oidc_provider_open(struct oidc_cache **out)
{
    struct oidc_cache *c = calloc(1, sizeof *c);
    if (!c)
        return ERR_MEMORY;
    (void)pthread_mutex_init(&c->lock, NULL);
    *out = c;
    return 0;
}

void oidc_provider_close(struct oidc_cache *c)
{
    if (!c)
        return;
    buf_free(&c->said);
    buf_free(&c->keys);
    (void)pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- asking ---- */

static struct str because(struct api_request *q, const char *what, const char *why)
{
    struct str text = str_fmt(q->arena, "%s: %s", what, why);
    return str_set(text) ? text : STR("memory is short");
}

/* The body of an answer of 200 as an object; *why otherwise. */
static int fetch(struct api_request *q, const struct hub_fetch *f, const char *what, struct str *text, struct str *why)
{
    struct buf body = {0};
    char reason[HUB_FETCH_WHY] = "";
    int status = 0;
    if (!q->hub || !q->hub->fetch)
        return ERR_UNSUPPORTED;
    int err = q->hub->fetch(q->hub->owner, f, &status, &body, reason);
    if (err) {
        *why = because(q, what, reason);
    } else {
        *text = str_dup(q->arena, buf_view(&body));
        if (status != 200)
            *why = because(q, what, str_fmt(q->arena, "the service answered %d", status).p);
    }
    if (body.n)
        sodium_memzero(body.p, body.n);
    buf_free(&body);
    return 0;
}

static struct str address_of(const struct jnode *doc, const char *name, const struct oidc_settings *s)
{
    const struct jnode *n = jin_get(doc, doc, str_of(name));
    struct str url = n && n->type == J_STR ? n->val : STR_NONE;
    return str_set(url) && oidc_address(url, str_startsi(s->issuer, STR("http://"))) ? url : STR_NONE;
}

static bool lists(const struct jnode *doc, const char *name, struct str value, bool otherwise)
{
    const struct jnode *list = jin_get(doc, doc, str_of(name));
    bool found = false;
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c))
        found |= str_eq(jin_text(c), value);
    return list ? found : otherwise;
}

/* Discovery 3 and 4.3; what is missing there has the defaults of 3. */
static const char *read_said(struct api_request *q, const struct oidc_settings *s, struct str text, struct oidc_provider *p)
{
    const struct jnode *doc = jws_object(q->arena, text);
    if (!doc)
        return "its description of itself is no JSON object";
    if (!str_eq(jin_str(doc, doc, "issuer"), s->issuer))
        return "it calls itself by another name: the issuer must be written as the service writes it";
    p->said = doc;
    p->authorize = address_of(doc, "authorization_endpoint", s);
    p->token = address_of(doc, "token_endpoint", s);
    p->keys_at = address_of(doc, "jwks_uri", s);
    p->sign_out = address_of(doc, "end_session_endpoint", s);
    p->secret_in_body = !lists(doc, "token_endpoint_auth_methods_supported", STR("client_secret_basic"), true);
    p->says_issuer = str_eq(jin_str(doc, doc, "authorization_response_iss_parameter_supported"), STR("true"));
    if (!str_set(p->authorize) || !str_set(p->token) || !str_set(p->keys_at))
        return "it does not name its addresses for signing in, tokens and keys, each with https";
    if (!lists(doc, "response_types_supported", STR("code"), true))
        return "it does not offer the authorization code flow";
    return NULL;
}

static const char *read_keys(struct api_request *q, struct str text, struct oidc_provider *p)
{
    p->keys = jws_object(q->arena, text);
    if (!p->keys || jws_keys(p->keys) == 0)
        return "it publishes no key for RS256, PS256 or ES256";
    return NULL;
}

static int ask(struct api_request *q, const struct oidc_settings *s, struct str texts[2], struct oidc_provider *p, struct str *why)
{
    struct str issuer = s->issuer;
    const char *bad;
    while (issuer.n && issuer.p[issuer.n - 1] == '/')
        issuer.n--;
    struct hub_fetch f = {.ca = s->ca, .most = DOCUMENT_MOST};
    f.url = str_fmt(q->arena, "%.*s/.well-known/openid-configuration", STR_ARG(issuer)).p;
    int err = f.url ? fetch(q, &f, "its description of itself", &texts[0], why) : ERR_MEMORY;
    if (err || str_set(*why))
        return err;
    bad = read_said(q, s, texts[0], p);
    if (bad) {
        *why = str_of(bad);
        return 0;
    }
    f = (struct hub_fetch){.url = str_dup(q->arena, p->keys_at).p, .ca = s->ca, .most = KEYS_MOST};
    err = f.url ? fetch(q, &f, "its keys", &texts[1], why) : ERR_MEMORY;
    if (err || str_set(*why))
        return err;
    bad = read_keys(q, texts[1], p);
    if (bad)
        *why = str_of(bad);
    return 0;
}

/* ---- what is kept ---- */

static uint64_t key_of(const struct oidc_settings *s)
{
    return hash_str(s->ca, hash_str(s->issuer, 0));
}

/* True: the answer is what was kept. */
static bool kept(struct api_request *q, const struct oidc_settings *s, struct oidc_provider *out, struct str *why)
{
    struct oidc_cache *c = q->guard->oidc;
    struct str said = STR_NONE, keys = STR_NONE;
    (void)pthread_mutex_lock(&c->lock);
    bool same = c->of == key_of(s);
    if (same && c->asked && q->now - c->asked < KEPT_FOR && q->now >= c->asked) {
        said = str_dup(q->arena, buf_view(&c->said));
        keys = str_dup(q->arena, buf_view(&c->keys));
    } else if (same && c->failed && q->now - c->failed < FAILED_FOR && q->now >= c->failed) {
        *why = str_dup(q->arena, str_of(c->why));
        out->remembered = true;
    }
    (void)pthread_mutex_unlock(&c->lock);
    if (str_set(*why))
        return true;
    return str_set(said) && str_set(keys) && !read_said(q, s, said, out) && !read_keys(q, keys, out);
}

static void keep(struct api_request *q, const struct oidc_settings *s, const struct str texts[2], struct str why)
{
    struct oidc_cache *c = q->guard->oidc;
    (void)pthread_mutex_lock(&c->lock);
    c->of = key_of(s);
    c->said.n = c->keys.n = 0;
    c->asked = str_set(why) ? 0 : q->now;
    c->failed = str_set(why) ? q->now : 0;
    if (str_set(why)) {
        struct str cut = str_sub(why, 0, WHY_MOST - 1);
        memcpy(c->why, cut.p, cut.n);
        c->why[cut.n] = '\0';
    } else {
        buf_str(&c->said, texts[0]);
        buf_str(&c->keys, texts[1]);
        if (c->said.failed || c->keys.failed)
            c->asked = 0;
    }
    (void)pthread_mutex_unlock(&c->lock);
}

int oidc_provider_get(struct api_request *q, const struct oidc_settings *s, bool fresh, struct oidc_provider *out, struct str *why)
{
    struct str texts[2] = {STR_NONE, STR_NONE};
    *out = (struct oidc_provider){.settings = s};
    *why = STR_NONE;
    if (!fresh && kept(q, s, out, why))
        return 0;
    *out = (struct oidc_provider){.settings = s};
    int err = ask(q, s, texts, out, why);
    if (!err)
        keep(q, s, texts, *why);
    return err;
}

/* ---- codes for tokens ---- */

void oidc_provider_param(struct buf *b, const char *name, struct str value)
{
    if (b->n && b->p[b->n - 1] != '?')
        buf_char(b, '&');
    buf_fmt(b, "%s%s", name, *name ? "=" : "");
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i], low = str_lower_char(c);
        bool plain = (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        buf_fmt(b, plain ? "%c" : "%%%02X", (unsigned char)c);
    }
}

/* RFC 6749 2.3.1 */
static struct str basic(struct arena *a, struct str client, struct str secret)
{
    struct buf b = {0}, s = {0};
    oidc_provider_param(&b, "", client);
    buf_char(&b, ':');
    oidc_provider_param(&s, "", secret);
    buf_str(&b, buf_view(&s));
    size_t room = sodium_base64_ENCODED_LEN(b.n, sodium_base64_VARIANT_ORIGINAL);
    char *out = b.failed || s.failed ? NULL : arena_alloc(a, room);
    struct str text = out ? str_fmt(a, "Basic %s", sodium_bin2base64(out, room, (const uint8_t *)b.p, b.n, sodium_base64_VARIANT_ORIGINAL)) : STR_NONE;
    sodium_memzero(b.p, b.n);
    buf_free(&b);
    buf_free(&s);
    return text;
}

/* RFC 6749 5.2: what it did not like, in its words. */
static void refusal(struct api_request *q, struct str text, struct oidc_tokens *out, struct str *why)
{
    const struct jnode *doc = str_set(text) ? jws_object(q->arena, text) : NULL;
    struct str about = doc ? str_sub(jin_str(doc, doc, "error_description"), 0, 200) : STR_NONE;
    *out = (struct oidc_tokens){.error = doc ? str_sub(jin_str(doc, doc, "error"), 0, 60) : STR_NONE};
    if (str_set(out->error))
        *why = str_fmt(q->arena, "%.*s (%.*s%s%.*s)", STR_ARG(*why), STR_ARG(out->error), str_set(about) ? ": " : "", STR_ARG(about));
}

static void read_tokens(struct api_request *q, struct str text, struct oidc_tokens *out, struct str *why)
{
    const struct jnode *doc = jws_object(q->arena, text);
    const struct jnode *id = doc ? jin_get(doc, doc, STR("id_token")) : NULL, *access = doc ? jin_get(doc, doc, STR("access_token")) : NULL;
    if (!id || id->type != J_STR)
        *why = STR("the service gave no ID token: is openid among the scope?");
    else
        *out = (struct oidc_tokens){.id = id->val, .access = access && access->type == J_STR ? access->val : STR_NONE};
}

static void write_form(struct buf *b, const struct oidc_provider *p, const struct oidc_grant *g)
{
    oidc_provider_param(b, "grant_type", STR("authorization_code"));
    oidc_provider_param(b, "code", g->code);
    oidc_provider_param(b, "redirect_uri", g->back);
    oidc_provider_param(b, "code_verifier", g->verifier);
    if (!str_set(g->secret) || p->secret_in_body)
        oidc_provider_param(b, "client_id", p->settings->client);
    if (str_set(g->secret) && p->secret_in_body)
        oidc_provider_param(b, "client_secret", g->secret);
}

int oidc_provider_exchange(struct api_request *q, const struct oidc_provider *p, const struct oidc_grant *g, struct oidc_tokens *out, struct str *why)
{
    struct buf b = {0};
    struct str text = STR_NONE;
    struct hub_fetch f = {.url = str_dup(q->arena, p->token).p, .ca = p->settings->ca, .most = TOKENS_MOST};
    bool head = str_set(g->secret) && !p->secret_in_body;
    *why = STR_NONE;
    *out = (struct oidc_tokens){.id = STR_NONE};
    if (head)
        f.authorization = basic(q->arena, p->settings->client, g->secret);
    write_form(&b, p, g);
    f.form = buf_view(&b);
    int err = b.failed || !f.url || (head && !str_set(f.authorization)) ? ERR_MEMORY : fetch(q, &f, "its tokens", &text, why);
    if (!err && str_set(*why))
        refusal(q, text, out, why);
    else if (!err)
        read_tokens(q, text, out, why);
    if (b.n)
        sodium_memzero(b.p, b.n);
    buf_free(&b);
    return err;
}
