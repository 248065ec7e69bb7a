/* detect/common.h - what detections of remote use share: where a logon session came from, and how many
 * different things one source asked for within a while.
 *
 * Kept by value and bounded, like detect/watch.h, whose names and words it builds on. */
#ifndef VIGIE_DETECT_COMMON_H
#define VIGIE_DETECT_COMMON_H

#include "detect/watch.h"

/* ---- a place that something came from ---- */

enum { COMMON_NAME = 64 };
struct common_place {
    char name[COMMON_NAME]; /* computer, cut when longer */
    uint32_t length;
    uint32_t entity;
    struct ip ip;
    uint8_t certainty;
    bool remote; /* neither this computer nor a loopback address; false when nothing is known */
};

/* Where an activity came from, as far as it says so itself. */
struct common_place common_place(const struct activity *a);
/* "PC1 (10.0.0.5)", "10.0.0.5", "an unknown computer" */
struct str common_place_text(struct arena *arena, const struct common_place *p);
/* Makes the place the draft's source; p must outlive the draft. */
void common_place_draft(struct draft *f, const struct common_place *p);
/* One number for the place, 0 when nothing is known of it: address first, then computer. */
uint64_t common_place_key(const struct common_place *p);

/* ---- logon sessions: events of a session (4662, 4661, 4698 ...) name no address; its logon does, and so
 * does the share access that it begins with when the logon was not recorded ---- */

enum { COMMON_SESSIONS = 65536 };
struct common_session {
    struct common_place place;
    int64_t ended; /* TIME_NONE: not yet, as far as is known */
    enum kind kind; /* of the activity that began it */
    enum protocol protocol;
    struct witness logon; /* the logon or share access itself, as evidence */
};

void common_sessions_init(struct table *t);
/* Notes the session when the activity is a successful logon, or a share access from an address, and that it is over when it is its logoff;
 * else does nothing. A session is kept for an hour past its end: what it did may be written a little later. */
void common_sessions_learn(struct table *t, const struct activity *a);
/* The logon that began the session in which the activity was done on its destination, NULL when not seen. */
const struct common_session *common_sessions_find(struct table *t, const struct activity *a);
/* Where the activity came from: its own words, else its session's. */
struct common_place common_sessions_place(struct table *t, const struct activity *a);
/* The kinds that common_sessions_learn needs to see; for wants[]. */
#define COMMON_LOGON_KINDS KIND_NETWORK_LOGON, KIND_REMOTE_DESKTOP, KIND_INTERACTIVE_LOGON, KIND_SHARE_ACCESS, KIND_SHARE_FILE_ACCESS

/* The named pipe that the activity opened or spoke on, absent when it is about none. */
struct str common_pipe(const struct activity *a);

/* ---- who acts ---- */

/* The controller's own activity: SYSTEM and its like, or the machine account of the destination itself. */
bool common_own(const struct activity *a);
/* The actor is a machine account, by its name. */
bool common_machine(const struct activity *a);
/* The actor is the machine account of a known controller. */
bool common_controller(const struct dir *dir, const struct activity *a);
/* True when the host names mean one computer: "DC1", "DC1$", "dc1.corp.example.test". */
bool common_same_host(struct str a, struct str b);
/* The actor's stable key: the entity's own id, else the bare name. Unlike watch_account it is the same in every run. */
uint64_t common_actor_key(const struct dir *dir, const struct activity *a);

/* How people call the actor; "An unknown account" where nothing tells, as in encrypted calls on the network. */
struct str common_who(const struct activity *a);
/* Where it went: as watch_destination_text, but where only the address is known by the directory's name for it. */
struct str common_destination(struct detection *d, const struct activity *a);
/* The opening of a named pipe that was seen on the network: what is asked through it is seen there, too, and counts by itself. */
bool common_wire_pipe(const struct activity *a);
/* Seen on the network, not told by a Windows event. */
bool common_from_network(const struct activity *a);
/* A campaign of one place against one destination. By the place where it is known, so that what the network shows, which may not tell who it
 * was, meets the events, which tell; else by the actor. The same in every run. */
uint64_t common_campaign(const struct dir *dir, const struct activity *a, const struct common_place *from, uint64_t salt);
/* The same against whatever destination. */
uint64_t common_campaign_from(const struct dir *dir, const struct activity *a, const struct common_place *from, uint64_t salt);

/* ---- distinct things within a sliding window, each with its witness ---- */

enum { COMMON_SPREAD = 48, COMMON_THING = 48 };
struct common_spread {
    uint32_t n;
    struct {
        uint64_t key;
        uint32_t length;
        char text[COMMON_THING];
        struct witness witness; /* its latest occurrence */
    } thing[COMMON_SPREAD];
};

/* Notes `text` (cut when longer) under its case-folded hash and forgets what is older than `window`.
 * Returns how many different ones remain; exact up to COMMON_SPREAD. */
unsigned common_spread_add(struct common_spread *s, struct str text, const struct activity *a, int64_t window);
/* How many of those noted are not older than `since`. */
unsigned common_spread_count(const struct common_spread *s, int64_t since);
/* What was noted since, as evidence in time order: the first and the latest. */
void common_spread_witnesses(const struct common_spread *s, int64_t since, struct witnesses *out);
/* "alice, bob and 5 more", the first `most` in time order. */
struct str common_spread_text(struct arena *arena, const struct common_spread *s, unsigned most);

/* ---- how many different things: a bit map, counted while it is filled ---- */

enum { COMMON_BITS = 2048 };
struct common_distinct {
    uint64_t bit[COMMON_BITS / 64];
    uint32_t n; /* as far as the bits tell: a little less than there are */
};
/* Notes a hash; false when one that has its bit was noted before. */
bool common_distinct_add(struct common_distinct *c, uint64_t hash);

/* Adds a kept witness to others (witness_add takes activities). */
void common_witness(struct witnesses *w, const struct witness *one);

#endif
