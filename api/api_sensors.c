/* api/api_sensors.c - sensors: registered, listed, revoked; and what they send. */
#include "api/answer.h"

#include "api/guard.h"
#include "api/sensorkey.h"
#include "store/tab_sensors.h"

#include <sodium.h>

enum { NAME_MOST = 64, STATE_MOST = 16384 };
#define SILENT (2 * TIME_MINUTE)

/* ---- what people ask ---- */

struct listing {
    struct jout *j;
    int64_t now;
    uint64_t n;
};

static int write_sensor(void *owner, const struct stored_sensor *s)
{
    struct listing *l = owner;
    jout_obj(l->j);
    jout_ki64(l->j, "number", s->number);
    jout_kstr(l->j, "name", s->name);
    jout_kz(l->j, "state", sensor_state(s, l->now));
    jout_kstr(l->j, "by", s->by);
    api_ktime(l->j, "created", s->created);
    api_ktime(l->j, "lastSeen", s->seen);
    api_ktime(l->j, "revoked", s->revoked);
    jout_key(l->j, "said");
    if (str_set(s->state))
        jout_raw(l->j, s->state);
    else
        jout_null(l->j);
    jout_end_obj(l->j);
    l->n++;
    return 0;
}

static int list(struct api_request *q, struct api_response *r)
{
    struct listing l = {&r->json, q->now, 0};
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    int err = tab_sensors_each(q->db, q->arena, write_sensor, &l);
    jout_end_arr(&r->json);
    jout_ku64(&r->json, "total", l.n);
    jout_end_obj(&r->json);
    return err;
}

static bool name_sound(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = str_lower_char(s.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'))
            return false;
    }
    return s.n > 0 && s.n <= NAME_MOST;
}

static int write_bundle(struct api_request *q, struct str name, struct buf *out, uint8_t fingerprint[SENSORKEY_FINGERPRINT])
{
    const struct sensorkey_issuer *k = &q->guard->sensors;
    buf_fmt(out, "vigie sensor bundle 1\nname: %.*s\nhub: %.*s\n", STR_ARG(name), STR_ARG(q->host));
    int err = sensorkey_issue(k, name, out, fingerprint);
    buf_str(out, str_of(q->guard->hub_cert));
    return out->failed ? ERR_MEMORY : err;
}

/* The bundle is in the answer and nowhere else. */
static int create(struct api_request *q, struct api_response *r)
{
    struct str name = str_trim(api_str(q, "name"));
    uint8_t fingerprint[SENSORKEY_FINGERPRINT];
    struct buf bundle = {0};
    int64_t number = 0;
    if (!name_sound(name))
        return api_refuse(r, 400, "name: 1 to 64 letters, digits, hyphens, dots");
    int err = write_bundle(q, name, &bundle, fingerprint);
    const struct stored_sensor s = {.name = name, .by = q->caller->name, .created = q->now};
    if (!err)
        err = tab_sensors_add(q->db, &s, fingerprint, &number);
    if (!err)
        err = api_audit(q, "sensor registered", name, STR_NONE, STR_NONE);
    if (!err) {
        r->status = 201;
        jout_obj(&r->json);
        jout_ki64(&r->json, "number", number);
        jout_kstr(&r->json, "name", name);
        jout_kstr(&r->json, "bundle", buf_view(&bundle));
        jout_end_obj(&r->json);
    }
    if (bundle.p)
        sodium_memzero(bundle.p, bundle.n);
    buf_free(&bundle);
    return err;
}

static int revoke(struct api_request *q, struct api_response *r)
{
    int64_t number;
    if (!str_i64(q->vars[0], &number))
        return ERR_NOT_FOUND;
    int err = tab_sensors_revoke(q->db, number, q->now);
    if (!err)
        err = api_audit(q, "sensor revoked", q->vars[0], STR_NONE, STR_NONE);
    r->status = 204;
    return err;
}

/* ---- what sensors send ---- */

static int take_activities(struct api_request *q, struct api_response *r)
{
    uint64_t input;
    if (q->file.bytes == 0)
        return api_refuse(r, 400, "no activity was sent");
    struct str name = str_fmt(q->arena, "sensor/%.*s", STR_ARG(q->caller->name));
    int fd = q->file.fd;
    q->file.fd = -1;
    int err = q->hub->received(q->hub->owner, name, name, fd, q->file.path, &input);
    if (!err)
        err = tab_sensors_seen(q->db, q->caller->sensor, q->now, STR_NONE);
    r->status = 202;
    return err;
}

static int take_state(struct api_request *q, struct api_response *r)
{
    if (q->body.n > STATE_MOST || !str_eq(q->type, STR("application/json")))
        return api_refuse(r, 400, "a state is one JSON object of at most 16 KB");
    r->status = 204;
    return tab_sensors_seen(q->db, q->caller->sensor, q->now, q->body);
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/sensors", .right = RIGHT_VIEW_SETTINGS, .handler = list, .about = "Sensors, with what each said of itself last."},
    {.method = API_POST, .pattern = "api/vigie/v1/sensors", .right = RIGHT_MANAGE_SENSORS, .handler = create, .about = "Registers a sensor; the answer holds its bundle, once."},
    {.method = API_DELETE, .pattern = "api/vigie/v1/sensors/{number}", .right = RIGHT_MANAGE_SENSORS, .handler = revoke, .about = "Takes a sensor's certificate out of use."},
    {.method = API_POST, .pattern = "api/vigie/v1/sensor/activities", .right = RIGHT_SENSE, .handler = take_activities, .body = API_FILE, .about = "A sensor's batch of activities; on disk when it is answered."},
    {.method = API_POST, .pattern = "api/vigie/v1/sensor/state", .right = RIGHT_SENSE, .handler = take_state, .about = "What a sensor says of itself."},
    {.pattern = NULL}};

const struct api_routes api_sensors = {routes};
