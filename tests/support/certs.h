/* tests/support/certs.h - a folder of certificates made for this run of a test, see certs.sh. */
#ifndef VIGIE_TESTS_SUPPORT_CERTS_H
#define VIGIE_TESTS_SUPPORT_CERTS_H

/* The path of a file in it, e.g. "ca.pem"; makes the folder at the first call. Valid until certs_remove. */
const char *certs(const char *name);
void certs_remove(void);

#endif
