/* tools/sample/out.h - all outputs: a day's records in any order in, files in time order out.
 *
 * Records are kept until out_flush() says that nothing earlier will come, then sorted and written. So
 * memory holds a day of the organisation, however many days follow each other. Every record
 * written is counted in manifest.tsv (path, format, records). */
#ifndef VIGIE_SAMPLE_OUT_H
#define VIGIE_SAMPLE_OUT_H

#include "tools/sample/evtx_writer.h"
#include "tools/sample/org.h"

enum out_kind { OUT_O365, OUT_SIGNIN, OUT_AUDIT, OUT_AWS_PARIS, OUT_AWS_CANADA, OUT_AWS_VIRGINIA, OUT_JSON };
enum { OUT_LOGS = 24 };

struct out;

struct out_options {
    const char *folder;
    bool windows, office, entra, aws;
    bool plain;         /* no gzip: for benchmarks */
    uint64_t evtx_size; /* a log file is closed at this size */
};

struct out *out_open(const struct org *o, const struct out_options *options);
bool out_wants(const struct out *x, enum out_kind kind);
bool out_wants_windows(const struct out *x);
/* Where to write one JSON record; out_end() files it. */
struct buf *out_begin(struct out *x, enum out_kind kind);
void out_end(struct out *x, enum out_kind kind, int64_t time);
/* One Windows event for log number `log`; keywords 0 stands for the schema's. Nothing for log -1. */
void out_event(struct out *x, int log, int64_t time, const struct evtx_schema *s, uint64_t keywords,
               const struct evtx_values *v);
/* Writes all records before `until`; `day` names the files. */
void out_flush(struct out *x, int64_t until, int64_t day);
uint64_t out_bytes(const struct out *x);
uint64_t out_records(const struct out *x);
/* Writes what is left and manifest.tsv. */
void out_close(struct out *x);
const char *out_region(enum out_kind kind);

#endif
