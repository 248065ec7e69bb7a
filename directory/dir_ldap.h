/* directory/dir_ldap.h - the directory of one Active Directory domain, read over LDAP and kept up to date.
 *
 * The first time everything is read, page by page; later only what changed. How changes are found depends on the account:
 * - with the right "Replicating Directory Changes" by DirSync (MS-ADTS 3.1.1.3.4.1.3), which works with any controller;
 * - else by uSNChanged (MS-ADTS 3.1.1.1.9), with the same controller only.
 * Deletions are told to who may see deleted objects; for others what is gone is found by listing all GUIDs.
 * Changed objects are always read whole, so that a lost value cannot stay. Everything is read again when the state does not fit. */
#ifndef VIGIE_DIRECTORY_DIR_LDAP_H
#define VIGIE_DIRECTORY_DIR_LDAP_H

#include "base/buf.h"
#include "directory/dir_act.h"
#include "directory/dir_build.h"
#include "net/ldapc.h"

struct dir_ldap_options {
    struct ldapc_options server;
    const char *domain; /* the DNS name that the server must hold; NULL: whichever it holds */
    unsigned page;      /* objects per page, 1 to 1000 */
    bool act;           /* dir_ldap_check looks also what the account may write */
};

struct dir_ldap_report {
    bool full;
    bool dirsync;           /* else uSNChanged */
    bool deleted;           /* may see deleted objects: told by dir_ldap_check */
    char domain[256];       /* its DNS name */
    char server[256];       /* the controller that answered, by its own name */
    char why[LDAPC_WHY];    /* of an error; else why everything was read again, or "" */
    uint64_t read, removed; /* objects */
    uint64_t malformed;     /* values that were left out */
    struct dir_act_rights writes; /* told by dir_ldap_check */
};

/* Brings `im` up to date. `im` is empty, or what was written after the last call; `state` is absent, or what the last call gave: if
 * they do not belong together, everything is read. On success *next is the new state; write the import before the state, so that a
 * crash between the two only costs reading everything. After an error `im` is of no use. */
int dir_ldap_sync(const struct dir_ldap_options *o, struct dir_import *im, struct str state, struct buf *next, struct dir_ldap_report *r);
/* Connects and signs in, and reads nothing but which domain that is and what this account may. */
int dir_ldap_check(const struct dir_ldap_options *o, struct dir_ldap_report *r);

#endif
