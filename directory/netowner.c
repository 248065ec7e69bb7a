/* directory/netowner.c - what the owner of a network tells about an address in it. */
#include "directory/netowner.h"

enum { HIDING = LOCATION_VPN | LOCATION_ANONYMOUS };

/* Names of autonomous systems as their registries hold them; found anywhere in the owner's name. */
static const struct {
    struct str name;
    uint32_t tags;
} rows[] = {
#define OWNER(text, tags) {{text, sizeof(text) - 1}, tags},
    OWNER("AMAZON", LOCATION_CLOUD)
    OWNER("MICROSOFT-CORP", LOCATION_CLOUD)
    OWNER("Microsoft Corporation", LOCATION_CLOUD)
    OWNER("GOOGLE-CLOUD", LOCATION_CLOUD)
    OWNER("GOOGLE LLC", LOCATION_CLOUD)
    OWNER("ORACLE-BMC", LOCATION_CLOUD)
    OWNER("Oracle Corporation", LOCATION_CLOUD)
    OWNER("ALIBABA", LOCATION_CLOUD)
    OWNER("TENCENT", LOCATION_CLOUD)
    OWNER("DIGITALOCEAN", LOCATION_CLOUD)
    OWNER("LINODE", LOCATION_CLOUD)
    OWNER("AKAMAI", LOCATION_CLOUD)
    OWNER("FASTLY", LOCATION_CLOUD)
    OWNER("CLOUDFLARE", LOCATION_CLOUD)
    OWNER("OVH", LOCATION_CLOUD)
    OWNER("HETZNER", LOCATION_CLOUD)
    OWNER("SCALEWAY", LOCATION_CLOUD)
    OWNER("CONTABO", LOCATION_CLOUD)
    OWNER("VULTR", LOCATION_CLOUD)
    OWNER("CHOOPA", LOCATION_CLOUD)
    OWNER("LEASEWEB", LOCATION_CLOUD)
    OWNER("RACKSPACE", LOCATION_CLOUD)
    OWNER("SALESFORCE", LOCATION_CLOUD)
    OWNER("SOFTLAYER", LOCATION_CLOUD)
    OWNER("ZSCALER", LOCATION_VPN)
    OWNER("NETSKOPE", LOCATION_VPN)
    OWNER("PALO ALTO NETWORKS", LOCATION_VPN)
    OWNER("OPENDNS", LOCATION_VPN)
    OWNER("FORCEPOINT", LOCATION_VPN)
    OWNER("MENLO SECURITY", LOCATION_VPN)
    OWNER("CATO NETWORKS", LOCATION_VPN)
    OWNER("M247", HIDING)
    OWNER("NORDVPN", HIDING)
    OWNER("EXPRESSVPN", HIDING)
    OWNER("MULLVAD", HIDING)
    OWNER("31173 SERVICES", HIDING)
    OWNER("PROTONVPN", HIDING)
    OWNER("PROTON AG", HIDING)
    OWNER("SURFSHARK", HIDING)
    OWNER("CYBERGHOST", HIDING)
    OWNER("PRIVATE INTERNET ACCESS", HIDING)
    OWNER("DATACAMP", HIDING)
    OWNER("PACKETHUB", HIDING)
#undef OWNER
};

uint32_t netowner_tags(struct str network)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_hasi(network, rows[i].name))
            return rows[i].tags;
    return 0;
}
