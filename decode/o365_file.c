/* decode/o365_file.c - files, folders, sharing and sites (SharePoint and OneDrive records). */
#include "decode/o365.h"

static const struct jsonlog_op operations[] = {
    JSONLOG_OP("AddedToGroup", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("AddedToSecureLink", FILE_SHARE),
    JSONLOG_OP("AnonymousLinkCreated", FILE_SHARE),
    JSONLOG_OP("AnonymousLinkRemoved", FILE_UNSHARE),
    JSONLOG_OP("AnonymousLinkUpdated", FILE_SHARE),
    JSONLOG_OP("AnonymousLinkUsed", FILE_VIEW),
    JSONLOG_OP("CompanyLinkCreated", FILE_SHARE),
    JSONLOG_OP("CompanyLinkRemoved", FILE_UNSHARE),
    JSONLOG_OP("CompanyLinkUsed", FILE_VIEW),
    JSONLOG_OP("FileAccessed", FILE_VIEW),
    JSONLOG_OP("FileAccessedExtended", FILE_VIEW),
    JSONLOG_OP("FileCheckedIn", FILE_MODIFY),
    JSONLOG_OP("FileCopied", FILE_UPLOAD),
    JSONLOG_OP("FileDeleted", FILE_DELETE),
    JSONLOG_OP("FileDeletedFirstStageRecycleBin", FILE_DELETE),
    JSONLOG_OP("FileDeletedSecondStageRecycleBin", FILE_DELETE),
    JSONLOG_OP("FileDownloaded", FILE_DOWNLOAD),
    JSONLOG_OP("FileMalwareDetected", MALWARE_DETECTED),
    JSONLOG_OP("FileModified", FILE_MODIFY),
    JSONLOG_OP("FileModifiedExtended", FILE_MODIFY),
    JSONLOG_OP("FileMoved", FILE_RENAME),
    JSONLOG_OP("FilePreviewed", FILE_VIEW),
    JSONLOG_OP("FileRecycled", FILE_DELETE),
    JSONLOG_OP("FileRenamed", FILE_RENAME),
    JSONLOG_OP("FileRestored", FILE_MODIFY),
    JSONLOG_OP("FileSyncDownloadedFull", FILE_DOWNLOAD),
    JSONLOG_OP("FileSyncDownloadedPartial", FILE_DOWNLOAD),
    JSONLOG_OP("FileSyncUploadedFull", FILE_UPLOAD),
    JSONLOG_OP("FileSyncUploadedPartial", FILE_UPLOAD),
    JSONLOG_OP("FileUploaded", FILE_UPLOAD),
    JSONLOG_OP("FileUploadedPartial", FILE_UPLOAD),
    JSONLOG_OP("FileVersionsAllDeleted", FILE_DELETE),
    JSONLOG_OP("FileVersionsAllRecycled", FILE_DELETE),
    JSONLOG_OP("FolderCopied", FOLDER_OPERATION),
    JSONLOG_OP("FolderCreated", FOLDER_OPERATION),
    JSONLOG_OP("FolderDeleted", FOLDER_OPERATION),
    JSONLOG_OP("FolderDeletedFirstStageRecycleBin", FOLDER_OPERATION),
    JSONLOG_OP("FolderDeletedSecondStageRecycleBin", FOLDER_OPERATION),
    JSONLOG_OP("FolderModified", FOLDER_OPERATION),
    JSONLOG_OP("FolderMoved", FOLDER_OPERATION),
    JSONLOG_OP("FolderRecycled", FOLDER_OPERATION),
    JSONLOG_OP("FolderRenamed", FOLDER_OPERATION),
    JSONLOG_OP("FolderRestored", FOLDER_OPERATION),
    JSONLOG_OP("GroupAdded", ADMIN_OPERATION),
    JSONLOG_OP("GroupRemoved", ADMIN_OPERATION),
    JSONLOG_OP("RemovedFromGroup", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("RemovedFromSecureLink", FILE_UNSHARE),
    JSONLOG_OP("SecureLinkCreated", FILE_SHARE),
    JSONLOG_OP("SecureLinkDeleted", FILE_UNSHARE),
    JSONLOG_OP("SecureLinkUpdated", FILE_SHARE),
    JSONLOG_OP("SecureLinkUsed", FILE_VIEW),
    JSONLOG_OP("SharingInvitationCreated", FILE_SHARE),
    JSONLOG_OP("SharingInvitationRevoked", FILE_UNSHARE),
    JSONLOG_OP("SharingPolicyChanged", POLICY_CHANGED),
    JSONLOG_OP("SharingRevoked", FILE_UNSHARE),
    JSONLOG_OP("SharingSet", FILE_SHARE),
    JSONLOG_OP("SiteCollectionAdminAdded", ROLE_GRANTED),
    JSONLOG_OP("SiteCollectionAdminRemoved", ROLE_REMOVED),
    JSONLOG_OP("SiteCollectionCreated", ADMIN_OPERATION),
    JSONLOG_OP("SiteDeleted", ADMIN_OPERATION),
    JSONLOG_OP("SitePermissionsModified", ADMIN_OPERATION),
};

static struct str domain_of(struct str address)
{
    ptrdiff_t at = str_rchr(address, '@');
    return at >= 0 ? str_from(address, (size_t)at + 1) : STR_NONE;
}

/* Guests are written alice_evil.example#ext#@corp.example. */
static bool outsider(const struct o365 *r, struct str target)
{
    struct str own = domain_of(o365_text(r, O365_USER_ID)), theirs = domain_of(target);
    return str_hasi(target, STR("#ext#")) || (str_set(own) && str_set(theirs) && !str_eqi(own, theirs));
}

static struct str scope(const struct o365 *r)
{
    struct str type = o365_text(r, O365_TARGET_TYPE), target = o365_text(r, O365_TARGET_NAME);
    if (str_startsi(r->operation, STR("AnonymousLink")))
        return STR("public");
    if (str_eqi(type, STR("Guest")) || outsider(r, target))
        return STR("external");
    return STR("internal");
}

static struct str extension(struct str name)
{
    ptrdiff_t dot = str_rchr(name, '.');
    return dot > 0 && (size_t)dot + 1 < name.n ? str_from(name, (size_t)dot + 1) : STR_NONE;
}

static void file(const struct o365 *r, enum kind k)
{
    struct str url = o365_text(r, O365_OBJECT_ID), name = o365_text(r, O365_SOURCE_FILE_NAME), ext = o365_text(r, O365_SOURCE_EXTENSION);
    struct str to = o365_text(r, O365_DEST_FILE_NAME);
    bool named = str_set(name);
    if (k == KIND_FILE_RENAME && str_set(to)) {
        decode_str(r->d, FACT_OLD_NAME, name);
        decode_str(r->d, FACT_NEW_NAME, to);
        ext = o365_text(r, O365_DEST_EXTENSION);
        ext = str_set(ext) ? ext : extension(to);
    }
    struct object *o = str_set(url) || named ? decode_object(r->d, OBJECT_FILE, ROLE_TARGET, named ? name : url) : NULL;
    if (o && str_set(url))
        o->ref.cloud = url;
    decode_str(r->d, FACT_FILE_NAME, name);
    decode_str(r->d, FACT_FILE_PATH, url);
    ext = str_set(ext) ? ext : extension(name);
    decode_str(r->d, FACT_FILE_EXTENSION, str_set(ext) ? str_lower(r->d->arena, ext) : STR_NONE);
    decode_str(r->d, FACT_SITE_URL, o365_text(r, O365_SITE_URL));
    uint64_t bytes;
    if (str_u64(o365_text(r, O365_FILE_SIZE), &bytes))
        decode_u64(r->d, FACT_BYTES, bytes);
}

/* EventData is a fragment such as <Group>Site Owners</Group>. */
static struct str tagged(struct str s, struct str open)
{
    ptrdiff_t at = str_find(s, open);
    if (at < 0)
        return STR_NONE;
    s = str_from(s, (size_t)at + open.n);
    ptrdiff_t end = str_chr(s, '<');
    return end > 0 ? str_sub(s, 0, (size_t)end) : STR_NONE;
}

static void member(const struct o365 *r, enum kind k)
{
    struct str who = o365_text(r, O365_TARGET_NAME), group = tagged(o365_text(r, O365_EVENT_DATA), STR("<Group>"));
    struct object *o = str_set(who) ? decode_object(r->d, OBJECT_ACCOUNT, ROLE_MEMBER, STR_NONE) : NULL;
    if (o)
        decode_account(&o->ref, who);
    if (k == KIND_ROLE_GRANTED || k == KIND_ROLE_REMOVED)
        decode_str(r->d, FACT_ROLE_NAME, STR("Site collection administrator"));
    else if (str_set(group))
        (void)decode_object(r->d, OBJECT_GROUP, ROLE_GROUP, group);
}

enum kind o365_file(const struct o365 *r)
{
    enum kind k = jsonlog_kind(r->d, operations, sizeof operations / sizeof *operations, r->operation);
    file(r, k);
    if (k == KIND_FILE_SHARE || k == KIND_FILE_UNSHARE) {
        decode_str(r->d, FACT_SHARE_SCOPE, scope(r));
        decode_str(r->d, FACT_SHARED_WITH, o365_text(r, O365_TARGET_NAME));
    } else if (str_set(o365_text(r, O365_TARGET_NAME))) {
        member(r, k);
    }
    return k;
}
