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

/* A computer's name at an address, as one kind of evidence told it on one day. */
struct dir_address {
    struct ip ip;
    struct str host;
    int64_t first, last;
    uint8_t source; /* enum dir_source */
};

/* One machine replicated the directory from another. */
struct dir_pull {
    struct ip client, server;
};

struct dir_learner {
    struct arena text;
    struct table seen; /* hash of a spelling -> index + 1 into refs */
    struct dir_ref *refs;
    size_t n, room;
    struct table at;    /* hash of address, name, day and source -> struct dir_address */
    struct table names; /* address hash -> uint64_t hash of its computer's name, 1 for several: what makes news */
    struct table hosts; /* name hash -> struct str: of each computer's name one text for all its sightings */
    struct table controllers; /* address hash -> struct ip of what answered as one */
    struct table pulls;       /* hash of both addresses -> struct dir_pull */
    uint64_t others; /* changes that brought no spelling: proofs, addresses */
    bool full;
};

/* ---- dir_where.c: where computers are ---- */

/* Notes what the activity says about addresses and controllers. */
void dir_where_learn(struct dir_learner *l, const struct activity *a);
/* The name under which the server at destination_ip took the logon that it tells of; absent when it does not. */
struct str dir_where_server(const struct activity *a);
void dir_where_merge(struct dir_learner *into, const struct dir_learner *from);

/* True when the directory finds the spelling by all of its names, and each time the same entity with these flags. */
bool dir_resolves(const struct dir *d, const struct dir_ref *r);

/* What an imported object is: somebody or something that becomes an entity, a trust, or a place (a container, a contact, a foreign
 * principal), which only names other objects. Nothing: an entry that was taken back. */
enum dir_role { DIR_ENTITY, DIR_TRUST, DIR_PLACE, DIR_NOTHING };

enum dir_class { DIR_USER = 1, DIR_COMPUTER = 2, DIR_GROUP = 4, DIR_MANAGED_SERVICE = 8, DIR_TRUSTED_DOMAIN = 16, DIR_OTHER = 32 }; /* of objectClass */

/* An imported object, with what only a directory knows. */
struct dir_entry {
    struct dir_ref base;
    enum dir_role role;
    uint32_t classes;        /* enum dir_class */
    struct str guid, parent; /* objectGUID of it and of what it lies in */
    struct str display, dn, dns_name, department, title, manager, country, phone, os;
    uint32_t uac, enctypes, primary_group;
    uint32_t trust_direction, trust_type, trust_attributes;
    int64_t created, changed, terminated, last_logon, password_set;
    struct str *groups; /* DNs, SIDs, GUIDs or names of direct groups (memberOf) */
    size_t ngroups;
    struct str *members; /* DNs, SIDs, GUIDs or names (member) */
    size_t nmembers;
    struct str *spns, *delegate_to, *delegates;
    size_t nspns, ndelegate_to, ndelegates;
    struct ip ip;
    uint32_t input, place; /* of several files: which one (0: named as the directory), and where in it */
};

struct dir_import {
    struct arena text;
    struct dir_entry *entries;
    size_t n, room;
    struct str *domains; /* domains whose accounts are all here: DNS name, NetBIOS name and SID are separate items */
    size_t ndomains, domain_room;
    struct str domain, netbios, sid; /* of the last JSON or LDAP import */
    struct str state;                /* of an LDAP import: which state of synchronisation it belongs to, see dir_ldap.h */
};

/* Adds an empty entry; NULL when memory is short. */
struct dir_entry *dir_import_entry(struct dir_import *im);
/* Makes it empty again. */
void dir_import_clear(struct dir_entry *e);
void dir_import_domain(struct dir_import *im, struct str domain);
/* Grows a list of strings by one. */
int dir_list_add(struct arena *a, struct str **list, size_t *n, struct str s);

/* ---- attributes of Active Directory (MS-ADA1 to 3), as LDIF and LDAP name them ---- */

enum { DIR_ATTR_NAMES = 48 };
/* The attributes that are read, ended by NULL: what to ask a server for. */
void dir_attr_names(const char *names[DIR_ATTR_NAMES]);
/* Adds one value to the entry. Attributes that Vigie does not use do nothing. ERR_MALFORMED: the value is left out. */
int dir_attr_add(struct dir_entry *e, struct arena *text, struct str name, struct str value);
/* Once all attributes and e->dn are there: what it is, flags, domain. `im` learns that it has all accounts of a domain. */
void dir_attr_finish(struct dir_import *im, struct dir_entry *e);

#endif
