/* decode/o365_mail.c - what happens to mail items (Exchange mailbox audit records). */
#include "decode/o365.h"

static const struct jsonlog_op operations[] = {
    JSONLOG_OP("AddFolderPermissions", MAILBOX_DELEGATED),
    JSONLOG_OP("Copy", CLOUD_OTHER),
    JSONLOG_OP("Create", CLOUD_OTHER),
    JSONLOG_OP("FolderBind", MAIL_ACCESS),
    JSONLOG_OP("HardDelete", MAIL_DELETED),
    JSONLOG_OP("MailboxLogin", SIGN_IN),
    JSONLOG_OP("MailItemsAccessed", MAIL_ACCESS),
    JSONLOG_OP("MessageBind", MAIL_ACCESS),
    JSONLOG_OP("ModifyFolderPermissions", MAILBOX_DELEGATED),
    JSONLOG_OP("Move", MAIL_MOVED),
    JSONLOG_OP("MoveToDeletedItems", MAIL_DELETED),
    JSONLOG_OP("RecordDelete", MAIL_DELETED),
    JSONLOG_OP("RemoveFolderPermissions", CLOUD_OTHER),
    JSONLOG_OP("Send", MAIL_SENT),
    JSONLOG_OP("SendAs", MAIL_SEND_AS),
    JSONLOG_OP("SendOnBehalf", MAIL_SEND_AS),
    JSONLOG_OP("SoftDelete", MAIL_DELETED),
    JSONLOG_OP("Update", CLOUD_OTHER),
    JSONLOG_OP("UpdateCalendarDelegation", MAILBOX_DELEGATED),
    JSONLOG_OP("UpdateFolderPermissions", MAILBOX_DELEGATED),
    JSONLOG_OP("UpdateInboxRules", INBOX_RULE_CHANGED),
};

static void mailbox(const struct o365 *r)
{
    struct str owner = o365_text(r, O365_MAILBOX_OWNER_UPN), guid = o365_text(r, O365_MAILBOX_GUID);
    if (!str_set(owner) && !str_set(guid))
        return;
    struct object *o = decode_object(r->d, OBJECT_MAILBOX, ROLE_TARGET, STR_NONE);
    if (!o)
        return;
    decode_account(&o->ref, owner);
    o->ref.sid = o365_text(r, O365_MAILBOX_OWNER_SID);
    o->ref.cloud = guid;
}

/* LogonType 1 (administrator) and 2 (delegate): somebody works in a mailbox that is not his. */
static bool in_anothers_mailbox(const struct o365 *r)
{
    struct str type = o365_text(r, O365_LOGON_TYPE), user = o365_text(r, O365_LOGON_USER_SID);
    bool other = str_eq(type, STR("1")) || str_eq(type, STR("2")) || str_startsi(type, STR("Admin")) || str_startsi(type, STR("Delegate"));
    return other && str_starts(user, STR("S-1-5-21-")) && !str_eq(user, o365_text(r, O365_MAILBOX_OWNER_SID));
}

static void one_item(const struct o365 *r, const struct jnode *doc, const struct jnode *item)
{
    uint64_t bytes;
    decode_str(r->d, FACT_MAIL_SUBJECT, decode_some(jin_str(doc, item, "Subject")));
    if (jin_u64(doc, item, "SizeInBytes", &bytes))
        decode_u64(r->d, FACT_BYTES, bytes);
    decode_str(r->d, FACT_FILE_NAME, decode_some(jin_str(doc, item, "Attachments")));
}

/* Folders: [{"Path": ..., "FolderItems": [{"InternetMessageId": ...}, ...]}] */
static uint64_t accessed(const struct o365 *r)
{
    const struct jnode *doc = r->in[O365_FOLDERS], *list = r->at[O365_FOLDERS];
    uint64_t n = 0;
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c))
        n += jsonlog_count(doc, jin_get(doc, c, STR("FolderItems")));
    return n;
}

static void items(const struct o365 *r, enum kind k)
{
    uint64_t n = 0;
    if (r->at[O365_AFFECTED_ITEMS]) {
        n = jsonlog_count(r->in[O365_AFFECTED_ITEMS], r->at[O365_AFFECTED_ITEMS]);
        const struct jnode *first = jin_first(r->in[O365_AFFECTED_ITEMS], r->at[O365_AFFECTED_ITEMS]);
        if (first)
            one_item(r, r->in[O365_AFFECTED_ITEMS], first);
    } else if (r->at[O365_ITEM]) {
        one_item(r, r->in[O365_ITEM], r->at[O365_ITEM]);
    }
    if (k == KIND_MAIL_ACCESS && !n)
        n = accessed(r);
    if (str_u64(o365_text(r, O365_OPERATION_COUNT), &n) || n || k == KIND_MAIL_DELETED || k == KIND_MAIL_MOVED)
        decode_u64(r->d, FACT_ITEM_COUNT, n ? n : 1);
}

/* Where the items lie, or where they went when they were moved. */
static void folder(const struct o365 *r, enum kind k)
{
    struct str path = STR_NONE;
    if (k == KIND_MAIL_MOVED)
        path = decode_some(jin_str(r->in[O365_DEST_FOLDER], r->at[O365_DEST_FOLDER], "Path"));
    if (!str_set(path))
        path = decode_some(jin_str(r->in[O365_FOLDER], r->at[O365_FOLDER], "Path"));
    if (!str_set(path))
        path = decode_some(jin_str(r->in[O365_ITEM], r->at[O365_ITEM], "ParentFolder.Path"));
    const struct jnode *first = r->at[O365_FOLDERS] ? jin_first(r->in[O365_FOLDERS], r->at[O365_FOLDERS]) : NULL;
    if (!str_set(path) && first)
        path = decode_some(jin_str(r->in[O365_FOLDERS], first, "Path"));
    decode_str(r->d, FACT_MAIL_FOLDER, path);
}

static void sent_for(const struct o365 *r)
{
    struct str whom = o365_text(r, O365_SEND_AS);
    if (!str_set(whom))
        whom = o365_text(r, O365_SEND_ON_BEHALF);
    struct object *o = str_set(whom) ? decode_object(r->d, OBJECT_ACCOUNT, ROLE_TARGET, STR_NONE) : NULL;
    if (o)
        decode_account(&o->ref, whom);
    r->d->act.impersonated = true;
}

/* Item.ParentFolder of the folder permission records: whom what was given. */
static enum kind permission(const struct o365 *r)
{
    const struct jnode *doc = r->in[O365_ITEM], *at = jin_path(doc, r->at[O365_ITEM], "ParentFolder");
    struct str rights = jin_str(doc, at, "MemberRights");
    struct object *o = at ? decode_object(r->d, OBJECT_ACCOUNT, ROLE_MEMBER, STR_NONE) : NULL;
    if (o) {
        decode_account(&o->ref, jin_str(doc, at, "MemberUpn"));
        o->ref.sid = decode_some(jin_str(doc, at, "MemberSid"));
    }
    decode_str(r->d, FACT_ROLE_NAME, decode_some(rights));
    return str_eqi(rights, STR("None")) ? KIND_CLOUD_OTHER : KIND_MAILBOX_DELEGATED;
}

enum kind o365_mail(const struct o365 *r)
{
    enum kind k = jsonlog_kind(r->d, operations, sizeof operations / sizeof *operations, r->operation);
    mailbox(r);
    r->d->act.impersonated = in_anothers_mailbox(r);
    if (k == KIND_MAIL_SEND_AS)
        sent_for(r);
    if (k == KIND_MAILBOX_DELEGATED)
        k = permission(r);
    if (k == KIND_INBOX_RULE_CHANGED) {
        o365_rule(r);
        if (str_hasi(o365_named(r, O365_OPERATION_PROPERTIES, STR("RuleOperation")), STR("Add")))
            k = KIND_INBOX_RULE_CREATED;
    }
    items(r, k);
    folder(r, k);
    return k;
}
