/* decode/cloudtrail_objects.c - what an AWS operation was done to. */
#include "decode/cloudtrail.h"

static struct str leaf(struct str s)
{
    ptrdiff_t at = str_rchr(s, '/');
    return at >= 0 ? str_from(s, (size_t)at + 1) : s;
}

static struct object *object(const struct cloudtrail *t, enum object_type type, enum object_role role, struct str name)
{
    struct object *o = str_set(name) ? decode_object(t->d, type, role, name) : NULL;
    if (o && str_starts(name, STR("arn:"))) {
        o->ref.name = leaf(name);
        o->ref.cloud = name;
    }
    return o;
}

static void account(const struct cloudtrail *t, enum object_role role, struct str name)
{
    struct object *o = str_set(name) ? decode_object(t->d, OBJECT_ACCOUNT, role, STR_NONE) : NULL;
    if (o && str_chr(name, '@') > 0)
        o->ref.upn = name;
    else if (o)
        o->ref.name = name;
}

/* Instances named by the request, or made by it. */
static void machines(const struct cloudtrail *t)
{
    const struct jnode *list = jin_path(t->doc, t->at[TRAIL_RESPONSE], "instancesSet.items");
    if (!list)
        list = jin_path(t->doc, t->at[TRAIL_REQUEST], "instancesSet.items");
    uint64_t n = jsonlog_count(t->doc, list);
    for (const struct jnode *c = list ? jin_first(t->doc, list) : NULL; c; c = jin_next(t->doc, list, c)) {
        (void)object(t, OBJECT_VM, ROLE_TARGET, decode_some(jin_str(t->doc, c, "instanceId")));
        if (t->d->act.nobjects == ACTIVITY_OBJECTS)
            break; /* the count tells of the rest */
    }
    decode_u64(t->d, FACT_ITEM_COUNT, n ? n : 1);
}

static void stored_file(const struct cloudtrail *t)
{
    struct str bucket = cloudtrail_request(t, "bucketName"), key = cloudtrail_request(t, "key"), name = leaf(key);
    struct object *o = object(t, OBJECT_FILE, ROLE_TARGET, str_set(key) ? name : bucket);
    if (o && str_set(key))
        o->ref.cloud = str_glue(t->d->arena, str_glue(t->d->arena, STR("s3://"), bucket, STR("/")), key, STR_NONE);
    ptrdiff_t dot = str_rchr(name, '.');
    decode_str(t->d, FACT_FILE_NAME, str_set(key) ? name : STR_NONE);
    decode_str(t->d, FACT_FILE_PATH, o ? o->ref.cloud : STR_NONE);
    if (dot > 0 && (size_t)dot + 1 < name.n)
        decode_str(t->d, FACT_FILE_EXTENSION, str_lower(t->d->arena, str_from(name, (size_t)dot + 1)));
    uint64_t bytes;
    const char *field = str_starts(t->name, STR("Get")) ? "bytesTransferredOut" : "bytesTransferredIn";
    if (jin_u64(t->doc, t->at[TRAIL_ADDITIONAL], field, &bytes))
        decode_u64(t->d, FACT_BYTES, bytes);
    (void)object(t, OBJECT_STORAGE, ROLE_RESOURCE, str_set(key) ? bucket : STR_NONE);
}

static struct str first_of(const struct cloudtrail *t, const char *const *paths, size_t n)
{
    struct str s = STR_NONE;
    for (size_t i = 0; i < n && !str_set(s); i++)
        s = cloudtrail_request(t, paths[i]);
    return s;
}
#define FIRST_OF(t, paths) first_of(t, paths, sizeof(paths) / sizeof *(paths))

static void storage(const struct cloudtrail *t)
{
    static const char *const paths[] = {"bucketName", "volumeId", "snapshotId", "imageId", "dBInstanceIdentifier", "dBClusterIdentifier",
                                        "dBSnapshotIdentifier", "tableName", "fileSystemId"};
    (void)object(t, OBJECT_STORAGE, ROLE_TARGET, FIRST_OF(t, paths));
    if (t->d->act.kind == KIND_STORAGE_MADE_PUBLIC)
        decode_str(t->d, FACT_SHARE_SCOPE, STR("public"));
}

/* Who got or lost what: the user, role or group is the member, the policy or group is what it got. */
static void grant(const struct cloudtrail *t, enum kind k)
{
    struct str user = cloudtrail_request(t, "userName"), role = cloudtrail_request(t, "roleName"), group = cloudtrail_request(t, "groupName");
    struct str policy = cloudtrail_request(t, "policyArn"), name = cloudtrail_request(t, "policyName");
    account(t, ROLE_MEMBER, user);
    (void)object(t, OBJECT_ROLE, ROLE_MEMBER, role);
    (void)object(t, OBJECT_GROUP, str_set(user) ? ROLE_GROUP : ROLE_MEMBER, group);
    struct str given = str_set(policy) ? leaf(policy) : name;
    if (!str_set(given))
        given = k == KIND_ROLE_GRANTED || k == KIND_ROLE_REMOVED ? group : STR_NONE;
    (void)object(t, OBJECT_POLICY, ROLE_GROUP, str_set(policy) ? policy : name);
    decode_str(t->d, FACT_POLICY_NAME, given);
    if (k == KIND_ROLE_GRANTED || k == KIND_ROLE_REMOVED)
        decode_str(t->d, FACT_ROLE_NAME, str_set(given) ? given : cloudtrail_request(t, "permissionSetArn"));
    if (cloudtrail_kind_allows_all(t))
        decode_str(t->d, FACT_CHANGE, STR("allows everything"));
}

static void user(const struct cloudtrail *t)
{
    struct str name = cloudtrail_request(t, "userName");
    account(t, ROLE_TARGET, str_set(name) ? name : account_text(&t->d->act.actor));
    decode_str(t->d, FACT_CHANGE, cloudtrail_request(t, "status"));
    if (t->d->act.kind == KIND_ACCESS_KEY_CREATED)
        decode_str(t->d, FACT_VALUE, decode_some(jin_str(t->doc, t->at[TRAIL_RESPONSE], "accessKey.accessKeyId")));
}

/* The change begins with "disabled" or "enabled"; a trail that is written anew or given other events is "changed". */
static void audit(const struct cloudtrail *t)
{
    static const char *const paths[] = {"name", "trailName", "configurationRecorderName", "detectorId", "logGroupName", "deliveryChannelName"};
    bool off = str_starts(t->name, STR("Stop")) || str_starts(t->name, STR("Delete")) || str_starts(t->name, STR("Disable")) ||
               str_eq(cloudtrail_request(t, "enable"), STR("false"));
    bool on = str_starts(t->name, STR("Start")) || str_starts(t->name, STR("Create"));
    (void)object(t, OBJECT_POLICY, ROLE_TARGET, FIRST_OF(t, paths));
    decode_str(t->d, FACT_CHANGE, str_fmt(t->d->arena, "%s %.*s", off ? "disabled" : on ? "enabled" : "changed", STR_ARG(t->name)));
}

static void security_group(const struct cloudtrail *t)
{
    const struct jnode *first = jin_path(t->doc, t->at[TRAIL_REQUEST], "ipPermissions.items");
    struct str id = cloudtrail_request(t, "groupId"), name = cloudtrail_request(t, "groupName"), range = STR_NONE;
    (void)object(t, OBJECT_POLICY, ROLE_TARGET, str_set(id) ? id : name);
    first = first ? jin_first(t->doc, first) : NULL;
    const struct jnode *ranges = jin_path(t->doc, first, "ipRanges.items");
    ranges = ranges ? jin_first(t->doc, ranges) : NULL;
    if (ranges)
        range = jin_str(t->doc, ranges, "cidrIp");
    if (first)
        decode_str(t->d, FACT_CHANGE, str_fmt(t->d->arena, "%.*s %.*s-%.*s %.*s", STR_ARG(jin_str(t->doc, first, "ipProtocol")),
                                              STR_ARG(jin_str(t->doc, first, "fromPort")), STR_ARG(jin_str(t->doc, first, "toPort")), STR_ARG(range)));
}

/* AssumeRole and its kin: the role taken; with SAML, who vouched for whom. */
static void token(const struct cloudtrail *t)
{
    struct str issuer = decode_some(jin_str(t->doc, t->at[TRAIL_RESPONSE], "issuer"));
    (void)object(t, OBJECT_ROLE, ROLE_RESOURCE, cloudtrail_request(t, "roleArn"));
    if (!str_eq(t->name, STR("AssumeRoleWithSAML")))
        return;
    t->d->act.protocol = PROTO_SAML;
    if (!act_has(&t->d->act, FACT_FEDERATED))
        decode_u64(t->d, FACT_FEDERATED, 1);
    if (!act_has(&t->d->act, FACT_TOKEN_ISSUER))
        decode_str(t->d, FACT_TOKEN_ISSUER, str_set(issuer) ? issuer : cloudtrail_request(t, "principalArn"));
}

/* Any other operation: the first resource that the event names, else the request's first name. */
static void other(const struct cloudtrail *t)
{
    static const char *const paths[] = {"secretId", "functionName", "name", "instanceId", "bucketName", "keyId", "groupId", "vpcId"};
    const struct jnode *first = t->at[TRAIL_RESOURCES] ? jin_first(t->doc, t->at[TRAIL_RESOURCES]) : NULL;
    struct str arn = first ? decode_some(jin_str(t->doc, first, "ARN")) : STR_NONE;
    (void)object(t, OBJECT_OTHER, ROLE_TARGET, str_set(arn) ? arn : FIRST_OF(t, paths));
}

void cloudtrail_objects(const struct cloudtrail *t, enum kind k)
{
    bool iam = str_eq(t->source, STR("iam")) || str_starts(t->source, STR("sso"));
    if (k == KIND_VM_CREATED || k == KIND_VM_STARTED || k == KIND_VM_DELETED)
        machines(t);
    else if (k == KIND_FILE_DOWNLOAD || k == KIND_FILE_UPLOAD || k == KIND_FILE_DELETE)
        stored_file(t);
    else if (k == KIND_STORAGE_CREATED || k == KIND_STORAGE_DELETED || k == KIND_STORAGE_MADE_PUBLIC)
        storage(t);
    else if (k == KIND_AUDIT_LOGGING_CHANGED)
        audit(t);
    else if (k == KIND_SECURITY_GROUP_CHANGED)
        security_group(t);
    else if (k == KIND_TOKEN_ISSUED)
        token(t);
    else if (k == KIND_ROLE_GRANTED || k == KIND_ROLE_REMOVED || k == KIND_CLOUD_GROUP_CHANGED || (k == KIND_POLICY_CHANGED && iam))
        grant(t, k);
    else if (iam && k != KIND_CLOUD_OTHER && k != KIND_ADMIN_OPERATION && k != KIND_FEDERATION_CHANGED)
        user(t);
    else if (k == KIND_SIGN_IN || k == KIND_FAILED_SIGN_IN)
        decode_str(t->d, FACT_TARGET_APP, decode_some(jin_str(t->doc, t->at[TRAIL_ADDITIONAL], "LoginTo")));
    else
        other(t);
}
