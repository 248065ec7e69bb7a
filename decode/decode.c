/* decode/decode.c - building activities, and the small things that many logs share. */
#include "decode/decode.h"

#include "base/hash.h"

struct activity *decode_begin(struct decode *d, enum kind kind)
{
    d->act = (struct activity){.kind = kind, .time = TIME_NONE, .origin = d->origin, .objects = d->objects, .facts = d->facts};
    return &d->act;
}

static struct fact *fact(struct decode *d, enum fact_key key, enum fact_type type)
{
    if (d->act.nfacts == ACTIVITY_FACTS)
        return NULL;
    struct fact *f = &d->facts[d->act.nfacts++];
    f->key = (uint16_t)key;
    f->type = (uint16_t)type;
    return f;
}

void decode_str(struct decode *d, enum fact_key key, struct str s)
{
    struct fact *f = str_set(s) ? fact(d, key, FACT_TYPE_STR) : NULL;
    if (f)
        f->s = s;
}

void decode_u64(struct decode *d, enum fact_key key, uint64_t v)
{
    struct fact *f = fact(d, key, fact_type(key));
    if (f)
        f->u = v;
}

struct object *decode_object(struct decode *d, enum object_type type, enum object_role role, struct str name)
{
    if (d->act.nobjects == ACTIVITY_OBJECTS)
        return NULL;
    struct object *o = &d->objects[d->act.nobjects++];
    *o = (struct object){.type = type, .role = role, .ref = {.name = name}};
    return o;
}

void decode_id(struct decode *d, const struct str *parts, size_t n)
{
    hash_id(d->act.id, parts, n);
}

int decode_emit(struct decode *d)
{
    if (d->act.time == TIME_NONE)
        return decode_fault(d, "the record has no readable time", 0);
    return d->emit(d, &d->act);
}

void decode_ignored(struct decode *d, struct str what)
{
    d->ignored(d, what);
}

void decode_unread(struct decode *d, enum unread what, uint64_t record)
{
    if (d->unread)
        d->unread(d, what, record);
    d->ignored(d, str_of(unread_info[what].text));
}

int decode_fault(struct decode *d, const char *why, uint64_t offset)
{
    d->fault(d, &(struct fault){why, offset});
    return ERR_MALFORMED;
}

bool decode_none(struct str s)
{
    switch (s.n) {
    case 0: return true;
    case 1: return s.p[0] == '-';
    case 3: return memcmp(s.p, "N/A", 3) == 0;
    case 4: return memcmp(s.p, "null", 4) == 0;
    case 6: return memcmp(s.p, "(null)", 6) == 0;
    case 8: return memcmp(s.p, "NULL SID", 8) == 0;
    default: return false;
    }
}

void decode_account(struct account *a, struct str s)
{
    s = decode_some(str_trim(s));
    if (!str_set(s))
        return;
    ptrdiff_t slash = str_chr(s, '\\');
    if (str_starts(s, STR("S-1-"))) {
        a->sid = s;
    } else if (slash > 0) {
        a->domain = str_sub(s, 0, (size_t)slash);
        a->name = str_from(s, (size_t)slash + 1);
    } else if (str_chr(s, '@') > 0) {
        a->upn = s;
    } else {
        a->name = s;
    }
}

void decode_ip(struct decode *d, struct str s)
{
    (void)ip_parse(s, &d->act.ip, &d->act.port);
}

/* What user agents say, by the first mark found; the order matters (Edge also says Chrome and Safari). */
struct mark {
    struct str has, means;
};

/* Which pairs of letters a text has, case folded, hashed into bits: most marks are told absent at a glance. */
enum { PAIR_BITS = 2048 };
struct pairs {
    uint64_t bits[PAIR_BITS / 64];
};

static unsigned pair(const char *p)
{
    return ((unsigned)(unsigned char)(p[0] | 0x20) * 67u + (unsigned)(unsigned char)(p[1] | 0x20)) % PAIR_BITS;
}

static void pairs_of(struct pairs *to, struct str text)
{
    memset(to, 0, sizeof *to);
    for (size_t i = 0; i + 1 < text.n; i++)
        to->bits[pair(text.p + i) / 64] |= UINT64_C(1) << (pair(text.p + i) % 64);
}

static bool may_have(const struct pairs *pairs, struct str mark)
{
    for (size_t i = 0; i + 1 < mark.n; i++)
        if (!(pairs->bits[pair(mark.p + i) / 64] >> (pair(mark.p + i) % 64) & 1))
            return false;
    return true;
}

static struct str first_mark(struct str text, const struct pairs *pairs, const struct mark *marks, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (may_have(pairs, marks[i].has) && str_hasi(text, marks[i].has))
            return marks[i].means;
    return STR_NONE;
}

#define MARK(has, means) {{has, sizeof(has) - 1}, {means, sizeof(means) - 1}}
#define FIRST(text, pairs, table) first_mark(text, pairs, table, sizeof(table) / sizeof *(table))

static const struct mark browsers[] = {
    MARK("Edg/", "Edge"), MARK("Edge/", "Edge"), MARK("OPR/", "Opera"), MARK("Firefox/", "Firefox"), MARK("Chrome/", "Chrome"),
    MARK("Trident/", "Internet Explorer"), MARK("MSIE ", "Internet Explorer"), MARK("Safari/", "Safari"), MARK("Outlook", "Outlook"),
    MARK("aws-cli", "AWS CLI"), MARK("Boto3", "Boto3"), MARK("python", "Python"), MARK("curl/", "curl"), MARK("PowerShell", "PowerShell"),
    MARK("Terraform", "Terraform"), MARK("Go-http-client", "Go"), MARK("okhttp", "OkHttp")};
static const struct mark systems[] = {MARK("Windows", "Windows"), MARK("iPhone", "iOS"), MARK("iPad", "iPadOS"), MARK("Android", "Android"),
                                      MARK("Mac OS X", "macOS"), MARK("macOS", "macOS"), MARK("CrOS", "ChromeOS"), MARK("Linux", "Linux")};
static const struct mark devices[] = {MARK("iPad", "TABLET"), MARK("Tablet", "TABLET"), MARK("iPhone", "MOBILE"), MARK("Android", "MOBILE"),
                                      MARK("Mobile", "MOBILE"), MARK("Windows", "DESKTOP"), MARK("Mac OS X", "DESKTOP"), MARK("Linux", "DESKTOP")};
static const struct mark scripts[] = {MARK("aws-cli", "s"), MARK("boto", "s"), MARK("python", "s"), MARK("curl/", "s"), MARK("PowerShell", "s"),
                                      MARK("Terraform", "s"), MARK("Go-http", "s"), MARK("okhttp", "s"), MARK("Wget", "s"), MARK("axios", "s")};

static void read_agent(struct agent *a, struct str head)
{
    struct pairs pairs;
    pairs_of(&pairs, head);
    a->browser = FIRST(head, &pairs, browsers);
    a->os = FIRST(head, &pairs, systems);
    a->device = FIRST(head, &pairs, devices);
    if (str_set(FIRST(head, &pairs, scripts)))
        a->tags |= AGENT_SCRIPT;
    if (str_eq(a->browser, STR("Internet Explorer")))
        a->tags |= AGENT_OUTDATED_BROWSER;
}

void decode_agent(struct decode *d, struct str text)
{
    text = decode_some(str_trim(text));
    if (!str_set(text))
        return;
    struct str head = str_sub(text, 0, DECODE_AGENT);
    struct decode_agent *seen = &d->agents[hash_str(head, 0) % DECODE_AGENTS];
    if (!str_eq((struct str){seen->head, seen->n}, head)) {
        seen->n = head.n;
        memcpy(seen->head, head.p, head.n);
        seen->agent = (struct agent){0};
        read_agent(&seen->agent, head);
    }
    uint32_t tags = d->act.agent.tags;
    d->act.agent = seen->agent;
    d->act.agent.text = text;
    d->act.agent.tags |= tags;
}
