/* fuzz/fuzz_syslog.c - any bytes as a stream of framed syslog messages: every field lies inside its message. */
#include "net/syslog.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct str part, struct str whole)
{
    if (part.n && (part.p < whole.p || part.p + part.n > whole.p + whole.n))
        abort();
}

static void message(struct str s)
{
    struct syslog m;
    struct fault why = {0};
    if (syslog_read(s, INT64_C(1767600000) * TIME_SECOND, &m, &why)) {
        if (!why.why || why.offset > s.n)
            abort();
        return;
    }
    const struct str parts[] = {m.host, m.app, m.procid, m.msgid, m.data, m.text};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        inside(parts[i], s);
    if (m.facility > 23 || m.severity > 7)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str left = {(const char *)data, size};
    struct syslog_cut cut;
    message(left);
    while (left.n && syslog_unframe(left, &cut) && cut.total && cut.total <= left.n) {
        if (cut.begin + cut.n > cut.total)
            abort();
        message(str_sub(left, cut.begin, cut.n));
        left = str_from(left, cut.total);
    }
    return 0;
}
