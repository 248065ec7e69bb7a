/* api/api_notifications.c - who is told about alerts: settings of mail, syslog and webhook, and a test of each. */
#include "api/api.h"

#include "api/filters.h"
#include "policy/notify.h"

static const char *const channels[CHANNELS] = {[CHANNEL_MAIL] = "mail", [CHANNEL_SYSLOG] = "syslog", [CHANNEL_WEBHOOK] = "webhook"};

static int get_notifications(struct api_request *q, struct api_response *r)
{
    return notify_settings_json(q->db, &r->json);
}

static struct str as_text(struct api_request *q)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    struct str text = notify_settings_json(q->db, &j) == 0 ? str_dup(q->arena, buf_view(&b)) : STR_NONE;
    buf_free(&b);
    return text;
}

static int put_notifications(struct api_request *q, struct api_response *r)
{
    struct filter_error error = {.why = NULL};
    struct str before = as_text(q);
    int err = notify_settings_change(q->db, q->hub->secrets, q->doc, q->params, &error);
    if (err == ERR_MALFORMED)
        return filters_refuse(r, &error);
    if (!err)
        err = api_audit(q, "notifications changed", STR("notifications"), before, as_text(q));
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_SETTINGS);
    return get_notifications(q, r);
}

static int test(struct api_request *q, struct api_response *r)
{
    char why[NOTIFY_WHY] = "";
    struct notifier *n;
    unsigned c = 0;
    while (c < CHANNELS && !str_eq(api_str(q, "channel"), str_of(channels[c])))
        c++;
    if (c == CHANNELS)
        return api_refuse(r, 400, "channel must be mail, syslog or webhook");
    int err = notify_open(q->db, q->hub->secrets, q->host.p, &n);
    if (err)
        return err;
    bool good = notify_test(n, (enum channel)c, q->now, why) == 0;
    notify_close(n);
    jout_obj(&r->json);
    jout_kbool(&r->json, "ok", good);
    if (!good)
        jout_kz(&r->json, "why", why);
    jout_end_obj(&r->json);
    return 0;
}

#define AT "api/vigie/v1/notifications"
static const struct api_route routes[] = {
    {.method = API_GET, .pattern = AT, .right = RIGHT_VIEW_SETTINGS, .handler = get_notifications, .about = "Channels on which alerts are told; of secrets only whether there is one."},
    {.method = API_PUT, .pattern = AT, .right = RIGHT_NOTIFICATIONS, .handler = put_notifications, .about = "Changes them; what is not named stays."},
    {.method = API_POST, .pattern = AT "/test", .right = RIGHT_NOTIFICATIONS, .handler = test, .lane = API_LONG, .about = "Sends a test message on one channel, and tells what came of it."},
    {.pattern = NULL}};

const struct api_routes api_notifications = {routes};
