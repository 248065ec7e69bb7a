/* api/answer.c - what handlers share: refusals, audit lines, reading parameters. */
#include "api/answer.h"

#include "base/time.h"
#include "store/tab_audit.h"

int api_refuse(struct api_response *r, int status, const char *detail)
{
    r->status = status;
    r->type = NULL;
    r->filename = STR_NONE;
    r->body.n = 0;
    r->json = jout_to(&r->body);
    jout_obj(&r->json);
    jout_kz(&r->json, "detail", detail);
    jout_end_obj(&r->json);
    return 0;
}

static void bad_value(struct jout *j, struct str value)
{
    jout_obj(j);
    jout_key(j, "error");
    struct buf text = {0};
    buf_str(&text, value);
    buf_str(&text, STR(" is not valid"));
    jout_str(j, buf_view(&text));
    buf_free(&text);
}

int api_bad_value(struct api_response *r, struct str value, const char *code)
{
    struct jout *j = &r->json;
    r->status = 400;
    r->body.n = 0;
    *j = jout_to(&r->body);
    jout_obj(j);
    jout_key(j, "filters");
    jout_arr(j);
    bad_value(j, value);
    jout_kz(j, "errorMessageCode", code);
    jout_key(j, "errorMessageParams");
    jout_obj(j);
    jout_kstr(j, "value", str_set(value) ? value : STR(""));
    jout_end_obj(j);
    jout_end_obj(j);
    jout_end_arr(j);
    jout_key(j, "errors");
    jout_arr(j);
    bad_value(j, value);
    jout_end_obj(j);
    jout_end_arr(j);
    jout_kbool(j, "error", true);
    jout_end_obj(j);
    return 0;
}

int api_audit(struct api_request *q, const char *what, struct str object, struct str before, struct str after)
{
    return tab_audit_add(q->db, &(struct audit_row){
                                    .time = q->now,
                                    .by = q->caller->name,
                                    .from = q->caller->from,
                                    .what = str_of(what),
                                    .object = object,
                                    .before = before,
                                    .after = after,
                                });
}

void api_ktime(struct jout *j, const char *key, int64_t t)
{
    char text[TIME_TEXT];
    jout_key(j, key);
    if (t == TIME_NONE) {
        jout_null(j);
        return;
    }
    (void)time_text(t, text);
    memcpy(text + 23, "Z", 2); /* behind the milliseconds */
    jout_str(j, str_of(text));
}

/* ---- parameters ---- */

struct str api_str(const struct api_request *q, const char *name)
{
    return jin_text(jin_get(q->doc, q->params, str_of(name)));
}

int64_t api_int(const struct api_request *q, const char *name, int64_t otherwise)
{
    int64_t v;
    return str_i64(str_trim(api_str(q, name)), &v) ? v : otherwise;
}

bool api_bool(const struct api_request *q, const char *name, bool otherwise)
{
    struct str v = str_trim(api_str(q, name));
    if (str_eqi(v, STR("true")) || str_eq(v, STR("1")))
        return true;
    if (str_eqi(v, STR("false")) || str_eq(v, STR("0")))
        return false;
    return otherwise;
}

int64_t api_time(const struct api_request *q, const char *name)
{
    struct str text = str_trim(api_str(q, name));
    int64_t ms;
    if (str_i64(text, &ms))
        return ms > INT64_MAX / TIME_MS || ms < INT64_MIN / TIME_MS ? TIME_NONE : ms * TIME_MS;
    return str_set(text) ? time_parse(text) : TIME_NONE;
}
