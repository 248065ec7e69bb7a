/* app/directory_call.h - `vigie directory` run as a process of its own (app/child.h) for a stored directory service: sync, check, act. */
#ifndef VIGIE_APP_DIRECTORY_CALL_H
#define VIGIE_APP_DIRECTORY_CALL_H

#include "app/child.h"
#include "base/arena.h"
#include "store/secret.h"
#include "store/tab_directories.h"

enum { DIRECTORY_CALL_ARGS = 32 };

struct directory_call {
    struct arena text;
    const char *argv[DIRECTORY_CALL_ARGS];
    unsigned n;
    bool kerberos;
    struct child child;
    struct buf out, err;
    int code; /* its exit code, once it has run */
};

/* With how the service is reached; secrets are read from memory, never given as arguments. */
void directory_call_open(struct directory_call *c, const struct stored_directory *d, const char *verb, const atomic_bool *stop);
/* One argument more, with a value unless that is absent. */
void directory_call_arg(struct directory_call *c, const char *name, struct str value);
/* The password or keytab, in the call's arena: the caller wipes it. */
int directory_call_secret(const struct secret_key *k, struct db *db, struct directory_call *c, const struct stored_directory *d, struct str *secret);
/* Runs it: absent when all went well, else why not. */
struct str directory_call_run(struct directory_call *c, struct str secret, unsigned seconds);
void directory_call_close(struct directory_call *c);

#endif
