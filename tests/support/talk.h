/* tests/support/talk.h - a conversation on the network as text, and playing it to its decoder.
 *
 *     net krb5 udp                          decoder, transport; optionally CLIENT:PORT SERVER:PORT (10.0.0.5:49200 10.0.0.1:<its port>)
 *     > 6a81...                             a message of the client in hexadecimal (blanks allowed)
 *     < 7e5c...                             a message of the server
 *     gap >                                 bytes of that direction were lost
 * Messages are a second apart from 2026-01-05T09:00:00Z on, packets are numbered from 1. The conversation ends after the last line. */
#ifndef VIGIE_TESTS_SUPPORT_TALK_H
#define VIGIE_TESTS_SUPPORT_TALK_H

#include "decode/decode.h"
#include "wire/flow.h"

enum { TALK_LINES = 256 };

struct talk_line {
    bool from_client, gap;
    uint8_t *p;
    size_t n;
};

struct talk {
    struct flow flow;
    struct talk_line lines[TALK_LINES];
    unsigned n;
};

/* False when there is no line that begins with "net ". Fails the test when something in it is not understood. */
bool talk_parse(struct str text, struct talk *out);
void talk_free(struct talk *t);
/* Plays it in memory that ends exactly behind each message. `sound`: also checks that the decoder claims and frames the messages. */
void talk_play(const struct talk *t, struct decode *d, bool sound);
/* Every conversation of a vector file with every message cut at each byte (in two ways: the rest was not captured, the rest does not
 * exist) and with each of its bits flipped, within its first two kilobytes. `most`: fails when one playing emits more. */
void talk_mangle(const char *path, unsigned most);

#endif
