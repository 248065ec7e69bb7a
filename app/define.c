/* app/define.c - definitions of detections, from the code into the hub's tables. */
#include "app/define.h"

#include "base/jout.h"
#include "detect/engine.h"
#include "store/tab_policies.h"

static void write_phrases(struct jout *j, const struct phrase *p)
{
    jout_key(j, "phrases");
    jout_arr(j);
    for (; p && p->english; p++) {
        jout_str(j, str_of(p->english));
        jout_str(j, str_of(p->french));
    }
    jout_end_arr(j);
}

static void definition(const struct detector *d, struct buf *out)
{
    struct jout j = jout_to(out);
    jout_obj(&j);
    jout_kz(&j, "about", d->about);
    jout_kz(&j, "blind", d->blind);
    jout_kz(&j, "shore", d->external_id ? "onprem" : "cloud");
    jout_key(&j, "attack");
    jout_arr(&j);
    for (size_t i = 0; i < sizeof d->attack / sizeof *d->attack && d->attack[i]; i++)
        jout_str(&j, str_of(d->attack[i]));
    jout_end_arr(&j);
    jout_ki64(&j, "learningDays", d->learning_days);
    jout_kbool(&j, "off", d->off);
    jout_kbool(&j, "preview", d->preview);
    jout_key(&j, "params");
    jout_arr(&j);
    for (const struct param *p = d->params; p && p->name; p++) {
        jout_obj(&j);
        jout_kz(&j, "name", p->name);
        jout_knum(&j, "default", p->value);
        jout_kz(&j, "about", p->about);
        jout_kz(&j, "french", p->french);
        jout_end_obj(&j);
    }
    jout_end_arr(&j);
    jout_key(&j, "french");
    jout_obj(&j);
    jout_kz(&j, "name", d->french.name);
    jout_kz(&j, "about", d->french.about);
    jout_kz(&j, "blind", d->french.blind);
    write_phrases(&j, d->french.phrases);
    jout_end_obj(&j);
    jout_end_obj(&j);
}

static int define(struct db *db, const struct detector *d)
{
    char key[32];
    struct buf b = {0};
    definition(d, &b);
    struct stored_policy p = {.id = detector_key(d, key),
                              .type = d->external_id ? POLICY_IDENTITY : POLICY_ANOMALY,
                              .external_id = d->external_id,
                              .name = str_of(d->name),
                              .severity = d->severity,
                              .category = category_text(d->category),
                              .definition = buf_view(&b),
                              .enabled = !d->off,
                              .sensitivity = 2,
                              .actions = POLICY_MAIL | POLICY_WEBHOOK | POLICY_SYSLOG,
                              .created = TIME_NONE,
                              .changed = TIME_NONE,
                              .since = TIME_NONE};
    int err = b.failed ? ERR_MEMORY : tab_policies_define(db, &p);
    buf_free(&b);
    return err;
}

int define_policies(struct db *db)
{
    int err = db_begin(db);
    if (err)
        return err;
    for (size_t i = 0; !err && detectors[i]; i++)
        err = define(db, detectors[i]);
    return db_end(db, err);
}
