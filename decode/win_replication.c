/* decode/win_replication.c - changes of replica sources and failures of replication: 4928 to 4931, 4935 to 4937.
 *
 * 4932 and 4933 (a synchronisation began, ended) are the daily work of every controller and make no
 * activity. Fields: Windows security auditing events of the subcategory Detailed Directory Service
 * Replication. Directory agents are named by the DN of their NTDS Settings object, whose parent is the
 * server. */
#include "base/dn.h"
#include "decode/winevent.h"
#include "decode/wintext.h"

static struct str server_of(struct str dra)
{
    if (!str_startsi(dra, STR("CN=")))
        return STR_NONE;
    struct str first = dn_value(dra, 0);
    return str_eqi(first, STR("NTDS Settings")) ? dn_value(dra, 1) : first;
}

static int replica(struct decode *d, struct winevent *e, struct str operation)
{
    struct activity *a = winevent_begin(d, e, KIND_REPLICA_CHANGE);
    a->protocol = PROTO_DRSUAPI;
    decode_str(d, FACT_OPERATION, operation);
    struct str source = server_of(win_str(e, WF_SourceDRA)), destination = server_of(win_str(e, WF_DestinationDRA));
    if (str_set(source)) {
        a->device = source;
        a->device_certainty = 100;
    }
    if (str_set(destination))
        decode_object(d, OBJECT_COMPUTER, ROLE_TARGET, destination);
    winevent_text(d, e, FACT_SOURCE_DRA, WF_SourceDRA);
    winevent_text(d, e, FACT_DESTINATION_DRA, WF_DestinationDRA);
    winevent_text(d, e, FACT_NAMING_CONTEXT, WF_NamingContext);
    winevent_text(d, e, FACT_DN, WF_Object);
    winevent_text(d, e, FACT_SOURCE_ADDRESS, WF_SourceAddr);
    winevent_status(d, e, WF_StatusCode);
    winevent_status(d, e, WF_AuditStatusCode);
    return decode_emit(d);
}

static int established(struct decode *d, struct winevent *e)
{
    return replica(d, e, STR("source established"));
}

static int removed(struct decode *d, struct winevent *e)
{
    return replica(d, e, STR("source removed"));
}

static int modified(struct decode *d, struct winevent *e)
{
    return replica(d, e, STR("source modified"));
}

static int destination(struct decode *d, struct winevent *e)
{
    return replica(d, e, STR("destination modified"));
}

static int failure_began(struct decode *d, struct winevent *e)
{
    return replica(d, e, STR("failure began"));
}

static int failure_ended(struct decode *d, struct winevent *e)
{
    return replica(d, e, STR("failure ended"));
}

static int lingering(struct decode *d, struct winevent *e)
{
    return replica(d, e, STR("lingering object removed"));
}

static const struct winrow rows[] = {{4928, NULL, established}, {4929, NULL, removed},       {4930, NULL, modified},
                                     {4931, NULL, destination}, {4935, NULL, failure_began}, {4936, NULL, failure_ended},
                                     {4937, NULL, lingering},   {0, NULL, NULL}};

const struct winmap win_replication = {rows};
