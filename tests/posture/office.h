/* tests/posture/office.h - a small directory as LDIF, activities, and what one assessment finds in them. */
#ifndef VIGIE_TESTS_POSTURE_OFFICE_H
#define VIGIE_TESTS_POSTURE_OFFICE_H

#include "directory/dir_build.h"
#include "posture/posture.h"
#include "tests/support/languages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define OFFICE_NOW (INT64_C(20500) * TIME_DAY) /* 2026-02-16 */
#define AGO(days) (OFFICE_NOW - (days) * TIME_DAY)

/* CORP: DC1 (10.0.0.1), WS1 (10.0.0.21), alice (nobody special), boss (Domain Admins, signed in ten days ago). */
#define OFFICE_SID "S-1-5-21-1000-2000-3000-"
#define OFFICE_ACCOUNT(name, rid, rest)                                                                                                            \
    "dn: CN=" name ",OU=Staff,DC=corp,DC=test\nobjectClass: user\nsAMAccountName: " name "\nobjectSid: " OFFICE_SID rid "\nprimaryGroupID: 513\n" rest "\n"
#define OFFICE_COMPUTER(name, rid, rest)                                                                                                           \
    "dn: CN=" name ",OU=Machines,DC=corp,DC=test\nobjectClass: user\nobjectClass: computer\nsAMAccountName: " name "$\ndNSHostName: " name          \
    ".corp.test\nobjectSid: " OFFICE_SID rid "\n" rest "\n"
#define OFFICE_GROUP(name, sid, members)                                                                                                           \
    "dn: CN=" name ",OU=Groups,DC=corp,DC=test\nobjectClass: group\nsAMAccountName: " name "\nobjectSid: " sid "\n" members "\n"
#define OFFICE_MEMBER(name) "member: CN=" name ",OU=Staff,DC=corp,DC=test\n"
#define OFFICE_PEOPLE                                                                                                                              \
    OFFICE_ACCOUNT("alice", "1101", "userAccountControl: 512\n")                                                                                   \
    OFFICE_ACCOUNT("boss", "1102", "userAccountControl: 512\nlastLogonTimestamp: 134148096000000000\n")                                            \
    OFFICE_COMPUTER("DC1", "1000", "userAccountControl: 532480\nprimaryGroupID: 516\n")                                                            \
    OFFICE_COMPUTER("WS1", "1201", "userAccountControl: 4096\nprimaryGroupID: 515\n")
#define OFFICE_ADMINS(members) OFFICE_GROUP("Domain Admins", OFFICE_SID "512", OFFICE_MEMBER("boss") members)
#define OFFICE_PLAIN OFFICE_PEOPLE OFFICE_ADMINS("")

struct office_finding {
    char name[64], text[200], french[200];
    uint64_t count;
    unsigned exposure;
};

struct office {
    struct dir *dir;
    struct posture *posture;
    const struct assessment *only;
    size_t n;
    struct office_finding found[32];
};

static inline struct dir *office_directory(const char *ldif, const struct dir_tag *tags, size_t ntags)
{
    struct dir_import *im = dir_import_new();
    struct dir_learner *l = dir_learner_new();
    struct dir *d = NULL;
    uint64_t skipped = 0;
    struct fault f = {0};
    struct dir_tag all[8] = {{STR("DC1=10.0.0.1"), ENTITY_DC}};
    for (size_t i = 0; i < ntags; i++)
        all[i + 1] = tags[i];
    assert_int_equal(dir_import_ldif(im, ldif, strlen(ldif), &skipped, &f), 0);
    assert_int_equal(skipped, 0);
    assert_int_equal(dir_build(&d, &l, 1, im, all, ntags + 1), 0);
    dir_import_free(im);
    dir_learner_free(l);
    return d;
}

static inline struct office office_open(const struct assessment *only, const char *ldif, const struct dir_tag *tags, size_t ntags)
{
    struct office o = {.only = only, .dir = office_directory(ldif, tags, ntags)};
    assert_int_equal(posture_open(o.dir, &o.posture), 0);
    return o;
}

static inline void office_close(struct office *o)
{
    posture_close(o->posture);
    dir_free(o->dir);
}

/* An activity of yesterday; what the test sets differently it sets afterwards. */
static inline struct activity office_act(enum kind kind, const char *who, struct fact *facts, unsigned nfacts)
{
    return (struct activity){.time = AGO(1), .kind = kind, .outcome = OUTCOME_SUCCESS, .actor = {.name = str_of(who), .domain = STR("corp.test")},
                             .ip = ip_v4(0x0a000015), .destination = STR("DC1"), .facts = facts, .nfacts = nfacts};
}

static inline void office_see(struct office *o, struct activity *a)
{
    dir_resolve(o->dir, a);
    posture_see(o->posture, a);
}

static inline int office_keep(void *owner, const struct finding *f)
{
    struct office *o = owner;
    if (f->assessment != o->only)
        return 0;
    assert_true(o->n < sizeof o->found / sizeof *o->found);
    struct office_finding *x = &o->found[o->n++];
    const struct entity *e = dir_entity(o->dir, f->entity);
    struct str name = str_set(e->sam) ? e->sam : e->name;
    (void)snprintf(x->name, sizeof x->name, "%.*s", STR_ARG(name));
    (void)snprintf(x->text, sizeof x->text, "%.*s", STR_ARG(f->text.in[ENGLISH]));
    (void)snprintf(x->french, sizeof x->french, "%.*s", STR_ARG(f->text.in[FRENCH]));
    languages_both(f->assessment->id, "evidence", x->text, x->french);
    x->count = f->count;
    x->exposure = f->exposure;
    return 0;
}

static inline size_t office_findings(struct office *o, int64_t now)
{
    o->n = 0;
    assert_int_equal(posture_findings(o->posture, now, office_keep, o), 0);
    return o->n;
}

static inline void office_expect(const struct office *o, size_t i, const char *name, const char *text)
{
    assert_true(i < o->n);
    assert_string_equal(o->found[i].name, name);
    assert_string_equal(o->found[i].text, text);
}

#define FACT_TEXT(k, v) {.key = (k), .type = FACT_TYPE_STR, .s = {(v), sizeof(v) - 1}}
#define FACT_NUMBER(k, v) {.key = (k), .type = FACT_TYPE_U64, .u = (v)}

#endif
