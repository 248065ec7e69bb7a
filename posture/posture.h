/* posture/posture.h - assessments: what weakens identities, found in activities and in the directory.
 *
 * Adding one is adding posture/ass_<id>.c that exports `const struct assessment ass_<id>`; the registry is made from file
 * names. An assessment notes entities while activities pass by (see) or looks at every entity when asked
 * (check); it raises no alerts. Memory: one note per entity and assessment.
 * Source: "Azure ATP's identity security posture assessments" as documented in 2019. */
#ifndef VIGIE_POSTURE_POSTURE_H
#define VIGIE_POSTURE_POSTURE_H

#include "base/arena.h"
#include "base/err.h"
#include "directory/dir.h"
#include "model/language.h"

enum impact { IMPACT_LOW, IMPACT_MEDIUM, IMPACT_HIGH };

struct posture;
struct note;

/* A text in both languages. */
struct posture_text {
    struct str in[LANGUAGES];
};

/* What an assessment says of itself, for the French portal. */
struct assessment_french {
    const char *name, *about, *todo[6], *needs;
};

struct assessment {
    const char *id;    /* file name without ass_ */
    const char *name;
    enum impact impact;
    const char *about; /* what it is and why it is risky */
    const char *todo[6]; /* what to do, ended by NULL */
    const char *needs; /* what must be seen to judge; without it the state is unknown */
    struct assessment_french french; /* the same; tests/posture/test_french.c misses what is missing */
    void (*see)(struct posture *p, const struct activity *a);                        /* may be NULL */
    void (*check)(struct posture *p, const struct entity *e, int64_t now);           /* may be NULL */
};

extern const struct assessment *const assessments[]; /* generated, ended by NULL */

/* What was found of one entity. */
struct finding {
    const struct assessment *assessment;
    uint32_t entity;
    uint64_t count;      /* activities since it began, or began again after 30 days without; 0 for facts of the directory */
    int64_t last;        /* newest activity, or TIME_NONE */
    uint8_t activity[16]; /* of the newest, when count > 0 */
    struct posture_text text; /* evidence in a sentence */
    unsigned exposure;   /* who is most exposed comes first: sensitive entities (100 more), then by weight, then by count */
};

int posture_open(const struct dir *dir, struct posture **out);
void posture_close(struct posture *p);
void posture_directory(struct posture *p, const struct dir *dir);
/* In order of time. */
void posture_see(struct posture *p, const struct activity *a);
/* All findings as of `now`, by assessment, most exposed first; texts live until each returns. Findings from activities
 * older than 30 days count no more. Stops when each returns not 0. */
int posture_findings(struct posture *p, int64_t now, int (*each)(void *owner, const struct finding *f), void *owner);
/* False: nothing was seen by which it could be judged. */
bool posture_known(const struct posture *p, const struct assessment *a);

/* ---- what assessments call ---- */

const struct dir *posture_dir(const struct posture *p);
/* The activity shows the weakness in `entity`; `text` says how ("LDAP simple bind without encryption from PC7"). */
void posture_note(struct posture *p, const struct assessment *by, uint32_t entity, const struct activity *a, struct posture_text text);
/* A fact of the directory, within check(); weight (0 to 99): how much worse than the same assessment's other facts. */
void posture_fact(struct posture *p, const struct assessment *by, const struct entity *e, unsigned weight, struct posture_text text);
/* Something was seen that can be judged. */
void posture_judged(struct posture *p, const struct assessment *by);
/* Scratch memory until see() or check() returns. */
struct arena *posture_arena(struct posture *p);
/* A name, a date, an address: what is the same in both languages. */
static inline struct posture_text posture_same(struct str s)
{
    return (struct posture_text){{s, s}};
}
#define POSTURE_TEXT(english, french) ((struct posture_text){{STR(english), STR(french)}})
/* The same with a part, itself in both languages, in place of each {}: in the order of both sentences. In the scratch memory. */
#define POSTURE_SAY(p, english, french, ...) \
    posture_say(p, POSTURE_TEXT(english, french), (const struct posture_text[]){__VA_ARGS__}, \
                sizeof((const struct posture_text[]){__VA_ARGS__}) / sizeof(struct posture_text))
struct posture_text posture_say(struct posture *p, struct posture_text sentence, const struct posture_text *parts, size_t n);
/* Who did it: the account, else "somebody". */
struct posture_text posture_who(const struct account *a);
/* Where the activity came from, in words: computer, else address. */
struct posture_text posture_from(struct posture *p, const struct activity *a);
/* ... and it went to: computer, else address. */
struct posture_text posture_to(struct posture *p, const struct activity *a);
/* It never left the computer: nobody could listen. */
bool posture_local(const struct activity *a);
/* When the entity last did something, refused attempts apart, on any shore; TIME_NONE never. */
int64_t posture_active(const struct posture *p, uint32_t entity);

#endif
