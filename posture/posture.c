/* posture/posture.c - assessments at work: notes per entity, findings in order. */
#include "posture/posture.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ASSESSMENTS = 32, MAX_NOTES = 500000, NOTE_TEXT = 160, SENSITIVE_WEIGHT = 100, KEEP_DAYS = 30 };

struct kept_text {
    char in[LANGUAGES][NOTE_TEXT];
};

struct note {
    uint32_t entity;
    uint32_t assessment;
    uint64_t count;
    int64_t last;
    uint8_t activity[16];
    struct kept_text text;
};

/* A finding on its way out. */
struct found {
    struct finding f;
    struct kept_text text;
    uint32_t order; /* of the assessment */
};

struct posture {
    const struct dir *dir;
    struct table notes;
    bool judged[MAX_ASSESSMENTS];
    int64_t *active; /* by entity */
    uint32_t nactive;
    struct arena scratch;
    struct found *found;
    size_t nfound, room;
    int err;
};

static void make_room(struct posture *p)
{
    uint32_t n = dir_count(p->dir) + 1;
    if (n <= p->nactive)
        return;
    int64_t *grown = realloc(p->active, n * sizeof *grown);
    if (!grown) {
        p->err = ERR_MEMORY;
        return;
    }
    for (uint32_t i = p->nactive; i < n; i++)
        grown[i] = TIME_NONE;
    p->active = grown;
    p->nactive = n;
}

int posture_open(const struct dir *dir, struct posture **out)
{
    struct posture *p = calloc(1, sizeof *p);
    if (!p)
        return ERR_MEMORY;
    p->dir = dir;
    table_init(&p->notes, sizeof(struct note), MAX_NOTES);
    arena_init(&p->scratch, 4096, 1 << 20);
    make_room(p);
    if (p->err) {
        posture_close(p);
        return ERR_MEMORY;
    }
    *out = p;
    return 0;
}

void posture_close(struct posture *p)
{
    if (!p)
        return;
    table_free(&p->notes);
    arena_free(&p->scratch);
    free(p->active);
    free(p->found);
    free(p);
}


const struct dir *posture_dir(const struct posture *p)
{
    return p->dir;
}

struct arena *posture_arena(struct posture *p)
{
    return &p->scratch;
}

int64_t posture_active(const struct posture *p, uint32_t entity)
{
    return entity < p->nactive ? p->active[entity] : TIME_NONE;
}

static unsigned place(const struct assessment *a)
{
    unsigned i = 0;
    while (assessments[i] && assessments[i] != a)
        i++;
    return i < MAX_ASSESSMENTS ? i : MAX_ASSESSMENTS - 1;
}

void posture_judged(struct posture *p, const struct assessment *by)
{
    p->judged[place(by)] = true;
}

bool posture_known(const struct posture *p, const struct assessment *a)
{
    return p->judged[place(a)];
}

/* Cut between characters of UTF-8. */
static void set_one(char out[NOTE_TEXT], struct str text)
{
    size_t n = text.n < NOTE_TEXT - 1 ? text.n : NOTE_TEXT - 1;
    while (n && n < text.n && ((uint8_t)text.p[n] & 0xc0) == 0x80)
        n--;
    if (n)
        memcpy(out, text.p, n);
    out[n] = '\0';
}

static void set_text(struct kept_text *out, struct posture_text text)
{
    for (int l = 0; l < LANGUAGES; l++)
        set_one(out->in[l], text.in[l]);
}

static struct posture_text text_of(const struct kept_text *t)
{
    return (struct posture_text){{str_of(t->in[ENGLISH]), str_of(t->in[FRENCH])}};
}

static uint64_t note_key(uint32_t entity, unsigned assessment)
{
    return hash_mix(entity, assessment + 1);
}

void posture_note(struct posture *p, const struct assessment *by, uint32_t entity, const struct activity *a, struct posture_text text)
{
    if (!entity)
        return;
    unsigned at = place(by);
    struct note *n = table_put(&p->notes, note_key(entity, at), NULL);
    if (!n)
        return;
    if (n->count && a->time - n->last > KEEP_DAYS * TIME_DAY)
        n->count = 0;
    n->entity = entity;
    n->assessment = at;
    n->count++;
    if (n->count > 1 && a->time < n->last)
        return;
    n->last = a->time;
    memcpy(n->activity, a->id, sizeof n->activity);
    set_text(&n->text, text);
}

static void active(struct posture *p, uint32_t entity, int64_t time)
{
    if (entity && entity < p->nactive && time != TIME_NONE && (p->active[entity] == TIME_NONE || time > p->active[entity]))
        p->active[entity] = time;
}

void posture_see(struct posture *p, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE && a->kind != KIND_PREAUTH_ASKED) /* to ask for a name is not to be its owner */
        active(p, a->actor_entity, a->time);
    for (unsigned i = 0; assessments[i]; i++)
        if (assessments[i]->see)
            assessments[i]->see(p, a);
    arena_reset(&p->scratch);
}

/* ---- another directory: what was noted of two that turned out to be one is the one's ---- */

static void join_note(struct posture *p, uint32_t from, uint32_t to, unsigned at)
{
    const struct note *old = table_get(&p->notes, note_key(from, at));
    if (!old)
        return;
    struct note was = *old;
    struct note *n = table_put(&p->notes, note_key(to, at), NULL);
    if (n) {
        uint64_t count = n->count + was.count;
        if (!n->count || was.last > n->last)
            *n = was;
        n->entity = to;
        n->count = count;
    }
    table_drop(&p->notes, note_key(from, at));
}

void posture_directory(struct posture *p, const struct dir *dir)
{
    p->dir = dir;
    make_room(p);
    for (uint32_t i = 1; i < p->nactive; i++) {
        uint32_t to = dir_number(dir, i);
        if (!to || to == i)
            continue;
        active(p, to, p->active[i]);
        for (unsigned at = 0; assessments[at]; at++)
            join_note(p, i, to, at);
    }
}

/* ---- what assessments say ---- */

static struct str say_in(struct posture *p, enum language l, struct str sentence, const struct posture_text *parts, size_t n)
{
    struct buf b = {0};
    ptrdiff_t at;
    for (size_t i = 0; i < n && (at = str_find(sentence, STR("{}"))) >= 0; i++) {
        buf_str(&b, str_sub(sentence, 0, (size_t)at));
        buf_str(&b, parts[i].in[l]);
        sentence = str_from(sentence, (size_t)at + 2);
    }
    buf_str(&b, sentence);
    struct str out = b.failed ? STR("") : str_dup(&p->scratch, buf_view(&b));
    buf_free(&b);
    return out;
}

struct posture_text posture_say(struct posture *p, struct posture_text sentence, const struct posture_text *parts, size_t n)
{
    struct posture_text out;
    for (int l = 0; l < LANGUAGES; l++)
        out.in[l] = say_in(p, (enum language)l, sentence.in[l], parts, n);
    return out;
}

struct posture_text posture_who(const struct account *a)
{
    return account_set(a) ? posture_same(account_text(a)) : POSTURE_TEXT("somebody", "quelqu’un");
}

static struct posture_text place_text(struct posture *p, struct str name, const struct ip *ip)
{
    char text[IP_TEXT];
    if (str_set(name))
        return posture_same(name);
    return ip_set(ip) ? posture_same(str_dup(&p->scratch, ip_text(ip, text))) : POSTURE_TEXT("an unknown computer", "un ordinateur inconnu");
}

struct posture_text posture_from(struct posture *p, const struct activity *a)
{
    return place_text(p, a->device, &a->ip);
}

struct posture_text posture_to(struct posture *p, const struct activity *a)
{
    return place_text(p, a->destination, &a->destination_ip);
}

bool posture_local(const struct activity *a)
{
    if (ip_set(&a->ip))
        return ip_is_loopback(&a->ip) || ip_eq(&a->ip, &a->destination_ip);
    return a->device_entity && a->device_entity == a->destination_entity;
}

/* ---- findings ---- */

static void add(struct posture *p, const struct finding *f, unsigned weight, struct posture_text text)
{
    if (p->nfound == p->room) {
        size_t room = p->room ? p->room * 2 : 64;
        struct found *grown = realloc(p->found, room * sizeof *grown);
        if (!grown) {
            p->err = ERR_MEMORY;
            return;
        }
        p->found = grown;
        p->room = room;
    }
    struct found *x = &p->found[p->nfound++];
    *x = (struct found){.f = *f, .order = place(f->assessment)};
    set_text(&x->text, text);
    x->f.exposure = (dir_is(p->dir, f->entity, ENTITY_SENSITIVE) ? SENSITIVE_WEIGHT : 0) + weight;
}

void posture_fact(struct posture *p, const struct assessment *by, const struct entity *e, unsigned weight, struct posture_text text)
{
    posture_judged(p, by);
    add(p, &(struct finding){.assessment = by, .entity = e->number, .last = TIME_NONE}, weight, text);
}

static void collect_notes(struct posture *p, int64_t now)
{
    uint32_t at = 0;
    for (const struct note *n; (n = table_each(&p->notes, &at, NULL)) != NULL;) {
        if (now - n->last > KEEP_DAYS * TIME_DAY || !dir_entity(p->dir, n->entity))
            continue;
        struct finding f = {.assessment = assessments[n->assessment], .entity = n->entity, .count = n->count, .last = n->last};
        memcpy(f.activity, n->activity, sizeof f.activity);
        add(p, &f, 0, text_of(&n->text));
    }
}

static void check_entities(struct posture *p, int64_t now)
{
    for (uint32_t i = 1; i <= dir_count(p->dir); i++) {
        const struct entity *e = dir_entity(p->dir, i);
        for (unsigned k = 0; e && e->number == i && assessments[k]; k++)
            if (assessments[k]->check)
                assessments[k]->check(p, e, now);
        arena_reset(&p->scratch);
    }
}

static int by_exposure(const void *x, const void *y)
{
    const struct found *a = x, *b = y;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->f.exposure != b->f.exposure)
        return a->f.exposure > b->f.exposure ? -1 : 1;
    if (a->f.count != b->f.count)
        return a->f.count > b->f.count ? -1 : 1;
    if (a->f.entity != b->f.entity)
        return a->f.entity < b->f.entity ? -1 : 1;
    return strcmp(a->text.in[ENGLISH], b->text.in[ENGLISH]);
}

int posture_findings(struct posture *p, int64_t now, int (*each)(void *owner, const struct finding *f), void *owner)
{
    int stop = 0;
    p->nfound = 0;
    p->err = 0;
    collect_notes(p, now);
    check_entities(p, now);
    if (p->err)
        return p->err;
    if (p->nfound)
        qsort(p->found, p->nfound, sizeof *p->found, by_exposure);
    for (size_t i = 0; !stop && i < p->nfound; i++) {
        p->found[i].f.text = text_of(&p->found[i].text);
        stop = each(owner, &p->found[i].f);
    }
    return stop;
}
