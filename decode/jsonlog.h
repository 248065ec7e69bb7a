/* decode/jsonlog.h - what the decoders of JSON audit logs share: keys without case, name-value lists, word lists. */
#ifndef VIGIE_DECODE_JSONLOG_H
#define VIGIE_DECODE_JSONLOG_H

#include "base/hash.h"
#include "base/word.h"
#include "decode/decode.h"

/* A member's name with ASCII capitals folded; nothing is written behind the word that holds its last letter. Exporters
 * disagree about case. */
enum { JSONLOG_KEY = 40 };
struct jsonlog_key {
    size_t n; /* 0 when longer than any name that we know */
    char p[JSONLOG_KEY];
};

/* Words are folded on their way, not in place: reading back what memcpy just wrote in other pieces stalls the processor. */
static inline void jsonlog_fold(struct jsonlog_key *k, struct str s)
{
    size_t i = 0;
    k->n = s.n < JSONLOG_KEY ? s.n : 0;
    if (!k->n)
        return;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t v = word_fold(word_load(s.p + i));
        memcpy(k->p + i, &v, 8);
    }
    if (i < s.n) {
        uint64_t v = word_fold(word_load_rest(s.p + i, s.n - i));
        memcpy(k->p + i, &v, 8);
    }
}

/* For a switch over k->n, where n is known: whole words instead of a call, up to 24 letters. */
static inline bool jsonlog_is(const struct jsonlog_key *k, const char *literal, size_t n)
{
    if (n < 8)
        return memcmp(k->p, literal, n) == 0;
    return memcmp(k->p, literal, 8) == 0 && memcmp(k->p + n - 8, literal + n - 8, 8) == 0 &&
           (n <= 16 || memcmp(k->p + 8, literal + 8, 8) == 0);
}
#define JSONLOG_IS(k, literal) jsonlog_is(k, "" literal, sizeof(literal) - 1)

/* Names of members in lower case, shortest first, and what number each has in its decoder; 0 is no name of ours. */
struct jsonlog_name {
    struct str name;
    unsigned field;
};
#define JSONLOG_NAME(text, field) {{text, sizeof(text) - 1}, field}
struct jsonlog_names {
    const struct jsonlog_name *row;
    size_t n;
};
/* Finds the members of `o` in one walk: at[field] is the first that is not null. d may be NULL. */
void jsonlog_fields(struct decode *d, const struct jnode *doc, const struct jnode *o, const struct jsonlog_names *names, const struct jnode **at);
/* Where what `name` is in a set of names is kept; `known` when it is there. NULL: it is not kept, being empty or too long. */
static inline struct decode_name *jsonlog_kept(struct decode *d, const void *set, struct str name)
{
    if (!d || name.n == 0 || name.n > 24)
        return NULL;
    bool word = name.n >= 8;
    uint64_t first = word ? word_load(name.p) : word_load_rest(name.p, name.n), last = word ? word_load(name.p + name.n - 8) : 0;
    uint64_t middle = name.n > 16 ? word_load(name.p + 8) : 0;
    struct decode_name *kept = &d->names[hash_mix(first ^ middle, (last + name.n) ^ (uintptr_t)set) % DECODE_NAMES];
    uint64_t differs = (kept->first ^ first) | (kept->middle ^ middle) | (kept->last ^ last) | (kept->n ^ name.n);
    if (differs || kept->set != set)
        *kept = (struct decode_name){.set = set, .first = first, .middle = middle, .last = last, .n = (uint32_t)name.n};
    return kept;
}

/* A container, or the one that a text holds: exporters flatten objects into texts. */
struct jsonlog_part {
    const struct jnode *doc, *node; /* both NULL when absent */
};
struct jsonlog_part jsonlog_open(struct decode *d, const struct jnode *doc, const struct jnode *n);

/* The member `value_key` of the first entry of a list of objects whose `name_key` says `name` (case folded);
 * NULL when there is none. Lists of this shape: [{"Name": "UserAgent", "Value": "..."}, ...]. */
const struct jnode *jsonlog_named(const struct jnode *doc, const struct jnode *list, struct str name_key, struct str name,
                                  struct str value_key);
/* How many entries a list has. */
uint64_t jsonlog_count(const struct jnode *doc, const struct jnode *list);
/* Says that a record names more things than an activity holds. */
static inline void jsonlog_full(struct decode *d)
{
    decode_ignored(d, STR("objects beyond the most that an activity holds"));
}
/* A decimal number of degrees in hundredths, rounded: "-5.2444" is -524. Exponents are not read. */
bool jsonlog_hundredths(struct str s, int16_t *value);
/* Eight, four, four, four and twelve hex digits with dashes. */
bool jsonlog_guid(struct str s);

/* Words separated by blanks in a fact; a blank inside a word is written %20. Ends silently at 4 KiB. */
enum { JSONLOG_WORDS = 4096 };
struct jsonlog_words {
    struct arena *arena;
    char *p;
    size_t n;
    bool blanks; /* inside words they stay as they are: a text for people */
};
/* Adds prefix and text as one word; an absent text adds nothing. */
void jsonlog_word(struct jsonlog_words *w, struct str prefix, struct str text);
/* Adds to the last word. */
void jsonlog_join(struct jsonlog_words *w, struct str prefix, struct str text);
struct str jsonlog_words_text(const struct jsonlog_words *w);

/* What an app calls its operation, and what it stands for here. Rows are sorted by name, ASCII case folded. */
struct jsonlog_op {
    struct str name;
    enum kind kind;
};
#define JSONLOG_OP(text, id) {{text, sizeof(text) - 1}, KIND_##id}
/* KIND_UNKNOWN when no row has the name. d may be NULL. */
enum kind jsonlog_kind(struct decode *d, const struct jsonlog_op *rows, size_t n, struct str name);

#endif
