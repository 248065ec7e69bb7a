/* api/api_health.c - how the hub is: for people, for load balancers, for Prometheus. */
#include "api/api.h"

static int get_health(struct api_request *q, struct api_response *r)
{
    bool figures = api_may(q, RIGHT_VIEW_SETTINGS) && api_may(q, RIGHT_VIEW_ACTIVITIES);
    q->hub->health(q->hub->owner, figures, q->language, &r->json);
    return 0;
}

/* Without signing in: alive or not, and nothing else. */
static int alive(struct api_request *q, struct api_response *r)
{
    (void)q;
    jout_obj(&r->json);
    jout_kz(&r->json, "state", "ok");
    jout_end_obj(&r->json);
    return 0;
}

static int get_metrics(struct api_request *q, struct api_response *r)
{
    r->type = "text/plain; version=0.0.4; charset=utf-8";
    q->hub->metrics(q->hub->owner, &r->body);
    return 0;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/health", .right = RIGHT_SIGNED_IN, .handler = get_health, .about = "State, analysis, blind and learning detections, disk, problems with what to do."},
    {.method = API_GET, .pattern = "health", .right = RIGHT_NONE, .handler = alive, .about = "Answers while the hub is alive."},
    {.method = API_GET, .pattern = "metrics", .right = RIGHT_VIEW_SETTINGS, .handler = get_metrics, .about = "Figures for Prometheus; give it an API token."},
    {.pattern = NULL}};

const struct api_routes api_health = {routes};
