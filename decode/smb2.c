/* decode/smb2.c - SMB 2 and 3: headers, compounds, and what each command says (MS-SMB2). */
#include "decode/smb.h"

#include "base/utf.h"

enum { HEADER = 64 };
enum { FLAG_RESPONSE = 1, FLAG_ASYNC = 2, FLAG_RELATED = 4 }; /* 2.2.1 */
enum {
    NEGOTIATE,
    SESSION_SETUP,
    LOGOFF,
    TREE_CONNECT,
    TREE_DISCONNECT,
    CREATE,
    CLOSE,
    FLUSH,
    READ,
    WRITE,
    LOCK,
    IOCTL,
    CANCEL,
    ECHO,
    QUERY_DIRECTORY,
    CHANGE_NOTIFY,
    QUERY_INFO,
    SET_INFO,
    OPLOCK_BREAK,
    COMMANDS
};
enum { INFO_FILE = 1, RENAME = 10, DISPOSITION = 13, DISPOSITION_EX = 64, RENAME_EX = 65 }; /* 2.2.39, MS-FSCC 2.4 */
#define PIPE_TRANSCEIVE 0x0011C017u                                                         /* MS-FSCC 2.3.45 */
#define ALL_ONES UINT64_MAX
#define STATUS_PENDING 0x00000103u
#define DELETE_ON_CLOSE 0x00001000u
enum { SESSION_IS_GUEST = 1 }; /* 2.2.6 */

/* The first field of every body; false, and a failed reader, when it is not what the command has. */
static bool structure(struct smb_message *x, uint16_t size)
{
    if (rd_u16le(&x->r) == size)
        return rd_ok(&x->r);
    rd_fail(&x->r, "this SMB2 command has another structure size");
    return false;
}

/* FileId; the file that it means, NULL when it was opened unseen. */
static struct smb_file *file_id(struct smb_message *x)
{
    uint64_t persistent = rd_u64le(&x->r), volatile_id = rd_u64le(&x->r);
    if (!rd_ok(&x->r))
        return NULL;
    if (persistent == ALL_ONES && volatile_id == ALL_ONES)
        return smb_file_at(x->f, x->chain->file);
    return smb_file_of(x->f, persistent, volatile_id);
}

/* ---- negotiation and sessions ---- */

static const char *dialect_text(uint16_t code)
{
    static const struct {
        uint16_t code;
        const char *text;
    } names[] = {{0x0202, "2.0.2"}, {0x0210, "2.1"}, {0x0300, "3.0"}, {0x0302, "3.0.2"}, {0x0311, "3.1.1"}, {0x02ff, "2.???"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return names[i].text;
    return NULL;
}

static void negotiate_request(struct smb_message *x) /* 2.2.3 */
{
    enum { MOST = 16 };
    if (!structure(x, 36))
        return;
    uint16_t count = rd_u16le(&x->r);
    rd_skip(&x->r, 32);
    struct str all = STR("");
    for (unsigned i = 0; i < count && i < MOST && rd_ok(&x->r); i++) {
        uint16_t code = rd_u16le(&x->r);
        const char *known = dialect_text(code);
        struct str one = known ? str_of(known) : str_fmt(x->d->arena, "0x%x", code);
        if (rd_ok(&x->r))
            all = str_glue(x->d->arena, all, all.n ? STR(", ") : STR(""), one);
    }
    struct smb *s = x->f->state;
    netdec_keep(&s->dialects, all);
    s->native_os.n = s->native_lm.n = 0;
}

static void setup_request(struct smb_message *x) /* 2.2.5 */
{
    if (!structure(x, 25))
        return;
    rd_skip(&x->r, 10); /* Flags, SecurityMode, Capabilities, Channel */
    uint16_t offset = rd_u16le(&x->r), length = rd_u16le(&x->r);
    if (!rd_ok(&x->r))
        return;
    struct smb_session *s = smb_session_of(x->f, x->session);
    if (!s)
        s = smb_session_new(x->d, x->f);
    s->id = x->session;
    (void)smb_ask_new(x, s->serial);
    struct rd token = smb_part(x, offset, length);
    if (rd_left(&token))
        auth_token(x->d, x->f, x->m, &s->auth, token);
}

static void setup_answer(struct smb_message *x, const struct smb_ask *ask) /* 2.2.6 */
{
    struct smb_session *s = smb_session_at(x->f, ask->subject);
    if (!s)
        return;
    if (!smb_failed(x->status) && structure(x, 9)) {
        s->guest = rd_u16le(&x->r) & SESSION_IS_GUEST;
        uint16_t offset = rd_u16le(&x->r), length = rd_u16le(&x->r);
        struct rd token = rd_ok(&x->r) ? smb_part(x, offset, length) : x->r;
        if (rd_ok(&x->r) && rd_left(&token))
            auth_token(x->d, x->f, x->m, &s->auth, token);
    }
    smb_act_answered(x, s);
}

static void logoff_answer(struct smb_message *x, const struct smb_ask *ask)
{
    struct smb_session *s = smb_session_at(x->f, ask->subject);
    if (s && !smb_failed(x->status))
        smb_session_end(x->d, x->f, s);
}

static void logoff_request(struct smb_message *x)
{
    const struct smb_session *s = smb_session_of(x->f, x->session);
    if (s)
        (void)smb_ask_new(x, s->serial);
}

/* ---- trees ---- */

static void tree_request(struct smb_message *x) /* 2.2.9 */
{
    if (!structure(x, 9))
        return;
    rd_skip(&x->r, 2);
    uint16_t offset = rd_u16le(&x->r), length = rd_u16le(&x->r);
    struct str path = rd_ok(&x->r) ? smb_utf16(x, offset, length) : STR_NONE;
    if (!rd_ok(&x->r))
        return;
    struct smb_tree *t = smb_tree_new(x->f);
    t->session = x->session;
    netdec_keep(&t->share, path);
    struct smb_ask *ask = smb_ask_new(x, t->serial);
    netdec_ref(x->f, x->m, x->chain->ordinal++, &ask->ref);
}

static void tree_answer(struct smb_message *x, const struct smb_ask *ask) /* 2.2.10 */
{
    struct smb_tree *t = smb_tree_at(x->f, ask->subject);
    if (!t)
        return;
    bool failed = smb_failed(x->status);
    if (!failed && structure(x, 16))
        t->type = rd_u8(&x->r);
    smb_act_share(x, t, &ask->ref);
    if (failed) {
        smb_tree_end(t);
        return;
    }
    t->id = x->tree;
    t->connected = true;
}

static void disconnect_request(struct smb_message *x)
{
    const struct smb_tree *t = smb_tree_of(x);
    if (t)
        (void)smb_ask_new(x, t->serial);
}

static void disconnect_answer(struct smb_message *x, const struct smb_ask *ask)
{
    struct smb_tree *t = smb_tree_at(x->f, ask->subject);
    if (t && !smb_failed(x->status))
        smb_tree_end(t);
}

/* ---- files ---- */

/* n bytes at `offset` of r; nothing when they are not there. */
static struct rd inside(struct rd r, size_t offset, size_t n)
{
    if (offset > rd_left(&r) || n > rd_left(&r) - offset)
        n = offset = 0;
    rd_skip(&r, offset);
    return rd_sub(&r, n);
}

/* The path component @GMT-... of a snapshot, which clients put into a create context (3.2.4.3.7). */
static struct str moment_text(struct arena *arena, uint64_t filetime)
{
    struct civil c;
    int64_t t = time_filetime(filetime);
    if (t == TIME_NONE)
        return STR("");
    time_civil(t, &c);
    return str_fmt(arena, "@GMT-%04d.%02d.%02d-%02d.%02d.%02d\\", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

/* Create contexts (2.2.13.2): "TWrp" asks for the file as it was at a moment (2.2.13.2.7). */
static struct str snapshot(struct smb_message *x, size_t offset, size_t n)
{
    struct rd r = n ? smb_part(x, offset, n) : (struct rd){.fault = x->all.fault};
    while (rd_left(&r) >= 24) {
        struct rd one = r;
        uint32_t next = rd_u32le(&one);
        uint16_t name_at = rd_u16le(&one), name_n = rd_u16le(&one);
        rd_skip(&one, 2);
        struct rd name = inside(r, name_at, name_n), data = inside(r, rd_u16le(&one), 8);
        if (str_eq(rd_str(&name, rd_left(&name)), STR("TWrp")) && rd_left(&data))
            return moment_text(x->d->arena, rd_u64le(&data));
        if (next < 24 || next > rd_left(&r))
            break;
        rd_skip(&r, next);
    }
    return STR("");
}

static void create_request(struct smb_message *x) /* 2.2.13 */
{
    if (!structure(x, 57))
        return;
    rd_skip(&x->r, 22); /* SecurityFlags, RequestedOplockLevel, ImpersonationLevel, SmbCreateFlags, Reserved */
    uint32_t access = rd_u32le(&x->r);
    rd_skip(&x->r, 8); /* FileAttributes, ShareAccess */
    uint32_t disposition = rd_u32le(&x->r), options = rd_u32le(&x->r);
    uint16_t offset = rd_u16le(&x->r), length = rd_u16le(&x->r);
    uint32_t contexts = rd_u32le(&x->r), contexts_n = rd_u32le(&x->r);
    struct str name = rd_ok(&x->r) && length ? smb_utf16(x, offset, length) : STR("");
    struct str moment = rd_ok(&x->r) ? snapshot(x, contexts, contexts_n) : STR("");
    if (!rd_ok(&x->r))
        return;
    struct smb_file *file = smb_file_new(x);
    if (!file)
        return;
    file->access = access;
    file->disposition = (uint8_t)(disposition < 6 ? disposition : 6);
    file->delete_on_close = options & DELETE_ON_CLOSE;
    smb_file_name(x, file, moment.n ? str_fmt(x->d->arena, "%.*s%.*s", STR_ARG(moment), STR_ARG(name)) : name);
    x->chain->file = file->serial;
    struct smb_ask *ask = smb_ask_new(x, file->serial);
    netdec_ref(x->f, x->m, x->chain->ordinal++, &ask->ref);
}

static void create_answer(struct smb_message *x, const struct smb_ask *ask) /* 2.2.14 */
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    uint32_t action = 4;
    if (!file)
        return;
    if (!smb_failed(x->status) && structure(x, 89)) {
        rd_skip(&x->r, 2);
        action = rd_u32le(&x->r);
        bool born = rd_u64le(&x->r);
        rd_skip(&x->r, 48); /* other times, sizes, attributes, Reserved2 */
        file->id[0] = rd_u64le(&x->r);
        file->id[1] = rd_u64le(&x->r);
        file->open = rd_ok(&x->r);
        if (file->open && !born && file->type == SMB_SHARE_UNKNOWN) /* only pipes have no time of creation */
            smb_file_is_pipe(x, file);
    }
    smb_act_open(x, file, &ask->ref, action);
    if (!file->open)
        smb_file_end(x->d, x->f, file);
}

static void close_request(struct smb_message *x) /* 2.2.15 */
{
    if (!structure(x, 24))
        return;
    rd_skip(&x->r, 6);
    const struct smb_file *file = file_id(x);
    if (file)
        (void)smb_ask_new(x, file->serial);
}

static void close_answer(struct smb_message *x, const struct smb_ask *ask)
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    if (file && !smb_failed(x->status))
        smb_file_end(x->d, x->f, file);
}

/* Something goes into or out of this file: its first message is noted. */
static void moves(struct smb_message *x, struct smb_file *file)
{
    if (!file->pipe && !file->moved.time)
        netdec_ref(x->f, x->m, x->chain->ordinal++, &file->moved);
    (void)smb_ask_new(x, file->serial);
}

static void read_request(struct smb_message *x) /* 2.2.19 */
{
    if (!structure(x, 49))
        return;
    rd_skip(&x->r, 14); /* Padding, Flags, Length, Offset */
    struct smb_file *file = file_id(x);
    if (file)
        moves(x, file);
}

static void read_answer(struct smb_message *x, const struct smb_ask *ask) /* 2.2.20 */
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    if (!file || smb_failed(x->status) || !structure(x, 17))
        return;
    uint8_t offset = rd_u8(&x->r);
    rd_skip(&x->r, 1);
    uint32_t length = rd_u32le(&x->r);
    if (!rd_ok(&x->r))
        return;
    file->read += length;
    struct rd data = smb_part(x, offset, length);
    if (file->pipe && rd_ok(&x->r))
        smb_pipe_bytes(x, file->serial, data, length);
}

static void write_request(struct smb_message *x) /* 2.2.21 */
{
    if (!structure(x, 49))
        return;
    uint16_t offset = rd_u16le(&x->r);
    uint32_t length = rd_u32le(&x->r);
    rd_skip(&x->r, 8);
    struct rd id = x->r;
    struct smb_file *file = file_id(x);
    struct rd data = rd_ok(&x->r) ? smb_part(x, offset, length) : x->r;
    if (!rd_ok(&x->r))
        return;
    if (!file && smb_looks_rpc(data)) {
        uint64_t persistent = rd_u64le(&id);
        file = smb_unseen_pipe(x, persistent, rd_u64le(&id));
    }
    if (!file)
        return;
    moves(x, file);
    if (file->pipe)
        smb_pipe_bytes(x, file->serial, data, length);
}

static void write_answer(struct smb_message *x, const struct smb_ask *ask) /* 2.2.22 */
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    if (!file || smb_failed(x->status) || !structure(x, 17))
        return;
    rd_skip(&x->r, 2);
    file->written += rd_u32le(&x->r);
}

static void ioctl_request(struct smb_message *x) /* 2.2.31 */
{
    if (!structure(x, 57))
        return;
    rd_skip(&x->r, 2);
    uint32_t code = rd_u32le(&x->r);
    struct rd id = x->r;
    struct smb_file *file = file_id(x);
    uint32_t offset = rd_u32le(&x->r), length = rd_u32le(&x->r);
    if (code != PIPE_TRANSCEIVE)
        decode_ignored(x->d, STR("SMB2 IOCTL of no pipe"));
    if (code != PIPE_TRANSCEIVE || !rd_ok(&x->r))
        return;
    struct rd data = smb_part(x, offset, length);
    if (!file && rd_ok(&x->r) && smb_looks_rpc(data)) {
        uint64_t persistent = rd_u64le(&id);
        file = smb_unseen_pipe(x, persistent, rd_u64le(&id));
    }
    if (!file || !rd_ok(&x->r))
        return;
    (void)smb_ask_new(x, file->serial);
    smb_pipe_bytes(x, file->serial, data, length);
}

static void ioctl_answer(struct smb_message *x, const struct smb_ask *ask) /* 2.2.32 */
{
    const struct smb_file *file = smb_file_at(x->f, ask->subject);
    if (!file || smb_failed(x->status) || !structure(x, 49))
        return;
    rd_skip(&x->r, 2 + 4 + 16 + 4 + 4);
    uint32_t offset = rd_u32le(&x->r), length = rd_u32le(&x->r);
    struct rd data = rd_ok(&x->r) ? smb_part(x, offset, length) : x->r;
    if (rd_ok(&x->r))
        smb_pipe_bytes(x, file->serial, data, length);
}

static void set_info_request(struct smb_message *x) /* 2.2.39 */
{
    if (!structure(x, 33))
        return;
    uint8_t type = rd_u8(&x->r), class = rd_u8(&x->r);
    uint32_t length = rd_u32le(&x->r);
    uint16_t offset = rd_u16le(&x->r);
    rd_skip(&x->r, 6);
    struct smb_file *file = file_id(x);
    bool rename = class == RENAME || class == RENAME_EX, dispose = class == DISPOSITION || class == DISPOSITION_EX;
    if (!file || type != INFO_FILE || !(rename || dispose))
        return;
    struct rd data = smb_part(x, offset, length);
    file->target.n = 0;
    if (rename) { /* MS-FSCC 2.4.37.2 */
        rd_skip(&data, 16);
        uint32_t name = rd_u32le(&data);
        netdec_keep(&file->target, rd_ok(&data) ? smb_utf16(x, (size_t)offset + 20, name) : STR_NONE);
    } else if (!(rd_u8(&data) & 1)) { /* MS-FSCC 2.4.11: the file shall stay */
        return;
    }
    if (!rd_ok(&x->r))
        return;
    struct smb_ask *ask = smb_ask_new(x, file->serial);
    netdec_ref(x->f, x->m, x->chain->ordinal++, &ask->ref);
}

static void set_info_answer(struct smb_message *x, const struct smb_ask *ask)
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    if (!file)
        return;
    struct str target = str_dup(x->d->arena, netdec_kept(&file->target));
    smb_act_change(x, file, &ask->ref, target);
    if (str_set(target) && !smb_failed(x->status))
        smb_file_name(x, file, target);
}

/* ---- messages ---- */

static const struct {
    void (*request)(struct smb_message *x);
    void (*answer)(struct smb_message *x, const struct smb_ask *ask);
    const char *ignored; /* what says nothing to us */
} commands[COMMANDS] = {
    [NEGOTIATE] = {negotiate_request, NULL, NULL},
    [SESSION_SETUP] = {setup_request, setup_answer, NULL},
    [LOGOFF] = {logoff_request, logoff_answer, NULL},
    [TREE_CONNECT] = {tree_request, tree_answer, NULL},
    [TREE_DISCONNECT] = {disconnect_request, disconnect_answer, NULL},
    [CREATE] = {create_request, create_answer, NULL},
    [CLOSE] = {close_request, close_answer, NULL},
    [FLUSH] = {NULL, NULL, "SMB2 FLUSH"},
    [READ] = {read_request, read_answer, NULL},
    [WRITE] = {write_request, write_answer, NULL},
    [LOCK] = {NULL, NULL, "SMB2 LOCK"},
    [IOCTL] = {ioctl_request, ioctl_answer, NULL},
    [CANCEL] = {NULL, NULL, "SMB2 CANCEL"},
    [ECHO] = {NULL, NULL, "SMB2 ECHO"},
    [QUERY_DIRECTORY] = {NULL, NULL, "SMB2 QUERY_DIRECTORY"},
    [CHANGE_NOTIFY] = {NULL, NULL, "SMB2 CHANGE_NOTIFY"},
    [QUERY_INFO] = {NULL, NULL, "SMB2 QUERY_INFO"},
    [SET_INFO] = {set_info_request, set_info_answer, NULL},
    [OPLOCK_BREAK] = {NULL, NULL, "SMB2 OPLOCK_BREAK"},
};

static void command(struct smb_message *x)
{
    struct smb_ask ask;
    if (x->command >= COMMANDS) {
        rd_fail(&x->r, "no such SMB2 command");
        return;
    }
    if (!x->reply && commands[x->command].request)
        commands[x->command].request(x);
    else if (!x->reply)
        decode_ignored(x->d, str_of(commands[x->command].ignored));
    else if (x->reply && x->status != STATUS_PENDING && commands[x->command].answer && smb_ask_take(x, &ask))
        commands[x->command].answer(x, &ask);
}

/* 2.2.1; the offset of the next command of the compound, 0 for none. */
static uint32_t header(struct smb_message *x)
{
    rd_skip(&x->r, 4);
    if (rd_u16le(&x->r) != HEADER)
        rd_fail(&x->r, "an SMB2 header has another size");
    rd_skip(&x->r, 2);
    uint32_t status = rd_u32le(&x->r);
    x->command = rd_u16le(&x->r);
    rd_skip(&x->r, 2);
    uint32_t flags = rd_u32le(&x->r), next = rd_u32le(&x->r);
    x->id = rd_u64le(&x->r);
    rd_skip(&x->r, 4);
    uint32_t tree = rd_u32le(&x->r);
    uint64_t session = rd_u64le(&x->r);
    rd_skip(&x->r, 16);
    if (!rd_ok(&x->r))
        return 0;
    x->reply = flags & FLAG_RESPONSE;
    x->has_status = x->reply;
    x->status = x->reply ? status : 0; /* of requests it is the channel sequence */
    if (x->reply == x->m->from_client)
        rd_fail(&x->r, "an SMB2 message goes the wrong way");
    if (!(flags & FLAG_ASYNC) && !((flags & FLAG_RELATED) && tree == UINT32_MAX))
        x->chain->tree = tree;
    if (!((flags & FLAG_RELATED) && session == ALL_ONES))
        x->chain->session = session;
    x->tree = x->chain->tree;
    x->session = x->chain->session;
    return next;
}

void smb2_message(struct decode *d, struct flow *f, const struct message *m, struct rd body)
{
    struct smb_chain chain = {0};
    size_t whole = m->whole - (m->n - rd_left(&body)), most = 64;
    while (rd_left(&body) && most--) {
        struct fault fault;
        size_t left = rd_left(&body);
        struct rd all = rd_of(rd_bytes(&body, left), left, &fault);
        struct smb_message x = {.d = d, .f = f, .m = m, .chain = &chain, .all = all, .r = all, .whole = whole, .unicode = true};
        uint32_t next = header(&x);
        bool more = next >= HEADER && next < whole;
        if (more) {
            x.whole = next;
            if (next < left) {
                all.end = rd_at(&all, next, 0).p;
                x.all = all;
                x.r.end = all.end;
            }
        } else if (next) {
            rd_fail(&x.r, "the next command lies outside the SMB2 compound");
        }
        if (rd_ok(&x.r))
            command(&x);
        if (smb_broken(&x) || !more || next >= left)
            return;
        body = rd_of(all.origin, left, body.fault);
        rd_skip(&body, next);
        whole -= next;
    }
}
