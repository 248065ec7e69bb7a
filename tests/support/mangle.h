/* tests/support/mangle.h - hostile versions of every record of a vector file: each prefix, each single bit flipped. */
#ifndef VIGIE_TESTS_SUPPORT_MANGLE_H
#define VIGIE_TESTS_SUPPORT_MANGLE_H

/* Decodes them all. Fails the cmocka test when one record gives unreasonably much, or a prefix that is no JSON gives
 * anything; crashes, reads outside and leaks are for the sanitizers to see. */
void mangle_file(const char *path);

#endif
