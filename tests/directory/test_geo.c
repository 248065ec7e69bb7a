/* tests/directory/test_geo.c - country ranges, the table of countries, tags, and hostile files. */
#include "base/buf.h"
#include "base/err.h"
#include "model/country.h"
#include "directory/geo.h"
#include "directory/georange.h"
#include "directory/netowner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* 192.0.2.0/24 (3221225984) and 203.0.113.0/24 (3405803776) are for documentation (RFC 5737), 2001:db8::/32 too. */
static const char text_v4[] = "# comment\r\n3405803776,3405804031,NL\n3221225984,3221226239,UA\n3221226496,3221226500,??\n";
static const char text_v6[] = "2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,FR\n2001:db8:2::,2001:db8:2:0:ffff:ffff:ffff:ffff,DE\n";

static struct ip address(const char *z)
{
    struct ip ip = {{0}};
    uint16_t port = 0;
    assert_true(ip_parse(str_of(z), &ip, &port));
    return ip;
}

static const char *code(const struct georange *g, const char *z)
{
    struct ip ip = address(z);
    const struct country *c = georange_find(g, &ip);
    return c ? c->code : "-";
}

static void write_file(char *path, const void *bytes, size_t n)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    (void)close(fd);
}

static void ranges_have_exact_edges(void **state)
{
    (void)state;
    struct georange g = {0};
    assert_int_equal(georange_add(&g, str_of(text_v4)), ERR_NONE);
    assert_int_equal(georange_add(&g, str_of(text_v6)), ERR_NONE);
    georange_sort(&g);
    assert_int_equal(g.skipped, 1);
    assert_string_equal(code(&g, "192.0.2.0"), "UA");
    assert_string_equal(code(&g, "192.0.2.255"), "UA");
    assert_string_equal(code(&g, "192.0.1.255"), "-");
    assert_string_equal(code(&g, "192.0.3.0"), "-");
    assert_string_equal(code(&g, "203.0.113.7"), "NL");
    assert_string_equal(code(&g, "::ffff:203.0.113.7"), "NL");
    assert_string_equal(code(&g, "255.255.255.255"), "-");
    assert_string_equal(code(&g, "2001:db8::1"), "FR");
    assert_string_equal(code(&g, "2001:db8:1::"), "-");
    assert_string_equal(code(&g, "2001:db8:2::ffff"), "DE");
    assert_string_equal(code(&g, "ffff::1"), "-");
    georange_free(&g);
}

static void range_over_many_blocks_is_found_in_each(void **state)
{
    (void)state;
    struct georange g = {0};
    assert_int_equal(georange_add(&g, STR("16777216,4294967295,JP\n")), ERR_NONE);
    georange_sort(&g);
    assert_string_equal(code(&g, "0.255.255.255"), "-");
    assert_string_equal(code(&g, "1.0.0.0"), "JP");
    assert_string_equal(code(&g, "100.20.3.4"), "JP");
    assert_string_equal(code(&g, "255.255.255.255"), "JP");
    georange_free(&g);
}

static void hostile_lines_are_counted_and_harmless(void **state)
{
    (void)state;
    struct georange g = {0};
    static const char *const bad[] = {"", "nothing", "5,4,NL", "0,4294967296,NL", "-1,5,NL", "1,2", "1,2,", "1,2,NLX", "1,2,ZZ", ",,",
                                      "1,2,3,NL", "::1,1,NL", "2001:db8::2,2001:db8::1,NL", "99999999999999999999,1,NL", "1,::1,NL"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(georange_add(&g, str_of(bad[i])), ERR_MALFORMED);
    assert_int_equal(g.n4 + g.n6, 0);
    assert_int_equal(g.skipped, sizeof bad / sizeof *bad - 1);
    georange_sort(&g);
    assert_string_equal(code(&g, "1.2.3.4"), "-");
    georange_free(&g);
}

static void truncated_and_flipped_files_do_no_harm(void **state)
{
    (void)state;
    char text[sizeof text_v4 + sizeof text_v6];
    size_t n = (size_t)snprintf(text, sizeof text, "%s%s", text_v4, text_v6);
    for (size_t cut = 0; cut <= n; cut++) {
        struct georange g = {0};
        (void)georange_add(&g, (struct str){text, cut});
        georange_sort(&g);
        (void)code(&g, "192.0.2.9");
        georange_free(&g);
    }
    for (size_t bit = 0; bit < n * 8; bit++) {
        struct georange g = {0};
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        (void)georange_add(&g, (struct str){text, n});
        georange_sort(&g);
        (void)code(&g, "2001:db8::9");
        georange_free(&g);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
    }
}

static void place_fills_only_what_is_open(void **state)
{
    (void)state;
    char path[] = "/tmp/vigie-geo-XXXXXX";
    write_file(path, text_v4, sizeof text_v4 - 1);
    const char *paths[] = {path};
    struct geo *g = NULL;
    size_t bad = 9;
    assert_int_equal(geo_open(&g, paths, 1, &bad), ERR_NONE);
    assert_int_equal(geo_stats(g).ranges4, 2);
    struct activity a = {.ip = address("192.0.2.20")};
    geo_place(g, &a);
    assert_true(str_eq(a.location.country, STR("UA")));
    a.location.country = STR("Netherlands");
    geo_place(g, &a);
    assert_true(str_eq(a.location.country, STR("NL")));
    a.location.country = STR("Ruritania");
    geo_place(g, &a);
    assert_true(str_eq(a.location.country, STR("Ruritania")));
    struct activity inside = {.ip = address("10.0.0.1")}, nowhere = {0};
    geo_place(g, &inside);
    geo_place(g, &nowhere);
    geo_place(NULL, &inside);
    assert_false(str_set(inside.location.country));
    assert_false(str_set(nowhere.location.country));
    geo_close(g);
    (void)unlink(path);
}

static void unusable_files_are_named(void **state)
{
    (void)state;
    char good[] = "/tmp/vigie-geo-XXXXXX", fake[] = "/tmp/vigie-geo-XXXXXX";
    static const char junk[] = "\x01\x02junk\xab\xcd\xefMaxMind.com\xff\xff\xff\xff";
    write_file(good, text_v4, sizeof text_v4 - 1);
    write_file(fake, junk, sizeof junk - 1);
    struct geo *g = NULL;
    size_t bad = 9;
    const char *missing[] = {good, "/nonexistent/geoip"}, *broken[] = {fake, good};
    assert_int_equal(geo_open(&g, missing, 2, &bad), ERR_IO);
    assert_int_equal(bad, 1);
    assert_int_equal(geo_open(&g, broken, 2, &bad), ERR_MALFORMED);
    assert_int_equal(bad, 0);
    assert_null(g);
    (void)unlink(good);
    (void)unlink(fake);
}

static void put_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fputs(text, f) < 0, 0);
    assert_int_equal(fclose(f), 0);
}

/* The folder beside the program: IPv6 ranges are there when asked for, broken ones do no harm to the IPv4 ones. */
static void installed_ranges_of_both_kinds_are_found(void **state)
{
    (void)state;
    char program[4096] = "", folder[4200], v4[4300], v6[4300];
    if (access("/usr/share/tor/geoip", R_OK) == 0 || readlink("/proc/self/exe", program, sizeof program - 1) <= 0)
        skip();
    *strrchr(program, '/') = '\0';
    (void)snprintf(folder, sizeof folder, "%s/geo", program);
    (void)snprintf(v4, sizeof v4, "%s/geoip", folder);
    (void)snprintf(v6, sizeof v6, "%s/geoip6", folder);
    (void)mkdir(folder, 0755);
    put_file(v4, text_v4);
    static const char *const six[] = {text_v6, "no range\n"};
    for (int i = 0; i < 2; i++) {
        struct geo *g = NULL;
        put_file(v6, six[i]);
        assert_int_equal(geo_open_default(&g), ERR_NONE);
        struct activity a = {.ip = address("2001:db8::17")}, b = {.ip = address("192.0.2.20")}, c = {.ip = address("2001:db9::1")};
        geo_place(g, &a);
        geo_place(g, &b);
        geo_place(g, &c);
        assert_true(i ? !str_set(a.location.country) : str_eq(a.location.country, STR("FR")));
        assert_true(str_eq(b.location.country, STR("UA")));
        assert_false(str_set(c.location.country));
        geo_close(g);
    }
    (void)unlink(v4);
    (void)unlink(v6);
    (void)rmdir(folder);
}

static void owners_imply_tags(void **state)
{
    (void)state;
    assert_int_equal(netowner_tags(STR("AMAZON-02")), LOCATION_CLOUD);
    assert_int_equal(netowner_tags(STR("Zscaler, Inc.")), LOCATION_VPN);
    assert_int_equal(netowner_tags(STR("M247 Europe SRL")), LOCATION_VPN | LOCATION_ANONYMOUS);
    assert_int_equal(netowner_tags(STR("Vodafone Libertel B.V.")), 0);
    struct ip known[] = {address("20.190.160.164"), address("2603:10a6:20b:f0:cafe::69"), address("34.99.77.32"), address("54.240.197.1")};
    struct ip unknown[] = {address("178.85.138.132"), address("34.63.255.255"), address("34.128.0.0"), address("2603:1100::1")};
    for (size_t i = 0; i < 4; i++) {
        struct activity in = {.ip = known[i]}, out = {.ip = unknown[i]};
        geo_place(NULL, &in);
        geo_place(NULL, &out);
        assert_int_equal(in.location.tags, LOCATION_CLOUD);
        assert_int_equal(out.location.tags, 0);
    }
    struct activity a = {.location.network = STR("DigitalOcean, LLC")};
    geo_place(NULL, &a);
    assert_int_equal(a.location.tags, LOCATION_CLOUD);
}

static void countries_are_sorted_and_measured(void **state)
{
    (void)state;
    unsigned n = 0;
    for (const struct country *c = country_at(0), *before = NULL; c; before = c, c = country_at(++n)) {
        assert_true(!before || strcmp(before->code, c->code) < 0);
        assert_ptr_equal(country_of(country_code(c)), c);
        assert_ptr_equal(country_of(country_name(c, ENGLISH)), c);
        assert_true(str_set(country_name(c, FRENCH)) && country_name(c, FRENCH).n > 3);
        assert_int_equal(country_number(c), n);
        assert_true(c->radius_km >= 10 && c->latitude >= -90 && c->latitude <= 90);
    }
    assert_true(n > 240);
    assert_ptr_equal(country_of(STR("nl")), country_of(STR("NETHERLANDS")));
    assert_true(str_eq(country_name(country_of(STR("NL")), FRENCH), STR("Pays-Bas")));
    assert_null(country_of(STR("")));
    assert_null(country_of(STR("??")));
    const struct country *nl = country_of(STR("NL")), *ua = country_of(STR("UA")), *us = country_of(STR("US")), *ca = country_of(STR("CA"));
    assert_in_range((int)country_gap_km(nl, ua), 700, 1300); /* Enschede to Lviv is 1,180 km */
    assert_int_equal((int)country_gap_km(us, ca), 0);
    assert_int_equal((int)country_gap_km(nl, nl), 0);
    assert_in_range((int)country_km(52.37, 4.90, 40.71, -74.01), 5820, 5900); /* Amsterdam, New York */
}

static void place_travels_in_the_flat_form(void **state)
{
    (void)state;
    static uint8_t bytes[ACTIVITY_PACKED_MAX];
    static struct object objects[ACTIVITY_OBJECTS];
    static struct fact facts[ACTIVITY_FACTS];
    struct activity a = {.time = 1, .objects = objects, .facts = facts}, b;
    location_put(&a.location, -33.87, 151.21);
    location_put(&a.location, 91, 0);
    location_put(&a.location, 0, -180.5);
    int n = activity_pack(&a, bytes, sizeof bytes);
    assert_true(n > 0);
    assert_int_equal(activity_unpack(bytes, (size_t)n, &b, objects, facts), ERR_NONE);
    assert_int_equal(b.location.latitude, -3387);
    assert_int_equal(b.location.longitude, 15121);
}

/* MaxMind's own test databases, where they lie beside the checkout. */
static void databases_of_the_corpus(void **state)
{
    (void)state;
    const char *corpus = getenv("VIGIE_CORPUS");
    char city[512], asn[512], anonymous[512];
    (void)snprintf(city, sizeof city, "%s/cloud/geo/GeoLite2-City-Test.mmdb", corpus ? corpus : "../shared/data");
    (void)snprintf(asn, sizeof asn, "%s/cloud/geo/GeoLite2-ASN-Test.mmdb", corpus ? corpus : "../shared/data");
    (void)snprintf(anonymous, sizeof anonymous, "%s/cloud/geo/GeoIP2-Anonymous-IP-Test.mmdb", corpus ? corpus : "../shared/data");
    if (access(city, R_OK) != 0)
        skip();
    const char *paths[] = {city, asn, anonymous};
    struct geo *g = NULL;
    size_t bad = 9;
    assert_int_equal(geo_open(&g, paths, 3, &bad), ERR_NONE);
    struct activity a = {.ip = address("2.125.160.216")}, b = {.ip = address("1.128.0.0")}, c = {.ip = address("65.4.3.2")};
    geo_place(g, &a);
    assert_true(str_eq(a.location.country, STR("GB")));
    assert_true(str_eq(a.location.city, STR("Boxford")));
    assert_int_equal(a.location.latitude, 5175);
    assert_in_range(a.location.longitude + 1000, 874, 876);
    geo_place(g, &b);
    assert_int_equal(b.location.asn, 1221);
    assert_true(str_eq(b.location.network, STR("Telstra Pty Ltd")));
    geo_place(g, &c);
    assert_true(c.location.tags & LOCATION_TOR);
    geo_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_have_exact_edges),
        cmocka_unit_test(range_over_many_blocks_is_found_in_each),
        cmocka_unit_test(hostile_lines_are_counted_and_harmless),
        cmocka_unit_test(truncated_and_flipped_files_do_no_harm),
        cmocka_unit_test(place_fills_only_what_is_open),
        cmocka_unit_test(unusable_files_are_named),
        cmocka_unit_test(installed_ranges_of_both_kinds_are_found),
        cmocka_unit_test(owners_imply_tags),
        cmocka_unit_test(countries_are_sorted_and_measured),
        cmocka_unit_test(place_travels_in_the_flat_form),
        cmocka_unit_test(databases_of_the_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
