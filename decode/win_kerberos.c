/* decode/win_kerberos.c - tickets that a controller issued, renewed or refused: 4768 to 4773.
 *
 * The actor is the client of the exchange. Sources of the field meanings: Windows security auditing
 * events 4768, 4769, 4770, 4771, 4772, 4773; numbers of RFC 4120 and the IANA Kerberos registry. */
#include "decode/winevent.h"
#include "decode/winstatus.h"
#include "decode/wintext.h"

#define NO_ETYPE UINT64_C(0xFFFFFFFF) /* what failed requests carry instead of an encryption type */

static void etype(struct decode *d, struct winevent *e, enum fact_key key, enum winfield f)
{
    uint64_t v = win_u64(e, f, NO_ETYPE);
    if (v != NO_ETYPE)
        decode_u64(d, key, v);
}

/* 4769 and 4770 name the client user@REALM; 4768 and 4771 name the user alone, or its enterprise name. */
static void client(struct decode *d, struct winevent *e, enum winfield sid, bool with_realm)
{
    struct account *a = &d->act.actor;
    win_account(a, e, sid, WF_TargetUserName, WF_TargetDomainName);
    ptrdiff_t at = str_rchr(a->upn, '@');
    if (!with_realm || at <= 0)
        return;
    struct str name = str_sub(a->upn, 0, (size_t)at), realm = str_from(a->upn, (size_t)at + 1);
    a->upn = STR_NONE;
    if (str_chr(name, '@') > 0)
        a->upn = name;
    else
        a->name = name;
    if (!str_set(a->domain) && realm.n)
        a->domain = realm;
}

static void service(struct decode *d, struct winevent *e)
{
    struct str spn = str_trim(win_str(e, WF_ServiceName));
    if (!spn.n)
        return;
    struct object *o = decode_object(d, OBJECT_SERVICE, ROLE_RESOURCE, spn);
    struct account a;
    win_account(&a, e, WF_ServiceSid, WF_NONE, WF_NONE);
    if (o)
        o->ref.sid = a.sid;
    decode_str(d, FACT_SPN, spn);
}

/* The controller's names of encryption types; their numbers in the IANA Kerberos registry. */
static const struct {
    struct str name, number;
} etypes[] = {
#define X(name, number) {{name, sizeof(name) - 1}, {number, sizeof(number) - 1}}
    X("AES256-CTS-HMAC-SHA1-96", "18"),    X("AES128-CTS-HMAC-SHA1-96", "17"), X("AES256-CTS-HMAC-SHA384-192", "20"),
    X("AES128-CTS-HMAC-SHA256-128", "19"), X("RC4-HMAC-NT", "23"),             X("RC4-HMAC-NT-EXP", "24"),
    X("RC4-HMAC-OLD", "-133"),             X("RC4-HMAC-OLD-EXP", "-135"),      X("RC4-MD4", "-128"),
    X("DES-CBC-MD5", "3"),                 X("DES-CBC-CRC", "1")
#undef X
};

/* What the client offered, as numbers in its order; a name that is not known stays a name. */
static struct str offered(struct decode *d, struct str list)
{
    struct str words = wintext_words(d->arena, list), word;
    char *out = words.n ? arena_alloc(d->arena, words.n) : NULL; /* no number is longer than its name */
    size_t n = 0;
    while (out && str_cut(&words, ' ', &word)) {
        while (word.n && word.p[word.n - 1] == ',')
            word.n--;
        for (size_t i = 0; i < sizeof etypes / sizeof *etypes; i++)
            if (str_eqi(word, etypes[i].name))
                word = etypes[i].number;
        if (n)
            out[n++] = ' ';
        memcpy(out + n, word.p, word.n);
        n += word.n;
    }
    return n ? (struct str){out, n} : STR_NONE;
}

static void common(struct decode *d, struct winevent *e)
{
    d->act.protocol = PROTO_KERBEROS;
    winevent_address(d, e);
    service(d, e);
    winevent_number(d, e, FACT_TICKET_OPTIONS, WF_TicketOptions);
    etype(d, e, FACT_TICKET_ETYPE, WF_TicketEncryptionType);
    etype(d, e, FACT_SESSION_ETYPE, WF_SessionKeyEncryptionType);
    etype(d, e, FACT_PREAUTH_ETYPE, WF_PreAuthEncryptionType);
    winevent_number(d, e, FACT_PREAUTH_TYPE, WF_PreAuthType);
    decode_str(d, FACT_CLIENT_ETYPES, offered(d, win_str(e, WF_ClientAdvertizedEncryptionTypes)));
    winevent_text(d, e, FACT_CERT_ISSUER, WF_CertIssuerName);
    winevent_text(d, e, FACT_TRANSITED, WF_TransmittedServices);
    decode_str(d, FACT_LOGON_GUID, winevent_guid(d, e, WF_LogonGuid));
}

/* 4772 and 4773 call the code FailureCode. */
static void result(struct decode *d, struct winevent *e)
{
    winevent_status(d, e, WF_FailureCode);
    winevent_status(d, e, WF_Status);
    struct activity *a = &d->act;
    if (a->outcome != OUTCOME_FAILURE)
        return;
    if (a->has_code && a->code) {
        decode_u64(d, FACT_ERROR_CODE, a->code);
        decode_str(d, FACT_FAILURE_REASON, winstatus_kerberos(a->code));
    }
}

static int tgt(struct decode *d, struct winevent *e)
{
    winevent_begin(d, e, KIND_CREDENTIALS_VALIDATION);
    client(d, e, WF_TargetSid, false);
    common(d, e);
    result(d, e);
    return decode_emit(d);
}

static int service_ticket(struct decode *d, struct winevent *e)
{
    winevent_begin(d, e, KIND_RESOURCE_ACCESS);
    client(d, e, WF_NONE, true);
    common(d, e);
    result(d, e);
    return decode_emit(d);
}

static int renewal(struct decode *d, struct winevent *e)
{
    winevent_begin(d, e, KIND_TICKET_RENEWAL);
    client(d, e, WF_NONE, true);
    common(d, e);
    return decode_emit(d);
}

static const struct winrow rows[] = {{4768, NULL, tgt},     {4769, NULL, service_ticket}, {4770, NULL, renewal}, {4771, NULL, tgt},
                                     {4772, NULL, tgt},     {4773, NULL, service_ticket}, {0, NULL, NULL}};

const struct winmap win_kerberos = {rows};
