/* tests/support/talk.c - reads, plays and mangles conversations. */
#include "tests/support/talk.h"

#include "decode/tickets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FILE_MAX = 1 << 22, MANGLED = 2048 };

static const struct netdecoder *named(struct str name)
{
    for (const struct netdecoder *const *d = netdecoders; *d; d++)
        if (str_eq(str_of((*d)->name), name))
            return *d;
    fail_msg("no network decoder is called %.*s", STR_ARG(name));
    return NULL;
}

static int digit(char c)
{
    c = str_lower_char(c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void hex(struct str s, struct talk_line *to)
{
    int high = -1;
    to->p = malloc(s.n / 2 + 1);
    assert_non_null(to->p);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ' ')
            continue;
        int v = digit(s.p[i]);
        assert_true(v >= 0);
        if (high >= 0)
            to->p[to->n++] = (uint8_t)(high << 4 | v);
        high = high >= 0 ? -1 : v;
    }
    assert_true(high < 0);
}

static void head(struct str words, struct flow *f)
{
    struct str word;
    assert_true(str_cut(&words, ' ', &word));
    f->decoder = named(word);
    assert_true(str_cut(&words, ' ', &word));
    f->tcp = str_eq(word, STR("tcp"));
    assert_true(f->tcp || str_eq(word, STR("udp")));
    f->client = ip_v4(0x0a000005);
    f->server = ip_v4(0x0a000001);
    f->client_port = 49200;
    f->server_port = f->tcp ? f->decoder->tcp[0] : f->decoder->udp[0];
    if (str_set(words) && str_cut(&words, ' ', &word)) {
        assert_true(ip_parse(word, &f->client, &f->client_port));
        assert_true(ip_parse(words, &f->server, &f->server_port));
    }
}

bool talk_parse(struct str text, struct talk *out)
{
    struct str line;
    *out = (struct talk){.n = 0};
    while (str_cut(&text, '\n', &line)) {
        struct talk_line *to = &out->lines[out->n];
        if (str_starts(line, STR("net "))) {
            head(str_from(line, 4), &out->flow);
            continue;
        }
        to->gap = str_starts(line, STR("gap "));
        if (to->gap)
            line = str_from(line, 4);
        to->from_client = str_starts(line, STR(">"));
        if (!to->from_client && !str_starts(line, STR("<")))
            continue;
        assert_non_null(out->flow.decoder);
        assert_true(out->n + 1 < TALK_LINES);
        if (!to->gap)
            hex(str_from(line, 1), to);
        out->n++;
    }
    return out->flow.decoder != NULL;
}

void talk_free(struct talk *t)
{
    for (unsigned i = 0; i < t->n; i++)
        free(t->lines[i].p);
    *t = (struct talk){.n = 0};
}

static void check_frame(const struct flow *f, const struct talk_line *l)
{
    if (!f->tcp)
        return;
    assert_true(f->decoder->claims(l->p, l->n, l->from_client) != CLAIM_NO);
    assert_int_equal(f->decoder->frame(l->p, l->n), l->n);
}

/* One message; `n` of its bytes were captured. */
static void one(struct flow *f, const struct talk_line *l, size_t n, unsigned number, struct decode *d)
{
    const struct netdecoder *dec = f->decoder;
    if (dec->head && n > dec->head)
        n = dec->head;
    uint8_t *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    memcpy(exact, l->p, n);
    struct message m = {.p = exact,
                        .n = n,
                        .whole = l->n,
                        .time = INT64_C(1767603600) * TIME_SECOND + number * TIME_SECOND,
                        .packet = number + 1,
                        .offset = number * 100u,
                        .from_client = l->from_client};
    dec->message(d, f, &m);
    free(exact);
    arena_reset(d->arena);
}

static size_t grown; /* the state's size in the conversation that is being played */

static void *grow(struct flow *f, size_t n)
{
    if (n <= grown)
        return f->state;
    assert_true(n <= 1u << 20);
    uint8_t *p = realloc(f->state, n);
    assert_non_null(p);
    memset(p + grown, 0, n - grown);
    grown = n;
    f->state = p;
    return p;
}

/* `cut`: of line `at` only that many bytes were captured. */
static void play(const struct talk *t, struct decode *d, unsigned at, size_t cut, bool sound)
{
    struct flow f = t->flow;
    const struct netdecoder *dec = f.decoder;
    grown = dec->state_size ? dec->state_size : 1;
    f.state = calloc(1, grown);
    f.grow = grow;
    assert_non_null(f.state);
    for (unsigned i = 0; i < t->n; i++) {
        const struct talk_line *l = &t->lines[i];
        if (l->gap) {
            if (dec->gap)
                dec->gap(&f, l->from_client);
            continue;
        }
        if (sound)
            check_frame(&f, l);
        one(&f, l, i == at ? cut : l->n, i, d);
    }
    if (dec->end)
        dec->end(d, &f);
    free(f.state);
}

void talk_play(const struct talk *t, struct decode *d, bool sound)
{
    play(t, d, TALK_LINES, 0, sound);
}

/* ---- mangling ---- */

struct mangler {
    struct decode d;
    struct arena arena;
    unsigned emitted, most;
};

static int on_emit(struct decode *d, const struct activity *a)
{
    static uint8_t packed[ACTIVITY_PACKED_MAX];
    struct mangler *m = d->owner;
    assert_true(a->time != TIME_NONE);
    assert_true(activity_pack(a, packed, sizeof packed) > 0); /* reads every text that it has */
    assert_true(++m->emitted <= m->most);
    return 0;
}

static void on_ignored(struct decode *d, struct str what)
{
    (void)d;
    assert_true(what.n > 0);
}

static void on_fault(struct decode *d, const struct fault *f)
{
    (void)d;
    assert_non_null(f->why);
}

static struct ticket_cache tickets;

static void again(struct mangler *m, const struct talk *t, unsigned at, size_t cut)
{
    m->emitted = 0;
    memset(&tickets, 0, sizeof tickets);
    m->d.tickets = &tickets;
    play(t, &m->d, at, cut, false);
}

static void mangle_line(struct mangler *m, struct talk *t, unsigned at)
{
    struct talk_line *l = &t->lines[at];
    size_t n = l->n, most_bytes = n < MANGLED ? n : MANGLED;
    for (size_t cut = 0; cut < most_bytes; cut++) {
        again(m, t, at, cut);
        l->n = cut;
        again(m, t, at, cut);
        l->n = n;
    }
    for (size_t bit = 0; bit < most_bytes * 8; bit++) {
        l->p[bit / 8] = (uint8_t)(l->p[bit / 8] ^ (1u << bit % 8));
        again(m, t, at, n);
        l->p[bit / 8] = (uint8_t)(l->p[bit / 8] ^ (1u << bit % 8));
    }
}

static void mangle(struct mangler *m, struct str text)
{
    static struct talk t;
    if (!talk_parse(text, &t))
        return;
    for (unsigned i = 0; i < t.n; i++)
        if (!t.lines[i].gap)
            mangle_line(m, &t, i);
    talk_free(&t);
}

void talk_mangle(const char *path, unsigned most)
{
    static char text[FILE_MAX];
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s: cannot be opened; run from the repository root", path);
    struct str rest = {text, fread(text, 1, sizeof text, f)}, line, vector = STR_NONE;
    (void)fclose(f);
    struct mangler m = {.most = most};
    arena_init(&m.arena, 65536, 1u << 22);
    m.d = (struct decode){.arena = &m.arena, .emit = on_emit, .ignored = on_ignored, .fault = on_fault, .owner = &m};
    while (str_cut(&rest, '\n', &line)) {
        if (!str_starts(line, STR("vector ")) && !str_starts(line, STR("count ")))
            continue;
        if (str_set(vector))
            mangle(&m, (struct str){vector.p, (size_t)(line.p - vector.p)});
        vector = line;
    }
    arena_free(&m.arena);
}
