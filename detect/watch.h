/* detect/watch.h - what detectors keep between activities: times in a sliding window, who is concerned,
 * and the words for where something came from.
 *
 * All of it is kept by value and bounded, so that it can lie in a table (base/table.h) and outlive the
 * activity that it was taken from. */
#ifndef VIGIE_DETECT_WATCH_H
#define VIGIE_DETECT_WATCH_H

#include "detect/detect.h"

/* ---- the latest happenings, each with what it was about ---- */

enum { WATCH_RING = 64 };
struct watch_ring {
    uint32_t n; /* all that were ever added; the latest WATCH_RING are held */
    int64_t t[WATCH_RING];
    uint64_t what[WATCH_RING];
};

void watch_ring_add(struct watch_ring *r, int64_t t, uint64_t what);
/* How many of those held are not older than `since`, and how many different ones. */
unsigned watch_ring_count(const struct watch_ring *r, int64_t since);
unsigned watch_ring_distinct(const struct watch_ring *r, int64_t since);
/* How many of those held and not older than `since` are this one. */
unsigned watch_ring_of(const struct watch_ring *r, int64_t since, uint64_t what);

/* ---- the accounts, computers or groups that an open suspicion concerns ---- */

enum { WATCH_NAMES = 16, WATCH_NAME = 48 };
struct watch_names {
    uint32_t n;
    uint32_t more; /* additions that found no room: at least one more, repeats among them */
    struct {
        uint64_t key;
        uint32_t entity;
        uint32_t length;
        char name[WATCH_NAME];
    } a[WATCH_NAMES];
};

/* True when it is new. */
bool watch_names_add(struct watch_names *w, uint32_t entity, struct str name);
bool watch_names_has(const struct watch_names *w, uint32_t entity, struct str name);
/* "alice, bob and carol", at most `most` of them and "and others". */
struct str watch_names_text(struct arena *arena, const struct watch_names *w, unsigned most);
/* Adds them to the draft's users; the texts stay in w. */
void watch_names_draft(struct draft *f, const struct watch_names *w);

/* ---- keys and words ---- */

/* The account's name without domain, realm or UPN suffix: DOMAIN\alice, alice@REALM -> alice. */
struct str watch_bare(const struct account *a);
/* The same, or the directory's name for it when the record has only its SID. */
struct str watch_called(const struct dir *dir, uint32_t entity, const struct account *a);
/* For table_expire() of a table that keeps a time by key: whether it is before `since`. */
bool watch_before(const void *value, int64_t since);
bool watch_machine(struct str name); /* ends in $ */
/* True for SYSTEM, LOCAL SERVICE, NETWORK SERVICE, ANONYMOUS LOGON, window manager and font driver accounts. */
bool watch_builtin(const struct account *a);
/* One number for an account: by entity when there is one, else by bare name. */
uint64_t watch_account(uint32_t entity, const struct account *a);
/* One number for where it came from: address first, since a client may claim any name; then computer. 0 = unknown. */
uint64_t watch_source(const struct activity *a);
uint64_t watch_destination(const struct activity *a);
/* A campaign key for a source: a controller names the workstation (4776) where a server names the address
 * (4625), which is the same source when the claimed name is the same. `aliases` holds uint64_t. */
uint64_t watch_campaign(struct table *aliases, const struct activity *a, uint64_t source);
/* The workstation name that the client claims, else the device. */
struct str watch_workstation(const struct activity *a);
struct str watch_source_text(struct arena *arena, const struct activity *a);      /* "PC1 (10.0.0.5)", "an unknown computer" */
struct str watch_destination_text(struct arena *arena, const struct activity *a); /* "DC1", "10.0.0.1", "an unknown computer" */
/* The address alone, where the names that the client claims say nothing. */
struct str watch_address_text(struct arena *arena, const struct activity *a);
struct str watch_times(struct arena *arena, uint64_t n, int64_t last); /* "once at <last>", "3 times until <last>" */
struct str watch_time(struct arena *arena, int64_t t);                 /* "2026-01-05 09:00:00 UTC" */
/* The nth object with that role and type, NULL when there is none. */
const struct object *watch_object(const struct activity *a, enum object_type type, enum object_role role);
bool watch_event(const struct activity *a, uint64_t id);
/* True for an NTLM or Kerberos password check, by protocol or authentication package. */
bool watch_ntlm(const struct activity *a);
bool watch_kerberos(const struct activity *a);

#endif
