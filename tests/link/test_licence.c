/* tests/link/test_licence.c - licences: signed, bound, refused for every other reason; and every damaged form. */
#include "link/link.h"
#include "store/tab_settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW (INT64_C(1790000000) * TIME_SECOND)
#define SID "S-1-5-21-1-2-3"

static char folder[] = "/tmp/vigie-licence-XXXXXX";
static struct arena arena;
static struct licence_keys keys;
static unsigned char secret[LICENCE_SECRET];
static struct db *db;

static char *at(const char *name)
{
    static char path[4][256];
    static int turn;
    char *p = path[turn++ % 4];
    (void)snprintf(p, 256, "%s/%s", folder, name);
    return p;
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder) || mkdir(at("licence"), 0700) != 0)
        return -1;
    arena_init(&arena, 4096, 64 << 20);
    return licence_key_make(at("licence/own")) || licence_keys_load(folder, &keys) || licence_key_read(at("licence/own"), secret) ||
           db_open(folder, &db);
}

static int tear_down(void **state)
{
    static const char *const files[] = {"licence/own", "licence/own.pub", "licence/other", "licence/other.pub", "licence", "vigie.db", "vigie.db-wal", "vigie.db-shm"};
    (void)state;
    db_close(db);
    arena_free(&arena);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        (void)remove(at(files[i]));
    return rmdir(folder);
}

static struct str issue(struct licence l)
{
    struct buf b = {0};
    assert_int_equal(licence_issue(secret, &l, &arena, &b), 0);
    struct str text = str_dup(&arena, buf_view(&b));
    buf_free(&b);
    return text;
}

static struct licence atp(int64_t expires)
{
    return (struct licence){.product = PRODUCT_ATP, .organisation = STR("Contoso"), .domain = STR("corp.example.test"), .domain_sid = STR(SID),
                            .issued = NOW - TIME_DAY, .expires = expires};
}

static void what_was_issued_is_read(void **state)
{
    (void)state;
    struct licence l;
    const char *why;
    assert_int_equal(licence_read(&keys, issue(atp(NOW + TIME_DAY)), &arena, &l, &why), 0);
    assert_int_equal(l.product, PRODUCT_ATP);
    assert_int_equal(l.id.n, 24);
    assert_true(str_eq(l.organisation, STR("Contoso")));
    assert_true(str_eq(l.domain_sid, STR(SID)));
    assert_int_equal(l.expires, NOW + TIME_DAY);
    assert_null(licence_refused(&l, STR(SID), NOW));
    assert_non_null(licence_refused(&l, STR(SID), NOW + TIME_DAY));
    assert_non_null(licence_refused(&l, STR("S-1-5-21-1-2-4"), NOW));
    assert_non_null(licence_refused(&l, STR_NONE, NOW));
    assert_non_null(licence_refused(&l, STR(SID), NOW - 3 * TIME_DAY));
}

static void a_strangers_signature_does_not_count(void **state)
{
    (void)state;
    struct licence l;
    struct licence_keys none = {.n = 0};
    const char *why;
    assert_int_equal(licence_read(&none, issue(atp(TIME_NONE)), &arena, &l, &why), ERR_MALFORMED);
    assert_non_null(strstr(why, "signed by nobody"));
}

static void every_prefix_and_every_flipped_bit_is_refused(void **state)
{
    (void)state;
    struct str text = issue(atp(NOW + TIME_DAY));
    char copy[LICENCE_TEXT_MAX];
    struct licence l;
    const char *why;
    for (size_t n = 0; n < text.n; n++)
        assert_int_equal(licence_read(&keys, str_sub(text, 0, n), &arena, &l, &why), ERR_MALFORMED);
    size_t accepted = 0;
    for (size_t bit = 0; bit < text.n * 8; bit++) {
        memcpy(copy, text.p, text.n);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        struct str t = {copy, text.n};
        if (licence_read(&keys, t, &arena, &l, &why) == 0)
            accepted++;
    }
    assert_int_equal(accepted, 0);
}

static void only_the_right_licence_meets_the_prerequisite(void **state)
{
    (void)state;
    struct licensing may;
    struct prerequisite p[LINK_PREREQUISITES];
    struct licence other = atp(TIME_NONE);
    other.domain_sid = STR("S-1-5-21-9-9-9");
    assert_int_equal(tab_settings_put(db, LINK_DOMAIN_SID, STR(SID)), 0);
    assert_int_equal(link_licensing(db, &keys, NOW, &arena, &may), 0);
    assert_false(may.atp || may.hub);
    assert_int_equal(tab_link_add_licence(db, &(struct stored_licence){STR("a"), issue(other), STR("ada"), NOW}), 0);
    assert_int_equal(link_licensing(db, &keys, NOW, &arena, &may), 0);
    assert_false(may.atp);
    assert_non_null(strstr(may.atp_why.p, "another Active Directory domain"));
    link_prerequisites(&may, true, p);
    assert_true(p[0].met && !p[1].met);
    assert_int_equal(tab_link_add_licence(db, &(struct stored_licence){STR("b"), issue(atp(NOW + TIME_DAY)), STR("ada"), NOW}), 0);
    struct licence hub = {.product = PRODUCT_HUB, .organisation = STR("Contoso"), .issued = NOW, .expires = TIME_NONE};
    assert_int_equal(tab_link_add_licence(db, &(struct stored_licence){STR("c"), issue(hub), STR("ada"), NOW}), 0);
    assert_int_equal(link_licensing(db, &keys, NOW, &arena, &may), 0);
    assert_true(may.atp && may.hub);
    assert_int_equal(link_licensing(db, &keys, NOW + 2 * TIME_DAY, &arena, &may), 0);
    assert_true(!may.atp && may.hub);
    assert_int_equal(tab_link_drop_licence(db, STR("b")), 0);
    assert_int_equal(tab_link_drop_licence(db, STR("b")), ERR_NOT_FOUND);
}

static struct stored_link stored(void)
{
    struct stored_link l;
    assert_int_equal(tab_link_get(db, &arena, &l), 0);
    return l;
}

static void the_link_goes_its_documented_way(void **state)
{
    (void)state;
    bool changed, cloud;
    uint64_t joined;
    const struct licensing both = {.atp = true, .hub = true}, atp_alone = {.atp = true}, hub_alone = {.hub = true};
    assert_int_equal(stored().state, LINK_OFF);
    assert_int_equal(link_joined(db, 50), 0); /* off: nothing joins */
    assert_int_equal(stored().joined, 0);
    assert_int_equal(link_want(db, true, STR("ada"), NOW, &changed), 0);
    assert_true(changed);
    assert_int_equal(link_want(db, true, STR("eve"), NOW, &changed), 0);
    assert_false(changed);
    assert_int_equal(stored().state, LINK_CONNECTING);
    assert_true(str_eq(stored().by, STR("ada")));
    assert_int_equal(link_joined(db, 100), 0);
    assert_int_equal(link_joined(db, 60), 0); /* never back */
    assert_int_equal(link_settled(db, NOW + 1), 0);
    assert_int_equal(stored().state, LINK_ON);
    struct stored_link l = stored();
    link_view(&l, &both, &cloud, &joined);
    assert_true(cloud && joined == 100 && link_shows_identity(&l, &both));
    link_view(&l, &atp_alone, &cloud, &joined);
    assert_true(!cloud && joined == UINT64_MAX && link_shows_identity(&l, &atp_alone));
    assert_int_equal(link_want(db, false, STR("ada"), NOW + 2, &changed), 0);
    assert_int_equal(link_joined(db, 200), 0); /* what comes now does not join */
    assert_int_equal(link_settled(db, NOW + 3), 0);
    l = stored();
    assert_int_equal(l.state, LINK_OFF);
    link_view(&l, &hub_alone, &cloud, &joined);
    assert_true(cloud && joined == 100 && !link_shows_identity(&l, &both)); /* what has joined stays */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_issued_is_read),
        cmocka_unit_test(a_strangers_signature_does_not_count),
        cmocka_unit_test(every_prefix_and_every_flipped_bit_is_refused),
        cmocka_unit_test(only_the_right_licence_meets_the_prerequisite),
        cmocka_unit_test(the_link_goes_its_documented_way),
    };
    return cmocka_run_group_tests_name("licence", tests, set_up, tear_down);
}
