/* decode/smb1_trans.c - transactions of SMB 1: named pipes, deletion and renaming of open files, and what only attackers send
 * (MS-CIFS 2.2.4.33, 2.2.4.46, 2.2.4.62 and sections 2.2.5 to 2.2.7). */
#include "decode/smb.h"

enum { TRANSACTION = 0x25, TRANSACTION2 = 0x32, TRANSACTION2_SECONDARY = 0x33, NT_TRANSACT = 0xa0 };
enum { PEEK_NMPIPE = 0x23, TRANSACT_NMPIPE = 0x26 };                                                 /* 2.2.5 */
enum { SET_FILE_INFORMATION = 0x08, SESSION_SETUP = 0x0e };                                          /* 2.2.6 */
enum { SET_FILE_DISPOSITION = 0x0102, PASS_THROUGH_RENAME = 1010, PASS_THROUGH_DISPOSITION = 1013 }; /* 2.2.8.4, MS-SMB 2.2.2.3.5 */
enum { NT_FUNCTIONS = 8 }; /* NT_TRANSACT_CREATE is 1, NT_TRANSACT_SET_QUOTA 8 (MS-SMB 2.2.7) */

struct parts { /* of a request */
    uint16_t setup[2];
    unsigned setup_n;
    size_t params_at, params_n, data_at, data_n;
};

static void read_setup(struct parts *p, struct rd *words)
{
    unsigned n = rd_u8(words);
    rd_skip(words, 1);
    for (p->setup_n = 0; p->setup_n < 2 && p->setup_n < n; p->setup_n++)
        p->setup[p->setup_n] = rd_u16le(words);
}

static void read_parts(struct parts *p, struct rd *words) /* 2.2.4.33.1, 2.2.4.46.1 */
{
    *p = (struct parts){.setup_n = 0};
    rd_skip(words, 18); /* totals, maxima, Flags, Timeout, Reserved */
    p->params_n = rd_u16le(words);
    p->params_at = rd_u16le(words);
    p->data_n = rd_u16le(words);
    p->data_at = rd_u16le(words);
    read_setup(p, words);
}

static struct smb_ask *noted(struct smb_message *x, uint32_t subject, enum smb1_sub sub)
{
    struct smb_ask *ask = smb_ask_new(x, subject);
    ask->sub = (uint16_t)sub;
    if (sub != SMB1_PIPE)
        netdec_ref(x->f, x->m, x->chain->ordinal++, &ask->ref);
    return ask;
}

static uint32_t tree_serial(struct smb_message *x)
{
    const struct smb_tree *t = smb_tree_of(x);
    return t ? t->serial : 0;
}

/* ---- named pipes, 2.2.5 ---- */

static void pipe_request(struct smb_message *x, const struct parts *p)
{
    struct smb_file *file = smb_file_of(x->f, p->setup[1], 0);
    struct rd data = smb_part(x, p->data_at, p->data_n);
    if (!file && rd_ok(&x->r) && smb_looks_rpc(data))
        file = smb_unseen_pipe(x, p->setup[1], 0);
    if (!file || !rd_ok(&x->r))
        return;
    uint32_t serial = file->serial;
    (void)noted(x, serial, SMB1_PIPE);
    smb_pipe_bytes(x, serial, data, p->data_n);
}

static void transaction(struct smb_message *x, struct rd *words)
{
    struct parts p;
    read_parts(&p, words);
    if (!rd_ok(&x->r) || p.setup_n < 2)
        return;
    if (p.setup[0] == TRANSACT_NMPIPE)
        pipe_request(x, &p);
    else if (p.setup[0] == PEEK_NMPIPE && p.setup[1] == 0 && !smb_file_of(x->f, 0, 0)) /* of a pipe that nobody opened: MS17-010 is probed so */
        (void)noted(x, tree_serial(x), SMB1_PEEK);
}

/* ---- TRANSACTION2, 2.2.6 ---- */

static void set_file_information(struct smb_message *x, const struct parts *p) /* 2.2.6.9.1 */
{
    struct rd params = smb_part(x, p->params_at, p->params_n), data = smb_part(x, p->data_at, p->data_n);
    struct smb_file *file = smb_file_of(x->f, rd_u16le(&params), 0);
    uint16_t level = rd_u16le(&params);
    if (!file || !rd_ok(&x->r))
        return;
    file->target.n = 0;
    if (level == PASS_THROUGH_RENAME) { /* MS-FSCC 2.4.37.1 */
        rd_skip(&data, 8);
        uint32_t name = rd_u32le(&data);
        netdec_keep(&file->target, rd_ok(&x->r) ? smb_utf16(x, p->data_at + 12, name) : STR_NONE);
    } else if ((level != SET_FILE_DISPOSITION && level != PASS_THROUGH_DISPOSITION) || !rd_u8(&data)) {
        return;
    }
    if (rd_ok(&x->r))
        (void)noted(x, file->serial, SMB1_CHANGE);
}

static void transaction2(struct smb_message *x, struct rd *words)
{
    struct smb *s = x->f->state;
    struct parts p;
    read_parts(&p, words);
    if (!rd_ok(&x->r) || !p.setup_n)
        return;
    if (s->transacts == x->id)
        s->transacts = 0;
    if (p.setup[0] == SESSION_SETUP) /* reserved, and never implemented (2.2.6.15) */
        (void)noted(x, tree_serial(x), SMB1_SESSION_SETUP);
    else if (p.setup[0] == SET_FILE_INFORMATION)
        set_file_information(x, &p);
}

/* An NT_TRANSACT whose rest comes as the rest of a TRANSACTION2: servers once confused the two (CVE-2017-0144). */
static void secondary(struct smb_message *x)
{
    struct smb *s = x->f->state;
    if (!s->transacts || s->transacts != x->id)
        return;
    struct smb_ask ask = {.command = NT_TRANSACT, .sub = SMB1_CONFUSED, .subject = tree_serial(x), .id = x->id, .extra = s->transact_total};
    netdec_ref(x->f, x->m, x->chain->ordinal++, &ask.ref);
    s->transacts = 0;
    smb_act_odd(x->d, x->f, &ask, NULL);
}

/* ---- NT_TRANSACT, 2.2.7 ---- */

static void nt_transact(struct smb_message *x, struct rd *words) /* 2.2.4.62.1 */
{
    struct smb *s = x->f->state;
    rd_skip(words, 3 + 4); /* MaxSetupCount, Reserved, TotalParameterCount */
    uint32_t total = rd_u32le(words);
    rd_skip(words, 4 + 4 + 4 + 4); /* MaxParameterCount, MaxDataCount, ParameterCount, ParameterOffset */
    uint32_t now = rd_u32le(words);
    rd_skip(words, 4 + 1);
    uint16_t function = rd_u16le(words);
    if (!rd_ok(&x->r))
        return;
    s->transacts = now < total ? x->id : 0;
    s->transact_total = total;
    if ((function == 0 || function > NT_FUNCTIONS) && total > UINT16_MAX)
        noted(x, tree_serial(x), SMB1_NT_TRANSACT)->extra = total;
}

void smb1_trans_request(struct smb_message *x, struct rd words)
{
    if (x->command == TRANSACTION)
        transaction(x, &words);
    else if (x->command == TRANSACTION2)
        transaction2(x, &words);
    else if (x->command == TRANSACTION2_SECONDARY)
        secondary(x);
    else if (x->command == NT_TRANSACT)
        nt_transact(x, &words);
}

/* ---- answers ---- */

static void pipe_answer(struct smb_message *x, struct rd *words, const struct smb_ask *ask) /* 2.2.4.33.2 */
{
    const struct smb_file *file = smb_file_at(x->f, ask->subject);
    if (!file || smb_failed(x->status))
        return;
    rd_skip(words, 2);
    uint16_t total = rd_u16le(words);
    rd_skip(words, 8);
    uint16_t n = rd_u16le(words), offset = rd_u16le(words), before = rd_u16le(words);
    struct rd data = rd_ok(&x->r) ? smb_part(x, offset, n) : x->r;
    if (!rd_ok(&x->r))
        return;
    if (n && (uint32_t)before + n < total) /* more answers to this request follow */
        smb_ask_new(x, ask->subject)->sub = SMB1_PIPE;
    smb_pipe_bytes(x, file->serial, data, n);
}

void smb1_trans_answer(struct smb_message *x, struct rd words, const struct smb_ask *ask)
{
    struct smb_file *file;
    switch ((enum smb1_sub)ask->sub) {
    case SMB1_PIPE: pipe_answer(x, &words, ask); break;
    case SMB1_CHANGE:
        file = smb_file_at(x->f, ask->subject);
        if (file)
            smb_act_change(x, file, &ask->ref, str_dup(x->d->arena, netdec_kept(&file->target)));
        break;
    case SMB1_SESSION_SETUP:
    case SMB1_PEEK:
    case SMB1_NT_TRANSACT: smb_act_odd(x->d, x->f, ask, x); break;
    case SMB1_CONFUSED:
    case SMB1_PLAIN: break;
    }
}
