/* detect/det_2030.c - the directory database, registry hives or many files are read from a controller over SMB. */
#include "base/hash.h"
#include "detect/watch.h"

enum { BULK_FILES, BULK_MINUTES };

static const struct param params[] = {
    [BULK_FILES] = {"bulk_files", 300,
                    "Different files that one account reads from administrative shares of a controller within the window that make an alert."},
    [BULK_MINUTES] = {"bulk_minutes", 10, "Length of the window in minutes."},
    {0}};

enum { BULK_SLOTS = 4096 };

struct reader { /* one account from one source on one controller */
    int64_t last, window_start;
    uint32_t files; /* different ones in the window, as far as `seen_bits` tells them apart */
    uint64_t seen_bits[BULK_SLOTS / 64];
    struct watch_names names; /* what was read that nobody reads */
    struct witnesses secrets, bulk;
    uint32_t unreported;
    bool bulk_raised;
};

struct state {
    struct table readers;
};

static int start(struct detection *d)
{
    table_init(&((struct state *)detection_state(d))->readers, sizeof(struct reader), 2048);
    return 0;
}

static void stop(struct detection *d)
{
    table_free(&((struct state *)detection_state(d))->readers);
}

static struct str last_part(struct str path)
{
    ptrdiff_t slash = str_rchr(path, '\\');
    return slash >= 0 ? str_from(path, (size_t)slash + 1) : path;
}

static bool among(struct str s, const char *const *list)
{
    for (; *list; list++)
        if (str_eqi(s, str_of(*list)))
            return true;
    return false;
}

/* SYSTEM, SAM, SECURITY where Windows keeps them or at the top of a folder for copies, or under a name
 * with the extension of a saved hive. */
static bool hive(struct str path, struct str file)
{
    static const char *const names[] = {"SYSTEM", "SAM", "SECURITY", NULL};
    static const char *const extensions[] = {"hive", "hiv", "save", "sav", "bak", "dmp", "reg", NULL};
    ptrdiff_t dot = str_rchr(file, '.');
    if (dot > 0)
        return among(str_sub(file, 0, (size_t)dot), names) && among(str_from(file, (size_t)dot + 1), extensions);
    if (!among(file, names))
        return false;
    struct str folder = str_sub(path, 0, path.n - file.n);
    return str_endsi(folder, STR("\\config\\")) || str_endsi(folder, STR("\\RegBack\\")) || str_endsi(folder, STR("\\Temp\\")) ||
           str_endsi(folder, STR("\\registry\\")) || str_eqi(folder, STR("Temp\\"));
}

static bool secret(struct str path)
{
    struct str file = last_part(path);
    if (str_hasi(path, STR("HarddiskVolumeShadowCopy")))
        return true;
    return str_startsi(file, STR("ntds.dit")) || hive(path, file);
}

/* Data is read: FILE_READ_DATA, GENERIC_READ or GENERIC_ALL (MS-SMB2 2.2.13.1.1). */
static bool reads(const struct activity *a)
{
    uint64_t mask = act_u64(a, FACT_ACCESS_MASK, 1);
    return a->outcome != OUTCOME_FAILURE && (mask & (0x1u | 0x80000000u | 0x10000000u));
}

static struct str path_of(const struct activity *a)
{
    struct str path = act_str(a, FACT_RELATIVE_TARGET);
    if (str_set(path))
        return path;
    path = act_str(a, FACT_FILE_PATH);
    return str_set(path) ? path : act_str(a, FACT_FILE_NAME);
}

/* C$, D$ ... and ADMIN$; SYSVOL and NETLOGON are read by everybody. */
static bool administrative(struct str share)
{
    struct str name = last_part(share);
    return str_eqi(name, STR("ADMIN$")) || (name.n == 2 && name.p[1] == '$');
}

static void count_file(struct reader *r, struct str path, int64_t now, int64_t window)
{
    if (now - r->window_start > window) {
        memset(r->seen_bits, 0, sizeof r->seen_bits);
        witness_clear(&r->bulk);
        r->files = 0;
        r->window_start = now;
        r->bulk_raised = false;
    }
    unsigned bit = (unsigned)(hash_stri(path, 3) % BULK_SLOTS);
    uint64_t one = UINT64_C(1) << (bit % 64);
    r->files += !(r->seen_bits[bit / 64] & one);
    r->seen_bits[bit / 64] |= one;
}

static void report(struct detection *d, const struct activity *a, struct reader *r, uint64_t key, bool secrets)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    struct str by = watch_called(detection_dir(d), a->actor_entity, &a->actor);
    f.campaign = key;
    f.count = r->unreported;
    f.evidence = secrets ? &r->secrets : &r->bulk;
    if (r->names.n)
        f.description =
            str_fmt(m, "%.*s on %.*s read %.*s from the domain controller %.*s over SMB at %.*s: these files hold the secrets of the domain.",
                    STR_ARG(by), STR_ARG(watch_source_text(m, a)), STR_ARG(watch_names_text(m, &r->names, 6)), STR_ARG(watch_destination_text(m, a)),
                    STR_ARG(watch_time(m, a->time)));
    else
        f.description =
            str_fmt(m,
                    "%.*s on %.*s read %u or more different files from administrative shares of the domain controller %.*s over SMB between "
                    "%.*s and %.*s.",
                    STR_ARG(by), STR_ARG(watch_source_text(m, a)), r->files, STR_ARG(watch_destination_text(m, a)),
                    STR_ARG(watch_time(m, r->window_start)), STR_ARG(watch_time(m, a->time)));
    r->unreported = 0;
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str path = path_of(a);
    if (!reads(a) || !str_set(path) || !dir_dc_destination(detection_dir(d), a) || ip_is_loopback(&a->ip))
        return;
    bool secrets = secret(path), counts = administrative(act_str(a, FACT_SHARE));
    if (!secrets && !counts)
        return;
    uint64_t key = hash_mix(hash_mix(watch_account(a->actor_entity, &a->actor), watch_source(a)), watch_destination(a));
    struct reader *r = table_put(&s->readers, key, NULL);
    if (!r)
        return;
    if (r->last && a->time - r->last > TIME_DAY)
        memset(r, 0, sizeof *r);
    r->last = a->time;
    if (secrets) {
        watch_names_add(&r->names, 0, str_hasi(path, STR("HarddiskVolumeShadowCopy")) && !last_part(path).n ? STR("a shadow copy") : last_part(path));
        witness_add(&r->secrets, a);
        r->unreported++;
        report(d, a, r, key, true);
    }
    if (!counts)
        return;
    count_file(r, path, a->time, (int64_t)(detection_param(d, BULK_MINUTES) * (double)TIME_MINUTE));
    witness_add(&r->bulk, a);
    if (r->bulk_raised || r->files < detection_param(d, BULK_FILES))
        return;
    r->bulk_raised = true; /* once per window: each further file would be another update */
    r->unreported = r->files;
    report(d, a, r, key, false);
}

static const enum kind wants[] = {KIND_SHARE_FILE_ACCESS, KIND_SMB_FILE_COPY, KIND_COUNT};

const struct detector det_2030 = {
    .external_id = 2030,
    .name = "Data exfiltration over SMB",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_EXFILTRATION,
    .attack = {"T1003.003", "T1003.002", "T1039"},
    .about = "From a domain controller somebody reads, over SMB, the directory database ntds.dit, the SYSTEM, SAM or SECURITY hive, a saved copy of "
             "them, or "
             "anything in a volume shadow copy; or very many different files from administrative shares in a short time. SYSVOL and NETLOGON, "
             "opening without "
             "reading data, and access from the controller itself do not count.",
    .blind = "no file access on shares of a domain controller (event 5145: Audit Detailed File Share)",
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
