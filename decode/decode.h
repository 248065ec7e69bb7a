/* decode/decode.h - from one record to activities.
 *
 * Adding a decoder for a JSON log is adding decode/dec_<name>.c that exports
 * `const struct decoder dec_<name>`; the registry is made from file names. Adding a Windows event is
 * adding a row to one of decode/win_*.c (decode/winevent.h).
 *
 * A decoder builds activities in the caller's `struct decode`, one at a time: decode_begin, fill in,
 * decode_emit. It never allocates: texts point into the record or into d->arena, which the caller resets
 * after every record. It knows no policy. What it cannot read it reports with decode_fault (malformed:
 * why and where), decode_ignored (sound, but no activity for us: counted by kind) or decode_unread (it is one, but of which kind cannot be
 * read), never silently. */
#ifndef VIGIE_DECODE_DECODE_H
#define VIGIE_DECODE_DECODE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/jin.h"
#include "model/activity.h"
#include "model/app.h"
#include "model/unread.h"

/* What was understood of a user agent: an organisation has few, and each comes often. */
enum { DECODE_AGENT = 512, DECODE_AGENTS = 32 };
struct decode_agent {
    size_t n; /* 0 = free */
    char head[DECODE_AGENT];
    struct agent agent; /* without its text */
};

struct ticket_cache;

/* What the name of a member or of an operation was found to be, by its letters as they stand: the same come in every record. */
enum { DECODE_NAMES = 512 };
struct decode_name {
    const void *set; /* of which names; NULL = free */
    uint64_t first, middle, last; /* words of the name */
    uint32_t n;
    unsigned is; /* its number in the set */
    bool known;
};

struct decode {
    struct ticket_cache *tickets; /* whose Kerberos tickets are whose (decode/tickets.h); NULL: nobody remembers */
    struct arena *arena;  /* message lifetime */
    struct origin origin; /* of the record at hand: set by the caller, copied into each activity */
    /* what the caller does with the results */
    int (*emit)(struct decode *d, const struct activity *a);
    void (*ignored)(struct decode *d, struct str what);
    void (*unread)(struct decode *d, enum unread what, uint64_t record); /* may be NULL; `ignored` is told too */
    void (*fault)(struct decode *d, const struct fault *f);
    void *owner;
    /* the activity being built */
    struct activity act;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
    struct decode_agent agents[DECODE_AGENTS]; /* by hash */
    struct decode_name names[DECODE_NAMES];    /* by hash */
};

struct decoder {
    const char *name;  /* format name: "office365", "cloudtrail", "winlogbeat" ... */
    const char *about; /* one sentence for docs: which log, which fields */
    /* True when this parsed JSON document is a record of the format. Must be cheap: look at few keys. */
    bool (*claims)(const struct jnode *doc);
    /* Decodes one record; doc is its root, raw its text. 0, or a negative enum err after decode_fault. */
    int (*record)(struct decode *d, const struct jnode *doc, struct str raw);
};

extern const struct decoder *const decoders[]; /* generated from file names, ended by NULL */

/* ---- building ---- */

/* Starts an activity: all absent, origin and arrays in place. */
struct activity *decode_begin(struct decode *d, enum kind kind);
/* Adds a fact; absent texts are left out. */
void decode_str(struct decode *d, enum fact_key key, struct str s);
void decode_u64(struct decode *d, enum fact_key key, uint64_t v);
/* Adds an object and gives it to be filled in; NULL when there are ACTIVITY_OBJECTS already. */
struct object *decode_object(struct decode *d, enum object_type type, enum object_role role, struct str name);
/* The record's identity from its own names (log, tenant, record id ...): sets act.id. */
void decode_id(struct decode *d, const struct str *parts, size_t n);
int decode_emit(struct decode *d);
void decode_ignored(struct decode *d, struct str what);
void decode_unread(struct decode *d, enum unread what, uint64_t record);
int decode_fault(struct decode *d, const char *why, uint64_t offset); /* returns ERR_MALFORMED */

/* ---- small things that many logs share ---- */

/* "-", "", "N/A", "null", "(null)" and "NULL SID" mean absent. */
bool decode_none(struct str s);
enum { DECODE_NONE = 8 }; /* the longest of them */
static inline struct str decode_some(struct str s)
{
    return s.n > DECODE_NONE || !decode_none(s) ? s : STR_NONE;
}
/* user@suffix becomes upn; DOMAIN\name becomes domain and name; S-1-... becomes sid; else name. */
void decode_account(struct account *a, struct str s);
/* Sets act.ip and act.port when the text is an address; otherwise leaves them. */
void decode_ip(struct decode *d, struct str s);
/* Fills act.agent from a user agent: text, device class, system, browser, script tag. */
void decode_agent(struct decode *d, struct str user_agent);

#endif
