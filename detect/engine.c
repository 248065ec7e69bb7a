/* detect/engine.c - detections at work: state, dispatch by kind, campaigns, alerts. */
#include "detect/engine_private.h"

#include "base/err.h"
#include "base/hash.h"
#include "detect/common.h"

#include <stdio.h>
#include <stdlib.h>

struct str detector_key(const struct detector *def, char out[32])
{
    if (def->policy)
        return str_of(def->policy);
    int n = snprintf(out, 32, "%d", def->external_id);
    return (struct str){out, (size_t)n};
}

static bool named(const struct detector *def, struct str which)
{
    char text[32];
    return str_eq(which, STR("*")) || str_eqi(which, detector_key(def, text));
}

static bool in_list(const struct detector *def, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (named(def, list[i]))
            return true;
    return false;
}

static bool enabled(const struct detector *def, const struct engine_options *o)
{
    if (in_list(def, o->skip, o->nskip))
        return false;
    return o->nonly ? in_list(def, o->only, o->nonly) : !def->off;
}

static unsigned count_params(const struct detector *def)
{
    unsigned n = 0;
    while (def->params && def->params[n].name)
        n++;
    return n;
}

/* ---- opening ---- */

static int set_params(struct detection *d, const struct engine_options *o)
{
    unsigned n = count_params(d->def);
    d->param = calloc(n + 1, sizeof *d->param);
    if (!d->param)
        return ERR_MEMORY;
    for (unsigned i = 0; i < n; i++) {
        d->param[i] = d->def->params[i].value;
        for (size_t k = 0; k < o->nparams; k++)
            if (named(d->def, o->params[k].which) && str_eq(o->params[k].name, str_of(d->def->params[i].name)))
                d->param[i] = o->params[k].value;
    }
    return 0;
}

static int set_exclusions(struct detection *d, const struct engine_options *o)
{
    d->excluded = calloc(o->nexclusions + 1, sizeof(*d->excluded));
    if (!d->excluded)
        return ERR_MEMORY;
    for (size_t k = 0; k < o->nexclusions; k++)
        if (named(d->def, o->exclusions[k].which))
            d->excluded[d->nexcluded++] = &o->exclusions[k];
    return 0;
}

static void set_scope(struct detection *d, const struct engine_options *o)
{
    for (size_t k = 0; k < o->nscopes; k++)
        if (named(d->def, o->scopes[k].which))
            d->scope = &o->scopes[k];
}

static int open_detection(struct engine *e, const struct detector *def, const struct engine_options *o)
{
    struct detection *d = &e->all[e->n++];
    *d = (struct detection){.def = def, .engine = e};
    table_init(&d->campaigns, sizeof(uint32_t), MAX_ALERTS);
    d->state = calloc(1, def->state_size ? def->state_size : 1);
    if (!d->state)
        return ERR_MEMORY;
    int err = set_params(d, o);
    if (!err)
        err = set_exclusions(d, o);
    set_scope(d, o);
    if (!err && def->start)
        err = def->start(d);
    return err;
}

static int subscribe(struct engine *e, enum kind k, struct detection *d)
{
    struct detection **list = realloc(e->by_kind[k], (e->n_by_kind[k] + 1) * sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    e->by_kind[k] = list;
    list[e->n_by_kind[k]++] = d;
    return 0;
}

static int dispatch(struct engine *e)
{
    for (size_t i = 0; i < e->n; i++) {
        const enum kind *w = e->all[i].def->wants;
        bool every = w[0] == KIND_UNKNOWN;
        for (unsigned k = 0; k < KIND_COUNT; k++) {
            bool wanted = every;
            for (const enum kind *p = w; !wanted && *p != KIND_COUNT; p++)
                wanted = *p == (enum kind)k;
            if (wanted && subscribe(e, (enum kind)k, &e->all[i]))
                return ERR_MEMORY;
        }
    }
    return 0;
}

static const struct detector *definition(struct str which)
{
    for (const struct detector *const *p = detectors; *p; p++)
        if (named(*p, which))
            return *p;
    return NULL;
}

static bool has_param(const struct detector *def, struct str name)
{
    for (unsigned i = 0; def->params && def->params[i].name; i++)
        if (str_eq(name, str_of(def->params[i].name)))
            return true;
    return false;
}

static int check(const struct engine_options *o, struct str *what)
{
    for (size_t i = 0; i < o->nonly; i++)
        if (!definition(*what = o->only[i]))
            return ERR_USAGE;
    for (size_t i = 0; i < o->nskip; i++)
        if (!definition(*what = o->skip[i]))
            return ERR_USAGE;
    for (size_t i = 0; i < o->nparams; i++) {
        const struct detector *def = definition(*what = o->params[i].which);
        if (!def || str_eq(o->params[i].which, STR("*")))
            return ERR_USAGE;
        if (!has_param(def, *what = o->params[i].name))
            return ERR_USAGE;
    }
    for (size_t i = 0; i < o->nexclusions; i++)
        if (!definition(*what = o->exclusions[i].which))
            return ERR_USAGE;
    for (size_t i = 0; i < o->nscopes; i++)
        if (!definition(*what = o->scopes[i].which))
            return ERR_USAGE;
    return 0;
}

int engine_open(struct engine **out, const struct dir *dir, const struct engine_options *o, struct str *what)
{
    int err = check(o, what);
    if (err)
        return err;
    size_t total = 0;
    while (detectors[total])
        total++;
    struct engine *e = calloc(1, sizeof *e);
    if (!e)
        return ERR_MEMORY;
    *what = STR_NONE;
    e->dir = dir;
    e->learned = o->learned;
    e->live = o->live;
    e->first = e->last = e->next_tick = TIME_NONE;
    arena_init(&e->scratch, 65536, 16u << 20);
    common_sessions_init(&e->sessions);
    familiar_init(&e->familiar);
    table_init(&e->ids, sizeof(uint32_t), MAX_ALERTS);
    e->entities = dir_count(dir) + 1;
    e->user_first = malloc(e->entities * sizeof *e->user_first);
    for (uint32_t i = 0; e->user_first && i < e->entities; i++)
        e->user_first[i] = TIME_NONE;
    e->all = calloc(total + 1, sizeof *e->all);
    err = e->all && e->user_first ? 0 : ERR_MEMORY;
    for (size_t i = 0; !err && i < total; i++)
        if (enabled(detectors[i], o))
            err = open_detection(e, detectors[i], o);
    if (!err)
        err = dispatch(e);
    if (err) {
        engine_close(e);
        return err;
    }
    *out = e;
    return 0;
}

void engine_close(struct engine *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->n; i++) {
        struct detection *d = &e->all[i];
        if (d->def->stop && d->state)
            d->def->stop(d);
        table_free(&d->campaigns);
        free(d->state);
        free(d->param);
        free(d->excluded);
    }
    for (unsigned k = 0; k < KIND_COUNT; k++)
        free(e->by_kind[k]);
    for (size_t i = 0; i < e->nraised; i++)
        engine_release(e->raised[i]);
    free(e->raised);
    free(e->changed);
    free(e->sorted);
    free(e->all);
    free(e->user_first);
    table_free(&e->sessions);
    familiar_free(&e->familiar);
    table_free(&e->ids);
    arena_free(&e->scratch);
    free(e);
}

/* ---- running ---- */

static bool needs(const struct detector *def, enum kind k)
{
    const enum kind *p = def->needs ? def->needs : def->wants;
    while (*p != KIND_COUNT && *p != k && *p != KIND_UNKNOWN)
        p++;
    return *p != KIND_COUNT;
}

static bool needed(const struct detector *def, enum kind k, const struct activity *a)
{
    return needs(def, k) && (!def->sees || def->sees(a));
}

void engine_see(struct engine *e, const struct activity *a)
{
    enum kind k = a->kind < KIND_COUNT ? a->kind : KIND_UNKNOWN;
    if (e->first == TIME_NONE)
        e->first = a->time;
    if (e->live)
        engine_tick(e, a->time);
    e->last = a->time;
    e->told = (struct told){.of = a};
    common_sessions_learn(&e->sessions, a);
    if (a->actor_entity < e->entities && e->user_first[a->actor_entity] == TIME_NONE && kind_shore(k) == SHORE_CLOUD)
        e->user_first[a->actor_entity] = a->time;
    for (size_t i = 0; i < e->n_by_kind[k]; i++) {
        struct detection *d = e->by_kind[k][i];
        d->saw = d->saw || needed(d->def, k, a);
        if (d->nexcluded && detection_excluded(d, a))
            continue;
        d->def->see(d, a);
    }
    e->told.of = NULL;
    arena_reset(&e->scratch);
}

void engine_end(struct engine *e)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->all[i].def->end)
            e->all[i].def->end(&e->all[i]);
    arena_reset(&e->scratch);
}

size_t engine_alerts(struct engine *e, const struct alert *const **out)
{
    free(e->sorted);
    e->sorted = malloc((e->nraised + 1) * sizeof(*e->sorted));
    if (!e->sorted)
        return 0;
    for (size_t i = 0; i < e->nraised; i++)
        e->sorted[i] = &e->raised[i]->alert;
    qsort(e->sorted, e->nraised, sizeof(*e->sorted), alert_by_start);
    *out = e->sorted;
    return e->nraised;
}

uint64_t engine_dropped(const struct engine *e)
{
    return e->dropped;
}

bool engine_blind(const struct engine *e, size_t n, const struct detector **which, const char **missing)
{
    for (size_t i = 0; i < e->n; i++) {
        const struct detection *d = &e->all[i];
        bool sees = d->saw && (!d->def->ready || d->def->ready(d));
        if (sees || n-- > 0)
            continue;
        *which = e->all[i].def;
        *missing = e->all[i].def->blind;
        return true;
    }
    return false;
}

bool detector_needs(const struct detector *def, const enum kind *kinds)
{
    while (*kinds != KIND_COUNT && !needs(def, *kinds))
        kinds++;
    return def->external_id && *kinds != KIND_COUNT;
}

bool engine_needs(const struct engine *e, size_t n, const enum kind *kinds, const struct detector **which)
{
    for (size_t i = 0; i < e->n; i++) {
        if (!detector_needs(e->all[i].def, kinds) || n-- > 0)
            continue;
        *which = e->all[i].def;
        return true;
    }
    return false;
}

bool engine_learning(const struct engine *e, size_t n, const struct detector **which, double *days_left)
{
    if (e->learned || e->first == TIME_NONE)
        return false;
    double days = (double)(e->last - e->first) / (double)TIME_DAY;
    for (size_t i = 0; i < e->n; i++) {
        const struct detector *def = e->all[i].def;
        if (def->learning_days <= days || !e->all[i].saw || n-- > 0)
            continue;
        *which = def;
        *days_left = def->learning_days - days;
        return true;
    }
    return false;
}

/* ---- what detections ask ---- */

void *detection_state(struct detection *d)
{
    return d->state;
}

const struct dir *detection_dir(const struct detection *d)
{
    return d->engine->dir;
}

double detection_param(const struct detection *d, unsigned index)
{
    return d->param[index];
}

bool detection_learning_assumed(const struct detection *d)
{
    return d->engine->learned;
}

bool detection_learned(const struct detection *d, int64_t since, int64_t now)
{
    return d->engine->learned || now - since >= d->def->learning_days * TIME_DAY;
}

int64_t detection_first(const struct detection *d)
{
    return d->engine->first;
}

int64_t detection_user_first(const struct detection *d, uint32_t entity)
{
    return entity > 0 && entity < d->engine->entities ? d->engine->user_first[entity] : TIME_NONE;
}

struct table *detection_sessions(struct detection *d)
{
    return &d->engine->sessions;
}

struct familiar *detection_familiar(const struct detection *d)
{
    return &d->engine->familiar;
}

struct told *detection_told(const struct detection *d, const struct activity *a)
{
    return d->engine->told.of == a ? &d->engine->told : NULL;
}

struct arena *detection_arena(struct detection *d)
{
    return &d->engine->scratch;
}

static bool entity_named(const struct dir *dir, uint32_t number, struct str name)
{
    const struct entity *e = dir_entity(dir, number);
    if (!e)
        return false;
    for (uint32_t i = 0; i < e->naccounts; i++)
        if (str_eqi(e->accounts[i], name))
            return true;
    return str_eqi(e->name, name) || str_eqi(e->dns_name, name);
}

bool detection_excluded(const struct detection *d, const struct activity *a)
{
    for (size_t i = 0; i < d->nexcluded; i++) {
        struct str name = d->excluded[i]->name;
        struct ip ip;
        if (ip_parse(name, &ip, NULL) && ip_eq(&ip, &a->ip))
            return true;
        if (str_eqi(name, account_text(&a->actor)) || str_eqi(name, a->device) || entity_named(d->engine->dir, a->actor_entity, name) ||
            entity_named(d->engine->dir, a->device_entity, name))
            return true;
    }
    return false;
}

bool detection_excludes(const struct detection *d, struct str name)
{
    for (size_t i = 0; i < d->nexcluded; i++)
        if (name.n && str_eqi(d->excluded[i]->name, name))
            return true;
    return false;
}

/* ---- evidence and drafts ---- */

static struct witness witness_of(const struct activity *a)
{
    struct witness w = {.time = a->time, .origin = a->origin, .kind = (uint16_t)a->kind};
    memcpy(w.id, a->id, 16);
    return w;
}

void witness_add(struct witnesses *w, const struct activity *a)
{
    w->total++;
    if (w->n == WITNESSES) { /* keep the first half, roll the rest */
        memmove(&w->w[WITNESSES / 2], &w->w[WITNESSES / 2 + 1], (WITNESSES / 2 - 1) * sizeof w->w[0]);
        w->n--;
    }
    w->w[w->n++] = witness_of(a);
}

void witness_clear(struct witnesses *w)
{
    w->n = w->total = 0;
}

struct draft draft_of(const struct activity *a)
{
    struct draft f = {.source_name = a->device,
                      .source_entity = a->device_entity,
                      .source_ip = a->ip,
                      .source_certainty = a->device_certainty,
                      .destination_name = a->destination,
                      .destination_entity = a->destination_entity,
                      .destination_ip = a->destination_ip};
    draft_user(&f, a->actor_entity, account_text(&a->actor));
    return f;
}

void draft_user(struct draft *f, uint32_t entity, struct str name)
{
    if (entity) {
        for (unsigned i = 0; i < f->nusers; i++)
            if (f->users[i] == entity)
                return;
        if (f->nusers < DRAFT_USERS)
            f->users[f->nusers++] = entity;
        return;
    }
    if (!str_set(name))
        return;
    for (unsigned i = 0; i < f->naccounts; i++)
        if (str_eqi(f->accounts[i], name))
            return;
    if (f->naccounts < DRAFT_USERS)
        f->accounts[f->naccounts++] = name;
}

/* ---- alerts ---- */

static uint64_t campaign_of(const struct draft *f)
{
    if (f->campaign)
        return f->campaign;
    uint64_t h = f->source_entity ? hash_mix(f->source_entity, 1) : hash_mix(hash_stri(f->source_name, 2), ip_hash(&f->source_ip));
    h = hash_mix(h, f->destination_entity ? hash_mix(f->destination_entity, 3) : hash_stri(f->destination_name, 4));
    return h ? h : 1;
}

static struct str own(char **slot, struct str s)
{
    if (!str_set(s))
        return STR_NONE;
    char *copy = malloc(s.n + 1);
    if (!copy)
        return STR_NONE;
    memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    free(*slot);
    *slot = copy;
    return (struct str){copy, s.n};
}

static bool add_evidence(struct alert *al, const struct witness *w)
{
    for (unsigned i = 0; i < al->nevidence; i++)
        if (memcmp(al->evidence[i].id, w->id, 16) == 0)
            return false;
    struct evidence e = {.time = w->time, .origin = w->origin, .kind = w->kind};
    memcpy(e.id, w->id, 16);
    if (al->nevidence == ALERT_EVIDENCE) {
        memmove(&al->evidence[EVIDENCE_KEEP_FIRST], &al->evidence[EVIDENCE_KEEP_FIRST + 1],
                (ALERT_EVIDENCE - EVIDENCE_KEEP_FIRST - 1) * sizeof e);
        al->nevidence--;
    }
    unsigned at = al->nevidence++;
    while (at > 0 && al->evidence[at - 1].time > e.time) {
        al->evidence[at] = al->evidence[at - 1];
        at--;
    }
    al->evidence[at] = e;
    return true;
}

static void gather(struct alert *al, const struct activity *a, const struct draft *f)
{
    uint64_t fresh = 0;
    for (unsigned i = 0; f->evidence && i < f->evidence->n; i++)
        fresh += add_evidence(al, &f->evidence->w[i]);
    if (a) {
        struct witness w = witness_of(a);
        fresh += add_evidence(al, &w);
    }
    al->nactivities += fresh;
    if (f->evidence && f->evidence->total > al->nactivities)
        al->nactivities = f->evidence->total;
    for (unsigned i = 0; i < al->nevidence; i++) {
        if (al->start == TIME_NONE || al->evidence[i].time < al->start)
            al->start = al->evidence[i].time;
        if (al->end == TIME_NONE || al->evidence[i].time > al->end)
            al->end = al->evidence[i].time;
    }
}

static void concern(struct raised *r, const struct draft *f)
{
    struct alert *al = &r->alert;
    for (unsigned i = 0; i < f->nusers; i++) {
        unsigned k = 0;
        while (k < al->nusers && al->users[k] != f->users[i])
            k++;
        if (k == al->nusers && k < ALERT_USERS)
            al->users[al->nusers++] = f->users[i];
    }
    for (unsigned i = 0; i < f->naccounts; i++) {
        unsigned k = 0;
        while (k < al->naccounts && !str_eqi(al->accounts[k], f->accounts[i]))
            k++;
        if (k == al->naccounts && k < ALERT_USERS)
            al->accounts[al->naccounts++] = own(&r->names[k], f->accounts[i]);
    }
}

/* Two alerts of a detection may begin with the same activity between the same parties: the later one's id has its number. */
static void identify(struct engine *e, struct alert *al)
{
    uint8_t id[16];
    uint64_t half;
    char number[16], again[16];
    int n = snprintf(number, sizeof number, "%d", al->external_id);
    struct str part[7] = {{number, (size_t)n},
                          al->policy,
                          {(const char *)al->evidence[0].id, al->nevidence ? 16 : 0},
                          al->source.name,
                          al->destination.name,
                          al->naccounts ? al->accounts[0] : STR_NONE};
    hash_id(id, part, 6);
    memcpy(&half, id, sizeof half);
    uint32_t *same = table_put(&e->ids, half, NULL);
    if (same && (*same)++ > 0) {
        n = snprintf(again, sizeof again, "%u", (unsigned)*same);
        part[6] = (struct str){again, (size_t)n};
        hash_id(id, part, 7);
    }
    (void)hash_hex(al->id, id, 12);
}

static struct raised *new_alert(struct detection *d)
{
    struct engine *e = d->engine;
    if (e->nraised == MAX_ALERTS) {
        e->dropped++;
        return NULL;
    }
    if (e->nraised == e->room) {
        size_t room = e->room ? e->room * 2 : 64;
        struct raised **grown = realloc(e->raised, room * sizeof(*grown));
        if (!grown)
            return NULL;
        e->raised = grown;
        uint32_t *changed = realloc(e->changed, room * sizeof *changed);
        if (!changed)
            return NULL;
        e->changed = changed;
        e->room = room;
    }
    struct raised *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    e->raised[e->nraised++] = r;
    r->alert = (struct alert){.external_id = d->def->external_id,
                              .policy = str_of(d->def->policy),
                              .name = str_of(d->def->name),
                              .category = d->def->category,
                              .attack = d->def->attack,
                              .preview = d->def->preview,
                              .start = TIME_NONE,
                              .end = TIME_NONE};
    return r;
}

static struct str entity_name(const struct dir *dir, uint32_t number, struct str seen)
{
    const struct entity *e = dir_entity(dir, number);
    return e ? e->name : seen;
}

static void endpoints(const struct dir *dir, struct raised *r, const struct draft *f)
{
    struct alert *al = &r->alert;
    al->source = (struct endpoint){own(&r->texts[1], entity_name(dir, f->source_entity, f->source_name)), f->source_entity, f->source_ip,
                                   f->source_certainty};
    al->destination = (struct endpoint){own(&r->texts[2], entity_name(dir, f->destination_entity, f->destination_name)),
                                        f->destination_entity, f->destination_ip, f->destination_entity ? 100 : 0};
}

/* The open alert of this campaign, NULL when there is none or it is too long ago. */
static struct raised *campaign(struct detection *d, uint64_t key, int64_t now, const struct draft *f)
{
    const uint32_t *at = table_get(&d->campaigns, key);
    if (!at)
        return NULL;
    struct raised *r = d->engine->raised[*at];
    double hours = f->campaign_hours > 0 ? f->campaign_hours : 24;
    if ((double)(now - r->alert.end) > hours * (double)TIME_HOUR)
        return NULL;
    engine_note(d->engine, *at);
    return r;
}

void detection_raise(struct detection *d, const struct activity *a, const struct draft *f)
{
    struct engine *e = d->engine;
    if (d->scope && !engine_in_scope(d, f))
        return;
    uint64_t key = campaign_of(f);
    int64_t now = a ? a->time : f->evidence && f->evidence->n ? f->evidence->w[f->evidence->n - 1].time : e->last;
    struct raised *r = campaign(d, key, now, f);
    bool fresh = r == NULL;
    if (fresh) {
        r = new_alert(d);
        uint32_t *slot = r ? table_put(&d->campaigns, key, NULL) : NULL;
        if (!slot)
            return;
        *slot = (uint32_t)(e->nraised - 1);
        engine_note(e, *slot);
        endpoints(e->dir, r, f);
    }
    struct alert *al = &r->alert;
    enum severity severity = f->severity != SEVERITY_DEFAULT ? f->severity : d->def->severity;
    if (severity > al->severity)
        al->severity = severity;
    al->count += f->count ? f->count : 1;
    gather(al, a, f);
    concern(r, f);
    if (str_set(f->description))
        al->description = own(&r->texts[0], f->description);
    if (fresh)
        identify(e, al);
}
