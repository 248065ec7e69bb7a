/* decode/smb.h - what one SMB connection is to its decoder: sessions, trees, open files and pipes, and requests that wait for an answer.
 *
 * decode/net_smb.c cuts messages out of the session service and hands each to smb1.c (MS-CIFS, MS-SMB) or smb2.c (MS-SMB2); both note what they
 * learn through smb_state.c and tell it through smb_act.c. Everything is bounded: where a table is full, the entry that was used longest ago is
 * forgotten. Entries are named by serial numbers, which are never given twice, since a flow's state moves when it grows. */
#ifndef VIGIE_DECODE_SMB_H
#define VIGIE_DECODE_SMB_H

#include "base/rd.h"
#include "decode/auth.h"
#include "decode/dcerpc.h"

/* A server lets a client have up to 50 requests under way (MaxMpxCount, MS-CIFS 2.2.4.52.2), which tools that guess passwords use: logons that go on at
 * once all find room (SMB_SESSIONS and the crowd), others hardly ever need more than three. */
enum { SMB_SESSIONS = 3, SMB_CROWD = 61, SMB_TREES = 8, SMB_FILES = 16, SMB_PIPES = 4, SMB_ASKS = 64 };
enum smb_share { SMB_SHARE_UNKNOWN, SMB_SHARE_DISK, SMB_SHARE_PIPE, SMB_SHARE_PRINT }; /* MS-SMB2 2.2.10 */

struct smb_session {
    uint32_t serial, used; /* serial 0: free */
    uint64_t id;           /* SessionId, UID; 0 until the server gave one */
    bool guest;            /* let in as a guest, whoever it said to be (MS-SMB2 2.2.6, MS-CIFS 2.2.4.53.2) */
    struct auth auth;
};

struct smb_tree {
    uint32_t serial, used;
    bool connected;
    uint32_t id; /* TreeId, TID */
    uint8_t type;
    uint64_t session;
    NETDEC_TEXT(96) share; /* \\host\share as the client wrote it */
};

struct smb_file {
    uint32_t serial, used;
    bool open, pipe, delete_on_close;
    uint8_t disposition; /* MS-SMB2 2.2.13 CreateDisposition */
    uint8_t type;        /* of its tree */
    uint32_t access;     /* as asked for */
    uint64_t id[2];      /* FileId; FID in id[0] */
    uint64_t session;
    uint64_t read, written;
    struct netref moved; /* first message that read or wrote; time 0: none yet */
    NETDEC_TEXT(96) share;
    NETDEC_TEXT(256) name;   /* below the share; its end where it is longer */
    NETDEC_TEXT(128) target; /* new name of a rename that waits for its answer */
};

struct smb_pipe {
    uint32_t file, used; /* serial of the file that it belongs to; 0: free */
    struct dcerpc rpc;
};

/* What a transaction of SMB1 is to us (smb1_trans.c). */
enum smb1_sub { SMB1_PLAIN, SMB1_PIPE, SMB1_CHANGE, SMB1_SESSION_SETUP, SMB1_PEEK, SMB1_NT_TRANSACT, SMB1_CONFUSED };

struct smb_ask {           /* a request that waits for its answer */
    uint32_t serial;       /* 0: free */
    uint16_t command, sub; /* sub: enum smb1_sub */
    uint32_t subject;      /* serial of the session, tree or file that it is about; 0: none */
    uint64_t id;           /* MessageId, or MID and PID */
    uint32_t extra;        /* of an odd transaction: bytes that it announces */
    struct netref ref;     /* only for what becomes an activity */
};

struct smb {
    uint32_t clock;
    bool files;           /* grown by struct smb_more */
    uint8_t pipes;        /* and by so many pipes */
    uint8_t crowd;        /* and, behind SMB_PIPES of them, by so many sessions */
    uint8_t challenge[8]; /* of an SMB1 server without extended security (MS-CIFS 2.2.4.52.2) */
    bool challenged;
    uint64_t transacts;                   /* id of an NT_TRANSACT that is not all there; 0: none */
    uint32_t transact_total;              /* bytes that it announced */
    NETDEC_TEXT(160) dialects;            /* offered by the client */
    NETDEC_TEXT(64) native_os, native_lm; /* the client's own words (MS-CIFS 2.2.4.53.1) */
    struct smb_session session[SMB_SESSIONS];
    struct smb_tree tree[SMB_TREES];
    struct smb_ask ask[SMB_ASKS];
};

struct smb_more { /* the state once a tree was connected or a pipe was seen */
    struct smb base;
    struct smb_file file[SMB_FILES];
    struct smb_pipe pipe[];
};

/* What the commands of one transport message share: compound requests and AndX chains. */
struct smb_chain {
    unsigned ordinal; /* of the next thing that becomes an activity */
    uint32_t file;    /* serial of the file last opened, for related requests that cannot know its id */
    uint64_t session;
    uint32_t tree;
};

/* One command of a message. */
struct smb_message {
    struct decode *d;
    struct flow *f;
    const struct message *m;
    struct smb_chain *chain;
    struct rd all; /* from the first byte of its header: what was captured of it */
    struct rd r;   /* what comes after the header */
    size_t whole;  /* its length on the wire */
    bool smb1, reply, unicode, has_status;
    uint16_t command;
    uint32_t status;
    uint64_t id, session;
    uint32_t tree;
};

/* ---- smb1.c, smb2.c: one transport message without its session service header ---- */

void smb1_message(struct decode *d, struct flow *f, const struct message *m, struct rd body);
void smb2_message(struct decode *d, struct flow *f, const struct message *m, struct rd body);
/* Transactions of SMB1 (smb1_trans.c): TRANSACTION, TRANSACTION2, NT_TRANSACT and their secondary requests. */
void smb1_trans_request(struct smb_message *x, struct rd words);
void smb1_trans_answer(struct smb_message *x, struct rd words, const struct smb_ask *ask);

/* ---- smb_read.c: bytes ---- */

/* True when the command's reader failed for another reason than that the capture ends; then the fault is told. */
bool smb_broken(struct smb_message *x);
/* Those of the n bytes at `offset` that were captured; fails the reader when they do not lie within the command. */
struct rd smb_part(struct smb_message *x, size_t offset, size_t n);
struct str smb_utf16(struct smb_message *x, size_t offset, size_t n);
/* NTSTATUS that is no success, no warning and no request to go on. */
bool smb_failed(uint32_t status);
/* A whole DCE/RPC PDU header stands at the beginning (C706 12.6.3.1). */
bool smb_looks_rpc(struct rd data);

/* ---- smb_state.c ---- */

struct smb_session *smb_session_of(struct flow *f, uint64_t id);
struct smb_session *smb_session_at(struct flow *f, uint32_t serial);
/* One without an id. */
struct smb_session *smb_session_new(struct decode *d, struct flow *f);
/* The server confirmed the session: it carries this id now. */
void smb_session_named(struct decode *d, struct flow *f, uint32_t serial, uint64_t id);
void smb_session_end(struct decode *d, struct flow *f, struct smb_session *s);
/* Who works in the session; all absent when unknown. Points into the state. */
struct account smb_who(struct flow *f, uint64_t session);

/* The tree that the command is about; TreeIds are unique within a session (MS-SMB2 3.3.1.9), TIDs within a connection. */
struct smb_tree *smb_tree_of(struct smb_message *x);
struct smb_tree *smb_tree_at(struct flow *f, uint32_t serial);
struct smb_tree *smb_tree_new(struct flow *f);
void smb_tree_end(struct smb_tree *t);

/* NULL when the state cannot grow. What smb_file_new gives has the tree's share when the tree is known. */
struct smb_file *smb_file_new(struct smb_message *x);
struct smb_file *smb_file_of(struct flow *f, uint64_t id, uint64_t id2);
struct smb_file *smb_file_at(struct flow *f, uint32_t serial);
void smb_file_end(struct decode *d, struct flow *f, struct smb_file *file);
/* Sets the name, without a leading backslash; of a pipe without \PIPE\ and in lower case. */
void smb_file_name(struct smb_message *x, struct smb_file *file, struct str name);
/* It is a pipe after all: the tree that it lies in was connected unseen. */
void smb_file_is_pipe(struct smb_message *x, struct smb_file *file);
/* A pipe that was opened unseen; what goes through it says that it is one. */
struct smb_file *smb_unseen_pipe(struct smb_message *x, uint64_t id, uint64_t id2);
/* Bytes that went through a pipe. */
void smb_pipe_bytes(struct smb_message *x, uint32_t file, struct rd data, size_t whole);

struct smb_ask *smb_ask_new(struct smb_message *x, uint32_t subject);
/* The request that x answers, taken out of the table; false when it was not seen. */
bool smb_ask_take(struct smb_message *x, struct smb_ask *out);
/* The same by command and sub, whatever its id. */
bool smb_ask_odd(struct smb_message *x, enum smb1_sub sub, struct smb_ask *out);
void smb_end(struct decode *d, struct flow *f);
void smb_gap(struct flow *f, bool from_client);

/* ---- smb_act.c: activities ---- */

void smb_act_share(struct smb_message *x, const struct smb_tree *t, const struct netref *r);
/* An open was answered; `action` is what the server did (MS-SMB2 2.2.14 CreateAction). */
void smb_act_open(struct smb_message *x, const struct smb_file *file, const struct netref *r, uint32_t action);
/* A file was deleted or renamed; target absent for deletion. */
void smb_act_change(struct smb_message *x, const struct smb_file *file, const struct netref *r, struct str target);
/* What went through a file that is closed now. */
void smb_act_copy(struct decode *d, struct flow *f, const struct smb_file *file);
/* A transaction of SMB1 that no client makes in earnest (smb1_trans.c says which); answer NULL: none came. */
void smb_act_odd(struct decode *d, struct flow *f, const struct smb_ask *ask, const struct smb_message *answer);
/* The server answered a session setup: its verdict, unless it wants more first; a refused session that named nobody ends. */
void smb_act_answered(struct smb_message *x, struct smb_session *s);

#endif
