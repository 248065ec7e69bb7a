/* decode/net_http.c - HTTP/1.1 as far as identities need it (RFC 9110, RFC 9112), and WinRM in it (MS-WSMV).
 *
 * Of each message only the head is read: the tokens of Negotiate, NTLM and Kerberos (RFC 4559) go to decode/auth.h, of Basic (RFC 7617)
 * the user's name alone is kept. Bodies are skipped: by length, or chunk by chunk, each chunk a message of its own. A body that ends with
 * the connection, and the answer to HEAD, cannot be told without what came before; the wire then looks for the next head. */
#include "base/hash.h"
#include "base/utf.h"
#include "decode/auth.h"

enum { HEAD_MAX = 16384, CHUNK_LINE = 256, BODY_DIGITS = 12 };

struct http {
    struct auth auth;
    struct netref request; /* the latest */
    struct netref basic_ref;
    bool waiting;         /* no answer to it yet */
    bool wsman;           /* it asks the WinRM service to act */
    bool basic;           /* it has a password in clear */
    bool remoted;         /* use of WinRM was told */
    uint64_t told;        /* which Basic user, and how it ended, was told last */
    NETDEC_TEXT(64) user; /* Basic */
    NETDEC_TEXT(96) target;
    NETDEC_TEXT(96) agent;
};

/* ---- what begins a message ---- */

/* RFC 9110 9.3, RFC 4918 9, MS-RPCH 2.1.2.1.1 */
static const struct str methods[] = {
#define X(name) \
    { \
        name " ", sizeof(name) \
    }
    X("GET"),       X("POST"),  X("HEAD"), X("PUT"),  X("DELETE"), X("OPTIONS"), X("CONNECT"), X("PATCH"),  X("TRACE"),       X("PROPFIND"),
    X("PROPPATCH"), X("MKCOL"), X("COPY"), X("MOVE"), X("LOCK"),   X("UNLOCK"),  X("SEARCH"),  X("REPORT"), X("RPC_IN_DATA"), X("RPC_OUT_DATA"),
#undef X
};

static enum claim begins(struct str s, struct str with)
{
    if (s.n && s.p[0] != with.p[0]) /* most of what is asked is no HTTP */
        return CLAIM_NO;
    if (s.n >= with.n)
        return str_starts(s, with) ? CLAIM_YES : CLAIM_NO;
    return str_starts(with, s) ? CLAIM_MORE : CLAIM_NO;
}

/* The target is a path, an absolute address, an authority or an asterisk: RFC 9112 3.2. */
static enum claim request(struct str s)
{
    bool more = false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        enum claim c = begins(s, methods[i]);
        more = more || c == CLAIM_MORE;
        if (c != CLAIM_YES)
            continue;
        if (s.n == methods[i].n)
            return CLAIM_MORE;
        char first = s.p[methods[i].n];
        return first > ' ' && first < 0x7f ? CLAIM_YES : CLAIM_NO;
    }
    return more ? CLAIM_MORE : CLAIM_NO;
}

static enum claim response(struct str s)
{
    return begins(s, STR("HTTP/1."));
}

static enum claim claims(const uint8_t *p, size_t n, bool from_client)
{
    struct str s = {(const char *)p, n};
    return from_client ? request(s) : response(s);
}

/* ---- heads ---- */

/* Where the first line ends with CR LF; -1: nowhere. */
static ptrdiff_t line_end(struct str s)
{
    for (size_t from = 0; from < s.n;) {
        ptrdiff_t feed = str_chr(str_from(s, from), '\n');
        if (feed < 0)
            return -1;
        size_t at = from + (size_t)feed;
        if (at > 0 && s.p[at - 1] == '\r')
            return (ptrdiff_t)at - 1;
        from = at + 1;
    }
    return -1;
}

/* The next line of a head; false at its end. */
static bool line(struct str *head, struct str *out)
{
    ptrdiff_t end = line_end(*head);
    *out = end >= 0 ? str_sub(*head, 0, (size_t)end) : *head;
    *head = end >= 0 ? str_from(*head, (size_t)end + 2) : (struct str){head->p, 0};
    return out->n > 0;
}

/* Cuts a field line into name and value (RFC 9112 5). */
static bool field(struct str l, struct str *name, struct str *value)
{
    ptrdiff_t colon = str_chr(l, ':');
    if (colon <= 0)
        return false;
    *name = str_sub(l, 0, (size_t)colon);
    *value = str_trim(str_from(l, (size_t)colon + 1));
    return true;
}

static unsigned status(struct str first)
{
    uint64_t v = 0;
    return str_starts(first, STR("HTTP/1.")) && str_u64(str_sub(first, 9, 3), &v) && v >= 100 && v <= 999 ? (unsigned)v : 0;
}

/* RFC 9112 6.3: the body's length as far as the head tells it; 0 for chunked ones, whose chunks follow. */
static ptrdiff_t body(struct str head)
{
    struct str l, name, value;
    uint64_t n = 0;
    (void)line(&head, &l);
    unsigned code = status(l);
    if ((code >= 100 && code < 200) || code == 204 || code == 304)
        return 0;
    while (line(&head, &l)) {
        if (!field(l, &name, &value))
            continue;
        if (str_eqi(name, STR("Transfer-Encoding")))
            return 0;
        if (str_eqi(name, STR("Content-Length")) && (value.n > BODY_DIGITS || !str_u64(value, &n)))
            return -1;
    }
    return (ptrdiff_t)n;
}

static int digit(char c)
{
    c = str_lower_char(c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 9112 7.1: size, extensions, data; after the last one trailers and an empty line. */
static ptrdiff_t chunk(struct str s)
{
    size_t digits = 0, size = 0;
    while (digits < s.n && digits < 8 && digit(s.p[digits]) >= 0)
        size = size * 16 + (size_t)digit(s.p[digits++]);
    if (digits == 0)
        return -1;
    if (digits == s.n)
        return 0;
    if (s.p[digits] != '\r' && s.p[digits] != ';')
        return -1;
    ptrdiff_t end = line_end(str_sub(s, 0, CHUNK_LINE));
    if (end < 0)
        return s.n < CHUNK_LINE ? 0 : -1;
    if (size)
        return end + 2 + (ptrdiff_t)size + 2;
    ptrdiff_t last = str_find(str_sub(s, 0, HEAD_MAX), STR("\r\n\r\n"));
    return last >= 0 ? last + 4 : s.n < HEAD_MAX ? 0 : -1;
}

static ptrdiff_t frame(const uint8_t *p, size_t n)
{
    struct str s = {(const char *)p, n};
    enum claim a = request(s), b = response(s);
    if (a == CLAIM_NO && b == CLAIM_NO)
        return chunk(s);
    if (a != CLAIM_YES && b != CLAIM_YES)
        return 0;
    ptrdiff_t end = str_find(str_sub(s, 0, HEAD_MAX), STR("\r\n\r\n"));
    if (end < 0)
        return n < HEAD_MAX ? 0 : -1;
    ptrdiff_t more = body(str_sub(s, 0, (size_t)end));
    return more < 0 ? -1 : end + 4 + more;
}

/* ---- credentials ---- */

/* RFC 4648 4: a character's digit, and one more; 0 is no digit. */
static const uint8_t base64_digit[256] = {
    ['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,
    ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* Up to the first character that is none of it; the last bits of a text that was cut are left out. */
static struct str base64(struct decode *d, struct str s)
{
    uint8_t *out = arena_alloc(d->arena, s.n / 4 * 3 + 3);
    uint32_t bits = 0;
    size_t n = 0, got = 0;
    for (size_t i = 0; out && i < s.n && s.p[i] != '='; i++) {
        uint32_t digit = base64_digit[(uint8_t)s.p[i]];
        if (!digit)
            break;
        bits = bits << 6 | (digit - 1);
        got++;
        if (got % 4 != 1)
            out[n++] = (uint8_t)(bits >> (got % 4 == 2 ? 4 : got % 4 == 3 ? 2 : 0));
    }
    return out ? (struct str){(const char *)out, n} : STR_NONE;
}

static void basic(struct decode *d, const struct flow *f, const struct message *m, struct http *h, struct str token)
{
    struct str both = base64(d, token);
    ptrdiff_t colon = str_chr(both, ':');
    if (colon <= 0 || !m->from_client)
        return;
    netdec_keep(&h->user, utf_clean(d->arena, str_sub(both, 0, (size_t)colon)));
    netdec_ref(f, m, 1, &h->basic_ref);
    h->basic = true;
}

/* One field of Authorization, WWW-Authenticate or their kind: a scheme and perhaps a token (RFC 9110 11.4). */
static void credentials(struct decode *d, const struct flow *f, const struct message *m, struct http *h, struct str value)
{
    struct str scheme, token = value;
    if (!str_cut(&token, ' ', &scheme) || !str_set(token))
        return;
    token = str_trim(token);
    if (str_eqi(scheme, STR("Basic"))) {
        basic(d, f, m, h, token);
        return;
    }
    if (!str_eqi(scheme, STR("Negotiate")) && !str_eqi(scheme, STR("NTLM")) && !str_eqi(scheme, STR("Kerberos")))
        return;
    struct str bytes = base64(d, token);
    struct fault fault;
    if (bytes.n)
        auth_token(d, f, m, &h->auth, rd_of(bytes.p, bytes.n, &fault));
}

/* ---- what comes of it ---- */

static void emit_basic(struct decode *d, const struct flow *f, struct http *h, enum outcome outcome)
{
    struct str user = netdec_kept(&h->user);
    uint64_t what = hash_str(user, (uint64_t)outcome + 1);
    h->basic = false;
    if (h->told == what) /* each request says it again */
        return;
    h->told = what;
    struct activity *a = netdec_begin(d, f, &h->basic_ref, KIND_CREDENTIALS_VALIDATION, PROTO_HTTP);
    decode_account(&a->actor, user);
    decode_agent(d, netdec_kept(&h->agent));
    decode_str(d, FACT_AUTH_PACKAGE, STR("Basic"));
    decode_u64(d, FACT_CLEAR_TEXT, 1);
    decode_str(d, FACT_CARRIER, STR("HTTP"));
    a->outcome = outcome;
    (void)decode_emit(d);
}

static void emit_wsman(struct decode *d, const struct flow *f, struct http *h, enum outcome outcome, unsigned code)
{
    struct activity *a = netdec_begin(d, f, &h->request, KIND_POWERSHELL_REMOTING, PROTO_WINRM);
    if (h->user.n)
        decode_account(&a->actor, netdec_kept(&h->user));
    else
        a->actor = auth_claimed(&h->auth);
    a->destination = h->auth.server_dns.n ? netdec_kept(&h->auth.server_dns) : netdec_kept(&h->auth.server_name);
    decode_agent(d, netdec_kept(&h->agent));
    decode_str(d, FACT_OPERATION, str_fmt(d->arena, "POST %.*s", STR_ARG(netdec_kept(&h->target))));
    decode_str(d, FACT_AUTH_PACKAGE, h->user.n ? STR("Basic") : h->auth.mech == AUTH_NTLM ? STR("NTLM") : h->auth.mech ? STR("Kerberos") : STR_NONE);
    a->outcome = outcome;
    a->has_code = code != 0;
    a->code = code;
    h->remoted = outcome == OUTCOME_SUCCESS;
    (void)decode_emit(d);
}

/* The service's own path, with or without PSVersion; event forwarding posts to paths below it (MS-WSMV 2.2.4.36, 3.1.4). */
static bool wsman(struct str target)
{
    ptrdiff_t query = str_chr(target, '?');
    return str_eqi(query >= 0 ? str_sub(target, 0, (size_t)query) : target, STR("/wsman"));
}

/* No answer came before the next request or the end. */
static void unanswered(struct decode *d, struct flow *f)
{
    struct http *h = f->state;
    if (h->basic)
        emit_basic(d, f, h, OUTCOME_UNKNOWN);
    auth_abandon(d, f, &h->auth, "HTTP");
    h->waiting = false;
}

static void on_request(struct decode *d, struct flow *f, const struct message *m, struct str head)
{
    struct http *h = f->state;
    struct str first, l, name, value, method, target;
    if (h->waiting)
        unanswered(d, f);
    (void)line(&head, &first);
    (void)str_cut(&first, ' ', &method);
    (void)str_cut(&first, ' ', &target);
    h->waiting = true;
    h->wsman = str_eq(method, STR("POST")) && wsman(target);
    h->user.n = h->agent.n = 0;
    netdec_ref(f, m, 0, &h->request);
    netdec_keep(&h->target, utf_clean(d->arena, target));
    while (line(&head, &l)) {
        if (!field(l, &name, &value))
            continue;
        if (str_eqi(name, STR("Authorization")) || str_eqi(name, STR("Proxy-Authorization")))
            credentials(d, f, m, h, value);
        else if (str_eqi(name, STR("User-Agent")))
            netdec_keep(&h->agent, utf_clean(d->arena, value));
    }
}

/* Any answer but "prove who you are" (RFC 9110 15.5.2, 15.5.8) says that the proof was taken, whatever became of the request. */
static void verdict(struct decode *d, const struct flow *f, struct http *h, unsigned code)
{
    bool refused = code == 401 || code == 407, proof = h->auth.proof || h->basic;
    enum outcome outcome = refused ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    struct auth_result r = {.outcome = outcome, .has_code = true, .code = code, .carrier = "HTTP"};
    if (h->basic)
        emit_basic(d, f, h, outcome);
    if (h->auth.proof)
        auth_done(d, f, &h->auth, &r);
    bool worked = code >= 200 && code < 300;
    if (h->wsman && !h->remoted && (proof || worked))
        emit_wsman(d, f, h, worked ? OUTCOME_SUCCESS : OUTCOME_FAILURE, code);
}

static void on_response(struct decode *d, struct flow *f, const struct message *m, struct str head)
{
    struct http *h = f->state;
    struct str l, name, value;
    (void)line(&head, &l);
    unsigned code = status(l);
    if (code < 200) /* more to come */
        return;
    if (h->waiting)
        verdict(d, f, h, code);
    h->waiting = false;
    while (line(&head, &l))
        if (field(l, &name, &value) && (str_eqi(name, STR("WWW-Authenticate")) || str_eqi(name, STR("Proxy-Authenticate"))))
            credentials(d, f, m, h, value);
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct str s = {(const char *)m->p, m->n};
    if (claims(m->p, m->n, m->from_client) != CLAIM_YES)
        return; /* a chunk */
    ptrdiff_t end = str_find(str_sub(s, 0, HEAD_MAX), STR("\r\n\r\n"));
    struct message head = *m;
    if (end >= 0) /* the head is there: that the body is not all there does not matter */
        head.n = head.whole = (size_t)end + 2;
    s.n = head.n;
    if (m->from_client)
        on_request(d, f, &head, s);
    else
        on_response(d, f, &head, s);
}

const struct netdecoder net_http = {
    .name = "http",
    .about = "HTTP/1.1: who authenticates with Negotiate, NTLM, Kerberos or Basic, and use of WinRM (PowerShell remoting).",
    .tcp = {80, 5985, 8080, 47001},
    .state_size = sizeof(struct http),
    .head = HEAD_MAX,
    .claims = claims,
    .frame = frame,
    .message = message,
    .end = unanswered,
};
