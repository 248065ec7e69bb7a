/* store/actlog_find.c - which rows of a segment or of the tail a filter means within a view. */
#include "store/actlog_private.h"

#include "base/hash.h"

#include <stdlib.h>

/* ---- what is wanted ---- */

static int note_people(struct wanted *w, const struct actlog_view *v)
{
    uint32_t top = 0;
    for (size_t i = 0; i < v->npeople; i++)
        top = v->people[i] > top ? v->people[i] : top;
    w->npeople = (size_t)top + 1;
    uint64_t *bits = calloc(w->npeople / 64 + 1, sizeof *bits);
    if (!bits)
        return ERR_MEMORY;
    for (size_t i = 0; i < v->npeople; i++)
        bits[v->people[i] / 64] |= UINT64_C(1) << v->people[i] % 64;
    w->people = bits;
    return 0;
}

int wanted_open(struct wanted *w, const struct filter *f, const struct actlog_view *v)
{
    *w = (struct wanted){.filter = f, .view = v, .upto = UINT64_MAX};
    w->objects = calloc(ACTIVITY_OBJECTS, sizeof *w->objects);
    w->facts = calloc(ACTIVITY_FACTS, sizeof *w->facts);
    int err = w->objects && w->facts ? 0 : ERR_MEMORY;
    if (!err && v && v->people)
        err = note_people(w, v);
    if (err)
        wanted_close(w);
    return err;
}

void wanted_close(struct wanted *w)
{
    free(w->people);
    free(w->objects);
    free(w->facts);
    w->people = NULL;
    w->objects = NULL;
    w->facts = NULL;
}

static bool sees_app(const struct actlog_view *v, uint32_t app)
{
    for (size_t i = 0; i < v->napps; i++)
        if (v->apps[i] == app)
            return true;
    return !v->apps;
}

static bool sees_person(const struct wanted *w, uint32_t actor)
{
    return !w->people || (actor < w->npeople && (w->people[actor / 64] >> actor % 64 & 1));
}

/* ---- terms on values ---- */

static struct str number_text(const struct filter_value *v, char b[4])
{
    for (unsigned i = 0; i < 4; i++)
        b[i] = (char)(v->from >> (24 - 8 * i));
    return v->from >= 0 && v->from <= UINT32_MAX ? (struct str){b, 4} : STR_NONE;
}

/* Of 32 hexadecimal digits; false for anything else. */
static bool id_of(struct str hex, uint8_t id[16])
{
    for (unsigned i = 0; i < 32 && hex.n == 32; i++) {
        char c = str_lower_char(hex.p[i]);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        id[i / 2] = (uint8_t)(i % 2 ? id[i / 2] | digit : digit << 4);
    }
    return hex.n == 32;
}

/* The one text that the column must hold for EQ; absent: there is none. *scan: it takes a look at all values. */
static struct str equal_text(struct look *l, enum actlog_value column, const struct filter_value *v, bool *scan)
{
    static _Thread_local char b[IP_TEXT];
    struct ip ip;
    struct str t = v->text;
    if (column == VALUE_ID)
        return id_of(t, (uint8_t *)b) && segment_may_have(l->segment, (const uint8_t *)b) ? (struct str){b, 6} : STR_NONE;
    if (column == VALUE_ACTOR || column == VALUE_ENTITY)
        return number_text(v, b);
    if (column != VALUE_IP)
        return str_set(t) ? look_fold(l, t) : STR_NONE;
    if (str_chr(t, '/') >= 0 || (t.n && (t.p[t.n - 1] == '.' || t.p[t.n - 1] == ':'))) {
        *scan = true;
        return STR_NONE;
    }
    return ip_parse(t, &ip, NULL) ? ip_text(&ip, b) : STR_NONE;
}

static int find_equal(struct look *l, enum actlog_value column, const struct filter_term *t)
{
    bool scan = false;
    int err = 0;
    for (unsigned i = 0; !err && i < t->n; i++) {
        struct str text = equal_text(l, column, &t->values[i], &scan);
        if (str_set(text))
            err = look_exact(l, column, text);
    }
    return err || !scan ? err : look_term(l, column, t);
}

static int find_part(struct look *l, enum actlog_value column, const struct filter_term *t)
{
    int err = 0;
    for (unsigned i = 0; !err && i < t->n; i++) {
        struct str text = str_set(t->values[i].text) ? look_fold(l, t->values[i].text) : STR_NONE;
        if (str_set(text))
            err = t->match == MATCH_STARTS ? look_prefix(l, column, text) : look_inside(l, column, text);
    }
    return err;
}

static int find_column(struct look *l, enum actlog_value column, const struct filter_term *t)
{
    enum filter_type type = filter_field_type(t->field);
    bool texts = type == FILTER_TEXT || type == FILTER_IP || type == FILTER_PERSON;
    if (texts && t->match == MATCH_EQ)
        return find_equal(l, column, t);
    if (texts && (t->match == MATCH_STARTS || t->match == MATCH_CONTAINS))
        return find_part(l, column, t);
    return look_term(l, column, t);
}

static int find_values(struct look *l, const struct filter_term *t)
{
    uint64_t columns = actlog_columns(t);
    int err = 0;
    for (unsigned c = 0; !err && c < VALUE_COUNT; c++)
        if (columns >> c & 1)
            err = find_column(l, (enum actlog_value)c, t);
    return err;
}

/* ---- terms of words ---- */

static int find_word(struct look *l, const struct filter_term *t, struct str word)
{
    uint64_t columns = actlog_columns(t);
    struct str text = look_fold(l, word);
    int err = str_set(text) ? 0 : ERR_MEMORY;
    for (unsigned c = 0; !err && c < VALUE_COUNT; c++)
        if ((columns >> c & 1) && !actlog_binary((enum actlog_value)c))
            err = c == VALUE_REFERENCE ? look_prefix(l, VALUE_REFERENCE, text) : look_inside(l, (enum actlog_value)c, text);
    return err;
}

static int longer_first(const void *a, const void *b)
{
    size_t x = ((const struct str *)a)->n, y = ((const struct str *)b)->n;
    return (x < y) - (x > y);
}

/* Every word of the text, into `all`, which is full before. Long words first: most often they decide alone. */
static int find_text(struct look *l, const struct filter_term *t, struct str text, struct rowset *all)
{
    struct str words[ACTLOG_WORDS];
    struct rowset one, *out = l->set;
    size_t n = 0;
    int err = rowset_open(&one, all->rows, false);
    l->set = &one;
    while (!err && n < ACTLOG_WORDS && actlog_word(&text, &words[n]))
        n++;
    qsort(words, n, sizeof *words, longer_first);
    for (size_t i = 0; !err && i < n && rowset_next(all, 0, false) >= 0; i++) {
        rowset_clear(&one);
        err = find_word(l, t, words[i]);
        rowset_and(all, &one);
    }
    l->set = out;
    rowset_free(&one);
    return err;
}

static int find_words(struct look *l, const struct filter_term *t)
{
    int err = 0;
    for (unsigned i = 0; !err && i < t->n; i++) {
        struct rowset all;
        err = rowset_open(&all, l->set->rows, true);
        if (!err)
            err = find_text(l, t, t->values[i].text, &all);
        if (!err)
            rowset_or(l->set, &all);
        rowset_free(&all);
    }
    return err;
}

/* ---- terms on moments ---- */

/* The first row at or after the moment. */
static int row_at(struct block_reader *b, int64_t time, uint32_t *out)
{
    const struct segment *s = b->segment;
    uint32_t low = 0, high = s->nblocks;
    while (low < high) { /* the first block that begins at or after it */
        uint32_t middle = low + (high - low) / 2;
        if (s->blocks[middle].first < time)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t row = low ? (low - 1) * ACTLOG_BLOCK : 0, end = low ? row + segment_block_rows(s, low - 1) : 0;
    for (; row < end; row++) {
        struct str bytes;
        int err = block_reader_row(b, row, &bytes);
        if (err)
            return err;
        if (row_time((const uint8_t *)bytes.p) >= time)
            break;
    }
    *out = row;
    return 0;
}

static int add_range(struct block_reader *b, int64_t from, int64_t to, struct rowset *set)
{
    uint32_t first, end = set->rows;
    struct rowset range;
    if (from > to || to < b->segment->info.first_time || from > b->segment->info.last_time)
        return 0;
    int err = row_at(b, from, &first);
    if (!err && to < b->segment->info.last_time)
        err = row_at(b, to + 1, &end);
    if (!err)
        err = rowset_open(&range, set->rows, true);
    if (err)
        return err;
    rowset_keep(&range, first, end);
    rowset_or(set, &range);
    rowset_free(&range);
    return 0;
}

static int find_date(struct look *l, const struct filter_term *t)
{
    struct block_reader b;
    int err = 0;
    if (t->match == MATCH_SET) {
        rowset_not(l->set);
        return 0;
    }
    if (t->match != MATCH_EQ && t->match != MATCH_RANGE && t->match != MATCH_DIFFERS)
        return 0;
    block_reader_open(&b, l->segment, l->reader);
    for (unsigned i = 0; !err && i < t->n; i++)
        err = add_range(&b, t->values[i].from, t->match == MATCH_RANGE ? t->values[i].to : t->values[i].from, l->set);
    block_reader_close(&b);
    if (!err && t->match == MATCH_DIFFERS)
        rowset_not(l->set);
    return err;
}

/* Whether a moment of [first, last] could make the term true. */
static bool may_hold(const struct filter_term *t, int64_t first, int64_t last)
{
    bool may = t->match != MATCH_EQ && t->match != MATCH_RANGE;
    for (unsigned i = 0; !may && i < t->n; i++)
        may = t->values[i].from <= last && (t->match == MATCH_RANGE ? t->values[i].to : t->values[i].from) >= first;
    return may;
}

/* Whether every moment of [first, last] makes it true. */
static bool must_hold(const struct filter_term *t, int64_t first, int64_t last)
{
    bool must = t->match == MATCH_SET;
    for (unsigned i = 0; !must && t->match == MATCH_RANGE && i < t->n; i++)
        must = t->values[i].from <= first && t->values[i].to >= last;
    return must;
}

static int find_created(struct look *l, const struct filter_term *t)
{
    struct buf created = {0};
    const struct seg_info *s = &l->segment->info;
    if (!may_hold(t, s->first_created, s->last_created))
        return 0;
    if (must_hold(t, s->first_created, s->last_created)) {
        rowset_not(l->set);
        return 0;
    }
    int err = segment_read(l->segment, l->reader, &l->segment->created, &created);
    for (uint32_t i = 0; !err && i < l->set->rows; i++)
        if (actlog_test_time(t, (int64_t)le_get((const uint8_t *)created.p + 8 * (size_t)i, 8)))
            rowset_put(l->set, i);
    buf_free(&created);
    return err;
}

/* ---- ids: the column has six bytes of them, the rest is in the rows ---- */

static int check_ids(struct look *l, const struct wanted *w, const struct filter_term *t)
{
    struct filter_term positive = *t;
    const struct filter one = {&positive, 1};
    struct block_reader b;
    int err = 0;
    positive.negate = false;
    block_reader_open(&b, l->segment, l->reader);
    for (int64_t i = rowset_next(l->set, 0, false); !err && i >= 0; i = rowset_next(l->set, i + 1, false)) {
        struct str bytes;
        struct actlog_row row;
        err = block_reader_row(&b, (uint32_t)i, &bytes);
        if (!err)
            err = row_unpack((const uint8_t *)bytes.p, bytes.n, &row, w->objects, w->facts);
        if (!err && !actlog_matches(&one, &row))
            rowset_drop(l->set, (uint32_t)i);
    }
    block_reader_close(&b);
    return err;
}

static int find_ids(struct look *l, const struct wanted *w, const struct filter_term *t)
{
    int err = 0;
    if (t->match == MATCH_EQ)
        err = find_equal(l, VALUE_ID, t);
    else
        rowset_not(l->set);
    return err || t->match == MATCH_SET ? err : check_ids(l, w, t);
}

/* ---- a filter ---- */

static int find_term(struct look *l, const struct wanted *w, const struct filter_term *t)
{
    if (t->field == FIELD_ACTIVITY_DATE)
        return find_date(l, t);
    if (t->field == FIELD_ACTIVITY_CREATED)
        return find_created(l, t);
    if (actlog_of_words(t))
        return find_words(l, t);
    if (t->field == FIELD_ACTIVITY_ID)
        return find_ids(l, w, t);
    return find_values(l, t);
}

static int and_term(struct look *l, const struct wanted *w, const struct filter_term *t, struct rowset *set)
{
    struct rowset one;
    int err = rowset_open(&one, set->rows, false);
    l->set = &one;
    if (!err)
        err = find_term(l, w, t);
    if (!err && t->negate)
        rowset_not(&one);
    if (!err)
        rowset_and(set, &one);
    rowset_free(&one);
    return err;
}

static int find_filter(struct look *l, const struct wanted *w, struct rowset *set)
{
    const struct filter *f = w->filter;
    int err = 0;
    for (unsigned pass = 0; pass < 2; pass++) /* moments first: they are cheap */
        for (unsigned i = 0; !err && f && i < f->n; i++)
            if ((f->terms[i].field == FIELD_ACTIVITY_DATE) == (pass == 0) && rowset_next(set, 0, false) >= 0)
                err = and_term(l, w, &f->terms[i], set);
    return err;
}

/* ---- the view ---- */

/* Keeps rows whose number is in (after, upto]; of those in `only` if that is not NULL. */
static int keep_numbers(struct look *l, uint64_t after, uint64_t upto, const struct rowset *only, struct rowset *set)
{
    const struct seg_info *info = &l->segment->info;
    struct buf numbers = {0};
    if (after < info->first_number && upto >= info->last_number)
        return 0;
    int err = segment_read(l->segment, l->reader, &l->segment->numbers, &numbers);
    for (uint32_t i = 0; !err && i < set->rows; i++) {
        uint64_t number = le_get((const uint8_t *)numbers.p + 8 * (size_t)i, 8);
        if ((number <= after || number > upto) && (!only || rowset_has(only, i)))
            rowset_drop(set, i);
    }
    buf_free(&numbers);
    return err;
}

static int keep_shores(struct look *l, const struct actlog_view *v, struct rowset *set)
{
    const struct seg_info *info = &l->segment->info;
    struct rowset onprem;
    bool all = v->joined >= info->last_number, none = v->joined < info->first_number;
    if (all && v->cloud)
        return 0;
    int err = rowset_open(&onprem, set->rows, false);
    l->set = &onprem;
    if (!err)
        err = look_exact(l, VALUE_SHORE, STR("onprem"));
    if (!err && !all && !none)
        err = keep_numbers(l, 0, v->joined, &onprem, set);
    if (!err && !v->cloud)
        rowset_and(set, &onprem);
    if (!err && none) {
        rowset_not(&onprem);
        rowset_and(set, &onprem);
    }
    rowset_free(&onprem);
    return err;
}

static int keep_apps(struct look *l, const struct actlog_view *v, struct rowset *set)
{
    const uint32_t from = l->segment->column[VALUE_APP], end = l->segment->column[VALUE_APP + 1];
    struct rowset of;
    int err = rowset_open(&of, set->rows, false);
    struct filter_value values[256];
    struct filter_term t = {.field = FIELD_ACTIVITY_SERVICE, .match = MATCH_EQ, .values = values};
    l->set = &of;
    for (size_t i = 0; !err && from < end && i < v->napps; i += t.n) {
        for (t.n = 0; t.n < 256 && i + t.n < v->napps; t.n++)
            values[t.n] = (struct filter_value){.from = v->apps[i + t.n]};
        err = look_term(l, VALUE_APP, &t);
    }
    if (!err)
        rowset_and(set, &of);
    rowset_free(&of);
    return err;
}

static int keep_people(struct look *l, const struct wanted *w, struct rowset *set)
{
    struct buf actors = {0};
    int err = segment_read(l->segment, l->reader, &l->segment->actors, &actors);
    for (uint32_t i = 0; !err && i < set->rows; i++)
        if (!sees_person(w, (uint32_t)le_get((const uint8_t *)actors.p + 4 * (size_t)i, 4)))
            rowset_drop(set, i);
    buf_free(&actors);
    return err;
}

static int keep_view(struct look *l, const struct wanted *w, struct rowset *set)
{
    const struct actlog_view *v = w->view;
    int err = keep_numbers(l, w->after, w->upto, NULL, set);
    if (!err && v)
        err = keep_shores(l, v, set);
    if (!err && v && v->apps)
        err = keep_apps(l, v, set);
    if (!err && w->people && rowset_next(set, 0, false) >= 0)
        err = keep_people(l, w, set);
    return err;
}

int find_in_segment(const struct wanted *w, const struct segment *s, struct reader *r, struct rowset *set)
{
    struct look l;
    int err = rowset_open(set, s->info.rows, true);
    if (err)
        return err;
    look_open(&l, s, r);
    err = find_filter(&l, w, set);
    if (!err)
        err = keep_view(&l, w, set);
    look_close(&l);
    if (err)
        rowset_free(set);
    return err;
}

/* ---- the tail, row by row ---- */

static bool sees_row(const struct wanted *w, const struct tail_row *t)
{
    const struct actlog_view *v = w->view;
    uint64_t number = row_number(t->bytes);
    if (number <= w->after || number > w->upto)
        return false;
    if (!v)
        return true;
    return (t->cloud ? v->cloud : number <= v->joined) && sees_app(v, t->app) && sees_person(w, row_actor(t->bytes));
}

int find_in_tail(const struct wanted *w, const struct tail *t, uint32_t n, struct rowset *set)
{
    int err = rowset_open(set, n, false);
    for (uint32_t i = 0; !err && i < n; i++) {
        struct actlog_row row;
        if (!sees_row(w, &t->rows[i]))
            continue;
        if (w->filter && w->filter->n)
            err = row_unpack(t->rows[i].bytes, t->rows[i].n, &row, w->objects, w->facts);
        if (!err && (!w->filter || actlog_matches(w->filter, &row)))
            rowset_put(set, i);
    }
    if (err)
        rowset_free(set);
    return err;
}

/* ---- one id ---- */

int find_id(const struct segment *s, struct reader *r, const uint8_t id[16], uint32_t *row)
{
    struct look l;
    struct block_reader b;
    struct rowset set;
    bool found = false;
    if (!segment_may_have(s, id))
        return ERR_NOT_FOUND;
    int err = rowset_open(&set, s->info.rows, false);
    look_open(&l, s, r);
    l.set = &set;
    if (!err)
        err = look_exact(&l, VALUE_ID, (struct str){(const char *)id, 6});
    look_close(&l);
    block_reader_open(&b, s, r);
    for (int64_t i = err ? -1 : rowset_next(&set, 0, false); !err && !found && i >= 0; i = rowset_next(&set, i + 1, false)) {
        struct str bytes;
        err = block_reader_row(&b, (uint32_t)i, &bytes);
        found = !err && memcmp(row_id((const uint8_t *)bytes.p), id, 16) == 0;
        if (found)
            *row = (uint32_t)i;
    }
    block_reader_close(&b);
    rowset_free(&set);
    return err || found ? err : ERR_NOT_FOUND;
}
