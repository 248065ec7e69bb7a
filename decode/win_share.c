/* decode/win_share.c - shares, and files and named pipes below them.
 *
 * Fields: Windows security auditing events 5140, 5145. Pipe names and what speaks on them: MS-SAMR 2.1,
 * MS-SRVS 2.1, MS-LSAT 2.1, MS-SCMR 2.1.1, MS-TSCH 2.1, MS-RRP 2.1.1, MS-BKRP 2.1, MS-NRPC 2.1. */
#include "decode/winevent.h"
#include "decode/wintext.h"

static const struct {
    struct str pipe;
    enum protocol protocol;
} pipes[] = {{{"samr", 4}, PROTO_SAMR},       {{"srvsvc", 6}, PROTO_SRVSVC}, {{"lsarpc", 6}, PROTO_LSARPC},
             {{"lsass", 5}, PROTO_LSARPC},    {{"svcctl", 6}, PROTO_SVCCTL}, {{"atsvc", 5}, PROTO_ATSVC},
             {{"winreg", 6}, PROTO_WINREG},   {{"drsuapi", 7}, PROTO_DRSUAPI}, {{"protected_storage", 17}, PROTO_BKRP},
             {{"netlogon", 8}, PROTO_NETLOGON}};

static void begin(struct decode *d, struct winevent *e, enum kind kind)
{
    struct activity *a = winevent_begin(d, e, kind);
    a->protocol = PROTO_SMB;
    winevent_subject(d, e);
    winevent_address(d, e);
    winevent_text(d, e, FACT_SHARE, WF_ShareName);
    winevent_text(d, e, FACT_SHARE_PATH, WF_ShareLocalPath);
    winevent_number(d, e, FACT_ACCESS_MASK, WF_AccessMask);
}

static int share(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_SHARE_ACCESS);
    struct str name = str_trim(win_str(e, WF_ShareName));
    if (name.n)
        decode_object(d, OBJECT_SHARE, ROLE_RESOURCE, name);
    return decode_emit(d);
}

/* The pipe's name in lower case: "\PIPE\samr" and "SAMR" are "samr". */
static struct str pipe_name(struct decode *d, struct str target)
{
    struct str name = str_lower(d->arena, wintext_host(target));
    if (str_starts(name, STR("pipe\\")))
        name = str_from(name, 5);
    return name.n ? name : STR_NONE;
}

static int file(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_SHARE_FILE_ACCESS);
    struct str target = str_trim(win_str(e, WF_RelativeTargetName));
    if (!target.n)
        return decode_emit(d);
    decode_str(d, FACT_RELATIVE_TARGET, target);
    struct str name = target;
    enum object_type type = OBJECT_FILE;
    if (str_endsi(str_trim(win_str(e, WF_ShareName)), STR("IPC$"))) {
        name = pipe_name(d, target);
        type = OBJECT_SERVICE;
        decode_str(d, FACT_PIPE, name);
        for (size_t i = 0; i < sizeof pipes / sizeof *pipes; i++)
            if (str_eq(name, pipes[i].pipe))
                d->act.protocol = pipes[i].protocol;
    }
    if (str_set(name))
        decode_object(d, type, ROLE_RESOURCE, name);
    return decode_emit(d);
}

static const struct winrow rows[] = {{5140, NULL, share}, {5145, NULL, file}, {0, NULL, NULL}};

const struct winmap win_share = {rows};
