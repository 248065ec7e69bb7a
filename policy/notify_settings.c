/* policy/notify_settings.c - settings of the notification channels: kept as JSON, checked, shown without secrets. */
#include "policy/notify.h"

#include "store/tab_settings.h"

static const char *const channel_names[CHANNELS] = {"mail", "syslog", "webhook"};
static const char *const securities[] = {[NOTIFY_STARTTLS] = "starttls", [NOTIFY_TLS] = "tls", [NOTIFY_PLAIN] = "none"};

static bool one_of(struct str s, const char *const *words, size_t n, size_t *which)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, str_of(words[i]))) {
            *which = i;
            return true;
        }
    return false;
}

/* ---- reading: `doc` over what is there already ---- */

struct reading {
    struct arena *a;
    const struct jnode *doc;
    struct filter_error *error;
    int err;
};

static void refuse(struct reading *r, struct str value, const char *why)
{
    if (r->err)
        return;
    r->err = ERR_MALFORMED;
    *r->error = (struct filter_error){value, "CONSOLE_FORMS_NOT_VALID_VALUE", why};
}

static void read_text(struct reading *r, const struct jnode *o, const char *name, size_t most, struct str *out)
{
    const struct jnode *n = jin_get(r->doc, o, str_of(name));
    if (!n || r->err)
        return;
    struct str s = str_trim(jin_text(n));
    if ((n->type != J_STR && n->type != J_NULL) || s.n > most)
        refuse(r, str_of(name), "not a text, or too long");
    if (!str_one_line(s))
        refuse(r, str_of(name), "control characters");
    *out = s.n ? str_dup(r->a, s) : STR_NONE;
}

static void read_word(struct reading *r, const struct jnode *o, const char *name, const char *const words[3], struct str *out)
{
    const struct jnode *n = jin_get(r->doc, o, str_of(name));
    size_t which = 0, count = words[2] ? 3 : 2;
    if (n && one_of(jin_text(n), words, count, &which))
        *out = str_of(words[which]);
    else if (n)
        refuse(r, str_of(name), "not one of the words it may be");
}

static void read_bool(struct reading *r, const struct jnode *o, const char *name, bool *out)
{
    const struct jnode *n = jin_get(r->doc, o, str_of(name));
    if (n && n->type != J_TRUE && n->type != J_FALSE)
        refuse(r, str_of(name), "neither true nor false");
    else if (n)
        *out = n->type == J_TRUE;
}

static void read_number(struct reading *r, const struct jnode *o, const char *name, uint64_t most, uint64_t *out)
{
    const struct jnode *n = jin_get(r->doc, o, str_of(name));
    uint64_t v;
    if (!n)
        return;
    if (!str_u64(jin_text(n), &v) || v > most)
        refuse(r, str_of(name), "not a number, or too large");
    else
        *out = v;
}

static void read_severity(struct reading *r, const struct jnode *o, enum severity *out)
{
    const struct jnode *n = jin_get(r->doc, o, STR("severity"));
    if (!n)
        return;
    for (int s = SEVERITY_INFORMATIONAL; s <= SEVERITY_HIGH; s++)
        if (str_eq(jin_text(n), severity_text((enum severity)s))) {
            *out = (enum severity)s;
            return;
        }
    refuse(r, STR("severity"), "not a severity");
}

static void read_recipients(struct reading *r, const struct jnode *o, struct notify_settings *s)
{
    const struct jnode *list = jin_get(r->doc, o, STR("to"));
    if (!list)
        return;
    s->mail.nto = 0;
    if (list->type != J_ARR)
        refuse(r, STR("to"), "not a list of addresses");
    for (const struct jnode *c = jin_first(r->doc, list); !r->err && c; c = jin_next(r->doc, list, c)) {
        struct str to = str_trim(jin_text(c));
        if (s->mail.nto == NOTIFY_RECIPIENTS || to.n > 254 || str_chr(to, '@') < 1 || str_chr(to, '@') == (ptrdiff_t)to.n - 1 ||
            str_has(to, STR(" ")))
            refuse(r, to, "not a mail address, or more than 20");
        else
            s->mail.to[s->mail.nto++] = str_dup(r->a, to);
    }
}

static void read_mail(struct reading *r, const struct jnode *o, struct notify_settings *s)
{
    uint64_t port = s->mail.port;
    struct str security = str_of(securities[s->mail.security]);
    size_t which = s->mail.security;
    static const char *const words[3] = {"starttls", "tls", "none"};
    read_text(r, o, "server", 253, &s->mail.server);
    read_number(r, o, "port", 65535, &port);
    const struct jnode *tls = jin_get(r->doc, o, STR("tls"));
    if (tls && (tls->type == J_TRUE || tls->type == J_FALSE))
        security = str_of(securities[tls->type == J_TRUE ? NOTIFY_STARTTLS : NOTIFY_PLAIN]);
    else
        read_word(r, o, "tls", words, &security);
    (void)one_of(security, securities, 3, &which);
    read_text(r, o, "user", 254, &s->mail.user);
    read_text(r, o, "from", 254, &s->mail.from);
    read_text(r, o, "caFile", 1024, &s->mail.ca_file);
    read_recipients(r, o, s);
    s->mail.port = (uint16_t)port;
    s->mail.security = (enum notify_security)which;
    if (s->on[CHANNEL_MAIL] && (!s->mail.server.n || !s->mail.from.n || s->mail.nto == 0))
        refuse(r, STR("mail"), "mail needs a server, a sender and recipients");
}

static void read_syslog(struct reading *r, const struct jnode *o, struct notify_settings *s)
{
    static const char *const transports[3] = {"udp", "tcp", "tls"}, *const formats[3] = {"rfc5424", "rfc3164"},
                             *const forms[3] = {"cef", "azure-atp"};
    uint64_t port = s->syslog.port;
    read_text(r, o, "host", 253, &s->syslog.host);
    read_number(r, o, "port", 65535, &port);
    read_word(r, o, "transport", transports, &s->syslog.transport);
    read_word(r, o, "format", formats, &s->syslog.format);
    read_word(r, o, "cef", forms, &s->syslog.cef);
    read_text(r, o, "caFile", 1024, &s->syslog.ca_file);
    read_text(r, o, "certFile", 1024, &s->syslog.cert_file);
    read_bool(r, o, "lines", &s->syslog.lines);
    s->syslog.port = (uint16_t)port;
    if (s->on[CHANNEL_SYSLOG] && (!s->syslog.host.n || s->syslog.port == 0))
        refuse(r, STR("syslog"), "syslog needs a host and a port");
}

static void read_webhook(struct reading *r, const struct jnode *o, struct notify_settings *s)
{
    read_text(r, o, "url", 2000, &s->webhook.url);
    read_text(r, o, "caFile", 1024, &s->webhook.ca_file);
    if (s->webhook.url.n && !str_startsi(s->webhook.url, STR("https://")) && !str_startsi(s->webhook.url, STR("http://")))
        refuse(r, STR("url"), "not an http or https address");
    if (s->on[CHANNEL_WEBHOOK] && !s->webhook.url.n)
        refuse(r, STR("webhook"), "a webhook needs an address");
}

static void read_all(struct reading *r, const struct jnode *body, struct notify_settings *s)
{
    static void (*const readers[CHANNELS])(struct reading *, const struct jnode *, struct notify_settings *) = {read_mail, read_syslog, read_webhook};
    for (unsigned c = 0; c < CHANNELS; c++) {
        const struct jnode *o = jin_get(r->doc, body, str_of(channel_names[c]));
        uint64_t per_day = s->per_day[c];
        if (!o)
            continue;
        if (o->type != J_OBJ) {
            refuse(r, str_of(channel_names[c]), "not an object");
            return;
        }
        read_bool(r, o, "enabled", &s->on[c]);
        read_severity(r, o, &s->lowest[c]);
        read_number(r, o, "perDay", 100000, &per_day);
        s->per_day[c] = (uint32_t)per_day;
        readers[c](r, o, s);
    }
}

int notify_settings_get(struct db *db, struct arena *a, struct notify_settings *out)
{
    struct notify_settings s = {.lowest = {SEVERITY_MEDIUM, SEVERITY_LOW, SEVERITY_LOW}, .per_day = {100, 0, 0}};
    struct str json;
    struct filter_error unused;
    s.mail.port = 587;
    s.syslog.port = 514;
    s.syslog.transport = STR("udp");
    s.syslog.format = STR("rfc5424");
    s.syslog.cef = STR("cef");
    int err = tab_settings_get(db, a, "notifications", &json);
    const struct jnode *doc = !err && json.n ? jin_embedded(a, json) : NULL;
    struct reading r = {.a = a, .doc = doc, .error = &unused};
    if (doc)
        read_all(&r, doc, &s);
    if (!err)
        *out = s;
    return err;
}

/* ---- writing ---- */

static void write_common(const struct notify_settings *s, enum channel c, struct jout *j)
{
    jout_kbool(j, "enabled", s->on[c]);
    jout_kstr(j, "severity", severity_text(s->lowest[c]));
    jout_ku64(j, "perDay", s->per_day[c]);
}

static void write_mail(const struct notify_settings *s, struct jout *j)
{
    jout_kstr(j, "server", s->mail.server);
    jout_ku64(j, "port", s->mail.port);
    jout_kz(j, "tls", securities[s->mail.security]);
    jout_kstr(j, "user", s->mail.user);
    jout_kstr(j, "from", s->mail.from);
    jout_kstr(j, "caFile", s->mail.ca_file);
    jout_key(j, "to");
    jout_arr(j);
    for (size_t i = 0; i < s->mail.nto; i++)
        jout_str(j, s->mail.to[i]);
    jout_end_arr(j);
}

static void write_syslog(const struct notify_settings *s, struct jout *j)
{
    jout_kstr(j, "host", s->syslog.host);
    jout_ku64(j, "port", s->syslog.port);
    jout_kstr(j, "transport", s->syslog.transport);
    jout_kstr(j, "format", s->syslog.format);
    jout_kstr(j, "cef", s->syslog.cef);
    jout_kstr(j, "caFile", s->syslog.ca_file);
    jout_kstr(j, "certFile", s->syslog.cert_file);
    jout_kbool(j, "lines", s->syslog.lines);
}

/* `db` NULL: for keeping, without a word of secrets. */
static int write_all(struct db *db, const struct notify_settings *s, struct jout *j)
{
    static const char *const secrets[CHANNELS] = {"mail", "syslog", "webhook"}, *const keys[CHANNELS] = {"passwordSet", "keySet", "keySet"};
    int err = 0;
    jout_obj(j);
    for (unsigned c = 0; !err && c < CHANNELS; c++) {
        bool set = false;
        jout_key(j, channel_names[c]);
        jout_obj(j);
        write_common(s, (enum channel)c, j);
        if (c == CHANNEL_MAIL)
            write_mail(s, j);
        else if (c == CHANNEL_SYSLOG)
            write_syslog(s, j);
        else {
            jout_kstr(j, "url", s->webhook.url);
            jout_kstr(j, "caFile", s->webhook.ca_file);
        }
        if (db)
            err = secret_set(db, secrets[c], &set);
        if (db)
            jout_kbool(j, keys[c], set);
        jout_end_obj(j);
    }
    jout_end_obj(j);
    return err;
}

int notify_settings_json(struct db *db, struct jout *j)
{
    struct arena a;
    struct notify_settings s;
    arena_init(&a, 16384, 1u << 22);
    int err = notify_settings_get(db, &a, &s);
    if (!err)
        err = write_all(db, &s, j);
    arena_free(&a);
    return err;
}

static int put_secrets(struct db *db, const struct secret_key *key, const struct jnode *doc, const struct jnode *body)
{
    static const char *const members[CHANNELS] = {"password", "key", "key"};
    int err = 0;
    for (unsigned c = 0; !err && c < CHANNELS; c++) {
        const struct jnode *o = jin_get(doc, body, str_of(channel_names[c])), *n = o ? jin_get(doc, o, str_of(members[c])) : NULL;
        if (n && n->type == J_STR)
            err = secret_put(key, db, channel_names[c], n->val);
    }
    return err;
}

int notify_settings_change(struct db *db, const struct secret_key *key, const struct jnode *doc, const struct jnode *body, struct filter_error *error)
{
    struct arena a;
    struct notify_settings s;
    struct buf b = {0};
    struct jout j = jout_to(&b);
    arena_init(&a, 16384, 1u << 22);
    struct reading r = {.a = &a, .doc = doc, .error = error};
    int err = notify_settings_get(db, &a, &s);
    if (!err && body)
        read_all(&r, body, &s);
    err = err ? err : r.err;
    if (!err)
        err = write_all(NULL, &s, &j);
    if (!err)
        err = b.failed ? ERR_MEMORY : tab_settings_put(db, "notifications", buf_view(&b));
    if (!err && body)
        err = put_secrets(db, key, doc, body);
    buf_free(&b);
    arena_free(&a);
    return err;
}
