/* directory/dir_build.h - how the directory comes to be: learned from activities, imported from files,
 * tagged by the administrator, then built once.
 *
 * Learning is commutative: learners of several threads, fed in any order, build the same directory. */
#ifndef VIGIE_DIRECTORY_DIR_BUILD_H
#define VIGIE_DIRECTORY_DIR_BUILD_H

#include "base/err.h"
#include "directory/dir.h"

/* ---- learning from activities ---- */

struct dir_learner;

struct dir_learner *dir_learner_new(void);
/* Notes the names that an activity brings together. Cheap; call it for every activity. */
void dir_learn(struct dir_learner *l, const struct activity *a);
void dir_learner_free(struct dir_learner *l);
/* `into` then knows what both saw, as if it had seen all. */
void dir_learner_merge(struct dir_learner *into, const struct dir_learner *from);

/* How far somebody has looked at a learner; starts as zeroes. */
struct dir_mark {
    size_t spellings;
    uint64_t others;
};
/* True when something was learned since the mark that the directory does not know: a name it cannot resolve, names of one
 * account that it takes for several, a controller, an address of a computer. Then it is time to build again. Moves the
 * mark to the newest; every spelling is looked at once. */
bool dir_learner_fresh(const struct dir_learner *l, const struct dir *d, struct dir_mark *mark);
/* True when it takes nothing new (400,000 spellings, 128 MB of text): build, then go on with a new one and a prior. */
bool dir_learner_full(const struct dir_learner *l);

/* ---- importing ---- */

struct dir_import;

struct dir_import *dir_import_new(void);
/* LDIF (RFC 2849) as ldifde, ldapsearch and ldbsearch write it. Entries that are not understood are
 * counted in *skipped with the first one's fault; the rest is taken. */
int dir_import_ldif(struct dir_import *im, const char *text, size_t n, uint64_t *skipped, struct fault *first);
/* JSON: {"domain":"corp.example.test","netbios":"CORP","sid":"S-1-5-21-...","complete":true,
 *  "users":[{"name","sid","upn","mail","displayName","department","title","manager","groups":[...],"disabled":bool,"sensitive":bool,
 *            "honeytoken":bool,"cloud"}], "groups":[{"name","sid","members":[...]}],
 *  "computers":[{"name","sid","dns","ip","dc":bool,"dnsServer":bool}]}. Every list may be missing. `n` bytes, then JIN_PADDING.
 * An LDAP import adds: of all objects "guid", "parent" (its GUID), "dn", "country", "phone", "os", "uac", "primaryGroup", "enctypes",
 * "created", "terminated", "lastLogon", "passwordSet" (RFC 3339), "spns", "delegateTo", "delegates" (SIDs), "service", "adminCount",
 * "rodc", "deleted"; "trusts":[{"name","netbios","sid","direction","type","attributes"}]; "places":[...], which are no entities but what
 * these lie in; at the top "state". Groups and members are DNs, SIDs, GUIDs or names.
 * A large directory is written as one such object a line, domain first; what the first line says of the domain holds for all. */
int dir_import_json(struct dir_import *im, const char *text, size_t n, struct fault *fault);
/* Writes the import as JSON, line by line, the same bytes for the same objects in any order. `put` returns 0 or an error, which ends it. */
int dir_import_write(const struct dir_import *im, int (*put)(void *owner, struct str line), void *owner);
/* Adds all that `from` has. Its texts stay its own: it must live as long as `into` is used. */
int dir_import_join(struct dir_import *into, const struct dir_import *from);
/* `im` leaves the domain of `newer` to it: of that domain's objects only names stay, and what people say of them (tags, addresses). So
 * what a file once said does not outlive what the domain itself says now. */
void dir_import_yield(struct dir_import *im, const struct dir_import *newer);
/* Forgets everything. */
void dir_import_reset(struct dir_import *im);
void dir_import_free(struct dir_import *im);

/* ---- building ---- */

struct dir_tag {
    struct str name; /* account, group or computer; or an address for controllers and DNS servers */
    uint32_t flag;   /* ENTITY_DC, ENTITY_SENSITIVE, ENTITY_HONEYTOKEN, ENTITY_DNS_SERVER, ENTITY_REPLICATOR */
};

/* When two entities known from before turn out to be one, the lower number stays: `from` > `to`. */
struct dir_alias {
    uint32_t from, to;
};

/* What was known before. Entities keep their numbers and ids; new ones get the next numbers. An entity stays one for life:
 * what was joined is never parted (as far as 24 spellings of it remember), and what nothing mentions any more still exists, with what was known of it. Numbers,
 * ids, names and spellings are read; flags and groups come from what is known now (of accounts that the directory no
 * longer lists, disabled, terminated, service and read-only stay). */
struct dir_prior {
    const struct entity *entities;
    size_t n;
    const struct dir_alias *aliases; /* numbers given up earlier */
    size_t naliases;
    uint32_t last; /* the highest number ever given, when it is none of the above */
};

struct dir_known {
    struct dir_learner *const *learners;
    size_t nlearners;
    const struct dir_import *import; /* may be NULL */
    const struct dir_tag *tags;
    size_t ntags;
    const struct dir_prior *prior;   /* NULL: nothing; entities are then numbered by name, the same for the same knowledge */
};

/* ERR_LIMIT: a prior number above 67,108,864. */
int dir_build_from(struct dir **out, const struct dir_known *known);
/* Pairs that this build merged, by `from`; live as long as the directory. */
size_t dir_merged(const struct dir *d, const struct dir_alias **out);
/* The same without a prior. */
int dir_build(struct dir **out, struct dir_learner *const *learners, size_t nlearners, const struct dir_import *im,
              const struct dir_tag *tags, size_t ntags);
void dir_free(struct dir *d);

/* Sets the entities of an activity: actor, objects, device (by name, else by address), destination. */
void dir_resolve(const struct dir *d, struct activity *a);

#endif
