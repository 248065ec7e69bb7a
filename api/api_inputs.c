/* api/api_inputs.c - giving the hub something to read: uploads and pushed records; and what came of it. */
#include "api/api.h"
#include "api/answer.h"

#include "store/tab_inputs.h"


enum { PAGE = 100, NAME_MAX_BYTES = 200 };

static int one_input(void *owner, const struct stored_input *in)
{
    static const char *const states[] = {[INPUT_WAITING] = "waiting", [INPUT_DONE] = "done", [INPUT_FAILED] = "failed"};
    struct jout *j = owner;
    jout_obj(j);
    jout_ku64(j, "number", in->number);
    jout_kstr(j, "name", in->name);
    jout_kstr(j, "by", in->by);
    jout_kz(j, "state", states[in->state]);
    api_ktime(j, "received", in->received);
    api_ktime(j, "done", in->done);
    jout_kstr(j, "format", in->format);
    jout_ku64(j, "bytes", in->bytes);
    jout_ku64(j, "records", in->records);
    jout_ku64(j, "activities", in->activities);
    jout_ku64(j, "repeats", in->repeats);
    jout_ku64(j, "faults", in->faults);
    jout_kstr(j, "firstFault", in->first_fault);
    jout_end_obj(j);
    return 0;
}

static int get_inputs(struct api_request *q, struct api_response *r)
{
    int64_t skip = api_int(q, "skip", 0), limit = api_int(q, "limit", PAGE);
    uint64_t total = 0;
    if (skip < 0 || skip > INT32_MAX || limit < 1 || limit > PAGE)
        return api_refuse(r, 400, "limit must be 1 to 100, skip 0 or more");
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    int err = tab_inputs_each(q->db, -1, (uint32_t)skip, (uint32_t)limit, one_input, &r->json);
    jout_end_arr(&r->json);
    if (!err)
        err = tab_inputs_count(q->db, -1, &total);
    jout_ku64(&r->json, "total", total);
    jout_kbool(&r->json, "moreThanTotal", false);
    jout_kbool(&r->json, "hasNext", (uint64_t)(skip + limit) < total);
    jout_end_obj(&r->json);
    return err;
}

/* The last part of a name, without control characters: it is only shown. */
static struct str clean_name(struct api_request *q, struct str name)
{
    for (ptrdiff_t cut; (cut = str_rchr(name, '/')) >= 0 || (cut = str_rchr(name, '\\')) >= 0;)
        name = str_from(name, (size_t)cut + 1);
    name = str_sub(name, 0, NAME_MAX_BYTES);
    char *copy = arena_alloc(q->arena, name.n + 1);
    for (size_t i = 0; copy && i < name.n; i++)
        copy[i] = (unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f ? '_' : name.p[i];
    return copy && name.n ? (struct str){copy, name.n} : STR("upload");
}

static int give(struct api_request *q, struct api_response *r, struct str name)
{
    uint64_t input;
    int fd = q->file.fd;
    q->file.fd = -1;
    int err = q->hub->received(q->hub->owner, name, q->caller->name, fd, q->file.path, &input);
    if (!err)
        err = api_audit(q, "logs received", name, STR_NONE, str_fmt(q->arena, "{\"input\":%llu,\"bytes\":%llu}", (unsigned long long)input,
                                                                    (unsigned long long)q->file.bytes));
    if (err)
        return err;
    r->status = 202;
    jout_obj(&r->json);
    jout_ku64(&r->json, "input", input);
    jout_ku64(&r->json, "number", input);
    jout_end_obj(&r->json);
    return 0;
}

static int post_input(struct api_request *q, struct api_response *r)
{
    return q->file.bytes == 0 ? api_refuse(r, 400, "the file is empty") : give(q, r, clean_name(q, api_str(q, "name")));
}

/* What forwarders send: the format is recognised from the records themselves; its name is only shown. */
static int push(struct api_request *q, struct api_response *r)
{
    if (q->file.bytes == 0)
        return api_refuse(r, 400, "no record was sent");
    return give(q, r, str_fmt(q->arena, "push/%.*s", STR_ARG(clean_name(q, q->vars[0]))));
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/inputs", .right = RIGHT_VIEW_SETTINGS, .handler = get_inputs, .about = "What the hub was given to read, newest first, with what came of it."},
    {.method = API_POST, .pattern = "api/vigie/v1/inputs", .right = RIGHT_UPLOAD, .handler = post_input, .body = API_FILE, .lane = API_LONG, .about = "Uploads a log, an archive of logs or a directory; the body is the file."},
    {.method = API_POST, .pattern = "api/vigie/v1/push/{format}", .right = RIGHT_UPLOAD, .handler = push, .body = API_FILE, .about = "Takes records of a forwarder; they are on disk when it answers."},
    {.pattern = NULL}};

const struct api_routes api_inputs = {routes};
