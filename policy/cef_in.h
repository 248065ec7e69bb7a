/* policy/cef_in.h - alerts of a real Azure ATP or ATA, received as CEF, as alerts of ours.
 *
 * A message of "Microsoft" "Azure ATP", "ATP" or "ATA" whose class id ends in SecurityAlert or SuspiciousActivity becomes an
 * on-premises alert with its external id, time, parties and sentence. The same alert again ("trigger" update, or told by two
 * relays) has the same id: the guid behind securityAlert/ or suspiciousActivity/ in its URL, or, without one, kind, start and parties. Names
 * are looked up by spelling; those of nobody stay as names of accounts. Source: the SIEM log reference of Azure ATP. */
#ifndef VIGIE_POLICY_CEF_IN_H
#define VIGIE_POLICY_CEF_IN_H

#include "base/arena.h"
#include "net/cef.h"
#include "store/tab_alerts.h"

struct cef_alert {
    struct stored_alert alert;
    uint32_t users[8];
    size_t nusers;
    bool update; /* the sender says that it told of it before */
};

/* Texts live in the arena or in what the message was read from. `now` when the message has no moment. ERR_UNSUPPORTED: sound, but
 * no security alert (a health alert, another product). ERR_MALFORMED with the reason: a security alert without what it needs. */
int cef_in_alert(struct db *db, struct arena *arena, const struct cef *c, int64_t now, struct cef_alert *out, const char **why);
/* Stores it; *fresh: it was not there. What people decided stays; an update keeps the first start, takes the later end and the higher count. */
int cef_in_put(struct db *db, const struct cef_alert *in, bool *fresh);
/* Received alerts that end at or after `since`, at most so many. */
int cef_in_each(struct db *db, int64_t since, uint32_t most, int (*each)(void *owner, const struct stored_alert *a), void *owner);
/* Looks up again the accounts of received alerts that end at or after `since` and in which nobody was known: they may have come before
 * the first log that names them. In a transaction of the caller. */
int cef_in_resolve(struct db *db, int64_t since);

#endif
