/* policy/notify.h - tells people and programs of alerts: mail, syslog CEF, webhook; each alert once on each channel.
 *
 * notify_alert puts a new alert into the outbox (store/tab_outbox.h) of every channel that is on, whose severity it reaches and that its
 * policy names; above the channel's limit of a day one line says so and the rest is held. notify_run, called by one thread of
 * the hub again and again, delivers what is due. What fails is tried again after 30 seconds, doubled up to an hour, and
 * given up after 12 tries, about seven hours, with the last reason kept.
 *
 * Settings lie in the settings table under "notifications" as the JSON of docs/api.md; the SMTP password, the webhook's key
 * and the TLS client key's path in store/secret.h. */
#ifndef VIGIE_POLICY_NOTIFY_H
#define VIGIE_POLICY_NOTIFY_H

#include "base/jin.h"
#include "base/jout.h"
#include "policy/filter_parse.h"
#include "store/secret.h"
#include "store/tab_alerts.h"
#include "store/tab_outbox.h"

enum { NOTIFY_TRIES = 12, NOTIFY_RECIPIENTS = 20, NOTIFY_WHY = 256 };

enum notify_security { NOTIFY_STARTTLS, NOTIFY_TLS, NOTIFY_PLAIN };

struct notify_settings {
    bool on[CHANNELS];
    enum severity lowest[CHANNELS];
    uint32_t per_day[CHANNELS]; /* 0: no limit */
    struct {
        struct str server, user, from, to[NOTIFY_RECIPIENTS], ca_file;
        size_t nto;
        uint16_t port;
        enum notify_security security;
    } mail;
    struct {
        struct str host, transport, format, cef, ca_file, cert_file; /* udp, tcp, tls; rfc5424, rfc3164; cef, azure-atp */
        uint16_t port;
        bool lines; /* over TCP and TLS: a line each instead of octet counting */
    } syslog;
    struct {
        struct str url, ca_file;
    } webhook;
};

/* Texts live in the arena. */
int notify_settings_get(struct db *db, struct arena *a, struct notify_settings *out);
/* As docs/api.md has it; of secrets only whether there is one ("passwordSet", "keySet"). */
int notify_settings_json(struct db *db, struct jout *j);
/* Checks and keeps what the body says; the rest stays. "password" and "key" go to the secrets, "" removes them. ERR_MALFORMED with the
 * error. */
int notify_settings_change(struct db *db, const struct secret_key *key, const struct jnode *doc, const struct jnode *body, struct filter_error *error);

/* For a new alert, in the transaction that stores it. `actions`: POLICY_ bits of its policy. */
int notify_alert(struct db *db, const struct stored_alert *a, unsigned actions, int64_t now);

struct notifier;
/* `base`: where the portal is, for links ("https://hub.corp.test:8443"). */
int notify_open(struct db *db, const struct secret_key *key, const char *base, struct notifier **out);
/* Delivers what is due, at most 100. *sent, *left: how many went out, how many failed. */
int notify_run(struct notifier *n, int64_t now, unsigned *sent, unsigned *failed);
/* A test message on one channel, at once. ERR_IO or ERR_USAGE with the reason. */
int notify_test(struct notifier *n, enum channel channel, int64_t now, char why[NOTIFY_WHY]);
void notify_close(struct notifier *n);

#endif
