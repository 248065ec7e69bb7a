/* score/model.c - decayed counts of values, and what they say of the next one. */
#include "score/model.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/utf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CELLS = 1024, FIRST_VALUES = 256, FADED = 512 };

static uint64_t cell_key(uint32_t user, uint32_t value)
{
    return (uint64_t)user << 32 | value;
}

/* where a key's search starts, in a table of any size */
static uint64_t cell_home(uint64_t key, uint64_t room)
{
    __extension__ typedef unsigned __int128 u128;
    return (uint64_t)(((u128)hash_mix(key, 0x5851f42d4c957f2du) * room) >> 64);
}

int model_open(struct model *m, uint32_t max_values, uint64_t max_cells)
{
    *m = (struct model){.max_values = max_values, .max_cells = max_cells, .cell_room = FIRST_CELLS, .room = FIRST_VALUES};
    m->cells = calloc(m->cell_room, sizeof *m->cells);
    m->values = calloc(m->room, sizeof *m->values);
    m->slot_mask = 2 * FIRST_VALUES - 1;
    m->slots = calloc((size_t)m->slot_mask + 1, sizeof *m->slots);
    for (int i = 0; i < FADED; i++)
        m->fade[i] = exp2f(-(float)i / HALF_LIFE);
    if (m->cells && m->values && m->slots)
        return 0;
    model_close(m);
    return ERR_MEMORY;
}

void model_close(struct model *m)
{
    for (uint32_t i = 1; m->values && i <= m->nvalues; i++)
        free(m->values[i].text);
    for (unsigned r = 0; r < ROWS; r++)
        free(m->rows[r]);
    free(m->values);
    free(m->slots);
    free(m->cells);
    free(m->users);
    *m = (struct model){0};
}

float model_weight(const struct model *m, uint16_t last)
{
    unsigned age = (unsigned)m->day - last; /* nothing is of a later day */
    return age < FADED ? m->fade[age] : 0;
}

void model_day(struct model *m, uint16_t day)
{
    if (day <= m->day)
        return;
    uint16_t before = m->day;
    m->day = day;
    float w = model_weight(m, before);
    for (int i = 0; i < DIM_ALL; i++)
        m->total[i] *= w;
    for (int i = 0; i < 48; i++)
        m->hours[i] *= w;
    for (int i = 0; i < 7; i++)
        m->weekdays[i] *= w;
    m->nhours *= w;
}

/* Pages that no user of a row stands in cost nothing: zeroed memory, not grown. */
static bool widen_rows(struct model *m, uint32_t room)
{
    for (unsigned r = 1; r < ROWS; r++) {
        if (!m->rows[r])
            continue;
        struct cell *wide = calloc(room, sizeof *wide);
        if (!wide)
            return false;
        memcpy(wide, m->rows[r], m->user_room * sizeof *wide);
        free(m->rows[r]);
        m->rows[r] = wide;
        m->moves++;
    }
    return true;
}

int model_user(struct model *m, uint32_t user)
{
    if (user < m->nusers)
        return 0;
    if (user >= m->user_room) {
        uint32_t room = m->user_room ? m->user_room : 64;
        while (room <= user)
            room += room / 2;
        struct profile *p = realloc(m->users, room * sizeof *p);
        if (p)
            m->users = p;
        if (!p || !widen_rows(m, room))
            return ERR_MEMORY;
        m->user_room = room;
    }
    memset(m->users + m->nusers, 0, (user + 1 - m->nusers) * sizeof *m->users);
    m->nusers = user + 1;
    return 0;
}

void model_touch(struct model *m, uint32_t user)
{
    struct profile *p = &m->users[user];
    if (p->last == m->day)
        return;
    float w = model_weight(m, p->last);
    for (int i = 0; i < DIM_COUNT; i++) {
        p->n[i] *= w;
        p->types[i] *= w;
        p->known[i] *= w;
        p->known_types[i] *= w;
    }
    for (int i = 0; i < 48; i++)
        p->hours[i] *= w;
    p->nhours *= w;
    p->last = m->day;
}

/* ---- the organisation's values ---- */

static uint32_t *value_slot(const struct model *m, uint64_t hash)
{
    uint32_t s = (uint32_t)(hash >> 32) & m->slot_mask;
    while (m->slots[s] && m->values[m->slots[s]].hash != hash)
        s = (s + 1) & m->slot_mask;
    return &m->slots[s];
}

static void fill_slots(struct model *m)
{
    memset(m->slots, 0, ((size_t)m->slot_mask + 1) * sizeof *m->slots);
    for (uint32_t i = 1; i <= m->nvalues; i++)
        if (m->values[i].hash)
            *value_slot(m, m->values[i].hash) = i;
}

static bool grow_values(struct model *m)
{
    uint32_t room = m->room * 2, mask = m->slot_mask * 2 + 1;
    struct value *v = realloc(m->values, room * sizeof *v);
    if (v)
        m->values = v;
    uint32_t *s = realloc(m->slots, ((size_t)mask + 1) * sizeof *s);
    if (s)
        m->slots = s;
    if (!v || !s)
        return false;
    m->room = room;
    m->slot_mask = mask;
    fill_slots(m);
    return true;
}

typedef bool keeps(const struct model *m, const struct cell *c, uint16_t limit);

/* Drops the cells of the table that `keep` refuses and closes the gaps by filling it anew. Returns how many went. */
static uint64_t refill_table(struct model *m, keeps *keep, uint16_t limit)
{
    uint64_t n = 0, all = m->ncells - m->nrowed;
    m->moves++;
    for (uint64_t i = 0; i < m->cell_room; i++) {
        struct cell c = m->cells[i];
        m->cells[i].key = 0;
        if (c.key && keep(m, &c, limit))
            m->cells[n++] = c;
    }
    struct cell *kept = malloc((n + 1) * sizeof *kept);
    if (kept)
        memcpy(kept, m->cells, n * sizeof *kept);
    memset(m->cells, 0, n * sizeof *m->cells);
    n = kept ? n : 0; /* without room to put them aside everything is forgotten, but memory stays whole */
    m->ncells = m->nrowed + n;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t s = cell_home(kept[i].key, m->cell_room);
        while (m->cells[s].key)
            s = s + 1 < m->cell_room ? s + 1 : 0;
        m->cells[s] = kept[i];
    }
    free(kept);
    return all - n;
}

/* Forgets the cells that `keep` refuses. */
static void forget_but(struct model *m, keeps *keep, uint16_t limit)
{
    struct walk w = {.row = 1};
    for (struct cell *c; (c = model_each(m, &w)) != NULL;) {
        if (keep(m, c, limit))
            continue;
        *c = (struct cell){0};
        m->nrowed--;
        m->ncells--;
        m->forgot++;
    }
    m->forgot += refill_table(m, keep, limit);
}

static bool seen_since(const struct model *m, const struct cell *c, uint16_t limit)
{
    (void)m;
    return c->last >= limit;
}

/* of the cells of the limit's own day, three in four stay: a flood of one day cannot empty the table */
static bool seen_after(const struct model *m, const struct cell *c, uint16_t limit)
{
    (void)m;
    return c->last > limit || (c->last == limit && (hash_mix(c->key, 0x2545f4914f6cdd1du) & 3) != 0);
}

static bool has_value(const struct model *m, const struct cell *c, uint16_t limit)
{
    (void)limit;
    return m->values[(uint32_t)c->key].hash != 0;
}

static bool has_no_row(const struct model *m, const struct cell *c, uint16_t limit)
{
    (void)limit;
    return !m->values[(uint32_t)c->key].row;
}

/* Of a value that is forgotten: its cells with it. */
static void drop_row(struct model *m, struct value *v)
{
    struct cell *row = m->rows[v->row];
    for (uint32_t u = 0; row && u < m->user_room; u++)
        if (row[u].key) {
            m->nrowed--;
            m->ncells--;
            m->forgot++;
        }
    free(row);
    m->rows[v->row] = NULL;
}

/* The day in which the oldest quarter of what the histogram counts ends. */
static uint16_t old_quarter(const uint64_t days[65536], uint64_t all)
{
    uint64_t sum = 0;
    uint32_t d = 0;
    while (d < 65535 && (sum += days[d]) < all / 4)
        d++;
    return (uint16_t)d;
}

static void forget_values(struct model *m)
{
    uint64_t *days = calloc(65536, sizeof *days);
    uint64_t all = 0;
    for (uint32_t i = 1; days && i <= m->nvalues; i++)
        if (m->values[i].hash) {
            days[m->values[i].last]++;
            all++;
        }
    uint16_t limit = days ? old_quarter(days, all) : 65535;
    free(days);
    uint64_t most = all / 4 + 1; /* of one day's values only this many go */
    for (uint32_t i = 1; i <= m->nvalues && most; i++) {
        struct value *v = &m->values[i];
        if (!v->hash || v->last > limit)
            continue;
        m->distinct[v->dim]--;
        free(v->text);
        drop_row(m, v);
        *v = (struct value){.users = m->free_value};
        m->free_value = i;
        most--;
    }
    fill_slots(m);
    forget_but(m, has_value, 0);
}

static uint32_t new_value(struct model *m, enum dim dim, struct str text, uint64_t hash)
{
    if (!m->free_value && m->nvalues >= m->max_values)
        forget_values(m);
    if (!m->free_value && m->nvalues + 1 >= m->room && !grow_values(m))
        return 0;
    text = utf_cut(text, VALUE_TEXT);
    char *copy = malloc(text.n + 1);
    if (!copy)
        return 0;
    if (text.n)
        memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    uint32_t i = m->free_value;
    if (i)
        m->free_value = m->values[i].users;
    else
        i = ++m->nvalues;
    m->values[i] = (struct value){.hash = hash, .text = copy, .dim = (uint8_t)dim, .last = m->day};
    *value_slot(m, hash) = i;
    m->distinct[dim]++;
    return i;
}

uint64_t model_hash(const struct model *m, enum dim dim, struct str key)
{
    uint64_t hash = hash_stri(key, 0x9d39247e33776d41u + dim);
    hash += hash == 0;
    __builtin_prefetch(&m->slots[(uint32_t)(hash >> 32) & m->slot_mask]);
    return hash;
}

void model_prefetch_value(const struct model *m, uint64_t hash)
{
    __builtin_prefetch(&m->values[m->slots[(uint32_t)(hash >> 32) & m->slot_mask]]);
}

uint32_t model_value_hashed(struct model *m, enum dim dim, uint64_t hash, struct str text)
{
    uint32_t i = *value_slot(m, hash);
    return i ? i : new_value(m, dim, text, hash);
}

uint32_t model_rate(struct model *m, uint32_t kind, struct str text)
{
    uint64_t hash = hash_mix(m->values[kind].hash, DIM_RATE);
    return model_value_hashed(m, DIM_RATE, hash + (hash == 0), text);
}

/* ---- cells ---- */

static uint32_t holder(uint32_t user)
{
    return UINT32_C(1) << (user & 31);
}

/* The cell of a key, searched for from its home `s`; where it would be when there is none. */
static struct cell *seek(const struct model *m, uint64_t key, uint64_t s)
{
    while (m->cells[s].key && m->cells[s].key != key)
        s = s + 1 < m->cell_room ? s + 1 : 0;
    return &m->cells[s];
}

static struct cell *cell_at(const struct model *m, uint64_t key)
{
    struct cell *row = m->rows[m->values[(uint32_t)key].row];
    return row ? &row[key >> 32] : seek(m, key, cell_home(key, m->cell_room));
}

struct cell *model_find(const struct model *m, uint32_t user, uint32_t value)
{
    struct cell *c = cell_at(m, cell_key(user, value));
    return c->key ? c : NULL;
}

void model_prefetch(const struct model *m, uint32_t user, uint32_t value)
{
    const struct cell *row = m->rows[m->values[value].row];
    __builtin_prefetch(row ? &row[user] : &m->cells[cell_home(cell_key(user, value), m->cell_room)]);
}

struct cell *model_each(const struct model *m, struct walk *w)
{
    for (; w->row < ROWS; w->row++, w->at = 0) {
        struct cell *all = w->row ? m->rows[w->row] : m->cells;
        uint64_t n = !all ? 0 : w->row ? m->user_room : m->cell_room;
        while (w->at < n)
            if (all[w->at++].key)
                return &all[w->at - 1];
    }
    return NULL;
}

static void forget_cells(struct model *m)
{
    uint64_t *days = calloc(65536, sizeof *days);
    struct walk w = {0};
    for (const struct cell *c; days && (c = model_each(m, &w)) != NULL;)
        days[c->last]++;
    uint16_t limit = days ? old_quarter(days, m->ncells) : 65535;
    free(days);
    forget_but(m, seen_after, limit);
}

/* Room for one more in the table. */
static bool make_room(struct model *m)
{
    if (m->ncells - m->nrowed + 1 <= m->cell_room - m->cell_room / 5)
        return true;
    uint64_t room = m->cell_room + m->cell_room / 4;
    struct cell *all = calloc(room, sizeof *all);
    if (!all)
        return false;
    for (uint64_t i = 0; i < m->cell_room; i++) {
        if (!m->cells[i].key)
            continue;
        uint64_t s = cell_home(m->cells[i].key, room);
        while (all[s].key)
            s = s + 1 < room ? s + 1 : 0;
        all[s] = m->cells[i];
    }
    free(m->cells);
    m->cells = all;
    m->cell_room = room;
    m->moves++;
    return true;
}

struct cell *model_cell(struct model *m, uint32_t user, uint32_t value)
{
    uint64_t key = cell_key(user, value);
    struct cell *c = cell_at(m, key);
    if (c->key)
        return c;
    if (m->ncells >= m->max_cells)
        forget_cells(m);
    bool rowed = m->values[value].row;
    if (!rowed && !make_room(m))
        return NULL;
    c = cell_at(m, key);
    *c = (struct cell){.key = key, .last = m->day, .first = m->day};
    m->ncells++;
    m->nrowed += rowed;
    m->values[value].users++;
    m->values[value].holders |= holder(user);
    return c;
}

float model_count(const struct model *m, uint32_t user, uint32_t value)
{
    const struct cell *c = model_find(m, user, value);
    return c ? c->n * model_weight(m, c->last) : 0;
}

/* ---- estimates ---- */

/* What the user has of it: a value learned in the last MEMORY days never counts less than once. */
static float own_count(const struct model *m, const struct cell *c)
{
    float n = c->n * model_weight(m, c->last);
    n = n > MODEL_SEEN ? n : MODEL_SEEN;
    return c->n <= 0 || c->last + MEMORY < m->day ? 0 : n;
}

static float org_frequency(const struct model *m, const struct value *v)
{
    return (v->n * model_weight(m, v->last) + MODEL_A0) / (m->total[v->dim] + MODEL_A0 * (m->distinct[v->dim] + 1));
}

/* What is asked of the peers is on its way before the first of it is read. False when none of them has the value. */
static bool call_peers(const struct model *m, const struct profile *u, uint32_t value, uint64_t home[PEERS])
{
    uint32_t holders = m->values[value].holders;
    const struct cell *row = m->rows[m->values[value].row];
    bool any = row != NULL;
    for (unsigned i = 0; i < u->npeers; i++) {
        uint32_t user = u->peers[i].user;
        __builtin_prefetch(&m->users[user]);
        if (row) {
            __builtin_prefetch(&row[user]);
        } else if (holders & holder(user)) {
            home[i] = cell_home(cell_key(user, value), m->cell_room);
            __builtin_prefetch(&m->cells[home[i]]);
            any = true;
        }
    }
    return any;
}

/* Below 0 when no peer has anything of the dimension. */
static float peer_frequency(const struct model *m, const struct profile *u, uint32_t value, unsigned dim)
{
    uint64_t home[PEERS];
    uint32_t holders = m->values[value].holders;
    const struct cell *row = m->rows[m->values[value].row];
    bool any = call_peers(m, u, value, home);
    float sum = 0, weight = 0;
    for (unsigned i = 0; i < u->npeers && (any || weight <= 0); i++) {
        const struct peer *v = &u->peers[i];
        const struct profile *p = &m->users[v->user];
        float total = p->n[dim] * model_weight(m, p->last);
        if (total <= 0)
            continue;
        weight += v->weight;
        if (!row && !(holders & holder(v->user)))
            continue;
        const struct cell *c = row ? &row[v->user] : seek(m, cell_key(v->user, value), home[i]);
        if (c->key)
            sum += v->weight * own_count(m, c) / total;
    }
    return weight > 0 ? sum / weight : -1;
}

static float p_peer(struct model *m, const struct profile *u, uint32_t value, float p_org)
{
    float f = peer_frequency(m, u, value, m->values[value].dim);
    return f < 0 ? p_org : (MODEL_K * f + MODEL_B * p_org) / (MODEL_K + MODEL_B);
}

struct view model_view(struct model *m, uint32_t user, uint32_t value, struct cell *c, bool met)
{
    const struct profile *u = &m->users[user];
    const struct value *v = &m->values[value];
    struct view w;
    w.p_org = org_frequency(m, v);
    if (c && c->cache_day == m->day && c->cache > 0) {
        w.p_peer = c->cache;
    } else {
        w.p_peer = p_peer(m, u, value, w.p_org);
        if (c) {
            c->cache = w.p_peer;
            c->cache_day = m->day;
        }
    }
    float own = c ? own_count(m, c) : 0;
    if (met && own < MODEL_SEEN)
        own = MODEL_SEEN;
    own = own > MODEL_D ? own - MODEL_D : 0;
    w.p_user = (own + (MODEL_T + MODEL_D * u->types[v->dim]) * w.p_peer) / (MODEL_T + u->n[v->dim]);
    /* logarithms only where they say something: most values are usual */
    w.evidence = w.p_org > w.p_user ? log2f(w.p_org / w.p_user) : 0;
    w.rarity = w.p_peer < exp2f(-MODEL_RARE) ? -log2f(w.p_peer) - MODEL_RARE : 0;
    return w;
}

/* ---- learning ---- */

/* Has the held-back value now been seen on enough days within the span? */
static bool gate_opens(const struct model *m, struct cell *c)
{
    unsigned start = c->gate >> 2, days = c->gate & 3u;
    uint16_t today = m->day & 0x3fff;
    unsigned age = (unsigned)(today - start) & 0x3fff;
    if (!days || age >= GATE_SPAN) {
        c->gate = (uint16_t)(today << 2 | 1);
        return false;
    }
    if (c->last != m->day)
        days++;
    c->gate = days >= GATE_DAYS ? 0 : (uint16_t)(start << 2 | days);
    return days >= GATE_DAYS;
}

static void learn_org(struct model *m, uint32_t user, struct value *v)
{
    float add = 1, all = m->total[v->dim], limit = MODEL_SHARE;
    if (m->nusers < 40)
        limit = 2.0f / (float)(m->nusers ? m->nusers : 1);
    if (v->dim < DIM_COUNT && all > 100 && m->users[user].n[v->dim] > limit * all)
        add = limit * all / m->users[user].n[v->dim];
    v->n = v->n * model_weight(m, v->last) + add;
    v->last = m->day;
    m->total[v->dim] += add;
}

void model_learn_in(struct model *m, struct cell *c, bool held)
{
    uint32_t user = (uint32_t)(c->key >> 32);
    struct value *v = &m->values[(uint32_t)c->key];
    learn_org(m, user, v);
    if (c->last + RECENT < m->day)
        v->users++;
    if (c->last + MEMORY < m->day)
        c->first = m->day;
    float w = model_weight(m, c->last), add = 1;
    if (held)
        add = gate_opens(m, c) ? GATE_DAYS : 0;
    float before = c->n * w;
    c->n = before + add;
    c->known *= w;
    c->last = m->day;
    if (v->dim >= DIM_COUNT)
        return;
    struct profile *u = &m->users[user];
    u->n[v->dim] += add;
    if (add > 0 && before < MODEL_D)
        u->types[v->dim] += 1 - before / MODEL_D;
}

struct cell *model_learn(struct model *m, uint32_t user, uint32_t value, bool held)
{
    struct cell *c = model_cell(m, user, value);
    if (c)
        model_learn_in(m, c, held);
    return c;
}

bool model_today(struct cell *c)
{
    bool first = c->today == 0;
    c->today = (uint16_t)(c->today < UINT16_MAX ? c->today + 1 : UINT16_MAX);
    return first;
}

double model_ratio(const struct model *m, uint32_t user, uint32_t value)
{
    const struct profile *u = &m->users[user];
    const struct value *v = &m->values[value];
    const struct cell *c = model_find(m, user, value);
    if (!c || c->last != m->day)
        return 0;
    float p_org = org_frequency(m, v), own = c->known > MODEL_KNOWN_D ? c->known - MODEL_KNOWN_D : 0;
    float p_known = (own + (MODEL_T + MODEL_KNOWN_D * u->known_types[v->dim]) * p_org) / (MODEL_T + u->known[v->dim]);
    return c->today * (double)log2f(p_org / p_known);
}

/* Has a new value been held back on enough days? Days very unlike the user count a third. */
static bool hold_opens(const struct model *m, struct cell *c, enum held held)
{
    unsigned start = c->hold >> 4, thirds = c->hold & 15u, today = m->day & 0xfff;
    if (!thirds || ((today - start) & 0xfff) >= HOLD_SPAN) {
        start = today;
        thirds = 0;
    }
    thirds += held == HELD_FAR ? 1 : 3;
    bool open = thirds >= 3 * GATE_DAYS;
    c->hold = open ? 0 : (uint16_t)(start << 4 | thirds);
    return open;
}

void model_know(struct model *m, uint32_t user, uint32_t value, enum held held)
{
    struct cell *c = model_find(m, user, value);
    if (!c || !c->today)
        return;
    float before = c->known, add = c->today;
    c->today = 0;
    if (held != HELD_NOT && before < MODEL_D && !hold_opens(m, c, held))
        return;
    struct profile *u = &m->users[user];
    unsigned dim = m->values[value].dim;
    c->known = before + add;
    u->known[dim] += add;
    if (before < MODEL_D)
        u->known_types[dim] += 1 - before / MODEL_D;
}

uint32_t model_peers_with(const struct model *m, uint32_t user, uint32_t value)
{
    const struct profile *u = &m->users[user];
    uint32_t n = 0;
    for (unsigned i = 0; i < u->npeers; i++) {
        uint32_t peer = u->peers[i].user;
        const struct cell *c = m->values[value].holders & holder(peer) ? model_find(m, peer, value) : NULL;
        n += c && c->last + RECENT >= m->day;
    }
    return n;
}

/* ---- rows ---- */

/* The table still has the cells afterwards. False when there is no room: they are good where they are. */
static bool make_row(struct model *m, uint32_t value)
{
    uint8_t r = 1;
    while (r && m->rows[r])
        r++; /* 0 when all are taken */
    struct cell *row = r ? calloc(m->user_room, sizeof *row) : NULL;
    if (!row)
        return false;
    for (uint32_t u = 0; u < m->nusers; u++) {
        const struct cell *c = model_find(m, u, value);
        if (!c)
            continue;
        row[u] = *c;
        m->nrowed++;
    }
    m->rows[r] = row;
    m->values[value].row = r;
    return true;
}

/* The cells go back into the table. */
static void end_row(struct model *m, uint32_t value)
{
    uint8_t r = m->values[value].row;
    struct cell *row = m->rows[r];
    m->rows[r] = NULL;
    m->values[value].row = 0;
    m->moves++;
    for (uint32_t u = 0; u < m->user_room; u++) {
        if (!row[u].key)
            continue;
        m->nrowed--;
        m->ncells--;
        if (!make_room(m)) {
            m->forgot++;
            continue;
        }
        *cell_at(m, row[u].key) = row[u];
        m->ncells++;
    }
    free(row);
}

static void choose_rows(struct model *m)
{
    uint32_t most = m->nusers - m->nusers / 4, half = m->nusers / 2;
    bool made = false;
    for (uint32_t i = 1; i <= m->nvalues; i++)
        if (m->values[i].row && m->values[i].users < half)
            end_row(m, i);
    for (uint32_t i = 1; i <= m->nvalues && m->nusers >= ROW_USERS; i++)
        if (m->values[i].hash && !m->values[i].row && m->values[i].users >= most)
            made |= make_row(m, i);
    if (made)
        (void)refill_table(m, has_no_row, 0);
}

void model_recount(struct model *m)
{
    for (uint32_t i = 1; i <= m->nvalues; i++)
        if (m->values[i].hash)
            m->values[i].users = m->values[i].holders = 0;
    uint64_t old = 0;
    struct walk w = {0};
    for (const struct cell *c; (c = model_each(m, &w)) != NULL;) {
        struct value *v = &m->values[(uint32_t)c->key];
        v->users += c->last + RECENT >= m->day;
        v->holders |= holder((uint32_t)(c->key >> 32));
        old += c->last + MEMORY < m->day;
    }
    if (old > m->ncells / 8)
        forget_but(m, seen_since, m->day > MEMORY ? (uint16_t)(m->day - MEMORY) : 0);
    choose_rows(m);
}
