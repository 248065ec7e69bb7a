/* decode/smb_state.c - sessions, trees, files, pipes and waiting requests of one SMB connection. */
#include "decode/smb.h"

static struct smb *base_of(const struct flow *f)
{
    return f->state;
}

static struct smb_more *more_of(const struct flow *f)
{
    return base_of(f)->files ? f->state : NULL;
}

static uint32_t tick(const struct flow *f)
{
    struct smb *s = base_of(f);
    if (++s->clock == 0) /* 0 says "none" */
        s->clock = 1;
    return s->clock;
}

/* ---- sessions ---- */

static unsigned sessions(const struct flow *f)
{
    return SMB_SESSIONS + base_of(f)->crowd;
}

static struct smb_session *nth(const struct flow *f, unsigned i)
{
    if (i < SMB_SESSIONS)
        return &base_of(f)->session[i];
    struct smb_session *crowd = (void *)(more_of(f)->pipe + SMB_PIPES);
    return &crowd[i - SMB_SESSIONS];
}

/* Room for more sessions, which may move the state. */
static bool room_for_crowd(struct flow *f)
{
    enum { STEP = 8 };
    unsigned n = base_of(f)->crowd + STEP;
    n = n < SMB_CROWD ? n : SMB_CROWD;
    if (base_of(f)->crowd == SMB_CROWD ||
        !f->grow(f, sizeof(struct smb_more) + SMB_PIPES * sizeof(struct smb_pipe) + n * sizeof(struct smb_session)))
        return false;
    base_of(f)->files = true;
    base_of(f)->pipes = SMB_PIPES;
    base_of(f)->crowd = (uint8_t)n;
    return true;
}

struct smb_session *smb_session_of(struct flow *f, uint64_t id)
{
    for (unsigned i = 0; id && i < sessions(f); i++) {
        struct smb_session *s = nth(f, i);
        if (!s->serial || s->id != id)
            continue;
        s->used = tick(f);
        return s;
    }
    return NULL;
}

struct smb_session *smb_session_at(struct flow *f, uint32_t serial)
{
    for (unsigned i = 0; serial && i < sessions(f); i++)
        if (nth(f, i)->serial == serial)
            return nth(f, i);
    return NULL;
}

void smb_session_end(struct decode *d, struct flow *f, struct smb_session *s)
{
    if (s->serial && s->auth.open)
        auth_abandon(d, f, &s->auth, "SMB");
    *s = (struct smb_session){.serial = 0};
}

/* A free place; one that a logon does not go on in, used longest ago; more room; the one used longest ago. */
struct smb_session *smb_session_new(struct decode *d, struct flow *f)
{
    struct smb_session *oldest = nth(f, 0);
    for (unsigned i = 1; i < sessions(f) && oldest->serial; i++) {
        struct smb_session *s = nth(f, i);
        bool spare = !s->auth.open && oldest->auth.open, same = s->auth.open == oldest->auth.open;
        if (!s->serial || spare || (same && s->used < oldest->used))
            oldest = s;
    }
    unsigned before = sessions(f);
    if (oldest->serial && oldest->auth.open && room_for_crowd(f))
        oldest = nth(f, before);
    smb_session_end(d, f, oldest);
    oldest->serial = oldest->used = tick(f);
    return oldest;
}

void smb_session_named(struct decode *d, struct flow *f, uint32_t serial, uint64_t id)
{
    struct smb_session *s = smb_session_at(f, serial), *before = smb_session_of(f, id);
    if (!s)
        return;
    if (before && before != s)
        smb_session_end(d, f, before);
    s->id = id;
}

struct account smb_who(struct flow *f, uint64_t session)
{
    const struct smb_session *s = smb_session_of(f, session);
    if (s && s->guest)
        return (struct account){.name = STR("Guest")};
    return s ? auth_who(&s->auth) : (struct account){.name = STR_NONE};
}

/* ---- trees ---- */

struct smb_tree *smb_tree_of(struct smb_message *x)
{
    struct smb *s = base_of(x->f);
    for (unsigned i = 0; i < SMB_TREES; i++) {
        struct smb_tree *t = &s->tree[i];
        if (!t->serial || !t->connected || t->id != x->tree || (!x->smb1 && t->session != x->session))
            continue;
        t->used = tick(x->f);
        return t;
    }
    return NULL;
}

struct smb_tree *smb_tree_at(struct flow *f, uint32_t serial)
{
    struct smb *s = base_of(f);
    for (unsigned i = 0; i < SMB_TREES; i++)
        if (serial && s->tree[i].serial == serial)
            return &s->tree[i];
    return NULL;
}

struct smb_tree *smb_tree_new(struct flow *f)
{
    struct smb *s = base_of(f);
    struct smb_tree *oldest = &s->tree[0];
    for (unsigned i = 1; i < SMB_TREES && oldest->serial; i++)
        if (!s->tree[i].serial || s->tree[i].used < oldest->used)
            oldest = &s->tree[i];
    *oldest = (struct smb_tree){.connected = false};
    oldest->serial = oldest->used = tick(f);
    return oldest;
}

void smb_tree_end(struct smb_tree *t)
{
    *t = (struct smb_tree){.serial = 0};
}

/* ---- files ---- */

static bool room_for_files(struct flow *f)
{
    if (!base_of(f)->files && f->grow(f, sizeof(struct smb_more)))
        base_of(f)->files = true;
    return base_of(f)->files;
}

struct smb_file *smb_file_of(struct flow *f, uint64_t id, uint64_t id2)
{
    struct smb_more *s = more_of(f);
    for (unsigned i = 0; s && i < SMB_FILES; i++)
        if (s->file[i].serial && s->file[i].open && s->file[i].id[0] == id && s->file[i].id[1] == id2) {
            s->file[i].used = tick(f);
            return &s->file[i];
        }
    return NULL;
}

struct smb_file *smb_file_at(struct flow *f, uint32_t serial)
{
    struct smb_more *s = more_of(f);
    for (unsigned i = 0; s && i < SMB_FILES; i++)
        if (serial && s->file[i].serial == serial)
            return &s->file[i];
    return NULL;
}

static void pipe_end(struct decode *d, struct flow *f, struct smb_pipe *p)
{
    dcerpc_end(d, f, &p->rpc);
    memset(p, 0, sizeof *p);
}

void smb_file_end(struct decode *d, struct flow *f, struct smb_file *file)
{
    struct smb_more *s = more_of(f);
    for (unsigned i = 0; s && i < s->base.pipes; i++)
        if (file->serial && s->pipe[i].file == file->serial)
            pipe_end(d, f, &s->pipe[i]);
    if (!file->pipe)
        smb_act_copy(d, f, file);
    *file = (struct smb_file){.serial = 0};
}

struct smb_file *smb_file_new(struct smb_message *x)
{
    struct flow *f = x->f;
    if (!room_for_files(f))
        return NULL;
    struct smb_more *s = more_of(f);
    struct smb_file *oldest = &s->file[0];
    for (unsigned i = 1; i < SMB_FILES && oldest->serial; i++)
        if (!s->file[i].serial || s->file[i].used < oldest->used)
            oldest = &s->file[i];
    smb_file_end(x->d, f, oldest);
    oldest->serial = oldest->used = tick(f);
    oldest->session = x->session;
    const struct smb_tree *t = smb_tree_of(x);
    if (t) {
        oldest->type = t->type;
        netdec_keep(&oldest->share, netdec_kept(&t->share));
    }
    return oldest;
}

struct smb_file *smb_unseen_pipe(struct smb_message *x, uint64_t id, uint64_t id2)
{
    struct smb_file *file = id == UINT64_MAX ? NULL : smb_file_new(x); /* all ones: the file of a compound whose opening failed */
    if (!file)
        return NULL;
    file->id[0] = id;
    file->id[1] = id2;
    file->open = file->pipe = true;
    return file;
}

/* What does not fit is left out at the front: the end says which file it is. */
static struct str last_bytes(struct str s, size_t room)
{
    if (s.n <= room)
        return s;
    s = str_from(s, s.n - room);
    while (s.n && ((unsigned char)s.p[0] & 0xc0) == 0x80)
        s = str_from(s, 1);
    return s;
}

void smb_file_name(struct smb_message *x, struct smb_file *file, struct str name)
{
    file->pipe = file->type == SMB_SHARE_PIPE || str_startsi(name, STR("\\PIPE\\"));
    while (str_starts(name, STR("\\")))
        name = str_from(name, 1);
    if (file->pipe) {
        name = str_lower(x->d->arena, name);
        if (str_starts(name, STR("pipe\\")))
            name = str_from(name, 5);
    }
    netdec_keep(&file->name, last_bytes(name, sizeof file->name.p));
}

void smb_file_is_pipe(struct smb_message *x, struct smb_file *file)
{
    file->type = SMB_SHARE_PIPE;
    smb_file_name(x, file, str_dup(x->d->arena, netdec_kept(&file->name)));
}

/* ---- pipes ---- */

static struct smb_pipe *pipe_of(struct flow *f, uint32_t file)
{
    struct smb_more *s = more_of(f);
    for (unsigned i = 0; i < s->base.pipes; i++)
        if (s->pipe[i].file == file)
            return &s->pipe[i];
    return NULL;
}

/* It may move the state. NULL when there is no room. */
static struct smb_pipe *pipe_new(struct decode *d, struct flow *f, uint32_t file)
{
    struct smb_more *s = more_of(f);
    struct smb_pipe *at = NULL;
    for (unsigned i = 0; i < s->base.pipes; i++)
        if (!at || (at->file && (!s->pipe[i].file || s->pipe[i].used < at->used)))
            at = &s->pipe[i];
    bool more = s->base.pipes < SMB_PIPES && (!at || at->file);
    if (more && f->grow(f, sizeof(struct smb_more) + (s->base.pipes + 1u) * sizeof(struct smb_pipe))) {
        s = f->state;
        at = &s->pipe[s->base.pipes++];
    }
    if (at && at->file)
        pipe_end(d, f, at);
    if (at)
        at->file = file;
    return at;
}

void smb_pipe_bytes(struct smb_message *x, uint32_t serial, struct rd data, size_t whole)
{
    if (!smb_file_at(x->f, serial) || !whole)
        return;
    struct smb_pipe *p = pipe_of(x->f, serial);
    if (!p && smb_looks_rpc(data)) /* programs of all kinds speak over pipes */
        p = pipe_new(x->d, x->f, serial);
    if (!p)
        return;
    const struct smb_file *file = smb_file_at(x->f, serial);
    struct account who = smb_who(x->f, file->session ? file->session : x->session);
    size_t n = rd_left(&data);
    struct dcerpc_piece piece = {x->m, account_set(&who) ? &who : NULL, rd_bytes(&data, n), n, whole};
    p->used = tick(x->f);
    if (!p->rpc.pipe.n)
        netdec_keep(&p->rpc.pipe, netdec_kept(&file->name));
    dcerpc_bytes(x->d, x->f, &p->rpc, &piece);
}

/* ---- requests ---- */

struct smb_ask *smb_ask_new(struct smb_message *x, uint32_t subject)
{
    struct smb *s = base_of(x->f);
    struct smb_ask *oldest = &s->ask[0];
    for (unsigned i = 1; i < SMB_ASKS && oldest->serial; i++)
        if (!s->ask[i].serial || s->ask[i].serial < oldest->serial)
            oldest = &s->ask[i];
    *oldest = (struct smb_ask){.serial = tick(x->f), .command = x->command, .subject = subject, .id = x->id};
    return oldest;
}

static bool take(struct smb_ask *at, struct smb_ask *out)
{
    *out = *at;
    *at = (struct smb_ask){.serial = 0};
    return true;
}

bool smb_ask_take(struct smb_message *x, struct smb_ask *out)
{
    struct smb *s = base_of(x->f);
    for (unsigned i = 0; i < SMB_ASKS; i++)
        if (s->ask[i].serial && s->ask[i].id == x->id && s->ask[i].command == x->command)
            return take(&s->ask[i], out);
    return false;
}

bool smb_ask_odd(struct smb_message *x, enum smb1_sub sub, struct smb_ask *out)
{
    struct smb *s = base_of(x->f);
    for (unsigned i = 0; i < SMB_ASKS; i++)
        if (s->ask[i].serial && s->ask[i].sub == (uint16_t)sub && s->ask[i].command == x->command)
            return take(&s->ask[i], out);
    return false;
}

/* ---- the connection ---- */

static bool odd(const struct smb_ask *a)
{
    return a->serial && (a->sub == SMB1_SESSION_SETUP || a->sub == SMB1_PEEK || a->sub == SMB1_NT_TRANSACT);
}

void smb_end(struct decode *d, struct flow *f)
{
    for (unsigned i = 0; i < SMB_ASKS; i++)
        if (odd(&base_of(f)->ask[i]))
            smb_act_odd(d, f, &base_of(f)->ask[i], NULL);
    for (unsigned i = 0; base_of(f)->files && i < SMB_FILES; i++)
        smb_file_end(d, f, &more_of(f)->file[i]);
    for (unsigned i = 0; i < sessions(f); i++)
        smb_session_end(d, f, nth(f, i));
}

/* A PDU of which a part was lost is not waited for any longer. */
void smb_gap(struct flow *f, bool from_client)
{
    struct smb_more *s = more_of(f);
    for (unsigned i = 0; s && i < s->base.pipes; i++)
        s->pipe[i].rpc.half[from_client ? 0 : 1] = (struct dcerpc_half){.have = 0};
}
