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

/* ---- importing ---- */

struct dir_import;

struct dir_import *dir_import_new(void);
/* LDIF (RFC 2849) as ldifde, ldapsearch and ldbsearch write it. Entries that are not understood are
 * counted in *skipped with the first one's fault; the rest is taken. */
int dir_import_ldif(struct dir_import *im, const char *text, size_t n, uint64_t *skipped, struct fault *first);
/* JSON: {"domain":"corp.example.test","netbios":"CORP","sid":"S-1-5-21-...","complete":true,
 *  "users":[{"name","sid","upn","mail","displayName","department","title","manager","groups":[...],"disabled":bool,"sensitive":bool,
 *            "honeytoken":bool,"cloud"}], "groups":[{"name","sid","members":[...]}],
 *  "computers":[{"name","sid","dns","ip","dc":bool,"dnsServer":bool}]}. Every list may be missing. `n` bytes, then JIN_PADDING. */
int dir_import_json(struct dir_import *im, const char *text, size_t n, struct fault *fault);
void dir_import_free(struct dir_import *im);

/* ---- building ---- */

struct dir_tag {
    struct str name; /* account, group or computer; or an address for controllers and DNS servers */
    uint32_t flag;   /* ENTITY_DC, ENTITY_SENSITIVE, ENTITY_HONEYTOKEN, ENTITY_DNS_SERVER, ENTITY_REPLICATOR */
};

int dir_build(struct dir **out, struct dir_learner *const *learners, size_t nlearners, const struct dir_import *im,
              const struct dir_tag *tags, size_t ntags);
void dir_free(struct dir *d);

/* Sets the entities of an activity: actor, objects, device (by name, else by address), destination. */
void dir_resolve(const struct dir *d, struct activity *a);

#endif
