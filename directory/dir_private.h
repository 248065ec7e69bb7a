/* directory/dir_private.h - the built directory's insides, shared by its builder and its look-ups only. */
#ifndef VIGIE_DIRECTORY_DIR_PRIVATE_H
#define VIGIE_DIRECTORY_DIR_PRIVATE_H

#include "base/arena.h"
#include "base/table.h"
#include "directory/dir_build.h"

/* Names are looked up by the hash of (kind of name, text with case folded). */
enum dir_key { KEY_SID = 101, KEY_CLOUD, KEY_ADDRESS, KEY_DOMAIN_NAME, KEY_NAME, KEY_HOST, KEY_GROUP_NAME, KEY_DN, KEY_NUMBER, KEY_SPELLING };

struct dir {
    struct arena text;
    struct entity *entities; /* [0] is unused */
    uint32_t n;
    struct table keys;       /* name hash -> uint32_t entity; 0 = ambiguous */
    struct table domains;    /* spelling hash -> uint64_t canonical hash */
    struct table complete;   /* canonical hash of domains that the import lists whole */
    struct table at;         /* address hash -> struct dir_fixed */
    struct dir_sighting *places; /* by address, then by time */
    size_t nplaces;
    struct table place_at;   /* address hash -> struct dir_span of places */
    struct table controllers; /* address hash of controllers -> uint8_t */
    struct table dns_servers; /* address hash */
    struct table own;        /* suffix hash -> struct own_domain */
    uint32_t own_most;       /* accounts of the largest suffix */
    uint32_t **all_groups;   /* per entity: numbers of groups at any depth, sorted */
    uint32_t *nall_groups;
    struct trust *trusts;
    size_t ntrusts;
    uint32_t *stays;         /* per number: the one that stays of those that were merged; NULL: nothing was known before */
    struct dir_alias *merged; /* by this build */
    size_t nmerged;
};

struct dir_fixed { /* the only computer at that address */
    struct ip ip;
    uint32_t computer;
    uint32_t source; /* enum dir_source */
};

struct dir_sighting { /* a computer at an address for some time */
    struct ip ip;
    uint32_t computer;
    uint32_t source;
    int64_t first, last;
};

struct dir_span {
    uint32_t from, n;
};

struct own_domain {
    uint32_t accounts;
    uint32_t imported;
};

uint64_t dir_key_hash(enum dir_key kind, struct str text);
uint64_t dir_domain_hash(struct table *domains, struct str domain);
uint64_t dir_domain_name_hash(uint64_t domain, struct str name);
/* Of a group's domain and name. */
uint64_t dir_group_hash(struct table *domains, const struct account *a);
/* The host part of a name: no trailing $, nothing behind the first dot. */
struct str dir_host_part(struct str name);

struct dir_import;
/* A group or member as directories name it: DN, SID, or plain name; 0 when unknown. */
uint32_t dir_named(const struct dir *d, struct str name, bool group);
/* Direct groups of every entity from the import, and groups at any depth. */
int dir_link_groups(struct dir *d, const struct dir_import *im);
/* The trusts of the import. */
int dir_link_trusts(struct dir *d, const struct dir_import *im);
/* Members of sensitive groups are sensitive, servers in the Exchange group are Exchange servers. */
void dir_spread_sensitivity(struct dir *d);

#endif
