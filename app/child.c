/* app/child.c - another command of this program as a process of its own. */
#include "app/child.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIPES = 2, OUTPUT_MOST = 65536, LOOK_MS = 200, HIGH = 16 /* above all numbers that it gets */ };

struct run {
    const struct child *c;
    int files[CHILD_FILES];
    int to[PIPES], from[PIPES]; /* its standard output and error */
    char **env;
    pid_t pid;
    int64_t until; /* ms */
};

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* Out of the way of the numbers that the child gets. */
static bool lift(int *fd)
{
    int high = *fd < 0 ? -1 : fcntl(*fd, F_DUPFD_CLOEXEC, HIGH);
    shut(fd);
    *fd = high;
    return high >= 0;
}

/* ---- before ---- */

static bool put_file(int *fd, struct str text)
{
    *fd = file_in_memory(text);
    return lift(fd);
}

static int open_files(struct run *r)
{
    for (int i = 0; i < PIPES; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
            return ERR_IO;
        r->from[i] = ends[0];
        r->to[i] = ends[1];
        if (!lift(&r->from[i]) || !lift(&r->to[i]) || fcntl(r->from[i], F_SETFL, O_NONBLOCK) != 0)
            return ERR_IO;
    }
    for (int i = 0; i < CHILD_FILES; i++)
        if (str_set(r->c->files[i]) && !put_file(&r->files[i], r->c->files[i]))
            return ERR_IO;
    return 0;
}

static int make_env(struct run *r)
{
    size_t n = 0, more = 0;
    while (environ[n])
        n++;
    while (r->c->env[more])
        more++;
    r->env = calloc(n + more + 1, sizeof *r->env);
    if (!r->env)
        return ERR_MEMORY;
    for (size_t i = 0; i < more; i++) /* of two the first counts */
        r->env[i] = (char *)(uintptr_t)r->c->env[i];
    for (size_t i = 0; i < n; i++)
        r->env[more + i] = environ[i];
    return 0;
}

/* ---- the child, where only what is safe after a fork of one of several threads may be called ---- */

_Noreturn static void become(const struct run *r, pid_t parent)
{
    sigset_t none;
    int null = open("/dev/null", O_RDONLY);
    bool good = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && dup2(null, 0) == 0;
    for (int i = 0; i < PIPES; i++)
        good = good && dup2(r->to[i], 1 + i) == 1 + i;
    for (int i = 0; i < CHILD_FILES; i++)
        good = good && (r->files[i] < 0 || dup2(r->files[i], CHILD_FILE + i) == CHILD_FILE + i);
    for (int i = 0; i < CHILD_FILES; i++)
        if (r->files[i] < 0)
            (void)close(CHILD_FILE + i);
    (void)close_range(CHILD_FILE + CHILD_FILES, ~0u, 0);
    (void)umask(077);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (good)
        (void)execve("/proc/self/exe", (char *const *)(uintptr_t)r->c->argv, r->env);
    _exit(126);
}

/* ---- meanwhile ---- */

/* False at its end. */
static bool read_some(int *fd, struct buf *b)
{
    char text[4096];
    ssize_t n = read(*fd, text, sizeof text);
    if (n > 0 && b->n < OUTPUT_MOST)
        buf_add(b, text, (size_t)n);
    if (n == 0)
        shut(fd);
    return n > 0;
}

static bool over(const struct run *r)
{
    return atomic_load(r->c->stop) || now_ms() > r->until;
}

static int wait_for(struct run *r, struct buf *to[PIPES], int *code)
{
    bool ended = false;
    int status = 0;
    while ((r->from[0] >= 0 || r->from[1] >= 0) && !(ended = over(r))) {
        struct pollfd p[PIPES] = {{.fd = r->from[0], .events = POLLIN}, {.fd = r->from[1], .events = POLLIN}};
        if (poll(p, PIPES, LOOK_MS) <= 0)
            continue;
        for (int i = 0; i < PIPES; i++)
            while (r->from[i] >= 0 && p[i].revents && read_some(&r->from[i], to[i]))
                ;
    }
    if (ended)
        (void)kill(r->pid, SIGKILL);
    while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (ended)
        return ERR_LIMIT;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return 0;
}

int child_run(const struct child *c, struct buf *out, struct buf *err, int *code)
{
    struct run r = {.c = c, .files = {-1, -1, -1}, .to = {-1, -1}, .from = {-1, -1}, .until = now_ms() + (int64_t)c->seconds * 1000};
    struct buf *to[PIPES] = {out, err};
    pid_t parent = getpid();
    int failed = make_env(&r);
    if (!failed)
        failed = open_files(&r);
    if (!failed && (r.pid = fork()) == 0)
        become(&r, parent);
    if (!failed && r.pid < 0)
        failed = ERR_MEMORY;
    for (int i = 0; i < PIPES; i++)
        shut(&r.to[i]);
    for (int i = 0; i < CHILD_FILES; i++)
        shut(&r.files[i]);
    if (!failed)
        failed = wait_for(&r, to, code);
    for (int i = 0; i < PIPES; i++)
        shut(&r.from[i]);
    free(r.env);
    return failed;
}
