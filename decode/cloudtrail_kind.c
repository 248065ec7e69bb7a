/* decode/cloudtrail_kind.c - what AWS operations stand for (each service's API reference names them). */
#include "decode/cloudtrail.h"

struct row {
    struct str name;    /* eventName */
    const char *source; /* eventSource without ".amazonaws.com" */
    enum kind kind;
};

#define ROW(name, source, id) {{name, sizeof(name) - 1}, source, KIND_##id}

/* Sorted by name, then source. */
static const struct row rows[] = {
    ROW("AddUserToGroup", "iam", CLOUD_GROUP_CHANGED),
    ROW("AssumeRole", "sts", TOKEN_ISSUED),
    ROW("AssumeRoleWithSAML", "sts", TOKEN_ISSUED),
    ROW("AssumeRoleWithWebIdentity", "sts", TOKEN_ISSUED),
    ROW("AssumeRoot", "sts", TOKEN_ISSUED),
    ROW("AttachGroupPolicy", "iam", POLICY_CHANGED),
    ROW("AttachRolePolicy", "iam", POLICY_CHANGED),
    ROW("AttachUserPolicy", "iam", POLICY_CHANGED),
    ROW("AuthorizeDBSecurityGroupIngress", "rds", SECURITY_GROUP_CHANGED),
    ROW("AuthorizeSecurityGroupEgress", "ec2", SECURITY_GROUP_CHANGED),
    ROW("AuthorizeSecurityGroupIngress", "ec2", SECURITY_GROUP_CHANGED),
    ROW("BatchGetSecretValue", "secretsmanager", SECRET_READ),
    ROW("ChangePassword", "iam", CLOUD_PASSWORD_CHANGE),
    ROW("CheckMfa", "signin", MFA_PROMPT),
    ROW("CompleteMultipartUpload", "s3", FILE_UPLOAD),
    ROW("ConsoleLogin", "signin", SIGN_IN),
    ROW("CopyObject", "s3", FILE_UPLOAD),
    ROW("CreateAccessKey", "iam", ACCESS_KEY_CREATED),
    ROW("CreateAccountAssignment", "sso", ROLE_GRANTED),
    ROW("CreateBucket", "s3", STORAGE_CREATED),
    ROW("CreateDBCluster", "rds", STORAGE_CREATED),
    ROW("CreateDBInstance", "rds", STORAGE_CREATED),
    ROW("CreateFileSystem", "elasticfilesystem", STORAGE_CREATED),
    ROW("CreateFlowLogs", "ec2", AUDIT_LOGGING_CHANGED),
    ROW("CreateGroup", "iam", CLOUD_GROUP_CHANGED),
    ROW("CreateInstances", "lightsail", VM_CREATED),
    ROW("CreateLoginProfile", "iam", CLOUD_PASSWORD_RESET),
    ROW("CreateMultipartUpload", "s3", FILE_UPLOAD),
    ROW("CreateOpenIDConnectProvider", "iam", FEDERATION_CHANGED),
    ROW("CreatePolicy", "iam", POLICY_CHANGED),
    ROW("CreatePolicyVersion", "iam", POLICY_CHANGED),
    ROW("CreateSAMLProvider", "iam", FEDERATION_CHANGED),
    ROW("CreateSecurityGroup", "ec2", SECURITY_GROUP_CHANGED),
    ROW("CreateSnapshot", "ec2", STORAGE_CREATED),
    ROW("CreateTable", "dynamodb", STORAGE_CREATED),
    ROW("CreateTrail", "cloudtrail", AUDIT_LOGGING_CHANGED),
    ROW("CreateTrustAnchor", "rolesanywhere", FEDERATION_CHANGED),
    ROW("CreateUser", "iam", USER_CREATED),
    ROW("CreateUser", "identitystore", USER_CREATED),
    ROW("CreateUser", "sso-directory", USER_CREATED),
    ROW("CreateVolume", "ec2", STORAGE_CREATED),
    ROW("DeactivateMFADevice", "iam", USER_CHANGED),
    ROW("DeleteAccessKey", "iam", USER_CHANGED),
    ROW("DeleteAccountAssignment", "sso", ROLE_REMOVED),
    ROW("DeleteBucket", "s3", STORAGE_DELETED),
    ROW("DeleteBucketPolicy", "s3", POLICY_CHANGED),
    ROW("DeleteBucketPublicAccessBlock", "s3", POLICY_CHANGED),
    ROW("DeleteConfigRule", "config", AUDIT_LOGGING_CHANGED),
    ROW("DeleteConfigurationRecorder", "config", AUDIT_LOGGING_CHANGED),
    ROW("DeleteDBCluster", "rds", STORAGE_DELETED),
    ROW("DeleteDBInstance", "rds", STORAGE_DELETED),
    ROW("DeleteDBSnapshot", "rds", STORAGE_DELETED),
    ROW("DeleteDeliveryChannel", "config", AUDIT_LOGGING_CHANGED),
    ROW("DeleteDetector", "guardduty", AUDIT_LOGGING_CHANGED),
    ROW("DeleteEventDataStore", "cloudtrail", AUDIT_LOGGING_CHANGED),
    ROW("DeleteFileSystem", "elasticfilesystem", STORAGE_DELETED),
    ROW("DeleteFlowLogs", "ec2", AUDIT_LOGGING_CHANGED),
    ROW("DeleteGroup", "iam", CLOUD_GROUP_CHANGED),
    ROW("DeleteGroupPolicy", "iam", POLICY_CHANGED),
    ROW("DeleteInstance", "lightsail", VM_DELETED),
    ROW("DeleteLogGroup", "logs", AUDIT_LOGGING_CHANGED),
    ROW("DeleteLogStream", "logs", AUDIT_LOGGING_CHANGED),
    ROW("DeleteLoginProfile", "iam", USER_CHANGED),
    ROW("DeleteObject", "s3", FILE_DELETE),
    ROW("DeleteObjects", "s3", FILE_DELETE),
    ROW("DeleteOpenIDConnectProvider", "iam", FEDERATION_CHANGED),
    ROW("DeletePolicy", "iam", POLICY_CHANGED),
    ROW("DeleteRolePolicy", "iam", POLICY_CHANGED),
    ROW("DeleteSAMLProvider", "iam", FEDERATION_CHANGED),
    ROW("DeleteSecurityGroup", "ec2", SECURITY_GROUP_CHANGED),
    ROW("DeleteSnapshot", "ec2", STORAGE_DELETED),
    ROW("DeleteTable", "dynamodb", STORAGE_DELETED),
    ROW("DeleteTrail", "cloudtrail", AUDIT_LOGGING_CHANGED),
    ROW("DeleteUser", "iam", USER_DELETED),
    ROW("DeleteUser", "identitystore", USER_DELETED),
    ROW("DeleteUser", "sso-directory", USER_DELETED),
    ROW("DeleteUserPolicy", "iam", POLICY_CHANGED),
    ROW("DeleteVirtualMFADevice", "iam", USER_CHANGED),
    ROW("DeleteVolume", "ec2", STORAGE_DELETED),
    ROW("DetachGroupPolicy", "iam", POLICY_CHANGED),
    ROW("DetachRolePolicy", "iam", POLICY_CHANGED),
    ROW("DetachUserPolicy", "iam", POLICY_CHANGED),
    ROW("DisableAlarmActions", "monitoring", AUDIT_LOGGING_CHANGED),
    ROW("DisableSecurityHub", "securityhub", AUDIT_LOGGING_CHANGED),
    ROW("DisableUser", "sso-directory", USER_DISABLED),
    ROW("EnableMFADevice", "iam", USER_CHANGED),
    ROW("GetFederationToken", "sts", TOKEN_ISSUED),
    ROW("GetObject", "s3", FILE_DOWNLOAD),
    ROW("GetPasswordData", "ec2", SECRET_READ),
    ROW("GetSecretValue", "secretsmanager", SECRET_READ),
    ROW("GetSessionToken", "sts", TOKEN_ISSUED),
    ROW("GetSigninToken", "signin", TOKEN_ISSUED),
    ROW("ModifyDBSnapshotAttribute", "rds", ADMIN_OPERATION),
    ROW("ModifyImageAttribute", "ec2", ADMIN_OPERATION),
    ROW("ModifySnapshotAttribute", "ec2", ADMIN_OPERATION),
    ROW("PasswordRecoveryCompleted", "signin", CLOUD_PASSWORD_CHANGE),
    ROW("PutBucketAcl", "s3", POLICY_CHANGED),
    ROW("PutBucketLifecycle", "s3", POLICY_CHANGED),
    ROW("PutBucketPolicy", "s3", POLICY_CHANGED),
    ROW("PutBucketPublicAccessBlock", "s3", POLICY_CHANGED),
    ROW("PutComplianceItems", "ssm", CLOUD_OTHER),
    ROW("PutConfigurationRecorder", "config", AUDIT_LOGGING_CHANGED),
    ROW("PutEventSelectors", "cloudtrail", AUDIT_LOGGING_CHANGED),
    ROW("PutGroupPolicy", "iam", POLICY_CHANGED),
    ROW("PutInsightSelectors", "cloudtrail", AUDIT_LOGGING_CHANGED),
    ROW("PutInventory", "ssm", CLOUD_OTHER),
    ROW("PutObject", "s3", FILE_UPLOAD),
    ROW("PutObjectAcl", "s3", POLICY_CHANGED),
    ROW("PutRolePolicy", "iam", POLICY_CHANGED),
    ROW("PutUserPolicy", "iam", POLICY_CHANGED),
    ROW("RemoveUserFromGroup", "iam", CLOUD_GROUP_CHANGED),
    ROW("RevokeSecurityGroupEgress", "ec2", SECURITY_GROUP_CHANGED),
    ROW("RevokeSecurityGroupIngress", "ec2", SECURITY_GROUP_CHANGED),
    ROW("RunInstances", "ec2", VM_CREATED),
    ROW("SetDefaultPolicyVersion", "iam", POLICY_CHANGED),
    ROW("StartConfigurationRecorder", "config", AUDIT_LOGGING_CHANGED),
    ROW("StartInstances", "ec2", VM_STARTED),
    ROW("StartLogging", "cloudtrail", AUDIT_LOGGING_CHANGED),
    ROW("StopConfigurationRecorder", "config", AUDIT_LOGGING_CHANGED),
    ROW("StopLogging", "cloudtrail", AUDIT_LOGGING_CHANGED),
    ROW("StopMonitoringMembers", "guardduty", AUDIT_LOGGING_CHANGED),
    ROW("SwitchRole", "signin", TOKEN_ISSUED),
    ROW("TerminateInstances", "ec2", VM_DELETED),
    ROW("UpdateAccessKey", "iam", USER_CHANGED),
    ROW("UpdateAssumeRolePolicy", "iam", POLICY_CHANGED),
    ROW("UpdateDetector", "guardduty", AUDIT_LOGGING_CHANGED),
    ROW("UpdateInstanceAssociationStatus", "ssm", CLOUD_OTHER),
    ROW("UpdateInstanceInformation", "ssm", CLOUD_OTHER),
    ROW("UpdateLoginProfile", "iam", CLOUD_PASSWORD_RESET),
    ROW("UpdateOpenIDConnectProviderThumbprint", "iam", FEDERATION_CHANGED),
    ROW("UpdateSAMLProvider", "iam", FEDERATION_CHANGED),
    ROW("UpdateTrail", "cloudtrail", AUDIT_LOGGING_CHANGED),
    ROW("UpdateUser", "iam", USER_CHANGED),
    ROW("UploadPart", "s3", FILE_UPLOAD),
};

static int order(const struct row *r, struct str name, struct str source)
{
    int by_name = str_cmp(name, r->name);
    return by_name ? by_name : str_cmp(source, str_of(r->source));
}

static enum kind listed(struct str name, struct str source)
{
    size_t from = 0, to = sizeof rows / sizeof *rows;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int o = order(&rows[middle], name, source);
        if (o == 0)
            return rows[middle].kind;
        if (o < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return KIND_UNKNOWN;
}

static bool asks(struct str name)
{
    static const struct str verbs[] = {{"Get", 3}, {"List", 4}, {"Describe", 8}, {"Lookup", 6}, {"Head", 4}, {"Search", 6}, {"Batch", 5},
                                       {"Check", 5}, {"Decrypt", 7}, {"Encrypt", 7}, {"Generate", 8}, {"Query", 5}, {"Scan", 4}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (str_starts(name, verbs[i]))
            return true;
    return false;
}

/* True when a text anywhere below `from` (of that key, if one is given) passes. */
static bool somewhere(const struct cloudtrail *t, const struct jnode *from, struct str key, bool (*passes)(struct str))
{
    for (const struct jnode *n = from; n && n < t->doc + from->next; n++)
        if (n->type == J_STR && (!str_set(key) || str_eq(n->key, key)) && passes(n->val))
            return true;
    return false;
}

static bool everybodys_list(struct str s)
{
    return str_ends(s, STR("/groups/global/AllUsers")) || str_ends(s, STR("/groups/global/AuthenticatedUsers")) ||
           str_starts(s, STR("public-read")) || str_eq(s, STR("authenticated-read"));
}

static bool all(struct str s)
{
    return str_eq(s, STR("all"));
}

static bool star(struct str s)
{
    return str_eq(s, STR("*"));
}

/* A statement of a bucket policy that lets every principal in, without a condition. */
static bool open_statement(const struct cloudtrail *t, const struct jnode *one)
{
    return str_eq(jin_str(t->doc, one, "Effect"), STR("Allow")) && !jin_get(t->doc, one, STR("Condition")) &&
           somewhere(t, jin_get(t->doc, one, STR("Principal")), STR_NONE, star);
}

static bool open_policy(const struct cloudtrail *t)
{
    const struct jnode *list = jin_path(t->doc, t->at[TRAIL_REQUEST], "bucketPolicy.Statement");
    if (list && list->type == J_OBJ)
        return open_statement(t, list);
    for (const struct jnode *c = list ? jin_first(t->doc, list) : NULL; c; c = jin_next(t->doc, list, c))
        if (open_statement(t, c))
            return true;
    return false;
}

static bool given_to_all(const struct cloudtrail *t)
{
    static const char *const paths[] = {"createVolumePermission.add", "launchPermission.add", "valuesToAdd"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (somewhere(t, jin_path(t->doc, t->at[TRAIL_REQUEST], paths[i]), STR_NONE, all))
            return true;
    return false;
}

static bool made_public(const struct cloudtrail *t)
{
    if (str_eq(t->name, STR("PutBucketPolicy")))
        return open_policy(t);
    if (str_eq(t->name, STR("PutBucketAcl")) || str_eq(t->name, STR("PutObjectAcl")))
        return somewhere(t, t->at[TRAIL_REQUEST], STR_NONE, everybodys_list);
    return str_starts(t->name, STR("Modify")) && given_to_all(t);
}

static struct str skip_blanks(struct str s)
{
    while (s.n && ((unsigned char)s.p[0] <= ' ' || s.p[0] == ':' || s.p[0] == '['))
        s = str_from(s, 1);
    return s;
}

/* "Action": "*" or ["*"] in a policy document, which is a JSON text */
static bool allows_everything(struct str document)
{
    ptrdiff_t at;
    while ((at = str_find(document, STR("\"Action\""))) >= 0) {
        document = skip_blanks(str_from(document, (size_t)at + 8));
        if (str_starts(document, STR("\"*\"")) || str_starts(document, STR("\"*:*\"")))
            return true;
    }
    return false;
}

bool cloudtrail_kind_allows_all(const struct cloudtrail *t)
{
    static const struct str names[] = {{"AdministratorAccess", 19}, {"IAMFullAccess", 13}, {"PowerUserAccess", 15}};
    struct str arn = cloudtrail_request(t, "policyArn");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_ends(arn, names[i]))
            return true;
    return allows_everything(cloudtrail_request(t, "policyDocument"));
}

/* Giving somebody a policy that allows everything is giving a role; the same for a group of administrators. */
static enum kind iam(const struct cloudtrail *t, enum kind k)
{
    static const struct str giving[] = {{"Attach", 6}, {"Put", 3}}, taking[] = {{"Detach", 6}, {"Remove", 6}};
    bool admins = str_hasi(cloudtrail_request(t, "groupName"), STR("admin")) && str_has(t->name, STR("User")) && k == KIND_CLOUD_GROUP_CHANGED;
    if (!admins && !cloudtrail_kind_allows_all(t))
        return k;
    for (size_t i = 0; i < 2; i++) {
        if (str_starts(t->name, giving[i]))
            return KIND_ROLE_GRANTED;
        if (str_starts(t->name, taking[i]))
            return KIND_ROLE_REMOVED;
    }
    return admins ? KIND_ROLE_GRANTED : k;
}

enum kind cloudtrail_kind(const struct cloudtrail *t)
{
    enum kind k = listed(t->name, t->source);
    if (k == KIND_SIGN_IN && t->failed)
        return KIND_FAILED_SIGN_IN;
    if (str_eq(t->source, STR("iam")))
        k = iam(t, k);
    else if ((k == KIND_POLICY_CHANGED || k == KIND_ADMIN_OPERATION) && made_public(t))
        k = KIND_STORAGE_MADE_PUBLIC;
    else if (str_eq(t->source, STR("ssm")) && str_starts(t->name, STR("GetParameter")) &&
             str_eq(cloudtrail_request(t, "withDecryption"), STR("true")))
        k = KIND_SECRET_READ;
    if (k != KIND_UNKNOWN)
        return k;
    bool call = !str_eq(cloudtrail_text(t, TRAIL_TYPE), STR("AwsServiceEvent"));
    if (t->read_only || !call || asks(t->name))
        return KIND_CLOUD_OTHER;
    return KIND_ADMIN_OPERATION;
}
