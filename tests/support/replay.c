/* tests/support/replay.c - fixture to alerts, through the product's own decoder, directory and engine. */
#include "tests/support/replay.h"

#include "decode/decode.h"
#include "detect/detect.h"
#include "tests/support/languages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct packed {
    uint8_t *bytes;
    int n;
};

struct memory {
    struct packed *all;
    size_t n;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
};

struct reading {
    struct memory *m;
    struct dir_learner *learner;
    const char *fixture;
};

extern const struct decoder dec_activity;

static int keep(struct decode *d, const struct activity *a)
{
    struct reading *r = d->owner;
    static uint8_t room[ACTIVITY_PACKED_MAX];
    int n = activity_pack(a, room, sizeof room);
    assert_true(n > 0);
    struct packed *grown = realloc(r->m->all, (r->m->n + 1) * sizeof *grown);
    assert_non_null(grown);
    r->m->all = grown;
    grown[r->m->n].bytes = malloc((size_t)n);
    grown[r->m->n].n = n;
    memcpy(grown[r->m->n++].bytes, room, (size_t)n);
    dir_learn(r->learner, a);
    return 0;
}

static void refuse(struct decode *d, struct str what)
{
    struct reading *r = d->owner;
    fail_msg("%s line %llu: ignored: %.*s", r->fixture, (unsigned long long)d->origin.record, STR_ARG(what));
}

static void fault(struct decode *d, const struct fault *f)
{
    struct reading *r = d->owner;
    fail_msg("%s line %llu: %s", r->fixture, (unsigned long long)d->origin.record, f->why);
}

static char *load(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot open %s", path);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *n = (size_t)ftell(f);
    rewind(f);
    char *text = calloc(1, *n + JIN_PADDING + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, *n, f), *n);
    (void)fclose(f);
    return text;
}

static void read_fixture(struct reading *r, struct decode *d, struct jin *j)
{
    size_t n;
    char *text = load(r->fixture, &n);
    struct str rest = {text, n}, line;
    d->origin.record = 0;
    while (str_cut(&rest, '\n', &line)) {
        const struct jnode *doc;
        struct fault f;
        d->origin.record++;
        d->origin.offset = (uint64_t)(line.p - text);
        if (str_trim(line).n == 0)
            continue;
        arena_reset(d->arena);
        if (jin_parse(j, line.p, line.n, &doc, &f) != 0)
            fault(d, &f);
        assert_true(dec_activity.claims(doc));
        assert_int_equal(dec_activity.record(d, doc, line), 0);
    }
    free(text);
    d->origin.input++;
}

static int in_order(const void *x, const void *y)
{
    return memcmp(((const struct packed *)x)->bytes, ((const struct packed *)y)->bytes, ACTIVITY_KEY);
}

static size_t add_tags(struct dir_tag *tags, size_t n, const char *const names[8], uint32_t flag)
{
    for (int i = 0; i < 8 && names[i]; i++)
        tags[n++] = (struct dir_tag){str_of(names[i]), flag};
    return n;
}

static struct dir_import *import(const char *path)
{
    size_t n;
    struct fault f = {0};
    uint64_t skipped = 0;
    if (!path)
        return NULL;
    char *text = load(path, &n);
    struct dir_import *im = dir_import_new();
    assert_non_null(im);
    int err = text[0] == '{' ? dir_import_json(im, text, n, &f) : dir_import_ldif(im, text, n, &skipped, &f);
    if (err || skipped)
        fail_msg("%s: %s", path, f.why);
    free(text);
    return im;
}

static size_t count_settings(const struct engine_setting list[8])
{
    size_t n = 0;
    while (n < 8 && str_set(list[n].which))
        n++;
    return n;
}

/* Every sentence that a detection makes can be read in French, whole. */
static void in_french(const struct alert *a)
{
    const struct detector *const *d = detectors;
    while ((*d)->external_id != a->external_id || (!a->external_id && !str_eq(str_of((*d)->policy), a->policy)))
        d++;
    char english[4097], french[8192];
    struct arena arena;
    struct str said;
    arena_init(&arena, 65536, 1u << 23);
    (void)snprintf(english, sizeof english, "%.*s", STR_ARG(a->description));
    if (!phrase_french(&arena, (*d)->french.phrases, a->description, &said))
        fail_msg("no French for: %s", english);
    (void)snprintf(french, sizeof french, "%.*s", STR_ARG(said));
    languages_both((*d)->name, "sentence", english, french);
    arena_free(&arena);
}

void replay_many(const char *only, const char *const *fixtures, const struct replay_setup *setup, struct replay_result *out)
{
    static const struct replay_setup none;
    setup = setup ? setup : &none;
    struct memory *m = calloc(1, sizeof *m);
    struct reading r = {m, dir_learner_new(), NULL};
    struct arena arena;
    struct decode *d = calloc(1, sizeof *d);
    struct jin *j = jin_new();
    assert_true(m && r.learner && d && j);
    arena_init(&arena, 65536, 64u << 20);
    d->arena = &arena;
    d->emit = keep;
    d->ignored = refuse;
    d->fault = fault;
    d->owner = &r;
    for (; *fixtures; fixtures++) {
        r.fixture = *fixtures;
        read_fixture(&r, d, j);
    }
    qsort(m->all, m->n, sizeof *m->all, in_order);
    struct dir_tag tags[32];
    size_t ntags = add_tags(tags, 0, setup->dcs, ENTITY_DC);
    ntags = add_tags(tags, ntags, setup->honeytokens, ENTITY_HONEYTOKEN);
    ntags = add_tags(tags, ntags, setup->sensitive, ENTITY_SENSITIVE);
    struct dir_import *im = import(setup->directory);
    *out = (struct replay_result){.activities = m->n, .memory = m};
    assert_int_equal(dir_build(&out->dir, &r.learner, 1, im, tags, ntags), 0);
    struct str which = str_of(only), what;
    struct engine_options o = {.learned = setup->learned,
                               .live = setup->live_hours > 0,
                               .only = &which,
                               .nonly = only ? 1 : 0,
                               .params = setup->params,
                               .nparams = count_settings(setup->params),
                               .exclusions = setup->exclusions,
                               .nexclusions = count_settings(setup->exclusions)};
    assert_int_equal(engine_open(&out->engine, out->dir, &o, &what), 0);
    int64_t last = 0;
    for (size_t i = 0; i < m->n; i++) {
        struct activity a;
        if (i && memcmp(m->all[i].bytes, m->all[i - 1].bytes, ACTIVITY_KEY_INPUT) == 0)
            continue; /* the same record again */
        assert_int_equal(activity_unpack(m->all[i].bytes, (size_t)m->all[i].n, &a, m->objects, m->facts), 0);
        dir_resolve(out->dir, &a);
        engine_see(out->engine, &a);
        last = a.time;
    }
    for (unsigned h = 1; h <= setup->live_hours; h++)
        engine_tick(out->engine, last + h * TIME_HOUR);
    if (!setup->live_hours)
        engine_end(out->engine);
    out->n = engine_alerts(out->engine, &out->alerts);
    for (size_t i = 0; i < out->n; i++)
        in_french(out->alerts[i]);
    dir_import_free(im);
    dir_learner_free(r.learner);
    jin_free(j);
    arena_free(&arena);
    free(d);
}

void replay(const char *only, const char *fixture, const struct replay_setup *setup, struct replay_result *out)
{
    const char *list[2] = {fixture, NULL};
    replay_many(only, list, setup, out);
}

void replay_free(struct replay_result *r)
{
    struct memory *m = r->memory;
    engine_close(r->engine);
    dir_free(r->dir);
    for (size_t i = 0; i < m->n; i++)
        free(m->all[i].bytes);
    free(m->all);
    free(m);
}

bool replay_concerns(const struct replay_result *r, const struct alert *a, const char *name)
{
    struct str s = str_of(name);
    for (unsigned i = 0; i < a->naccounts; i++)
        if (str_eqi(a->accounts[i], s))
            return true;
    for (unsigned i = 0; i < a->nusers; i++) {
        const struct entity *e = dir_entity(r->dir, a->users[i]);
        if (str_eqi(e->sam, s) || str_eqi(e->upn, s) || str_eqi(e->name, s))
            return true;
    }
    return false;
}
