/* tools/sample/org.c - people, computers and services of the invented organisation. */
#include "tools/sample/org.h"

#include "base/time.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const given_names[] = {
    "Alice",   "Bruno",  "Camille", "Denis",   "Elodie",  "Farid",   "Gisele", "Hugo",   "Ines",    "Jules",  "Karim",
    "Lea",     "Marc",   "Nadia",   "Olivier", "Pauline", "Quentin", "Rachel", "Samuel", "Tessa",   "Ursula", "Victor",
    "Wendy",   "Xavier", "Yasmine", "Zoe",     "Arthur",  "Beatrix", "Cedric", "Diana",  "Etienne", "Fiona",  "Gaspard",
    "Helene",  "Ivan",   "Joanna",  "Kevin",   "Louise",  "Malik",   "Noemie", "Oscar",  "Patricia"};
static const char *const family_names[] = {
    "Abadie",   "Bertin",   "Caron",    "Delmas",   "Esteve",   "Fabre",    "Garnier",  "Huet",     "Imbert",   "Jacquet",
    "Keller",   "Lambert",  "Mallet",   "Navarro",  "Ollivier", "Perrin",   "Quenneville", "Roussel", "Sauvage", "Tremblay",
    "Urbain",   "Vasseur",  "Walsh",    "Young",    "Zeller",   "Archer",   "Bouchard", "Collins",  "Dawson",   "Ellis",
    "Fortier",  "Gagnon",   "Hayes",    "Irving",   "Jensen",   "Kessler",  "Lavoie",   "Mercer",   "Nolan",    "Ortega",
    "Pelletier", "Quinn",   "Reyes",    "Sutton",   "Thibault", "Underhill", "Vidal",   "Whitaker", "Yates",    "Zimmer"};

enum { GIVEN = sizeof given_names / sizeof *given_names, FAMILY = sizeof family_names / sizeof *family_names };

static const char *const site_names[SITES] = {"Paris", "Lyon", "New York", "Montreal"};
static const char *const dept_names[DEPTS] = {"Finance", "Sales", "Engineering", "Operations",
                                              "IT",      "HR",    "Legal",       "Marketing"};

#define IP4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Addresses of business lines: FR (Orange), FR (OVH Telecom), US (Verizon), CA (Videotron). */
static const uint32_t egress[SITES] = {IP4(81, 252, 40, 10), IP4(109, 190, 64, 18), IP4(71, 183, 10, 22),
                                       IP4(207, 253, 10, 34)};
/* Homes: FR (Free), FR (SFR), US (Charter, New York), CA (Videotron). */
static const uint32_t homes[SITES] = {IP4(82, 64, 0, 0), IP4(77, 192, 0, 0), IP4(67, 245, 0, 0), IP4(70, 80, 0, 0)};
/* Mobile carriers: FR (Orange), FR (Orange), US (T-Mobile), CA (Bell). */
static const uint32_t carriers[SITES] = {IP4(92, 184, 0, 0), IP4(92, 184, 0, 0), IP4(172, 58, 0, 0), IP4(184, 151, 0, 0)};

struct agent {
    const char *text, *system, *browser;
};
static const struct agent desktops[] = {
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
     "Windows10", "Chrome 120.0.0"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 "
     "Edg/120.0.2210.91",
     "Windows10", "Edge 120.0.2210"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0", "Windows10", "Firefox 121.0"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15",
     "MacOs", "Safari 17.2"}};
static const struct agent mobiles[] = {
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 "
     "Mobile/15E148 Safari/604.1",
     "Ios 17.2", "Mobile Safari"},
    {"Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.144 Mobile "
     "Safari/537.36",
     "Android 14", "Chrome Mobile 120.0.6099"}};

enum { DESKTOPS = sizeof desktops / sizeof *desktops, MOBILES = sizeof mobiles / sizeof *mobiles };

const char *org_site(enum site s)
{
    return site_names[s];
}

const char *org_dept(enum dept d)
{
    return dept_names[d];
}

int org_utc_offset(enum site s)
{
    return s <= LYON ? 60 : -300;
}

uint32_t org_egress(enum site s)
{
    return egress[s];
}

int org_dc(enum site s)
{
    return s <= LYON ? DC1 : DC2;
}

bool org_employed(const struct person *p, int day)
{
    return day >= p->joins && day < p->leaves;
}

static const struct agent *agent_of(int number, bool mobile)
{
    return mobile ? &mobiles[number % MOBILES] : &desktops[number % DESKTOPS];
}

const char *org_agent(int number, bool mobile)
{
    return agent_of(number, mobile)->text;
}

const char *org_system(int number, bool mobile)
{
    return agent_of(number, mobile)->system;
}

const char *org_browser(int number, bool mobile)
{
    return agent_of(number, mobile)->browser;
}

int org_weekday(const struct org *o, int day)
{
    int64_t since = o->start / TIME_DAY + day; /* 1970-01-01 was a Thursday */
    return (int)((since + 3) % 7);
}

const char *org_sid(const struct org *o, uint32_t rid, char out[64])
{
    snprintf(out, 64, "S-1-5-21-%u-%u-%u-%u", o->domain[0], o->domain[1], o->domain[2], rid);
    return out;
}

const char *org_ip(uint32_t ip, char out[ORG_IP])
{
    snprintf(out, ORG_IP, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
    return out;
}

int org_dept_head(const struct org *o, enum dept d)
{
    for (int i = 0; i < o->npeople; i++)
        if (o->people[i].dept == d)
            return i;
    return 0;
}

/* ---- building ---- */

static enum dept dept_of(int i)
{
    /* one round of twenty people, in the shares of a small industrial company */
    static const uint8_t round[20] = {FINANCE,     SALES,      IT,      ENGINEERING, OPERATIONS,  SALES,     ENGINEERING,
                                      HR,          OPERATIONS, LEGAL,   ENGINEERING, SALES,       MARKETING, FINANCE,
                                      ENGINEERING, OPERATIONS, IT,      SALES,       ENGINEERING, MARKETING};
    return (enum dept)round[i % 20];
}

static void name_person(struct person *p, int i, uint64_t seed)
{
    struct rng r = rng_for(seed, 11, 0);
    uint32_t shift = rng_below(&r, GIVEN * FAMILY);
    uint32_t k = ((uint32_t)i * 53 + shift) % (GIVEN * FAMILY); /* 53 is coprime to 42 * 50: no name twice */
    snprintf(p->given, sizeof p->given, "%s", given_names[k % GIVEN]);
    snprintf(p->family, sizeof p->family, "%s", family_names[k / GIVEN]);
}

static bool sam_taken(const struct org *o, int before, const char *sam)
{
    for (int i = 0; i < before; i++)
        if (strcmp(o->people[i].who.sam, sam) == 0)
            return true;
    return false;
}

static void name_account(const struct org *o, struct person *p, int i)
{
    char base[32];
    snprintf(base, sizeof base, "%c%.18s", p->given[0] | 32, p->family);
    for (char *c = base; *c; c++)
        *c = (char)(*c | 32);
    snprintf(p->who.sam, sizeof p->who.sam, "%s", base);
    if (sam_taken(o, i, p->who.sam)) /* beyond the first namesakes the number makes it unique at once */
        snprintf(p->who.sam, sizeof p->who.sam, "%.20s%d", base, i);
    snprintf(p->upn, sizeof p->upn, "%s@" ORG_MAIL, p->who.sam);
}

/* Home and telephone follow the office. */
static void settle(struct person *p, enum site site, struct rng *r)
{
    p->site = site;
    p->home_ip = homes[site] + 256 * (1 + rng_below(r, 250)) + 1 + rng_below(r, 250);
    p->mobile_ip = carriers[site] + 256 * (16 + rng_below(r, 64)) + 1 + rng_below(r, 250);
}

static void make_habits(struct person *p, struct rng *r)
{
    int roll = (int)rng_below(r, 100);
    settle(p, roll < 45 ? PARIS : roll < 65 ? LYON : roll < 85 ? NEW_YORK : MONTREAL, r);
    p->start = rng_between(r, 450, 570);
    p->length = rng_between(r, 450, 570);
    if (p->dept == OPERATIONS && rng_chance(r, 40))
        p->start = rng_chance(r, 50) ? 5 * 60 : 13 * 60 + 30; /* early and late shifts */
    p->weekend = p->dept == OPERATIONS && rng_chance(r, 25);
    p->remote = rng_chance(r, 55);
    p->aws = (p->dept == ENGINEERING && rng_chance(r, 40)) || p->dept == IT;
    p->travels = p->dept == SALES && rng_chance(r, 60);
    p->desktop = (uint8_t)rng_below(r, 100) % 7 % DESKTOPS;
    p->mobile = (uint8_t)rng_below(r, MOBILES);
}

static void make_person(struct org *o, int i)
{
    struct person *p = &o->people[i];
    struct rng r = rng_for(o->seed, 12, (uint64_t)i);
    p->number = i;
    p->dept = dept_of(i);
    name_person(p, i, o->seed);
    name_account(o, p, i);
    p->who.rid = RID_FIRST + 2 * (uint32_t)i;
    rng_guid(&r, p->cloud);
    snprintf(p->puid, sizeof p->puid, "10032000%08X", (unsigned)rng_below(&r, 0xffffffff));
    make_habits(p, &r);
    p->joins = 0;
    p->leaves = INT_MAX;
    if (i > 30 && i % 29 == 0)
        p->joins = 1 + (int)rng_below(&r, (uint32_t)o->days); /* new colleagues */
    else if (i > 30 && i % 31 == 0)
        p->leaves = 1 + (int)rng_below(&r, (uint32_t)o->days); /* leavers */
}

static void give_admins(struct org *o)
{
    for (int i = 0, n = 0; i < o->npeople; i++) {
        struct person *p = &o->people[i];
        if (p->dept != IT)
            continue;
        snprintf(p->adm.sam, sizeof p->adm.sam, "adm-%.24s", p->who.sam);
        p->adm.rid = p->who.rid + 1;
        p->weekend = false;
        if (n == 0)
            o->server_admin = i;
        if (n == 1)
            o->help_desk = i;
        if (n < 2) { /* both know their parts from Paris */
            struct rng r = rng_for(o->seed, 13, (uint64_t)i);
            settle(p, PARIS, &r);
            p->start = 8 * 60 + 30;
        }
        n++;
    }
}

static void make_host(struct org *o, int i, const char *name, enum host_role role, enum site site)
{
    struct host *h = &o->hosts[i];
    snprintf(h->name, sizeof h->name, "%s", name);
    snprintf(h->who.sam, sizeof h->who.sam, "%.20s$", name);
    h->who.rid = RID_FIRST + 2 * (uint32_t)o->npeople + 100 + (uint32_t)i;
    h->role = role;
    h->site = site;
    h->log = h->system = -1;
    uint32_t net = IP4(10, 10 * ((unsigned)site + 1), 0, 0);
    unsigned k = role == WORKSTATION ? (unsigned)(i - FIRST_WORKSTATION) : 0;
    h->ip = role == WORKSTATION ? net + 256 * (16 + k / 200) + 20 + k % 200 : net + 10 + (uint32_t)i;
}

static void make_hosts(struct org *o)
{
    static const struct {
        const char *name;
        enum host_role role;
        enum site site;
    } servers[FIRST_WORKSTATION] = {
        {"PAR-DC1", CONTROLLER, PARIS}, {"NYC-DC2", CONTROLLER, NEW_YORK}, {"PAR-FS1", SERVER, PARIS},
        {"NYC-FS2", SERVER, NEW_YORK},  {"PAR-APP1", SERVER, PARIS},       {"PAR-SQL1", SERVER, PARIS},
        {"PAR-PRINT1", SERVER, PARIS},  {"PAR-AADC1", SERVER, PARIS},      {"PAR-SCAN1", SERVER, PARIS},
        {"PAR-BACKUP1", SERVER, PARIS}, {"PAR-WSUS1", SERVER, PARIS}};
    static const char *const prefix[SITES] = {"PAR", "LYO", "NYC", "MTL"};
    int log = 0;
    for (int i = 0; i < FIRST_WORKSTATION; i++) {
        make_host(o, i, servers[i].name, servers[i].role, servers[i].site);
        if (i <= SQL1 && i != FS2)
            o->hosts[i].log = log++;
        if (i <= FS1)
            o->hosts[i].system = log++;
    }
    for (int i = 0; i < o->npeople; i++) {
        char name[32];
        enum site site = o->people[i].site;
        snprintf(name, sizeof name, "%s-WS%04d", prefix[site], i + 1);
        make_host(o, FIRST_WORKSTATION + i, name, WORKSTATION, site);
        o->people[i].host = FIRST_WORKSTATION + i;
    }
    int logged[LOGGED_WORKSTATIONS] = {o->help_desk, o->server_admin, o->victim, o->insider, o->npeople / 2,
                                       o->npeople - 1};
    for (int i = 0; i < LOGGED_WORKSTATIONS; i++) {
        struct host *h = &o->hosts[o->people[logged[i]].host];
        if (h->log < 0)
            h->log = log++;
    }
}

static void make_services(struct org *o)
{
    static const struct service known[SERVICES] = {
        {{"svc-sql", 0}, "MSSQLSvc/par-sql1." ORG_DNS ":1433", "SQL Server", SQL1},
        {{"svc-backup", 0}, NULL, "Backup", BACKUP1},
        {{"svc-scan", 0}, NULL, "Vulnerability scanner", SCAN1},
        {{"svc-print", 0}, NULL, "Scan to folder of the copiers", PRINT1},
        {{"svc-web", 0}, "HTTP/intranet." ORG_DNS, "Intranet", APP1},
        {{"svc-monitor", 0}, NULL, "Monitoring", APP1},
        {{"MSOL_4f1d20c97ab3", 0}, NULL, "Account created by Microsoft Entra Connect", AADC1}};
    for (int i = 0; i < SERVICES; i++) {
        o->services[i] = known[i];
        o->services[i].who.rid = RID_FIRST + 2 * (uint32_t)o->npeople + (uint32_t)i;
    }
}

static void cast_parts(struct org *o)
{
    o->victim = o->insider = o->traveller = 0;
    for (int i = 5; i < o->npeople; i++) {
        struct person *p = &o->people[i];
        struct rng r = rng_for(o->seed, 14, (uint64_t)i);
        if (!o->victim && p->dept == FINANCE) {
            o->victim = i;
            settle(p, PARIS, &r);
        } else if (!o->insider && p->dept == ENGINEERING && i > 8) {
            o->insider = i;
            settle(p, LYON, &r);
        } else if (!o->traveller && p->dept == SALES) {
            o->traveller = i;
            p->travels = true;
        } else {
            continue;
        }
        p->start = 8 * 60 + 30;
        p->length = 9 * 60;
        p->joins = 0;
        p->leaves = INT_MAX;
        p->desktop = 1;
    }
}

static void set_managers(struct org *o)
{
    for (int i = 0; i < o->npeople; i++) {
        int head = org_dept_head(o, o->people[i].dept);
        o->people[i].manager = head == i ? 0 : head;
    }
}

int org_build(struct org *o, int people, int days, int64_t start, uint64_t seed)
{
    memset(o, 0, sizeof *o);
    o->seed = seed;
    o->days = days;
    o->start = start;
    o->npeople = people;
    o->nhosts = FIRST_WORKSTATION + people;
    o->people = calloc((size_t)people, sizeof *o->people);
    o->hosts = calloc((size_t)o->nhosts, sizeof *o->hosts);
    if (!o->people || !o->hosts)
        return -1;
    struct rng r = rng_for(seed, 10, 0);
    for (int i = 0; i < 3; i++)
        o->domain[i] = 1000000000u + rng_below(&r, 2000000000u);
    for (int i = 0; i < people; i++)
        make_person(o, i);
    cast_parts(o);
    give_admins(o);
    set_managers(o);
    make_hosts(o);
    make_services(o);
    o->first_group = RID_FIRST + 2 * (uint32_t)people + 20;
    o->help_desk_group = o->first_group + DEPTS;
    o->server_admins_group = o->help_desk_group + 1;
    return 0;
}

void org_free(struct org *o)
{
    free(o->people);
    free(o->hosts);
}
