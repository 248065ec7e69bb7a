/* app/sandbox.c - locks a decoding thread up with seccomp and landlock. */
#include "app/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What decoding needs: reading files and the capture that is open, writing what is open (sorted runs, the progress bar), memory, locks, time,
 * ending. */
static const int allowed[] = {
    SCMP_SYS(read),          SCMP_SYS(readv),        SCMP_SYS(pread64),      SCMP_SYS(write),         SCMP_SYS(writev),        SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),         SCMP_SYS(close),        SCMP_SYS(fstat),        SCMP_SYS(stat),          SCMP_SYS(lstat),         SCMP_SYS(newfstatat),
    SCMP_SYS(statx),         SCMP_SYS(fcntl),        SCMP_SYS(fadvise64),    SCMP_SYS(readlink),      SCMP_SYS(readlinkat),    SCMP_SYS(getdents64),
    SCMP_SYS(access),        SCMP_SYS(faccessat),    SCMP_SYS(faccessat2),   SCMP_SYS(munmap),        SCMP_SYS(mremap),        SCMP_SYS(madvise),
    SCMP_SYS(brk),           SCMP_SYS(futex),        SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(sched_yield),   SCMP_SYS(getrandom),    SCMP_SYS(sysinfo),      SCMP_SYS(uname),         SCMP_SYS(getpid),        SCMP_SYS(gettid),
    SCMP_SYS(tgkill),        SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack),  SCMP_SYS(exit),
    SCMP_SYS(exit_group),    SCMP_SYS(restart_syscall), SCMP_SYS(rseq),      SCMP_SYS(set_robust_list), SCMP_SYS(prlimit64),   SCMP_SYS(sched_getaffinity),
    SCMP_SYS(poll),          SCMP_SYS(ppoll),        SCMP_SYS(recvfrom),      SCMP_SYS(recvmsg),       SCMP_SYS(getsockopt)};

static bool permit(scmp_filter_ctx c)
{
    const struct scmp_arg_cmp reading = SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, O_RDONLY);
    const struct scmp_arg_cmp reading1 = SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, O_RDONLY);
    const struct scmp_arg_cmp data = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0) != 0)
            return false;
    return seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, reading) == 0 && seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, reading1) == 0 &&
           seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, data) == 0 && seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, data) == 0;
}

/* Anything else fails with EPERM: libraries that try something are refused, and the record at hand is a fault, not a dead scan. */
static bool lock_calls(void)
{
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool done = c && permit(c) && seccomp_load(c) == 0;
    if (c)
        seccomp_release(c);
    return done;
}

/* The rights that the kernel's version of landlock knows; none is given back, so all of them are refused. Reading is not among them. */
static bool lock_files(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr a = {.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                                           LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                                           LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                                           LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM};
    if (version < 1)
        return false;
    long fd = syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
    if (fd < 0)
        return false;
    bool done = syscall(SYS_landlock_restrict_self, (int)fd, 0) == 0;
    (void)close((int)fd);
    return done;
}

int sandbox_decoder(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return ERR_UNSUPPORTED;
    bool files = lock_files(); /* first: afterwards its calls are refused */
    bool calls = lock_calls();
    return files || calls ? 0 : ERR_UNSUPPORTED;
}
