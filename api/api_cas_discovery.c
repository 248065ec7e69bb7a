/* api/api_cas_discovery.c - files and cloud discovery of the Cloud App Security API, as a hub answers that holds neither: empty lists
 * in their documented shapes, and a refusal where a client wants to add something. */
#include "api/api.h"

#include "api/cas.h"

static int list_nothing(struct api_request *q, struct api_response *r)
{
    struct page p;
    return page_of(q, r, PAGE_MOST, true, &p) ? cas_nothing(r) : 0;
}

static int no_such(struct api_request *q, struct api_response *r)
{
    (void)q;
    (void)r;
    return ERR_NOT_FOUND;
}

static int bare_list(struct api_request *q, struct api_response *r)
{
    (void)q;
    jout_arr(&r->json);
    jout_end_arr(&r->json);
    return 0;
}

/* Formats of the documented firewalls; there is nothing to block. */
static int block_script(struct api_request *q, struct api_response *r)
{
    static const int64_t formats[] = {102, 104, 108, 112, 120, 129, 135};
    int64_t format = api_int(q, "format", 0);
    bool known = false;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        known |= formats[i] == format;
    if (!known)
        return api_refuse(r, 400, "format must be one of 102, 104, 108, 112, 120, 129, 135");
    r->type = "text/plain; charset=utf-8";
    return 0;
}

static int refuse(struct api_request *q, struct api_response *r)
{
    (void)q;
    return api_refuse(r, 403, "Cloud discovery is not part of this hub: logs of proxies and firewalls are not read.");
}

#define CAS(verb, path, needs, function, words) {.method = verb, .pattern = path, .right = needs, .handler = function, .about = words, .compatible = true}

static const struct api_route routes[] = {
    CAS(API_GET, "api/v1/files", RIGHT_VIEW_FILES, list_nothing, "Lists files: none are kept."),
    CAS(API_POST, "api/v1/files", RIGHT_VIEW_FILES, list_nothing, "Lists files that a filter finds: none are kept."),
    CAS(API_GET, "api/v1/files/{id}", RIGHT_VIEW_FILES, no_such, "One file: none are kept."),
    CAS(API_GET, "api/v1/discovery/streams", RIGHT_VIEW_DISCOVERY, list_nothing, "Lists streams of discovery logs: there are none."),
    CAS(API_POST, "api/v1/discovery/discovered_apps", RIGHT_VIEW_DISCOVERY, list_nothing, "Lists discovered apps: there are none."),
    CAS(API_GET, "api/v1/discovery/discovered_apps", RIGHT_VIEW_DISCOVERY, list_nothing, "Lists discovered apps: there are none."),
    CAS(API_POST, "api/v1/discovery/discovered_apps/categories", RIGHT_VIEW_DISCOVERY, bare_list, "Counts discovered apps by category: there are none."),
    CAS(API_GET, "api/v1/discovery/discovered_apps/categories", RIGHT_VIEW_DISCOVERY, bare_list, "Counts discovered apps by category: there are none."),
    CAS(API_POST, "api/v1/discovery/app_tags", RIGHT_VIEW_DISCOVERY, bare_list, "Lists tags of discovered apps: there are none."),
    CAS(API_POST, "api/v1/discovery/discovery_app/{id}/add_tag", RIGHT_MANAGE_DISCOVERY, no_such, "Tags a discovered app: there are none."),
    CAS(API_POST, "api/v1/discovery/discovery_app/{id}/remove_tag", RIGHT_MANAGE_DISCOVERY, no_such, "Takes a tag from a discovered app: there are none."),
    CAS(API_GET, "api/v1/discovery/upload_url", RIGHT_MANAGE_DISCOVERY, refuse, "Where to upload a discovery log: refused."),
    CAS(API_POST, "api/v1/discovery/done_upload", RIGHT_MANAGE_DISCOVERY, refuse, "An uploaded discovery log is complete: refused."),
    CAS(API_GET, "api/v1/discovery_block_scripts", RIGHT_MANAGE_DISCOVERY, block_script, "Script that blocks unsanctioned apps: an empty one."),
    {.pattern = NULL}};

const struct api_routes api_cas_discovery = {routes};
