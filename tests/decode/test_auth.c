/* tests/decode/test_auth.c - authentications without a carrier: versions of the proof, SMB 1 responses, tickets of known clients, tokens
 * that were captured in part. Tokens are made by hand; those of a real client are in fixtures/decode/net/http.txt. */
#include "decode/auth.h"
#include "decode/ntlmssp.h"
#include "decode/tickets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PAYLOAD = 88, TOKEN_MAX = 512 };

struct bench {
    struct decode d;
    struct arena arena;
    struct flow f;
    struct auth auth;
    struct ticket_cache *tickets;
    unsigned emitted, faults;
    struct activity last;
};

static int on_emit(struct decode *d, const struct activity *a)
{
    struct bench *b = d->owner;
    b->emitted++;
    b->last = *a;
    return 0;
}

static void on_fault(struct decode *d, const struct fault *f)
{
    struct bench *b = d->owner;
    (void)f;
    b->faults++;
}

static int set_up(void **state)
{
    static struct bench b;
    b = (struct bench){.f = {.client = ip_v4(0x0a000005), .server = ip_v4(0x0a000001), .tcp = true}};
    arena_init(&b.arena, 65536, 1u << 20);
    b.tickets = calloc(1, sizeof *b.tickets);
    b.d = (struct decode){.arena = &b.arena, .emit = on_emit, .fault = on_fault, .owner = &b, .tickets = b.tickets};
    *state = &b;
    return b.tickets ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    arena_free(&b->arena);
    free(b->tickets);
    return 0;
}

/* The first n bytes of a token that was `whole` long, in memory that ends behind them. */
static void say(struct bench *b, bool from_client, struct str bytes, size_t whole)
{
    struct fault fault;
    uint8_t *exact = malloc(bytes.n ? bytes.n : 1);
    assert_non_null(exact);
    memcpy(exact, bytes.p, bytes.n);
    struct message m = {.p = exact, .n = bytes.n, .whole = whole, .time = 1000000000, .packet = 1, .from_client = from_client};
    auth_token(&b->d, &b->f, &m, &b->auth, rd_of(exact, bytes.n, &fault));
    free(exact);
}

static void done(struct bench *b, enum outcome outcome, uint64_t code)
{
    struct auth_result r = {.outcome = outcome, .has_code = true, .code = code, .carrier = "SMB", .native_os = STR("Windows 2000 2195")};
    auth_done(&b->d, &b->f, &b->auth, &r);
}

static struct str fact(const struct bench *b, enum fact_key key)
{
    return act_str(&b->last, key);
}

#define SAYS(b, key, text) assert_true(str_eq(fact(b, key), STR(text)))
#define LACKS(b, key) assert_false(act_has(&(b)->last, key))

/* ---- AUTHENTICATE made to measure ---- */

struct made {
    uint8_t p[TOKEN_MAX];
    size_t n;
};

static void put(struct made *t, size_t at, uint32_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        t->p[at + i] = (uint8_t)(v >> 8 * i);
}

static void part(struct made *t, size_t field, struct str bytes)
{
    put(t, field, (uint32_t)bytes.n, 2);
    put(t, field + 2, (uint32_t)bytes.n, 2);
    put(t, field + 4, (uint32_t)t->n, 4);
    memcpy(t->p + t->n, bytes.p, bytes.n);
    t->n += bytes.n;
}

/* MS-NLMP 2.2.1.3 with OEM texts; the MIC is zero. */
static struct str authenticate(struct made *t, struct str lm, struct str nt, struct str user, uint32_t flags)
{
    *t = (struct made){.n = PAYLOAD};
    memcpy(t->p, "NTLMSSP\0\3", 9);
    part(t, 36, user);
    part(t, 28, STR("CORP"));
    part(t, 44, STR("PC5"));
    part(t, 12, lm);
    part(t, 20, nt);
    put(t, 60, flags, 4);
    return (struct str){(const char *)t->p, t->n};
}

#define OF_24(c) STR(c c c c c c c c c c c c c c c c c c c c c c c c)

static void versions_of_the_proof(void **state)
{
    struct bench *b = *state;
    struct made t;
    const struct {
        struct str lm, nt, package;
        uint32_t flags;
        bool lm_response;
    } cases[] = {
        {OF_24("l"), OF_24("n"), STR("NTLM V1"), 0, true},
        {OF_24("n"), OF_24("n"), STR("NTLM V1"), 0, false},
        {OF_24("l"), OF_24("n"), STR("NTLM V1"), NTLMSSP_EXTENDED_SESSIONSECURITY, false},
        {OF_24("\0"), OF_24("n"), STR("NTLM V1"), 0, false},
        {OF_24("l"), STR(""), STR("LM"), 0, true},
        {OF_24("l"), STR("01234567890123456789012345678901234567890123\0\0\0\0"), STR("NTLM V2"), 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str token = authenticate(&t, cases[i].lm, cases[i].nt, STR("alice"), cases[i].flags);
        say(b, true, token, token.n);
        done(b, OUTCOME_SUCCESS, 0);
        assert_int_equal(b->emitted, i + 1);
        assert_true(str_eq(fact(b, FACT_LM_PACKAGE), cases[i].package));
        assert_int_equal(act_has(&b->last, FACT_LM_RESPONSE), cases[i].lm_response);
        assert_true(str_eq(b->last.actor.name, STR("alice")));
    }
    SAYS(b, FACT_NTLM_MIC, "zero"); /* of the last, version 2 */
    assert_int_equal(b->faults, 0);
}

static void who_is_at_work(void **state)
{
    struct bench *b = *state;
    struct made t;
    struct str token = authenticate(&t, STR(""), OF_24("n"), STR("alice"), NTLMSSP_SIGN | NTLMSSP_56);
    say(b, true, token, token.n);
    assert_false(str_set(auth_who(&b->auth).name));
    done(b, OUTCOME_SUCCESS, 0);
    assert_true(str_eq(auth_who(&b->auth).name, STR("alice")));
    assert_int_equal(act_u64(&b->last, FACT_KEY_LENGTH, 0), 56);
    SAYS(b, FACT_NATIVE_OS, "Windows 2000 2195");
    say(b, true, STR("NTLMSSP\0\1\0\0\0\0\0\0\0"), 16); /* begins anew: alice until the next proof */
    assert_true(str_eq(auth_who(&b->auth).name, STR("alice")));
    token = authenticate(&t, STR(""), OF_24("n"), STR("bob"), 0);
    say(b, true, token, token.n);
    done(b, OUTCOME_FAILURE, 0xC000006A);
    assert_false(str_set(auth_who(&b->auth).name));
    SAYS(b, FACT_FAILURE_REASON, "wrong password");
    assert_int_equal(b->emitted, 2);
}

static void refusals_without_a_status(void **state)
{
    struct bench *b = *state;
    struct made t;
    const uint64_t codes[][2] = {{49, 0xC000006D}, {401, 0xC000006D}, {5, 0xC0000022}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct str token = authenticate(&t, STR(""), OF_24("n"), STR("alice"), 0);
        say(b, true, token, token.n);
        done(b, OUTCOME_FAILURE, codes[i][0]);
        assert_true(b->last.has_code);
        assert_int_equal(b->last.code, codes[i][1]);
    }
}

static void no_user_is_anonymous(void **state)
{
    struct bench *b = *state;
    struct made t;
    struct str token = authenticate(&t, STR("\0"), STR(""), STR(""), NTLMSSP_ANONYMOUS);
    say(b, true, token, token.n);
    done(b, OUTCOME_SUCCESS, 0);
    assert_true(str_eq(b->last.actor.sid, STR("S-1-5-7")));
    LACKS(b, FACT_LM_PACKAGE);
}

static void responses_of_smb1(void **state)
{
    struct bench *b = *state;
    struct message m = {.p = (const uint8_t *)"x", .n = 1, .whole = 1, .time = 1, .from_client = true};
    struct auth_responses r = {
        .name = STR("alice"), .domain = STR("CORP"), .challenge = (const uint8_t *)"ABCDEFGH", .lm = OF_24("l"), .nt = OF_24("n")};
    auth_responses(&b->f, &m, &b->auth, &r);
    done(b, OUTCOME_FAILURE, 0xC000006D);
    SAYS(b, FACT_LM_PACKAGE, "NTLM V1");
    SAYS(b, FACT_NTLM_CHALLENGE, "4142434445464748");
    assert_int_equal(act_u64(&b->last, FACT_LM_RESPONSE, 0), 1);
    r = (struct auth_responses){.lm = STR("\0")};
    auth_responses(&b->f, &m, &b->auth, &r);
    done(b, OUTCOME_SUCCESS, 0);
    assert_true(b->auth.anonymous);
}

/* AP-REQ in GSS framing: ticket of HTTP/web1 in CORP.TEST, etype 18 */
static const uint8_t ap[] = {0x60, 0x78, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01, 0x00, 0x6e, 0x6b, 0x30,
                             0x69, 0xa0, 0x03, 0x02, 0x01, 0x05, 0xa1, 0x03, 0x02, 0x01, 0x0e, 0xa2, 0x07, 0x03, 0x05, 0x00, 0x20, 0x00,
                             0x00, 0x00, 0xa3, 0x45, 0x61, 0x43, 0x30, 0x41, 0xa0, 0x03, 0x02, 0x01, 0x05, 0xa1, 0x0b, 0x1b, 0x09, 0x43,
                             0x4f, 0x52, 0x50, 0x2e, 0x54, 0x45, 0x53, 0x54, 0xa2, 0x17, 0x30, 0x15, 0xa0, 0x03, 0x02, 0x01, 0x02, 0xa1,
                             0x0e, 0x30, 0x0c, 0x1b, 0x04, 0x48, 0x54, 0x54, 0x50, 0x1b, 0x04, 0x77, 0x65, 0x62, 0x31, 0xa3, 0x14, 0x30,
                             0x12, 0xa0, 0x03, 0x02, 0x01, 0x12, 0xa1, 0x03, 0x02, 0x01, 0x02, 0xa2, 0x06, 0x04, 0x04, 0xc1, 0xc2, 0xc3,
                             0xc4, 0xa4, 0x0d, 0x30, 0x0b, 0xa0, 0x03, 0x02, 0x01, 0x17, 0xa2, 0x04, 0x04, 0x02, 0xa1, 0xa2};

static void ticket_of_a_known_client(void **state)
{
    struct bench *b = *state;
    uint8_t hash[16];
    ticket_hash(hash, (const uint8_t *)"\xc1\xc2\xc3\xc4", 4);
    ticket_issued(b->tickets, hash, STR("alice"), STR("CORP.TEST"), false);
    say(b, true, (struct str){(const char *)ap, sizeof ap}, sizeof ap);
    done(b, OUTCOME_SUCCESS, 0);
    assert_int_equal(b->last.kind, KIND_TICKET_USE);
    assert_true(str_eq(b->last.actor.name, STR("alice")) && str_eq(b->last.actor.domain, STR("CORP.TEST")));
    SAYS(b, FACT_SPN, "HTTP/web1");
    assert_int_equal(fact(b, FACT_TICKET_HASH).n, 32);
    assert_true(str_eq(auth_who(&b->auth).name, STR("alice")));
}

/* Cut by the capture: never a fault; cut in truth: a fault or less is known, never a wild read. */
static void cut_anywhere(void **state)
{
    struct bench *b = *state;
    struct made t;
    struct str token = authenticate(&t, OF_24("l"), OF_24("n"), STR("alice"), 0);
    const struct str tokens[] = {token, {(const char *)ap, sizeof ap}};
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 0; n < tokens[i].n; n++) {
            b->faults = 0;
            say(b, true, str_sub(tokens[i], 0, n), tokens[i].n);
            assert_int_equal(b->faults, 0);
            say(b, true, str_sub(tokens[i], 0, n), n);
            done(b, OUTCOME_SUCCESS, 0);
            arena_reset(&b->arena);
        }
    say(b, true, str_sub(token, 0, 110), token.n); /* names lie first: they are known although the responses are not */
    done(b, OUTCOME_FAILURE, 0xC000006D);
    assert_true(str_eq(b->last.actor.name, STR("alice")));
    SAYS(b, FACT_LM_PACKAGE, "NTLM V1");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(versions_of_the_proof), TEST(who_is_at_work),    TEST(refusals_without_a_status),
                                       TEST(no_user_is_anonymous),  TEST(responses_of_smb1), TEST(ticket_of_a_known_client),
                                       TEST(cut_anywhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
