/* fuzz/fuzz_auth.c - any tokens of both sides to one authentication: SPNEGO, NTLM and Kerberos without the carrier's own framing. */
#include "decode/auth.h"
#include "fuzz/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The server's tokens carry its verdict in their last byte. */
static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct fault fault;
    struct message cut = *m;
    uint8_t last = m->n ? m->p[m->n - 1] : 0;
    cut.whole += last & 1;
    auth_token(d, f, &cut, f->state, rd_of(m->p, m->n, &fault));
    struct auth_result r = {.outcome = last & 2 ? OUTCOME_SUCCESS : OUTCOME_FAILURE, .has_code = last & 4, .code = 0xC000006D, .carrier = "SMB"};
    if (!m->from_client && last & 8)
        auth_done(d, f, f->state, &r);
}

static void end(struct decode *d, struct flow *f)
{
    auth_abandon(d, f, f->state, "SMB");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct netdecoder tokens = {.name = "tokens", .state_size = sizeof(struct auth), .message = message, .end = end};
    fuzz_conversation(&tokens, data, size);
    return 0;
}
