/* net/syslog.h - one syslog message: written in either form, read from whatever devices send, framed for streams.
 *
 * Forms: RFC 5424 and RFC 3164. Framing over TCP and TLS: RFC 6587, octet counting (also RFC 5425) or a line feed
 * behind each message. Reading is tolerant where senders differ: a missing or odd priority, a missing year, ISO moments
 * in the old form, a zone behind the moment, no host, no structured data, a byte order mark. What a message does not
 * say is absent, or TIME_NONE. Nothing is lost: what is not recognised stays in `text`. */
#ifndef VIGIE_NET_SYSLOG_H
#define VIGIE_NET_SYSLOG_H

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

enum { SYSLOG_AUTH = 4, SYSLOG_USER = 1 };                                                      /* facilities, RFC 5424 6.2.1 */
enum { SYSLOG_CRITICAL = 2, SYSLOG_ERROR, SYSLOG_WARNING, SYSLOG_NOTICE, SYSLOG_INFO }; /* severities */

enum syslog_form {
    SYSLOG_5424,
    SYSLOG_5424_BARE, /* without the field of structured data, as Azure ATP sends it */
    SYSLOG_3164,      /* its moment is written in UTC, without a year */
};

enum syslog_framing { SYSLOG_COUNTED, SYSLOG_LINES };
enum syslog_transport { SYSLOG_UDP, SYSLOG_TCP, SYSLOG_TLS, SYSLOG_TRANSPORTS };

struct syslog {
    uint8_t facility, severity; /* 0..23, 0..7; user.notice when the message has no priority (RFC 3164 4.3.3) */
    int64_t time;
    struct str host, app, procid, msgid;
    struct str data; /* structured data as it stands, "[id name=\"value\"]..." */
    struct str text; /* without byte order mark */
};

/* Appends the message, unframed. Header fields are cut to the lengths of RFC 5424 (255, 48, 128, 32) and what is not
 * printable ASCII in them becomes "_"; absent ones are "-". In SYSLOG_5424 a text that is not ASCII gets a byte order
 * mark (6.4). The time must be known. */
void syslog_write(struct buf *out, const struct syslog *m, enum syslog_form form);

/* Reads one unframed message; all fields point into it. A moment without a year gets the year that brings it nearest
 * to `now`; one without a zone is UTC. ERR_MALFORMED with the reason when the priority is above 191 or the header of
 * an RFC 5424 message is broken, ERR_TRUNCATED when nothing is there. */
int syslog_read(struct str message, int64_t now, struct syslog *out, struct fault *fault);

/* Appends `message` framed. In SYSLOG_LINES, line feeds and NULs inside become blanks: they would end it. */
void syslog_frame(struct buf *out, struct str message, enum syslog_framing framing);

/* What stands at the beginning of a stream's bytes. */
struct syslog_cut {
    size_t begin, n; /* the message */
    size_t total;    /* bytes of the frame; 0 = not known yet, more must be read */
};

/* Finds the next frame. Octet counting is recognised by a number, a blank and "<"; anything else ends at the next line
 * feed or NUL. The frame may be longer than `bytes` (counted, total known before all is there). False when the number
 * is above 2^31: no stream can be followed after that. */
bool syslog_unframe(struct str bytes, struct syslog_cut *out);

#endif
