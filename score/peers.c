/* score/peers.c - TF-IDF vectors, an inverted index, and the best cosines. */
#include "score/peers.h"

#include "base/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct index {
    struct peer_feature *by_user;    /* sorted by user, then feature; tf is the weight by then */
    uint32_t *user_at;               /* nusers + 1 */
    struct peer_feature *by_feature; /* the same, sorted by feature, then user */
    uint32_t *feature_at;            /* nfeatures + 1 */
    float *dot;                      /* per user, zero between users */
    uint32_t *touched;
    uint32_t nusers, nfeatures;
};

/* Stable counting sort by user or by feature; at[] gets the starts. */
static void sort_by(const struct peer_feature *in, size_t n, bool user, uint32_t *at, uint32_t keys, struct peer_feature *out)
{
    memset(at, 0, ((size_t)keys + 1) * sizeof *at);
    for (size_t i = 0; i < n; i++)
        at[(user ? in[i].user : in[i].feature) + 1]++;
    for (uint32_t k = 0; k < keys; k++)
        at[k + 1] += at[k];
    for (size_t i = 0; i < n; i++)
        out[at[user ? in[i].user : in[i].feature]++] = in[i];
    for (uint32_t k = keys; k > 0; k--)
        at[k] = at[k - 1];
    at[0] = 0;
}

/* Users who have any feature. */
static uint32_t count_active(struct index *x, const struct peer_feature *f, size_t n)
{
    uint32_t active = 0;
    for (size_t i = 0; i < n; i++) {
        active += x->user_at[f[i].user] == 0;
        x->user_at[f[i].user] = 1;
    }
    return active;
}

/* Does a feature of that many users say who resembles whom? */
static bool tells(uint32_t users)
{
    return users >= 2 && users <= PEERS_POSTINGS;
}

/* tf to weight. Most features are one user's and tell nothing: they go first, so that only what is left is numbered and
 * sorted. Returns how many are left. */
static size_t weigh(struct index *x, struct peer_feature *f, size_t n)
{
    uint32_t active = count_active(x, f, n), *df = x->feature_at, left = 0;
    float idf[PEERS_POSTINGS + 1];
    for (uint32_t i = 2; i <= PEERS_POSTINGS; i++)
        idf[i] = logf((float)(active + 1) / (float)i);
    for (size_t i = 0; i < n; i++)
        df[f[i].feature]++;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t users = df[f[i].feature];
        if (tells(users))
            f[kept++] = (struct peer_feature){f[i].user, f[i].feature, log1pf(f[i].tf) * idf[users]};
    }
    for (uint32_t i = 0; i < x->nfeatures; i++) { /* df becomes the new number */
        uint32_t users = df[i];
        df[i] = left;
        left += tells(users);
    }
    for (size_t i = 0; i < kept; i++)
        f[i].feature = df[f[i].feature];
    x->nfeatures = left;
    return kept;
}

/* Moves what is at least `least` to the front, whatever it is without a branch that nobody could guess; how many they are. */
static uint32_t to_front(float *w, uint32_t n, float least)
{
    uint32_t front = 0;
    for (uint32_t i = 0; i < n; i++) {
        float moved = w[i];
        w[i] = w[front];
        w[front] = moved;
        front += moved >= least;
    }
    return front;
}

/* The k-th largest of n weights, 1 <= k <= n; the k largest are in front afterwards. */
static float kth_largest(float *w, uint32_t n, uint32_t k)
{
    for (;;) {
        float pivot = w[n / 2];
        uint32_t above = to_front(w, n, nextafterf(pivot, INFINITY));
        if (k <= above) {
            n = above;
            continue;
        }
        uint32_t front = above + to_front(w + above, n - above, pivot);
        if (k <= front)
            return pivot;
        w += front;
        n -= front;
        k -= front;
    }
}

/* Keeps the weightiest features of one user (equals: lower number first), in their order. */
static uint32_t keep_heaviest(struct peer_feature *f, uint32_t n)
{
    enum { HELD = 2 * PEERS_FEATURES };
    if (n <= PEERS_FEATURES)
        return n;
    float best[HELD], least = -1;
    uint32_t held = 0;
    for (uint32_t i = 0; i < n; i++) {
        best[held] = f[i].tf;
        held += f[i].tf > least;
        if (held == HELD || (i == n - 1 && held > PEERS_FEATURES)) {
            least = kth_largest(best, held, PEERS_FEATURES);
            held = PEERS_FEATURES;
        }
    }
    uint32_t above = 0, kept = 0;
    for (uint32_t i = 0; i < n; i++)
        above += f[i].tf > least;
    uint32_t equal = PEERS_FEATURES - above;
    for (uint32_t i = 0; i < n; i++)
        if (f[i].tf > least || (f[i].tf == least && equal && equal--))
            f[kept++] = f[i];
    return kept;
}

static void normalise(struct peer_feature *f, uint32_t n)
{
    float sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += f[i].tf * f[i].tf;
    float w = sum > 0 ? 1 / sqrtf(sum) : 0;
    for (uint32_t i = 0; i < n; i++)
        f[i].tf *= w;
}

/* Each user's heaviest, normalised; returns how many are left, packed by user again */
static size_t trim(struct index *x)
{
    size_t n = 0;
    uint32_t from = 0;
    for (uint32_t u = 0; u < x->nusers; u++) {
        uint32_t to = x->user_at[u + 1], kept = keep_heaviest(x->by_user + from, to - from);
        memmove(x->by_user + n, x->by_user + from, kept * sizeof *x->by_user);
        normalise(x->by_user + n, kept);
        x->user_at[u] = (uint32_t)n;
        n += kept;
        from = to;
    }
    x->user_at[x->nusers] = (uint32_t)n;
    return n;
}

/* Nearest first, equals by number, in whatever order they come. */
static void insert_peer(struct profile *p, uint32_t user, float cosine)
{
    unsigned at = p->npeers;
    while (at > 0 && (p->peers[at - 1].weight < cosine || (p->peers[at - 1].weight == cosine && p->peers[at - 1].user > user)))
        at--;
    if (at >= PEERS)
        return;
    if (p->npeers < PEERS)
        p->npeers++;
    memmove(p->peers + at + 1, p->peers + at, (p->npeers - at - 1u) * sizeof *p->peers);
    p->peers[at] = (struct peer){user, cosine};
}

static void nearest(struct index *x, uint32_t user, struct profile *p)
{
    uint32_t n = 0;
    for (uint32_t i = x->user_at[user]; i < x->user_at[user + 1]; i++) {
        const struct peer_feature *f = &x->by_user[i];
        for (uint32_t j = x->feature_at[f->feature]; j < x->feature_at[f->feature + 1]; j++) {
            uint32_t other = x->by_feature[j].user;
            if (x->dot[other] <= 0)
                x->touched[n++] = other;
            x->dot[other] += f->tf * x->by_feature[j].tf;
        }
    }
    p->npeers = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t other = x->touched[i];
        if (other != user)
            insert_peer(p, other, x->dot[other]);
        x->dot[other] = 0;
    }
}

static void compute(struct model *m, struct index *x, struct peer_feature *features, size_t n)
{
    n = weigh(x, features, n);
    sort_by(features, n, false, x->feature_at, x->nfeatures, x->by_feature);
    sort_by(x->by_feature, n, true, x->user_at, x->nusers, x->by_user);
    n = trim(x);
    sort_by(x->by_user, n, false, x->feature_at, x->nfeatures, x->by_feature);
    for (uint32_t u = 0; u < x->nusers; u++)
        nearest(x, u, &m->users[u]);
}

int peers_compute(struct model *m, struct peer_feature *features, size_t n, uint32_t nfeatures)
{
    struct index x = {.nusers = m->nusers, .nfeatures = nfeatures};
    x.by_user = calloc(n + 1, sizeof *x.by_user);
    x.by_feature = calloc(n + 1, sizeof *x.by_feature);
    x.user_at = calloc((size_t)x.nusers + 1, sizeof *x.user_at);
    x.feature_at = calloc((size_t)nfeatures + 1, sizeof *x.feature_at);
    x.dot = calloc((size_t)x.nusers + 1, sizeof *x.dot);
    x.touched = calloc((size_t)x.nusers + 1, sizeof *x.touched);
    bool ok = x.by_user && x.by_feature && x.user_at && x.feature_at && x.dot && x.touched;
    if (ok)
        compute(m, &x, features, n);
    free(x.by_user);
    free(x.by_feature);
    free(x.user_at);
    free(x.feature_at);
    free(x.dot);
    free(x.touched);
    return ok ? 0 : ERR_MEMORY;
}
