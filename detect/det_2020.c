/* detect/det_2020.c - Malicious request of Data Protection API master key: reading the domain's backup keys.
 *
 * Secrets G$BCKUPKEY_*: MS-BKRP 3.1.1. Opnums: MS-LSAD 3.1.4.6.2 (LsarOpenSecret 28), 3.1.4.6.4 (LsarQuerySecret 30), 3.1.4.6.6
 * (LsarRetrievePrivateData 43). */
#include "detect/common.h"

#include "base/hash.h"

enum { OPEN_SECRET = 28, QUERY_SECRET = 30, RETRIEVE_PRIVATE_DATA = 43, PIPES = 4096 };

/* the pipe to the secrets that a session opened before it read one */
struct opening {
    struct witness witness;
    int64_t time;
};

struct state {
    struct table openings;
};

enum { P_MINUTES };
static const struct param params[] = {
    {"pipe_minutes", 15, "The opening of lsarpc or protected_storage so many minutes before, by the same account, is added to the evidence.",
                         "L’ouverture de lsarpc ou de protected_storage autant de minutes auparavant, par le même compte, est ajoutée aux preuves."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->openings, sizeof(struct opening), PIPES);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->openings);
}

static uint64_t opener(const struct activity *a)
{
    return hash_mix(watch_account(a->actor_entity, &a->actor), watch_destination(a));
}

static void note_pipe(struct state *s, const struct activity *a)
{
    struct str pipe = common_pipe(a);
    if (!str_eqi(pipe, STR("lsarpc")) && !str_eqi(pipe, STR("lsass")) && !str_eqi(pipe, STR("protected_storage")))
        return;
    struct opening *o = table_put(&s->openings, opener(a), NULL);
    struct witnesses one = {0};
    witness_add(&one, a);
    if (o)
        *o = (struct opening){one.w[0], a->time};
}

static struct str secret_name(const struct activity *a)
{
    struct str name = act_str(a, FACT_OBJECT_NAME);
    const struct object *o = act_object(a, ROLE_TARGET);
    if (!str_hasi(name, STR("BCKUPKEY")) && o)
        name = o->ref.name;
    return str_hasi(name, STR("BCKUPKEY")) ? name : STR_NONE;
}

/* The opnum on the wire when the secret's own name is hidden in an encrypted call: not enough by itself. */
static bool reads_secret(const struct activity *a)
{
    if (!act_has(a, FACT_RPC_OPNUM))
        return true;
    uint64_t opnum = act_u64(a, FACT_RPC_OPNUM, 0);
    return a->protocol == PROTO_BKRP || opnum == OPEN_SECRET || opnum == QUERY_SECRET || opnum == RETRIEVE_PRIVATE_DATA;
}

static void raise(struct detection *d, const struct activity *a, const struct common_place *from, struct str secret)
{
    struct state *s = detection_state(d);
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    struct witnesses evidence = {0};
    const struct common_session *logon = common_sessions_find(detection_sessions(d), a);
    const struct opening *pipe = table_get(&s->openings, opener(a));
    if (logon)
        common_witness(&evidence, &logon->logon);
    if (pipe && (double)(a->time - pipe->time) <= detection_param(d, P_MINUTES) * (double)TIME_MINUTE)
        common_witness(&evidence, &pipe->witness);
    f.evidence = &evidence;
    common_place_draft(&f, from);
    f.campaign = common_campaign(detection_dir(d), a, from, 2020);
    const char *how = a->outcome == OUTCOME_FAILURE ? "was refused" : "read";
    f.description = str_fmt(arena,
                            "%.*s from %.*s %s the DPAPI backup key %.*s on %.*s at %.*s. Whoever has this key can decrypt every secret that any "
                            "domain user has protected.",
                            STR_ARG(common_who(a)), STR_ARG(common_place_text(arena, from)), how, STR_ARG(secret), STR_ARG(common_destination(d, a)),
                            STR_ARG(watch_time(arena, a->time)));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    if (a->kind == KIND_SHARE_FILE_ACCESS)
        note_pipe(s, a);
    if (a->kind != KIND_PRIVATE_DATA_RETRIEVAL && a->kind != KIND_DIRECTORY_ACCESS)
        return;
    struct str secret = secret_name(a);
    bool controller = common_own(a) || common_controller(detection_dir(d), a) || (!account_set(&a->actor) && dir_dc_source(detection_dir(d), a));
    if (!str_set(secret) || !reads_secret(a) || controller)
        return;
    struct common_place from = common_sessions_place(detection_sessions(d), a);
    raise(d, a, &from, secret);
}

static const enum kind wants[] = {KIND_PRIVATE_DATA_RETRIEVAL, KIND_DIRECTORY_ACCESS, KIND_SHARE_FILE_ACCESS, KIND_COUNT};
static const enum kind needs[] = {KIND_PRIVATE_DATA_RETRIEVAL, KIND_DIRECTORY_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} from {} {*} the DPAPI backup key {} on {} at {}. Whoever has this key can decrypt every secret that any domain user has protected.",
     "{}, depuis {}, {} la clé de sauvegarde DPAPI {} sur {} le {}. Qui a cette clé peut déchiffrer tout secret qu’un utilisateur du domaine a "
     "protégé."},
    {"was refused", "s’est vu refuser"},
    {"read", "a lu"},
    {0}};

const struct detector det_2020 = {
    .external_id = 2020,
    .name = "Malicious request of Data Protection API master key",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1003.004", "T1555"},
    .about =
        "Controllers keep backup keys with which any user's DPAPI secrets (passwords, certificates, cookies) can be recovered. They lie in the "
        "LSA secrets G$BCKUPKEY_*, and only the controllers themselves have a reason to read them. The alert is raised when anybody else opens or "
        "queries such a secret (event 4662 of object server LSA; on the network LsarOpenSecret, LsarQuerySecret and LsarRetrievePrivateData, when "
        "they are not encrypted). BKRP, through which "
        "computers have the master keys of their users backed up and restored, raises nothing. Opening the pipes lsarpc or "
        "protected_storage is ordinary by itself; when it came before, it is part of the evidence.",
    .blind = "no event 4662 on LSA secrets (Audit Other Object Access on controllers) and no LSARPC or BKRP traffic",
    .french = {.name = "Demande malveillante de la clé principale de la protection des données (DPAPI)",
               .about = "Les contrôleurs gardent des clés de sauvegarde avec lesquelles les secrets DPAPI de tout utilisateur (mots de passe, "
                        "certificats, cookies) peuvent être récupérés. Elles se trouvent dans les secrets LSA G$BCKUPKEY_*, et seuls les "
                        "contrôleurs eux-mêmes ont une raison de les lire. L’alerte est levée quand quelqu’un d’autre ouvre ou interroge un tel "
                        "secret (événement 4662 du serveur d’objets LSA ; sur le réseau LsarOpenSecret, LsarQuerySecret et "
                        "LsarRetrievePrivateData, quand ils ne sont pas chiffrés). BKRP, par lequel les ordinateurs font sauvegarder et rétablir "
                        "les clés principales de leurs utilisateurs, ne lève rien. L’ouverture des canaux lsarpc ou protected_storage est "
                        "ordinaire en soi ; quand elle a précédé, elle fait partie des preuves.",
               .blind = "aucun événement 4662 sur les secrets LSA (Auditer d’autres événements d’accès à l’objet sur les contrôleurs) et aucun "
                        "trafic LSARPC ou BKRP",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
