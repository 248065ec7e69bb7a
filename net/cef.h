/* net/cef.h - ArcSight Common Event Format: written, and read as senders and relays really leave it.
 *
 * A line is "CEF:0|vendor|product|version|class id|name|severity|key=value key=value ...". Escapes: in the header "\\"
 * and "\|", in values "\\", "\=", "\n", "\r". Two forms of one alert go out:
 *
 * - CEF_LEGAL, as the format's guide has it;
 * - CEF_AZURE_ATP, as Azure ATP wrote it (its SIEM log reference): in RFC 5424 the application is "CEF", no structured
 *   data, and the text is a byte order mark and "0|..." without "CEF:"; the colon of a URL is "\:"; facility auth,
 *   severity error for 10, warning for 5, informational below.
 *
 * Reading accepts both, ATA's, and that of the Cloud App Security SIEM agent: anything before the header (a syslog
 * header, columns of a receiver), a byte order mark, its mojibake or none, "CEF:0|" or "0|", "\:" and "\/", blanks and
 * bare "=" in values, empty values. */
#ifndef VIGIE_NET_CEF_H
#define VIGIE_NET_CEF_H

#include "net/syslog.h"

enum { CEF_PAIRS = 128 }; /* most pairs of one line */

struct cef_pair {
    struct str key, value; /* key: ASCII letters, digits, "_", ".", "-" */
};

struct cef {
    struct str vendor, product, version, class_id, name;
    int severity; /* 0..10; a word in the line counts as 3 low, 5 medium, 8 high, 10 very high, 0 unknown */
    const struct cef_pair *pairs;
    size_t npairs;
};

enum cef_form { CEF_LEGAL, CEF_AZURE_ATP };

/* Appends the line alone, from "CEF:0|" on, in either form. Control characters other than tab and line ends become "?";
 * line ends in the header become blanks. */
void cef_line(struct buf *out, const struct cef *c, enum cef_form form);

/* Who sends it: what a syslog header needs beside the alert. */
struct cef_sender {
    int64_t time;
    struct str host;
    struct str procid;
    enum cef_form form;
    enum syslog_form syslog; /* SYSLOG_5424 or SYSLOG_3164 */
};

/* Appends a whole syslog message, unframed. The class id is its MSGID, cut to 32 characters. */
void cef_message(struct buf *out, const struct cef *c, const struct cef_sender *sender);

/* Reads a line or a whole syslog message. Texts point into `text`, or into the arena where escapes or bytes that are
 * not UTF-8 had to go. Faults with reason and offset: ERR_MALFORMED (no header, odd severity, extension without a
 * key), ERR_TRUNCATED (the header ends early), ERR_LIMIT (CEF_PAIRS, or the arena is full). */
int cef_read(struct arena *a, struct str text, struct cef *out, struct fault *fault);

/* The value of the first pair with this key; absent when there is none, empty when it is given as such. */
struct str cef_value(const struct cef *c, const char *key);
/* The value of the custom field with this label: "url" finds cs1 where cs1Label=url. Labels may stand in quotes. */
struct str cef_labelled(const struct cef *c, const char *label);

#endif
