/* app/cmd_import.c - gives files to a hub, whether it runs or not, and tells what came of them. */
#include "app/command.h"
#include "app/hub.h"
#include "app/hub_private.h"
#include "app/options.h"
#include "base/file.h"
#include "model/act_json.h"
#include "store/store.h"
#include "store/tab_audit.h"
#include "store/tab_inputs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "usage: vigie import [--no-wait] [--json] [--data DIR] PATH...\n"
    "\n"
    "Gives files, and all files of folders, to the hub on DIR (that of the configuration if none is given): logs of every kind that\n"
    "`vigie scan` reads, archives of them, directories as LDIF or JSON, the activities of what `vigie scan --db` wrote when it\n"
    "is named itself. Each is copied to the hub's folder before anything else happens to it. On-premises records go to the on-premises side, where they wait for the link; cloud records join\n"
    "at once. A record that the hub has already is not counted again.\n"
    "\n"
    "A running hub reads the files; this command waits until it has and prints what came of each. When no hub runs, it\n"
    "reads and analyses them itself.\n"
    "\n"
    "  --no-wait  only hands the files to the hub: a running one reads them now, another one when it starts\n"
    "  --json     one JSON object per file: input, name, state, format, bytes, records, activities, repeats, faults, firstFault\n"
    "\n"
    "Exit codes: 0 read (a file of a folder that is no log is only told), 1 a named file could not be read or DIR cannot be\n"
    "used, 2 wrong usage.\n";

enum { POLL_MS = 100, DEPTH = 32 };

struct given {
    uint32_t number;
    bool named; /* by itself, rather than found in a folder, where a file that is no log is only told */
};

struct import {
    const char *folder;
    struct db *db;
    struct given *inputs;
    size_t n, room;
    bool json, failed;
};

static void complain(struct import *m, const char *about, const char *why)
{
    (void)fprintf(stderr, "vigie import: %s: %s\n", about, why);
    m->failed = true;
}

/* ---- giving ---- */

static int keep_number(struct import *m, uint32_t input, bool named)
{
    if (m->n == m->room) {
        size_t room = m->room ? m->room * 2 : 64;
        struct given *grown = realloc(m->inputs, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        m->inputs = grown;
        m->room = room;
    }
    m->inputs[m->n++] = (struct given){input, named};
    return 0;
}

/* ---- what `vigie scan --db` wrote: its activities as lines, with the ids that they have ---- */

struct lines {
    FILE *f;
    struct buf text;
};

static int write_line(void *owner, const struct activity *a)
{
    struct lines *to = owner;
    to->text.n = 0;
    activity_json(a, &to->text, STR_NONE);
    return to->text.failed ? ERR_MEMORY : fwrite(to->text.p, 1, to->text.n, to->f) == to->text.n ? 0 : ERR_IO;
}

static bool is_result(const char *path)
{
    char head[16] = "";
    FILE *f = file_open(path);
    size_t n = f ? fread(head, 1, sizeof head, f) : 0;
    if (f)
        (void)fclose(f);
    return n == sizeof head && memcmp(head, "SQLite format 3", sizeof head) == 0;
}

static int write_lines(const char *path, int fd)
{
    struct store *s;
    struct lines to = {.f = fdopen(fd, "wb")};
    int err = to.f ? store_open(path, &s) : ERR_MEMORY;
    if (!err) {
        err = store_activities(s, INT64_MIN, INT64_MAX, write_line, &to);
        store_close(s);
    }
    buf_free(&to.text);
    if (!to.f)
        (void)close(fd);
    else if (fclose(to.f) != 0 && !err)
        err = ERR_IO;
    return err;
}

static int copy_result(struct import *m, const char *path, uint32_t *input)
{
    char part[PATH_MAX];
    int n = snprintf(part, sizeof part, "%s/received/result-XXXXXX.part", m->folder); /* a hub that starts deletes what is left of it */
    int fd = n > 0 && (size_t)n < sizeof part ? mkstemps(part, 5) : -1;
    if (fd < 0)
        return ERR_IO;
    int err = write_lines(path, fd);
    if (!err)
        err = hub_received_copy(m->folder, m->db, part, str_of(path), input);
    (void)unlink(part);
    return err;
}

/* ---- files and folders ---- */

static void give_file(struct import *m, const char *path, bool named)
{
    char real[PATH_MAX];
    uint32_t input = 0;
    errno = 0;
    int err = !realpath(path, real) ? ERR_IO : named && is_result(real) ? copy_result(m, path, &input) : hub_received_copy(m->folder, m->db, real, str_of(path), &input);
    if (!err)
        err = tab_audit_add(m->db, &(struct audit_row){.time = hub_now(), .by = STR("command line"), .from = STR("local"), .what = STR("logs received"),
                                                       .object = str_of(path)});
    if (!err)
        err = keep_number(m, input, named);
    if (err)
        complain(m, path, err == ERR_IO && errno ? strerror(errno) : err_text(err));
}

static void give(struct import *m, const char *path, unsigned depth);

static void give_folder(struct import *m, const char *path, unsigned depth)
{
    struct dirent **names;
    char inner[PATH_MAX];
    int n = depth < DEPTH ? scandir(path, &names, NULL, alphasort) : -1;
    if (n < 0)
        complain(m, path, depth < DEPTH ? strerror(errno) : "folders too deep");
    for (int i = 0; i < n; i++) {
        int len = snprintf(inner, sizeof inner, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && len > 0 && (size_t)len < sizeof inner)
            give(m, inner, depth + 1);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

static void give(struct import *m, const char *path, unsigned depth)
{
    struct stat st;
    if (stat(path, &st) != 0)
        complain(m, path, strerror(errno));
    else if (S_ISDIR(st.st_mode))
        give_folder(m, path, depth);
    else if (S_ISREG(st.st_mode))
        give_file(m, path, depth == 0);
    else
        complain(m, path, "no file and no folder");
}

static void give_all(struct import *m, const struct options_rest *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        give(m, paths->of[i], 0);
}

/* ---- telling ---- */

static void nap(void)
{
    (void)nanosleep(&(struct timespec){0, POLL_MS * 1000000L}, NULL);
}

static void tell_json(const struct stored_input *in, const char *state)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    jout_ku64(&j, "input", in->number);
    jout_kstr(&j, "name", in->name);
    jout_kz(&j, "state", state);
    jout_kstr(&j, "format", in->format);
    jout_ku64(&j, "bytes", in->bytes);
    jout_ku64(&j, "records", in->records);
    jout_ku64(&j, "activities", in->activities);
    jout_ku64(&j, "repeats", in->repeats);
    jout_ku64(&j, "faults", in->faults);
    jout_kstr(&j, "firstFault", in->first_fault);
    jout_end_obj(&j);
    (void)printf("%.*s\n", (int)b.n, b.p);
    buf_free(&b);
}

static void tell(struct import *m, const struct stored_input *in, bool named)
{
    static const char *const states[] = {[INPUT_WAITING] = "waiting", [INPUT_DONE] = "done", [INPUT_FAILED] = "failed"};
    m->failed |= named && in->state == INPUT_FAILED;
    if (m->json) {
        tell_json(in, states[in->state]);
        return;
    }
    (void)printf("%.*s: %s", STR_ARG(in->name), states[in->state]);
    if (in->state == INPUT_DONE)
        (void)printf(", %.*s%s%llu activities, %llu known already, %llu faults", STR_ARG(in->format), str_set(in->format) ? ", " : "",
                     (unsigned long long)in->activities, (unsigned long long)in->repeats, (unsigned long long)in->faults);
    if (str_set(in->first_fault))
        (void)printf(" (%.*s)", STR_ARG(in->first_fault));
    (void)putchar('\n');
}

/* Prints each as soon as it is read; with `wait` false as it is. */
static void tell_all(struct import *m, bool wait)
{
    struct arena a;
    arena_init(&a, 4096, 1u << 24);
    for (size_t i = 0; i < m->n; i++) {
        struct stored_input in;
        int err;
        arena_reset(&a);
        while ((err = tab_inputs_get(m->db, &a, m->inputs[i].number, &in)) == 0 && wait && in.state == INPUT_WAITING) {
            nap();
            arena_reset(&a);
        }
        if (err)
            complain(m, m->folder, err_text(err));
        else
            tell(m, &in, m->inputs[i].named);
    }
    arena_free(&a);
}

/* ---- running and stopped hubs ---- */

static void to_running(struct import *m, const struct options_rest *paths, bool wait)
{
    int err = db_open(m->folder, &m->db);
    if (err) {
        complain(m, m->folder, err_text(err));
        return;
    }
    give_all(m, paths);
    tell_all(m, wait);
    db_close(m->db);
}

static void analyse(struct hub *h)
{
    bool shown = isatty(STDERR_FILENO);
    while (!hub_settled(h)) {
        if (shown)
            (void)fprintf(stderr, "\ranalysing %3.0f %%", hub_progress(h) * 100);
        nap();
    }
    if (shown)
        (void)fputs("\r                \r", stderr);
}

static void to_stopped(struct import *m, struct hub *h, const struct options_rest *paths, bool wait)
{
    m->db = hub_db(h);
    give_all(m, paths);
    tell_all(m, wait);
    if (wait)
        analyse(h);
    hub_close(h);
}

static int import(struct import *m, const char *file, const struct options_rest *paths, bool wait)
{
    struct hub_config config;
    struct hub *h;
    char why[512] = "", folder[HUB_CONFIG_VALUE];
    (void)snprintf(folder, sizeof folder, "%s", m->folder); /* the configuration's own is read again */
    m->folder = folder;
    int err = hub_config_load(&config, file, why) != 0 || hub_config_set(&config, "data", folder) != 0 ? ERR_IO : hub_config_set(&config, "inbox", "");
    if (!err)
        err = hub_open_unserved(&config, &h, why);
    if (err == ERR_USAGE)
        to_running(m, paths, wait);
    else if (err)
        complain(m, "import", why);
    else
        to_stopped(m, h, paths, wait);
    free(m->inputs);
    return m->failed ? 1 : 0;
}

static int run(int argc, char **argv)
{
    const char *data = NULL, *config = NULL;
    bool json = false, no_wait = false;
    struct options_rest rest;
    const struct option known[] = {{"--data", &data, NULL}, {"--config", &config, NULL}, {"--json", NULL, &json}, {"--no-wait", NULL, &no_wait}};
    if (!options_read("import", argc - 1, argv + 1, OPTIONS(known), &rest) || rest.n == 0) {
        (void)fputs(usage, stderr);
        return 2;
    }
    struct import m = {.folder = options_folder("import", data, config), .json = json};
    return m.folder ? import(&m, config, &rest, !no_wait) : 1;
}

const struct command cmd_import = {"import", "give files to a hub, running or not", usage, run};
