/* tools/sample/org.h - the invented organisation: Aurelia, an optics maker in Paris, Lyon, New York and Montréal.
 *
 * Everything about it follows from the number of people and the seed. Names, identifiers and
 * machines are invented; the domain names end in .example (RFC 2606). Public addresses lie in ranges of
 * internet providers of the country that they stand for, so that a country database places them there. */
#ifndef VIGIE_SAMPLE_ORG_H
#define VIGIE_SAMPLE_ORG_H

#include "tools/sample/rng.h"

#include <stdbool.h>
#include <stdint.h>

#define ORG_DOMAIN "AURELIA"
#define ORG_DNS "corp.aurelia.example"
#define ORG_REALM "CORP.AURELIA.EXAMPLE"
#define ORG_BASE "DC=corp,DC=aurelia,DC=example"
#define ORG_MAIL "aurelia.example"
#define ORG_TENANT "7d1f4c52-90ab-4e3e-8c1d-2f6a5b0e9d41"
#define ORG_AWS "417290835566"
#define ORG_TRAIL "aurelia-audit"

enum { RID_ADMINISTRATOR = 500, RID_KRBTGT = 502, RID_DOMAIN_ADMINS = 512, RID_FIRST = 1104 };
enum site { PARIS, LYON, NEW_YORK, MONTREAL, SITES };
enum dept { FINANCE, SALES, ENGINEERING, OPERATIONS, IT, HR, LEGAL, MARKETING, DEPTS };

/* Accounts of the domain: people, their administration accounts, computers, services. */
struct who {
    char sam[32];
    uint32_t rid;
};

struct person {
    struct who who;
    struct who adm;   /* rid 0 = has no administration account */
    char given[20], family[24], upn[64], cloud[RNG_GUID], puid[20];
    enum site site;
    enum dept dept;
    int number, manager;     /* manager == number for the head */
    int host;                /* the own computer */
    uint32_t home_ip, mobile_ip;
    uint8_t desktop, mobile; /* user agents */
    int start, length;       /* shift, local minutes */
    int joins, leaves;       /* day; joins 0 and leaves INT_MAX for most */
    bool weekend, remote, aws, travels;
};

enum host_role { WORKSTATION, SERVER, CONTROLLER };

struct host {
    struct who who; /* NAME$ */
    char name[32];
    enum host_role role;
    enum site site;
    uint32_t ip;
    int log;    /* number of its Security log, -1 = not collected */
    int system; /* number of its System log, -1 = not collected */
};

struct service {
    struct who who;
    const char *spn; /* NULL = none */
    const char *about;
    int host;
};

enum { DC1, DC2, FS1, FS2, APP1, SQL1, PRINT1, AADC1, SCAN1, BACKUP1, WSUS1, FIRST_WORKSTATION };
enum { SVC_SQL, SVC_BACKUP, SVC_SCAN, SVC_PRINT, SVC_WEB, SVC_MONITOR, SVC_MSOL, SERVICES };
enum { LOGGED_WORKSTATIONS = 6 };

struct org {
    uint64_t seed;
    int days;
    int64_t start; /* midnight UTC of day 0 */
    int npeople, nhosts;
    struct person *people;
    struct host *hosts;
    struct service services[SERVICES];
    uint32_t domain[3]; /* S-1-5-21-a-b-c */
    int help_desk, server_admin, victim, insider, traveller; /* people with a part in the story */
    uint32_t help_desk_group, server_admins_group, first_group;
};

int org_build(struct org *o, int people, int days, int64_t start, uint64_t seed);
void org_free(struct org *o);

const char *org_site(enum site s);
const char *org_dept(enum dept d);
int org_utc_offset(enum site s); /* minutes east of UTC; clocks keep standard time all year */
uint32_t org_egress(enum site s); /* the office's public address */
int org_dc(enum site s);          /* the nearest controller */
int org_dept_head(const struct org *o, enum dept d);
bool org_employed(const struct person *p, int day);
const char *org_agent(int number, bool mobile);
const char *org_system(int number, bool mobile);  /* "Windows10", "Ios 17.2" ... */
const char *org_browser(int number, bool mobile);
int org_weekday(const struct org *o, int day); /* 0 = Monday */
/* "S-1-5-21-..-rid" */
const char *org_sid(const struct org *o, uint32_t rid, char out[64]);

#define ORG_IP 16
const char *org_ip(uint32_t ip, char out[ORG_IP]);

#endif
