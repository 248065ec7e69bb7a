/* directory/dir_ref.h - names that were seen together: what learners and imports hand to the builder.
 * Private to directory/. */
#ifndef VIGIE_DIRECTORY_DIR_REF_H
#define VIGIE_DIRECTORY_DIR_REF_H

#include "base/arena.h"
#include "base/table.h"
#include "directory/dir_build.h"

/* One spelling of one account, group or computer, with how often it was seen. */
struct dir_ref {
    struct account ref;
    enum entity_type type;
    uint32_t flags; /* ENTITY_ bits that this spelling proves */
    uint64_t count;
};

/* An address and the computer that authenticated from it. */
struct dir_address {
    struct ip ip;
    struct str host;    /* absent when several hosts did */
    bool shared;
};

struct dir_learner {
    struct arena text;
    struct table seen; /* hash of a spelling -> index + 1 into refs */
    struct dir_ref *refs;
    size_t n, room;
    struct table at; /* ip hash -> struct dir_address */
    uint64_t others; /* changes that brought no spelling: proofs, addresses */
    bool full;
};

/* True when the directory finds the spelling by all of its names, and each time the same entity with these flags. */
bool dir_resolves(const struct dir *d, const struct dir_ref *r);

/* An imported object, with what only a directory knows. */
struct dir_entry {
    struct dir_ref base;
    struct str display, dn, dns_name, department, title, manager, country;
    uint32_t uac, enctypes, primary_group;
    int64_t created, terminated;
    struct str *groups; /* DNs or names of direct groups (memberOf) */
    size_t ngroups;
    struct str *members; /* DNs or names (member) */
    size_t nmembers;
    struct ip ip;
    uint32_t input, place; /* of several files: which one (0: named as the directory), and where in it */
};

struct dir_import {
    struct arena text;
    struct dir_entry *entries;
    size_t n, room;
    struct str *domains; /* domains whose accounts are all here: DNS name, NetBIOS name and SID are separate items */
    size_t ndomains, domain_room;
};

/* Adds an entry of zeroes; NULL when memory is short. */
struct dir_entry *dir_import_entry(struct dir_import *im);
void dir_import_domain(struct dir_import *im, struct str domain);
/* Grows a list of strings by one. */
int dir_list_add(struct arena *a, struct str **list, size_t *n, struct str s);


#endif
