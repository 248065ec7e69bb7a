/* api/api_directories.c - directory services: named, changed, tested, read now, taken away. Secrets are written, never read. */
#include "api/answer.h"

#include "store/secret.h"

#include <sodium.h>

enum { TEXT_MOST = 250, CA_MOST = 65536, PASSWORD_MOST = 1000, KEYTAB_MOST = 12000, MINUTES = 10, MINUTES_MOST = 1440 };

/* ---- what there is ---- */

/* How it is reached, for answers and for the audit log. */
static void write_reach(struct jout *j, const struct stored_directory *d)
{
    jout_kstr(j, "server", d->url);
    jout_kstr(j, "domain", d->domain);
    jout_kz(j, "signIn", d->kerberos ? "kerberos" : "password");
    jout_kstr(j, "bindName", d->bind);
    jout_kstr(j, "ca", d->ca);
    jout_kbool(j, "plain", d->plain);
    jout_ki64(j, "minutes", d->minutes);
    jout_kbool(j, "enabled", d->enabled);
    jout_kbool(j, "act", d->act);
}

struct listing {
    struct api_request *q;
    struct jout *j;
    uint64_t n;
};

static int write_directory(void *owner, const struct stored_directory *d)
{
    struct listing *l = owner;
    struct jout *j = l->j;
    char name[40];
    bool secret = false;
    directory_secret(d->number, name);
    int err = secret_set(l->q->db, name, &secret);
    jout_obj(j);
    jout_ki64(j, "number", d->number);
    write_reach(j, d);
    jout_kbool(j, "secret", secret);
    jout_kz(j, "state", directory_state(d));
    jout_kbool(j, "running", directory_running(d));
    jout_ki64(j, "failures", d->failures);
    api_ktime(j, "lastTry", d->ended);
    api_ktime(j, "lastSuccess", d->succeeded);
    jout_kstr(j, "why", d->why);
    jout_key(j, "said");
    if (str_set(d->said))
        jout_raw(j, d->said);
    else
        jout_null(j);
    jout_kstr(j, "by", d->by);
    api_ktime(j, "created", d->created);
    jout_end_obj(j);
    l->n++;
    return err;
}

static int list(struct api_request *q, struct api_response *r)
{
    struct listing l = {q, &r->json, 0};
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    int err = tab_directories_each(q->db, q->arena, write_directory, &l);
    jout_end_arr(&r->json);
    jout_ku64(&r->json, "total", l.n);
    jout_end_obj(&r->json);
    return err;
}

/* ---- what is asked for ---- */

/* A service as a request describes it, upon what is stored of it (number 0: a new one). */
struct wanted {
    struct stored_directory was, now;
    struct str secret; /* absent: the stored one stays */
};

static bool line(struct str s)
{
    return s.n <= TEXT_MOST && str_one_line(s);
}

static bool address(struct str s)
{
    bool ldaps = str_startsi(s, STR("ldaps://"));
    if ((!ldaps && !str_startsi(s, STR("ldap://"))) || !line(s) || str_chr(s, ' ') >= 0)
        return false;
    struct str host = str_from(s, ldaps ? 8 : 7);
    return host.n > 0 && str_chr(host, '/') < 0 && str_chr(host, '@') < 0;
}

/* A member that is there replaces what was, an empty one takes it away. */
static void replace(struct api_request *q, const char *name, struct str *text)
{
    const struct jnode *n = jin_get(q->doc, q->params, str_of(name));
    struct str s = str_trim(api_str(q, name));
    if (n)
        *text = s.n ? s : STR_NONE;
}

static const char *take_secret(struct api_request *q, struct wanted *w)
{
    struct str password = api_str(q, "password"), text = str_trim(api_str(q, "keytab"));
    if (!w->now.kerberos) {
        if (password.n > PASSWORD_MOST || !line(str_sub(password, 0, TEXT_MOST)))
            return "password: one line of up to 1000 characters";
        w->secret = password.n ? password : STR_NONE;
        return NULL;
    }
    if (!text.n)
        return NULL;
    size_t n = 0;
    uint8_t *keys = arena_alloc(q->arena, text.n);
    if (!keys || sodium_base642bin(keys, text.n, text.p, text.n, " \r\n", &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 || n < 3 || n > KEYTAB_MOST ||
        keys[0] != 5 || keys[1] != 2)
        return "keytab: the file in Base64; it begins with the bytes 5 2";
    w->secret = (struct str){(const char *)keys, n};
    return NULL;
}

/* A stored password goes to the server, by the way and to the account that it was given for, and nowhere else: who may change the address need not know
 * the password. */
static const char *check_secret(const struct wanted *w)
{
    const struct stored_directory *was = &w->was, *now = &w->now;
    if (str_set(w->secret))
        return NULL;
    if (!was->number || was->kerberos != now->kerberos)
        return now->kerberos ? "keytab is missing" : "password is missing";
    if (!now->kerberos && (!str_eq(was->url, now->url) || !str_eq(was->ca, now->ca) || was->plain != now->plain || !str_eq(was->bind, now->bind)))
        return "password: enter it again, because it would go to another server, by another way, or belong to another account";
    return NULL;
}

static const char *check(const struct stored_directory *d)
{
    if (!address(d->url))
        return "server: ldaps://host[:port] or ldap://host[:port]";
    if (d->plain && str_startsi(d->url, STR("ldaps://")))
        return "plain: with ldaps:// everything is encrypted; without encryption the server is ldap://host[:port]";
    if (d->act && d->plain && !d->kerberos)
        return "act: accounts are changed over encrypted connections only: ldaps://, StartTLS or Kerberos";
    if (!line(d->domain) || str_chr(d->domain, ' ') >= 0)
        return "domain: its DNS name";
    if (!d->kerberos && (!str_set(d->bind) || !line(d->bind)))
        return "bindName: user@domain, DOMAIN\\user or a DN";
    if (d->ca.n > CA_MOST || (str_set(d->ca) && !str_has(d->ca, STR("-----BEGIN CERTIFICATE-----"))))
        return "ca: certificates in PEM, up to 64 KB";
    if (d->minutes < 1 || d->minutes > MINUTES_MOST)
        return "minutes: 1 to 1440";
    return NULL;
}

/* NULL, or what is wrong. */
static const char *read_wanted(struct api_request *q, struct wanted *w)
{
    struct stored_directory *d = &w->now;
    struct str sign_in = api_str(q, "signIn");
    if (str_set(sign_in) && !str_eq(sign_in, STR("password")) && !str_eq(sign_in, STR("kerberos")))
        return "signIn: password or kerberos";
    replace(q, "server", &d->url);
    replace(q, "domain", &d->domain);
    replace(q, "bindName", &d->bind);
    replace(q, "ca", &d->ca);
    d->kerberos = str_set(sign_in) ? str_eq(sign_in, STR("kerberos")) : d->kerberos;
    d->plain = api_bool(q, "plain", d->plain);
    d->enabled = api_bool(q, "enabled", d->enabled);
    d->act = api_bool(q, "act", d->act);
    d->minutes = api_int(q, "minutes", d->minutes);
    const char *wrong = check(d);
    if (!wrong)
        wrong = take_secret(q, w);
    return wrong ? wrong : check_secret(w);
}

static struct wanted fresh(const struct api_request *q)
{
    const struct stored_directory d = {.minutes = MINUTES, .enabled = true, .by = q->caller->name, .created = q->now};
    return (struct wanted){.was = d, .now = d};
}

static int stored(struct api_request *q, int64_t number, struct wanted *w)
{
    int err = tab_directories_get(q->db, q->arena, number, &w->was);
    w->now = w->was;
    return err;
}

/* ---- changing ---- */

static struct str as_text(struct api_request *q, const struct stored_directory *d)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    write_reach(&j, d);
    jout_end_obj(&j);
    struct str text = str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return text;
}

static int keep_secret(struct api_request *q, int64_t number, struct str secret)
{
    char name[40];
    directory_secret(number, name);
    return secret_put(q->hub->secrets, q->db, name, secret);
}

static int save(struct api_request *q, struct wanted *w)
{
    bool add = !w->was.number;
    int err = db_begin(q->db);
    if (err)
        return err;
    err = add ? tab_directories_add(q->db, &w->now, &w->now.number) : tab_directories_change(q->db, &w->now);
    if (!err && str_set(w->secret))
        err = keep_secret(q, w->now.number, w->secret);
    if (!err)
        err = api_audit(q, add ? "directory service added" : "directory service changed", w->now.url, add ? STR_NONE : as_text(q, &w->was), as_text(q, &w->now));
    err = db_end(q->db, err);
    if (!err)
        q->hub->changed(q->hub->owner, HUB_SETTINGS);
    return err;
}

static int answer(struct api_request *q, struct api_response *r, int64_t number)
{
    struct listing l = {q, &r->json, 0};
    struct stored_directory d;
    int err = tab_directories_get(q->db, q->arena, number, &d);
    return err ? err : write_directory(&l, &d);
}

/* Who may not act on people does not open the way for it either. */
static bool may_allow(struct api_request *q, const struct wanted *w)
{
    return !w->now.act || w->was.act || api_may(q, RIGHT_GOVERN);
}

static int not_allowed(struct api_response *r)
{
    return api_refuse(r, 403, "act: to allow that accounts are acted on you need the right to take governance actions.");
}

static int create(struct api_request *q, struct api_response *r)
{
    struct wanted w = fresh(q);
    const char *wrong = read_wanted(q, &w);
    if (wrong)
        return api_refuse(r, 400, wrong);
    if (!may_allow(q, &w))
        return not_allowed(r);
    r->status = 201;
    int err = save(q, &w);
    return err ? err : answer(q, r, w.now.number);
}

static int change(struct api_request *q, struct api_response *r)
{
    struct wanted w = {.secret = STR_NONE};
    int64_t number;
    int err = str_i64(q->vars[0], &number) ? stored(q, number, &w) : ERR_NOT_FOUND;
    if (err)
        return err;
    const char *wrong = read_wanted(q, &w);
    if (wrong)
        return api_refuse(r, 400, wrong);
    if (!may_allow(q, &w))
        return not_allowed(r);
    err = save(q, &w);
    return err ? err : answer(q, r, number);
}

static int take_away(struct api_request *q, struct api_response *r)
{
    struct wanted w;
    int64_t number;
    int err = str_i64(q->vars[0], &number) ? stored(q, number, &w) : ERR_NOT_FOUND;
    if (!err)
        err = db_begin(q->db);
    if (err)
        return err;
    err = tab_directories_remove(q->db, number);
    if (!err)
        err = keep_secret(q, number, STR_NONE);
    if (!err)
        err = api_audit(q, "directory service removed", w.was.url, as_text(q, &w.was), STR_NONE);
    err = db_end(q->db, err);
    r->status = 204;
    return err ? err : q->hub->directory_forget(q->hub->owner, number);
}

/* ---- doing ---- */

static int read_now(struct api_request *q, struct api_response *r)
{
    struct wanted w;
    int64_t number;
    int err = str_i64(q->vars[0], &number) ? stored(q, number, &w) : ERR_NOT_FOUND;
    if (err)
        return err;
    if (!w.was.enabled)
        return api_refuse(r, 409, "this directory service is turned off");
    err = tab_directories_want(q->db, number);
    if (!err)
        err = api_audit(q, "directory synchronisation asked for", w.was.url, STR_NONE, STR_NONE);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_SETTINGS);
    r->status = 202;
    return answer(q, r, number);
}

/* As the body describes it; "number": upon what is stored under it. */
static int test(struct api_request *q, struct api_response *r)
{
    struct wanted w = fresh(q);
    int64_t number = api_int(q, "number", 0);
    char name[40];
    int err = number ? stored(q, number, &w) : 0;
    if (err)
        return err;
    const char *wrong = read_wanted(q, &w);
    if (wrong)
        return api_refuse(r, 400, wrong);
    directory_secret(number, name);
    if (!str_set(w.secret))
        err = secret_get(q->hub->secrets, q->db, q->arena, name, &w.secret);
    if (err)
        return err;
    err = q->hub->directory_test(q->hub->owner, &w.now, w.secret, &r->json);
    return err ? err : api_audit(q, "directory service tested", w.now.url, STR_NONE, STR_NONE);
}

#define AT "api/vigie/v1/directories"
static const struct api_route routes[] = {
    {.method = API_GET, .pattern = AT, .right = RIGHT_VIEW_SETTINGS, .handler = list, .about = "Directory services that the hub reads, and how that goes; of secrets only whether there is one."},
    {.method = API_POST, .pattern = AT, .right = RIGHT_MANAGE_SENSORS, .handler = create, .about = "Adds a directory service; it is read at once."},
    {.method = API_PUT, .pattern = AT "/{number}", .right = RIGHT_MANAGE_SENSORS, .handler = change, .about = "Changes one; what is not named stays. It is read at once."},
    {.method = API_DELETE, .pattern = AT "/{number}", .right = RIGHT_MANAGE_SENSORS, .handler = take_away, .about = "Takes one away, with its secret and with what it said of memberships and accounts."},
    {.method = API_POST, .pattern = AT "/{number}/sync", .right = RIGHT_MANAGE_SENSORS, .handler = read_now, .about = "Reads one now."},
    {.method = API_POST, .pattern = AT "/test", .right = RIGHT_MANAGE_SENSORS, .handler = test, .lane = API_LONG, .about = "Connects and signs in as the body says, and tells what came of it."},
    {.pattern = NULL}};

const struct api_routes api_directories = {routes};
