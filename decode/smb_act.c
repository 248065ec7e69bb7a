/* decode/smb_act.c - what is said about shares, files and pipes: the kinds and facts of events 5140 and 5145, with fact "carrier". */
#include "decode/smb.h"

/* The last part of \\host\share. */
static struct str share_name(struct str path)
{
    ptrdiff_t slash = str_rchr(path, '\\');
    return slash >= 0 ? str_from(path, (size_t)slash + 1) : path;
}

static struct activity *begin(struct decode *d, struct flow *f, const struct netref *r, enum kind kind, uint64_t session)
{
    struct activity *a = netdec_begin(d, f, r, kind, PROTO_SMB);
    a->actor = smb_who(f, session);
    decode_str(d, FACT_CARRIER, STR("SMB"));
    return a;
}

static void result(const struct smb_message *x)
{
    struct activity *a = &x->d->act;
    a->outcome = smb_failed(x->status) ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    a->has_code = x->has_status;
    a->code = x->has_status ? x->status : 0;
}

/* The share as the client wrote it; the object is named as events name it, since the host's name in it is the client's choice. */
static void share_facts(struct decode *d, struct str share)
{
    decode_str(d, FACT_SHARE, share);
    if (str_set(share))
        (void)decode_object(d, OBJECT_SHARE, ROLE_RESOURCE, str_fmt(d->arena, "\\\\*\\%.*s", STR_ARG(share_name(share))));
}

void smb_act_share(struct smb_message *x, const struct smb_tree *t, const struct netref *r)
{
    (void)begin(x->d, x->f, r, KIND_SHARE_ACCESS, t->session);
    result(x);
    share_facts(x->d, netdec_kept(&t->share));
    (void)decode_emit(x->d);
}

/* Share, and file or pipe below it. */
static void subject(struct decode *d, const struct smb_file *file)
{
    struct str name = netdec_kept(&file->name);
    decode_str(d, FACT_SHARE, netdec_kept(&file->share));
    decode_str(d, FACT_RELATIVE_TARGET, str_set(name) ? name : STR("\\"));
    if (file->pipe)
        decode_str(d, FACT_PIPE, name);
    if (str_set(name))
        (void)decode_object(d, file->pipe ? OBJECT_SERVICE : OBJECT_FILE, ROLE_RESOURCE, name);
}

/* What was done, in the words of MS-SMB2 2.2.14 CreateAction; of a failed open what was to be done, 2.2.13 CreateDisposition. */
static struct str done(const struct smb_message *x, const struct smb_file *file, uint32_t action)
{
    static const char *const actions[] = {"supersede", "open", "create", "overwrite"};
    static const char *const dispositions[] = {"supersede", "open", "create", "open", "overwrite", "overwrite"};
    if (file->delete_on_close)
        return STR("delete on close");
    if (!smb_failed(x->status))
        return action < 4 ? str_of(actions[action]) : STR_NONE;
    return file->disposition < 6 ? str_of(dispositions[file->disposition]) : STR_NONE;
}

void smb_act_open(struct smb_message *x, const struct smb_file *file, const struct netref *r, uint32_t action)
{
    (void)begin(x->d, x->f, r, KIND_SHARE_FILE_ACCESS, file->session);
    result(x);
    subject(x->d, file);
    decode_u64(x->d, FACT_ACCESS_MASK, file->access);
    decode_str(x->d, FACT_SMB_COMMAND, done(x, file, action));
    (void)decode_emit(x->d);
}

void smb_act_change(struct smb_message *x, const struct smb_file *file, const struct netref *r, struct str target)
{
    const uint32_t delete_access = 0x10000; /* MS-SMB2 2.2.13.1.1 DELETE: what either needs */
    (void)begin(x->d, x->f, r, KIND_SHARE_FILE_ACCESS, file->session);
    result(x);
    subject(x->d, file);
    decode_u64(x->d, FACT_ACCESS_MASK, delete_access);
    decode_str(x->d, FACT_SMB_COMMAND, str_set(target) ? STR("rename") : STR("delete"));
    decode_str(x->d, FACT_NEW_NAME, target);
    (void)decode_emit(x->d);
}

void smb_act_copy(struct decode *d, struct flow *f, const struct smb_file *file)
{
    if (!file->serial || (!file->read && !file->written))
        return;
    struct activity *a = begin(d, f, &file->moved, KIND_SMB_FILE_COPY, file->session);
    a->outcome = OUTCOME_SUCCESS;
    subject(d, file);
    decode_u64(d, FACT_BYTES, file->read + file->written);
    decode_u64(d, FACT_BYTES_READ, file->read);
    decode_u64(d, FACT_BYTES_WRITTEN, file->written);
    (void)decode_emit(d);
}

void smb_act_odd(struct decode *d, struct flow *f, const struct smb_ask *ask, const struct smb_message *answer)
{
    static const char *const names[] = {
        [SMB1_SESSION_SETUP] = "TRANS2_SESSION_SETUP",
        [SMB1_PEEK] = "TRANS_PEEK_NMPIPE",
        [SMB1_NT_TRANSACT] = "NT_TRANSACT",
        [SMB1_CONFUSED] = "NT_TRANSACT continued by TRANSACTION2_SECONDARY",
    };
    const struct smb_tree *t = smb_tree_at(f, ask->subject);
    (void)begin(d, f, &ask->ref, KIND_SHARE_ACCESS, t ? t->session : 0);
    if (answer)
        result(answer);
    if (t)
        share_facts(d, netdec_kept(&t->share));
    decode_str(d, FACT_SMB_COMMAND, str_of(names[ask->sub]));
    decode_u64(d, FACT_SMB_MID, ask->id & 0xffff);
    if (answer)
        decode_u64(d, FACT_SMB_ANSWER_MID, answer->id & 0xffff);
    if (ask->extra)
        decode_u64(d, FACT_SMB_TOTAL_DATA, ask->extra);
    (void)decode_emit(d);
}

/* The server's verdict; a session of a guest says nothing about the proof. */
static void verdict(struct smb_message *x, struct smb_session *s)
{
    struct smb *all = x->f->state;
    struct auth_result r = {.outcome = smb_failed(x->status) ? OUTCOME_FAILURE : OUTCOME_SUCCESS,
                            .has_code = x->has_status,
                            .code = x->status,
                            .carrier = "SMB",
                            .native_os = netdec_kept(&all->native_os),
                            .native_lm = netdec_kept(&all->native_lm),
                            .dialects = netdec_kept(&all->dialects)};
    s->guest = s->guest && r.outcome == OUTCOME_SUCCESS && !s->auth.anonymous;
    if (s->guest)
        r.outcome = OUTCOME_UNKNOWN;
    auth_done(x->d, x->f, &s->auth, &r);
}

void smb_act_answered(struct smb_message *x, struct smb_session *s)
{
    const uint32_t more = 0xC0000016; /* STATUS_MORE_PROCESSING_REQUIRED */
    if (x->session)
        smb_session_named(x->d, x->f, s->serial, x->session);
    if (x->status == more)
        return;
    verdict(x, s);
    if (smb_failed(x->status) && !s->auth.known)
        smb_session_end(x->d, x->f, s);
}
