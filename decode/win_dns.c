/* decode/win_dns.c - the DNS server's own log: zone transfers that ended (6001) and that it refused (6004).
 *
 * Both have parameters by number: 6001: 1 version, 2 zone, 3 who has it now; 6004: 1 who asked, 2 zone, of which
 * this server knows nothing. The order is that of the insertion strings in the provider's message texts. Neither
 * says whether all of the zone (AXFR) or what changed (IXFR) was asked for. */
#include "decode/winevent.h"

static int transfer(struct decode *d, struct winevent *e, enum winfield client, enum outcome outcome)
{
    if (!win_has(e, client) || !win_has(e, WF_Param2))
        return decode_fault(d, "the zone transfer event lacks its zone or client parameter", 0);
    struct activity *a = winevent_begin(d, e, KIND_DNS_QUERY);
    a->outcome = outcome;
    a->protocol = PROTO_DNS;
    decode_ip(d, str_trim(win_str(e, client)));
    struct str zone = str_trim(win_str(e, WF_Param2));
    if (str_ends(zone, STR(".")))
        zone.n--;
    decode_str(d, FACT_DNS_NAME, zone);
    decode_str(d, FACT_OPERATION, STR("zone transfer"));
    return decode_emit(d);
}

static int completed(struct decode *d, struct winevent *e)
{
    return transfer(d, e, WF_Param3, OUTCOME_SUCCESS);
}

static int refused(struct decode *d, struct winevent *e)
{
    return transfer(d, e, WF_Param1, OUTCOME_FAILURE);
}

#define SERVICE "Microsoft-Windows-DNS-Server-Service"

static const struct winrow rows[] = {{6001, SERVICE, completed}, {6004, SERVICE, refused}, {0, NULL, NULL}};

const struct winmap win_dns = {rows};
