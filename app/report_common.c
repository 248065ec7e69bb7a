/* app/report_common.c - what all reports say alike. */
#include "app/report.h"

#include "base/utf.h"

#include <stdio.h>
#include <sys/resource.h>

struct str report_account(const struct dir *d, uint32_t entity)
{
    const struct entity *e = dir_entity(d, entity);
    if (!e)
        return STR_NONE;
    const struct str order[] = {e->sam, e->upn, e->mail, e->name};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (str_set(order[i]))
            return order[i];
    return e->name;
}

size_t report_accounts(const struct dir *d, const struct alert *a, struct str *out, size_t room)
{
    size_t n = 0;
    for (unsigned i = 0; i < a->nusers && n < room; i++)
        out[n++] = report_account(d, a->users[i]);
    for (unsigned i = 0; i < a->naccounts && n < room; i++)
        out[n++] = a->accounts[i];
    return n;
}

bool report_unread(const struct pipe_result *r, enum unread what, struct report_unread *out)
{
    *out = (struct report_unread){.n = 0};
    for (uint32_t i = 0; i < inputs_count(r->inputs); i++) {
        const struct input *x = inputs_ranked(r->inputs, i);
        if (x->unread[what].n && !out->n)
            *out = (struct report_unread){.record = x->unread[what].first, .input = x};
        out->n += x->unread[what].n;
    }
    return out->n > 0;
}

void report_clean(struct buf *b)
{
    struct str whole = buf_view(b);
    if (b->failed || utf_valid(whole))
        return;
    struct arena a;
    struct buf clean = {0};
    arena_init(&a, 4096, SIZE_MAX);
    whole = utf_clean(&a, whole);
    buf_str(&clean, whole);
    clean.failed |= !str_set(whole);
    arena_free(&a);
    buf_free(b);
    *b = clean;
}

/* From /proc: getrusage's figure is, after exec, at least that of the program which started this one. */
uint64_t report_peak_memory(void)
{
    char line[256];
    unsigned long long kib = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %llu kB", &kib) == 1)
            break;
    if (f) {
        (void)fclose(f);
        return (uint64_t)kib * 1024;
    }
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? (uint64_t)u.ru_maxrss * 1024 : 0;
}
