/* bench/bench_capture.c - makes a large capture out of small ones, and reads one with nothing but libpcap.
 *
 *   bench_capture make OUT PACKETS FILE...   the packets of the files again and again: each time with other addresses, and later
 *   bench_capture loop FILE                  pcap_loop over it, for comparison: prints how many packets and bytes there were */
#include "base/time.h"
#include "source/feed.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

struct packet {
    size_t at, n, whole;
    int64_t time;
    bool v4;
};

struct sample {
    uint8_t *bytes;
    size_t used, room;
    struct packet *packets;
    size_t n, packet_room;
    int64_t shift; /* captures follow each other */
};

static void *larger(void *p, size_t *room, size_t need, size_t one)
{
    if (need <= *room)
        return p;
    *room = need * 2;
    p = realloc(p, *room * one);
    if (!p)
        abort();
    return p;
}

static void add(struct sample *s, const struct unit *u, const struct frame *x, int64_t shift)
{
    const uint8_t *p = (const uint8_t *)u->bytes + x->at;
    if (x->why || x->link != 1 || x->n < 34)
        return;
    s->bytes = larger(s->bytes, &s->room, s->used + x->n, 1);
    s->packets = larger(s->packets, &s->packet_room, s->n + 1, sizeof *s->packets);
    memcpy(s->bytes + s->used, p, x->n);
    s->packets[s->n++] = (struct packet){s->used, x->n, x->whole, x->time + shift, p[12] == 8 && p[13] == 0 && p[14] >> 4 == 4};
    s->used += x->n;
}

/* All packets of the files, one file after the other in time. */
static void gather(struct sample *s, char *const *paths, int n)
{
    int64_t end = INT64_C(1767603600) * TIME_SECOND;
    for (int i = 0; i < n; i++) {
        struct inputs *in;
        struct feed *feed;
        struct feed_worker *worker;
        struct unit u = {0};
        int64_t shift = 0;
        size_t from = s->n;
        if (inputs_new(&in) != 0 || inputs_add_path(in, paths[i]) != 0 || feed_open(&feed, in) != 0 || feed_worker(feed, &worker) != 0)
            abort();
        while (feed_next(worker, &u) > 0)
            for (size_t k = 0; k < u.nframes; k++) {
                if (s->n == from)
                    shift = end - u.frames[k].time;
                add(s, &u, &u.frames[k], shift);
            }
        for (size_t k = from; k < s->n; k++)
            end = s->packets[k].time > end ? s->packets[k].time : end;
        end += TIME_SECOND;
        unit_free(&u);
        feed_worker_free(worker);
        feed_close(feed);
        inputs_free(in);
    }
}

/* IPv4 addresses other than multicast and broadcast: the network's number grows by one with each round. */
static void move(uint8_t *address, unsigned round)
{
    if (address[0] >= 224)
        return;
    unsigned middle = ((unsigned)address[1] << 8 | address[2]) + round;
    address[1] = (uint8_t)(middle >> 8);
    address[2] = (uint8_t)middle;
}

static void write_round(FILE *f, struct sample *s, unsigned round, int64_t length)
{
    for (size_t i = 0; i < s->n; i++) {
        struct packet *p = &s->packets[i];
        uint8_t *bytes = s->bytes + p->at;
        int64_t time = p->time + (int64_t)round * length;
        const uint32_t head[4] = {(uint32_t)(time / TIME_SECOND), (uint32_t)(time % TIME_SECOND / 1000), (uint32_t)p->n, (uint32_t)p->whole};
        if (p->v4 && round) {
            move(bytes + 26, 1);
            move(bytes + 30, 1);
        }
        (void)fwrite(head, sizeof head, 1, f);
        (void)fwrite(bytes, p->n, 1, f);
    }
}

static int make(const char *out, size_t packets, char *const *paths, int n)
{
    static const uint32_t head[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 262144, 1};
    struct sample s = {0};
    FILE *f = fopen(out, "wb");
    gather(&s, paths, n);
    if (!f || s.n == 0)
        return 1;
    int64_t length = TIME_SECOND;
    for (size_t i = 0; i < s.n; i++)
        length = s.packets[i].time - s.packets[0].time > length ? s.packets[i].time - s.packets[0].time : length;
    (void)fwrite(head, sizeof head, 1, f);
    size_t written = 0;
    for (unsigned round = 0; written < packets; round++, written += s.n)
        write_round(f, &s, round, length + TIME_SECOND);
    free(s.bytes);
    free(s.packets);
    (void)printf("%zu\n", written);
    return fclose(f) == 0 ? 0 : 1;
}

struct seen {
    uint64_t packets, bytes;
};

static void one(u_char *owner, const struct pcap_pkthdr *h, const u_char *p)
{
    struct seen *s = (struct seen *)(void *)owner;
    s->packets++;
    s->bytes += h->caplen + p[0];
}

static int loop(const char *path)
{
    char why[PCAP_ERRBUF_SIZE];
    struct seen s = {0};
    pcap_t *p = pcap_open_offline(path, why);
    if (!p || pcap_loop(p, -1, one, (u_char *)&s) != 0)
        return 1;
    pcap_close(p);
    (void)printf("%llu packets, %llu\n", (unsigned long long)s.packets, (unsigned long long)s.bytes);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 4 && strcmp(argv[1], "make") == 0)
        return make(argv[2], strtoul(argv[3], NULL, 10), argv + 4, argc - 4);
    if (argc == 3 && strcmp(argv[1], "loop") == 0)
        return loop(argv[2]);
    (void)fprintf(stderr, "usage: bench_capture make OUT PACKETS FILE... | loop FILE\n");
    return 2;
}
