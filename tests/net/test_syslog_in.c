/* tests/net/test_syslog_in.c - the syslog receiver: framing at any split, every bound, thousands of slow connections. */
#include "tests/support/certs.h"
#include "tests/support/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct inbox box;

static int dial(enum syslog_transport transport)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(syslog_in_port(box.in, transport)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1, fd = socket(AF_INET, transport == SYSLOG_UDP ? SOCK_DGRAM : SOCK_STREAM, 0);
    assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
    if (transport != SYSLOG_UDP)
        assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), 0);
    return fd;
}

static void say(int fd, struct str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        assert_true(n > 0);
        s = str_from(s, (size_t)n);
    }
}

/* The other end has closed it. */
static void closed_for(int fd)
{
    char c;
    assert_true(recv(fd, &c, 1, 0) <= 0);
    assert_int_equal(close(fd), 0);
}

static void open_tcp(struct syslog_in_options o)
{
    o.listen[SYSLOG_TCP] = "127.0.0.1:0";
    inbox_open(&box, o);
}

static void datagrams(void **state)
{
    static char big[3000];
    (void)state;
    memset(big, 'x', sizeof big);
    inbox_open(&box, (struct syslog_in_options){.listen[SYSLOG_UDP] = "127.0.0.1:0", .most_message = 2000});
    int fd = dial(SYSLOG_UDP);
    for (int i = 0; i < 100; i++) {
        char text[32];
        say(fd, (struct str){text, (size_t)snprintf(text, sizeof text, "<13>message %d", i)});
    }
    say(fd, (struct str){big, sizeof big});
    inbox_await(&box, 100, 1);
    assert_string_equal(box.message[99], "<13>message 99");
    assert_string_equal(box.trouble[0], "a message is too long");
    assert_int_equal(close(fd), 0);
    inbox_close(&box);
}

static const char stream[] = "<13>one\n8 <13>two\n12 <13>th\nree\0\n<13>four\r\n\n9 <13>five!2026-01-05T09:00:00Z six\nlast";

static void split_at_any_byte(void **state)
{
    static const char *const are[] = {"<13>one", "<13>two\n", "<13>th\nree\0\n", "<13>four\r", "<13>five!", "2026-01-05T09:00:00Z six", "last"};
    (void)state;
    for (size_t cut = 0; cut < sizeof stream - 1; cut++) {
        open_tcp((struct syslog_in_options){0});
        int fd = dial(SYSLOG_TCP);
        say(fd, (struct str){stream, cut});
        if (cut % 8 == 0)
            (void)usleep(2000); /* most often the two parts arrive apart */
        say(fd, (struct str){stream + cut, sizeof stream - 1 - cut});
        assert_int_equal(close(fd), 0);
        inbox_await(&box, 7, 0);
        for (size_t i = 0; i < 7; i++)
            assert_string_equal(box.message[i], are[i]);
        assert_int_equal(box.n[2], 12);
        inbox_close(&box);
    }
}

static void byte_by_byte(void **state)
{
    struct syslog_in_counts counts;
    (void)state;
    open_tcp((struct syslog_in_options){0});
    int fd = dial(SYSLOG_TCP);
    for (size_t i = 0; i < sizeof stream - 1; i++) {
        say(fd, (struct str){stream + i, 1});
        (void)usleep(200);
    }
    assert_int_equal(close(fd), 0);
    inbox_await(&box, 7, 0);
    syslog_in_counts(box.in, &counts);
    assert_int_equal(counts.messages, 7);
    inbox_close(&box);
}

static void too_long_is_told_and_the_next_is_heard(void **state)
{
    struct buf b = {0};
    struct syslog_in_counts counts;
    (void)state;
    open_tcp((struct syslog_in_options){.most_message = 1000});
    buf_str(&b, STR("<13>a\n"));
    for (int i = 0; i < 300000; i++)
        buf_char(&b, 'x');
    buf_str(&b, STR("\n<13>b\n200000 <"));
    for (int i = 0; i < 199999; i++)
        buf_char(&b, '\n');
    buf_str(&b, STR("5 <13>c1001 <"));
    for (int i = 0; i < 1000; i++)
        buf_char(&b, 'y');
    buf_str(&b, STR("1000 <"));
    for (int i = 0; i < 999; i++)
        buf_char(&b, 'z');
    int fd = dial(SYSLOG_TCP);
    say(fd, buf_view(&b));
    inbox_await(&box, 4, 3);
    assert_string_equal(box.message[1], "<13>b");
    assert_string_equal(box.message[2], "<13>c");
    assert_int_equal(box.n[3], 1000);
    say(fd, STR("50 <13>no more"));
    assert_int_equal(close(fd), 0);
    inbox_await(&box, 4, 4);
    assert_string_equal(box.trouble[3], "a connection ended inside a message");
    syslog_in_counts(box.in, &counts);
    assert_int_equal(counts.oversize, 3);
    assert_int_equal(counts.cut_off, 1);
    assert_int_equal(counts.connections, 0);
    assert_int_equal(counts.memory, 0);
    fd = dial(SYSLOG_TCP);
    say(fd, STR("9999999999 <13>"));
    closed_for(fd);
    inbox_await(&box, 4, 5);
    assert_string_equal(box.trouble[4], "the length of a message makes no sense");
    inbox_close(&box);
    buf_free(&b);
}

static void silent_and_trickling_ones_are_closed(void **state)
{
    (void)state;
    open_tcp((struct syslog_in_options){.idle_ms = 1500});
    int silent = dial(SYSLOG_TCP), trickling = dial(SYSLOG_TCP), talking = dial(SYSLOG_TCP);
    for (int i = 0; i < 30; i++) {
        (void)send(trickling, "x", 1, MSG_NOSIGNAL);
        say(talking, STR("<13>x\n"));
        (void)usleep(100000);
    }
    inbox_await(&box, 30, 2);
    assert_string_equal(box.trouble[0], "a connection closed: no whole message for too long");
    closed_for(silent);
    closed_for(trickling);
    say(talking, STR("<13>still\n"));
    inbox_await(&box, 31, 2);
    assert_int_equal(close(talking), 0);
    inbox_close(&box);
}

static void bounds_of_connections_and_memory(void **state)
{
    char half[9000];
    struct syslog_in_counts counts;
    (void)state;
    memset(half, 'x', sizeof half);
    open_tcp((struct syslog_in_options){.most_connections = 4, .most_memory = 40000});
    int fds[4];
    for (int i = 0; i < 4; i++) {
        fds[i] = dial(SYSLOG_TCP);
        say(fds[i], STR("<13>x\n"));
    }
    inbox_await(&box, 4, 0);
    int fifth = dial(SYSLOG_TCP);
    inbox_await(&box, 4, 1);
    closed_for(fifth);
    for (int i = 0; i < 4; i++)
        say(fds[i], (struct str){half, sizeof half}); /* 16 KiB each */
    inbox_await(&box, 4, 3);
    syslog_in_counts(box.in, &counts);
    assert_int_equal(counts.refused, 1);
    assert_int_equal(counts.overrun, 2);
    assert_true(counts.memory <= 40000);
    for (int i = 0; i < 4; i++)
        assert_int_equal(close(fds[i]), 0);
    inbox_close(&box);
}

static size_t resident(void)
{
    size_t pages = 0, ours = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%zu %zu", &pages, &ours), 2);
    assert_int_equal(fclose(f), 0);
    return ours * (size_t)sysconf(_SC_PAGESIZE);
}

enum { MANY = 10000 };

/* A process of its own, for file descriptors: each connection sends 200 bytes of a line and stays until `until` ends. */
static pid_t slow_ones(const int until[2])
{
    static int fds[MANY];
    char part[200], c;
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    (void)close(until[1]);
    memset(part, 'x', sizeof part);
    for (int i = 0; i < MANY; i++) {
        fds[i] = dial(SYSLOG_TCP);
        say(fds[i], (struct str){part, sizeof part});
    }
    _exit(read(until[0], &c, 1) != 0);
}

/* While they stay, one that works is heard. */
static void ten_thousand_slow_ones(void **state)
{
    struct rlimit r;
    struct syslog_in_counts counts = {0};
    int until[2], status;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
    r.rlim_cur = r.rlim_max;
    if (r.rlim_max < MANY + 64 || setrlimit(RLIMIT_NOFILE, &r) < 0)
        skip();
    open_tcp((struct syslog_in_options){.most_memory = 16 << 20, .most_connections = MANY + 1});
    size_t before = resident();
    assert_int_equal(pipe2(until, O_CLOEXEC), 0);
    pid_t pid = slow_ones(until);
    assert_true(pid > 0);
    for (int i = 0; i < 1000 && counts.memory < MANY * 256; i++) {
        (void)usleep(20000);
        syslog_in_counts(box.in, &counts);
    }
    assert_int_equal(counts.connections, MANY);
    assert_int_equal(counts.memory, MANY * 256);
    int good = dial(SYSLOG_TCP);
    say(good, STR("<13>x\n"));
    inbox_await(&box, 1, 0);
#ifndef __SANITIZE_THREAD__ /* it has memory of its own for each byte */
    assert_true(resident() - before < 16 << 20);
#else
    assert_true(resident() > before);
#endif
    assert_int_equal(close(until[1]), 0);
    assert_int_equal(close(until[0]), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    inbox_await(&box, MANY + 1, 0); /* a last line without its end is a message */
    assert_int_equal(close(good), 0);
    inbox_close(&box);
}

static void out_of_file_descriptors(void **state)
{
    struct rlimit r, few;
    int fds[40];
    (void)state;
    open_tcp((struct syslog_in_options){0});
    for (int i = 0; i < 40; i++)
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
    few = r;
    few.rlim_cur = (rlim_t)fds[39] + 11;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(syslog_in_port(box.in, SYSLOG_TCP)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    for (int i = 0; i < 40; i++)
        assert_int_equal(connect(fds[i], (struct sockaddr *)&a, sizeof a), 0);
    inbox_await(&box, 0, 30); /* ten found a place */
    assert_string_equal(box.trouble[0], "a connection refused: no file descriptors");
    for (int i = 0; i < 40; i++)
        assert_int_equal(close(fds[i]), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
    int fd = dial(SYSLOG_TCP);
    say(fd, STR("<13>again\n"));
    inbox_await(&box, 1, 30);
    assert_int_equal(close(fd), 0);
    inbox_close(&box);
}

static void count_peer(void *owner, const struct syslog_in_peer *peer)
{
    uint64_t *seen = owner;
    assert_true(ip_is_loopback(&peer->ip));
    seen[0] += peer->messages;
    seen[1] += peer->troubles;
}

static void peers_are_counted(void **state)
{
    uint64_t seen[2] = {0};
    (void)state;
    inbox_open(&box, (struct syslog_in_options){.listen = {"127.0.0.1:0", "127.0.0.1:0", NULL}, .most_message = 100});
    int udp = dial(SYSLOG_UDP), tcp = dial(SYSLOG_TCP);
    say(udp, STR("<13>x"));
    say(tcp, STR("<13>x\n<13>y\n101 <"));
    inbox_await(&box, 3, 1);
    syslog_in_peers(box.in, count_peer, seen);
    assert_int_equal(seen[0], 3);
    assert_int_equal(seen[1], 1);
    assert_int_equal(close(udp), 0);
    assert_int_equal(close(tcp), 0);
    inbox_close(&box);
}

static void no_tls_is_no_session(void **state)
{
    (void)state;
    inbox_open(&box, (struct syslog_in_options){
                         .listen[SYSLOG_TLS] = "127.0.0.1:0", .cert_file = certs("server.pem"), .key_file = certs("server.key")});
    int fd = dial(SYSLOG_TLS);
    say(fd, STR("<13>in clear text\n"));
    inbox_await(&box, 0, 1);
    assert_int_equal(close(fd), 0);
    inbox_close(&box);
}

static void what_cannot_be_started(void **state)
{
    char why[SYSLOG_IN_WHY], taken[32];
    struct syslog_in *in = NULL;
    (void)state;
    struct syslog_in_options o = {.listen[SYSLOG_TCP] = "localhost:1"};
    assert_int_equal(syslog_in_start(&o, &in, why), ERR_USAGE);
    assert_string_equal(why, "localhost:1: not an address and port");
    open_tcp((struct syslog_in_options){0});
    (void)snprintf(taken, sizeof taken, "127.0.0.1:%u", syslog_in_port(box.in, SYSLOG_TCP));
    o.listen[SYSLOG_TCP] = taken;
    assert_int_equal(syslog_in_start(&o, &in, why), ERR_IO);
    assert_non_null(strstr(why, "in use"));
    inbox_close(&box);
    o = (struct syslog_in_options){.listen[SYSLOG_TLS] = "127.0.0.1:0"};
    assert_int_equal(syslog_in_start(&o, &in, why), ERR_USAGE);
    o.cert_file = o.key_file = "/nonexistent";
    assert_int_equal(syslog_in_start(&o, &in, why), ERR_USAGE);
    assert_non_null(strstr(why, "/nonexistent: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(datagrams),
                                       cmocka_unit_test(split_at_any_byte),
                                       cmocka_unit_test(byte_by_byte),
                                       cmocka_unit_test(too_long_is_told_and_the_next_is_heard),
                                       cmocka_unit_test(silent_and_trickling_ones_are_closed),
                                       cmocka_unit_test(bounds_of_connections_and_memory),
                                       cmocka_unit_test(out_of_file_descriptors),
                                       cmocka_unit_test(ten_thousand_slow_ones),
                                       cmocka_unit_test(peers_are_counted),
                                       cmocka_unit_test(no_tls_is_no_session),
                                       cmocka_unit_test(what_cannot_be_started)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    certs_remove();
    return failed;
}
