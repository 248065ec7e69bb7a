/* app/directory_call.c - arguments, secrets and complaints of `vigie directory` as a process. */
#include "app/directory_call.h"

#include <errno.h>
#include <string.h>

enum { WHY_MOST = 1000 };

#define SAYS "vigie directory: " /* before what the command complains about */

void directory_call_arg(struct directory_call *c, const char *name, struct str value)
{
    if (c->n + 3 > DIRECTORY_CALL_ARGS)
        return;
    c->argv[c->n++] = name;
    if (str_set(value))
        c->argv[c->n++] = str_fmt(&c->text, "%.*s%c", STR_ARG(value), 0).p;
}

void directory_call_open(struct directory_call *c, const struct stored_directory *d, const char *verb, const atomic_bool *stop)
{
    static const char *const keytab[] = {"KRB5_CLIENT_KTNAME=FILE:" CHILD_FILE_PATH(4), "KRB5CCNAME=MEMORY:vigie", NULL}, *const none[] = {NULL};
    memset(c, 0, sizeof *c);
    arena_init(&c->text, 4096, 1 << 20);
    c->kerberos = d->kerberos;
    c->child = (struct child){.argv = c->argv, .env = d->kerberos ? keytab : none, .stop = stop};
    directory_call_arg(c, "vigie", STR_NONE);
    directory_call_arg(c, "directory", STR_NONE);
    directory_call_arg(c, verb, STR_NONE);
    directory_call_arg(c, "--json", STR_NONE);
    directory_call_arg(c, "--server", d->url);
    if (str_set(d->domain))
        directory_call_arg(c, "--domain", d->domain);
    if (d->plain)
        directory_call_arg(c, "--plain", STR_NONE);
    if (!d->kerberos) {
        directory_call_arg(c, "--bind-dn", d->bind);
        directory_call_arg(c, "--password-file", STR(CHILD_FILE_PATH(3)));
    }
    if (str_set(d->ca)) {
        directory_call_arg(c, "--ca", STR(CHILD_FILE_PATH(5)));
        c->child.files[2] = d->ca;
    }
}

void directory_call_close(struct directory_call *c)
{
    buf_free(&c->out);
    buf_free(&c->err);
    arena_free(&c->text);
}

int directory_call_secret(const struct secret_key *k, struct db *db, struct directory_call *c, const struct stored_directory *d, struct str *secret)
{
    char name[40];
    directory_secret(d->number, name);
    return secret_get(k, db, &c->text, name, secret);
}

/* The last complaint: earlier ones are about what it went on without. */
static struct str complaint(struct str err)
{
    struct str line, last = STR_NONE;
    while (str_cut(&err, '\n', &line))
        if (str_starts(line, STR(SAYS)))
            last = str_from(line, sizeof SAYS - 1);
    return str_sub(str_set(last) ? last : STR("the reading process broke off"), 0, WHY_MOST);
}

struct str directory_call_run(struct directory_call *c, struct str secret, unsigned seconds)
{
    c->child.files[c->kerberos ? 1 : 0] = secret;
    c->child.seconds = seconds;
    int err = child_run(&c->child, &c->out, &c->err, &c->code);
    c->child.files[c->kerberos ? 1 : 0] = STR_NONE;
    if (err)
        c->code = -1;
    if (err == ERR_LIMIT)
        return str_fmt(&c->text, "it was not done after %u seconds", seconds);
    if (err)
        return str_fmt(&c->text, "the reading process cannot be started: %s", err == ERR_IO ? strerror(errno) : err_text(err));
    return c->code ? complaint(buf_view(&c->err)) : STR_NONE;
}
