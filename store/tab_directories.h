/* store/tab_directories.h - directory services: Active Directory domains that the hub reads over LDAP, and how that goes.
 *
 * The password or keytab of each is a secret (store/secret.h) named by directory_secret. */
#ifndef VIGIE_STORE_TAB_DIRECTORIES_H
#define VIGIE_STORE_TAB_DIRECTORIES_H

#include "base/arena.h"
#include "store/db.h"

struct stored_directory {
    int64_t number;
    struct str url;    /* ldaps://host[:port], ldap://... */
    struct str domain; /* that the server must hold; absent: whichever it holds */
    bool kerberos;     /* sign in with a keytab; else by simple bind with a password */
    struct str bind;   /* the account of a simple bind */
    struct str ca;     /* PEM; absent: the system's authorities */
    bool plain;        /* ldap:// without TLS */
    int64_t minutes;   /* between two synchronisations */
    bool enabled;
    bool act;          /* accounts may be changed through it: policy/govern.h */
    struct str by;
    int64_t created;
    int64_t started, ended, succeeded; /* the last ones; TIME_NONE: never */
    int64_t failures;                  /* since it last succeeded */
    struct str why;                    /* of the last failure */
    struct str said;                   /* what the last success brought, JSON; absent: none yet */
};

/* "off", "new", "failed" or "ok": text that the portal has words for. */
const char *directory_state(const struct stored_directory *d);
/* One is under way, or was broken off by the hub's end. */
bool directory_running(const struct stored_directory *d);
/* The name of its secret. */
void directory_secret(int64_t number, char name[40]);

/* number and what came of it are not read. */
int tab_directories_add(struct db *db, const struct stored_directory *d, int64_t *number);
/* How it is reached; it is due at once. ERR_NOT_FOUND. */
int tab_directories_change(struct db *db, const struct stored_directory *d);
int tab_directories_remove(struct db *db, int64_t number); /* ERR_NOT_FOUND */
int tab_directories_get(struct db *db, struct arena *a, int64_t number, struct stored_directory *out);
/* All, the one that was read last at the end; texts live in the arena. */
int tab_directories_each(struct db *db, struct arena *a, int (*each)(void *owner, const struct stored_directory *d), void *owner);

/* It is due now, whatever its interval. ERR_NOT_FOUND. */
int tab_directories_want(struct db *db, int64_t number);
/* The one that has waited longest: never read, asked for, broken off, or last read longer ago than its interval. ERR_NOT_FOUND: none. */
int tab_directories_due(struct db *db, struct arena *a, int64_t now, struct stored_directory *out);
int tab_directories_start(struct db *db, int64_t number, int64_t now);
/* `why` absent: it succeeded and brought `said`. ERR_NOT_FOUND: it was removed meanwhile. */
int tab_directories_end(struct db *db, int64_t number, int64_t now, struct str why, struct str said);

#endif
