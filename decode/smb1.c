/* decode/smb1.c - SMB 1: headers, AndX chains, and what each command says (MS-CIFS, MS-SMB). */
#include "decode/smb.h"

#include "base/utf.h"

enum { HEADER = 32 };
enum {
    DELETE = 0x06,
    RENAME = 0x07,
    CLOSE = 0x04,
    TRANSACTION = 0x25,
    OPEN_ANDX = 0x2d,
    READ_ANDX = 0x2e,
    WRITE_ANDX = 0x2f,
    TRANSACTION2 = 0x32,
    TRANSACTION2_SECONDARY = 0x33,
    TREE_DISCONNECT = 0x71,
    NEGOTIATE = 0x72,
    SESSION_SETUP_ANDX = 0x73,
    LOGOFF_ANDX = 0x74,
    TREE_CONNECT_ANDX = 0x75,
    NT_TRANSACT = 0xa0,
    NT_CREATE_ANDX = 0xa2,
    NO_ANDX = 0xff
};                                                                               /* MS-CIFS 2.2.2.1 */
enum { ACTION_GUEST = 1 };                                                       /* 2.2.4.53.2 */
enum { FLAGS_REPLY = 0x80, FLAGS2_NT_STATUS = 0x4000, FLAGS2_UNICODE = 0x8000 }; /* 2.2.3.1 */
#define CAP_EXTENDED_SECURITY 0x80000000u
#define STATUS_UNSUCCESSFUL 0xC0000001u
#define STATUS_ACCESS_DENIED 0xC0000022u
#define STATUS_LOGON_FAILURE 0xC000006Du
#define DELETE_ON_CLOSE 0x00001000u

/* A command of the chain: its parameter words and its bytes. */
struct block {
    unsigned words_n;
    struct rd words, bytes;
};

/* ---- texts ---- */

static struct str oem_text(struct smb_message *x, struct rd *r)
{
    struct rd look = *r;
    size_t n = 0;
    while (rd_left(&look) && rd_u8(&look))
        n++;
    struct str s = rd_str(r, n);
    if (rd_left(r))
        rd_skip(r, 1);
    return s.n ? utf_clean(x->d->arena, s) : STR_NONE;
}

static struct str text(struct smb_message *x, struct rd *r)
{
    if (!x->unicode)
        return oem_text(x, r);
    if (rd_offset(r) % 2 && rd_left(r)) /* aligned from the header's first byte, 2.2.1.1.2 */
        rd_skip(r, 1);
    struct rd look = *r;
    size_t n = 0;
    while (rd_left(&look) >= 2 && rd_u16le(&look))
        n += 2;
    const uint8_t *p = rd_bytes(r, n);
    struct str s = p && n ? utf_from16(x->d->arena, p, n) : STR_NONE;
    rd_skip(r, rd_left(r) < 2 ? rd_left(r) : 2);
    return s.n ? s : STR_NONE;
}

/* ---- negotiation and sessions ---- */

static void negotiate_request(struct smb_message *x, struct block *b) /* 2.2.4.52.1 */
{
    struct str all = STR("");
    for (unsigned i = 0; i < 16 && rd_left(&b->bytes) && rd_u8(&b->bytes) == 2; i++) {
        struct str one = oem_text(x, &b->bytes);
        if (str_starts(one, STR("SMB "))) /* "SMB 2.002", "SMB 2.???": MS-SMB2 3.2.4.2.2.1 */
            one = str_from(one, 4);
        all = str_fmt(x->d->arena, "%.*s%s%.*s", STR_ARG(all), all.n ? ", " : "", STR_ARG(one));
    }
    struct smb *s = x->f->state;
    netdec_keep(&s->dialects, all);
    s->native_os.n = s->native_lm.n = 0;
    (void)smb_ask_new(x, 0);
}

static void negotiate_answer(struct smb_message *x, struct block *b) /* 2.2.4.52.2 */
{
    struct smb *s = x->f->state;
    rd_skip(&b->words, 2 + 1 + 2 + 2 + 4 + 4 + 4);
    uint32_t capabilities = rd_u32le(&b->words);
    rd_skip(&b->words, 8 + 2);
    uint8_t n = rd_u8(&b->words);
    s->challenged = rd_ok(&x->r) && !(capabilities & CAP_EXTENDED_SECURITY) && n == sizeof s->challenge && rd_left(&b->bytes) >= n;
    if (s->challenged)
        memcpy(s->challenge, rd_bytes(&b->bytes, n), n);
}

/* Said with each message of a session's set-up, the same each time: one that was captured in part takes nothing back. */
static void client_words(struct smb_message *x, struct rd *r)
{
    struct smb *s = x->f->state;
    if (x->m->n < x->m->whole && s->native_os.n)
        return;
    netdec_keep(&s->native_os, text(x, r));
    netdec_keep(&s->native_lm, text(x, r));
}

/* MS-SMB 2.2.4.6.1: with extended security, a token. */
static void setup_token(struct smb_message *x, struct block *b, struct smb_session *s)
{
    rd_skip(&b->words, 10); /* MaxBufferSize, MaxMpxCount, VcNumber, SessionKey */
    uint16_t n = rd_u16le(&b->words);
    if (!rd_ok(&x->r))
        return;
    struct rd token = rd_sub(&b->bytes, n < rd_left(&b->bytes) ? n : rd_left(&b->bytes));
    client_words(x, &b->bytes);
    if (rd_left(&token))
        auth_token(x->d, x->f, x->m, &s->auth, token);
}

/* MS-CIFS 2.2.4.53.1: without it, responses and names. LAN Manager 1.0 has one response and no capabilities. */
static void setup_responses(struct smb_message *x, struct block *b, struct smb_session *s)
{
    const struct smb *all = x->f->state;
    rd_skip(&b->words, 10);
    uint16_t lm_n = rd_u16le(&b->words), nt_n = b->words_n == 13 ? rd_u16le(&b->words) : 0;
    struct auth_responses a = {.challenge = all->challenged ? all->challenge : NULL};
    a.lm = rd_str(&b->bytes, lm_n);
    a.nt = rd_str(&b->bytes, nt_n);
    a.name = text(x, &b->bytes);
    a.domain = text(x, &b->bytes);
    client_words(x, &b->bytes);
    if (rd_ok(&x->r))
        auth_responses(x->f, x->m, &s->auth, &a);
}

static void setup_request(struct smb_message *x, struct block *b)
{
    struct smb_session *s = smb_session_of(x->f, x->session);
    if (!s)
        s = smb_session_new(x->d, x->f);
    s->id = x->session;
    (void)smb_ask_new(x, s->serial);
    if (b->words_n == 12)
        setup_token(x, b, s);
    else if (b->words_n == 13 || b->words_n == 10)
        setup_responses(x, b, s);
    else
        rd_fail(&x->r, "an SMB1 session setup has another number of words");
}

static void setup_answer(struct smb_message *x, struct block *b, const struct smb_ask *ask)
{
    struct smb_session *s = smb_session_at(x->f, ask->subject);
    if (!s)
        return;
    s->guest = b->words_n >= 3 && rd_u16le(&b->words) & ACTION_GUEST;
    if (b->words_n == 4) {
        uint16_t n = rd_u16le(&b->words);
        struct rd token = rd_sub(&b->bytes, n < rd_left(&b->bytes) ? n : rd_left(&b->bytes));
        if (rd_left(&token))
            auth_token(x->d, x->f, x->m, &s->auth, token);
    }
    smb_act_answered(x, s);
}

static void logoff_request(struct smb_message *x, struct block *b)
{
    struct smb_session *s = smb_session_of(x->f, x->session);
    (void)b;
    if (s)
        smb_session_end(x->d, x->f, s);
}

/* ---- trees ---- */

static void tree_request(struct smb_message *x, struct block *b) /* 2.2.4.55.1 */
{
    rd_skip(&b->words, 2);
    rd_skip(&b->bytes, rd_u16le(&b->words));
    struct str path = text(x, &b->bytes);
    if (!rd_ok(&x->r) || !str_set(path))
        return;
    struct smb_tree *t = smb_tree_new(x->f);
    t->session = x->session;
    netdec_keep(&t->share, path);
    struct smb_ask *ask = smb_ask_new(x, t->serial);
    netdec_ref(x->f, x->m, x->chain->ordinal++, &ask->ref);
}

static void tree_answer(struct smb_message *x, struct block *b, const struct smb_ask *ask) /* 2.2.4.55.2 */
{
    struct smb_tree *t = smb_tree_at(x->f, ask->subject);
    if (!t)
        return;
    bool failed = smb_failed(x->status);
    struct str service = failed ? STR_NONE : oem_text(x, &b->bytes);
    t->type = str_eq(service, STR("IPC")) ? SMB_SHARE_PIPE : str_eq(service, STR("A:")) ? SMB_SHARE_DISK : SMB_SHARE_UNKNOWN;
    t->session = x->session; /* of a chain with session setup it is known only now */
    smb_act_share(x, t, &ask->ref);
    if (failed) {
        smb_tree_end(t);
        return;
    }
    t->id = x->tree;
    t->connected = true;
}

static void disconnect_request(struct smb_message *x, struct block *b)
{
    struct smb_tree *t = smb_tree_of(x);
    (void)b;
    if (t)
        smb_tree_end(t);
}

/* ---- files ---- */

static void opened(struct smb_message *x, struct smb_file *file, struct str name)
{
    smb_file_name(x, file, name);
    x->chain->file = file->serial;
    struct smb_ask *ask = smb_ask_new(x, file->serial);
    netdec_ref(x->f, x->m, x->chain->ordinal++, &ask->ref);
}

static void create_request(struct smb_message *x, struct block *b) /* 2.2.4.64.1 */
{
    rd_skip(&b->words, 1 + 2 + 4 + 4);
    uint32_t access = rd_u32le(&b->words);
    rd_skip(&b->words, 8 + 4 + 4);
    uint32_t disposition = rd_u32le(&b->words), options = rd_u32le(&b->words);
    struct str name = text(x, &b->bytes);
    struct smb_file *file = rd_ok(&x->r) ? smb_file_new(x) : NULL;
    if (!file)
        return;
    file->access = access;
    file->disposition = (uint8_t)(disposition < 6 ? disposition : 6);
    file->delete_on_close = options & DELETE_ON_CLOSE;
    opened(x, file, name);
}

/* 2.2.4.41.1: access modes in place of masks. */
static void open_request(struct smb_message *x, struct block *b)
{
    const uint32_t read = 0x1, write = 0x2;
    rd_skip(&b->words, 2);
    uint16_t mode = rd_u16le(&b->words) & 0x7;
    rd_skip(&b->words, 2 + 2 + 4);
    uint16_t how = rd_u16le(&b->words);
    struct str name = text(x, &b->bytes);
    struct smb_file *file = rd_ok(&x->r) ? smb_file_new(x) : NULL;
    if (!file)
        return;
    file->access = mode == 0 || mode == 3 ? read : mode == 1 ? write : read | write;
    file->disposition = how & 0x10 ? 2 : (how & 0x3) == 2 ? 4 : 1;
    opened(x, file, name);
}

/* ResourceType of an NT_CREATE_ANDX answer: 1 and 2 are pipes. */
static bool is_pipe(struct rd words)
{
    rd_skip(&words, 8 * 4 + 4 + 8 + 8);
    uint16_t type = rd_u16le(&words);
    return type == 1 || type == 2;
}

static void create_answer(struct smb_message *x, struct block *b, const struct smb_ask *ask) /* 2.2.4.64.2, 2.2.4.41.2 */
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    uint32_t action = 4;
    if (!file)
        return;
    if (!smb_failed(x->status) && b->words_n) {
        rd_skip(&b->words, x->command == NT_CREATE_ANDX ? 1 : 0);
        file->id[0] = rd_u16le(&b->words);
        action = x->command == NT_CREATE_ANDX ? rd_u32le(&b->words) : 1;
        file->open = rd_ok(&x->r);
        if (x->command == NT_CREATE_ANDX && file->type == SMB_SHARE_UNKNOWN && is_pipe(b->words))
            smb_file_is_pipe(x, file);
    }
    smb_act_open(x, file, &ask->ref, action);
    if (!file->open)
        smb_file_end(x->d, x->f, file);
}

static void close_request(struct smb_message *x, struct block *b) /* 2.2.4.5.1 */
{
    const struct smb_file *file = smb_file_of(x->f, rd_u16le(&b->words), 0);
    if (file && rd_ok(&x->r))
        (void)smb_ask_new(x, file->serial);
}

static void close_answer(struct smb_message *x, struct block *b, const struct smb_ask *ask)
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    (void)b;
    if (file && !smb_failed(x->status))
        smb_file_end(x->d, x->f, file);
}

static void moves(struct smb_message *x, struct smb_file *file)
{
    if (!file->pipe && !file->moved.time)
        netdec_ref(x->f, x->m, x->chain->ordinal++, &file->moved);
    (void)smb_ask_new(x, file->serial);
}

/* The file of an AndX chain that opens it in the same message has no FID yet. */
static struct smb_file *file_id(struct smb_message *x, uint16_t fid)
{
    struct smb_file *file = fid == 0xffff ? smb_file_at(x->f, x->chain->file) : NULL;
    return file ? file : smb_file_of(x->f, fid, 0);
}

static void read_request(struct smb_message *x, struct block *b) /* 2.2.4.42.1 */
{
    struct smb_file *file = file_id(x, rd_u16le(&b->words));
    if (file && rd_ok(&x->r))
        moves(x, file);
}

static void read_answer(struct smb_message *x, struct block *b, const struct smb_ask *ask) /* MS-SMB 2.2.4.2.2 */
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    if (!file || smb_failed(x->status) || !b->words_n)
        return;
    rd_skip(&b->words, 2 + 2 + 2);
    uint16_t low = rd_u16le(&b->words), offset = rd_u16le(&b->words);
    size_t n = (size_t)rd_u16le(&b->words) << 16 | low;
    if (!rd_ok(&x->r))
        return;
    file->read += n;
    struct rd data = smb_part(x, offset, n);
    if (file->pipe && rd_ok(&x->r))
        smb_pipe_bytes(x, file->serial, data, n);
}

/* WriteMode: in raw mode the first piece of a message has the message's length in two bytes before it (MS-CIFS 2.2.4.43.1). */
static size_t raw_prefix(uint16_t mode, const struct rd *data)
{
    enum { RAW = 0x4, START = 0x8 };
    return (mode & (RAW | START)) == (RAW | START) && rd_left(data) >= 2 && !smb_looks_rpc(*data) ? 2 : 0;
}

static void write_request(struct smb_message *x, struct block *b) /* MS-SMB 2.2.4.3.1 */
{
    uint16_t fid = rd_u16le(&b->words);
    rd_skip(&b->words, 4 + 4);
    uint16_t mode = rd_u16le(&b->words);
    rd_skip(&b->words, 2);
    size_t high = (size_t)rd_u16le(&b->words) << 16, n = high | rd_u16le(&b->words);
    uint16_t offset = rd_u16le(&b->words);
    struct rd data = rd_ok(&x->r) ? smb_part(x, offset, n) : x->r;
    if (!rd_ok(&x->r))
        return;
    size_t prefix = raw_prefix(mode, &data);
    rd_skip(&data, prefix);
    struct smb_file *file = file_id(x, fid);
    if (!file && smb_looks_rpc(data))
        file = smb_unseen_pipe(x, fid, 0);
    if (!file)
        return;
    moves(x, file);
    if (file->pipe)
        smb_pipe_bytes(x, file->serial, data, n - prefix);
}

static void write_answer(struct smb_message *x, struct block *b, const struct smb_ask *ask) /* MS-SMB 2.2.4.3.2 */
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    if (!file || smb_failed(x->status) || !b->words_n)
        return;
    uint16_t low = rd_u16le(&b->words);
    rd_skip(&b->words, 2);
    file->written += (uint32_t)rd_u16le(&b->words) << 16 | low;
}

/* DELETE (2.2.4.7.1) and RENAME (2.2.4.8.1) name files that are not open. */
static void change_request(struct smb_message *x, struct block *b)
{
    rd_skip(&b->bytes, 1); /* BufferFormat */
    struct str name = text(x, &b->bytes), target = STR_NONE;
    if (x->command == RENAME) {
        rd_skip(&b->bytes, 1);
        target = text(x, &b->bytes);
    }
    struct smb_file *file = rd_ok(&x->r) && str_set(name) ? smb_file_new(x) : NULL;
    if (!file)
        return;
    netdec_keep(&file->target, str_starts(target, STR("\\")) ? str_from(target, 1) : target);
    opened(x, file, name);
}

static void change_answer(struct smb_message *x, struct block *b, const struct smb_ask *ask)
{
    struct smb_file *file = smb_file_at(x->f, ask->subject);
    (void)b;
    if (!file)
        return;
    smb_act_change(x, file, &ask->ref, netdec_kept(&file->target));
    smb_file_end(x->d, x->f, file);
}

static void trans_request(struct smb_message *x, struct block *b)
{
    smb1_trans_request(x, b->words);
}

static void trans_answer(struct smb_message *x, struct block *b, const struct smb_ask *ask)
{
    smb1_trans_answer(x, b->words, ask);
}

/* ---- messages ---- */

static const struct command {
    uint8_t code;
    bool andx;
    uint8_t words; /* at least so many in a request */
    void (*request)(struct smb_message *x, struct block *b);
    void (*answer)(struct smb_message *x, struct block *b, const struct smb_ask *ask);
} commands[] = {
    {CLOSE, false, 3, close_request, close_answer},
    {DELETE, false, 1, change_request, change_answer},
    {RENAME, false, 1, change_request, change_answer},
    {TRANSACTION, false, 14, trans_request, trans_answer},
    {OPEN_ANDX, true, 15, open_request, create_answer},
    {READ_ANDX, true, 10, read_request, read_answer},
    {WRITE_ANDX, true, 12, write_request, write_answer},
    {TRANSACTION2, false, 14, trans_request, trans_answer},
    {TRANSACTION2_SECONDARY, false, 9, trans_request, NULL},
    {TREE_DISCONNECT, false, 0, disconnect_request, NULL},
    {NEGOTIATE, false, 0, negotiate_request, NULL},
    {SESSION_SETUP_ANDX, true, 10, setup_request, setup_answer},
    {LOGOFF_ANDX, true, 2, logoff_request, NULL},
    {TREE_CONNECT_ANDX, true, 4, tree_request, tree_answer},
    {NT_TRANSACT, false, 19, trans_request, trans_answer},
    {NT_CREATE_ANDX, true, 24, create_request, create_answer},
};

static const struct command *command_of(uint16_t code)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].code == code)
            return &commands[i];
    return NULL;
}

/* The command's words and bytes; a large write has more bytes than their count can say. */
static void block_of(struct smb_message *x, struct block *b)
{
    b->words_n = rd_u8(&x->r);
    b->words = rd_sub(&x->r, 2 * (size_t)b->words_n);
    (void)rd_u16le(&x->r);
    b->bytes = x->r;
}

static void one(struct smb_message *x, const struct command *c, struct block *b)
{
    struct smb_ask ask;
    if (!x->reply && b->words_n < c->words)
        rd_fail(&x->r, "this SMB1 command has too few words");
    else if (!x->reply)
        c->request(x, b);
    else if (c->code == NEGOTIATE && smb_ask_take(x, &ask) && b->words_n == 17)
        negotiate_answer(x, b);
    else if (c->answer && smb_ask_take(x, &ask))
        c->answer(x, b, &ask);
    else if (c->code == TRANSACTION2 && smb_ask_odd(x, SMB1_SESSION_SETUP, &ask)) /* answered under another multiplex id */
        c->answer(x, b, &ask);
}

/* 2.2.3.1. What has no NTSTATUS has an error class and a code (2.2.2.4), of which two are worth an NTSTATUS. */
static void header(struct smb_message *x)
{
    enum { NOT_AUTHORISED = 0x00020002, NO_ACCESS = 0x00050001 }; /* ERRSRV/ERRbadpw, ERRDOS/ERRnoaccess */
    rd_skip(&x->r, 4);
    x->command = rd_u8(&x->r);
    uint32_t status = rd_u32le(&x->r);
    uint8_t flags = rd_u8(&x->r);
    uint16_t flags2 = rd_u16le(&x->r);
    rd_skip(&x->r, 12); /* PIDHigh, SecurityFeatures, Reserved */
    x->tree = rd_u16le(&x->r);
    uint64_t process = rd_u16le(&x->r);
    x->session = rd_u16le(&x->r);
    x->id = rd_u16le(&x->r) | process << 16;
    x->reply = flags & FLAGS_REPLY;
    x->unicode = flags2 & FLAGS2_UNICODE;
    x->has_status = x->reply && (flags2 & FLAGS2_NT_STATUS || !status);
    x->status = status;
    if (x->reply && !x->has_status) {
        x->has_status = status == NOT_AUTHORISED || status == NO_ACCESS;
        x->status = status == NOT_AUTHORISED ? STATUS_LOGON_FAILURE : status == NO_ACCESS ? STATUS_ACCESS_DENIED : STATUS_UNSUCCESSFUL;
    }
    if (rd_ok(&x->r) && x->reply == x->m->from_client)
        rd_fail(&x->r, "an SMB1 message goes the wrong way");
}

void smb1_message(struct decode *d, struct flow *f, const struct message *m, struct rd body)
{
    struct smb_chain chain = {0};
    struct fault fault;
    size_t left = rd_left(&body), whole = m->whole - (m->n - left);
    struct rd all = rd_of(rd_bytes(&body, left), left, &fault);
    struct smb_message x = {.d = d, .f = f, .m = m, .chain = &chain, .all = all, .r = all, .whole = whole, .smb1 = true};
    header(&x);
    for (unsigned i = 0; i < 8 && rd_ok(&x.r); i++) {
        const struct command *c = command_of(x.command);
        struct block b;
        size_t at = rd_offset(&x.r);
        block_of(&x, &b);
        struct rd words = b.words;
        bool chained = c && c->andx && b.words_n >= 2;
        uint8_t next = chained ? rd_u8(&words) : NO_ANDX;
        rd_skip(&words, chained ? 1 : 0);
        uint16_t offset = chained ? rd_u16le(&words) : 0;
        b.words = words;
        if (c && rd_ok(&x.r))
            one(&x, c, &b);
        else if (!x.reply && rd_ok(&x.r))
            decode_ignored(d, str_fmt(d->arena, "SMB1 command 0x%02x", x.command));
        if (next == NO_ANDX || offset <= at || offset >= left)
            break;
        x.command = next;
        x.r = rd_at(&x.all, offset, left - offset);
    }
    (void)smb_broken(&x);
}
