/* detect/det_2030.c - the directory database, registry hives or many files are read from a controller over SMB. */
#include "base/hash.h"
#include "detect/watch.h"

enum { BULK_FILES, BULK_MINUTES };

static const struct param params[] = {
    [BULK_FILES] = {"bulk_files", 300,
                    "Different files that one account reads from administrative shares of a controller within the window that make an alert.",
                    "Nombre de fichiers différents qu’un compte lit sur les partages d’administration d’un contrôleur dans la fenêtre et qui font "
                    "une alerte."},
    [BULK_MINUTES] = {"bulk_minutes", 10, "Length of the window in minutes.", "Durée de la fenêtre, en minutes."},
    {0}};

enum { BULK_SLOTS = 4096 };

struct reader { /* one account from one source on one controller */
    int64_t last, window_start;
    uint32_t files; /* different ones in the window, as far as `seen_bits` tells them apart */
    uint64_t seen_bits[BULK_SLOTS / 64];
    struct watch_names names; /* what was read that nobody reads */
    uint64_t bytes;           /* of it, as far as the network showed them */
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

/* C$, D$ ... and ADMIN$; SYSVOL and NETLOGON are read by everybody. */
static bool administrative(struct str share)
{
    struct str name = last_part(share);
    return str_eqi(name, STR("ADMIN$")) || (name.n == 2 && name.p[1] == '$');
}

/* As a device of its own, or as the previous version of a file of an administrative share (MS-SMB2 2.2.13.2.7). */
static bool shadow_copy(struct str path, struct str share)
{
    return str_hasi(path, STR("HarddiskVolumeShadowCopy")) || (str_has(path, STR("@GMT-")) && administrative(share));
}

static bool secret(struct str path, struct str share)
{
    struct str file = last_part(path);
    return shadow_copy(path, share) || str_startsi(file, STR("ntds.dit")) || hive(path, file);
}

/* An event tells of an opening with a right to read: FILE_READ_DATA, GENERIC_READ or GENERIC_ALL (MS-SMB2 2.2.13.1.1). The network tells
 * what was read indeed, so that its openings do not count as well. */
static bool reads(const struct activity *a)
{
    uint64_t mask = act_u64(a, FACT_ACCESS_MASK, 1);
    if (a->outcome == OUTCOME_FAILURE)
        return false;
    if (a->kind == KIND_SMB_FILE_COPY)
        return act_u64(a, FACT_BYTES_READ, 1) > 0;
    return !act_has(a, FACT_CARRIER) && (mask & (0x1u | 0x80000000u | 0x10000000u));
}

/* The controller is the client and writes to another computer's share: the network shows it, events of the controller do not. */
static bool writes_elsewhere(const struct dir *dir, const struct activity *a)
{
    return a->kind == KIND_SMB_FILE_COPY && act_u64(a, FACT_BYTES_WRITTEN, 0) > 0 && dir_dc_source(dir, a) && !dir_dc_destination(dir, a);
}

static struct str path_of(const struct activity *a)
{
    struct str path = act_str(a, FACT_RELATIVE_TARGET);
    if (str_set(path))
        return path;
    path = act_str(a, FACT_FILE_PATH);
    return str_set(path) ? path : act_str(a, FACT_FILE_NAME);
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

/* " (24.3 MB)", nothing when the network showed no volume. */
static struct str volume_text(struct arena *m, uint64_t bytes)
{
    if (!bytes)
        return STR("");
    if (bytes < 1000)
        return str_fmt(m, " (%u bytes)", (unsigned)bytes);
    return bytes < 1000000 ? str_fmt(m, " (%.1f kB)", (double)bytes / 1e3) : str_fmt(m, " (%.1f MB)", (double)bytes / 1e6);
}

static struct str secrets_text(struct detection *d, const struct activity *a, const struct reader *r)
{
    struct arena *m = detection_arena(d);
    struct str by = watch_called(detection_dir(d), a->actor_entity, &a->actor), what = watch_names_text(m, &r->names, 6);
    if (!str_set(by))
        by = STR("Somebody");
    if (writes_elsewhere(detection_dir(d), a))
        return str_fmt(m, "%.*s on the domain controller %.*s copied %.*s%.*s to %.*s over SMB at %.*s: these files hold the secrets of the domain.",
                       STR_ARG(by), STR_ARG(watch_source_text(m, a)), STR_ARG(what), STR_ARG(volume_text(m, r->bytes)),
                       STR_ARG(watch_destination_text(m, a)), STR_ARG(watch_time(m, a->time)));
    return str_fmt(m, "%.*s on %.*s read %.*s%.*s from the domain controller %.*s over SMB at %.*s: these files hold the secrets of the domain.",
                   STR_ARG(by), STR_ARG(watch_source_text(m, a)), STR_ARG(what), STR_ARG(volume_text(m, r->bytes)),
                   STR_ARG(watch_destination_text(m, a)), STR_ARG(watch_time(m, a->time)));
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
        f.description = secrets_text(d, a, r);
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

static void see_secret(struct detection *d, const struct activity *a, struct reader *r, uint64_t key)
{
    struct str path = path_of(a), file = last_part(path);
    bool whole = !file.n && shadow_copy(path, act_str(a, FACT_SHARE));
    watch_names_add(&r->names, 0, whole ? STR("a shadow copy") : file);
    r->bytes += act_u64(a, FACT_BYTES_READ, 0) + act_u64(a, FACT_BYTES_WRITTEN, 0);
    witness_add(&r->secrets, a);
    r->unreported++;
    report(d, a, r, key, true);
}

static void see_file(struct detection *d, const struct activity *a, struct reader *r, uint64_t key)
{
    count_file(r, path_of(a), a->time, (int64_t)(detection_param(d, BULK_MINUTES) * (double)TIME_MINUTE));
    witness_add(&r->bulk, a);
    if (r->bulk_raised || r->files < detection_param(d, BULK_FILES))
        return;
    r->bulk_raised = true; /* once per window: each further file would be another update */
    r->unreported = r->files;
    report(d, a, r, key, false);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct dir *dir = detection_dir(d);
    struct str path = path_of(a), share = act_str(a, FACT_SHARE);
    bool away = writes_elsewhere(dir, a), from = reads(a) && dir_dc_destination(dir, a) && !ip_is_loopback(&a->ip);
    if (!str_set(path) || (!away && !from))
        return;
    bool secrets = secret(path, share), counts = from && administrative(share);
    if (!secrets && !counts)
        return;
    uint64_t key = hash_mix(hash_mix(watch_account(a->actor_entity, &a->actor), watch_source(a)), watch_destination(a));
    struct reader *r = table_put(&s->readers, key, NULL);
    if (!r)
        return;
    if (r->last && a->time - r->last > TIME_DAY)
        memset(r, 0, sizeof *r);
    r->last = a->time;
    if (secrets)
        see_secret(d, a, r, key);
    if (counts)
        see_file(d, a, r, key);
}

static const enum kind wants[] = {KIND_SHARE_FILE_ACCESS, KIND_SMB_FILE_COPY, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} on the domain controller {} copied {list}{?} to {} over SMB at {}: these files hold the secrets of the domain.",
     "{}, sur le contrôleur de domaine {}, a copié {}{} vers {} par SMB le {} : ces fichiers contiennent les secrets du domaine."},
    {"{} on {} read {list}{?} from the domain controller {} over SMB at {}: these files hold the secrets of the domain.",
     "{}, sur {}, a lu {}{} sur le contrôleur de domaine {} par SMB le {} : ces fichiers contiennent les secrets du domaine."},
    {" ({} bytes)", " ({} octets)"},
    {" ({} kB)", " ({} ko)"},
    {" ({} MB)", " ({} Mo)"},
    {"a shadow copy", "un cliché instantané"},
    {"Somebody", "Quelqu’un"},
    {"{} on {} read {} or more different files from administrative shares of the domain controller {} over SMB between {} and {}.",
     "{}, sur {}, a lu {} fichiers différents ou plus sur des partages d’administration du contrôleur de domaine {} par SMB entre le {} et le {}."},
    {0}};

const struct detector det_2030 = {
    .external_id = 2030,
    .name = "Data exfiltration over SMB",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_EXFILTRATION,
    .attack = {"T1003.003", "T1003.002", "T1039"},
    .about =
        "From a domain controller somebody reads, over SMB, the directory database ntds.dit, the SYSTEM, SAM or SECURITY hive, a saved copy of "
        "them, or anything in a volume shadow copy; or the controller itself copies such a file to another computer's share; or very many different "
        "files are read from administrative shares in a short time. Event 5145 tells of openings with a right to read, the network of what was "
        "read and how much of it. SYSVOL and NETLOGON, opening without reading data, and access from the controller itself do not count.",
    .blind = "no file access on shares of a domain controller (event 5145: Audit Detailed File Share; or SMB on the network that is not encrypted)",
    .french = {.name = "Exfiltration de données par SMB",
               .about = "Quelqu’un lit par SMB, sur un contrôleur de domaine, la base de l’annuaire ntds.dit, la ruche SYSTEM, SAM ou SECURITY, "
                        "une copie enregistrée de celles-ci, ou quoi que ce soit dans un cliché instantané de volume ; ou le contrôleur copie "
                        "lui-même un tel fichier sur le partage d’un autre ordinateur ; ou de très nombreux fichiers différents sont lus sur des "
                        "partages d’administration en peu de temps. L’événement 5145 dit les ouvertures avec droit de lecture, le réseau ce qui a "
                        "été lu et en quelle quantité. SYSVOL et NETLOGON, l’ouverture sans lecture de données et l’accès depuis le contrôleur "
                        "lui-même ne comptent pas.",
               .blind = "aucun accès à des fichiers sur les partages d’un contrôleur de domaine (événement 5145 : Auditer le partage de fichiers "
                        "détaillé ; ou SMB non chiffré sur le réseau)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
