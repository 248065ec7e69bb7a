/* net/ldapc.c - an LDAP client for directories, over libldap. */
#include "net/ldapc.h"

#include "base/arena.h"
#include "net/tlswhy.h"

#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define SYSTEM_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"

enum { MAX_MESSAGE = 64 << 20, MAX_CONTROLS = 4 };

struct ldapc {
    LDAP *ld;
    struct arena entry; /* of the entry that is being given */
    struct timeval limit;
    struct berval cookie; /* of the last DirSync answer */
    char server[256];
    char why[LDAPC_WHY];
};

/* ---- saying what went wrong ---- */

/* The reason inside "AcceptSecurityContext error, data 52e" (MS-ADTS 3.1.1.3.1.9, Win32 error in hexadecimal). */
static const char *bind_advice(const char *diagnostic)
{
    static const struct {
        const char *data, *text;
    } reasons[] = {{"data 525", "no such account"},
                   {"data 52e", "wrong name or password"},
                   {"data 530", "not allowed to log on at this hour"},
                   {"data 531", "not allowed to log on from this computer"},
                   {"data 532", "the password has expired"},
                   {"data 533", "the account is disabled"},
                   {"data 568", "too many groups"},
                   {"data 701", "the account has expired"},
                   {"data 773", "the password must be changed first"},
                   {"data 775", "the account is locked"}};
    for (size_t i = 0; diagnostic && i < sizeof reasons / sizeof *reasons; i++)
        if (strstr(diagnostic, reasons[i].data))
            return reasons[i].text;
    return "wrong name or password";
}

static const char *advice(int code, const char *diagnostic)
{
    if (code == LDAP_INVALID_CREDENTIALS)
        return bind_advice(diagnostic);
    if (code == LDAP_STRONG_AUTH_REQUIRED || code == LDAP_CONFIDENTIALITY_REQUIRED)
        return "the server wants an encrypted connection: use ldaps://, or ldap:// with StartTLS";
    if (code == LDAP_TIMEOUT)
        return "no answer in time";
    if (code == LDAP_SERVER_DOWN || code == LDAP_CONNECT_ERROR)
        return "the connection broke";
    if (code == LDAP_INSUFFICIENT_ACCESS)
        return "the account lacks the right";
    if (code == LDAP_REFERRAL)
        return "this server does not hold it; name the server that does";
    return NULL;
}

static int code_of(int code)
{
    if (code == LDAP_NO_MEMORY)
        return ERR_MEMORY;
    if (code == LDAP_TIMEOUT || code == LDAP_SERVER_DOWN || code == LDAP_CONNECT_ERROR || code == LDAP_UNAVAILABLE || code == LDAP_BUSY)
        return ERR_IO;
    if (code == LDAP_INVALID_CREDENTIALS || code == LDAP_NO_SUCH_OBJECT || code == LDAP_REFERRAL)
        return ERR_USAGE;
    return ERR_UNSUPPORTED;
}

/* `referred` is where the server sends us to, or NULL. */
static int failed(struct ldapc *c, const char *step, int code, const char *referred)
{
    char *diagnostic = NULL;
    (void)ldap_get_option(c->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    const char *what = advice(code, diagnostic);
    (void)snprintf(c->why, sizeof c->why, "%s: %s: %s%s%s (%s%s%.200s)", c->server, step, what ? what : ldap_err2string(code), referred ? ": " : "",
                   referred ? referred : "", what ? ldap_err2string(code) : "LDAP", diagnostic && *diagnostic ? ", " : "",
                   diagnostic ? diagnostic : "");
    ldap_memfree(diagnostic);
    return code_of(code);
}

/* ---- connecting ---- */

/* Kerberos needs no answers from a person. */
static int no_questions(LDAP *ld, unsigned flags, void *defaults, void *in)
{
    (void)ld, (void)flags, (void)defaults, (void)in;
    return LDAP_SUCCESS;
}

static int set_options(struct ldapc *c, const struct ldapc_options *o)
{
    const int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, client = 0, tls = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    const char *authorities = o->ca_file ? o->ca_file : SYSTEM_AUTHORITIES;
    ber_len_t most = MAX_MESSAGE;
    Sockbuf *wire = NULL;
    int bad = 0;
    bad |= ldap_set_option(c->ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    bad |= ldap_set_option(c->ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    bad |= ldap_set_option(c->ld, LDAP_OPT_NETWORK_TIMEOUT, &c->limit);
    bad |= ldap_set_option(c->ld, LDAP_OPT_TIMEOUT, &c->limit);
    bad |= ldap_set_option(c->ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    bad |= ldap_set_option(c->ld, LDAP_OPT_X_TLS_CACERTFILE, authorities);
    bad |= ldap_set_option(c->ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &tls);
    bad |= ldap_set_option(c->ld, LDAP_OPT_X_TLS_NEWCTX, &client);
    if (bad) {
        (void)snprintf(c->why, sizeof c->why, "%s: TLS cannot be set up: no certificate of an authority can be read from %s (PEM)", c->server,
                       authorities);
        return ERR_USAGE;
    }
    if (ldap_get_option(c->ld, LDAP_OPT_SOCKBUF, &wire) == 0 && wire)
        (void)ber_sockbuf_ctrl(wire, LBER_SB_OPT_SET_MAX_INCOMING, &most);
    return 0;
}

static int authenticate(struct ldapc *c, const struct ldapc_options *o)
{
    char step[300];
    if (!o->bind_name) {
        if (!o->plain || ldap_tls_inplace(c->ld)) /* AD takes one of TLS and sealing, not both (MS-ADTS 5.1.1.1.2) */
            (void)ldap_set_option(c->ld, LDAP_OPT_X_SASL_SECPROPS, "maxssf=0");
        int code = ldap_sasl_interactive_bind_s(c->ld, NULL, "GSSAPI", NULL, NULL, LDAP_SASL_QUIET, no_questions, NULL);
        return code ? failed(c, "Kerberos bind", code, NULL) : 0;
    }
    struct berval password = {o->password.n, (char *)(uintptr_t)o->password.p};
    int code = ldap_sasl_bind_s(c->ld, o->bind_name, LDAP_SASL_SIMPLE, &password, NULL, NULL, NULL);
    (void)snprintf(step, sizeof step, "bind as %.250s", o->bind_name);
    return code ? failed(c, step, code, NULL) : 0;
}

/* A connection that does not come about: libldap says only that, so ask again what it is. */
static int unreachable(struct ldapc *c, const struct ldapc_options *o, const LDAPURLDesc *u, int code)
{
    bool ldaps = strcasecmp(u->lud_scheme, "ldaps") == 0;
    char reason[300];
    const struct tlswhy_target t = {.host = u->lud_host,
                                    .port = (unsigned)u->lud_port,
                                    .ca_file = o->ca_file ? o->ca_file : SYSTEM_AUTHORITIES,
                                    .tls = ldaps || !o->plain,
                                    .ldap_starttls = !ldaps,
                                    .timeout = o->timeout};
    tlswhy(&t, reason, sizeof reason);
    if (!*reason)
        return failed(c, "connecting", code, NULL);
    (void)snprintf(c->why, sizeof c->why, "%s: connecting: %s", c->server, reason);
    return ERR_IO;
}

static int dial(struct ldapc *c, const struct ldapc_options *o, const LDAPURLDesc *u)
{
    bool ldaps = strcasecmp(u->lud_scheme, "ldaps") == 0;
    int code = ldap_initialize(&c->ld, c->server);
    if (code)
        return code == LDAP_NO_MEMORY ? ERR_MEMORY : ERR_USAGE;
    int err = set_options(c, o);
    if (err)
        return err;
    code = ldaps || !o->plain ? 0 : ldap_connect(c->ld);
    if (ldaps)
        code = ldap_connect(c->ld);
    else if (!o->plain)
        code = ldap_start_tls_s(c->ld, NULL, NULL);
    return code ? unreachable(c, o, u, code) : authenticate(c, o);
}

int ldapc_open(const struct ldapc_options *o, struct ldapc **out, char why[LDAPC_WHY])
{
    LDAPURLDesc *u = NULL;
    struct ldapc *c = calloc(1, sizeof *c);
    int err = c ? 0 : ERR_MEMORY;
    if (!err && (ldap_url_parse(o->url, &u) != 0 || !u->lud_host || !*u->lud_host || strcasecmp(u->lud_scheme, "ldapi") == 0)) {
        (void)snprintf(c->why, sizeof c->why, "%.200s: a server is named as ldaps://host[:port] or ldap://host[:port]", o->url);
        err = ERR_USAGE;
    }
    if (!err) {
        (void)snprintf(c->server, sizeof c->server, "%s://%.200s:%d", u->lud_scheme, u->lud_host, u->lud_port);
        c->limit.tv_sec = o->timeout;
        arena_init(&c->entry, 65536, MAX_MESSAGE);
        err = dial(c, o, u);
    }
    ldap_free_urldesc(u);
    if (err) {
        (void)snprintf(why, LDAPC_WHY, "%s", c && *c->why ? c->why : err_text(err));
        ldapc_close(c);
        return err;
    }
    *out = c;
    return 0;
}

void ldapc_close(struct ldapc *c)
{
    if (!c)
        return;
    if (c->ld)
        (void)ldap_unbind_ext_s(c->ld, NULL, NULL);
    ber_memfree(c->cookie.bv_val);
    arena_free(&c->entry);
    free(c);
}

const char *ldapc_why(const struct ldapc *c)
{
    return c->why;
}

/* ---- searching ---- */

struct search {
    struct ldapc *c;
    const struct ldapc_query *q;
    ldapc_each *each;
    void *owner;
    LDAPControl *controls[MAX_CONTROLS + 1];
    unsigned ncontrols;
    LDAPControl **answer; /* of the final message */
};

static int add_control(struct search *s, LDAPControl *control, int code)
{
    if (code)
        return failed(s->c, "preparing a search", code, NULL);
    control->ldctl_iscritical = 1;
    s->controls[s->ncontrols++] = control;
    return 0;
}

static int add_page(struct search *s, struct berval *cookie)
{
    LDAPControl *x = NULL;
    int code = ldap_create_page_control(s->c->ld, (ber_int_t)s->q->page, cookie, 1, &x);
    return add_control(s, x, code);
}

static int add_dirsync(struct search *s, struct berval *cookie)
{
    enum { BYTES = 1 << 20 }; /* of one answer */
    LDAPControl *x = NULL;
    int code = ldap_create_dirsync_control(s->c->ld, 0, BYTES, cookie, &x);
    return add_control(s, x, code);
}

static int add_common(struct search *s)
{
    LDAPControl *deleted = NULL, *identities = NULL;
    int err = 0;
    if (s->q->deleted) {
        int code = ldap_create_show_deleted_control(s->c->ld, &deleted);
        err = add_control(s, deleted, code);
    }
    if (!err && s->q->identities) {
        int code = ldap_create_extended_dn_control(s->c->ld, 1, &identities);
        err = add_control(s, identities, code);
    }
    return err;
}

static void free_controls(struct search *s)
{
    for (unsigned i = 0; i < s->ncontrols; i++)
        ldap_control_free(s->controls[i]);
    memset(s->controls, 0, sizeof s->controls);
    s->ncontrols = 0;
}

static struct str text_of(struct berval b)
{
    return (struct str){b.bv_val, b.bv_len};
}

static int take_values(struct ldapc *c, struct ldapc_attribute *a, const struct berval *values)
{
    while (values && values[a->n].bv_val)
        a->n++;
    struct str *list = arena_alloc(&c->entry, (a->n + 1) * sizeof *list);
    for (size_t i = 0; list && i < a->n; i++)
        list[i] = text_of(values[i]);
    a->values = list;
    return list ? 0 : ERR_MEMORY;
}

enum { MAX_ATTRIBUTES = 64 };

/* Texts stay in the message; only the lists of them are ours. */
static int give(struct search *s, LDAPMessage *m)
{
    struct ldapc_attribute attributes[MAX_ATTRIBUTES];
    struct ldapc_entry e = {.attributes = attributes};
    BerElement *ber = NULL;
    struct berval dn, name, *values;
    arena_reset(&s->c->entry);
    int code = ldap_get_dn_ber(s->c->ld, m, &ber, &dn), err = 0;
    if (code) {
        ber_free(ber, 0);
        return failed(s->c, "reading an entry", code, NULL);
    }
    e.dn = text_of(dn);
    while (!err && (code = ldap_get_attribute_ber(s->c->ld, m, ber, &name, &values)) == 0 && name.bv_val) {
        if (e.n < MAX_ATTRIBUTES) {
            attributes[e.n] = (struct ldapc_attribute){.name = text_of(name)};
            err = take_values(s->c, &attributes[e.n++], values);
        }
        ber_memfree(values);
    }
    if (!err)
        err = code ? failed(s->c, "reading an entry", code, NULL) : s->each(s->owner, &e);
    ber_free(ber, 0);
    return err;
}

static int finish(struct search *s, LDAPMessage *m)
{
    char step[300], **referrals = NULL;
    int code = 0, parsed = ldap_parse_result(s->c->ld, m, &code, NULL, NULL, &referrals, &s->answer, 0);
    (void)snprintf(step, sizeof step, "search of %.250s", *s->q->base ? s->q->base : "the root");
    int err = parsed || code ? failed(s->c, step, parsed ? parsed : code, referrals ? referrals[0] : NULL) : 0;
    ber_memvfree((void **)referrals);
    return err;
}

/* One request and all its answers. Search references to other domains are left alone: each domain is asked by itself. */
static int request(struct search *s)
{
    struct ldapc *c = s->c;
    int id, code, err = 0;
    bool over = false;
    ldap_controls_free(s->answer);
    s->answer = NULL;
    code = ldap_search_ext(c->ld, s->q->base, s->q->scope == LDAPC_BASE ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE, s->q->filter,
                           (char **)(uintptr_t)s->q->attributes, 0, s->controls, NULL, NULL, 0, &id);
    if (code)
        return failed(c, "sending a search", code, NULL);
    while (!over && !err) {
        LDAPMessage *m = NULL;
        struct timeval limit = c->limit;
        int type = ldap_result(c->ld, id, LDAP_MSG_ONE, &limit, &m);
        if (type <= 0) {
            if (type < 0)
                (void)ldap_get_option(c->ld, LDAP_OPT_RESULT_CODE, &code);
            err = failed(c, "waiting for a search's answer", type == 0 ? LDAP_TIMEOUT : code, NULL);
        } else if (type == LDAP_RES_SEARCH_ENTRY) {
            err = give(s, m);
        } else if (type == LDAP_RES_SEARCH_RESULT) {
            err = finish(s, m);
            over = true;
        }
        ldap_msgfree(m);
    }
    if (!over)
        (void)ldap_abandon_ext(c->ld, id, NULL, NULL);
    return err;
}

/* Where the next page begins; empty at the end. */
static int page_cookie(struct search *s, struct berval *cookie)
{
    LDAPControl *x = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, s->answer, NULL);
    ber_int_t estimate;
    ber_memfree(cookie->bv_val);
    *cookie = (struct berval){0};
    int code = x ? ldap_parse_pageresponse_control(s->c->ld, x, &estimate, cookie) : 0;
    return code ? failed(s->c, "reading a page's end", code, NULL) : 0;
}

int ldapc_search(struct ldapc *c, const struct ldapc_query *q, ldapc_each *each, void *owner)
{
    struct search s = {.c = c, .q = q, .each = each, .owner = owner};
    struct berval cookie = {0};
    int err;
    do {
        err = add_common(&s);
        if (!err && q->page)
            err = add_page(&s, &cookie);
        if (!err)
            err = request(&s);
        if (!err)
            err = page_cookie(&s, &cookie);
        free_controls(&s);
    } while (!err && cookie.bv_len);
    ldap_controls_free(s.answer);
    ber_memfree(cookie.bv_val);
    return err;
}

static int dirsync_cookie(struct search *s, int *more)
{
    LDAPControl *x = ldap_control_find(LDAP_CONTROL_X_DIRSYNC, s->answer, NULL);
    struct berval next = {0};
    int code = x ? ldap_parse_dirsync_control(s->c->ld, x, more, &next) : LDAP_PROTOCOL_ERROR;
    if (code)
        return failed(s->c, "reading the DirSync cookie", code, NULL);
    if (*more && ber_bvcmp(&next, &s->c->cookie) == 0) {
        ber_memfree(next.bv_val);
        return failed(s->c, "DirSync: the server promises more and does not go on", LDAP_PROTOCOL_ERROR, NULL);
    }
    ber_memfree(s->c->cookie.bv_val);
    s->c->cookie = next;
    return 0;
}

int ldapc_dirsync(struct ldapc *c, const struct ldapc_query *q, struct str cookie, struct str *next, ldapc_each *each, void *owner)
{
    struct search s = {.c = c, .q = q, .each = each, .owner = owner};
    struct berval given = {cookie.n, (char *)(uintptr_t)(cookie.n ? cookie.p : "")};
    struct berval *copy = ber_bvdup(&given);
    int err = copy ? 0 : ERR_MEMORY, more = 0;
    if (copy) {
        ber_memfree(c->cookie.bv_val);
        c->cookie = *copy;
        ber_memfree(copy);
    }
    while (!err) {
        err = add_common(&s);
        if (!err)
            err = add_dirsync(&s, &c->cookie);
        if (!err)
            err = request(&s);
        if (!err)
            err = dirsync_cookie(&s, &more);
        free_controls(&s);
        if (!more)
            break;
    }
    ldap_controls_free(s.answer);
    if (!err)
        *next = text_of(c->cookie);
    return err;
}

/* ---- changing ---- */

/* RFC 4752 3.3: a layer of more than one bit of strength encrypts. */
static bool sealed(struct ldapc *c)
{
    ber_len_t strength = 0;
    return ldap_tls_inplace(c->ld) || (ldap_get_option(c->ld, LDAP_OPT_X_SASL_SSF, &strength) == 0 && strength > 1);
}

int ldapc_change(struct ldapc *c, const struct ldapc_change *x)
{
    char step[300];
    struct berval was = {x->was.n, (char *)(uintptr_t)x->was.p}, now = {x->now.n, (char *)(uintptr_t)x->now.p};
    struct berval *old[] = {&was, NULL}, *new[] = {&now, NULL};
    LDAPMod take = {.mod_op = LDAP_MOD_DELETE | LDAP_MOD_BVALUES, .mod_type = (char *)(uintptr_t)x->attribute, .mod_bvalues = old};
    LDAPMod put = {.mod_op = (str_set(x->was) ? LDAP_MOD_ADD : LDAP_MOD_REPLACE) | LDAP_MOD_BVALUES, .mod_type = (char *)(uintptr_t)x->attribute, .mod_bvalues = new};
    LDAPMod *both[] = {&take, &put, NULL}, *one[] = {&put, NULL};
    if (!sealed(c)) {
        (void)snprintf(c->why, sizeof c->why, "%s: changes are made over encrypted connections only: use ldaps://, StartTLS or Kerberos", c->server);
        return ERR_USAGE;
    }
    int code = ldap_modify_ext_s(c->ld, x->dn, str_set(x->was) ? both : one, NULL, NULL);
    (void)snprintf(step, sizeof step, "writing %s of %.200s", x->attribute, x->dn);
    int err = code ? failed(c, step, code, NULL) : 0;
    return code == LDAP_NO_SUCH_ATTRIBUTE && str_set(x->was) ? ERR_NOT_FOUND : err;
}
