/* policy/notify_text.h - what a notification says: a mail, a CEF line, a JSON document. Private to policy/notify. */
#ifndef VIGIE_POLICY_NOTIFY_TEXT_H
#define VIGIE_POLICY_NOTIFY_TEXT_H

#include "base/buf.h"
#include "store/tab_alerts.h"

/* What is told: an alert, or a line that a day's limit was reached (alert NULL). */
struct notify_subject {
    const struct stored_alert *alert;
    const char *base;  /* of links */
    struct str line;   /* instead of an alert: the limit, or a test */
    int64_t now;
};

void notify_mail_text(const struct notify_subject *s, struct buf *subject, struct buf *text);
void notify_json_text(const struct notify_subject *s, struct buf *out);
/* A whole syslog message. */
void notify_cef_text(const struct notify_subject *s, bool azure, bool rfc3164, struct buf *out);
/* The name that CEF gives the kind of alert: "BruteForceSecurityAlert". */
void notify_class(const struct stored_alert *a, char out[64]);

#endif
