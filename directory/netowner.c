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

enum { MICROSOFT, AMAZON, GOOGLE };

/* IPv4 blocks as the registries (ARIN, RIPE NCC) hold them: first two bytes, prefix length, owner. None is larger than a
 * /8, and they stand by their first byte, so that a search finds the few that begin alike. */
static const struct {
    uint8_t first, second, bits, owner;
} blocks[] = {
    {3, 0, 8, AMAZON}, {13, 64, 11, MICROSOFT}, {13, 96, 13, MICROSOFT}, {13, 104, 14, MICROSOFT},
    {18, 32, 11, AMAZON}, {18, 128, 9, AMAZON}, {20, 33, 16, MICROSOFT}, {20, 34, 15, MICROSOFT},
    {20, 36, 14, MICROSOFT}, {20, 40, 13, MICROSOFT}, {20, 48, 12, MICROSOFT}, {20, 64, 10, MICROSOFT},
    {20, 128, 16, MICROSOFT}, {20, 135, 16, MICROSOFT}, {20, 136, 16, MICROSOFT}, {20, 140, 15, MICROSOFT},
    {20, 143, 16, MICROSOFT}, {20, 144, 14, MICROSOFT}, {20, 150, 15, MICROSOFT}, {20, 152, 15, MICROSOFT},
    {20, 157, 16, MICROSOFT}, {20, 160, 12, MICROSOFT}, {20, 176, 14, MICROSOFT}, {20, 180, 14, MICROSOFT},
    {20, 184, 13, MICROSOFT}, {20, 192, 10, MICROSOFT}, {23, 96, 13, MICROSOFT}, {34, 192, 10, AMAZON},
    {34, 64, 10, GOOGLE}, {35, 152, 13, AMAZON}, {35, 160, 13, AMAZON}, {35, 168, 13, AMAZON}, {35, 184, 13, GOOGLE},
    {35, 192, 12, GOOGLE}, {35, 208, 12, GOOGLE}, {35, 224, 12, GOOGLE}, {35, 240, 13, GOOGLE},
    {40, 64, 10, MICROSOFT}, {44, 192, 11, AMAZON}, {50, 16, 14, AMAZON}, {51, 103, 16, MICROSOFT},
    {51, 104, 15, MICROSOFT}, {51, 107, 16, MICROSOFT}, {51, 116, 16, MICROSOFT}, {51, 120, 16, MICROSOFT},
    {51, 124, 16, MICROSOFT}, {51, 132, 16, MICROSOFT}, {51, 136, 15, MICROSOFT}, {51, 138, 16, MICROSOFT},
    {51, 140, 14, MICROSOFT}, {51, 144, 15, MICROSOFT}, {52, 96, 12, MICROSOFT}, {52, 112, 14, MICROSOFT},
    {52, 120, 14, MICROSOFT}, {52, 125, 16, MICROSOFT}, {52, 130, 15, MICROSOFT}, {52, 132, 14, MICROSOFT},
    {52, 136, 13, MICROSOFT}, {52, 145, 16, MICROSOFT}, {52, 146, 15, MICROSOFT}, {52, 148, 14, MICROSOFT},
    {52, 152, 13, MICROSOFT}, {52, 160, 11, MICROSOFT}, {52, 224, 11, MICROSOFT}, {52, 0, 10, AMAZON},
    {52, 64, 12, AMAZON}, {52, 80, 13, AMAZON}, {52, 88, 13, AMAZON}, {52, 192, 11, AMAZON}, {54, 64, 11, AMAZON},
    {54, 144, 12, AMAZON}, {54, 160, 11, AMAZON}, {54, 192, 10, AMAZON}, {65, 52, 14, MICROSOFT},
    {70, 37, 17, MICROSOFT}, {94, 245, 16, MICROSOFT}, {99, 77, 16, AMAZON}, {104, 40, 13, MICROSOFT},
    {104, 146, 15, MICROSOFT}, {104, 208, 13, MICROSOFT}, {104, 154, 15, GOOGLE}, {104, 196, 14, GOOGLE},
    {107, 20, 14, AMAZON}, {130, 211, 16, GOOGLE}, {137, 116, 15, MICROSOFT}, {137, 135, 16, MICROSOFT},
    {138, 91, 16, MICROSOFT}, {146, 148, 16, GOOGLE}, {157, 54, 15, MICROSOFT}, {157, 56, 14, MICROSOFT},
    {168, 61, 16, MICROSOFT}, {168, 62, 15, MICROSOFT}, {191, 232, 13, MICROSOFT},
};

static struct str owner_name(unsigned owner)
{
    return owner == MICROSOFT ? STR("MICROSOFT-CORP") : owner == AMAZON ? STR("AMAZON") : STR("GOOGLE-CLOUD");
}

enum { BLOCKS = sizeof blocks / sizeof *blocks };

static size_t first_block(uint32_t first)
{
    size_t low = 0, high = BLOCKS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (blocks[middle].first < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct str netowner_of(const struct ip *ip)
{
    if (!ip_is_v4(ip)) /* 2603:1000::/24 is Microsoft's (ARIN) */
        return ip->b[0] == 0x26 && ip->b[1] == 0x03 && ip->b[2] == 0x10 ? owner_name(MICROSOFT) : STR_NONE;
    uint32_t v = ip_v4_value(ip);
    for (size_t i = first_block(v >> 24); i < BLOCKS && blocks[i].first == v >> 24; i++) {
        uint32_t start = (uint32_t)blocks[i].first << 24 | (uint32_t)blocks[i].second << 16;
        if ((v ^ start) >> (32u - blocks[i].bits) == 0)
            return owner_name(blocks[i].owner);
    }
    return STR_NONE;
}
