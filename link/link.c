/* link/link.c - prerequisites and steps of the link. */
#include "link/link.h"

#include "store/tab_settings.h"

struct str link_state_text(enum link_state s)
{
    static const char *const texts[] = {"off", "connecting", "on", "disconnecting"};
    return str_of(texts[s]);
}

/* ---- licences ---- */

struct look {
    const struct licence_keys *keys;
    struct arena *arena;
    struct str domain_sid;
    int64_t now;
    struct licensing *out;
};

static int look_at(void *owner, const struct stored_licence *stored)
{
    struct look *k = owner;
    struct licence l;
    const char *why;
    int err = licence_read(k->keys, str_dup(k->arena, stored->text), k->arena, &l, &why);
    if (err == ERR_MEMORY)
        return err;
    if (!err)
        why = licence_refused(&l, k->domain_sid, k->now);
    if (!err && !why && l.product == PRODUCT_HUB)
        k->out->hub = true;
    if (!err && l.product == PRODUCT_ATP) {
        if (why)
            k->out->atp_why = str_of(why);
        else
            k->out->atp_expires = l.expires;
        k->out->atp = k->out->atp || !why;
    }
    return 0;
}

int link_licensing(struct db *db, const struct licence_keys *keys, int64_t now, struct arena *a, struct licensing *out)
{
    struct licensing found = {.atp_why = STR("no Identity protection (ATP) licence is installed"), .atp_expires = TIME_NONE};
    struct look k = {.keys = keys, .arena = a, .now = now, .out = &found};
    int err = tab_settings_get(db, a, LINK_DOMAIN_SID, &k.domain_sid);
    if (!err)
        err = tab_link_licences(db, look_at, &k);
    if (!err)
        *out = found;
    return err;
}

void link_view(const struct stored_link *l, const struct licensing *may, bool *cloud, uint64_t *joined)
{
    *cloud = may->hub;
    if (!may->hub)
        *joined = may->atp ? UINT64_MAX : 0;
    else
        *joined = l->joined;
}

bool link_shows_identity(const struct stored_link *l, const struct licensing *may)
{
    return may->hub ? l->state == LINK_ON || l->state == LINK_CONNECTING : may->atp;
}

void link_prerequisites(const struct licensing *may, bool role_may_link, struct prerequisite out[LINK_PREREQUISITES])
{
    out[0] = (struct prerequisite){"role", role_may_link, STR("You are a Global administrator"),
                                   STR("Ask a Global administrator to connect identity protection: no other role can switch it.")};
    out[1] = (struct prerequisite){"licence", may->atp, may->atp ? STR("A valid Identity protection (ATP) licence names this Active Directory domain") : may->atp_why,
                                   STR("Install an atp licence for this domain under Settings > System > Licences. "
                                       "`vigie licence issue --product atp --domain-sid SID` makes one with your own key.")};
}

/* ---- steps ---- */

struct link_at {
    struct arena arena;
    struct stored_link l;
};

static int begin(struct db *db, struct link_at *at)
{
    arena_init(&at->arena, 512, 65536);
    int err = db_begin(db);
    if (err)
        return err;
    err = tab_link_get(db, &at->arena, &at->l);
    return err ? db_end(db, err) : 0;
}

static int finish(struct db *db, struct link_at *at, bool write)
{
    int err = db_end(db, write ? tab_link_put(db, &at->l) : 0);
    arena_free(&at->arena);
    return err;
}

int link_want(struct db *db, bool connected, struct str by, int64_t now, bool *changed)
{
    struct link_at at;
    int err = begin(db, &at);
    if (err) {
        arena_free(&at.arena);
        return err;
    }
    bool is = at.l.state == LINK_CONNECTING || at.l.state == LINK_ON;
    bool change = is != connected;
    if (change) {
        at.l.state = connected ? LINK_CONNECTING : LINK_DISCONNECTING;
        at.l.since = now;
        at.l.by = by;
    }
    err = finish(db, &at, change);
    if (!err)
        *changed = change;
    return err;
}

int link_joined(struct db *db, uint64_t number)
{
    struct link_at at;
    int err = begin(db, &at);
    if (err) {
        arena_free(&at.arena);
        return err;
    }
    bool forward = (at.l.state == LINK_CONNECTING || at.l.state == LINK_ON) && number > at.l.joined;
    if (forward)
        at.l.joined = number;
    return finish(db, &at, forward);
}

int link_settled(struct db *db, int64_t now)
{
    struct link_at at;
    int err = begin(db, &at);
    if (err) {
        arena_free(&at.arena);
        return err;
    }
    bool moving = at.l.state == LINK_CONNECTING || at.l.state == LINK_DISCONNECTING;
    if (moving) {
        at.l.state = at.l.state == LINK_CONNECTING ? LINK_ON : LINK_OFF;
        at.l.since = now;
    }
    return finish(db, &at, moving);
}
