/* policy/notify.c - which channels an alert goes to, and delivering what waits there. */
#include "policy/notify.h"

#include "base/hash.h"
#include "net/mail.h"
#include "net/syslog_out.h"
#include "net/webhook.h"
#include "policy/notify_text.h"
#include "store/tab_policies.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { TIMEOUT_MS = 15000, BATCH = 100 };

/* ---- into the outbox ---- */

static bool wanted(const struct notify_settings *s, enum channel c, const struct stored_alert *a, unsigned actions)
{
    static const unsigned bits[CHANNELS] = {[CHANNEL_MAIL] = POLICY_MAIL, [CHANNEL_SYSLOG] = POLICY_SYSLOG, [CHANNEL_WEBHOOK] = POLICY_WEBHOOK};
    return s->on[c] && a->severity >= s->lowest[c] && (actions & bits[c]);
}

static int put(struct db *db, const struct notify_settings *s, enum channel c, const struct stored_alert *a, int64_t now)
{
    char text[40], day[TIME_TEXT];
    bool fresh;
    uint64_t n = 0;
    int err = s->per_day[c] ? tab_outbox_since(db, c, time_day(now) * TIME_DAY, &n) : 0;
    bool full = s->per_day[c] && n >= s->per_day[c];
    if (!err)
        err = tab_outbox_add(db, str_of(a->id), c, full ? OUTBOX_HELD : OUTBOX_WAITING, now, &fresh);
    if (err || !full || !fresh)
        return err;
    (void)snprintf(text, sizeof text, "limit %.10s", time_date(now, day).p);
    return tab_outbox_add(db, str_of(text), c, OUTBOX_WAITING, now, &fresh);
}

int notify_alert(struct db *db, const struct stored_alert *a, unsigned actions, int64_t now)
{
    struct arena arena;
    struct notify_settings s;
    if (a->suppressed)
        return 0;
    arena_init(&arena, 16384, 1u << 22);
    int err = notify_settings_get(db, &arena, &s);
    for (unsigned c = 0; !err && c < CHANNELS; c++)
        if (wanted(&s, (enum channel)c, a, actions))
            err = put(db, &s, (enum channel)c, a, now);
    arena_free(&arena);
    return err;
}

/* ---- delivering ---- */

struct notifier {
    struct db *db;
    const struct secret_key *key;
    char *base;
    struct arena arena; /* of one run */
    struct notify_settings settings;
    struct http *http;
    struct syslog_out *syslog;
    uint64_t syslog_is, http_is; /* what they were opened with */
};

int notify_open(struct db *db, const struct secret_key *key, const char *base, struct notifier **out)
{
    struct notifier *n = calloc(1, sizeof *n);
    char *copy = n ? strdup(base) : NULL;
    if (!copy) {
        free(n);
        return ERR_MEMORY;
    }
    *n = (struct notifier){.db = db, .key = key, .base = copy};
    arena_init(&n->arena, 65536, 1u << 26);
    *out = n;
    return 0;
}

void notify_close(struct notifier *n)
{
    if (!n)
        return;
    http_close(n->http);
    syslog_out_close(n->syslog);
    arena_free(&n->arena);
    free(n->base);
    free(n);
}

static const char *z(struct str s)
{
    return s.n ? s.p : NULL; /* texts of settings end in NUL */
}

static int why_not(char why[NOTIFY_WHY], int err, const char *text)
{
    (void)snprintf(why, NOTIFY_WHY, "%s", text);
    return err;
}

static int send_mail(struct notifier *n, const struct notify_subject *s, struct str id, char why[NOTIFY_WHY])
{
    const struct notify_settings *set = &n->settings;
    struct buf subject = {0}, text = {0};
    struct str password = STR_NONE;
    int err = secret_get(n->key, n->db, &n->arena, "mail", &password);
    if (err)
        return why_not(why, err, "the password cannot be decrypted: enter it again");
    notify_mail_text(s, &subject, &text);
    const struct mail_server server = {.host = z(set->mail.server),
                                       .port = set->mail.port,
                                       .ca_file = z(set->mail.ca_file),
                                       .user = set->mail.user,
                                       .password = password,
                                       .timeout_ms = TIMEOUT_MS,
                                       .security = set->mail.security == NOTIFY_TLS     ? MAIL_TLS
                                                   : set->mail.security == NOTIFY_PLAIN ? MAIL_PLAIN
                                                                                        : MAIL_STARTTLS};
    const struct mail m = {.from = set->mail.from,
                           .from_name = STR("Vigie"),
                           .to = set->mail.to,
                           .nto = set->mail.nto,
                           .subject = buf_view(&subject),
                           .text = buf_view(&text),
                           .time = s->now,
                           .id = id};
    err = subject.failed || text.failed ? why_not(why, ERR_MEMORY, err_text(ERR_MEMORY)) : mail_send(&server, &m, why);
    if (password.n)
        sodium_memzero((void *)(uintptr_t)password.p, password.n);
    buf_free(&subject);
    buf_free(&text);
    return err;
}

static uint64_t mixed(uint64_t seed, struct str s)
{
    return hash_str(s, seed);
}

static int open_syslog(struct notifier *n, char why[NOTIFY_WHY])
{
    const struct notify_settings *set = &n->settings;
    char port[8];
    struct str key = STR_NONE;
    int err = secret_get(n->key, n->db, &n->arena, "syslog", &key);
    if (err)
        return why_not(why, err, "the path of the key cannot be decrypted: enter it again");
    uint64_t is =
        mixed(mixed(mixed(mixed(mixed(set->syslog.port * 2u + set->syslog.lines, set->syslog.host), set->syslog.transport), set->syslog.ca_file),
                    set->syslog.cert_file),
              key);
    if (n->syslog && n->syslog_is == is)
        return 0;
    syslog_out_close(n->syslog);
    n->syslog = NULL;
    (void)snprintf(port, sizeof port, "%u", set->syslog.port);
    const struct syslog_target target = {.transport = str_eq(set->syslog.transport, STR("tls"))   ? SYSLOG_TLS
                                                      : str_eq(set->syslog.transport, STR("tcp")) ? SYSLOG_TCP
                                                                                                  : SYSLOG_UDP,
                                         .framing = set->syslog.lines ? SYSLOG_LINES : SYSLOG_COUNTED,
                                         .host = z(set->syslog.host),
                                         .port = port,
                                         .timeout_ms = TIMEOUT_MS,
                                         .ca_file = z(set->syslog.ca_file),
                                         .cert_file = z(set->syslog.cert_file),
                                         .key_file = z(key)};
    n->syslog_is = is;
    return syslog_out_open(&target, &n->syslog, why);
}

static int send_syslog(struct notifier *n, const struct notify_subject *s, char why[NOTIFY_WHY])
{
    struct buf text = {0};
    int err = open_syslog(n, why);
    if (err)
        return err;
    notify_cef_text(s, str_eq(n->settings.syslog.cef, STR("azure-atp")), str_eq(n->settings.syslog.format, STR("rfc3164")), &text);
    err = text.failed ? why_not(why, ERR_MEMORY, err_text(ERR_MEMORY)) : syslog_out_send(n->syslog, buf_view(&text), why);
    buf_free(&text);
    return err;
}

static int open_http(struct notifier *n, char why[NOTIFY_WHY])
{
    uint64_t is = mixed(1, n->settings.webhook.ca_file);
    if (n->http && n->http_is == is)
        return 0;
    http_close(n->http);
    n->http = NULL;
    n->http_is = is;
    const struct http_options options = {.ca_file = z(n->settings.webhook.ca_file), .timeout_ms = TIMEOUT_MS, .most = 65536, .tries = 1};
    return http_open(&options, &n->http, why);
}

static int send_webhook(struct notifier *n, const struct notify_subject *s, struct str id, char why[NOTIFY_WHY])
{
    struct buf text = {0};
    struct str key = STR_NONE;
    int err = secret_get(n->key, n->db, &n->arena, "webhook", &key);
    if (err)
        return why_not(why, err, "the key cannot be decrypted: enter it again");
    err = open_http(n, why);
    if (err)
        return err;
    notify_json_text(s, &text);
    const struct webhook hook = {.url = z(n->settings.webhook.url), .secret = key};
    const struct webhook_message m = {.id = id, .time = s->now, .json = buf_view(&text)};
    err = text.failed ? why_not(why, ERR_MEMORY, err_text(ERR_MEMORY)) : webhook_post(n->http, &hook, &m, why);
    if (key.n)
        sodium_memzero((void *)(uintptr_t)key.p, key.n);
    buf_free(&text);
    return err;
}

static int deliver(struct notifier *n, enum channel c, const struct notify_subject *s, struct str id, char why[NOTIFY_WHY])
{
    why[0] = 0;
    switch (c) {
    case CHANNEL_MAIL: return n->settings.mail.server.n ? send_mail(n, s, id, why) : why_not(why, ERR_USAGE, "no mail server is set");
    case CHANNEL_SYSLOG: return n->settings.syslog.host.n ? send_syslog(n, s, why) : why_not(why, ERR_USAGE, "no syslog receiver is set");
    case CHANNEL_WEBHOOK: return n->settings.webhook.url.n ? send_webhook(n, s, id, why) : why_not(why, ERR_USAGE, "no address is set");
    case CHANNELS: break;
    }
    return why_not(why, ERR_USAGE, "no such channel");
}

/* ---- one after another ---- */

struct batch {
    struct {
        int64_t id;
        enum channel channel;
        uint32_t tries;
        char alert[40];
    } v[BATCH];
    size_t n;
};

static int collect(void *owner, const struct stored_notice *notice)
{
    struct batch *b = owner;
    b->v[b->n].id = notice->id;
    b->v[b->n].channel = notice->channel;
    b->v[b->n].tries = notice->tries;
    (void)snprintf(b->v[b->n].alert, sizeof b->v[b->n].alert, "%.*s", STR_ARG(notice->alert));
    return ++b->n == BATCH;
}

static int64_t pause_after(uint32_t tries)
{
    int64_t pause = 30 * TIME_SECOND << (tries < 7 ? tries : 7);
    return pause < TIME_HOUR ? pause : TIME_HOUR;
}

/* What the notice is about. ERR_NOT_FOUND: its alert is gone. */
static int subject_of(struct notifier *n, const char *alert, uint32_t per_day, struct notify_subject *s, struct stored_alert *a)
{
    static const struct alert_view all = {.cloud = true, .onprem = true};
    if (strncmp(alert, "limit ", 6) == 0) {
        s->line = str_fmt(&n->arena, "The limit of %u notifications on %s is reached; further alerts of that day are in the portal only.", per_day,
                          alert + 6);
        return 0;
    }
    int err = tab_alerts_get(n->db, &n->arena, &all, str_of(alert), a);
    s->alert = a;
    return err;
}

/* 0: it is sent; positive: it is not; negative: the database failed. */
static int one(struct notifier *n, const struct batch *b, size_t i, int64_t now)
{
    char why[NOTIFY_WHY], id[48];
    struct stored_alert a;
    struct notify_subject s = {.base = n->base, .now = now};
    enum channel c = b->v[i].channel;
    int err = subject_of(n, b->v[i].alert, n->settings.per_day[c], &s, &a);
    if (err == ERR_NOT_FOUND || (!err && !n->settings.on[c])) {
        err = tab_outbox_done(n->db, b->v[i].id, OUTBOX_FAILED, err ? STR("the alert is gone") : STR("the channel was switched off"), now);
        return err ? err : 1;
    }
    if (err)
        return err;
    (void)snprintf(id, sizeof id, "%s", b->v[i].alert);
    for (char *p = id; *p; p++)
        *p = *p == ' ' ? '-' : *p;
    if (deliver(n, c, &s, str_of(id), why) == 0)
        return tab_outbox_done(n->db, b->v[i].id, OUTBOX_SENT, STR_NONE, now);
    if (b->v[i].tries + 1 >= NOTIFY_TRIES)
        err = tab_outbox_done(n->db, b->v[i].id, OUTBOX_FAILED, str_of(why), now);
    else
        err = tab_outbox_retry(n->db, b->v[i].id, now + pause_after(b->v[i].tries), str_of(why));
    return err ? err : 1;
}

int notify_run(struct notifier *n, int64_t now, unsigned *sent, unsigned *failed)
{
    struct batch b = {.n = 0};
    unsigned good = 0, bad = 0;
    arena_reset(&n->arena);
    int err = tab_outbox_due(n->db, now, BATCH, collect, &b);
    if (err > 0)
        err = 0;
    if (!err && b.n)
        err = notify_settings_get(n->db, &n->arena, &n->settings);
    for (size_t i = 0; !err && i < b.n; i++) {
        int got = one(n, &b, i, now);
        err = got < 0 ? got : 0;
        good += got == 0;
        bad += got > 0;
    }
    *sent = good;
    *failed = bad;
    return err;
}

int notify_test(struct notifier *n, enum channel channel, int64_t now, char why[NOTIFY_WHY])
{
    char id[40];
    const struct notify_subject s = {.base = n->base, .line = STR("This is a test message."), .now = now};
    arena_reset(&n->arena);
    int err = notify_settings_get(n->db, &n->arena, &n->settings);
    if (err)
        return why_not(why, err, err_text(err));
    (void)snprintf(id, sizeof id, "test-%lld", (long long)now);
    return deliver(n, channel, &s, str_of(id), why);
}
