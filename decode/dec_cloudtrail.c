/* decode/dec_cloudtrail.c - AWS CloudTrail events: what every event has. */
#include "decode/cloudtrail.h"

static const struct jsonlog_name name_rows[] = {
    JSONLOG_NAME("eventid", TRAIL_ID), JSONLOG_NAME("readonly", TRAIL_READ_ONLY), JSONLOG_NAME("eventtime", TRAIL_TIME),
    JSONLOG_NAME("eventname", TRAIL_NAME), JSONLOG_NAME("awsregion", TRAIL_REGION), JSONLOG_NAME("useragent", TRAIL_AGENT),
    JSONLOG_NAME("errorcode", TRAIL_ERROR_CODE), JSONLOG_NAME("eventtype", TRAIL_TYPE), JSONLOG_NAME("resources", TRAIL_RESOURCES),
    JSONLOG_NAME("eventsource", TRAIL_SOURCE), JSONLOG_NAME("useridentity", TRAIL_USER_IDENTITY),
    JSONLOG_NAME("errormessage", TRAIL_ERROR_MESSAGE), JSONLOG_NAME("sourceipaddress", TRAIL_IP),
    JSONLOG_NAME("cloudtrailevent", TRAIL_LOOKUP), JSONLOG_NAME("responseelements", TRAIL_RESPONSE),
    JSONLOG_NAME("requestparameters", TRAIL_REQUEST), JSONLOG_NAME("recipientaccountid", TRAIL_ACCOUNT),
    JSONLOG_NAME("additionaleventdata", TRAIL_ADDITIONAL),
};
static const struct jsonlog_names names = {name_rows, sizeof name_rows / sizeof *name_rows};

static bool claims(const struct jnode *doc)
{
    unsigned seen = 0;
    if (doc->type != J_OBJ)
        return false;
    for (const struct jnode *c = jin_first(doc, doc); c; c = jin_next(doc, doc, c)) {
        seen |= str_eqi(c->key, STR("eventSource")) ? 1u : str_eqi(c->key, STR("eventName")) ? 2u : 0u;
        if (seen == 3u || (c->type == J_STR && str_eqi(c->key, STR("CloudTrailEvent"))))
            return true;
    }
    return false;
}

/* What stands before ".amazonaws.com". */
static struct str service(struct str source)
{
    for (size_t i = 1; i < source.n; i++)
        if (source.p[i] == '.' && str_starts(str_from(source, i), STR(".amazonaws.com")))
            return str_sub(source, 0, i);
    return source;
}

static void read_fields(struct cloudtrail *t)
{
    jsonlog_fields(t->d, t->doc, t->doc, &names, t->at);
    t->name = cloudtrail_text(t, TRAIL_NAME);
    t->source = service(cloudtrail_text(t, TRAIL_SOURCE));
    t->read_only = str_eq(cloudtrail_text(t, TRAIL_READ_ONLY), STR("true"));
    t->failed = str_set(cloudtrail_text(t, TRAIL_ERROR_CODE)) ||
                str_eqi(jin_str(t->doc, t->at[TRAIL_RESPONSE], "ConsoleLogin"), STR("Failure"));
}

static struct str reason(struct str error, struct str message)
{
    if (str_has(error, STR("Denied")) || str_has(error, STR("Unauthorized")) || str_has(error, STR("Forbidden")))
        return STR("not granted");
    if (str_hasi(message, STR("No username found")) || str_has(error, STR("UserNotFound")))
        return STR("unknown user");
    if (str_hasi(message, STR("Failed authentication")))
        return STR("wrong password");
    return STR("other");
}

static void outcome(const struct cloudtrail *t)
{
    struct str error = cloudtrail_text(t, TRAIL_ERROR_CODE), message = cloudtrail_text(t, TRAIL_ERROR_MESSAGE);
    t->d->act.outcome = t->failed ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    if (!t->failed)
        return;
    decode_str(t->d, FACT_ERROR_NAME, str_set(error) ? error : message);
    decode_str(t->d, FACT_FAILURE_REASON, reason(error, message));
}

static void common(const struct cloudtrail *t)
{
    struct activity *a = &t->d->act;
    struct str id = cloudtrail_text(t, TRAIL_ID), account = cloudtrail_text(t, TRAIL_ACCOUNT);
    a->time = time_parse(cloudtrail_text(t, TRAIL_TIME));
    a->app = str_of(APP_AWS);
    a->instance = str_set(account) ? account : decode_some(jin_str(t->doc, t->at[TRAIL_USER_IDENTITY], "accountId"));
    a->protocol = PROTO_HTTP_API;
    decode_ip(t->d, cloudtrail_text(t, TRAIL_IP)); /* a service that calls is named there instead */
    decode_agent(t->d, cloudtrail_text(t, TRAIL_AGENT));
    decode_str(t->d, FACT_OPERATION, t->name);
    decode_str(t->d, FACT_PROVIDER, cloudtrail_text(t, TRAIL_SOURCE));
    decode_str(t->d, FACT_CLOUD_RECORD_ID, id);
    decode_str(t->d, FACT_AWS_REGION, cloudtrail_text(t, TRAIL_REGION));
    decode_str(t->d, FACT_AWS_ACCOUNT, a->instance);
    if (t->at[TRAIL_READ_ONLY])
        decode_u64(t->d, FACT_READ_ONLY, t->read_only);
    outcome(t);
}

/* One event is delivered once per account and trail; several trails repeat it under the same eventID. */
static void identity(const struct cloudtrail *t, struct str raw)
{
    struct str id = cloudtrail_text(t, TRAIL_ID);
    struct str parts[] = {STR("cloudtrail"), t->d->act.instance, cloudtrail_text(t, TRAIL_REGION), str_set(id) ? id : raw};
    decode_id(t->d, parts, 4);
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    struct cloudtrail t = {.d = d, .doc = doc};
    read_fields(&t);
    if (t.at[TRAIL_LOOKUP]) {
        const struct jnode *inner = jin_embedded(d->arena, cloudtrail_text(&t, TRAIL_LOOKUP));
        if (!inner || inner->type != J_OBJ)
            return decode_fault(d, "CloudTrailEvent is no JSON object", 0);
        t = (struct cloudtrail){.d = d, .doc = inner};
        read_fields(&t);
    }
    if (!str_set(t.name) || !str_set(t.source))
        return decode_fault(d, "a CloudTrail event without a name or a source", 0);
    struct activity *a = decode_begin(d, KIND_CLOUD_OTHER);
    common(&t);
    identity(&t, raw);
    cloudtrail_actor(&t);
    a->kind = cloudtrail_kind(&t);
    cloudtrail_objects(&t, a->kind);
    a->admin = kind_group(a->kind) == GROUP_ADMIN && !str_eq(act_str(a, FACT_USER_TYPE), STR("AWSService"));
    return decode_emit(d);
}

const struct decoder dec_cloudtrail = {
    .name = "cloudtrail",
    .about = "AWS CloudTrail events (objects of a trail's bucket, lines, rows of LookupEvents)",
    .claims = claims,
    .record = record,
};
