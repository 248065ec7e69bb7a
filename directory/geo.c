/* directory/geo.c - where an address is, offline: country, city, network owner, tags. */
#include "directory/geo.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "model/country.h"
#include "directory/geofile.h"
#include "directory/netowner.h"

#include <limits.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_MAX = 256 << 20, MARKER_WITHIN = 128 << 10 };

struct geo {
    struct georange ranges;
    struct geofile *v4, *v6; /* the installed ones; NULL: ranges holds all */
    MMDB_s databases[GEO_DATABASES];
    size_t ndatabases;
};

static int read_all(FILE *f, struct buf *out)
{
    size_t got;
    char *room;
    do {
        room = buf_room(out, 1 << 20);
        if (!room)
            return ERR_MEMORY;
        got = fread(room, 1, 1 << 20, f);
        out->n += got;
        if (out->n > TEXT_MAX)
            return ERR_LIMIT;
    } while (got > 0);
    return ferror(f) ? ERR_IO : ERR_NONE;
}

/* The metadata marker that ends a MaxMind DB: MaxMind DB File Format Specification 2.0, "Database Metadata". */
static bool is_database(struct str bytes)
{
    static const char marker[] = "\xab\xcd\xefMaxMind.com";
    struct str tail = bytes.n > MARKER_WITHIN ? str_from(bytes, bytes.n - MARKER_WITHIN) : bytes;
    return str_has(tail, (struct str){marker, sizeof marker - 1});
}

static int open_database(struct geo *g, const char *path)
{
    if (g->ndatabases == GEO_DATABASES)
        return ERR_LIMIT;
    if (MMDB_open(path, MMDB_MODE_MMAP, &g->databases[g->ndatabases]) != MMDB_SUCCESS)
        return ERR_MALFORMED;
    g->ndatabases++;
    return ERR_NONE;
}

static int add_file(struct geo *g, struct georange *ranges, const char *path)
{
    FILE *f = file_open(path);
    if (!f)
        return ERR_IO;
    struct buf bytes = {0};
    int err = read_all(f, &bytes);
    if (!err)
        err = is_database(buf_view(&bytes)) ? open_database(g, path) : georange_add(ranges, buf_view(&bytes));
    buf_free(&bytes);
    (void)fclose(f);
    return err;
}

int geo_open(struct geo **out, const char *const *paths, size_t n, size_t *bad)
{
    struct geo *g = calloc(1, sizeof *g);
    int err = g ? ERR_NONE : ERR_MEMORY;
    for (size_t i = 0; i < n && !err; i++) {
        err = add_file(g, &g->ranges, paths[i]);
        if (err)
            *bad = i;
    }
    if (err) {
        geo_close(g);
        return err;
    }
    georange_sort(&g->ranges);
    *out = g;
    return ERR_NONE;
}

/* Without geoip6, or with a broken one, IPv6 addresses have no country. */
static int open_folder(struct geo **out, const char *folder)
{
    char path[PATH_MAX + 8];
    struct geo *g = calloc(1, sizeof *g);
    if (!g)
        return ERR_MEMORY;
    (void)snprintf(path, sizeof path, "%s/geoip", folder);
    int err = geofile_open(&g->v4, path);
    if (err) {
        geo_close(g);
        return err;
    }
    (void)snprintf(path, sizeof path, "%s/geoip6", folder);
    (void)geofile_open(&g->v6, path);
    *out = g;
    return ERR_NONE;
}

int geo_open_default(struct geo **out)
{
    char program[PATH_MAX], folder[PATH_MAX];
    int err = open_folder(out, "/usr/share/tor");
    ssize_t n = readlink("/proc/self/exe", program, sizeof program);
    if (err != ERR_NOT_FOUND || n <= 0 || (size_t)n >= sizeof program)
        return err;
    ptrdiff_t slash = str_rchr((struct str){program, (size_t)n}, '/');
    static const char *const beside[] = {"geo", "../share/vigie"};
    for (size_t i = 0; i < 2 && err == ERR_NOT_FOUND; i++) {
        int used = snprintf(folder, sizeof folder, "%.*s/%s", (int)slash, program, beside[i]);
        if (used > 0 && (size_t)used < sizeof folder)
            err = open_folder(out, folder);
    }
    return err;
}

void geo_close(struct geo *g)
{
    if (!g)
        return;
    georange_free(&g->ranges);
    geofile_close(g->v4);
    geofile_close(g->v6);
    for (size_t i = 0; i < g->ndatabases; i++)
        MMDB_close(&g->databases[i]);
    free(g);
}

struct geo_stats geo_stats(const struct geo *g)
{
    return (struct geo_stats){g->ranges.n4, g->ranges.n6, g->ndatabases, g->ranges.skipped};
}

/* ---- MaxMind databases ---- */

static void text_at(MMDB_entry_s *e, struct str *out, const char *const *path)
{
    MMDB_entry_data_s data;
    if (str_set(*out) || MMDB_aget_value(e, &data, path) != MMDB_SUCCESS || !data.has_data)
        return;
    if (data.type == MMDB_DATA_TYPE_UTF8_STRING && data.data_size > 0)
        *out = (struct str){data.utf8_string, data.data_size};
}

static bool flag_at(MMDB_entry_s *e, const char *name)
{
    MMDB_entry_data_s data;
    const char *const path[] = {name, NULL};
    return MMDB_aget_value(e, &data, path) == MMDB_SUCCESS && data.has_data && data.type == MMDB_DATA_TYPE_BOOLEAN && data.boolean;
}

static bool number_at(MMDB_entry_s *e, double *out, const char *const *path)
{
    MMDB_entry_data_s data;
    if (MMDB_aget_value(e, &data, path) != MMDB_SUCCESS || !data.has_data)
        return false;
    if (data.type == MMDB_DATA_TYPE_DOUBLE)
        *out = data.double_value;
    else if (data.type == MMDB_DATA_TYPE_UINT32)
        *out = data.uint32;
    else
        return false;
    return true;
}

static uint32_t tags_at(MMDB_entry_s *e)
{
    static const struct {
        const char *name;
        uint32_t tags;
    } flags[] = {
        {"is_anonymous", LOCATION_ANONYMOUS},        {"is_anonymous_vpn", LOCATION_VPN | LOCATION_ANONYMOUS},
        {"is_public_proxy", LOCATION_ANONYMOUS},     {"is_residential_proxy", LOCATION_ANONYMOUS},
        {"is_tor_exit_node", LOCATION_TOR | LOCATION_ANONYMOUS}, {"is_hosting_provider", LOCATION_CLOUD},
    };
    uint32_t tags = 0;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flag_at(e, flags[i].name))
            tags |= flags[i].tags;
    return tags;
}

static void place_in(MMDB_entry_s *e, struct location *at)
{
    static const char *const country[] = {"country", "iso_code", NULL}, *const city[] = {"city", "names", "en", NULL},
                      *const region[] = {"subdivisions", "0", "names", "en", NULL}, *const latitude[] = {"location", "latitude", NULL},
                      *const longitude[] = {"location", "longitude", NULL}, *const owner[] = {"autonomous_system_organization", NULL},
                      *const asn[] = {"autonomous_system_number", NULL};
    struct str code = STR_NONE;
    double x, y;
    text_at(e, &code, country);
    const struct country *c = str_set(code) ? country_of(code) : NULL;
    if (c && !str_set(at->country))
        at->country = country_code(c);
    if (c && str_eq(at->country, country_code(c))) { /* the same place as stated: its details apply */
        text_at(e, &at->city, city);
        text_at(e, &at->region, region);
        if (!location_placed(at) && number_at(e, &y, latitude) && number_at(e, &x, longitude))
            location_put(at, y, x);
    }
    text_at(e, &at->network, owner);
    if (at->asn == 0 && number_at(e, &x, asn) && x > 0)
        at->asn = (uint32_t)x;
    at->tags |= tags_at(e);
}

static void look_up(const struct geo *g, const struct ip *ip, struct location *at)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(ip_v4_value(ip))};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memcpy(&v6.sin6_addr, ip->b, 16);
    bool is_v4 = ip_is_v4(ip);
    for (size_t i = 0; i < g->ndatabases; i++) {
        int err;
        const void *address = is_v4 ? (const void *)&v4 : (const void *)&v6;
        if (!is_v4 && g->databases[i].metadata.ip_version == 4)
            continue;
        MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&g->databases[i], address, &err);
        if (err == MMDB_SUCCESS && found.found_entry)
            place_in(&found.entry, at);
    }
}

static const struct country *country_in(const struct geo *g, const struct ip *ip)
{
    struct geofile *installed = ip_is_v4(ip) ? g->v4 : g->v6;
    return installed ? geofile_find(installed, ip) : georange_find(&g->ranges, ip);
}

void geo_place(const struct geo *g, struct activity *a)
{
    struct location *at = &a->location;
    const struct country *stated = str_set(at->country) ? country_of(at->country) : NULL;
    if (stated)
        at->country = country_code(stated);
    bool public = ip_set(&a->ip) && !ip_is_private(&a->ip);
    if (public && g && g->ndatabases > 0)
        look_up(g, &a->ip, at);
    const struct country *c = public && g && !str_set(at->country) ? country_in(g, &a->ip) : NULL;
    if (c)
        at->country = country_code(c);
    if (public && !str_set(at->network))
        at->network = netowner_of(&a->ip);
    if (str_set(at->network))
        at->tags |= netowner_tags(at->network);
}
