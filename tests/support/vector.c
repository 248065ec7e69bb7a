/* tests/support/vector.c - reads and runs vectors. */
#include "tests/support/vector.h"

#include "decode/tickets.h"
#include "tests/support/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX_ACTIVITIES = 32, TEXT_ROOM = 1 << 16 };

/* What one record gave: each activity as lines, in text. */
struct result {
    char text[MAX_ACTIVITIES][TEXT_ROOM];
    uint8_t ids[MAX_ACTIVITIES][16];
    unsigned activities;
    char ignored[512];
    const char *fault;
};

struct vector_run {
    struct jin *jin;
    struct arena arena;
    struct decode d;
    struct result *result; /* NULL: only count */
    unsigned events;
};

struct lines {
    char *at, *end;
};

static void put(struct lines *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(struct lines *l, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(l->at, (size_t)(l->end - l->at), fmt, args);
    va_end(args);
    assert_true(n >= 0 && n < l->end - l->at);
    l->at += n;
}

static void put_str(struct lines *l, const char *key, struct str s)
{
    if (str_set(s))
        put(l, "%s %.*s\n", key, STR_ARG(s));
}

static void put_ip(struct lines *l, const char *key, const struct ip *ip)
{
    char text[IP_TEXT];
    if (ip_set(ip))
        put_str(l, key, ip_text(ip, text));
}

static void put_object(struct lines *l, const struct object *o)
{
    const struct str parts[][2] = {{STR("sid"), o->ref.sid}, {STR("name"), o->ref.name}, {STR("domain"), o->ref.domain},
                                   {STR("upn"), o->ref.upn}, {STR("cloud"), o->ref.cloud}};
    struct str type = object_type_text(o->type), role = object_role_text(o->role);
    put(l, "object %.*s %.*s", STR_ARG(type), STR_ARG(role));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_set(parts[i][1]))
            put(l, " %.*s=%.*s", STR_ARG(parts[i][0]), STR_ARG(parts[i][1]));
    put(l, "\n");
}

static void put_fact(struct lines *l, const struct fact *f)
{
    struct str name = fact_name((enum fact_key)f->key);
    if (f->type == FACT_TYPE_STR)
        put(l, "fact.%.*s %.*s\n", STR_ARG(name), STR_ARG(f->s));
    else
        put(l, "fact.%.*s %llu\n", STR_ARG(name), (unsigned long long)f->u);
}

static void render(const struct activity *a, char *text)
{
    static const char *const outcomes[] = {"unknown", "success", "failure"};
    struct lines l = {text, text + TEXT_ROOM};
    char time[TIME_TEXT];
    struct str protocol = protocol_text(a->protocol);
    put_str(&l, "kind", act_kind(a));
    put(&l, "outcome %s\nadmin %s\n", outcomes[a->outcome], a->admin ? "yes" : "no");
    put_str(&l, "time", time_text(a->time, time));
    if (a->has_code)
        put(&l, "code 0x%llx\n", (unsigned long long)a->code);
    put_str(&l, "app", a->app);
    put_str(&l, "instance", a->instance);
    put_str(&l, "actor.sid", a->actor.sid);
    put_str(&l, "actor.name", a->actor.name);
    put_str(&l, "actor.domain", a->actor.domain);
    put_str(&l, "actor.upn", a->actor.upn);
    put_str(&l, "actor.cloud", a->actor.cloud);
    for (unsigned i = 0; i < a->nobjects; i++)
        put_object(&l, &a->objects[i]);
    put_str(&l, "device", a->device);
    if (a->device_certainty)
        put(&l, "device_certainty %u\n", a->device_certainty);
    put_ip(&l, "ip", &a->ip);
    if (a->port)
        put(&l, "port %u\n", a->port);
    put_str(&l, "country", a->location.country);
    put_str(&l, "city", a->location.city);
    put_str(&l, "browser", a->agent.browser);
    put_str(&l, "system", a->agent.os);
    if (a->impersonated)
        put(&l, "impersonated yes\n");
    put_str(&l, "destination", a->destination);
    put_ip(&l, "destination_ip", &a->destination_ip);
    put_str(&l, "session", a->session);
    if (protocol.n)
        put_str(&l, "protocol", protocol);
    for (unsigned i = 0; i < a->nfacts; i++)
        put_fact(&l, &a->facts[i]);
}

static int on_emit(struct decode *d, const struct activity *a)
{
    struct vector_run *r = d->owner;
    r->events++;
    if (r->result) {
        assert_true(r->result->activities < MAX_ACTIVITIES);
        memcpy(r->result->ids[r->result->activities], a->id, 16);
        render(a, r->result->text[r->result->activities++]);
    }
    return ERR_NONE;
}

static void on_ignored(struct decode *d, struct str what)
{
    struct vector_run *r = d->owner;
    r->events++;
    if (r->result)
        (void)snprintf(r->result->ignored, sizeof r->result->ignored, "%.*s", STR_ARG(what));
}

static void on_fault(struct decode *d, const struct fault *f)
{
    struct vector_run *r = d->owner;
    r->events++;
    assert_non_null(f->why);
    if (r->result)
        r->result->fault = f->why;
}

struct vector_run *vector_open(void)
{
    struct vector_run *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->jin = jin_new();
    assert_non_null(r->jin);
    arena_init(&r->arena, 65536, 1u << 22);
    r->d.arena = &r->arena;
    r->d.emit = on_emit;
    r->d.ignored = on_ignored;
    r->d.fault = on_fault;
    r->d.owner = r;
    return r;
}

void vector_close(struct vector_run *r)
{
    jin_free(r->jin);
    arena_free(&r->arena);
    free(r);
}

unsigned vector_decode(struct vector_run *r, const char *text, size_t n)
{
    const struct jnode *root;
    struct fault fault;
    r->events = 0;
    arena_reset(&r->arena);
    if (jin_parse(r->jin, text, n, &root, &fault))
        return 0;
    for (const struct decoder *const *d = decoders; *d; d++)
        if ((*d)->claims(root))
            (void)(*d)->record(&r->d, root, (struct str){text, n});
    return r->events;
}

/* ---- files ---- */

static char *padded(struct str s)
{
    char *copy = calloc(1, s.n + JIN_PADDING);
    assert_non_null(copy);
    memcpy(copy, s.p, s.n);
    return copy;
}

static char *whole(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s: cannot be opened; run from the repository root", path);
    char *text = malloc(1u << 22);
    assert_non_null(text);
    *n = fread(text, 1, 1u << 22, f);
    (void)fclose(f);
    return text;
}

static const struct decoder *named(struct str name)
{
    for (const struct decoder *const *d = decoders; *d; d++)
        if (str_eq(str_of((*d)->name), name))
            return *d;
    fail_msg("no decoder is called %.*s", STR_ARG(name));
    return NULL;
}

static void run(struct vector_run *r, struct str in, struct result *out)
{
    struct str decoder, json = in;
    const struct jnode *root;
    struct fault fault = {NULL, 0};
    assert_true(str_cut(&json, ' ', &decoder));
    char *text = padded(json);
    if (jin_parse(r->jin, text, json.n, &root, &fault))
        fail_msg("not JSON: %s: %.200s", fault.why, text);
    *out = (struct result){.fault = NULL};
    r->result = out;
    arena_reset(&r->arena);
    const struct decoder *want = named(decoder);
    for (const struct decoder *const *d = decoders; *d; d++)
        if ((*d)->claims(root) != (*d == want))
            fail_msg("%s %s this record: %.200s", (*d)->name, *d == want ? "does not claim" : "claims", text);
    int err = want->record(&r->d, root, (struct str){text, json.n});
    assert_true((err == ERR_NONE) == (out->fault == NULL));
    free(text);
}

static bool has_line(const char *text, struct str line, bool whole_line)
{
    struct str rest = str_of(text), one;
    while (str_cut(&rest, '\n', &one))
        if (whole_line ? str_eq(one, line) : str_starts(one, line))
            return true;
    return false;
}

/* One vector: its inputs, and the lines that all of them must satisfy. */
struct vector {
    struct str name, lines;
};

static void expect(const struct vector *v, const struct result *got, struct str line, unsigned *activity)
{
    struct str rest = line, word;
    assert_true(str_cut(&rest, ' ', &word));
    if (str_eq(word, STR("ignored"))) {
        if (!str_eq(rest, str_of(got->ignored)))
            fail_msg("%.*s: ignored \"%s\", not %.*s", STR_ARG(v->name), got->ignored, STR_ARG(rest));
    } else if (str_eq(word, STR("fault"))) {
        if (!got->fault || !str_eq(rest, str_of(got->fault)))
            fail_msg("%.*s: fault \"%s\", not %.*s", STR_ARG(v->name), got->fault ? got->fault : "", STR_ARG(rest));
    } else if (str_eq(word, STR("activity"))) {
        ++*activity;
    } else {
        bool absent = str_eq(word, STR("no"));
        if (*activity >= got->activities)
            fail_msg("%.*s: only %u activities (ignored \"%s\", fault \"%s\")", STR_ARG(v->name), got->activities, got->ignored,
                     got->fault ? got->fault : "");
        if (has_line(got->text[*activity], absent ? rest : line, !absent) == absent)
            fail_msg("%.*s: \"%.*s\" is %s in:\n%s", STR_ARG(v->name), STR_ARG(line), absent ? "there" : "missing", got->text[*activity]);
    }
}

/* A line that says what comes in. */
static bool input_line(struct str line)
{
    static const struct str heads[] = {{"in ", 3}, {"net ", 4}, {">", 1}, {"<", 1}, {"gap ", 4}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (str_starts(line, heads[i]))
            return true;
    return false;
}

static void expect_all(const struct vector *v, const struct result *got)
{
    unsigned activity = 0;
    struct str wanted = v->lines, want;
    while (str_cut(&wanted, '\n', &want))
        if (want.n && !input_line(want) && want.p[0] != '#')
            expect(v, got, want, &activity);
    if (got->activities && activity + 1 != got->activities)
        fail_msg("%.*s: %u activities, not %u; the last is:\n%s", STR_ARG(v->name), got->activities, activity + 1,
                 got->text[got->activities - 1]);
}

/* A conversation, if the vector has one: it is played once. */
static bool check_talk(struct vector_run *r, const struct vector *v)
{
    static struct result got;
    static struct talk t;
    if (!talk_parse(v->lines, &t))
        return false;
    got = (struct result){.fault = NULL};
    r->result = &got;
    r->d.tickets = calloc(1, sizeof *r->d.tickets);
    assert_non_null(r->d.tickets);
    talk_play(&t, &r->d, !str_ends(v->name, STR(" (broken)")));
    talk_free(&t);
    free(r->d.tickets);
    r->d.tickets = NULL;
    expect_all(v, &got);
    return true;
}

static void check(struct vector_run *r, const struct vector *v)
{
    static struct result first, got;
    struct str rest = v->lines, line;
    unsigned inputs = 0;
    if (check_talk(r, v))
        return;
    while (str_cut(&rest, '\n', &line)) {
        if (!str_starts(line, STR("in ")))
            continue;
        run(r, str_from(line, 3), &got);
        expect_all(v, &got);
        /* the same record in another layout is the same record, unless the layout lost its number */
        bool numbered = !str_starts(line, STR("in sentinel"));
        if (inputs && numbered && memcmp(first.ids, got.ids, sizeof got.ids) != 0)
            fail_msg("%.*s: input %u has another identity", STR_ARG(v->name), inputs + 1);
        if (inputs++ == 0)
            first = got;
    }
    if (inputs == 0)
        fail_msg("%.*s: no input", STR_ARG(v->name));
}

void vector_file(const char *path)
{
    size_t n;
    char *text = whole(path, &n);
    struct vector_run *r = vector_open();
    struct str rest = {text, n}, line;
    struct vector v = {STR_NONE, STR_NONE};
    unsigned count = 0;
    uint64_t promised = 0;
    while (str_cut(&rest, '\n', &line)) {
        bool head = str_starts(line, STR("vector ")), last = str_starts(line, STR("count "));
        if (!head && !last)
            continue;
        if (str_set(v.name)) {
            v.lines.n = (size_t)(line.p - v.lines.p);
            check(r, &v);
            count++;
        }
        if (last)
            assert_true(str_u64(str_from(line, 6), &promised));
        v = (struct vector){str_from(line, 7), rest};
    }
    assert_true(promised > 0);
    assert_int_equal(count, promised);
    vector_close(r);
    free(text);
}

void vector_each(const char *path, void (*use)(void *owner, char *text, size_t n), void *owner)
{
    size_t n;
    char *text = whole(path, &n);
    struct str rest = {text, n}, line, decoder;
    while (str_cut(&rest, '\n', &line)) {
        if (!str_starts(line, STR("in ")))
            continue;
        struct str json = str_from(line, 3);
        assert_true(str_cut(&json, ' ', &decoder));
        char *copy = padded(json);
        use(owner, copy, json.n);
        free(copy);
    }
    free(text);
}
