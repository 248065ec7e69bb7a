/* app/hub_private.h - the hub's insides, shared by the files app/hub*.c only. */
#ifndef VIGIE_APP_HUB_PRIVATE_H
#define VIGIE_APP_HUB_PRIVATE_H

#include "app/hub.h"
#include "app/hub_config.h"
#include "app/hub_who.h"
#include "api/api.h"
#include "api/portal_files.h"
#include "api/server.h"
#include "directory/geo.h"
#include "link/link.h"
#include "store/secret.h"

#include <pthread.h>
#include <stdatomic.h>

struct hub_fold;
struct hub_syslog;

struct hub {
    struct hub_config config;
    const char *folder; /* config.data */
    struct db *db;
    struct actlog *log;
    struct who *who;
    struct geo *geo;
    struct licence_keys keys;
    struct secret_key *secrets;
    struct server *server;
    struct hub_fold *fold;
    struct hub_syslog *syslog; /* NULL: none is received */
    struct hub_hooks hooks;
    unsigned jobs;
    int64_t started;
    pthread_t ingest_thread, fold_thread, keeper_thread, notify_thread, directory_thread, exports_thread, govern_thread;
    bool ingest_runs, fold_runs, keeper_runs, notify_runs, directory_runs, exports_run, govern_runs;
    pthread_mutex_t lock; /* of `wake` and of taking in files */
    pthread_cond_t wake;
    atomic_bool stop;
    int lock_fd;             /* DATA/lock */
    pthread_mutex_t health_lock;
    struct buf blind[LANGUAGES], learning[LANGUAGES]; /* what the judges say, JSON lists; under health_lock */
    atomic_uint changed;     /* bit per enum hub_change, taken by the fold */
    atomic_uint new_inputs;  /* something waits in DATA/received/ */
    atomic_bool expire;      /* retention is due */
    atomic_bool exports;     /* one waits, was cancelled or deleted */
    atomic_bool erase;       /* somebody's data is to be deleted */
    atomic_uint erasures;    /* grows when somebody is being forgotten: who judges began before that knows too much */
    atomic_int fold_err; /* why the analysis does not go on; 0: it does */
    atomic_llong clock_held; /* hours of uptime until which nothing is deleted: the clock has leapt */
    atomic_ulong files_waiting, files_failed;
    atomic_ulong syslog_records, syslog_alerts, syslog_ignored, syslog_lost; /* messages since the start */
    atomic_ulong inbox_stuck; /* what lies in the inbox and cannot be taken, as of the last look */
};

int64_t hub_now(void);
/* Sleeps until something wakes the hub, at most so long; false when the hub stops. */
bool hub_wait(struct hub *h, unsigned milliseconds);
void hub_wake(struct hub *h);
/* DATA/name into out; false when it does not fit. */
bool hub_path(const struct hub *h, const char *name, char *out, size_t room);

/* What callers see before their own scope narrows it: the link and the licences decide. */
void hub_view(void *hub, struct actlog_view *activities, struct alert_view *alerts);

/* ---- hub_received.c: files that came in ---- */
int hub_received_open(struct hub *h); /* folders, and what a kill left */
int hub_received_take(struct hub *h, struct str name, struct str by, int fd, const char *path, uint64_t *input);
/* Copies a file and queues it, as the same for a hub that runs elsewhere on that folder: it looks for what waits every second.
 * errno says more of ERR_IO. */
int hub_received_copy(const char *folder, struct db *db, const char *path, struct str name, uint32_t *input);
void hub_received_inbox(struct hub *h); /* moves files that have settled out of the inbox */
int hub_received_raw(struct hub *h, const struct actlog_row *row, struct buf *out);

/* ---- hub_ingest.c: files to activities in the log ---- */
void *hub_ingest_run(void *hub);

/* ---- hub_erase.c: somebody's personal data is deleted ---- */
int hub_erase_asked(struct hub *h);  /* on the ingest's thread: what was asked for, and what a kill interrupted */
/* What judges that were stopped may still have written goes, too: those forgotten up to that request are done. */
int hub_erase_finish(struct hub *h, int64_t upto);
/* The latest request whose activities are gone. */
int hub_erase_forgotten(struct hub *h, int64_t *upto);

/* ---- hub_learn.c ---- */
/* Every name in the log, in a learner of its own that is the caller's. ERR_LIMIT: the hub stops. */
int hub_learn_log(struct hub *h, struct dir_learner **out);

/* ---- hub_fold.c: the log to alerts and scores ---- */
int hub_fold_open(struct hub *h);
void *hub_fold_run(void *hub);
void hub_fold_close(struct hub *h);
/* What the analysis is doing: 0..1, 1 when it is up to date. */
double hub_fold_progress(struct hub *h);
/* Something arrived that the published results do not know yet: new, or late and waiting for the next fold. */
bool hub_fold_waits(struct hub *h);

/* ---- hub_alerts.c: alerts as the queue keeps them ---- */
struct alert;
int hub_alerts_put(struct hub *h, const struct dir *dir, const struct alert *al, bool *fresh);
/* After a fold over all that is seen: what was raised without knowing the past, and does not stand now, goes. */
int hub_alerts_withdraw(struct hub *h, bool identity, const struct alert *const *alerts, size_t n);

/* ---- hub_policies.c: detections as policies ---- */
struct engine;
int hub_policies_define(struct hub *h); /* at start: what detections there are */
/* An engine as the policies are set; what it refers to lives in `keep`. */
int hub_policies_engine(struct hub *h, bool identity, const struct dir *dir, struct arena *keep, struct engine **out);

/* ---- hub_exports.c: the activity log into files ---- */
int hub_exports_open(struct hub *h); /* the folder, and what a kill left */
void *hub_exports_thread(void *hub);
/* The file of an export that is done. ERR_NOT_FOUND. */
int hub_exports_file(struct hub *h, int64_t number, int *fd, uint64_t *bytes);

/* ---- hub_health.c: how it is ---- */
/* Bytes that are free for us on the data folder's disk, and all; 0 when nothing tells. */
void hub_disk(const struct hub *h, uint64_t *room, uint64_t *all);
/* Less than a twentieth of the disk is left. */
bool hub_disk_full(const struct hub *h);
void hub_health(struct hub *h, bool figures, enum language language, struct jout *j);
/* Members analysis, blind and learning of an open object. */
void hub_judged(struct hub *h, enum language language, struct jout *j);
void hub_metrics(struct hub *h, struct buf *out);

/* ---- hub_syslog.c: what is sent by syslog ---- */
int hub_syslog_open(struct hub *h, char why[512]);
void hub_syslog_flush(struct hub *h); /* gathered records become an input */
void hub_syslog_close(struct hub *h);

/* ---- hub_notify.c: notifications ---- */
int hub_notify_open(struct hub *h, char why[512]);
void *hub_notify_run(void *hub);
void hub_notify_close(struct hub *h);

/* ---- hub_directory.c: directory services ---- */
struct stored_directory;
void *hub_directory_run(void *hub);
/* Connects and signs in: a JSON object with "ok", and what was found or "why" not. */
int hub_directory_test(struct hub *h, const struct stored_directory *d, struct str secret, struct jout *j);
/* One was taken away: so is what it said. */
int hub_directory_forget(struct hub *h, int64_t number);

/* ---- hub_fetch.c: what the API asks of other servers (api/api.h) ---- */
int hub_fetch(const struct hub_fetch *f, int *status, struct buf *body, char why[HUB_FETCH_WHY]);

/* ---- hub_govern.c: governance actions ---- */
void *hub_govern_run(void *hub);

/* ---- hub_keeper.c: retention ---- */
int hub_keeper_expire(struct hub *h); /* on the ingest's thread, when `expire` is set: the log has one writer */
/* Nothing is deleted now: the clock has leapt. */
bool hub_keeper_held(struct hub *h);
void *hub_keeper_run(void *hub);

#endif
