/* api/api_notifications.c - who is told of alerts: mail, syslog, webhook. */
#include "api/answer.h"

#include "policy/notify.h"

static int write(struct api_request *q, struct buf *out)
{
    struct jout j = jout_to(out);
    int err = notify_settings_json(q->db, &j);
    return out->failed ? ERR_MEMORY : err;
}

static int get(struct api_request *q, struct api_response *r)
{
    return notify_settings_json(q->db, &r->json);
}

static int change(struct api_request *q, struct buf *before, struct buf *after, struct filter_error *wrong)
{
    int err = write(q, before);
    if (!err)
        err = notify_settings_change(q->db, q->hub->secrets, q->doc, q->params, wrong);
    if (!err)
        err = write(q, after);
    return err ? err : api_audit(q, "notifications changed", STR_NONE, buf_view(before), buf_view(after));
}

static int put(struct api_request *q, struct api_response *r)
{
    struct buf before = {0}, after = {0};
    struct filter_error wrong = {STR_NONE, NULL, NULL};
    int err = db_begin(q->db);
    if (!err)
        err = db_end(q->db, change(q, &before, &after, &wrong));
    if (!err)
        buf_str(&r->body, buf_view(&after));
    buf_free(&before);
    buf_free(&after);
    if (err == ERR_MALFORMED && wrong.why)
        return api_refuse(r, 400, wrong.why);
    if (!err)
        q->hub->changed(q->hub->owner, HUB_SETTINGS);
    return err;
}

/* Says how it went in the answer: that the other side refuses is not an error of ours. */
static int test(struct api_request *q, struct api_response *r)
{
    static const char *const names[CHANNELS] = {[CHANNEL_MAIL] = "mail", [CHANNEL_SYSLOG] = "syslog", [CHANNEL_WEBHOOK] = "webhook"};
    struct str wanted = api_str(q, "channel");
    unsigned channel = 0;
    char why[NOTIFY_WHY] = "";
    struct notifier *n;
    while (channel < CHANNELS && !str_eq(wanted, str_of(names[channel])))
        channel++;
    if (channel == CHANNELS)
        return api_refuse(r, 400, "channel is mail, syslog or webhook");
    int err = notify_open(q->db, q->hub->secrets, str_dup(q->arena, str_fmt(q->arena, "%.*s", STR_ARG(q->host))).p, &n);
    if (err)
        return err;
    err = notify_test(n, (enum channel)channel, q->now, why);
    notify_close(n);
    if (err && err != ERR_IO && err != ERR_USAGE)
        return err;
    jout_obj(&r->json);
    jout_kbool(&r->json, "ok", err == 0);
    if (err)
        jout_kstr(&r->json, "why", str_of(why));
    jout_end_obj(&r->json);
    return 0;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/notifications", .right = RIGHT_VIEW_SETTINGS, .handler = get, .about = "Channels on which alerts are told; of secrets only whether there is one."},
    {.method = API_PUT, .pattern = "api/vigie/v1/notifications", .right = RIGHT_NOTIFICATIONS, .handler = put, .about = "Changes the channels; secrets are written and never read."},
    {.method = API_POST, .pattern = "api/vigie/v1/notifications/test", .right = RIGHT_NOTIFICATIONS, .handler = test, .lane = API_LONG, .about = "Sends a test message on one channel at once."},
    {.pattern = NULL}};

const struct api_routes api_notifications = {routes};
