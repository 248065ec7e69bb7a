/* api/oidc.c - settings of single sign-on. */
#include "api/oidc.h"

#include "store/secret.h"
#include "store/tab_settings.h"

enum { TEXT_MOST = 250, CA_MOST = 65536, SECRET_LONGEST = 1000 };

#define SETTING "oidc"

/* ---- addresses ---- */

static bool line(struct str s)
{
    return s.n <= TEXT_MOST && str_one_line(s);
}

/* host, host:port, [v6]:port */
static struct str host_of(struct str url, size_t scheme)
{
    struct str rest = str_from(url, scheme), host = rest;
    for (size_t i = 0; i < rest.n && host.n == rest.n; i++)
        if (rest.p[i] == '/' || rest.p[i] == '?' || rest.p[i] == '#')
            host = str_sub(rest, 0, i);
    return host;
}

static bool this_machine(struct str host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str name = str_of(names[i]);
        if (str_startsi(host, name) && (host.n == name.n || host.p[name.n] == ':'))
            return true;
    }
    return false;
}

bool oidc_address(struct str url, bool plain)
{
    bool tls = str_startsi(url, STR("https://"));
    if (url.n > OIDC_URL || (!tls && !(plain && str_startsi(url, STR("http://")))))
        return false;
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || (unsigned char)url.p[i] >= 0x7f || url.p[i] == '"' || url.p[i] == '\\' || url.p[i] == '<' || url.p[i] == '>')
            return false;
    struct str host = host_of(url, tls ? 8 : 7);
    return host.n > 0 && str_chr(host, '@') < 0 && (tls || this_machine(host));
}

/* ---- stored ---- */

static void read_roles(const struct jnode *doc, const struct jnode *list, struct oidc_settings *s)
{
    s->nroles = 0;
    for (const struct jnode *c = jin_first(doc, list); c && s->nroles < OIDC_ROLES; c = jin_next(doc, list, c))
        s->roles[s->nroles++] = (struct oidc_role){jin_str(doc, c, "value"), jin_str(doc, c, "role")};
}

static void take(const struct jnode *doc, const struct jnode *o, const char *name, struct str *text)
{
    const struct jnode *n = jin_get(doc, o, str_of(name));
    struct str s = str_trim(jin_text(n));
    if (n)
        *text = s.n ? s : STR_NONE;
}

static void take_bool(const struct jnode *doc, const struct jnode *o, const char *name, bool *b)
{
    const struct jnode *n = jin_get(doc, o, str_of(name));
    if (n && (n->type == J_TRUE || n->type == J_FALSE))
        *b = n->type == J_TRUE;
}

/* What an object names replaces what was, an empty text takes it away. */
static void take_all(const struct jnode *doc, const struct jnode *o, struct oidc_settings *s)
{
    const struct jnode *list = jin_get(doc, o, STR("roles"));
    take_bool(doc, o, "enabled", &s->enabled);
    take_bool(doc, o, "create", &s->create);
    take(doc, o, "name", &s->label);
    take(doc, o, "issuer", &s->issuer);
    take(doc, o, "clientId", &s->client);
    take(doc, o, "ca", &s->ca);
    take(doc, o, "scope", &s->scope);
    take(doc, o, "nameClaim", &s->name_claim);
    take(doc, o, "roleClaim", &s->role_claim);
    if (list && list->type == J_ARR)
        read_roles(doc, list, s);
}

int oidc_read(struct api_request *q, struct oidc_settings *out)
{
    struct str text = STR_NONE;
    int err = tab_settings_get(q->db, q->arena, SETTING, &text);
    if (err)
        return err;
    *out = (struct oidc_settings){.scope = STR("openid profile email"), .name_claim = STR("preferred_username")};
    const struct jnode *doc = str_set(text) ? jin_embedded(q->arena, text) : NULL;
    if (doc)
        take_all(doc, doc, out);
    return str_set(text) && !doc ? ERR_MALFORMED : 0;
}

void oidc_write(struct jout *j, const struct oidc_settings *s)
{
    jout_kbool(j, "enabled", s->enabled);
    jout_kbool(j, "create", s->create);
    jout_kstr(j, "name", s->label);
    jout_kstr(j, "issuer", s->issuer);
    jout_kstr(j, "clientId", s->client);
    jout_kstr(j, "ca", s->ca);
    jout_kstr(j, "scope", s->scope);
    jout_kstr(j, "nameClaim", s->name_claim);
    jout_kstr(j, "roleClaim", s->role_claim);
    jout_key(j, "roles");
    jout_arr(j);
    for (size_t i = 0; i < s->nroles; i++) {
        jout_obj(j);
        jout_kstr(j, "value", s->roles[i].value);
        jout_kstr(j, "role", s->roles[i].role);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

int oidc_store(struct api_request *q, const struct oidc_settings *s)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    oidc_write(&j, s);
    jout_end_obj(&j);
    int err = b.failed ? ERR_MEMORY : tab_settings_put(q->db, SETTING, buf_view(&b));
    buf_free(&b);
    return err;
}

int oidc_label(struct api_request *q, struct str *label)
{
    struct oidc_settings s;
    int err = oidc_read(q, &s);
    if (err == ERR_MALFORMED) { /* damaged settings keep nobody from signing in with a password */
        *label = STR_NONE;
        return 0;
    }
    if (!err)
        *label = !s.enabled ? STR_NONE : str_set(s.label) ? s.label : STR("OpenID Connect");
    return err;
}

/* ---- asked for ---- */

static const char *check_roles(const struct oidc_settings *s)
{
    for (size_t i = 0; i < s->nroles; i++) {
        const struct role *role = role_of(s->roles[i].role);
        if (!s->roles[i].value.n || !line(s->roles[i].value))
            return "roles: each has a value of the claim, one line";
        if (!role || role->scope == SCOPE_APP || role->scope == SCOPE_GROUP)
            return "roles: a role of this server that is not limited to apps or groups; those are given under Manage admin access";
    }
    if (s->nroles && !str_set(s->role_claim))
        return "roleClaim: the claim that has the values of roles";
    if (s->create && !s->nroles)
        return "create: without roles, unknown people could not be given one";
    return NULL;
}

static bool scope_has_openid(struct str scope)
{
    struct str rest = scope, one;
    bool has = false;
    while (str_cut(&rest, ' ', &one))
        has |= str_eq(one, STR("openid"));
    return has;
}

static const char *check(const struct oidc_settings *s)
{
    if (s->issuer.n > TEXT_MOST || !oidc_address(s->issuer, true) || str_chr(s->issuer, '?') >= 0 || str_chr(s->issuer, '#') >= 0)
        return "issuer: https://..., as the service writes it (http:// to this machine alone), up to 250 characters";
    if (!str_set(s->client) || !line(s->client))
        return "clientId: what the service calls this server";
    if (!line(s->label))
        return "name: one line";
    if (!line(s->scope) || !scope_has_openid(s->scope))
        return "scope: words with blanks between, openid among them";
    if (!str_set(s->name_claim) || !line(s->name_claim) || !line(s->role_claim))
        return "nameClaim, roleClaim: names of claims";
    if (s->ca.n > CA_MOST || (str_set(s->ca) && !str_has(s->ca, STR("-----BEGIN CERTIFICATE-----"))))
        return "ca: certificates in PEM, up to 64 KB";
    return check_roles(s);
}

const char *oidc_wanted(struct api_request *q, const struct oidc_settings *was, struct oidc_settings *s, struct str *secret)
{
    const struct jnode *list = jin_get(q->doc, q->params, STR("roles"));
    size_t n = 0;
    bool stored = false;
    for (const struct jnode *c = list ? jin_first(q->doc, list) : NULL; c; c = jin_next(q->doc, list, c))
        n++;
    if (n > OIDC_ROLES)
        return "roles: at most 50";
    *s = *was;
    take_all(q->doc, q->params, s);
    const char *wrong = check(s);
    struct str given = str_trim(api_str(q, "clientSecret"));
    if (!wrong && (given.n > SECRET_LONGEST || !line(str_sub(given, 0, TEXT_MOST))))
        wrong = "clientSecret: one line of up to 1000 characters";
    if (wrong)
        return wrong;
    *secret = given.n ? given : STR_NONE;
    if (secret_set(q->db, OIDC_SECRET, &stored) != 0)
        return "the stored secret cannot be read";
    if (!given.n && stored && (!str_eq(was->issuer, s->issuer) || !str_eq(was->ca, s->ca) || !str_eq(was->client, s->client)))
        return "clientSecret: enter it again, because it would go to another service, by another way, or belong to another client";
    return NULL;
}
