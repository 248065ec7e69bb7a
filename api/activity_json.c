/* api/activity_json.c - activities as JSON. */
#include "api/activity_json.h"

#include "api/alert_json.h"
#include "api/answer.h"
#include "api/person_json.h"
#include "model/app.h"
#include "base/hash.h"
#include "model/act_json.h"
#include "model/country.h"
#include "model/app.h"
#include "store/actlog_match.h"
#include "store/tab_inputs.h"
#include "store/tab_policies.h"

#include <stdlib.h>

enum { ALERTS = 32 };

int activity_room_open(struct activity_room **out)
{
    struct activity_room *room = malloc(sizeof *room);
    if (!room)
        return ERR_MEMORY;
    *out = room;
    return 0;
}

void activity_room_close(struct activity_room *room)
{
    free(room);
}

int activity_room_get(struct api_request *q, struct activity_room *room, const uint8_t id[16], struct actlog_row *out)
{
    return actlog_get(q->log, &q->caller->activities, id, room->flat, room->objects, room->facts, out);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool activity_json_id(struct str text, uint8_t id[16])
{
    ptrdiff_t cut = str_rchr(text, '_');
    struct str hex = cut >= 0 ? str_from(text, (size_t)cut + 1) : text;
    if (hex.n != 32)
        return false;
    for (size_t i = 0; i < 16; i++) {
        int high = digit(hex.p[2 * i]), low = digit(hex.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        id[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

struct str activity_json_country(struct str code, enum language language)
{
    const struct country *c = str_set(code) ? country_of(code) : NULL;
    return c ? country_name(c, language) : code;
}

/* ---- the sentence ---- */

static struct str object_text(const struct activity *a)
{
    for (unsigned i = 0; i < a->nobjects; i++)
        if (str_set(account_text(&a->objects[i].ref)))
            return account_text(&a->objects[i].ref);
    return STR_NONE;
}

/* What was done: an operation as a cloud app names it itself, else the kind. */
static struct str deed(const struct activity *a, enum language language)
{
    struct str operation = act_str(a, FACT_OPERATION);
    if (str_set(operation) && (a->kind == KIND_CLOUD_OTHER || a->kind == KIND_ADMIN_OPERATION))
        return operation;
    return language == FRENCH ? kind_french(act_kind(a)) : act_kind(a);
}

static void begin(struct buf *b, const struct activity *a, enum language language)
{
    struct str what = deed(a, language);
    if (what.n) {
        buf_char(b, what.p[0] >= 'a' && what.p[0] <= 'z' ? (char)(what.p[0] - 32) : what.p[0]);
        buf_str(b, str_from(what, 1));
    }
    if (a->outcome == OUTCOME_FAILURE && !str_hasi(deed(a, ENGLISH), STR("failed")))
        buf_str(b, language == FRENCH ? STR(" (échec)") : STR(" (failed)"));
}

struct str activity_json_description(struct arena *arena, const struct activity *a, enum language language)
{
    struct buf b = {0};
    char ip[IP_TEXT];
    const struct {
        const char *word[LANGUAGES];
        struct str value;
    } parts[] = {{{": ", " : "}, account_text(&a->actor)}, {{" on ", " sur "}, object_text(a)}, {{", ", ", "}, a->app}, {{", from ", ", depuis "}, a->device},
                 {{", address ", ", adresse "}, ip_set(&a->ip) ? ip_text(&a->ip, ip) : STR_NONE},
                 {{", ", ", "}, activity_json_country(a->location.country, language)}, {{", to ", ", vers "}, a->destination}};
    begin(&b, a, language);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].value.n) {
            const char *word = parts[i].word[language];
            buf_str(&b, str_of(b.n ? word : word + strspn(word, " :,")));
            buf_str(&b, parts[i].value);
        }
    struct str out = b.failed ? STR_NONE : str_dup(arena, buf_view(&b));
    buf_free(&b);
    return out;
}

/* ---- row ---- */

static void write_account(struct api_request *q, struct jout *j, uint32_t entity, const struct account *seen)
{
    struct stored_entity e;
    bool known = entity && tab_entities_get(q->db, q->arena, entity, &e) == 0;
    if (known && person_json_may_see(q, e.base.number))
        jout_kstr(j, "id", e.base.id);
    jout_kstr(j, "name", known ? e.base.name : account_text(seen));
    if (known)
        jout_kstr(j, "seenAs", account_text(seen));
}

static void write_place(struct jout *j, const struct location *at, enum language language)
{
    if (!str_set(at->country) && !str_set(at->network) && !at->tags)
        return;
    jout_key(j, "location");
    jout_obj(j);
    jout_kstr(j, "country", at->country);
    jout_kstr(j, "countryName", activity_json_country(at->country, language));
    jout_kstr(j, "city", at->city);
    jout_kstr(j, "network", at->network);
    jout_key(j, "tags");
    jout_arr(j);
    for (unsigned bit = 0; str_set(location_tag_text(bit)); bit++)
        if (at->tags >> bit & 1)
            jout_str(j, location_tag_text(bit));
    jout_end_arr(j);
    jout_end_obj(j);
}

static void write_agent(struct jout *j, const struct agent *g)
{
    if (!str_set(g->text) && !str_set(g->browser) && !str_set(g->os) && !str_set(g->device))
        return;
    jout_key(j, "agent");
    jout_obj(j);
    jout_kstr(j, "browser", g->browser);
    jout_kstr(j, "os", g->os);
    jout_kstr(j, "device", g->device);
    jout_kstr(j, "text", g->text);
    jout_end_obj(j);
}

static void write_objects(struct api_request *q, struct jout *j, const struct activity *a)
{
    jout_key(j, "objects");
    jout_arr(j);
    for (unsigned i = 0; i < a->nobjects; i++) {
        jout_obj(j);
        jout_kstr(j, "type", object_type_text(a->objects[i].type));
        jout_kstr(j, "role", object_role_text(a->objects[i].role));
        write_account(q, j, a->objects[i].entity, &a->objects[i].ref);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

struct policies {
    struct api_request *q;
    struct jout *j;
};

static int write_policy(void *owner, struct str id, struct str name)
{
    struct policies *p = owner;
    jout_obj(p->j);
    jout_kstr(p->j, "id", id);
    jout_kstr(p->j, "name", alert_json_name(p->q, id, name));
    jout_end_obj(p->j);
    return 0;
}

static int write_links(struct api_request *q, struct jout *j, const uint8_t id[16])
{
    char alerts[ALERTS][25], hex[33];
    size_t n = 0;
    int points = 0;
    struct policies policies = {q, j};
    int err = tab_entities_points(q->db, hash_hex(hex, id, 16), &points);
    jout_ki64(j, "points", points);
    jout_key(j, "policies");
    jout_arr(j);
    if (!err)
        err = tab_policies_of(q->db, id, write_policy, &policies);
    jout_end_arr(j);
    if (!err)
        err = tab_alerts_with(q->db, &q->caller->alerts, id, alerts, ALERTS, &n);
    jout_key(j, "alerts");
    jout_arr(j);
    for (size_t i = 0; i < n && i < ALERTS; i++)
        jout_str(j, str_of(alerts[i]));
    jout_end_arr(j);
    return err;
}

int activity_json_row(struct api_request *q, struct jout *j, const struct actlog_row *row)
{
    const struct activity *a = &row->activity;
    struct str outcome = outcome_text(a->outcome);
    char hex[33], ip[IP_TEXT];
    jout_kstr(j, "id", hash_hex(hex, a->id, 16));
    api_ktime(j, "time", a->time);
    api_ktime(j, "created", row->created);
    jout_kstr(j, "kind", act_kind(a));
    jout_kstr(j, "description", activity_json_description(q->arena, a, q->language));
    jout_kstr(j, "outcome", str_set(outcome) ? outcome : STR("unknown"));
    jout_key(j, "app");
    jout_obj(j);
    jout_ku64(j, "service", app_number(a->app));
    jout_kstr(j, "name", a->app);
    jout_end_obj(j);
    jout_kz(j, "shore", kind_shore(a->kind) == SHORE_ONPREM ? "onprem" : "cloud");
    jout_key(j, "actor");
    jout_obj(j);
    write_account(q, j, a->actor_entity, &a->actor);
    jout_end_obj(j);
    jout_kstr(j, "device", a->device);
    jout_kstr(j, "destination", a->destination);
    if (ip_set(&a->ip))
        jout_kstr(j, "ip", ip_text(&a->ip, ip));
    write_place(j, &a->location, q->language);
    write_agent(j, &a->agent);
    jout_kbool(j, "admin", a->admin);
    jout_kbool(j, "impersonated", a->impersonated);
    write_objects(q, j, a);
    return write_links(q, j, a->id);
}

/* ---- page ---- */

static void write_facts(struct jout *j, const struct activity *a)
{
    char name[64];
    jout_key(j, "facts");
    jout_obj(j);
    for (unsigned i = 0; i < a->nfacts; i++) {
        const struct fact *f = &a->facts[i];
        struct str text = fact_name((enum fact_key)f->key);
        if (text.n == 0 || text.n >= sizeof name)
            continue;
        memcpy(name, text.p, text.n);
        name[text.n] = '\0';
        if (f->type == FACT_TYPE_STR)
            jout_kstr(j, name, f->s);
        else if (f->type == FACT_TYPE_FLAG)
            jout_kbool(j, name, f->u != 0);
        else
            jout_ku64(j, name, f->u);
    }
    jout_end_obj(j);
}

static void write_origin(struct api_request *q, struct jout *j, const struct origin *o)
{
    struct stored_input in;
    jout_key(j, "origin");
    jout_obj(j);
    jout_key(j, "input");
    if (tab_inputs_get(q->db, q->arena, o->input, &in) == 0) {
        jout_obj(j);
        jout_ku64(j, "number", in.number);
        jout_kstr(j, "name", in.name);
        jout_end_obj(j);
    } else {
        jout_null(j);
    }
    jout_ku64(j, "record", o->record);
    jout_ku64(j, "offset", o->offset);
    jout_end_obj(j);
}

int activity_json_page(struct api_request *q, struct jout *j, const struct actlog_row *row)
{
    const struct activity *a = &row->activity;
    int err = activity_json_row(q, j, row);
    write_facts(j, a);
    jout_kstr(j, "protocol", a->protocol == PROTO_NONE ? STR_NONE : protocol_text(a->protocol));
    jout_kstr(j, "session", a->session);
    if (a->has_code)
        jout_ku64(j, "code", a->code);
    write_origin(q, j, &a->origin);
    return err;
}
