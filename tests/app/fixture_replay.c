/* tests/app/fixture_replay.c - sends the packets of captures to an interface, evenly, as many a second as asked for.
 *
 *   fixture_replay INTERFACE RATE PACKETS OUT FILE...
 *
 * The files follow each other again and again, each file and each round with other addresses, until PACKETS were sent. OUT receives them as a capture with
 * the times at which they were sent ("-": nothing does). Only packets that a sensor's filter lets through and the interface can carry are
 * sent. Prints as JSON how many there were, how long that took, and how far behind the clock it was at most. */
#include "source/live.h"
#include "wire/flow.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ETHER = 14, AT_ONCE = 64, PORTS = 64 };

struct packet {
    uint8_t *p;
    unsigned n;
};

struct replay {
    struct packet *packets;
    size_t n, room, left_out;
    unsigned mtu;
    int socket;
    pcap_t *form; /* of OUT */
    pcap_dumper_t *out;
};

static void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "fixture_replay: %s: %s\n", what, why);
    exit(1);
}

/* Another network for IPv4 addresses other than multicast and broadcast: its number, the two bytes in the middle, grows by so much. Two files
 * with the same datagram would otherwise be one that a mirror port shows twice, or not, as their times fall. */
static void move(const struct packet *x, unsigned by)
{
    if (x->n < ETHER + 20 || x->p[12] != 8 || x->p[13] != 0)
        return;
    for (uint8_t *a = x->p + ETHER + 12; a < x->p + ETHER + 20; a += 4) {
        unsigned network = a[1] * 256u + a[2] + by;
        if (a[0] < 224) {
            a[1] = (uint8_t)(network >> 8);
            a[2] = (uint8_t)network;
        }
    }
}

static void add(struct replay *r, unsigned file, const uint8_t *p, const struct pcap_pkthdr *h)
{
    if (h->caplen < h->len || h->len > r->mtu + ETHER) {
        r->left_out++;
        return;
    }
    if (r->n == r->room) {
        r->room = r->room ? r->room * 2 : 1024;
        r->packets = realloc(r->packets, r->room * sizeof *r->packets);
    }
    uint8_t *copy = malloc(h->len);
    if (!r->packets || !copy)
        fail("packets", "no memory");
    memcpy(copy, p, h->len);
    r->packets[r->n] = (struct packet){copy, h->len};
    move(&r->packets[r->n++], file * 256);
}

static void gather(struct replay *r, unsigned file, const char *path)
{
    char why[PCAP_ERRBUF_SIZE], filter[LIVE_FILTER];
    uint16_t ports[PORTS];
    struct bpf_program program;
    struct pcap_pkthdr *h;
    const u_char *p;
    size_t n = 0;
    pcap_t *f = pcap_open_offline(path, why);
    if (!f)
        fail(path, why);
    for (const struct netdecoder *const *d = netdecoders; *d; d++)
        for (unsigned i = 0; i < NETDECODER_PORTS && (*d)->udp[i] && n < PORTS; i++)
            ports[n++] = (*d)->udp[i];
    live_filter(ports, n, filter);
    if (pcap_datalink(f) != DLT_EN10MB || pcap_compile(f, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
        fail(path, "no Ethernet, or no filter");
    while (pcap_next_ex(f, &h, &p) == 1)
        if (pcap_offline_filter(&program, h, p))
            add(r, file, p, h);
    pcap_freecode(&program);
    pcap_close(f);
}

static void open_interface(struct replay *r, const char *name)
{
    struct ifreq q = {0};
    r->socket = socket(AF_PACKET, SOCK_RAW, 0);
    (void)snprintf(q.ifr_name, sizeof q.ifr_name, "%s", name);
    if (r->socket < 0 || ioctl(r->socket, SIOCGIFMTU, &q) != 0)
        fail(name, strerror(errno));
    r->mtu = (unsigned)q.ifr_mtu;
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
    if (bind(r->socket, (struct sockaddr *)&to, sizeof to) != 0)
        fail(name, strerror(errno));
}

static void next_round(struct replay *r)
{
    for (size_t i = 0; i < r->n; i++)
        move(&r->packets[i], 1);
}

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void dump(struct replay *r, const struct packet *x)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    const struct pcap_pkthdr h = {.ts = {t.tv_sec, t.tv_nsec / 1000}, .caplen = x->n, .len = x->n};
    pcap_dump((u_char *)r->out, &h, x->p);
}

/* Sends n packets from the i-th on, which are of one round. */
static void send_all(struct replay *r, size_t i, unsigned n)
{
    struct mmsghdr m[AT_ONCE] = {0};
    struct iovec v[AT_ONCE];
    for (unsigned k = 0; k < n; k++) {
        v[k] = (struct iovec){r->packets[i + k].p, r->packets[i + k].n};
        m[k].msg_hdr.msg_iov = &v[k];
        m[k].msg_hdr.msg_iovlen = 1;
        if (r->out)
            dump(r, &r->packets[i + k]);
    }
    for (unsigned sent = 0; sent < n;) {
        int got = sendmmsg(r->socket, m + sent, n - sent, 0);
        if (got < 0 && errno != ENOBUFS && errno != EINTR)
            fail("sending", strerror(errno));
        sent += got > 0 ? (unsigned)got : 0;
    }
}

static void replay(struct replay *r, double rate, size_t packets)
{
    double began = now(), behind = 0;
    size_t sent = 0, at = 0;
    while (sent < packets) {
        double due = (now() - began) * rate - (double)sent;
        behind = due / rate > behind ? due / rate : behind;
        if (due < 1) {
            (void)usleep(500);
            continue;
        }
        size_t n = due < AT_ONCE ? (size_t)due : AT_ONCE;
        n = n < packets - sent ? n : packets - sent;
        n = n < r->n - at ? n : r->n - at;
        send_all(r, at, (unsigned)n);
        sent += n;
        at += n;
        if (at == r->n) {
            next_round(r);
            at = 0;
        }
    }
    (void)printf("{\"sent\":%zu,\"seconds\":%.3f,\"behind\":%.3f,\"round\":%zu,\"leftOut\":%zu}\n", sent, now() - began, behind, r->n, r->left_out);
}

int main(int argc, char **argv)
{
    struct replay r = {0};
    if (argc < 6)
        fail("usage", "fixture_replay INTERFACE RATE PACKETS OUT FILE...");
    open_interface(&r, argv[1]);
    for (int i = 5; i < argc; i++)
        gather(&r, (unsigned)i - 5, argv[i]);
    if (r.n == 0)
        fail(argv[5], "no packets");
    if (strcmp(argv[4], "-") != 0) {
        r.form = pcap_open_dead(DLT_EN10MB, 262144);
        r.out = pcap_dump_open(r.form, argv[4]);
        if (!r.out)
            fail(argv[4], pcap_geterr(r.form));
    }
    replay(&r, strtod(argv[2], NULL), strtoul(argv[3], NULL, 10));
    if (r.out)
        pcap_dump_close(r.out);
    for (size_t i = 0; i < r.n; i++)
        free(r.packets[i].p);
    free(r.packets);
    return 0;
}
