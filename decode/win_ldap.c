/* decode/win_ldap.c - the controller's own LDAP log: searches (1644) and insecure binds (2889).
 *
 * Both have unnamed parameters. 1644: 1 starting node, 2 filter, 3 entries visited, 4 entries returned,
 * 5 client, 6 scope, 7 attributes, 17 user; 2889: 1 client, 2 identity, 3 bind type. The order is that of
 * the insertion strings in the providers' message texts. */
#include "decode/winevent.h"
#include "decode/wintext.h"

static struct str scope(struct str s)
{
    if (str_hasi(s, STR("base")))
        return STR("base");
    if (str_hasi(s, STR("one")))
        return STR("one");
    return str_hasi(s, STR("sub")) ? STR("subtree") : STR_NONE;
}

/* An event without both a filter and a client is not the search event that we know. */
static int search(struct decode *d, struct winevent *e)
{
    if (!win_has(e, WF_Param2) || !win_has(e, WF_Param5))
        return decode_fault(d, "the LDAP search event lacks its filter or client parameter", 0);
    struct activity *a = winevent_begin(d, e, KIND_LDAP_SEARCH);
    a->outcome = OUTCOME_SUCCESS;
    a->protocol = PROTO_LDAP;
    decode_account(&a->actor, win_has(e, WF_Param17) ? win_str(e, WF_Param17) : e->user_sid);
    decode_ip(d, str_trim(win_str(e, WF_Param5)));
    winevent_text(d, e, FACT_LDAP_BASE, WF_Param1);
    winevent_text(d, e, FACT_LDAP_FILTER, WF_Param2);
    winevent_number(d, e, FACT_ENTRIES_VISITED, WF_Param3);
    winevent_number(d, e, FACT_ENTRIES_RETURNED, WF_Param4);
    decode_str(d, FACT_LDAP_SCOPE, scope(win_str(e, WF_Param6)));
    winevent_text(d, e, FACT_LDAP_ATTRIBUTES, WF_Param7);
    return decode_emit(d);
}

static int insecure_bind(struct decode *d, struct winevent *e)
{
    struct activity *a = winevent_begin(d, e, KIND_LDAP_BIND);
    a->protocol = PROTO_LDAP;
    decode_ip(d, str_trim(win_str(e, WF_Param1)));
    decode_account(&a->actor, win_str(e, WF_Param2));
    bool simple = win_u64(e, WF_Param3, 0) == 1;
    decode_str(d, FACT_OPERATION, simple ? STR("simple bind") : STR("unsigned SASL bind"));
    decode_str(d, FACT_AUTH_PACKAGE, simple ? STR("simple") : STR("SASL"));
    return decode_emit(d);
}

#define DIRECTORY "Microsoft-Windows-ActiveDirectory_DomainService"

static const struct winrow rows[] = {{1644, DIRECTORY, search},        {1644, "NTDS General", search},
                                     {2889, DIRECTORY, insecure_bind}, {2889, "NTDS LDAP", insecure_bind},
                                     {0, NULL, NULL}};

const struct winmap win_ldap = {rows};
