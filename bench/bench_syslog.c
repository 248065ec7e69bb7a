/* bench/bench_syslog.c - messages a second through the syslog receiver on loopback, each read into its fields; a process of its
 * own sends 280-byte messages of RFC 5424, over UDP as fast as it can, over one TCP connection with octet counting. */
#include "net/syslog_in.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGES = 2000000, BATCH = 64, LENGTH = 280 };

static atomic_ulong heard, lost;

static void message(void *owner, const struct syslog_peer *peer, const char *bytes, size_t n)
{
    struct syslog m;
    struct fault why;
    (void)owner;
    (void)peer;
    if (syslog_read((struct str){bytes, n}, 0, &m, &why))
        abort();
    (void)atomic_fetch_add_explicit(&heard, 1, memory_order_relaxed);
}

static void trouble(void *owner, const struct syslog_peer *peer, const char *why, uint64_t n)
{
    (void)owner;
    (void)peer;
    (void)why;
    (void)atomic_fetch_add_explicit(&lost, n, memory_order_relaxed);
}

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void send_all(int fd, struct str frame)
{
    struct mmsghdr headers[BATCH] = {0};
    struct iovec one = {(void *)(uintptr_t)frame.p, frame.n};
    for (int i = 0; i < BATCH; i++)
        headers[i].msg_hdr = (struct msghdr){.msg_iov = &one, .msg_iovlen = 1};
    for (int sent = 0; sent < MESSAGES;) {
        int n = sendmmsg(fd, headers, BATCH, 0);
        if (n < 0)
            _exit(1);
        sent += n;
    }
    _exit(0);
}

static void send_stream(int fd, struct str frame)
{
    struct buf many = {0};
    for (int i = 0; i < BATCH; i++)
        buf_str(&many, frame);
    for (int sent = 0; sent < MESSAGES; sent += BATCH)
        for (size_t at = 0; at < many.n;) {
            ssize_t n = write(fd, many.p + at, many.n - at);
            if (n <= 0)
                _exit(1);
            at += (size_t)n;
        }
    _exit(0);
}

static void sender(uint16_t port, enum syslog_transport transport)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct syslog m = {4, 4, INT64_C(1767600000) * TIME_SECOND, STR("dc1.corp.test"), STR("CEF"), STR("6076"), STR("Alert"), STR_NONE, STR_NONE};
    char text[LENGTH];
    struct buf bytes = {0}, frame = {0};
    memset(text, 'x', sizeof text);
    m.text = (struct str){text, LENGTH - 74};
    syslog_write(&bytes, &m, SYSLOG_5424);
    int fd = socket(AF_INET, transport == SYSLOG_UDP ? SOCK_DGRAM : SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) < 0)
        _exit(1);
    if (transport == SYSLOG_UDP)
        send_all(fd, buf_view(&bytes));
    syslog_frame(&frame, buf_view(&bytes), SYSLOG_COUNTED);
    send_stream(fd, buf_view(&frame));
}

static void measure(enum syslog_transport transport, const char *name)
{
    struct syslog_in_options o = {.message = message, .trouble = trouble};
    struct syslog_in *in;
    char why[SYSLOG_IN_WHY];
    o.listen[transport] = "127.0.0.1:0";
    atomic_store(&heard, 0);
    atomic_store(&lost, 0);
    if (syslog_in_start(&o, &in, why)) {
        (void)fprintf(stderr, "%s\n", why);
        exit(1);
    }
    double begin = seconds();
    pid_t pid = fork();
    if (pid == 0)
        sender(syslog_in_port(in, transport), transport);
    (void)waitpid(pid, NULL, 0);
    double sent = seconds() - begin;
    syslog_in_stop(in);
    double took = seconds() - begin;
    (void)printf("%s: %.0f messages/s received (%lu of %d sent at %.0f/s; %lu told as lost)\n", name, (double)atomic_load(&heard) / took,
                 atomic_load(&heard), MESSAGES, MESSAGES / sent, atomic_load(&lost));
}

int main(void)
{
    measure(SYSLOG_UDP, "UDP");
    measure(SYSLOG_TCP, "TCP");
    return 0;
}
