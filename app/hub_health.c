/* app/hub_health.c - how the hub is: health as JSON, metrics for Prometheus. */
#include "app/hub_private.h"

#include "base/jin.h"
#include "detect/engine.h"
#include "model/unread.h"
#include "store/tab_directories.h"
#include "store/tab_sensors.h"

#include <stdio.h>
#include <sys/statvfs.h>

struct problem {
    bool is;
    const char *text[LANGUAGES], *todo[LANGUAGES];
};

static void tell_problem(struct jout *j, const struct problem *p, enum language language)
{
    jout_obj(j);
    jout_kz(j, "text", p->text[language]);
    jout_kz(j, "todo", p->todo[language]);
    jout_end_obj(j);
}

void hub_disk(const struct hub *h, uint64_t *room, uint64_t *all)
{
    struct statvfs v;
    *room = *all = 0;
    if (statvfs(h->folder, &v) == 0) {
        *room = (uint64_t)v.f_bavail * v.f_frsize;
        *all = (uint64_t)v.f_blocks * v.f_frsize;
    }
}

bool hub_disk_full(const struct hub *h)
{
    uint64_t room, all;
    hub_disk(h, &room, &all);
    return all && room < all / 20;
}

void hub_judged(struct hub *h, enum language language, struct jout *j)
{
    double progress = hub_fold_progress(h);
    jout_key(j, "analysis");
    jout_obj(j);
    jout_kz(j, "state", progress < 1 ? "running" : hub_fold_waits(h) ? "waiting" : "idle");
    jout_knum(j, "progress", progress);
    jout_end_obj(j);
    (void)pthread_mutex_lock(&h->health_lock);
    jout_key(j, "blind");
    jout_raw(j, h->blind[language].n ? buf_view(&h->blind[language]) : STR("[]"));
    jout_key(j, "learning");
    jout_raw(j, h->learning[language].n ? buf_view(&h->learning[language]) : STR("[]"));
    (void)pthread_mutex_unlock(&h->health_lock);
}

/* ---- directory services ---- */

enum { FAILED_OFTEN = 2 };

struct failing {
    struct jout *j; /* NULL: only counts */
    enum language language;
    unsigned n;
};

static int tell_failing(void *owner, const struct stored_directory *d)
{
    struct failing *f = owner;
    struct buf b = {0};
    char key[32];
    if (!d->enabled || d->failures < FAILED_OFTEN)
        return 0;
    f->n++;
    if (!f->j)
        return 0;
    bool french = f->language == FRENCH;
    buf_str(&b, french ? STR("Un annuaire") : STR("A directory"));
    if (str_set(d->domain))
        buf_fmt(&b, french ? ", celui de %.*s," : ", that of %.*s,", STR_ARG(d->domain));
    buf_fmt(&b, french ? " n’a pas pu être lu %lld fois de suite : %.*s" : " could not be read %lld times in a row: %.*s", (long long)d->failures, STR_ARG(d->why));
    jout_obj(f->j);
    jout_kstr(f->j, "text", buf_view(&b));
    jout_kz(f->j, "todo", french ? "Paramètres > Services d’annuaire : vérifiez l’adresse et le compte, puis « Synchroniser maintenant ». D’ici là, ce qui a été lu avant sert encore."
                                 : "Settings > Directory services: check address and account, then \"Synchronise now\". What was read before is used until then.");
    jout_key(f->j, "weakens");
    jout_arr(f->j);
    for (const struct detector *const *d2 = detectors; *d2; d2++)
        if ((*d2)->asks_directory)
            jout_str(f->j, detector_key(*d2, key));
    jout_end_arr(f->j);
    jout_end_obj(f->j);
    buf_free(&b);
    return 0;
}

/* How many fail; told when there is where to. */
static unsigned failing_directories(struct hub *h, enum language language, struct jout *j)
{
    struct failing f = {.j = j, .language = language};
    struct arena a;
    arena_init(&a, 16384, 16 << 20);
    (void)tab_directories_each(h->db, &a, tell_failing, &f);
    arena_free(&a);
    return f.n;
}

/* Those that are the hub's own, the gravest first. */
static void tell_problems(struct hub *h, bool full, bool nothing, enum language language, struct jout *j)
{
    const struct problem all[] = {
        {full,
         {"Less than a twentieth of the disk with the data folder is free.", "Moins d’un vingtième du disque qui porte le dossier de données est libre."},
         {"Free space, or shorten the retention under Settings > System.", "Libérez de la place, ou réduisez la conservation sous Paramètres > Système."}},
        {atomic_load(&h->files_failed) > 0,
         {"Files that came in could not be read.", "Des fichiers reçus n’ont pas pu être lus."},
         {"Settings > Inputs names them with the reason.", "Paramètres > Entrées les nomme avec la raison."}},
        {atomic_load(&h->inbox_stuck) > 0,
         {"Something in the inbox folder cannot be taken.", "Quelque chose dans le dossier de dépôt ne peut pas être pris."},
         {"The hub's log says why: no room on the disk, no right to the folder, or no ordinary file.",
          "Le journal du hub dit pourquoi : plus de place sur le disque, pas de droit sur le dossier, ou pas un fichier ordinaire."}},
        {atomic_load(&h->fold_err) != 0,
         {"The analysis does not go on; new alerts and scores are missing.", "L’analyse n’avance plus ; de nouvelles alertes et de nouveaux scores manquent."},
         {"The hub's log says why; it is tried again every two seconds.", "Le journal du hub dit pourquoi ; un nouvel essai a lieu toutes les deux secondes."}},
        {hub_keeper_held(h),
         {"The clock has leapt by more than 30 days.", "L’horloge a sauté de plus de 30 jours."},
         {"Check the machine's clock. Nothing is deleted for being too old until the hub has run for a day with it.",
          "Vérifiez l’horloge de la machine. Rien n’est supprimé pour son âge tant que le hub n’a pas tourné un jour avec elle."}},
        {nothing,
         {"No activity has come in yet.", "Aucune activité n’est encore arrivée."},
         {"Upload logs under Settings > Inputs, or drop them into the inbox folder.",
          "Envoyez des journaux sous Paramètres > Entrées, ou déposez-les dans le dossier de dépôt."}},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].is)
            tell_problem(j, &all[i], language);
}

/* ---- what sensors see in part ---- */

struct partly {
    struct jout *j;
    struct arena arena;
};

static uint64_t unread_of(const struct jnode *doc, const struct jnode *counts, enum unread what)
{
    const struct jnode *n = counts ? jin_get(doc, counts, str_of(unread_info[what].text)) : NULL;
    uint64_t v = 0;
    return n && str_u64(jin_text(n), &v) ? v : 0;
}

static void tell_partly(struct jout *j, struct str sensor, enum unread what, uint64_t n)
{
    char key[32];
    jout_obj(j);
    jout_kstr(j, "sensor", sensor);
    jout_kz(j, "reason", unread_info[what].text);
    jout_ku64(j, "records", n);
    jout_key(j, "blinds");
    jout_arr(j);
    for (const struct detector *const *d = detectors; *d; d++)
        if (detector_needs(*d, unread_info[what].hides))
            jout_str(j, detector_key(*d, key));
    jout_end_arr(j);
    jout_end_obj(j);
}

/* Of what the sensor said of itself last (app/sensor.c): what it could not read on its interfaces and in its files. */
static int sensor_partly(void *owner, const struct stored_sensor *s)
{
    struct partly *p = owner;
    const struct jnode *doc = s->revoked == TIME_NONE && str_set(s->state) ? jin_embedded(&p->arena, s->state) : NULL;
    const struct jnode *interfaces = doc ? jin_get(doc, doc, STR("interfaces")) : NULL;
    for (enum unread what = 0; doc && what < UNREAD_COUNT; what++) {
        uint64_t n = unread_of(doc, jin_get(doc, doc, STR("fileUnread")), what);
        for (const struct jnode *i = interfaces ? jin_first(doc, interfaces) : NULL; i; i = jin_next(doc, interfaces, i))
            n += unread_of(doc, jin_get(doc, i, STR("unread")), what);
        if (n)
            tell_partly(p->j, s->name, what, n);
    }
    return 0;
}

static void sensors_partly(struct hub *h, struct jout *j)
{
    struct partly p = {.j = j};
    arena_init(&p.arena, 65536, 16 << 20);
    jout_key(j, "unread");
    jout_arr(j);
    (void)tab_sensors_each(h->db, &p.arena, sensor_partly, &p);
    jout_end_arr(j);
    arena_free(&p.arena);
}

void hub_health(struct hub *h, bool figures, enum language language, struct jout *j)
{
    struct actlog_figures f;
    uint64_t room, all;
    actlog_figures(h->log, &f);
    hub_disk(h, &room, &all);
    bool full = hub_disk_full(h), failed = atomic_load(&h->files_failed) > 0, stuck = atomic_load(&h->inbox_stuck) > 0, nothing = f.last == 0;
    bool leapt = hub_keeper_held(h);
    int analysis = atomic_load(&h->fold_err);
    unsigned unread = failing_directories(h, ENGLISH, NULL);
    jout_obj(j);
    jout_kz(j, "state", full || failed || stuck || leapt || analysis || unread ? "warning" : "ok");
    jout_ki64(j, "uptime", (hub_now() - h->started) / TIME_SECOND);
    if (figures) {
        jout_ku64(j, "activities", f.activities[SHORE_CLOUD] + f.activities[SHORE_ONPREM]);
        jout_key(j, "disk");
        jout_obj(j);
        jout_ku64(j, "bytes", f.bytes);
        jout_ku64(j, "free", room);
        jout_end_obj(j);
        sensors_partly(h, j);
    }
    hub_judged(h, language, j);
    jout_key(j, "problems");
    jout_arr(j);
    tell_problems(h, full, nothing, language, j);
    if (unread)
        (void)failing_directories(h, language, j);
    jout_end_arr(j);
    jout_end_obj(j);
}

static void metric(struct buf *b, const char *name, const char *type, const char *help, double v)
{
    buf_fmt(b, "# HELP vigie_%s %s\n# TYPE vigie_%s %s\nvigie_%s %.17g\n", name, help, name, type, name, v);
}

void hub_metrics(struct hub *h, struct buf *out)
{
    struct actlog_figures f;
    uint64_t room, all;
    actlog_figures(h->log, &f);
    hub_disk(h, &room, &all);
    buf_str(out, STR("# HELP vigie_activities Activities in the log.\n# TYPE vigie_activities gauge\n"));
    buf_fmt(out, "vigie_activities{shore=\"onprem\"} %llu\nvigie_activities{shore=\"cloud\"} %llu\n",
            (unsigned long long)f.activities[SHORE_ONPREM], (unsigned long long)f.activities[SHORE_CLOUD]);
    metric(out, "arrivals_total", "counter", "Activities that ever arrived.", (double)f.last);
    metric(out, "log_bytes", "gauge", "Size of the activity log on disk.", (double)f.bytes);
    metric(out, "log_segments", "gauge", "Segments of the activity log.", f.segments);
    metric(out, "analysis_progress", "gauge", "Part of the log that the fold under way has seen; 1 when idle.", hub_fold_progress(h));
    metric(out, "syslog_records_total", "counter", "Records received by syslog since the start.", (double)atomic_load(&h->syslog_records));
    metric(out, "syslog_alerts_total", "counter", "Alerts received by syslog since the start.", (double)atomic_load(&h->syslog_alerts));
    metric(out, "syslog_ignored_total", "counter", "Syslog messages that were neither.", (double)atomic_load(&h->syslog_ignored));
    metric(out, "syslog_lost_total", "counter", "Times that syslog messages were lost: the log says which and why.", (double)atomic_load(&h->syslog_lost));
    metric(out, "inputs_failed_total", "counter", "Files that could not be read since the start.", (double)atomic_load(&h->files_failed));
    metric(out, "directories_failing", "gauge", "Directory services that could not be read twice in a row or more.", failing_directories(h, ENGLISH, NULL));
    metric(out, "disk_free_bytes", "gauge", "Free space where the data folder is.", (double)room);
    metric(out, "start_time_seconds", "gauge", "When the hub started, seconds since 1970.", (double)(h->started / TIME_SECOND));
}
