/* tools/sample/truth.h - truth.tsv: every injected attack step, every benign oddity, and who must rank on top. */
#ifndef VIGIE_SAMPLE_TRUTH_H
#define VIGIE_SAMPLE_TRUTH_H

#include <stdint.h>

struct truth;

struct truth *truth_new(void);
/* One row: expected is the external id or policy that should be raised, or "benign". */
void truth_attack(struct truth *t, int64_t time, const char *step, const char *who, const char *what, const char *expected);
void truth_benign(struct truth *t, int64_t time, const char *oddity, const char *who, const char *what);
void truth_rank(struct truth *t, const char *who, const char *why);
int truth_attacks(const struct truth *t);
int truth_benigns(const struct truth *t);
/* Writes the rows in time order and frees. */
void truth_close(struct truth *t, const char *path);

#endif
