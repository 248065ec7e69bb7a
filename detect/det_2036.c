/* detect/det_2036.c - Remote code execution over DNS: messages that no sound program sends, to or from a controller's DNS service. */
#include "base/hash.h"
#include "detect/common.h"

static void see(struct detection *d, const struct activity *a)
{
    struct arena *arena = detection_arena(d);
    const struct dir *dir = detection_dir(d);
    struct str anomaly = act_str(a, FACT_DNS_ANOMALY);
    bool asked = dir_dc_destination(dir, a) || dir_dns_server(dir, a->destination_entity, &a->destination_ip);
    bool asks = dir_dc_source(dir, a) || dir_dns_server(dir, a->device_entity, &a->ip);
    if (!str_set(anomaly) || !(asked || asks))
        return;
    struct draft f = draft_of(a);
    struct common_place from = common_place(a);
    struct str client = common_place_text(arena, &from), server = watch_destination_text(arena, a);
    f.campaign = hash_mix(common_place_key(&from), hash_stri(a->destination, ip_hash(&a->destination_ip)));
    if (asked) {
        f.description = str_fmt(arena, "%.*s sent the DNS service of %.*s a message at %.*s in which %.*s, as attempts to run code in it do.", STR_ARG(client),
                                STR_ARG(server), STR_ARG(watch_time(arena, a->time)), STR_ARG(anomaly));
    } else {
        f.source_name = a->destination;
        f.source_entity = a->destination_entity;
        f.source_ip = a->destination_ip;
        f.source_certainty = 0;
        f.destination_name = a->device;
        f.destination_entity = a->device_entity;
        f.destination_ip = a->ip;
        f.description = str_fmt(arena, "%.*s answered the DNS service of %.*s at %.*s with a message in which %.*s, as attempts to run code in it do.",
                                STR_ARG(server), STR_ARG(client), STR_ARG(watch_time(arena, a->time)), STR_ARG(anomaly));
    }
    detection_raise(d, a, &f);
}

static const enum kind wants[] = {KIND_DNS_QUERY, KIND_DNS_UPDATE, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} sent the DNS service of {} a message at {} in which {*}, as attempts to run code in it do.",
     "{} a envoyé au service DNS de {} le {} un message dans lequel {}, comme le font les tentatives d’y exécuter du code."},
    {"{} answered the DNS service of {} at {} with a message in which {*}, as attempts to run code in it do.",
     "{} a répondu au service DNS de {} le {} par un message dans lequel {}, comme le font les tentatives d’y exécuter du code."},
    {"a compressed name points forward or at itself", "un nom compressé renvoie vers l’avant ou à lui-même"},
    {"a name is longer than 255 bytes", "un nom fait plus de 255 octets"},
    {"a record is longer than its message", "un enregistrement est plus long que son message"},
    {"a signature record grows past 64 KiB when its name is unpacked",
     "un enregistrement de signature dépasse 64 Kio quand son nom est déplié"},
    {0}};

const struct detector det_2036 = {
    .external_id = 2036,
    .name = "Remote code execution over DNS",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_LATERAL_MOVEMENT,
    .attack = {"T1210", "T1068"},
    .about = "The DNS service of a controller runs as SYSTEM; errors in how it reads messages (CVE-2018-8626, CVE-2020-1350) let others run code in it. The "
             "exact trigger of the former was never published, so what is checked is what no sound message has: records longer than their message, compressed "
             "names that point at themselves or forward, names longer than 255 bytes, and signature records that grow past 64 KiB when their names are "
             "unpacked. Both directions count: questions and updates to the controller, and answers to what it asked.",
    .blind = "no DNS queries (network traffic of port 53)",
    .french = {.name = "Exécution de code à distance par DNS",
               .about = "Le service DNS d’un contrôleur tourne comme SYSTEM ; des erreurs dans sa lecture des messages (CVE-2018-8626, "
                        "CVE-2020-1350) permettent à d’autres d’y exécuter du code. Le déclencheur exact de la première n’a jamais été publié : on "
                        "vérifie donc ce qu’aucun message sain ne contient : des enregistrements plus longs que leur message, des noms compressés "
                        "qui renvoient à eux-mêmes ou vers l’avant, des noms de plus de 255 octets, et des enregistrements de signature qui "
                        "dépassent 64 Kio quand leurs noms sont dépliés. Les deux sens comptent : questions et mises à jour vers le contrôleur, et "
                        "réponses à ce qu’il a demandé.",
               .blind = "aucune requête DNS (trafic du port 53)",
               .phrases = phrases},
    .wants = wants,
    .sees = common_from_network,
    .see = see,
};
