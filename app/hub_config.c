/* app/hub_config.c - reading the configuration file. */
#include "app/hub_config.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name, *value, *about;
    size_t at;
} known[] = {
#define X(name, value, about) {#name, value, about, offsetof(struct hub_config, name)},
    HUB_CONFIG(X)
#undef X
};

enum { KNOWN = sizeof known / sizeof *known };

/* 127.0.0.1:8443, [::1]:8443, localhost:8443; not ::1, which is an address alone. */
static int set_listen(struct hub_config *c, const char *value)
{
    struct str v = str_of(value), port = STR_NONE;
    bool bracketed = v.n && v.p[0] == '[';
    ptrdiff_t colon = str_rchr(v, ':'), end = str_rchr(v, ']');
    uint64_t n;
    if (bracketed && end < 0)
        return ERR_USAGE;
    if (colon > end && (bracketed || str_chr(v, ':') == colon)) {
        port = str_from(v, (size_t)colon + 1);
        v = str_sub(v, 0, (size_t)colon);
    }
    if (bracketed)
        v = str_sub(v, 1, v.n - 2);
    if (v.n == 0 || v.n >= HUB_CONFIG_VALUE || (str_set(port) && (!str_u64(port, &n) || n > 65535)))
        return ERR_USAGE;
    (void)snprintf(c->listen, sizeof c->listen, "%.*s", STR_ARG(v));
    if (str_set(port))
        (void)snprintf(c->port, sizeof c->port, "%.*s", STR_ARG(port));
    return 0;
}

int hub_config_set(struct hub_config *c, const char *name, const char *value)
{
    if (strcmp(name, "listen") == 0)
        return set_listen(c, value);
    for (size_t i = 0; i < KNOWN; i++) {
        if (strcmp(known[i].name, name) != 0)
            continue;
        if (strlen(value) >= HUB_CONFIG_VALUE)
            return ERR_LIMIT;
        memcpy((char *)c + known[i].at, value, strlen(value) + 1);
        return 0;
    }
    return ERR_NOT_FOUND;
}

void hub_config_defaults(struct hub_config *c)
{
    for (size_t i = 0; i < KNOWN; i++)
        (void)hub_config_set(c, known[i].name, known[i].value);
}

static int set_line(struct hub_config *c, struct str line)
{
    struct str name;
    char n[64], v[HUB_CONFIG_VALUE];
    line = str_trim(line);
    if (line.n == 0 || line.p[0] == '#')
        return 0;
    if (str_chr(line, '=') < 0 || !str_cut(&line, '=', &name))
        return ERR_MALFORMED;
    name = str_trim(name);
    line = str_trim(line);
    if (name.n >= sizeof n || line.n >= sizeof v)
        return ERR_LIMIT;
    (void)snprintf(n, sizeof n, "%.*s", STR_ARG(name));
    (void)snprintf(v, sizeof v, "%.*s", STR_ARG(line));
    return hub_config_set(c, n, v);
}

int hub_config_read(struct hub_config *c, const char *path, char why[256])
{
    char line[HUB_CONFIG_VALUE + 128];
    unsigned number = 0;
    int err = 0;
    FILE *f = file_open(path);
    if (!f) {
        (void)snprintf(why, 256, "%s: %s", path, strerror(errno));
        return ERR_IO;
    }
    while (!err && fgets(line, sizeof line, f)) {
        number++;
        err = strchr(line, '\n') || feof(f) ? set_line(c, str_of(line)) : ERR_LIMIT;
    }
    (void)fclose(f);
    if (err)
        (void)snprintf(why, 256, "%s, line %u: %s", path, number,
                       err == ERR_NOT_FOUND ? "no setting of that name" : err == ERR_LIMIT ? "too long" : "not of the form name = value, or not such a value");
    return err ? ERR_USAGE : 0;
}

int hub_config_load(struct hub_config *c, const char *path, char why[256])
{
    hub_config_defaults(c);
    if (!path && access(HUB_CONFIG_FILE, F_OK) != 0)
        return 0;
    return hub_config_read(c, path ? path : HUB_CONFIG_FILE, why);
}

void hub_config_print(const struct hub_config *c, FILE *f)
{
    for (size_t i = 0; i < KNOWN; i++)
        (void)fprintf(f, "# %s\n%s = %s\n\n", known[i].about, known[i].name, (const char *)c + known[i].at);
}
