/* app/hub_alerts.c - an alert of the detections as the queue keeps it: parties with names, the app, the evidence. */
#include "app/hub_private.h"

#include "base/hash.h"
#include "base/table.h"
#include "detect/engine.h"
#include "model/app.h"
#include "policy/suppress.h"

#include <stdlib.h>

/* No detection learns for longer. */
#define LEARNING (35 * TIME_DAY)

/* What the first activity behind an alert adds: its app, its country. */
struct behind {
    char app[64], country[8];
    uint32_t service;
};

static void look_behind(struct hub *h, const struct alert *al, struct behind *b)
{
    struct actlog_row row;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
    const struct actlog_view all = {.cloud = true, .joined = UINT64_MAX};
    uint8_t *flat = malloc(ACTIVITY_PACKED_MAX);
    *b = (struct behind){.service = 0};
    if (flat && al->nevidence && actlog_get(h->log, &all, al->evidence[0].id, flat, objects, facts, &row) == 0) {
        (void)snprintf(b->app, sizeof b->app, "%.*s", STR_ARG(row.activity.app));
        (void)snprintf(b->country, sizeof b->country, "%.*s", STR_ARG(row.activity.location.country));
        b->service = app_number(row.activity.app);
    }
    free(flat);
}

static void party(struct jout *j, const char *type, struct str id, struct str label, const char *role)
{
    jout_obj(j);
    jout_kz(j, "type", type);
    jout_kstr(j, "id", id);
    jout_kstr(j, "label", str_set(label) ? label : id);
    jout_kz(j, "role", role);
}

static void entity_party(struct jout *j, const struct dir *dir, uint32_t number, struct str seen, const char *role)
{
    const struct entity *e = dir_entity(dir, number);
    const char *type = !e || e->type == ENTITY_COMPUTER ? "device" : e->type == ENTITY_GROUP ? "group" : "account";
    party(j, type, e ? e->id : seen, e ? e->name : seen, role);
    if (e) {
        jout_kstr(j, "entity", e->id);
        jout_kstr(j, "pa", e->upn);
        jout_kstr(j, "em", e->mail);
    }
}

static void end_of_alert(struct jout *j, const struct dir *dir, const struct endpoint *p, const char *role, int64_t time)
{
    if (!dir_entity(dir, p->entity) && !str_set(p->name))
        return;
    entity_party(j, dir, p->entity, p->name, role);
    if (p->certainty) {
        jout_ku64(j, "certainty", p->certainty);
        jout_kstr(j, "knownBy", dir_known_by(dir, p->entity, &p->ip, time));
    }
    jout_end_obj(j);
}

static void address_party(struct jout *j, const struct ip *ip, const char *role)
{
    char text[IP_TEXT];
    if (!ip_set(ip))
        return;
    struct str t = ip_text(ip, text);
    party(j, "ip", t, t, role);
    jout_end_obj(j);
}

static void write_parties(struct jout *j, const struct dir *dir, const struct alert *al, const struct behind *b)
{
    char number[16];
    jout_arr(j);
    for (unsigned i = 0; i < al->nusers; i++)
        if (dir_entity(dir, al->users[i])) {
            entity_party(j, dir, al->users[i], STR_NONE, i ? "Related" : "Source");
            jout_end_obj(j);
        }
    for (unsigned i = 0; i < al->naccounts; i++) {
        party(j, "account", al->accounts[i], al->accounts[i], i || al->nusers ? "Related" : "Source");
        jout_end_obj(j);
    }
    end_of_alert(j, dir, &al->source, "Source", al->start);
    address_party(j, &al->source.ip, "Source");
    end_of_alert(j, dir, &al->destination, "Destination", al->start);
    if (b->country[0]) {
        party(j, "country", str_of(b->country), str_of(b->country), "Source");
        jout_end_obj(j);
    }
    if (b->app[0]) {
        int n = snprintf(number, sizeof number, "%u", b->service);
        party(j, "service", (struct str){number, (size_t)n}, str_of(b->app), "Related");
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static struct alert_party end_party(const struct dir *dir, const struct endpoint *p, const char *role, char ip[IP_TEXT])
{
    const struct entity *e = dir_entity(dir, p->entity);
    struct alert_party out = {.type = STR("device"), .label = e ? e->name : p->name, .id = e ? e->id : p->name, .role = str_of(role),
                              .entity = p->entity, .certainty = p->certainty};
    if (!str_set(out.label) && ip_set(&p->ip)) {
        out.type = STR("ip");
        out.id = out.label = ip_text(&p->ip, ip);
    }
    return out;
}

static void write_attack(struct jout *j, const struct alert *al)
{
    jout_arr(j);
    for (int i = 0; al->attack && al->attack[i]; i++)
        jout_str(j, str_of(al->attack[i]));
    jout_end_arr(j);
}

static int put(struct hub *h, const struct stored_alert *s, const struct alert *al, bool *fresh)
{
    struct stored_evidence e[ALERT_EVIDENCE];
    for (unsigned i = 0; i < al->nevidence; i++) {
        e[i] = (struct stored_evidence){.time = al->evidence[i].time, .kind = kind_text((enum kind)al->evidence[i].kind)};
        memcpy(e[i].activity, al->evidence[i].id, sizeof e[i].activity);
    }
    int err = tab_alerts_put(h->db, s, al->users, al->nusers, e, al->nevidence, fresh);
    return err || !*fresh ? err : suppress_or_notify(h->db, s, al->users, al->nusers, hub_now());
}

int hub_alerts_put(struct hub *h, const struct dir *dir, const struct alert *al, bool *fresh)
{
    char key[16], from[IP_TEXT], to[IP_TEXT];
    struct behind b;
    struct buf parties = {0}, attack = {0};
    struct jout jp = jout_to(&parties), ja = jout_to(&attack);
    look_behind(h, al, &b);
    write_parties(&jp, dir, al, &b);
    write_attack(&ja, al);
    int n = snprintf(key, sizeof key, "%d", al->external_id);
    struct stored_alert s = {.external_id = al->external_id,
                             .policy = al->external_id ? (struct str){key, (size_t)n} : al->policy,
                             .name = al->name,
                             .description = al->description,
                             .severity = al->severity,
                             .category = category_text(al->category),
                             .attack = buf_view(&attack),
                             .source = ALERT_BUILT_IN,
                             .shore = al->external_id ? SHORE_ONPREM : SHORE_CLOUD,
                             .service = b.service,
                             .preview = al->preview,
                             .start = al->start,
                             .end = al->end,
                             .updated = hub_now(),
                             .count = al->count,
                             .nactivities = al->nactivities,
                             .headless = al->headless,
                             .source_party = end_party(dir, &al->source, "Source", from),
                             .destination_party = end_party(dir, &al->destination, "Destination", to),
                             .parties = buf_view(&parties),
                             .resolution = RESOLUTION_OPEN,
                             .resolved = TIME_NONE,
                             .withdrawn = TIME_NONE,
                             .reason = -1};
    s.advice = s.policy;
    memcpy(s.id, al->id, sizeof s.id);
    int err = parties.failed || attack.failed ? ERR_MEMORY : put(h, &s, al, fresh);
    buf_free(&parties);
    buf_free(&attack);
    return err;
}

/* ---- alerts that do not stand ---- */

static bool stands(void *owner, struct str id)
{
    return table_get(owner, hash_str(id, 1)) != NULL;
}

int hub_alerts_withdraw(struct hub *h, bool identity, const struct alert *const *alerts, size_t n)
{
    struct table raised;
    struct actlog_figures f;
    uint64_t gone;
    int err = 0;
    table_init(&raised, sizeof(uint8_t), UINT32_MAX / 2);
    for (size_t i = 0; !err && i < n; i++)
        err = table_put(&raised, hash_str(str_of(alerts[i]->id), 1), NULL) ? 0 : ERR_MEMORY;
    actlog_figures(h->log, &f);
    bool aged = f.activities[SHORE_CLOUD] + f.activities[SHORE_ONPREM] < f.last; /* detections learn anew from what is left */
    const struct alert_ground g = {aged ? f.first_time + LEARNING : TIME_NONE, hub_now(), identity, stands, &raised};
    if (!err)
        err = tab_alerts_withdraw(h->db, &g, &gone);
    table_free(&raised);
    return err;
}
